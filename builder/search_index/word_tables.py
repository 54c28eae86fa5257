"""Make the tables of words: postings, forms of words, completions.

This module imports numpy, which takes 0.1 s; import it only where an index is built.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from builder.models import Table
from builder.search_index import bodies, impacts, thesaurus
from builder.search_index.languages import silent_words, stems
from builder.search_index.names import heading
from builder.search_index.prefixes import crowded
from builder.search_index.priors import asides
from builder.search_index.text import compounds, key, plain, words

if TYPE_CHECKING:
    from collections import defaultdict
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from builder.models import Docset, Entry
    from builder.search_index.asked_words import AskedWords
    from builder.search_index.counts import PageCounts
    from builder.search_index.keeping import Keeper
    from builder.search_index.weights import Weights

COMPLETIONS = 4
_SUBWORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_PARTS = re.compile(r"[.\s:/]+")
_RUN = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """All words of a docset, and where they stand.

    Attributes:
        forms: The words as they are written.
        groups: The group of each of them; forms of one stem are together.
        leaders: The word that leads each group, its shortest form.
        silent: Words that say nothing: stop words, and the docset's own name.
        fields: Where the forms stand, by field.
        lengths: The length of each entry's prose.
        sections: Whether each entry is a section, not a symbol.
        aside: Whether it stands beside the matter (see `priors.asides`).
    """

    forms: Sequence[str]
    groups: impacts.Ints
    leaders: Sequence[str]
    silent: frozenset[str]
    fields: Mapping[str, impacts.Columns]
    lengths: impacts.Floats
    sections: npt.NDArray[np.bool_]
    aside: npt.NDArray[np.bool_]

    def telling(self, priors: Sequence[float], weights: Weights) -> impacts.Floats:
        """Return what the words of each entry are multiplied with: sections explain, symbols are looked up by name."""
        kinds: impacts.Floats = np.where(self.sections, weights.section, 1.0)
        kinds *= np.where(self.aside, weights.aside, 1.0)
        return kinds * (weights.floor + weights.prior_text * np.array(priors, np.float64))

    def leading(self) -> dict[str, str]:
        """Return for each form the word that leads its group."""
        leaders = self.leaders
        return {form: leaders[group] for form, group in zip(self.forms, self.groups.tolist(), strict=True)}


def read_words(
    entries: Sequence[Entry],
    terms: Sequence[tuple[str, int, bool]],
    asked: AskedWords,
    counts: Sequence[PageCounts],
    docset: Docset,
    kept: Keeper,
) -> Vocabulary:
    """Gather the words of all entries.

    Args:
        entries: All entries.
        terms: Lines of the general index: term, ordinal, whether it is the main place.
        asked: The words that people ask with.
        counts: The words of the entries' prose, page by page.
        docset: Whose index it is.
        kept: What an earlier build left; its frame has the entries but for their prose, `terms` and `docset`.
    """
    short_forms, short_fields = kept.step(
        "fields", kept.frame, lambda: _short_fields(entries, terms, docset.language)
    )
    body = bodies.gather(counts, kept)
    numbers = bodies.numbering(short_forms)
    fields = {**short_fields, "body": _body_columns(body, numbers)}
    forms = list(dict.fromkeys([*numbers, *asked.forms]))
    groups, leaders = _stem_groups(forms, docset.language)
    sections, aside = kept.step("parts", kept.frame, lambda: _parts(entries))
    return Vocabulary(
        forms=forms,
        groups=groups,
        leaders=leaders,
        silent=silent_words(docset),
        fields=fields,
        lengths=body.counted.lengths.astype(np.float64),
        sections=sections,
        aside=aside,
    )


def _parts(entries: Sequence[Entry]) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return of each entry whether it is a section, and whether it is beside the matter."""
    beside = asides(entries)
    return (
        np.array([not entry.role for entry in entries], bool),
        np.array([entry.page in beside for entry in entries], bool),
    )


def _body_columns(body: bodies.Body, numbers: defaultdict[str, int]) -> impacts.Columns:
    """Put the prose of all entries into columns, numbering words that are new."""
    counted = body.counted
    places = np.fromiter(map(numbers.__getitem__, body.forms), np.int64, len(body.forms))
    return impacts.Columns(
        terms=places[counted.terms],
        entries=np.repeat(np.arange(len(counted.sizes), dtype=np.int64), counted.sizes),
        values=counted.values.astype(np.float64),
    )


