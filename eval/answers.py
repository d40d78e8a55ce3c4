"""How well questions are answered, and refused where the archive has no answer.

An answer is right if it has the asked-for facts and every fact's sentence is cited from a
paper that answers; where papers are asked for, if at least one of them is cited first.
Figures always come together: answers right beside refusals and false refusals, since each
alone is easily had.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.base import Embedder
from eval.questions import Judged
from indexer.catalogue import Catalogue
from search_api.answers.answer import Answer, Citation
from search_api.answers.asker import Asker
from search_api.answers.sentence import sentences
from search_api.search import Searcher

Measures = dict[str, float | None]
"""None where nothing was there to be measured."""
MAX_SENTENCES = 2


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question and what was made of it; `confidence` is that there is an answer,
    `seconds` the time it took. Of the citations, `argued` are of papers of which one could argue;
    `recall` is the share of the papers asked for that are cited, none where none are asked for.
    """

    judged: Judged
    answerable: bool
    right: bool
    citations: int
    from_right_paper: int
    exact: int
    confidence: float
    seconds: float
    argued: int = 0
    recall: float | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """A threshold of the decision to answer, with the shares refused below it: of questions
    without an answer, and of those with one.
    """

    threshold: float
    refused: float
    falsely_refused: float


def ask_all(
    asker: Asker,
    catalogue: Catalogue,
    questions: Iterable[Judged],
    advance: Callable[[], None],
    look: Callable[[Answer], None] = lambda _: None,
) -> list[Outcome]:
    """Ask every question as a user would; `look` sees each answer."""
    done = []
    for judged in questions:
        started = time.perf_counter()
        answer = asker.ask(judged.question)
        spent = time.perf_counter() - started
        look(answer)
        done.append(outcome(catalogue, judged, answer, spent))
        advance()
    return done


def outcome(catalogue: Catalogue, judged: Judged, answer: Answer, seconds: float) -> Outcome:
    """What is to be said of an answer that took so long."""
    cited = [each.paper_id for each in answer.citations]
    return Outcome(
        judged,
        answer.answerable,
        is_right(judged, answer),
        len(cited),
        sum(each in judged.papers for each in cited),
        sum(_is_exact(catalogue, citation) for citation in answer.citations),
        answer.confidence,
        seconds,
        sum(each in judged.partly for each in cited),
        len({*cited} & {*judged.papers}) / len(judged.papers) if judged.lists_papers else None,
    )


def is_right(judged: Judged, answer: Answer) -> bool:
    """Whether an answer is right and stands on a paper that answers."""
    if not answer.answerable:
        return False
    cited = [each for each in answer.citations if each.paper_id in judged.papers]
    if not judged.answer:
        sure = [e.paper_id for e in answer.citations if e.paper_id not in judged.partly]
        return bool(cited) and sure[0] in judged.papers
    if answer.written_by:
        return bool(cited) and judged.is_said_by(answer.answer)
    in_bounds = len(answer.citations) <= MAX_SENTENCES or judged.lists_papers
    return in_bounds and bool(cited) and judged.is_answered_by(" ".join(c.quote for c in cited))


def _is_exact(catalogue: Catalogue, citation: Citation) -> bool:
    paper = catalogue.paper(citation.paper_id)
    return paper is not None and any(
        text.text[citation.start : citation.end] == citation.quote
        for text in paper.texts
        if (text.kind, text.language) == (citation.field, citation.language)
    )


def measures(done: Sequence[Outcome]) -> Measures:
    """Shares between 0 and 1, and the median time in milliseconds."""
    answerable = [each for each in done if each.judged.answerable]
    unanswerable = [each for each in done if not each.judged.answerable]
    answered = [each for each in answerable if each.answerable]
    citations = sum(each.citations - each.argued for each in answered)
    recalls = [each.recall for each in answerable if each.recall is not None]
    found: Measures = {
        "right": _share(each.right for each in answerable),
        "false refusals": _share(not each.answerable for each in answerable),
        "refused": _share(not each.answerable for each in unanswerable),
        "citation precision": _part(sum(each.from_right_paper for each in answered), citations),
        "quotes exact": _part(sum(e.exact for e in done), sum(e.citations for e in done)),
        "median ms": 1000 * statistics.median(each.seconds for each in done),
    }
    if recalls:
        found["list recall"] = statistics.mean(recalls)
    return _rounded(found)


def curve(
    confidences: NDArray[np.float64], answerable: NDArray[np.bool_], thresholds: Iterable[float]
) -> list[Point]:
    """What each threshold refuses, in ascending order; both arrays of shape (questions,)."""
    return [
        Point(
            round(float(at), 4),
            round(float((confidences[~answerable] < at).mean()), 4),
            round(float((confidences[answerable] < at).mean()), 4),
        )
        for at in sorted(set(thresholds))
    ]


def by_kind(done: Sequence[Outcome]) -> dict[str, tuple[int, float]]:
    """For each kind of question how many there are, and the share right or rightly refused."""
    kinds: dict[str, list[bool]] = {}
    for each in done:
        kind = each.judged.kind
        if each.judged.answerable:
            kinds.setdefault(kind, []).append(each.right)
            if each.judged.crosses:
                kinds.setdefault("crossing", []).append(each.right)
        else:
            kinds.setdefault(f"unanswerable: {kind}", []).append(not each.answerable)
    return {kind: (len(right), sum(right) / len(right)) for kind, right in sorted(kinds.items())}


def best_sentences(
    searcher: Searcher, catalogue: Catalogue, embedder: Embedder, questions: Sequence[Judged]
) -> Measures:
    """What a plain pipeline gives: the two sentences of the best paper that are nearest."""
    right = []
    for judged in questions:
        if not judged.answerable:
            continue
        (first, *_) = searcher.search(judged.question, limit=1).results
        paper = catalogue.paper(first.paper_id)
        own = [each.quote for each in sentences(paper)] if paper else []
        vectors = embedder.embed_passages(own)
        order = np.argsort(-(vectors @ embedder.embed_queries([judged.question])[0]))
        text = " ".join(own[place] for place in order[:MAX_SENTENCES])
        right.append(first.paper_id in judged.papers and judged.is_answered_by(text))
    return _rounded({"right": _share(right), "false refusals": 0.0, "refused": 0.0})


def _share(values: Iterable[bool]) -> float | None:
    found = list(values)
    return _part(sum(found), len(found))


def _part(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _rounded(found: Measures) -> Measures:
    return {name: None if value is None else round(value, 4) for name, value in found.items()}
