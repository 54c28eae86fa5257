"""Turn what people ask into impacts: how much each word is of what people ask for each entry.

Questions are compared as wholes. Where a query and a question hold the same word, it adds to the cosine of their words'
weights; so the impact of a word on an entry is its share in the best question for the entry that holds it, and a little
for the others. Where they do not, words that mean alike speak for each other: the product of a word's vector with the
mean of the questions' vectors. Impacts add up over the words of a query; what they come to is cubed, which keeps what
is alike in everything and lets go what only shares a word.

This module imports numpy, which takes 0.1 s; import it only where an index is built.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from builder.search_index.bodies import numbering
from builder.search_index.impacts import TOP, Columns, Packed, columns, keep_best, regroup
from builder.search_index.languages import stems
from builder.search_index.meaning import meanings
from builder.search_index.ordering import order_of
from builder.search_index.text import marked_words, words

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import numpy.typing as npt

    from builder.search_index.asked import Ask
    from builder.search_index.meaning import Meanings
    from builder.search_index.weights import Weights

    Ints: TypeAlias = npt.NDArray[np.int64]
    Floats: TypeAlias = npt.NDArray[np.float64]

MOST_ASKED = 1.5
"""The asked impact that is packed as `TOP`; few words have more."""
_BLOCK = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedWords:
    """What people ask with which words.

    Attributes:
        forms: All words that people ask with, as they are written.
        spoken: For each stem a form that has it.
        entries: The entries that are asked for with each stem.
        weights: How much each stem counts in a question, 1 to 255: its idf among what entries are asked for.
    """

    forms: Sequence[str]
    spoken: Sequence[str]
    entries: Packed
    weights: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """The words of all questions.

    Attributes:
        words: The stems in each question; the entries of these columns are questions.
        owners: The place in `entries` of the entry that each question is asked for.
        entries: The ordinals of the entries that are asked for, ascending.
        idf: The inverse document frequency of each stem, where what an entry is asked for is a document.
    """

    words: Columns
    owners: Ints
    entries: Ints
    idf: Floats

    def lengths(self) -> Floats:
        """Return the length of each question's vector of word weights."""
        mass = self.idf[self.words.terms]
        return np.sqrt(np.bincount(self.words.entries, mass * mass, len(self.owners)))


def asked_words(
    asks: Sequence[Ask], priors: Sequence[float], language: str, silent: Collection[str], weights: Weights
) -> AskedWords:
    """Say of every word how much it is of what people ask for each entry.

    Args:
        asks: What people ask.
        priors: The prior of each entry.
        language: A BCP 47 tag.
        silent: Words that say nothing.
        weights: The numbers of the ranking.
    """
    known = meanings(language) if asks else meanings("")
    numbers = numbering()
    rows = [dict.fromkeys(words(ask.text) + marked_words(ask.text), 1.0) for ask in asks]
    spoken = columns(rows, numbers)
    for word in known.places:
        numbers[word]
    forms = list(numbers)
    groups, firsts = _groups(forms, language)
    voiced = np.array([form not in silent for form in forms], bool)
    asked = _asked(regroup(spoken, groups, voiced, add=False), asks, len(firsts))
    pairs, alike = _alike(asked, weights)
    vectors = _vectors(
        [form if own else "" for form, own in zip(forms, voiced, strict=True)], groups, known, len(firsts)
    )
    pairs, alike = _with_meaning(asked, (pairs, alike), vectors, weights)
    terms, owners = np.divmod(pairs, max(len(asked.entries), 1))
    lift = np.cbrt(
        weights.asked_floor + np.array(priors, np.float64)[asked.entries]
    )  # a query takes the cube
    scaled = np.clip(np.rint(alike * lift[owners] * (TOP / MOST_ASKED)), 1, TOP).astype(np.int64)
    mark = np.clip(np.rint(asked.idf * (TOP / max(float(np.log1p(2 * len(asked.entries))), 1.0))), 1, TOP)
    best = keep_best(terms, asked.entries[owners], scaled, len(firsts), weights.best_asked)
    return AskedWords(
        forms=forms, spoken=[forms[place] for place in firsts], entries=best, weights=mark.astype(np.int64)
    )


def _groups(forms: Sequence[str], language: str) -> tuple[Ints, list[int]]:
    """Return the group of each form, those of one stem together, and the place of each group's first form."""
    numbers: dict[str, int] = {}
    firsts: list[int] = []
    groups = []
    for place, stem in enumerate(stems(forms, language)):
        group = numbers.setdefault(stem, len(numbers))
        if group == len(firsts):
            firsts.append(place)
        groups.append(group)
    return np.array(groups, np.int64), firsts


