"""The tables of a search index as queries read them from SQLite, with the standard library alone."""

from __future__ import annotations

import copy
import json
import struct
from typing import TYPE_CHECKING

from builder.search_index.cards import Card, row_of
from builder.search_index.tables import Named, Posted
from builder.search_index.weights import Rules

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Sequence
    from typing import Any, Self

_IN_KIND_AND_MODULE = """
SELECT e.id FROM {table} e
WHERE e.id IN (SELECT value FROM json_each(:entries))
AND (:kinds = '[]' OR e.kind IN (SELECT value FROM json_each(:kinds)))
AND (:module = '' OR e.name = :module OR substr(e.name, 1, length(:inside)) = :inside
     OR e.page_id IN (SELECT page_id FROM sections WHERE kind = 'module' AND name = :module))"""

_CARDS = """
SELECT s.id, p.path, s.anchor, s.kind, s.name, s.title, '', s.summary, s.trail, s.added, s.deprecated
FROM sections s JOIN pages p ON p.id = s.page_id WHERE {wanted}
UNION ALL
SELECT s.id, p.path, s.anchor, s.kind, s.name, s.name, s.signature, s.summary, s.trail, s.added, s.deprecated
FROM symbols s JOIN pages p ON p.id = s.page_id WHERE {wanted}
ORDER BY 1"""

_LONGER_WORDS = (
    ("SELECT term FROM postings", "AND term > ? AND term < ? ORDER BY term LIMIT ?"),
    ("SELECT form FROM word_forms", "AND form > ? AND form < ? ORDER BY form LIMIT ?"),
)

LAST = "\U0010ffff"
COMPLETIONS = 4


class SqliteTables:
    """The search index of one docset in a database.

    Args:
        connection: An open connection; it is only read from.
        docset: The docset's id.
    """

    def __init__(self, connection: sqlite3.Connection, docset: int) -> None:
        """Read the rules, once."""
        self._connection = connection
        self._docset = docset
        meta = {
            name: json.loads(value) for name, value in self._rows("SELECT name, value FROM search_meta", "")
        }
        self.rules = Rules.from_dict(meta["rules"])
        self.stop_words = frozenset(meta["stop_words"])
        self._first: int | None = None

    def over(self, connection: Any) -> Self:  # noqa: ANN401 - all that is asked is `execute`
        """Return the same tables asked over another connection; rules and stop words are not read again."""
        other = copy.copy(self)
        other._connection = connection  # noqa: SLF001
        return other

    def _rows(self, select: str, where: str, *values: object) -> list[tuple]:  # type: ignore[type-arg]
        return self._connection.execute(
            f"{select} WHERE docset_id = ? {where}", (self._docset, *values)
        ).fetchall()

    def names(self, key: str) -> Sequence[Named]:
        """See `SearchTables`."""
        rows = self._rows("SELECT entries FROM names", "AND key = ?", key)
        return unpack_named(rows[0][0]) if rows else ()

    def name_prefix(self, prefix: str) -> Sequence[Named] | None:
        """See `SearchTables`."""
        rows = self._rows("SELECT entries FROM name_prefixes", "AND prefix = ?", prefix)
        return unpack_named(rows[0][0]) if rows else None

    def names_from(self, prefix: str) -> Sequence[tuple[str, Sequence[Named]]]:
        """See `SearchTables`."""
        rows = self._rows("SELECT key, entries FROM names", "AND key > ? AND key < ?", prefix, prefix + LAST)
        return [(key, unpack_named(packed)) for key, packed in rows]

    def postings(self, word: str) -> Posted | None:
        """See `SearchTables`."""
        rows = self._rows("SELECT term, weight, entries, asking, asked FROM postings", "AND term = ?", word)
        if not rows:
            rows = self._rows(
                "SELECT term, weight, entries, asking, asked FROM postings",
                "AND term = (SELECT term FROM word_forms WHERE docset_id = ? AND form = ?)",
                self._docset,
                word,
            )
        if not rows:
            return None
        term, weight, impacts, asking, asked = rows[0]
        return Posted(
            term=term,
            weight=weight,
            impacts=unpack_impacts(impacts),
            asking=asking,
            asked=unpack_impacts(asked),
        )

    def completions(self, prefix: str) -> Sequence[str]:
        """See `SearchTables`."""
        rows = self._rows("SELECT words FROM completions", "AND prefix = ?", prefix)
        if rows:
            return [word for word in rows[0][0].split(" ") if word != prefix]
        found: list[str] = []
        limits = (prefix, prefix + LAST, COMPLETIONS)
        for select, where in _LONGER_WORDS:
            found += [row[0] for row in self._rows(select, where, *limits)]
        return sorted(found)[:COMPLETIONS]

    def spellings(self, side: str, beginning: str) -> Sequence[tuple[str, int]]:
        """See `SearchTables`."""
        where = "AND side = ? AND word >= ? AND word < ?"
        return self._rows("SELECT word, weight FROM spellings", where, side, beginning, beginning + LAST)

    def accepted(self, ordinals: Collection[int], kinds: Collection[str], module: str) -> Collection[int]:
        """See `SearchTables`."""
        first = self._first_entry()
        wanted = {
            "entries": json.dumps([first + ordinal for ordinal in ordinals]),
            "kinds": json.dumps(sorted(kinds)),
            "module": module,
            "inside": f"{module}.",
        }
        found: set[int] = set()
        for table in ("sections", "symbols"):
            rows = self._connection.execute(_IN_KIND_AND_MODULE.format(table=table), wanted)
            found.update(number - first for (number,) in rows)
        return [ordinal for ordinal in ordinals if ordinal in found]

    def _first_entry(self) -> int:
        """Return the id of the docset's first entry, which has ordinal 0."""
        if self._first is None:
            select = "SELECT min(s.id) FROM sections s JOIN pages p ON p.id = s.page_id WHERE p.docset_id = ?"
            self._first = int(self._connection.execute(select, (self._docset,)).fetchone()[0] or 0)
        return self._first

    def cards(self) -> list[Card]:
        """Return what is shown of each entry of the docset, in id order, for the export."""
        found = self._connection.execute(
            _CARDS.format(wanted="p.docset_id = :docset"), {"docset": self._docset}
        )
        return [Card(*row[1:]) for row in found]

    def shown(self, ordinals: Sequence[int]) -> Sequence[Card]:
        """See `SearchTables`."""
        if not ordinals:
            return ()
        first = self._first_entry()
        numbers = {f"n{place}": first + ordinal for place, ordinal in enumerate(ordinals)}
        wanted = f"s.id IN ({', '.join(f':{name}' for name in numbers)})"
        found = self._connection.execute(_CARDS.format(wanted=wanted), numbers)
        cards = {row[0]: row_of(Card(*row[1:])) for row in found}
        return [cards[first + ordinal] for ordinal in ordinals]

    def rows(self, table: str, columns: str) -> list[tuple]:  # type: ignore[type-arg]
        """Return the given columns of all rows of a table of the index, for the export."""
        return self._rows(f"SELECT {columns} FROM {table}", "")  # noqa: S608 - names come from our own code


def unpack_impacts(packed: bytes) -> list[tuple[int, int]]:
    """Return entries and impacts."""
    numbers = struct.unpack(f"<{len(packed) // 4}I", packed)
    return list(zip([number >> 8 for number in numbers], packed[::4], strict=True))


def unpack_named(packed: bytes) -> list[Named]:
    """Return the entries of a name."""
    numbers = struct.unpack(f"<{len(packed) // 4}I", packed)
    return list(zip([number >> 8 for number in numbers[::2]], packed[::8], numbers[1::2], strict=True))
