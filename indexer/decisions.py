"""What people decided about identity, and which paper a row is about in its light.

A merge says that ids name one paper; a split says that rows are about another paper than
their id. Decisions speak of ids and of what rows say, never of where rows stand, so they
hold for pages read again, moved or imported, whatever came first. How they are made,
undone and kept in step with papers is `deciding`'s business.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from embeddings.errors import IdentityConflict
from indexer.identity import SPLIT, paper_key
from indexer.paper import Row


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision.

    A "merge" makes the ids in `members` one with `paper_id`, whose id stands. A "split" takes
    the rows with the marks in `members` out of `origin` and makes them `paper_id`. `number`
    and `made_at` (UTC, ISO 8601) are this archive's own and go along nowhere.
    """

    kind: Literal["merge", "split"]
    paper_id: str
    members: tuple[str, ...]
    origin: str | None = None
    number: int = 0
    made_at: str = ""

    @property
    def ids(self) -> tuple[str, ...]:
        """Every paper id that it is about."""
        if self.kind == "merge":
            return (self.paper_id, *self.members)
        return (self.paper_id, self.origin) if self.origin else (self.paper_id,)

    def bare(self) -> Decision:
        """The same decision as another archive would have made it."""
        return replace(self, number=0, made_at="", members=tuple(sorted(self.members)))


class Decisions:
    """Every decision of an archive. Ids lead to at most one other id and never in a circle."""

    def __init__(self, made: Iterable[Decision] = ()) -> None:
        self.made = tuple(made)
        self._into: dict[str, Decision] = {}
        self._out: dict[str, Decision] = {}
        for each in self.made:
            known = self._into if each.kind == "merge" else self._out
            known.update(dict.fromkeys(each.members, each))

    def current(self, paper_id: str) -> str:
        """The id of the paper that an id names now."""
        while found := self._into.get(paper_id):
            paper_id = found.paper_id
        return paper_id

    def paper_id(self, row: Row) -> str:
        """The id of the paper that a row is about."""
        # Most archives split nothing, and millions of rows come by here.
        found = self._out and (self._out.get(mark(row, whole=True)) or self._out.get(mark(row)))
        return self.current(found.paper_id if found else paper_key(row))

    def by_paper(self) -> dict[str, tuple[Decision, ...]]:
        """The decisions that each paper is made of, as another archive would have made them."""
        found: dict[str, set[Decision]] = {}
        for each in self.made:
            for paper_id in each.ids:
                found.setdefault(self.current(paper_id), set()).add(each.bare())
        return {paper_id: tuple(sorted(those, key=_order)) for paper_id, those in found.items()}

    def lacking(self, decision: Decision) -> Decision | None:
        """What a decision says beyond those made; None if that is nothing."""
        known = self._into if decision.kind == "merge" else self._out
        new = tuple(
            member
            for member in decision.members
            if member not in known or known[member].paper_id != decision.paper_id
        )
        return replace(decision, members=new) if new else None

    def check(self, decision: Decision) -> None:
        """Raise `IdentityConflict` for a decision that cannot stand beside those made."""
        known = self._into if decision.kind == "merge" else self._out
        for member in decision.members:
            if clash := known.get(member):
                what = f"{member} is" if decision.kind == "merge" else "these rows are"
                raise IdentityConflict(f"{what} part of {clash.paper_id}", clash.number)
            if decision.kind == "merge" and self.current(decision.paper_id) == member:
                made = self._into.get(decision.paper_id)
                raise IdentityConflict(
                    f"{decision.paper_id} is part of {member}", made.number if made else 0
                )
        after = Decisions((*self.made, decision))
        for each in after.made:
            if each.origin and after.current(each.paper_id) == after.current(each.origin):
                raise IdentityConflict(
                    f"{each.paper_id} was taken out of {each.origin}", each.number
                )


def read_decisions(db: sqlite3.Connection) -> Decisions:
    """The decisions that a catalogue keeps, in the order in which they were made."""
    return Decisions(
        Decision(
            item["kind"],
            item["paper_id"],
            tuple(json.loads(item["members"])),
            item["origin"],
            item["number"],
            item["made_at"],
        )
        for item in db.execute("SELECT * FROM decision ORDER BY number")
    )


def mark(row: Row, *, whole: bool = False) -> str:
    """A digest of how a row names its paper (id, link, title, authors), wherever it stands.

    Its texts may be corrected without another mark, unless they count as well: `whole`.
    """
    said: list[object] = [row.arxiv_id, row.url, row.title, row.authors]
    if whole:
        said += [[text.kind, text.language, text.text] for text in row.texts]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:32]


def split_id(marks: Sequence[str]) -> str:
    """The id of the paper that rows with these marks become; the same in every archive."""
    return SPLIT + hashlib.sha256("".join(sorted(marks)).encode()).hexdigest()[:16]


def _order(decision: Decision) -> tuple[str, str, tuple[str, ...], str]:
    return (decision.kind, decision.paper_id, decision.members, decision.origin or "")
