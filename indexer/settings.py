"""Where an archive lives and what it is made with, from arguments and the environment.

Every setting can be given as `ARCHIVE_<NAME>`; the command line overrides. What an archive
was made with (model, store) is remembered by its catalogue, not here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import platformdirs
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from embeddings.errors import ConfigError
from indexer.stores.kind import StoreKind


def default_home() -> Path:
    """Where an archive lives unless told otherwise: among the user's data."""
    return platformdirs.user_data_path("paper-archive")


class Settings(BaseSettings):
    """All settings; field descriptions are their documentation."""

    model_config = SettingsConfigDict(env_prefix="ARCHIVE_", env_ignore_empty=True, extra="ignore")

    home: Path = Field(
        default_factory=default_home,
        description="Folder of the archive: catalogue and store. Unset: paper-archive among the "
        "user's data, on Linux below ~/.local/share.",
    )
    cache: Path = Field(
        default_factory=lambda: platformdirs.user_cache_path("paper-archive"),
        description="Folder of prepared models, shared by all archives. Unset: paper-archive in "
        "the user's cache, on Linux ~/.cache.",
    )
    model: str | None = Field(
        None,
        description="Embedding model: multilingual-e5-small (bundled), a sentence-transformers "
        "name or path, or an OpenAI-compatible address as http://host/v1#model. Unset: the one "
        "the archive was made with.",
    )
    model_api_key: SecretStr | None = Field(None, description="Key of the embeddings endpoint.")
    query_prefix: str | None = Field(
        None, description="Put before queries, where the model wants it."
    )
    passage_prefix: str | None = Field(
        None, description="Put before passages, where the model wants it."
    )
    projection: Path | None = Field(
        None,
        description="Map over the model's vectors, as `archive learn map` writes it. Unset: the "
        "one the archive was made with, else the one that ships with the model.",
    )
    reranker: str | None = Field(
        None,
        description="Cross-encoder that reads the best papers of a search once more: a "
        "sentence-transformers name or path. Unset: none.",
    )
    answer_confidence: float | None = Field(
        None,
        ge=0,
        le=1,
        description="Confidence from which a question is answered; higher refuses more. Unset: the "
        "one that ships.",
    )
    llm: str | None = Field(
        None,
        description="Language model that writes answers: http://host/v1#model (any "
        "OpenAI-compatible server) or provider:model, as LlamaIndex has it (ollama:qwen3). "
        "Unset: answers are quoted.",
    )
    llm_url: str | None = Field(None, description="Address of the provider's server.")
    llm_api_key: SecretStr | None = Field(None, description="Key of the language model.")
    llm_timeout: float = Field(60.0, gt=0, description="Seconds that it may take for an answer.")
    llm_context: int = Field(
        4096, ge=512, description="Tokens that it can read and write, all together."
    )
    llm_max_tokens: int = Field(300, ge=16, description="Tokens that it may write.")
    entailment: str | None = Field(
        None,
        description="Inference model (NLI) that also judges what a language model wrote: a "
        "sentence-transformers cross-encoder, by name or path. Unset: none.",
    )
    store: StoreKind | None = Field(
        None, description="Vector store: edge (default, in-process), qdrant or faiss."
    )
    qdrant_url: str = Field("http://localhost:6333", description="Address of the Qdrant server.")
    qdrant_api_key: SecretStr | None = Field(None, description="Key of the Qdrant server.")
    qdrant_grpc: bool = Field(False, description="Speak gRPC to the Qdrant server.")
    qdrant_collection: str | None = Field(
        None, description="Collection on the Qdrant server; unset, one of this archive's own."
    )
    qdrant_shards: int | None = Field(None, description="Shards of a new collection.")
    qdrant_replicas: int | None = Field(None, description="Replicas of each shard.")
    qdrant_write_consistency: int | None = Field(
        None, description="Replicas that must confirm a write."
    )
    layouts: Path | None = Field(
        None,
        description="Folder of layout files (TOML) beside the archive's own folder `layouts`, for "
        "pages that no reader knows.",
    )
    arxiv_url: str = Field(
        "https://export.arxiv.org/api/query", description="Address of the arXiv API."
    )
    arxiv_interval: float = Field(
        3.0,
        ge=0,
        description="Seconds between two requests to it; never under 3 for arXiv's own servers.",
    )
    arxiv_page: int = Field(200, ge=1, le=2000, description="Results to ask of it at a time.")
    arxiv_split: int = Field(
        10_000,
        ge=1,
        le=30_000,
        description="Results beyond which a question to it is split by date; it gives at most "
        "30,000, and is slow well before.",
    )
    arxiv_files_url: str = Field(
        "https://arxiv.org",
        description="Address below which `archive fulltext fetch` finds html/ID and pdf/ID.",
    )
    hf_url: str = Field(
        "https://huggingface.co/api/daily_papers",
        description="Address of Hugging Face's daily papers.",
    )
    hf_interval: float = Field(1.0, ge=0, description="Seconds between two requests to it.")
    oai_url: str = Field(
        "https://oaipmh.arxiv.org/oai", description="Address of the OAI-PMH repository."
    )
    oai_interval: float = Field(
        3.0,
        ge=0,
        description="Seconds between two requests to it; never under 3 for arXiv's own servers.",
    )
    oai_format: Literal["arXivRaw", "arXiv", "oai_dc"] = Field(
        "arXivRaw",
        description="Metadata that it is asked for: arXivRaw (all versions with their days) and "
        "arXiv are arXiv's own; any repository has oai_dc.",
    )
    oai_split: int = Field(
        10_000,
        ge=1,
        description="Records beyond which a list of all days, or one of unknown length, is asked "
        "for by year, month and day.",
    )
    fetch_timeout: float = Field(60.0, gt=0, description="Seconds for a source's whole answer.")
    fetch_attempts: int = Field(6, ge=1, description="How often a source is asked in all.")
    max_file_mb: int = Field(64, description="Largest page that is read, in MB.")
    lock_timeout: float = Field(10.0, description="Seconds to wait for another process.")

    @property
    def layout_folders(self) -> tuple[Path, ...]:
        """Folders of the user's layout files. Raises `ConfigError` if one asked for is missing."""
        own = self.home.expanduser() / "layouts"
        if self.layouts is None:
            return (own,)
        if not self.layouts.expanduser().is_dir():
            raise ConfigError(f"ARCHIVE_LAYOUTS: {self.layouts} is no folder")
        return own, self.layouts.expanduser()


def read_settings() -> Settings:
    """The settings in the environment. Raises `ConfigError` for one that makes no sense."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "ARCHIVE_" + "_".join(map(str, first["loc"])).upper()
        raise ConfigError(f"{name}: {first['msg']}") from error
