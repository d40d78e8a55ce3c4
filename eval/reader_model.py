"""The reader as it learns: the encoder in torch with low-rank additions, and what it is told.

Low-rank additions (LoRA, arXiv:2106.09685) to the upper layers, so that what the encoder knows of
both languages is not undone. It learns at once whether a text answers and, with heads that are not
kept, which of its sentences do, which of their words, and which words of the question it does not
bear: told where to look, it tells better whether a text answers. How it learns is `adapting`'s,
what it is shown `showing`'s. Needs torch, which the extra `models` brings.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from embeddings.adapter import Adapter
from embeddings.bundled import DIMENSION, QUERY_PREFIX
from embeddings.reader import joined, titled
from eval.reading import Span
from eval.reference_model import write_reference_model
from eval.showing import Shown

RANK, FIRST_LAYER, GAIN, DROPOUT = 32, 4, 0.25, 0.1
TEXT_WEIGHT, SENTENCE_WEIGHT, WORD_WEIGHT = 1.5, 2.0, 3.0
"""How much more a text that answers counts than one that does not, a sentence, and a word."""
WORDS = 0.7
"""How much the words count beside the text, each kind of them."""
MAX_TOKENS = 320
_HEADS = _TEXT, _SENTENCE, _BLAMED, _ANSWERING = range(4)
_LINEAR = {
    "q": ("attention.self", "query"),
    "k": ("attention.self", "key"),
    "v": ("attention.self", "value"),
    "ao": ("attention.output", "dense"),
    "fi": ("intermediate", "dense"),
    "fo": ("output", "dense"),
}


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


class _Pieces:
    """Texts in tokens: of each text its parts, the question with the title and each sentence,
    as ids and with the characters where each token begins and ends.
    """

    def __init__(self, tokenizer: Any, texts: Sequence[Shown]) -> None:
        parts = [(joined(text.question, titled(text.title, "")), *text.sentences) for text in texts]
        given = tokenizer(
            list(chain(*parts)), add_special_tokens=False, return_offsets_mapping=True
        )
        pieces = iter(zip(given["input_ids"], given["offset_mapping"], strict=True))
        self.parts = [[next(pieces) for _ in part] for part in parts]
        begin, end = tokenizer.cls_token_id, tokenizer.sep_token_id
        bodies = [list(chain(*(ids for ids, _ in part)))[: MAX_TOKENS - 2] for part in self.parts]
        ids = [[begin, *body, end] for body in bodies]
        self.inputs = tokenizer.pad({"input_ids": ids}, return_tensors="pt")
        self.stops = [len(body) + 1 for body in bodies]

    def places(self, row: int) -> list[tuple[int, int]]:
        """Where each part of a text stands, as far as it fits."""
        found, start = [], 1
        for ids, _ in self.parts[row]:
            stop = start + len(ids)
            found.append((min(start, self.stops[row]), min(stop, self.stops[row])))
            start = stop
        return found

    def blamed(self, texts: Sequence[Shown]) -> torch.Tensor:
        """Which tokens of the questions are not borne: 1 or 0, NaN where it is not known and
        elsewhere, shape (texts, length).
        """
        told = self._unknown()
        for row, text in enumerate(texts):
            if text.blamed is None:
                continue
            (start, stop), shift = self.places(row)[0], len(QUERY_PREFIX)
            for place, (first, end) in zip(range(start, stop), self.parts[row][0][1], strict=False):
                if shift < end <= shift + len(text.question):
                    told[row, place] = _among((first - shift, end - shift), text.blamed)
        return told

    def answering(self, texts: Sequence[Shown]) -> torch.Tensor:
        """Which tokens of the sentences answer, in the same way."""
        told = self._unknown()
        for row, text in enumerate(texts):
            if text.words is None:
                continue
            bodies = zip(self.places(row)[1:], self.parts[row][1:], text.words, strict=True)
            for (start, stop), (_, offsets), spans in bodies:
                for place, offset in zip(range(start, stop), offsets, strict=False):
                    told[row, place] = _among(offset, spans)
        return told

    def _unknown(self) -> torch.Tensor:
        return torch.full(self.inputs["input_ids"].shape, math.nan)


def _among(place: Span, spans: Sequence[Span]) -> float:
    """Whether a token has a part in one of the spans."""
    return float(any(place[0] < end and start < place[1] for start, end in spans))


class ReaderModel:
    """The reference encoder with low-rank additions and heads; `folder` takes its files.

    It goes on from an adapter where there is a `start`, of no higher rank than `RANK`.
    """

    def __init__(self, folder: Path, start: Adapter | None = None) -> None:
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
        self.head = nn.Linear(DIMENSION, len(_HEADS))
        nn.init.zeros_(self.head.weight)
        if start is not None:
            self._take(start)

    def logits(self, texts: Sequence[Shown]) -> tuple[torch.Tensor, torch.Tensor]:
        """Of each text, shape (texts,), and of each of its sentences, shape (texts, most
        sentences), NaN where there is none or it does not fit.
        """
        pieces = _Pieces(self.tokenizer, texts)
        return self._of_texts(pieces, self._of_tokens(pieces))

    def loss(self, texts: Sequence[Shown]) -> torch.Tensor:
        """How wrong it is of the texts and, all of a text together, of their sentences and of
        what is known of the words.
        """
        pieces = _Pieces(self.tokenizer, texts)
        of_tokens = self._of_tokens(pieces)
        whole, each = self._of_texts(pieces, of_tokens)
        answers = torch.full_like(each, math.nan)
        for row, text in enumerate(texts):
            answers[row, : len(text.answers)] = torch.tensor(text.answers, dtype=torch.float32)
        answers[each.isnan()] = math.nan
        of_texts = binary_cross_entropy_with_logits(
            whole,
            torch.tensor([float(any(text.answers)) for text in texts]),
            pos_weight=torch.tensor(TEXT_WEIGHT),
        )
        blamed = _known(of_tokens[..., _BLAMED], pieces.blamed(texts), WORD_WEIGHT)
        answering = _known(of_tokens[..., _ANSWERING], pieces.answering(texts), WORD_WEIGHT)
        of_sentences = _known(each, answers, SENTENCE_WEIGHT)
        return of_texts + of_sentences + WORDS * (blamed + answering)

    def adapter(self) -> Adapter:
        """What ships of it: the additions, and the head of texts."""

        def half(values: torch.Tensor) -> NDArray[np.float16]:
            return values.detach().numpy().astype(np.float16)

        return Adapter(
            {name: half(each.down) for name, each in self.added.items()},
            {name: half(each.up * GAIN) for name, each in self.added.items()},
            self.head.weight.detach().numpy()[_TEXT],
            float(self.head.bias[_TEXT].detach()),
        )

    @torch.no_grad()
    def _take(self, start: Adapter) -> None:
        """What texts are told by; sentences at first by the same."""
        for name, each in self.added.items():
            down = torch.tensor(start.down[name], dtype=torch.float32)
            up = torch.tensor(start.up[name], dtype=torch.float32) / GAIN
            lengths = down.norm(dim=1).clamp(min=1e-6)  # shared out as at the start of learning
            each.down[: len(down)] = down / lengths[:, None]
            each.up[:, : len(down)] = up * lengths
        for head in (_TEXT, _SENTENCE):
            self.head.weight[head] = torch.tensor(start.head)
            self.head.bias[head] = start.bias

    def _of_tokens(self, pieces: _Pieces) -> torch.Tensor:
        return torch.as_tensor(self.head(self.encoder(**pieces.inputs).last_hidden_state))

    def _of_texts(
        self, pieces: _Pieces, of_tokens: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        real = pieces.inputs["attention_mask"]
        whole = (of_tokens[..., _TEXT] * real).sum(1) / real.sum(1)
        each = torch.full((len(whole), max(map(len, pieces.parts)) - 1), math.nan)
        for row in range(len(whole)):
            for column, (start, stop) in enumerate(pieces.places(row)[1:]):
                if start < stop:
                    each[row, column] = of_tokens[row, start:stop, _SENTENCE].mean()
        return whole, each


def _known(logits: torch.Tensor, told: torch.Tensor, weight: float) -> torch.Tensor:
    """How wrong logits are of what is told, NaN where it is not; each row that knows of any
    counts alike. Both of shape (rows, columns).
    """
    known = ~told.isnan()
    wrong = binary_cross_entropy_with_logits(
        torch.where(known, logits, 0.0),
        torch.where(known, told, 0.0),
        pos_weight=torch.tensor(weight),
        reduction="none",
    )
    rows = known.any(1)
    if not rows.any():
        return torch.zeros(())
    return ((wrong * known).sum(1)[rows] / known.sum(1)[rows]).mean()
