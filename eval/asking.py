"""`archive eval ask`: a temporary archive, every question asked as a user would, one report.

What makes an answer right belongs to `answers`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.table import Table

from embeddings.bundled import NAME as BUNDLED
from embeddings.open import open_embedder
from eval.answers import Measures, ask_all, best_sentences, by_kind, measures
from eval.models import Models
from eval.questions import Split, load_questions
from eval.report import commit
from eval.retrieval import in_folder
from indexer.pipeline import Observer
from indexer.settings import Settings
from search_api.answers import decision
from search_api.answers.asker import Asker
from search_api.archive import Archive
from search_api.search import Searcher

NEAREST = "two nearest sentences"


@dataclass(frozen=True, slots=True)
class AskReport:
    """Answers beside a plain pipeline; `kinds` has for each kind of question how many there
    are and the share right or rightly refused.
    """

    task: str
    dataset: str
    commit: str
    configuration: dict[str, Any]
    measures: Measures
    baselines: dict[str, Measures]
    kinds: dict[str, tuple[int, float]]


@contextmanager
def indexed(
    archives: Path, models: Models, settings: Settings, observer: Observer
) -> Iterator[Archive]:
    """A temporary archive of these pages."""
    with (
        tempfile.TemporaryDirectory() as home,
        Archive(in_folder(settings, Path(home)), observer, embedder=models.ours) as archive,
    ):
        archive.index([archives])
        yield archive


def evaluate(
    archives: Path, split: Split, models: Models, settings: Settings, observer: Observer
) -> AskReport:
    """Ask every question of a split."""
    questions = load_questions(split)
    with indexed(archives, models, settings, observer) as archive:
        catalogue = archive.catalogue
        # Time is the user's: nothing is remembered here.
        fresh = open_embedder(
            settings.model or BUNDLED, settings.cache.expanduser(), projection=settings.projection
        )
        searcher = Searcher(catalogue, archive.store, fresh)
        asker = Asker(catalogue, searcher, fresh)
        asker.ask(questions[0].question)  # the first loads what later ones share
        observer.stage("Asking", len(questions))
        done = ask_all(asker, catalogue, questions, observer.advance)
        nearest = best_sentences(searcher, catalogue, models.ours, questions)
        identity = archive.identity
    return AskReport(
        task="ask",
        dataset=f"questions/{split}",
        commit=commit(),
        configuration={
            "model": asdict(identity) if identity else None,
            "threshold": decision.load_bundled().threshold,
            "questions": len(questions),
        },
        measures=measures(done),
        baselines={NEAREST: nearest},
        kinds=by_kind(done),
    )


def tables(report: AskReport) -> tuple[Table, Table]:
    """The report for people: all questions, and each kind of them."""
    whole = Table("", *report.measures, title=report.dataset)
    for name, found in (("paper-archive", report.measures), *report.baselines.items()):
        whole.add_row(name, *(_cell(measure, found.get(measure)) for measure in report.measures))
    kinds = Table("kind", "questions", "right, or rightly refused")
    for kind, (number, share) in report.kinds.items():
        kinds.add_row(kind, str(number), f"{share:.3f}")
    return whole, kinds


def _cell(measure: str, value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.0f}" if measure.endswith("ms") else f"{value:.3f}"
