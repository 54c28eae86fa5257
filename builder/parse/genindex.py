"""Parse the general index: its lines, and the places they point to.

Sphinx writes nested lists in `table.indextable`: a term links to its first place, further places follow as `[1]`, and
terms below it stand in a nested list. Places that the index marks as the most important are `<strong>`.
"""

from __future__ import annotations

import re

from bs4 import Tag

from builder.links import resolve
from builder.models import IndexEntry
from builder.parse.body import decode
from builder.parse.page import make_soup
from builder.parse.walk import squeeze

_TABLE = re.compile(r"<table\b[^>]*\bindextable\b[^>]*>.*?</table>", re.DOTALL)


def parse_index(path: str, raw: bytes) -> tuple[IndexEntry, ...]:
    """Parse one page of the general index (`genindex.html`, `genindex-A.html`).

    Raises:
        ParseError: The page is not in its encoding.
    """
    entries: list[IndexEntry] = []
    for table in _TABLE.findall(decode(path, raw)):
        soup = make_soup(table)
        for top in soup.find_all("ul"):
            if top.find_parent("ul") is None:
                _lines(path, top, "", entries)
    return tuple(entries)


def _lines(path: str, node: Tag, above: str, entries: list[IndexEntry]) -> None:
    """Read the lines of one list, each with its nested list."""
    for item in node.find_all("li", recursive=False):
        term = above
        for child in item.contents:
            name = getattr(child, "name", None)
            if name in {"ul", "dl"}:
                _lines(path, child, term, entries)
            elif name in {"a", "strong"}:
                term = _place(path, child, above, term, entries)
            elif name is None and term == above and child.strip(" ,\n"):
                term = _joined(above, squeeze(str(child)).rstrip(","))


def _place(path: str, node: Tag, above: str, term: str, entries: list[IndexEntry]) -> str:
    link = node if node.name == "a" else node.find("a")
    text = squeeze(node.get_text())
    if not isinstance(link, Tag):
        return term
    if term == above and not re.fullmatch(r"\[\d+\]", text):
        term = _joined(above, text)
    place = resolve(path, link.attrs.get("href", ""))
    if place:
        main = node.name == "strong" or node.find("strong") is not None
        entries.append(IndexEntry(term=term, page=place[0], anchor=place[1], main=main))
    return term


def _joined(above: str, text: str) -> str:
    return f"{above}; {text}" if above else text
