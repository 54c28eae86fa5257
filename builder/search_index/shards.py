"""Export a search index as small files for the browser, so that one search fetches a few of them and not the index.

Files of `/<slug>/<version>/_search/`:

    root.json           what is needed first: rules, where each kind of file is cut, names of one letter
    <hash>/n<i>.bin     names and beginnings of names
    <hash>/t<i>.bin     words, their forms and completions, with postings
    <hash>/f<i>.bin     the dictionary for typos, by the beginnings of words
    <hash>/b<i>.bin     the same, by their ends
    <hash>/c<i>.json    cards: what a row of results shows
    <hash>/h<i>.json    the cards of the entries that are needed most, again, by name

Everything but `root.json` lies in folders named by the hash of what they hold, neighbours of a kind in each, and
never changes: what a new build leaves as it was stays where it was. (A hash for each file would add 8 kB to the first
search; one for all of them would make every file a new one.) The `.bin` files are rows sorted by key; a number is an
unsigned LEB128, a key is front-coded (letters shared with the key before, bytes that follow, those bytes), and each
kind of row is written by one function here and read by its namesake in `codec.js`.
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias

from builder.search_index.cards import CHUNK, HOT_CHUNK, card_files
from builder.search_index.index import FORMAT
from builder.search_index.keeping import Keeper
from builder.search_index.text import is_letter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from builder.search_index.cards import Card

SIZES = {"n": 6144, "t": 4096, "f": 4096, "b": 4096}
"""About how many bytes a file of each kind has; a longer row stays whole."""

GROUPS = {"n": 32, "t": 4, "f": 32, "b": 32, "c": 32, "h": 32}
"""How many files of each kind lie in one folder: few of those that a changed page changes here and there."""
_NONE = b"\0"


_Row: TypeAlias = tuple[str, int, bytes]
"""A row of a file: its key, how many of its letters are those of the row before, its content."""

_SOURCES = {
    "n.bin": ("names", "name_prefixes"),
    "t.bin": ("postings", "word_forms", "completions"),
    "f.bin": ("spellings",),
    "b.bin": ("spellings",),
    "c.json": (),
    "h.json": (),
}
"""The kinds of files, and the tables that each is made of; cards are made of what is shown of entries."""


class Part(NamedTuple):
    """What the root says of the files of one kind, and where they are.

    Attributes:
        cuts: The first key of each file, where they are cut by keys.
        folders: The folders, each with the names of its files.
        letters: The rows of single letters, which stand in the root and not in a file.
    """

    cuts: tuple[str, ...]
    folders: tuple[tuple[str, tuple[str, ...]], ...]
    letters: bytes = b""


class Source(Protocol):
    """The tables of an index, to be exported."""

    def rows(self, table: str, columns: str) -> Sequence[tuple[Any, ...]]:
        """Return the given columns (by commas) of all rows of a table."""


def export(
    tables: Source,
    cards: Sequence[Card],
    *,
    kept: Keeper | None = None,
    made_of: Mapping[str, bytes] | None = None,
    take: Callable[[str, Sequence[str]], bool] = lambda _folder, _files: False,
) -> Iterator[tuple[str, bytes]]:
    """Yield the path, relative to `_search/`, and the content of each file; `root.json` comes last.

    Args:
        tables: The index of a docset.
        cards: What is shown of each entry of the docset, in id order.
        kept: What an earlier build left; it saves time and changes nothing.
        made_of: Where anything is kept, a hash of each table, and under "cards" one of all that is shown of entries
            and of which are needed most.
        take: Takes over a folder with these files from an earlier export, if it is still there.
    """
    meta = {name: json.loads(value) for name, value in tables.rows("search_meta", "name, value")}
    kept = kept or Keeper()
    parts: dict[str, Part] = {}
    for kind in _SOURCES:
        fresh: dict[str, bytes] = {}
        make = partial(_part, kind, tables, cards, meta["hot"], fresh)
        parts[kind] = kept.step(f"files {kind}", _made_of(kind, made_of or {}), make)
        for folder, names in parts[kind].folders:
            if take(folder, names):
                continue
            if not fresh:  # known, but no longer there
                make()
            yield from ((f"{folder}/{name}", fresh[name]) for name in names)
    yield "root.json", _root(meta, parts)


def _made_of(kind: str, made_of: Mapping[str, bytes]) -> bytes:
    """Return a hash of all that the files of a kind hang on."""
    return b"".join(made_of.get(name, b"") for name in _SOURCES[kind] or ("cards",))


def _part(
    kind: str, tables: Source, cards: Sequence[Card], hot: Sequence[int], fresh: dict[str, bytes]
) -> Part:
    """Make the files of one kind, into `fresh` by name, and return what is to know of them."""
    cuts: list[str] = []
    letters = b""
    if kind == "c.json":
        files = card_files(cards, CHUNK)
    elif kind == "h.json":
        files = card_files([cards[one] for one in hot], HOT_CHUNK)
    else:
        rows = _rows_of(kind, tables)
        singles = {key: rows.pop(key) for key in list(rows) if kind == "n.bin" and is_letter(key)}
        letters = _joined(_rows(singles))
        parts = list(_cut(_rows(rows), SIZES[kind[0]]))
        cuts = [first for first, _ in parts]
        files = [content for _, content in parts]
    fresh |= {f"{kind[0]}{place}{kind[1:]}": content for place, content in enumerate(files)}
    names = tuple(fresh)
    step = GROUPS[kind[0]]
    starts = range(0, len(files), step)
    folders = tuple(
        (_folder(kind, start, files[start : start + step]), names[start : start + step]) for start in starts
    )
    return Part(tuple(cuts), folders, letters)


def _rows_of(kind: str, tables: Source) -> dict[str, bytes]:
    if kind == "n.bin":
        return _name_rows(tables)
    return _word_rows(tables) if kind == "t.bin" else _spelling_rows(tables, kind[0])


def _folder(kind: str, start: int, group: Sequence[bytes]) -> str:
    """Return the name of the folder of some files."""
    digest = hashlib.blake2b(f"{FORMAT} {kind} {start} {list(map(len, group))}".encode(), digest_size=4)
    digest.update(b"".join(group))
    return digest.hexdigest()


def _root(meta: Mapping[str, Any], parts: Mapping[str, Part]) -> bytes:
    cut = {kind[0]: " ".join(part.cuts) for kind, part in parts.items() if kind.endswith(".bin")}
    root = {
        "format": FORMAT,
        "folders": {kind[0]: " ".join(name for name, _ in part.folders) for kind, part in parts.items()},
        "groups": GROUPS,
        "entries": meta["entries"],
        "rules": meta["rules"],
        "stop_words": " ".join(meta["stop_words"]),
        "cuts": cut,
        "cards": {"chunk": CHUNK, "hot_chunk": HOT_CHUNK, "hot": meta["hot"]},
        "letters": base64.b64encode(parts["n.bin"].letters).decode("ascii"),
    }
    return json.dumps(root, ensure_ascii=False, separators=(",", ":")).encode()


def _ordered(keys: Iterable[str]) -> list[str]:
    """Sort keys as JavaScript compares strings: by UTF-16 units, which is by letters where each is one unit."""
    ordered = sorted(keys)
    whole = "".join(ordered)
    if len(whole.encode("utf-16-le", "surrogatepass")) > 2 * len(whole):
        ordered.sort(key=lambda key: key.encode("utf-16-be", "surrogatepass"))
    return ordered


def _cut(rows: Sequence[_Row], size: int) -> Iterator[tuple[str, bytes]]:
    """Cut rows into files of about `size` bytes; yield the first key of each, cut short, and its content."""
    part: list[_Row] = []
    weight = 0
    before = ""
    for row in rows:
        length = len(row[2])
        if part and weight + length > size:
            yield _boundary(before, part[0][0]), _joined(part)
            before = part[-1][0]
            part, weight = [], 0
        part.append(row)
        weight += length + 4
    if part:
        yield _boundary(before, part[0][0]), _joined(part)


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


def number(value: int) -> bytes:
    """Write an unsigned LEB128."""
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


_SMALL = [number(value) for value in range(128)]


def _text(value: str) -> bytes:
    raw = value.encode("utf-8", "surrogatepass")
    return (_SMALL[len(raw)] if len(raw) < 128 else number(len(raw))) + raw


def _rows(contents: Mapping[str, bytes]) -> list[_Row]:
    """Sort rows by key, and note what each key shares with the one before."""
    from builder.search_index import packing  # noqa: PLC0415 - see there

    keys = _ordered(contents)
    shares = packing.shared(["", *keys[:-1]], keys)
    return list(zip(keys, shares, map(contents.__getitem__, keys), strict=True))


def _joined(rows: Sequence[_Row]) -> bytes:
    """Write rows one after another, their keys front-coded, the first one's whole."""
    out: list[bytes] = []
    for place, (key, share, content) in enumerate(rows):
        kept = share if place else 0
        units = kept
        if not key.isascii():
            units = len(key[:kept].encode("utf-16-le", "surrogatepass")) // 2
        out += (_SMALL[units], _text(key[kept:]), content)
    return b"".join(out)


