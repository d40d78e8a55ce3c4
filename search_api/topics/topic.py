"""What a topic is, and the files that define topics: TOML that people read and write.

Which topics an archive classifies by is `sets`'; which papers belong to one is
`classifier`'s.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from embeddings.errors import ConfigError
from embeddings.lexical import fold
from indexer.paper import Language

Shipped = Literal["machine_learning", "arxiv_categories"]


class Topic(BaseModel):
    """A topic: a name in one or both languages, best with a description of what belongs there.

    `examples` and `counter_examples` are ids of papers, `categories` the arXiv categories in
    which such papers are filed, `aliases` other names that digests have for it. `label` is
    what papers are labelled with.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    label: str = ""
    en: str = ""
    zh: str = ""
    aliases: tuple[str, ...] = ()
    description_en: str = ""
    description_zh: str = ""
    examples: tuple[str, ...] = ()
    counter_examples: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _named(self) -> Topic:
        if not (self.label or self.en or self.zh):
            raise ValueError("a topic needs a name: en or zh")
        if not self.label:
            object.__setattr__(self, "label", self.en or self.zh)
        return self

    @property
    def names(self) -> frozenset[str]:
        """Every name, as names are compared."""
        every = (self.label, self.en, self.zh, *self.aliases)
        return frozenset(fold(name) for name in every if name)

    @property
    def is_described(self) -> bool:
        """Whether more than a name says what belongs there."""
        return bool(self.description_en or self.description_zh)

    def definitions(self, languages: Iterable[Language] = ("zh", "en")) -> tuple[str, ...]:
        """Name and description in each language that it has; at least one."""
        texts = {
            "zh": (self.zh, self.description_zh),
            "en": (self.en, self.description_en),
        }
        found = [". ".join(filter(None, texts[language])) for language in languages]
        return tuple(filter(None, found)) or (self.label,)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    topic: list[Topic] = Field(default_factory=list)


def read_topics(path: Path) -> list[Topic]:
    """The topics that a file defines.

    Raises `ConfigError` with file and place for what cannot be read or makes no sense.
    """
    try:
        return _parse(path.read_text(encoding="utf-8-sig"), path.name)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not UTF-8; save it as UTF-8") from error


def shipped_topics(name: Shipped) -> list[Topic]:
    """The topics that come with the archive."""
    text = (files("search_api.topics") / "data" / f"{name}.toml").read_text(encoding="utf-8")
    return _parse(text, name)


def _parse(text: str, name: str) -> list[Topic]:
    try:
        topics = _File.model_validate(tomllib.loads(text)).topic
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{name}: is not valid TOML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f"{name}: {where}: {first['msg']}") from error
    check_names(topics, name)
    return topics


def check_names(topics: Iterable[Topic], where: str) -> None:
    """Raises `ConfigError` where two topics share a name."""
    seen: dict[str, str] = {}
    for topic in topics:
        for each in topic.names:
            if each in seen:
                raise ConfigError(
                    f"{where}: {topic.label!r} and {seen[each]!r} share the name {each!r}; "
                    "give each topic names of its own"
                )
        seen |= dict.fromkeys(topic.names, topic.label)


def distinct(topics: Iterable[Topic], others: Iterable[Topic] = ()) -> list[Topic]:
    """Topics, those of a name that an earlier one or one of the others has numbered."""
    found: list[Topic] = []
    taken: set[str] = set().union(*(topic.names for topic in others))
    for topic in topics:
        number, named = 1, topic
        while named.names & taken:
            number += 1
            names = {
                "en": topic.en and f"{topic.en} {number}",
                "zh": topic.zh and f"{topic.zh} {number}",
            }
            named = Topic.model_validate(topic.model_dump(exclude={"label"}) | names)
        taken |= named.names
        found.append(named)
    return found


def as_toml(topic: Topic) -> str:
    """A topic as a file defines it."""
    import json

    lines = ["[[topic]]"]
    for key, value in topic.model_dump(exclude_defaults=True).items():
        if key == "label" and value in (topic.en, topic.zh):
            continue
        # TOML's basic strings and arrays are JSON's.
        lines.append(f"{key} = {json.dumps(value, ensure_ascii=False)}")
    return "\n".join(lines) + "\n"
