"""Feeds over HTTP: of a saved search, a query, a topic or a category, as Atom or RSS."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import Field

from search_api import channels
from search_api.archive import Archive
from search_api.feed import MEDIA_TYPES, Channel, Format, render
from search_api.filters import Narrowing
from search_api.parameters import narrowing
from search_api.search import MAX_LIMIT
from search_api.topics.sets import topics_of
from search_api.watches import MIN_SCORE

Form = Annotated[Format, Query(alias="format", description="Atom 1.0 or RSS 2.0.")]
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="How many papers, newest first.")]
MinScore = Annotated[float, Field(ge=0, le=1), Query(description="Least score of a paper.")]


_CONTENT: dict[int | str, dict[str, Any]] = {
    200: {"description": "The feed.", "content": {kind: {} for kind in MEDIA_TYPES.values()}}
}


def router(archive: Archive) -> APIRouter:
    """The routes below `/feeds` of an open archive."""
    routes = APIRouter(prefix="/feeds", default_response_class=Response, responses=_CONTENT)

    @routes.get("/search", summary="Feed of the papers near to a query")
    def of_query(
        request: Request,
        q: Annotated[str, Query(description="What to look for, in either language.")],
        narrowed: Annotated[Narrowing, Depends(narrowing)],
        min_score: MinScore = MIN_SCORE,
        limit: Limit = channels.DEFAULT_LIMIT,
        form: Form = "atom",
    ) -> Response:
        found = channels.searched(
            archive.catalogue, archive.searcher, q, min_score, limit, narrowed
        )
        return _answer(found, form, request)

    # Names may contain a slash.
    @routes.get("/watches/{name:path}", summary="Feed of a saved search")
    def of_watch(
        request: Request,
        name: Annotated[str, Path(description="The saved search's name.")],
        limit: Limit = channels.DEFAULT_LIMIT,
        form: Form = "atom",
    ) -> Response:
        found = channels.watched(archive.catalogue, archive.searcher, name, limit)
        return _answer(found, form, request)

    @routes.get("/topics/{name:path}", summary="Feed of a topic")
    def of_topic(
        request: Request,
        name: Annotated[str, Path(description="Any of the topic's names.", examples=["强化学习"])],
        limit: Limit = channels.DEFAULT_LIMIT,
        form: Form = "atom",
    ) -> Response:
        found = channels.labelled(
            archive.catalogue,
            "topic",
            name,
            archive.classify_all,
            limit,
            partial(topics_of, archive.catalogue, archive.home, "all"),
        )
        return _answer(found, form, request)

    @routes.get("/categories/{name:path}", summary="Feed of an arXiv category")
    def of_category(
        request: Request,
        name: Annotated[str, Path(description="The category.", examples=["cs.CV"])],
        limit: Limit = channels.DEFAULT_LIMIT,
        form: Form = "atom",
    ) -> Response:
        found = channels.labelled(archive.catalogue, "category", name, archive.classify_all, limit)
        return _answer(found, form, request)

    return routes


def _answer(channel: Channel, form: Format, request: Request) -> Response:
    written = render(channel, form, address=str(request.url))
    return Response(written, media_type=f"{MEDIA_TYPES[form]}; charset=utf-8")
