"""The little of ASGI that the server and the plugin's gate share: types, whole replies, request headers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A whole HTTP reply.

    Attributes:
        status: The HTTP status.
        headers: By name; `content-length` is added when it is sent.
        body: What is sent, unless the request is a HEAD.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


async def send_reply(scope: Scope, send: Send, reply: Reply) -> None:
    """Send a reply, without its body where the request is a HEAD or the status has none (RFC 9110, 6.4)."""
    headers = [
        (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers.items()
    ]
    if reply.status != 304:
        headers.append((b"content-length", str(len(reply.body)).encode()))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    body = b"" if scope["method"] == "HEAD" or reply.status == 304 else reply.body
    await send({"type": "http.response.body", "body": body})


def request_header(scope: Scope, name: str) -> str:
    """Return a request header, its lines joined by commas; "" where there is none."""
    wanted = name.lower().encode("latin-1")
    return ", ".join(value.decode("latin-1") for key, value in scope["headers"] if key.lower() == wanted)
