"""Turn words into postings: what each word says for each entry, as an integer impact with the prior already in it.

The impact of a word t on an entry e is `idf(t) * (heading + aliases + trail + body) * (1 + prior)`: the share that t has of
e's heading, whether the general index calls e so, whether what stands around e is called so, and BM25's saturated count
in e's prose (Robertson and Zaragoza 2009). Impacts add up over the words of a query.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.search_index.text import words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    import numpy.typing as npt

    from builder.models import Entry
    from builder.search_index.counts import TermCounts
    from builder.search_index.weights import Weights

_SUBWORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
TOP = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Occurrences of words as three parallel columns: word number, entry ordinal, value."""

    terms: npt.NDArray[np.int32]
    entries: npt.NDArray[np.int32]
    values: npt.NDArray[np.float64]


class Vocabulary:
    """Words and their numbers, in the order in which they were met."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def number(self, word: str) -> int:
        """Return the number of a word, giving it one if it is new."""
        return self.numbers.setdefault(word, len(self.numbers))


def heading_words(entry: Entry) -> dict[str, float]:
    """Return the words of an entry's name or title, each with how much it counts there.

    The last part of a dotted name counts in full, the parts before it by half; a compound (`create_task`,
    `OrderedDict`) is there whole and in its parts.
    """
    found: dict[str, float] = {}

    def note(word: str, worth: float) -> None:
        found[word] = max(worth, found.get(word, 0.0))

    named = entry.name if entry.role or entry.kind == "module" else ""
    parts = [part for part in re.split(r"[.\s:/]+", named) if part]
    for place, part in enumerate(parts):
        worth = 1.0 if place == len(parts) - 1 or entry.kind == "glossary term" else 0.5
        for piece in re.findall(r"[^\W_]+", part):
            note(piece.lower(), worth)
            subwords = _SUBWORDS.findall(piece)
            if len(subwords) > 1:
                for word in subwords:
                    note(word.lower(), worth * 0.9)
    if not entry.role:
        for word in words(entry.title):
            note(word, 1.0)
    return found


def body_columns(counts: Sequence[TermCounts], vocabulary: Vocabulary) -> Columns:
    """Put the counts of all entries into columns; the value is the weighted count."""
    import numpy as np

    numbers = vocabulary.numbers
    sizes = np.fromiter((len(one.weights) // 2 for one in counts), np.int64, len(counts))
    spoken = " ".join(one.words for one in counts if one.words).split(" ") if sizes.sum() else []
    terms = np.fromiter((numbers.setdefault(word, len(numbers)) for word in spoken), np.int32, len(spoken))
    values = np.frombuffer(b"".join(one.weights for one in counts), "<u2").astype(np.float64)
    return Columns(
        terms=terms, entries=np.repeat(np.arange(len(counts), dtype=np.int32), sizes), values=values
    )


def columns(rows: Sequence[Mapping[str, float]], vocabulary: Vocabulary) -> Columns:
    """Put the words of a short field of all entries into columns."""
    import numpy as np

    terms = [vocabulary.number(word) for row in rows for word in row]
    values = [value for row in rows for value in row.values()]
    sizes = np.fromiter((len(row) for row in rows), np.int64, len(rows))
    return Columns(
        terms=np.array(terms, np.int32),
        entries=np.repeat(np.arange(len(rows), dtype=np.int32), sizes),
        values=np.array(values, np.float64),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Postings:
    """Postings of all words.

    Attributes:
        starts: Where each word's postings start in `packed`; one more at the end.
        packed: `ordinal << 8 | impact`, by word, best first; only the best of each word.
        found: How many entries each word occurs in.
        weights: The idf of each word, scaled to 1 to 255.
    """

    starts: npt.NDArray[np.int64]
    packed: npt.NDArray[np.uint32]
    found: npt.NDArray[np.int64]
    weights: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """The fields of all entries, in columns of stem numbers."""

    heading: Columns
    aliases: Columns
    trail: Columns
    body: Columns


def _inverse_frequency(field_list: Sequence[Columns], words_: int, entries: int) -> tuple[object, object]:
    """Return in how many entries each word occurs, and its idf."""
    import numpy as np

    pairs = np.concatenate([one.terms.astype(np.int64) * entries + one.entries for one in field_list])
    found = np.bincount(np.unique(pairs) // max(entries, 1), minlength=words_)
    return found, np.log1p(entries / (found + 0.5))


def _body_values(
    body: Columns, lengths: npt.NDArray[np.float64], weights: Weights
) -> npt.NDArray[np.float64]:
    """Return BM25's saturated counts."""
    mean = lengths.mean() if len(lengths) else 1.0
    norm = weights.saturation * (1 - weights.length + weights.length * lengths / max(mean, 1.0))
    values: npt.NDArray[np.float64] = weights.body * body.values / (body.values + norm[body.entries])
    return values


