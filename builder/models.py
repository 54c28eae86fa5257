"""The values that pass between the stages: one type per stage, frozen, in the field's words.

A *docset* is one documentation set in one version. It has *pages*; a page has *sections* (headings) and *symbols*
(described objects); both are *entries*, the unit that is searched. Positions count the entries of one page in document
order from 0; the entry at position 0 is always the page's own (its top section).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

NoteKind = Literal["added", "changed", "deprecated", "removed"]


@dataclass(frozen=True, slots=True)
class SafeHtml:
    """HTML that `sanitize` let through; the only HTML that templates show unescaped.

    Attributes:
        html: A fragment of the body of a page.
    """

    html: str

    def __html__(self) -> str:
        """Return the markup; this is the protocol that Jinja2's autoescape knows."""
        return self.html


@dataclass(frozen=True, slots=True, kw_only=True)
class Docset:
    """One documentation set in one version.

    Attributes:
        slug: Its name in URLs: `python`.
        name: Its name for people: `Python`.
        version: As in URLs: `3.11`.
        language: A BCP 47 tag: `en`, `ja`.
        origin: Where it came from, for people: `python3.11-doc 3.11.2-6 (apt)`.
    """

    slug: str
    name: str
    version: str
    language: str = "en"
    origin: str = ""

    @property
    def prefix(self) -> str:
        """Return the docset's folder in the site, with slashes on both ends: `/python/3.11/`."""
        return f"/{self.slug}/{self.version}/"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTree:
    """A folder of Sphinx-built HTML, ready to be read.

    Attributes:
        root: The folder that holds `objects.inv` (or `index.html`, where there is no inventory).
        origin: What was taken and from where, for people.
        slug: The docset's slug where the source or the configuration names it, else "".
        version: The docset's version where the source or the configuration names it, else "".
        canonical: The address where these docs are officially published, with a slash at its end, else "".
    """

    root: Path
    origin: str
    slug: str = ""
    version: str = ""
    canonical: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionNote:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A page's internal links to one place, counted.

    Attributes:
        page: The upstream path of the target: `library/json.html`.
        anchor: The target's id, "" for the page.
        count: How often the page links there.
    """

    page: str
    anchor: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TocEntry:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexEntry:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry as the search index and the templates see it: a section or a symbol with its docset-wide facts.

    Attributes:
        id: Its number in the database, unique over sections and symbols.
        page: Upstream path.
        anchor: "" for a whole page.
        kind: In words a reader knows (see `Section.kind`, `Symbol.kind`).
        role: `domain:role` of a symbol (`py:function`), "" for a section.
        name: The full dotted name of a symbol or module, else "".
        title: What stands on the first line of a result: a heading, or a symbol's name.
        signature: As in `Symbol`.
        summary: As in `Symbol`.
        trail: Titles of what is around it, outermost first, joined by ` › `.
        text: As in `Symbol`.
        code: As in `Symbol`.
        level: The heading's level, 0 for a symbol.
        inbound: How many links of the docset point to it.
        added: The version that brought it, "" where unsaid.
        changed: The last version that changed it, "" where unsaid.
        deprecated: The version that deprecated it, "" where not deprecated.
        removed: The version that removed it or will, "" where unsaid.
    """

    id: int
    page: str
    anchor: str
    kind: str
    role: str
    name: str
    title: str
    signature: str
    summary: str
    trail: str
    text: str
    code: str
    level: int
    inbound: int
    added: str
    changed: str
    deprecated: str
    removed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of the search index on their way into the database; `store` makes the table and fills it.

    Attributes:
        name: The table's name. Its first column is always `docset_id INTEGER`, which `store` adds.
        columns: Column name to Python type (`str`, `int`, `float`, `bytes`), without `docset_id`.
        pk: The columns that, after `docset_id`, make the primary key. The table has no rowid.
        indexes: More indexes, each a tuple of columns.
        rows: One tuple a row in the order of `columns`, sorted by `pk`.
    """

    name: str
    columns: Mapping[str, type]
    pk: tuple[str, ...]
    indexes: tuple[tuple[str, ...], ...]
    rows: Sequence[tuple[str | int | float | bytes, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRef:
    """A page as a link shows it.

    Attributes:
        path: Upstream path.
        title: Plain text.
    """

    path: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A line of "on this page".

    Attributes:
        anchor: The id to link to.
        title: A section's title, or a symbol's last name with `()` where it is called.
        depth: 1 for what stands directly below the page's title.
        kind: As in `Entry`.
    """

    anchor: str
    title: str
    depth: int
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPage:
    """A page as the templates see it, read back from the database.

    Attributes:
        path: Upstream path: `library/json.html`.
        title: Plain text.
        summary: One line of plain text for `<meta name=description>`, "" where the page has none.
        html: Its main content. Relative links in it are right as they stand, because upstream paths are kept.
        trail: The pages above it, outermost first, without the docset's root and itself.
        previous, next: Its neighbours in reading order.
        headings: "On this page", in document order, without the page's own title.
    """

    path: str
    title: str
    summary: str
    html: SafeHtml
    trail: tuple[PageRef, ...]
    previous: PageRef | None
    next: PageRef | None
    headings: tuple[Heading, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentsNode:
    """A page in the docset's table of contents, with the pages below it in order."""

    page: PageRef
    children: tuple[ContentsNode, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexLine:
    """A line of the A to Z: a word or name, and the places it leads to.

    Attributes:
        term: `dump() (in module json)`, `walrus operator`.
        places: `(page, anchor, label)`, the main one first; the label says which place it is where there are several.
    """

    term: str
    places: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocsetView:
    """A docset as the templates see it.

    Attributes:
        docset: Who it is.
        canonical: Where it is officially published, with a slash at its end, else "".
        root: The path of its first page: `index.html`.
        contents: Its table of contents.
        modules: Its modules (name, summary, page, anchor), by name; empty for docs that have none.
        popular: The entries that readers need most, best first.
        new: The entries that this version added.
        counts: How many entries of each kind it has.
    """

    docset: Docset
    canonical: str
    root: str
    contents: tuple[ContentsNode, ...]
    modules: tuple[Entry, ...]
    popular: tuple[Entry, ...]
    new: tuple[Entry, ...]
    counts: Mapping[str, int]


Progress: TypeAlias = "Callable[[str, int, int], None]"
"""Called as `progress(step, done, total)`; `total` is 0 where it isn't known."""