def _short_fields(
    entries: Sequence[Entry], terms: Sequence[tuple[str, int, bool]], language: str
) -> tuple[list[str], dict[str, impacts.Columns]]:
    """Return the words of all fields but the body, numbered by their places, and where they stand."""
    numbers = bodies.numbering()
    headings = [heading_words(entry) for entry in entries]
    signatures = [dict.fromkeys(words(entry.signature), 1.0) for entry in entries]
    fields = {
        "heading": impacts.columns(headings, numbers),
        "aliases": impacts.columns(_aliases(len(entries), terms), numbers),
        "trail": impacts.columns(_trails(entries), numbers),
        "signature": impacts.columns(signatures, numbers),
        "related": impacts.columns(
            thesaurus.widened(headings, thesaurus.said_for(language), language), numbers
        ),
    }
    return list(numbers), fields


def word_tables(
    vocabulary: Vocabulary,
    priors: Sequence[float],
    subjects: Mapping[str, Sequence[int]],
    asked: AskedWords,
    weights: Weights,
) -> tuple[dict[str, int], tuple[Table, ...]]:
    """Return each searchable form with the number of its entries, and the tables of words.

    Args:
        vocabulary: All words.
        priors: The prior of each entry.
        subjects: Stop words that are subjects of their own, with the ordinals of the entries about them.
        asked: What people ask with which words.
        weights: The numbers of the ranking.
    """
    forms, groups, leaders = vocabulary.forms, vocabulary.groups, vocabulary.leaders
    spoken = np.array([form not in vocabulary.silent for form in forms], bool)
    fields = {
        name: impacts.regroup(one, groups, spoken, add=name == "body")
        for name, one in vocabulary.fields.items()
    }
    fields["subjects"] = _subject_columns(vocabulary, subjects)
    posted = impacts.postings(
        impacts.Fields(**fields),
        vocabulary.telling(priors, weights),
        vocabulary.lengths,
        len(leaders),
        weights,
    )
    quiet = np.unique(fields["subjects"].terms)
    return _tables(vocabulary, posted, _Askings(asked, vocabulary, quiet, weights))


def _subject_columns(vocabulary: Vocabulary, subjects: Mapping[str, Sequence[int]]) -> impacts.Columns:
    """Put the stop words that are subjects into columns."""
    numbers = {form: place for place, form in enumerate(vocabulary.forms) if form in subjects}
    rows = [(numbers[word], ordinal) for word in sorted(numbers) for ordinal in sorted(set(subjects[word]))]
    return impacts.Columns(
        terms=vocabulary.groups[np.array([place for place, _ in rows], np.int64)],
        entries=np.array([ordinal for _, ordinal in rows], np.int64),
        values=np.full(len(rows), 1.0),
    )


def _trails(entries: Sequence[Entry]) -> list[dict[str, float]]:
    """Return the words of each entry's trail; neighbours share theirs."""
    known = {trail: dict.fromkeys(words(trail), 1.0) for trail in {entry.trail for entry in entries}}
    return [known[entry.trail] for entry in entries]


def _aliases(size: int, terms: Sequence[tuple[str, int, bool]]) -> list[dict[str, float]]:
    """Return for each entry the words by which the general index calls it."""
    rows: list[dict[str, float]] = [{} for _ in range(size)]
    for term, ordinal, main in terms:
        for word in words(term):
            rows[ordinal][word] = max(rows[ordinal].get(word, 0.0), 1.0 if main else 0.8)
    return rows


def heading_words(entry: Entry) -> dict[str, float]:
    """Return the words of an entry's name or title, each with how much it counts there.

    The last part of a dotted name counts in full, the parts before it by half; a compound (`create_task`,
    `OrderedDict`) is there whole and in its parts.
    """
    found: dict[str, float] = {}
    if not entry.role:
        title = heading(entry.title)
        found = dict.fromkeys(words(title) + compounds(title), 1.0)
    named = entry.name if entry.role or entry.kind == "module" else ""
    parts = [part for part in _PARTS.split(named) if part]
    for place, part in enumerate(parts):
        worth = 1.0 if place == len(parts) - 1 or entry.role == "std:term" else 0.5
        for word, share in _compound(part).items():
            found[word] = max(worth * share, found.get(word, 0.0))
    return found


