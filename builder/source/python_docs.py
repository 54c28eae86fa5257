"""Bring Python's docs here: from docs.python.org, or where that can't be reached from the cache or by apt."""

from __future__ import annotations

import functools
import re
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from builder.errors import ArchiveError, FetchError, NotFoundError, UnreachableError, UsageError
from builder.models import SourceTree
from builder.source.cache import kept_tree, locked, make_tree, read_note, write_note
from builder.source.tree import INVENTORY, find_root, inventory_version

if TYPE_CHECKING:
    from pathlib import Path

    from builder.models import Progress

OFFICIAL = "https://docs.python.org"
MAX_AGE = 24 * 3600.0
"""Seconds for which the docs that were fetched last count as the newest."""
MAX_AGE_SECOND_CHOICE = 3600.0
"""The same for docs that were taken by apt because docs.python.org could not be reached."""

_VERSION = re.compile(r"\d+(\.\d+){0,2}")


def fetch_python_docs(
    version: str | None,
    *,
    cache: Path,
    progress: Progress,
    base_url: str = OFFICIAL,
    max_age: float = MAX_AGE,
) -> SourceTree:
    """Bring Python's docs into the cache: from docs.python.org, or by apt where that can't be reached.

    Args:
        version: `3.13` or `3.13.5`; None for the newest stable one.
        cache: The folder for downloads and unpacked docs.
        progress: Told what happens.
        base_url: A mirror of docs.python.org.
        max_age: Seconds for which docs fetched before are taken without asking anybody.

    Raises:
        UsageError: `version` is no version.
        NotFoundError: There are no docs of that version.
        UnreachableError: docs.python.org does not answer, and there is no apt.
        FetchError, ArchiveError, SourceError: Something else went wrong on the way.
    """
    wanted = _check_version(version)
    base_url = base_url.rstrip("/")
    note = cache / "notes" / f"python-{wanted or 'newest'}-{re.sub(r'[^a-z0-9.]+', '-', base_url)}.json"
    if _is_fresh(note, max_age) and (tree := _noted(note, cache)) is not None:
        return tree
    with locked(cache, progress):
        try:
            return _from_web(wanted, cache, note, progress, base_url)
        except UnreachableError as error:
            return _without_web(error, wanted, cache, note, progress)


def _check_version(version: str | None) -> str | None:
    """Return the version to look for, None for the newest.

    Raises:
        UsageError: It is no version.
    """
    if version is None or version == "3":
        return None
    if not _VERSION.fullmatch(version) or "." not in version:
        raise UsageError(
            f"{version!r} is not a version of Python", where="--version", todo="Write it like 3.13 or 3.13.5."
        )
    return version


def _is_fresh(note: Path, max_age: float) -> bool:
    """Tell whether what was taken last time is not older than `max_age` seconds."""
    taken = read_note(note)
    asked = taken.get("asked")
    limit = min(max_age, MAX_AGE_SECOND_CHOICE) if taken.get("by_apt") else max_age
    return isinstance(asked, (int, float)) and 0 <= time.time() - asked <= limit


def _noted(note: Path, cache: Path) -> SourceTree | None:
    """Return what was taken last time, if it is still there."""
    taken = read_note(note)
    folder = kept_tree(cache, str(taken.get("tree")))
    if folder is None:
        return None
    root = folder / str(taken.get("root"))
    return _tree(root, str(taken.get("origin"))) if root.is_dir() else None


def _keep(note: Path, cache: Path, folder: Path, origin: str, *, by_apt: bool) -> SourceTree:
    """Note what was taken, and return it."""
    root = find_root(folder)
    key = folder.relative_to(cache / "trees").parts[0]
    place = root.relative_to(cache / "trees" / key).as_posix()
    write_note(note, {"tree": key, "root": place, "origin": origin, "by_apt": by_apt, "asked": time.time()})
    return _tree(root, origin)


def _tree(root: Path, origin: str) -> SourceTree:
    """Return a tree of Python's docs, with the version that its inventory names."""
    inventory = root / INVENTORY
    version = inventory_version(inventory.read_bytes()[:1000]) if inventory.is_file() else ""
    return SourceTree(
        root=root, origin=origin, slug="python", version=version, canonical=f"{OFFICIAL}/{version or '3'}/"
    )


def _without_web(
    error: UnreachableError, wanted: str | None, cache: Path, note: Path, progress: Progress
) -> SourceTree:
    """Return the docs from where they are when docs.python.org does not answer: the cache or apt.

    Docs that came from docs.python.org before are newer than a distribution's; those of the distribution
    may have been mended since, so apt is asked again.
    """
    from builder.source import apt  # noqa: PLC0415 - it brings subprocess, which few runs need

    before = _noted(note, cache)
    host = urlsplit(error.where).hostname or error.where
    if before is not None and not read_note(note).get("by_apt"):
        progress(f"{error.what}: taking the docs from the cache", 1, 1)
        return before
    if not apt.is_available():
        raise UnreachableError(
            f"{error.what}, and this machine has no apt to get them from",
            where=error.where,
            todo="Download the HTML archive elsewhere and run `livedocs build ARCHIVE`.",
        ) from error
    progress(f"{error.what}: taking the distribution's package", 0, 0)
    try:
        package = apt.find_package(wanted, progress=progress)
        folder = apt.fetch_package(package, cache=cache, progress=progress)
    except FetchError as failure:
        if before is not None:
            progress(f"{failure}: taking the docs from the cache", 1, 1)
            return before
        raise type(failure)(
            f"{failure.what} ({host} could not be reached)", where=failure.where, todo=failure.todo
        ) from failure
    origin = f"{package.name} {package.version} (Debian package, {host} could not be reached)"
    return _keep(note, cache, folder, origin, by_apt=True)


def _from_web(wanted: str | None, cache: Path, note: Path, progress: Progress, base_url: str) -> SourceTree:
    """Return the docs from docs.python.org."""
    from builder.source.archive import unpack  # noqa: PLC0415 - as above
    from builder.source.download import download, forget  # noqa: PLC0415 - as above
    from builder.source.python_archives import find_archives, no_such_version  # noqa: PLC0415 - as above

    progress(f"Asking {urlsplit(base_url).hostname} for its archives", 0, 0)
    for url in find_archives(wanted, base_url):
        try:
            archive = download(url, cache=cache, progress=progress)
        except NotFoundError:
            continue
        try:
            fill = functools.partial(unpack, archive.path, progress=progress)
            folder = make_tree(cache, archive.digest[:32], fill)
        except ArchiveError as error:
            forget(url, cache=cache)
            raise ArchiveError(
                error.what, where=url, todo="Run the command again to download it anew."
            ) from error
        return _keep(note, cache, folder, f"{archive.name} ({url})", by_apt=False)
    raise no_such_version(wanted, base_url)
