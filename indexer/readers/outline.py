"""Finds where entries begin and end on a page whose layout nobody described.

Entries of one page look alike: they begin with headings of one level, with list items, bold
lines or titles in a line of their own. So each form of line that could begin an entry is
tried, and the one counts under which most papers get an entry to themselves. What is left
of the page is tried again, since some pages list further papers in a second form.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from indexer.readers.free_text import RULE
from indexer.readers.labels import Label, read_caption, read_label
from indexer.readers.markup import last_text_line
from indexer.readers.titled import NamedLink, Titled, named_paper, only_links, papers, read_title

_HEADING = re.compile(r"(?P<marks>#{1,6})\s+\S")
_ITEM = re.compile(r"(?P<indent>\s*)(?P<mark>[*+-]|\d{1,3}[.)、])\s*(?=\S)")
_LETTERS = re.compile(r"(?:[^\W\d_][^[\]]*){3}")
_FENCE = re.compile(r"\s*(?:```|~~~)")
Shape = tuple[str, int]
"""What an entry's first line looks like: a kind of line, and its level or indent."""
_OF_PAPERS = ("authors", "abstract", "translation", "tldr")
_DEEPEST = 16  # columns; items further in are of one shape, and each shape is tried
_KINDS = ("heading", "number", "bold", "bullet", "label", "link")


@dataclass(frozen=True, slots=True)
class Opening:
    """A line (from 0) that could begin an entry."""

    line: int
    shape: Shape
    titled: Titled

    @property
    def linked(self) -> bool:
        """Whether the title's own line leads to a paper."""
        return bool(self.titled.url and papers(self.titled.url))


