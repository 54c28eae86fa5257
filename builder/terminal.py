"""Show answers in a terminal: one result in three lines at most, best first."""

from __future__ import annotations

import json
import shutil
import textwrap
import time
from contextlib import closing
from typing import TYPE_CHECKING

from builder.answers import Answer, Result, SearchRequest, answer, open_database, read_docsets
from builder.api.body import search_body
from builder.publish import DATABASE

if TYPE_CHECKING:
    from pathlib import Path

_INDENT = "    "
_WIDEST = 100


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
        QueryError: The request names a docset or version that isn't there.
    """
    began = time.perf_counter()
    with closing(open_database(output / DATABASE)) as connection:
        found = answer(connection, read_docsets(connection), request)
    if as_json:
        took = round((time.perf_counter() - began) * 1000, 1)
        return [json.dumps(search_body(found, took_ms=took), ensure_ascii=False, indent=1)]
    return list(_lines(found, explain=explain))


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
        reasons = ", ".join(f"{reason} {weight:g}" for reason, weight in result.reasons)
        lines.append(f"{_INDENT}{result.tier}, {result.score:g}: {reasons}")
    return lines
