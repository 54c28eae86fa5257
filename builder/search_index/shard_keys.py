"""The rows of keys: what a key names, what it says as a word, and what the beginning of keys may become.

One row answers for a name and a word that are written alike, so a key that a reader types needs one file. A row's
content is two lists of entries (those of the key itself, those of all keys that begin so where they are many), then
what the word says (see `codec.js`).
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

from builder.search_index import packing
from builder.search_index.cards_along import Spoken
from builder.search_index.shard_rows import number, sized
from builder.search_index.text import SPOKEN, is_letter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any, TypeAlias

    from builder.search_index.shard_rows import Source

    Made: TypeAlias = Callable[[], dict[str, bytes]]

_NONE = b"\0"
_POSTED, _LIKE, _AHEAD = 1, 2, 4
"""What a row says as a word: postings of its own or the word that has them, and those of what it may become."""

_LETTER_SHOWS = 10


class Keys(NamedTuple):
    """The rows of keys.

    Attributes:
        rows: Their contents.
        crowded: What is known of the beginnings that many keys share.
    """

    rows: dict[str, bytes]
    crowded: dict[str, Spoken]


def key_rows(tables: Source, ahead: int, keep: Callable[[Made], dict[str, bytes]]) -> Keys:
    """Return the rows of names and words, without what single letters name.

    Args:
        tables: The index.
        ahead: How many entries are kept of all that the beginning of a word may become.
        keep: Returns what is made of names alone, or what an earlier build left of it.
    """
    names = _Names(tables, letters=False)
    words = _Words(tables, ahead)
    named = keep(names.contents)
    rows = {key: sized(content + _NONE) for key, content in named.items()}
    for word, said in words.contents().items():
        rows[word] = sized(named.get(word, 2 * _NONE) + said)
    crowded = {
        key: Spoken(*names.of(key), names.leading(key, words.leader(key)), *words.of(key))
        for key in {**names.crowds, **words.groups}
    }
    return Keys(rows, crowded)


def letter_rows(tables: Source) -> dict[str, tuple[bytes, list[int]]]:
    """Return the content of the rows of single letters, in order, each with the ordinals that it calls up first."""
    names = _Names(tables, letters=True)
    return {
        key: (sized(content), [ordinal for one in names.of(key) for ordinal in _first(one)])
        for key, content in sorted(names.contents().items())
    }


def _first(named: bytes) -> list[int]:
    """Return the ordinals of the entries that a letter shows of those that it names."""
    return [word >> 8 for word in struct.unpack(f"<{len(named) // 4}I", named)[: 2 * _LETTER_SHOWS : 2]]


class _Names:
    """What keys name.

    Args:
        tables: The index.
        letters: Whether single letters are wanted, or all others.

    Attributes:
        crowds: The beginnings that many keys share, and the best entries of those, as the table has them.
    """

    def __init__(self, tables: Source, *, letters: bool) -> None:
        self.exact, self.crowds = (
            dict(row for row in tables.rows(table, columns) if is_letter(row[0]) == letters)
            for table, columns in (("names", "key, entries"), ("name_prefixes", "prefix, entries"))
        )

    def contents(self) -> dict[str, bytes]:
        """Return the content of each row."""
        exact, crowds = (
            dict(zip(own, packing.named(list(own.values())), strict=True))
            for own in (self.exact, self.crowds)
        )
        return {key: exact.get(key, _NONE) + crowds.get(key, _NONE) for key in {**exact, **crowds}}

    def of(self, key: str) -> tuple[bytes, bytes]:
        """Return the entries of a key and of those that begin so, as the tables have them."""
        return self.exact.get(key, b""), self.crowds.get(key, b"")

    def leading(self, key: str, leader: str) -> bytes:
        """Return the entries that a word's leading form names, beside those of the word itself."""
        keys = (leader + SPOKEN,) if leader == key else (leader, leader + SPOKEN)
        return b"".join(self.exact.get(one, b"") for one in keys)


class _Words:
    """What words say.

    Args:
        tables: The index.
        ahead: How many entries are kept of all that a beginning may become.

    Attributes:
        groups: The beginnings that many words share, and the places of those words.
    """

    def __init__(self, tables: Source, ahead: int) -> None:
        terms, weights, asking, *self._packed = _columns(
            tables.rows("postings", "term, weight, asking, entries, asked"), 5
        )
        self._heads = [bytes(pair) for pair in zip(weights, asking, strict=True)]
        self._place_of = {term: place for place, term in enumerate(terms)}
        self._leader_of: dict[str, str] = dict(tables.rows("word_forms", "form, term"))
        self.groups = {
            prefix: list(dict.fromkeys(map(self._place, _longer(prefix, words))))
            for prefix, words in tables.rows("completions", "prefix, words")
        }
        groups = list(self.groups.values())
        best = [packing.best_of(groups, column, ahead) for column in self._packed]
        self._merged = dict(zip(self.groups, zip(*best, strict=True), strict=True))

    def leader(self, word: str) -> str:
        """Return the word that leads the forms of a word."""
        return self._leader_of.get(word, word)

    def _place(self, word: str) -> int:
        return self._place_of[self.leader(word)]

    def contents(self) -> dict[str, bytes]:
        """Return the content of each row."""
        forms, leaders = list(self._leader_of), list(self._leader_of.values())
        rows = {
            form: (_LIKE, number(len(leader[:share].encode())) + sized(leader[share:].encode()))
            for form, leader, share in zip(forms, leaders, packing.shared(forms, leaders), strict=True)
        }
        own = _posted(self._heads, self._packed)
        rows |= {term: (_POSTED, one) for term, one in zip(self._place_of, own, strict=True)}
        firsts = [self._heads[places[0]] if places else b"\0\0" for places in self.groups.values()]
        columns = list(zip(*self._merged.values(), strict=True)) or [(), ()]
        merged = dict(zip(self.groups, _posted(firsts, columns), strict=True))
        return {word: _said(*rows.get(word, (0, b"")), merged.get(word)) for word in {**rows, **merged}}

    def of(self, key: str) -> tuple[bytes, bytes, bytes, bytes]:
        """Return what a key says as a word, then what its longer ones say: each time entries and what is asked.

        Of what is asked the longer ones count only where the key is no word itself (see `query.py`).
        """
        place = self._place_of.get(self.leader(key))
        ahead, ahead_asked = self._merged.get(key, (b"", b""))
        if place is None:
            return b"", b"", ahead, ahead_asked
        return self._packed[0][place], self._packed[1][place], ahead, b""


def _longer(prefix: str, words: str) -> list[str]:
    return [word for word in words.split(" ") if word != prefix]


def _said(kind: int, content: bytes, merged: bytes | None) -> bytes:
    return bytes((kind,)) + content if merged is None else bytes((kind | _AHEAD,)) + content + merged


def _posted(heads: Sequence[bytes], columns: Sequence[Sequence[bytes]]) -> Iterator[bytes]:
    """Write postings: both weights, then the entries of each column of the table."""
    return (head + b"".join(parts) for head, *parts in zip(heads, *map(packing.posted, columns), strict=True))


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[Sequence[Any]]:
    """Turn rows into columns."""
    return list(zip(*rows, strict=True)) or [()] * width
