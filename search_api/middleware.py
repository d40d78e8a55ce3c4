"""What every request over HTTP passes before its route: bodies have a limit, HEAD is a GET."""

from __future__ import annotations

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 25_000_000
"""Bytes of a request's body: more than the longest text has, however its characters are written."""


class BodyLimit:
    """Refuses bodies beyond `MAX_BODY` while they are read. The framework's own limit refuses them
    too, but in plain text, which is no problem (RFC 9457).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, its body counted."""
        declared = int(dict(scope.get("headers", ())).get(b"content-length", 0))
        size = 0

        async def limited() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if max(size, declared) > MAX_BODY:
                raise HTTPException(
                    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                    f"A body has at most {MAX_BODY} bytes; send less at once.",
                )
            return message

        await self._app(scope, limited, send)


class HeadAsGet:
    """Answers HEAD wherever GET is answered; the server leaves out the body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, as a GET if it is a HEAD."""
        if scope["type"] == "http" and scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        await self._app(scope, receive, send)
