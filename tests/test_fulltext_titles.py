"""Which file is whose: a title that heads a paper, not one that is mentioned in it."""

import pytest

from indexer.fulltexts.extract import extract, is_of
from tests.printed import Print
from tests.test_fulltext_extract import FILLER, latexml

LONG = "A Survey of Large Language Models and Where They Are Going"


def printed(title, abstract="We measure tides.", run_in=False):
    made = Print(title).text("A. Nobody, University of Nowhere")
    made = made.text(f"Abstract. {abstract}") if run_in else made.heading("Abstract").text(abstract)
    made.heading("1 Introduction")
    for n in range(9):
        made.text(FILLER.format(n=n))
    return extract(bytes(made))


HEADED = {
    LONG.upper(): LONG,
    f"{LONG[:20]}1{LONG[20:]}*": LONG,
    "Regularization by l1 norms of sparse tidal models": (
        r"Regularization by $\ell_1$ norms of \textit{sparse} tidal models"
    ),
    "Poincaré maps of recurrent networks": r"Poincar\'e maps of recurrent networks",
    "BERT": "BERT",
    "Language Models": "Language models",
    "TIDES?": "Tides?",
    "语言模型": "语言模型",
    "潮汐的一项虚构研究": "潮汐的一项虚构研究",
}


@pytest.mark.parametrize("shown", HEADED)
def test_a_title_that_heads_a_paper_is_its_own(shown):
    assert is_of(printed(shown), [HEADED[shown]], None)


@pytest.mark.parametrize("title", [LONG, "Language Models"])
def test_a_title_may_be_broken_over_lines(title):
    first, second = title[:8], title[8:].strip()
    made = Print(first)
    made._y += 30
    made._put(second, 17, "B", 54)
    made._y -= 30
    made.heading("Abstract")
    for n in range(9):
        made.text(FILLER.format(n=n))
    assert is_of(extract(bytes(made)), [title], None)


@pytest.mark.parametrize("run_in", [False, True])
@pytest.mark.parametrize(
    "title",
    [
        "BERT",
        "Language Models",
        "Sorting Widgets",
        "Image Recognition",
        "A Survey of Large Language Models",
        "Limits of Large Language Model Agents",
        "The Limits of Large Language Models",
    ],
)
def test_a_title_that_is_mentioned_is_not(title, run_in):
    said = "We study the limits of large language models, of BERT and of image recognition. "
    assert not is_of(printed("A Method for Sorting Widgets", said * 3, run_in), [title], None)


def test_a_title_in_the_text_of_html_is_not_its_own():
    other = "The Limits of Tidal Language Models"
    page = latexml().replace(b"We measure tides.", f"We follow {other}.".encode())
    page = page.replace(b"arXiv:2401.00001v2", b"")
    assert not is_of(extract(page), [other], None)
    assert is_of(extract(page), ["A made-up study of tides"], None)
