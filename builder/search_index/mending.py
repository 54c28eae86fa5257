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
    """Return a question that nothing is named like with its unknown words corrected, "" if none can be.

    A name whose parts can't be corrected, or are words that the index knows, is corrected as a whole: `json.dmp`.
    """
    alone = len(question.words) == 1
    better = {word: closest(tables, question.key if alone else word) for word in unknown}
    if any(better.values()):
        return " ".join(better.get(word) or word for word in question.words)
    is_name = not alone and (question.dotted or (unknown and " " not in question.name))
    return _cut_like(question.words, closest(tables, question.key)) if is_name else ""


def _cut_like(words: Sequence[str], whole: str) -> str:
    """Cut a corrected key where the words were cut whose key it corrects: `jsondump` for `json`, `dmp`."""
    for place in range(len(words)):
        front, behind = "".join(words[:place]), "".join(words[place + 1 :])
        middle = whole.removeprefix(front).removesuffix(behind)
        if middle and f"{front}{middle}{behind}" == whole:
            return " ".join((*words[:place], middle, *words[place + 1 :]))
    return whole


def closest(tables: SearchTables, word: str) -> str:
    """Return the likeliest word of the dictionary within one edit, or two for a longer word; "" if there is none.

    Letters in another order are the likeliest slip of a hurried hand: `waht` is `what`, not `wait`. A word that is
    merely like a stop word may be right, and not known here: `phrase` is not `please`.
    """
    if len(word) < SHORTEST or word.isdigit() or plain(word) != word:
        return ""
    letters = sorted(word)
    for edits in (1, 2) if len(word) >= LONGER else (1,):
        size = pieces(word, edits)
        candidates = dict(tables.spellings("f", word[:size])[:MOST_CANDIDATES])
        backwards = tables.spellings("b", word[::-1][:size])[:MOST_CANDIDATES]
        candidates.update({spelled[::-1]: weight for spelled, weight in backwards})
        if edits == 1:
            candidates.update(tables.spellings("f", swapped(word)))
        best = min(
            (
                (gap, sorted(candidate) != letters, -weight, candidate)
                for candidate, weight in candidates.items()
                if 0 < (gap := distance(word, candidate, edits)) <= edits
                and (gap == 1 or candidate[0] == word[0])
                and (
                    candidate not in tables.stop_words
                    or len(candidate) != len(word)
                    or sorted(candidate) == letters
                )
            ),
            default=None,
        )
        if best:
            return best[3]
    return ""
