"""Read tar archives, plain or compressed, in one pass."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

from builder.errors import ArchiveError

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from builder.models import Progress
    from builder.source.members import Unpacking

_BLOCK = 512
_MAX_HEADER = 4 * 1024**2
"""No archive of docs has an extended header larger than this; `tarfile` would read it into memory whole."""
_MAX_PADDING = 1024**2


class _Blocks(io.RawIOBase):
    """The unpacked bytes of a tar archive, which remembers the last block read and reads no huge piece.

    `tarfile` takes any damaged header but the first for the end of the archive; the last block tells them
    apart.
    """

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        self._stream = stream
        self.last = b""

    def read(self, size: int | None = -1, /) -> bytes:
        """Return the next bytes."""
        if size is None or not 0 <= size <= _MAX_HEADER:
            raise tarfile.ReadError("it has a header that is too large")
        self.last = self._stream.read(size)
        return self.last

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to a place."""
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        """Return the place."""
        return self._stream.tell()

    def at_end_mark(self) -> bool:
        """Tell whether the last block read is the block of zeros that ends every tar archive."""
        return self.last == bytes(_BLOCK)


def untar(archive: Path, stream: BinaryIO, unpacking: Unpacking, progress: Progress) -> None:
    """Hand every member of a tar archive to `unpacking`.

    Args:
        archive: The archive, for messages.
        stream: Its bytes, decompressed as they are read.
        unpacking: What takes the members.
        progress: Told how many are done.

    Raises:
        ArchiveError: A member is hostile, or the end is missing.
    """
    blocks = _Blocks(stream)
    done = 0
    with tarfile.TarFile(fileobj=blocks, mode="r") as opened:
        for member in opened:
            if done % 100 == 0:
                progress(f"Unpacking {archive.name}", done, 0)
            _unpack(opened, member, unpacking)
            done += 1
        if not blocks.at_end_mark():
            raise ArchiveError(
                "the archive is damaged or cut off", where=archive, todo="Download or make it again."
            )
    _read_to_end(stream)
    progress(f"Unpacking {archive.name}", done, done)


def _unpack(opened: tarfile.TarFile, member: tarfile.TarInfo, unpacking: Unpacking) -> None:
    """Hand one member on; kinds that no system writes any more are passed over."""
    unpacking.budget.member()
    unpacking.budget.check(member.size, member.name)
    if member.isdir():
        unpacking.folder(member.name)
    elif member.issym():
        unpacking.link(member.name, member.linkname)
    elif member.islnk():
        unpacking.copy(member.name, member.linkname)
    elif member.isdev():
        raise unpacking.device(member.name)
    elif member.isreg():
        content = opened.extractfile(member)
        if content is not None:
            unpacking.file(member.name, member.size, content)


def _read_to_end(stream: BinaryIO) -> None:
    """Read the padding behind the end, because only the end of a compressed stream holds its checksum."""
    left = _MAX_PADDING
    while left > 0 and (chunk := stream.read(64 * 1024)):
        left -= len(chunk)
