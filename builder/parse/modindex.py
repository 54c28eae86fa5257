"""Parse module indexes (`py-modindex.html`): each module's place and one-line synopsis."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from builder.links import resolve
from builder.parse.body import decode
from builder.parse.soup import make_soup
from builder.parse.walk import squeeze

if TYPE_CHECKING:
    from collections.abc import Mapping

_ROLE = re.compile(r"(?::[\w:+-]+:)?`+([^`]+)`+")
"""A role or literal of reStructuredText: Sphinx shows the synopsis as its author typed it."""

_TABLE = re.compile(r"<table\b[^>]*\bmodindextable\b[^>]*>.*?</table>", re.DOTALL)


def parse_modules(path: str, raw: bytes) -> Mapping[tuple[str, str], str]:
    """Return the synopsis of each module by its place: `{("library/json.html", "module-json"): "Encode and decode"}`.

    Raises:
        ParseError: The page is not in its encoding.
    """
    synopses: dict[tuple[str, str], str] = {}
    for table in _TABLE.findall(decode(path, raw)):
        for row in make_soup(table).find_all("tr"):
            link = row.find("a", href=True)
            place = resolve(path, link.attrs["href"]) if link else None
            words = row.find_all("em")
            if place and words:
                synopses[place] = _ROLE.sub(r"\1", squeeze(words[-1].get_text()))
    return synopses
