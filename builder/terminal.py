"""Show answers in a terminal: one result in three lines at most, best first."""

from __future__ import annotations

import json
import re
import shutil
import textwrap
import time
from contextlib import closing
from typing import TYPE_CHECKING

from builder.answers import (
    Answer,
    Result,
    SearchRequest,
    answer,
    check_kinds,
    normalise,
    open_database,
    read_docsets,
)
from builder.api.body import search_body
from builder.errors import UsageError
from builder.publish import DATABASE

if TYPE_CHECKING:
    from pathlib import Path

_INDENT = "    "
_WIDEST = 100
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


def search_in_terminal(
    output: Path, request: SearchRequest, *, as_json: bool = False, explain: bool = False
) -> list[str]:
    """Return the lines that answer a query.

    Args:
        output: The folder of a build.
        request: What is asked for.
        as_json: Whether the lines are JSON, for programs.
        explain: Whether each result says what it was found by and what that weighed.

    Raises:
        StoreError: There is no database.
        QueryError: The request names a docset, version or kind that isn't there.
        UsageError: It has no text.
    """
    if not normalise(request.text):
        raise UsageError("there is nothing to look for", where="QUERY", todo="Try: livedocs search json dump")
    began = time.perf_counter()
    with closing(open_database(output / DATABASE)) as connection:
        found = answer(connection, read_docsets(connection), request)
        if not found.total:
            check_kinds(connection, request.kinds)
    if as_json:
        took = round((time.perf_counter() - began) * 1000, 1)
        text = json.dumps(search_body(found, took_ms=took), ensure_ascii=False, indent=1)
        return [_CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", text)]
    return [printable(line) for line in _lines(found, explain=explain)]


def printable(text: str) -> str:
    """Return a text that commands no terminal: control characters (ECMA-48: C0 but newline, DEL, C1) replaced."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text.replace("\t", " "))


def _lines(found: Answer, *, explain: bool) -> list[str]:
    lines: list[str] = []
    if found.corrected:
        lines += [f"Nothing is named like that; showing results for {found.corrected}", ""]
    if not found.results:
        lines.append(f"Nothing found for {found.query}.")
    width = min(shutil.get_terminal_size().columns, _WIDEST)
    for result in found.results:
        lines += _result(result, width, explain=explain)
    return lines


def _result(result: Result, width: int, *, explain: bool) -> list[str]:
    facts = [result.kind, *([f"deprecated since {result.deprecated}"] if result.deprecated else [])]
    lines = [f"{result.title}  ({', '.join(facts)})"]
    if result.signature and result.signature != result.title:
        signature = result.signature.splitlines()[0]
        lines += textwrap.wrap(signature, width, initial_indent=_INDENT, subsequent_indent=_INDENT * 2)
    if result.summary:
        lines.append(_INDENT + textwrap.shorten(result.summary, width - len(_INDENT), placeholder=" …"))
    lines.append(_INDENT + result.url)
    if explain:
        reasons = ", ".join(f"{reason} {worth:.1f}" for reason, worth in result.reasons)
        lines.append(f"{_INDENT}{result.tier}, {result.score:.1f}: {reasons}")
    return lines
