"""Learns the bundled reader's adapter: the encoder reads a question with sentences of a paper.

What it learns by is `reader_model`'s, what it is shown `showing`'s, the questions are `reading`'s.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import torch
from sklearn.metrics import roc_auc_score
from torch import nn

from embeddings.adapter import Adapter
from embeddings.calibration import calibrate
from embeddings.reader import joined, titled
from embeddings.reranker import Reranker
from embeddings.weights import Weights
from eval.reader_model import ReaderModel
from eval.reading import Exercise
from eval.showing import Shown, shown
from indexer.stores.validate import batches
from search_api.answers.reading import READ

RATE, HEAD_RATE, DECAY, WARM_UP, BATCH = 6e-4, 3e-3, 0.01, 60, 32
EPOCHS = 2
ALPHA = {"qkv": 0.65, "ao": 0.5, "fi": 0.65, "fo": 0.75}
EXACT = ("l4.fo", "l5.fo")
"""How the reader runs in int8: as `embeddings.calibration` has it, but for two products that would
cost more than a third of what is lost."""
SAMPLES = 100
"""Questions whose texts show what ranges its inputs have."""
_BUCKET = 2048
"""Texts out of which those of like length come together."""


def learn(
    found: Sequence[Exercise],
    folder: Path,
    advance: Callable[[int], None],
    *,
    first: Sequence[Exercise] = (),
    start: Adapter | None = None,
) -> Adapter:
    """The adapter learned from these, `first` from others, on from `start` if there is one;
    `folder` takes the reference model.
    """
    torch.manual_seed(1)
    return fit(ReaderModel(folder, start), _batches(found, first), advance)


def fit(
    model: ReaderModel, rounds: Sequence[Sequence[Shown]], advance: Callable[[int], None]
) -> Adapter:
    """The adapter that a model has learned from these batches, each seen once."""
    added = [p for each in model.added.values() for p in (each.down, each.up)]
    optimizer = torch.optim.AdamW(
        [{"params": added, "lr": RATE}, {"params": model.head.parameters(), "lr": HEAD_RATE}],
        weight_decay=DECAY,
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1, (step + 1) / WARM_UP) * max(0.02, 1 - step / len(rounds))
    )
    model.encoder.eval()  # its own dropout doubles the time
    for low_rank in model.added.values():
        low_rank.train()
    for batch in rounds:
        loss = model.loss(batch)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(added, 1.0)
        optimizer.step()
        schedule.step()
        advance(1)
    return model.adapter()


def scaled(adapter: Adapter, found: Sequence[Exercise]) -> Adapter:
    """With the int8 scales that suit texts such as it has learned from."""
    chance = random.Random(1)
    sample = chance.sample(found, min(SAMPLES, len(found)))
    return with_scales(adapter, [text for each in sample for text in shown(each, chance)])


def with_scales(adapter: Adapter, seen: Sequence[Shown]) -> Adapter:
    """With the int8 scales that suit these texts."""
    texts = [joined(text.question, titled(text.title, " ".join(text.sentences))) for text in seen]
    return replace(
        adapter, quantization=calibrate(Weights(), texts, adapter, alpha=ALPHA, exact=EXACT)
    )


def steps(found: Sequence[Exercise], *, first: Sequence[Exercise] = ()) -> int:
    """How many there are to learn from these."""
    return len(_batches(found, first))


def separation(reader: Reranker, held_out: Sequence[Exercise]) -> float:
    """How well a reader tells questions that papers answer from others: the area under the
    ROC curve of its best sentence.
    """
    best = []
    for each in held_out:
        said = [titled(each.title, sentence) for sentence in each.sentences[:READ]]
        best.append(float(reader.scores(each.question, said).max()))
    return float(roc_auc_score([bool(each.answers) for each in held_out], best))


def _batches(found: Sequence[Exercise], first: Sequence[Exercise]) -> list[Sequence[Shown]]:
    chance = random.Random(1)
    return [*_round(first, chance), *(b for _ in range(EPOCHS) for b in _round(found, chance))]


def _round(found: Sequence[Exercise], chance: random.Random) -> list[Sequence[Shown]]:
    return batched([text for each in found for text in shown(each, chance)], chance)


def batched(texts: Sequence[Shown], chance: random.Random) -> list[Sequence[Shown]]:
    """Texts in batches of about one length each, both in an order left to chance."""
    texts = chance.sample(texts, len(texts))
    alike = (sorted(bucket, key=_length) for bucket in batches(texts, _BUCKET))
    made = [batch for bucket in alike for batch in batches(bucket, BATCH)]
    chance.shuffle(made)
    return made


def _length(text: Shown) -> int:
    return len("".join((text.question, text.title, *text.sentences)).encode())
