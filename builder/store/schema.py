"""The database's schema: one SQLite file with every docset in it.

`docsets` → `pages` → `sections` and `symbols` (the entries, numbered from one sequence, docset by docset, page by
page, in document order) → `anchors`, `version_notes`; `links` and `index_entries` lead to entries; `files` holds
what is not HTML. The tables of the search index (`builder.search_index`) stand beside them. Other programs hold on
to the view `entries` alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

SCHEMA_VERSION = 1
"""Written to `pragma user_version`; a database of another version is built anew."""

DOCSETS = """
CREATE TABLE docsets (
    id INTEGER PRIMARY KEY,
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    language TEXT NOT NULL,
    origin TEXT NOT NULL,             -- what was taken and from where
    canonical TEXT NOT NULL,          -- official address of these docs, '' where unknown
    root TEXT NOT NULL,               -- path of the first page
    fingerprint TEXT NOT NULL,        -- hash of everything that went in
    index_hash TEXT NOT NULL,         -- hash of the search index: two equal hashes give equal answers
    UNIQUE (slug, version, language)
)"""

PAGES = """
CREATE TABLE pages (
    id INTEGER PRIMARY KEY,
    docset_id INTEGER NOT NULL REFERENCES docsets(id),
    path TEXT NOT NULL,               -- upstream path: library/json.html
    title TEXT NOT NULL,
    summary TEXT NOT NULL,
    parent_id INTEGER REFERENCES pages(id),   -- the page above it in the contents
    position INTEGER NOT NULL,        -- place in reading order, from 0
    previous_id INTEGER REFERENCES pages(id),
    next_id INTEGER REFERENCES pages(id),
    html BLOB NOT NULL,               -- sanitised main content, UTF-8, zlib
    digest TEXT NOT NULL,             -- hash of the source file
    UNIQUE (docset_id, path)
)"""

SECTIONS = """
CREATE TABLE sections (
    id INTEGER PRIMARY KEY,
    page_id INTEGER NOT NULL REFERENCES pages(id),
    position INTEGER NOT NULL,        -- place among the page's entries, from 0
    parent_id INTEGER,                -- the entry around it
    anchor TEXT NOT NULL,
    level INTEGER NOT NULL,
    kind TEXT NOT NULL,               -- page, module, section, source
    name TEXT NOT NULL,               -- a module's dotted name, else ''
    title TEXT NOT NULL,
    trail TEXT NOT NULL,
    summary TEXT NOT NULL,
    text TEXT NOT NULL,               -- own prose, without that of sections and symbols inside
    code TEXT NOT NULL,               -- own literal blocks
    inbound INTEGER NOT NULL,         -- links of the docset that point here
    prior REAL NOT NULL,              -- how much readers need it, 0 to 1
    added TEXT NOT NULL,
    changed TEXT NOT NULL,
    deprecated TEXT NOT NULL,
    removed TEXT NOT NULL
)"""

SYMBOLS = """
CREATE TABLE symbols (
    id INTEGER PRIMARY KEY,
    page_id INTEGER NOT NULL REFERENCES pages(id),
    section_id INTEGER REFERENCES sections(id),
    position INTEGER NOT NULL,
    parent_id INTEGER,
    anchor TEXT NOT NULL,
    domain TEXT NOT NULL,             -- py, c, std, js ...
    role TEXT NOT NULL,               -- Sphinx's object type: function, cmdoption ...
    kind TEXT NOT NULL,               -- the role in words a reader knows
    name TEXT NOT NULL,               -- json.dump
    signature TEXT NOT NULL,          -- one a line
    trail TEXT NOT NULL,
    summary TEXT NOT NULL,
    text TEXT NOT NULL,
    code TEXT NOT NULL,
    inbound INTEGER NOT NULL,
    prior REAL NOT NULL,
    added TEXT NOT NULL,
    changed TEXT NOT NULL,
    deprecated TEXT NOT NULL,
    removed TEXT NOT NULL
)"""

ANCHORS = """
CREATE TABLE anchors (               -- every id of a page and the entry it stands in
    page_id INTEGER NOT NULL REFERENCES pages(id),
    anchor TEXT NOT NULL,
    entry_id INTEGER NOT NULL,
    own INTEGER NOT NULL,             -- 1 where the id names the entry itself, 0 where it lies inside
    PRIMARY KEY (page_id, anchor)
) WITHOUT ROWID"""

VERSION_NOTES = """
CREATE TABLE version_notes (
    id INTEGER PRIMARY KEY,
    page_id INTEGER NOT NULL REFERENCES pages(id),
    entry_id INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('added', 'changed', 'deprecated', 'removed')),
    version TEXT NOT NULL,
    text TEXT NOT NULL,
    whole INTEGER NOT NULL            -- 1 where it is about the entry as a whole, 0 for one parameter or list item
)"""

LINKS = """
CREATE TABLE links (                 -- internal links of a page, counted by target
    page_id INTEGER NOT NULL REFERENCES pages(id),
    target_page_id INTEGER NOT NULL REFERENCES pages(id),
    anchor TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (page_id, target_page_id, anchor)
) WITHOUT ROWID"""

BROKEN_LINKS = """
CREATE TABLE broken_links (          -- internal links that led nowhere in the docs as they came
    page_id INTEGER NOT NULL REFERENCES pages(id),
    target TEXT NOT NULL,             -- path#anchor
    PRIMARY KEY (page_id, target)
) WITHOUT ROWID"""

INDEX_ENTRIES = """
CREATE TABLE index_entries (         -- the general index
    id INTEGER PRIMARY KEY,
    docset_id INTEGER NOT NULL REFERENCES docsets(id),
    term TEXT NOT NULL,
    page_id INTEGER NOT NULL REFERENCES pages(id),
    anchor TEXT NOT NULL,
    entry_id INTEGER NOT NULL,
    main INTEGER NOT NULL
)"""

FILES = """
CREATE TABLE files (                 -- images, downloads, objects.inv
    docset_id INTEGER NOT NULL REFERENCES docsets(id),
    path TEXT NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (docset_id, path)
)"""

ENTRIES = """
CREATE VIEW entries AS
SELECT s.id, d.slug AS docset, d.version, d.language, p.path AS page, s.anchor, s.kind, '' AS role, s.name, s.title,
       '' AS signature, s.summary, s.trail, s.added, s.changed, s.deprecated, s.prior
