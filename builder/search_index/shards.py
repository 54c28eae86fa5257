"""Export a search index as small files for the browser, so that one search fetches a few of them and not the index.

Files of `/<slug>/<version>/_search/`:

    root.json           what is needed first: rules, where each kind of file is cut, names of one letter
    <hash>/n<i>.bin     names and beginnings of names
    <hash>/t<i>.bin     words, their forms and completions, with postings
    <hash>/f<i>.bin     the dictionary for typos, by the beginnings of words
    <hash>/b<i>.bin     the same, by their ends
    <hash>/c<i>.json    cards: what a row of results shows
    <hash>/h<i>.json    the cards of the entries that are needed most, again, by name

Everything but `root.json` lies in a folder named by the hash of the index and never changes. The `.bin` files are
rows sorted by key; a number is an unsigned LEB128, a key is front-coded (letters shared with the key before, bytes that
follow, those bytes), and each kind of row is written by one function here and read by its namesake in `codec.js`.
"""

from __future__ import annotations

import base64
import json
import struct
from dataclasses import dataclass
from operator import sub
from typing import TYPE_CHECKING, Any

from builder.search_index.cards import CHUNK, HOT_CHUNK, card_files
from builder.search_index.index import FORMAT
from builder.search_index.text import is_letter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from builder.models import Entry
    from builder.search_index.sqlite_tables import SqliteTables

SIZES = {"n": 6144, "t": 4096, "f": 4096, "b": 4096}
"""About how many bytes a file of each kind has; a longer row stays whole."""


@dataclass(frozen=True, slots=True)
class _Row:
    key: str
    content: bytes


def export(tables: SqliteTables, entries: Sequence[Entry]) -> Iterator[tuple[str, bytes]]:
    """Yield the path, relative to `_search/`, and the content of each file; `root.json` comes last.

    Args:
        tables: The index of a docset.
        entries: All entries of the docset, in id order.
    """
    meta = {name: json.loads(value) for name, value in tables.rows("search_meta", "name, value")}
    folder = meta["hash"][:12]
    cuts: dict[str, list[str]] = {}
    name_rows = _name_rows(tables)
    kinds = {
        "n": [row for row in name_rows if not is_letter(row.key)],
        "t": _word_rows(tables),
        "f": _spelling_rows(tables, "f"),
        "b": _spelling_rows(tables, "b"),
    }
    for kind, rows in kinds.items():
        cuts[kind] = []
        for place, (first, content) in enumerate(_cut(rows, SIZES[kind])):
            cuts[kind].append(first)
            yield f"{folder}/{kind}{place}.bin", content
    for name, content in card_files(entries, meta["hot"]):
        yield f"{folder}/{name}", content
    letters = _joined([row for row in name_rows if is_letter(row.key)])
    yield "root.json", _root(meta, folder, cuts, letters)


def _root(meta: Mapping[str, Any], folder: str, cuts: Mapping[str, list[str]], letters: bytes) -> bytes:
    root = {
        "format": FORMAT,
        "folder": folder,
        "entries": meta["entries"],
        "rules": meta["rules"],
        "stop_words": " ".join(meta["stop_words"]),
        "cuts": {kind: " ".join(firsts) for kind, firsts in cuts.items()},
        "cards": {"chunk": CHUNK, "hot_chunk": HOT_CHUNK, "hot": meta["hot"]},
        "letters": base64.b64encode(letters).decode("ascii"),
    }
    return json.dumps(root, ensure_ascii=False, separators=(",", ":")).encode()


def _order(key: str) -> bytes:
    """Sort keys as JavaScript compares strings: by UTF-16 units."""
    return key.encode("utf-16-be", "surrogatepass")


def _cut(rows: Sequence[_Row], size: int) -> Iterator[tuple[str, bytes]]:
    """Cut rows into files of about `size` bytes; yield the first key of each, cut short, and its content."""
    part: list[_Row] = []
    weight = 0
    before = ""
    for row in rows:
        if part and weight + len(row.content) > size:
            yield _boundary(before, part[0].key), _joined(part)
            before = part[-1].key
            part, weight = [], 0
        part.append(row)
        weight += len(row.content) + 4
    if part:
        yield _boundary(before, part[0].key), _joined(part)


