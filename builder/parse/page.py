"""Parse one page into sections, symbols, notes and links."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from typing import TYPE_CHECKING

from builder.errors import ParseError
from builder.links import destination, resolve
from builder.models import Link, ParsedPage, Section, Symbol, TocEntry
from builder.parse import marks
from builder.parse.body import cut, decode
from builder.parse.markup import (
    addresses,
    contents_lines,
    ids,
    internal_links,
    outline,
    permalinks,
    simplify,
    tables_of_contents,
)
from builder.parse.soup import make_soup
from builder.parse.walk import Draft, Walk, is_automatic, squeeze

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from builder.parse.inventory import Named

_ELLIPSIS_MARKS = "¶"


def parse_page(path: str, raw: bytes, listed: Mapping[str, tuple[Named, ...]]) -> ParsedPage | None:
    """Parse a page; return None for one without main content (a redirect stub).

    Args:
        path: Upstream path: `library/json.html`.
        raw: The file's bytes.
        listed: What the inventory lists on this page, by id; empty where there is no inventory.

    Raises:
        ParseError: The page is not in its encoding, ends in the middle of its main content, or is nested too deep.
    """
    parts = cut(path, decode(path, raw))
    if parts is None:
        return None
    body = simplify(parts.main)
    walk = Walk(path, listed)
    try:
        walk.run(make_soup(outline(body)))
    except RecursionError as error:
        todo = "Mend the page, or leave it out."
        raise ParseError("its elements are nested hundreds deep", where=path, todo=todo) from error
    anchors = dict.fromkeys(ids(body), 0) | walk.anchors
    toc = _contents(path, tables_of_contents(body))
    own = permalinks(body)
    for draft in walk.drafts:
        draft.ids.sort(key=lambda anchor: (is_automatic(anchor), anchor not in own))
    page = walk.drafts[0]
    page.title = page.title or parts.title or posixpath.basename(path)
    if path.startswith("_modules/"):  # written by sphinx.ext.viewcode
        page.kind = "source"
    return ParsedPage(
        path=path,
        title=page.title,
        body=body,
        previous=_neighbour(path, parts.previous),
        next=_neighbour(path, parts.next),
        parents=tuple(filter(None, (_neighbour(path, href) for href in parts.above))),
        language=parts.language,
        sections=tuple(_section(draft) for draft in walk.drafts if not draft.domain),
        symbols=tuple(_symbol(draft) for draft in walk.drafts if draft.domain),
        notes=tuple(walk.notes),
        links=_links(path, body, anchors),
        toc=toc,
        sidebar=() if toc else _contents(path, parts.around),
        anchors=anchors,
        warnings=tuple(
            f'the id "{anchor}" stands more than once; links reach the first'
            for anchor, count in Counter(ids(body)).items()
            if count > 1
        ),
    )


def _links(path: str, body: str, own: Collection[str]) -> tuple[Link, ...]:
    """Return the page's links; those that docutils made count, others are there to be checked."""
    references = Counter(internal_links(body))
    counts: Counter[tuple[str, str]] = Counter()
    for href in addresses(body):
        if href[:1] == "#" and href[1:] in own and href not in references:
            continue  # a permalink, or a footnote's way back
        place = resolve(path, href) or destination(path, href)
        if place:
            counts[place] += references[href]
    return tuple(
        Link(page=page, anchor=anchor, count=count) for (page, anchor), count in sorted(counts.items())
    )


def _contents(path: str, markup: str) -> tuple[TocEntry, ...]:
    """Return the lines of the trees of pages in some HTML that lead to another page."""
    return tuple(
        TocEntry(page=place[0], title=title, depth=depth)
        for depth, href, title in contents_lines(markup)
        if (place := resolve(path, href))
    )


def _neighbour(path: str, href: str) -> str:
    place = resolve(path, href)
    return place[0] if place and place[0] != path else ""


def _text(draft: Draft) -> str:
    return squeeze(marks.plain("".join(draft.parts)).replace(_ELLIPSIS_MARKS, ""))


def _code(draft: Draft) -> str:
    return "\n\n".join(re.sub(r"\s+\n", "\n", block).strip() for block in draft.code)


def _section(draft: Draft) -> Section:
    return Section(
        position=draft.position,
        parent=draft.parent,
        anchor=draft.ids[0] if draft.ids else "",
        ids=tuple(draft.ids),
        level=draft.level,
        kind=draft.kind,
        name=draft.name,
        title=draft.title.rstrip(_ELLIPSIS_MARKS).rstrip(),
        summary=draft.summary,
        text=_text(draft),
        code=_code(draft),
    )


def _symbol(draft: Draft) -> Symbol:
    return Symbol(
        position=draft.position,
        parent=draft.parent,
        anchor=draft.ids[0],
        ids=tuple(draft.ids),
        domain=draft.domain,
        role=draft.role,
        kind=draft.kind,
        name=draft.name,
        signature="\n".join(draft.signatures),
        summary=draft.summary,
        text=_text(draft),
        code=_code(draft),
    )
