"""Recognise a tree of Sphinx-built HTML, and list what belongs to it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from builder.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from builder.models import SourceTree

INVENTORY = "objects.inv"
MAX_DEPTH = 12
"""How far below the given folder a tree is looked for; Debian's packages hold theirs 5 folders down."""

_HEAD_BYTES = 256 * 1024
_SPHINX_FILES = (
    "searchindex.js",
    "_static/documentation_options.js",
    "_static/doctools.js",
    "_static/searchtools.js",
)
_SPHINX_MARKUP = re.compile(
    rb"""<meta[^>]+name=["']generator["'][^>]+sphinx
    | <link[^>]+href=["'][^"']*_static/(?:basic|pygments|alabaster)\.css
    | <script[^>]+src=["'][^"']*_static/(?:doctools|documentation_options|sphinx_highlight)\.js
    | <div[^>]+class=["'](?:documentwrapper|toctree-wrapper|sphinxsidebar)\b
    | <a[^>]+class=["']headerlink["']
    | <div[^>]+class=["']body["'][^>]+role=["']main["']
    """,
    re.IGNORECASE | re.VERBOSE,
)


def find_root(folder: Path) -> Path:
    """Return the folder of Sphinx output that is nearest to `folder`, itself included.

    The nearest `objects.inv` with pages beside it wins, on the same level the first by name. Where there is
    no inventory, the nearest `index.html` that Sphinx wrote does.

    Raises:
        SourceError: `folder` is missing, is empty, or holds no Sphinx output.
    """
    _check_folder(folder)
    without_inventory: Path | None = None
    for path, names in _walk(folder):
        if INVENTORY in names and any(name.endswith((".html", ".htm")) for name in names):
            return path
        if without_inventory is None and "index.html" in names and _looks_like_sphinx(path):
            without_inventory = path
    if without_inventory is None:
        raise SourceError(
            "no Sphinx output found: neither objects.inv with pages beside it nor an index.html by Sphinx",
            where=folder,
            todo="Give the folder that `sphinx-build -b html` writes, often docs/_build/html.",
        )
    return without_inventory


def list_files(tree: SourceTree) -> list[Path]:
    """Return the files of the tree as sorted paths relative to its root.

    Only regular files count. A symbolic link counts as the file it leads to if that is inside the tree;
    links to folders are not followed, because what they lead to either is in the tree anyway or does not
    belong to it. Names that begin with a dot (`.buildinfo`, `.doctrees`) and names that are not UTF-8 are
    left out: no page can link to them.

    Raises:
        SourceError: A folder of the tree may not be read.
    """
    root = os.path.realpath(tree.root)
    try:
        return sorted(Path(name) for name in _files_below(root, "", root))
    except PermissionError as error:
        raise SourceError(
            "you may not read this folder", where=error.filename, todo="Change its permissions."
        ) from error


def inventory_version(head: bytes) -> str:
    """Return the version that the first lines of an `objects.inv` name, "" for none."""
    found = re.search(rb"^# Version:[ \t]*(\S+)[ \t\r]*$", head, re.MULTILINE)
    return found[1].decode("utf-8", "replace") if found else ""


def _files_below(folder: str, prefix: str, root: str) -> Iterator[str]:
    """Yield the names of the files in `folder` and below, each with `prefix` in front."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(".") or not _is_utf8(entry.name):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _files_below(entry.path, f"{prefix}{entry.name}/", root)
            elif _is_file_of(entry, root):
                yield prefix + entry.name


def _is_utf8(name: str) -> bool:
    """Tell whether a file's name can be written in a page or a database."""
    return not any("\ud800" <= char <= "\udfff" for char in name)


def _is_file_of(entry: os.DirEntry[str], root: str) -> bool:
    """Tell whether something is a regular file, or a link that leads to one in the tree."""
    if not entry.is_symlink():
        return entry.is_file(follow_symlinks=False)
    target = Path(os.path.realpath(entry.path))
    return str(target).startswith(root + os.sep) and target.is_file()


def _check_folder(folder: Path) -> None:
    """Raise a `SourceError` unless `folder` is a folder that holds something and may be read."""
    if not folder.exists():
        raise SourceError(
            "there is no such folder or file",
            where=folder,
            todo="Check the path, or run `livedocs fetch` to get Python's docs.",
        )
    if not folder.is_dir():
        raise SourceError("this is not a folder", where=folder, todo="Give a folder of Sphinx-built HTML.")
    try:
        empty = not any(folder.iterdir())
    except PermissionError as error:
        raise SourceError(
            "you may not read this folder", where=folder, todo="Change its permissions or choose another."
        ) from error
    if empty:
        raise SourceError(
            "the folder is empty",
            where=folder,
            todo="Build the docs first (`sphinx-build -b html`), or give another folder.",
        )


def _walk(folder: Path) -> Iterator[tuple[Path, frozenset[str]]]:
    """Yield each folder and the names of the files in it, level by level, each level sorted.

    Hidden folders, folders that may not be read and links to folders are passed over; so are links to files
    that leave `folder`.
    """
    top = os.path.realpath(folder)
    level = [folder]
    for _ in range(MAX_DEPTH + 1):
        below: list[Path] = []
        for path in level:
            folders, files = _scan(path, top)
            below += [path / name for name in folders]
            yield path, frozenset(files)
        level = below


def _scan(folder: Path, top: str) -> tuple[list[str], list[str]]:
    """Return the sorted names of the folders, and the names of the files, in one folder."""
    folders: list[str] = []
    files: list[str] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders += [] if entry.name.startswith(".") else [entry.name]
                elif _is_file_of(entry, top):
                    files.append(entry.name)
    except PermissionError:
        return [], []
    return sorted(folders), files


def _looks_like_sphinx(folder: Path) -> bool:
    """Tell whether Sphinx wrote a folder's `index.html`, by the files beside it or by its markup."""
    if any((folder / name).is_file() for name in _SPHINX_FILES):
        return True
    try:
        with (folder / "index.html").open("rb") as page:
            return _SPHINX_MARKUP.search(page.read(_HEAD_BYTES)) is not None
    except OSError:
        return False
