"""Keep the work on each page between builds, beside the output; a lost or broken cache only costs time."""

from __future__ import annotations

import hashlib
import json
import pickle
from typing import TYPE_CHECKING, Any

from builder import kept

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def load(file: Path, version: str) -> dict[str, Any]:
    """Return results by key, none where the cache is missing, broken or of another version."""
    try:
        with file.open("rb") as stream:
            if kept.load(stream) == version:
                return dict(kept.load(stream))
    except kept.BROKEN:
        pass
    return {}


def save(file: Path, version: str, results: Mapping[str, object]) -> None:
    """Keep results by key; the old file stays until the new one is whole."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    with fresh.open("wb") as stream:
        pickle.dump(version, stream)
        pickle.dump(dict(results), stream, protocol=pickle.HIGHEST_PROTOCOL)
    fresh.replace(file)


def hash_of(folder: Path, *, without: Path | None = None) -> str:
    """Return a hash of our own code or templates in `folder`: what others made is made anew."""
    whole = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.suffix != ".pyc" and file.is_file() and not (without and file.is_relative_to(without)):
            whole.update(file.relative_to(folder).as_posix().encode() + b"\0")
            whole.update(hashlib.sha256(file.read_bytes()).digest())
    return whole.hexdigest()


def key_of(*parts: str) -> str:
    """Return one hash of several texts."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def load_record(file: Path) -> dict[str, Any]:
    """Return what `save_record` remembered, nothing where that is missing or broken."""
    try:
        found = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def save_record(file: Path, record: Mapping[str, object]) -> None:
    """Remember facts about a build; the old record stays until the new one is whole."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps(record, sort_keys=True))
    fresh.replace(file)
