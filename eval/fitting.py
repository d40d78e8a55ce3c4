"""Learns from judged questions how sentences are chosen and when they are an answer.

Sentences: a conditional logit over the candidates of one question (McFadden 1974), so that
they are compared with each other. Decision: logistic regression over the evidence, on
sentence scores from folds that did not see the question, and on what the reader finds; for
questions that ask for papers one over each paper instead, which belongs or does not. Needs
torch and scikit-learn, which the extra `models` brings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp

from embeddings.reranker import Reranker
from eval.answers import Point, curve
from eval.example import Example
from eval.listing import fit_listing, read_lists
from eval.logistic import FOLDS, folds, linear, logistic, scaling
from search_api.answers import decision, scoring
from search_api.answers.linear import Linear, scaled
from search_api.answers.model import AnswerModel
from search_api.answers.reading import Readings, combined, read

STEPS, RATE, DECAY = 300, 0.05, 1e-3
MAX_FALSE_REFUSALS = 0.07
"""Of answerable questions, that the threshold may cost in cross-validation: many are harder than
people's, of which it costs fewer.
"""


def fit(found: list[Example], reader: Reranker) -> tuple[AnswerModel, list[Point]]:
    """The model, and the curve that its threshold was chosen from: of the questions that ask
    for no papers.
    """
    lists = [each for each in found if "papers" in each.evidence.question.wants]
    found = [each for each in found if "papers" not in each.evidence.question.wants]
    fold = folds(len(found))
    scores = [np.empty(0)] * len(found)
    for each in range(FOLDS):
        held_in = [example for example, f in zip(found, fold, strict=True) if f != each]
        sentence = _fit_sentences(held_in)
        for place in np.flatnonzero(fold == each):
            scores[place] = sentence.scores(found[place].rows)
    readings = [
        read(reader, example.evidence, of_one)
        for example, of_one in zip(found, scores, strict=True)
    ]
    scale, weight = _fit_reading(found, scores, readings)
    scores = [scale * of_one for of_one in scores]
    rows = np.stack(
        [_decision_row(*each, weight) for each in zip(found, scores, readings, strict=True)]
    )
    answerable = np.array([example.judged.answerable for example in found])
    chances = np.zeros(len(found))
    for each in range(FOLDS):
        model = logistic(decision.FEATURES, rows[fold != each], answerable[fold != each])
        chances[fold == each] = model.chances(rows[fold == each])
    threshold = float(np.quantile(chances[answerable], MAX_FALSE_REFUSALS))
    thresholds = [threshold, *np.quantile(chances, np.linspace(0.02, 0.98, 25))]
    sentence = _scaled(_fit_sentences(found), scale)
    decide = logistic(decision.FEATURES, rows, answerable)
    listing = fit_listing(read_lists(reader, lists, sentence), threshold)
    whole = AnswerModel(sentence, weight, decide, threshold, listing)
    return whole, curve(chances, answerable, thresholds)


def _decision_row(
    example: Example,
    scores: NDArray[np.float64],
    readings: Readings,
    weight: float,
) -> NDArray[np.float64]:
    evidence = example.evidence
    if not evidence.candidates:
        return np.zeros(len(decision.FEATURES))
    scores = combined(scores, readings, weight)
    return decision.features(
        evidence.question, evidence.candidates, evidence.nearness, scores, readings
    )


def _fit_reading(
    found: Sequence[Example],
    scores: Sequence[NDArray[np.float64]],
    readings: Sequence[Readings],
) -> tuple[float, float]:
    """The weights of scores and of reading that make sentences that answer most probable among
    those read.
    """
    used = [
        (of_one[was_read], reading.apart[was_read], example.right[was_read])
        for example, of_one, reading in zip(found, scores, readings, strict=True)
        if example.right[was_read := ~np.isnan(reading.apart)].any()
    ]

    def loss(weights: NDArray[np.float64]) -> float:
        whole = [weights[0] * s + weights[1] * read for s, read, _ in used]
        chances = [
            logsumexp(all_[right]) - logsumexp(all_)
            for all_, (_, _, right) in zip(whole, used, strict=True)
        ]
        return -float(np.mean(chances))

    fitted = minimize(loss, [1.0, 1.0], method="Nelder-Mead")
    if not fitted.success:
        raise ArithmeticError(f"the weights of scores and reading: {fitted.message}")
    scale, weight = fitted.x
    return float(scale), round(float(weight), 3)


def _scaled(model: Linear, scale: float) -> Linear:
    weights = [round(scale * weight, 5) for weight in model.weights]
    return replace(model, weights=weights, bias=round(scale * model.bias, 5))


def _fit_sentences(found: Sequence[Example]) -> Linear:
    used = [example for example in found if example.right.any()]
    rows = np.concatenate([example.rows for example in used])
    mean, scale = scaling(rows)
    inputs = torch.tensor(scaled(rows, mean, scale), dtype=torch.float64)
    right = torch.tensor(np.concatenate([example.right for example in used]))
    sizes = torch.tensor([len(example.right) for example in used])
    owner = torch.repeat_interleave(torch.arange(len(used)), sizes)
    weights = torch.zeros(rows.shape[1], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([weights], lr=RATE)
    for _ in range(STEPS):
        chance = torch.exp(inputs @ weights - (inputs @ weights).max().detach())
        whole = torch.zeros(len(used), dtype=torch.float64).index_add(0, owner, chance)
        good = torch.zeros(len(used), dtype=torch.float64).index_add(0, owner, chance * right)
        loss = (torch.log(whole) - torch.log(good + 1e-12)).mean() + DECAY * (weights**2).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    learned = weights.detach().numpy()
    return linear(scoring.FEATURES, mean, scale, learned, 0.0)
