"""`archive eval ask`: a temporary archive, every question asked as a user would, one report.

What makes an answer right belongs to `answers`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.table import Table

from embeddings.base import Embedder
from embeddings.bundled import NAME as BUNDLED
from embeddings.errors import InputError
from embeddings.open import open_embedder
from embeddings.reader import BundledReader
from embeddings.reranker import Reranker
from eval.answers import (
    Measures,
    Outcome,
    Point,
    ask_all,
    best_sentences,
    by_kind,
    curve,
    measures,
)
from eval.models import Models
from eval.questions import Judged, Split, load_questions
from eval.report import commit
from eval.retrieval import in_folder
from indexer.catalogue import Catalogue
from indexer.observer import Observer
from indexer.settings import Settings
from search_api.answers.asker import Asker
from search_api.answers.model import load_bundled
from search_api.answers.writer import open_writer
from search_api.archive import Archive
from search_api.running import check_unserved
from search_api.search import Searcher

NEAREST = "two nearest sentences"


@dataclass(frozen=True, slots=True)
class AskReport:
    """Answers beside a plain pipeline; `kinds` has for each kind of question how many there
    are and the share right or rightly refused, `curve` what other thresholds would refuse.
    """

    task: str
    dataset: str
    commit: str
    configuration: dict[str, Any]
    measures: Measures
    baselines: dict[str, Measures]
    kinds: dict[str, tuple[int, float]]
    curve: list[Point]


@contextmanager
def indexed(
    archives: Path | None, models: Models, settings: Settings, observer: Observer
) -> Iterator[Archive]:
    """A temporary archive of these pages; without any, the archive that the settings name.

    Raises `InputError` if that one is not there or empty, `StoreBusy` where a server owns it.
    """
    if archives is None:
        if not Archive.exists(settings):
            raise InputError(
                f"There is no archive in {settings.home}; name pages to measure, or --home."
            )
        with Archive(settings, observer, embedder=models.ours) as archive:
            check_unserved(archive.home)
            _ = archive.searcher  # says what is wrong with an empty one
            yield archive
        return
    with (
        tempfile.TemporaryDirectory() as home,
        Archive(in_folder(settings, Path(home)), observer, embedder=models.ours) as archive,
    ):
        archive.index([archives])
        yield archive


def measured(archives: Path | None, settings: Settings) -> Path:
    """The folder that is measured: of pages, or of an archive."""
    return (archives or settings.home.expanduser()).resolve()


def absent(catalogue: Catalogue, papers: Iterable[str]) -> int:
    """How many of the papers that are asked about an archive does not have.

    Raises `InputError` if it has none of them: what is measured there would say nothing.
    """
    wanted = set(papers)
    missing = sum(catalogue.paper(each) is None for each in wanted)
    if wanted and missing == len(wanted):
        raise InputError(
            "None of the papers that are asked about is in what is measured; the digests that the "
            "questions were written for are not published."
        )
    return missing


def evaluate(
    archives: Path | None,
    split: Split,
    models: Models,
    settings: Settings,
    observer: Observer,
    *,
    sample: int | None = None,
) -> AskReport:
    """Ask every question of a split, or a `sample` spread over it; with the language model
    that the settings name too, if they name one.

    Raises `InputError` where none of the papers asked about is there.
    """
    questions = load_questions(split)
    if sample and sample < len(questions):
        places = np.linspace(0, len(questions) - 1, sample).round().astype(int)
        questions = [questions[place] for place in places]
    with indexed(archives, models, settings, observer) as archive:
        catalogue = archive.catalogue
        missing = absent(catalogue, (paper for each in questions for paper in each.papers))
        # Time is the user's: nothing is remembered here.
        fresh = open_embedder(
            settings.model or BUNDLED, settings.cache.expanduser(), projection=settings.projection
        )
        searcher = Searcher(catalogue, archive.store, fresh)
        reader = BundledReader(settings.cache.expanduser())
        asker = Asker(catalogue, searcher, fresh, reader)
        asker.ask(questions[0].question)  # the first loads what later ones share
        observer.stage("Asking", len(questions))
        done = ask_all(asker, catalogue, questions, observer.advance)
        baselines = {NEAREST: best_sentences(searcher, catalogue, models.ours, questions)}
        if settings.llm:
            baselines |= _written(archive, searcher, fresh, reader, questions, settings, observer)
        identity = archive.identity
    return AskReport(
        task="ask",
        dataset=f"questions/{split}",
        commit=commit(),
        configuration={
            "model": asdict(identity) if identity else None,
            "threshold": load_bundled().threshold,
            "questions": len(questions),
            "papers missing": missing,
            "language model": settings.llm.rpartition("#")[2] if settings.llm else None,
        },
        measures=measures(done),
        baselines=baselines,
        kinds=by_kind(done),
        curve=_curve(done),
    )


def _curve(done: list[Outcome]) -> list[Point]:
    confidences = np.array([each.confidence for each in done])
    answerable = np.array([each.judged.answerable for each in done])
    if answerable.all() or not answerable.any():
        return []  # a threshold weighs the ones against the others
    steps = np.quantile(confidences[answerable], np.linspace(0, 0.5, 11))
    return curve(confidences, answerable, [load_bundled().threshold, *steps])


def _written(
    archive: Archive,
    searcher: Searcher,
    embedder: Embedder,
    reader: Reranker,
    questions: list[Judged],
    settings: Settings,
    observer: Observer,
) -> dict[str, Measures]:
    """The same questions answered in a language model's words, by us and by LlamaIndex."""
    from eval.written import Support, engine_outcomes

    writer = open_writer(settings, embedder)
    assert writer is not None, "called only where a model is named"
    llm, verifier = writer.llm, writer.verifier
    asker = Asker(archive.catalogue, searcher, embedder, reader, writer)
    name = llm.metadata.model_name
    observer.stage(f"Asking with {name}", len(questions))
    ours, theirs = Support(verifier), Support(verifier)
    done = ask_all(asker, archive.catalogue, questions, observer.advance, ours.count)
    observer.stage(f"Asking LlamaIndex with {name}", len(questions))
    engine = list(engine_outcomes(archive, llm, questions, theirs, observer.advance))
    return {
        f"with {name}": measures(done) | ours.measures(),
        f"CitationQueryEngine with {name}": measures(engine) | theirs.measures(),
    }


def tables(report: AskReport) -> tuple[Table, Table, Table]:
    """The report for people: all questions, each kind of them, and other thresholds."""
    rows = {"paper-archive": report.measures, **report.baselines}
    columns = dict.fromkeys(measure for found in rows.values() for measure in found)
    whole = Table("", *columns, title=report.dataset)
    for name, found in rows.items():
        whole.add_row(name, *(_cell(measure, found.get(measure)) for measure in columns))
    kinds = Table("kind", "questions", "right, or rightly refused")
    for kind, (number, share) in report.kinds.items():
        kinds.add_row(kind, str(number), f"{share:.3f}")
    thresholds = Table("answered from", "refused", "falsely refused", title="thresholds")
    for point in report.curve:
        mark = " ←" if point.threshold == round(report.configuration["threshold"], 4) else ""
        row = (point.refused, point.falsely_refused)
        thresholds.add_row(f"{point.threshold:.3f}{mark}", *(f"{share:.3f}" for share in row))
    return whole, kinds, thresholds


def _cell(measure: str, value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.0f}" if measure.endswith(("ms", "written")) else f"{value:.3f}"
