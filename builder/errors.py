"""The errors a user can meet, each with what is wrong, where, and what to do.

    LivedocsError                exit code 1
    ├── UsageError               exit code 2: the command line or livedocs.toml asks for something impossible
    ├── SourceError              the documentation to build from
    │   ├── FetchError           it could not be brought here
    │   │   ├── UnreachableError its server does not answer, or refuses
    │   │   └── NotFoundError    its server answers, but has no such thing
    │   ├── ArchiveError         the archive is damaged or hostile
    │   └── InventoryError       objects.inv can't be read
    ├── ParseError               a page is not what Sphinx writes
    ├── StoreError               the database can't be written or read
    ├── PublishError             the output folder can't be written or swapped
    ├── ServeError               the server can't start
    └── QueryError               a search that can't be answered as asked
        └── UnknownNameError     it names a docset, version or symbol that isn't there

A user's mistake ends as one line on stderr, never as a traceback; anything outside this tree is a bug and shows one.
"""


class LivedocsError(Exception):
    """Something a user can mend.

    Args:
        what: What is wrong, in one clause.
        where: The file, folder, URL, option or page it is about.
        todo: What to do about it, as an imperative sentence.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: object = "", todo: str = "") -> None:
        """Keep the three parts apart, so that callers such as the API can show them as they like."""
        self.what = what.strip().rstrip(".")
        self.where = str(where)
        self.todo = todo.strip()
        super().__init__(what)

    def __str__(self) -> str:
        """Return the one line that a user reads: `where: what. todo`."""
        front = f"{self.where}: " if self.where else ""
        rest = f" {self.todo}" if self.todo else ""
        return f"{front}{self.what}.{rest}".replace("\n", " ")


class UsageError(LivedocsError):
    """The command line or `livedocs.toml` asks for something impossible."""

    exit_code = 2


class SourceError(LivedocsError):
    """The documentation to build from is missing or is not Sphinx output."""


class FetchError(SourceError):
    """The documentation could not be brought here."""


class UnreachableError(FetchError):
    """The server with the documentation does not answer, or refuses; another source may still serve."""


class NotFoundError(FetchError):
    """The server answers, but has no such documentation."""


class ArchiveError(SourceError):
    """An archive is damaged, or tries to write where it must not."""


class InventoryError(SourceError):
    """An `objects.inv` can't be read."""


class ParseError(LivedocsError):
    """A page is not what Sphinx writes."""


class StoreError(LivedocsError):
    """The database can't be written or read."""


class PublishError(LivedocsError):
    """The output folder can't be written or swapped."""


class ServeError(LivedocsError):
    """The server can't start."""


class QueryError(LivedocsError):
    """A search can't be answered as asked."""


class UnknownNameError(QueryError):
    """A search names a docset, version or symbol that isn't there."""
