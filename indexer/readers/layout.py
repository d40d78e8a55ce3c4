"""What a layout file says: the TOML with which people describe pages of their own.

A layout file holds one of three kinds of pages, told apart by `kind`:

- `table`: Markdown or HTML tables; `[columns]` says which field each column holds.
- `entries`: a line pattern starts an entry, which goes on to the next; `patterns` and
  `[labels]` say what stands in it.
- `json`: objects or texts in a JSON file; `[columns]` or `patterns` say what they hold.

How pages are read by a description is `described`'s business; the guide for people is
`docs/layouts.md`, and the layouts that ship are in `indexer/layouts`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from embeddings.errors import ConfigError
from indexer.paper import Language, TextKind

FieldName = Literal[
    "title", "link", "published", "authors", "categories", "topics", "code",
    "abstract", "translation", "tldr", "motivation", "method", "result", "conclusion", "summary",
    "note", "ignore",
]  # fmt: skip
FIELDS: tuple[str, ...] = get_args(FieldName)
_TEXTS: tuple[str, ...] = get_args(TextKind)
SHIPPED = Path(__file__).parent.parent / "layouts"


def _pattern(given: Any) -> re.Pattern[str]:
    if not isinstance(given, str):
        raise ValueError("must be a regular expression in quotes")  # noqa: TRY004 - pydantic's way
    try:
        return re.compile(given, re.MULTILINE)
    except re.error as error:
        raise ValueError(f"is no regular expression: {error}") from error


def _field_pattern(given: Any) -> re.Pattern[str]:
    pattern = _pattern(given)
    if not pattern.groupindex:
        raise ValueError("names no field; write what to keep as (?P<title>…)")
    if unknown := [name for name in pattern.groupindex if name not in FIELDS]:
        raise ValueError(f"names unknown fields {', '.join(unknown)}; known: {', '.join(FIELDS)}")
    return pattern


Pattern = Annotated[re.Pattern[str], BeforeValidator(_pattern)]
FieldPattern = Annotated[re.Pattern[str], BeforeValidator(_field_pattern)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Piece(_Strict):
    """What one column, label or JSON value holds: a field, or a pattern that finds fields in it."""

    field: FieldName | None = None
    pattern: FieldPattern | None = None
    optional: bool = False

    @property
    def fields(self) -> frozenset[str]:
        """Every field that may come of it."""
        found = [self.field] if self.field else []
        return frozenset([*found, *(self.pattern.groupindex if self.pattern else ())])

    @property
    def whole(self) -> FieldName | None:
        """The field of the whole text where the pattern finds nothing: its one kind of text."""
        texts = [name for name in get_args(FieldName) if name in self.fields and name in _TEXTS]
        return texts[0] if self.pattern and len(texts) == 1 else None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.field is None) == (self.pattern is None):
            raise ValueError("give either field or pattern")
        return self


def _piece(given: Any) -> Any:
    return {"field": given} if isinstance(given, str) else given


Pieces = dict[str, Annotated[Piece, BeforeValidator(_piece)]]


class Recognise(_Strict):
    """Patterns that must (not) be found on a page, beside what its kind asks for."""

    contains: tuple[Pattern, ...] = ()
    without: tuple[Pattern, ...] = ()


class PageFacts(_Strict):
    """What the page says once for many entries; the first group of each pattern is kept."""

    date: Pattern | None = None
    topic: Pattern | None = None
    category: Pattern | None = None
    file_name: FieldPattern | None = None


class _Common(_Strict):
    about: str = ""
    language: Language | None = None
    optional: tuple[Literal["title", "link"], ...] = ()
    recognise: Recognise = Recognise()
    page: PageFacts = PageFacts()

    @property
    def fingerprint(self) -> str:
        """Changes whenever the description does."""
        return sha256(self.model_dump_json().encode()).hexdigest()


class TableLayout(_Common):
    """Tables, by the names of their columns, or by position ("1", "2", …)."""

    kind: Literal["table"]
    columns: Pieces = Field(min_length=1)

    @property
    def by_position(self) -> bool:
        """Whether columns are told apart by where they stand."""
        return all(name.isdecimal() for name in self.columns)

    @model_validator(mode="after")
    def _recognisable(self) -> Self:
        if self.by_position and not self.recognise.contains:
            raise ValueError("columns by position need recognise.contains to tell the page by")
        return self


class EntriesLayout(_Common):
    """Lists, headings and whole pages: entries that begin with a line of a certain form."""

    kind: Literal["entries"]
    start: FieldPattern | None = None
    end: Pattern | None = None
    patterns: tuple[FieldPattern, ...] = ()
    labels: Pieces = {}
    ignore: tuple[Pattern, ...] = ()

    @model_validator(mode="after")
    def _recognisable(self) -> Self:
        if self.start is None and not self.recognise.contains:
            raise ValueError("give start, or recognise.contains if a page is one entry")
        return self


class JsonLayout(_Common):
    """JSON: `levels` names what stands above an entry, outermost first; none if the page is one."""

    kind: Literal["json"]
    levels: tuple[FieldName, ...] = ("ignore",)
    columns: Pieces = {}
    patterns: tuple[FieldPattern, ...] = ()

    @model_validator(mode="after")
    def _readable(self) -> Self:
        if not (self.columns or self.patterns):
            raise ValueError("give columns for entries that are objects, patterns for texts")
        if not self.recognise.contains:
            raise ValueError("give recognise.contains; JSON has no header to tell a page by")
        return self


Layout = TableLayout | EntriesLayout | JsonLayout
_LAYOUT: TypeAdapter[Layout] = TypeAdapter(Annotated[Layout, Field(discriminator="kind")])


def read_layout(path: Path) -> Layout:
    """Read one layout file. Raises `ConfigError` that names the file and the key at fault."""
    try:
        return _LAYOUT.validate_python(tomllib.loads(path.read_text("utf-8")))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not UTF-8 (byte {error.start})") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: is no TOML: {error}") from error
    except ValidationError as error:
        raise ConfigError(f"{path}: {'; '.join(_problems(error))}") from error


def read_layouts(folders: Iterable[Path]) -> dict[str, Layout]:
    """All layouts in folders, by file name; of two with one name, the later folder's.

    A folder that does not exist holds none. Raises `ConfigError` as `read_layout` does.
    """
    return {
        path.stem: read_layout(path)
        for folder in folders
        for path in sorted(folder.expanduser().glob("*.toml"))
    }


_KINDS = ("table", "entries", "json")
_SAID = {  # by pydantic's name of the mistake
    "missing": "is missing",
    "extra_forbidden": "is no key here",
    "literal_error": "must be {expected}",
    "union_tag_not_found": f"must be one of {', '.join(_KINDS)}",
    "union_tag_invalid": f"must be one of {', '.join(_KINDS)}",
    "tuple_type": "must be a list, in square brackets",
    "dict_type": "must be a table",
    "model_type": "must be a table",
}


def _problems(error: ValidationError) -> Iterable[str]:
    for problem in error.errors():
        where = [str(part) for part in problem["loc"]]
        # pydantic puts the kind before a key of its model; the file's author never wrote it.
        if where[:1] and where[0] in _KINDS:
            del where[0]
        if problem["type"].startswith("union_tag"):
            where = ["kind"]
        said = _SAID.get(problem["type"])
        text = said.format(**problem.get("ctx", {})) if said else problem["msg"]
        yield ": ".join(filter(None, (".".join(where), text.removeprefix("Value error, "))))
