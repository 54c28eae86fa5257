"""Compress what an application answers anew each time, and keep its entity tags right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.api.asgi import request_header
from builder.api.conditional import encoded_etag, plain_etags
from builder.api.encodings import MIN_BYTES, choose_encoding, compress_quickly, is_compressible

if TYPE_CHECKING:
    from builder.api.asgi import App, Message, Receive, Scope, Send

_MAX_BYTES = 4 * 1024 * 1024


def compress_replies(app: App) -> App:
    """Return an application that compresses the replies of another where the client accepts it."""

    async def compressed(scope: Scope, receive: Receive, send: Send) -> None:
        encoding = choose_encoding(request_header(scope, "accept-encoding"))
        headers = [
            (name, plain_etags(value.decode("latin-1"), encoding).encode("latin-1"))
            if name.lower() == b"if-none-match"
            else (name, value)
            for name, value in scope["headers"]
        ]
        await app({**scope, "headers": headers}, receive, _Compressor(send, encoding))

    return compressed


class _Compressor:
    """A `send` that keeps a reply until it is whole and compresses it; a very long one passes as it is."""

    def __init__(self, send: Send, encoding: str) -> None:
        self._send = send
        self._encoding = encoding
        self._start: Message | None = None
        self._body = bytearray()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        if self._start is None:
            await self._send(message)
            return
        self._body += message.get("body", b"")
        if not message.get("more_body", False):
            await self._finish(self._start)
        elif len(self._body) > _MAX_BYTES:
            start, self._start = self._start, None
            await self._send(start)
            await self._send({"type": "http.response.body", "body": bytes(self._body), "more_body": True})

    async def _finish(self, start: Message) -> None:
        headers = {name.lower(): value for name, value in start["headers"]}
        body = bytes(self._body)
        encoding = self._fitting(start["status"], headers, body)
        if encoding != "identity":
            body = compress_quickly(body, encoding)
            headers[b"content-encoding"] = encoding.encode()
            headers[b"content-length"] = str(len(body)).encode()
        if b"etag" in headers:
            headers[b"etag"] = encoded_etag(headers[b"etag"].decode("latin-1"), encoding).encode("latin-1")
        varies = [name for name in (headers.get(b"vary", b""), b"Accept-Encoding") if name]
        headers[b"vary"] = b", ".join(varies)
        await self._send({**start, "headers": list(headers.items())})
        await self._send({"type": "http.response.body", "body": body})

    def _fitting(self, status: int, headers: dict[bytes, bytes], body: bytes) -> str:
        """Return the encoding for a reply; a 304 has the one that the full reply would have."""
        if status == 304:
            return self._encoding
        kind = headers.get(b"content-type", b"").decode("latin-1")
        fits = len(body) >= MIN_BYTES and is_compressible(kind) and b"content-encoding" not in headers
        return self._encoding if fits else "identity"
