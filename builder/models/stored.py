"""What is searched and shown: entries, tables of the search index, and docsets and pages as the templates see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from builder.models.docset import Docset, SafeHtml


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
        popular: The entries that readers need most, best first, no more than a few of each kind.
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
