"""The values that pass between the stages: one type per stage, frozen, in the field's words.

A *docset* is one documentation set in one version. It has *pages*; a page has *sections* (headings) and *symbols*
(described objects); both are *entries*, the unit that is searched.
"""

from builder.models.docset import Docset, Progress, SafeHtml, SourceTree
from builder.models.parsed import (
    IndexEntry,
    Link,
    NoteKind,
    ParsedPage,
    Section,
    Symbol,
    TocEntry,
    VersionNote,
)
from builder.models.stored import (
    ContentsNode,
    DocsetView,
    Entry,
    Heading,
    IndexLine,
    PageRef,
    StoredPage,
    Table,
)

__all__ = [
    "ContentsNode",
    "Docset",
    "DocsetView",
    "Entry",
    "Heading",
    "IndexEntry",
    "IndexLine",
    "Link",
    "NoteKind",
    "PageRef",
    "ParsedPage",
    "Progress",
    "SafeHtml",
    "Section",
    "SourceTree",
    "StoredPage",
    "Symbol",
    "Table",
    "TocEntry",
    "VersionNote",
]
