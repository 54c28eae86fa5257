"""Read all pages of a docset: those that changed by the workers, the others from what was kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from builder import kept
from builder.pipeline import cache
from builder.pipeline.units import Job, Unit, run_jobs
from builder.pipeline.workers import needing_workers, worker_count

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from builder.models import IndexEntry
    from builder.parse import Inventory
    from builder.pipeline.run import Run
    from builder.pipeline.scan import Scan

_INDEX_SIZE = 200_000
"""Bytes that a page of the general index counts for where the work is ordered."""


@dataclass(slots=True)
class Reading:
    """What the pages of a docset say.

    Attributes:
        units: Pages by path.
        index: The general index, by the page it stands on.
        synopses: One-line descriptions of modules by place.
        parsed: How many pages were parsed anew.
        fresh: The pickled results by key where they differ from what was kept, else nothing.
    """

    units: dict[str, Unit] = field(default_factory=dict)
    index: dict[str, tuple[IndexEntry, ...]] = field(default_factory=dict)
    synopses: dict[tuple[str, str], str] = field(default_factory=dict)
    parsed: int = 0
    fresh: dict[str, bytes] = field(default_factory=dict)

    def take(self, job: Job, result: bytes) -> None:
        """Take one result in."""
        found = kept.loads(result)
        if job.place == "index":
            self.index[job.path] = found
        elif job.place == "modules":
            self.synopses |= found
        elif found is not None:
            self.units[job.path] = found

    def keep(self, file: Path, run: Run) -> None:
        """Keep the results for the next build, if there is anything new."""
        if self.fresh:
            cache.save(file, run.code, self.fresh)


def read_pages(scan: Scan, inventory: Inventory, file: Path, run: Run) -> Reading:
    """Read every page, taking from `file` what was read before.

    Raises:
        ParseError: A page is not what Sphinx writes.
        SourceError: A page can't be read.
    """
    old = cache.load(file, run.code)
    keys = _keys(scan, inventory)
    jobs = [job for job, key in keys.items() if key not in old]
    reading = Reading(parsed=sum(job.place == "page" for job in jobs))
    results: dict[str, bytes] = {}
    for job, key in keys.items():
        if key in old:
            results[key] = old[key]
            reading.take(job, old[key])
    run.progress("parse", len(results), len(keys))
    with needing_workers():
        for job, result in run_jobs(scan, inventory, jobs, worker_count()):
            results[keys[job]] = result
            reading.take(job, result)
            run.progress("parse", len(results), len(keys))
    if jobs or len(old) != len(results):
        reading.fresh = results
    return reading


def _keys(scan: Scan, inventory: Inventory) -> Mapping[Job, str]:
    """Return each job with the key of its result: equal keys, equal results."""
    keys: dict[Job, str] = {}
    for path in sorted(scan.pages):
        listed = repr(sorted(inventory.places.get(path, {}).items()))
        keys[Job("page", path, scan.sizes[path])] = cache.key_of("page", path, scan.pages[path], listed)
    for place, found in (("index", scan.index), ("modules", scan.modules)):
        for path, digest in sorted(found.items()):
            keys[Job(place, path, _INDEX_SIZE)] = cache.key_of(place, path, digest)
    return keys
