"""The judge of claims: how its adapter is learned, and how well claims are verified with it.

The claims are `claims`', what is learned from a text `reader_model`'s, the verifier
`search_api.answers.verification`'s.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

import torch
from rich.table import Table

from embeddings.adapter import Adapter
from embeddings.entailment import Entailment
from embeddings.reader import titled
from eval.adapting import batched, fit, with_scales
from eval.claims import JudgedClaim
from eval.reader_model import ReaderModel
from eval.showing import Shown
from indexer.language import language_of
from search_api.answers.verification import Verifier

EPOCHS = 8
SAMPLES = 400
"""Claims that show what ranges the inputs of the judge have."""


def learn(
    found: Sequence[JudgedClaim], folder: Path, advance: Callable[[int], None], start: Adapter
) -> Adapter:
    """The adapter learned from these claims, on from the reader's; `folder` takes the reference
    model.
    """
    torch.manual_seed(1)
    learned = fit(ReaderModel(folder, start), rounds(found), advance)
    return with_scales(learned, _shown(found)[:SAMPLES])


def rounds(found: Sequence[JudgedClaim]) -> list[Sequence[Shown]]:
    """The batches to learn from."""
    chance, texts = random.Random(1), _shown(found)
    return [batch for _ in range(EPOCHS) for batch in batched(texts, chance)]


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


def verified(
    found: Sequence[JudgedClaim], verifier: Verifier, judge: Entailment
) -> tuple[list[bool], list[bool]]:
    """Of each claim whether the verifier keeps it, and whether the judge alone would."""
    kept = [verifier.objection(each.text, [each.source]) is None for each in found]
    alone = [
        judge.chance(titled(each.source.title, each.source.quote), each.text) >= 0.5
        for each in found
    ]
    return kept, alone


def table(found: Sequence[JudgedClaim], kept: Sequence[bool], alone: Sequence[bool]) -> Table:
    """What is kept of each kind: all of the borne ones and none of the others would be best."""
    made = Table("claims", "number", "kept", "by the judge alone", title="claims")
    groups: dict[str, list[int]] = {}
    for place, each in enumerate(found):
        name = "borne" if each.is_borne else "not borne"
        for group in (name, f"{name}, {'other' if each.crosses else 'same'} language"):
            groups.setdefault(group, []).append(place)
        if not each.is_borne:
            groups.setdefault(f"not borne: {each.kind}", []).append(place)
    for group, places in sorted(groups.items()):
        shares = (sum(list(said)[n] for n in places) / len(places) for said in (kept, alone))
        made.add_row(group, str(len(places)), *(f"{share:.3f}" for share in shares))
    return made
