"""Parse the general index: its lines, and the places they point to.

Sphinx writes nested lists in `table.indextable`: a term links to its first place, further places follow as `[1]`, and
terms below it stand in a nested list. Places that the index marks as the most important are `<strong>`.
"""

from __future__ import annotations

import re
from typing import Any

from builder.links import resolve
from builder.models import IndexEntry
from builder.parse.body import decode
from builder.parse.walk import squeeze

_FURTHER = re.compile(r"\[\d+\]")
_TABLE = re.compile(r"<table\b[^>]*\bindextable\b[^>]*>.*?</table>", re.DOTALL)


def parse_index(path: str, raw: bytes) -> tuple[IndexEntry, ...]:
    """Parse one page of the general index (`genindex.html`, `genindex-A.html`).

    Raises:
        ParseError: The page is not in its encoding.
    """
    # A list of 17,000 lines needs no Beautiful Soup, which takes four times as long.
    from lxml import html  # type: ignore[import-untyped]  # noqa: PLC0415

    entries: list[IndexEntry] = []
    for table in _TABLE.findall(decode(path, raw)):
        for cell in html.fragment_fromstring(table).iter("td", "th"):
            for top in cell.iterchildren("ul", "dl"):
                _lines(path, top, "", entries)
    return tuple(entries)


def _lines(path: str, node: Any, above: str, entries: list[IndexEntry]) -> None:  # noqa: ANN401 - lxml is untyped
    """Read the lines of one list, each with its nested list."""
    for item in node.iterchildren("li", "dt"):
        term = _joined(above, _words(item.text)) if _words(item.text) else above
        for child in item:
            if child.tag in {"ul", "dl"}:
                _lines(path, child, term, entries)
            elif child.tag in {"a", "strong"}:
                term = _place(path, child, above, term, entries)


def _place(path: str, node: Any, above: str, term: str, entries: list[IndexEntry]) -> str:  # noqa: ANN401 - as above
    link = node if node.tag == "a" else node.find(".//a")
    if link is None:
        return term
    text = squeeze(node.text_content())
    if term == above and not _FURTHER.fullmatch(text):
        term = _joined(above, text)
    place = resolve(path, link.get("href", ""))
    if place:
        main = node.tag == "strong" or node.find(".//strong") is not None
        entries.append(IndexEntry(term=term, page=place[0], anchor=place[1], main=main))
    return term


def _words(text: str | None) -> str:
    return squeeze(text or "").strip(", ")


def _joined(above: str, text: str) -> str:
    return f"{above}; {text}" if above else text
