"""A slow line in front of a server: a relay with one shared downlink and a delay each way.

Unlike the browser's own emulation it holds back everything that a browser loads. The numbers are those of Lighthouse's
"fast 4G": 9 Mbit/s, 60 ms there and back, and a round trip more for each new connection.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BYTES_PER_SECOND = 9e6 / 8
ROUND_TRIP = 0.060
_PIECE = 1460


class SlowLine:
    """The relay.

    Args:
        host: Of the server.
        port: Of the server.
    """

    def __init__(self, host: str, port: int) -> None:
        self._target = host, port
        self._free = 0.0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Relay one connection."""
        opened = asyncio.get_running_loop().time()
        up_reader, up_writer = await asyncio.open_connection(*self._target)
        try:
            await asyncio.gather(
                self._send(reader, up_writer, opened + ROUND_TRIP), self._answer(up_reader, writer)
            )
        except (OSError, asyncio.CancelledError):
            pass  # the browser has closed the connection, or the line is taken down while it is open
        finally:
            for one in (writer, up_writer):
                one.close()

    async def _send(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connected: float
    ) -> None:
        clock = asyncio.get_running_loop().time
        while data := await reader.read(65536):
            await asyncio.sleep(max(clock(), connected) + ROUND_TRIP / 2 - clock())
            writer.write(data)
        writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        while data := await reader.read(65536):
            for start in range(0, len(data), _PIECE):
                piece = data[start : start + _PIECE]
                self._free = max(self._free, loop.time()) + len(piece) / BYTES_PER_SECOND
                loop.call_at(self._free + ROUND_TRIP / 2, _write, writer, piece)
        loop.call_at(max(self._free, loop.time()) + ROUND_TRIP / 2, writer.close)
        await asyncio.sleep(ROUND_TRIP)


def _write(writer: asyncio.StreamWriter, piece: bytes) -> None:
    if not writer.is_closing():
        writer.write(piece)


@contextlib.contextmanager
def slow_line(host: str, port: int) -> Iterator[int]:
    """Yield the port of a slow line to a server, served by a thread of its own."""
    ready: queue.Queue[tuple[int, Callable[[], object]]] = queue.Queue()

    async def relay() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        server = await asyncio.start_server(SlowLine(host, port), "127.0.0.1", 0)
        own = int(server.sockets[0].getsockname()[1])
        ready.put((own, lambda: loop.call_soon_threadsafe(stop.set)))
        await stop.wait()
        server.close()

    thread = threading.Thread(target=asyncio.run, args=(relay(),))
    thread.start()
    own, stop = ready.get()
    try:
        yield own
    finally:
        stop()
        thread.join()
