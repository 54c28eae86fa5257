"""Read docsets back from the database, as the templates and the pipeline want them."""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.errors import StoreError
from builder.models import (
    ContentsNode,
    Docset,
    DocsetView,
    Entry,
    Heading,
    IndexLine,
    PageRef,
    SafeHtml,
    StoredPage,
)
from builder.store.schema import SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

_ENTRY_COLUMNS = {
    "sections": "s.id, p.path, s.anchor, s.kind, '', s.name, s.title, '', s.summary, s.trail, s.text, s.code, s.level,"
    " s.inbound, s.added, s.changed, s.deprecated, s.removed",
    "symbols": "s.id, p.path, s.anchor, s.kind, s.domain || ':' || s.role, s.name, s.name, s.signature, s.summary,"
    " s.trail, s.text, s.code, 0, s.inbound, s.added, s.changed, s.deprecated, s.removed",
}
_FIELDS = (
    "id page anchor kind role name title signature summary trail text code level inbound added "
    "changed deprecated removed"
).split()
_CALLED = frozenset(
    {"function", "method", "class method", "static method", "C function", "C macro", "decorator"}
)
_POPULAR = 48
_BEST_OF_A_KIND = """s.id IN (SELECT id FROM (
    SELECT o.id, row_number() OVER (PARTITION BY o.kind ORDER BY o.prior DESC, o.id) AS place
    FROM symbols o JOIN pages q ON q.id = o.page_id
    WHERE q.docset_id = CAST(? AS INTEGER) AND o.deprecated = '' AND o.removed = ''
) WHERE place <= 8)"""
"""Symbols that readers need most, few of each kind."""

_LISTED = 40


