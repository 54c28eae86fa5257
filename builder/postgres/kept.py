"""What earlier questions have fetched, kept for those that follow while the database stays as it was."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

K = TypeVar("K")
V = TypeVar("V")


class Kept(Generic[K, V]):
    """What was looked up last, all of one state of the database.

    Args:
        max_bytes: How much memory it may take.
        weigh: Tells about how many bytes a value takes.
    """

    def __init__(self, max_bytes: int, weigh: Callable[[V], int]) -> None:
        self._max_bytes = max_bytes
        self._weigh = weigh
        self._bytes = 0
        self._kept: OrderedDict[K, V] = OrderedDict()
        self._state = ""

    def settle(self, state: str) -> None:
        """Forget what comes from another state."""
        if state != self._state:
            self._kept.clear()
            self._bytes = 0
            self._state = state

    def find(self, key: K) -> V | None:
        """Return what was found by a key, None where that isn't known."""
        value = self._kept.get(key)
        if value is not None:
            self._kept.move_to_end(key)
        return value

    def keep(self, key: K, value: V, state: str) -> None:
        """Keep what was found in a state; what is very large is not worth its place."""
        weight = self._weigh(value)
        if state != self._state or key in self._kept or weight * 16 > self._max_bytes:
            return
        self._kept[key] = value
        self._bytes += weight
        while self._bytes > self._max_bytes:
            self._bytes -= self._weigh(self._kept.popitem(last=False)[1])
