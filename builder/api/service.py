"""The database of livedocs inside a Datasette instance: found by its tables, asked in Datasette's threads."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, TypeVar

from builder.answers import StoredDocset, is_ours, read_docsets
from builder.api.descriptions import describe
from builder.api.problems import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasette.app import Datasette
    from datasette.database import Database

T = TypeVar("T")

TIME_LIMIT = 0.5
"""Seconds that one query may take."""

_CHECK_EVERY = 2_000
_ATTRIBUTE = "_livedocs_service"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The plugin's settings, from `plugins: livedocs:` of Datasette's metadata.

    Attributes:
        allow_sql: Whether anyone may run their own SQL (within Datasette's time limit).
        site_url: Where the static site is published, for links; "" where site and API share one address.
    """

    allow_sql: bool = False
    site_url: str = ""


class Service:
    """Our database as one Datasette instance serves it.

    Args:
        datasette: The instance.
        database: Datasette's handle of our database.
        alone: Whether no other database file is served beside it.
        docsets: What is in it.
        tables: The names of all its tables and views.
    """

    def __init__(
        self,
        datasette: Datasette,
        database: Database,
        *,
        alone: bool,
        docsets: tuple[StoredDocset, ...],
        tables: tuple[str, ...],
    ) -> None:
        self.datasette = datasette
        self.database = database
        self.alone = alone
        self.description = describe(database.name, docsets, tables, alone=alone)
        self.connections: list[sqlite3.Connection] = []
        self._docsets = docsets

    @property
    def options(self) -> Options:
        """Return the plugin's settings."""
        config = self.datasette.plugin_config("livedocs") or {}
        return Options(
            allow_sql=bool(config.get("allow_sql")), site_url=str(config.get("site_url") or "").rstrip("/")
        )

    @cached_property
    def results_page(self) -> object:
        """The template of the page of results, in Datasette's own environment: escaped, in its frame."""
        source = (files("builder.api") / "templates" / "search.html").read_text(encoding="utf-8")
        return self.datasette.jinja_env.from_string(source)

    async def docsets(self) -> tuple[StoredDocset, ...]:
        """Return the docsets; a database that may change is asked each time."""
        return await self.run(read_docsets) if self.database.is_mutable else self._docsets

    async def run(self, ask: Callable[[sqlite3.Connection], T]) -> T:
        """Run a function on a connection in one of Datasette's threads, under the time limit.

        Raises:
            ApiError: It took too long, or the database can't be read.
        """

        def limited(connection: sqlite3.Connection) -> T:
            deadline = time.monotonic() + TIME_LIMIT
            connection.set_progress_handler(lambda: time.monotonic() > deadline, _CHECK_EVERY)
            try:
                return ask(connection)
            finally:
                connection.set_progress_handler(None, 0)

        try:
            result: T = await self.database.execute_fn(limited)
        except sqlite3.OperationalError as error:
            if "interrupted" in str(error):
                raise ApiError(
                    503, "The search took too long. Try fewer or longer words.", retry_after=2
                ) from error
            raise ApiError(503, "The database can't be read at the moment.", retry_after=2) from error
        return result

    def close(self) -> None:
        """Close what the instance holds open: Datasette 0.65 leaves its connections to the garbage collector."""
        if self.datasette.executor:
            self.datasette.executor.shutdown()
        for connection in self.connections:
            connection.close()


def find_service(datasette: Datasette) -> Service | None:
    """Return the service of a Datasette instance, None where it serves no database of ours."""
    if not hasattr(datasette, _ATTRIBUTE):
        setattr(datasette, _ATTRIBUTE, _look_for_service(datasette))
    service: Service | None = getattr(datasette, _ATTRIBUTE)
    return service


def _look_for_service(datasette: Datasette) -> Service | None:
    files = [database for database in datasette.databases.values() if database.path]
    for database in files:
        contents = _read_contents(database)
        if contents:
            docsets, tables = contents
            return Service(datasette, database, alone=len(files) == 1, docsets=docsets, tables=tables)
    return None


def _read_contents(database: Database) -> tuple[tuple[StoredDocset, ...], tuple[str, ...]] | None:
    """Return the docsets and tables of a database, None where it isn't one of ours."""
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
        return read_docsets(connection), tuple(row[0] for row in names)
