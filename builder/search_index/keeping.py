"""Keep results of slow steps between builds, each with a hash of what it was made of; a lost file only costs time."""

from __future__ import annotations

import hashlib
import pickle
from typing import TYPE_CHECKING, Any, TypeVar, cast

from builder import kept

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from builder.models import Table

Result = TypeVar("Result")


class Keeper:
    """Results of steps by name, each in a file of its own.

    Args:
        folder: Where they are; None keeps nothing.
        version: What other code made is made anew.
        frame: A hash of the docs but for their prose, where the caller knows one; many steps hang on no more.
    """

    def __init__(self, folder: Path | None = None, version: str = "", frame: bytes = b"") -> None:
        self.frame = frame
        self._folder = folder
        self._version = version
        self._fresh: dict[str, tuple[bytes, Any]] = {}

    def step(self, name: str, made_of: bytes, make: Callable[[], Result]) -> Result:
        """Return the result of a step: the one that is kept where that was made of the same, else a new one."""
        found, result = self._load(name, made_of)
        if not found:
            result = make()
            self._fresh[name] = (made_of, result)
        return cast("Result", result)

    def renew(self, name: str, make: Callable[[Result | None], Result]) -> Result:
        """Return what `make` makes of the result that is kept (None for none); it may return the same."""
        old = self.last(name)
        result = make(old)
        if result is not old:
            self.keep(name, result)
        return result

    def last(self, name: str) -> Any:  # noqa: ANN401 - whatever was kept
        """Return the result that `keep` or `renew` kept last, None for none."""
        return self._load(name, b"")[1]

    def keep(self, name: str, result: object) -> None:
        """Keep a result whatever it was made of."""
        self._fresh[name] = (b"", result)

    def save(self) -> None:
        """Keep the new results; each old file stays until the new one is whole."""
        if self._folder is None or not self._fresh:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        for name, (made_of, result) in self._fresh.items():
            file = self._file(self._folder, name)
            fresh = file.with_suffix(".new")
            with fresh.open("wb") as stream:
                pickle.dump((self._version, made_of), stream)
                pickle.dump(result, stream, protocol=pickle.HIGHEST_PROTOCOL)
            fresh.replace(file)

    def _load(self, name: str, made_of: bytes) -> tuple[bool, Any]:
        """Return whether a result is kept that was made of the same by the same code, and the result."""
        if self._folder is None:
            return False, None
        try:
            with self._file(self._folder, name).open("rb") as stream:
                known = kept.load(stream) == (self._version, made_of)
                return known, kept.load(stream) if known else None
        except kept.BROKEN:
            return False, None

    @staticmethod
    def _file(folder: Path, name: str) -> Path:
        return folder / f"{name.replace(' ', '-')}.pickle"


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
