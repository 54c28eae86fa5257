"""The first half of a build: read a tree, write its docset into the database."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from builder.assemble import Assembled, Book, assemble, rows_of
from builder.errors import SourceError
from builder.models import Docset
from builder.parse import Inventory, read_inventory
from builder.pipeline import cache
from builder.pipeline.indexing import IndexWork, build_and_export
from builder.pipeline.reading import read_pages
from builder.pipeline.scan import Scan, read_file
from builder.pipeline.workers import in_background
from builder.search_index import index as search_index
from builder.store import stored_tables, write_index, write_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from builder.models import Progress
    from builder.pipeline.folders import Folders
    from builder.pipeline.indexing import Indexed
    from builder.pipeline.reading import Reading
    from builder.pipeline.run import Run
    from builder.pipeline.sources import Wanted
    from builder.pipeline.units import Unit
    from builder.store.writer import OpenDatabase

_LONGEST_SLUG = 60
_OWN_NAMES = frozenset(
    "api assets index.html 404.html livedocs.json robots.txt sitemap.xml opensearch.xml _redirects".split()
)
"""What stands in the site's root, or is served beside it."""

_NO_INVENTORY = Inventory(project="", version="", places={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingested:
    """What a docset's half of the build found out.

    Attributes:
        docset: Who it is.
        pages, entries: Counts.
        parsed: How many pages were parsed anew.
        warnings: `page: sentence`.
        broken: How many internal links led nowhere before we came.
    """

    docset: Docset
    pages: int
    entries: int
    parsed: int
    warnings: tuple[str, ...]
    broken: int


class Ingesting:
    """A docset whose rows are written, while its search index is still being worked on.

    Args:
        database: Open to write.
        number: The docset's id.
        found: What is known of it.
        following: Returns the next result of `build_and_export`.
        progress: Told of every step.
    """

    def __init__(
        self,
        database: OpenDatabase,
        number: int,
        found: Ingested,
        following: Callable[[], Indexed],
        progress: Progress,
    ) -> None:
        self._database = database
        self._number = number
        self._following = following
        self._progress = progress
        self.found = found

    def store_index(self) -> None:
        """Wait for the index, and write it into the database.

        Raises:
            StoreError: The database can't be written.
        """
        self._progress("index", 0, 1)
        index = self._following()
        self._progress("index", 1, 1)
        self._progress("store", 0, 1)
        write_index(self._database, self._number, index.tables, index.hash)
        self._progress("store", 1, 1)

    def wait(self) -> None:
        """Wait until the files of the index are written."""
        self._following()


@contextmanager
def ingest(
    database: OpenDatabase, number: int, wanted: Wanted, scan: Scan, *, run: Run, folders: Folders | None
) -> Iterator[Ingesting]:
    """Read one docset and write it into the database, in one transaction; the search index follows.

    Args:
        database: Open to write.
        number: The docset's id, from 1.
        wanted: The docset.
        scan: Its files.
        run: The build.
        folders: Where the files of the search index are written; None writes none.

    Raises:
        ParseError, InventoryError, SourceError: The docs can't be read.
        StoreError: The database can't be written.
    """
    inventory = _inventory(scan)
    kept = run.kept / f"docset-{number}.pickle"
    reading = read_pages(scan, inventory, kept, run)
    book = _book(number, wanted, scan, inventory, reading, run.code)
    made = assemble(book)
    work = IndexWork(
        docset=book.docset,
        entries=made.entries,
        terms=[(line.term, entry, line.main) for line, entry in made.index],
        counts=[count for path in made.page_ids for count in reading.units[path].counts],
        stored=stored_tables(database, number),
        kept=run.kept / f"index-{number}",
        code=run.code,
        folders=folders,
    )
    with in_background(build_and_export, work) as following:
        rows = rows_of(made, search_index.priors_of(made.entries))
        write_rows(database, number, rows)
        reading.keep(kept, run)
        found = _found(made, scan, reading, len(rows["broken_links"]))
        yield Ingesting(database, number, found, following, run.progress)


def _book(number: int, wanted: Wanted, scan: Scan, inventory: Inventory, reading: Reading, code: str) -> Book:
    """Return everything that was read of a docset."""
    units = reading.units
    if not units:
        raise SourceError(
            "no page has a main content that a Sphinx theme would write", where=scan.root,
            todo="Give the folder that `sphinx-build -b html` writes.",
        )  # fmt: skip
    return Book(
        docset=_docset(wanted, inventory, units),
        number=number,
        canonical=wanted.tree.canonical,
        fingerprint=cache.key_of(code, repr(_unplaced(wanted)), scan.digest()),
        pages={path: unit.page for path, unit in units.items()},
        html={path: unit.html for path, unit in units.items()},
        digests=scan.pages,
        index=[line for path in sorted(reading.index) for line in reading.index[path]],
        synopses=reading.synopses,
        files=_files(scan, units),
    )


def _found(made: Assembled, scan: Scan, reading: Reading, broken: int) -> Ingested:
    """Return what the docset's half of the build found out."""
    units = reading.units
    return Ingested(
        docset=made.book.docset,
        pages=len(units),
        entries=len(made.entries),
        parsed=reading.parsed,
        warnings=(
            *(f"{path}: a browser could run what is in it, so it is left out" for path in scan.active),
            *(f"{path}: {warning}" for path in sorted(units) for warning in units[path].page.warnings),
        ),
        broken=broken,
    )


def _unplaced(wanted: Wanted) -> Wanted:
    """Return what is wanted without the folder where it lies, which makes no difference."""
    return replace(wanted, tree=replace(wanted.tree, root=Path()))


def _inventory(scan: Scan) -> Inventory:
    file = scan.root / "objects.inv"
    return read_inventory(file) if "objects.inv" in scan.files else _NO_INVENTORY


def _docset(wanted: Wanted, inventory: Inventory, units: Mapping[str, Unit]) -> Docset:
    """Return who the docset is: as configured, else as its inventory and pages say."""
    tree = wanted.tree
    name = wanted.name or inventory.project or tree.slug or tree.root.name
    languages = sorted(unit.page.language for unit in units.values() if unit.page.language)
    return Docset(
        slug=_free(tree.slug or slug_of(name) or "docs"),
        name=name,
        version=_free(tree.version or slug_of(inventory.version) or "latest"),
        language=wanted.language or (max(languages, key=languages.count) if languages else "en"),
        origin=tree.origin,
    )


def _files(scan: Scan, units: Mapping[str, Unit]) -> dict[str, bytes]:
    """Return the files that go with the pages; of a theme's own only those that a page shows."""
    shown = {link.page for unit in units.values() for link in unit.page.links}
    carried = (path for path in scan.files if not path.startswith("_static/") or path in shown)
    return {path: read_file(scan.root / path) for path in carried}


def slug_of(name: str) -> str:
    """Return a name as it stands in addresses: `Read the Docs` becomes `read-the-docs`; "" where nothing is left."""
    return re.sub(r"[^\w.]+", "-", name.lower())[:_LONGEST_SLUG].strip("-.")


def _free(slug: str) -> str:
    """Return a slug that is no name of the site's own files and folders."""
    return f"{slug}-docs" if slug in _OWN_NAMES else slug
