"""One work as a digest prints it: the record of a paper made a row, with a digest's notes.

Which texts a layout prints, in which language, and what it says of a paper that was seen
before. Which papers a digest holds is `digest`'s business; how a row looks, its writer's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from indexer.identity import parse_arxiv_id
from indexer.language import language_of
from indexer.paper import Language, Paper, Row, Sighting, Text
from indexer.passages import FAILED
from indexer.writers.base import Kinds, Writer
from search_api.digests.edition import Days, Edition, Languages
from search_api.digests.models import marks, models_of

_WANTED: dict[Languages, tuple[Language, ...]] = {
    "zh": ("zh",),
    "en": ("en",),
    "both": ("zh", "en"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A work in a digest: its paper, other papers that are the same work, and the notes."""

    paper_id: str
    title: str
    same_work: tuple[str, ...]
    notes: tuple[str, ...]
    row: Row


def make_entry(papers: Sequence[Paper], edition: Edition, writer: Writer) -> Entry:
    """The entry of one work, known as one paper or as several.

    The oldest of them at arXiv gives title and link, and texts where it has any in the
    languages asked for. A title in the other language is a note where both are asked for.
    Notes of the digests that showed it are left out: they were about those pages.
    """
    papers = sorted(papers, key=lambda p: (p.arxiv_id is None, p.date or "9999", p.paper_id))
    paper, *others = papers
    title, *second = _titles(paper, edition.languages)
    texts = _texts(papers, edition, writer.prints)
    said = [*_history(papers, edition.days), *map(_joined, others), *marks(papers, texts)]
    notes = [_in_languages(zh, en, edition.languages) for zh, en in said]
    notes += [f"又题 / also titled: {each}" for each in second]
    row = replace(row_of(paper, writer), title=title, title_language=language_of(title))
    row = replace(
        row,
        texts=texts,
        authors=max((each.authors for each in papers), key=len),
        topics=_first_asked(_all(each.topics for each in papers), edition.topics, only=True),
        categories=_first_asked(_all(each.categories for each in papers), edition.categories),
        code_urls=_all(each.code_urls for each in papers),
        notes=tuple(notes),
    )
    same = tuple(each.paper_id for each in others)
    return Entry(paper.paper_id, title, same, row.notes, row)


def row_of(paper: Paper, writer: Writer) -> Row:
    """All of a paper's record as one row, linked as the writer's layout links.

    Its date counts as published where the day is known, and its link is to the newest
    version seen.
    """
    url, version = paper.url, max(paper.versions, default=None)
    if paper.arxiv_id:
        url = f"https://arxiv.org/{writer.link}/{paper.arxiv_id}{f'v{version}' if version else ''}"
    found = parse_arxiv_id(url or "")
    return Row(
        line=0,
        end_line=0,
        title=paper.title,
        title_language=language_of(paper.title),
        arxiv_id=found.key if found else None,
        version=found.version if found else None,
        url=url,
        published=paper.date if paper.date_precision == "day" else None,
        texts=tuple(Text(text.kind, text.language, text.text) for text in paper.texts),
        authors=paper.authors,
        topics=paper.topics,
        categories=paper.categories,
        code_urls=paper.code_urls,
        notes=paper.notes,
    )


def _titles(paper: Paper, languages: Languages) -> list[str]:
    """The title to print, and where both languages are asked for the other one's."""
    own = {title.language: title.text for title in reversed(paper.titles)}
    if languages != "both":
        return [own.get(languages, paper.title)]
    return [paper.title, *(text for text in own.values() if text != paper.title)]


def _texts(papers: Sequence[Paper], edition: Edition, prints: Kinds) -> tuple[Text, ...]:
    """The texts to print; in the other language where there is none in those asked for."""
    models = models_of(papers)
    every = [
        Text(text.kind, text.language, text.text)
        for paper in papers
        for text in paper.texts
        if text.text.casefold() not in FAILED
    ]
    # A model's words only where nobody else's are.
    every = [text for text in every if text not in models] + list(models) * edition.written
    found = _texts_in(_WANTED[edition.languages], every, prints)
    return found or _texts_in(_WANTED["both"], every, prints)


def _texts_in(
    languages: tuple[Language, ...], texts: Sequence[Text], prints: Kinds
) -> tuple[Text, ...]:
    chosen: list[Text] = []
    for language in languages:
        known = {text.kind: text for text in reversed(texts) if text.language == language}
        ranks = ([known[kind] for kind in kinds if kind in known] for kinds in prints)
        chosen += next(filter(None, ranks), [])
    order = [kind for kinds in prints for kind in kinds]
    return tuple(sorted(chosen, key=lambda text: order.index(text.kind)))


def _history(papers: Sequence[Paper], days: Days) -> list[tuple[str, str]]:
    """What there is to say of a work that was seen before the digest's days, or revised."""
    seen = [at for paper in papers for at in paper.seen_in]
    before = [at for at in seen if at.date and days.precede(at.date)]
    now = _version(at for at in seen if at not in before)
    revised = now is not None and now > max(_version(iter(before)) or 1, 1)
    if not before:
        return [(f"第 {now} 版", f"version {now}")] if revised else []
    first = min(before, key=lambda at: (at.date or "", at.source))
    zh, en = (
        f"曾于 {first.date} 见于 {first.source}",
        f"seen before on {first.date} in {first.source}",
    )
    if revised:
        old = f" v{first.version}" if first.version else ""
        return [(f"第 {now} 版；{zh}{old}", f"version {now}; {en}{old and ' as' + old}")]
    return [(zh, en)]


def _version(seen: Iterable[Sighting]) -> int | None:
    return max((at.version for at in seen if at.version), default=None)


def _joined(other: Paper) -> tuple[str, str]:
    where = f"{other.title} {other.url or other.paper_id}"
    return f"同一工作：{where}", f"the same work: {where}"


def _in_languages(zh: str, en: str, languages: Languages) -> str:
    return {"zh": zh, "en": en, "both": f"{zh} / {en}"}[languages]


def _all(groups: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for group in groups for value in group))


def _first_asked(
    values: tuple[str, ...], asked: tuple[str, ...], *, only: bool = False
) -> tuple[str, ...]:
    """Values with those asked for first, or these alone."""
    first = tuple(value for value in values if value in asked)
    if first and only:
        return first
    return first + tuple(value for value in values if value not in first)
