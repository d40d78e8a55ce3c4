"""Opens the language model that writes answers: any of LlamaIndex's, by name and address.

    http://localhost:8080/v1#qwen3     an OpenAI-compatible server: llama.cpp, vLLM, LM Studio, …
    ollama:qwen3                       any other that LlamaIndex knows: its module's name and the
    anthropic:claude-sonnet-4-5        model's; needs `pip install llama-index-llms-<module>`

Importing this module is cheap; opening a model imports LlamaIndex. What a model is asked is
`prompt`'s, how it is listened to `writer`'s.
"""

from __future__ import annotations

import importlib
import inspect
from typing import TYPE_CHECKING, Any

from embeddings.errors import ConfigError, MissingPackage
from indexer.settings import Settings

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

_ADDRESS_FIELDS = ("base_url", "api_base", "host", "azure_endpoint", "endpoint")
_NO_KEY = "none"  # local servers ask for none, but their client insists on one


def open_language_model(settings: Settings) -> LLM:
    """The model that the settings name.

    Raises `ConfigError` if the name makes no sense, its package is not installed, or the
    package refuses the settings.
    """
    name = settings.llm or ""
    if name.startswith(("http://", "https://")):
        address, _, model = name.partition("#")
        if not model:
            raise ConfigError(f"ARCHIVE_LLM: {name} names no model; write {name}#MODEL")
        return _open("openai_like", model, address, settings)
    provider, _, model = name.partition(":")
    if not (model and provider.isidentifier()):
        raise ConfigError(
            f"ARCHIVE_LLM: {name!r} is neither http://host/v1#MODEL nor PROVIDER:MODEL, as in "
            "ollama:qwen3"
        )
    return _open(provider, model, settings.llm_url, settings)


def _open(provider: str, model: str, address: str | None, settings: Settings) -> LLM:
    kind = _class(provider)
    key = settings.llm_api_key.get_secret_value() if settings.llm_api_key else None
    wanted: dict[str, Any] = {
        "model": model,
        "temperature": 0.0,
        "max_tokens": settings.llm_max_tokens,
        "num_output": settings.llm_max_tokens,
        "context_window": settings.llm_context,
        "timeout": settings.llm_timeout,
        "request_timeout": settings.llm_timeout,
        "thinking": False,  # thoughts are not shown, and use up what it may write
        "max_retries": 0,  # a late answer is no answer; the archive's own sentences stand
        # A shared pool of connections is locked for good if the garbage collector closes a
        # stream that was left while another request holds the pool's lock.
        "reuse_client": False,
        "api_key": key,
    }
    if provider == "ollama":
        wanted["additional_kwargs"] = {"num_predict": settings.llm_max_tokens}
    if provider == "openai_like":
        wanted |= {"is_chat_model": True, "api_key": key or _NO_KEY}
    if address:
        field = next((name for name in _ADDRESS_FIELDS if name in kind.model_fields), None)
        if field is None:
            raise ConfigError(f"ARCHIVE_LLM_URL: {provider} takes no address")
        wanted[field] = address
    taken = {**inspect.signature(kind).parameters, **kind.model_fields}
    given = {name: value for name, value in wanted.items() if name in taken and value is not None}
    try:
        llm = kind(**given)
        _ = llm.metadata  # some look their model up only here, and do not know it
    except Exception as error:  # each integration checks its settings in its own way
        raise ConfigError(
            f"{provider} cannot open the language model {model!r}: {error}"
        ) from error
    return llm


def _class(provider: str) -> type[LLM]:
    """The language model class of a LlamaIndex integration, named like its module."""
    package = f"llama-index-llms-{provider.replace('_', '-')}"
    try:
        from llama_index.core.llms import LLM

        module = importlib.import_module(f"llama_index.llms.{provider}")
    except ImportError as error:
        raise MissingPackage("the language model", package, "llm", besides=package) from error
    plain = provider.replace("_", "")
    for name, value in vars(module).items():
        called = name.lower() in (plain, f"{plain}llm")
        if inspect.isclass(value) and issubclass(value, LLM) and called:
            return value
    raise ConfigError(f"{package} has no language model called {provider!r}")
