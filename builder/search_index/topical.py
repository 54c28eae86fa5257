"""Topics of programming in general: what docs call them, and what readers type for them, whoever's docs they are.

Docs whose readers' questions are known have answers of their own (`asked`). For all others the files in `topics/` say
what can be said of any: a line in the first column is a topic, the names that headings and symbols have for it, the
indented lines below are what people type.

    # a comment
    connection pool | pool size
      reuse open connections
      too many connections

A topic's places in some docs are the entries that are called so. What people type for it leads there, the topic's other
names too, but nothing that the docs themselves say of another place. From these pairs is learned as from answers.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from builder.search_index.asked import Answer, Answers
from builder.search_index.languages import stems, stop_words
from builder.search_index.names import heading
from builder.search_index.priors import asides
from builder.search_index.text import words
from builder.search_index.word_tables import heading_words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from builder.models import Entry

_FILES = Path(__file__).with_name("topics")

_MOST_PLACES = 3
"""How many entries of some docs a topic may have: a guide, a class and a setting, say."""
_SHARE = 0.5
"""What share of the words of a heading a topic's name has to be; a name of a single word has to be all of it."""
_OWN_WORD = 0.9
"""From what a word counts in a name that is one of its last part (see `heading_words`)."""


class Topic(NamedTuple):
    """What docs call a topic, and what people type for it."""

    names: tuple[str, ...]
    asks: tuple[str, ...]


def read_topics(text: str) -> Iterator[Topic]:
    """Yield the topics of a file.

    Raises:
        ValueError: Something is asked above the first topic, or nothing for one.
    """
    names: tuple[str, ...] = ()
    asks: list[str] = []
    for number, line in enumerate((*text.splitlines(), "end"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if line[0].isspace():
            asks.append(line.strip())
            continue
        if bool(names) != bool(asks):
            raise ValueError(f"line {number}: what is asked and what docs call it belong together")
        if names:
            yield Topic(names, tuple(asks))
        names, asks = tuple(name.strip() for name in line.split("|")), []


@cache
def all_topics() -> tuple[Topic, ...]:
    """Return the topics that come with us."""
    texts = (file.read_text("utf-8") for file in sorted(_FILES.glob("*.txt")))
    return tuple(chain.from_iterable(map(read_topics, texts)))


def answers_by_topic(
    entries: Sequence[Entry], priors: Sequence[float], language: str, topics: Sequence[Topic] | None = None
) -> Answers:
    """Return what people type for the topics that some docs speak of; nothing for other languages than English.

    Args:
        entries: All entries of the docs.
        priors: The prior of each entry.
        language: Of the docs, a BCP 47 tag.
        topics: Other topics than those that come with us.
    """
    if language.partition("-")[0].lower() != "en":
        return Answers(())
    wanted = all_topics() if topics is None else topics
    called = _Called(entries, priors, language, wanted)
    found: dict[Answer, None] = {}
    for topic in wanted:
        places = called.places(topic.names)
        texts = [
            text for text in (*topic.names, *topic.asks) if places and not called.elsewhere(text, places)
        ]
        for ordinal in places:
            entry = entries[ordinal]
            place = f"{entry.page.removesuffix('.html')}#{entry.anchor}"
            found.update((Answer(place, text), None) for text in texts)
    return Answers(tuple(found), language="en", general=True)


class _Called:
    """What the entries of some docs are called, by the stems of their words; release notes are left out.

    Args:
        entries: All entries.
        priors: The prior of each entry.
        language: A BCP 47 tag.
        topics: All topics: the words that are going to be compared.
    """

    def __init__(
        self, entries: Sequence[Entry], priors: Sequence[float], language: str, topics: Sequence[Topic]
    ) -> None:
        self._priors = priors
        self._silent = stop_words(language)
        beside = asides(entries)
        rows = [() if entry.page in beside else self._own_words(entry) for entry in entries]
        texts = chain.from_iterable((*topic.names, *topic.asks) for topic in topics)
        self._words = {text: words(text) for text in texts}
        forms = list(dict.fromkeys(chain(chain.from_iterable(rows), *self._words.values())))
        self._stems = dict(zip(forms, stems(forms, language), strict=True))
        self._sizes: list[int] = []
        self._holding: dict[str, set[int]] = defaultdict(set)
        for ordinal, row in enumerate(rows):
            own = {self._stems[word] for word in row}
            self._sizes.append(max(len(own), 1))
            for stem in own:
                self._holding[stem].add(ordinal)

    def _own_words(self, entry: Entry) -> tuple[str, ...]:
        """Return the words of a heading, or of the last part of a name: `OrderedDict` gives `ordered` and `dict`."""
        if not entry.role:
            return tuple(word for word in words(heading(entry.title)) if word not in self._silent)
        own = [word for word, worth in heading_words(entry).items() if worth >= _OWN_WORD and word.isalnum()]
        parts = [word for word in own if not any(word != other and other in word for other in own)]
        return tuple(parts or own)

    def places(self, names: Collection[str]) -> list[int]:
        """Return the entries that are called by one of some names, best first."""
        ranks: dict[int, float] = {}
        for name in names:
            stems_of_name = self._stems_of(name)
            least = _SHARE if len(stems_of_name) > 1 else 1.0
            for ordinal, share in self._shares(stems_of_name):
                if share >= least:
                    rank = share * (0.6 + self._priors[ordinal]) + 0.02 * len(stems_of_name)
                    ranks[ordinal] = max(rank, ranks.get(ordinal, 0.0))
        return sorted(ranks, key=lambda ordinal: (-ranks[ordinal], ordinal))[:_MOST_PLACES]

    def elsewhere(self, text: str, places: Collection[int]) -> bool:
        """Tell whether a text says nothing, or is half or more of what the docs call another place."""
        own = self._stems_of(text)
        return not own or any(
            share >= _SHARE and ordinal not in places for ordinal, share in self._shares(own)
        )

    def _stems_of(self, text: str) -> frozenset[str]:
        return frozenset(self._stems[word] for word in self._words[text] if word not in self._silent)

    def _shares(self, own: frozenset[str]) -> Iterator[tuple[int, float]]:
        """Yield the entries whose heading has all of some stems, and what share of it they are."""
        if own and all(stem in self._holding for stem in own):
            for ordinal in set.intersection(*(self._holding[stem] for stem in own)):
                yield ordinal, len(own) / self._sizes[ordinal]
