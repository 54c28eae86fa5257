"""Check a built site: every internal link of every page meets a file and, where it names one, an id.

Links that were already broken in the docs as they came are told apart: the build wrote them into the site's record.
"""

from __future__ import annotations

import json
import os
import posixpath
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from builder.errors import UsageError
from builder.publish import RECORD

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

    from builder.models import Progress


_EXTERNAL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")
_LINKS = "//@href | //@src | //@action | //@srcset"
_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenLink:
    """A link that leads nowhere.

    Attributes:
        page: The page's path in the site: `python/3.11/library/json.html`.
        href: As it stands in the page, without character references.
        why: In one clause.
    """

    page: str
    href: str
    why: str

    def __str__(self) -> str:
        """Return the line that a user reads."""
        return f"{self.page}: {self.href or '(empty link)'}: {self.why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """What a check found.

    Attributes:
        pages: How many pages were read.
        links: How many internal links they hold.
        broken: Those that lead nowhere, by page.
        upstream: Those that led nowhere in the docs as they came; not a failure.
        duplicate_ids: `(page, id)` of ids that stand more than once on a page; a link reaches the first.
    """

    pages: int
    links: int
    broken: tuple[BrokenLink, ...]
    upstream: tuple[BrokenLink, ...]
    duplicate_ids: tuple[tuple[str, str], ...]

    @property
    def ok(self) -> bool:
        """Tell whether every link that the build answers for leads somewhere."""
        return not self.broken

    def lines(self, *, verbose: bool = False) -> Iterator[str]:
        """Yield the report line by line, each group cut short unless `verbose`; broken links stand in full."""
        yield from map(str, self.broken)
        for title, found in (
            ("Broken in the docs as they came", self.upstream),
            ("Ids that stand more than once", [f"{page}: {anchor}" for page, anchor in self.duplicate_ids]),
        ):
            shown = found if verbose else found[:_SHOWN]
            if found:
                yield f"{title}:"
            yield from (f"  {one}" for one in shown)
            if len(shown) < len(found):
                yield f"  and {len(found) - len(shown):,} more; --verbose shows them"
        yield (
            f"{self.pages:,} pages, {self.links:,} internal links: {len(self.broken):,} broken,"
            f" {len(self.upstream):,} broken upstream, {len(self.duplicate_ids):,} duplicate ids"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """What a page holds.

    Attributes:
        hrefs: Its internal links as they stand, counted.
        ids: Its ids, counted.
    """

    hrefs: Counter[str]
    ids: Counter[str]


def check_site(
    site: Path, progress: Progress, *, known: Collection[tuple[str, str]] | None = None
) -> CheckReport:
    """Check every internal link of a built site.

    Args:
        site: The folder that is published.
        progress: Told of every page.
        known: `(page, target)` of links that were broken before we came, both as paths in the site, the target with
            its `#id`. What the site's own record says, if not given.

    Raises:
        UsageError: The folder is missing or holds no page.
    """
    files = frozenset(_files(site))
    paths = sorted(path for path in files if path.endswith(".html"))
    if not paths:
        raise UsageError("no built site is here", where=site, todo="Run `livedocs build` first.")
    pages: dict[str, _Page] = {}
    for done, path in enumerate(paths, 1):
        pages[path] = _read(site / path)
        progress("check", done, len(paths))
    excused = known_broken(site) if known is None else known
    locate = cache(partial(_locate, files))
    faults = [fault for path in paths for fault in _faults(path, pages, locate)]
    return CheckReport(
        pages=len(pages),
        links=sum(page.hrefs.total() for page in pages.values()),
        broken=tuple(link for link, target in faults if (link.page, target) not in excused),
        upstream=tuple(link for link, target in faults if (link.page, target) in excused),
        duplicate_ids=tuple(
            (path, anchor) for path, page in pages.items() for anchor, count in page.ids.items() if count > 1
        ),
    )


def known_broken(site: Path) -> frozenset[tuple[str, str]]:
    """Return the links that the site's record lists as broken in the docs as they came; none without a record."""
    try:
        record = json.loads((site / RECORD).read_bytes())
        return frozenset(
            (
                f"{docset['slug']}/{docset['version']}/{page}",
                _in_site(f"{docset['slug']}/{docset['version']}", target),
            )
            for docset in record["docsets"]
            for page, target in docset["broken_upstream"]
        )
    except (OSError, ValueError, KeyError, TypeError):  # missing, or not what this version writes
        return frozenset()


def _in_site(folder: str, target: str) -> str:
    """Return a link's target as a path in the site; it may lead out of its docset, or start at the site's root."""
    path, mark, anchor = target.partition("#")
    return posixpath.normpath(posixpath.join("/", folder, path)).lstrip("/") + mark + anchor


def _files(site: Path) -> Iterator[str]:
    for folder, _, names in os.walk(site):
        front = os.path.relpath(folder, site).replace(os.sep, "/")
        yield from (name if front == "." else f"{front}/{name}" for name in names)


def _read(file: Path) -> _Page:
    tree = _parse(file.read_bytes())
    if tree is None:
        return _Page(hrefs=Counter(), ids=Counter())
    hrefs: list[str] = []
    for value in tree.xpath(_LINKS):
        hrefs += _sources(value) if value.attrname == "srcset" else [value.strip()]
    return _Page(
        hrefs=Counter(href for href in hrefs if not _EXTERNAL.match(href)), ids=Counter(tree.xpath("//@id"))
    )


def _sources(srcset: str) -> Iterator[str]:
    """Yield the addresses of a `srcset`: each stands before its size, and a comma parts them."""
    return (source.split()[0] for source in srcset.split(",") if source.strip())


def _parse(content: bytes) -> Any:  # noqa: ANN401 - lxml is untyped
    from lxml import etree  # type: ignore[import-untyped]  # noqa: PLC0415 - few commands need it

    return etree.fromstring(content, etree.HTMLParser(encoding="utf-8")) if content.strip() else None


def _faults(
    path: str, pages: dict[str, _Page], locate: Callable[[str, str], tuple[str, str]]
) -> Iterator[tuple[BrokenLink, str]]:
    """Yield the links of a page that lead nowhere, each with where it would have led."""
    folder = posixpath.dirname(path)
    for href in pages[path].hrefs:
        address, _, fragment = href.partition("#")
        target, why = locate(folder, address.partition("?")[0]) if address else (path, "")
        if not why and fragment and target in pages and not _has_id(pages[target], fragment):
            why = "the page has no such id"
        if why:
            goal = f"{target}#{unquote(fragment)}" if fragment else target
            yield BrokenLink(page=path, href=href, why=why), goal


def _locate(files: frozenset[str], folder: str, address: str) -> tuple[str, str]:
    """Return the file that an address leads to from a folder of the site, and why there is none, or ""."""
    path = posixpath.normpath(posixpath.join("/", folder, unquote(address)))
    climbs = address.count("../")
    if not address.startswith("/") and climbs > (folder.count("/") + 1 if folder else 0):
        return path, "it leaves the site"
    target = path.lstrip("/")
    if target in files and not address.endswith("/"):
        return target, ""
    index = posixpath.join(target, "index.html")
    return (index, "") if index in files else (target, "there is no such file")


def _has_id(page: _Page, fragment: str) -> bool:
    """Tell whether a fragment is found (HTML standard, 7.4.6.3: as it stands, else decoded; `top` always is)."""
    name = fragment.partition(":~:")[0]
    return not name or name in page.ids or unquote(name) in page.ids or name.lower() == "top"
