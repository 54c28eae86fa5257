"""What stands before Datasette's router: hosts and methods, and our own addresses, answered from the cache first."""

from __future__ import annotations

import logging
import time
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from datasette import Forbidden
from datasette.utils import tilde_decode
from datasette.utils.asgi import Request

from builder.answers import join_hashes
from builder.api.asgi import Reply, request_header, send_reply
from builder.api.conditional import encoded_etag, fresh_etag
from builder.api.encodings import choose_encoding
from builder.api.hosts import is_plain_host
from builder.api.problems import CORS, ApiError, problem_response
from builder.api.replies import Ready, encode
from builder.api.views import find_route, prepare, refuse

if TYPE_CHECKING:
    from datasette import Response

    from builder.api.asgi import App, Receive, Scope, Send
    from builder.api.replies import Address
    from builder.api.service import Service
    from builder.api.views import Prepared, Route

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

_OPEN_SECONDS = 1.0
"""How long an instance that was open to everybody is taken for open."""

_logger = logging.getLogger("livedocs.api")
_encoding = lru_cache(maxsize=256)(choose_encoding)


class Gate:
    """Wraps Datasette's application.

    An address of ours that anyone may read is answered without looking at cookies and without the router, so that a
    shared cache can keep the answer by its query alone. On an instance closed by a permission it goes to the router.

    Args:
        app: Datasette's application.
        service: Our database in it.
    """

    def __init__(self, app: App, service: Service) -> None:
        self._app = app
        self._service = service
        self._datasette = service.datasette
        self._table_name = service.tables.name
        self._open_until = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = self._path(scope)
        ready = self.ready(scope, path)
        if ready:
            await self.send(scope, send, ready)
            return
        problem = self._refusal(scope, path)
        route = find_route(path)
        if problem:
            await _from_response(_refused(problem)).send(scope, send)
        elif not route:
            await self._app(scope, receive, send)
        elif scope["method"] == "OPTIONS":
            await send_reply(scope, send, Reply(status=204, headers=_PREFLIGHT))
        elif await self._is_open():
            await self._answer({**scope, "route_path": path}, receive, send, route)
        else:
            await self._app(scope, receive, send)

    def ready(self, scope: Scope, path: str) -> Ready | None:
        """Return a kept reply to a request, None where it is not known to be right.

        Args:
            scope: The request.
            path: Its path without the base URL.
        """
        if (
            time.monotonic() < self._open_until
            and scope["method"] in ("GET", "HEAD")
            and self._service.database.is_settled()
        ):
            return self._service.replies.find(_address(scope, path))
        return None

    async def send(self, scope: Scope, send: Send, ready: Ready) -> None:
        """Send a reply that may be one which the client has."""
        known = _header(scope, b"if-none-match")
        fresh = fresh_etag(known.decode("latin-1"), ready.etag) if known and ready.etag else ""
        await ready.send(scope, send, fresh=fresh)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, route: Route) -> None:
        """Answer a request to an address of ours, whatever happens on the way."""
        headers = [(name, value) for name, value in scope["headers"] if name.lower() not in _CREDENTIALS]
        request = Request({**scope, "headers": headers}, receive)
        encoding = _encoding(request_header(scope, "accept-encoding"))
        try:
            await self._settle()
            ready = await self._find_or_make(request, route, encoding)
        except ApiError as error:
            ready = encode(_from_response(await refuse(self._service, route, error)), encoding)
        except Exception:
            _logger.exception("%s failed", scope["path"])
            broken = ApiError(500, "Something went wrong inside the server.")
            ready = _from_response(await refuse(self._service, route, broken))
        await self.send(scope, send, ready)

    async def _settle(self) -> None:
        """See that the cache holds nothing of another state of the database."""
        database = self._service.database
        if not database.is_settled():
            docsets = await database.docsets()
            self._service.replies.settle("".join(one.fingerprint for one in docsets) + join_hashes(docsets))

    async def _find_or_make(self, request: Request, route: Route, encoding: str) -> Ready:
        prepared = await prepare(self._service, route, request)
        if not prepared.key:
            return encode(_from_response(await prepared.make()), encoding)
        known = request.headers.get("if-none-match", "")
        own = encoded_etag(prepared.key, encoding)
        fresh = known and (fresh_etag(known, own) or fresh_etag(known, prepared.key))
        if fresh:
            return _unchanged(prepared, fresh)

        async def make() -> Ready:
            return _from_response(await prepared.make())

        address = _address(request.scope, request.scope["route_path"])
        return await self._service.replies.get(address, prepared.key, encoding, make)

    def _refusal(self, scope: Scope, path: str) -> ApiError | None:
        """Return why a request goes no further, None where it may."""
        host = request_header(scope, "host")
        if host and not is_plain_host(host):
            return ApiError(400, "The Host header names no host.")
        if path.startswith("//"):  # Datasette would redirect to what follows: nowhere, or to another host
            return ApiError(404, "There is no such page.")
        if path.endswith(".blob") and self._is_ours(path) and not self._holds_bytes(path, scope):
            return ApiError(404, "There is no such file.")
        method = scope["method"]
        if method in METHODS.split(", ") or (method in _WRITING and not self._is_ours(path)):
            return None
        return ApiError(405, f"Use one of {METHODS}.")

    def _is_ours(self, path: str) -> bool:
        """Tell whether an address is one of ours, or Datasette's of our database, which nobody writes to."""
        first = tilde_decode(path.split("/")[1])
        name = self._table_name
        return find_route(path) is not None or bool(name and (first == name or first.startswith(f"{name}.")))

    def _holds_bytes(self, path: str, scope: Scope) -> bool:
        """Tell whether a column that is asked for as a file holds bytes; Datasette 0.65 stumbles over numbers."""
        table = tilde_decode(path.removesuffix(".blob").split("/")[2]) if path.count("/") > 1 else ""
        asked = parse_qs(scope["query_string"].decode("latin-1")).get("_blob_column", [""])
        return (table, asked[0]) in self._service.tables.blobs

    def _path(self, scope: Scope) -> str:
        base: str = self._datasette.setting("base_url")
        path: str = scope["path"]
        return "/" + path.removeprefix(base) if base != "/" and path.startswith(base) else path

    async def _is_open(self) -> bool:
        """Tell whether everybody may read our database."""
        if time.monotonic() < self._open_until:
            return True
        try:
            await self._datasette.ensure_permissions(
                None, [("view-database", self._table_name), "view-instance"]
            )
        except Forbidden:
            return False
        self._open_until = time.monotonic() + _OPEN_SECONDS
        return True


