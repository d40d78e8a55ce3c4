"""Every error that Paper Archive raises on purpose, as one small tree.

    ArchiveError
    ├── ConfigError              a setting is missing, unknown or contradicts another
    │   └── MissingPackage       a package is not installed that only an extra brings
    ├── InputError               something the user gave cannot be used
    │   ├── UnreadableFile       a file that cannot be read as a digest page
    │   ├── UnknownPaper         an id that the archive does not hold
    │   ├── UnknownName          a saved search, topic or category that it does not have
    │   ├── IdentityConflict     a merge or split that contradicts an earlier one
    │   └── BadQuery             an empty or malformed query or filter
    ├── ModelError               an embedding model cannot be used
    │   ├── WeightsError         weights are missing or are not the ones expected
    │   ├── ModelMismatch        the index was made with another model
    │   ├── EndpointError        a remote embeddings endpoint failed
    │   └── LanguageModelError   a language model failed, or took too long
    ├── StoreError               the vector store failed
    │   ├── StoreBusy            another process owns it
    │   └── StoreUnavailable     a server does not answer
    ├── SourceError              a source of papers on the net does not answer, or refuses
    │   ├── AbsentFile           it has no file of this name
    │   ├── UnusableAnswer       what it answered is cut short, malformed or contradicts itself
    │   └── IncompleteFetch      some of what it announced was not received
    └── CatalogueError           the catalogue is damaged or from a newer version

The tree lives in the lowest package because every other package raises from it; what a
package catches itself stands where it is raised. An
error's text says what was wrong, with which input, and what to do; its fields carry the
same facts for programs. What belongs elsewhere: HTTP status codes and exit codes, which
are chosen where an error leaves the system.
"""

from __future__ import annotations

from pathlib import Path


class ArchiveError(Exception):
    """Base of all errors that a user can be told about in one line."""


class ConfigError(ArchiveError):
    """A setting is missing, unknown or contradicts another."""


class MissingPackage(ConfigError):
    """A package is not installed that only an extra of Paper Archive brings.

    Fields: `package`, as it is installed, and `extra`. `what` needs it; `besides` is a package
    to install that no extra brings.
    """

    def __init__(self, what: str, package: str, extra: str, besides: str = "") -> None:
        self.package = package
        self.extra = extra
        install = f".venv/bin/pip install -c constraints.txt -e '.[{extra}]' {besides}".rstrip()
        super().__init__(
            f"{what} needs {package}, which is not installed; in the checkout: {install}"
        )


class InputError(ArchiveError):
    """Something the user gave cannot be used."""


class UnreadableFile(InputError):
    """A file that cannot be read as a digest page.

    Fields: `path`, `reason`.
    """

    def __init__(self, path: Path | str, reason: str) -> None:
        self.path = Path(path)
        self.reason = reason
        super().__init__(f"{path}: {reason}")


class UnknownPaper(InputError):
    """An id that the archive does not hold.

    Fields: `paper_id`, and `suggestions`, the nearest ids that it does hold.
    """

    def __init__(self, paper_id: str, suggestions: tuple[str, ...] = ()) -> None:
        self.paper_id = paper_id
        self.suggestions = suggestions
        hint = f" Did you mean {', '.join(suggestions)}?" if suggestions else ""
        super().__init__(f"The archive holds no paper {paper_id!r}.{hint}")


class UnknownName(InputError):
    """A saved search, topic or category that the archive does not have.

    Fields: `kind`, `name`, and `suggestions`, the nearest names that it does have.
    """

    def __init__(self, kind: str, name: str, suggestions: tuple[str, ...] = ()) -> None:
        self.kind = kind
        self.name = name
        self.suggestions = suggestions
        hint = f" Did you mean {', '.join(suggestions)}?" if suggestions else ""
        super().__init__(f"The archive has no {kind} {name!r}.{hint}")


class IdentityConflict(InputError):
    """A merge or split of papers that contradicts an earlier one.

    Field: `number`, the earlier decision's; 0 if it is not one of this archive.
    """

    def __init__(self, reason: str, number: int = 0) -> None:
        self.number = number
        by = f" by decision {number}; `archive identity undo {number}` takes it back"
        super().__init__(reason + (by if number else ""))


class BadQuery(InputError):
    """An empty or malformed query or filter."""


class ModelError(ArchiveError):
    """An embedding model cannot be used."""


class WeightsError(ModelError):
    """Weights are missing or are not the ones expected."""


class ModelMismatch(ModelError):
    """The index was made with another model than the one in use.

    Fields: `indexed` and `wanted`, both printable model identities.
    """

    def __init__(self, indexed: str, wanted: str) -> None:
        self.indexed = indexed
        self.wanted = wanted
        super().__init__(
            f"This archive was indexed with {indexed}, but {wanted} is in use; their vectors "
            "cannot be compared. Choose the first model again, or run `archive rebuild` to "
            "embed everything anew."
        )


class EndpointError(ModelError):
    """A remote embeddings endpoint failed or answered with something unusable."""


class LanguageModelError(ModelError):
    """A language model failed, or took too long."""


class StoreError(ArchiveError):
    """The vector store failed."""


class StoreBusy(StoreError):
    """Another process owns the store."""


class StoreUnavailable(StoreError):
    """A store server does not answer."""


class SourceError(ArchiveError):
    """A source of papers on the net does not answer, or refuses."""


class AbsentFile(SourceError):
    """A source has no file at the address that was asked for."""


class UnusableAnswer(SourceError):
    """What a source answered is cut short, malformed or contradicts itself."""


class IncompleteFetch(SourceError):
    """Some of what a source announced was not received; the ledger says what."""


class CatalogueError(ArchiveError):
    """The catalogue is damaged or was written by a newer version."""
