"""`archive eval summaries`: how many errors in summaries are noticed, and how many are imagined.

Each paper that has its English abstract beside Chinese texts gets one error of each kind
(`injecting`), one at a time; an error is noticed if something is flagged that was not before.
What is flagged in untouched summaries counts as a false alarm, though some of it is a real
error of the digest, so that the true figure is lower.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from rich.table import Table

from embeddings.base import Embedder
from embeddings.errors import InputError
from eval.asking import indexed, measured
from eval.injecting import KINDS, inject, names_of
from eval.models import Models
from eval.report import commit
from indexer.observer import Observer
from indexer.paper import Paper
from indexer.settings import Settings
from search_api.answers.sentence import sentences
from search_api.checks import summaries
from search_api.checks.summaries import SummaryChecker

Split = Literal["dev", "test"]
Measures = dict[str, float | None]
"""None where nothing was there to be measured."""
Detector = Callable[[Paper], set[tuple[str, str]]]
"""Gives a paper's flagged sentences, each with what is wrong with it."""
_DIGITS = re.compile(r"\d+(?:\.\d+)?")
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9-]+")


@dataclass(frozen=True, slots=True)
class CheckReport:
    """Recall by kind of error beside false alarms a paper; `kinds` has how many errors of each
    kind were put in.
    """

    task: str
    dataset: str
    commit: str
    configuration: dict[str, Any]
    measures: Measures
    baselines: dict[str, Measures]
    kinds: dict[str, int]


def evaluate(
    archives: Path | None,
    split: Split,
    models: Models,
    settings: Settings,
    observer: Observer,
    seed: int,
) -> CheckReport:
    """Put errors into the summaries of one half of the papers, and look for them.

    Raises `InputError` where no paper has an English abstract beside Chinese texts.
    """
    with indexed(archives, models, settings, observer) as archive:
        every = (archive.paper(paper_id) for paper_id in archive.catalogue.paper_ids())
        papers = [paper for paper in every if _has_both(paper) and half(paper.paper_id) == split]
    if not papers:
        raise InputError(
            f"{measured(archives, settings)}: no paper of the {split} half has an English abstract "
            "and Chinese texts"
        )
    detectors: dict[str, Detector] = {
        "paper-archive": _ours(models.ours),
        "digits not in the abstract": lambda paper: _missing(paper, _DIGITS),
        "digits or Latin words not in the abstract": lambda paper: (
            _missing(paper, _DIGITS) | _missing(paper, _LATIN)
        ),
    }
    observer.stage("Checking summaries", len(papers) * len(detectors))
    injected: dict[str, int] = {}
    shares = {
        name: measure(detector, papers, seed, injected, observer.advance)
        for name, detector in detectors.items()
    }
    return CheckReport(
        task="summaries",
        dataset=f"{measured(archives, settings).name}/{split}",
        commit=commit(),
        configuration={
            "model": asdict(models.ours.identity),
            "papers": len(papers),
            "seed": seed,
            "thresholds": summaries.ENOUGH,
        },
        measures=shares.pop("paper-archive"),
        baselines=shares,
        kinds=injected,
    )


def measure(
    detector: Detector,
    papers: Sequence[Paper],
    seed: int,
    injected: dict[str, int],
    advance: Callable[[], None],
) -> Measures:
    """Recall of each kind of error, of all, and false alarms a paper; counts are noted."""
    names, alarms = names_of(papers), 0
    caught = dict.fromkeys(KINDS, 0)
    injected.update(dict.fromkeys(KINDS, 0))
    for paper in papers:
        before = detector(paper)
        alarms += len({sentence for sentence, _ in before})
        for kind in KINDS:
            error = inject(paper, kind, names, seed)
            if error is not None:
                injected[kind] += 1
                caught[kind] += bool(detector(error.paper) - before)
        advance()
    found: Measures = {kind: _share(caught[kind], injected[kind]) for kind in KINDS}
    found["all"] = _share(sum(caught.values()), sum(injected.values()))
    return found | {"false alarms a paper": round(alarms / len(papers), 4)}


def half(paper_id: str) -> Split:
    """The half that a paper is in, by the hash of its id; the test half is looked at last."""
    return "test" if hashlib.sha256(paper_id.encode()).digest()[-1] % 2 else "dev"


def table(report: CheckReport) -> Table:
    """The report for people."""
    rows = {"paper-archive": report.measures, **report.baselines}
    shown = Table("", *rows, "errors", title=f"{report.dataset}: share of errors noticed")
    for name in report.measures:
        count = report.kinds.get(name)
        values = ("" if (v := found[name]) is None else f"{v:.3f}" for found in rows.values())
        shown.add_row(name, *values, "" if count is None else str(count))
    return shown


def _ours(embedder: Embedder) -> Detector:
    checker = SummaryChecker(embedder)
    return lambda paper: {(f.sentence, f"{f.kind} {f.reason}") for f in checker.flags(paper) or ()}


def _missing(paper: Paper, pattern: re.Pattern[str]) -> set[tuple[str, str]]:
    """What matches in the Chinese texts and stands nowhere in the English ones or the titles."""
    english = [text.text for text in paper.texts if text.language == "en"]
    there = _matches(pattern, [*english, *(title.text for title in paper.titles)])
    return {
        (sentence.quote, each)
        for sentence in sentences(paper)
        if sentence.language == "zh"
        for each in _matches(pattern, [sentence.quote]) - there
    }


def _matches(pattern: re.Pattern[str], texts: Iterable[str]) -> set[str]:
    return {found.casefold() for text in texts for found in pattern.findall(text)}


def _has_both(paper: Paper) -> bool:
    texts = {(text.kind == "abstract", text.language) for text in paper.texts}
    return {(True, "en"), (False, "zh")} <= texts


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