def _address(scope: Scope, path: str) -> Address:
    """Return all of a request that a reply depends on, as it was written."""
    host = encoding = b""
    for name, value in scope["headers"]:
        if name == b"host":
            host = value
        elif name == b"accept-encoding":
            encoding = value
    return scope["scheme"], path, scope["query_string"], host, encoding


def _header(scope: Scope, wanted: bytes) -> bytes:
    return b", ".join([value for name, value in scope["headers"] if name == wanted])


def _refused(problem: ApiError) -> Response:
    response = problem_response(problem)
    if problem.status == 405:
        response.headers["Allow"] = METHODS
    return response


def _from_response(response: Response) -> Ready:
    """Return a response as it goes to the network."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    headers |= {"content-type": response.content_type, "x-content-type-options": "nosniff"}
    headers.setdefault("vary", "Accept-Encoding")
    body = response.body if isinstance(response.body, bytes) else response.body.encode()
    pairs = tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items())
    return Ready(status=response.status, headers=pairs, body=body, etag=headers.get("etag", ""))


def _unchanged(prepared: Prepared, etag: str) -> Ready:
    """Return the reply to a client that has the answer already, of which only the headers are sent."""
    headers = {
        **prepared.headers,
        "etag": etag,
        "vary": "Accept-Encoding",
        "x-content-type-options": "nosniff",
    }
    pairs = tuple((name.lower().encode(), value.encode("latin-1")) for name, value in headers.items())
    return Ready(status=304, headers=pairs, body=b"", etag=etag)
