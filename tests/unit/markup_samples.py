"""Pages made of snippets of real markup, parsed, for tests of the parser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.parse import parse_page
from builder.parse.inventory import Named

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.models import ParsedPage, Section, Symbol

PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8" /><title>Title &#8212; Project 1.0 documentation</title></head>
<body><div class="document"><div class="body" role="main">
{body}
</div></div></body></html>
"""


def parsed(body: str, *, path: str = "library/page.html", **listed: tuple[str, str, str]) -> ParsedPage:
    """Return a page with this main content, parsed; `listed` says what the inventory has at an id."""
    places: Mapping[str, tuple[Named, ...]] = {anchor: (Named(*one),) for anchor, one in listed.items()}
    page = parse_page(path, PAGE.format(body=body).encode(), places)
    assert page is not None
    return page


def section(title: str, inside: str, anchor: str = "top") -> str:
    """Return a section as Sphinx 4 and newer write it."""
    return (
        f'<section id="{anchor}">\n<h1>{title}<a class="headerlink" href="#{anchor}"'
        f' title="Permalink to this heading">¶</a></h1>\n{inside}\n</section>'
    )


def names(page: ParsedPage) -> list[str]:
    """Return the names of a page's symbols."""
    return [symbol.name for symbol in page.symbols]


def symbol(page: ParsedPage, name: str) -> Symbol:
    """Return the one symbol of a name."""
    (found,) = [one for one in page.symbols if one.name == name]
    return found


def heading(page: ParsedPage, title: str) -> Section:
    """Return the one section of a title."""
    (found,) = [one for one in page.sections if one.title == title]
    return found
