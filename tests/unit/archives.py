"""Archives of every kind for tests, made on the spot, and what becomes of them."""

from __future__ import annotations

import io
import os
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest

from builder.errors import ArchiveError
from builder.source.archive import unpack

if TYPE_CHECKING:
    from pathlib import Path

    from builder.source.budget import Limits

PAGE = b"<html><body>page</body></html>"


def quiet(step: str, done: int, total: int) -> None:
    """Take no notice of progress."""


def make_tar(path: Path, *members: tuple[tarfile.TarInfo, bytes], mode: str = "w:gz") -> Path:
    """Write a tar archive with exactly these members."""
    with tarfile.open(path, mode) as archive:
        for member, content in members:
            archive.addfile(member, io.BytesIO(content))
    return path


def file_member(name: str, content: bytes = PAGE) -> tuple[tarfile.TarInfo, bytes]:
    """Return a regular file."""
    member = tarfile.TarInfo(name)
    member.size = len(content)
    return member, content


def other_member(name: str, kind: bytes, target: str = "") -> tuple[tarfile.TarInfo, bytes]:
    """Return a link or a device."""
    member = tarfile.TarInfo(name)
    member.type = kind
    member.linkname = target
    return member, b""


def make_zip(path: Path, members: dict[str, bytes]) -> Path:
    """Write a compressed zip archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def unpacked(archive: Path, into: Path, limits: Limits | None = None) -> dict[str, bytes]:
    """Unpack an archive and return every file in it."""
    into.mkdir()
    unpack(archive, into, progress=quiet, limits=limits)
    return {str(path.relative_to(into)): path.read_bytes() for path in into.rglob("*") if path.is_file()}


def refused(archive: Path, into: Path, limits: Limits | None = None) -> str:
    """Unpack an archive that must be refused, check that nothing is outside, and return the message."""
    into = into / "deep" / "down"
    into.mkdir(parents=True)
    before = sorted(into.parent.parent.glob("*"))

    with pytest.raises(ArchiveError) as caught:
        unpack(archive, into, progress=quiet, limits=limits)

    assert sorted(into.parent.parent.glob("*")) == before
    assert sorted(into.parent.glob("*")) == [into]
    assert caught.value.todo
    return str(caught.value)


def docs_archive(path: Path) -> Path:
    """Write an archive of a small tree of docs."""
    pages = {f"docs/{number}.html": os.urandom(4000) for number in range(500)}
    return make_zip(
        path, {"docs/index.html": PAGE, "docs/objects.inv": b"# Sphinx inventory version 2\n", **pages}
    )
