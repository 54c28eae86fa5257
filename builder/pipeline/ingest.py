"""The first half of a build: read a tree, write its docset into the database."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from builder.assemble import rows_of, rows_of_pages
from builder.errors import SourceError
from builder.pipeline.binding import Binder
from builder.pipeline.carding import written_cards
from builder.pipeline.indexing import IndexWork, Lazy, build_and_export, export_the_rest
from builder.pipeline.listing import read_listing
from builder.pipeline.reading import read_pages
from builder.pipeline.workers import in_background
from builder.search_index import index as search_index
from builder.search_index.counts import PageCounts
from builder.search_index.keeping import Keeper
from builder.search_index.sqlite_tables import SqliteTables
from builder.store import write_index, write_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from builder.models import Docset, Progress
    from builder.pipeline.binding import Bound
    from builder.pipeline.folders import Folders
    from builder.pipeline.indexing import Indexed
    from builder.pipeline.reading import Reading
    from builder.pipeline.run import Run
    from builder.pipeline.scan import Scan
    from builder.pipeline.sources import Wanted
    from builder.search_index.counts import TermCounts
    from builder.store import Held
    from builder.store.writer import OpenDatabase


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


class Stored(NamedTuple):
    """What the rows of a docset were made of.

    Attributes:
        fingerprint: The docset's, as its row in the database has it.
        frame_key: See `Binder`.
        pages: The key of each page, by path.
    """

    fingerprint: str
    frame_key: str
    pages: Mapping[str, str]


class Target(NamedTuple):
    """Where a docset is written.

    Attributes:
        number: The docset's id, from 1.
        database: Opens the database to write, once.
        held: What of the docset is there already.
        folders: Where the files of the search index are written; None writes none.
    """

    number: int
    database: Callable[[], OpenDatabase]
    held: Held
    folders: Folders | None


class Ingesting:
    """A docset whose rows are written, while its search index is still being worked on.

    Args:
        target: Where it is written.
        found: What is known of it.
        work: What the process with the index was told.
        following: Returns its next result.
        kept: What an earlier build left.
        progress: Told of every step.
    """

    def __init__(
        self,
        target: Target,
        found: Ingested,
        *,
        work: IndexWork,
        following: Callable[[], Any],
        kept: Keeper,
        progress: Progress,
    ) -> None:
        self.found = found
        self._target = target
        self._work = work
        self._following = following
        self._kept = kept
        self._progress = progress

    def finish(self) -> None:
        """Wait for the index, write it into the database, and see that its files are written.

        Raises:
            StoreError: The database can't be written.
        """
        target, tell = self._target, self._progress
        tell("index", 0, 1)
        index: Indexed = self._following()
        tell("index", 1, 1)
        tell("store", 0, 1)
        database = target.database()
        write_index(database, target.number, index.tables, index.hash)
        if target.folders:
            tables = SqliteTables(database.conn, target.number)
            export_the_rest(self._work, tables, index, self._kept, self._following)
        else:
            self._following()
        self._kept.save()
        tell("store", 1, 1)


@contextmanager
def ingest(target: Target, wanted: Wanted, scan: Scan, run: Run) -> Iterator[Ingesting]:
    """Read one docset and write it into the database, in one transaction; the search index follows.

    Args:
        target: Where to.
        wanted: The docset.
        scan: Its files.
        run: The build.

    Raises:
        ParseError, InventoryError, SourceError: The docs can't be read.
        StoreError: The database can't be written.
    """
    number = target.number
    kept = Keeper(run.kept / f"docset-{number}", run.code)
    listing = read_listing(scan, kept, partial(_warm_up, target, parser=True))
    file = run.kept / f"docset-{number}.pickle"
    reading = read_pages(scan, listing, file, run, partial(_warm_up, target))
    if not reading.pages:
        raise SourceError(
            "no page has a main content that a Sphinx theme would write", where=scan.root,
            todo="Give the folder that `sphinx-build -b html` writes.",
        )  # fmt: skip
    binder = Binder(number=number, wanted=wanted, scan=scan, listing=listing, reading=reading, code=run.code)
    bound = kept.step("bound", bytes.fromhex(binder.frame_key), binder.bound)
    work = _index_work(binder, bound, target, run, kept=kept)
    with in_background(build_and_export, work) as following:
        broken = _write(target, binder, bound, kept)
        reading.keep(file, run)
        found = Ingested(
            docset=bound.docset,
            pages=len(reading.pages),
            entries=bound.entries,
            parsed=reading.parsed,
            warnings=(
                *(f"{path}: a browser could run what is in it, so it is left out" for path in scan.active),
                *bound.warnings,
            ),
            broken=broken,
        )
        yield Ingesting(target, found, work=work, following=following, kept=kept, progress=run.progress)


def _warm_up(target: Target, *, parser: bool = False) -> None:
    """Bring what is heavy and will be needed, while others work; with the parser if they will work in copies of us."""
    if parser:
        import builder.parse  # noqa: PLC0415
        import builder.sanitize  # noqa: F401, PLC0415
    from builder.pipeline import generate  # noqa: F401, PLC0415
    from builder.search_index import name_tables, word_tables  # noqa: F401, PLC0415

    target.database()


def _index_work(binder: Binder, bound: Bound, target: Target, run: Run, *, kept: Keeper) -> IndexWork:
    reading = binder.reading

    def terms() -> list[tuple[str, int, bool]]:
        return [(line.term, entry, line.main) for line, entry in binder.whole.index]

    summaries = (reading.worked(path).summaries for path in reading.pages)
    return IndexWork(
        docset=bound.docset,
        entries=Lazy(lambda: binder.whole.entries, bound.entries),
        terms=Lazy(terms),
        cards=Lazy(lambda: written_cards(binder, bound, kept), bound.entries),
        counts=[
            PageCounts(bytes.fromhex(key), _Counts(reading, path)) for path, key in reading.pages.items()
        ],
        answers=binder.wanted.answers,
        frame=bytes.fromhex(binder.frame_key),
        summaries=sha256("".join(summaries).encode()).digest(),
        stored=target.held.tables,
        kept=run.kept / f"index-{binder.number}",
        code=run.code,
        folders=target.folders,
    )


@dataclass(frozen=True, slots=True)
class _Counts:
    """Gives the counts of a page."""

    reading: Reading
    path: str

    def __call__(self) -> Sequence[TermCounts]:
        return self.reading.unit(self.path).counts


def _write(target: Target, binder: Binder, bound: Bound, kept: Keeper) -> int:
    """Write the rows of a docset; return how many internal links led nowhere before we came.

    Where the database holds the docset with the same frame, only those of the pages that changed are looked at.
    """
    database, number = target.database(), target.number
    key = bytes.fromhex(binder.frame_key)
    now = Stored(binder.fingerprint, binder.frame_key, binder.reading.pages)
    changed = _changed(target.held.fingerprint, kept.last("stored"), now)
    priors = kept.step("priors", key, lambda: search_index.priors_of(binder.whole.entries))
    broken: int = kept.last("broken") or 0
    if changed is None:
        rows = rows_of(binder.whole, priors)
        write_rows(database, number, rows)
        broken = len(rows["broken_links"])
    else:
        made = binder.some(changed, bound)
        ids = [bound.frame.page_ids[path] for path in changed]
        write_rows(database, number, rows_of_pages(made, priors), pages=ids)
    kept.keep("broken", broken)
    kept.keep("stored", now)
    return broken


def _changed(fingerprint: str, last: Stored | None, now: Stored) -> list[str] | None:
    """Return the pages whose rows may differ from what the database holds; None where any row may."""
    if not last or last.fingerprint != fingerprint or last.frame_key != now.frame_key:
        return None
    return [path for path, key in now.pages.items() if last.pages[path] != key]
