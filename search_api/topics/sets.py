"""The sets of topics that an archive can be classified by.

Its own are what its digests file papers under, each with those papers as examples, and what
its owner defines in `topics/*.toml` below its folder. The ones that ship serve an archive
without any, and lend their descriptions to topics of the same name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

from embeddings.errors import ConfigError, UnknownName
from embeddings.lexical import fold
from indexer.catalogue import Catalogue
from indexer.language import language_of
from search_api.likeness import alike
from search_api.naming import current_id
from search_api.topics.topic import Topic, check_names, read_topics, shipped_topics

TopicSet = Literal["archive", "shipped", "categories", "all"]
FOLDER = "topics"
MIN_EXAMPLES = 3
"""Papers under a name from which on it is a topic, without being defined."""


def topics_of(catalogue: Catalogue, home: Path, which: TopicSet | None = None) -> list[Topic]:
    """The topics of a set; unless one is named, the archive's own or, without any, the
    shipped ones.

    Raises `ConfigError` for a file of topics that makes no sense.
    """
    shipped = shipped_topics("machine_learning")
    if which == "categories":
        known = shipped_topics("arxiv_categories")
        return learned(catalogue.papers_by("categories"), known)
    if which == "shipped":
        return shipped
    own = [_current(topic, catalogue) for topic in defined(home)]
    topics = learned(catalogue.papers_by("topics"), shipped, own)
    if which is None and not topics:
        return shipped
    if which == "all":
        taken = frozenset[str]().union(*(topic.names for topic in topics))
        topics += [topic for topic in shipped if not topic.names & taken]
    return topics


def too_few(
    catalogue: Catalogue, topics: Iterable[Topic], which: TopicSet | None = None
) -> list[str]:
    """What digests file papers under that is none of a set's topics: too few papers show it."""
    if which == "shipped":
        return []
    taken = frozenset[str]().union(*(topic.names for topic in topics))
    filed = catalogue.papers_by("categories" if which == "categories" else "topics")
    return [name for name in filed if fold(name) not in taken]


def _current(topic: Topic, catalogue: Catalogue) -> Topic:
    """A topic whose examples, ids or links, are named by the papers' ids at present."""
    named = {
        side: tuple(dict.fromkeys(current_id(catalogue, each) for each in getattr(topic, side)))
        for side in ("examples", "counter_examples")
    }
    return topic.model_copy(update=named)


def files_of(home: Path) -> tuple[tuple[str, int, int], ...]:
    """The owner's files of topics, each with what changes when it does."""
    found = ((path.name, path.stat()) for path in sorted((home / FOLDER).glob("*.toml")))
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in found)


def defined(home: Path) -> list[Topic]:
    """The topics that the archive's owner defines.

    Raises `ConfigError` for a file that makes no sense, or where two define one topic.
    """
    topics = [t for path in sorted((home / FOLDER).glob("*.toml")) for t in read_topics(path)]
    check_names(topics, str(home / FOLDER))
    return topics


def categories_of(
    catalogue: Catalogue, home: Path, names: Sequence[str], given: Iterable[str] = ()
) -> tuple[str, ...]:
    """The arXiv categories given, and those in which papers of these topics are filed.

    Raises `UnknownName` for a topic that is not there, `ConfigError` for one without any.
    """
    found = dict.fromkeys(given)
    if not names:  # spares a look at every paper
        return tuple(found)
    for topic in named(topics_of(catalogue, home, "all"), names):
        if not topic.categories:
            raise ConfigError(f"The topic {topic.label!r} names no arXiv categories; add some.")
        found |= dict.fromkeys(topic.categories)
    return tuple(found)


def labels_of(
    catalogue: Catalogue, home: Path, which: TopicSet, names: Sequence[str]
) -> tuple[str, ...]:
    """By what labels a set's topics of these names go. Raises `UnknownName`."""
    return tuple(topic.label for topic in named(topics_of(catalogue, home, which), names))


def named(topics: Iterable[Topic], names: Iterable[str]) -> list[Topic]:
    """The topics that have these names, in either language. Raises `UnknownName`."""
    known = {name: topic for topic in topics for name in topic.names}
    found = []
    for name in names:
        if (topic := known.get(fold(name))) is None:
            near = alike(fold(name), known)
            raise UnknownName("topic", name, tuple(known[each].label for each in near))
        found.append(topic)
    return found


def learned(
    papers: Mapping[str, Sequence[str]], known: Iterable[Topic], own: Sequence[Topic] = ()
) -> list[Topic]:
    """Topics from the papers that stand under each name, with the descriptions of known
    topics of the same name; `own` topics come first and take in theirs.
    """
    found = {topic.label: topic for topic in own}
    by_name = {name: topic for topic in known for name in topic.names}
    by_own_name = {name: topic for topic in own for name in topic.names}
    for name, ids in papers.items():
        if (mine := by_own_name.get(fold(name))) is not None:
            examples = dict.fromkeys((*found[mine.label].examples, *ids))
            wanted = tuple(each for each in examples if each not in mine.counter_examples)
            found[mine.label] = found[mine.label].model_copy(update={"examples": wanted})
        elif len(ids) >= MIN_EXAMPLES:
            topic = by_name.get(fold(name)) or Topic.model_validate({language_of(name): name})
            found[name] = topic.model_copy(update={"label": name, "examples": tuple(ids)})
    return list(found.values())
