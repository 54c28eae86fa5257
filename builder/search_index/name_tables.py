"""Make the tables of names: keys, and the beginnings that many keys share.

This module imports numpy, which takes 0.1 s; import it only where an index is built.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from builder.models import Table
from builder.search_index import names
from builder.search_index.prefixes import crowded
from builder.search_index.text import SPOKEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from builder.models import Entry
    from builder.search_index.weights import Rules, Weights

MOST = 64
"""How many entries of one key are kept."""
CROWD = 24
"""From how many keys on the answers for their common beginning are worked out at build time."""
CROWD_BEST = 20
"""How many entries such a beginning keeps."""


class Named(NamedTuple):
    """An entry that a key calls up; sorts best first.

    Attributes:
        rank: The worth, negative.
        ordinal: The entry's place in the docset.
        form: The checksum of how the name is written.
    """

    rank: int
    ordinal: int
    form: int


def name_rows(
    entries: Sequence[Entry],
    terms: Sequence[tuple[str, int, bool]],
    priors: Sequence[float],
    speech: names.Speech,
    weights: Weights,
) -> dict[str, list[Named]]:
    """Return the entries of each key, best first, the keys sorted."""
    modules = {entry.name for entry in entries if entry.kind == "module" and entry.name}
    table: dict[str, dict[tuple[int, int], float]] = {}
    for ordinal, entry in enumerate(entries):
        for found in names.entry_keys(entry, modules, speech, weights):
            _keep(table, ordinal, found)
    for ordinal, found in names.index_keys(terms, entries, speech, weights):
        _keep(table, ordinal, found)
    lifts = [weights.prior_name * prior for prior in priors]
    return {
        key: sorted(
            Named(-round(worth + lifts[ordinal]), ordinal, form)
            for (ordinal, form), worth in table[key].items()
        )[:MOST]
        for key in sorted(table)
    }


def _keep(table: dict[str, dict[tuple[int, int], float]], ordinal: int, found: names.Key) -> None:
    """Note a key of an entry, of equals the worthier."""
    if found.text and len(found.text) <= names.LONGEST:
        row = table.setdefault(found.text, {})
        place = (ordinal, found.form)
        row[place] = max(found.worth, row.get(place, 0.0))


def packed(found: Iterable[Named]) -> bytes:
    """Pack entries as two little-endian uint32s each: `ordinal << 8 | form`, worth."""
    numbers = [number for one in found for number in (one.ordinal << 8 | one.form, -one.rank)]
    return struct.pack(f"<{len(numbers)}I", *numbers)


def name_tables(rows: Mapping[str, Sequence[Named]], rules: Rules) -> tuple[Table, Table]:
    """Make the tables `names` and `name_prefixes`."""
    own = [(key, packed(found)) for key, found in rows.items()]
    crowds = sorted(_crowds(rows, rules))
    return (
        Table(name="names", columns={"key": str, "entries": bytes}, pk=("key",), indexes=(), rows=own),
        Table(
            name="name_prefixes",
            columns={"prefix": str, "entries": bytes},
            pk=("prefix",),
            indexes=(),
            rows=crowds,
        ),
    )


def _crowds(rows: Mapping[str, Sequence[Named]], rules: Rules) -> list[tuple[str, bytes]]:
    """Work out the best entries of each beginning that many keys share."""
    typed = [(key, found) for key, found in rows.items() if key == SPOKEN or not key.endswith(SPOKEN)]
    keys = [key for key, found in typed for _ in found]
    flat = [one for _, found in typed for one in found]
    worths = np.array([-one.rank for one in flat], np.float64)
    sizes = np.array([len(key) for key in keys], np.float64)
    result = []
    for prefix, start, end in crowded(keys, CROWD):
        part = rules.prefix * (1 - rules.prefix_rest + rules.prefix_rest * (len(prefix) / sizes[start:end]))
        values = np.floor(worths[start:end] * part)
        best: dict[int, Named] = {}
        for place in np.argsort(-values, kind="stable").tolist():
            one = flat[start + place]
            if one.ordinal not in best:
                best[one.ordinal] = Named(-int(values[place]), one.ordinal, one.form)
                if len(best) == CROWD_BEST:
                    break
        result.append((prefix, packed(sorted(best.values()))))
    return result
