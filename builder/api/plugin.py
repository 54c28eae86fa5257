"""The Datasette plugin, found by entry point. Each hook hands on to the module that does the work.

An instance that serves no database of ours is left as it is.
"""

from __future__ import annotations

import copy
import sqlite3
from typing import TYPE_CHECKING, Any

import datasette.handle_exception as datasette_errors
from datasette import NotFound, Response, hookimpl
from datasette.handle_exception import handle_exception as show_to_people
from datasette.views.base import DatasetteError

from builder.api.gate import Gate
from builder.api.problems import ApiError, problem_response
from builder.api.service import find_service
from builder.api.views import ROUTES, closed_view

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from datasette.app import Datasette
    from datasette.utils.asgi import Request

    from builder.api.asgi import App

_CLOSED = r"/-/(databases|plugins|threads|versions|actor|permissions|messages|allow-debug|patterns)(\.json)?$"
"""Datasette's own pages that show the server's paths, threads and software, or are there to debug it."""

_MAX_ROWS = 100


@hookimpl
def startup(datasette: Datasette) -> None:
    """Tighten the settings of an instance that serves our database to strangers and nothing beside it."""
    service = find_service(datasette)
    if not service or not service.tables.alone:
        return
    datasette.max_returned_rows = min(datasette.max_returned_rows, _MAX_ROWS)
    datasette.page_size = min(datasette.page_size, _MAX_ROWS)
    closed = {"allow_download": False, "allow_csv_stream": False, "suggest_facets": False}
    if not service.options.allow_sql:
        closed["default_allow_sql"] = False
    # With `rich` installed Datasette prints each error of a stranger's request with all local values: 0.3 s of work.
    datasette_errors.rich = None
    datasette._settings.update(closed)  # noqa: SLF001 - 0.65 has no other way for a plugin to set them


@hookimpl
def prepare_connection(conn: sqlite3.Connection, datasette: Datasette) -> None:
    """Note each connection, so that all can be closed."""
    service = find_service(datasette)
    if service:
        service.connections.append(conn)


@hookimpl
def register_routes(datasette: Datasette) -> list[tuple[str, Callable[..., Awaitable[Response]]]]:
    """Add our addresses, and put a closed door before Datasette's own that strangers have no use for."""
    service = find_service(datasette)
    if not service:
        return []
    routes: list[tuple[str, Callable[..., Awaitable[Response]]]]
    routes = [(rf"{route.pattern}$", closed_view(service, route)) for route in ROUTES]
    return [*routes, (_CLOSED, _not_found)]


async def _not_found() -> Response:
    raise NotFound("There is no such page.")


@hookimpl
def asgi_wrapper(datasette: Datasette) -> Callable[[App], App]:
    """Put the gate before the router."""
    service = find_service(datasette)

    def wrap(app: App) -> App:
        if not service:
            return app
        service.gate = Gate(app, service)
        return service.gate

    return wrap


@hookimpl
def permission_allowed(datasette: Datasette, action: str, resource: object) -> bool | None:
    """Keep strangers from running SQL on our database and from taking the file."""
    service = find_service(datasette)
    if not service or resource != service.tables.name:
        return None
    if action == "view-database-download" or (action == "execute-sql" and not service.options.allow_sql):
        return False
    return None


@hookimpl
def get_metadata(datasette: Datasette, key: str | None) -> dict[str, Any]:
    """Describe our database; what the operator's own metadata says goes before."""
    service = find_service(datasette)
    if not service or key not in (
        None,
        "databases",
        "title",
        "source",
        "source_url",
        "license",
        "license_url",
    ):
        return {}
    return copy.deepcopy(dict(service.tables.description))  # Datasette writes into what it is given


@hookimpl
def forbidden(datasette: Datasette, request: Request, message: str) -> Response | None:
    """Refuse a program in its own language: Datasette's refusal is HTML even where JSON was asked for."""
    detail = message if " " in message else f"{message} is not allowed here."
    return problem_response(ApiError(403, detail)) if _speaks_json(datasette, request) else None


@hookimpl
def handle_exception(datasette: Datasette, request: Request, exception: Exception) -> object:
    """Tell a program about an error as a problem; Datasette tells people, and the log about a bug.

    Returns:
        A response, what makes one, or None to leave it to Datasette.
    """
    ours = find_service(datasette) is not None
    fault = _fault(request, exception) if ours else None
    if not _speaks_json(datasette, request):
        return show_to_people(datasette, request, fault) if fault else None
    exception = fault or exception
    if isinstance(exception, ApiError):
        return problem_response(exception)
    status = getattr(exception, "status", 500)
    if isinstance(exception, DatasetteError) and status == 500:
        status = 400  # what it raises so is the request's fault, such as an unknown column in `_sort`
    detail = _detail(exception) if status < 500 else "Something went wrong inside the server."
    return problem_response(ApiError(status, detail))


def _fault(request: Request, exception: Exception) -> Exception | None:
    """Return what is wrong with a request over which Datasette 0.65 stumbled, None where it did not."""
    fault: Exception | None = None
    if _is_missing(request, exception):
        fault = NotFound("There is no such record.")
    given = any(name == "_through" or name.endswith(("__in", "__notin")) for name in request.args)
    if given and isinstance(
        exception, KeyError | ValueError | TypeError
    ):  # it takes their values for JSON that fits
        fault = DatasetteError("A filter's value can't be read.", status=400)
    return fault


def _is_missing(request: Request, exception: Exception) -> bool:
    """Tell whether Datasette 0.65 stumbled over a record that can't be there.

    It asks for a record by fewer keys than its table has, and takes a blob from the first of no rows.
    """
    if isinstance(exception, sqlite3.ProgrammingError):
        return "pks" in request.url_vars
    return isinstance(exception, IndexError | TypeError) and request.path.endswith(".blob")


def _detail(exception: Exception) -> str:
    """Return an error of Datasette's as plain text: some of its messages are HTML."""
    if getattr(exception, "message_is_html", False):
        return str(getattr(exception, "title", "") or "The request can't be answered.")
    return str(exception) or str(getattr(exception, "message", ""))


def _speaks_json(datasette: Datasette, request: Request) -> bool:
    """Tell whether a program asks: for JSON, or for an address of ours that never is HTML."""
    service = find_service(datasette)
    return service is not None and request.path.endswith((".json", "/-/suggest", "/-/health"))
