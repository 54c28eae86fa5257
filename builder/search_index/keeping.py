"""Keep results of slow steps between builds, each with a hash of what it was made of; a lost file only costs time."""

from __future__ import annotations

import hashlib
import pickle
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from builder import kept

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from builder.models import Table

Result = TypeVar("Result")


class Keeper:
    """Results of steps by name, in one file.

    Args:
        file: Where they are; None keeps nothing.
        version: What other code made is made anew.
    """

    def __init__(self, file: Path | None = None, version: str = "") -> None:
        """Note where; the file is read by the first step, in the process that needs it."""
        self._file = file
        self._version = version
        self._now: dict[str, tuple[bytes, Any]] = {}

    @cached_property
    def _old(self) -> dict[str, tuple[bytes, Any]]:
        return _load(self._file, self._version) if self._file else {}

    def step(self, name: str, made_of: bytes, make: Callable[[], Result]) -> Result:
        """Return the result of a step: the one that is kept where that was made of the same, else a new one."""
        known = self._old.get(name)
        self._now[name] = known if known and known[0] == made_of else (made_of, make())
        result: Result = self._now[name][1]
        return result

    def save(self) -> None:
        """Keep the results of this build; the old file stays until the new one is whole."""
        if self._file is None or all(self._old.get(name) is result for name, result in self._now.items()):
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._file.with_suffix(".new")
        with fresh.open("wb") as stream:
            pickle.dump(self._version, stream)
            pickle.dump(self._now, stream, protocol=pickle.HIGHEST_PROTOCOL)
        fresh.replace(self._file)


def _load(file: Path, version: str) -> dict[str, tuple[bytes, Any]]:
    """Return what is kept, nothing where it is missing, broken or of another version."""
    try:
        with file.open("rb") as stream:
            if kept.load(stream) == version:
                return dict(kept.load(stream))
    except kept.BROKEN:
        pass
    return {}


def digest(*columns: Iterable[str]) -> bytes:
    """Return one hash of several columns of texts."""
    whole = hashlib.blake2b(digest_size=16)
    for column in columns:
        texts = list(column)
        whole.update(repr(list(map(len, texts))).encode())
        whole.update("".join(texts).encode("utf-8", "surrogatepass"))
    return whole.digest()


def digest_of(table: Table) -> str:
    """Return a hash of the rows of a table."""
    whole = hashlib.blake2b(repr((table.name, list(table.columns), len(table.rows))).encode(), digest_size=16)
    for kind, values in zip(table.columns.values(), zip(*table.rows, strict=True), strict=False):
        whole.update(_bytes_of(kind, values))
    return whole.hexdigest()


def _bytes_of(kind: type, values: Sequence[Any]) -> bytes:
    """Return the values of a column in a row, with their lengths where they have any."""
    if kind in (str, bytes):
        whole = "".join(values).encode() if kind is str else b"".join(values)
        return whole + repr(list(map(len, values))).encode()
    return repr(values).encode()
