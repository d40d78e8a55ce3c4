"""Mistyped words against the words of a real catalogue."""

import pytest

from search_api.spelling import MAX_CHARACTERS, correct


@pytest.fixture(scope="module")
def catalogue(example_search):
    return example_search._catalogue


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("difusion models", {"difusion": "diffusion"}),
        ("transfomer", {"transfomer": "transformer"}),
        ("扩散模型 difusion", {"difusion": "diffusion"}),
    ],
)
def test_a_slip_is_put_right(catalogue, typed, meant):
    corrected, replaced = correct(typed, catalogue)
    assert replaced == meant
    for wrong, right in meant.items():
        assert corrected == typed.replace(wrong, right)


@pytest.mark.parametrize(
    "query",
    [
        "diffusion",
        "who plays poker best",  # near "power", but meant as it is
        "chocolate cake",
        "segmentation-aware",  # a compound of known words
        "",
        "?",
        "扩散模型",
        "2006.11239",
        "difusion " * (MAX_CHARACTERS // 9 + 1),
    ],
)
def test_what_may_be_meant_is_left_alone(catalogue, query):
    assert correct(query, catalogue) == (query, {})


def test_a_search_says_what_it_read(example_search):
    answer = example_search.search("denosing difusion probabilistic models", limit=1)
    assert answer.results[0].paper_id == "2006.11239"
    assert answer.corrected == {"denosing": "denoising", "difusion": "diffusion"}
