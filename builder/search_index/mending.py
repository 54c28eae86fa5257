"""Mend the words of a question that the index does not know; `static/js/search/spelling.js` does the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.search_index.spelling import LONGER, SHORTEST, distance, pieces, swapped
from builder.search_index.text import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.search_index.reading import Question
    from builder.search_index.tables import SearchTables

MOST_CANDIDATES = 3000
"""How many words of each side of the dictionary are looked at."""


def mend(tables: SearchTables, question: Question, unknown: Sequence[str]) -> str:
    """Return the question with its unknown words corrected, "" if none can be."""
    if len(question.words) == 1:
        better = {question.words[0]: closest(tables, question.key)}
    else:
        better = {word: closest(tables, word) for word in unknown}
    if not any(better.values()):
        return ""
    return " ".join(better.get(word) or word for word in question.words)


def closest(tables: SearchTables, word: str) -> str:
    """Return the likeliest word of the dictionary within one edit, or two for a longer word; "" if there is none."""
    if len(word) < SHORTEST or word.isdigit() or plain(word) != word:
        return ""
    for edits in (1, 2) if len(word) >= LONGER else (1,):
        size = pieces(word, edits)
        candidates = dict(tables.spellings("f", word[:size])[:MOST_CANDIDATES])
        backwards = tables.spellings("b", word[::-1][:size])[:MOST_CANDIDATES]
        candidates.update({spelled[::-1]: weight for spelled, weight in backwards})
        if edits == 1:
            candidates.update(tables.spellings("f", swapped(word)))
        best = min(
            (
                (gap, -weight, candidate)
                for candidate, weight in candidates.items()
                if 0 < (gap := distance(word, candidate, edits)) <= edits
                and (gap == 1 or candidate[0] == word[0])
            ),
            default=None,
        )
        if best:
            return best[2]
    return ""
