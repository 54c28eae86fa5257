"""Cut the general index into the pages that upstream has: one, or for a long one, one a letter."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from builder.models import IndexLine

INDEX_PATH = "genindex.html"
SPLIT_FROM = 1000
"""The number of rows from which the index is cut into a page a letter."""

SYMBOLS = "Symbols"
BELOW = "; "
"""Stands in a term between a word and the words below it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the index.

    Attributes:
        text: What it shows: a term, or what stands below one.
        below: Whether it belongs to the last row that doesn't.
        places: `(page, anchor, label)`, the main one first; none for a word that only others stand below.
    """

    text: str
    below: bool
    places: tuple[tuple[str, str, str], ...]


def group_by_letter(lines: Sequence[IndexLine]) -> dict[str, list[Row]]:
    """Return the rows by the letter they stand under, letters and rows in order, signs and digits first."""
    groups: dict[str, list[Row]] = {}
    for row_group in _rows(lines):
        groups.setdefault(letter_of(row_group[0].text), []).extend(row_group)
    return dict(sorted(groups.items(), key=lambda group: (group[0] != SYMBOLS, group[0] != "_", group[0])))


def letter_of(term: str) -> str:
    """Return the letter a term stands under, as in Sphinx (`environment/adapters/indexentries.py`)."""
    first = unicodedata.normalize("NFD", term)[:1].upper()[:1]
    return first if first.isalpha() or first == "_" else SYMBOLS


def letter_path(letter: str) -> str:
    """Return the upstream path of a letter's page."""
    return f"genindex-{letter}.html"


def sheets(groups: Mapping[str, list[Row]]) -> dict[str, dict[str, list[Row]]]:
    """Return the pages of the index and the letters on each; the first page of a long index holds none."""
    if sum(map(len, groups.values())) < SPLIT_FROM:
        return {INDEX_PATH: dict(groups)}
    return {INDEX_PATH: {}} | {letter_path(letter): {letter: group} for letter, group in groups.items()}


def _rows(lines: Iterable[IndexLine]) -> Iterator[list[Row]]:
    """Yield each word's row with those below it."""
    cut = [(*_cut(line.term), line) for line in lines]
    ordered = sorted(cut, key=lambda item: (_key(item[0]), item[0], _key(item[1]), item[1]))
    for head, found in groupby(ordered, key=lambda item: item[0]):
        rows = [Row(text=rest or head, below=bool(rest), places=line.places) for _, rest, line in found]
        yield rows if not rows[0].below else [Row(text=head, below=False, places=()), *rows]


def _cut(term: str) -> tuple[str, str]:
    head, _, rest = term.partition(BELOW)
    return (head, rest) if head and rest else (term, "")


def _key(text: str) -> str:
    return unicodedata.normalize("NFD", text).casefold()
