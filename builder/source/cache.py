"""The cache folder: one writer at a time, notes and unpacked trees that are whole or not there.

lock
notes/<name>.json        what was taken last time
downloads/<address>/     archives as they came
trees/<key>/             unpacked; `.unfinished-*` beside them are leftovers of a killed run
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from builder.errors import LivedocsError, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from builder.models import Progress

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
_UNFINISHED = ".unfinished-"


def write_error(error: OSError, where: Path) -> LivedocsError:
    """Return the error that tells a user why a file below `where` could not be written."""
    if error.errno in _FULL:
        what, todo = (
            "the disk is full",
            "Free some space, or set LIVEDOCS_CACHE to a folder on a larger disk.",
        )
    elif error.errno in _FORBIDDEN:
        what, todo = "you may not write here", "Set LIVEDOCS_CACHE to a folder that you may write to."
    else:
        reason = error.strerror or str(error)
        what, todo = f"can't be written: {reason}", "Set LIVEDOCS_CACHE to a folder that you may write to."
    return SourceError(what, where=where, todo=todo)


@contextmanager
def writing(where: Path) -> Iterator[None]:
    """Turn what the system says about a failed write into a `SourceError` about `where`."""
    try:
        yield
    except OSError as error:
        raise write_error(error, where) from error


@contextmanager
def locked(cache: Path, progress: Progress) -> Iterator[None]:
    """Make the cache folder if needed and hold its lock, so that two runs never write into each other.

    Where another run holds it, `progress` is told, and this one waits.

    Raises:
        SourceError: The folder can't be made or written to.
    """
    with writing(cache):
        cache.mkdir(parents=True, exist_ok=True)
        handle = (cache / "lock").open("ab")
    with handle:
        if sys.platform != "win32":
            import fcntl  # noqa: PLC0415 - Windows has none; there the lock is left out

            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                progress("Waiting for another livedocs that uses the cache", 0, 0)
                fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def read_note(path: Path) -> dict[str, object]:
    """Return a note, or an empty one where there is none or it can't be understood."""
    try:
        note = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return note if isinstance(note, dict) else {}


def write_note(path: Path, note: Mapping[str, object]) -> None:
    """Write a note whole: a reader sees the old one or the new one.

    Raises:
        SourceError: It can't be written.
    """
    unfinished = path.with_name(f"{path.name}.new")
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_text(json.dumps(note, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        unfinished.replace(path)


def kept_tree(cache: Path, key: str) -> Path | None:
    """Return the unpacked tree of that key, or None where the cache has none."""
    folder = cache / "trees" / key
    return folder if folder.is_dir() else None


def make_tree(cache: Path, key: str, fill: Callable[[Path], None]) -> Path:
    """Return the unpacked tree of that key; where the cache has none, let `fill` make it.

    The caller holds the lock. `fill` writes into a folder beside the final place, which is renamed when it
    is done. When it fails, nothing stays.

    Raises:
        SourceError: The cache can't be written to, or what `fill` raises.
    """
    final = cache / "trees" / key
    if final.is_dir():
        return final
    unfinished = final.with_name(f"{_UNFINISHED}{os.getpid()}")
    with writing(final):
        final.parent.mkdir(parents=True, exist_ok=True)
        for leftover in final.parent.glob(f"{_UNFINISHED}*"):
            shutil.rmtree(leftover, ignore_errors=True)
        unfinished.mkdir()
    try:
        fill(unfinished)
        with writing(final):
            unfinished.rename(final)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return final
