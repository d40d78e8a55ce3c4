"""Sentences are embedded once as long as they are remembered, and come out as they would."""

import numpy as np
import pytest

from search_api.answers import sentence_vectors
from search_api.answers.sentence_vectors import SentenceVectors


class Counting:
    """The real embedder, told what it is asked for."""

    def __init__(self, embedder):
        self._embedder = embedder
        self.asked = []

    def embed_passages(self, texts):
        self.asked.append(list(texts))
        return self._embedder.embed_passages(texts)


@pytest.fixture
def counting(bundled):
    return Counting(bundled)


def test_only_what_is_new_is_embedded(counting, bundled):
    vectors = SentenceVectors(counting)
    first = vectors.of(["a cat", "a dog", "a cat"])
    again = vectors.of(["a dog", "a bird"])
    assert counting.asked == [["a cat", "a dog"], ["a bird"]]
    expected = bundled.embed_passages(["a cat", "a dog", "a bird"])
    assert first == pytest.approx(expected[[0, 1, 0]], abs=1e-5)
    assert again == pytest.approx(expected[[1, 2]], abs=1e-5)
    assert first.dtype == again.dtype == np.float32


def test_nothing_has_no_vectors(counting):
    assert SentenceVectors(counting).of([]).shape == (0, 384)


def test_the_oldest_are_forgotten(counting, monkeypatch):
    monkeypatch.setattr(sentence_vectors, "REMEMBERED", 2)
    vectors = SentenceVectors(counting)
    vectors.of(["a cat", "a dog"])
    vectors.of(["a cat", "a bird"])  # the dog was asked for longest ago
    vectors.of(["a cat", "a bird"])
    assert counting.asked == [["a cat", "a dog"], ["a bird"]]
    vectors.of(["a dog"])
    assert counting.asked[-1] == ["a dog"]
