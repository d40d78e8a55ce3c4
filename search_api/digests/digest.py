"""Writes a digest of some days from the archive: which papers, in which order.

An `Edition` says what is asked for, an `Entry` is what is said of one work, a writer makes
the page. Where a digest is printed or kept is unknown here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from embeddings.errors import BadQuery
from indexer.catalogue import Catalogue
from indexer.paper import Paper
from indexer.writers.markup import problem_with
from indexer.writers.registry import writer_of
from search_api.digests.edition import Days, Edition
from search_api.digests.entry import Entry, make_entry
from search_api.topics.labels import AllClassified
from search_api.topics.sets import TopicSet

Classify = Callable[[TopicSet], AllClassified]
"""Finds the topics of all papers, as `search_api.archive.Archive.classify_all` does."""
SameWorks = Callable[[Sequence[str]], Iterable[Sequence[str]]]
"""Groups papers that are the same work, as `search_api.digests.duplicates.same_works` does."""


@dataclass(frozen=True, slots=True)
class Digest:
    """A written digest; `left_out` says which works no layout can hold, and why."""

    edition: Edition
    entries: tuple[Entry, ...]
    left_out: tuple[str, ...]
    text: str


def write_digest(
    catalogue: Catalogue,
    edition: Edition,
    same_works: SameWorks,
    classify: Classify,
    *,
    without: Collection[str] | None = None,
) -> Digest:
    """The digest of an edition, newest papers first, without those named.

    The page is of their last day, or of today where that is still to come. A digest without
    papers says so. Raises `BadQuery` for an unknown layout, and if neither
    days nor `without` narrow it down.
    """
    writer = writer_of(edition.layout)
    if edition.days == Days(None, None) and without is None:
        raise BadQuery("a digest needs its days; name a date, or a first and a last one")
    papers = {
        paper.paper_id: paper
        for paper in _sorted(_candidates(catalogue, edition.days), edition, classify)
        if edition.holds(paper) and paper.paper_id not in (without or ())
    }
    ordered = sorted(papers, key=lambda each: papers[each].date or "", reverse=True)
    groups = same_works(ordered) if len(ordered) > 1 else [ordered] if ordered else []
    works = [make_entry([papers[each] for each in group], edition, writer) for group in groups]
    problems = {work.paper_id: problem_with(work.row) for work in works}
    entries = tuple(work for work in works if problems[work.paper_id] is None)
    left_out = tuple(f"{work.title}: {why}" for work in works if (why := problems[work.paper_id]))
    today = date.today().isoformat()
    day = min(edition.days.last or catalogue.newest_date() or today, today)
    text = writer.write([each.row for each in entries], day, _intro(edition, len(entries)))
    return Digest(edition, entries, left_out, text)


def _candidates(catalogue: Catalogue, days: Days) -> Iterable[Paper]:
    if days == Days(None, None):
        found = (catalogue.paper(paper_id) for paper_id in catalogue.paper_ids())
        return (paper for paper in found if paper is not None)
    return catalogue.papers_of_days(days.first or "0000", days.last or "9999")


def _sorted(papers: Iterable[Paper], edition: Edition, classify: Classify) -> Iterable[Paper]:
    """Papers under the topics that the edition asks for."""
    if edition.sorted_by is None:
        return papers
    found = {each.paper_id: each.topics for each in classify(edition.sorted_by).papers}
    return (replace(paper, topics=found.get(paper.paper_id, ())) for paper in papers)


def _intro(edition: Edition, count: int) -> str:
    """A line that says how many papers there are, and from when."""
    zh = f"{count} 篇论文" if count else "没有论文"
    en = f"{count or 'No'} {'paper' if count == 1 else 'papers'}"
    days = edition.days
    if days.first and days.first == days.last:
        zh, en = f"{days.first}：{zh}", f"{en} of {days.first}"
    else:
        ends = (("起", "from", days.first), ("止", "to", days.last))
        zh += "".join(f"，{end} {word}" for word, _, end in ends if end)
        en += "".join(f" {word} {end}" for _, word, end in ends if end)
    return {"zh": zh, "en": en, "both": f"{zh} / {en}"}[edition.languages]
