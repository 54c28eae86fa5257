"""Datasette over an output folder's database, opened anew when a build puts another file in its place."""

from __future__ import annotations

import asyncio
import os
import secrets
import sqlite3
from dataclasses import asdict
from functools import lru_cache, partial
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote

from datasette.app import Datasette

from builder.answers import open_database
from builder.api.engine import CACHE_KB
from builder.api.options import BASE_URL
from builder.api.service import find_service
from builder.errors import StoreError
from builder.headers import API_PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from builder.answers import Connection
    from builder.api.asgi import App, Message, Receive, Scope, Send
    from builder.api.options import MountOptions

_IN_PATHS = "%/~!$&'()*+,;=:@"
"""What may stand in a path as it is (RFC 3986, 3.3); Datasette can't read bytes beyond ASCII."""
_quoted = lru_cache(maxsize=32)(partial(quote, safe=_IN_PATHS))

T = TypeVar("T")
Stamp = tuple[int, int, int]

_NO_GUESSING = (b"x-content-type-options", b"nosniff")

_SETTINGS = {
    "base_url": BASE_URL,
    "allow_download": False,
    "allow_csv_stream": False,
    "suggest_facets": False,
    "default_page_size": 20,
    "max_returned_rows": 100,
    "sql_time_limit_ms": 500,
    "num_sql_threads": 2,
    "cache_size_kb": CACHE_KB,
    "default_cache_ttl": 60,
}


class Generation:
    """One state of the database file, with everything that holds it open.

    Args:
        database: The file.
        stamp: What the file system says of it.
        options: How it is served.
        secret: Signs Datasette's cookies; the same for all generations.

    Raises:
        StoreError: The file isn't there or isn't ours, and no other database answers in its place.
    """

    def __init__(self, database: Path, stamp: Stamp, options: MountOptions, *, secret: str) -> None:
        self.stamp = stamp
        self.users = 0
        self.started = False
        if not options.database_url or database.exists():
            open_database(database).close()
        self.datasette = Datasette(
            [],
            immutables=[str(database)] if database.exists() else [],
            cors=True,
            metadata={"plugins": {"livedocs": asdict(options)}},
            settings={**_SETTINGS, "default_allow_sql": options.allow_sql},
            secret=secret,
        )
        self.app: App = self.datasette.app()
        service = find_service(self.datasette)
        if not service or not service.gate:
            raise StoreError(
                "Datasette does not know the plugin", where=database, todo="Install livedocs again."
            )
        self.service = service
        self.gate = service.gate

    async def start(self) -> None:
        """Let the plugins set themselves up, before the first request and not beside it."""
        await self.datasette.invoke_startup()
        self.started = True

    async def close(self) -> None:
        """Let go of the file."""
        await self.datasette.databases["_internal"].execute_write_fn(_end_thread, block=False)
        await self.service.close()


class DatabaseMount:
    """The API over whatever database file is in place now.

    Args:
        database: The file.
        options: How it is served.

    Raises:
        StoreError: There is no database, or it isn't one of ours.
    """

    def __init__(self, database: Path, options: MountOptions) -> None:
        self._database = database
        self._options = options
        self._secret = secrets.token_hex(32)
        self._opening = asyncio.Lock()
        self._current = self._open(_stamp(database))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        generation = await self._enter()
        try:
            await generation.app(_inside(scope), receive, _outside(send))
        finally:
            await self._leave(generation)

    async def send_ready(self, scope: Scope, send: Send) -> bool:
        """Answer a request if its reply is kept; tell whether it was."""
        current = self._current
        if not current.started or (_stamp(self._database) or current.stamp) != current.stamp:
            return False
        ready = current.gate.ready(scope, scope["path"].removeprefix(API_PREFIX))
        if ready:
            await current.gate.send(scope, send, ready)
        return ready is not None

    async def ask(self, question: Callable[[Connection], T]) -> T:
        """Ask the database something small that needs no API.

        Raises:
            ApiError: It can't answer now.
        """
        generation = await self._enter()
        try:
            return await generation.service.database.ask(question)
        finally:
            await self._leave(generation)

    async def close(self) -> None:
        """Let go of the file."""
        await self._current.close()

    async def _enter(self) -> Generation:
        """Return the generation of the file in place; while that can't be read, the last one that could."""
        stamp = _stamp(self._database) or self._current.stamp
        if stamp != self._current.stamp or not self._current.started:
            async with self._opening:
                await self._renew(stamp)
        self._current.users += 1
        return self._current

    async def _renew(self, stamp: Stamp) -> None:
        if not self._current.started:
            await self._current.start()
        if stamp == self._current.stamp:
            return
        try:
            newer = await asyncio.to_thread(self._open, stamp)
        except (StoreError, sqlite3.DatabaseError):
            return
        await newer.start()
        older, self._current = self._current, newer
        if older.users == 0:
            await older.close()

    async def _leave(self, generation: Generation) -> None:
        generation.users -= 1
        if generation is not self._current and generation.users == 0:
            await generation.close()

    def _open(self, stamp: Stamp | None) -> Generation:
        return Generation(self._database, stamp or (0, 0, 0), self._options, secret=self._secret)


def _stamp(file: Path) -> Stamp | None:
    """Return what tells one file from another in the same place, None where there is none."""
    try:
        status = os.stat(file)  # noqa: PTH116 - asked at each request
    except FileNotFoundError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size


def _end_thread(connection: sqlite3.Connection) -> None:
    """End the thread that runs this: Datasette's never ends by itself and would keep all that it once saw."""
    connection.close()
    raise SystemExit


def _inside(scope: Scope) -> Scope:
    """Return a request without the API's prefix: Datasette puts `base_url` before every path it writes."""
    path: str = scope["path"]
    raw = _quoted(scope.get("raw_path") or path)
    if path.startswith(BASE_URL):
        path, raw = path.removeprefix(API_PREFIX), raw.removeprefix(API_PREFIX)
    return {**scope, "path": path, "raw_path": raw.encode()}


def _outside(send: Send) -> Send:
    """Return a `send` that leads redirects to where the API is, and forbids browsers to guess types."""

    async def send_outside(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [_lead(name, value) for name, value in message["headers"]]
            if not any(name == _NO_GUESSING[0] for name, _ in headers):
                headers.append(_NO_GUESSING)
            message = {**message, "headers": headers}
        await send(message)

    return send_outside


def _lead(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    base = BASE_URL.encode()
    astray = name.lower() == b"location" and value.startswith(b"/") and not value.startswith(base)
    return name, base + value[1:] if astray else value
