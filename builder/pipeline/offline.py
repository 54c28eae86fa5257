"""List what each docset of a site is made of, so that a browser can keep all of it and later fetch what has changed."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from builder.pipeline import cache
from builder.publish import RECORD

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LISTING = "_search/offline.json"
"""Where a docset's list stands in its folder; `static/js/lib/kept-docset.js` reads it."""

_INDEX_FOLDER = "_search/"
_MARK = 12
_FIRST_PAGE = "index.html"


def write_listings(site: Path, keys: Mapping[str, str]) -> None:
    """Write the list of each docset of a finished site.

    Args:
        site: The site's folder; its record says which docsets it holds.
        keys: What each page was made from, by its path in the site. Of other files the content is hashed.
    """
    record = json.loads((site / RECORD).read_text())
    for docset in record["docsets"]:
        prefix = f"{docset['slug']}/{docset['version']}/"
        files = [
            (path.removesuffix(_FIRST_PAGE) if path.split("/")[-1] == _FIRST_PAGE else path, size, mark)
            for path, size, mark in sorted(_files(site / prefix, prefix, keys))
        ]
        listing = {
            "name": f"{docset['name']} {docset['version']}",
            "mark": cache.key_of(repr(files))[:_MARK],
            "bytes": sum(size for _, size, _ in files),
            "files": files,
        }
        (site / prefix / LISTING).write_text(json.dumps(listing, separators=(",", ":")) + "\n")


def _files(folder: Path, prefix: str, keys: Mapping[str, str]) -> Iterator[tuple[str, int, str]]:
    """Yield each file's path in its docset, its size, and a mark that changes with what it holds."""
    for place, _, names in os.walk(folder):
        for name in names:
            file = Path(place, name)
            path = file.relative_to(folder).as_posix()
            if path != LISTING:
                yield path, file.stat().st_size, _mark(file, path, keys.get(prefix + path, ""))


def _mark(file: Path, path: str, key: str) -> str:
    """Return a file's mark, "" where its path holds one already: folders of the index are named by what they hold."""
    if path.startswith(_INDEX_FOLDER) and path.count("/") > 1:
        return ""
    return (key or hashlib.sha256(file.read_bytes()).hexdigest())[:_MARK]
