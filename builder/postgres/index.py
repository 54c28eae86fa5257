"""The search index in PostgreSQL: look-ups by the dozen in one journey, and kept for the questions that follow."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from builder.postgres.kept import Kept
from builder.search_index.sqlite_tables import COMPLETIONS, LAST, SqliteTables, unpack_impacts, unpack_named
from builder.search_index.tables import Posted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from builder.search_index.cards import Card
    from builder.search_index.tables import Named

MAX_BYTES = 1024 * 1024
"""Memory that kept rows may take in one process; 5 MB would hold about all of Python's docs, and save no time."""

_ROW_BYTES = 400
"""About what a row takes beside its bytes."""

_BEHIND = f"|| '{LAST}'"

STATE = "state"
"""The kind of the row that says of which state of the database the others are."""

LOOK_UP = f"""
SELECT '{STATE}' AS kind, string_agg(fingerprint, '' ORDER BY id) AS asked_for, '' AS term, 0::bigint AS weight,
       ''::bytea AS entries, 0::bigint AS asking, ''::bytea AS asked FROM docsets
UNION ALL
SELECT 'names', key, '', 0, entries, 0, '' FROM names WHERE docset_id = $1 AND key = ANY($2)
UNION ALL
SELECT 'name_prefix', prefix, '', 0, entries, 0, '' FROM name_prefixes WHERE docset_id = $1 AND prefix = ANY($3)
UNION ALL
SELECT 'names_from', b.beginning, n.key, 0, n.entries, 0, '' FROM unnest($4::text[]) b(beginning) CROSS JOIN LATERAL (
    SELECT * FROM names WHERE docset_id = $1 AND key > b.beginning AND key < b.beginning {_BEHIND} OFFSET 0
) n WHERE NOT EXISTS (SELECT FROM name_prefixes p WHERE p.docset_id = $1 AND p.prefix = b.beginning)
UNION ALL
SELECT 'postings', w.word, p.term, p.weight, p.entries, p.asking, p.asked FROM (
    SELECT word FROM unnest($5::text[]) w(word)
    UNION SELECT unnest(string_to_array(words, ' ')) FROM completions WHERE docset_id = $1 AND prefix = ANY($6)
) w CROSS JOIN LATERAL (
    SELECT * FROM postings d WHERE d.docset_id = $1 AND d.term = w.word
    UNION ALL
    SELECT d.* FROM word_forms f JOIN postings d ON d.docset_id = $1 AND d.term = f.term
    WHERE f.docset_id = $1 AND f.form = w.word
    LIMIT 1
) p
UNION ALL
SELECT 'completions', prefix, words, 0, '', 0, '' FROM completions WHERE docset_id = $1 AND prefix = ANY($6)
UNION ALL
SELECT 'longer', b.beginning, l.term, 0, '', 0, '' FROM unnest($7::text[]) b(beginning) CROSS JOIN LATERAL (
    (SELECT term FROM postings WHERE docset_id = $1 AND term > b.beginning AND term < b.beginning {_BEHIND}
     ORDER BY term LIMIT {COMPLETIONS})
    UNION ALL
    (SELECT form FROM word_forms WHERE docset_id = $1 AND form > b.beginning AND form < b.beginning {_BEHIND}
     ORDER BY form LIMIT {COMPLETIONS})
) l
UNION ALL
SELECT 'spellings', b.beginning, w.words, 0, w.weights, 0, '' FROM unnest($8::text[]) b(beginning) CROSS JOIN LATERAL (
    SELECT coalesce(string_agg(word, ' ' ORDER BY word), '') AS words,
           coalesce(string_agg(set_byte('\\x00', 0, weight::int), '' ORDER BY word), '') AS weights
    FROM spellings WHERE docset_id = $1 AND side = left(b.beginning, 1)
    AND word >= substr(b.beginning, 2) AND word < substr(b.beginning, 2) {_BEHIND}
) w"""  # noqa: S608 - from our own constants
"""One statement for all look-ups, prepared and planned once. Spellings come joined, hundreds of them."""

_KINDS = ("names", "name_prefix", "names_from", "postings", "completions", "longer", "spellings")
"""Kinds of look-ups in the order of the statement's parameters."""

_IN_KIND_AND_MODULE = """
SELECT e.id FROM {table} e JOIN pages p ON p.id = e.page_id
WHERE p.docset_id = :docset AND e.id = ANY(:entries)
AND (:any_kind OR e.kind = ANY(:kinds))
AND (:module = '' OR e.name = :module OR starts_with(e.name, :inside)
     OR e.page_id IN (SELECT page_id FROM sections WHERE kind = 'module' AND name = :module))"""

Key = tuple[int, str, str]
"""A look-up: the docset, what kind of row, by which key."""

Row = tuple[str, int, bytes, int, bytes]
"""Term or words, weight, entries, asking, asked; what a kind does not have is empty."""


