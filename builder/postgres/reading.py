"""A connection to PostgreSQL as the ranking asks it: one SQL for both engines, many look-ups in one journey."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from builder.search_index.sqlite_tables import SqliteTables

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from sqlalchemy import Connection

_PARAMETER = re.compile(r"\?|(?<!:):([a-z]\w*)")
_MOST_AT_ONCE = 48

_IN_KIND_AND_MODULE = """
SELECT e.id FROM {table} e JOIN pages p ON p.id = e.page_id
WHERE p.docset_id = :docset AND e.id = ANY(:entries)
AND (:any_kind OR e.kind = ANY(:kinds))
AND (:module = '' OR e.name = :module OR starts_with(e.name, :inside)
     OR e.page_id IN (SELECT page_id FROM sections WHERE kind = 'module' AND name = :module))"""

Lookup = tuple[str, tuple[Any, ...]]
"""A query with PostgreSQL's parameters, and their values."""


@lru_cache(maxsize=1024)
def translate(sql: str) -> tuple[str, tuple[str, ...]]:
    """Return a query with `$1` in the place of `?` or `:name`, and the names in the order of their numbers."""
    names: list[str] = []

    def number(match: re.Match[str]) -> str:
        name = match[1] or f"?{len(names)}"
        if name not in names:
            names.append(name)
        return f"${names.index(name) + 1}"

    return _PARAMETER.sub(number, sql), tuple(names)


class FoundRows:
    """Rows that are here already, in the form that a cursor has."""

    def __init__(self, rows: Sequence[Any]) -> None:
        self._rows = rows

    def fetchone(self) -> Any:  # noqa: ANN401
        """Return the first row, None where there is none."""
        return self._rows[0] if self._rows else None

    def fetchall(self) -> list[Any]:
        """Return all rows."""
        return list(self._rows)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)


class Noting:
    """A connection that finds nothing and notes what it is asked, so that it can be asked at once."""

    def __init__(self) -> None:
        self.noted: dict[Lookup, None] = {}

    def execute(self, sql: str, parameters: Any = (), /) -> FoundRows:  # noqa: ANN401
        """Note a query."""
        if len(self.noted) < _MOST_AT_ONCE:
            self.noted[_lookup(sql, parameters)] = None
        return FoundRows(())


class PostgresConnection:
    """An open connection, used inside SQLAlchemy's `run_sync`: what waits there, waits without a thread.

    Args:
        connection: SQLAlchemy's.
    """

    def __init__(self, connection: Connection) -> None:
        self._driver: Any = connection.connection.dbapi_connection
        self._known: dict[Lookup, Sequence[Any]] = {}

    def execute(self, sql: str, parameters: Any = (), /) -> FoundRows:  # noqa: ANN401
        """Run a query with parameters `:name` or `?`."""
        lookup = _lookup(sql, parameters)
        known = self._known.get(lookup) if self._known else None
        return FoundRows(self._fetch(*lookup) if known is None else known)

    def fetch_ahead(self, lookups: Collection[Lookup]) -> None:
        """Ask many things in one journey; their answers are then here."""
        wanted = list(lookups)
        pieces: list[str] = []
        values: list[Any] = []
        for place, (sql, given) in enumerate(wanted):
            pieces.append(_piece(place, sql, len(values)))
            values += given
        answers: list[list[Any]] = [[] for _ in wanted]
        if wanted:
            for place, row in self._fetch(" UNION ALL ".join(pieces), tuple(values)):
                answers[place].append(row)
        self._known.update(zip(wanted, answers, strict=True))

    def _fetch(self, sql: str, values: tuple[Any, ...]) -> Sequence[Any]:
        rows: Sequence[Any] = self._driver.run_async(lambda driver: driver.fetch(sql, *values))
        return rows


@lru_cache(maxsize=4096)
def _piece(place: int, sql: str, before: int) -> str:
    """Return a query as one piece of many: its place in front, its rows as one column, its parameters counted on."""
    renumbered = re.sub(r"\$(\d+)", lambda match: f"${int(match[1]) + before}", sql)
    return f"SELECT {place}, found FROM ({renumbered}) found"  # noqa: S608 - our own queries


def _lookup(sql: str, parameters: Mapping[str, Any] | Sequence[Any]) -> Lookup:
    translated, names = translate(sql)
    if isinstance(parameters, dict):
        return translated, tuple(parameters[name] for name in names)
    return translated, tuple(parameters)


class PostgresTables(SqliteTables):
    """The search index of one docset, asked as `SqliteTables` asks it but for what only SQLite understands."""

    def __init__(self, connection: PostgresConnection, docset: int) -> None:
        """Read what all questions need, once."""
        super().__init__(connection, docset)  # type: ignore[arg-type]  # it has `execute`, which is all that is asked
        self._first_entry()

    def completions(self, prefix: str) -> Sequence[str]:
        """See `SearchTables`; what they say is asked next, so it is fetched along."""
        words = super().completions(prefix)
        if isinstance(self._connection, PostgresConnection):
            noting = Noting()
            for word in words:
                self.over(noting).postings(word)
            self._connection.fetch_ahead(noting.noted)
        return words

    def accepted(self, ordinals: Collection[int], kinds: Collection[str], module: str) -> Collection[int]:
        """See `SearchTables`."""
        if not ordinals:
            return ()
        first = self._first_entry()
        wanted = {
            "docset": self._docset,
            "entries": tuple(first + ordinal for ordinal in ordinals),
            "any_kind": not kinds,
            "kinds": tuple(sorted(kinds)),
            "module": module,
            "inside": f"{module}.",
        }
        found: set[int] = set()
        for table in ("sections", "symbols"):
            rows = self._connection.execute(_IN_KIND_AND_MODULE.format(table=table), wanted)
            found.update(row[0] - first for row in rows)
        return [ordinal for ordinal in ordinals if ordinal in found]