def _name_rows(tables: Source) -> dict[str, bytes]:
    from builder.search_index import packing  # noqa: PLC0415 - see there

    exact, crowds = (
        dict(zip(keys, packing.named(packed), strict=True))
        for keys, packed in (
            _columns(tables.rows("names", "key, entries"), 2),
            _columns(tables.rows("name_prefixes", "prefix, entries"), 2),
        )
    )
    return {key: exact.get(key, _NONE) + crowds.get(key, _NONE) for key in {**exact, **crowds}}


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[Sequence[Any]]:
    """Turn rows into columns."""
    return list(zip(*rows, strict=True)) or [()] * width


def _word_rows(tables: Source) -> dict[str, bytes]:
    from builder.search_index import packing  # noqa: PLC0415 - see there

    terms, weights, packed = _columns(tables.rows("postings", "term, weight, entries"), 3)
    forms, leaders = _columns(tables.rows("word_forms", "form, term"), 2)
    rows = {
        form: b"\2" + _SMALL[share] + _text(leader[share:])
        for form, leader, share in zip(forms, leaders, packing.shared(forms, leaders), strict=True)
    }
    rows |= zip(terms, (b"\1" + one for one in packing.posted(weights, packed)), strict=True)
    more = dict(tables.rows("completions", "prefix, words"))
    found = {word: content + _NONE for word, content in rows.items() if word not in more}
    for prefix, completions in more.items():
        words = completions.split(" ")
        longer = b"".join(_text(word[len(prefix) :]) for word in words)
        found[prefix] = rows.get(prefix, _NONE) + _SMALL[len(words) + 1] + longer
    return found


def _spelling_rows(tables: Source, side: str) -> dict[str, bytes]:
    spelled = tables.rows("spellings", "side, word, weight")
    return {word: bytes((weight,)) for own, word, weight in spelled if own == side}
