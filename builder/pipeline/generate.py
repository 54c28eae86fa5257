"""The second half of a build: read the database, write the site."""

from __future__ import annotations

import json
import os
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from builder.check import RECORD
from builder.headers import proxied_api, proxy_rules
from builder.pipeline import cache
from builder.pipeline.units import worker_context, worker_count
from builder.publish import link_or_copy
from builder.render import Renderer, SiteSettings, load_assets, templates_folder
from builder.search_index import shards
from builder.search_index.sqlite_tables import SqliteTables
from builder.store import open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from builder.config import Settings
    from builder.models import Docset, DocsetView
    from builder.pipeline.run import Run
    from builder.store import Store

_KEYS = "pages.json"
_CHUNK = 600_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """What the site's half of the build did.

    Attributes:
        pages: Pages of the site.
        rendered: How many of them were rendered anew.
    """

    pages: int
    rendered: int


@dataclass(slots=True)
class _Site:
    """The site while it is written.

    Attributes:
        folder: Where to write.
        old: The site that it will replace.
        keys: What each page was rendered from, by path.
        old_keys: The same for the old site.
    """

    folder: Path
    old: Path
    old_keys: Mapping[str, str]
    keys: dict[str, str] = field(default_factory=dict)

    def write(self, path: str, content: bytes | str) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)

    def keep(self, path: str, key: str) -> bool:
        """Take a page over from the old site if it was made from the same; tell whether that was done."""
        self.keys[path] = key
        if self.old_keys.get(path) != key or not (self.old / path).is_file():
            return False
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        link_or_copy(self.old / path, file)
        return True


def generate(database: Path, folder: Path, *, old: Path, settings: Settings, run: Run) -> Generated:
    """Write the site of a database.

    Args:
        database: To read.
        folder: Where the site is written.
        old: The site that it will replace; pages made from the same are taken over.
        settings: The site's title and addresses.
        run: The build.

    Raises:
        StoreError: The database can't be read.
    """
    with closing(open_store(database)) as store:
        docsets = store.docsets()
        about = SiteSettings(
            base_url=settings.base_url, api_url=proxied_api(settings.api_url), title=settings.title,
            docsets=tuple(docset for _, docset in docsets),
        )  # fmt: skip
        assets = load_assets(templates_folder())
        renderer = Renderer(assets, about)
        key = cache.key_of(run.version, repr(about))
        site = _Site(folder=folder, old=old, old_keys=cache.load_record(run.kept / _KEYS))
        views = [(number, store.view(number)) for number, _ in docsets]
        chunks = [chunk for number, view in views for chunk in _stale(store, site, number, view, key)]
        total = sum(len(store.page_paths(number)) for number, _ in docsets)
        stale = sum(len(paths) for _, _, paths in chunks)

        def tell(done: int) -> None:
            run.progress("render", total - stale + done, total)

        tell(0)
        _render_all(database, renderer, folder, chunks, tell)
        for number, view in views:
            _write_docset(store, site, renderer, number, view)
        _write_top(store, site, renderer, views, proxy_rules(settings.api_url))
        for path, content in assets.files.items():
            site.write(path.lstrip("/"), content)
        cache.save_record(run.kept / _KEYS, site.keys)
    return Generated(pages=total, rendered=stale)


def _stale(
    store: Store, site: _Site, number: int, view: DocsetView, key: str
) -> Iterable[tuple[int, DocsetView, list[str]]]:
    """Yield the pages that must be rendered, in chunks of about the same work."""
    shared = cache.key_of(key, repr(view.docset), repr(view.contents), view.canonical, view.root)
    digests = store.page_digests(number)
    chunk: list[str] = []
    size = 0
    for path, length in store.page_paths(number):
        place = view.docset.prefix[1:] + path
        if path != "index.html" and site.keep(place, cache.key_of(shared, digests[path])):
            continue
        chunk.append(path)
        size += length + 5_000
        if size > _CHUNK:
            yield number, view, chunk
            chunk, size = [], 0
    if chunk:
        yield number, view, chunk


