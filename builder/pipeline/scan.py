"""Look over a tree: which files are pages, indexes and files to carry along, and what they hash to."""

from __future__ import annotations

import gzip
import hashlib
import html
import io
import os
import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from builder.errors import SourceError
from builder.source import list_files

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.models import SourceTree

_PAGE = re.compile(r"\.html?(\.gz)?$")
_GENERAL_INDEX = re.compile(r"genindex(-[^/]+)?\.html$")
"""Of a split index: all of it, a letter, or Sphinx's translation of "Symbols"."""
_WHOLE_INDEX = re.compile(r"genindex(-all)?\.html$")
_MODULE_INDEX = re.compile(r"py-modindex\.html$")
_SEARCH_PAGE = re.compile(r"search\.html(\.gz)?$")
_BUILD_FOLDER = re.compile(r"_(?!modules/|images/|downloads/|static/)")
_CARRIED = re.compile(
    r"\.(png|jpe?g|gif|webp|avif|svg|pdf|txt|py|zip|csv|json|toml|ini|cfg|diff|rst|mp4|webm|ico)$|^_downloads/|^objects\.inv$",
    re.IGNORECASE,
)
_ACTIVE = re.compile(r"\.(x?html?|shtml|xml|xsl|xslt|mht|svgz|swf|wasm)$", re.IGNORECASE)
"""Files that a browser runs or shows as a page of this site; they are not carried along, whatever links to them."""
_RUNS = re.compile(
    r"<\s*([\w-]+:)?(script|foreignobject|iframe|embed|object|handler|set|animate)"
    r"|[\s/\"']on\w+\s*=|javascript:|<!entity|<\?xml-stylesheet",
    re.IGNORECASE,
)
"""What makes a drawing more than a drawing."""
_LARGEST_PAGE = 64_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """A tree's files by what they are for, each path with its content's hash.

    Attributes:
        root: The folder.
        pages: Content pages by upstream path (a `.gz` behind it is left off).
        sources: The file of each page whose name differs from its path.
        index: Pages of the general index.
        modules: Module indexes.
        files: Images, downloads and `objects.inv`.
        sizes: Bytes of each page's file.
        active: Files that are not carried along because a browser could run what is in them.
    """

    root: Path
    pages: Mapping[str, str]
    sources: Mapping[str, str]
    index: Mapping[str, str]
    modules: Mapping[str, str]
    files: Mapping[str, str]
    sizes: Mapping[str, int]
    active: tuple[str, ...]

    def digest(self) -> str:
        """Return one hash of all of it."""
        whole = hashlib.sha256()
        for group in (self.pages, self.sources, self.index, self.modules, self.files):
            whole.update(repr(sorted(group.items())).encode())
        return whole.hexdigest()

    def file(self, path: str) -> bytes:
        """Return the content of the file behind a path, as it was when the tree was looked over.

        Raises:
            SourceError: The file can't be read, or has changed since: what was told of it would be of another content.
        """
        file = self.root / self.sources.get(path, path)
        raw = read_file(file)
        known = {hashes.get(path) for hashes in (self.pages, self.index, self.modules, self.files)}
        if hashlib.sha256(raw).hexdigest() not in known:
            raise SourceError(
                "the file changed while it was read",
                where=file,
                todo="Build again when nothing writes there.",
            )
        return raw

    def read(self, path: str) -> bytes:
        """Return the content of a page.

        Raises:
            SourceError: See `file`; or the page is compressed and damaged.
        """
        file = self.root / self.sources.get(path, path)
        raw = self.file(path)
        if file.suffix != ".gz":
            return raw
        try:
            with gzip.open(io.BytesIO(raw)) as stream:
                text = stream.read(_LARGEST_PAGE + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise SourceError(
                "the compressed page is damaged", where=file, todo="Fetch these docs again."
            ) from error
        if len(text) > _LARGEST_PAGE:
            raise SourceError(
                f"the compressed page is larger than {_LARGEST_PAGE // 10**6} MB",
                where=file,
                todo="Take it away.",
            )
        return text


def scan_tree(tree: SourceTree, *, without: Path) -> Scan:
    """Read and hash every file of a tree that a build uses.

    Args:
        tree: The docs.
        without: A folder that is no part of them, though it may lie in theirs: the site that is built.

    Raises:
        SourceError: A file can't be read, or the tree has no page.
    """
    pages: dict[str, str] = {}
    sources: dict[str, str] = {}
    index: dict[str, str] = {}
    modules: dict[str, str] = {}
    files: dict[str, str] = {}
    sizes: dict[str, int] = {}
    left_out = Path(os.path.relpath(without.resolve(), tree.root.resolve()))
    left_out_files: list[str] = []
    for relative in list_files(tree):
        path = relative.as_posix()
        place = _place(path)
        if place == "" or relative.is_relative_to(left_out):
            continue
        raw = read_file(tree.root / path)
        if place == "file" and not is_inert(path, raw):
            left_out_files.append(path)
            continue
        digest = hashlib.sha256(raw).hexdigest()
        if place == "page":
            page = path.removesuffix(".gz")
            if page == path or page not in pages:
                pages[page], sizes[page] = digest, len(raw)
                sources.pop(page, None)
                if page != path:
                    sources[page] = path
        else:
            {"index": index, "modules": modules, "file": files}[place][path] = digest
    if not pages:
        raise SourceError(
            "it holds no HTML page", where=tree.root, todo="Build these docs with `sphinx-build -b html`."
        )
    return Scan(
        root=tree.root,
        pages=pages,
        sources=sources,
        index=_parts(index),
        modules=modules,
        files=files,
        sizes=sizes,
        active=tuple(left_out_files),
    )


def read_file(file: Path) -> bytes:
    """Return a source file's content.

    Raises:
        SourceError: It can't be read.
    """
    try:
        return file.read_bytes()
    except OSError as error:
        raise SourceError(
            f"the file can't be read ({error.strerror})", where=file, todo="Check its permissions."
        ) from error


def is_inert(path: str, raw: bytes) -> bool:
    """Tell whether a file that is carried along can't run anything in the site's name when it is opened by itself."""
    if _ACTIVE.search(path):
        return False
    if not path.lower().endswith(".svg"):
        return True
    try:
        return not _RUNS.search(html.unescape(raw.decode("utf-8")))
    except UnicodeDecodeError:
        return False


def _place(path: str) -> str:
    if _GENERAL_INDEX.match(path):
        return "index"
    if _MODULE_INDEX.match(path):
        return "modules"
    if _PAGE.search(path) and not _SEARCH_PAGE.match(path) and not path.startswith("_downloads/"):
        return "" if path.startswith("_") and not path.startswith("_modules/") else "page"
    carried = _CARRIED.search(path) and not _BUILD_FOLDER.match(path)
    return "file" if carried else ""


def _parts(index: Mapping[str, str]) -> Mapping[str, str]:
    """Return the pages of a split index without the one that repeats them all."""
    parts = {path: digest for path, digest in index.items() if not _WHOLE_INDEX.match(path)}
    return (
        parts or {path: digest for path, digest in index.items() if not path.endswith("-all.html")} or index
    )
