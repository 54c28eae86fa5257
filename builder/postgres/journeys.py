"""What one search fetches, in as few journeys as it can, all of one state of the database."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any, TypeVar

from builder.api.engine import RETRY_AFTER, TOO_SLOW
from builder.api.problems import ApiError
from builder.postgres.index import LOOK_UP, STATE
from builder.postgres.reading import FetchedRows, NeededError, with_state

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence

    from builder.answers import Ranked, StoredDocset
    from builder.postgres.index import KeptRows, PostgresTables

T = TypeVar("T")

_MOST_ROUNDS = 24
"""How often a search may ask anew; a typo of three words takes eight."""


class OtherStateError(Exception):
    """The database holds something else than it did when its docsets were read."""


class Journeys:
    """Fetches for one search.

    Args:
        fetch: Runs a query.
        docsets: What is in the database; every row has to be of that state.
        kept: Rows that earlier searches have fetched.

    Attributes:
        here: A connection that answers from what is fetched beside look-ups.
    """

    def __init__(
        self,
        fetch: Callable[[str, tuple[Any, ...]], Awaitable[Sequence[Any]]],
        docsets: Sequence[StoredDocset],
        kept: KeptRows,
    ) -> None:
        self.here = FetchedRows()
        self._fetch = fetch
        self._kept = kept
        self._state = "".join(docset.fingerprint for docset in sorted(docsets, key=lambda docset: docset.id))
        kept.settle(self._state)

    def over(self, index: PostgresTables) -> PostgresTables:
        """Return an index as this search sees it."""
        own = index.over(self.here)
        own.begin(self._kept)
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

    def _see(self, state: str | None) -> None:
        if (state or "") != self._state:
            raise OtherStateError
