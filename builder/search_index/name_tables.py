"""Make the tables of names: keys, and the beginnings that many keys share.

This module imports numpy, which takes 0.1 s; import it only where an index is built.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from builder.models import Table
from builder.search_index import names
from builder.search_index.pasted import page_key
from builder.search_index.prefixes import crowded
from builder.search_index.priors import asides
from builder.search_index.text import SPOKEN

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from builder.models import Entry
    from builder.search_index.weights import Rules, Weights

    Ints: TypeAlias = npt.NDArray[np.int64]
    Floats: TypeAlias = npt.NDArray[np.float64]

MOST = 64
"""How many entries of one key are kept."""
CROWD = 24
"""From how many keys on the answers for their common beginning are worked out at build time."""
_MOST_WORTH = 1 << 20
CROWD_BEST = 20
"""How many entries such a beginning keeps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameRows:
    """The entries that keys call up.

    Attributes:
        keys: Sorted.
        starts: Where each key's entries start in the columns; one more at the end.
        ordinals, forms, worths: Place of an entry in the docset, checksum of how its name is written, worth; by key,
            best first.
    """

    keys: Sequence[str]
    starts: Sequence[int]
    ordinals: Ints
    forms: Ints
    worths: Ints

    def best(self) -> list[int]:
        """Return the worth of the best entry of each key."""
        worths: list[int] = self.worths[self.starts[:-1]].tolist()
        return worths

    def called(self, words: Sequence[str]) -> dict[str, list[int]]:
        """Return the ordinals of the entries that each of some words calls up, without words that call up none."""
        found: dict[str, list[int]] = {}
        for word in words:
            place = bisect_left(self.keys, word)
            if place < len(self.keys) and self.keys[place] == word:
                found[word] = self.ordinals[self.starts[place] : self.starts[place + 1]].tolist()
        return found


def rows_and_tables(
    entries: Sequence[Entry],
    calls: names.Calls,
    priors: Sequence[float],
    speech: names.Speech,
    numbers: tuple[Weights, Rules],
) -> tuple[NameRows, tuple[Table, Table]]:
    """Return the entries of each key, and the tables of them."""
    weights, rules = numbers
    rows = _name_rows(entries, calls, priors, speech, weights)
    return rows, _name_tables(rows, rules)


def _name_rows(
    entries: Sequence[Entry],
    calls: names.Calls,
    priors: Sequence[float],
    speech: names.Speech,
    weights: Weights,
) -> NameRows:
    """Return the entries of each key, best first, the keys sorted."""
    modules = {entry.name for entry in entries if entry.kind == "module" and entry.name}
    found: list[names.Key] = []
    owners: list[int] = []
    for ordinal, entry in enumerate(entries):
        found += names.entry_keys(entry, modules, speech, weights)
        owners += [ordinal] * (len(found) - len(owners))
    for ordinal, one in names.index_keys(calls.terms, entries, speech, weights):
        found.append(one)
        owners.append(ordinal)
    for ordinal, page in names.first_of_pages(entries):
        found.append(names.Key(page_key(page), page, weights.full))
        owners.append(ordinal)
    own = len(found)
    for ordinal, text in calls.asks:
        found += names.asked_keys(text, speech, weights)
        owners += [ordinal] * (len(found) - len(owners))
    keys = sorted({one.text for one in found if one.text and len(one.text) <= names.LONGEST})
    places = {key: place for place, key in enumerate(keys)}
    rows = np.array([places.get(one.text, -1) for one in found], np.int64)
    ordinals = np.array(owners, np.int64)
    worths = np.array([one.worth for one in found], np.float64)
    worths += weights.prior_name * np.array(priors, np.float64)[ordinals]
    beside = asides(entries)
    worths[np.array([entry.page in beside for entry in entries], bool)[ordinals]] *= weights.aside_names
    pairs = rows * len(entries) + ordinals
    worths[:own] += weights.agreed * np.isin(pairs[:own], pairs[own:])
    forms = _forms([one.name for one in found])
    return _best_of_each(keys, rows, ordinals, forms, np.rint(worths).astype(np.int64))


def _forms(spelled: Sequence[str]) -> Ints:
    """Return `text.form` of many names at once: a sum of letters times powers of 33, which may overflow 32 bits.

    One by one they took 0.12 s of a build of Python's docs.
    """
    sizes = np.fromiter(map(len, spelled), np.int64, len(spelled))
    if not sizes.sum():
        return np.zeros(len(spelled), np.int64)
    letters = np.frombuffer("".join(spelled).encode("utf-32-le", "surrogatepass"), "<u4")
    powers = np.full(int(sizes.max()), 33, np.uint32)
    powers[0] = 1
    ends = np.cumsum(sizes)
    behind = np.repeat(ends, sizes) - np.arange(len(letters)) - 1
    sums = np.cumsum(letters * np.multiply.accumulate(powers)[behind], dtype=np.uint32)
    totals: Ints = np.diff(np.concatenate([[0], sums])[np.concatenate([[0], ends])]) & 0xFFFFFF
    forms: Ints = (totals ^ totals >> 8 ^ totals >> 16) & 255
    return forms


