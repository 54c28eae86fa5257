"""The rows of the exported files, and how many rows become files.

A file is rows sorted by key, one after another: how many bytes its key shares with the one before and the bytes that
follow (their number, then they), how many bytes its content has, its content. Spellings have one byte each and don't
say so. A number is an unsigned LEB128. `codec.js` reads what is written here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

Row: TypeAlias = tuple[str, int, bytes]
"""A row of a file: its key, how many of its letters are those of the row before, its content."""


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


def sized(raw: bytes) -> bytes:
    """Write bytes with their number in front."""
    return (_SMALL[len(raw)] if len(raw) < len(_SMALL) else number(len(raw))) + raw


def spelling_rows(tables: Source, side: str) -> dict[str, bytes]:
    """Return the rows of the dictionary for typos on one side."""
    spelled = tables.rows("spellings", "side, word, weight")
    return {word: bytes((weight,)) for own, word, weight in spelled if own == side}


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


def cut(rows: Sequence[Row], size: int) -> Iterator[tuple[str, Sequence[Row]]]:
    """Cut rows into files of about `size` bytes; yield the first key of each, cut short, and its rows."""
    start = 0
    while start < len(rows):
        end = _end(rows, start, size)
        before = rows[start - 1][0] if start else ""
        yield _boundary(before, rows[start][0]), rows[start:end]
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


def joined(rows: Sequence[Row]) -> bytes:
    """Write rows one after another, their keys front-coded, the first one's whole."""
    out: list[bytes] = []
    for place, (key, share, content) in enumerate(rows):
        kept = share if place else 0
        raw = key.encode("utf-8", "surrogatepass")
        size = kept if len(raw) == len(key) else len(key[:kept].encode("utf-8", "surrogatepass"))
        out += (_SMALL[size], sized(raw[size:]), content)
    return b"".join(out)


def with_cards(rows: Sequence[Row], cards: bytes) -> bytes:
    """Write rows, with how many bytes they have in front, and the cards that they bring along."""
    return sized(joined(rows)) + cards