def open_store(file: Path) -> Store:
    """Open the database to read.

    Raises:
        StoreError: There is none, or it is not a livedocs database of this version.
    """
    if not file.is_file():
        raise StoreError("there is no database", where=file, todo="Run `livedocs build` first.")
    try:
        connection = sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        version = connection.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.Error as error:
        raise StoreError(
            f"the database can't be read ({error})", where=file, todo="Build it again."
        ) from error
    if version != SCHEMA_VERSION:
        connection.close()
        raise StoreError(
            "the database was written by another version of livedocs", where=file, todo="Build it again."
        )
    return Store(connection=connection)


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """A database opened to read.

    Attributes:
        connection: Read-only.
    """

    connection: sqlite3.Connection

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()

    def docsets(self) -> list[tuple[int, Docset]]:
        """Return the docsets with their ids, in the order in which they were configured."""
        rows = self.connection.execute(
            "SELECT id, slug, name, version, language, origin FROM docsets ORDER BY id"
        )
        return [
            (number, Docset(slug=slug, name=name, version=version, language=language, origin=origin))
            for number, slug, name, version, language, origin in rows
        ]

    def view(self, number: int) -> DocsetView:
        """Return a docset as the templates see it."""
        docset = dict(self.docsets())[number]
        canonical, root = self.connection.execute(
            "SELECT canonical, root FROM docsets WHERE id = ?", [number]
        ).fetchone()
        return DocsetView(
            docset=docset,
            canonical=canonical,
            root=root,
            contents=self._contents(number, root),
            modules=tuple(
                self._entries(number, "sections", "s.kind = 'module' AND s.name != ''", "s.name, s.id")
            ),
            popular=self._popular(number),
            new=self._new(number, docset.version),
            counts=self._counts(number),
        )

    def page_paths(self, number: int) -> list[tuple[str, int]]:
        """Return the docset's pages in reading order, each with the size of its stored content in bytes."""
        return self.connection.execute(
            "SELECT path, length(html) FROM pages WHERE docset_id = ? ORDER BY position", [number]
        ).fetchall()

    def page_digests(self, number: int) -> dict[str, str]:
        """Return a hash of everything that `page` returns, by path, without what lies above the page."""
        rows = self.connection.execute(
            "SELECT p.id, p.path, p.title, p.summary, b.path, b.title, a.path, a.title, p.html FROM pages p"
            " LEFT JOIN pages b ON b.id = p.previous_id LEFT JOIN pages a ON a.id = p.next_id WHERE p.docset_id = ?",
            [number],
        )
        hashes = {}
        paths = {}
        for page, path, *facts, html in rows:
            paths[page] = path
            hashes[page] = hashlib.sha256(repr(facts).encode() + html)
        headings = self.connection.execute(
            "SELECT page_id, id, parent_id, anchor, kind, title FROM sections"
            " UNION ALL SELECT page_id, id, parent_id, anchor, kind, name FROM symbols ORDER BY 2"
        )
        for page, *facts in headings:
            if page in hashes:
                hashes[page].update(repr(facts).encode())
        return {paths[page]: whole.hexdigest() for page, whole in hashes.items()}

    def index_digest(self, number: int) -> str:
        """Return a hash of everything that `index_lines` returns."""
        rows = self.connection.execute(
            "SELECT i.term, p.path, p.title, i.anchor, i.main FROM index_entries i JOIN pages p ON p.id = i.page_id"
            " WHERE i.docset_id = ? ORDER BY i.id",
            [number],
        ).fetchall()
        names = [] if rows else self.index_lines(number)
        return hashlib.sha256(repr((rows, names)).encode()).hexdigest()

    def broken_links(self, number: int) -> list[tuple[str, str]]:
        """Return the links that led nowhere in the docs as they came: `(page, target)`."""
        return self.connection.execute(
            "SELECT p.path, b.target FROM broken_links b JOIN pages p ON p.id = b.page_id WHERE p.docset_id = ?"
            " ORDER BY 1, 2",
            [number],
        ).fetchall()

    def page(self, number: int, path: str) -> StoredPage:
        """Return a page as the templates see it."""
        page, title, summary, parent, before, after, html = self.connection.execute(
            "SELECT id, title, summary, parent_id, previous_id, next_id, html FROM pages"
            " WHERE docset_id = ? AND path = ?",
            [number, path],
        ).fetchone()
        return StoredPage(
            path=path,
            title=title,
            summary=summary,
            html=SafeHtml(zlib.decompress(html).decode()),
            trail=self._trail(parent),
            previous=self._ref(before),
            next=self._ref(after),
            headings=self._headings(page),
        )

    def index_lines(self, number: int) -> list[IndexLine]:
        """Return the A to Z: the general index where there is one, else the names of all symbols."""
        rows = self.connection.execute(
            "SELECT i.term, p.path, i.anchor, i.main FROM index_entries i JOIN pages p ON p.id = i.page_id"
            " WHERE i.docset_id = ? ORDER BY i.id",
            [number],
        ).fetchall()
        if not rows:
            rows = self.connection.execute(
                "SELECT s.name, p.path, s.anchor, 0 FROM symbols s JOIN pages p ON p.id = s.page_id"
                " WHERE p.docset_id = ? ORDER BY s.id",
                [number],
            ).fetchall()
        titles = dict(self.connection.execute("SELECT path, title FROM pages WHERE docset_id = ?", [number]))
        lines: defaultdict[str, list[tuple[int, str, str]]] = defaultdict(list)
        for term, path, anchor, main in rows:
            lines[term].append((1 - main, path, anchor))
        return [
            IndexLine(
                term=term,
                places=tuple(
                    (path, anchor, titles[path])
                    for _, path, anchor in sorted(places, key=lambda place: place[0])
                ),
            )
            for term, places in sorted(lines.items(), key=lambda line: (line[0].casefold(), line[0]))
        ]

    def entries(self, number: int) -> list[Entry]:
        """Return all entries of a docset in id order."""
        found = [
            *self._entries(number, "sections", "1", "s.id"),
            *self._entries(number, "symbols", "1", "s.id"),
        ]
        return sorted(found, key=lambda entry: entry.id)

    def files(self, number: int) -> Iterator[tuple[str, bytes]]:
        """Yield the docset's files that are not pages: `(path, content)`."""
        yield from self.connection.execute(
            "SELECT path, content FROM files WHERE docset_id = ? ORDER BY path", [number]
        )

    # Parts of a view.

    def _entries(self, number: int, table: str, condition: str, order: str, *values: str) -> Iterator[Entry]:
        # The names of tables and columns are this module's own.
        sql = (
            f"SELECT {_ENTRY_COLUMNS[table]} FROM {table} s JOIN pages p ON p.id = s.page_id"  # noqa: S608
            f" WHERE p.docset_id = ? AND {condition} ORDER BY {order}"
        )
        for row in self.connection.execute(sql, [number, *values]):
            yield Entry(**dict(zip(_FIELDS, row, strict=True)))

    def _popular(self, number: int) -> tuple[Entry, ...]:
        order = f"s.prior DESC, s.id LIMIT {_POPULAR}"
        return tuple(self._entries(number, "symbols", _BEST_OF_A_KIND, order, str(number)))

    def _new(self, number: int, version: str) -> tuple[Entry, ...]:
        found: list[Entry] = []
        for table in ("sections", "symbols"):
            order = f"s.prior DESC, s.id LIMIT {_LISTED}"
            found += self._entries(number, table, "s.added = ?", order, version)
        return tuple(found[:_LISTED])

    def _counts(self, number: int) -> Mapping[str, int]:
        rows = self.connection.execute(
            "SELECT kind, count(*) FROM"
            " (SELECT kind, page_id FROM sections UNION ALL SELECT kind, page_id FROM symbols)"
            " WHERE page_id IN (SELECT id FROM pages WHERE docset_id = ?) GROUP BY kind ORDER BY 2 DESC, 1",
            [number],
        )
        return dict(rows.fetchall())

    def _contents(self, number: int, root: str) -> tuple[ContentsNode, ...]:
        rows = self.connection.execute(
            "SELECT id, parent_id, path, title FROM pages WHERE docset_id = ? ORDER BY position", [number]
        ).fetchall()
        below: defaultdict[int | None, list[tuple[int, str, str]]] = defaultdict(list)
        for page, parent, path, title in rows:
            below[parent].append((page, path, title))
        top = next((page for page, _, path, _ in rows if path == root), None)
        return tuple(_node(row, below) for row in below[top])

    def _trail(self, page: int | None) -> tuple[PageRef, ...]:
        trail: list[PageRef] = []
        while page is not None:
            path, title, above = self.connection.execute(
                "SELECT path, title, parent_id FROM pages WHERE id = ?", [page]
            ).fetchone()
            trail.insert(0, PageRef(path=path, title=title))
            page = above
        return tuple(trail[1:])  # the first is the root of the contents

    def _ref(self, page: int | None) -> PageRef | None:
        found = self.connection.execute("SELECT path, title FROM pages WHERE id = ?", [page]).fetchone()
        return PageRef(path=found[0], title=found[1]) if found else None

    def _headings(self, page: int) -> tuple[Heading, ...]:
        rows: Sequence[tuple[int, int | None, str, str, str, str]] = self.connection.execute(
            "SELECT id, parent_id, anchor, kind, title, '' FROM sections WHERE page_id = :page AND position > 0"
            " UNION ALL SELECT id, parent_id, anchor, kind, name, role FROM symbols"
            " WHERE page_id = :page AND role != 'token' ORDER BY 1",
            {"page": page},
        ).fetchall()
        depths: dict[int | None, int] = {}
        headings: list[Heading] = []
        for number, parent, anchor, kind, title, role in rows:
            depths[number] = depths.get(parent, 0) + 1
            text = _short(title, kind) if role else title
            headings.append(Heading(anchor=anchor, title=text, depth=depths[number], kind=kind))
        return tuple(headings)


def _node(
    row: tuple[int, str, str], below: Mapping[int | None, Sequence[tuple[int, str, str]]]
) -> ContentsNode:
    page, path, title = row
    children = tuple(_node(child, below) for child in below.get(page, ()))
    return ContentsNode(page=PageRef(path=path, title=title), children=children)


def _short(name: str, kind: str) -> str:
    last = name.rsplit(".", 1)[-1] if not name.startswith((".", "-")) and not name.endswith(".") else name
    return f"{last}()" if kind in _CALLED else last
