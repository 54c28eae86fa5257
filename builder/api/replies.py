"""Ready replies in front of the router: bounded, computed once for all who ask at once, emptied with the database."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from builder.api.conditional import encoded_etag
from builder.api.encodings import MIN_BYTES, compress_quickly, is_compressible

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from builder.api.asgi import Scope, Send
    from builder.api.shared import SharedReplies

MAX_BYTES = 6 * 1024 * 1024
"""Memory that the bodies may take in one process."""

PLAIN = "identity"
_MOST_ADDRESSES = 4_096
_LONGEST_ADDRESS = 512

Address = tuple[str, str, bytes, bytes, bytes]
"""All of a request that its reply may depend on, as it was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A whole reply as it goes to the network.

    Attributes:
        status: The HTTP status.
        headers: All but `content-length`.
        body: The bytes, compressed if a header says so.
        etag: The entity tag of exactly these bytes, as it stands in the headers; "" where there is none.
    """

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    etag: str = ""
    sent: tuple[tuple[bytes, bytes], ...] = field(init=False)

    def __post_init__(self) -> None:
        length = (b"content-length", str(len(self.body)).encode())
        object.__setattr__(self, "sent", (*self.headers, length))

    async def send(self, scope: Scope, send: Send, *, fresh: str = "") -> None:
        """Send it, or where the client's copy is fresh only say so.

        Args:
            scope: The request.
            send: Where the reply goes.
            fresh: The entity tag of the client's copy, "" where it needs the reply.
        """
        if fresh or self.status == 304:
            own = [pair for pair in self.headers if pair[0] != b"content-encoding"]
            headers = [
                (name, fresh.encode("latin-1") if fresh and name == b"etag" else value) for name, value in own
            ]
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        await send({"type": "http.response.start", "status": self.status, "headers": self.sent})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else self.body})


def encode(ready: Ready, encoding: str) -> Ready:
    """Return a reply compressed, or as it is where that does not pay."""
    kind = dict(ready.headers).get(b"content-type", b"").decode("latin-1")
    if encoding == PLAIN or len(ready.body) < MIN_BYTES or not is_compressible(kind):
        return ready
    etag = encoded_etag(ready.etag, encoding) if ready.etag else ""
    headers = [(name, etag.encode() if name == b"etag" else value) for name, value in ready.headers]
    headers.append((b"content-encoding", encoding.encode()))
    body = compress_quickly(ready.body, encoding)
    return Ready(status=ready.status, headers=tuple(headers), body=body, etag=etag)


class ReplyCache:
    """Replies that were asked for last.

    A reply is kept under a key that all requests share which mean the same. Addresses as they were written lead to
    keys, so that a repeated request is answered by two look-ups.

    Args:
        max_bytes: How much memory the bodies may take; a body of more than an eighth of it is not kept.
        shared: What the processes that serve one port share, if there are several.
    """

    def __init__(self, max_bytes: int = MAX_BYTES, shared: SharedReplies | None = None) -> None:
        self._max_bytes = max_bytes
        self._shared = shared
        self._kept: OrderedDict[str, Ready] = OrderedDict()
        self._keys: OrderedDict[Address, str] = OrderedDict()
        self._running: dict[str, asyncio.Task[Ready]] = {}
        self._bytes = 0
        self._state = ""
        self.hits = self.misses = self.joined = self.taken_over = self.emptied = 0

    def find(self, address: Address) -> Ready | None:
        """Return the reply to a request that was made before in the same words, None where it isn't kept."""
        key = self._keys.get(address)
        ready = self._kept.get(key) if key else None
        if key and ready:
            self.hits += 1
            self._kept.move_to_end(key)
        return ready

    def settle(self, state: str) -> None:
        """Empty the cache if the database's state is another than the one that its replies come from."""
        if state != self._state:
            self.emptied += bool(self._kept)
            self._kept.clear()
            self._keys.clear()
            self._bytes = 0
            self._state = state
            if self._shared:
                self._shared.settle(state)

    async def get(
        self, address: Address, key: str, encoding: str, make: Callable[[], Awaitable[Ready]]
    ) -> Ready:
        """Return the reply with a key; one of those who ask for it at once makes it, the others wait for that one.

        Args:
            address: The request as it was written.
            key: One for all requests that mean the same.
            encoding: In which the reply is wanted.
            make: Makes it, not compressed. Only a reply with status 200 is kept.
        """
        own = f"{key} {encoding}"
        ready = self._kept.get(own)
        if ready:
            self.hits += 1
        else:
            state = self._state
            ready = await self._once(own, lambda: self._make(key, encoding, make, state))
        if own in self._kept:
            self._remember(address, own)
        return ready

    async def _once(self, own: str, make: Callable[[], Awaitable[Ready]]) -> Ready:
        """Make a reply, or wait for the one who makes it."""
        task = self._running.get(own)
        if task:
            self.joined += 1
        else:
            task = asyncio.ensure_future(make())
            self._running[own] = task
            task.add_done_callback(lambda done: self._forget(own, done))
        return await asyncio.shield(task)

    async def _make(self, key: str, encoding: str, make: Callable[[], Awaitable[Ready]], state: str) -> Ready:
        """Make a reply and keep it; all its encodings are made from one."""
        if encoding == PLAIN:
            ready = await self._compute(key, make, state)
        else:
            own = f"{key} {PLAIN}"
            kept = self._kept.get(own)
            plain = kept or await self._once(own, lambda: self._make(key, PLAIN, make, state))
            self.hits += bool(kept)
            ready = encode(plain, encoding)
        if ready.status == 200 and state == self._state:
            self._keep(f"{key} {encoding}", ready)
        return ready

    async def _compute(self, key: str, make: Callable[[], Awaitable[Ready]], state: str) -> Ready:
        fresh = True
        if self._shared:
            ready, fresh = await self._shared.get(f"{state} {key}", make)
        else:
            ready = await make()
        self.misses += fresh
        self.taken_over += not fresh
        return ready

    def _forget(self, own: str, done: asyncio.Task[Ready]) -> None:
        self._running.pop(own, None)
        if not done.cancelled():
            done.exception()  # whoever waited for it has seen it; nobody waiting is no error

    def _keep(self, own: str, ready: Ready) -> None:
        if len(ready.body) * 8 > self._max_bytes:
            return
        before = self._kept.pop(own, None)
        self._kept[own] = ready
        self._bytes += _weight(ready) - (_weight(before) if before else 0)
        while self._bytes > self._max_bytes:
            _, oldest = self._kept.popitem(last=False)
            self._bytes -= _weight(oldest)

    def _remember(self, address: Address, own: str) -> None:
        if sum(map(len, address)) <= _LONGEST_ADDRESS:
            self._keys[address] = own
            if len(self._keys) > _MOST_ADDRESSES:
                self._keys.popitem(last=False)

    def figures(self) -> dict[str, int | float]:
        """Return its size and how well it does, for `/-/health`."""
        asked = self.hits + self.joined + self.taken_over + self.misses
        return {
            "replies": len(self._kept),
            "bytes": self._bytes,
            "max_bytes": self._max_bytes,
            "hits": self.hits,
            "joined": self.joined,
            "taken_over": self.taken_over,
            "misses": self.misses,
            "hit_rate": round(1 - self.misses / asked, 4) if asked else 0.0,
            "emptied": self.emptied,
        }


def _weight(ready: Ready) -> int:
    """Return about how much memory a reply takes."""
    return len(ready.body) + 1_500
