"""Any server that speaks OpenAI's embeddings API, by address and model name."""

from __future__ import annotations

from collections.abc import Sequence

import httpx
import numpy as np
import stamina
from pydantic import BaseModel, ValidationError

from embeddings.base import ModelIdentity, Progress, Vectors, unit
from embeddings.errors import EndpointError

BATCH = 64
_RETRY_STATUS = {408, 409, 425, 429, 500, 502, 503, 504}


class _Item(BaseModel):
    index: int
    embedding: list[float]


class _Answer(BaseModel):
    data: list[_Item]


class EndpointEmbedder:
    """A remote model. `url` is the API's base, for example "http://localhost:8080/v1".

    Its identity names the model and the server, since a server does not tell its weights.
    Raises `EndpointError` where the server fails for good or answers nonsense; short
    failures are retried with backoff for up to a minute.
    """

    def __init__(
        self,
        url: str,
        model: str,
        *,
        api_key: str | None = None,
        query_prefix: str = "",
        passage_prefix: str = "",
        timeout: float = 60.0,
    ) -> None:
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._url, self._model = url.rstrip("/"), model
        self._client = httpx.Client(headers=headers, timeout=timeout)
        self._api_key = api_key
        dimension = len(self._request(["dimension"])[0])
        if dimension == 0:
            raise EndpointError(f"{self._url} answered with an empty vector")
        self.identity = ModelIdentity(
            f"{model} at {self._url}", "remote", dimension, query_prefix, passage_prefix
        )

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Unit vectors of passages, float32 of shape (len(texts), dimension)."""
        return self._embed([self.identity.passage_prefix + text for text in texts], progress)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of queries, float32 of shape (len(texts), dimension)."""
        return self._embed([self.identity.query_prefix + text for text in texts], None)

    def _embed(self, texts: list[str], progress: Progress | None) -> Vectors:
        rows: list[list[float]] = []
        for start in range(0, len(texts), BATCH):
            batch = texts[start : start + BATCH]
            rows.extend(self._request(batch))
            if progress is not None:
                progress(len(batch))
        if any(len(row) != self.identity.dimension for row in rows):
            raise EndpointError(f"{self._url}: vectors changed their length between requests")
        return unit(np.array(rows, np.float32).reshape(len(texts), self.identity.dimension))

    def _request(self, texts: list[str]) -> list[list[float]]:
        try:
            for attempt in stamina.retry_context(on=_is_transient, attempts=6, timeout=60.0):
                with attempt:
                    response = self._client.post(
                        f"{self._url}/embeddings", json={"model": self._model, "input": texts}
                    )
                    response.raise_for_status()
        except httpx.HTTPStatusError as error:
            said = error.response.text[:200].strip()
            if self._api_key:
                said = said.replace(self._api_key, "…")
            raise EndpointError(
                f"{self._url} answered {error.response.status_code}: {said}"
            ) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise EndpointError(
                f"{self._url} cannot be reached ({error}); check the address and that it runs"
            ) from error
        try:
            items = _Answer.model_validate_json(response.content).data
        except ValidationError as error:
            raise EndpointError(f"{self._url} did not answer with embeddings") from error
        if sorted(item.index for item in items) != list(range(len(texts))):
            raise EndpointError(f"{self._url} answered {len(items)} of {len(texts)} embeddings")
        return [item.embedding for item in sorted(items, key=lambda item: item.index)]


def _is_transient(error: Exception) -> bool:
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code in _RETRY_STATUS
    return isinstance(error, httpx.TransportError)
