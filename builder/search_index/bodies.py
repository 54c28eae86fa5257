"""Put the words of all entries' prose into columns, page by page; pages that were counted before are taken as kept.

This module imports numpy, which takes 0.1 s; import it only where an index is built.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import count
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt

    from builder.search_index.counts import PageCounts, TermCounts
    from builder.search_index.keeping import Keeper

    Column: TypeAlias = npt.NDArray[np.unsignedinteger]


class Counted(NamedTuple):
    """Counts of some neighbouring entries.

    Attributes:
        sizes: How many words each entry has.
        lengths: The length of each entry's prose.
        terms: The number of each word, entry by entry.
        values: Its weighted count.
    """

    sizes: Column
    lengths: Column
    terms: Column
    values: Column


class Body(NamedTuple):
    """The counts of all entries.

    Attributes:
        forms: The words, each of which occurs, sorted; their places are their numbers.
        pages: By each page's key where its entries begin and end in the columns, then where its words do.
        counted: The columns.
    """

    forms: list[str]
    pages: dict[bytes, tuple[int, int, int, int]]
    counted: Counted

    def page(self, key: bytes) -> Counted | None:
        """Return the counts of one page, None where it is unknown."""
        if key not in self.pages:
            return None
        first, end, start, stop = self.pages[key]
        whole = self.counted
        return Counted(
            whole.sizes[first:end],
            whole.lengths[first:end],
            whole.terms[start:stop],
            whole.values[start:stop],
        )


def numbering(known: Iterable[str] = ()) -> defaultdict[str, int]:
    """Return a mapping that gives each word a number, from 0 on, when it is first asked for it."""
    words = {word: number for number, word in enumerate(known)}
    return defaultdict(count(len(words)).__next__, words)


def gather(pages: Sequence[PageCounts], kept: Keeper) -> Body:
    """Put the counts of all pages together, in order."""

    def renew(old: Body | None) -> Body:
        if old and list(old.pages) == [page.key for page in pages]:
            return old
        numbers = numbering(old.forms if old else ())
        parts = [(old and old.page(page.key)) or _counted(page.counts(), numbers) for page in pages]
        return _joined([page.key for page in pages], parts, list(numbers))

    return kept.renew("body", renew)


def _counted(counts: Sequence[TermCounts], numbers: defaultdict[str, int]) -> Counted:
    """Put counts into columns, numbering words that are new."""
    spoken = " ".join(one.words for one in counts if one.words).split()
    return Counted(
        sizes=np.array([len(one.weights) // 2 for one in counts], np.uint32),
        lengths=np.array([one.length for one in counts], np.uint32),
        terms=np.fromiter(map(numbers.__getitem__, spoken), np.uint32, len(spoken)),
        values=np.frombuffer(b"".join(one.weights for one in counts), "<u2").astype(np.uint16),
    )


def _joined(keys: Sequence[bytes], parts: Sequence[Counted], forms: Sequence[str]) -> Body:
    """Join the counts of pages, and number the words anew, sorted and without those that no longer occur."""
    none = [np.zeros(0, kind) for kind in (np.uint32, np.uint32, np.uint32, np.uint16)]
    columns: list[Column] = [np.concatenate(column) for column in zip(none, *parts, strict=True)]
    sizes, lengths, terms, values = columns
    used = np.bincount(terms, minlength=len(forms)) > 0
    places = sorted(
        np.flatnonzero(used).tolist(), key=forms.__getitem__
    )  # nearly sorted already, but the first time
    numbers = np.zeros(len(forms), np.uint32)
    numbers[places] = np.arange(len(places))
    ends = np.cumsum([len(part.sizes) for part in parts], dtype=int).tolist()
    stops = np.cumsum([len(part.terms) for part in parts], dtype=int).tolist()
    bounds = zip([0, *ends], ends, [0, *stops], stops, strict=False)
    return Body(
        forms=[forms[place] for place in places],
        pages=dict(zip(keys, bounds, strict=True)),
        counted=Counted(sizes, lengths, numbers[terms], values),
    )
