"""The dictionary that typos are mended from, and the distance between two spellings.

A mistyped word keeps its beginning or its end: cut in two, one edit leaves one half as it was. So candidates are the
words that share a beginning (side `f`) or an end (side `b`, spelled backwards), two small ranges of a sorted list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.models import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from builder.search_index.name_tables import NameRows

SHORTEST, LONGEST = 4, 28
LONGER = 6
"""From how many letters on a word may have two edits."""


STOP_WORD = 130
"""How likely a stop word is meant: more than any word of the text, less than names that many look up."""


ASKED = 8
"""How much likelier a word is meant for each doubling of the number of entries that people ask for with it."""


def common(known: Mapping[str, int], silent: Iterable[str]) -> dict[str, int]:
    """Return the words that stand in more than one entry, each with how likely it is meant (0 to 130).

    Args:
        known: How many entries hold each word.
        silent: The words that say nothing; mistyped, they would be taken for words that do.
    """
    likely = {
        word: min(120, 12 * frequency.bit_length()) for word, frequency in known.items() if frequency >= 2
    }
    return likely | dict.fromkeys(sorted(silent), STOP_WORD) if likely else {}


def table(name_rows: NameRows, words: Mapping[str, int], asked: Mapping[str, int]) -> Table:
    """Make the dictionary of names and words, each with how likely it is meant (0 to 255).

    Args:
        name_rows: The names.
        words: The words that are `common`.
        asked: How many entries people ask for with each word.
    """
    weights = {word: weight for word, weight in words.items() if _mendable(word)}
    for key, worth in zip(name_rows.keys, name_rows.best(), strict=True):
        if _mendable(key):
            weights[key] = max(weights.get(key, 0), min(255, worth // 4))
    for word in weights.keys() & asked.keys():
        weights[word] = min(255, weights[word] + ASKED * asked[word].bit_length())
    backwards = sorted(word[::-1] for word in weights)
    rows = [("b", word, weights[word[::-1]]) for word in backwards]
    rows += [("f", word, weights[word]) for word in sorted(weights)]
    return Table(
        name="spellings",
        columns={"side": str, "word": str, "weight": int},
        pk=("side", "word"),
        indexes=(),
        rows=rows,
    )


def _mendable(word: str) -> bool:
    return SHORTEST <= len(word) <= LONGEST and word.isalnum() and not word.isdigit()


def distance(left: str, right: str, most: int) -> int:
    """Count the edits between two spellings: letters added, left out, changed, or two neighbours swapped.

    This is the optimal string alignment distance (Damerau 1964); anything above `most` is `most + 1`.
    """
    if abs(len(left) - len(right)) > most:
        return most + 1
    left, right = _unlike(left, right)
    if not left or not right:
        return min(len(left) + len(right), most + 1)
    before: list[int] = []
    row = list(range(len(right) + 1))
    for place, letter in enumerate(left, 1):
        older, before, row = before, row, [place] + [0] * len(right)
        for column, other in enumerate(right, 1):
            cost = min(before[column] + 1, row[column - 1] + 1, before[column - 1] + (letter != other))
            if older and column > 1 and letter == right[column - 2] and left[place - 2] == other:
                cost = min(cost, older[column - 2] + 1)
            row[column] = cost
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def _unlike(left: str, right: str) -> tuple[str, str]:
    """Cut off what two spellings share in front and at the end."""
    start = 0
    short = min(len(left), len(right))
    while start < short and left[start] == right[start]:
        start += 1
    end = 0
    while end < short - start and left[-1 - end] == right[-1 - end]:
        end += 1
    return left[start : len(left) - end], right[start : len(right) - end]


def pieces(word: str, edits: int) -> int:
    """Return how many letters at the beginning or the end are left as they were by so many edits.

    Two letters that are swapped across the middle leave neither half as it was; see `swapped`.
    """
    return max(len(word) // 2 if edits == 1 else len(word) // 3, 1)


def swapped(word: str) -> str:
    """Return a word with the two letters at its middle swapped."""
    middle = len(word) // 2
    return word[: middle - 1] + word[middle] + word[middle - 1] + word[middle + 1 :]
