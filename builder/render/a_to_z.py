"""Cut the general index into the pages that upstream has: one, or for a long one, one a letter."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from builder.models import IndexLine

INDEX_PATH = "genindex.html"
SPLIT_FROM = 1000
"""The number of lines from which the index is cut into a page a letter."""

SYMBOLS = "Symbols"


def group_by_letter(lines: Sequence[IndexLine]) -> dict[str, list[IndexLine]]:
    """Return the lines by the letter they stand under, letters and lines in order, signs and digits first."""
    groups: dict[str, list[IndexLine]] = {}
    for line in sorted(lines, key=_line_key):
        groups.setdefault(letter_of(line.term), []).append(line)
    return dict(sorted(groups.items(), key=lambda group: (group[0] != SYMBOLS, group[0] != "_", group[0])))


def letter_of(term: str) -> str:
    """Return the letter a term stands under, as in Sphinx (`environment/adapters/indexentries.py`)."""
    first = unicodedata.normalize("NFD", term)[:1].upper()[:1]
    return first if first.isalpha() or first == "_" else SYMBOLS


def letter_path(letter: str) -> str:
    """Return the upstream path of a letter's page."""
    return f"genindex-{letter}.html"


def sheets(groups: Mapping[str, list[IndexLine]]) -> dict[str, dict[str, list[IndexLine]]]:
    """Return the pages of the index and the letters on each; the first page of a long index holds none."""
    if sum(map(len, groups.values())) < SPLIT_FROM:
        return {INDEX_PATH: dict(groups)}
    return {INDEX_PATH: {}} | {letter_path(letter): {letter: group} for letter, group in groups.items()}


def _line_key(line: IndexLine) -> tuple[str, str]:
    return unicodedata.normalize("NFD", line.term).casefold(), line.term
