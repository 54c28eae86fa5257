"""Compression as a content delivery network does it: brotli or gzip, by what the client accepts."""

from __future__ import annotations

import gzip

MIN_BYTES = 512
"""Shorter bodies fit into one packet as they are."""

_BEST_BYTES = 128 * 1024
_GOOD_BYTES = 1024 * 1024
_TEXT = ("text/", "application/json", "application/javascript", "application/xml", "image/svg+xml")
_TEXT_SUFFIXES = ("+json", "+xml")


def choose_encoding(accept_encoding: str) -> str:
    """Return `br`, `gzip` or `identity`: the best that an `Accept-Encoding` allows (RFC 9110, 12.5.3)."""
    weights = dict(_read_weight(item) for item in accept_encoding.lower().split(",") if item.strip())
    anything = weights.get("*", 0.0)
    for encoding in ("br", "gzip"):
        if weights.get(encoding, anything) > 0:
            return encoding
    return "identity"


def _read_weight(item: str) -> tuple[str, float]:
    name, _, parameter = item.partition(";")
    key, _, value = parameter.partition("=")
    try:
        weight = float(value) if key.strip() == "q" else 1.0
    except ValueError:
        weight = 0.0
    return name.strip(), weight


def is_compressible(content_type: str) -> bool:
    """Tell whether a body of this type gets smaller: text does, pictures and archives are packed already."""
    plain = content_type.partition(";")[0].strip().lower()
    return plain.startswith(_TEXT) or plain.endswith(_TEXT_SUFFIXES)


def compress_once(body: bytes, encoding: str) -> bytes:
    """Return a body that is kept, as small as a wait of about a tenth of a second allows.

    Brotli's best level packs about 1 MB a second, level 9 about 20 MB, level 5 more than 70 MB.
    """
    if encoding == "gzip":
        return gzip.compress(body, compresslevel=9 if len(body) <= _GOOD_BYTES else 6, mtime=0)
    return _brotli(body, 11 if len(body) <= _BEST_BYTES else 9 if len(body) <= _GOOD_BYTES else 5)


def compress_quickly(body: bytes, encoding: str) -> bytes:
    """Return a body that is made anew for each request."""
    return gzip.compress(body, compresslevel=5, mtime=0) if encoding == "gzip" else _brotli(body, 4)


def _brotli(body: bytes, quality: int) -> bytes:
    import brotli  # noqa: PLC0415 - the plugin alone needs no compression

    packed: bytes = brotli.compress(body, quality=quality)
    return packed
