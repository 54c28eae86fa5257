"""Files on their way to the network: read, hashed and compressed once, kept in a bounded memory."""

from __future__ import annotations

import asyncio
import os
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from builder.api.conditional import encoded_etag, strong_etag
from builder.api.encodings import MIN_BYTES, compress_once, is_compressible

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".gif": "image/gif",
    ".htm": "text/html; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".map": "application/json; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json; charset=utf-8",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".xml": "application/xml; charset=utf-8",
    ".zip": "application/zip",
}
_PLAIN_SOURCES = frozenset(
    {".c", ".cfg", ".cpp", ".csv", ".h", ".ini", ".md", ".py", ".pyi", ".rst", ".toml", ".yaml"}
)

_SMALL_BYTES = 64 * 1024


def content_type(name: str) -> str:
    """Return the media type of a file of the site; source code for download is plain text, never run."""
    suffix = Path(name).suffix.lower()
    if Path(name).name == "opensearch.xml":
        return "application/opensearchdescription+xml; charset=utf-8"
    if suffix in _PLAIN_SOURCES:
        return _TYPES[".txt"]
    return _TYPES.get(suffix, "application/octet-stream")


@dataclass(frozen=True, slots=True, kw_only=True)
class Representation:
    """One form of a file: as it is, or compressed.

    Attributes:
        stamp: What the file system said when it was read; another stamp makes it stale.
        encoding: `br`, `gzip` or `identity`.
        etag: A strong tag of exactly these bytes.
        body: The bytes.
    """

    stamp: tuple[int, int, int]
    encoding: str
    etag: str
    body: bytes


class FileCache:
    """Keeps the forms of files that were asked for last, of those that took work or are large.

    Args:
        max_bytes: How much memory the bodies may take; a file of more than a quarter of it is never kept.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._kept: OrderedDict[tuple[str, str], Representation] = OrderedDict()
        self._running: dict[tuple[str, str, tuple[int, int, int]], asyncio.Task[Representation]] = {}

    async def get(self, file: str, encoding: str) -> Representation:
        """Return a file in an encoding; many who ask at once share one reading and one compression.

        Raises:
            OSError: It can't be read.
        """
        status = os.stat(file)  # noqa: PTH116 - a microsecond, where a thread costs a hundred
        stamp = (status.st_ino, status.st_mtime_ns, status.st_size)
        kept = self._kept.get((file, encoding))
        if kept and kept.stamp == stamp:
            self._kept.move_to_end((file, encoding))
            return kept
        if status.st_size <= _SMALL_BYTES and not is_compressible(content_type(file)):
            return _read(file, encoding, stamp)  # a part of an index: the system keeps it in memory by itself
        key = (file, encoding, stamp)
        task = self._running.get(key)
        if not task:
            task = asyncio.ensure_future(asyncio.to_thread(_read, file, encoding, stamp))
            self._running[key] = task
            task.add_done_callback(lambda _: self._running.pop(key, None))
        made = await asyncio.shield(task)
        self._keep(file, encoding, made)
        return made

    def _keep(self, file: str, encoding: str, made: Representation) -> None:
        if len(made.body) * 4 > self._max_bytes:
            return
        before = self._kept.pop((file, encoding), None)
        self._kept[file, encoding] = made
        self._bytes += len(made.body) - (len(before.body) if before else 0)
        while self._bytes > self._max_bytes:
            _, oldest = self._kept.popitem(last=False)
            self._bytes -= len(oldest.body)


def _read(file: str, encoding: str, stamp: tuple[int, int, int]) -> Representation:
    """Return the representation; where compression does not pay it is the file as it is."""
    plain = Path(file).read_bytes()
    etag = strong_etag(plain)
    if encoding != "identity" and is_compressible(content_type(file)) and len(plain) >= MIN_BYTES:
        packed = compress_once(plain, encoding)
        if len(packed) < len(plain):
            return Representation(
                stamp=stamp, encoding=encoding, etag=encoded_etag(etag, encoding), body=packed
            )
    return Representation(stamp=stamp, encoding="identity", etag=etag, body=plain)
