"""The tables in PostgreSQL, made from those of the SQLite file: one schema of the database stands in one place."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.store.schema import ENTRIES, SCHEMA_VERSION

if TYPE_CHECKING:
    import sqlite3

SCHEMA = "livedocs"
"""PostgreSQL's schema that holds all of it."""

_TYPES = {
    "INTEGER": "bigint",
    "TEXT": 'text COLLATE "C"',
    "BLOB": "bytea",
    "REAL": "double precision",
    "FLOAT": "double precision",
}
"""SQLite's types to PostgreSQL's. Texts are compared byte by byte, as SQLite does."""

_OWN_DOCSET = {
    "docset_id": "docset_id = {docset}",
    "page_id": "page_id IN (SELECT id FROM pages WHERE docset_id = {docset})",
}
"""How a table's rows belong to a docset, by the column that says it."""

FULL_TEXT = {
    "sections": "setweight(to_tsvector('english', livedocs.spoken(title)), 'A') ||"
    " setweight(to_tsvector('english', livedocs.spoken(text)), 'C')",
    "symbols": "setweight(to_tsvector('simple', livedocs.spoken(name)), 'A') ||"
    " setweight(to_tsvector('english', livedocs.spoken(signature)), 'B') ||"
    " setweight(to_tsvector('english', livedocs.spoken(text)), 'C')",
}
"""What full-text search looks through."""

FUNCTIONS = """
CREATE FUNCTION livedocs.spoken(written text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$ SELECT regexp_replace(written, '[^[:alnum:]]+', ' ', 'g') $$;
COMMENT ON FUNCTION livedocs.spoken IS
    'Names cut into their words: PostgreSQL''s parser takes os.path.join for the name of a host';
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiedTable:
    """A table of the file.

    Attributes:
        name: Its name, the same on both sides.
        columns: Names and PostgreSQL's types.
        key: The columns of its primary key.
        indexes: The columns of each further index, and whether it is unique.
        owned: The condition for the rows of a docset with `{docset}` for its id, "" if they belong to none.
    """

    name: str
    columns: tuple[tuple[str, str], ...]
    key: tuple[str, ...]
    indexes: tuple[tuple[tuple[str, ...], bool], ...]
    owned: str

    def statements(self) -> list[str]:
        """Return what makes the table, empty."""
        lines = [
            f'"{name}" {kind} NOT NULL' if name in self.key else f'"{name}" {kind}'
            for name, kind in self.columns
        ]
        if self.key:
            lines.append(f"PRIMARY KEY ({_quoted(self.key)})")
        made = [f'CREATE TABLE {SCHEMA}."{self.name}" ({", ".join(lines)})']
        for columns, unique in self.indexes:
            made.append(f'CREATE {"UNIQUE " * unique}INDEX ON {SCHEMA}."{self.name}" ({_quoted(columns)})')
        return made


def _quoted(columns: tuple[str, ...]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def read_tables(connection: sqlite3.Connection) -> tuple[CopiedTable, ...]:
    """Return the tables of a file, but for those of SQLite's own full-text search."""
    names = [
        name
        for (name,) in connection.execute(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'"
            " ORDER BY name = 'docsets' DESC, name = 'pages' DESC, name"
        )
    ]
    return tuple(_read_table(connection, name) for name in names)


def _read_table(connection: sqlite3.Connection, name: str) -> CopiedTable:
    columns = connection.execute(
        "SELECT name, type, pk FROM pragma_table_info(?) ORDER BY cid", [name]
    ).fetchall()
    listed = connection.execute(
        "SELECT name, \"unique\" FROM pragma_index_list(?) WHERE origin != 'pk' ORDER BY name", [name]
    ).fetchall()
    keyed = sorted((place, column) for column, _, place in columns if place)
    own = next(
        (condition for column, condition in _OWN_DOCSET.items() if column in {one[0] for one in columns}), ""
    )
    return CopiedTable(
        name=name,
        columns=tuple((column, _TYPES[kind.upper()]) for column, kind, _ in columns),
        key=tuple(column for _, column in keyed),
        indexes=tuple((_index_columns(connection, index), bool(unique)) for index, unique in listed),
        owned="id = {docset}" if name == "docsets" else own,
    )


def _index_columns(connection: sqlite3.Connection, index: str) -> tuple[str, ...]:
    rows = connection.execute("SELECT name FROM pragma_index_info(?) ORDER BY seqno", [index])
    return tuple(column for (column,) in rows)


def structure_hash(tables: tuple[CopiedTable, ...]) -> str:
    """Return a hash of everything that is made before rows come in; another one is made anew."""
    said = repr((SCHEMA_VERSION, FUNCTIONS, FULL_TEXT, ENTRIES, [table.statements() for table in tables]))
    return hashlib.sha256(said.encode()).hexdigest()


def set_up_statements(tables: tuple[CopiedTable, ...]) -> list[str]:
    """Return what makes everything anew, empty."""
    made = [
        f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE",
        f"CREATE SCHEMA {SCHEMA}",
        f"SET LOCAL search_path TO {SCHEMA}",
    ]
    for table in tables:
        made += table.statements()
    made += [
        ENTRIES,
        FUNCTIONS,
        f"CREATE TABLE {SCHEMA}.loaded (structure text NOT NULL, version bigint NOT NULL)",
    ]
    for name, expression in FULL_TEXT.items():
        made.append(f"CREATE INDEX {name}_full_text ON {SCHEMA}.{name} USING gin (({expression}))")
    return made


TRIGRAMS = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    f"CREATE INDEX IF NOT EXISTS symbols_trigrams ON {SCHEMA}.symbols USING gin (name gin_trgm_ops)",
    f"CREATE INDEX IF NOT EXISTS sections_trigrams ON {SCHEMA}.sections USING gin (title gin_trgm_ops)",
)
"""For names half known: `WHERE name % 'os.pth.join'`, `ILIKE '%join%'`."""
