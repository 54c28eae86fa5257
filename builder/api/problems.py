"""Errors as problem details (RFC 9457) that also carry Datasette's own keys `ok`, `error` and `status`."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from datasette import Response
from datasette.views.base import DatasetteError

from builder.errors import UnknownNameError

if TYPE_CHECKING:
    from builder.errors import LivedocsError

CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link, Retry-After",
}
"""Anyone may read what is public; no credentials are ever looked at."""


class ApiError(DatasetteError):  # type: ignore[misc]
    """What ends a request to the API with an error; Datasette shows it to people in its own way.

    Args:
        status: The HTTP status.
        detail: What is wrong and what to do, in words for people.
        parameter: The parameter it is about.
        retry_after: Seconds after which the same request may succeed, 0 where waiting won't help.
    """

    def __init__(self, status: int, detail: str, *, parameter: str = "", retry_after: int = 0) -> None:
        super().__init__(detail, title=HTTPStatus(status).phrase, status=status)
        self.detail = detail
        self.parameter = parameter
        self.retry_after = retry_after

    @classmethod
    def of_query(cls, error: LivedocsError) -> ApiError:
        """Return the problem that a query's error is, with the parameter that is at fault."""
        return cls(404 if isinstance(error, UnknownNameError) else 400, str(error), parameter=error.where)


def problem_response(problem: ApiError) -> Response:
    """Return the reply that tells a program about a problem."""
    body: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
        "ok": False,
        "error": problem.detail,
    }
    if problem.parameter:
        body["parameter"] = problem.parameter
    headers = {**CORS, "Cache-Control": "no-store"}
    if problem.retry_after:
        headers["Retry-After"] = str(problem.retry_after)
    response = Response.json(body, status=problem.status, headers=headers)
    response.content_type = "application/problem+json"
    return response
