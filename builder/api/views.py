"""The API's own addresses: what each one answers, and by which key that answer is kept."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from datasette import Response

from builder.answers import SearchRequest, choose_docsets, join_hashes
from builder.api.body import search_body
from builder.api.conditional import fresh_etag, strong_etag, timed_etag
from builder.api.openapi import describe_api
from builder.api.pages import render_problem, render_results, style_sheet
from builder.api.parameters import (
    MAX_OFFSET,
    NAMES,
    canonical_query,
    make_token,
    read_arguments,
    read_docset,
    read_request,
)
from builder.api.problems import CORS, ApiError, problem_response
from builder.errors import QueryError, UnknownNameError
from builder.symbols import read_symbol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from datasette.utils.asgi import Request

    from builder.answers import Answer, Result, StoredDocset
    from builder.api.service import Service

FORMAT = "3"
"""Part of every entity tag: a change of the answer's form is a change of all answers."""

SUGGESTIONS = 8

_KEPT = "public, max-age=300, stale-while-revalidate=86400"
_CACHE_HEADERS = {
    "Cache-Control": _KEPT,
    # Netlify keeps replies that it proxies only when told so, and by these parameters only when told so.
    "Netlify-CDN-Cache-Control": _KEPT,
    "Netlify-Vary": f"query={'|'.join(NAMES)}",
}
_TIMED = "application/json"
"""The form of an answer that says how long it took."""

