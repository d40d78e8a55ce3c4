"""The second stage, with a real cross-encoder of random weights: its order must be obeyed."""

import pytest

from embeddings.errors import WeightsError
from embeddings.reranker import CrossEncoderReranker
from search_api.search import RERANK_DEPTH, Searcher
from tests.cross_encoder import write_cross_encoder

pytest.importorskip("sentence_transformers", reason="needs paper-archive[models]")


@pytest.fixture(scope="module")
def cross_encoder(tmp_path_factory):
    return write_cross_encoder(tmp_path_factory.mktemp("models") / "cross", ["score"])


def test_scores_are_between_0_and_1(cross_encoder):
    reranker = CrossEncoderReranker(cross_encoder)
    scores = reranker.scores("graph", ["about graphs", "about cats", "x" * 5000])
    assert scores.shape == (3,)
    assert ((scores >= 0) & (scores <= 1)).all()
    assert len({round(float(score), 6) for score in scores}) > 1
    assert reranker.scores("graph", []).shape == (0,)


def test_a_search_follows_the_reranker(example_search, cross_encoder):
    reranker = CrossEncoderReranker(cross_encoder)
    parts = (example_search._catalogue, example_search._store, example_search._embedder)
    again = Searcher(*parts, reranker).search("image recognition", limit=RERANK_DEPTH)
    first = example_search.search("image recognition", limit=RERANK_DEPTH)
    before = {result.paper_id for result in first.results}
    assert {result.paper_id for result in again.results} == before
    scores = [result.score for result in again.results]
    assert scores == sorted(scores, reverse=True)
    assert [r.paper_id for r in again.results] != [r.paper_id for r in first.results]


def test_a_name_still_comes_first(example_search, cross_encoder):
    parts = (example_search._catalogue, example_search._store, example_search._embedder)
    searcher = Searcher(*parts, CrossEncoderReranker(cross_encoder))
    assert searcher.search("Attention Is All You Need").results[0].paper_id == "1706.03762"


def test_what_is_no_cross_encoder_is_told(tmp_path):
    with pytest.raises(WeightsError, match="cannot load the cross-encoder"):
        CrossEncoderReranker(str(tmp_path))
    two = write_cross_encoder(tmp_path / "two", ["one", "two"])
    with pytest.raises(WeightsError, match="2 figures for a pair"):
        CrossEncoderReranker(str(two))
