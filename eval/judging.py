"""Learns the bundled judge's adapter: whether a claim follows from what it cites.

The claims are `claims`', what is learned from a text `reader_model`'s.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

import torch

from embeddings.adapter import Adapter
from eval.adapting import batched, fit, with_scales
from eval.claims import JudgedClaim
from eval.reader_model import ReaderModel
from eval.showing import Shown
from indexer.language import language_of

EPOCHS = 8
SAMPLES = 400
"""Claims that show what ranges the inputs of the judge have."""


def rounds(found: Sequence[JudgedClaim]) -> list[Sequence[Shown]]:
    """The batches to learn from."""
    chance, texts = random.Random(1), _shown(found)
    return [batch for _ in range(EPOCHS) for batch in batched(texts, chance)]


def learn(
    batches: Sequence[Sequence[Shown]],
    folder: Path,
    advance: Callable[[int], None],
    start: Adapter,
) -> Adapter:
    """The adapter learned from these batches, on from the reader's; `folder` takes the
    reference model.
    """
    torch.manual_seed(1)
    learned = fit(ReaderModel(folder, start), batches, advance)
    texts = [text for batch in batches for text in batch]
    return with_scales(learned, random.Random(1).sample(texts, min(SAMPLES, len(texts))))


def _shown(found: Sequence[JudgedClaim]) -> list[Shown]:
    """The claims in an order left to chance, and copies of what they cite: one of each paper
    cites itself, one another sentence.
    """
    claims = [
        Shown(each.text, each.source.title, (each.source.quote,), (each.is_borne,))
        for each in found
    ]
    quotes: dict[str, dict[str, None]] = {}
    for each in found:
        quotes.setdefault(each.source.title, {})[each.source.quote] = None
    for title, said in quotes.items():
        first, *others = said
        claims.append(Shown(first, title, (first,), (True,)))
        language = language_of(first)
        apart = (q for q in others if q not in first and language_of(q) == language)
        claims += [Shown(each, title, (first,), (False,)) for each in islice(apart, 1)]
    return random.Random(2).sample(claims, len(claims))
