"""What of a paper is embedded and found: passages, one language each.

A passage is the paper's title with one text about it, or with the parts of one structured
summary together; a text too long for the model is split between sentences. Its id follows
from its content, so an id stands for one vector for good and writing it twice is harmless.
Vectors and stores are unknown here.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import sentencex

from embeddings.lexical import HAN
from indexer.authors import author_keys
from indexer.paper import Language, OriginText, Paper, PassageKind, TextKind
from indexer.stores.base import Payload

MAX_TOKENS = 480
"""Of a passage's text, leaving room for the title within the model's 512."""

STRUCTURED: tuple[TextKind, ...] = ("tldr", "motivation", "method", "result", "conclusion")
NAMESPACE = uuid.UUID("6a3f0f0e-1c5b-5d2e-9f57-0d1d3c0a7e11")
"""Of the ids of passages."""
# What digests print where their generator failed; kept in the record, of no use to a search.
FAILED = {"error", "n/a", "none", "null"}
_HAN = re.compile(f"[{HAN}]")


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of text that a search can find.

    `text` is what is embedded; `lexical_text` adds what only exact words should find:
    other titles, authors and the id. `body` is `text` without the title, for snippets.
    """

    id: str
    paper_id: str
    kind: PassageKind
    language: Language
    body: str
    text: str
    lexical_text: str
    payload: Payload


def passages(paper: Paper) -> list[Passage]:
    """The passages of a paper; one of its title alone if it has no text."""
    found = []
    for kind, language, body in _bodies(paper):
        title = title_in(paper, language)
        for part in split(body, language) if body else [""]:
            text = f"{title}\n{part}".strip()
            others = [other.text for other in paper.titles if other.text != title]
            lexical = "\n".join((text, *others, " ".join(paper.authors), paper.paper_id))
            key = "\x1f".join((paper.paper_id, kind, language, lexical))
            payload = payload_of(paper, kind, language)
            passage_id = str(uuid.uuid5(NAMESPACE, key))
            found.append(
                Passage(passage_id, paper.paper_id, kind, language, part, text, lexical, payload)
            )
    return list({passage.id: passage for passage in found}.values())


def split(text: str, language: Language) -> list[str]:
    """A text in pieces of at most about `MAX_TOKENS`, cut between sentences, of even size."""
    total = tokens(text)
    if total <= MAX_TOKENS:
        return [text]
    target = total / -(-total // MAX_TOKENS)
    pieces, size = [""], 0.0
    for sentence in _sentences(text, language):
        length = tokens(sentence)
        if (pieces[-1] and size + length / 2 > target) or size + length > MAX_TOKENS:
            pieces.append("")
            size = 0.0
        pieces[-1] += sentence
        size += length
    return [piece.strip() for piece in pieces if piece.strip()]


def tokens(text: str) -> float:
    """About how many tokens a text has, counted without a tokenizer so that passages do not
    depend on the model: measured on real texts, 0.75 per Chinese character and 0.3 per
    other character stay above the bundled model's count for 19 texts in 20.
    """
    han = 0 if text.isascii() else len(_HAN.findall(text))
    return 0.75 * han + 0.3 * (len(text) - han)


def _bodies(paper: Paper) -> Iterator[tuple[TextKind, Language, str]]:
    structured: dict[tuple[Language, tuple[int, ...]], list[OriginText]] = {}
    texts = [text for text in paper.texts if text.text.casefold() not in FAILED]
    for text in texts:
        if text.kind in STRUCTURED:
            structured.setdefault((text.language, text.origins), []).append(text)
        else:
            yield text.kind, text.language, text.text
    for (language, _), parts in structured.items():
        parts.sort(key=lambda part: STRUCTURED.index(part.kind))
        yield "summary", language, "\n".join(part.text for part in parts)
    if not texts:
        yield "summary", paper.titles[0].language, ""


def title_in(paper: Paper, language: Language) -> str:
    """The title that stands before a paper's texts in a language."""
    own = (title.text for title in paper.titles if title.language == language)
    # The title of a paper that nobody gave one is its id, which says nothing.
    return next(own, paper.title if any(title.text for title in paper.titles) else "")


def payload_of(paper: Paper, kind: PassageKind, language: Language) -> Payload:
    """What a passage of a paper can be filtered by."""
    keys = sorted(set[str]().union(*map(author_keys, paper.authors)))
    return Payload(
        paper_id=paper.paper_id,
        kind=kind,
        language=language,
        date=int(paper.date.replace("-", "")) if paper.date else 0,
        topics=paper.topics,
        categories=paper.categories,
        sources=paper.sources,
        authors=tuple(keys),
        has_code=bool(paper.code_urls),
    )


def _sentences(text: str, language: Language) -> Iterable[str]:
    """Sentences, those that are too long by themselves cut where they must be."""
    for sentence in sentencex.segment(language, text):
        while tokens(sentence) > MAX_TOKENS:
            cut = max(1, int(len(sentence) * MAX_TOKENS / tokens(sentence)))
            yield sentence[:cut]
            sentence = sentence[cut:]
        yield sentence
