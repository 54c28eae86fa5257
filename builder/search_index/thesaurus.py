"""Words that people bring along, and the words that documentation uses for the same thing; see `thesaurus.txt`.

They widen the index at build time, so that a query pays nothing for them.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from builder.search_index.text import key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_FILE = Path(__file__).with_name("thesaurus.txt")


def said_for(language: str) -> dict[str, tuple[str, ...]]:
    """Return for each word of the docs the words that people say for it; empty for other languages than English."""
    if language.partition("-")[0].lower() != "en":
        return {}
    found: dict[str, list[str]] = defaultdict(list)
    for line in _FILE.read_text("utf-8").splitlines():
        said, colon, meant = line.partition(":")
        if colon and not line.startswith("#"):
            for word in meant.split():
                found[key(word)].append(said.strip())
    return {word: tuple(said) for word, said in found.items()}


def widened(rows: Sequence[Mapping[str, float]], said: Mapping[str, Sequence[str]]) -> list[dict[str, float]]:
    """Return for each row of words what people say for them and does not stand there, with the share of the word."""
    result = []
    for row in rows:
        more: dict[str, float] = {}
        for word, share in row.items():
            for other in said.get(word, ()):
                if other not in row:
                    more[other] = max(share, more.get(other, 0.0))
        result.append(more)
    return result
