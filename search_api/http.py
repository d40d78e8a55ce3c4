"""The HTTP API: routes, schemas and their documentation.

`create_app` builds the application around an open archive; what a request asks is answered
by the same `Searcher` that the command line uses. Route functions are plain functions, so
the framework runs them in threads and the event loop stays free. Errors leave as problem
details (`problems`); starting a server is the command line's business.
"""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable
from importlib.metadata import version
from itertools import chain
from typing import Annotated, Literal

from fastapi import Body, Depends, FastAPI, Path, Query, Request, Response
from fastapi.sse import EventSourceResponse, format_sse_event
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram
from prometheus_client import generate_latest as render_metrics
from pydantic import BaseModel, Field, TypeAdapter
from starlette.background import BackgroundTask
from starlette.responses import PlainTextResponse, StreamingResponse

from indexer.paper import Paper
from search_api.answers.answer import Answer, Piece
from search_api.archive import Archive
from search_api.filters import Narrowing
from search_api.middleware import BodyLimit, HeadAsGet
from search_api.parameters import BodyIn, narrowing, refuse_unknown
from search_api.problems import PROBLEMS, add_problem_handlers
from search_api.results import SearchAnswer, SimilarAnswer, Stats
from search_api.routes import feeds
from search_api.routes.digests import add_digest_routes
from search_api.routes.export import add_export
from search_api.routes.topics import add_topic_routes
from search_api.routes.trends import router as trend_routes
from search_api.search import MAX_LIMIT, MAX_OFFSET

DESCRIPTION = (
    "One archive of daily paper digests: semantic search, similar papers and answers to "
    "questions, in Chinese and English alike. Errors are problem details (RFC 9457)."
)
Limit = Annotated[int, Field(ge=1, le=MAX_LIMIT, description="How many papers to return.")]
PaperId = Annotated[
    str,
    Path(
        description="An arXiv id, with or without version, or the archive's own key.",
        openapi_examples={"arXiv": {"value": "1706.03762"}, "old": {"value": "cs/9905014"}},
    ),
]


class TextIn(BodyIn):
    """A pasted text, such as an abstract, in either language."""

    text: str = Field(
        max_length=2_000_000,
        examples=["让图像生成模型在压缩的空间里工作", "A dense index for vectors"],
    )
    limit: Limit = 10


class QuestionIn(BodyIn):
    """A question in either language."""

    question: str = Field(
        max_length=100_000,
        examples=[
            "傅里叶神经算子比传统求解器快多少？",
            "What does the Vision Transformer cut images into?",
        ],
    )
    quote: bool = Field(
        False,
        description="Only the archive's own sentences, even where a language model is set up.",
    )


class Liveness(BaseModel):
    """The process answers."""

    status: Literal["live"] = "live"


class Readiness(BaseModel):
    """The archive can be searched."""

    status: Literal["ready"] = "ready"
    papers: int


Narrowed = Annotated[Narrowing, Depends(narrowing)]


# Proxies keep what they get until it is enough, or for later, unless told otherwise.
_AT_ONCE = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}


