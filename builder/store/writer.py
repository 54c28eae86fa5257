"""Write docsets into the database, and only the rows that differ from what is there.

All or nothing is the file's own: it is written beside the one in use and published when it is whole.

Tables, indexes and full text are made through sqlite-utils; rows go in by `executemany` on its connection, which is ten
times faster than its own `insert_all` for a hundred thousand small rows.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from builder.errors import StoreError
from builder.store.schema import ENTRIES, INDEXES, SCHEMA_VERSION, SEARCHED, TABLES, index_table_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from sqlite_utils import Database

    from builder.models import Table

OpenDatabase: TypeAlias = "Database"
"""A database opened to write, for those who only pass it on."""

_TYPES = {str: "TEXT", int: "INTEGER", float: "REAL", bytes: "BLOB"}
_OF_DOCSET = {
    "docsets": "id = :docset",
    "pages": "docset_id = :docset",
    "index_entries": "docset_id = :docset",
    "files": "docset_id = :docset",
}
_OF_PAGE = "page_id IN (SELECT id FROM pages WHERE docset_id = :docset)"
_OF_SOME_PAGE = "page_id IN (SELECT value FROM json_each(:pages))"
_OF_SOME = {"pages": "id IN (SELECT value FROM json_each(:pages))"}
_PARENTS_FIRST = (
    "docsets", "pages", "sections", "symbols", "anchors", "version_notes", "links", "broken_links", "index_entries",
    "files",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a database holds of a docset.

    Attributes:
        fingerprint: That of the docset, "" where it is not there.
        tables: A hash of each table of its search index.
    """

    fingerprint: str = ""
    tables: Mapping[str, str] = field(default_factory=dict)


def open_database(file: Path) -> Database:
    """Open the database to write, and make its tables where they are missing.

    It is written beside the one in use and renamed when it is whole, so no journal is kept.

    Raises:
        StoreError: The file can't be written or is not a livedocs database of this version.
    """
    from sqlite_utils import Database  # noqa: PLC0415  # heavy, and not needed by an unchanged build

    try:
        database = Database(file)
        version = database.execute("PRAGMA user_version").fetchone()[0]
        if version not in {0, SCHEMA_VERSION}:
            raise StoreError(
                "it was written by another version of livedocs", where=file, todo="Delete it and build again."
            )
        for pragma in (
            "journal_mode = OFF",
            "synchronous = OFF",
            "temp_store = MEMORY",
            "cache_size = -65536",
            "foreign_keys = OFF",
        ):
            database.execute(f"PRAGMA {pragma}")
        if version == 0:
            _make_tables(database)
    except sqlite3.Error as error:
        raise _store_error(file, error) from error
    return database


def usable(file: Path) -> bool:
    """Tell whether a file is a database that a build can go on from: whole, and of this version."""
    if not file.is_file():
        return False
    try:
        connection = sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True)
        try:
            return bool(connection.execute("PRAGMA user_version").fetchone()[0] == SCHEMA_VERSION)
        finally:
            connection.close()
    except sqlite3.Error:
        return False


def held(file: Path, number: int) -> Held:
    """Return what a database that is `usable` holds of a docset."""
    select = (
        "SELECT d.fingerprint, m.value FROM docsets d"
        " LEFT JOIN search_meta m ON m.docset_id = d.id AND m.name = 'tables' WHERE d.id = ?"
    )
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True)) as connection:
            fingerprint, tables = connection.execute(select, [number]).fetchone() or ("", None)
    except sqlite3.Error:  # no index was ever written
        return Held()
    return Held(fingerprint=fingerprint, tables=json.loads(tables) if tables else {})


def write_rows(
    database: Database,
    number: int,
    rows: Mapping[str, Sequence[tuple[object, ...]]],
    *,
    pages: Sequence[int] | None = None,
) -> None:
    """Write one docset without its search index, and bring indexes and full text up to it.

    Args:
        database: As `open_database` returns it.
        number: The docset's id.
        rows: The rows of tables of the schema; other tables stay as they are. The docset's index hash is left to
            `write_index`.
        pages: The ids of the pages that the rows belong to, where they are not those of all pages.

    Raises:
        StoreError: The disk is full or the file can't be written.
    """
    try:
        with database.conn:
            database.conn.execute(  # another number's until now: the docsets were put in another order
                "DELETE FROM docsets WHERE (slug, version, language) = (?, ?, ?) AND id != ?",
                [*(rows["docsets"][0][place] for place in (1, 3, 4)), number],
            )
            limits = {"docset": number, "pages": json.dumps(pages)}
            conditions = {**_OF_DOCSET, **({} if pages is None else _OF_SOME)}
            other = _OF_PAGE if pages is None else _OF_SOME_PAGE
            changes = [
                _change(database.conn, name, conditions.get(name, other), limits, rows[name])
                for name in _PARENTS_FIRST
                if name in rows
            ]
            _replace(database.conn, changes)
        for name, columns in INDEXES:
            database.table(name).create_index(list(columns), if_not_exists=True)
        for name, searched in SEARCHED.items():
            table = database.table(name)
            if table.detect_fts() is None:
                table.enable_fts(list(searched), tokenize="porter unicode61", create_triggers=True)
    except sqlite3.Error as error:
        raise _store_error(_path(database), error) from error


