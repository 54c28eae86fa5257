"""Join and take apart the relative addresses inside a docset. Pure text, no files."""

from __future__ import annotations

import posixpath
import re
from functools import lru_cache
from urllib.parse import unquote

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def is_internal(href: str) -> bool:
    """Tell whether an address leads to a place of the same docset."""
    return bool(href) and not href.startswith(("/", "?")) and not _SCHEME.match(href)


def destination(page: str, href: str) -> tuple[str, str] | None:
    """Return `(path, anchor)` that a link to this site leads to, or None for one to another.

    The path is relative to the docset's root, also where it leaves the docset: `../other`, `/from/the/root`.
    """
    href = href.strip()
    if not href or href.startswith(("//", "?")) or _SCHEME.match(href):
        return None
    address, _, anchor = href.partition("#")
    path = _joined(posixpath.dirname(page), address.partition("?")[0]) if address else page
    return path, unquote(anchor)


@lru_cache(maxsize=1 << 16)
def _joined(folder: str, address: str) -> str:
    """Join an address to a folder; pages of one folder link to the same few hundred others."""
    return posixpath.normpath(posixpath.join(folder, unquote(address)))


def resolve(page: str, href: str) -> tuple[str, str] | None:
    """Return `(path, anchor)` of the place that `href` on `page` leads to, or None where it leaves the docset.

    Args:
        page: Upstream path of the page that holds the link: `library/json.html`.
        href: As it stands in the page, entities resolved: `../glossary.html#term-slice`, `#json.dump`.
    """
    href = href.strip()
    place = destination(page, href) if is_internal(href) else None
    if place is None or place[0].startswith(("..", "/")):
        return None
    path, anchor = place
    address = href.partition("#")[0].partition("?")[0]
    if address and posixpath.basename(address) in {"", ".", ".."}:  # a folder
        path = posixpath.join("" if path == "." else path, "index.html")
    return path, anchor


def relative(page: str, target: str) -> str:
    """Return the address that leads from `page` to `target`, both paths from the same root.

    >>> relative("library/json.html", "glossary.html")
    '../glossary.html'
    """
    start = posixpath.dirname(page)
    path = posixpath.relpath(target, start or ".")
    return f"{path}/" if target.endswith("/") and path != "." else path
