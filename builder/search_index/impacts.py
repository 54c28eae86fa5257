"""Turn words into postings: what each word says for each entry, as an integer with the prior already in it.

The impact of a word t on an entry e is `idf(t) * (sum of what e's fields say) * (floor + prior)`. The fields say: the
share that t has of e's heading, whether the general index calls e so, whether what stands around e is called so,
whether people say t for a word of the heading, and BM25's saturated count in e's prose (Robertson and Zaragoza 2009).
Impacts add up over the words of a query.

This module imports numpy, which takes 0.1 s; import it only where an index is built.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, pairwise
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from builder.search_index.ordering import order_of

if TYPE_CHECKING:
    from collections import defaultdict
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from builder.search_index.weights import Weights

    Ints: TypeAlias = npt.NDArray[np.int64]
    Floats: TypeAlias = npt.NDArray[np.float64]

TOP = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Occurrences of words as three parallel columns: word number, entry ordinal, value."""

    terms: Ints
    entries: Ints
    values: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """The fields of all entries. In `body` the values are weighted counts, elsewhere shares between 0 and 1."""

    heading: Columns
    aliases: Columns
    trail: Columns
    signature: Columns
    related: Columns
    subjects: Columns
    body: Columns


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """The best entries of all words.

    Attributes:
        starts: Where each word's entries start in `packed`; one more at the end.
        packed: `ordinal << 8 | impact`, by word, best first; only the best of each word.
    """

    starts: Ints
    packed: npt.NDArray[np.uint32]

    def rows(self) -> list[bytes]:
        """Return the entries of each word as little-endian uint32s."""
        raw = self.packed.astype("<u4").tobytes()
        return [raw[start:end] for start, end in pairwise((4 * self.starts).tolist())]


@dataclass(frozen=True, slots=True, kw_only=True)
class Postings:
    """Postings of all words.

    Attributes:
        entries: The entries that each word speaks for.
        found: How many entries each word occurs in.
        weights: How much each word counts in a query, 1 to 255: its idf, less for stop words that are subjects.
    """

    entries: Packed
    found: Ints
    weights: Ints


def columns(rows: Sequence[Mapping[str, float]], numbers: defaultdict[str, int]) -> Columns:
    """Put the words of a short field of all entries into columns, numbering words that are new."""
    sizes = np.fromiter(map(len, rows), np.int64, len(rows))
    spoken = chain.from_iterable(rows)
    values = chain.from_iterable(row.values() for row in rows)
    return Columns(
        terms=np.fromiter(map(numbers.__getitem__, spoken), np.int64, int(sizes.sum())),
        entries=np.repeat(np.arange(len(rows), dtype=np.int64), sizes),
        values=np.fromiter(values, np.float64, int(sizes.sum())),
    )


def regroup(one: Columns, groups: Ints, kept: npt.NDArray[np.bool_], *, add: bool) -> Columns:
    """Number a field's words by their groups, of equals adding the values or keeping the greatest.

    Args:
        one: A field.
        groups: The group of each word.
        kept: For each word whether it stays.
        add: Whether values add up.
    """
    chosen = kept[one.terms]
    size = int(groups.max(initial=0)) + 1
    pairs = one.entries[chosen] * size + groups[one.terms[chosen]]
    order = order_of(pairs)
    pairs, values = pairs[order], one.values[chosen][order]
    first = np.flatnonzero(np.diff(pairs, prepend=-1))
    merge = np.add if add else np.maximum
    merged = merge.reduceat(values, first) if len(first) else values
    owners, terms = np.divmod(pairs[first], size)
    return Columns(terms=terms, entries=owners, values=merged)


def postings(fields: Fields, telling: Floats, lengths: Floats, size: int, weights: Weights) -> Postings:
    """Score every word of every entry and keep the best entries of each word.

    Args:
        fields: The fields, words by their groups.
        telling: What each entry's words are multiplied with.
        lengths: The length of each entry's prose.
        size: How many groups of words there are.
        weights: The numbers of the ranking.
    """
    entries = max(len(telling), 1)
    parts = (
        fields.heading,
        fields.aliases,
        fields.trail,
        fields.signature,
        fields.related,
        fields.subjects,
        fields.body,
    )
    pairs = np.concatenate([part.terms * entries + part.entries for part in parts])
    order = order_of(pairs)
    pairs = pairs[order]
    first = np.flatnonzero(np.diff(pairs, prepend=-1))
    terms, owners = np.divmod(pairs[first], entries)
    found = np.bincount(terms, minlength=size)
    idf = np.log1p(entries / (found + 0.5))
    values = np.concatenate(_values(fields, idf, lengths, weights))[order]
    sums = np.add.reduceat(values, first) if len(first) else values
    impacts = sums * idf[terms] * telling[owners]
    top = np.log1p(entries) * (weights.heading + weights.aliases) * (weights.floor + weights.prior_text) * 0.8
    scaled = np.clip(np.rint(impacts * (TOP / top)), 1, TOP).astype(np.int64)
    counting = idf * (TOP / np.log1p(entries / 0.5))
    counting[np.unique(fields.subjects.terms)] *= weights.subject_counts
    mark = np.clip(np.rint(counting), 1, TOP).astype(np.int64)
    best = keep_best(terms, owners, scaled, size, weights.best)
    return Postings(entries=best, found=found, weights=mark)


def _values(fields: Fields, idf: Floats, lengths: Floats, weights: Weights) -> tuple[Floats, ...]:
    """Return what each field says, in the order of the fields."""
    heading, body = fields.heading, fields.body
    mass = idf[heading.terms] * heading.values
    total = np.bincount(heading.entries, mass, len(lengths))
    share = mass / total[heading.entries]
    mean = float(lengths.sum()) / max(len(lengths), 1)
    norm = weights.saturation * (1 - weights.length + weights.length * lengths / max(mean, 1.0))
    return (
        weights.heading * heading.values * (1 - weights.share + weights.share * share),
        weights.aliases * fields.aliases.values,
        weights.trail * fields.trail.values,
        weights.signature * fields.signature.values,
        weights.related * fields.related.values,
        weights.subject_text * fields.subjects.values,
        weights.body * body.values / (body.values + norm[body.entries]),
    )


def keep_best(terms: Ints, owners: Ints, scaled: Ints, size: int, best: int) -> Packed:
    """Sort by word and impact, and keep the best of each word; they come sorted by word and owner."""
    order = order_of(terms << 8 | (TOP - scaled))
    terms, owners, scaled = terms[order], owners[order], scaled[order]
    starts = np.searchsorted(terms, np.arange(size + 1))
    kept = np.arange(len(terms)) - starts[terms] < best
    bounds = np.concatenate([[0], np.cumsum(np.minimum(np.diff(starts), best))])
    return Packed(starts=bounds, packed=((owners[kept] << 8) | scaled[kept]).astype(np.uint32))
