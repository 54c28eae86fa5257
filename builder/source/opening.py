"""Open a source: tell a folder, an archive and an address apart, and return the tree of docs in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from builder.errors import ArchiveError, SourceError
from builder.models import SourceTree
from builder.source.tree import find_root

if TYPE_CHECKING:
    from builder.models import Progress


def open_source(spec: str, *, cache: Path, progress: Progress) -> SourceTree:
    """Return the tree of docs that a source holds.

    Its origin is published with the docs: it names a folder or an archive without the folders above it, and
    an address without its query, which may hold a key.

    Args:
        spec: A folder, an archive (zip, or tar with or without gzip, bzip2, xz), or the https address of an
            archive.
        cache: The folder for downloads and unpacked docs; a folder as source needs none.
        progress: Told what happens.

    Raises:
        UsageError: An address that is not safe to fetch from.
        SourceError: The source is missing, empty or not Sphinx output; or (`FetchError`) can't be brought
            here; or (`ArchiveError`) is damaged or hostile.
    """
    if "://" in spec:
        return _open_address(spec, cache, progress)
    path = Path(spec).expanduser()
    if path.is_file():
        return _open_archive(path, cache, progress)
    return SourceTree(root=find_root(path), origin=path.resolve().name)


def _open_archive(path: Path, cache: Path, progress: Progress) -> SourceTree:
    """Return the tree in an archive on this machine."""
    import hashlib  # noqa: PLC0415 - a folder needs none of it

    from builder.source.cache import locked  # noqa: PLC0415 - as above

    try:
        with path.open("rb") as archive:
            digest = hashlib.file_digest(archive, "sha256").hexdigest()
    except OSError as error:
        raise SourceError(
            f"the archive can't be read: {error.strerror}", where=path, todo="Check its permissions."
        ) from error
    with locked(cache, progress):
        return _tree(path, digest, cache, progress=progress, spec=str(path), origin=path.name)


def _open_address(url: str, cache: Path, progress: Progress) -> SourceTree:
    """Return the tree in an archive on the web."""
    from builder.source.cache import locked  # noqa: PLC0415 - as above
    from builder.source.connection import check_address  # noqa: PLC0415 - as above
    from builder.source.download import download, forget  # noqa: PLC0415 - as above

    check_address(url)
    with locked(cache, progress):
        archive = download(url, cache=cache, progress=progress)
        try:
            return _tree(
                archive.path, archive.digest, cache, progress=progress, spec=url, origin=url.partition("?")[0]
            )
        except ArchiveError:
            forget(url, cache=cache)
            raise


def _tree(path: Path, digest: str, cache: Path, *, progress: Progress, spec: str, origin: str) -> SourceTree:
    """Unpack an archive unless the cache has it unpacked, and return the tree in it; errors name `spec`."""
    from builder.source.archive import unpack  # noqa: PLC0415 - as above
    from builder.source.cache import make_tree  # noqa: PLC0415 - as above

    try:
        folder = make_tree(cache, digest[:32], lambda into: unpack(path, into, progress=progress))
    except ArchiveError as error:
        raise ArchiveError(error.what, where=spec, todo=error.todo) from error
    try:
        return SourceTree(root=find_root(folder), origin=origin)
    except SourceError as error:
        raise SourceError(error.what, where=spec, todo=error.todo) from error
