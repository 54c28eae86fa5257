"""A real web server for tests of fetching, with ETags and ranges, and on request with a server's faults."""

from __future__ import annotations

import hashlib
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator
    from email.message import Message


class DocsServer(ThreadingHTTPServer):
    """Serves files from memory.

    Attributes:
        files: The content at each path.
        codes: The codes to answer with instead, by path.
        redirects: Where each path leads to.
        cuts: After how many bytes to break off each of the next answers.
        headers_of: Headers that stand for those the server would send, by path; None leaves one out.
        next_headers: The same for each of the next answers.
        asked: Path and headers of every request.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files: dict[str, bytes] = {}
        self.codes: dict[str, int] = {}
        self.redirects: dict[str, str] = {}
        self.cuts: list[int] = []
        self.headers_of: dict[str, dict[str, str | None]] = {}
        self.next_headers: list[dict[str, str | None]] = []
        self.asked: list[tuple[str, Message]] = []

    @property
    def url(self) -> str:
        """The server's address without a slash at its end."""
        return f"http://127.0.0.1:{self.server_port}"

    def ranges_asked(self) -> list[str | None]:
        """The `Range` header of every request."""
        return [headers["Range"] for _, headers in self.asked]


class _Handler(BaseHTTPRequestHandler):
    """Answers as its server is told to."""

    server: DocsServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.close_connection = True
        self.server.asked.append((self.path, self.headers))
        if self.path in self.server.redirects:
            self._answer(302, {"Location": self.server.redirects[self.path]}, b"")
        elif self.path in self.server.codes:
            self._answer(self.server.codes[self.path], {}, b"no")
        elif self.path in self.server.files:
            self._file(self.server.files[self.path])
        else:
            self._answer(404, {}, b"no such file")

    def _file(self, content: bytes) -> None:
        etag = f'"{hashlib.sha256(content).hexdigest()[:12]}"'
        wanted = self.headers["Range"]
        if self.headers["If-None-Match"] == etag:
            self._answer(304, {"ETag": etag}, b"")
        elif wanted and self.headers["If-Range"] == etag:
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
            place = f"bytes {start}-{len(content) - 1}/{len(content)}"
            self._answer(206, {"ETag": etag, "Content-Range": place}, content[start:])
        else:
            self._answer(200, {"ETag": etag}, content)

    def _answer(self, code: int, headers: dict[str, str], content: bytes) -> None:
        sent: dict[str, str | None] = {"Content-Length": str(len(content)), "Connection": "close", **headers}
        sent |= self.server.headers_of.get(self.path, {})
        sent |= self.server.next_headers.pop(0) if self.server.next_headers else {}
        self.send_response(code)
        for name, value in sent.items():
            if value is not None:
                self.send_header(name, value)
        self.end_headers()
        cut = self.server.cuts.pop(0) if content and self.server.cuts else len(content)
        self.wfile.write(content[:cut])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Say nothing."""


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[DocsServer]:
    """Run a server while the block runs, over TLS if a context is given."""
    with DocsServer() as server:
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
