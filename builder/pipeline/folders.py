"""Write the files of a site beside the one that it will replace."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from builder.errors import PublishError
from builder.publish import link_or_copy

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Folders:
    """Where a site is written, and the one that it will replace.

    A file that stays as it was is linked, not written: making a file costs half a millisecond, a link a thirtieth.
    """

    new: Path
    old: Path

    def write(self, path: str, content: bytes) -> None:
        """Write one file of the site."""
        file = self.new / path
        last = self.old / path
        if not file.is_relative_to(self.new) or ".." in PurePath(path).parts:
            raise PublishError(
                "a file would stand outside of the site",
                where=path,
                todo="Report this: it is a fault of ours.",
            )
        if not file.parent.is_dir():
            file.parent.mkdir(parents=True, exist_ok=True)
        try:
            same = last.stat().st_size == len(content) and last.read_bytes() == content
        except OSError:
            same = False
        if same:
            link_or_copy(last, file)
        else:
            file.write_bytes(content)

    def take(self, place: str, folder: str, names: Sequence[str]) -> bool:
        """Take over a folder that is named by a hash of what it holds, without looking into its files.

        Args:
            place: The folder that it stands in.
            folder: Its name.
            names: Those of its files.

        Returns:
            False, and nothing is taken over, where the last site has not all of them.
        """
        old, new = self.old / place / folder, self.new / place / folder
        if not old.is_dir():
            return False
        new.mkdir(parents=True, exist_ok=True)
        try:
            for name in names:
                link_or_copy(os.path.join(old, name), os.path.join(new, name))  # noqa: PTH118 - there are thousands
        except FileNotFoundError:
            shutil.rmtree(new)
            return False
        return True