def _heading_values(heading: Columns, idf: npt.NDArray[np.float64], entries: int) -> npt.NDArray[np.float64]:
    """Return the share that each word has of its heading, between 0.3 and 1."""
    import numpy as np

    mass = idf[heading.terms] * heading.values
    total = np.bincount(heading.entries, mass, entries)
    shares: npt.NDArray[np.float64] = heading.values * (0.3 + 0.7 * mass / total[heading.entries])
    return shares


def postings(
    fields: Fields,
    priors: npt.NDArray[np.float64],
    lengths: npt.NDArray[np.float64],
    words_: int,
    weights: Weights,
) -> Postings:
    """Score every word of every entry and keep the best entries of each word."""
    import numpy as np

    entries = len(priors)
    parts = (fields.heading, fields.aliases, fields.trail, fields.body)
    found, idf = _inverse_frequency(parts, words_, entries)
    values = (
        weights.heading * _heading_values(fields.heading, idf, entries),
        weights.aliases * fields.aliases.values,
        weights.trail * fields.trail.values,
        _body_values(fields.body, lengths, weights),
    )
    pairs = np.concatenate([part.terms.astype(np.int64) * entries + part.entries for part in parts])
    order = np.argsort(pairs, kind="stable")
    pairs = pairs[order]
    first = np.flatnonzero(np.r_[True, pairs[1:] != pairs[:-1]]) if len(pairs) else np.zeros(0, np.int64)
    sums = np.add.reduceat(np.concatenate(values)[order], first) if len(first) else np.zeros(0)
    terms, owners = np.divmod(pairs[first], max(entries, 1))
    impacts = sums * idf[terms] * (1 + weights.prior_text * priors[owners])
    top = float(np.log1p(entries / 0.5)) * (weights.heading + 1) * (1 + weights.prior_text)
    scaled = np.clip(np.rint(impacts * TOP / max(top, 1e-9)), 1, TOP).astype(np.int64)
    return _best(terms, owners, scaled, found, idf, weights.best)


def _best(terms, owners, scaled, found, idf, best):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, PLR0913
    """Sort by word and impact, and keep the best of each word."""
    import numpy as np

    order = np.lexsort((owners, -scaled, terms))
    terms, owners, scaled = terms[order], owners[order], scaled[order]
    starts = np.searchsorted(terms, np.arange(len(found) + 1))
    place = np.arange(len(terms)) - starts[terms] if len(terms) else np.zeros(0, np.int64)
    kept = place < best
    packed = (owners[kept].astype(np.uint32) << 8) | scaled[kept].astype(np.uint32)
    bounds = np.r_[0, np.cumsum(np.minimum(np.diff(starts), best))]
    scale = 255 / max(float(np.log1p(len(idf) and idf.max() and np.e ** idf.max())), 1e-9)
    return Postings(
        starts=bounds,
        packed=packed,
        found=found,
        weights=np.clip(np.rint(idf * scale), 1, 255).astype(np.int64),
    )
