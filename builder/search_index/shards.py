"""Export a search index as small files for the browser, so that one search fetches a few of them and not the index.

Files of `/<slug>/<version>/_search/`:

    root.json           what is needed first: rules, where each kind of file is cut, which letters have a file
    <hash>/l<i>.json    one letter: what it names, and the cards that are shown for it
    <hash>/n<i>.bin     names and beginnings of names
    <hash>/t<i>.bin     words and their forms with postings, beginnings of words with those of what they may become
    <hash>/f<i>.bin     the dictionary for typos, by the beginnings of words
    <hash>/b<i>.bin     the same, by their ends
    <hash>/c<i>.json    cards: what a row of results shows

Everything but `root.json` lies in folders named by the hash of what they hold, neighbours of a kind in each, and
never changes: what a new build leaves as it was stays where it was. (A hash for each file would add 8 kB to the first
search; one for all of them would make every file a new one.) The `.bin` files are rows sorted by key (see
`shard_rows`), deflated, because hosts compress text alone.

The more rows there are, the larger are the files, and the more: a search pays for the first keys of all of them, in the
root, and for a few of them whole. Ten times the rows make files of twice the size, and five times as many.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from builder.search_index import shard_rows
from builder.search_index.cards import CHUNK, card_files, letter_file
from builder.search_index.index import FORMAT
from builder.search_index.keeping import Keeper

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from builder.search_index.cards import Card
    from builder.search_index.shard_rows import Source

SMALLEST = 1024
"""No file of rows is made smaller, in bytes before deflating; a longer row stays whole."""

SIZES = {"n": 20, "t": 18, "f": 80, "b": 80}
"""A file of rows has about so many times the cube root of the bytes of all of its kind."""

GROUPS = {"n": 32, "t": 8, "f": 32, "b": 32, "c": 32, "l": 32}
"""How many files of each kind lie in one folder, of small docs: few of those that a page changes here and there."""

FOLDERS = {"n": 16, "t": 72, "f": 8, "b": 8, "c": 48, "l": 8}
"""How many folders a kind has at most: the root names them all."""

_MOST_SHARED = 12
"""How many letters of the key before a first key can take over: as many capitals as there are for twice that."""

_SOURCES = {
    "n.bin": ("names", "name_prefixes"),
    "t.bin": ("postings", "word_forms", "completions"),
    "f.bin": ("spellings",),
    "b.bin": ("spellings",),
    "c.json": ("cards",),
    "l.json": ("names", "name_prefixes", "cards"),
}
"""The kinds of files, and the tables that each is made of; cards are made of what is shown of entries."""

KINDS = tuple(_SOURCES)


class Part(NamedTuple):
    """What the root says of the files of one kind, and where they are.

    Attributes:
        cuts: The first key of each file, where they are cut by keys.
        step: How many files lie in one folder.
        folders: The folders, each with the names of its files.
    """

    cuts: tuple[str, ...]
    step: int
    folders: tuple[tuple[str, tuple[str, ...]], ...]


class Export:
    """Makes the files of an index, kind by kind.

    Args:
        tables: The index of a docset.
        cards: What is shown of each entry of the docset, in id order.
        kept: What an earlier build left; it saves time and changes nothing.
        made_of: Where anything is kept, a hash of each table, and under "cards" one of all that is shown of entries.
        take: Takes over a folder with these files from an earlier export, if it is still there.

    Attributes:
        parts: What the root says of the kinds that were made.
    """

    def __init__(
        self,
        tables: Source,
        cards: Sequence[Card],
        *,
        kept: Keeper | None = None,
        made_of: Mapping[str, bytes] | None = None,
        take: Callable[[str, Sequence[str]], bool] = lambda _folder, _files: False,
    ) -> None:
        self.parts: dict[str, Part] = {}
        self._tables = tables
        self._cards = cards
        self._kept = kept or Keeper()
        self._made_of = made_of or {}
        self._take = take
        self._meta = {name: json.loads(value) for name, value in tables.rows("search_meta", "name, value")}

    def files(self, kinds: Sequence[str] = KINDS) -> Iterator[tuple[str, bytes]]:
        """Yield the path, relative to `_search/`, and the content of each file of some kinds."""
        for kind in kinds:
            fresh: dict[str, bytes] = {}
            make = partial(_part, kind, self._tables, self._cards, fresh, self._meta["rules"])
            made_of = b"".join(self._made_of.get(name, b"") for name in _SOURCES[kind])
            self.parts[kind] = self._kept.step(f"files {kind}", made_of, make)
            for folder, names in self.parts[kind].folders:
                if self._take(folder, names):
                    continue
                if not fresh:  # known, but no longer there
                    make()
                yield from ((f"{folder}/{name}", _packed(kind, fresh[name])) for name in names)

    def root(self) -> tuple[str, bytes]:
        """Return the path and the content of the root, when all kinds are in `parts`."""
        return "root.json", _root(self._meta, {kind: self.parts[kind] for kind in KINDS})


def export(tables: Source, cards: Sequence[Card]) -> Iterator[tuple[str, bytes]]:
    """Yield the path, relative to `_search/`, and the content of each file; `root.json` comes last."""
    made = Export(tables, cards)
    yield from made.files()
    yield made.root()


def _part(
    kind: str,
    tables: Source,
    cards: Sequence[Card],
    fresh: dict[str, bytes],
    rules: Mapping[str, float],
) -> Part:
    """Make the files of one kind, into `fresh` by name and not yet packed, and return what is to know of them."""
    letter = kind[0]
    cuts: list[str] = []
    if kind == "c.json":
        files = card_files(cards, CHUNK)
    elif kind == "l.json":
        letters = shard_rows.letter_rows(tables)
        cuts = list(letters)
        files = [letter_file(row, called, cards) for row, called in letters.values()]
    else:
        rows = _rows_of(kind, tables, rules)
        size = max(SMALLEST, int(SIZES[letter] * sum(map(len, rows.values())) ** (1 / 3)))
        parts = list(shard_rows.cut(shard_rows.in_order(rows), size))
        cuts = [first for first, _ in parts]
        files = [content for _, content in parts]
    fresh |= {f"{letter}{place}{kind[1:]}": content for place, content in enumerate(files)}
    names = tuple(fresh)
    step = max(GROUPS[letter], -(-len(files) // FOLDERS[letter]))
    folders = tuple(
        (_folder(kind, start, files[start : start + step]), names[start : start + step])
        for start in range(0, len(files), step)
    )
    return Part(tuple(cuts), step, folders)


def _rows_of(kind: str, tables: Source, rules: Mapping[str, float]) -> dict[str, bytes]:
    if kind == "n.bin":
        return shard_rows.name_rows(tables)
    if kind == "t.bin":
        return shard_rows.word_rows(tables, int(rules["ahead"]))
    return shard_rows.spelling_rows(tables, kind[0])


def _packed(kind: str, content: bytes) -> bytes:
    """Deflate the rows of a file, without a header (RFC 1951), as small as it gets; it takes longer than all else."""
    if not kind.endswith(".bin"):
        return content
    packer = zlib.compressobj(9, wbits=-15)
    return packer.compress(content) + packer.flush()


def _folder(kind: str, start: int, group: Sequence[bytes]) -> str:
    """Return the name of the folder of some files, which are not yet packed: most are taken over as they are."""
    digest = hashlib.blake2b(f"{FORMAT} {kind} {start} {list(map(len, group))}".encode(), digest_size=4)
    digest.update(b"".join(group))
    return digest.hexdigest()


def _root(meta: Mapping[str, Any], parts: Mapping[str, Part]) -> bytes:
    root = {
        "format": FORMAT,
        "folders": {kind[0]: " ".join(name for name, _ in part.folders) for kind, part in parts.items()},
        "groups": {kind[0]: part.step for kind, part in parts.items()},
        "rules": meta["rules"],
        "stop_words": " ".join(meta["stop_words"]),
        "cuts": {kind[0]: _front_coded(part.cuts) for kind, part in parts.items() if kind.endswith(".bin")},
        "letters": "".join(parts["l.json"].cuts),
        "cards": CHUNK,
    }
    return json.dumps(root, ensure_ascii=False, separators=(",", ":")).encode()


def _front_coded(keys: Sequence[str]) -> str:
    """Write sorted keys in a row: how many UTF-16 units of the key before stay (A for none), then what follows.

    Keys have no capitals, so these keep them apart; the root is a fifth smaller than with whole keys.
    """
    out: list[str] = []
    for before, key in pairwise(["", *keys]):
        share = min(shard_rows.shared(before, key), _MOST_SHARED)
        units = len(key[:share].encode("utf-16-le", "surrogatepass")) // 2
        out.append(chr(ord("A") + units) + key[share:])
    return "".join(out)
