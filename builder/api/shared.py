"""Replies that the processes which serve one port share: what one has made, the others take over.

They are kept in the slots of one file in a folder for temporary files: a reply's key says which slot is its own, and
the reply that comes there next takes its place. A look costs a few microseconds, so that replies which nobody asks for
again cost nearly nothing. It is a cache: whatever is wrong with it, the reply is made instead.

It locks parts of a file, which Windows does otherwise; there the processes share nothing.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
import struct
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from builder.api.replies import Ready

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

SLOTS = 4_096
SLOT_BYTES = 64 * 1024
"""Room of a slot; the file takes no more of the disk than was written."""

_CLAIM_SECONDS = 1.0
_STEP_SECONDS = 0.004
_HEAD = struct.Struct("<16sdII")
"""What stands in front: the key's digest, when the reply was begun, the bytes of its headers and of its body."""

_USUAL_BYTES = 16 * 1024
"""What is read at once; most replies are shorter."""


class SharedReplies:
    """Ready replies in a file.

    Args:
        file: Where they are kept; the first process to open it makes it.
    """

    def __init__(self, file: Path) -> None:
        self._file = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._state = ""

    def settle(self, state: str) -> None:
        """Throw away what comes from another state of the database; keys name the state that they belong to."""
        if self._state and state != self._state:
            with suppress(OSError):
                os.ftruncate(self._file, 0)
        self._state = state

    async def get(self, key: str, make: Callable[[], Awaitable[Ready]]) -> tuple[Ready, bool]:
        """Return a reply and whether it was made now.

        While another process makes it this one waits, but no longer than a reply may take.
        """
        digest = hashlib.blake2b(key.encode(), digest_size=16).digest()
        deadline = time.monotonic() + _CLAIM_SECONDS
        while True:
            found, claimed = self._look_up(digest)
            if found:
                return found, False
            if claimed or time.monotonic() > deadline:
                break
            await asyncio.sleep(_STEP_SECONDS)
        try:
            ready = await make()
        except BaseException:
            self._put(digest, None)
            raise
        self._put(digest, ready)
        return ready, True

    def _look_up(self, digest: bytes) -> tuple[Ready | None, bool]:
        """Return the reply, or None and whether this process now has the task to make it."""
        with suppress(OSError, ValueError), self._slot(digest) as place:
            data = os.pread(self._file, _USUAL_BYTES, place)
            own, begun, headers, body = _HEAD.unpack(data[: _HEAD.size].ljust(_HEAD.size, b"\0"))
            now = time.time()  # a monotonic clock need not be the same in each process
            if own == digest and headers:
                size = _HEAD.size + headers + body
                data += os.pread(self._file, max(size - len(data), 0), place + len(data))
                if len(data) >= size:  # else another process has just thrown everything away
                    return _unpacked(data, headers, body), False
            elif own == digest and now - begun < _CLAIM_SECONDS:
                return None, False
            os.pwrite(self._file, _HEAD.pack(digest, now, 0, 0), place)
        return None, True

    def _put(self, digest: bytes, ready: Ready | None) -> None:
        """Keep a reply; one that can't be kept leaves its slot to the next who asks."""
        data = _packed(digest, ready) if ready and ready.status == 200 else b""
        if not data or len(data) > SLOT_BYTES:
            data = bytes(_HEAD.size)
        with suppress(OSError, ValueError), self._slot(digest) as place:
            os.pwrite(self._file, data, place)

    @contextmanager
    def _slot(self, digest: bytes) -> Iterator[int]:
        """Yield where a reply's slot begins, which is this process's own meanwhile."""
        place = int.from_bytes(digest[:4], "little") % SLOTS * SLOT_BYTES
        fcntl.lockf(self._file, fcntl.LOCK_EX, 1, place)
        try:
            yield place
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, place)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)
        self._file = -1  # its number may soon be another file's


def _packed(digest: bytes, ready: Ready) -> bytes:
    headers = b"\n".join(b": ".join(pair) for pair in ready.headers)
    return b"".join((_HEAD.pack(digest, time.time(), len(headers), len(ready.body)), headers, ready.body))


def _unpacked(data: bytes, headers: int, body: int) -> Ready:
    end = _HEAD.size + headers
    pairs = [line.partition(b": ") for line in data[_HEAD.size : end].split(b"\n")]
    etag = next((value for name, _, value in pairs if name == b"etag"), b"").decode("latin-1")
    found = tuple((name, value) for name, _, value in pairs)
    return Ready(status=200, headers=found, body=data[end : end + body], etag=etag)
