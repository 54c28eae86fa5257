"""The rows of the exported files, and how many rows become files.

A file is rows sorted by key, one after another: how many bytes its key shares with the one before and the bytes that
follow (their number, then they), how many bytes its content has, its content. Spellings have one byte each and don't
say so. A number is an unsigned LEB128. `codec.js` reads what is written here.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from builder.search_index.text import is_letter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

Row: TypeAlias = tuple[str, int, bytes]
"""A row of a file: its key, how many of its letters are those of the row before, its content."""

_NONE = b"\0"
_POSTED, _LIKE, _AHEAD = 1, 2, 4
"""What a row of a word has: postings of its own or the word that has them, and those of what it may become."""


class Source(Protocol):
    """The tables of an index, to be exported."""

    def rows(self, table: str, columns: str) -> Sequence[tuple[Any, ...]]:
        """Return the given columns (by commas) of all rows of a table."""


def number(value: int) -> bytes:
    """Write an unsigned LEB128."""
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


_SMALL = [number(value) for value in range(4096)]


def _sized(raw: bytes) -> bytes:
    return (_SMALL[len(raw)] if len(raw) < len(_SMALL) else number(len(raw))) + raw


def name_rows(tables: Source) -> dict[str, bytes]:
    """Return the rows of names and of beginnings of names, without those of single letters."""
    return {key: _sized(content) for key, (content, _) in _names(tables, letters=False).items()}


def letter_rows(tables: Source) -> dict[str, tuple[bytes, list[int]]]:
    """Return the content of the rows of single letters, in order, each with the ordinals that it calls up first."""
    return {
        key: (
            content,
            [word >> 8 for one in packed for word in struct.unpack(f"<{len(one) // 4}I", one)[:20:2]],
        )
        for key, (content, packed) in sorted(_names(tables, letters=True).items())
    }


def _names(tables: Source, *, letters: bool) -> dict[str, tuple[bytes, tuple[bytes, bytes]]]:
    """Return the content of each row of names, and what it was packed from."""
    from builder.search_index import packing  # noqa: PLC0415 - see there

    exact, crowds = (
        dict(row for row in tables.rows(table, columns) if is_letter(row[0]) == letters)
        for table, columns in (("names", "key, entries"), ("name_prefixes", "prefix, entries"))
    )
    ready, early = (dict(zip(own, packing.named(list(own.values())), strict=True)) for own in (exact, crowds))
    return {
        key: (ready.get(key, _NONE) + early.get(key, _NONE), (exact.get(key, b""), crowds.get(key, b"")))
        for key in {**exact, **crowds}
    }


def word_rows(tables: Source, ahead: int) -> dict[str, bytes]:
    """Return the rows of words.

    Args:
        tables: The index.
        ahead: How many entries are kept of all that a beginning may become.
    """
    from builder.search_index import packing  # noqa: PLC0415 - see there

    terms, weights, asking, *packed = _columns(
        tables.rows("postings", "term, weight, asking, entries, asked"), 5
    )
    heads = [bytes(pair) for pair in zip(weights, asking, strict=True)]
    forms, leaders = _columns(tables.rows("word_forms", "form, term"), 2)
    rows = {
        form: (_LIKE, _SMALL[len(leader[:share].encode())] + _sized(leader[share:].encode()))
        for form, leader, share in zip(forms, leaders, packing.shared(forms, leaders), strict=True)
    }
    rows |= {term: (_POSTED, one) for term, one in zip(terms, _posted(heads, packed), strict=True)}
    more = dict(tables.rows("completions", "prefix, words"))
    place_of = {term: place for place, term in enumerate(terms)}
    leader_of = dict(zip(forms, leaders, strict=True))
    groups = [
        list(
            dict.fromkeys(place_of[leader_of.get(word, word)] for word in words.split(" ") if word != prefix)
        )
        for prefix, words in more.items()
    ]
    firsts = [next((heads[place] for place in group), b"\0\0") for group in groups]
    best = [packing.best_of(groups, column, ahead) for column in packed]
    merged = dict(zip(more, _posted(firsts, best), strict=True))
    found = {}
    for word in {**rows, **merged}:
        kind, content = rows.get(word, (0, b""))
        if word in merged:
            found[word] = _sized(_SMALL[kind | _AHEAD] + content + merged[word])
        else:
            found[word] = _sized(_SMALL[kind] + content)
    return found


def _posted(heads: Sequence[bytes], columns: Sequence[Sequence[bytes]]) -> Iterator[bytes]:
    """Write postings: both weights, then the entries of each column of the table."""
    from builder.search_index import packing  # noqa: PLC0415 - see there

    return (head + b"".join(parts) for head, *parts in zip(heads, *map(packing.posted, columns), strict=True))


def spelling_rows(tables: Source, side: str) -> dict[str, bytes]:
    """Return the rows of the dictionary for typos on one side."""
    spelled = tables.rows("spellings", "side, word, weight")
    return {word: bytes((weight,)) for own, word, weight in spelled if own == side}


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[Sequence[Any]]:
    """Turn rows into columns."""
    return list(zip(*rows, strict=True)) or [()] * width


def in_order(contents: Mapping[str, bytes]) -> list[Row]:
    """Sort rows by key, and note what each key shares with the one before."""
    from builder.search_index import packing  # noqa: PLC0415 - see there

    keys = _ordered(contents)
    shares = packing.shared(["", *keys][: len(keys)], keys)
    return list(zip(keys, shares, map(contents.__getitem__, keys), strict=True))


def _ordered(keys: Iterable[str]) -> list[str]:
    """Sort keys as JavaScript compares strings: by UTF-16 units, which is by letters where each is one unit."""
    ordered = sorted(keys)
    whole = "".join(ordered)
    if len(whole.encode("utf-16-le", "surrogatepass")) > 2 * len(whole):
        ordered.sort(key=lambda key: key.encode("utf-16-be", "surrogatepass"))
    return ordered


def cut(rows: Sequence[Row], size: int) -> Iterator[tuple[str, bytes]]:
    """Cut rows into files of about `size` bytes; yield the first key of each, cut short, and its content."""
    start = 0
    while start < len(rows):
        end = _end(rows, start, size)
        before = rows[start - 1][0] if start else ""
        yield _boundary(before, rows[start][0]), _joined(rows[start:end])
        start = end


def _end(rows: Sequence[Row], start: int, size: int) -> int:
    """Return where a file ends: at about its size, before the key that shares least with the one before.

    What the key shares and one letter more stand in the root, so this keeps the root small.
    """
    weight = 0
    best = start
    for place in range(start, len(rows)):
        if weight * 4 >= size * 3 and (best == start or rows[place][1] <= rows[best][1]):
            best = place
        weight += len(rows[place][2]) + 4
        if weight * 4 > size * 5 and best > start:
            return best
    return len(rows)


def _boundary(before: str, key: str) -> str:
    """Return the shortest beginning of a key that still sorts after the key before."""
    return key[: shared(before, key) + 1]


def shared(before: str, key: str) -> int:
    """Count the letters that two keys share in front."""
    most = min(len(before), len(key))
    return next((place for place in range(most) if before[place] != key[place]), most)


def _joined(rows: Sequence[Row]) -> bytes:
    """Write rows one after another, their keys front-coded, the first one's whole."""
    out: list[bytes] = []
    for place, (key, share, content) in enumerate(rows):
        kept = share if place else 0
        raw = key.encode("utf-8", "surrogatepass")
        size = kept if len(raw) == len(key) else len(key[:kept].encode("utf-8", "surrogatepass"))
        out += (_SMALL[size], _sized(raw[size:]), content)
    return b"".join(out)
