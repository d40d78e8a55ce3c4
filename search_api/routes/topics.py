"""The topics' part of the HTTP API."""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, FastAPI, Query
from pydantic import BaseModel, Field

from search_api.archive import Archive
from search_api.parameters import BodyIn
from search_api.topics.labels import AllClassified, Classified
from search_api.topics.sets import TopicSet

_SET = "Topics to choose from; the archive's own unless there are none."


class ClassifyIn(BodyIn):
    """A text in either language, or a paper of the archive."""

    text: str | None = Field(
        None, max_length=2_000_000, examples=["一种在潜在空间里工作的扩散模型"]
    )
    paper_id: str | None = Field(None, max_length=500)
    topics: TopicSet | None = Field(None, description=_SET)


class TopicCount(BaseModel):
    """A topic and how many papers stand under it."""

    topic: str
    papers: int


class Topics(BaseModel):
    """All topics, the largest first."""

    topics: list[TopicCount]


def add_topic_routes(app: FastAPI, archive: Archive) -> None:
    """Add the routes about topics to an application."""

    @app.get("/topics", summary="Topics of the digests and their sizes")
    def topics() -> Topics:
        found = archive.catalogue.facets("topics")
        return Topics(topics=[TopicCount(topic=t, papers=n) for t, n in found.items()])

    @app.post("/classify", summary="The topics of a text or a paper, and why")
    def classify(body: Annotated[ClassifyIn, Body()]) -> Classified:
        return archive.classify(body.paper_id, text=body.text, topics=body.topics)

    @app.get("/classified", summary="The topics of every paper")
    def classified(
        topics: Annotated[TopicSet | None, Query(description=_SET)] = None,
    ) -> AllClassified:
        return archive.classify_all(topics)
