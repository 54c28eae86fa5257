"""Count the words of an entry's prose; done page by page, in worker processes, and kept between builds."""

from __future__ import annotations

from array import array
from collections import Counter
from typing import NamedTuple

from builder.search_index.text import marked_words, words

SUMMARY, TEXT, CODE = 3, 2, 1
"""What one occurrence weighs: the summary says what an entry is for, code only shows it at work."""

_TOP = 0xFFFF
_LONGEST = 40


class TermCounts(NamedTuple):
    """The words of an entry and how much each occurs in it.

    Attributes:
        words: Distinct words, sorted, joined by spaces.
        weights: One little-endian uint16 a word: its weighted count.
        length: The sum of all weighted counts.
    """

    words: str
    weights: bytes
    length: int


def count_terms(summary: str, text: str, code: str) -> TermCounts:
    """Count the words of one entry."""
    counts: Counter[str] = Counter()
    for found, weight in (
        (words(text), TEXT),
        (words(code), CODE),
        (words(summary), SUMMARY),
        (marked_words(text), TEXT),
    ):
        for word, count in Counter(found).items():
            counts[word] += count * weight
    kept = sorted(word for word in counts if len(word) <= _LONGEST)
    weights = array("H", [min(counts[word], _TOP) for word in kept])
    if weights.itemsize != 2 or array("H", [1]).tobytes() != b"\x01\x00":
        weights.byteswap()
    return TermCounts(" ".join(kept), weights.tobytes(), sum(counts.values()))
