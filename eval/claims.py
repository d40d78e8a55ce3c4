"""Claims of papers, as a language model makes them, that the sentence they cite bears or does not.

`claims.jsonl` has eight of each of 960 papers with an abstract and a summary, half of them borne;
of both halves, half are in the other language than what they cite. Most of those not borne are
near copies of ones that are, with one thing changed, added, overstated or exchanged, or true by
another sentence of the paper. Beside some that are borne stand what says the opposite ("turned",
and to learn from "reversed", where a word was exchanged by rule) and the same from the other side.
Of 850 questions about other papers there is what a careful model would answer from their sentences
("answer", a third of them from two), the same with one thing wrong ("twin"), and what a very weak
model would write ("weak"); and to learn from what SmolLM2-135M did write ("draft").
Sentences are named by a digest, since the archives' texts are not published. How the judge learns
from them is `judging`'s.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from rich.table import Table

from embeddings.entailment import Entailment
from embeddings.errors import InputError
from embeddings.reader import titled
from eval.reading import digest, records
from eval.report import commit
from indexer.catalogue import Catalogue
from search_api.answers.sentence import sentences
from search_api.answers.verification import Source, Verifier

ClaimSplit = Literal["train", "dev", "test"]


@dataclass(frozen=True, slots=True)
class JudgedClaim:
    """A claim, what it cites, and whether that bears it; `crosses` into the other language."""

    text: str
    source: Source
    is_borne: bool
    kind: str
    crosses: bool


@dataclass(frozen=True, slots=True)
class ClaimsReport:
    """The shares kept by group of claims; `kinds` has how many claims each has."""

    task: str
    dataset: str
    commit: str
    configuration: dict[str, Any]
    measures: dict[str, float]
    baselines: dict[str, dict[str, float]]
    kinds: dict[str, int]


def load_claims(catalogue: Catalogue, split: ClaimSplit) -> list[JudgedClaim]:
    """The claims of a split about papers that an archive has.

    Raises `InputError` if it has none of them.
    """
    if found := list(_claims(catalogue, split)):
        return found
    raise InputError(
        "None of the papers that the claims are about is in the archives given; the digests that "
        "they were written from are not published."
    )


def _claims(catalogue: Catalogue, split: ClaimSplit) -> Iterator[JudgedClaim]:
    for record in records("claims.jsonl"):
        paper = catalogue.paper(record["about"]) if record["split"] == split else None
        if paper is None:
            continue
        named = {digest(each.quote): each for each in sentences(paper)}
        cited = [named[name] for name in record["cites"] if name in named]
        if len(cited) == len(record["cites"]):
            yield JudgedClaim(
                record["claim"],
                Source(
                    " ".join(each.quote for each in cited),
                    "\n".join(title.text for title in paper.titles),
                ),
                record["borne"],
                record["kind"],
                record["language"] not in {each.language for each in cited},
            )


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


def report(
    found: Sequence[JudgedClaim], kept: Sequence[bool], alone: Sequence[bool], split: ClaimSplit
) -> ClaimsReport:
    """What is kept of each group: all of the borne ones and none of the others would be best."""
    groups: dict[str, list[int]] = {}
    for place, each in enumerate(found):
        name = "borne" if each.is_borne else "not borne"
        for group in (name, f"{name}, {'other' if each.crosses else 'same'} language"):
            groups.setdefault(group, []).append(place)
        groups.setdefault(f"{name}: {each.kind}", []).append(place)
    ours, theirs = (
        {name: _share([said[n] for n in groups[name]]) for name in sorted(groups)}
        for said in (kept, alone)
    )
    return ClaimsReport(
        task="claims",
        dataset=f"claims/{split}",
        commit=commit(),
        configuration={"claims": len(found)},
        measures=ours,
        baselines={"by the judge alone": theirs},
        kinds={name: len(groups[name]) for name in sorted(groups)},
    )


def table(report: ClaimsReport) -> Table:
    """The report for people."""
    made = Table("claims", "number", "kept", *report.baselines, title=report.dataset)
    for name, share in report.measures.items():
        shares = (share, *(each[name] for each in report.baselines.values()))
        made.add_row(name, str(report.kinds[name]), *(f"{each:.3f}" for each in shares))
    return made


def _share(kept: Sequence[bool]) -> float:
    return round(sum(kept) / len(kept), 4)