def create_app(archive: Archive) -> FastAPI:
    """The application around an open archive, which the caller closes."""
    app = FastAPI(
        title="Paper Archive",
        version=version("paper-archive"),
        description=DESCRIPTION,
        responses=PROBLEMS,
        dependencies=[Depends(refuse_unknown)],
        redirect_slashes=False,  # to an address that says no more than a problem does
    )
    add_problem_handlers(app)
    app.add_middleware(BodyLimit)  # within what measures, which would make its error a group
    _add_metrics(app)
    app.add_middleware(HeadAsGet)
    add_export(app, archive, narrowing)

    @app.get("/search", summary="Search by meaning and words")
    def search(
        q: Annotated[
            str,
            Query(
                description="What to look for, in either language; an arXiv id also does.",
                openapi_examples={
                    "English": {"value": "text to image generation in a compressed space"},
                    "Chinese": {"value": "多语言文本向量模型"},
                },
            ),
        ],
        narrowed: Narrowed,
        limit: Annotated[Limit, Query()] = 10,
        offset: Annotated[int, Query(ge=0, le=MAX_OFFSET, description="Papers to skip.")] = 0,
        explain: Annotated[bool, Query(description="Say which leg found what.")] = False,
        rerank: Annotated[bool, Query(description="Let a reranker order the best.")] = True,
    ) -> SearchAnswer:
        return archive.searcher.search(
            q, limit=limit, offset=offset, narrowing=narrowed, explain=explain, rerank=rerank
        )

    # Old arXiv ids contain a slash, so the longer route must come first.
    @app.get("/papers/{paper_id:path}/similar/", include_in_schema=False)
    @app.get("/papers/{paper_id:path}/similar", summary="Papers like this one")
    def similar_to_paper(
        paper_id: PaperId, narrowed: Narrowed, limit: Annotated[Limit, Query()] = 10
    ) -> SimilarAnswer:
        return archive.searcher.similar(paper_id, limit=limit, narrowing=narrowed)

    @app.get("/papers/{paper_id:path}", summary="One paper, whole")
    def paper(paper_id: PaperId) -> Paper:
        return archive.paper(paper_id)

    @app.post("/similar", summary="Papers like a pasted text")
    def similar_to_text(body: Annotated[TextIn, Body()], narrowed: Narrowed) -> SimilarAnswer:
        return archive.searcher.similar(text=body.text, limit=body.limit, narrowing=narrowed)

    @app.post("/ask", summary="Answer a question from the archive, or say that it does not")
    def ask(body: Annotated[QuestionIn, Body()], narrowed: Narrowed) -> Answer:
        return archive.asker.ask(body.question, narrowed, quote=body.quote)

    @app.post(
        "/ask/stream",
        summary="The same as server-sent events",
        description="Events `piece` with what a language model writes, as it comes and not "
        "checked yet, then one event `answer` with what `/ask` gives. Closing the connection "
        "stops the model.",
        # Given as the route's class, it would take the route for a generator and start the
        # answer before it is known whether the question makes sense.
        response_class=StreamingResponse,
        responses={200: {"content": {EventSourceResponse.media_type: {}}}},
    )
    def ask_stream(body: Annotated[QuestionIn, Body()], narrowed: Narrowed) -> EventSourceResponse:
        events = archive.asker.stream(body.question, narrowed, quote=body.quote)
        first = next(events)  # what is wrong with the question still gets its own status
        # Whoever hangs up leaves the rest unread: the model writes on unless it is closed.
        return EventSourceResponse(
            map(_event, chain([first], events)),
            headers=_AT_ONCE,
            background=BackgroundTask(events.close),
        )

    add_topic_routes(app, archive)

    add_digest_routes(app, archive)

    app.include_router(trend_routes(archive, narrowing))

    @app.get("/stats", summary="What the archive holds")
    def stats() -> Stats:
        return archive.stats()

    @app.get("/health/live", summary="Does the process answer?")
    async def live() -> Liveness:  # needs no thread, which answers that wait may have taken
        return Liveness()

    @app.get("/health/ready", summary="Can the archive be searched?")
    def ready() -> Readiness:
        _ = archive.searcher
        archive.store.count()
        return Readiness(papers=archive.catalogue.counts()["papers"])

    app.include_router(feeds.router(archive))
    return app


def _event(found: Piece | Answer) -> bytes:
    name = "piece" if isinstance(found, Piece) else "answer"
    # In ASCII: not every client knows which of Unicode's line breaks end a line of an event.
    data = json.dumps(TypeAdapter(type(found)).dump_python(found, mode="json"))
    return format_sse_event(event=name, data_str=data)


def _add_metrics(app: FastAPI) -> None:
    registry = CollectorRegistry()
    labels = ("method", "route", "status")
    requests = Counter("archive_requests", "Requests answered.", labels, registry=registry)
    seconds = Histogram(
        "archive_request_seconds",
        "Time to answer.",
        ("method", "route"),
        buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
        registry=registry,
    )

    @app.middleware("http")
    async def measure(
        request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        started = time.perf_counter()
        status = 500  # unless something better comes back
        try:
            response = await call_next(request)
            status = response.status_code
            return response
        finally:
            # The route's pattern, not the path, and no method that the route has not: a label
            # for everything that is asked would never end.
            found = request.scope.get("route")
            route = getattr(found, "path", "unknown")
            method = request.method if request.method in getattr(found, "methods", ()) else "any"
            requests.labels(method, route, status).inc()
            seconds.labels(method, route).observe(time.perf_counter() - started)

    @app.get(
        "/metrics",
        summary="Measurements in Prometheus's format",
        response_class=PlainTextResponse,
    )
    def metrics() -> Response:
        return Response(render_metrics(registry), media_type=CONTENT_TYPE_LATEST)
