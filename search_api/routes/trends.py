"""The routes /trends and /map, which answer what the commands of these names print."""

# Annotations are evaluated here, since one names an argument: no `from __future__ import`.
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import HTMLResponse

from search_api.archive import Archive
from search_api.filters import Narrowing
from search_api.trends.counted import Of
from search_api.trends.map import draw_map
from search_api.trends.periods import Unit
from search_api.trends.trends import MAX_LIMIT, MIN_SCORE, Trends, trends


def router(archive: Archive, narrowing: Callable[..., Narrowing]) -> APIRouter:
    """The routes over an open archive; `narrowing` makes the filters of a request."""
    routes = APIRouter()

    @routes.get("/trends", summary="Papers over time, and what rises and fades")
    def counted(
        narrowed: Annotated[Narrowing, Depends(narrowing)],
        q: Annotated[
            str | None, Query(description="Count the papers near this, in either language.")
        ] = None,
        by: Annotated[Unit, Query(description="Length of a period.")] = "week",
        of: Annotated[Of | None, Query(description="Count these names apart.")] = None,
        min_score: Annotated[
            float, Query(ge=0, le=1, description="Score from which a paper is near the query.")
        ] = MIN_SCORE,
        limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="How many names.")] = 10,
    ) -> Trends:
        return trends(archive, q, narrowed, by=by, of=of, min_score=min_score, limit=limit)

    @routes.get(
        "/map",
        summary="The archive as a page on which papers near in meaning lie near each other",
        response_class=HTMLResponse,
    )
    def drawn(narrowed: Annotated[Narrowing, Depends(narrowing)]) -> HTMLResponse:
        return HTMLResponse(draw_map(archive, narrowed))

    return routes
