"""Put parsed pages together into one docset: entries with their trails, link counts and versions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from builder.assemble.contents import Order, order_pages
from builder.models import Entry, Symbol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from builder.models import Docset, IndexEntry, ParsedPage, Section, VersionNote

SEPARATOR = " › "
BLOCK = 1 << 20
"""Ids of a docset's rows start at its own id times this, so that docsets don't move each other's ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """Everything that was read of one docset.

    Attributes:
        docset: Who it is.
        number: Its id in the database, from 1.
        canonical: Where it is officially published.
        fingerprint: Hash of everything that went in.
        pages: Parsed pages by path.
        html: Their sanitised content, UTF-8, zlib.
        digests: Hash of each page's source file.
        index: The general index.
        synopses: One-line descriptions of modules by place.
        files: Images, downloads, `objects.inv`.
    """

    docset: Docset
    number: int
    canonical: str
    fingerprint: str
    pages: Mapping[str, ParsedPage]
    html: Mapping[str, bytes]
    digests: Mapping[str, str]
    index: Sequence[IndexEntry]
    synopses: Mapping[tuple[str, str], str]
    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What takes more than one page to know; it hangs on the outlines of pages, not on their prose.

    Attributes:
        order: The docset's contents.
        base: The first id of its pages, entries, notes and index lines.
        page_ids: Each page's id in the database, by path.
        first: Each page's first entry id.
        notes: Each page's first version note's id.
        inbound: How many links point to each entry that has any.
        trails: The titles above each page.
    """

    order: Order
    base: int
    page_ids: Mapping[str, int]
    first: Mapping[str, int]
    notes: Mapping[str, int]
    inbound: Mapping[int, int]
    trails: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembled:
    """A docset, or some pages of it, with everything that takes more than one page to know.

    Attributes:
        book: What it was made from.
        frame: What takes more than one page to know.
        pages: The entries of each page of the book, in id order; over all pages ids follow on without gaps.
    """

    book: Book
    frame: Frame
    pages: Mapping[str, Sequence[Entry]]

    @property
    def entries(self) -> list[Entry]:
        """Return all entries in id order."""
        return [entry for entries in self.pages.values() for entry in entries]

    @property
    def index(self) -> list[tuple[IndexEntry, int]]:
        """Return the lines of the general index that lead somewhere: `(line, entry id)`."""
        return list(_index(self.book, self.frame.first))


def assemble(book: Book, frame: Frame | None = None) -> Assembled:
    """Give each entry its number, trail, counts and versions.

    Args:
        book: The docset; where the frame is given some of its pages will do.
        frame: That of the whole docset, where it is known.
    """
    frame = frame or frame_of(book)
    return Assembled(
        book=book,
        frame=frame,
        pages={path: _page(book, frame, path) for path in frame.page_ids if path in book.pages},
    )


def frame_of(book: Book) -> Frame:
    """Number the pages and entries of a docset, order them and count the links."""
    order = order_pages(book.pages)
    base = book.number * BLOCK
    page_ids = {path: base + place for place, path in enumerate(sorted(book.pages))}
    first: dict[str, int] = {}
    notes: dict[str, int] = {}
    next_entry = next_note = base
    for path in page_ids:
        page = book.pages[path]
        first[path], notes[path] = next_entry, next_note
        next_entry += len(page.sections) + len(page.symbols)
        next_note += len(page.notes)
    return Frame(
        order=order,
        base=base,
        page_ids=page_ids,
        first=first,
        notes=notes,
        inbound=_inbound(book.pages, first),
        trails={path: _page_trail(path, book.pages, order) for path in page_ids},
    )


def _page(book: Book, frame: Frame, path: str) -> Sequence[Entry]:
    entries = _entries(book.pages[path], frame.trails[path], frame.first[path], frame.inbound)
    return _with_synopses(list(entries), book.synopses)


def entry_at(page: ParsedPage, first: int, anchor: str) -> int | None:
    """Return the id of the entry that an anchor of a page stands in; None where the page has no such id."""
    if not anchor:
        return first
    position = page.anchors.get(anchor)
    return None if position is None else first + position


def _inbound(pages: Mapping[str, ParsedPage], first: Mapping[str, int]) -> dict[int, int]:
    counts: dict[int, int] = {}
    for page in pages.values():
        for link in page.links:
            target = pages.get(link.page)
            entry = entry_at(target, first[link.page], link.anchor) if target else None
            if entry is not None:
                counts[entry] = counts.get(entry, 0) + link.count
    return counts


def _page_trail(path: str, pages: Mapping[str, ParsedPage], order: Order) -> tuple[str, ...]:
    titles: list[str] = []
    above = order.parents.get(path, "")
    while above and above in pages and len(titles) < 20:
        titles.append(pages[above].title)
        above = order.parents.get(above, "")
    return tuple(reversed(titles))


def drafts_of(page: ParsedPage) -> list[Section | Symbol]:
    """Return a page's sections and symbols in document order."""
    drafts: list[Section | Symbol] = [*page.sections, *page.symbols]
    return sorted(drafts, key=lambda draft: draft.position)


def _entries(
    page: ParsedPage, above: tuple[str, ...], first: int, inbound: Mapping[int, int]
) -> Iterable[Entry]:
    notes: dict[int, list[VersionNote]] = {}
    for note in page.notes:
        if note.whole:
            notes.setdefault(note.position, []).append(note)
    paths: list[tuple[str, ...]] = []  # the titles down to each entry, its own included
    for draft in drafts_of(page):
        around = paths[draft.parent] if draft.parent >= 0 else above
        title = draft.name if isinstance(draft, Symbol) else draft.title
        paths.append((*around, title))
        own = notes.get(draft.position, ())
        yield Entry(
            id=first + draft.position,
            page=page.path,
            anchor=draft.anchor,
            kind=draft.kind,
            role=f"{draft.domain}:{draft.role}" if isinstance(draft, Symbol) else "",
            name=draft.name,
            title=title,
            signature=draft.signature if isinstance(draft, Symbol) else "",
            summary=draft.summary,
            trail=SEPARATOR.join(around),
            text=draft.text,
            code=draft.code,
            level=0 if isinstance(draft, Symbol) else draft.level,
            inbound=inbound.get(first + draft.position, 0),
            added=_version(own, "added", 0),
            changed=_version(own, "changed", -1),
            deprecated=_version(own, "deprecated", 0),
            removed=_version(own, "removed", 0),
        )


def _version(notes: Sequence[VersionNote], kind: str, which: int) -> str:
    versions = [note.version for note in notes if note.kind == kind and note.version]
    return versions[which] if versions else ""


def _with_synopses(entries: Sequence[Entry], synopses: Mapping[tuple[str, str], str]) -> list[Entry]:
    modules = {
        (entry.page, entry.anchor): place for place, entry in enumerate(entries) if entry.kind == "module"
    }
    described = list(entries)
    for at, place in modules.items():
        if at in synopses:
            described[place] = replace(described[place], summary=synopses[at])
    return described


def _index(book: Book, first: Mapping[str, int]) -> Iterable[tuple[IndexEntry, int]]:
    for line in book.index:
        page = book.pages.get(line.page)
        entry = entry_at(page, first[line.page], line.anchor) if page else None
        if entry is not None:
            yield line, entry
