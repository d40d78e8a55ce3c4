"""What a question is answered with: the records that the command line prints and HTTP sends.

Field names are fixed by the product's interface. How answers are found is unknown here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from indexer.paper import DatePrecision, Language, PassageKind


@dataclass(frozen=True, slots=True)
class Seen:
    """Where and when the archive saw a text."""

    source: str
    file: str
    line: int
    date: str | None


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence of a text in its own words: characters `start` to `end` of that field."""

    field: PassageKind
    language: Language
    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Citation:
    """What a marker of an answer stands for.

    `quote` is exactly what stands in `field`, from character `start` to `end`. `parallel` is
    the sentence that says the same in the paper's text in the other language, if there is one
    that is not in the answer already. Of a full text, `page` (from 1, in the order of the file)
    and `section` say where it stands, the characters are those of the block that `seen_in`
    names by its line, and a sentence that ends on the next page is whole, on the page where it
    begins.
    """

    marker: int
    paper_id: str
    title: str
    field: PassageKind
    language: Language
    quote: str
    start: int
    end: int
    url: str | None
    seen_in: tuple[Seen, ...]
    parallel: Quote | None = None
    page: int | None = None
    section: str | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """What two texts say differently: a citation and its parallel sentence (`markers` has one
    number), or two citations.
    """

    markers: tuple[int, ...]
    reason: str
    quotes: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Dropped:
    """A sentence of a language model that is left out, and why."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a language model's draft, as it came: not checked yet."""

    text: str


@dataclass(frozen=True, slots=True)
class Nearest:
    """A paper that is near to a question which the archive does not answer, with what its record
    says of it: who wrote it and when is in no sentence.
    """

    paper_id: str
    title: str
    url: str | None
    authors: tuple[str, ...] = ()
    date: str | None = None
    date_precision: DatePrecision | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with its citations, or that the archive does not answer this.

    `confidence` is the calibrated probability that the archive answers the question;
    `answer` carries markers such as [1]. Without an answer, `nearest` names papers that are
    near. `written_by` is the language model that wrote the answer, null where it is quoted;
    `dropped` are the sentences of it that were left out, `problem` says why it failed.
    `conflicts` are differences between what is cited and other texts on the same. `corrected`
    says as what mistyped words were read, `read_as` as which days a phrase of time was. `hints` are
    lines on values of filters that no paper has.
    """

    question: str
    answerable: bool
    answer: str
    citations: tuple[Citation, ...]
    took_ms: float
    confidence: float
    nearest: tuple[Nearest, ...] = field(default=())
    conflicts: tuple[Conflict, ...] = field(default=())
    written_by: str | None = None
    dropped: tuple[Dropped, ...] = field(default=())
    problem: str | None = None
    corrected: dict[str, str] = field(default_factory=dict)
    read_as: dict[str, str] = field(default_factory=dict)
    hints: tuple[str, ...] = ()
