"""List what each docset of a site is made of, so that a browser can keep all of it and later fetch what has changed."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from builder.pipeline import cache
from builder.publish import RECORD

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

LISTING = "_search/offline.json"
"""Where a docset's list stands in its folder; `static/js/lib/kept-docset.js` reads it."""

_INDEX_FOLDER = "_search/"
_MARK = 12
_FIRST_PAGE = "index.html"


def write_listings(site: Path, sizes: Mapping[str, int], keys: Mapping[str, str]) -> dict[str, int]:
    """Write the list of each docset of a finished site; return the size of each list, by its path in the site.

    Args:
        site: The site's folder; its record says which docsets it holds.
        sizes: The size of each of its files, by path.
        keys: What each page was made from, by its path in the site. Of other files the content is hashed.
    """
    record = json.loads((site / RECORD).read_text())
    written: dict[str, int] = {}
    for docset in record["docsets"]:
        prefix = f"{docset['slug']}/{docset['version']}/"
        files = list(_files(site, prefix, sizes, keys))
        listing = {
            "name": f"{docset['name']} {docset['version']}",
            "mark": cache.key_of(repr(files))[:_MARK],
            "bytes": sum(size for _, size, _ in files),
            "files": files,
        }
        content = json.dumps(listing, separators=(",", ":")).encode() + b"\n"
        (site / prefix / LISTING).write_bytes(content)
        written[prefix + LISTING] = len(content)
    return written


def _files(
    site: Path, prefix: str, sizes: Mapping[str, int], keys: Mapping[str, str]
) -> Iterator[tuple[str, int, str]]:
    """Yield the address of each of a docset's files, its size, and a mark that changes with what it holds."""
    for full, size in sorted(sizes.items()):
        path = full[len(prefix) :]
        if full.startswith(prefix) and path != LISTING:
            first = path == _FIRST_PAGE or path.endswith(f"/{_FIRST_PAGE}")
            address = path.removesuffix(_FIRST_PAGE) if first else path
            yield address, size, _mark(site, full, path, keys)


def _mark(site: Path, full: str, path: str, keys: Mapping[str, str]) -> str:
    """Return a file's mark, "" where its path holds one already: folders of the index are named by what they hold."""
    if path.startswith(_INDEX_FOLDER) and path.count("/") > 1:
        return ""
    return (keys.get(full) or hashlib.sha256((site / full).read_bytes()).hexdigest())[:_MARK]