def _boundary(before: str, key: str) -> str:
    """Return the shortest beginning of a key that still sorts after the key before."""
    shared = _shared(before, key)
    return key[: shared + 1]


def _shared(left: str, right: str) -> int:
    """Count the letters that two keys share in front."""
    most = min(len(left), len(right))
    for place in range(most):
        if left[place] != right[place]:
            return place
    return most


def _number(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


_NUMBERS = [_number(value) for value in range(1 << 14)]


def number(value: int) -> bytes:
    """Write an unsigned LEB128."""
    return _NUMBERS[value] if value < len(_NUMBERS) else _number(value)


def _text(value: str) -> bytes:
    raw = value.encode()
    return number(len(raw)) + raw


def _joined(rows: Sequence[_Row]) -> bytes:
    """Write rows one after another, their keys front-coded."""
    out: list[bytes] = []
    before = ""
    for row in rows:
        shared = _shared(before, row.key)
        if shared and 0xD800 <= ord(row.key[shared - 1]) <= 0xDBFF:
            shared -= 1
        out += (number(len(row.key[:shared].encode("utf-16-le")) // 2), _text(row.key[shared:]), row.content)
        before = row.key
    return b"".join(out)


def _named(packed: bytes | None) -> bytes:
    """Write entries of a name: how many, then worth (as the step down from the one before), ordinal, form."""
    if packed is None:
        return number(0)
    numbers = struct.unpack(f"<{len(packed) // 4}I", packed)
    out = [number(len(numbers) // 2 + 1)]
    above = 4095
    for place in range(0, len(numbers), 2):
        worth = numbers[place + 1]
        out += (number(max(0, above - worth)), number(numbers[place] >> 8), bytes((numbers[place] & 255,)))
        above = worth
    return b"".join(out)


def _name_rows(tables: SqliteTables) -> list[_Row]:
    exact: dict[str, bytes] = dict(tables.rows("names", "key, entries"))
    crowds: dict[str, bytes] = dict(tables.rows("name_prefixes", "prefix, entries"))
    keys = sorted({*exact, *crowds}, key=_order)
    return [_Row(key, _named(exact.get(key)) + _named(crowds.get(key))) for key in keys]


def _word_rows(tables: SqliteTables) -> list[_Row]:
    posted = {
        term: (weight, packed) for term, weight, packed in tables.rows("postings", "term, weight, entries")
    }
    forms: dict[str, str] = dict(tables.rows("word_forms", "form, term"))
    more: dict[str, str] = dict(tables.rows("completions", "prefix, words"))
    rows = []
    for word in sorted({*posted, *forms, *more}, key=_order):
        content = b"\0"
        if word in posted:
            content = b"\1" + _postings(*posted[word])
        elif word in forms:
            content = b"\2" + _like(word, forms[word])
        completions = more[word].split(" ") if word in more else []
        content += number(len(completions) + (word in more))
        rows.append(_Row(word, content + b"".join(_text(one[len(word) :]) for one in completions)))
    return rows


def _like(word: str, other: str) -> bytes:
    """Write a word as what it shares with another one in front and what follows."""
    shared = _shared(word, other)
    return number(shared) + _text(other[shared:])


def _postings(weight: int, packed: bytes) -> bytes:
    """Write postings: weight, then for each impact its step down, how many entries, and the steps of their ordinals."""
    numbers = struct.unpack(f"<{len(packed) // 4}I", packed)
    runs: dict[int, list[int]] = {}
    for one in numbers:
        runs.setdefault(one & 255, []).append(one >> 8)
    out = [bytes((weight,)), number(len(runs))]
    above = 255
    for impact, ordinals in runs.items():
        out += (number(above - impact), number(len(ordinals)))
        above = impact
        out += map(number, map(sub, ordinals, [0, *ordinals]))
    return b"".join(out)


def _spelling_rows(tables: SqliteTables, side: str) -> list[_Row]:
    words = sorted(tables.spellings(side, ""), key=lambda row: _order(row[0]))
    return [_Row(word, bytes((weight,))) for word, weight in words]
