"""Errors as HTTP problem details (RFC 9457), `application/problem+json`.

Decides which status an error gets. The errors themselves live in `embeddings.errors`.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from embeddings.errors import (
    ArchiveError,
    BadQuery,
    EndpointError,
    InputError,
    StoreBusy,
    StoreUnavailable,
    UnknownName,
    UnknownPaper,
)
from search_api.parameters import body_fields, instead, parameters

MEDIA_TYPE = "application/problem+json"
_log = logging.getLogger(__name__)


class Problem(BaseModel):
    """A problem; `suggestions` names near ids, or names, where one was unknown."""

    type: str = Field(examples=["about:blank"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["The archive holds no paper '9999.99999'."])
    suggestions: list[str] | None = None
    errors: list[dict[str, Any]] | None = None


_CONTENT = {MEDIA_TYPE: {"schema": Problem.model_json_schema()}}
PROBLEMS: dict[int | str, dict[str, Any]] = {
    "4XX": {"content": _CONTENT, "description": "The request cannot be answered."},
    "5XX": {"content": _CONTENT, "description": "The server cannot answer now."},
}

# The first class that fits decides.
_STATUS: tuple[tuple[type[ArchiveError], HTTPStatus], ...] = (
    (UnknownPaper, HTTPStatus.NOT_FOUND),
    (UnknownName, HTTPStatus.NOT_FOUND),
    (BadQuery, HTTPStatus.BAD_REQUEST),
    (StoreBusy, HTTPStatus.SERVICE_UNAVAILABLE),
    (StoreUnavailable, HTTPStatus.SERVICE_UNAVAILABLE),
    (EndpointError, HTTPStatus.BAD_GATEWAY),
    (InputError, HTTPStatus.SERVICE_UNAVAILABLE),  # nothing of it, or of a paper, is embedded yet
    (ArchiveError, HTTPStatus.INTERNAL_SERVER_ERROR),
)


def add_problem_handlers(app: FastAPI) -> None:
    """Answer every error of an application with a problem."""

    @app.exception_handler(ArchiveError)
    async def archive_error(request: Request, error: ArchiveError) -> JSONResponse:
        status = next(status for kind, status in _STATUS if isinstance(error, kind))
        more = {}
        if isinstance(error, UnknownPaper | UnknownName):
            more["suggestions"] = list(error.suggestions)
        return answer(status, str(error), **more)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        errors = [
            {"where": [str(part) for part in each["loc"]], "reason": _reason(request, each)}
            for each in error.errors()
        ]
        said = "; ".join(f"{'.'.join(each['where'])}: {each['reason']}" for each in errors)
        return answer(HTTPStatus.UNPROCESSABLE_ENTITY, said, errors=errors)

    @app.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> JSONResponse:
        status, detail = HTTPStatus(error.status_code), str(error.detail)
        if detail == HTTPStatus.NOT_FOUND.phrase:  # the framework's: no route is like this
            detail = f"Nothing is at {request.url.path}; /docs lists what there is."
        told = answer(status, detail)
        told.headers.update(error.headers or {})  # such as Allow
        return told

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> JSONResponse:
        _log.exception("%s %s failed", request.method, request.url.path, exc_info=error)
        return answer(
            HTTPStatus.INTERNAL_SERVER_ERROR, "This is a fault of the server; its log has more."
        )


def _reason(request: Request, error: dict[str, Any]) -> str:
    if error["type"] != "extra_forbidden":
        return str(error["msg"])
    route = request.scope["route"]
    name = str(error["loc"][-1])
    known = instead(name, body_fields(route), parameters(route), "a query parameter")
    return f"there is no such field; {known}"


def answer(status: HTTPStatus, detail: str, **more: Any) -> JSONResponse:
    """A response that is a problem, with `more` members."""
    body = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
        **more,
    }
    return JSONResponse(body, status.value, media_type=MEDIA_TYPE)
