"""The tables of a search index before they are stored, for the export."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.models import Table


class MemoryTables:
    """Tables by name.

    Args:
        tables: As `index.build` returns them.
    """

    def __init__(self, tables: Sequence[Table]) -> None:
        self._tables = {table.name: table for table in tables}

    def rows(self, table: str, columns: str) -> Sequence[tuple[Any, ...]]:
        """Return the given columns (by commas) of all rows of a table."""
        found = self._tables[table]
        names, wanted = list(found.columns), columns.split(", ")
        if names == wanted:
            return found.rows
        return list(map(itemgetter(*map(names.index, wanted)), found.rows))
