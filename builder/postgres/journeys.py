"""What one search fetches, in as few journeys as it can, all of one state of the database."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any, TypeVar

from builder.api.engine import RETRY_AFTER, TOO_SLOW
from builder.api.problems import ApiError
from builder.entry_rows import read_entry_rows
from builder.postgres.index import LOOK_UP, STATE, kept_rows
from builder.postgres.kept import Kept
from builder.postgres.reading import FetchedRows, NeededError, with_state

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence

    from builder.answers import Connection, Ranked, StoredDocset
    from builder.entry_rows import EntryRow
    from builder.postgres.index import PostgresTables

T = TypeVar("T")

_MOST_ROUNDS = 24
"""How often a search may ask anew; a typo of three words takes eight."""

ENTRY_BYTES = 1024 * 1024
"""Memory that kept rows of entries may take in one process. Of what people type, every other key then fetches none."""

_BESIDE_LETTERS = 700
"""About what the row of an entry takes beside its letters."""


class KeptOfSearches:
    """What searches keep for each other: rows of the index, and those of the entries that answered."""

    def __init__(self) -> None:
        self.index = kept_rows()
        self.entries: Kept[int, EntryRow] = Kept(ENTRY_BYTES, _weight_of)


def _weight_of(row: EntryRow) -> int:
    return _BESIDE_LETTERS + sum(map(len, row))


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
        self._known: dict[int, EntryRow] | None = None
        kept.index.settle(self._state)
        kept.entries.settle(self._state)

    def over(self, index: PostgresTables) -> PostgresTables:
        """Return an index as this search sees it."""
        own = index.over(self.here)
        own.begin(self._kept.index)
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

    def entry_rows(self, connection: Connection, numbers: Sequence[int]) -> dict[int, EntryRow]:
        """Read entries by their numbers, those that no earlier search has fetched; see `read_entry_rows`."""
        if self._known is None:  # once: what others keep meanwhile is not what this search has asked for
            self._known = {number: row for number in numbers if (row := self._kept.entries.find(number))}
        found = dict(self._known)
        lacking = [number for number in numbers if number not in found]
        if lacking:
            # As many numbers as without those that are kept: one statement, which the server has prepared.
            fetched = read_entry_rows(connection, lacking + lacking[:1] * (len(numbers) - len(lacking)))
            for number, row in fetched.items():
                self._kept.entries.keep(number, row, self._state)
            found.update(fetched)
        return found

    def _see(self, state: str | None) -> None:
        if (state or "") != self._state:
            raise OtherStateError
