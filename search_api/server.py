"""Runs the HTTP application on a port; the application itself is `http`'s."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from http import HTTPStatus

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from embeddings.errors import ConfigError
from search_api.archive import Archive
from search_api.console import err
from search_api.http import create_app
from search_api.problems import answer

_GRACE = 8
"""Seconds that running requests have to end once the server is to stop: containers are killed after
ten, and one client that reads no further would keep the archive open for ever."""

_NO_REQUEST = (
    "This is no HTTP request; in an address, write characters outside ASCII as %E4%B8%AD, which "
    "`curl --get --data-urlencode q=中` does."
)


class Protocol(H11Protocol):
    """Answers what is no HTTP request with a problem (RFC 9457), not in plain text."""

    def send_400_response(self, msg: str) -> None:
        """Answer and hang up; `msg` is in the log already."""
        said = answer(HTTPStatus.BAD_REQUEST, _NO_REQUEST)
        headers = [*said.raw_headers, (b"connection", b"close")]
        head = h11.Response(status_code=said.status_code, headers=headers, reason=b"Bad Request")
        for event in (head, h11.Data(data=bytes(said.body)), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()


def run(
    archive: Archive, host: str, port: int, announce: Callable[[str], AbstractContextManager[None]]
) -> None:
    """Serve an open archive until interrupted; requests that run then may end, within limits.

    `announce` is entered with the server's address once its port is taken. Raises
    `ConfigError` if the port cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen()  # from here on, who knows the address may connect
        except OSError as error:
            raise ConfigError(
                f"cannot listen on {host}:{port} ({error.strerror}); choose another --port"
            ) from error
        bound = listener.getsockname()[1]
        shown = f"[{host}]" if ":" in host else host
        config = uvicorn.Config(
            create_app(archive),
            http=Protocol,
            log_level="info",
            timeout_graceful_shutdown=_GRACE,
        )
        server = uvicorn.Server(config)
        # uvicorn finishes its requests and then repeats the signal, which would end this process
        # before the archive is closed.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        url = f"http://{shown}:{bound}"
        err.print(f"Paper Archive is running on {url} (described at {url}/docs)", soft_wrap=True)
        with announce(url), suppress(KeyboardInterrupt):
            server.run(sockets=[listener])