_JSON = "application/json; charset=utf-8"
_CSS = "text/css; charset=utf-8"
_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A request that was read and found right.

    Attributes:
        key: One for all requests that mean the same; also the entity tag, "" for a reply that is never kept.
        make: Makes the reply.
        headers: Those that a reply has whatever its body says.
    """

    key: str
    make: Callable[[], Awaitable[Response]]
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """An address of ours.

    Attributes:
        pattern: An expression that the path, without the base URL, matches as a whole.
        prepare: Reads a request to it.
        is_page: Whether it is for people: errors are told in HTML.
    """

    pattern: str
    prepare: Callable[[Service, Request], Awaitable[Prepared]]
    is_page: bool = False


@lru_cache(maxsize=32)
def find_route(path: str) -> Route | None:
    """Return the route of a path, None where it is not one of ours."""
    if not path.startswith("/-/"):
        return None
    return next((route for route in ROUTES if re.fullmatch(route.pattern, path)), None)


def closed_view(service: Service, route: Route) -> Callable[[Request], Awaitable[Response]]:
    """Return the view for an instance that is not open to everybody: it asks who the reader is, and keeps nothing."""
    permissions = [("view-database", service.tables.name), "view-instance"]

    async def view(request: Request) -> Response:
        await service.datasette.ensure_permissions(request.actor, permissions)
        return await respond(service, route, request)

    return view


async def respond(service: Service, route: Route, request: Request) -> Response:
    """Answer a request without any cache."""
    try:
        prepared = await prepare(service, route, request)
        fresh = prepared.key and fresh_etag(request.headers.get("if-none-match", ""), prepared.key)
        if fresh:
            return Response("", status=304, headers={**prepared.headers, "ETag": fresh})
        return await prepared.make()
    except ApiError as error:
        return await refuse(service, route, error)


async def prepare(service: Service, route: Route, request: Request) -> Prepared:
    """Read a request.

    Raises:
        ApiError: It can't be answered as it is.
    """
    try:
        return await route.prepare(service, request)
    except QueryError as error:
        raise ApiError.of_query(error) from error


async def refuse(service: Service, route: Route, error: ApiError) -> Response:
    """Tell a program or a person why there is no answer."""
    if route.is_page:
        return await render_problem(service, error, _site(service))
    return problem_response(error)


def _searching(
    kind: str, render: Callable[..., Awaitable[Response]], *, text_needed: bool = True
) -> Callable[[Service, Request], Awaitable[Prepared]]:
    """Return what reads a request to a route that searches.

    The key is made before the search, from the index, the request and the address that the reply's addresses
    begin with: equal ones give equal replies.
    """

    async def prepare(service: Service, request: Request) -> Prepared:
        asked = read_request(read_arguments(request.query_string), text_needed=text_needed)
        docsets = await service.database.docsets()
        chosen = choose_docsets(docsets, asked.docset, asked.version)
        same = canonical_query(asked, tuple(docset.id for docset in chosen))
        key = _key(service, request, kind, chosen, same)

        async def make() -> Response:
            started = time.perf_counter()
            found = await service.database.search(docsets, asked)
            took_ms = round((time.perf_counter() - started) * 1000, 1)
            response: Response = await render(service, request, asked, found, took_ms)
            etag = timed_etag(key, took_ms) if kind == _TIMED else key
            return _finish(response, etag, content_type)

        return _prepared(key, content_type, make)

    content_type = f"{kind}; charset=utf-8"
    return prepare


def _key(service: Service, request: Request, kind: str, chosen: tuple[StoredDocset, ...], same: str) -> str:
    state = "".join(docset.fingerprint for docset in chosen) + join_hashes(chosen)
    return strong_etag(FORMAT, kind, service.options.site_url, _address(service, request), state, same)


def _prepared(
    key: str,
    content_type: str,
    make: Callable[[], Awaitable[Response]],
    caching: Mapping[str, str] = _CACHE_HEADERS,
) -> Prepared:
    return Prepared(key=key, make=make, headers={**CORS, **caching, "Content-Type": content_type})


def _finish(response: Response, etag: str, content_type: str) -> Response:
    response.headers.update({**CORS, **_CACHE_HEADERS, "ETag": etag})
    response.content_type = content_type
    return response


async def _render_json(
    service: Service, request: Request, asked: SearchRequest, found: Answer, took_ms: float
) -> Response:
    token = _next_token(asked, found)
    next_url = _next_url(service, request, asked, token)
    body = search_body(found, took_ms=took_ms, token=token, next_url=next_url, site_url=_site(service))
    headers = {"Link": f'<{next_url}>; rel="next"'} if next_url else {}
    return Response.json(body, headers=headers)


def _next_token(asked: SearchRequest, found: Answer) -> str:
    offset = asked.offset + asked.size
    return make_token(offset) if offset < found.total and offset <= MAX_OFFSET else ""


def _next_url(service: Service, request: Request, asked: SearchRequest, token: str) -> str:
    """Return the absolute address of the next page, its parameters in their usual order."""
    if not token:
        return ""
    query = canonical_query(replace(asked, offset=0))
    return f"{_address(service, request)}?{query}&_next={token}"


def _address(service: Service, request: Request) -> str:
    """Return the absolute address that was asked, without its query."""
    path: str = request.scope.get("route_path") or request.scope["path"]
    base: str = service.datasette.setting("base_url")
    return _origin(service, request) + base + path[1:]


def _origin(service: Service, request: Request) -> str:
    """Return scheme and host as Datasette's `absolute_url` writes them, without its joining of addresses."""
    scheme = "https" if service.datasette.setting("force_https_urls") else request.scheme
    return f"{scheme}://{request.host}"


def _site(service: Service) -> str:
    return service.options.site_url


async def _render_suggestions(
    service: Service, request: Request, asked: SearchRequest, found: Answer, took_ms: float
) -> Response:
    """Return the OpenSearch suggestions form: query, completions, descriptions, addresses."""
    del took_ms
    base = _site(service) or _origin(service, request)
    named: dict[str, Result] = {}
    for result in found.results:
        named.setdefault(result.name or result.title, result)
    names = list(named)[:SUGGESTIONS]
    body = [
        asked.text,
        names,
        [named[name].summary for name in names],
        [base + named[name].url for name in names],
    ]
    return Response.json(body)


