"""Every key under which an entry can be called up, with what that key is worth."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from builder.search_index.text import SPOKEN, key, plain, without_call, words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from builder.models import Entry
    from builder.search_index.asked import Ask
    from builder.search_index.weights import Weights

LONGEST = 80
_NAME_LIKE = 2
"""How many words a question may have that is a name."""
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
        name: The name as it is written.
        worth: What it is worth, without the entry's prior.
    """

    text: str
    name: str
    worth: float


def _key(name: str, worth: float) -> Key:
    return Key(key(name), name, worth)


def heading(title: str) -> str:
    """Return a heading without the section number that some docs put in front of it."""
    return _NUMBER.sub("", title)


class Calls(NamedTuple):
    """What calls entries beside their own names.

    Attributes:
        terms: Lines of the general index: term, ordinal of the entry, whether it is the main place.
        asks: What people ask for them.
    """

    terms: Sequence[tuple[str, int, bool]]
    asks: Sequence[Ask]


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """How people speak of things.

    Attributes:
        leaders: The word that leads the forms of each word.
        silent: Words that say nothing.
        said: For a word of the docs the words that people say for it.
    """

    leaders: Mapping[str, str]
    silent: Collection[str]
    said: Mapping[str, Sequence[str]]

    def key(self, text: str) -> str:
        """Return the key of a text without silent words, each other word in its leading form."""
        spoken = "".join(self.leaders.get(word, word) for word in words(text) if word not in self.silent)
        return spoken and spoken + SPOKEN

    def used(self, own: Sequence[str]) -> Iterator[str]:
        """Yield all that keys hang on, as texts, of entries whose own words are given."""
        for word in own:
            yield word
            yield "" if word in self.silent else self.leaders.get(word, word)
        for meant in sorted(self.said):
            yield meant
            yield " ".join(self.said[meant])

    def alias(self, word: str, weights: Weights) -> Key:
        """Return the key of a word that people say for a name."""
        return Key(self.leaders.get(word, word) + SPOKEN, word, weights.alias)


def own_words(entries: Sequence[Entry], asks: Sequence[Ask], said: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the words whose leading forms the keys of some entries hang on, sorted."""
    texts = {entry.name for entry in entries} | {heading(entry.title) for entry in entries}
    texts |= {ask.text for ask in asks}
    return sorted({word for text in texts for word in words(text)} | set(chain.from_iterable(said.values())))


def entry_keys(entry: Entry, modules: Collection[str], speech: Speech, weights: Weights) -> Iterator[Key]:
    """Yield the keys that an entry has by itself: its name, the ends of its name, its heading."""
    if entry.role == "std:term":
        yield from _term_keys(entry.name, weights)
        yield Key(speech.key(entry.name), entry.name, weights.term - 20)
    elif entry.name:
        yield from _name_keys(entry, modules, speech, weights)
    if not entry.role:
        yield from _title_keys(entry, weights)
        yield Key(speech.key(heading(entry.title)), entry.title, weights.title - 20)


def _term_keys(name: str, weights: Weights) -> Iterator[Key]:
    yield _key(name, weights.term)
    if key(name) != plain(key(name)):
        yield Key(plain(key(name)), name, weights.part)


def _name_keys(entry: Entry, modules: Collection[str], speech: Speech, weights: Weights) -> Iterator[Key]:
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
        yield Key(plain(last), ends[-1] if ends else name, weights.part)
    for other in speech.said.get(last, ()):
        yield speech.alias(other, weights)


def _title_keys(entry: Entry, weights: Weights) -> Iterator[Key]:
    worth = weights.page_title if entry.level == 1 else weights.title
    title = heading(entry.title)
    yield Key(key(title), title.lower(), worth)  # nobody types a heading's capitals
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
    terms: Sequence[tuple[str, int, bool]], entries: Sequence[Entry], speech: Speech, weights: Weights
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
        heap = heads[head] >= _STOCK
        yield from ((ordinal, one) for one in _pair_keys(name, below, lift, weights, heap=heap))
        if below in INDEX_TYPES:
            yield from ((ordinal, speech.alias(other, weights)) for other in speech.said.get(key(name), ()))


def asked_keys(text: str, speech: Speech, weights: Weights) -> Iterator[Key]:
    """Yield the keys of what people ask for an entry (see `asked`); a name of theirs for it is called up as one."""
    spoken = speech.key(text)
    if spoken:
        yield Key(spoken, text, weights.asked_name)
    if len(text.split()) <= _NAME_LIKE or not spoken:
        yield _key(text, weights.asked_name)


def first_of_pages(entries: Sequence[Entry]) -> Iterator[tuple[int, str]]:
    """Yield the ordinal of each page's first entry, and the page."""
    before = ""
    for ordinal, entry in enumerate(entries):
        if entry.page != before:
            before = entry.page
            yield ordinal, before


def _is_own_name(entry: Entry, name: str) -> bool:
    """Tell whether a line of the index only says the name that a symbol has anyway."""
    return bool(entry.role) and key(entry.name).endswith(key(name))


def _pair_keys(name: str, below: str, lift: float, weights: Weights, *, heap: bool) -> Iterator[Key]:
    """Yield the keys of an index line `name; below`."""
    typed = below in INDEX_TYPES
    yield _key(name, (weights.subject if typed else weights.index_head) + lift)
    yield _key(f"{name} {below}", weights.index + lift)
    yield _key(f"{below} {name}", weights.index + lift)
    if heap:
        yield _key(
            without_call(below), (weights.subject if name in INDEX_TYPES else weights.index_head) + lift
        )
