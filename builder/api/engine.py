"""What the API needs of a database, and the engine that is embedded: SQLite.

A question is asked where the requests are read, without a thread: most take about a millisecond, nearly all of it in
Python, for which two threads would only take turns. Questions are asked in the order in which they come, one in each
turn of the event loop: between them connections are accepted and kept replies sent. One that takes long begins anew in
a thread of our own; in Datasette's it would wait for whatever strangers ask of the tables.
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

from builder.answers import Answer, Connection, KeptIndexes, SearchRequest, StoredDocset, answer, read_docsets
from builder.api.problems import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasette.database import Database

    from builder.answers import Rows

T = TypeVar("T")

TIME_LIMIT = 0.5
"""Seconds that one query may take."""

RETRY_AFTER = 2
"""Seconds after which a client may ask again what could not be answered."""

TOO_SLOW = "The search took too long. Try fewer or longer words."
OUT_OF_REACH = "The database can't be read at the moment."

QUICK = 0.02
"""Seconds of work that a question may hold up everything else; 99 of 100 searches take less than half of that. A busy
machine takes longer for the same work: to begin anew in a thread would make it busier."""

CACHE_KB = 500
"""Memory for pages of each connection. A search reads a few dozen, which the system keeps too: four times as much
makes none faster."""

_THREADS = 2
_CHECK_EVERY = 2_000


class _OutOfTimeError(Exception):
    """A question took longer than it may."""


class _Timed:
    """A connection that answers until a moment: between queries by this class, inside one by SQLite's progress handler.

    Args:
        connection: SQLite's.
        seconds: How long it answers.
        clock: By which clock.
    """

    def __init__(self, connection: sqlite3.Connection, seconds: float, clock: Callable[[], float]) -> None:
        self._connection = connection
        self._clock = clock
        self._deadline = clock() + seconds
        self._earliest = time.monotonic() + seconds

    def _is_over(self) -> bool:
        """Tell whether the time is over; no clock is ahead of the wall's, which is the quickest to ask."""
        return time.monotonic() > self._earliest and self._clock() > self._deadline

    def execute(self, sql: str, parameters: Any = (), /) -> Rows:  # noqa: ANN401
        """See `Connection`."""
        if self._is_over():
            raise _OutOfTimeError
        return self._connection.execute(sql, parameters)

    def ask(self, question: Callable[[Any], T]) -> T:
        """Answer a question.

        Raises:
            _OutOfTimeError: It takes too long.
        """
        self._connection.set_progress_handler(self._is_over, _CHECK_EVERY)
        try:
            return question(self)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
                raise _OutOfTimeError from error
            raise
        finally:
            self._connection.set_progress_handler(None, 0)


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
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="livedocs")
        self._turn = asyncio.Lock()
        self._own = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._indexes = KeptIndexes()

    def is_settled(self) -> bool:
        """See `SearchDatabase`; a file that may be written to is looked at each time."""
        return bool(self._stamp) and (not self.database.is_mutable or self._stamp == self._look())

    async def docsets(self) -> tuple[StoredDocset, ...]:
        """See `SearchDatabase`."""
        if not self.is_settled():
            stamp = self._look()
            if self.database.is_mutable:
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
        tables = self._indexes.over
        return await self.ask(lambda connection: answer(connection, docsets, request, tables=tables))

    async def ask(self, question: Callable[[Any], T]) -> T:
        """See `SearchDatabase`.

        A file that may be written to is asked in a thread at once, because who asks may wait for who writes.
        """
        try:
            if not self.database.is_mutable:
                with contextlib.suppress(_OutOfTimeError):
                    async with self._turn:
                        await asyncio.sleep(0)
                        return self._ask_here(question, QUICK, time.thread_time)
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(
                self._threads, self._ask_here, question, TIME_LIMIT, time.monotonic
            )
        except _OutOfTimeError as error:
            raise ApiError(503, TOO_SLOW, retry_after=RETRY_AFTER) from error
        except sqlite3.DatabaseError as error:
            raise ApiError(503, OUT_OF_REACH, retry_after=RETRY_AFTER) from error

    def _ask_here(self, question: Callable[[Any], T], seconds: float, clock: Callable[[], float]) -> T:
        """Ask on this thread's connection."""
        connection: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if not connection:
            connection = self._own.connection = self.database.connect()
            connection.execute(f"PRAGMA cache_size = -{CACHE_KB}")
            self._connections.append(connection)
        return _Timed(connection, seconds, clock).ask(question)

    async def close(self) -> None:
        """End the threads and close their connections."""
        self._threads.shutdown()
        for connection in self._connections:
            connection.close()
