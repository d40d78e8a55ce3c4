"""Learns from judged questions how sentences are chosen and when they are an answer.

Sentences: a conditional logit over the candidates of one question (McFadden 1974), so that
they are compared with each other. Decision: logistic regression over the evidence, on
sentence scores from folds that did not see the question, and on what the reader finds. Needs
torch and scikit-learn, which the extra `models` brings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp
from sklearn.linear_model import LogisticRegression

from embeddings.reranker import Reranker
from eval.answers import Point, curve
from eval.questions import Judged, normal
from search_api.answers import decision, scoring
from search_api.answers.asker import Asker
from search_api.answers.decision import AnswerModel, Linear
from search_api.answers.evidence import Evidence
from search_api.answers.reading import Readings, combined, read

FOLDS = 5
STEPS, RATE, DECAY = 300, 0.05, 1e-3
MAX_FALSE_REFUSALS = 0.06
"""Of answerable questions, that the threshold may cost in cross-validation."""
_INVERSE_PENALTY = 0.3


@dataclass(frozen=True, slots=True)
class Example:
    """A judged question with its evidence: features of shape (candidates, features), and which
    candidates answer it.
    """

    judged: Judged
    evidence: Evidence
    rows: NDArray[np.float64]
    right: NDArray[np.bool_]


def examples(asker: Asker, questions: Sequence[Judged]) -> list[Example]:
    """Every question with what the archive has on it."""
    return [_example(judged, asker.evidence(judged.question)) for judged in questions]


def _example(judged: Judged, evidence: Evidence) -> Example:
    rows = scoring.features(evidence.question, evidence.candidates, evidence.nearness)
    quotes = [each.sentence.quote for each in evidence.candidates]
    from_right = np.array(
        [each.paper.paper_id in judged.papers for each in evidence.candidates], bool
    )
    right = np.array([bool(judged.answer) and judged.is_answered_by(q) for q in quotes], bool)
    if not right.any():  # an answer of several facts may need several sentences
        facts = [fact for group in judged.answer for fact in group]
        right = np.array([any(_has(q, fact) for fact in facts) for q in quotes], bool)
    return Example(judged, evidence, rows, right & from_right)


def _has(quote: str, fact: str) -> bool:
    return normal(fact) in normal(quote)


def fit(found: list[Example], reader: Reranker) -> tuple[AnswerModel, list[Point]]:
    """The model, and the curve that its threshold was chosen from."""
    fold = np.random.default_rng(0).permutation(len(found)) % FOLDS
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
    weight = _fit_reading(found, scores, readings)
    rows = np.stack(
        [_decision_row(*each, weight) for each in zip(found, scores, readings, strict=True)]
    )
    answerable = np.array([example.judged.answerable for example in found])
    chances = np.zeros(len(found))
    for each in range(FOLDS):
        model = _fit_decision(rows[fold != each], answerable[fold != each])
        chances[fold == each] = 1 / (1 + np.exp(-model.scores(rows[fold == each])))
    threshold = float(np.quantile(chances[answerable], MAX_FALSE_REFUSALS))
    thresholds = [threshold, *np.quantile(chances, np.linspace(0.02, 0.98, 25))]
    decide = _fit_decision(rows, answerable)
    whole = AnswerModel(_fit_sentences(found), weight, decide, threshold)
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
) -> float:
    """The weight of reading that makes sentences that answer most probable among those read."""
    used = [
        (of_one[was_read], reading.apart[was_read], example.right[was_read])
        for example, of_one, reading in zip(found, scores, readings, strict=True)
        if example.right[was_read := ~np.isnan(reading.apart)].any()
    ]

    def loss(weight: float) -> float:
        whole = [s + weight * read for s, read, _ in used]
        chances = [
            logsumexp(all_[right]) - logsumexp(all_)
            for all_, (_, _, right) in zip(whole, used, strict=True)
        ]
        return -float(np.mean(chances))

    return round(float(minimize_scalar(loss, bounds=(0, 3), method="bounded").x), 3)


def _fit_sentences(found: Sequence[Example]) -> Linear:
    used = [example for example in found if example.right.any()]
    rows = np.concatenate([example.rows for example in used])
    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-4
    scaled = torch.tensor(decision.scaled(rows, mean, scale), dtype=torch.float64)
    right = torch.tensor(np.concatenate([example.right for example in used]))
    sizes = torch.tensor([len(example.right) for example in used])
    owner = torch.repeat_interleave(torch.arange(len(used)), sizes)
    weights = torch.zeros(rows.shape[1], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([weights], lr=RATE)
    for _ in range(STEPS):
        chance = torch.exp(scaled @ weights - (scaled @ weights).max().detach())
        whole = torch.zeros(len(used), dtype=torch.float64).index_add(0, owner, chance)
        good = torch.zeros(len(used), dtype=torch.float64).index_add(0, owner, chance * right)
        loss = (torch.log(whole) - torch.log(good + 1e-12)).mean() + DECAY * (weights**2).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    learned = weights.detach().numpy()
    return _linear(scoring.FEATURES, mean, scale, learned, 0.0)


def _fit_decision(rows: NDArray[np.float64], answerable: NDArray[np.bool_]) -> Linear:
    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-4
    scaled = decision.scaled(rows, mean, scale)
    model = LogisticRegression(C=_INVERSE_PENALTY, max_iter=5000).fit(scaled, answerable)
    return _linear(decision.FEATURES, mean, scale, model.coef_[0], float(model.intercept_[0]))


def _linear(
    names: Sequence[str],
    mean: NDArray[np.float64],
    scale: NDArray[np.float64],
    weights: NDArray[np.float64],
    bias: float,
) -> Linear:
    def rounded(values: NDArray[np.float64]) -> list[float]:
        return [round(float(value), 5) for value in values]

    return Linear(list(names), rounded(mean), rounded(scale), rounded(weights), round(bias, 5))
