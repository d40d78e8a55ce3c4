"""Mistyped words against the words of a real catalogue."""

import pytest

from indexer.settings import Settings
from search_api.archive import Archive
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


@pytest.fixture(scope="module")
def spelt(tmp_path_factory, session_embedder):
    """A searcher over an archive whose words are known one by one."""
    folder = tmp_path_factory.mktemp("spelt")
    page = folder / "page.md"
    rows = (
        f"|**2025-09-01**|[{title}](http://arxiv.org/abs/{number})|null|{text}|\n"
        for number, title, text in (
            ("2509.00001", "A comparison", "GPT-4, Qwen3, TTT3R and MinerU2.5 on AIME2025 by SLAM"),
            ("2509.00002", "On curves", "Bézier curves on a Poincaré ball, with Fréchet distances"),
        )
    )
    page.write_text(
        "| Publish Date | Title | Code | Abstract |\n|:---|:---|:---|:---|\n" + "".join(rows)
    )
    with Archive(Settings(home=folder / "home"), embedder=session_embedder) as archive:
        archive.index([page])
        yield archive.searcher


@pytest.mark.parametrize(
    "query", ["Qwen4", "MinerU3.5", "AIME2026", "TTT4R", "SAM4", "GPT-5", "Qwen25"]
)
def test_another_number_is_another_name(spelt, query):
    assert correct(query, spelt._catalogue) == (query, {})


@pytest.mark.parametrize(("query", "meant"), [("GPT4", "gpt-4"), ("MinerU-2.5", "mineru2.5")])
def test_a_hyphen_more_or_less_is_the_same_name(spelt, query, meant):
    for names in (True, False):
        assert correct(query, spelt._catalogue, names=names) == (meant, {query: meant})


@pytest.mark.parametrize("query", ["Poincaré", "Fréchet", "Tübingen", "Poincarés"])
def test_a_word_with_an_accent_is_whole(spelt, query):
    assert correct(query, spelt._catalogue) == (query, {})


@pytest.mark.parametrize(("query", "meant"), [("Bezier", "bézier"), ("Fréchèt", "fréchet")])
def test_an_accent_more_or_less_is_the_same_word(spelt, query, meant):
    assert correct(query, spelt._catalogue) == (meant, {query: meant})


def test_a_name_in_a_question_is_not_read_as_another(spelt):
    assert spelt.search("TTTR", limit=1).corrected == {}
    assert spelt.search("MinreU2.5 pages", limit=1).corrected == {"MinreU2.5": "mineru2.5"}
    assert spelt.find("What does MinreU2.5 read?", 1).corrected == {}
    assert spelt.find("What are Poincare distences?", 1).corrected == {
        "Poincare": "poincaré",
        "distences": "distances",
    }


def test_papers_near_a_query_are_near_what_was_typed(spelt):
    typed, meant = (spelt.near(query, 0.0) for query in ("MinreU2.5", "MinerU2.5"))
    assert typed["2509.00001"] < meant["2509.00001"]
