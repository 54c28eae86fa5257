"""Parts of files (RFC 9110, 14): one range of bytes, for downloads that go on where they broke off."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from builder.api.asgi import request_header

if TYPE_CHECKING:
    from builder.api.asgi import Reply, Scope

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.IGNORECASE)


def read_range(value: str, size: int) -> range | None:
    """Return the places of the bytes that a `Range` asks for, none where the file has none of them.

    Returns:
        None where all of the file is to be sent: for another unit, several ranges, or what can't be read.
    """
    match = _RANGE.fullmatch(value.replace(" ", ""))
    if not match or match[0].endswith("=-"):
        return None
    first, last = match.groups()
    if not first:
        return range(max(size - int(last), 0), size)
    if last and int(last) < int(first):
        return None
    return range(int(first), min(int(last) + 1, size) if last else size)


def cut_to_range(scope: Scope, reply: Reply) -> Reply:
    """Return the part of a reply that is asked for, or all of it; a compressed one is never cut."""
    if reply.status != 200 or "content-encoding" in reply.headers:
        return reply
    whole = replace(reply, headers={**reply.headers, "accept-ranges": "bytes"})
    condition = request_header(scope, "if-range")
    wanted = read_range(request_header(scope, "range"), len(reply.body))
    if wanted is None or scope["method"] != "GET" or condition not in ("", reply.headers.get("etag")):
        return whole
    size = len(reply.body)
    if not wanted:
        return replace(
            whole, status=416, headers={**whole.headers, "content-range": f"bytes */{size}"}, body=b""
        )
    told = {**whole.headers, "content-range": f"bytes {wanted[0]}-{wanted[-1]}/{size}"}
    return replace(whole, status=206, headers=told, body=reply.body[wanted.start : wanted.stop])
