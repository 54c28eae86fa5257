"""Compress what an application answers anew each time, and keep its entity tags right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.api.asgi import request_header
from builder.api.conditional import encoded_etag, plain_etags
from builder.api.encodings import MIN_BYTES, choose_encoding, compress_quickly, is_compressible

if TYPE_CHECKING:
    from builder.api.asgi import App, Message, Receive, Scope, Send

_MAX_BYTES = 4 * 1024 * 1024
_REPLACED = (b"content-length", b"etag", b"vary")


def compress_replies(app: App) -> App:
    """Return an application that compresses the replies of another where the client accepts it."""

    async def compressed(scope: Scope, receive: Receive, send: Send) -> None:
        encoding = choose_encoding(request_header(scope, "accept-encoding"))
        known = request_header(scope, "if-none-match")
        headers = [(name, value) for name, value in scope["headers"] if name.lower() != b"if-none-match"]
        if known:
            headers.append((b"if-none-match", plain_etags(known, encoding).encode("latin-1")))
        inner = {
            **scope,
            "headers": headers,
            "method": "GET" if scope["method"] == "HEAD" else scope["method"],
        }
        await app(inner, receive, _Compressor(send, encoding, known, head=scope["method"] == "HEAD"))

    return compressed


class _Compressor:
    """A `send` that keeps a reply until it is whole and compresses it; a very long one passes as it is.

    Args:
        send: Where the reply goes.
        encoding: What the client accepts.
        known: Its `If-None-Match`.
        head: Whether it asked for the headers alone.
    """

    def __init__(self, send: Send, encoding: str, known: str, *, head: bool) -> None:
        self._send = send
        self._encoding = encoding
        self._known = known
        self._head = head
        self._start: Message | None = None
        self._body = bytearray()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        if self._start is None:
            await self._pass(message.get("body", b""), more=message.get("more_body", False))
            return
        self._body += message.get("body", b"")
        if not message.get("more_body", False):
            await self._finish(self._start)
        elif len(self._body) > _MAX_BYTES:
            start, self._start = self._start, None
            await self._send(start)
            await self._pass(bytes(self._body), more=True)

    async def _pass(self, body: bytes, *, more: bool) -> None:
        body = b"" if self._head else body
        await self._send({"type": "http.response.body", "body": body, "more_body": more})

    async def _finish(self, start: Message) -> None:
        headers = [(name, value) for name, value in start["headers"] if name.lower() not in _REPLACED]
        given = {name.lower(): value for name, value in start["headers"]}
        body = bytes(self._body)
        etag = given.get(b"etag", b"").decode("latin-1")
        encoding = self._fitting(start["status"], given, etag)
        if encoding != "identity" and body:
            body = compress_quickly(body, encoding)
            headers.append((b"content-encoding", encoding.encode()))
        if etag:
            headers.append((b"etag", encoded_etag(etag, encoding).encode("latin-1")))
        if start["status"] not in (204, 304):
            headers.append((b"content-length", str(len(body)).encode()))
        varies = [name for name in (given.get(b"vary", b""), b"Accept-Encoding") if name]
        headers.append((b"vary", b", ".join(varies)))
        await self._send({**start, "headers": headers})
        await self._pass(body, more=False)

    def _fitting(self, status: int, given: dict[bytes, bytes], etag: str) -> str:
        """Return the encoding for a reply; a 304 has that of the copy which the client has."""
        if status == 304:
            return self._encoding if encoded_etag(etag, self._encoding) in self._known else "identity"
        kind = given.get(b"content-type", b"").decode("latin-1")
        fits = len(self._body) >= MIN_BYTES and is_compressible(kind) and b"content-encoding" not in given
        return self._encoding if fits else "identity"
