"""A page of the site beside the page that it was made from: as small, with all that the site adds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import brotli
import pytest

if TYPE_CHECKING:
    from pathlib import Path

SERVING = 5
"""As hosts compress while they serve."""
BEST = 11
"""As `livedocs serve` compresses, once a file."""

FIRST = "index.html"
"""It shows upstream's first page and the whole table of contents, which upstream has a page of its own for."""


@pytest.mark.parametrize("quality", [SERVING, BEST])
def test_no_page_is_larger_than_upstreams_own(python_output: Path, python_docs: Path, quality: int) -> None:
    pages = pairs(python_output, python_docs)
    sizes = {path: (size(ours, quality), size(theirs, quality)) for path, (ours, theirs) in pages.items()}

    larger = {path: pair for path, pair in sizes.items() if pair[0] > pair[1]}

    assert len(sizes) > 450
    assert larger == {}
    assert sum(ours for ours, _ in sizes.values()) < 0.95 * sum(theirs for _, theirs in sizes.values())


def test_the_first_page_is_no_larger_than_both_that_it_stands_for(
    python_output: Path, python_docs: Path
) -> None:
    ours = docset_folder(python_output) / FIRST

    assert size(ours) < size(python_docs / FIRST) + size(python_docs / "contents.html")


def docset_folder(output: Path) -> Path:
    """Return the folder of the one docset of a site."""
    [search] = (output / "site").glob("*/*/_search")
    return search.parent


def pairs(output: Path, docs: Path) -> dict[str, tuple[Path, Path]]:
    """Return each page of the site and the page that it was made from, by its path."""
    folder = docset_folder(output)
    paths = (upstream.relative_to(docs).as_posix() for upstream in sorted(docs.rglob("*.html")))
    return {
        path: (folder / path, docs / path) for path in paths if (folder / path).is_file() and path != FIRST
    }


def size(file: Path, quality: int = SERVING) -> int:
    """Return how many bytes of a file travel."""
    return len(brotli.compress(file.read_bytes(), quality=quality))