def _render_all(
    database: Path,
    renderer: Renderer,
    folder: Path,
    chunks: Sequence[tuple[int, DocsetView, list[str]]],
    tell: Callable[[int], None],
) -> None:
    done = 0
    if len(chunks) < 3:
        with closing(open_store(database)) as store:
            for chunk in chunks:
                done += _render_chunk(store, renderer, folder, chunk)
                tell(done)
        return
    with ProcessPoolExecutor(
        worker_count(), worker_context(), initializer=_start, initargs=(database, renderer, folder, chunks)
    ) as pool:
        for count in pool.map(_run, range(len(chunks))):
            done += count
            tell(done)


class _Worker:
    """What a worker process holds on to."""

    store: Store
    renderer: Renderer
    folder: Path
    chunks: Sequence[tuple[int, DocsetView, list[str]]]


def _start(
    database: Path, renderer: Renderer, folder: Path, chunks: Sequence[tuple[int, DocsetView, list[str]]]
) -> None:
    _Worker.store = open_store(database)
    _Worker.renderer, _Worker.folder, _Worker.chunks = renderer, folder, chunks


def _run(place: int) -> int:
    return _render_chunk(_Worker.store, _Worker.renderer, _Worker.folder, _Worker.chunks[place])


def _render_chunk(
    store: Store, renderer: Renderer, folder: Path, chunk: tuple[int, DocsetView, list[str]]
) -> int:
    number, view, paths = chunk
    for path in paths:
        page = store.page(number, path)
        text = renderer.contents(view, page) if path == "index.html" else renderer.page(view, page)
        file = folder / (view.docset.prefix[1:] + path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
    return len(paths)


def _write_docset(store: Store, site: _Site, renderer: Renderer, number: int, view: DocsetView) -> None:
    front = view.docset.prefix[1:]
    paths = {path for path, _ in store.page_paths(number)}
    for path, content in store.files(number):
        site.write(front + path, content)
    for path, text in renderer.index(view, store.index_lines(number)).items():
        site.write(front + path, text)
    if view.modules and "py-modindex.html" not in paths:
        site.write(f"{front}py-modindex.html", renderer.modules(view))
    site.write(f"{front}search.html", renderer.search_page(view))
    if "index.html" not in paths:
        site.write(f"{front}index.html", renderer.contents(view, None))
    for path, content in shards.export(SqliteTables(store.connection, number), store.entries(number)):
        site.write(f"{front}_search/{path}", content)


def _write_top(
    store: Store, site: _Site, renderer: Renderer, views: Sequence[tuple[int, DocsetView]], redirects: str
) -> None:
    site.write("index.html", renderer.home([view for _, view in views]))
    site.write("404.html", renderer.not_found())
    for folder, target in _redirects([view.docset for _, view in views]):
        site.write(f"{folder}index.html", renderer.redirect(target))
    for name, text in (
        ("sitemap.xml", renderer.sitemap(sorted(_addresses(store, views)))),
        ("robots.txt", renderer.robots()),
        ("opensearch.xml", renderer.opensearch()),
        ("_redirects", redirects),
    ):
        if text:
            site.write(name, text)
    site.write(RECORD, json.dumps(_record(store, views), indent=1, sort_keys=True) + "\n")


def _addresses(store: Store, views: Sequence[tuple[int, DocsetView]]) -> Iterable[str]:
    yield "/"
    for number, view in views:
        yield from (view.docset.prefix + path for path, _ in store.page_paths(number))


def _redirects(docsets: Sequence[Docset]) -> Iterable[tuple[str, str]]:
    """Yield the folders that lead to a docset's newest version: `python/`, `python/3/`."""
    newest: dict[str, Docset] = {}
    for docset in docsets:
        for folder in (f"{docset.slug}/", f"{docset.slug}/{docset.version.split('.')[0]}/"):
            if folder == docset.prefix[1:]:
                continue
            if folder not in newest or _order(docset.version) > _order(newest[folder].version):
                newest[folder] = docset
    for folder, docset in sorted(newest.items()):
        yield folder, os.path.relpath(docset.prefix, f"/{folder}") + "/"


def _order(version: str) -> tuple[tuple[int, str], ...]:
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in version.split("."))


def _record(store: Store, views: Sequence[tuple[int, DocsetView]]) -> dict[str, object]:
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
            for number, view in views
        ]
    }
