"""A page of the site beside the page that it was made from: as small, with all that the site adds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import brotli

if TYPE_CHECKING:
    from pathlib import Path

QUALITY = 5
"""As hosts compress while they serve."""


def test_pages_are_no_larger_than_upstreams_own(python_output: Path, python_docs: Path) -> None:
    [search] = (python_output / "site").glob("*/*/_search")
    sizes = {}
    for upstream in sorted(python_docs.rglob("*.html")):
        path = upstream.relative_to(python_docs).as_posix()
        page = search.parent / path
        # The first page shows the whole table of contents as well; indexes are made anew.
        if page.is_file() and path != "index.html" and "index" not in page.name:
            sizes[path] = (size(page), size(upstream))

    larger = {path: pair for path, pair in sizes.items() if pair[0] > 1.015 * pair[1]}

    assert len(sizes) > 400
    assert larger == {}
    assert sum(ours for ours, _ in sizes.values()) < sum(theirs for _, theirs in sizes.values())


def size(file: Path) -> int:
    """Return how many bytes of a file travel."""
    return len(brotli.compress(file.read_bytes(), quality=QUALITY))
