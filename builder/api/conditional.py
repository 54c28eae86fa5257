"""Entity tags and the requests that ask whether one still holds (RFC 9110, 8.8.3 and 13.1.2)."""

from __future__ import annotations

import hashlib
import re

_TAG = re.compile(r'(?:W/)?("[^"]*")')
_TIME = re.compile(r'\.\d+(?=[-"])')


def strong_etag(*parts: str | bytes) -> str:
    """Return a strong entity tag of what the parts say; their order and borders count."""
    digest = hashlib.sha256()
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return f'"{digest.hexdigest()[:16]}"'


def encoded_etag(etag: str, encoding: str) -> str:
    """Return the tag of an encoded form: other bytes need another strong tag."""
    return etag if encoding == "identity" else f'{etag[:-1]}-{encoding}"'


def plain_etags(if_none_match: str, encoding: str) -> str:
    """Return an `If-None-Match` as the application behind the encoder must read it: without our suffix."""
    return if_none_match if encoding == "identity" else if_none_match.replace(f'-{encoding}"', '"')


def timed_etag(etag: str, took_ms: float) -> str:
    """Return the tag of an answer that says how long it took: other bytes need another strong tag."""
    return f'{etag[:-1]}.{round(took_ms * 10)}"'


def fresh_etag(if_none_match: str, etag: str) -> str:
    """Return the tag of a client's copy that holds what `etag` names, "" where it has none, by weak comparison.

    Copies that differ only in how long the answer took are as good as each other (RFC 9110, 8.8.1).
    """
    if if_none_match.strip() == "*":
        return etag
    wanted = _TIME.sub("", etag)
    return next((tag for tag in _TAG.findall(if_none_match) if _TIME.sub("", tag) == wanted), "")


def is_fresh(if_none_match: str, etag: str) -> bool:
    """Tell whether the client has what `etag` names."""
    return bool(fresh_etag(if_none_match, etag))
