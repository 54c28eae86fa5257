"""Which cards a file of keys brings along: those that its crowded beginnings most probably show.

Who types passes through the beginnings that many keys share, and what these show stays in the list while the text
grows. So their best entries are worked out here, and their cards lie in the file that has to be fetched anyway. It is
a guess at what `query.py` will say of one word alone, made of the first entries of each list; a card that is missing
is fetched from where all cards are.

This module imports numpy, which takes 0.1 s; import it only where an index is built.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from builder.search_index.ordering import order_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

SHOWN = 10
"""How many rows a list of results has at first."""

BESIDE = 12
"""How many of a word's entries are looked for where it stands beside others, which leave some of them out."""

_LOOKED_AT = 16
"""How many entries of each list are looked at."""

_BITS = 24
"""So many bits hold an ordinal, or a score."""

_FINE = 64
"""Scores are compared in so many parts of one."""

_TOP = 255


class Spoken(NamedTuple):
    """What the tables say of a key, best first in each list.

    Attributes:
        exact: What the key names.
        crowd: What the keys name that begin so.
        leading: What the word names in its leading form.
        own: What the word says.
        asked: The same of what people ask.
        ahead: What the words say that begin so.
        ahead_asked: The same of what people ask.
    """

    exact: bytes
    crowd: bytes
    leading: bytes
    own: bytes
    asked: bytes
    ahead: bytes
    ahead_asked: bytes


class _Scored(NamedTuple):
    """Scores of entries under keys, sorted by place and ordinal.

    Attributes:
        places: The place of each key, shifted by `_BITS`, and the ordinal of the entry.
        scores: One for each.
    """

    places: npt.NDArray[np.int64]
    scores: npt.NDArray[np.floating[Any]]


def shown_first(keys: Sequence[Spoken], rules: Mapping[str, float]) -> list[list[int]]:
    """Return the ordinals that each key most probably shows: alone, and as a word beside others."""
    exact, crowd, leading, own, asked, ahead, ahead_asked = zip(*keys, strict=True) if keys else [()] * 7
    leaders = _named(leading, share=rules["spoken"])
    names = _merged(np.maximum, _named(exact, rules["written"]), _named(crowd), leaders)
    texts = _merged(np.maximum, _said(own, rules["text"]), _said(ahead, rules["text"] * rules["completion"]))
    likely = _merged(np.maximum, _asked(asked, rules), _asked(ahead_asked, rules, rules["completion"]))
    calm = np.array([rules["asked_named"] if one else 1 for one in exact], np.float64)
    alone = _merged(
        np.add, names, texts, _Scored(likely.places, likely.scores * calm[likely.places >> _BITS])
    )
    words = _merged(np.add, texts, likely)
    found: list[list[int]] = [[] for _ in keys]
    for scored, most in ((alone, SHOWN), (words, BESIDE)):
        best = _best(scored, most)
        for place, ordinal in zip((best >> _BITS).tolist(), (best & (1 << _BITS) - 1).tolist(), strict=True):
            found[place].append(ordinal)
    return [list(dict.fromkeys(ordinals)) for ordinals in found]


def _named(rows: Sequence[bytes], more: float = 0, share: float = 1) -> _Scored:
    words, owners = _numbers(rows, 2)
    return _Scored(owners << _BITS | words[::2] >> 8, words[1::2] * share + more)


def _said(rows: Sequence[bytes], worth: float) -> _Scored:
    words, owners = _numbers(rows, 1)
    return _Scored(owners << _BITS | words >> 8, (words & 255) * worth)


def _asked(rows: Sequence[bytes], rules: Mapping[str, float], share: float = 1) -> _Scored:
    places, impacts = _said(rows, share)
    return _Scored(places, (impacts / _TOP) ** 3 * rules["asked"])


def _numbers(rows: Sequence[bytes], width: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the first entries of all rows, so many numbers each, and the row of each entry."""
    size = 4 * width * _LOOKED_AT
    counts = np.minimum(np.fromiter(map(len, rows), np.int64, len(rows)), size) // (4 * width)
    words = np.frombuffer(b"".join(row[:size] for row in rows), "<u4").astype(np.int64)
    return words, np.repeat(np.arange(len(rows)), counts)


def _merged(join: np.ufunc, *parts: _Scored) -> _Scored:
    """Join the scores of the same entry under the same key."""
    places = np.concatenate([part.places for part in parts])
    scores = np.concatenate([part.scores for part in parts])
    order = order_of(places)
    places, scores = places[order], scores[order]
    starts = np.flatnonzero(np.diff(places, prepend=-1))
    return _Scored(places[starts], join.reduceat(scores, starts) if len(starts) else scores)


def _best(scored: _Scored, most: int) -> npt.NDArray[np.int64]:
    """Return the places of the best entries of each key, best first."""
    places, scores = scored
    owners = places >> _BITS
    sinking = (1 << _BITS) - 1 - (scores * _FINE).astype(np.int64)
    order = order_of(owners << _BITS | sinking)
    counts = np.bincount(owners)
    rank = np.arange(len(order)) - np.repeat(np.cumsum(counts) - counts, counts)
    return places[order[rank < most]]
