"""The tables of a search index before they are stored, for the export."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.models import Table
    from builder.search_index.shard_rows import Source


class MemoryTables:
    """Tables by name.

    Args:
        tables: As `index.build` returns them, all or some.
        others: Where the other ones are.
    """

    def __init__(self, tables: Sequence[Table], others: Source | None = None) -> None:
        self._tables = {table.name: table for table in tables}
        self._others = others

    def rows(self, table: str, columns: str) -> Sequence[tuple[Any, ...]]:
        """Return the given columns (by commas) of all rows of a table."""
        if self._others and table not in self._tables:
            return self._others.rows(table, columns)
        found = self._tables[table]
        names, wanted = list(found.columns), columns.split(", ")
        if names == wanted:
            return found.rows
        return list(map(itemgetter(*map(names.index, wanted)), found.rows))