def kept_rows(max_bytes: int = MAX_BYTES) -> Kept[Key, tuple[Row, ...]]:
    """Return room for rows of search indexes."""
    return Kept(max_bytes, _weight)


def _weight(rows: tuple[Row, ...]) -> int:
    return _ROW_BYTES + sum(
        _ROW_BYTES + len(term) + len(entries) + len(asked) for term, _, entries, _, asked in rows
    )


class PostgresTables(SqliteTables):
    """The search index of one docset as one question sees it: what isn't here yet is noted, to be fetched at once.

    Args:
        connection: Reads what all questions need, once.
        docset: The docset's id.

    Attributes:
        missing: What was looked up and isn't here.
        sketch: Whether entries are left out where they decide nothing about further look-ups: to see in a tenth of
            the time what a question looks up.
    """

    def __init__(self, connection: Any, docset: int) -> None:  # noqa: ANN401
        super().__init__(connection, docset)
        self._first_entry()
        self._here: dict[Key, tuple[Row, ...]] = {}
        self._kept = kept_rows(0)
        self.missing: dict[Key, None] = {}
        self.sketch = False

    def begin(self, kept: Kept[Key, tuple[Row, ...]]) -> None:
        """Begin a question; `kept` may know the answers to its look-ups."""
        self._kept = kept
        self._here = {}
        self.missing = {}
        self.sketch = True

    def needed(self) -> tuple[Any, ...]:
        """Return what `LOOK_UP` needs to fetch what is missing.

        Spellings are looked up only once it is known which words are unknown.
        """
        if any(kind == "postings" for _, kind, _ in self.missing):
            self.missing = {key: None for key in self.missing if key[1] != "spellings"}
        return self._docset, *([key for _, other, key in self.missing if other == kind] for kind in _KINDS)

    def take(self, rows: Iterable[Sequence[Any]], state: str) -> None:
        """Take in what was found of what was missing, in a state of the database."""
        found: dict[Key, list[Row]] = defaultdict(list, {key: [] for key in self.missing})
        for kind, asked_for, term, weight, entries, asking, asked in rows:
            found[self._docset, kind, asked_for].append((term, weight, entries, asking, asked))
        for key, those in found.items():
            self._here[key] = tuple(those)
            self._kept.keep(key, self._here[key], state)
        self.missing = {}

    def _look(self, kind: str, by: str) -> tuple[Row, ...]:
        key = (self._docset, kind, by)
        rows = self._here.get(key)
        if rows is None:
            rows = self._kept.find(key)
            if rows is None:
                self.missing[key] = None
                return ()
            self._here[key] = rows
        return rows

    def names(self, key: str) -> Sequence[Named]:
        """See `SearchTables`."""
        rows = self._look("names", key)
        return unpack_named(rows[0][2]) if rows else ()

    def name_prefix(self, prefix: str) -> Sequence[Named] | None:
        """See `SearchTables`."""
        rows = self._look("name_prefix", prefix)
        return unpack_named(rows[0][2]) if rows else None

    def names_from(self, prefix: str) -> Sequence[tuple[str, Sequence[Named]]]:
        """See `SearchTables`."""
        return [(row[0], unpack_named(row[2])) for row in self._look("names_from", prefix)]

    def postings(self, word: str) -> Posted | None:
        """See `SearchTables`."""
        rows = self._look("postings", word)
        if not rows:
            return None
        term, weight, entries, asking, asked = rows[0]
        if self.sketch:
            return Posted(term=term, weight=weight, impacts=(), asking=asking, asked=())
        impacts, asked_for = unpack_impacts(entries), unpack_impacts(asked)
        return Posted(term=term, weight=weight, impacts=impacts, asking=asking, asked=asked_for)

    def completions(self, prefix: str) -> Sequence[str]:
        """See `SearchTables`."""
        rows = self._look("completions", prefix)
        if rows:
            return [word for word in rows[0][0].split(" ") if word != prefix]
        return sorted(row[0] for row in self._look("longer", prefix))[:COMPLETIONS]

    def spellings(self, side: str, beginning: str) -> Sequence[tuple[str, int]]:
        """See `SearchTables`."""
        rows = self._look("spellings", side + beginning)
        return list(zip(rows[0][0].split(), rows[0][2], strict=True)) if rows else []

    def accepted(self, ordinals: Collection[int], kinds: Collection[str], module: str) -> Collection[int]:
        """See `SearchTables`."""
        if self.sketch or not ordinals:
            return ordinals
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

    def shown(self, ordinals: Sequence[int]) -> Sequence[Card]:
        """See `SearchTables`; a sketch ends here.

        Raises:
            LookupError: This is a sketch.
        """
        if self.sketch:
            raise LookupError
        return super().shown(ordinals)
