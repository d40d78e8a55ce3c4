"""The HTTP routes of digests: a written page, and which papers are the same work."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import Body, FastAPI, Query, Response
from pydantic import BaseModel, Field

from indexer.writers.registry import WRITERS
from search_api.archive import Archive
from search_api.digests.digest import write_digest
from search_api.digests.duplicates import same_works
from search_api.digests.edition import (
    DEFAULT_LAYOUT,
    Edition,
    Languages,
    as_papers_have,
    read_days,
)
from search_api.filters import unknown_values
from search_api.parameters import BodyIn
from search_api.routes.headers import HINTS, LEFT_OUT, described, telling
from search_api.topics.sets import TopicSet, labels_of

MEDIA_TYPE = "text/markdown"


class PapersIn(BodyIn):
    """Papers by ids or links."""

    paper_ids: list[str] = Field(max_length=100_000, examples=[["1706.03762", "2010.11929"]])


class WorksOut(BaseModel):
    """Papers in groups of one work each, most of them alone."""

    works: list[tuple[str, ...]]


def add_digest_routes(app: FastAPI, archive: Archive) -> None:
    """Add the routes to an application around an open archive."""

    @app.get(
        "/digest",
        summary="A digest of some days, as Markdown",
        response_class=Response,
        responses={200: {"content": {MEDIA_TYPE: {}}, "headers": described(LEFT_OUT, HINTS)}},
    )
    def digest(
        date: Annotated[str | None, Query(description="A day, a month or a year.")] = None,
        date_from: Annotated[str | None, Query(alias="from", description="The first day.")] = None,
        date_to: Annotated[str | None, Query(alias="to", description="The last day.")] = None,
        layout: Annotated[str, Query(description=f"One of {', '.join(WRITERS)}.")] = DEFAULT_LAYOUT,
        language: Annotated[Languages, Query(description="Of titles, texts and notes.")] = "both",
        written: Annotated[
            bool, Query(description="With texts that a language model wrote, marked so in a note.")
        ] = True,
        topic: Annotated[list[str], Query(description="Any of these topics.")] = [],  # noqa: B006
        category: Annotated[list[str], Query(description="Any of these categories.")] = [],  # noqa: B006
        source: Annotated[list[str], Query(description="Any of these digests.")] = [],  # noqa: B006
        classify: Annotated[
            TopicSet | None, Query(description="Under topics of this set, as /classify finds them.")
        ] = None,
    ) -> Response:
        topics = tuple(topic)
        if classify:
            topics = labels_of(archive.catalogue, archive.home, classify, topics)
        edition = Edition(
            read_days(date, date_from, date_to),
            layout,
            language,
            topics,
            tuple(category),
            tuple(source),
            classify,
            written,
        )
        hints = unknown_values(archive.catalogue, edition.narrowing)
        edition = as_papers_have(archive.catalogue, edition)
        same = partial(same_works, archive.catalogue, archive.store)
        page = write_digest(archive.catalogue, edition, same, archive.classify_all)
        told = telling(LEFT_OUT, page.left_out) | telling(HINTS, hints)
        return Response(page.text, headers=told, media_type=MEDIA_TYPE)

    @app.post("/same-works", summary="Group papers that are the same work")
    def group(body: Annotated[PapersIn, Body()]) -> WorksOut:
        ids = [archive.paper(each).paper_id for each in body.paper_ids]
        return WorksOut(works=same_works(archive.catalogue, archive.store, ids))
