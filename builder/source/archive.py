"""Unpack an archive, whatever its format, into a new folder: safely, and with clear errors."""

from __future__ import annotations

import bz2
import errno
import gzip
import lzma
import struct
import tarfile
import zipfile
import zlib
from typing import TYPE_CHECKING

from builder.errors import ArchiveError
from builder.source.budget import Limits
from builder.source.cache import write_error
from builder.source.members import Unpacking
from builder.source.untar import untar
from builder.source.unzip import unzip

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from builder.models import Progress

_MAGIC = {
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
}
_DAMAGED = (
    tarfile.TarError,
    zipfile.BadZipFile,
    EOFError,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    ValueError,
    NotImplementedError,
)
_BAD_BYTES = {None, errno.EINVAL}
"""Decompressors raise `OSError` without a number; `zipfile` seeks to where a spoilt directory leads it."""
_COLLISIONS = {errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ENOTEMPTY}


def unpack(archive: Path, into: Path, *, progress: Progress, limits: Limits | None = None) -> None:
    """Unpack an archive into an empty folder. What it is, is told by its first bytes, not by its name.

    Args:
        archive: A zip file, or a tar file, plain or compressed by gzip, bzip2 or xz.
        into: An empty folder. It is left half full when something fails; the caller removes it.
        progress: Told how far it is.
        limits: How much it may unpack to.

    Raises:
        ArchiveError: The archive is damaged, hostile, or of another kind.
        SourceError: The disk is full or may not be written to.
    """
    unpacking = Unpacking(archive, into, limits or Limits())
    try:
        _unpack(archive, unpacking, progress)
        unpacking.finish()
    except _DAMAGED as error:
        raise _damaged(archive, error) from error
    except OSError as error:
        raise _from_system(archive, into, error) from error


def _unpack(archive: Path, unpacking: Unpacking, progress: Progress) -> None:
    """Choose the reader by the first bytes."""
    kind = _kind(archive)
    if kind == "zip":
        unzip(archive, unpacking, progress)
        return
    with _decompressed(archive, kind) as stream:
        untar(archive, stream, unpacking, progress)


def _decompressed(archive: Path, kind: str) -> BinaryIO:
    """Open an archive so that its bytes come decompressed."""
    if kind == "gzip":
        return gzip.open(archive, "rb")  # type: ignore[return-value] # it reads and seeks alike
    if kind == "bzip2":
        return bz2.open(archive, "rb")  # type: ignore[return-value] # as above
    if kind == "xz":
        return lzma.open(archive, "rb")  # type: ignore[return-value] # as above
    return archive.open("rb")


def _kind(archive: Path) -> str:
    """Return the format of an archive.

    Raises:
        ArchiveError: It has none that is known.
    """
    with archive.open("rb") as opened:
        head = opened.read(512)
    for magic, kind in _MAGIC.items():
        if head.startswith(magic):
            return kind
    if _is_tar(head):
        return "tar"
    raise ArchiveError(_not_an_archive(head), where=archive, todo=_todo(head))


def _is_tar(head: bytes) -> bool:
    """Tell whether a file begins with a tar header whose checksum is right."""
    try:
        tarfile.TarInfo.frombuf(head, "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return head == bytes(512)
    return True


def _not_an_archive(head: bytes) -> str:
    """Return what is wrong with a file that is no archive."""
    if not head:
        return "the file is empty"
    if _is_html(head):
        return "this is an HTML page, not an archive"
    return "this is neither a zip nor a tar archive"


def _todo(head: bytes) -> str:
    """Return what to do about a file that is no archive."""
    if _is_html(head):
        return (
            "Give the docs as a folder, or the address of an archive of them; single pages are not followed."
        )
    return "Give a .zip, .tar, .tar.gz, .tar.bz2 or .tar.xz file, or a folder."


def _is_html(head: bytes) -> bool:
    """Tell whether a file begins like a page."""
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<!doctype", b"<html", b"<?xml"))


def _damaged(archive: Path, error: Exception) -> ArchiveError:
    """Return the error for an archive that ends early or holds nonsense."""
    reason = str(error).strip().rstrip(".") or type(error).__name__
    return ArchiveError(
        f"the archive is damaged or cut off ({reason})", where=archive, todo="Download or make it again."
    )


def _from_system(archive: Path, into: Path, error: OSError) -> Exception:
    """Return the error for an `OSError`; those without a number come from decompressors."""
    if error.errno in _BAD_BYTES:
        return _damaged(archive, error)
    if error.errno in _COLLISIONS:
        return ArchiveError(
            "the archive is damaged: it has a file and a folder of the same name",
            where=archive,
            todo="Download or make it again.",
        )
    if error.errno == errno.ENAMETOOLONG:
        return ArchiveError(
            "refused: it has a name that is too long",
            where=archive,
            todo="Unpack it yourself and give the folder.",
        )
    return write_error(error, into.parent)
