"""Replies that the processes which serve one port share: what one has made, the others take over.

They are kept in a small SQLite file in a folder for temporary files. It is a cache: whatever is wrong with it, the
reply is made instead.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sqlite3
import time
from typing import TYPE_CHECKING, Any

from builder.api.replies import Ready

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

MOST_REPLIES = 4_096
_LARGEST_BODY = 64 * 1024
_CLAIM_SECONDS = 1.0
_BUSY_MILLISECONDS = 100
_STEP_SECONDS = 0.004
_SET_UP = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = OFF;
CREATE TABLE IF NOT EXISTS replies (key TEXT PRIMARY KEY, state TEXT, claimed REAL, headers TEXT, body BLOB);
"""


class SharedReplies:
    """Ready replies in a file.

    Args:
        file: Where they are kept; the first process to open it makes it.
    """

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(file, timeout=5, isolation_level=None, check_same_thread=False)
        with contextlib.suppress(sqlite3.Error):  # whoever came first has done it
            self._connection.executescript(_SET_UP)
        self._connection.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")
        self._state = ""

    def settle(self, state: str) -> None:
        """Throw away what comes from another state of the database."""
        self._state = state
        self._run("DELETE FROM replies WHERE state != ?", state)

    async def get(self, key: str, make: Callable[[], Awaitable[Ready]]) -> tuple[Ready, bool]:
        """Return a reply and whether it was made now.

        While another process makes it this one waits, but no longer than a reply may take.
        """
        deadline = time.monotonic() + _CLAIM_SECONDS
        while True:
            found, claimed = self._look_up(key)
            if found:
                return found, False
            if claimed or time.monotonic() > deadline:
                break
            await asyncio.sleep(_STEP_SECONDS)
        try:
            ready = await make()
        except BaseException:
            self._run("DELETE FROM replies WHERE key = ? AND body IS NULL", key)
            raise
        self._put(key, ready)
        return ready, True

    def _look_up(self, key: str) -> tuple[Ready | None, bool]:
        """Return the reply, or None and whether this process now has the task to make it."""
        rows = self._run("SELECT headers, body FROM replies WHERE key = ? AND body IS NOT NULL", key)
        if rows:
            headers = [
                (name.encode("latin-1"), value.encode("latin-1")) for name, value in json.loads(rows[0][0])
            ]
            etag = dict(headers).get(b"etag", b"").decode("latin-1")
            return Ready(status=200, headers=tuple(headers), body=rows[0][1], etag=etag), False
        now = time.time()  # a monotonic clock need not be the same in each process
        claim = (
            "INSERT INTO replies (key, state, claimed) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE"
            " SET claimed = excluded.claimed WHERE body IS NULL AND claimed < ? RETURNING key"
        )
        return None, bool(self._run(claim, key, self._state, now, now - _CLAIM_SECONDS))

    def _put(self, key: str, ready: Ready) -> None:
        if ready.status != 200 or len(ready.body) > _LARGEST_BODY:
            self._run("DELETE FROM replies WHERE key = ? AND body IS NULL", key)
            return
        headers = json.dumps(
            [(name.decode("latin-1"), value.decode("latin-1")) for name, value in ready.headers]
        )
        self._run("UPDATE replies SET headers = ?, body = ? WHERE key = ?", headers, ready.body, key)
        self._run(
            "DELETE FROM replies WHERE rowid <= (SELECT max(rowid) FROM replies) - ?",
            MOST_REPLIES,
        )

    def _run(self, sql: str, *values: object) -> list[Any]:
        """Run a statement; a file that is busy, full or gone holds nothing."""
        with contextlib.suppress(sqlite3.Error):
            return self._connection.execute(sql, values).fetchall()
        return []

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
