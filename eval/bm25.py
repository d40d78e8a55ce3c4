"""BM25 as a careful user would set it up, for Chinese and English alike.

The library's defaults (Lucene's variant, k1 1.5, b 0.75; Lù 2024, arXiv:2407.03618) over
English words without stop words, stemmed, and over Chinese words as jieba cuts them.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence

import bm25s
import jieba
import numpy as np
import Stemmer
from bm25s.stopwords import STOPWORDS_EN
from numpy.typing import NDArray

from indexer.language import language_of

jieba.setLogLevel(logging.WARNING)  # it tells of loading its dictionary
_WORD = re.compile(r"\b\w\w+\b")  # the library's own
_SAYS_SOMETHING = re.compile(r"\w")
_STOP_WORDS = frozenset(STOPWORDS_EN)
_stemmer = Stemmer.Stemmer("english")


class BM25:
    """An index over texts."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._size = len(texts)
        cut = [words(text) for text in texts]
        self._known = {word for each in cut for word in each}
        self._index = bm25s.BM25()
        if self._known:  # the library cannot index nothing
            self._index.index(cut, show_progress=False)

    def scores(self, query: str) -> NDArray[np.float32]:
        """The score of each text for a query, shape (texts,); 0 where no word is shared."""
        shared = [word for word in words(query) if word in self._known]
        if not shared:
            return np.zeros(self._size, np.float32)
        found: NDArray[np.float32] = self._index.get_scores(shared)
        return found


def words(text: str) -> list[str]:
    """The words of a text by the rules of its language, English ones stemmed in both."""
    text = text.lower()
    if language_of(text) == "zh":
        found = [word for word in jieba.cut(text) if _SAYS_SOMETHING.search(word)]
    else:
        found = [word for word in _WORD.findall(text) if word not in _STOP_WORDS]
    return list(_stemmer.stemWords(found))
