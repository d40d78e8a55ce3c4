"""Runs the HTTP application on a port; the application itself is `http`'s."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress

import uvicorn

from embeddings.errors import ConfigError
from search_api.archive import Archive
from search_api.console import err
from search_api.http import create_app

_GRACE = 8
"""Seconds that running requests have to end once the server is to stop: containers are killed after
ten, and one client that reads no further would keep the archive open for ever."""


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
            create_app(archive), log_level="info", timeout_graceful_shutdown=_GRACE
        )
        server = uvicorn.Server(config)
        # uvicorn finishes its requests and then repeats the signal, which would end this process
        # before the archive is closed.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        url = f"http://{shown}:{bound}"
        err.print(f"Paper Archive is running on {url} (described at {url}/docs)", soft_wrap=True)
        with announce(url), suppress(KeyboardInterrupt):
            server.run(sockets=[listener])
