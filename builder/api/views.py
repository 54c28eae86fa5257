"""The API's own addresses: search, suggestions, the page of results without JavaScript, health."""

from __future__ import annotations

import time
from dataclasses import asdict
from importlib.resources import files
from typing import TYPE_CHECKING

from datasette import Response

from builder.answers import Answer, answer, choose_docsets, join_hashes
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
        "/-/search.json": lambda request: _guarded(service, request, _search_json),
        "/-/suggest": lambda request: _guarded(service, request, _suggest),
        "/-/search": lambda request: _guarded(service, request, _search_page),
        "/-/health": lambda request: _guarded(service, request, _health),
    }


async def _guarded(service: Service, request: Request, view: Callable[..., Awaitable[Response]]) -> Response:
    """Check that the reader may see the database, and turn what the request has wrong into a problem."""
    permissions = [("view-database", service.database.name), "view-instance"]
    await service.datasette.ensure_permissions(request.actor, permissions)
    try:
        return await view(service, request)
    except QueryError as error:
        raise ApiError.of_query(error) from error


async def _search_json(service: Service, request: Request) -> Response:
    return await _cached(service, request, "search.json", _render_json)


async def _suggest(service: Service, request: Request) -> Response:
    return await _cached(service, request, "suggest", _render_suggestions)


async def _search_page(service: Service, request: Request) -> Response:
    return await _cached(service, request, "search", _render_page)


async def _cached(
    service: Service, request: Request, route: str, render: Callable[..., Awaitable[Response]]
) -> Response:
    """Answer from the entity tag alone where the client's copy still holds, else search and render.

    The tag is made before the search, from the index and the request: equal ones give equal results.
    """
    asked = read_request(read_arguments(request.query_string))
    docsets = await service.docsets()
    chosen = choose_docsets(docsets, asked.docset, asked.version)
    same = canonical_query(asked, tuple(docset.id for docset in chosen))
    etag = strong_etag(FORMAT, route, service.options.site_url, join_hashes(chosen), same)
    headers = {**CORS, **_CACHE_HEADERS, "ETag": etag}
    if is_fresh(request.headers.get("if-none-match", ""), etag):
        return Response("", status=304, headers=headers)
    started = time.perf_counter()
    found = await service.run(lambda connection: answer(connection, docsets, asked))
    took_ms = round((time.perf_counter() - started) * 1000, 1)
    response = await render(service, request, asked, found, took_ms)
    response.headers.update(headers)
    return response


async def _render_json(
    service: Service, request: Request, asked: SearchRequest, found: Answer, took_ms: float
) -> Response:
    token = _next_token(asked, found)
    next_url = _next_url(service, request, asked, token)
    body = {
        "ok": True,
        "query": found.query,
        "corrected_query": found.corrected or None,
        "results": [_public_result(result, service.options.site_url) for result in found.results],
        "next": token or None,
        "next_url": next_url or None,
        "total": found.total,
        "took_ms": took_ms,
        "index_hash": found.index_hash,
    }
    headers = {"Link": f'<{next_url}>; rel="next"'} if next_url else {}
    return Response.json(body, headers=headers)


def _public_result(result: Result, site_url: str) -> dict[str, object]:
    fields = asdict(result)
    fields["url"] = site_url + result.url
    fields["excerpt"] = {
        "text": result.excerpt.text,
        "highlights": [list(mark) for mark in result.excerpt.marks],
    }
    return fields


def _next_token(asked: SearchRequest, found: Answer) -> str:
    offset = asked.offset + asked.size
    return make_token(offset) if offset < found.total and offset <= MAX_OFFSET else ""


def _next_url(service: Service, request: Request, asked: SearchRequest, token: str) -> str:
    """Return the absolute address of the next page, its parameters in their usual order."""
    if not token:
        return ""
    query = canonical_query(asked).partition("&_next=")[0]
    url: str = service.datasette.absolute_url(request, f"{request.path}?{query}&_next={token}")
    return url


async def _render_suggestions(
    service: Service, request: Request, asked: SearchRequest, found: Answer, took_ms: float
) -> Response:
    """Return the OpenSearch suggestions form: query, completions, descriptions, addresses."""
    del took_ms
    base = service.options.site_url or f"{request.scheme}://{request.host}"
    results = found.results[:SUGGESTIONS]
    body = [
        asked.text,
        [result.name or result.title for result in results],
        [result.summary for result in results],
        [base + result.url for result in results],
    ]
    response = Response.json(body)
    response.content_type = "application/x-suggestions+json; charset=utf-8"
    return response


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
    source = (files("builder.api") / "templates" / "search.html").read_text(encoding="utf-8")
    template = datasette.jinja_env.from_string(source)
    return Response.html(await datasette.render_template(template, context, request=request))


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
