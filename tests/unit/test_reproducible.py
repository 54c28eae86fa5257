"""Two builds of the same docs are byte-equal: the site and the database."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from product import build

if TYPE_CHECKING:
    from pathlib import Path


def test_two_builds_are_byte_equal(
    built_output: Path, golden_docs: Path, golden_docs_313: Path, tmp_path: Path
) -> None:
    again = build(tmp_path, golden_docs, golden_docs_313)

    assert digests(again) == digests(built_output)


def digests(output: Path) -> dict[str, str]:
    """Return the hash of every file of the site, and of the database."""
    files = [*sorted((output / "site").rglob("*")), output / "docs.db"]
    return {
        path.relative_to(output).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if path.is_file()
    }
