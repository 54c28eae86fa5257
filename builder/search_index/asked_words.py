"""Turn what people ask into impacts: how much each of their words speaks for each entry.

How much a word speaks for a place is learned from all questions together (`learning.py`). A query's words add up, each
by how much it counts in a question; the sum is divided by the length of the query's vector, so that words that nobody
asks with take from it, and cubed, which keeps what is certain and lets go what only shares a word.

This module imports numpy, which takes 0.1 s; import it only where an index is built.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from builder.search_index.asked import CURATED, LEARNT, answers_for, ordinal_of
from builder.search_index.bodies import numbering
from builder.search_index.impacts import TOP, Packed, keep_best
from builder.search_index.languages import silent_words, stems
from builder.search_index.learning import RUNS, Lessons, learn
from builder.search_index.ordering import order_of
from builder.search_index.text import marked_words, words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from builder.models import Docset
    from builder.search_index.asked import Answers
    from builder.search_index.impacts import Floats, Ints
    from builder.search_index.weights import Weights

MOST_LEARNT = 0.8
"""What a word can speak for a place that is packed as `TOP`; few do more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedWords:
    """What people ask with which words.

    Attributes:
        forms: All words that people ask with, as they are written, each with the number of its stem.
        entries: The entries that are asked for with each stem.
        weights: How much each stem counts in a question, 1 to 255: its idf among what entries are asked for.
    """

    forms: Mapping[str, int]
    entries: Packed
    weights: Ints

    def counts(self) -> dict[str, int]:
        """Return how many entries are asked for with each form."""
        counts = np.diff(self.entries.starts).tolist()
        return {form: counts[stem] for form, stem in self.forms.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """What was learned from answers.

    Attributes:
        forms: The words of all questions, as they are written.
        stems: The stem of each form; the pairs number them as they come up first.
        places: The places, as the pairs number them.
        pairs: See `Lessons`.
        worth: How much the word speaks for the place, for each of the pairs: 0 to about 1.
    """

    forms: Sequence[str]
    stems: Sequence[str]
    places: Sequence[str]
    pairs: Ints
    worth: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """Answers, read.

    Attributes:
        forms: The words of all questions, as they are written.
        stems: The stem of each form; the lessons number them as they come up first.
        places: The places, as the lessons number them.
        lessons: The questions.
    """

    forms: Sequence[str]
    stems: Sequence[str]
    places: Sequence[str]
    lessons: Lessons


def asked_words(
    answers: Sequence[Answers],
    places: Mapping[str, int],
    priors: Sequence[float],
    docset: Docset,
    weights: Weights,
) -> AskedWords:
    """Say of every word how much it speaks for each entry.

    Args:
        answers: What people ask; from each is learned by itself.
        places: The ordinals of entries by place.
        priors: The prior of each entry.
        docset: Whose entries they are: its language, its words that say nothing.
        weights: The numbers of the ranking.
    """
    silent = silent_words(docset)
    forms: dict[str, str] = {}
    numbers = numbering()
    pairs, worth = [np.zeros(0, np.int64)], [np.zeros(0)]
    for one in (one for one in answers if one.all):
        learnt = learnt_from(one, one.language or docset.language)
        forms.update(
            (form, stem) for form, stem in zip(learnt.forms, learnt.stems, strict=True) if form not in silent
        )
        terms = np.array([numbers[stem] for stem in dict.fromkeys(learnt.stems)], np.int64)
        found = [ordinal_of(place, places) for place in learnt.places]
        ordinals = np.array([-1 if ordinal is None else ordinal for ordinal in found], np.int64)
        stem, place = np.divmod(learnt.pairs, max(len(learnt.places), 1))
        here = ordinals[place] >= 0
        pairs.append(terms[stem[here]] * len(priors) + ordinals[place[here]])
        worth.append(learnt.worth[here] * (np.cbrt(weights.general) if one.general else 1.0))
    voiced = set(forms.values())
    audible = np.array([stem in voiced for stem in numbers], bool)
    both, most = _merged(np.concatenate(pairs), np.concatenate(worth))
    terms, ordinals = np.divmod(both, max(len(priors), 1))
    idf = _idf(np.bincount(terms, minlength=len(numbers)), len(np.unique(ordinals)))
    lift = np.cbrt(weights.asked_floor + np.array(priors, np.float64))  # a query takes the cube
    scaled = np.clip(np.rint(most * lift[ordinals] * (TOP / MOST_LEARNT)), 1, TOP).astype(np.int64)
    heard = audible[terms]
    best = keep_best(terms[heard], ordinals[heard], scaled[heard], len(numbers), weights.best_asked)
    mark = np.clip(np.rint(idf * (TOP / max(idf.max(initial=0.0), 1.0))), 1, TOP)
    return AskedWords(
        forms={form: numbers[stem] for form, stem in forms.items()},
        entries=best,
        weights=mark.astype(np.int64),
    )


def learnt_from(answers: Answers, language: str) -> Learnt:
    """Return what stands beside answers, where it was made from these very ones; else learn it."""
    if answers.learnt and answers.learnt.is_file():
        with np.load(answers.learnt) as kept:
            if kept["made_of"] == answers.digest():
                return Learnt(
                    forms=_lines(kept["forms"]),
                    stems=_lines(kept["stems"]),
                    places=_lines(kept["places"]),
                    pairs=np.cumsum(kept["steps"], dtype=np.int64),
                    worth=kept["worth"] * (MOST_LEARNT / TOP),
                )
    read = read_lessons(answers, language)
    runs = 1 if answers.general else RUNS  # as good for those, in a quarter of the time
    return Learnt(
        forms=read.forms,
        stems=read.stems,
        places=read.places,
        pairs=read.lessons.pairs,
        worth=learn(read.lessons, runs),
    )


def _lines(text: npt.NDArray[np.uint8]) -> list[str]:
    return text.tobytes().decode().split("\n")


def _text(lines: Sequence[str]) -> npt.NDArray[np.uint8]:
    return np.frombuffer("\n".join(lines).encode(), np.uint8)


def read_lessons(answers: Answers, language: str) -> Read:
    """Return the words, places and questions of answers."""
    numbers = numbering()
    asked = [
        dict.fromkeys(numbers[word] for word in words(ask) + marked_words(ask)) for _, ask in answers.all
    ]
    forms = list(numbers)
    stem_of = stems(forms, language)
    spoken, places = numbering(), numbering()
    groups = [spoken[stem] for stem in stem_of]
    said = [sorted({groups[word] for word in row}) for row in asked]
    owners = np.array(
        [places[place] for (place, _), row in zip(answers.all, said, strict=True) if row], np.int64
    )
    said = [row for row in said if row]
    counts = np.array([len(row) for row in said], np.int64)
    terms = np.array([term for row in said for term in row], np.int64)
    pairs = np.unique(terms * len(places) + np.repeat(owners, counts))
    found = np.bincount(pairs // max(len(places), 1), minlength=len(spoken))
    return Read(
        forms=forms,
        stems=stem_of,
        places=list(places),
        lessons=Lessons(
            starts=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            words=terms,
            places=owners,
            idf=_idf(found, len(places)),
            pairs=pairs,
        ),
    )


def _idf(found: Ints, places: int) -> Floats:
    """Return how much each word counts: the inverse of how many places are asked for with it."""
    idf: Floats = np.log1p(places / (found.astype(np.float64) + 0.5))
    return idf


def _merged(pairs: Ints, worth: Floats) -> tuple[Ints, Floats]:
    """Return each pair once, ascending, with the most that it is worth."""
    order = order_of(pairs)
    pairs, worth = pairs[order], worth[order]
    first = np.flatnonzero(np.diff(pairs, prepend=-1))
    return pairs[first], np.maximum.reduceat(worth, first) if len(first) else worth


def main() -> None:
    """Learn from the answers that come with us and put what was learned beside them."""
    for folder in sorted(one for one in CURATED.iterdir() if one.is_dir()):
        (folder / LEARNT).unlink(missing_ok=True)
        for one in answers_for(folder.name):
            learnt = learnt_from(one, one.language)
            np.savez_compressed(
                folder / LEARNT,
                made_of=one.digest(),
                forms=_text(learnt.forms),
                stems=_text(learnt.stems),
                places=_text(learnt.places),
                steps=np.diff(learnt.pairs, prepend=0).astype(np.uint32),
                worth=np.clip(np.rint(learnt.worth * (TOP / MOST_LEARNT)), 0, TOP).astype(np.uint8),
            )


if __name__ == "__main__":
    main()
