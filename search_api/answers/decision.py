"""Whether the archive answers a question: a calibrated decision from its evidence.

A logistic model over how well the best sentences bear the question, and what of it stands
nowhere in the paper that they come from. Its weights are `model`'s; which papers belong on a list
is `listing`'s.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from embeddings.lexical import fold
from indexer.paper import Paper
from search_api.answers.matching import coverage, indices, matches
from search_api.answers.question import Question
from search_api.answers.reading import Readings
from search_api.answers.scoring import Candidate
from search_api.answers.wording import mentions

FEATURES = (
    "best score",
    "best share",  # of the exponentiated scores of all candidates
    "margin",
    "nearness",
    "nearest",
    "coverage",  # by the best sentence
    "coverage by two",
    "coverage by paper",
    "missing",  # the most telling term that the paper lacks
    "missing second",
    "missing in all",
    "asked by two",  # coverage of what does not merely name the paper
    "asked by paper",
    "asked missing",
    "remainder",  # nearness once what names the paper is taken out
    "names",
    "names missing",
    "paper score",
    "paper margin",
    "wants number",
    "number found",
    "wants reason",
    "wants verdict",
    "command",
    "reading",  # the best that a reader found
    "reading of first",
    "reading together",
    "reading in context",
    "crossing",  # the best sentence is in the other language, where all of the above sees less
)


_BEFORE_NUMBER = re.compile(r"[-^_]|(?<=[a-z])(?=\d)|(?<=\d)(?=[a-z])")
MOST_MISSING = 6.0
"""What a question lacks counts no more: it grows with length, and few to learn from are longer."""


def features(
    question: Question,
    candidates: Sequence[Candidate],
    nearness: NDArray[np.float32],
    scores: NDArray[np.float64],
    readings: Readings,
) -> NDArray[np.float64]:
    """What the decision looks at, shape (features,). `scores` are the sentences' scores,
    with what `readings` found in them.
    """
    order = np.argsort(-scores, kind="stable")
    first = candidates[order[0]]
    second = candidates[order[min(1, len(order) - 1)]]
    papers = sorted({(each.paper_score, each.paper.paper_id) for each in candidates}, reverse=True)
    whole_paper = everything(first.paper, candidates)
    in_paper = matches(question, indices(whole_paper))
    missing = sorted(
        (weight * (1 - in_paper[term]) for term, weight in question.terms.items()), reverse=True
    )
    text = fold(whole_paper)
    shares = np.exp(scores - scores.max())
    in_best = indices(first.sentence.quote)
    in_two = matches(question, in_best | indices(second.sentence.quote))
    title = matches(question, indices(_names(first.paper)))
    asked = {term: weight * (1 - title[term]) for term, weight in question.terms.items()}
    whole = sum(asked.values()) or 1.0
    number = any(char.isdigit() for char in first.sentence.quote)
    wants = question.wants
    return np.array(
        [
            scores[order[0]],
            shares[order[0]] / shares.sum(),
            scores[order[0]] - scores[order[min(1, len(order) - 1)]],
            nearness[order[0]],
            nearness.max(),
            coverage(question, matches(question, in_best)),
            coverage(question, in_two),
            coverage(question, in_paper),
            missing[0] if missing else 0.0,
            missing[1] if len(missing) > 1 else 0.0,
            min(sum(missing) / 10, MOST_MISSING),
            sum(weight * in_two[term] for term, weight in asked.items()) / whole,
            sum(weight * in_paper[term] for term, weight in asked.items()) / whole,
            max((weight * (1 - in_two[term]) for term, weight in asked.items()), default=0.0),
            _remainder(candidates, nearness, int(order[0])),
            len(question.names),
            sum(not mentions(text, name) for name in question.names),
            first.paper_score,
            papers[0][0] - papers[1][0] if len(papers) > 1 else 0.0,
            "number" in wants,
            "number" in wants and number,
            "reason" in wants,
            "verdict" in wants,
            "command" in wants,
            np.nanmax(readings.apart),
            readings.apart[order[0]],
            readings.together,
            readings.in_context,
            first.sentence.language != question.language,
        ],
        dtype=np.float64,
    )


def lacks_version(question: Question, candidates: Sequence[Candidate], best: int) -> bool:
    """Whether the question names something with a number that the best candidate's paper says
    nothing of: what holds on an H100 is no answer for an A100, near as they are.
    """
    names = [name for name in question.names if any(char.isdigit() for char in name)]
    text = fold(everything(candidates[best].paper, candidates)) if names else ""
    return not all(mentions(text, name) or _written_apart(text, name) for name in names)


def _written_apart(text: str, name: str) -> bool:
    """Whether a folded text has a name with other signs before its numbers: GPT4 is GPT-4, and
    RAPID^3 may be set as a formula.
    """
    parts = filter(None, _BEFORE_NUMBER.split(name))
    pattern = r"[-^_\s${}\\]{0,3}".join(map(re.escape, parts))
    return re.search(rf"(?<![a-z0-9]){pattern}(?!\.?[a-z0-9])", text) is not None


def _remainder(candidates: Sequence[Candidate], nearness: NDArray[np.float32], best: int) -> float:
    """How much nearer the best sentence is than its paper's sentences on the whole."""
    paper = candidates[best].paper.paper_id
    own = [n for each, n in zip(candidates, nearness, strict=True) if each.paper.paper_id == paper]
    return float(nearness[best] - np.mean(own))


def _names(paper: Paper) -> str:
    return "\n".join(title.text for title in paper.titles)


def everything(paper: Paper, candidates: Sequence[Candidate]) -> str:
    """All that a paper says: of its full text, the blocks that were read."""
    titles = (title.text for title in paper.titles)
    texts = (text.text for text in paper.texts if paper.written_by(text) is None)
    read = (
        each.sentence.block.text
        for each in candidates
        if each.sentence.block is not None and each.paper.paper_id == paper.paper_id
    )
    blocks = dict.fromkeys(read)
    return "\n".join((*titles, *texts, *paper.authors, *paper.code_urls, *blocks))
