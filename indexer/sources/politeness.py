"""How a source is asked: never too often, never for ever, and again after a fault.

One process at a time asks a host, and each waits its turn: a lock and the time of the next
turn lie in the cache folder, which all archives of a user share. What is asked for and what
a good answer looks like is the source's own business.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import httpx
import stamina
from filelock import FileLock

from embeddings.errors import AbsentFile, SourceError, UnusableAnswer
from indexer.settings import Settings

PATIENCE = 600.0
"""Seconds: a source that asks to be left alone for longer ends the run instead."""
_LONGEST = 86_400.0
_WORDS = 2**20
"""Bytes of a refusal that are read; OAI-PMH tells its errors in some."""
_KEPT = (b"content-type", b"retry-after")
ARXIV_FLOOR = 3.0
"""Seconds; arXiv's terms of use (https://info.arxiv.org/help/api/tou.html)."""
_BUSY = {408, 425, 429, 500, 502, 503, 504}
_AGENT = "paper-archive (https://pypi.org/project/paper-archive)"

Answer = TypeVar("Answer")

# What is retried is told by whoever asks; without a handler the library would print, too.
logging.getLogger("stamina").addHandler(logging.NullHandler())


class Pace:
    """The turns in which the processes of one user ask one host."""

    def __init__(self, folder: Path, host: str, interval: float) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"[^\w.-]", "_", host)
        self._host = host
        self._next = folder / f"{name}.next"
        self._lock = FileLock(folder / f"{name}.lock")
        self.interval = interval

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn and have it; no other process asks meanwhile.

        Raises `SourceError` if the host asked to be left alone for longer than `PATIENCE`.
        """
        with self._lock:
            time.sleep(self._wait())
            # Written before asking: a process killed while it asks has had its turn as well.
            self._put(time.time() + self.interval)
            yield

    def postpone(self, seconds: float) -> None:
        """Let nobody ask for some time; to be called in a turn."""
        self._put(time.time() + max(seconds, self.interval))

    def _wait(self) -> float:
        try:
            until = float(self._next.read_text())
        except FileNotFoundError:
            return 0.0
        except ValueError:  # its writer was killed
            return self.interval
        seconds = max(until - time.time(), 0.0)
        if seconds > _LONGEST:  # nobody asks for that: the clock was put back
            return self.interval
        if seconds > PATIENCE:
            moment = datetime.fromtimestamp(until).astimezone().isoformat(" ", "minutes")
            raise SourceError(f"{self._host} asked to be left alone until {moment}")
        return seconds

    def _put(self, moment: float) -> None:
        self._next.write_text(repr(moment))


class PoliteClient:
    """Asks one source over HTTP. `busy` is told why it waits before it asks again.

    `url` may hold a user and a password; `shown` is the same without them, for all that is
    printed or kept. `asking` is the address as it goes on with a query, which may have begun.
    """

    def __init__(
        self,
        url: str,
        interval: float,
        settings: Settings,
        busy: Callable[[str], None] = lambda why: None,
    ) -> None:
        self.url = url
        self.asking = url + ("&" if "?" in url else "?")
        place = urlsplit(url).netloc
        self.host = place.rpartition("@")[2]
        self.shown = url.replace(place, self.host, 1)
        bare = urlsplit(url).hostname or ""
        if bare == "arxiv.org" or bare.endswith(".arxiv.org"):
            interval = max(interval, ARXIV_FLOOR)
        self._pace = Pace(settings.cache.expanduser() / "sources", self.host, interval)
        self._timeout = settings.fetch_timeout
        self._attempts = settings.fetch_attempts
        self._busy = busy
        self._client = httpx.Client(
            timeout=self._timeout, follow_redirects=True, headers={"User-Agent": _AGENT}
        )

    def ask(self, url: str, read: Callable[[bytes], Answer]) -> Answer:
        """What `read` makes of the answer, asked for again where that may help.

        Raises:
            UnusableAnswer: `read` raised it each time.
            AbsentFile: there is nothing at this address.
            SourceError: the source refuses, stays busy or cannot be reached.

        """
        interval = self._pace.interval
        try:
            for attempt in stamina.retry_context(
                on=self._again,
                attempts=self._attempts,
                timeout=None,
                wait_initial=max(interval, 0.05),
                wait_max=max(40 * interval, 0.05),
                wait_jitter=max(interval, 0.05),
            ):
                with attempt, self._pace.turn():
                    return read(self._get(url))
        except httpx.HTTPStatusError as error:
            absent = error.response.status_code == httpx.codes.NOT_FOUND
            kind = AbsentFile if absent else SourceError
            raise kind(self._refusal(error.response)) from error
        except httpx.TimeoutException as error:
            raise SourceError(
                f"{self.host} did not answer in {self._timeout:g} s, asked "
                f"{self._attempts} times; ARCHIVE_FETCH_TIMEOUT gives it longer"
            ) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise SourceError(f"{self.host} cannot be reached ({error})") from error
        raise AssertionError("the retries end with an answer or an error")

    def _get(self, url: str) -> bytes:
        deadline = time.monotonic() + self._timeout
        with self._client.stream("GET", url) as response:
            if response.is_error:
                if (seconds := _retry_after(response)) is not None:
                    self._pace.postpone(seconds)
                raise _refused(response, deadline)
            body = bytearray()
            for piece in response.iter_bytes():
                body += piece
                # The client's own limit is between two pieces: it would wait for drops for ever.
                if time.monotonic() > deadline:
                    raise httpx.ReadTimeout("too slow", request=response.request)
            return bytes(body)

    def _again(self, error: Exception) -> bool | float:
        """Whether to ask again, or after how many seconds."""
        if isinstance(error, httpx.HTTPStatusError):
            response = error.response
            if response.status_code not in _BUSY:
                return False
            self._busy(f"{self.host} is busy ({response.status_code})")
            seconds = _retry_after(response)
            return True if seconds is None else seconds <= PATIENCE and seconds
        if isinstance(error, httpx.TransportError | httpx.DecodingError | UnusableAnswer):
            self._busy(f"{self.host}: {error}")
            return True
        return False

    def _refusal(self, response: httpx.Response) -> str:
        said = " ".join(re.sub(r"<[^>]*>", " ", response.text).split())[:200]
        again = ""
        if (seconds := _retry_after(response)) is not None and seconds > PATIENCE:
            again = f" and asks to be left alone for {seconds:.0f} s"
        elif response.status_code in _BUSY:
            again = f", asked {self._attempts} times"
        return f"{self.host} answered {response.status_code}{again}" + (f": {said}" * bool(said))

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()


def _refused(response: httpx.Response, deadline: float) -> httpx.HTTPStatusError:
    """A refusal with its words, as far as they come in time."""
    said = bytearray()
    for piece in response.iter_bytes():
        said += piece
        if len(said) > _WORDS or time.monotonic() > deadline:
            break
    kept = [(name, value) for name, value in response.headers.raw if name.lower() in _KEPT]
    read = httpx.Response(
        response.status_code, headers=kept, content=bytes(said), request=response.request
    )
    return httpx.HTTPStatusError("refused", request=response.request, response=read)


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds that a `Retry-After` asks for, given as a number or as a date; a day at most."""
    stated = response.headers.get("Retry-After", "").strip()
    if re.fullmatch("[0-9]+", stated):
        return min(float(stated), _LONGEST)
    try:
        moment = parsedate_to_datetime(stated)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max(0.0, (moment - datetime.now(UTC)).total_seconds()), _LONGEST)
