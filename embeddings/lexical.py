"""Text to BM25 sparse vectors, the lexical leg of a search, alike for Chinese and English.

BM25 (Robertson & Zaragoza 2009, doi:10.1561/1500000019) with the idf factor left to the
store, which knows the collection. Terms are Snowball stems of Latin words without function
words, numbers kept whole ("60.17", "2509.22653"), compounds whole and in parts ("lp-reg",
"lp", "reg"), and pairs of neighbouring Chinese characters, traditional ones made simplified.
Qdrant's own multilingual tokenizer drops pure numbers, which is why this exists.
"""

from __future__ import annotations

import math
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import opencc
import Stemmer

K1 = 1.2
B = 0.75
AVERAGE_TERMS = 240
"""The length, in terms, at which BM25 neither rewards nor punishes: the mean over real
passages. A constant, so that a passage's vector depends on the passage alone."""

# English function words: in a small archive their idf is not small enough to silence them.
# Chinese ones need no list, since a pair of characters is rarely one of them alone.
STOP_WORDS = frozenset(
    """a about after all also although among an and any are as at be because been before being
    between both but by can could did do does during each for from had has have having how i if
    in into is it its itself may more most my no nor not of on one only or other our over own
    same should so some such than that the their them then there these they this those through
    to under until up upon us use used using very via was we were what when where whether which
    while who why will with within without would you your""".split()
)

HAN = "㐀-䶿一-鿿豈-﫿"
"""Chinese characters, as a range of a pattern."""

_TOKEN = re.compile(
    rf"[{HAN}]+"  # a run of Chinese characters
    r"|\d+(?:[.,]\d+)+"  # a number with a point or a comma
    rf"|[^\W_{HAN}]+(?:[-_+./][^\W_{HAN}]+)*\+*"  # a word or a compound
)
_PART = re.compile(r"[^\W_]+")
_HAN = re.compile(f"[{HAN}]")
_simplify = opencc.OpenCC("t2s").convert
_stemmer = Stemmer.Stemmer("english")


@dataclass(frozen=True, slots=True)
class SparseVector:
    """Term indices (ascending, uint32 range) and their weights."""

    indices: tuple[int, ...]
    values: tuple[float, ...]


def simplified(text: str) -> str:
    """A text with its traditional Chinese characters made simplified."""
    return str(_simplify(text))


def fold(text: str) -> str:
    """Text in the form in which terms are compared: compatibility forms, case and
    traditional characters folded.
    """
    return str(_simplify(unicodedata.normalize("NFKC", text).casefold()))


def terms(text: str) -> Iterator[str]:
    """The terms of a text, repeated as often as they occur."""
    for token in _TOKEN.findall(fold(text)):
        if _HAN.match(token):
            if len(token) == 1:
                yield token
            yield from (token[i : i + 2] for i in range(len(token) - 1))
            continue
        parts = _PART.findall(token)
        if len(parts) > 1:
            yield token
            if token[0].isdigit():
                continue  # the parts of a number mean nothing
        yield from (_stem(part) for part in parts if part not in STOP_WORDS)


def passage_vector(text: str) -> SparseVector:
    """BM25 term weights of a passage, without idf."""
    counts = Counter(map(index_of, terms(text)))
    length = K1 * (1 - B + B * counts.total() / AVERAGE_TERMS)
    return _vector({i: n * (K1 + 1) / (n + length) for i, n in counts.items()})


def query_vector(text: str) -> SparseVector:
    """Term weights of a query: a term said twice weighs more, but not double."""
    counts = Counter(map(index_of, terms(text)))
    return _vector({i: 1 + math.log(n) for i, n in counts.items()})


@lru_cache(maxsize=65536)
def _stem(word: str) -> str:
    return str(_stemmer.stemWord(word))


@lru_cache(maxsize=65536)
def index_of(term: str) -> int:
    """A term's index in sparse vectors."""
    return zlib.crc32(term.encode())


def _vector(weights: dict[int, float]) -> SparseVector:
    indices = sorted(weights)
    return SparseVector(tuple(indices), tuple(weights[i] for i in indices))
