"""`livedocs serve`: the static site and the API on one port."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
import tempfile
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from builder.answers import open_database
from builder.api.asgi import Reply, send_reply
from builder.api.dynamic import compress_replies
from builder.api.listening import listen, when_listening
from builder.api.loading import load_datasette
from builder.api.options import BASE_URL, MountOptions, ServeOptions
from builder.api.static import StaticSite
from builder.errors import ServeError, StoreError
from builder.headers import API_PREFIX
from builder.publish import DATABASE, SITE
from builder.symbols import locate

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from types import FrameType

    from builder.api.asgi import App, Receive, Scope, Send

_API_PATHS = ("/-/", BASE_URL)
_STOP_SECONDS = 3


class LiveApp:
    """One ASGI application: the API under `/api/` and `/-/`, the site everywhere else.

    Args:
        output: A folder that `livedocs build` wrote.
        options: How the database is served.

    Raises:
        ServeError: There is no site or no database in the folder.
    """

    def __init__(self, output: Path, options: MountOptions) -> None:
        _check_output(output, options)
        load_datasette()
        from builder.api.mount import DatabaseMount  # noqa: PLC0415 - these load it too
        from builder.api.views import find_route  # noqa: PLC0415

        self._find_route = find_route
        self._mount = DatabaseMount(output / DATABASE, options)
        self._tables: App = compress_replies(self._mount)
        self._site = StaticSite(output / SITE, self._locate)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            path: str = scope["path"]
            if path == API_PREFIX:
                await send_reply(scope, send, Reply(status=301, headers={"location": BASE_URL}))
            elif path.startswith(_API_PATHS):
                if not await self._mount.send_ready(scope, send):
                    await self._api(path)(scope, receive, send)
            else:
                await self._site(scope, send)

    def _api(self, path: str) -> App:
        """Return what answers an address of the API: our own compress their replies themselves."""
        return self._mount if self._find_route(path.removeprefix(API_PREFIX)) else self._tables

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                preparing = asyncio.create_task(self._site.prepare())
            if message["type"] == "lifespan.shutdown":
                preparing.cancel()
                await self._mount.close()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return

    async def _locate(self, path: str) -> str:
        return await self._mount.ask(lambda connection: locate(connection, path))


def _check_output(output: Path, options: MountOptions) -> None:
    """See that a folder can be served.

    Raises:
        ServeError: There is no site or no database in it.
        UsageError: The address of the database that answers in its place is none.
    """
    if not (output / SITE).is_dir():
        raise ServeError("there is no site to serve", where=output, todo="Run `livedocs build` first.")
    try:
        if not options.database_url or (output / DATABASE).exists():
            open_database(output / DATABASE).close()
        if options.database_url:
            load_datasette()
            from builder.postgres import open_database as open_remote  # noqa: PLC0415 - an extra, and loads it too

            open_remote(
                options.database_url, options.replicas
            )  # opens nothing yet, but sees what it is given
    except StoreError as error:
        raise ServeError(error.what, where=error.where, todo=error.todo) from error


def make_app(output: Path, options: MountOptions | None = None) -> App:
    """Return the ASGI application that serves an output folder.

    Raises:
        ServeError: There is no site or no database in the folder.
    """
    return LiveApp(output, options or MountOptions())


def serve(
    output: Path, options: ServeOptions | None = None, *, say: Callable[[str], None] = lambda _: None
) -> None:
    """Serve an output folder until Ctrl-C or SIGTERM.

    Args:
        output: A folder that `livedocs build` wrote.
        options: Where and how.
        say: Called with a line that gives the address, once it accepts connections.

    Raises:
        ServeError: There is nothing to serve, or the port can't be had.
    """
    import uvicorn  # noqa: PLC0415 - the other commands do without

    options = options or ServeOptions()
    several = options.workers > 1
    sharing = several and sys.platform != "win32"
    with tempfile.TemporaryDirectory(prefix="livedocs-") if sharing else nullcontext("") as folder:
        shared = f"{folder}/replies" if sharing else ""
        _check_output(output, options.mount)
        listener = listen(options.host, options.port, spread=several)
        config = uvicorn.Config(
            partial(make_app, output, replace(options.mount, shared_replies=shared)),
            factory=True,
            workers=options.workers,
            log_level="warning",
            access_log=False,
            lifespan="on",
            ws="none",
            server_header=False,
            timeout_graceful_shutdown=_STOP_SECONDS,
        )
        with listener, _stopping():
            ready = f"Serving {output} at {_url(options.host, listener)} (Ctrl-C stops it)"
            if several:
                from uvicorn.supervisors import Multiprocess  # noqa: PLC0415

                when_listening(listener, lambda: say(ready))
                Multiprocess(config, sockets=[listener]).run()
            else:
                say(ready)
                uvicorn.Server(config).run(sockets=[listener])


def _url(host: str, listener: socket.socket) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{listener.getsockname()[1]}/"


@contextlib.contextmanager
def _stopping() -> Iterator[None]:
    """End quietly on Ctrl-C and SIGTERM: uvicorn raises them again once it has stopped."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        with contextlib.suppress(KeyboardInterrupt):
            yield
    finally:
        signal.signal(signal.SIGTERM, before)