@lru_cache(maxsize=1 << 12)
def _compound(part: str) -> Mapping[str, float]:
    """Return the words in one part of a name, with their share."""
    found = {key(part): 1.0} if plain(key(part)) not in {"", key(part)} else {}
    for run in _RUN.findall(part):
        found.setdefault(run.lower(), 1.0)
        subwords = _SUBWORDS.findall(run)
        if len(subwords) > 1:
            for word in subwords:
                found.setdefault(word.lower(), 0.9)
    return found


def _stem_groups(forms: Sequence[str], language: str) -> tuple[impacts.Ints, list[str]]:
    """Return the group of each form, forms of one stem together, and the word that leads each group."""
    numbers: dict[str, int] = {}
    groups = [numbers.setdefault(stem, len(numbers)) for stem in stems(forms, language)]
    group_of = dict(zip(forms, groups, strict=True))
    leaders = [""] * len(numbers)
    for form in sorted(sorted(forms, reverse=True), key=len, reverse=True):  # the last one stays
        leaders[group_of[form]] = form
    return np.array(groups, np.int64), leaders


class _Askings:
    """What people ask with each group of words: `rows` of the best entries, and how much it counts.

    Args:
        asked: What people ask with which words.
        vocabulary: All words.
        quiet: Groups that ask for nothing beside other words.
        weights: The numbers of the ranking.
    """

    def __init__(
        self, asked: AskedWords, vocabulary: Vocabulary, quiet: impacts.Ints, weights: Weights
    ) -> None:
        group_of = dict(zip(vocabulary.forms, vocabulary.groups.tolist(), strict=True))
        counting = np.full(len(vocabulary.leaders), impacts.TOP, np.int64)
        self.rows = [b""] * len(vocabulary.leaders)
        rows, weighing = asked.entries.rows(), asked.weights.tolist()
        for form, stem in asked.forms.items():
            self.rows[group_of[form]] = rows[stem]
            counting[group_of[form]] = weighing[stem]
        counting[quiet] = np.maximum(np.rint(counting[quiet] * weights.subject_counts), 1)
        self.weights: list[int] = counting.tolist()


def _tables(
    vocabulary: Vocabulary, posted: impacts.Postings, asked: _Askings
) -> tuple[dict[str, int], tuple[Table, ...]]:
    """Make the rows of postings, of forms and of completions."""
    forms, groups, leaders = vocabulary.forms, vocabulary.groups.tolist(), vocabulary.leaders
    frequency, weights = posted.found.tolist(), posted.weights.tolist()
    entries, asks, asking = posted.entries.rows(), asked.rows, asked.weights
    alive = [bool(own or ask) for own, ask in zip(entries, asks, strict=True)]
    rows = sorted(
        (leader, weights[group], frequency[group], entries[group], asking[group], asks[group])
        for group, leader in enumerate(leaders)
        if alive[group]
    )
    known = {form: frequency[group] for form, group in zip(forms, groups, strict=True) if alive[group]}
    leading = {form: leaders[group] for form, group in zip(forms, groups, strict=True) if alive[group]}
    others = [(form, leading[form]) for form in sorted(leading) if leading[form] != form]
    postings = _table(
        "postings",
        {"term": str, "weight": int, "df": int, "entries": bytes, "asking": int, "asked": bytes},
        rows,
    )
    word_forms = _table("word_forms", {"form": str, "term": str}, others)
    return known, (postings, word_forms, _completions(known))


def _table(
    name: str, kinds: Mapping[str, type], rows: Sequence[tuple[str | int | float | bytes, ...]]
) -> Table:
    return Table(name=name, columns=kinds, pk=(next(iter(kinds)),), indexes=(), rows=rows)


def _completions(known: Mapping[str, int]) -> Table:
    """Choose the commonest words of each beginning that many words share."""
    forms = sorted(known)
    by_rank = sorted(forms, key=lambda form: -known[form])
    rank_of = {form: rank for rank, form in enumerate(by_rank)}
    ranks = [rank_of[form] for form in forms]  # numbers sort five times as fast as pairs
    rows = [
        (prefix, " ".join(by_rank[rank] for rank in sorted(ranks[start:end])[:COMPLETIONS]))
        for prefix, start, end in crowded(forms, COMPLETIONS)
    ]
    return _table("completions", {"prefix": str, "words": str}, sorted(rows))
