"""Trains a map over a model's vectors on texts about the same papers in two languages.

It starts from the closed form of `embeddings.projection.learn` and pulls each text to its
paper's other text, away from other papers' texts of *both* languages: pushing off only
those of the other language would leave language itself as the easiest thing to rank by.
The loss is InfoNCE (van den Oord et al. 2018, arXiv:1807.03748). Needs torch, which the
extra `models` brings.
"""

from __future__ import annotations

import numpy as np
import torch
from torch.nn.functional import cross_entropy, normalize

from embeddings.base import Vectors
from embeddings.projection import Projection, learn

TEMPERATURE = 0.05
STEPS = 120
BATCH = 1024
RATE = 1e-3
ANCHOR = 0.03
"""Weight of the squared distance from the start, which keeps what one language knows."""


def train(chinese: Vectors, english: Vectors, seed: int = 0) -> Projection:
    """The map; row i of both is about the same paper, in two languages.

    Both have shape (pairs, dimension), unit length, float32. The same input and seed give
    the same map.
    """
    start = learn(chinese, english)
    mean, first = torch.tensor(start.mean), torch.tensor(start.matrix)
    a, b = torch.tensor(chinese), torch.tensor(english)
    matrix = first.clone().requires_grad_(True)
    optimizer = torch.optim.Adam([matrix], lr=RATE)
    shuffle = torch.Generator().manual_seed(seed)
    later: list[torch.Tensor] = []
    for step in range(STEPS):
        chosen = torch.randperm(len(a), generator=shuffle)[:BATCH]
        x = normalize((a[chosen] - mean) @ matrix, dim=1)
        y = normalize((b[chosen] - mean) @ matrix, dim=1)
        pull = _loss(x, y) + _loss(y, x)
        loss = pull + ANCHOR * ((matrix - first) ** 2).sum()
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        if step >= STEPS // 2:  # the mean of the later half is steadier than its end
            later.append(matrix.detach().clone())
    mean_matrix = torch.stack(later).mean(dim=0).numpy().astype(np.float32)
    return Projection(start.mean, mean_matrix)


def _loss(anchors: torch.Tensor, partners: torch.Tensor) -> torch.Tensor:
    """InfoNCE with the other papers of both languages as negatives."""
    across = anchors @ partners.T / TEMPERATURE
    within = anchors @ anchors.T / TEMPERATURE
    within = within.masked_fill(torch.eye(len(anchors), dtype=torch.bool), -torch.inf)
    return cross_entropy(torch.cat([across, within], dim=1), torch.arange(len(anchors)))