async def _render_page(
    service: Service, request: Request, asked: SearchRequest, found: Answer, took_ms: float
) -> Response:
    del took_ms
    next_url = _next_url(service, request, asked, _next_token(asked, found))
    return await render_results(service, asked, found, links=(_site(service), next_url))


async def _symbol(service: Service, request: Request) -> Prepared:
    """Read a request for one symbol; its name stands in the path."""
    match = re.fullmatch(_SYMBOL, request.scope.get("route_path") or request.scope["path"])
    name = match["name"] if match else ""
    docset, version = read_docset(read_arguments(request.query_string))
    docsets = await service.database.docsets()
    chosen = choose_docsets(docsets, docset, version)[:1]
    key = _key(service, request, "symbol", chosen, name)

    async def make() -> Response:
        if not chosen:
            raise ApiError(404, "There is no documentation here.")
        try:
            found = await service.database.ask(lambda connection: read_symbol(connection, chosen[0], name))
        except UnknownNameError as error:
            raise ApiError.of_query(error) from error
        body = {"ok": True, **_with_site(found.as_dict(), _site(service)), "index_hash": join_hashes(chosen)}
        return _finish(Response.json(body), key, _JSON)

    return _prepared(key, _JSON, make)


def _with_site(value: Any, site_url: str) -> Any:  # noqa: ANN401 - JSON
    """Return JSON with the site's address in front of every `url`."""
    if isinstance(value, dict):
        return {
            name: site_url + inner if name == "url" else _with_site(inner, site_url)
            for name, inner in value.items()
        }
    return [_with_site(inner, site_url) for inner in value] if isinstance(value, list | tuple) else value


async def _openapi(service: Service, request: Request) -> Prepared:
    """Describe the API as it stands here: under this address, with these docsets."""
    base = _address(service, request).removesuffix("/-/openapi.json")
    docsets = await service.database.docsets()
    key = _key(service, request, "openapi", docsets, base)

    async def make() -> Response:
        body = describe_api(base or "/", docsets)
        return _finish(Response.json(body), key, _JSON)

    return _prepared(key, _JSON, make)


async def _health(service: Service, request: Request) -> Prepared:
    """Say whether the database answers now; never from a cache."""
    del request

    async def make() -> Response:
        count = "SELECT count(*) FROM docsets"
        docsets = await service.database.ask(lambda connection: connection.execute(count).fetchone()[0])
        body: Mapping[str, object] = {
            "ok": True,
            "engine": service.database.engine,
            "docsets": docsets,
            "index_hash": join_hashes(await service.database.docsets()),
            "cache": service.replies.figures(),
        }
        return Response.json(body, headers={**CORS, "Cache-Control": "no-store"})

    return Prepared(key="", make=make)


async def _style(service: Service, request: Request) -> Prepared:
    """Return the style sheet of the page of results."""
    del service, request
    text, digest = style_sheet()

    async def make() -> Response:
        headers = {**CORS, **_FOR_EVER, "ETag": f'"{digest}"'}
        return Response(text, headers=headers, content_type=_CSS)

    return _prepared(f'"{digest}"', _CSS, make, _FOR_EVER)


_SYMBOL = r"/-/symbol/(?P<name>.+)\.json"

ROUTES: tuple[Route, ...] = (
    Route(pattern=r"/-/search\.json", prepare=_searching(_TIMED, _render_json)),
    Route(pattern=r"/-/suggest", prepare=_searching("application/x-suggestions+json", _render_suggestions)),
    Route(pattern=_SYMBOL, prepare=_symbol),
    Route(
        pattern=r"/-/search",
        prepare=_searching("text/html", _render_page, text_needed=False),
        is_page=True,
    ),
    Route(pattern=r"/-/openapi\.json", prepare=_openapi),
    Route(pattern=r"/-/health", prepare=_health),
    Route(pattern=r"/-/livedocs\.css", prepare=_style),
)
