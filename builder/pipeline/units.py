"""The work on one page that needs nothing but that page: done in worker processes, kept between builds."""

from __future__ import annotations

import gc
import pickle
import zlib
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from builder.pipeline.workers import in_background, worker_context, worker_count
from builder.search_index.counts import TermCounts, count_terms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from builder.models import IndexEntry, ParsedPage, Section, Symbol
    from builder.pipeline.listing import Listing
    from builder.pipeline.scan import Scan

_COLLECT_EVERY = 400
"""Pages: looking for what can be freed takes as long as parsing; a page leaves 0.4 MB."""
_FEW = 8
"""From so many jobs on a pool of processes is worth its start."""
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


class Worked(NamedTuple):
    """What came of a job, ready to be kept.

    Attributes:
        content: Pickled: a `Unit`, None for a page without main content, lines of the general index, synopses.
        outline: Of a page a hash of all that other pages, numbers and names hang on; "" where it has no content.
        summaries: A hash of the summaries in it.
    """

    content: bytes
    outline: str = ""
    summaries: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker is asked for: `place` is `page`, `index` or `modules`."""

    place: str
    path: str
    size: int


def run_jobs(
    scan: Scan, listing: Listing, jobs: Iterable[Job], meanwhile: Callable[[], None]
) -> Iterator[tuple[Job, Worked]]:
    """Yield each job with its result as it is done, the big ones first; call `meanwhile` when all are under way.

    Raises:
        ParseError: A page is not what Sphinx writes.
        SourceError: A page can't be read.
    """
    ordered = sorted(jobs, key=lambda job: (-job.size, job.path))
    if not ordered:
        return
    if len(ordered) < _FEW:
        with in_background(_work_through, scan, listing, ordered) as following:
            meanwhile()
            yield from ((job, following()) for job in ordered)
        return
    import builder.parse  # noqa: PLC0415  # once, before the workers are forked
    import builder.sanitize  # noqa: F401, PLC0415

    context = worker_context()
    with ProcessPoolExecutor(worker_count(), context, initializer=_start, initargs=(scan, listing)) as pool:
        waiting = {pool.submit(_run, job): job for job in ordered}
        meanwhile()
        try:
            for future in as_completed(waiting):
                yield waiting.pop(future), future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _work_through(scan: Scan, listing: Listing, jobs: Sequence[Job]) -> Iterator[Worked]:
    return (_work(scan, listing, job) for job in jobs)


class _Worker:
    """What a worker process holds on to."""

    scan: Scan
    listing: Listing
    done = 0


def _start(scan: Scan, listing: Listing) -> None:
    _Worker.scan, _Worker.listing = scan, listing
    gc.freeze()
    gc.disable()  # Beautiful Soup's trees are one big cycle: collected now and then, not at every 700 objects


def _run(job: Job) -> Worked:
    _Worker.done += 1
    if _Worker.done % _COLLECT_EVERY == 0:
        gc.collect()
    return _work(_Worker.scan, _Worker.listing, job)


def _work(scan: Scan, listing: Listing, job: Job) -> Worked:
    result = _result(scan, listing, job)
    content = pickle.dumps(result, protocol=pickle.HIGHEST_PROTOCOL)
    if not isinstance(result, Unit):
        return Worked(content)
    drafts: list[Section | Symbol] = [*result.page.sections, *result.page.symbols]
    summaries = [draft.summary for draft in drafts]
    return Worked(content, outline_of(result.page), _hash(summaries))


def _result(
    scan: Scan, listing: Listing, job: Job
) -> Unit | tuple[IndexEntry, ...] | Mapping[tuple[str, str], str] | None:
    # Together they take 0.1 s to import, and most pages of most builds are as they were.
    from builder.parse import parse_index, parse_modules, parse_page  # noqa: PLC0415
    from builder.sanitize import sanitize  # noqa: PLC0415

    raw = scan.read(job.path)
    if job.place == "index":
        return parse_index(job.path, raw)
    if job.place == "modules":
        return parse_modules(job.path, raw)
    page = parse_page(job.path, raw, listing.at(job.path))
    if page is None:
        return None
    drafts: list[Section | Symbol] = [*page.sections, *page.symbols]
    drafts.sort(key=lambda draft: draft.position)
    return Unit(
        page=replace(page, body=""),
        html=zlib.compress(sanitize(page.body).html.encode(), _COMPRESSION),
        counts=tuple(count_terms(draft.summary, draft.text, draft.code) for draft in drafts),
    )


def outline_of(page: ParsedPage) -> str:
    """Return a hash of everything that a page says but for its prose: summaries, texts, code, the words of notes."""
    return _hash(
        (
            page.path, page.title, page.previous, page.next, page.parents, page.language, page.warnings,
            [(one.position, one.parent, one.anchor, one.ids, one.level, one.kind, one.name, one.title)
             for one in page.sections],
            [(one.position, one.parent, one.anchor, one.ids, one.domain, one.role, one.kind, one.name, one.signature)
             for one in page.symbols],
            [(note.kind, note.version, note.position, note.whole) for note in page.notes],
            [(link.page, link.anchor, link.count) for link in page.links],
            [(line.page, line.title, line.depth) for line in (*page.toc, *page.sidebar)],
            len(page.toc), list(page.anchors.items()),
        )
    )  # fmt: skip


def _hash(facts: object) -> str:
    return sha256(repr(facts).encode("utf-8", "surrogatepass")).hexdigest()
