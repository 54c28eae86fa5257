"""Entity tags and the requests that ask whether one still holds (RFC 9110, 8.8.3 and 13.1.2)."""

from __future__ import annotations

import hashlib
import re

_TAG = re.compile(r'(?:W/)?("[^"]*")')


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


def is_fresh(if_none_match: str, etag: str) -> bool:
    """Tell whether the client's copy is the one that `etag` names, by weak comparison."""
    return if_none_match.strip() == "*" or etag in _TAG.findall(if_none_match)
