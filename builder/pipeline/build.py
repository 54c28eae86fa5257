"""Build a site: look at the sources, ingest what changed, generate, publish."""

from __future__ import annotations

import shutil
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache as cache_result
from pathlib import Path
from typing import TYPE_CHECKING

from builder.errors import SourceError
from builder.pipeline import cache
from builder.pipeline.run import KEYS, Run
from builder.pipeline.scan import scan_tree
from builder.publish import CACHE, DATABASE, SITE, file_sizes, staging

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from builder.config import Settings
    from builder.models import Progress
    from builder.pipeline.folders import Folders
    from builder.pipeline.ingest import Ingested, Ingesting
    from builder.pipeline.scan import Scan
    from builder.pipeline.sources import Wanted
    from builder.publish import Stage
    from builder.store.writer import OpenDatabase

_RECORD = "build.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildReport:
    """What a build did.

    Attributes:
        changed: Whether anything had to be built.
        docsets: What each docset's reading found out; empty where nothing changed.
        pages: Pages of the site; 0 where none was made.
        rendered: How many of them were rendered anew.
    """

    changed: bool
    docsets: tuple[Ingested, ...] = ()
    pages: int = 0
    rendered: int = 0


def build(
    wanted: Sequence[Wanted], output: Path, settings: Settings, *, fresh: bool = False, progress: Progress
) -> BuildReport:
    """Build database and site, and publish both or neither.

    Args:
        wanted: The docsets.
        output: The folder to publish in.
        settings: The site's title and addresses.
        fresh: Do not use what earlier builds left.
        progress: Told of every step.

    Raises:
        LivedocsError: As the stages raise them; the last good output is then as it was.
    """
    run = _run(output, progress)
    scans = _scan(wanted, output, progress)
    marks = _marks(wanted, scans, settings, run.version)
    if not fresh and _is_current(output, marks):
        return BuildReport(changed=False)
    from builder.pipeline.folders import Folders  # noqa: PLC0415  # an unchanged build needs none of it

    with staging(output) as stage:
        if fresh:
            shutil.rmtree(run.kept, ignore_errors=True)
        folders = Folders(new=stage.site, old=stage.folder / "none" if fresh else output / SITE)
        with _ingesting(stage, wanted, scans, run, fresh=fresh, folders=folders) as works:
            from builder.pipeline.generate import generate, write_home  # noqa: PLC0415  # the index is being made now
            from builder.pipeline.offline import write_listings  # noqa: PLC0415

            made = generate(stage.database, folders, settings=settings, run=run, searched=False)
        write_home(folders, made)
        sizes = file_sizes(stage.site)
        sizes |= write_listings(stage.site, sizes, made.keys)
        record = {**marks, "files": sizes, "database": stage.database.stat().st_size}
        _publish(stage, run, {_RECORD: record, KEYS: made.keys})
    docsets = tuple(work.found for work in works)
    return BuildReport(changed=True, docsets=docsets, pages=made.pages, rendered=made.rendered)


def ingest_sources(wanted: Sequence[Wanted], output: Path, *, progress: Progress) -> BuildReport:
    """Read the sources and publish the database alone.

    Raises:
        LivedocsError: As the stages raise them; the last good database is then as it was.
    """
    run = _run(output, progress)
    scans = _scan(wanted, output, progress)
    with staging(output) as stage:
        with _ingesting(stage, wanted, scans, run) as works:
            pass
        keys = cache.load_record(run.kept / KEYS)  # the site stays as it is
        _publish(stage, run, {KEYS: keys})
    return BuildReport(changed=True, docsets=tuple(work.found for work in works))


def generate_site(output: Path, settings: Settings, *, progress: Progress) -> BuildReport:
    """Generate and publish the site from the database that is there.

    Raises:
        LivedocsError: As the stages raise them; the last good site is then as it was.
    """
    from builder.pipeline.folders import Folders  # noqa: PLC0415  # as above
    from builder.pipeline.generate import generate, write_home  # noqa: PLC0415
    from builder.pipeline.offline import write_listings  # noqa: PLC0415

    run = _run(output, progress)
    with staging(output) as stage:
        folders = Folders(new=stage.site, old=output / SITE)
        made = generate(output / DATABASE, folders, settings=settings, run=run)
        write_home(folders, made)
        write_listings(stage.site, file_sizes(stage.site), made.keys)
        _publish(stage, run, {KEYS: made.keys})
    return BuildReport(changed=True, pages=made.pages, rendered=made.rendered)


