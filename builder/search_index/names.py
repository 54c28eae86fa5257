"""Every key under which an entry can be called up, with what that key is worth."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from builder.search_index.text import form, key, plain, without_call

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from builder.models import Entry
    from builder.search_index.weights import Weights

LONGEST = 80
_STOCK = 10
"""From how many lines below it on the head of an index line is a heap (`module`, `PEP`), not a subject."""

_PARTS = re.compile(r"::|->|[.:/\s]+")
_NOTE = re.compile(r"\s*\(([^()]*)\)\s*$")
_NUMBER = re.compile(r"^(?:\d+\.)+\d*\s+|^\d+\s+(?=[A-Z])")
_SPLITS = (" — ", " – ", ": ", " - ")

INDEX_TYPES = frozenset({"keyword", "operator", "statement", "built-in function", "exception"})
"""Sphinx's own types of index entries (`pairindextypes` in `sphinx/domains/index.py`), as in `with; statement`."""


class Key(NamedTuple):
    """A key of one entry.

    Attributes:
        text: The key.
        form: The checksum of the name as it is written.
        worth: What it is worth, without the entry's prior.
    """

    text: str
    form: int
    worth: float


def _key(name: str, worth: float) -> Key:
    return Key(key(name), form(name), worth)


def heading(title: str) -> str:
    """Return a heading without the section number that some docs put in front of it."""
    return _NUMBER.sub("", title)


def entry_keys(entry: Entry, modules: Collection[str], weights: Weights) -> Iterator[Key]:
    """Yield the keys that an entry has by itself: its name, the ends of its name, its heading."""
    if entry.role == "std:term":
        yield from _term_keys(entry.name, weights)
    elif entry.name:
        yield from _name_keys(entry, modules, weights)
    if not entry.role:
        yield from _title_keys(entry, weights)


def _term_keys(name: str, weights: Weights) -> Iterator[Key]:
    yield _key(name, weights.term)
    if key(name) != plain(key(name)):
        yield Key(plain(key(name)), form(name), weights.part)


def _name_keys(entry: Entry, modules: Collection[str], weights: Weights) -> Iterator[Key]:
    name = entry.name
    bare = name in modules or not _PARTS.search(name)
    worth = weights.bare if bare else weights.full
    if entry.role == "std:token":
        worth = weights.part
    yield _key(name, worth)
    ends = [name[match.end() :] for match in _PARTS.finditer(name)]
    for place, end in enumerate(ends, 1):
        if end:
            yield _key(end, weights.tail if place == len(ends) else weights.dotted)
    last = key(ends[-1] if ends else name)
    if plain(last) not in {last, ""}:
        yield Key(plain(last), form(ends[-1] if ends else name), weights.part)


def _title_keys(entry: Entry, weights: Weights) -> Iterator[Key]:
    worth = weights.page_title if entry.level == 1 else weights.title
    title = heading(entry.title)
    yield _key(title, worth)
    for separator in _SPLITS:
        if separator in title:
            front, _, rest = title.partition(separator)
            yield _key(front, worth - 60)
            yield _key(rest, worth - 100)
            break
    note = _NOTE.search(title)
    if note:
        yield _key(title[: note.start()], worth - 40)


def index_keys(
    terms: Sequence[tuple[str, int, bool]], entries: Sequence[Entry], weights: Weights
) -> Iterator[tuple[int, Key]]:
    """Yield entry ordinal and key for the lines of the general index."""
    heads = Counter(term.partition("; ")[0] for term, _, _ in terms)
    for term, ordinal, main in terms:
        head, _, below = term.partition("; ")
        note = _NOTE.search(head)
        name = without_call(head[: note.start()] if note else head)
        below = _NOTE.sub("", below)
        if not below and _is_own_name(entries[ordinal], name):
            continue
        lift = 60.0 if main else 0.0
        if name and plain(key(name)) in key(entries[ordinal].title):
            lift += weights.titled
        if not below:
            yield ordinal, _key(name, weights.index + lift)
            if note and not plain(key(name)):
                yield ordinal, _key(note[1], weights.index + lift)
            continue
        yield from ((ordinal, one) for one in _pair_keys(name, below, lift, weights, heads[head] >= _STOCK))


def _is_own_name(entry: Entry, name: str) -> bool:
    """Tell whether a line of the index only says the name that a symbol has anyway."""
    return bool(entry.role) and key(entry.name).endswith(key(name))


def _pair_keys(name: str, below: str, lift: float, weights: Weights, heap: bool) -> Iterator[Key]:  # noqa: FBT001
    """Yield the keys of an index line `name; below`."""
    typed = below in INDEX_TYPES
    yield _key(name, (weights.subject if typed else weights.index_head) + lift)
    yield _key(f"{name} {below}", weights.index + lift)
    yield _key(f"{below} {name}", weights.index + lift)
    if heap:
        yield _key(
            without_call(below), (weights.subject if name in INDEX_TYPES else weights.index_head) + lift
        )
