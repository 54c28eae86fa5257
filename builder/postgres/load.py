"""`livedocs load`: copy a built database into PostgreSQL, one transaction a docset."""

from __future__ import annotations

import asyncio
from contextlib import closing
from typing import TYPE_CHECKING, Any

from builder.answers import open_database as open_file
from builder.answers import read_docsets
from builder.errors import StoreError
from builder.postgres.structure import (
    SCHEMA,
    TRIGRAMS,
    CopiedTable,
    read_tables,
    set_up_statements,
    structure_hash,
)
from builder.store.schema import SCHEMA_VERSION

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

    from builder.answers import StoredDocset
    from builder.models import Progress
    from builder.postgres.addresses import Address

_LOCK = 0x11FED0C5
"""Keeps two loads apart; the number is ours alone."""

_STEP_ROWS = 20_000


def load_database(file: Path, address: Address, progress: Progress) -> tuple[str, ...]:
    """Copy a database of livedocs into PostgreSQL; readers see each docset before or after it, never in between.

    Args:
        file: The database that a build wrote.
        address: Where to.
        progress: Told how many rows are there.

    Returns:
        The docsets that were copied; those that were there as they are are left alone.

    Raises:
        StoreError: The file isn't one of ours, or PostgreSQL can't be reached or refuses.
    """
    with closing(open_file(file)) as source:
        source.row_factory = None
        return asyncio.run(_load(source, address, progress))


async def _load(source: sqlite3.Connection, address: Address, progress: Progress) -> tuple[str, ...]:
    import asyncpg  # type: ignore[import-untyped]  # noqa: PLC0415 - an extra, which few need

    try:
        connection = await asyncpg.connect(**address.arguments(), timeout=10)
        try:
            await connection.execute(f"SELECT pg_advisory_lock({_LOCK})")
            return await _copy_all(connection, source, progress)
        finally:
            await connection.close()
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
        raise StoreError(
            f"PostgreSQL says: {error or type(error).__name__}",
            where=address,
            todo="Check the address, the user's rights, and that the server runs.",
        ) from error


async def _copy_all(connection: Any, source: sqlite3.Connection, progress: Progress) -> tuple[str, ...]:  # noqa: ANN401
    tables = read_tables(source)
    await _set_up(connection, tables)
    docsets = read_docsets(source)
    there = {
        row["id"]: (row["fingerprint"], row["index_hash"])
        for row in await connection.fetch("SELECT id, fingerprint, index_hash FROM livedocs.docsets")
    }
    wanted = [one for one in docsets if there.get(one.id) != (one.fingerprint, one.index_hash)]
    counter = _Counter(progress, sum(_count(source, table, one.id) for one in wanted for table in tables))
    for docset in wanted:
        async with connection.transaction():
            await _remove(connection, tables, docset.id)
            for table in tables:
                await _copy(connection, source, table, docset, counter)
    for number in there.keys() - {one.id for one in docsets}:
        async with connection.transaction():
            await _remove(connection, tables, number)
    await connection.execute("; ".join(f'ANALYZE {SCHEMA}."{table.name}"' for table in tables))
    return tuple(f"{one.name} {one.version}" for one in wanted)


async def _set_up(connection: Any, tables: tuple[CopiedTable, ...]) -> None:  # noqa: ANN401
    """Make the tables, unless they are there as they should be."""
    import asyncpg  # noqa: PLC0415

    wanted = structure_hash(tables)
    try:
        found = await connection.fetchval("SELECT structure FROM livedocs.loaded")
    except (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError):
        found = ""
    if found == wanted:
        return
    async with connection.transaction():
        for statement in set_up_statements(tables):
            await connection.execute(statement)
        await connection.execute("INSERT INTO livedocs.loaded VALUES ($1, $2)", wanted, SCHEMA_VERSION)
    try:
        for statement in TRIGRAMS:
            await connection.execute(statement)
    except (asyncpg.InsufficientPrivilegeError, asyncpg.FeatureNotSupportedError, asyncpg.UndefinedFileError):
        return  # a server without the extension serves searches all the same


async def _remove(connection: Any, tables: tuple[CopiedTable, ...], docset: int) -> None:  # noqa: ANN401
    """Delete a docset's rows, those that find theirs by its pages before the pages."""
    await connection.execute(f"SET LOCAL search_path TO {SCHEMA}")
    for table in reversed(tables):
        if table.owned:
            await connection.execute(f'DELETE FROM "{table.name}" WHERE {_condition(table, docset)}')  # noqa: S608


async def _copy(
    connection: Any,  # noqa: ANN401
    source: sqlite3.Connection,
    table: CopiedTable,
    docset: StoredDocset,
    counter: _Counter,
) -> None:
    if not table.owned:
        await connection.execute(f'DELETE FROM {SCHEMA}."{table.name}"')  # noqa: S608 - our own names
    columns = [name for name, _ in table.columns]
    await connection.copy_records_to_table(
        table.name,
        schema_name=SCHEMA,
        columns=columns,
        records=counter.over(_rows(source, table, docset.id, columns)),
    )


def _condition(table: CopiedTable, docset: int) -> str:
    return table.owned.format(docset=docset) if table.owned else "1"


def _count(source: sqlite3.Connection, table: CopiedTable, docset: int) -> int:
    sql = f'SELECT count(*) FROM "{table.name}" WHERE {_condition(table, docset)}'  # noqa: S608 - our own names
    return int(source.execute(sql).fetchone()[0])


def _rows(
    source: sqlite3.Connection, table: CopiedTable, docset: int, columns: list[str]
) -> Iterator[tuple[Any, ...]]:
    named = ", ".join(f'"{column}"' for column in columns)
    sql = f'SELECT {named} FROM "{table.name}" WHERE {_condition(table, docset)}'  # noqa: S608 - our own names
    for row in source.execute(sql):
        yield tuple(value.replace("\0", "") if isinstance(value, str) else value for value in row)


class _Counter:
    """Counts rows as they go by, and tells."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress = progress
        self._total = total
        self._done = 0

    def over(self, rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
        for row in rows:
            yield row
            self._done += 1
            if self._done % _STEP_ROWS == 0 or self._done == self._total:
                self._progress("load", self._done, self._total)
