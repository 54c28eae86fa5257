"""Read what a request to the API asks for, within limits."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote_plus

from builder.answers import SearchRequest, normalise
from builder.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_QUERY_STRING = 8_192
MAX_QUERY = 256
MAX_WORDS = 32
MAX_NAME = 128
MAX_KINDS = 16
MAX_SIZE = 50
MAX_OFFSET = 500

NAMES = ("q", "docset", "version", "kind", "module", "_size", "_next")
"""The parameters that change an answer. Others are ignored, and a cache needs them in no key: people and programs hang
their own marks on addresses that they pass on."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """The parameters of a query string, each with all its values."""

    values: Mapping[str, list[str]]

    def one(self, name: str, limit: int = MAX_NAME) -> str:
        """Return a parameter's first value, normalised; "" where it isn't given.

        Raises:
            QueryError: It is too long.
        """
        given = self.values.get(name, [""])[0]
        if len(given) > limit:
            raise QueryError(f"it has {len(given)} characters", where=name, todo=f"Send at most {limit}.")
        return normalise(given)

    def exactly(self, name: str) -> str:
        """Return a parameter's first value as it was sent, "" where it isn't given."""
        return self.values.get(name, [""])[0]


def read_arguments(query_string: str) -> Arguments:
    """Take a query string apart.

    Raises:
        QueryError: It is too long to be looked at.
    """
    if len(query_string) > MAX_QUERY_STRING:
        todo = f"Send at most {MAX_QUERY_STRING} characters."
        raise QueryError(f"the query string has {len(query_string)} characters", where="q", todo=todo)
    return Arguments(parse_qs(query_string, keep_blank_values=True))


def read_request(arguments: Arguments, *, text_needed: bool = True) -> SearchRequest:
    """Return the search that is asked for.

    Args:
        arguments: The parameters.
        text_needed: Whether a request without `q` is an error; else its text is empty.

    Raises:
        QueryError: A parameter is missing, out of its limits or unreadable; `where` names it.
    """
    if text_needed and "q" not in arguments.values:
        raise QueryError("it is missing", where="q", todo="Say what to look for: ?q=json+dump")
    return SearchRequest(
        text=_read_text(arguments),
        docset=arguments.one("docset"),
        version=arguments.one("version"),
        kinds=_read_kinds(arguments),
        module=arguments.one("module"),
        size=_read_size(arguments.exactly("_size")),
        offset=read_token(arguments.exactly("_next")),
    )


def read_docset(arguments: Arguments) -> tuple[str, str]:
    """Return the docset and version that are asked for.

    Raises:
        QueryError: One is too long.
    """
    return arguments.one("docset"), arguments.one("version")


def _read_text(arguments: Arguments) -> str:
    text = arguments.one("q", MAX_QUERY)
    words = len(text.split())
    if words > MAX_WORDS:
        raise QueryError(f"it has {words} words", where="q", todo=f"Send at most {MAX_WORDS}.")
    return text


def _read_kinds(arguments: Arguments) -> tuple[str, ...]:
    """Return the kinds asked for: `kind` may be given more than once, or hold a list with commas."""
    given = [normalise(kind) for value in arguments.values.get("kind", []) for kind in value.split(",")]
    kinds = tuple(sorted({kind for kind in given if kind}))
    if len(given) > MAX_KINDS or any(len(kind) > MAX_NAME for kind in kinds):
        todo = f"Send at most {MAX_KINDS} kinds of {MAX_NAME} characters."
        raise QueryError("it has too many or too long values", where="kind", todo=todo)
    return kinds


def _read_size(value: str) -> int:
    if value == "max":
        return MAX_SIZE
    if not value:
        return SearchRequest(text="").size
    if not (value.isascii() and value.isdigit() and len(value) <= 4 and 1 <= int(value) <= MAX_SIZE):
        raise QueryError(
            f"{value[:20]!r} is not a size", where="_size", todo=f"Send a number from 1 to {MAX_SIZE}."
        )
    return int(value)


MARK_PATTERN = r"^(bz([EIMQUYcgk][wxyz0-5]?|[EIMQ][wxyz0-5]([MN][AQgw]|O[AQ])|UwMA))?$"
"""What `make_token` makes for 1 to `MAX_OFFSET`, for the description of the API."""


def make_token(offset: int) -> str:
    """Return the opaque `_next` of the page that begins after so many results."""
    return base64.urlsafe_b64encode(f"o{offset}".encode()).decode().rstrip("=")


def read_token(token: str) -> int:
    """Return where the page that a `_next` names begins.

    Raises:
        QueryError: We never made it.
    """
    if not token:
        return 0
    try:
        plain = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        plain = ""
    number = plain.removeprefix("o")
    if not number.isdigit() or make_token(int(number)) != token or int(number) > MAX_OFFSET:
        raise QueryError(
            "it is not a mark of ours", where="_next", todo="Take it from `next` of the page before."
        )
    return int(number)


def canonical_query(request: SearchRequest, docset_ids: tuple[int, ...] = ()) -> str:
    """Return one spelling for all requests that mean the same."""
    fields = [
        ("q", request.text),
        ("docset", ",".join(map(str, docset_ids)) or request.docset),
        ("version", "" if docset_ids else request.version),
        ("kind", ",".join(request.kinds)),
        ("module", request.module),
        ("_size", str(request.size)),
        ("_next", make_token(request.offset) if request.offset else ""),
    ]
    return "&".join([f"{name}={quote_plus(value, errors='replace')}" for name, value in fields if value])
