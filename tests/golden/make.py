"""Cut a small tree of real pages out of a whole one, for the tests.

    python tests/golden/make.py SOURCE_TREE TARGET PAGE...

Pages keep every byte. What they show (`_images/`) and offer (`_downloads/`) comes along; `objects.inv` is cut
to them. Scripts, styles, sources and the search index of the source tree stay behind.
"""

from __future__ import annotations

import argparse
import posixpath
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import sphobjinv

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

ASSET = re.compile(r'(?:src|href)="([^"#?:]*(?:_images|_downloads)/[^"#?]+)"')


def main() -> None:
    """Read the command line and make the tree."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", type=Path, metavar="SOURCE_TREE")
    parser.add_argument("target", type=Path, metavar="TARGET")
    parser.add_argument("pages", nargs="+", metavar="PAGE", help="upstream path, as in library/json.html")
    options = parser.parse_args()
    make(options.source, options.target, sorted(set(options.pages)))


def make(source: Path, target: Path, pages: Collection[str]) -> None:
    """Write the cut tree to `target`, whose HTML, images and inventory it replaces."""
    shutil.rmtree(target, ignore_errors=True)
    for path in pages:
        copy(source, target, path)
        for asset in assets_of(path, (source / path).read_text(encoding="utf-8")):
            copy(source, target, asset)
    cut_inventory(source / "objects.inv", target / "objects.inv", pages)


def copy(source: Path, target: Path, path: str) -> None:
    """Copy one file under the same path."""
    (target / path).parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source / path, target / path)


def assets_of(page: str, html: str) -> Iterator[str]:
    """Yield the paths of the images and downloads that a page refers to."""
    for match in ASSET.finditer(html):
        yield posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(match[1])))


def cut_inventory(source: Path, target: Path, pages: Collection[str]) -> None:
    """Write the inventory with nothing but the objects of `pages`, in its own order."""
    inventory = sphobjinv.Inventory(str(source))
    inventory.objects[:] = [one for one in inventory.objects if one.uri.partition("#")[0] in pages]
    target.write_bytes(sphobjinv.compress(inventory.data_file()))


if __name__ == "__main__":
    main()
