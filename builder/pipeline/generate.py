"""The second half of a build: read the database, write the site."""

from __future__ import annotations

import json
import os
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.headers import header_file, proxied_api, proxy_rules
from builder.pipeline import cache
from builder.pipeline.run import KEYS, Run
from builder.pipeline.site_writer import A_TO_Z, INDEX, SiteWriter, Task
from builder.pipeline.workers import needing_workers, worker_context, worker_count
from builder.publish import RECORD, link_or_copy
from builder.render import Assets, Renderer, SiteSettings, allowed, carrying, load_assets, templates_folder
from builder.store import open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from builder.config import Settings
    from builder.models import DocsetView
    from builder.pipeline.folders import Folders
    from builder.store import Store

_CHUNK = 600_000
"""About how many bytes of stored content, and as many more as a page's frame costs, make one task."""
_FEW = 4
"""From so many tasks on a pool of processes is worth its start."""
_MODEST = 5
"""How far a process gives way to others: to one other that is always busy it leaves three quarters of a processor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """What the site's half of the build did.

    Attributes:
        pages: Pages of the site.
        rendered: How many of them were rendered anew.
        keys: What each page was made from, by its path in the site.
        home: The site's first page, without what it is to carry.
        index: The place in the site of the index that it searches, with a slash at its end.
        assets: The site's assets.
    """

    pages: int
    rendered: int
    keys: Mapping[str, str]
    home: str
    index: str
    assets: Assets


def generate(
    database: Path, folders: Folders, *, settings: Settings, run: Run, searched: bool = True
) -> Generated:
    """Write the site of a database.

    Args:
        database: To read.
        folders: Where the site is written; pages made from the same as those of the old one are taken over.
        settings: The site's title and addresses.
        run: The build.
        searched: Whether to write the files of the search index too.

    Raises:
        StoreError: The database can't be read.
    """
    with closing(open_store(database)) as store:
        about = SiteSettings(
            base_url=settings.base_url, api_url=proxied_api(settings.api_url), title=settings.title,
            docsets=tuple(docset for _, docset in store.docsets()),
        )  # fmt: skip
        assets = load_assets(templates_folder())
        renderer = Renderer(assets, about)
        views = {number: store.view(number) for number, _ in store.docsets()}
        folders.new.mkdir(exist_ok=True)
        keys = _page_keys(store, views, cache.key_of(run.version, repr(about)))
        kept = _take_over(folders.new, folders.old, keys, cache.load_record(run.kept / KEYS))
        tasks = list(_tasks(store, views, kept, searched=searched))
        pages = sum(len(store.page_paths(number)) for number in views)
        stale = sum(len(task.paths) for task in tasks)

        def tell(done: int) -> None:
            run.progress("render", pages - stale + done, pages)

        tell(0)
        writer = SiteWriter(store, renderer, views, folders)
        if len(tasks) < _FEW:
            tell(sum(map(writer.do, tasks)))
        else:
            _do_all(tasks, _Shop(database, renderer, views, folders, modest=not searched), tell)
        writer.top(proxy_rules(settings.api_url), header_file(*allowed(assets)))
        for path, content in assets.files.items():
            writer.write(path.lstrip("/"), content)
        writer.write(RECORD, json.dumps(_record(store, views), indent=1, sort_keys=True) + "\n")
        shown = list(views.values())
        index = f"{shown[0].docset.prefix[1:]}_search/"
        home = renderer.home(shown)
    return Generated(pages=pages, rendered=stale, keys=keys, home=home, index=index, assets=assets)


def write_home(folders: Folders, made: Generated) -> None:
    """Write the site's first page, which carries the root of its index and so comes when that is there."""
    root = (folders.new / made.index / "root.json").read_text()
    page = carrying(made.home, made.assets, f"./{made.index}", root)
    folders.write(INDEX, page.encode())


def _page_keys(store: Store, views: Mapping[int, DocsetView], key: str) -> dict[str, str]:
    """Return what each page is made from, by its path in the site; a docset's first page shows too much to tell."""
    keys: dict[str, str] = {}
    for number, view in views.items():
        shared = cache.key_of(key, repr(view.docset), repr(view.contents), view.canonical, view.root)
        for path, digest in store.page_digests(number).items():
            if path != INDEX:
                keys[view.docset.prefix[1:] + path] = cache.key_of(shared, digest)
        keys[view.docset.prefix[1:] + A_TO_Z] = cache.key_of(shared, store.index_digest(number))
    return keys


def _take_over(folder: Path, old: Path, keys: Mapping[str, str], old_keys: Mapping[str, str]) -> set[str]:
    """Take over what of the old site was made from the same; return its paths, patterns as they stand in `keys`."""
    taken: set[str] = set()
    for path, key in keys.items():
        if old_keys.get(path) != key:
            continue
        found = [old / path]
        if "*" in path:  # which a page of the docs may fit too
            found = [file for file in old.glob(path) if file.relative_to(old).as_posix() not in keys]
        for file in found:
            if file.is_file():
                new = folder / file.relative_to(old)
                new.parent.mkdir(parents=True, exist_ok=True)
                link_or_copy(file, new)
                taken.add(path)
    return taken


def _tasks(
    store: Store, views: Mapping[int, DocsetView], kept: set[str], *, searched: bool
) -> Iterator[Task]:
    """Yield the work, the longest pieces first."""
    if searched:
        yield from (Task("search", number) for number in views)
    for number, view in views.items():
        if view.docset.prefix[1:] + A_TO_Z not in kept:
            yield Task("a-to-z", number)
        yield Task("rest", number)
    for number, view in views.items():
        chunk: list[str] = []
        size = 0
        for path, length in store.page_paths(number):
            if view.docset.prefix[1:] + path in kept:
                continue
            chunk.append(path)
            size += length + 5_000
            if size > _CHUNK:
                yield Task("pages", number, tuple(chunk))
                chunk, size = [], 0
        if chunk:
            yield Task("pages", number, tuple(chunk))


@dataclass(frozen=True, slots=True)
class _Shop:
    """What a process needs to set up a writer of its own: a database connection does not cross processes.

    It is modest while another one works on the index, which takes longer and so must not wait for it.
    """

    database: Path
    renderer: Renderer
    views: Mapping[int, DocsetView]
    folders: Folders
    modest: bool

    def open(self) -> SiteWriter:
        return SiteWriter(open_store(self.database), self.renderer, self.views, self.folders)


class _Worker:
    """What a worker process holds on to."""

    writer: SiteWriter


def _start(shop: _Shop) -> None:
    if shop.modest and hasattr(os, "nice"):
        os.nice(_MODEST)
    _Worker.writer = shop.open()


def _do(task: Task) -> int:
    return _Worker.writer.do(task)


def _do_all(tasks: Sequence[Task], shop: _Shop, tell: Callable[[int], None]) -> None:
    done = 0
    context = worker_context()
    with (
        needing_workers(),
        ProcessPoolExecutor(worker_count(), context, initializer=_start, initargs=(shop,)) as pool,
    ):
        for count in pool.map(_do, tasks):
            done += count
            tell(done)


def _record(store: Store, views: Mapping[int, DocsetView]) -> dict[str, object]:
    return {
        "docsets": [
            {
                "slug": view.docset.slug,
                "name": view.docset.name,
                "version": view.docset.version,
                "language": view.docset.language,
                "origin": view.docset.origin,
                "broken_upstream": store.broken_links(number),
            }
            for number, view in views.items()
        ]
    }
