"""What a query needs to know of a search index, wherever the index is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from builder.search_index.cards import Card
    from builder.search_index.weights import Rules

Named = tuple[int, int, int]
"""Ordinal of an entry, checksum of how the name is written, what the name is worth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What a word says.

    Attributes:
        term: The word that leads its forms.
        weight: How much the word counts in a query.
        impacts: Entries that it speaks for (ordinal, impact), best first.
        asking: How much it counts in what people ask.
        asked: Entries that people ask for with it (ordinal, impact), best first.
    """

    term: str
    weight: int
    impacts: Sequence[tuple[int, int]]
    asking: int
    asked: Sequence[tuple[int, int]]


class SearchTables(Protocol):
    """What a query needs to know of a search index."""

    @property
    def rules(self) -> Rules:
        """The numbers of query time."""

    @property
    def stop_words(self) -> frozenset[str]:
        """Words left out where other words remain."""

    def names(self, key: str) -> Sequence[Named]:
        """Return the entries that a key names, best first."""

    def name_prefix(self, prefix: str) -> Sequence[Named] | None:
        """Return the best entries of a beginning that many keys share, None for any other beginning."""

    def names_from(self, prefix: str) -> Sequence[tuple[str, Sequence[Named]]]:
        """Return the keys that begin so and are longer, in order, with their entries."""

    def postings(self, word: str) -> Posted | None:
        """Return what a word says, None for an unknown word."""

    def completions(self, prefix: str) -> Sequence[str]:
        """Return the commonest longer words that begin so."""

    def spellings(self, side: str, beginning: str) -> Sequence[tuple[str, int]]:
        """Return dictionary words (backwards on side `b`) that begin so, with their weights."""

    def accepted(self, ordinals: Collection[int], kinds: Collection[str], module: str) -> Collection[int]:
        """Return those of the entries that are of one of the kinds (if any) and in the module (if one is given)."""

    def shown(self, ordinals: Sequence[int]) -> Sequence[Card]:
        """Return what a row of results shows of some entries, in the same order."""
