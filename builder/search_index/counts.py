"""Count the words of an entry's prose; done page by page, in worker processes, and kept between builds."""

from __future__ import annotations

import sys
from array import array
from collections import Counter
from collections.abc import Callable, Sequence  # noqa: TC003 - a NamedTuple's fields are looked up
from typing import NamedTuple

from builder.search_index.text import marked_words, words

SUMMARY, TEXT, CODE = 3, 2, 1
"""How often one occurrence counts: the summary says what an entry is for, code only shows it at work."""

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


class PageCounts(NamedTuple):
    """The words of all entries of a page.

    Attributes:
        key: Equal keys, equal counts; no two pages of a docset have the same.
        counts: Returns `count_terms` of each entry in order; asked only where what is kept does not have the key.
    """

    key: bytes
    counts: Callable[[], Sequence[TermCounts]]


def count_terms(summary: str, text: str, code: str) -> TermCounts:
    """Count the words of one entry."""
    counts = Counter(words(text))  # counted once and multiplied: prose is nine tenths of all words
    for word in counts:
        counts[word] *= TEXT
    counts.update(words(" ".join([code] * CODE + [summary] * SUMMARY)))
    counts.update(marked_words(text) * TEXT)
    length = sum(counts.values())
    kept = sorted(counts)
    if max(map(len, kept), default=0) > _LONGEST:
        kept = [word for word in kept if len(word) <= _LONGEST]
    found = list(map(counts.__getitem__, kept))
    if length > _TOP:
        found = [min(count, _TOP) for count in found]
    weights = array("H", found)
    if sys.byteorder == "big":
        weights.byteswap()
    return TermCounts(" ".join(kept), weights.tobytes(), length)
