"""Connections to PostgreSQL with one SQL for both engines: one that waits, one that says what it needs."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection

_PARAMETER = re.compile(r"\?|(?<!:):([a-z]\w*)")

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


class NeededError(Exception):
    """A question needs something that has to be fetched first.

    Args:
        lookup: What it is.
    """

    def __init__(self, lookup: Lookup) -> None:
        super().__init__(lookup[0])
        self.lookup = lookup


class FetchedRows:
    """A connection that answers from what has been fetched, and says what it needs."""

    def __init__(self) -> None:
        self.here: dict[Lookup, Sequence[Any]] = {}

    def execute(self, sql: str, parameters: Any = (), /) -> FoundRows:  # noqa: ANN401
        """Answer a query.

        Raises:
            NeededError: Its rows are not here.
        """
        lookup = _lookup(sql, parameters)
        if lookup not in self.here:
            raise NeededError(lookup)
        return FoundRows(self.here[lookup])


class PostgresConnection:
    """An open connection, used inside SQLAlchemy's `run_sync`: what waits there, waits without a thread.

    Args:
        connection: SQLAlchemy's.
    """

    def __init__(self, connection: Connection) -> None:
        self._driver: Any = connection.connection.dbapi_connection

    def execute(self, sql: str, parameters: Any = (), /) -> FoundRows:  # noqa: ANN401
        """Run a query with parameters `:name` or `?`."""
        translated, values = _lookup(sql, parameters)
        rows: Sequence[Any] = self._driver.run_async(lambda driver: driver.fetch(translated, *values))
        return FoundRows(rows)


@lru_cache(maxsize=256)
def with_state(sql: str) -> str:
    """Return a query whose every row, of which there is one at least, says of which state of the database it is."""
    state = "SELECT string_agg(fingerprint, '' ORDER BY id) AS state FROM docsets"
    return f"SELECT s.state, found FROM ({state}) s LEFT JOIN ({sql}) found ON true"  # noqa: S608 - our own queries


def _lookup(sql: str, parameters: Mapping[str, Any] | Sequence[Any]) -> Lookup:
    translated, names = translate(sql)
    if isinstance(parameters, dict):
        return translated, tuple(parameters[name] for name in names)
    return translated, tuple(parameters)
