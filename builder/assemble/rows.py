"""Write a docset as the rows of the database's tables, in the order of their columns in `builder.store.schema`."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, TypeAlias

from builder.assemble.docset import drafts_of, entry_at
from builder.models import Symbol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from builder.assemble.docset import Assembled
    from builder.models import Link

_GENERATED = re.compile(r"(genindex(-(all|Symbols|[^/]))?|search|py-modindex)\.html$")
"""Pages that a build makes itself where Sphinx has them."""

Row: TypeAlias = "tuple[str | int | float | bytes | None, ...]"


def rows_of(made: Assembled, priors: Sequence[float]) -> Mapping[str, list[Row]]:
    """Return the rows of each table.

    Args:
        made: The whole docset.
        priors: How much readers need each entry, in entry order.
    """
    files = made.book.files
    ids = made.frame.page_ids
    return {
        **rows_of_pages(made, priors),
        "anchors": list(_anchors(made)),
        "links": list(_links(made)),
        "broken_links": sorted((ids[path], target) for path, target in broken_links(made)),
        "index_entries": list(_index(made)),
        "files": [(made.book.number, path, files[path]) for path in sorted(files)],
    }


def rows_of_pages(made: Assembled, priors: Sequence[float]) -> Mapping[str, list[Row]]:
    """Return the docset's row and those rows of its pages that hang on more than the docset's frame.

    Args:
        made: The docset, or some pages of it.
        priors: How much readers need each entry, in the order of all entries of the docset.
    """
    sections: list[Row] = []
    symbols: list[Row] = []
    for path in made.pages:
        _page_entries(made, path, priors, sections, symbols)
    return {
        "docsets": [_docset(made)],
        "pages": list(_pages(made)),
        "sections": sections,
        "symbols": symbols,
        "version_notes": list(_notes(made)),
    }


def _docset(made: Assembled) -> Row:
    book = made.book
    who = book.docset
    return (
        book.number, who.slug, who.name, who.version, who.language, who.origin, book.canonical, made.frame.order.root,
        book.fingerprint, "",
    )  # fmt: skip


def _pages(made: Assembled) -> Iterator[Row]:
    """Yield the pages; the root's own children have it as their parent, pages outside the contents have none."""
    ids, order = made.frame.page_ids, made.frame.order
    places = {path: place for place, path in enumerate(order.reading)}
    for path, entries in made.pages.items():
        page = made.book.pages[path]
        above = order.parents.get(path)
        yield (
            ids[path], made.book.number, path, page.title, entries[0].summary,
            None if above is None else ids[above or order.root], places[path],
            ids.get(page.previous), ids.get(page.next), made.book.html[path], made.book.digests[path],
        )  # fmt: skip


def _page_entries(
    made: Assembled, path: str, priors: Sequence[float], sections: list[Row], symbols: list[Row]
) -> None:
    first = made.frame.first[path]
    page = made.frame.page_ids[path]
    around: list[int] = []  # the innermost section of each entry
    for draft in drafts_of(made.book.pages[path]):
        entry = made.pages[path][draft.position]
        parent = first + draft.parent if draft.parent >= 0 else None
        tail = (
            entry.inbound,
            round(priors[entry.id - made.frame.base], 6),
            entry.added,
            entry.changed,
            entry.deprecated,
            entry.removed,
        )
        if isinstance(draft, Symbol):
            around.append(around[draft.parent])
            symbols.append(
                (entry.id, page, around[-1], draft.position, parent, entry.anchor, draft.domain, draft.role, entry.kind,
                 entry.name, entry.signature, entry.trail, entry.summary, entry.text, entry.code, *tail)
            )  # fmt: skip
        else:
            around.append(entry.id)
            sections.append(
                (entry.id, page, draft.position, parent, entry.anchor, entry.level, entry.kind, entry.name,
                 entry.title, entry.trail, entry.summary, entry.text, entry.code, *tail)
            )  # fmt: skip


def _anchors(made: Assembled) -> Iterator[Row]:
    for path in made.pages:
        number, first = made.frame.page_ids[path], made.frame.first[path]
        page = made.book.pages[path]
        own = {anchor: draft.position for draft in drafts_of(page) for anchor in draft.ids}
        for anchor in sorted(page.anchors):
            position = page.anchors[anchor]
            yield number, anchor, first + position, int(own.get(anchor) == position)


def _notes(made: Assembled) -> Iterator[Row]:
    for path in made.pages:
        page, first = made.frame.page_ids[path], made.frame.first[path]
        for number, note in enumerate(made.book.pages[path].notes, made.frame.notes[path]):
            yield number, page, first + note.position, note.kind, note.version, note.text, int(note.whole)


def _links(made: Assembled) -> Iterator[Row]:
    ids = made.frame.page_ids
    for path in made.pages:
        links = made.book.pages[path].links
        for link in sorted(links, key=lambda link: (ids.get(link.page, 0), link.anchor)):
            if link.page in ids:
                yield ids[path], ids[link.page], link.anchor, link.count


def _index(made: Assembled) -> Iterator[Row]:
    for place, (line, entry) in enumerate(made.index):
        yield (
            made.frame.base + place, made.book.number, line.term, made.frame.page_ids[line.page], line.anchor, entry,
            int(line.main),
        )  # fmt: skip


def broken_links(made: Assembled) -> Iterator[tuple[str, str]]:
    """Yield `(page, target)` of the internal links that already led nowhere in the docs as they came."""
    for path in made.pages:
        for link in made.book.pages[path].links:
            if not _leads(made, link):
                yield path, f"{link.page}#{link.anchor}" if link.anchor else link.page


def _leads(made: Assembled, link: Link) -> bool:
    pages = made.book.pages
    if link.page in pages:
        return entry_at(pages[link.page], 0, link.anchor) is not None or link.anchor.lower() == "top"
    return (
        link.page in made.book.files
        or bool(_GENERATED.match(link.page))
        or posixpath.join(link.page, "index.html") in pages
    )
