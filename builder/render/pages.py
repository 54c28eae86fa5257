"""Render pages: values of `builder.models` in, HTML as text out.

Links between pages are relative, so that a site works under any prefix; only the 404 page, which is served at
every depth, links from the root. Inside a docset upstream's paths are kept, so the links in a body are right
as they stand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast
from urllib.parse import urljoin, urlsplit

from builder.render.a_to_z import group_by_letter, letter_path, sheets
from builder.render.environment import href, make_environment, templates_folder
from builder.render.topics import modules_by_topic, popular_by_kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.models import Docset, DocsetView, IndexLine, StoredPage
    from builder.render.assets import Assets

PLAIN_KINDS = frozenset({"page", "section", "module", "glossary term"})
"""Kinds whose names are words; all others are code."""

MANIFEST = "manifest.webmanifest"

RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"})
"""ISO 639-1 codes of languages that are written from right to left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSettings:
    """What holds for the whole site.

    Attributes:
        base_url: The site's public address, "" where unknown. Canonical links and the sitemap need it.
        api_url: The JSON API's address, for search without scripts; "" for none.
        title: The site's name for people; "" for our own.
        docsets: All docsets, the one that `/` searches first.
    """

    base_url: str = ""
    api_url: str = ""
    title: str = ""
    docsets: tuple[Docset, ...] = ()

    @property
    def name(self) -> str:
        """Return the site's name for people."""
        return self.title or "livedocs"

    @property
    def newest_first(self) -> tuple[Docset, ...]:
        """Return the docsets, the newest version of each docs first."""
        slugs = [docset.slug for docset in self.docsets]
        newest = sorted(self.docsets, key=lambda docset: docset.age, reverse=True)
        return tuple(sorted(newest, key=lambda docset: slugs.index(docset.slug)))

    @property
    def root(self) -> str:
        """Return the path that the site is published under, with a slash at its end."""
        return urlsplit(self.base_url).path.rstrip("/") + "/"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a page stands: the ways from there to the site's root and the docset's, and its address."""

    root: str
    up: str
    path: str = ""
    upstream: str = ""
    canonical: str = ""


class Renderer:
    """Turns values into pages; holds the compiled templates and nothing else.

    Args:
        assets: The site's assets under their published names.
        site: What holds for the whole site.
    """

    def __init__(self, assets: Assets, site: SiteSettings) -> None:
        environment = make_environment(templates_folder())
        environment.globals.update(assets=assets, site=site, plain_kinds=PLAIN_KINDS)
        self._environment = environment
        self._assets = assets
        self._site = site

    def page(self, view: DocsetView, page: StoredPage) -> str:
        """Return a page of the docset, at its upstream path."""
        trail = [above.path for above in page.trail]
        part = [node for node in view.contents if node.page.path in trail[:1]]
        return self._in_docset(
            "page.html",
            view,
            page.path,
            page=page,
            contents=part or view.contents,
            branch={page.path, *trail},
            breadcrumbs=self._breadcrumbs(view, page),
        )

    def _breadcrumbs(self, view: DocsetView, page: StoredPage) -> dict[str, object]:
        """Return the way to a page as search engines read it (schema.org, BreadcrumbList; JSON-LD)."""
        docset = view.docset
        steps = [
            (f"{docset.name} {docset.version}", ""),
            *((above.title, above.path) for above in page.trail),
        ]
        items = [
            {
                "@type": "ListItem",
                "position": place,
                "name": name,
                "item": self._address(docset.prefix + path),
            }
            for place, (name, path) in enumerate([*steps, (page.title, page.path)], 1)
        ]
        return {"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": items}

    def contents(self, view: DocsetView, page: StoredPage | None) -> str:
        """Return the docset's own first page: upstream's, where there is one, then the contents."""
        return self._in_docset("contents.html", view, page.path if page else view.root, page=page)

    def index(self, view: DocsetView, lines: Sequence[IndexLine]) -> dict[str, str]:
        """Return the A to Z by upstream path: `genindex.html`, and a page a letter where it is long."""
        groups = group_by_letter(lines)
        pages = sheets(groups)
        letters = [(letter, letter_path(letter), len(group)) for letter, group in groups.items()]
        values = {"letters": letters, "split": len(pages) > 1}
        return {
            path: self._in_docset("a-to-z.html", view, path, groups=shown, **values)
            for path, shown in pages.items()
        }

    def modules(self, view: DocsetView) -> str:
        """Return the list of all modules, `py-modindex.html`."""
        return self._in_docset("modules.html", view, "py-modindex.html")

    def search_page(self, view: DocsetView) -> str:
        """Return `search.html`, upstream's name for the search page."""
        return self._in_docset("search.html", view, "search.html")

    def home(self, views: Sequence[DocsetView]) -> str:
        """Return the site's first page, which searches the first of the docsets."""
        view = views[0]
        place = _Place(root="./", up=f".{view.docset.prefix}", canonical=self._address("/"))
        return self._render(
            "home.html",
            place,
            view=view,
            views=views,
            topics=modules_by_topic(view),
            popular=popular_by_kind(view),
        )

    def not_found(self) -> str:
        """Return `404.html`, which is served at every depth."""
        return self._anywhere("404.html")

    def offline(self) -> str:
        """Return `offline.html`, which the service worker shows for a page that is not on the device."""
        return self._anywhere("offline.html")

    def service_worker(self) -> str:
        """Return `sw.js`, which names what the site is made of and runs the worker's script."""
        build = {
            "assets": sorted(path for path in self._assets.files if not path.endswith(".png")),
            "shell": ["./", "offline.html", MANIFEST],
            "docsets": [docset.prefix[1:] for docset in self._site.docsets],
        }
        return self._environment.get_template("service-worker.js").render(build=build)

    def manifest(self) -> str:
        """Return the web app manifest, by which browsers install the site."""
        names = ", ".join(f"{docset.name} {docset.version}" for docset in self._site.docsets)
        return self._environment.get_template(MANIFEST).render(description=f"Documentation: {names}")

    def redirect(self, url: str) -> str:
        """Return a page that leads to `url` at once, without a script."""
        return self._environment.get_template("redirect.html").render(url=url)

    def sitemap(self, paths: Sequence[str]) -> str:
        """Return `sitemap.xml`, or "" where the public address isn't known (sitemaps.org wants full ones).

        Args:
            paths: Paths from the site's root with a slash in front: `/python/3.11/library/json.html`.
        """
        if not self._site.base_url:
            return ""
        addresses = [self._address(path) for path in paths]
        return self._environment.get_template("sitemap.xml").render(addresses=addresses)

    def robots(self) -> str:
        """Return `robots.txt`."""
        return self._environment.get_template("robots.txt").render(sitemap=self._address("/sitemap.xml"))

    def opensearch(self) -> str:
        """Return `opensearch.xml`, or "" where the public address isn't known: it wants full addresses."""
        if not self._site.base_url:
            return ""
        template = self._environment.get_template("opensearch.xml")
        return template.render(
            base=self._site.base_url.rstrip("/"), api=urljoin(self._site.base_url, self._api)
        )

    def _anywhere(self, template: str) -> str:
        """Render a page that is served at every depth: its links start at the site's root."""
        root = self._site.root
        docset = next(iter(self._site.newest_first), None)
        place = _Place(root=root, up=root + docset.prefix[1:] if docset else root)
        return self._render(template, place, docset=docset)

    def _in_docset(self, template: str, view: DocsetView, path: str, **values: object) -> str:
        """Render a template for a page of a docset."""
        depth = path.count("/")
        upstream = view.canonical + href(path) if view.canonical else ""
        place = _Place(
            root="../" * (depth + view.docset.prefix.count("/") - 1),
            up="../" * depth or "./",
            path=path,
            upstream=upstream,
            canonical=self._address(view.docset.prefix + path) or upstream,
        )
        return self._render(template, place, view=view, **values)

    def _render(self, template: str, place: _Place, **values: object) -> str:
        """Render a template for a page at `place`."""
        view = cast("DocsetView | None", values.setdefault("view", None))
        values.setdefault("docset", view.docset if view else next(iter(self._site.docsets), None))
        language = view.docset.language if view else "en"
        return self._environment.get_template(template).render(
            root=place.root,
            up=place.up,
            path=place.path,
            upstream=place.upstream,
            canonical=place.canonical,
            language=language,
            direction="rtl" if language.split("-")[0] in RIGHT_TO_LEFT else "ltr",
            search_action=f"{self._api}/-/search" if self._api else f"{place.up}genindex.html",
            **values,
        )

    @property
    def _api(self) -> str:
        return self._site.api_url.rstrip("/")

    def _address(self, path: str) -> str:
        """Return the public address of a path from the site's root, "" where the site's own isn't known."""
        base = self._site.base_url.rstrip("/")
        return (
            base + href(path.removesuffix("index.html") if path.endswith("/index.html") else path)
            if base
            else ""
        )
