"""How much an archive may unpack to, and how much of that it has used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.errors import ArchiveError

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much an archive may unpack to.

    Attributes:
        total: Bytes in all.
        one_file: Bytes of one file.
        files: Members, folders and links among them.
        ratio: Unpacked bytes for each byte of the archive; it counts once `ratio_from` bytes are exceeded.
            HTML docs unpack to 3 to 20 times their archive.
        ratio_from: Bytes.
    """

    total: int = 4 * 1024**3
    one_file: int = 1024**3
    files: int = 250_000
    ratio: int = 200
    ratio_from: int = 128 * 1024**2


class Budget:
    """What an archive has used of its limits.

    Args:
        archive: The archive, for messages and its size.
        limits: What it may use.
    """

    def __init__(self, archive: Path, limits: Limits) -> None:
        self._archive = archive
        self._limits = limits
        self._total = 0
        self._files = 0
        size = archive.stat().st_size
        self._ceiling = min(limits.total, max(limits.ratio_from, limits.ratio * size))

    def member(self) -> None:
        """Count one member.

        Raises:
            ArchiveError: There are too many.
        """
        self._files += 1
        if self._files > self._limits.files:
            raise self._bomb(f"it holds more than {self._limits.files:,} files")

    def check(self, size: int, name: str) -> None:
        """Check the size that a member declares before anything of it is written.

        Raises:
            ArchiveError: It is too large.
        """
        if size > self._limits.one_file:
            raise self._bomb(f"{name} alone would unpack to {_megabytes(size)}")
        if self._total + size > self._ceiling:
            raise self._bomb(f"it would unpack to more than {_megabytes(self._ceiling)}")

    def check_total(self, declared: int) -> None:
        """Check the size that all members together declare, where the archive says so at once.

        Raises:
            ArchiveError: It is too large.
        """
        if declared > self._ceiling:
            raise self._bomb(f"it would unpack to {_megabytes(declared)}")

    def spend(self, size: int, name: str) -> None:
        """Count bytes that are about to be written.

        Raises:
            ArchiveError: There are too many.
        """
        self.check(size, name)
        self._total += size

    def _bomb(self, what: str) -> ArchiveError:
        """Return the error for an archive that unpacks to too much."""
        return ArchiveError(
            f"refused: {what}",
            where=self._archive,
            todo="If you trust it, unpack it yourself and give the folder.",
        )


def _megabytes(size: int) -> str:
    """Return a size for people."""
    return f"{size / 1e6:,.0f} MB"
