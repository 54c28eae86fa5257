"""Learn from what people ask how much each of their words speaks for each place.

A place is guessed from a question's words: a sum of one number a word and place, put through a softmax over all places
(multinomial logistic regression on words, as in fastText). The numbers are fitted so that each question's own place is
guessed. A word that is said of many places comes to count little for each, and a place with many questions gains
nothing from words that mostly lead elsewhere; counting alone knows neither. Words are left out at random meanwhile,
since readers will not ask with all the words that stand here. No number is below 0, so only words and places that occur
together have one, and a query only ever adds up.

For Python's 67,000 questions this takes two or three minutes, so the result comes with us: after a change to
`curated/` run `python -m builder.search_index.asked_words`. What an owner adds is learned where it is built: 3,000
questions in 0.4 s.

This module imports numpy, which takes 0.1 s; import it only where an index is built.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from builder.search_index.impacts import Floats, Ints

OTHERS = 2000
"""How many other places each place stands beside: a docset has places that nobody asks for."""
SHARP = 20.0
"""What the sums are multiplied with before the softmax; they come to about the size of a cosine."""
RATE = 0.5
"""How far a wrong guess moves the numbers."""
ROUNDS = 12
"""How often all questions are gone through."""
LEFT_OUT = 0.25
"""The share of a question's words that is left out each time."""
RUNS = 4
"""How many results are averaged, each with other words left out."""
_BATCH = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Lessons:
    """Questions with the places that they are asked for.

    Attributes:
        starts: Where each question's words begin in `words`; one more than there are questions.
        words: The words of the questions, numbered.
        places: The place of each question, numbered.
        idf: How much each word counts in a question.
        pairs: Which words are asked with for which places: word times the number of places plus place, ascending.
    """

    starts: Ints
    words: Ints
    places: Ints
    idf: Floats
    pairs: Ints

    @property
    def width(self) -> int:
        """Return the number of places."""
        return int(self.places.max(initial=-1)) + 1


def learn(lessons: Lessons, runs: int = RUNS) -> Floats:
    """Return how much the word speaks for the place, for each of the lessons' pairs: 0 to about 1.

    Args:
        lessons: What is learned from.
        runs: How many results are averaged.
    """
    if not len(lessons.pairs):
        return np.zeros(0)
    found = [_run(lessons, np.random.RandomState(seed)) for seed in range(runs)]  # its numbers never change
    mean: Floats = np.mean(found, axis=0)
    return mean


def _run(lessons: Lessons, chance: np.random.RandomState) -> Floats:
    learnt = np.zeros(len(lessons.pairs))
    bounds = np.searchsorted(lessons.pairs, np.arange(len(lessons.idf) + 1) * lessons.width)
    for _ in range(ROUNDS):
        order = chance.permutation(len(lessons.places))
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            _correct(learnt, lessons, bounds, batch, chance)
    return learnt


def _correct(
    learnt: Floats, lessons: Lessons, bounds: Ints, batch: Ints, chance: np.random.RandomState
) -> None:
    """Guess the places of some questions and move the numbers by what was wrong."""
    rows, words = _said(lessons, batch, chance)
    shares = lessons.idf[words]
    lengths = np.sqrt(np.bincount(rows, shares * shares, len(batch)))
    shares = shares / lengths[rows]
    counts = bounds[words + 1] - bounds[words]
    spread = np.repeat(
        np.arange(len(words)), counts
    )  # each word once for each place that is asked for with it
    pairs = np.arange(len(spread)) + np.repeat(bounds[words] - (np.cumsum(counts) - counts), counts)
    cells = rows[spread] * lessons.width + lessons.pairs[pairs] % lessons.width
    size = len(batch) * lessons.width
    guesses = np.exp(SHARP * np.bincount(cells, shares[spread] * learnt[pairs], size))
    guesses = guesses.reshape(len(batch), lessons.width)
    guesses /= guesses.sum(axis=1, keepdims=True) + OTHERS
    guesses[np.arange(len(batch)), lessons.places[batch]] -= 1.0
    wrong = np.bincount(pairs, shares[spread] * guesses.ravel()[cells], len(learnt))
    np.maximum(learnt - RATE / SHARP * wrong, 0.0, out=learnt)


def _said(lessons: Lessons, batch: Ints, chance: np.random.RandomState) -> tuple[Ints, Ints]:
    """Return the words of some questions, some left out, at least one of each kept, and whose they are."""
    counts = lessons.starts[batch + 1] - lessons.starts[batch]
    rows = np.repeat(np.arange(len(batch)), counts)
    firsts = np.cumsum(counts) - counts
    words = lessons.words[np.arange(len(rows)) + np.repeat(lessons.starts[batch] - firsts, counts)]
    kept = chance.random_sample(len(rows)) >= LEFT_OUT
    lost = np.bincount(rows[kept], minlength=len(batch)) == 0
    kept[(firsts + (chance.random_sample(len(batch)) * counts).astype(np.int64))[lost]] = True
    return rows[kept], words[kept]
