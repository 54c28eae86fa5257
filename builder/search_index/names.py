"""Every key under which an entry can be called up, with what that key is worth."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from builder.search_index.text import form, key, without_call, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from builder.models import Entry
    from builder.search_index.weights import Weights

FULL, TAIL, TITLE, INDEX, PART = range(5)
"""Classes of keys: a whole name, the end of one, a heading or glossary term, a line of the general index, a variant."""

_PARTS = re.compile(r"[.:/]+|::|->")
_NOTE = re.compile(r"\s*\(([^()]*)\)\s*$")
_STOCK = 10


class Key(NamedTuple):
    """A key of one entry.

    Attributes:
        text: The key.
        form: The checksum of the name as it is written.
        kind: One of the classes above.
        worth: What it is worth, without the entry's prior.
    """

    text: str
    form: int
    kind: int
    worth: float


def _key(name: str, kind: int, worth: float) -> Key:
    return Key(key(name), form(name), kind, worth)


def entry_keys(entry: Entry, modules: set[str], weights: Weights) -> Iterator[Key]:
    """Yield the keys that an entry has by itself: its name, the ends of its name, its heading."""
    if entry.role == "std:term" or entry.kind == "glossary term":
        yield _key(entry.name, TITLE, weights.term)
    elif entry.name:
        yield from _name_keys(entry.name, modules, weights)
    if not entry.role:
        yield from _title_keys(entry, weights)


def _name_keys(name: str, modules: set[str], weights: Weights) -> Iterator[Key]:
    bare = name in modules or "." not in name
    yield _key(name, FULL, weights.bare if bare else weights.full)
    if name[:1] in "-/%":
        yield Key(key(name.lstrip("-/%")), form(name), TAIL, weights.part)
    starts = [match.end() for match in _PARTS.finditer(name)]
    for start in starts:
        rest = name[start:]
        if rest:
            last = start == starts[-1]
            yield _key(rest, TAIL, weights.tail if last else weights.dotted)


def _title_keys(entry: Entry, weights: Weights) -> Iterator[Key]:
    worth = weights.title if entry.level != 1 else weights.title + 40
    title = entry.title
    yield _key(title, TITLE, worth)
    for separator in (" — ", " – ", ": ", " - "):
        if separator in title:
            head, _, rest = title.partition(separator)
            yield _key(head, TITLE, worth - 60)
            yield _key(rest, TITLE, worth - 100)
            break
    noted = _NOTE.search(title)
    if noted:
        yield _key(title[: noted.start()], TITLE, worth - 40)


def index_keys(terms: Sequence[tuple[str, int, bool]], weights: Weights) -> Iterator[tuple[int, Key]]:
    """Yield entry id and key for the lines of the general index."""
    heads = Counter(term.partition("; ")[0] for term, _, _ in set(terms))
    for term, entry, main in terms:
        head, _, below = term.partition("; ")
        note = _NOTE.search(head)
        name = head[: note.start()] if note else head
        lift = 60 if main else 0
        if not below:
            yield entry, _key(without_call(name), INDEX, weights.index + lift)
            if note and not any(letter.isalnum() for letter in name):
                yield entry, _key(note[1], INDEX, weights.index + lift)
            continue
        yield entry, _key(without_call(name), INDEX, weights.index_head + lift)
        below = _NOTE.sub("", below)
        if below:
            yield entry, _key(f"{name} {below}", INDEX, weights.index + lift)
            yield entry, _key(f"{below} {name}", INDEX, weights.index + lift)
            if heads[head] >= _STOCK:
                yield entry, _key(without_call(below), INDEX, weights.index_head + lift)


def best_keys(keys: Iterator[tuple[int, Key]]) -> dict[str, dict[tuple[int, int], tuple[float, int]]]:
    """Gather keys as key -> (entry, form) -> (worth, class), keeping the best of equals."""
    table: dict[str, dict[tuple[int, int], tuple[float, int]]] = defaultdict(dict)
    for entry, found in keys:
        if found.text and len(found.text) <= 80:
            row = table[found.text]
            place = (entry, found.form)
            if place not in row or row[place] < (found.worth, -found.kind):
                row[place] = (found.worth, -found.kind)
    return table


__all__ = ["FULL", "INDEX", "PART", "TAIL", "TITLE", "Key", "best_keys", "entry_keys", "index_keys", "words"]