def _idf(found: Ints, entries: int) -> Floats:
    return np.log1p(entries / (found.astype(np.float64) + 0.5))


def _asked(spoken: Columns, asks: Sequence[Ask], size: int) -> _Asked:
    entries, owners = np.unique(np.array([ask.ordinal for ask in asks], np.int64), return_inverse=True)
    count = max(len(entries), 1)
    pairs = np.unique(spoken.terms * count + owners[spoken.entries])
    found = np.bincount(pairs // count, minlength=size).astype(np.int64)
    return _Asked(words=spoken, owners=owners, entries=entries, idf=_idf(found, len(entries)))


def _alike(asked: _Asked, weights: Weights) -> tuple[Ints, Floats]:
    """Return pairs of word and entry (ascending) and how much the word is of what the entry is asked for."""
    spoken = asked.words
    shares = asked.idf[spoken.terms] / asked.lengths()[spoken.entries]
    pairs = spoken.terms * max(len(asked.entries), 1) + asked.owners[spoken.entries]
    order = order_of(pairs)
    pairs, shares = pairs[order], shares[order]
    if not len(pairs):
        return pairs, shares
    first = np.flatnonzero(np.diff(pairs, prepend=-1))
    best = np.maximum.reduceat(shares, first)
    return pairs[first], best + weights.asked_rest * (np.add.reduceat(shares**3, first) - best**3)


def _vectors(forms: Sequence[str], groups: Ints, known: Meanings, size: int) -> npt.NDArray[np.float32]:
    """Return the vector of each group: that of its commonest form, 0 for none."""
    vectors = np.zeros((size, known.vectors.shape[1]), np.float32)
    places = np.array([known.places.get(form, -1) for form in forms], np.int64)
    has = np.flatnonzero(places >= 0)
    has = has[np.argsort(-places[has], kind="stable")]  # the commonest comes last and stays
    vectors[groups[has]] = known.vectors[places[has]]
    return vectors


def _with_meaning(
    asked: _Asked, exact: tuple[Ints, Floats], vectors: npt.NDArray[np.float32], weights: Weights
) -> tuple[Ints, Floats]:
    """Add what words mean to pairs of word and entry; pairs that only mean alike come along."""
    pairs, alike = exact
    count = len(asked.entries)
    if not count or not vectors.any():
        return pairs, alike
    meant = _meant(asked, vectors)
    terms, owners = np.divmod(pairs, count)
    near = np.einsum("ij,ij->i", vectors[terms], meant[owners]).clip(0.0).astype(np.float64)
    share = weights.asked_meaning
    more_pairs, more_near = _near(vectors, meant, weights.asked_near)
    fresh = ~np.isin(more_pairs, pairs, assume_unique=True)
    both = np.concatenate([pairs, more_pairs[fresh]])
    values = np.concatenate([(1 - share) * alike + share * near, share * more_near[fresh]])
    order = order_of(both)
    return both[order], values[order]


def _meant(asked: _Asked, vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return what each entry is asked for: the mean of its questions, each the sum of its words by weight."""
    spoken = asked.words
    questions = np.zeros((len(asked.owners), vectors.shape[1]), np.float32)
    np.add.at(
        questions, spoken.entries, vectors[spoken.terms] * asked.idf[spoken.terms, None].astype(np.float32)
    )
    means = np.zeros((len(asked.entries), vectors.shape[1]), np.float32)
    np.add.at(means, asked.owners, _unit(questions))
    return _unit(means)


def _unit(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    found: npt.NDArray[np.float32] = vectors / np.maximum(
        np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9
    )
    return found


def _near(
    vectors: npt.NDArray[np.float32], meant: npt.NDArray[np.float32], least: float
) -> tuple[Ints, Floats]:
    """Return the pairs of word and entry that mean alike, and how much."""
    pairs, values = [np.zeros(0, np.int64)], [np.zeros(0, np.float64)]
    for start in range(0, len(vectors), _BLOCK):
        products = vectors[start : start + _BLOCK] @ meant.T
        flat = np.flatnonzero(products > least)
        pairs.append(flat + start * len(meant))
        values.append(products.ravel()[flat].astype(np.float64))
    return np.concatenate(pairs), np.concatenate(values)
