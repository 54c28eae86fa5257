"""Export a search index as small files for the browser, so that one search fetches a few of them and not the index.

Files of `/<slug>/<version>/_search/`:

    root.json           what is needed first: rules, where each kind of file is cut, which letters have a file
    <hash>/l<i>.bin     one letter: what it names, and the cards that are shown for it
    <hash>/k<i>.bin     keys: what they name, what they say as words, what their beginnings may become; and the cards
                        that those beginnings most probably show
    <hash>/f<i>.bin     the dictionary for typos, by the beginnings of words
    <hash>/b<i>.bin     the same, by their ends
    <hash>/c<i>.bin     cards: what a row of results shows

Everything but `root.json` lies in folders named by the hash of what they hold, neighbours of a kind in each, and
never changes: what a new build leaves as it was stays where it was. (A hash for each file would add 8 kB to the first
search; one for all of them would make every file a new one.) Files of keys and of the dictionary are rows sorted by key
(see `shard_rows`). All are deflated, because hosts compress text alone.

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
from builder.search_index.cards import CHUNK, pack, written
from builder.search_index.index import FORMAT
from builder.search_index.keeping import Keeper

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from builder.search_index.cards import Card
    from builder.search_index.shard_rows import Row, Source

SMALLEST = 1024
"""No file of rows is made smaller, in bytes before deflating; a longer row stays whole."""

SIZES = {"k": 12, "f": 80, "b": 80}
"""A file of rows has about so many times the cube root of the bytes of all of its kind."""

GROUPS = {"k": 16, "f": 32, "b": 32, "c": 32, "l": 32}
"""How many files of each kind lie in one folder, of small docs: few of those that a page changes here and there."""

FOLDERS = {"k": 80, "f": 8, "b": 8, "c": 48, "l": 8}
"""How many folders a kind has at most: the root names them all."""

_MOST_SHARED = 12
"""How many letters of the key before a first key can take over: as many capitals as there are for twice that."""

_INDEX = ("names", "name_prefixes", "postings", "word_forms", "completions")

_SOURCES = {
    "k": (*_INDEX, "cards"),
    "f": ("spellings",),
    "b": ("spellings",),
    "c": ("cards",),
    "l": ("names", "name_prefixes", "cards"),
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
        cards: Those of the docset's entries as `cards.written` returns them, in id order.
        kept: What an earlier build left; it saves time and changes nothing.
        made_of: Where anything is kept, a hash of each table, and under "cards" one of all that is shown of entries.
        take: Takes over a folder with these files from an earlier export, if it is still there.

    Attributes:
        parts: What the root says of the kinds that were made.
    """

    def __init__(
        self,
        tables: Source,
        cards: Sequence[bytes],
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
            make = partial(self._part, kind, fresh)
            self.parts[kind] = self._kept.step(f"files {kind}", self._facts(*_SOURCES[kind]), make)
            for folder, names in self.parts[kind].folders:
                if self._take(folder, names):
                    continue
                if not fresh:  # known, but no longer there
                    make()
                yield from ((f"{folder}/{name}", _deflated(fresh[name])) for name in names)

    def root(self) -> tuple[str, bytes]:
        """Return the path and the content of the root, when all kinds are in `parts`."""
        return "root.json", _root(self._meta, {kind: self.parts[kind] for kind in KINDS})

    def _facts(self, *names: str) -> bytes:
        """Return what is kept of the hashes of some tables, one after another."""
        return b"".join(self._made_of.get(name, b"") for name in names)

    def _part(self, kind: str, fresh: dict[str, bytes]) -> Part:
        """Make the files of one kind, into `fresh` by name and not yet packed, and return what is to know of them."""
        made = {"k": self._keys, "c": self._all_cards, "l": self._letters}.get(kind, self._spellings)(kind)
        cuts, files = [first for first, _ in made if first], [content for _, content in made]
        fresh |= {f"{kind}{place}.bin": content for place, content in enumerate(files)}
        names = tuple(fresh)
        step = max(GROUPS[kind], -(-len(files) // FOLDERS[kind]))
        folders = tuple(
            (_folder(kind, start, files[start : start + step]), names[start : start + step])
            for start in range(0, len(files), step)
        )
        return Part(tuple(cuts), step, folders)

    def _keys(self, kind: str) -> list[tuple[str, bytes]]:
        from builder.search_index import cards_along, shard_keys  # noqa: PLC0415 - they import numpy

        rules = self._meta["rules"]
        keep = partial(self._kept.step, "names of keys", self._facts("names", "name_prefixes"))
        rows, crowded = shard_keys.key_rows(self._tables, int(rules["ahead"]), keep)
        shown = dict(zip(crowded, cards_along.shown_first(list(crowded.values()), rules), strict=True))
        return [
            (first, shard_rows.with_cards(part, pack(_of_any(part, shown), self._cards)))
            for first, part in _cut(kind, rows)
        ]

    def _letters(self, _kind: str) -> list[tuple[str, bytes]]:
        from builder.search_index import shard_keys  # noqa: PLC0415 - it imports numpy

        return [
            (key, shard_rows.with_cards([(key, 0, content)], pack(called, self._cards)))
            for key, (content, called) in shard_keys.letter_rows(self._tables).items()
        ]

    def _spellings(self, kind: str) -> list[tuple[str, bytes]]:
        rows = shard_rows.spelling_rows(self._tables, kind)
        return [(first, shard_rows.joined(part)) for first, part in _cut(kind, rows)]

    def _all_cards(self, _kind: str) -> list[tuple[str, bytes]]:
        places = range(len(self._cards))
        return [("", pack(places[start : start + CHUNK], self._cards)) for start in places[::CHUNK]]


def export(tables: Source, cards: Sequence[Card]) -> Iterator[tuple[str, bytes]]:
    """Yield the path, relative to `_search/`, and the content of each file; `root.json` comes last.

    Args:
        tables: The index of a docset.
        cards: What is shown of each entry of the docset, in id order.
    """
    made = Export(tables, written(cards))
    yield from made.files()
    yield made.root()


def _cut(kind: str, rows: Mapping[str, bytes]) -> Iterator[tuple[str, Sequence[Row]]]:
    """Cut rows into files; the more there are, the larger."""
    size = max(SMALLEST, int(SIZES[kind] * sum(map(len, rows.values())) ** (1 / 3)))
    return shard_rows.cut(shard_rows.in_order(rows), size)


def _of_any(rows: Sequence[Row], shown: Mapping[str, Sequence[int]]) -> Iterator[int]:
    """Yield what is shown for the keys of some rows."""
    for key, *_ in rows:
        yield from shown.get(key, ())


def _deflated(content: bytes) -> bytes:
    """Pack a file, without a header (RFC 1951), as small as it gets; it takes longer than all else."""
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
        "folders": {kind: " ".join(name for name, _ in part.folders) for kind, part in parts.items()},
        "groups": {kind: part.step for kind, part in parts.items()},
        "rules": meta["rules"],
        "stop_words": " ".join(meta["stop_words"]),
        "cuts": {kind: _front_coded(parts[kind].cuts) for kind in SIZES},
        "letters": "".join(parts["l"].cuts),
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