FROM sections s JOIN pages p ON p.id = s.page_id JOIN docsets d ON d.id = p.docset_id
UNION ALL
SELECT s.id, d.slug, d.version, d.language, p.path, s.anchor, s.kind, s.domain || ':' || s.role, s.name, s.name,
       s.signature, s.summary, s.trail, s.added, s.changed, s.deprecated, s.prior
FROM symbols s JOIN pages p ON p.id = s.page_id JOIN docsets d ON d.id = p.docset_id"""

TABLES = (
    DOCSETS,
    PAGES,
    SECTIONS,
    SYMBOLS,
    ANCHORS,
    VERSION_NOTES,
    LINKS,
    BROKEN_LINKS,
    INDEX_ENTRIES,
    FILES,
)

INDEXES = (
    ("sections", ("page_id",)),
    ("symbols", ("page_id",)),
    ("symbols", ("name",)),
    ("sections", ("name",)),
    ("anchors", ("entry_id",)),
    ("version_notes", ("entry_id",)),
    ("version_notes", ("kind", "version")),
    ("links", ("target_page_id", "anchor")),
    ("index_entries", ("term",)),
    ("index_entries", ("entry_id",)),
    ("pages", ("parent_id",)),
)

SEARCHED = {"sections": ("title", "text"), "symbols": ("name", "signature", "text")}
"""Columns of the full-text tables `sections_fts` and `symbols_fts` (external content, `porter unicode61`)."""


def index_table_names(connection: sqlite3.Connection) -> list[str]:
    """Return the names of the search index's tables: all that the schema above does not name but that have a docset."""
    own = {statement.split()[2] for statement in TABLES}
    found = connection.execute(
        "SELECT m.name FROM sqlite_master m, pragma_table_info(m.name) c"
        " WHERE m.type = 'table' AND c.cid = 0 AND c.name = 'docset_id' ORDER BY m.name"
    )
    return [name for (name,) in found if name not in own]
