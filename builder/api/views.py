"""The API's own addresses: search, suggestions, the page of results without JavaScript, health."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from datasette import Response

from builder.answers import Answer, answer, choose_docsets, join_hashes
from builder.api.body import search_body
from builder.api.conditional import is_fresh, strong_etag
from builder.api.parameters import (
    MAX_OFFSET,
    NAMES,
    canonical_query,
    make_token,
    read_arguments,
    read_request,
)
from builder.api.problems import CORS, ApiError
from builder.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from datasette.utils.asgi import Request

    from builder.answers import Result, SearchRequest
    from builder.api.service import Service

    View = Callable[[Request], Awaitable[Response]]

FORMAT = "1"
"""Part of every entity tag: a change of the answer's form is a change of all answers."""

SUGGESTIONS = 8

_CACHE_HEADERS = {
    "Cache-Control": "public, max-age=300, stale-while-revalidate=86400",
    # Netlify keeps replies that it proxies only when told so, and by these parameters only when told so.
    "Netlify-CDN-Cache-Control": "public, max-age=300, stale-while-revalidate=86400",
    "Netlify-Vary": f"query={'|'.join(NAMES)}",
}


def make_views(service: Service) -> dict[str, View]:
    """Return the views of a service by their address."""
    return {
        "/-/search.json": _guarded(service, _searching("application/json", _render_json)),
        "/-/suggest": _guarded(service, _searching("application/x-suggestions+json", _render_suggestions)),
        "/-/search": _guarded(service, _searching("text/html", _render_page, text_needed=False)),
        "/-/health": _guarded(service, _health),
    }


def _guarded(service: Service, inner: Callable[[Service, Request], Awaitable[Response]]) -> View:
    """Return a view that first asks whether the reader may see the database, and words what is wrong."""
    permissions = [("view-database", service.database.name), "view-instance"]

    async def view(request: Request) -> Response:
        await service.datasette.ensure_permissions(request.actor, permissions)
        try:
            return await inner(service, request)
        except QueryError as error:
            raise ApiError.of_query(error) from error

    return view


def _searching(
    kind: str, render: Callable[..., Awaitable[Response]], *, text_needed: bool = True
) -> Callable[[Service, Request], Awaitable[Response]]:
    """Return a view that searches, unless the client's copy still holds.

    The tag is made before the search, from the index, the request and the address that the reply's addresses
    begin with: equal ones give equal replies.
    """
    content_type = f"{kind}; charset=utf-8"

    async def respond(service: Service, request: Request) -> Response:
        asked = read_request(read_arguments(request.query_string), text_needed=text_needed)
        docsets = await service.docsets()
        chosen = choose_docsets(docsets, asked.docset, asked.version)
        same = canonical_query(asked, tuple(docset.id for docset in chosen))
        state = "".join(docset.fingerprint for docset in chosen) + join_hashes(chosen)
        etag = strong_etag(FORMAT, kind, service.options.site_url, _address(service, request), state, same)
        headers = {**CORS, **_CACHE_HEADERS, "ETag": etag}
        if is_fresh(request.headers.get("if-none-match", ""), etag):
            return Response("", status=304, headers=headers, content_type=content_type)
        started = time.perf_counter()
        found = await service.run(lambda connection: answer(connection, docsets, asked))
        took_ms = round((time.perf_counter() - started) * 1000, 1)
        response = await render(service, request, asked, found, took_ms)
        response.headers.update(headers)
        response.content_type = content_type
        return response

    return respond


async def _render_json(
    service: Service, request: Request, asked: SearchRequest, found: Answer, took_ms: float
) -> Response:
    token = _next_token(asked, found)
    next_url = _next_url(service, request, asked, token)
    body = search_body(
        found, took_ms=took_ms, token=token, next_url=next_url, site_url=service.options.site_url
    )
    headers = {"Link": f'<{next_url}>; rel="next"'} if next_url else {}
    return Response.json(body, headers=headers)


def _next_token(asked: SearchRequest, found: Answer) -> str:
    offset = asked.offset + asked.size
    return make_token(offset) if offset < found.total and offset <= MAX_OFFSET else ""


def _next_url(service: Service, request: Request, asked: SearchRequest, token: str) -> str:
    """Return the absolute address of the next page, its parameters in their usual order."""
    if not token:
        return ""
    query = canonical_query(asked).partition("&_next=")[0]
    return f"{_address(service, request)}?{query}&_next={token}"


def _address(service: Service, request: Request) -> str:
    """Return the absolute address that was asked, without its query."""
    path = service.datasette.urls.path(request.scope.get("route_path", request.path))
    url: str = service.datasette.absolute_url(request, path)
    return url


async def _render_suggestions(
    service: Service, request: Request, asked: SearchRequest, found: Answer, took_ms: float
) -> Response:
    """Return the OpenSearch suggestions form: query, completions, descriptions, addresses."""
    del took_ms
    base = service.options.site_url or service.datasette.absolute_url(request, "/").removesuffix("/")
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
    datasette = service.datasette
    await datasette.invoke_startup()
    token = _next_token(asked, found)
    context = {
        "asked": asked,
        "found": found,
        "pieces": [list(split_marks(result)) for result in found.results],
        "next_url": _next_url(service, request, asked, token),
        "site_url": service.options.site_url,
        "took_ms": took_ms,
    }
    return Response.html(await datasette.render_template(service.results_page, context, request=request))


def split_marks(result: Result) -> list[tuple[str, bool]]:
    """Return a result's excerpt cut into pieces, each with whether it is marked."""
    pieces: list[tuple[str, bool]] = []
    place = 0
    for start, end in result.excerpt.marks:
        pieces += [(result.excerpt.text[place:start], False), (result.excerpt.text[start:end], True)]
        place = end
    return [*pieces, (result.excerpt.text[place:], False)]


async def _health(service: Service, request: Request) -> Response:
    """Say whether the database answers now; never from a cache."""
    del request
    docsets = await service.run(
        lambda connection: connection.execute("SELECT count(*) FROM docsets").fetchone()[0]
    )
    index_hash = join_hashes(await service.docsets())
    body = {"ok": True, "docsets": docsets, "index_hash": index_hash}
    return Response.json(body, headers={**CORS, "Cache-Control": "no-store"})
