"""What one page says, as `parse` reads it.

Positions count the entries of one page in document order from 0; the entry at position 0 is always the page's own (its
top section). What a page has many of is a NamedTuple: reading it back from the cache takes half the time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


NoteKind = Literal["added", "changed", "deprecated", "removed"]


class VersionNote(NamedTuple):
    """A note that something was added, changed, deprecated or removed.

    Attributes:
        kind: Told by the markup's class, never by its (translated) words.
        version: `3.7`, or "" where the note names none.
        text: The note's own words without the leading "New in version 3.7:".
        position: The entry of the page that it belongs to.
        whole: Whether it is about the entry as a whole, not about one parameter or list item.
    """

    kind: NoteKind
    version: str
    text: str
    position: int
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading with the text under it, without that of the sections and symbols inside.

    Attributes:
        position: Its place among the page's entries.
        parent: The position of the section or symbol around it, or -1.
        anchor: The id that links point to, "" for a page whose top has none.
        ids: All ids that name this place, `anchor` among them.
        level: 1 for the page's title.
        kind: `page`, `module`, `section`, or `source` for a page that shows a module's code.
        name: The dotted name of a module, else "".
        title: The heading as plain text.
        summary: The first sentence or paragraph, as plain text on one line.
        text: Prose as plain text.
        code: Literal blocks and examples as plain text.
    """

    position: int
    parent: int
    anchor: str
    ids: tuple[str, ...]
    level: int
    kind: str
    name: str
    title: str
    summary: str
    text: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Symbol:
    """A described object: one `dt` with an id, and the description it shares with its neighbours.

    Attributes:
        position: Its place among the page's entries.
        parent: The position of the section or symbol around it.
        anchor: The first id of the `dt`.
        ids: All ids that name this place.
        domain: `py`, `c`, `std`, `js` ...
        role: Sphinx's object type: `function`, `method`, `cmdoption`, `term` ...
        kind: The role in words a reader knows: `function`, `command-line option`, `glossary term`.
        name: The full name: `json.dump`, `PyList_New`, `-m`, `walrus operator`.
        signature: All of its signatures as plain text, one a line: `json.dump(obj, fp, *, skipkeys=False)`.
        summary: The first sentence or paragraph of the description, as plain text on one line.
        text: The description's prose as plain text, without that of its children.
        code: Its literal blocks as plain text.
    """

    position: int
    parent: int
    anchor: str
    ids: tuple[str, ...]
    domain: str
    role: str
    kind: str
    name: str
    signature: str
    summary: str
    text: str
    code: str


class Link(NamedTuple):
    """A page's internal links to one place, counted.

    Attributes:
        page: The upstream path of the target: `library/json.html`, or of what is no page: an image, a place that isn't.
        anchor: The target's id, "" for the page.
        count: How often the text refers there; 0 for links that are no references, such as images.
    """

    page: str
    anchor: str
    count: int  # type: ignore[assignment]  # a tuple has a method of this name


class TocEntry(NamedTuple):
    """A line of a table of contents that leads to another page.

    Attributes:
        page: The upstream path of the page.
        title: The line's text.
        depth: 1 for the first level.
    """

    page: str
    title: str
    depth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedPage:
    """What one page of a docset says.

    Attributes:
        path: Its upstream path: `library/json.html`.
        title: Its title as plain text.
        body: The main content as HTML, cut and simplified but not yet sanitised.
        previous: The path of the page before it in reading order, "" for none.
        next: The path of the page after it, "" for none.
        parents: The paths of the pages above it, outermost first, where the page says so.
        language: The page's `lang`, "" where it names none.
        sections, symbols, notes, links: See their types.
        toc: The tables of contents in its main content.
        sidebar: The tree of pages in its sidebar, where the main content has no table.
        anchors: Every id in `body` with the position of the entry that it stands in.
        warnings: What a site owner should know about this page, one sentence each.
    """

    path: str
    title: str
    body: str
    previous: str
    next: str
    parents: tuple[str, ...]
    language: str
    sections: tuple[Section, ...]
    symbols: tuple[Symbol, ...]
    notes: tuple[VersionNote, ...]
    links: tuple[Link, ...]
    toc: tuple[TocEntry, ...]
    sidebar: tuple[TocEntry, ...]
    anchors: Mapping[str, int]
    warnings: tuple[str, ...]


class IndexEntry(NamedTuple):
    """A line of the general index and one place that it points to.

    Attributes:
        term: The entry's words with those above it: `json; encoding`.
        page: The upstream path of the place.
        anchor: The id of the place.
        main: Whether the index marks this place as the most important.
    """

    term: str
    page: str
    anchor: str
    main: bool
