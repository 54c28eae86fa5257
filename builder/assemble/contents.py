"""Order the pages of a docset into one table of contents, from the tables that its pages show."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from builder.models import ParsedPage, TocEntry

FIRST_PAGE = "index.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """The contents of a docset.

    Attributes:
        reading: All pages in reading order; those that no table names come last, by path.
        parents: The page above each page that the tables name; "" at the first level.
        root: The page whose table is the docset's own.
    """

    reading: tuple[str, ...]
    parents: Mapping[str, str]
    root: str


def order_pages(pages: Mapping[str, ParsedPage]) -> Order:
    """Return the docset's contents.

    A table in a page's content names the pages below that page. Where the content has none (hidden tables), the
    sidebar's tree tells, and behind that the chain of "next" links, as one flat level. Tables that no other one leads
    to stand on the first level.
    """
    below = _children(pages)
    listed = {child for children in below.values() for child in children}
    free = [path for path in sorted(below) if below[path] and path not in listed and path in pages]
    root = _root(pages, below, free)
    parents: dict[str, str] = {}
    reading: list[str] = [root]
    _descend(root, "", below, parents, reading)
    for page in (*_chain(pages, root), *free):
        if page not in parents and page != root:
            above = pages[page].parents
            parents[page] = above[-1] if above and above[-1] in pages and above[-1] != root else ""
            reading.append(page)
            _descend(page, page, below, parents, reading)
    reading += sorted(path for path in pages if path not in parents and path != root)
    return Order(reading=tuple(dict.fromkeys(reading)), parents=parents, root=root)


def _children(pages: Mapping[str, ParsedPage]) -> dict[str, list[str]]:
    below: dict[str, list[str]] = defaultdict(list)
    for path in sorted(pages):
        page = pages[path]
        for parent, child in _pairs(path, page.toc):
            if child in pages and child != path and child not in below[parent]:
                below[parent].append(child)
    if any(below.values()):
        return below
    for path in sorted(pages, key=lambda path: (path != FIRST_PAGE, path)):
        for parent, child in _pairs(FIRST_PAGE, pages[path].sidebar):
            if child in pages and child not in below[parent] and child != parent:
                below[parent].append(child)
    return below


def _pairs(path: str, toc: Sequence[TocEntry]) -> Iterable[tuple[str, str]]:
    """Yield each line's page with the page of the line above it; the first level is below `path`."""
    above: list[tuple[int, str]] = []
    for line in toc:
        while above and above[-1][0] >= line.depth:
            above.pop()
        parent = above[-1][1] if above else path
        if line.page != parent:
            yield parent, line.page
        above.append((line.depth, line.page))


def _root(pages: Mapping[str, ParsedPage], below: Mapping[str, Sequence[str]], free: Sequence[str]) -> str:
    """Return the page whose table is the docset's: the first page's, else one that leads to most pages."""
    if below.get(FIRST_PAGE) and FIRST_PAGE in pages:
        return FIRST_PAGE
    if free:
        widest = max(free, key=lambda path: (_size(path, below, set()), path == FIRST_PAGE))
        if FIRST_PAGE not in pages or 2 * _size(widest, below, set()) > len(pages):
            return widest
    return FIRST_PAGE if FIRST_PAGE in pages else min(pages, key=lambda path: (path.count("/"), path))


def _size(path: str, below: Mapping[str, Sequence[str]], seen: set[str]) -> int:
    if path in seen:
        return 0
    seen.add(path)
    return 1 + sum(_size(child, below, seen) for child in below.get(path, ()))


def _descend(
    path: str, parent: str, below: Mapping[str, Sequence[str]], parents: dict[str, str], reading: list[str]
) -> None:
    for child in below.get(path, ()):
        if child not in parents and child != reading[0]:
            parents[child] = parent
            reading.append(child)
            _descend(child, child, below, parents, reading)


def _chain(pages: Mapping[str, ParsedPage], root: str) -> Iterable[str]:
    seen = {root}
    path = pages[root].next
    while path in pages and path not in seen:
        seen.add(path)
        yield path
        path = pages[path].next
