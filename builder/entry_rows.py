"""The rows that say what is shown of entries, read from either engine's database."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from builder.answers import Connection

_ROWS = """
SELECT s.id, p.path, s.anchor, s.kind, s.name, {title}, {signature}, s.summary, s.trail, s.added, s.deprecated, s.text
FROM {table} s JOIN pages p ON p.id = s.page_id WHERE s.id IN ({marks})"""
_OWN = {
    "sections": {"title": "s.title", "signature": "''"},
    "symbols": {"title": "s.name", "signature": "s.signature"},
}
"""What the view `entries` shows, and the text. Asked by the numbers alone: a join with a list of them reads all."""

EntryRow: TypeAlias = "tuple[str, ...]"
"""Path, anchor, kind, name, title, signature, summary, trail, added, deprecated, text."""
RowReader: TypeAlias = "Callable[[Connection, Sequence[int]], Mapping[int, EntryRow]]"


def read_entry_rows(connection: Connection, numbers: Sequence[int]) -> dict[int, EntryRow]:
    """Return what is shown of entries, by their numbers."""
    if not numbers:
        return {}
    marks = ", ".join(f":n{place}" for place in range(len(numbers)))
    sql = " UNION ALL ".join(_ROWS.format(table=table, marks=marks, **own) for table, own in _OWN.items())
    found = connection.execute(sql, {f"n{place}": number for place, number in enumerate(numbers)})
    return {row[0]: tuple(row)[1:] for row in found}
