"""Read all pages of a docset: those that changed by the workers, the others from what was kept."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from builder import kept
from builder.pipeline import cache
from builder.pipeline.units import Job, Unit, Worked, run_jobs
from builder.pipeline.workers import needing_workers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from builder.models import IndexEntry
    from builder.pipeline.listing import Listing
    from builder.pipeline.run import Run
    from builder.pipeline.scan import Scan

_INDEX_SIZE = 200_000
"""Bytes that a page of the general index counts for where the work is ordered."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What the pages of a docset say; what is not asked for is not unpacked.

    Attributes:
        keys: The key of each job's result: equal keys, equal results.
        results: The results by key.
        parsed: How many pages were parsed anew.
        changed: Whether the results differ from what was kept.
    """

    keys: Mapping[Job, str]
    results: Mapping[str, Worked]
    parsed: int
    changed: bool

    @cached_property
    def pages(self) -> dict[str, str]:
        """Return the key of each page that has content, by path, sorted."""
        keys = self.keys.items()
        return {job.path: key for job, key in keys if job.place == "page" and self.results[key].outline}

    def unit(self, path: str) -> Unit:
        """Return one page."""
        unit: Unit = self._content(self.pages[path])
        return unit

    def worked(self, path: str) -> Worked:
        """Return one page as it is kept."""
        return self.results[self.pages[path]]

    def index(self) -> list[IndexEntry]:
        """Return the lines of the general index, by the pages they stand on."""
        return [line for key in self._keys_of("index") for line in self._content(key)]

    def synopses(self) -> dict[tuple[str, str], str]:
        """Return one-line descriptions of modules by place."""
        found: dict[tuple[str, str], str] = {}
        for key in self._keys_of("modules"):
            found |= self._content(key)
        return found

    def frame(self) -> str:
        """Return a hash of everything that was read but for the prose of pages."""
        indexes = [*self._keys_of("index"), "", *self._keys_of("modules"), ""]
        outlines = (f"{path} {self.worked(path).outline}" for path in self.pages)
        return cache.key_of(*indexes, *outlines)

    def keep(self, file: Path, run: Run) -> None:
        """Keep the results for the next build, if there is anything new."""
        if self.changed:
            cache.save(file, run.code, self.results)

    def _keys_of(self, place: str) -> list[str]:
        return [key for job, key in self.keys.items() if job.place == place]

    def _content(self, key: str) -> Any:  # noqa: ANN401 - whatever the job makes
        return kept.loads(self.results[key].content)


def read_pages(scan: Scan, listing: Listing, file: Path, run: Run, meanwhile: Callable[[], None]) -> Reading:
    """Read every page, taking from `file` what was read before; `meanwhile` is called while others work.

    Raises:
        ParseError: A page is not what Sphinx writes.
        SourceError: A page can't be read.
    """
    old: dict[str, Worked] = cache.load(file, run.code)
    keys = _keys(scan, listing)
    jobs = [job for job, key in keys.items() if key not in old]
    results = {key: old[key] for key in keys.values() if key in old}
    run.progress("parse", len(results), len(keys))
    with needing_workers():
        for job, result in run_jobs(scan, listing, jobs, meanwhile):
            results[keys[job]] = result
            run.progress("parse", len(results), len(keys))
    return Reading(
        keys=keys,
        results=results,
        parsed=sum(job.place == "page" for job in jobs),
        changed=bool(jobs) or len(old) != len(results),
    )


def _keys(scan: Scan, listing: Listing) -> Mapping[Job, str]:
    keys: dict[Job, str] = {}
    for path in sorted(scan.pages):
        listed = listing.pages.get(path, "")
        keys[Job("page", path, scan.sizes[path])] = cache.key_of("page", path, scan.pages[path], listed)
    for place, found in (("index", scan.index), ("modules", scan.modules)):
        for path, digest in sorted(found.items()):
            keys[Job(place, path, _INDEX_SIZE)] = cache.key_of(place, path, digest)
    return keys