def _best_of_each(keys: Sequence[str], rows: Ints, ordinals: Ints, forms: Ints, worths: Ints) -> NameRows:
    """Gather columns by key, best first, each entry once in each form, and keep the best of each key.

    `rows` are the places of keys, -1 for one that is left out.
    """
    order = np.lexsort((-worths, forms, ordinals, rows))
    order = order[rows[order] >= 0]
    steps = [np.diff(column[order], prepend=-1) != 0 for column in (rows, ordinals, forms)]
    order = order[np.logical_or.reduce(steps)]
    order = order[np.lexsort((forms[order], ordinals[order], -worths[order], rows[order]))]
    starts = np.searchsorted(rows[order], np.arange(len(keys) + 1))
    order = order[np.arange(len(order)) - starts[rows[order]] < MOST]
    starts = np.searchsorted(rows[order], np.arange(len(keys) + 1))
    return NameRows(
        keys=keys, starts=starts.tolist(), ordinals=ordinals[order], forms=forms[order], worths=worths[order]
    )


def packed(ordinals: Ints, forms: Ints, worths: Ints) -> bytes:
    """Pack entries as two little-endian uint32s each: `ordinal << 8 | form`, worth."""
    return np.stack([ordinals << 8 | forms, worths], axis=1).astype("<u4").tobytes()


def _name_tables(rows: NameRows, rules: Rules) -> tuple[Table, Table]:
    """Make the tables `names` and `name_prefixes`."""
    raw = packed(rows.ordinals, rows.forms, rows.worths)
    own = [
        (key, raw[8 * start : 8 * end])
        for key, (start, end) in zip(rows.keys, pairwise(rows.starts), strict=True)
    ]
    return (
        Table(name="names", columns={"key": str, "entries": bytes}, pk=("key",), indexes=(), rows=own),
        Table(
            name="name_prefixes",
            columns={"prefix": str, "entries": bytes},
            pk=("prefix",),
            indexes=(),
            rows=_crowds(rows, rules),
        ),
    )


def _crowds(table: NameRows, rules: Rules) -> list[tuple[str, bytes]]:
    """Work out the best entries of each beginning that many keys share."""
    typed = np.array([key == SPOKEN or not key.endswith(SPOKEN) for key in table.keys], bool)
    counts = np.diff(np.array(table.starts, np.int64)) * typed
    chosen = np.repeat(typed, np.diff(table.starts))
    keys = [key for key, count in zip(table.keys, counts.tolist(), strict=True) for _ in range(count)]
    sizes = np.fromiter(map(len, keys), np.float64, len(keys))
    ordinals, worths = table.ordinals[chosen], table.worths[chosen]
    written = ordinals << 8 | table.forms[chosen]
    prefixes, found = [], []
    for prefix, start, end in crowded(keys, CROWD):
        part = rules.prefix * (1 - rules.prefix_rest + rules.prefix_rest * (len(prefix) / sizes[start:end]))
        values = np.floor(worths[start:end] * part)
        best = _best(values, ordinals[start:end])
        ones = (_MOST_WORTH - values[best].astype(np.int64)) << 40 | written[start + best]
        ones.sort()
        prefixes.append(prefix)
        found.append(ones)
    ends = np.cumsum([0, *map(len, found)]).tolist()
    every = np.concatenate([*found, np.zeros(0, np.int64)])
    raw = packed(every >> 8 & 0xFFFFFFFF, every & 255, _MOST_WORTH - (every >> 40))
    rows = [
        (prefix, raw[8 * start : 8 * end])
        for prefix, (start, end) in zip(prefixes, pairwise(ends), strict=True)
    ]
    return sorted(rows)


def _best(values: Floats, ordinals: Ints) -> Ints:
    """Return where the best values of different entries stand, at most as many as a beginning keeps."""
    order = np.argsort(-values, kind="stable")
    for most in (4 * CROWD_BEST, len(order)):  # an entry has several keys; mostly the first few are enough
        _, first = np.unique(ordinals[order[:most]], return_index=True)
        if len(first) >= CROWD_BEST:
            break
    return order[np.sort(first)[:CROWD_BEST]]
