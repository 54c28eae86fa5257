"""The page of results for readers without JavaScript, in the look of the site."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from datasette import Response

from builder.answers import SearchRequest
from builder.api.conditional import strong_etag
from builder.api.problems import CORS
from builder.render.assets import STYLES, load_assets
from builder.render.environment import templates_folder

if TYPE_CHECKING:
    from builder.answers import Answer, Result
    from builder.api.problems import ApiError
    from builder.api.service import Service

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "strict-origin-when-cross-origin",
}


@lru_cache(maxsize=1)
def style_sheet() -> tuple[str, str]:
    """Return the site's style sheet and its hash."""
    assets = load_assets(templates_folder())
    text = assets.files[assets.names[STYLES]].decode()
    return text, strong_etag(text).strip('"')


async def render_results(
    service: Service, asked: SearchRequest, found: Answer, *, links: tuple[str, str]
) -> Response:
    """Return the page with what was found.

    Args:
        service: Whose page it is.
        asked: What was asked for.
        found: What was found.
        links: The site's address, "" for this one; the address of the next page of results, "" for none.
    """
    context: dict[str, object] = {
        "asked": asked,
        "found": found,
        "pieces": [list(split_marks(result)) for result in found.results],
        "site_url": links[0],
        "next_url": links[1],
        "problem": "",
    }
    return await _render(service, context, 200)


async def render_problem(service: Service, problem: ApiError, site_url: str) -> Response:
    """Return the page with what is wrong, and the form to ask again."""
    context: dict[str, object] = {
        "asked": SearchRequest(text=""),
        "found": None,
        "pieces": [],
        "site_url": site_url,
        "next_url": "",
        "problem": problem.detail,
    }
    response = await _render(service, context, problem.status)
    response.headers["Cache-Control"] = "no-store"
    if problem.retry_after:
        response.headers["Retry-After"] = str(problem.retry_after)
    return response


async def _render(service: Service, context: dict[str, object], status: int) -> Response:
    datasette = service.datasette
    await datasette.invoke_startup()
    _, digest = style_sheet()
    style = f"{datasette.urls.path('/-/livedocs.css')}?{digest}"
    text = await datasette.render_template(service.results_page, {**context, "style": style})
    return Response.html(text, status=status, headers={**CORS, **_HEADERS})


def split_marks(result: Result) -> list[tuple[str, bool]]:
    """Return a result's excerpt cut into pieces, each with whether it is marked."""
    pieces: list[tuple[str, bool]] = []
    place = 0
    for start, end in result.excerpt.marks:
        pieces += [(result.excerpt.text[place:start], False), (result.excerpt.text[start:end], True)]
        place = end
    return [*pieces, (result.excerpt.text[place:], False)]
