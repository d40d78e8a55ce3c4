"""What a user would pick instead, over the same passages, the best passage for each paper.

Here are the table of baselines and those that a few lines make; whole products are in
`rivals`. A baseline's own results are cut and scored exactly as the archive's are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec

from embeddings.base import Embedder, Vectors
from embeddings.errors import ConfigError
from eval import rivals
from eval.corpus import Corpus
from eval.models import embed
from eval.task import Query, Ranking
from indexer.stores.validate import batches

Ranker = Callable[[Corpus, Sequence[Query], int], Iterable[Ranking]]
"""A corpus, queries, and how many papers to find for each: a ranking for each query."""

RRF_K = 60
"""The constant of reciprocal rank fusion (Cormack et al. 2009, doi:10.1145/1571941.1572114)."""
RRF_DEPTH = 1000
_BLOCK = 256


def bm25(corpus: Corpus, queries: Sequence[Query], depth: int) -> Iterator[Ranking]:
    """Words alone."""
    for query in queries:
        yield corpus.best(corpus.bm25.scores(query.text), depth, above=0.0)


def plain(corpus: Corpus, queries: Sequence[Query], depth: int) -> Iterator[Ranking]:
    """Exact cosine of the model's vectors as they come."""
    return _cosine(corpus, corpus.plain, corpus.models.plain, queries, depth)


def ours(corpus: Corpus, queries: Sequence[Query], depth: int) -> Iterator[Ranking]:
    """Exact cosine of the archive's vectors, without words."""
    return _cosine(corpus, corpus.ours, corpus.models.ours, queries, depth)


def rrf(corpus: Corpus, queries: Sequence[Query], depth: int) -> Iterator[Ranking]:
    """The model as it comes and BM25, by reciprocal rank fusion."""
    legs = (plain(corpus, queries, RRF_DEPTH), bm25(corpus, queries, RRF_DEPTH))
    for rankings in zip(*legs, strict=True):
        scores: dict[str, float] = defaultdict(float)
        for ranking in rankings:
            for rank, paper in enumerate(ranking, 1):
                scores[paper] += 1 / (RRF_K + rank)
        yield sorted(scores, key=lambda paper: (-scores[paper], paper))[:depth]


def _cosine(
    corpus: Corpus, vectors: Vectors, embedder: Embedder, queries: Sequence[Query], depth: int
) -> Iterator[Ranking]:
    for block in batches(queries, _BLOCK):
        for scores in embed(embedder, block) @ vectors.T:
            yield corpus.best(scores, depth)


NONE = "none"


@dataclass(frozen=True, slots=True)
class Baseline:
    """A baseline: its key on the command line and its name in reports.

    A product of its own names the module to import and the `package` that has it.
    """

    key: str
    name: str
    rank: Ranker
    module: str | None = None
    package: str | None = None

    @property
    def quick(self) -> bool:
        """Whether it runs unasked."""
        return self.module is None


BASELINES = (
    Baseline("bm25", "BM25", bm25),
    Baseline("plain", "the model as it comes", plain),
    Baseline("ours", "our vectors alone", ours),
    Baseline("rrf", "RRF", rrf),
    Baseline("llamaindex", "LlamaIndex", rivals.llama_index, "llama_index", "llama-index-core"),
    Baseline("txtai", "txtai", rivals.txtai, "txtai", "txtai"),
    Baseline("chroma", "Chroma", rivals.chroma, "chromadb", "chromadb"),
)


def choose(keys: Sequence[str], *, everything: bool = False) -> list[Baseline]:
    """The baselines with these keys, the quick ones for no key, none for "none".

    Raises `ConfigError` for an unknown key, and for a package that is not installed.
    """
    known = [*(baseline.key for baseline in BASELINES), NONE]
    if unknown := [key for key in keys if key not in known]:
        raise ConfigError(f"there is no baseline {unknown[0]!r}; choose from {', '.join(known)}")
    chosen = [
        baseline
        for baseline in BASELINES
        if everything or baseline.key in keys or (not keys and baseline.quick)
    ]
    for baseline in chosen:
        if baseline.module and find_spec(baseline.module) is None:
            raise ConfigError(
                f"the baseline {baseline.name} is not installed: pip install {baseline.package}"
            )
    return chosen
