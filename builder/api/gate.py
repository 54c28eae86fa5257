"""What stands before Datasette's router: hosts and methods; for our own addresses CORS and caching without cookies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasette import Forbidden
from datasette.utils import tilde_decode

from builder.api.asgi import Reply, request_header, send_reply
from builder.api.hosts import is_plain_host
from builder.api.problems import CORS, ApiError, problem_response

if TYPE_CHECKING:
    from builder.api.asgi import App, Message, Receive, Scope, Send
    from builder.api.service import Service

METHODS = "GET, HEAD, OPTIONS"
_PREFLIGHT = {
    **CORS,
    "Access-Control-Allow-Methods": METHODS,
    "Access-Control-Allow-Headers": "If-None-Match, Accept",
    "Access-Control-Max-Age": "86400",
    "Allow": METHODS,
}
_CREDENTIALS = (b"cookie", b"authorization")
_WRITING = ("POST", "PUT", "PATCH", "DELETE")
"""What Datasette's other pages, databases and plugins may take; over any other method Datasette stumbles."""


class Gate:
    """Wraps Datasette's application.

    An address of ours that anyone may read is answered without looking at cookies, so that a shared cache can
    keep the answer by its query alone. On an instance closed by a permission it goes to the router as it is.

    Args:
        app: Datasette's application.
        service: Our database in it.
        paths: The addresses of ours, without the base URL.
    """

    def __init__(self, app: App, service: Service, paths: frozenset[str]) -> None:
        self._app = app
        self._datasette = service.datasette
        self._database: str = service.database.name
        self._paths = paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        problem = self._refusal(scope)
        if problem:
            response = problem_response(problem)
            if problem.status == 405:
                response.headers["Allow"] = METHODS
            await response.asgi_send(send)
        elif self._route(scope) not in self._paths:
            await self._app(scope, receive, send)
        elif scope["method"] == "OPTIONS":
            await send_reply(scope, send, Reply(status=204, headers=_PREFLIGHT))
        elif await self._is_public():
            headers = [(name, value) for name, value in scope["headers"] if name.lower() not in _CREDENTIALS]
            await self._app({**scope, "headers": headers}, receive, _public_send(scope, send))
        else:
            await self._app(scope, receive, send)

    def _refusal(self, scope: Scope) -> ApiError | None:
        """Return why a request goes no further, None where it may."""
        host = request_header(scope, "host")
        if host and not is_plain_host(host):
            return ApiError(400, "The Host header names no host.")
        route = self._route(scope)
        if route.startswith("//"):  # Datasette would redirect to what follows: nowhere, or to another host
            return ApiError(404, "There is no such page.")
        method = scope["method"]
        if method in METHODS.split(", ") or (method in _WRITING and not self._is_ours(route)):
            return None
        return ApiError(405, f"Use one of {METHODS}.")

    def _is_ours(self, route: str) -> bool:
        """Tell whether an address is one of ours, or Datasette's of our database, which nobody writes to."""
        first = tilde_decode(route.split("/")[1])
        return route in self._paths or first == self._database or first.startswith(f"{self._database}.")

    def _route(self, scope: Scope) -> str:
        base: str = self._datasette.setting("base_url")
        path: str = scope["path"]
        return "/" + path.removeprefix(base) if base != "/" and path.startswith(base) else path

    async def _is_public(self) -> bool:
        try:
            await self._datasette.ensure_permissions(
                None, [("view-database", self._database), "view-instance"]
            )
        except Forbidden:
            return False
        return True


def _public_send(scope: Scope, send: Send) -> Send:
    """Return a `send` that takes back Datasette's `Vary: Cookie, Authorization`, and a HEAD's body."""

    async def send_public(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [(name, value) for name, value in message["headers"] if name.lower() != b"vary"]
            message = {**message, "headers": headers}
        elif scope["method"] == "HEAD":
            message = {**message, "body": b""}
        await send(message)

    return send_public
