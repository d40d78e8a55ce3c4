"""Chooses the embedder that a model's name asks for.

"multilingual-e5-small" is the bundled one; an address ("http://…/v1#model") is an
OpenAI-compatible endpoint; everything else is a sentence-transformers name or path.
Heavy libraries are imported only by the choice that needs them.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from embeddings.base import Embedder, ModelIdentity
from embeddings.bundled import NAME as BUNDLED
from embeddings.bundled import BundledEmbedder, bundled_identity
from embeddings.errors import ConfigError
from embeddings.preparation import OnStep
from embeddings.projection import ProjectedEmbedder, load, load_bundled


def open_embedder(
    model: str,
    cache: Path,
    *,
    api_key: str | None = None,
    query_prefix: str | None = None,
    passage_prefix: str | None = None,
    projection: Path | None = None,
    on_step: OnStep = lambda step: None,
) -> Embedder:
    """Open a model by name, path or address.

    `cache` holds prepared models; `projection` is a map to put over the model instead of the
    one that ships with it. Raises `ModelError` where the model cannot be used and
    `ConfigError` where the name makes no sense.
    """
    if model == BUNDLED:
        if query_prefix is not None or passage_prefix is not None:
            raise ConfigError(f"{BUNDLED} has fixed prefixes; choose them only for other models")
        chosen = load(projection) if projection else load_bundled()
        return ProjectedEmbedder(BundledEmbedder(cache, on_step), chosen)
    plain = _open_other(model, api_key, query_prefix, passage_prefix)
    return ProjectedEmbedder(plain, load(projection)) if projection else plain


def _open_other(
    model: str, api_key: str | None, query_prefix: str | None, passage_prefix: str | None
) -> Embedder:
    if model.startswith(("http://", "https://")):
        from embeddings.endpoint import EndpointEmbedder

        url, _, name = model.partition("#")
        if "@" in (server := urlsplit(url).netloc):  # an archive remembers and shows the address
            raise ConfigError(
                f"the address of the model at {server.rpartition('@')[2]} holds a password; give "
                "the server's key in ARCHIVE_MODEL_API_KEY instead"
            )
        if not name:
            raise ConfigError(f"{model}: add the model's name after '#', as in {url}#e5-large")
        return EndpointEmbedder(
            url,
            name,
            api_key=api_key,
            query_prefix=query_prefix or "",
            passage_prefix=passage_prefix or "",
        )
    from embeddings.sentence_transformer import SentenceTransformerEmbedder

    return SentenceTransformerEmbedder(
        model, query_prefix=query_prefix, passage_prefix=passage_prefix
    )


def default_identity(projection: Path | None = None) -> ModelIdentity:
    """The identity that `open_embedder` gives the bundled model, without opening it."""
    chosen = load(projection) if projection else load_bundled()
    return chosen.applied_to(bundled_identity())
