"""What Datasette's pages say about our database: titles, sources, what the tables and columns mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from builder.answers import StoredDocset

_TABLES: dict[str, dict[str, Any]] = {
    "docsets": {
        "description": "The documentation sets in this database, each in one version.",
        "columns": {
            "slug": "Its name in addresses",
            "origin": "What it was built from",
            "canonical": "Where it is officially published",
            "index_hash": "Equal hashes give equal answers to every search",
        },
    },
    "pages": {
        "description": "The pages, in reading order within their docset.",
        "sort": "id",
        "columns": {
            "path": "Path below the docset's root",
            "html": "Cleaned content, zlib",
            "digest": "Hash of the source",
        },
    },
    "sections": {
        "description": "The headings with the text under them.",
        "facets": ["kind"],
        "columns": {
            "anchor": "The id that links point to",
            "trail": "Titles of what is around it",
            "inbound": "How many links of the docset lead here",
            "prior": "How much readers need it, 0 to 1",
        },
    },
    "symbols": {
        "description": "The described objects: functions, classes, options, terms.",
        "facets": ["kind", "domain"],
        "columns": {
            "name": "Full name",
            "signature": "One a line",
            "role": "Sphinx's object type",
            "added": "The version that brought it",
            "deprecated": "The version that deprecated it",
        },
    },
    "entries": {
        "description": "Sections and symbols together: the view that other programs can hold on to.",
        "columns": {
            "page": "Path below the docset's root",
            "anchor": "Empty for a whole page",
            "name": "Full dotted name",
        },
    },
    "anchors": {"description": "Every id of a page and the entry that it stands in."},
    "version_notes": {
        "description": "What was added, changed, deprecated or removed, and when.",
        "facets": ["kind"],
    },
    "links": {"description": "Links inside the docset, counted by page and target."},
    "index_entries": {"description": "The general index: a term and a place that it points to."},
    "files": {"description": "What is not HTML: images, downloads, the inventory.", "hidden": True},
}


def describe(
    name: str, docsets: Sequence[StoredDocset], tables: Iterable[str], *, alone: bool
) -> dict[str, Any]:
    """Return Datasette's metadata for our database.

    Args:
        name: What Datasette calls the database.
        docsets: What is in it.
        tables: The names of all its tables; those of the search index are hidden.
        alone: Whether the instance serves nothing else, so that its own title is ours too.
    """
    titles = ", ".join(f"{docset.name} {docset.version}" for docset in docsets) or "Documentation"
    origins = "; ".join(dict.fromkeys(docset.origin for docset in docsets if docset.origin))
    official = [docset.canonical for docset in docsets if docset.canonical]
    database: dict[str, Any] = {
        "title": titles,
        "description": "Documentation as tables: pages, sections, symbols, and a full-text search over them. "
        "Ranked search: /-/search.json?q=…",
        "license": "That of the documentation itself",
        "tables": {table: _TABLES.get(table, {"hidden": True}) for table in tables},
    }
    if origins:
        database["source"] = origins
    if official:
        database["source_url"] = database["license_url"] = official[0]
    description: dict[str, Any] = {"databases": {name: database}}
    if alone:
        description["title"] = f"{titles}: search API"
    return description
