"""Write the files of a site, one task at a time; tasks do not need each other and may run in any process."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from builder.search_index import shards
from builder.search_index.sqlite_tables import SqliteTables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from builder.models import Docset, DocsetView
    from builder.pipeline.folders import Folders
    from builder.render import Renderer
    from builder.store import Store

INDEX = "index.html"
A_TO_Z = "genindex*.html"

File: TypeAlias = "tuple[str, bytes | str]"
"""A path, relative to the docset's folder, and what stands there."""


@dataclass(frozen=True, slots=True)
class Task:
    """A piece of work on one docset.

    Attributes:
        part: `pages`, `search`, `a-to-z` or `rest`.
        number: The docset.
        paths: The pages of part `pages`.
    """

    part: str
    number: int
    paths: tuple[str, ...] = ()


class SiteWriter:
    """Writes what the renderer makes of the database into a folder.

    Args:
        store: The database.
        renderer: The templates.
        views: The docsets by number.
        folders: Where to.
    """

    def __init__(
        self, store: Store, renderer: Renderer, views: Mapping[int, DocsetView], folders: Folders
    ) -> None:
        self._store = store
        self._renderer = renderer
        self._views = views
        self._folders = folders

    def write(self, path: str, content: bytes | str) -> None:
        """Write one file of the site."""
        self._folders.write(path, content.encode() if isinstance(content, str) else content)

    def do(self, task: Task) -> int:
        """Do a task; return how many pages of the docset it wrote."""
        view = self._views[task.number]
        parts: dict[str, Callable[[int, DocsetView], Iterator[File]]] = {
            "search": self._search,
            "a-to-z": self._a_to_z,
            "rest": self._rest,
        }
        if task.part in parts:
            for path, content in parts[task.part](task.number, view):
                self.write(view.docset.prefix[1:] + path, content)
        for path in task.paths:
            page = self._store.page(task.number, path)
            text = self._renderer.contents(view, page) if path == INDEX else self._renderer.page(view, page)
            self.write(view.docset.prefix[1:] + path, text)
        return len(task.paths)

    def top(self, redirects: str, headers: str) -> None:
        """Write what stands above the docsets, but for the first page, which carries a part of the index."""
        texts = {
            "404.html": self._renderer.not_found(),
            "offline.html": self._renderer.offline(),
            "sw.js": self._renderer.service_worker(),
            "manifest.webmanifest": self._renderer.manifest(),
            "sitemap.xml": self._renderer.sitemap(sorted(self._addresses())),
            "robots.txt": self._renderer.robots(),
            "opensearch.xml": self._renderer.opensearch(),
            "_headers": headers,
            "_redirects": redirects,
        }
        for folder, target in _versions([view.docset for view in self._views.values()]):
            texts[f"{folder}{INDEX}"] = self._renderer.redirect(target)
        for path, text in texts.items():
            if text:
                self.write(path, text)

    def _search(self, number: int, _view: DocsetView) -> Iterator[File]:
        tables = SqliteTables(self._store.connection, number)
        for path, content in shards.export(tables, tables.cards()):
            yield f"_search/{path}", content

    def _a_to_z(self, number: int, view: DocsetView) -> Iterator[File]:
        yield from self._renderer.index(view, self._store.index_lines(number)).items()

    def _rest(self, number: int, view: DocsetView) -> Iterator[File]:
        paths = {path for path, _ in self._store.page_paths(number)}
        yield from self._store.files(number)
        yield "search.html", self._renderer.search_page(view)
        if view.modules and "py-modindex.html" not in paths:
            yield "py-modindex.html", self._renderer.modules(view)
        if INDEX not in paths:
            yield INDEX, self._renderer.contents(view, None)

    def _addresses(self) -> Iterator[str]:
        yield "/"
        for number, view in self._views.items():
            yield from (view.docset.prefix + path for path, _ in self._store.page_paths(number))


def _versions(docsets: Sequence[Docset]) -> Iterator[tuple[str, str]]:
    """Yield the folders that lead to a docset's newest version, and where to: `python/`, `python/3/`."""
    own = {docset.prefix[1:] for docset in docsets}
    newest: dict[str, Docset] = {}
    for docset in docsets:
        for folder in (f"{docset.slug}/", f"{docset.slug}/{docset.version.split('.')[0]}/"):
            if folder in own:
                continue
            if folder not in newest or docset.age > newest[folder].age:
                newest[folder] = docset
    for folder, docset in sorted(newest.items()):
        yield folder, os.path.relpath(docset.prefix, f"/{folder}") + "/"
