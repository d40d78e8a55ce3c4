"""One task through the real pipeline and through baselines: who ranks what, and how fast.

The archive is a temporary one, filled through its catalogue, brought in step by its indexer
and asked through its searcher, exactly as users' archives are. What the rankings are worth
is computed in `measures` and laid out in `report`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from embeddings.errors import ConfigError
from eval.baselines import Baseline
from eval.corpus import Corpus, read_passages
from eval.measure import seconds
from eval.measures import Values, per_query
from eval.models import Models, embed
from eval.task import Query, Ranking, Task
from indexer.observer import Observer
from indexer.settings import Settings
from search_api.archive import Archive
from search_api.search import Searcher

OURS = "paper-archive"
DEPTH = 100
"""Papers in a ranking: as many as the deepest measure looks at."""


@dataclass(slots=True)
class Evaluation:
    """What a task measured.

    `values` and `seconds` (of a whole run: a baseline's indexing and all searches) are by
    run; the archive's own run is called `OURS`.
    """

    task: Task
    store: str = ""
    papers: int = 0
    passages: int = 0
    values: dict[str, Values] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


def evaluate(
    task: Task,
    models: Models,
    baselines: Sequence[Baseline],
    settings: Settings,
    observer: Observer,
) -> Evaluation:
    """Run a task's queries through a temporary archive, then through each baseline.

    Raises `ConfigError` where the settings name a store on a server.
    """
    done = Evaluation(task)
    with (
        tempfile.TemporaryDirectory() as home,
        Archive(in_folder(settings, Path(home)), observer, embedder=models.ours) as archive,
    ):
        fill(archive, task)
        counts = archive.catalogue.counts()
        done.papers, done.passages = counts["papers"], counts["passages"]
        done.store = archive.store_kind
        embed(models.plain, task.queries)  # remembered: the searches then are searches alone
        _run(done, OURS, search(archive.searcher, task.queries), observer)
        passages = read_passages(archive.catalogue)
    corpus = Corpus(passages, models)
    depth = DEPTH + max(len(query.left_out) for query in task.queries)
    for baseline in baselines:
        _run(done, baseline.name, baseline.rank(corpus, task.queries, depth), observer)
    return done


def fill(archive: Archive, task: Task) -> None:
    """Index a task's pages."""
    archive.observer.stage(f"{task.name}: reading", len(task.pages))
    for page in task.pages:
        archive.catalogue.put_file(
            page.file, task.name, page.source, layout=page.layout, reading=page.reading
        )
        archive.observer.advance()
    archive.sync()


def search(searcher: Searcher, queries: Iterable[Query]) -> Iterator[Ranking]:
    """Rankings as users get them: a question is searched for, a pasted text's like is."""
    for query in queries:
        limit = DEPTH + len(query.left_out)
        results = (
            searcher.similar(text=query.text, limit=limit).results
            if query.pasted
            else searcher.search(query.text, limit=limit).results
        )
        yield [result.paper_id for result in results]


def _run(done: Evaluation, name: str, rankings: Iterable[Ranking], observer: Observer) -> None:
    queries = done.task.queries
    observer.stage(f"{done.task.name}: {name}", len(queries))
    run = {}
    with seconds(done.seconds, name):
        for query, ranking in zip(queries, rankings, strict=True):
            run[query.id] = [p for p in ranking if p not in query.left_out][:DEPTH]
            observer.advance()
    done.values[name] = per_query(run, done.task.qrels)


def in_folder(settings: Settings, home: Path) -> Settings:
    """The settings of a temporary archive. Raises `ConfigError` for a store on a server."""
    if settings.store == "qdrant":
        raise ConfigError(
            "an evaluation leaves nothing behind on a server; set ARCHIVE_STORE to edge or faiss"
        )
    return settings.model_copy(update={"home": home})
