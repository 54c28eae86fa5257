"""Publish all or nothing: write beside the old output and swap when everything is there.

A build works in `output/.livedocs-staging/`, on the same disk as what it replaces. The swap exchanges two folders in
one step where the kernel can (`renameat2`), and in two renames elsewhere; what a killed build left half way is put
right by the next one. One build at a time: the lock is the kernel's, so a killed build leaves none.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.errors import PublishError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SITE = "site"
DATABASE = "docs.db"
CACHE = ".livedocs-cache"
RECORD = "livedocs.json"
"""The site's own record, in its root: what it holds, and which links were broken before we came."""
_STAGING = ".livedocs-staging"
_OLD = ".livedocs-old"
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A folder to build in, and the output it will replace.

    Attributes:
        folder: Where to write; gone after the build.
        output: The output folder.
    """

    folder: Path
    output: Path

    @property
    def site(self) -> Path:
        """Return where the new site is written."""
        return self.folder / SITE

    @property
    def database(self) -> Path:
        """Return where the new database is written."""
        return self.folder / DATABASE

    def publish(self) -> None:
        """Put what was written in place of what was there, the database first, then the site, and clear away the rest.

        Raises:
            PublishError: The output folder can't be changed.
        """
        try:
            if self.database.exists():
                self.database.replace(self.output / DATABASE)
            if self.site.exists():
                _swap(self.site, self.output / SITE, self.output / _OLD)
        except OSError as error:
            raise publish_error(self.output, error) from error
        self.clear()

    def clear(self) -> None:
        """Remove what is no longer needed."""
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.rmtree(self.output / _OLD, ignore_errors=True)


@contextmanager
def staging(output: Path) -> Iterator[Stage]:
    """Give a fresh folder to build in; what is not published is removed.

    Raises:
        PublishError: The output folder can't be written, or another build is at work in it.
    """
    try:
        output.mkdir(parents=True, exist_ok=True)
        with _locked(output):
            _check_ours(output)
            _recover(output)
            stage = Stage(folder=output / _STAGING, output=output)
            stage.folder.mkdir()
            try:
                yield stage
            finally:
                stage.clear()
    except OSError as error:
        raise publish_error(output, error) from error


def publish_error(where: Path, error: OSError) -> PublishError:
    """Return what a user reads when the output can't be written."""
    place = error.filename or where
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return PublishError(
            "the disk is full",
            where=place,
            todo="Free some space and build again; the last good site is untouched.",
        )
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return PublishError(
            "no permission to write here",
            where=place,
            todo="Choose another folder with --output, or change its permissions.",
        )
    if error.errno in {errno.ENOTDIR, errno.EEXIST}:
        return PublishError(
            "a file stands where a folder is needed",
            where=place,
            todo="Move it away or choose another folder with --output.",
        )
    return PublishError(
        f"can't write ({error.strerror or error})",
        where=place,
        todo="Check the folder and build again; the last good site is untouched.",
    )


def link_or_copy(old: Path | str, new: Path | str) -> None:
    """Put an unchanged file of the old site into the new one, without copying where the disk allows it."""
    try:
        os.link(old, new)
    except OSError:
        shutil.copyfile(old, new)


def file_sizes(folder: Path) -> dict[str, int]:
    """Return the size of each file of a folder, by path."""
    found: dict[str, int] = {}
    waiting = [str(folder)]
    start = len(waiting[0]) + 1
    while waiting:
        try:
            entries = list(os.scandir(waiting.pop()))
        except OSError:
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)
            else:
                found[entry.path[start:]] = entry.stat().st_size
    return found


def _swap(new: Path, current: Path, old: Path) -> None:
    if current.exists() and _exchange(new, current):
        return
    if current.exists():
        current.rename(old)
    new.rename(current)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; False where kernel or file system can't."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    return bool(rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0)


def _recover(output: Path) -> None:
    """Put right what a killed build left: an old site without a new one, a staging folder."""
    old = output / _OLD
    if old.exists() and not (output / SITE).exists():
        old.rename(output / SITE)
    for left in (old, output / _STAGING):
        shutil.rmtree(left, ignore_errors=True)


def _check_ours(output: Path) -> None:
    """See that what a build would replace was made by one.

    Raises:
        PublishError: Something else stands in its place.
    """
    taken = [name for name in (SITE, DATABASE) if (output / name).exists() or (output / name).is_symlink()]
    if (
        not taken
        or (output / CACHE).is_dir()
        or (output / SITE / RECORD).is_file()
        or (output / _OLD).is_dir()
    ):
        return
    raise PublishError(
        f'"{taken[0]}" stands here already and was not made by livedocs',
        where=output,
        todo="Choose another folder with --output, or move it away.",
    )


@contextmanager
def _locked(output: Path) -> Iterator[None]:
    try:
        import fcntl  # noqa: PLC0415  # not on every platform
    except ImportError:
        yield
        return
    # Not through a link: what it leads to would be ours to cut.
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0)
    with os.fdopen(os.open(output / ".livedocs-lock", flags, 0o644), "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise PublishError(
                "another build is at work here", where=output, todo="Wait until it has finished."
            ) from error
        yield