def write_index(database: Database, number: int, tables: Iterable[Table], index_hash: str) -> None:
    """Write the search index of a docset; tables that are not given stay as they are.

    Raises:
        StoreError: The disk is full or the file can't be written.
    """
    try:
        with database.conn:
            for table in tables:
                _make_index_table(database, table)
                listed = [(number, *row) for row in table.rows]
                change = _change(database.conn, table.name, "docset_id = :docset", {"docset": number}, listed)
                _replace(database.conn, [change])
            database.conn.execute("UPDATE docsets SET index_hash = ? WHERE id = ?", [index_hash, number])
    except sqlite3.Error as error:
        raise _store_error(_path(database), error) from error


def remove_docsets(database: Database, keep: int) -> None:
    """Take out the docsets numbered above `keep`, with everything of theirs."""
    with database.conn:
        for (number,) in database.execute("SELECT id FROM docsets WHERE id > ?", [keep]).fetchall():
            for name in reversed(_PARENTS_FIRST):
                condition = _OF_DOCSET.get(name, _OF_PAGE)
                database.conn.execute(f"DELETE FROM {name} WHERE {condition}", {"docset": number})  # noqa: S608
            for name in index_table_names(database.conn):
                database.conn.execute(f"DELETE FROM [{name}] WHERE docset_id = ?", [number])  # noqa: S608


def finish_database(database: Database) -> None:
    """Let SQLite look at its statistics, and close.

    Raises:
        StoreError: The disk is full or the file can't be written.
    """
    try:
        database.execute("PRAGMA optimize")
        database.conn.commit()
        database.close()
    except sqlite3.Error as error:
        raise _store_error(_path(database), error) from error


def _make_tables(database: Database) -> None:
    for statement in (*TABLES, ENTRIES):
        database.execute(statement)
    database.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    database.conn.commit()


def _make_index_table(database: Database, table: Table) -> None:
    """Make a table of the search index; one that an earlier version of livedocs made otherwise goes."""
    there = database.table(table.name)
    if there.exists() and [column.name for column in there.columns] != ["docset_id", *table.columns]:
        database.execute(f"DROP TABLE {table.name}")
    if not there.exists():
        columns = ", ".join(f"{column} {_TYPES[kind]} NOT NULL" for column, kind in table.columns.items())
        key = ", ".join(("docset_id", *table.pk))
        database.execute(
            f"CREATE TABLE {table.name} (docset_id INTEGER NOT NULL REFERENCES docsets(id), {columns},"
            f" PRIMARY KEY ({key})) WITHOUT ROWID"
        )
    for columns_of_index in table.indexes:
        there.create_index(["docset_id", *columns_of_index], if_not_exists=True)


@dataclass(frozen=True, slots=True)
class _Change:
    """What makes the rows of a table those that are wanted: the keys of rows to delete, and rows to insert."""

    table: str
    gone: Sequence[tuple[object, ...]]
    fresh: Sequence[tuple[object, ...]]


def _replace(connection: sqlite3.Connection, changes: Sequence[_Change]) -> None:
    """Make changes in tables given parents first; everything is told before anything changes."""
    # Table and column names come from our own schema; values are bound.
    for change in reversed(changes):
        if change.gone:
            match = " AND ".join(f"{name} = ?" for name, _ in _key(connection, change.table))
            connection.executemany(f"DELETE FROM {change.table} WHERE {match}", change.gone)  # noqa: S608
    for change in changes:
        if change.fresh:
            marks = ", ".join("?" * len(change.fresh[0]))
            connection.executemany(f"INSERT INTO {change.table} VALUES ({marks})", change.fresh)  # noqa: S608


def _change(
    connection: sqlite3.Connection,
    table: str,
    condition: str,
    limits: Mapping[str, object],
    rows: Sequence[tuple[object, ...]],
) -> _Change:
    """Tell how the table's rows within the condition differ from `rows`."""
    old = set(connection.execute(f"SELECT * FROM {table} WHERE {condition}", limits))  # noqa: S608
    if not old:
        return _Change(table, (), rows)
    places = [place for _, place in _key(connection, table)]
    gone = [tuple(row[place] for place in places) for row in old.difference(rows)]
    fresh = [row for row in rows if row not in old]
    return _Change(table, sorted(gone, key=lambda key: [str(part) for part in key]), fresh)


def _key(connection: sqlite3.Connection, table: str) -> list[tuple[str, int]]:
    columns = connection.execute(f"PRAGMA table_info({table})").fetchall()
    return [(name, place) for place, name, _, _, _, key in columns if key]


def _path(database: Database) -> str:
    return str(
        next((row[2] for row in database.conn.execute("PRAGMA database_list") if row[1] == "main"), "")
    )


def _store_error(file: object, error: sqlite3.Error) -> StoreError:
    if "full" in str(error):
        return StoreError(
            "the disk is full",
            where=file,
            todo="Free some space and build again; the last good site is untouched.",
        )
    return StoreError(
        f"the database can't be written ({error})",
        where=file,
        todo="Check the folder's permissions and build again.",
    )
