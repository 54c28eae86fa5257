"""What the API needs of a database, and the engine that is embedded: SQLite, asked in threads of our own.

In Datasette's threads a search would wait for whatever strangers ask of the tables.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from builder.answers import Answer, Connection, SearchRequest, StoredDocset, answer, read_docsets
from builder.api.problems import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasette.database import Database

T = TypeVar("T")

TIME_LIMIT = 0.5
"""Seconds that one query may take."""

RETRY_AFTER = 2
"""Seconds after which a client may ask again what could not be answered."""

TOO_SLOW = "The search took too long. Try fewer or longer words."
OUT_OF_REACH = "The database can't be read at the moment."

THREADS = 2
"""As many as help: SQLite works without the interpreter's lock, the ranking with it."""

_CHECK_EVERY = 2_000


class SearchDatabase(Protocol):
    """A database of livedocs, whichever engine keeps it. Its answers are the same by construction.

    Each method raises an `ApiError` with status 503 where the database can't answer now or not in time.
    """

    engine: str
    """`sqlite` or `postgresql`."""

    def is_settled(self) -> bool:
        """Tell, at once, whether it holds what it held when its docsets were read last."""

    async def docsets(self) -> tuple[StoredDocset, ...]:
        """Return what is in it now."""

    async def search(self, docsets: tuple[StoredDocset, ...], request: SearchRequest) -> Answer:
        """Return one page of results."""

    async def ask(self, question: Callable[[Connection], T]) -> T:
        """Run a function on a connection, under the time limit."""

    async def close(self) -> None:
        """Let go of what it holds open."""


class SqliteDatabase:
    """A file, or a copy of it in memory, inside a Datasette instance.

    Args:
        database: Datasette's handle of it.
        docsets: What is in it.
    """

    engine = "sqlite"

    def __init__(self, database: Database, docsets: tuple[StoredDocset, ...]) -> None:
        self.database = database
        self._docsets = docsets
        self._stamp: tuple[int, ...] = ()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="livedocs")
        self._own = threading.local()
        self._connections: list[sqlite3.Connection] = []

    def is_settled(self) -> bool:
        """See `SearchDatabase`; a file that may be written to is looked at each time."""
        return bool(self._stamp) and (not self.database.is_mutable or self._stamp == self._look())

    async def docsets(self) -> tuple[StoredDocset, ...]:
        """See `SearchDatabase`."""
        stamp = self._look()
        if self.database.is_mutable and stamp != self._stamp:
            self._docsets = await self.ask(read_docsets)
        self._stamp = stamp
        return self._docsets

    def _look(self) -> tuple[int, ...]:
        """Return what changes with the file and with its log of writes that are not in it yet."""
        found = [0]
        for name in (self.database.path, f"{self.database.path}-wal"):
            with contextlib.suppress(OSError):
                status = os.stat(name)  # noqa: PTH116 - asked at each request
                found += [status.st_ino, status.st_mtime_ns, status.st_size]
        return tuple(found)

    async def search(self, docsets: tuple[StoredDocset, ...], request: SearchRequest) -> Answer:
        """See `SearchDatabase`."""
        return await self.ask(lambda connection: answer(connection, docsets, request))

    async def ask(self, question: Callable[[Any], T]) -> T:
        """See `SearchDatabase`."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, self._ask_here, question)
        except sqlite3.DatabaseError as error:
            detail = TOO_SLOW if "interrupted" in str(error) else OUT_OF_REACH
            raise ApiError(503, detail, retry_after=RETRY_AFTER) from error

    def _ask_here(self, question: Callable[[Any], T]) -> T:
        """Ask on this thread's connection, under the time limit."""
        connection: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if not connection:
            connection = self._own.connection = self.database.connect()
            self._connections.append(connection)
        deadline = time.monotonic() + TIME_LIMIT
        connection.set_progress_handler(lambda: time.monotonic() > deadline, _CHECK_EVERY)
        try:
            return question(connection)
        finally:
            connection.set_progress_handler(None, 0)

    async def close(self) -> None:
        """End the threads and close their connections."""
        self._threads.shutdown()
        for connection in self._connections:
            connection.close()
