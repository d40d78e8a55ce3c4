"""Learns the bundled reader's adapter: the encoder reads a question with one sentence at a time.

Low-rank additions (LoRA, arXiv:2106.09685) to the upper layers, so that a few thousand
questions do not undo what the encoder knows of both languages. Of each question it sees
sentences that answer and such as share many words with it and do not. Needs torch, which the
extra `models` brings. The questions are `reading`'s.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score
from torch import nn

from embeddings.adapter import Adapter
from embeddings.bundled import DIMENSION
from embeddings.reader import joined, titled
from embeddings.reranker import Reranker
from eval.reading import Exercise
from eval.reference_model import write_reference_model
from search_api.answers.reading import TOGETHER as READ_TOGETHER

RANK, FIRST_LAYER, GAIN, DROPOUT = 32, 4, 0.25, 0.1
RATE, HEAD_RATE, DECAY, WARM_UP, BATCH = 6e-4, 3e-3, 0.01, 60, 32
EPOCHS = 2
POSITIVE_WEIGHT = 2.0
SHOWN, AMONG = 2, 5
"""Sentences of each question and round that answer and that do not; the latter are among so many,
the most promising."""
ELSEWHERE, OF_STRANGERS = 1, 3
"""Sentences of other papers, of a question about one that is there and of one about none."""
TOGETHER = 0.5
"""How often a paper's sentences are seen as one text as well, as many as are read together."""
READ = 8
"""Sentences of a paper that are read to tell whether it answers."""
_LINEAR = {
    "q": ("attention.self", "query"),
    "k": ("attention.self", "key"),
    "v": ("attention.self", "value"),
    "ao": ("attention.output", "dense"),
    "fi": ("intermediate", "dense"),
    "fo": ("output", "dense"),
}
_BUCKET = 2048

Pair = tuple[str, str, float]


class _LowRank(nn.Module):
    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        self.base = base
        rows, columns = base.weight.shape
        self.down = nn.Parameter(torch.randn(RANK, columns) / math.sqrt(columns))
        self.up = nn.Parameter(torch.zeros(rows, RANK))
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        within = self.dropout(x @ self.down.T) * GAIN  # so few that dropping them costs nothing
        return torch.as_tensor(self.base(x) + within @ self.up.T)


class _Model:
    """The reference encoder with low-rank additions and a head."""

    def __init__(self, folder: Path) -> None:
        from transformers import AutoModel, AutoTokenizer

        encoder = write_reference_model(folder).with_name(f"{folder.name}-encoder")
        self.encoder: Any = AutoModel.from_pretrained(encoder)
        self.tokenizer: Any = AutoTokenizer.from_pretrained(encoder)
        self.encoder.requires_grad_(False)
        self.added: dict[str, _LowRank] = {}
        for number, layer in enumerate(self.encoder.encoder.layer):
            for name, (part, linear) in _LINEAR.items() if number >= FIRST_LAYER else ():
                module = layer.get_submodule(part)
                low_rank = _LowRank(getattr(module, linear))
                setattr(module, linear, low_rank)
                self.added[f"l{number}.{name}"] = low_rank
        self.head = nn.Linear(DIMENSION, 1)
        nn.init.zeros_(self.head.weight)

    def logits(self, pairs: Sequence[Pair]) -> torch.Tensor:
        texts = [joined(question, said) for question, said, _ in pairs]
        given = self.tokenizer(
            texts, padding=True, truncation=True, max_length=224, return_tensors="pt"
        )
        out = self.encoder(
            input_ids=given["input_ids"], attention_mask=given["attention_mask"]
        ).last_hidden_state
        real = given["attention_mask"][..., None]
        return torch.as_tensor(self.head((out * real).sum(1) / real.sum(1))[:, 0])

    def adapter(self) -> Adapter:
        def half(values: torch.Tensor) -> NDArray[np.float16]:
            return values.detach().numpy().astype(np.float16)

        return Adapter(
            {name: half(each.down) for name, each in self.added.items()},
            {name: half(each.up * GAIN) for name, each in self.added.items()},
            self.head.weight.detach().numpy()[0],
            float(self.head.bias.detach()),
        )


def learn(
    found: Sequence[Exercise],
    folder: Path,
    advance: Callable[[int], None],
    *,
    first: Sequence[Exercise] = (),
) -> Adapter:
    """The adapter learned from these, `first` from others; `folder` takes the reference model."""
    torch.manual_seed(1)
    model = _Model(folder)
    batches = _batches(found, first)
    added = [p for each in model.added.values() for p in (each.down, each.up)]
    optimizer = torch.optim.AdamW(
        [{"params": added, "lr": RATE}, {"params": model.head.parameters(), "lr": HEAD_RATE}],
        weight_decay=DECAY,
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1, (step + 1) / WARM_UP) * max(0.02, 1 - step / len(batches))
    )
    model.encoder.eval()  # its own dropout doubles the time
    for low_rank in model.added.values():
        low_rank.train()
    for batch in batches:
        loss = nn.functional.binary_cross_entropy_with_logits(
            model.logits(batch),
            torch.tensor([label for *_, label in batch]),
            pos_weight=torch.tensor(POSITIVE_WEIGHT),
        )
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(added, 1.0)
        optimizer.step()
        schedule.step()
        advance(1)
    return model.adapter()


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


def _batches(found: Sequence[Exercise], first: Sequence[Exercise]) -> list[list[Pair]]:
    chance = random.Random(1)
    return [*_round(first, chance), *(b for _ in range(EPOCHS) for b in _round(found, chance))]


def _round(found: Sequence[Exercise], chance: random.Random) -> list[list[Pair]]:
    pairs = [pair for each in found for pair in _pairs(each, chance)]
    chance.shuffle(pairs)
    batches: list[list[Pair]] = []
    for start in range(0, len(pairs), _BUCKET):  # those of like length together
        bucket = sorted(pairs[start : start + _BUCKET], key=lambda p: len((p[0] + p[1]).encode()))
        batches += [bucket[at : at + BATCH] for at in range(0, len(bucket), BATCH)]
    chance.shuffle(batches)
    return batches


def _pairs(exercise: Exercise, chance: random.Random) -> Iterator[Pair]:
    others = exercise.others[:AMONG]
    for answers, places in ((1.0, _answers(exercise, chance)), (0.0, others)):
        for place in chance.sample(places, min(SHOWN, len(places))):
            said = titled(exercise.title, exercise.sentences[place])
            yield exercise.question, said, answers
    shown = chance.sample(exercise.answers, min(1, len(exercise.answers)))
    shown += chance.sample(others, min(READ_TOGETHER - len(shown), len(others)))
    if len(shown) == READ_TOGETHER and chance.random() < TOGETHER:
        chance.shuffle(shown)
        said = titled(exercise.title, " ".join(exercise.sentences[place] for place in shown))
        yield exercise.question, said, float(bool(exercise.answers))
    wanted = ELSEWHERE if exercise.sentences else OF_STRANGERS
    for title, sentence in chance.sample(exercise.elsewhere, min(wanted, len(exercise.elsewhere))):
        yield exercise.question, titled(title, sentence), 0.0


def _answers(exercise: Exercise, chance: random.Random) -> list[int]:
    """The places of an answer in each language, which are seen alike often."""
    told: dict[str, list[int]] = {}
    for place in exercise.answers:
        told.setdefault(exercise.languages[place], []).append(place)
    return [chance.choice(places) for places in told.values()]
