"""Read zip archives."""

from __future__ import annotations

import stat
import zipfile
from typing import TYPE_CHECKING

from builder.errors import ArchiveError

if TYPE_CHECKING:
    from pathlib import Path

    from builder.models import Progress
    from builder.source.members import Unpacking

_UTF8_NAME = 0x800
_ENCRYPTED = 0x1
_MAX_LINK = 4096


def unzip(archive: Path, unpacking: Unpacking, progress: Progress) -> None:
    """Hand every member of a zip archive to `unpacking`.

    Raises:
        ArchiveError: It needs a password, or a member is hostile.
    """
    with zipfile.ZipFile(archive) as opened:
        members = opened.infolist()
        _check(archive, members, unpacking)
        for done, member in enumerate(members):
            if done % 100 == 0:
                progress(f"Unpacking {archive.name}", done, len(members))
            _unpack(opened, member, unpacking)
    progress(f"Unpacking {archive.name}", len(members), len(members))


def _check(archive: Path, members: list[zipfile.ZipInfo], unpacking: Unpacking) -> None:
    """Check what the directory at the end of the file declares, before anything is written."""
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise ArchiveError(
            "it is protected by a password", where=archive, todo="Unpack it yourself and give the folder."
        )
    unpacking.budget.check_total(sum(member.file_size for member in members))


def _unpack(opened: zipfile.ZipFile, member: zipfile.ZipInfo, unpacking: Unpacking) -> None:
    """Hand one member on, as the kind that its Unix mode says."""
    unpacking.budget.member()
    if not member.filename:
        raise zipfile.BadZipFile("a member has no name")
    name = _name(member)
    kind = stat.S_IFMT(member.external_attr >> 16)
    if member.is_dir() or kind == stat.S_IFDIR:
        unpacking.folder(name)
    elif kind == stat.S_IFLNK:
        with opened.open(member) as stream:
            unpacking.link(name, stream.read(_MAX_LINK).decode("utf-8", "surrogateescape"))
    elif kind in {0, stat.S_IFREG}:
        with opened.open(member) as stream:
            unpacking.file(name, member.file_size, stream)
    else:
        raise unpacking.device(name)


def _name(member: zipfile.ZipInfo) -> str:
    """Return a member's name; UTF-8 that does not say so, as many tools write it, is recognised."""
    if member.flag_bits & _UTF8_NAME:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return member.filename
