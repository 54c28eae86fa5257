"""Bring Python's docs here: from docs.python.org, or where that can't be reached from the cache or by apt."""

from __future__ import annotations

import functools
import re
import time
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """What to fetch.

    Attributes:
        version: `3.13` or `3.13.5`; None for the newest.
        base_url: The server, without a slash at its end.
        cache: The folder for downloads and unpacked docs.
        progress: Told what happens.
    """

    version: str | None
    base_url: str
    cache: Path
    progress: Progress

    @property
    def note(self) -> Path:
        """Return the file that says what was taken last time."""
        server = re.sub(r"[^a-z0-9.]+", "-", self.base_url)
        return self.cache / "notes" / f"python-{self.version or 'newest'}-{server}.json"


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
    wish = _Wish(
        version=_check_version(version), base_url=base_url.rstrip("/"), cache=cache, progress=progress
    )
    if _is_fresh(wish, max_age) and (tree := _noted(wish)) is not None:
        return tree
    with locked(cache, progress):
        try:
            return _from_web(wish)
        except UnreachableError as error:
            return _without_web(wish, error)


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


def _is_fresh(wish: _Wish, max_age: float) -> bool:
    """Tell whether what was taken last time is not older than `max_age` seconds."""
    taken = read_note(wish.note)
    asked = taken.get("asked")
    limit = min(max_age, MAX_AGE_SECOND_CHOICE) if taken.get("by_apt") else max_age
    return isinstance(asked, (int, float)) and 0 <= time.time() - asked <= limit


def _noted(wish: _Wish) -> SourceTree | None:
    """Return what was taken last time, if it is still there."""
    taken = read_note(wish.note)
    folder = kept_tree(wish.cache, str(taken.get("tree")))
    if folder is None:
        return None
    root = folder / str(taken.get("root"))
    return _tree(root, str(taken.get("origin"))) if root.is_dir() else None


def _keep(wish: _Wish, folder: Path, origin: str, *, by_apt: bool) -> SourceTree:
    """Note what was taken, and return it."""
    root = find_root(folder)
    taken = {
        "tree": folder.name,
        "root": root.relative_to(folder).as_posix(),
        "origin": origin,
        "by_apt": by_apt,
    }
    write_note(wish.note, {**taken, "asked": time.time()})
    return _tree(root, origin)


def _tree(root: Path, origin: str) -> SourceTree:
    """Return a tree of Python's docs, with the version that its inventory names."""
    inventory = root / INVENTORY
    version = inventory_version(inventory.read_bytes()[:1000]) if inventory.is_file() else ""
    return SourceTree(
        root=root, origin=origin, slug="python", version=version, canonical=f"{OFFICIAL}/{version or '3'}/"
    )


def _without_web(wish: _Wish, error: UnreachableError) -> SourceTree:
    """Return the docs from where they are when docs.python.org does not answer: the cache or apt.

    Docs that came from docs.python.org before are newer than a distribution's; those of the distribution
    may have been mended since, so apt is asked again.
    """
    before = _noted(wish)
    if before is not None and not read_note(wish.note).get("by_apt"):
        wish.progress(f"{error.what}: taking the docs from the cache", 1, 1)
        return before
    wish.progress(f"{error.what}: taking the distribution's package", 0, 0)
    try:
        return _by_apt(wish, error)
    except FetchError as failure:
        if before is None:
            raise
        wish.progress(f"{failure}: taking the docs from the cache", 1, 1)
        return before


def _by_apt(wish: _Wish, error: UnreachableError) -> SourceTree:
    """Return the docs from the distribution's package.

    Raises:
        FetchError: There is no apt, or no such package, or it can't be downloaded.
    """
    from builder.source import apt  # noqa: PLC0415 - it brings subprocess, which few runs need

    if not apt.is_available():
        raise UnreachableError(
            f"{error.what}, and this machine has no apt to get them from",
            where=error.where,
            todo="Download the HTML archive elsewhere and run `livedocs build ARCHIVE`.",
        ) from error
    why = f"{urlsplit(error.where).hostname or error.where} could not be reached"
    try:
        package = apt.find_package(wish.version, progress=wish.progress)
        folder = apt.fetch_package(package, cache=wish.cache, progress=wish.progress)
    except FetchError as failure:
        raise type(failure)(f"{failure.what} ({why})", where=failure.where, todo=failure.todo) from failure
    return _keep(wish, folder, f"{package.name} {package.version} (Debian package, {why})", by_apt=True)


def _from_web(wish: _Wish) -> SourceTree:
    """Return the docs from docs.python.org."""
    from builder.source.archive import unpack  # noqa: PLC0415 - as above
    from builder.source.download import download, forget  # noqa: PLC0415 - as above
    from builder.source.python_archives import find_archives, no_such_version  # noqa: PLC0415 - as above

    wish.progress(f"Asking {urlsplit(wish.base_url).hostname} for its archives", 0, 0)
    for url in find_archives(wish.version, wish.base_url):
        try:
            archive = download(url, cache=wish.cache, progress=wish.progress)
        except NotFoundError:
            continue
        try:
            fill = functools.partial(unpack, archive.path, progress=wish.progress)
            folder = make_tree(wish.cache, archive.digest[:32], fill)
        except ArchiveError as error:
            forget(url, cache=wish.cache)
            raise ArchiveError(
                error.what, where=url, todo="Run the command again to download it anew."
            ) from error
        return _keep(wish, folder, f"{archive.name} ({url})", by_apt=False)
    raise no_such_version(wish.version, wish.base_url)
