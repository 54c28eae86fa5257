"""The rules for what an archive may write, whatever its format.

Python's own `tarfile.data_filter` names the dangers (absolute paths, paths and links that leave the folder,
devices); these rules hold for zip files too, count what is really written, and stop at a bomb.
"""

from __future__ import annotations

import os
import posixpath
import re
import shutil
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Protocol

from builder.errors import ArchiveError
from builder.source.budget import Budget

if TYPE_CHECKING:
    from pathlib import Path

    from builder.source.budget import Limits

CHUNK = 1024 * 1024
_DRIVE = re.compile(r"[A-Za-z]:")


class Stream(Protocol):
    """What a member's content is read from."""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes, none at the end."""


class Unpacking:
    """An archive on its way into a new, empty folder.

    Symbolic links are made last, when nothing is written any more: no member can be written through one.

    Args:
        archive: The archive, for messages.
        root: The folder to write into. Nothing is ever written outside of it.
        limits: How much may be written.
    """

    def __init__(self, archive: Path, root: Path, limits: Limits) -> None:
        self.budget = Budget(archive, limits)
        self._archive = archive
        self._root = root
        self._links: dict[str, str] = {}
        self._made: set[Path] = {root}

    def folder(self, name: str) -> None:
        """Make a folder."""
        self._make(self._root / self._inside(name, name))

    def file(self, name: str, size: int, stream: Stream) -> None:
        """Write a file; of two with the same name the later one stays.

        Args:
            name: As it stands in the archive.
            size: The bytes it declares to have.
            stream: Its content.

        Raises:
            ArchiveError: Its name or its size is hostile, or its content ends early.
        """
        self.budget.check(size, name)
        path = self._place(name)
        written = 0
        with path.open("wb") as target:
            while chunk := stream.read(CHUNK):
                written += len(chunk)
                self.budget.spend(len(chunk), name)
                target.write(chunk)
        if written != size:
            raise ArchiveError(
                f"{name} is damaged: it has {written:,} bytes of {size:,}",
                where=self._archive,
                todo="Download or make the archive again.",
            )

    def copy(self, name: str, target: str) -> None:
        """Write a hard link as a copy of the file it names.

        Raises:
            ArchiveError: It names something outside, or something that is not there.
        """
        source = self._root / self._inside(target, name)
        if not source.is_file():
            raise self._hostile(name, f"links to {target}, which is not a file before it in the archive")
        self.budget.spend(source.stat().st_size, name)
        path = self._place(name, keep=source)
        if path != source:
            shutil.copyfile(source, path)

    def link(self, name: str, target: str) -> None:
        """Note a symbolic link.

        Raises:
            ArchiveError: It leads out of the folder.
        """
        inside = self._inside(name, name)
        target = readable(target)
        if posixpath.isabs(target) or _DRIVE.match(target) or "\0" in target:
            raise self._hostile(name, f"links to {target}, out of the archive")
        if _leaves(posixpath.join(posixpath.dirname(inside), target)):
            raise self._hostile(name, f"links to {target}, out of the archive")
        self._links[inside] = target

    def finish(self) -> None:
        """Make the symbolic links.

        Raises:
            ArchiveError: One leads out of the folder by way of others.
        """
        root = os.path.realpath(self._root)
        for name, target in self._links.items():
            if any(str(above) in self._links for above in PurePosixPath(name).parents):
                raise self._hostile(name, "stands below a link")
            path = self._root / name
            self._make(path.parent)
            if not os.path.lexists(path):
                path.symlink_to(target)
        for name, target in self._links.items():
            if not (os.path.realpath(self._root / name) + os.sep).startswith(root + os.sep):
                raise self._hostile(name, f"links to {target}, out of the archive")

    def device(self, name: str) -> ArchiveError:
        """Return the error for a member that is a device or a pipe."""
        return self._hostile(name, "is a device or a pipe")

    def _place(self, name: str, *, keep: Path | None = None) -> Path:
        """Return where a file goes, with its folder made and an earlier one of its name gone."""
        inside = self._inside(name, name)
        if inside in {"", "."}:
            raise self._hostile(name, "is a file without a name")
        path = self._root / inside
        self._make(path.parent)
        if path != keep:
            path.unlink(missing_ok=True)
        return path

    def _make(self, folder: Path) -> None:
        """Make a folder and those above it, once."""
        if folder not in self._made:
            folder.mkdir(parents=True, exist_ok=True)
            self._made.add(folder)

    def _inside(self, path: str, name: str) -> str:
        """Return a path of the archive in plain form, `.` for the top.

        Raises:
            ArchiveError: It leaves the folder. `name` says which member is to blame.
        """
        plain = readable(path).replace("\\", "/")
        if plain.startswith("/") or _DRIVE.match(plain) or "\0" in plain:
            raise self._hostile(name, "has an absolute path" if path == name else f"links to {path}")
        if _leaves(plain):
            raise self._hostile(name, "leaves the folder" if path == name else f"links to {path}")
        return posixpath.normpath(plain)

    def _hostile(self, name: str, what: str) -> ArchiveError:
        """Return the error for a member that no honest archive of docs has."""
        return ArchiveError(
            f"refused: member {readable(name)!r} {what}",
            where=self._archive,
            todo="If you trust it, unpack it yourself and give the folder.",
        )


def readable(name: str) -> str:
    """Return a name as proper text: what is not UTF-8, which `tarfile` gives as surrogates, as Latin-1."""
    raw = name.encode("utf-8", "surrogateescape")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _leaves(path: str) -> bool:
    """Tell whether a relative path, read part by part, ever stands above where it began."""
    depth = 0
    for part in path.split("/"):
        if part == "..":
            depth -= 1
        elif part not in {"", "."}:
            depth += 1
        if depth < 0:
            return True
    return False
