"""PostgreSQL as the database that answers: SQLAlchemy's pools, read replicas, and what happens when one is gone.

The ranking is the same as over SQLite, on the same tables; only the journeys differ.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import time
from typing import TYPE_CHECKING, Any, TypeVar

from builder.answers import StoredDocset, choose_docsets, rank, read_docsets, show
from builder.api.engine import OUT_OF_REACH, RETRY_AFTER, TIME_LIMIT, TOO_SLOW
from builder.api.problems import ApiError
from builder.errors import LivedocsError, StoreError
from builder.postgres.addresses import read_addresses
from builder.postgres.index import PostgresTables
from builder.postgres.journeys import Journeys, KeptOfSearches, OtherStateError
from builder.postgres.loading import load_async_engine
from builder.postgres.reading import PostgresConnection
from builder.postgres.structure import SCHEMA
from builder.store.schema import SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from builder.answers import Answer, Connection, SearchRequest
    from builder.postgres.addresses import Address

T = TypeVar("T")

POOL_SIZE = 8
"""Connections to each server. More questions than that wait, for two seconds at most."""

BUSY = "Too many ask at once."
NOT_LOADED = "The database holds no documentation of this version. Run `livedocs load`."

_SETTLED_SECONDS = 2.0
_REST_SECONDS = 1.0
_CONNECT_SECONDS = 2.0
_WAIT_SECONDS = 2.0
_WHOLE_SECONDS = 4 * TIME_LIMIT
"""What a question may take in all; TIME_LIMIT is for each of its journeys."""


def open_database(url: str, replicas: Sequence[str] = ()) -> PostgresDatabase:
    """Return the database at an address; nothing is opened before the first question.

    Raises:
        UsageError: An address is none.
        StoreError: The extra is not installed.
    """
    try:
        import asyncpg  # type: ignore[import-untyped]  # noqa: F401, PLC0415

        load_async_engine()
    except ImportError as error:
        todo = "Run: pip install 'livedocs[postgres]'"
        raise StoreError("PostgreSQL needs packages that are missing", todo=todo) from error
    return PostgresDatabase(*read_addresses([url, *replicas], os.environ))


class _Server:
    """One server: its pool, and until when it is left alone because it did not answer."""

    def __init__(self, address: Address) -> None:
        settings = {
            "search_path": SCHEMA,
            "default_transaction_read_only": "on",
            "plan_cache_mode": "force_generic_plan",  # to plan one of our few statements takes longer than to run it
            "jit": "off",
            "application_name": "livedocs",
        }
        self.resting_until = 0.0
        self.engine: AsyncEngine = load_async_engine().create_async_engine(
            "postgresql+asyncpg://",
            connect_args={
                **address.arguments(),
                "timeout": _CONNECT_SECONDS,
                "command_timeout": TIME_LIMIT,
                "server_settings": settings,
            },
            isolation_level="AUTOCOMMIT",  # transactions are opened where they are meant, without more journeys
            pool_size=POOL_SIZE,
            max_overflow=0,
            pool_timeout=_WAIT_SECONDS,
            pool_use_lifo=True,  # the process of the connection used last is still warm
            hide_parameters=True,
        )

    async def fetch(self, sql: str, values: tuple[Any, ...]) -> Sequence[Any]:
        """Run one query."""
        connection = await self.engine.raw_connection()
        driver: Any = connection.driver_connection
        try:
            rows: Sequence[Any] = await driver.fetch(sql, *values)
        except BaseException as error:
            connection.invalidate()  # whatever it was in the middle of
            if isinstance(error, TimeoutError):
                raise ApiError(503, TOO_SLOW, retry_after=RETRY_AFTER) from error
            raise
        connection.close()
        return rows


class PostgresDatabase:
    """Our tables in PostgreSQL.

    Args:
        primary: Where they were loaded.
        replicas: Servers that copy them; if there are any they answer, and the primary only when none does.
    """

    engine = "postgresql"

    def __init__(self, primary: Address, *replicas: Address) -> None:
        self._addresses = (primary, *replicas)
        self._servers: tuple[_Server, ...] = ()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._turn = itertools.count()
        self._docsets: tuple[StoredDocset, ...] = ()
        self._read_at = 0.0
        self._indexes: dict[int, tuple[str, PostgresTables]] = {}
        self._kept = KeptOfSearches()

    def is_settled(self) -> bool:
        """See `SearchDatabase`; a new load is seen within two seconds."""
        return time.monotonic() - self._read_at < _SETTLED_SECONDS

    async def docsets(self) -> tuple[StoredDocset, ...]:
        """See `SearchDatabase`; while no server can be reached, what was in it last, for which replies are kept."""
        if not self.is_settled():
            try:
                self._docsets = await self.ask(_read_state)
            except ApiError as error:
                if error.detail != OUT_OF_REACH or not self._docsets:
                    raise
            self._read_at = time.monotonic()
        return self._docsets

    async def search(self, docsets: tuple[StoredDocset, ...], request: SearchRequest) -> Answer:
        """See `SearchDatabase`. Where another state is loaded meanwhile, the answer is of that."""
        try:
            async with asyncio.timeout(_WHOLE_SECONDS):
                with contextlib.suppress(OtherStateError):
                    return await self._search(docsets, request)
                self._read_at = 0.0
                return await self._search(await self.ask(_read_state), request)
        except TimeoutError as error:
            raise ApiError(503, TOO_SLOW, retry_after=RETRY_AFTER) from error
        except OtherStateError as error:
            raise ApiError(503, OUT_OF_REACH, retry_after=RETRY_AFTER) from error

    async def _search(self, docsets: tuple[StoredDocset, ...], request: SearchRequest) -> Answer:
        chosen = choose_docsets(docsets, request.docset, request.version)
        journeys = Journeys(self._fetch, docsets, self._kept)
        tables = {one.id: journeys.over(await self._index(one)) for one in chosen}
        ranked = await journeys.ranked(tables, lambda: rank(docsets, request, lambda one: tables[one.id]))
        return await journeys.complete(lambda: show(journeys.here, ranked, journeys.entry_rows))

    async def _index(self, docset: StoredDocset) -> PostgresTables:
        """Return the index of a docset; what all questions need of it is read once."""
        index_hash, index = self._indexes.get(docset.id, ("", None))
        if index is None or index_hash != docset.index_hash:
            index = await self.ask(lambda connection: PostgresTables(connection, docset.id).over(None))
            self._indexes[docset.id] = docset.index_hash, index
        return index

    async def _fetch(self, sql: str, values: tuple[Any, ...]) -> Sequence[Any]:
        """Run one query on any server; all that it reads is of one moment."""
        return await self._somewhere(lambda server: server.fetch(sql, values))

    async def ask(self, question: Callable[[Any], T]) -> T:
        """See `SearchDatabase`. All that a question reads is of one moment."""
        return await self._somewhere(lambda server: _ask_one(server, question))

    async def _somewhere(self, act: Callable[[_Server], Awaitable[T]]) -> T:
        """Do something on the first server that can."""
        failed: BaseException | None = None
        for server in self._in_turn():
            for _ in range(2):  # a connection that was lost in the pool is no server that is gone
                try:
                    return await act(server)
                except ApiError:
                    raise
                except Exception as error:
                    problem = _problem_of(error)
                    if problem:
                        raise problem from error
                    failed = error
                    await server.engine.dispose()  # if one connection is lost, so are the others
            server.resting_until = time.monotonic() + _REST_SECONDS
        raise ApiError(503, OUT_OF_REACH, retry_after=RETRY_AFTER) from failed

    def _in_turn(self) -> list[_Server]:
        """Return the servers in the order in which they are asked: replicas by turns, then the rest."""
        loop = asyncio.get_running_loop()
        if (
            loop is not self._loop
        ):  # pools belong to a loop; Datasette starts in another one than it serves in
            self._servers = tuple(_Server(address) for address in self._addresses)
            self._loop = loop
        primary, *replicas = self._servers
        turn = next(self._turn) % len(replicas) if replicas else 0
        ordered = [*replicas[turn:], *replicas[:turn], primary]
        now = time.monotonic()
        awake = [server for server in ordered if server.resting_until <= now]
        return awake or ordered

    async def close(self) -> None:
        """Close the pools."""
        for server in self._servers:
            await server.engine.dispose()
        self._servers, self._loop = (), None


async def _ask_one(server: _Server, question: Callable[[Any], T]) -> T:
    async with server.engine.connect() as connection:
        try:
            async with asyncio.timeout(_WHOLE_SECONDS):
                return await _ask_at_once(connection, question)
        except LivedocsError:
            raise  # an answer, of its kind
        except BaseException as error:
            await connection.invalidate()  # whatever it was in the middle of
            if isinstance(error, TimeoutError):
                raise ApiError(503, TOO_SLOW, retry_after=RETRY_AFTER) from error
            raise


def _problem_of(error: Exception) -> ApiError | None:
    """Return what an error of a question is to those who ask; None where the server or a connection is gone.

    Raises:
        Exception: The error itself, where it is none of the database's.
    """
    import asyncpg  # noqa: PLC0415
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415
    from sqlalchemy.exc import TimeoutError as PoolTimeoutError  # noqa: PLC0415

    cause = getattr(error, "orig", None) or error
    cause = cause.__cause__ if isinstance(cause.__cause__, asyncpg.PostgresError) else cause
    if isinstance(cause, PoolTimeoutError):
        return ApiError(503, BUSY, retry_after=RETRY_AFTER)
    if isinstance(cause, asyncpg.QueryCanceledError):
        return ApiError(503, TOO_SLOW, retry_after=RETRY_AFTER)
    if isinstance(cause, asyncpg.UndefinedTableError | asyncpg.UndefinedColumnError):
        return ApiError(503, NOT_LOADED, retry_after=RETRY_AFTER)
    gone = (
        OSError,
        SQLAlchemyError,
        asyncpg.PostgresError,
        asyncpg.InterfaceError,
        asyncpg.InternalClientError,
    )
    if isinstance(cause, gone):
        return None
    raise error


async def _ask_at_once(connection: AsyncConnection, question: Callable[[Any], T]) -> T:
    """Run a question in a transaction that sees one moment of the database."""
    raw = await connection.get_raw_connection()
    driver: Any = raw.driver_connection
    async with driver.transaction(isolation="repeatable_read", readonly=True):
        return await connection.run_sync(lambda inner: question(PostgresConnection(inner)))


def _read_state(connection: Connection) -> tuple[StoredDocset, ...]:
    version = connection.execute(f"SELECT version FROM {SCHEMA}.loaded").fetchone()  # noqa: S608
    if not version or version[0] != SCHEMA_VERSION:
        raise ApiError(
            503, "The database is of another version. Run `livedocs load`.", retry_after=RETRY_AFTER
        )
    return read_docsets(connection)
