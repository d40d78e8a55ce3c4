"""Listens to a language model: its words as they come, until it ends, fails or takes too long.

Not every client keeps its time or stops when asked, so the model is read in a thread of its
own. What is made of the words is `writer`'s.
"""

from __future__ import annotations

import asyncio
import codecs
import gc
import queue
import threading
import time
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

from embeddings.errors import LanguageModelError

if TYPE_CHECKING:
    from llama_index.core.llms import LLM, ChatMessage

_END = object()
_SILENCE = 1.0
"""Seconds after which whoever listens may look up: whether to go on, or who went away."""
_LOOK = 0.1
"""Seconds after which the thread that reads looks whether anybody listens still."""


def listen(llm: LLM, messages: Sequence[ChatMessage], timeout: float) -> Generator[str, None, None]:
    """The model's answer to these messages, piece by piece, an empty one for every second that it
    is silent; closing the iterator stops it.

    Raises `LanguageModelError` if it fails, or takes longer than `timeout` seconds in all.
    """
    name = llm.metadata.model_name
    pieces: queue.Queue[tuple[float, Any]] = queue.Queue()
    stopped = threading.Event()
    reader = threading.Thread(
        target=_read, args=(llm, messages, pieces, stopped), name="language model", daemon=True
    )
    deadline = time.monotonic() + timeout  # before the client's own: so it is late, not failed
    reader.start()
    # A server may send an emoji in two pieces, and half of one cannot be encoded.
    whole = codecs.getincrementaldecoder("utf-16-le")("replace")
    try:
        while True:
            try:
                left = max(0.0, deadline - time.monotonic())
                came, piece = pieces.get(timeout=min(_SILENCE, left))
            except queue.Empty:
                came, piece = time.monotonic(), ""
            if came > deadline:  # whoever listens may be later than the model
                raise LanguageModelError(f"{name} took longer than {timeout:g} s")
            if piece is _END:
                return
            if isinstance(piece, Exception):
                said = f"{type(piece).__name__}: {piece}".rstrip(": ")
                raise LanguageModelError(f"{name} failed: {said}") from piece
            yield whole.decode(piece.encode("utf-16-le", "surrogatepass"))
    finally:
        stopped.set()


def _read(
    llm: LLM,
    messages: Sequence[ChatMessage],
    pieces: queue.Queue[tuple[float, Any]],
    stopped: threading.Event,
) -> None:
    try:
        # One that is kept belongs to the loop that it was first used in.
        if getattr(llm, "reuse_client", True):
            for response in llm.stream_chat(messages):
                if stopped.is_set():
                    break
                pieces.put((time.monotonic(), response.delta or ""))
        else:
            asyncio.run(_hear(llm, messages, pieces, stopped))
        pieces.put((time.monotonic(), _END))
    except Exception as error:  # each integration has errors of its own
        pieces.put((time.monotonic(), error))
    if stopped.is_set():
        # Clients leave the connection to the collector, and the model would write on.
        gc.collect()


async def _hear(
    llm: LLM,
    messages: Sequence[ChatMessage],
    pieces: queue.Queue[tuple[float, Any]],
    stopped: threading.Event,
) -> None:
    """Hear a model out, or leave it once nobody listens, however silent it is."""

    async def hear() -> None:
        async for response in await llm.astream_chat(messages):
            pieces.put((time.monotonic(), response.delta or ""))

    hearing = asyncio.ensure_future(hear())
    while not (await asyncio.wait({hearing}, timeout=_LOOK))[0]:
        if stopped.is_set():
            hearing.cancel()
    if not hearing.cancelled():
        hearing.result()
