"""Learns the bundled reader's adapter: the encoder reads a question with sentences of a paper.

Low-rank additions (LoRA, arXiv:2106.09685) to the upper layers, so that a few thousand
questions do not undo what the encoder knows of both languages. It learns at once whether a text
answers and, with a second head that is not kept, which of its sentences do. Needs torch, which
the extra `models` brings. What it is shown is `showing`'s, the questions are `reading`'s.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from embeddings.adapter import Adapter
from embeddings.bundled import DIMENSION
from embeddings.reader import joined, titled
from embeddings.reranker import Reranker
from eval.reading import Exercise
from eval.reference_model import write_reference_model
from eval.showing import Shown, shown
from indexer.stores.validate import batches

RANK, FIRST_LAYER, GAIN, DROPOUT = 32, 4, 0.25, 0.1
RATE, HEAD_RATE, DECAY, WARM_UP, BATCH = 6e-4, 3e-3, 0.01, 60, 32
EPOCHS = 2
WHOLE_WEIGHT, SENTENCE_WEIGHT = 1.5, 2.0
"""How much more a text that answers counts than one that does not, and a sentence."""
MAX_TOKENS = 320
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
"""Texts out of which those of like length come together."""


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
    """The reference encoder with low-rank additions and heads."""

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
        self.head = nn.Linear(DIMENSION, 2)  # of a text, and of a sentence in it
        nn.init.zeros_(self.head.weight)

    def logits(self, texts: Sequence[Shown]) -> tuple[torch.Tensor, torch.Tensor]:
        """Of each text, shape (texts,), and of each of its sentences, shape (texts, most
        sentences), NaN where there is none or it does not fit.
        """
        parts = [(joined(text.question, titled(text.title, "")), *text.sentences) for text in texts]
        given = self.tokenizer(list(chain(*parts)), add_special_tokens=False)["input_ids"]
        pieces, begin, end = iter(given), self.tokenizer.cls_token_id, self.tokenizer.sep_token_id
        owned = [[next(pieces) for _ in part] for part in parts]
        ids = [[begin, *list(chain(*each))[: MAX_TOKENS - 2], end] for each in owned]
        inputs = self.tokenizer.pad({"input_ids": ids}, return_tensors="pt")
        of_tokens = self.head(self.encoder(**inputs).last_hidden_state)
        real = inputs["attention_mask"]
        whole = (of_tokens[..., 0] * real).sum(1) / real.sum(1)
        each = torch.full((len(texts), max(len(text.sentences) for text in texts)), math.nan)
        for row, (head, *bodies) in enumerate(owned):
            start = 1 + len(head)
            for column, body in enumerate(bodies):
                stop = min(start + len(body), len(ids[row]) - 1)
                if start < stop:
                    each[row, column] = of_tokens[row, start:stop, 1].mean()
                start += len(body)
        return whole, each

    def loss(self, texts: Sequence[Shown]) -> torch.Tensor:
        """How wrong it is of the texts and, all of a text together, of their sentences."""
        whole, each = self.logits(texts)
        answers = torch.zeros_like(each)
        for row, text in enumerate(texts):
            answers[row, : len(text.answers)] = torch.tensor(text.answers, dtype=torch.float32)
        there = ~each.isnan()
        of_sentences = binary_cross_entropy_with_logits(
            torch.where(there, each, 0.0),
            answers,
            pos_weight=torch.tensor(SENTENCE_WEIGHT),
            reduction="none",
        )
        of_texts = binary_cross_entropy_with_logits(
            whole, answers.amax(1), pos_weight=torch.tensor(WHOLE_WEIGHT)
        )
        return of_texts + ((of_sentences * there).sum(1) / there.sum(1).clamp(min=1)).mean()

    def adapter(self) -> Adapter:
        def half(values: torch.Tensor) -> NDArray[np.float16]:
            return values.detach().numpy().astype(np.float16)

        return Adapter(
            {name: half(each.down) for name, each in self.added.items()},
            {name: half(each.up * GAIN) for name, each in self.added.items()},
            self.head.weight.detach().numpy()[0],
            float(self.head.bias[0].detach()),
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
    rounds = _batches(found, first)
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
    texts = [text for each in found for text in shown(each, chance)]
    chance.shuffle(texts)
    alike = (sorted(bucket, key=_length) for bucket in batches(texts, _BUCKET))
    made = [batch for bucket in alike for batch in batches(bucket, BATCH)]
    chance.shuffle(made)
    return made


def _length(text: Shown) -> int:
    return len("".join((text.question, text.title, *text.sentences)).encode())