class Outline:
    """The lines of a page that could begin an entry, and its headings."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        labels = [_label(line) for line in lines]
        self.levels = [_level(line) for line in lines]
        self._names = [
            label.name if label and level else None
            for label, level in zip(labels, self.levels, strict=True)
        ]
        self._said = Counter(self._names)
        self._describes = [label is not None and label.field in _OF_PAPERS for label in labels]
        self._labelled = [label is not None for label in labels]
        self._states = [
            _states_paper(line, label) for line, label in zip(lines, labels, strict=True)
        ]
        self.openings = {found.line: found for found in self._find(labels)}

    def entries(self) -> list[tuple[Opening, int]]:
        """Every entry's opening and end (excluded), in order."""
        found: list[tuple[Opening, int]] = []
        free = [True] * len(self.lines)
        while best := self._best(free, first=not found):
            for opening, end in best:
                free[opening.line : end] = [False] * (end - opening.line)
            found += best
        return self._without_footer(sorted(found, key=lambda each: each[0].line))

    def _without_footer(self, entries: list[tuple[Opening, int]]) -> list[tuple[Opening, int]]:
        """The entries, the last one up to a rule unless the others go on behind rules too."""
        rules = [self._rule(opening.line, end) for opening, end in entries]
        if len(entries) > 1 and rules[-1] and not any(rules[:-1]):
            last = entries[-1][0]
            entries[-1] = last, last_text_line(self.lines, last.line, rules[-1])
        return entries

    def _rule(self, start: int, end: int) -> int | None:
        """The first rule between lines of text."""
        rules = (at for at in range(start + 1, end - 1) if RULE.fullmatch(self.lines[at]))
        return next(rules, None)

    def _best(self, free: list[bool], *, first: bool) -> list[tuple[Opening, int]]:
        """The entries of the shape under which most papers have one; later, linked titles alone."""
        shapes = {each.shape for each in self.openings.values() if free[each.line]}
        ranked = []
        for kind, depth in shapes:
            blocks = [
                block
                for block in self._blocks((kind, depth), free)
                if block[0].titled.url or (first and self._is_entry(*block))
            ]
            score = sum(self._score(*block, first=first) for block in blocks)
            ranked.append((-score, _KINDS.index(kind), -depth, blocks))
        best = min(ranked, key=lambda each: each[:3], default=None)
        return best[3] if best and best[0] else []

    def _score(self, opening: Opening, end: int, *, first: bool) -> int:
        """What an entry speaks for its shape; a line of a table of contents says no more."""
        below = bool(opening.titled.rest) or end > opening.line + 1
        if opening.linked:
            return 4 if below else 2
        return 3 if first and self._is_of_one_paper(opening.line, end) else 0

    def _blocks(self, shape: Shape, free: list[bool]) -> Iterator[tuple[Opening, int]]:
        for opening in self.openings.values():
            if opening.shape != shape or not free[opening.line]:
                continue
            end = opening.line + 1
            while end < len(self.lines) and free[end] and not self._ends(opening, end):
                end += 1
            yield opening, last_text_line(self.lines, opening.line, end)

    def _ends(self, opening: Opening, at: int) -> bool:
        """Whether a line ends the entry: the next one does, or a heading that is the page's."""
        kind, depth = opening.shape
        other = self.openings.get(at)
        if other and (
            other.shape == opening.shape or (other.shape[0] == kind and other.shape[1] < depth)
        ):
            return True
        level = self.levels[at]
        if level is None or (kind == "heading" and level > depth):
            return False
        # "## Abstract" under each title belongs to it; "## Summary" once is the page's.
        own = self._labelled[at] and self._said[self._names[at]] > 1
        return not own

    def _is_entry(self, opening: Opening, end: int) -> bool:
        if self._is_of_one_paper(opening.line, end):
            return True
        if not any(self._describes[opening.line : end]):
            return False
        named = papers("\n".join(self.lines[opening.line : end]))
        if opening.shape[0] != "heading":
            return not named
        # Its paper may be named in its text alone: then it is to be rejected, and not left out.
        inner = (self.openings.get(at) for at in range(opening.line + 1, end))
        return len(named) <= 1 and not any(each.linked for each in inner if each)

    def _is_of_one_paper(self, start: int, end: int) -> bool:
        return any(self._states[start:end]) and len(papers("\n".join(self.lines[start:end]))) <= 1

    def _find(self, labels: Sequence[Label | None]) -> Iterator[Opening]:
        fenced = False
        for at, (line, label) in enumerate(zip(self.lines, labels, strict=True)):
            fenced ^= _FENCE.match(line) is not None
            is_title = label is not None and label.field == "title" and label.text
            if fenced or not line.strip() or (label and not is_title) or _only_named_links(line):
                continue
            titled = read_title(label.text if label and is_title else line)
            shape = ("label", 0) if is_title else self._shape(at, titled)
            if shape and _LETTERS.search(titled.title):
                yield Opening(at, shape, titled)

    def _shape(self, at: int, titled: Titled) -> Shape | None:
        line = self.lines[at]
        if level := self.levels[at]:
            return "heading", level
        if item := _ITEM.match(line):
            indent = min(len(item["indent"].expandtabs(4)), _DEEPEST)
            bold = line[item.end() :].startswith("**")
            if titled.url or bold or self._leads(at, indent):
                return "bullet" if item["mark"] in "*+-" else "number", indent
        elif line.startswith("**") and (titled.url or line.rstrip().endswith("**")):
            return "bold", 0
        elif titled.title.startswith("[") and not line.startswith((" ", ">", "|")):
            return "link", 0
        return None

    def _leads(self, at: int, indent: int) -> bool:
        """Whether lines of its own or a label follow an item, which then is more than a point."""
        below = next(
            (index for index in range(at + 1, len(self.lines)) if self.lines[index].strip()), at
        )
        line = self.lines[below].expandtabs(4)
        return len(line) - len(line.lstrip()) > indent or (
            self._labelled[below] and not _ITEM.match(line)
        )


def _label(line: str) -> Label | None:
    return read_label(line) or ((found := read_caption(line)) and (found if found.field else None))


def _level(line: str) -> int | None:
    match = _HEADING.match(line)
    return len(match["marks"]) if match else None


def _states_paper(line: str, label: Label | None) -> bool:
    """Whether a line does nothing but link to a paper, under a label or without one."""
    if label and label.field == "link":
        return bool(papers(label.text) or named_paper(label.text))
    if line.lstrip().startswith("|"):
        return False  # a table's row is no entry's line
    return any(papers(link.url) for piece in line.split(" | ") for link in _only_named_links(piece))


def _only_named_links(text: str) -> list[NamedLink]:
    links = only_links(text)
    return links if all(link.is_bare for link in links) else []