def _run(output: Path, progress: Progress) -> Run:
    from builder.render.environment import templates_folder  # noqa: PLC0415  # Jinja2 is not loaded for it

    templates = templates_folder()  # inside the package where it is installed
    code = cache.hash_of(Path(__file__).parents[1], without=templates)
    version = cache.key_of(code, cache.hash_of(templates))
    return Run(code=code, version=version, kept=output / CACHE, progress=progress)


def _publish(stage: Stage, run: Run, records: Mapping[str, Mapping[str, object]]) -> None:
    """Publish, and keep what is now known of the output by name; what was known before goes first.

    So a build that is stopped in between leaves no record of what is not there.
    """
    for name in (_RECORD, KEYS):
        (run.kept / name).unlink(missing_ok=True)
    stage.publish()
    for name, record in records.items():
        cache.save_record(run.kept / name, record)


def _scan(wanted: Sequence[Wanted], output: Path, progress: Progress) -> list[Scan]:
    scans: list[Scan] = []
    for place, one in enumerate(wanted):
        progress("read", place, len(wanted))
        if one.tree.root.resolve().is_relative_to((output / SITE).resolve()):
            raise SourceError(
                "these docs lie in the site that a build replaces",
                where=one.tree.root,
                todo="Choose another folder with --output.",
            )
        scans.append(scan_tree(one.tree, without=output / SITE))
    progress("read", len(wanted), len(wanted))
    return scans


def _marks(
    wanted: Sequence[Wanted], scans: Sequence[Scan], settings: Settings, version: str
) -> dict[str, object]:
    return {
        "version": version,
        "settings": cache.key_of(settings.base_url, settings.api_url, settings.title),
        "docsets": [cache.key_of(repr(one), scan.digest()) for one, scan in zip(wanted, scans, strict=True)],
    }


def _is_current(output: Path, marks: Mapping[str, object]) -> bool:
    """Tell whether the output was made from the same, and is whole."""
    record = cache.load_record(output / CACHE / _RECORD)
    if any(record.get(key) != value for key, value in marks.items()):
        return False
    database = output / DATABASE
    return (
        database.is_file()
        and database.stat().st_size == record.get("database")
        and file_sizes(output / SITE) == record.get("files")
    )


@contextmanager
def _ingesting(
    stage: Stage,
    wanted: Sequence[Wanted],
    scans: Sequence[Scan],
    run: Run,
    *,
    fresh: bool = False,
    folders: Folders | None = None,
) -> Iterator[list[Ingesting]]:
    """Ingest all docsets; everything but the last one's search index is in the database when the body begins.

    So the body can make the site's pages meanwhile.
    """
    from builder.pipeline.ingest import Target, ingest  # noqa: PLC0415  # an unchanged build needs none of it
    from builder.pipeline.workers import keep_to_one_thread  # noqa: PLC0415
    from builder.store import Held, finish_database, held, open_database, remove_docsets, usable  # noqa: PLC0415

    keep_to_one_thread()
    last = stage.output / DATABASE
    goes_on = not fresh and usable(last)

    @cache_result
    def database() -> OpenDatabase:
        if goes_on:
            shutil.copyfile(last, stage.database)
        opened = open_database(stage.database)
        remove_docsets(opened, len(wanted))
        return opened

    works: list[Ingesting] = []
    with ExitStack() as going_on:
        for number, (one, scan) in enumerate(zip(wanted, scans, strict=True), 1):
            if works:
                works[-1].finish()
            there = held(last, number) if goes_on else Held()
            work = ingest(Target(number, database, there, folders), one, scan, run)
            works.append(going_on.enter_context(work))
            _check_distinct(works, one)
        yield works
        works[-1].finish()
        finish_database(database())


def _check_distinct(works: Sequence[Ingesting], last: Wanted) -> None:
    prefixes = [work.found.docset.prefix for work in works]
    if prefixes.count(prefixes[-1]) > 1:
        raise SourceError(
            f"two docsets would stand at {prefixes[-1]}",
            where=last.tree.root,
            todo="Give one of them another slug or version in livedocs.toml.",
        )
