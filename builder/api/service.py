"""The database of livedocs inside a Datasette instance: found by its tables, or named by a setting."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from builder.answers import StoredDocset, is_ours, read_docsets
from builder.api.descriptions import describe
from builder.api.engine import SqliteDatabase
from builder.api.memory import MemoryDatabase
from builder.api.replies import MAX_BYTES, ReplyCache

if TYPE_CHECKING:
    from collections.abc import Mapping

    from datasette.app import Datasette
    from datasette.database import Database

    from builder.api.engine import SearchDatabase
    from builder.api.gate import Gate
    from builder.api.shared import SharedReplies

_ATTRIBUTE = "_livedocs_service"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The plugin's settings, from `plugins: livedocs:` of Datasette's metadata.

    Attributes:
        allow_sql: Whether anyone may run their own SQL (within Datasette's time limit).
        site_url: Where the static site is published, for links; "" where site and API share one address.
        in_memory: Whether the database is copied into memory and served from there.
        cache_bytes: How much memory ready replies may take.
        shared_replies: A file in which several processes share them, "" where there is one process.
        database_url: A PostgreSQL database that answers instead of the file, "" for none.
        replicas: Its read replicas.
    """

    allow_sql: bool = False
    site_url: str = ""
    in_memory: bool = False
    cache_bytes: int = MAX_BYTES
    shared_replies: str = ""
    database_url: str = ""
    replicas: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """Our database's tables as Datasette shows them.

    Attributes:
        name: What Datasette calls our database, "" where it has no file of ours.
        alone: Whether it serves no other file.
        description: Datasette's metadata for it.
        blobs: Tables and columns that hold bytes: `("files", "content")`.
    """

    name: str = ""
    alone: bool = True
    description: Mapping[str, Any] = field(default_factory=dict)
    blobs: frozenset[tuple[str, str]] = frozenset()


class Service:
    """Our database as one Datasette instance serves it.

    Args:
        datasette: The instance.
        options: The plugin's settings.
        database: What answers searches.
        tables: Our database's tables as Datasette shows them.
    """

    def __init__(
        self, datasette: Datasette, options: Options, database: SearchDatabase, tables: Tables
    ) -> None:
        self.datasette = datasette
        self.options = options
        self.database = database
        self.tables = tables
        self.connections: list[sqlite3.Connection] = []
        self._shared = _open_shared(options.shared_replies) if options.shared_replies else None
        self.gate: Gate | None = None
        self.replies = ReplyCache(options.cache_bytes, self._shared)

    @cached_property
    def results_page(self) -> object:
        """The template of the page of results, in Datasette's own environment: escaped."""
        source = (files("builder.api") / "templates" / "search.html").read_text(encoding="utf-8")
        return self.datasette.jinja_env.from_string(source)

    async def close(self) -> None:
        """Close what the instance holds open: Datasette 0.65 leaves its connections to the garbage collector."""
        if self.datasette.executor:
            self.datasette.executor.shutdown()
        await self.database.close()
        for connection in self.connections:
            connection.close()
        if self._shared:
            self._shared.close()


def find_service(datasette: Datasette) -> Service | None:
    """Return the service of a Datasette instance, None where it serves no database of ours."""
    if not hasattr(datasette, _ATTRIBUTE):
        setattr(datasette, _ATTRIBUTE, None)  # while it is looked for, hooks that ask get none
        setattr(datasette, _ATTRIBUTE, _look_for_service(datasette))
    service: Service | None = getattr(datasette, _ATTRIBUTE)
    return service


def _look_for_service(datasette: Datasette) -> Service | None:
    options = _read_options(datasette)
    files = [database for database in datasette.databases.values() if database.path]
    for file in files:
        contents = _read_contents(file)
        if contents:
            docsets, names, blobs = contents
            alone = len(files) == 1
            description = describe(file.name, docsets, names, alone=alone)
            tables = Tables(name=file.name, alone=alone, description=description, blobs=blobs)
            engine = _remote_engine(options) or SqliteDatabase(_place(datasette, file, options), docsets)
            return Service(datasette, options, engine, tables)
    remote = _remote_engine(options)
    return Service(datasette, options, remote, Tables(alone=not files)) if remote else None


def _place(datasette: Datasette, file: Database, options: Options) -> Database:
    """Return Datasette's handle of our file, or of the copy in memory that takes its place."""
    if options.in_memory:
        datasette.databases[file.name] = MemoryDatabase.copy_of(file)
    return datasette.databases[file.name]


def _open_shared(file: str) -> SharedReplies:
    from builder.api.shared import SharedReplies  # noqa: PLC0415 - not for Windows, where nobody shares

    return SharedReplies(Path(file))


def _remote_engine(options: Options) -> SearchDatabase | None:
    if not options.database_url:
        return None
    from builder.postgres import open_database  # noqa: PLC0415 - an extra, which few need

    return open_database(options.database_url, options.replicas)


def _read_options(datasette: Datasette) -> Options:
    config = datasette.plugin_config("livedocs") or {}
    return Options(
        allow_sql=bool(config.get("allow_sql")),
        site_url=str(config.get("site_url") or "").rstrip("/"),
        in_memory=bool(config.get("in_memory")),
        cache_bytes=int(config.get("cache_bytes") or MAX_BYTES),
        shared_replies=str(config.get("shared_replies") or ""),
        database_url=str(config.get("database_url") or os.environ.get("LIVEDOCS_DATABASE_URL", "")),
        replicas=tuple(config.get("replicas") or os.environ.get("LIVEDOCS_DATABASE_REPLICAS", "").split()),
    )


def _read_contents(
    database: Database,
) -> tuple[tuple[StoredDocset, ...], tuple[str, ...], frozenset[tuple[str, str]]] | None:
    """Return the docsets, tables and columns of bytes of a database, None where it isn't one of ours."""
    try:
        connection = database.connect()
    except sqlite3.OperationalError:
        return None
    with contextlib.closing(connection):
        if not is_ours(connection):
            return None
        names = connection.execute(
            "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name"
        )
        blobs = connection.execute(
            "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c"
            " WHERE m.type = 'table' AND c.type = 'BLOB'"
        )
        return read_docsets(connection), tuple(row[0] for row in names), frozenset(map(tuple, blobs))
