"""`GET /export`: the archive given out over HTTP, streamed as it is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, FastAPI, Query
from starlette.responses import StreamingResponse

from indexer.exports.base import written
from indexer.exports.open import FORMATS, ExportFormat, open_writer
from search_api.archive import Archive
from search_api.exporting import chosen
from search_api.filters import Narrowing, unknown_values
from search_api.routes.headers import HINTS, described, telling


def add_export(app: FastAPI, archive: Archive, narrowing: Callable[..., Narrowing]) -> None:
    """Add the route; `narrowing` reads the filters that searches share."""

    @app.get(
        "/export",
        summary="Papers as JSON lines, BibTeX, RIS or CSV",
        description="All papers, sorted by id, or those of a query, a reading list or filters. "
        "JSON lines hold everything that was read and where, and can be indexed elsewhere.",
        response_class=StreamingResponse,
        responses={
            200: {
                "content": {open_writer(each).media_type: {} for each in FORMATS},
                "headers": described(HINTS),
            }
        },
    )
    def export(
        form: Annotated[ExportFormat, Query(alias="format", description="The format.")] = "jsonl",
        q: Annotated[
            str | None, Query(description="The best papers for this; 100 unless limited.")
        ] = None,
        ids: Annotated[
            list[str], Query(alias="id", description="These papers: ids or links.")
        ] = [],  # noqa: B006
        limit: Annotated[int | None, Query(ge=1, description="At most so many papers.")] = None,
        narrowed: Narrowing = Depends(narrowing),  # noqa: B008
    ) -> StreamingResponse:
        # What is wrong is told here; once bytes flow, there is no status left to tell it with.
        found = chosen(
            archive.catalogue,
            lambda: archive.searcher,
            query=q,
            paper_ids=ids,
            narrowing=narrowed,
            limit=limit,
        )
        writer = open_writer(form)
        return StreamingResponse(
            written(writer, found),
            media_type=f"{writer.media_type}; charset=utf-8",
            headers={
                "Content-Disposition": f'attachment; filename="papers{writer.suffix}"',
                **telling(HINTS, unknown_values(archive.catalogue, narrowed)),
            },
        )
