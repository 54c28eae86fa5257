"""The work on one page that needs nothing but that page: done in worker processes, kept between builds."""

from __future__ import annotations

import gc
import pickle
import zlib
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from builder.parse import parse_index, parse_modules, parse_page
from builder.pipeline.workers import worker_context
from builder.sanitize import sanitize
from builder.search_index.counts import TermCounts, count_terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from builder.models import IndexEntry, ParsedPage, Section, Symbol
    from builder.parse import Inventory
    from builder.pipeline.scan import Scan

_COLLECT_EVERY = 250
"""Pages: looking for what can be freed takes as long as parsing; a page leaves 0.4 MB."""
_COMPRESSION = 1
"""zlib's fastest: the database stays a sixth of the HTML, and the build hardly notices."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One page, worked.

    Attributes:
        page: Parsed; its body is left out, the sanitised HTML stands for it.
        html: Sanitised, UTF-8, zlib.
        counts: The words of each entry, by position.
    """

    page: ParsedPage
    html: bytes
    counts: tuple[TermCounts, ...]


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker is asked for: `place` is `page`, `index` or `modules`."""

    place: str
    path: str
    size: int


def run_jobs(
    scan: Scan, inventory: Inventory, jobs: Iterable[Job], processes: int
) -> Iterator[tuple[Job, bytes]]:
    """Yield each job with its pickled result as it is done, the big ones first.

    Raises:
        ParseError: A page is not what Sphinx writes.
        SourceError: A page can't be read.
    """
    ordered = sorted(jobs, key=lambda job: (-job.size, job.path))
    if processes <= 1 or len(ordered) < 8:
        for job in ordered:
            yield job, _work(scan, inventory, job)
        return
    context = worker_context()
    with ProcessPoolExecutor(processes, context, initializer=_start, initargs=(scan, inventory)) as pool:
        waiting = {pool.submit(_run, job): job for job in ordered}
        try:
            for future in as_completed(waiting):
                yield waiting.pop(future), future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


class _Worker:
    """What a worker process holds on to."""

    scan: Scan
    inventory: Inventory
    done = 0


def _start(scan: Scan, inventory: Inventory) -> None:
    _Worker.scan, _Worker.inventory = scan, inventory
    gc.freeze()
    gc.disable()  # Beautiful Soup's trees are one big cycle: collected now and then, not at every 700 objects


def _run(job: Job) -> bytes:
    _Worker.done += 1
    if _Worker.done % _COLLECT_EVERY == 0:
        gc.collect()
    return _work(_Worker.scan, _Worker.inventory, job)


def _work(scan: Scan, inventory: Inventory, job: Job) -> bytes:
    return pickle.dumps(_result(scan, inventory, job), protocol=pickle.HIGHEST_PROTOCOL)


def _result(
    scan: Scan, inventory: Inventory, job: Job
) -> Unit | tuple[IndexEntry, ...] | Mapping[tuple[str, str], str] | None:
    raw = scan.read(job.path)
    if job.place == "index":
        return parse_index(job.path, raw)
    if job.place == "modules":
        return parse_modules(job.path, raw)
    page = parse_page(job.path, raw, inventory.places.get(job.path, {}))
    if page is None:
        return None
    drafts: list[Section | Symbol] = [*page.sections, *page.symbols]
    drafts.sort(key=lambda draft: draft.position)
    return Unit(
        page=replace(page, body=""),
        html=zlib.compress(sanitize(page.body).html.encode(), _COMPRESSION),
        counts=tuple(count_terms(draft.summary, draft.text, draft.code) for draft in drafts),
    )
