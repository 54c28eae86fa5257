"""What one search fetches, in as few journeys as it can, all of one state of the database."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any, TypeVar

from builder.api.engine import RETRY_AFTER, TOO_SLOW
from builder.api.problems import ApiError
from builder.cards import read_cards
from builder.postgres.index import LOOK_UP, STATE, kept_rows
from builder.postgres.kept import Kept
from builder.postgres.reading import FetchedRows, NeededError, with_state

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence

    from builder.answers import Connection, Ranked, StoredDocset
    from builder.cards import Card
    from builder.postgres.index import PostgresTables

T = TypeVar("T")

_MOST_ROUNDS = 24
"""How often a search may ask anew; a typo of three words takes eight."""

CARD_BYTES = 1024 * 1024
"""Memory that kept cards may take in one process. Of what people type, every other key then fetches none."""

_CARD_BYTES = 700
"""About what a card takes beside its letters."""


class KeptOfSearches:
    """What searches keep for each other: rows of the index, and cards of the entries that answered."""

    def __init__(self) -> None:
        self.rows = kept_rows()
        self.cards: Kept[int, Card] = Kept(CARD_BYTES, _weight_of)


def _weight_of(card: Card) -> int:
    return _CARD_BYTES + sum(map(len, card))


class OtherStateError(Exception):
    """The database holds something else than it did when its docsets were read."""


class Journeys:
    """Fetches for one search.

    Args:
        fetch: Runs a query.
        docsets: What is in the database; every row has to be of that state.
        kept: What earlier searches have fetched.

    Attributes:
        here: A connection that answers from what is fetched beside look-ups.
    """

    def __init__(
        self,
        fetch: Callable[[str, tuple[Any, ...]], Awaitable[Sequence[Any]]],
        docsets: Sequence[StoredDocset],
        kept: KeptOfSearches,
    ) -> None:
        self.here = FetchedRows()
        self._fetch = fetch
        self._kept = kept
        self._state = "".join(docset.fingerprint for docset in sorted(docsets, key=lambda docset: docset.id))
        self._known: dict[int, Card] | None = None
        kept.rows.settle(self._state)
        kept.cards.settle(self._state)

    def over(self, index: PostgresTables) -> PostgresTables:
        """Return an index as this search sees it."""
        own = index.over(self.here)
        own.begin(self._kept.rows)
        return own

    async def ranked(self, tables: Mapping[int, PostgresTables], run: Callable[[], Ranked]) -> Ranked:
        """Return what a ranking comes to over tables, by their docsets: sketches first, to see what it looks up."""

        def sketch() -> None:
            with contextlib.suppress(LookupError):
                run()

        await self._rounds(tables.values(), sketch)
        for one in tables.values():
            one.sketch = False
        return await self._rounds(tables.values(), run)

    async def _rounds(self, tables: Collection[PostgresTables], run: Callable[[], T]) -> T:
        """Run a function over tables until they lack nothing."""
        for _ in range(_MOST_ROUNDS):
            found = await self.complete(run)
            lacking = [one for one in tables if one.missing]
            if not lacking:
                return found
            await asyncio.gather(*map(self._look_up, lacking))
        raise ApiError(503, TOO_SLOW, retry_after=RETRY_AFTER)

    async def _look_up(self, table: PostgresTables) -> None:
        rows = await self._fetch(LOOK_UP, table.needed())
        self._see(next(said for kind, said, *_ in rows if kind == STATE))
        table.take([row for row in rows if row[0] != STATE], self._state)

    async def complete(self, run: Callable[[], T]) -> T:
        """Return what a function comes to that reads from `here`.

        Raises:
            ApiError: It asks for ever more.
            OtherStateError: The database has changed.
        """
        for _ in range(_MOST_ROUNDS):
            try:
                return run()
            except NeededError as needed:
                sql, values = needed.lookup
                rows = await self._fetch(with_state(sql), values)
                self._see(rows[0][0])
                self.here.here[needed.lookup] = [found for _, found in rows if found is not None]
        raise ApiError(503, TOO_SLOW, retry_after=RETRY_AFTER)

    def cards(self, connection: Connection, numbers: Sequence[int]) -> dict[int, Card]:
        """Read entries by their numbers, those that no earlier search has fetched; see `cards.read_cards`."""
        if self._known is None:  # once: what others keep meanwhile is not what this search has asked for
            self._known = {number: card for number in numbers if (card := self._kept.cards.find(number))}
        found = dict(self._known)
        lacking = [number for number in numbers if number not in found]
        if lacking:
            # As many numbers as without those that are kept: one statement, which the server has prepared.
            fetched = read_cards(connection, lacking + lacking[:1] * (len(numbers) - len(lacking)))
            for number, card in fetched.items():
                self._kept.cards.keep(number, card, self._state)
            found.update(fetched)
        return found

    def _see(self, state: str | None) -> None:
        if (state or "") != self._state:
            raise OtherStateError
