"""The port that the server listens at: its own, or one that several processes share."""

from __future__ import annotations

import errno
import socket
import sys
import time
from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING, Any

from builder.errors import ServeError

if TYPE_CHECKING:
    from collections.abc import Callable

_LOOK_SECONDS = 0.05


class _Spread(socket.socket):
    """A port that each process binds for itself, so that the system spreads connections over them (SO_REUSEPORT).

    Where all accept from one queue, whoever wakes up first may take every connection, and another process is idle.
    Only a process that listens gets connections: the one that binds it first and sends it to others gets none.
    """

    @classmethod
    def bound(cls, family: int, address: tuple[Any, ...]) -> _Spread:
        """Return a socket that is bound to an address, and listens when it is told to."""
        made = cls(family, socket.SOCK_STREAM)
        for option in (socket.SO_REUSEADDR, socket.SO_REUSEPORT):
            made.setsockopt(socket.SOL_SOCKET, option, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        _send_at_once(made)
        made.bind(address)
        return made

    def __reduce__(self) -> tuple[Callable[..., _Spread], tuple[int, Any]]:
        return _Spread.bound, (int(self.family), self.getsockname())


def listen(host: str, port: int, *, spread: bool = False) -> socket.socket:
    """Return a socket that listens, or one that lets each process that it is sent to listen for itself.

    Args:
        host: The address, an IPv6 one with colons.
        port: The port, 0 for any free one.
        spread: Whether several processes share the port.

    Raises:
        ServeError: The port can't be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=2048)
    except (OSError, OverflowError) as error:
        where = f"{host}:{port}"
        if getattr(error, "errno", None) == errno.EADDRINUSE:
            todo = f"Stop what uses it, or take another: `livedocs serve --port {port + 1}`."
            raise ServeError(f"port {port} is taken", where=where, todo=todo) from error
        if getattr(error, "errno", None) == errno.EACCES:
            todo = "Take one from 1024 on: `livedocs serve --port 8000`."
            raise ServeError(f"port {port} is not yours to use", where=where, todo=todo) from error
        raise ServeError(
            f"can't listen there ({error})", where=where, todo="Check --host and --port."
        ) from error
    _send_at_once(listener)
    if not spread or not sys.platform.startswith("linux"):
        return listener
    with listener:
        address = listener.getsockname()
    return _Spread.bound(int(family), address)


def when_listening(listener: socket.socket, then: Callable[[], None]) -> None:
    """Call a function once somebody listens at a port, without waiting for it here."""
    address = listener.getsockname()

    def look() -> None:
        while listener.fileno() >= 0:
            with suppress(OSError), socket.create_connection(address[:2], timeout=1):
                then()
                return
            time.sleep(_LOOK_SECONDS)

    Thread(target=look, daemon=True).start()


def _send_at_once(listener: socket.socket) -> None:
    """Let what is sent over a port's connections not wait for more.

    Connections inherit it. asyncio sets it only on sockets made with the protocol's number, and without it the body of
    a reply waits 40 ms for the client to confirm its headers.
    """
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
