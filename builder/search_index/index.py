"""Build the search index of a docset: from entries and counted words to the tables that are stored.

Tables (each has `docset_id` in front; ordinals count the entries of the docset from 0; numbers are little-endian):

    search_meta(name, value)            rules, stop words and counts, as JSON
    names(key, entries)                 key -> `ordinal << 8 | form` and worth, two uint32s an entry, best first
    name_prefixes(prefix, entries)      beginnings that many keys share -> their best entries, as in `names`
    postings(term, weight, df, entries, asking, asked)
                                        word -> `ordinal << 8 | impact`, a uint32 an entry, best first: what the word
                                        says of entries, and how much it is of what people ask for them
    word_forms(form, term)              other forms of a word -> the word that has the postings
    completions(prefix, words)          beginnings that many words share -> their commonest words, by spaces
    spellings(side, word, weight)       words for mending typos; on side `b` they are spelled backwards
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, cast

from builder.models import Table
from builder.search_index import spelling
from builder.search_index.asked import placed, places_of
from builder.search_index.counts import PageCounts
from builder.search_index.keeping import Keeper, digest, digest_of
from builder.search_index.languages import silent_words, stop_words
from builder.search_index.names import Calls, Speech, own_words
from builder.search_index.priors import priors as learn_priors
from builder.search_index.thesaurus import said_for
from builder.search_index.weights import Rules, Weights

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from builder.models import Docset, Entry
    from builder.search_index.asked import Answers
    from builder.search_index.counts import TermCounts

_FRAME = (
    "id page anchor kind role name title signature trail level inbound added changed deprecated removed"
).split()
"""What the frame has of an entry."""

FORMAT = 5
"""The form of the exported files; the browser's code refuses another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchIndex:
    """A search index, ready to be stored.

    Attributes:
        priors: How much readers need each entry, 0 to 1, in the order of the entries.
        tables: The tables, see the module's docstring.
        digests: A hash of each table by name, as `search_meta` has it under "tables"; not of `search_meta` itself.
        hash: A hash of all of it; two equal hashes give equal answers.
    """

    priors: tuple[float, ...]
    tables: tuple[Table, ...]
    digests: Mapping[str, str]
    hash: str


def build(
    entries: Sequence[Entry],
    index_entries: Sequence[tuple[str, int, bool]],
    counts: Sequence[TermCounts] | Sequence[PageCounts],
    docset: Docset,
    *,
    answers: Sequence[Answers] = (),
    kept: Keeper | None = None,
) -> SearchIndex:
    """Build the index of one docset.

    Steps that hang on less than everything are kept between builds, each by a hash of what it hangs on. Of the entries
    that is mostly the *frame*: all of them but for their prose (summary, text, code), which is what mostly changes.

    Args:
        entries: All entries, in id order without gaps.
        index_entries: Lines of the general index: term, id of the entry, whether it is the main place.
        counts: `count_terms` of each entry, in the same order, or the same page by page.
        docset: Whose index it is; its language decides on stemming.
        answers: What people ask, and the places that answer it.
        kept: What an earlier build left; it saves time and changes nothing.
    """
    # numpy takes 0.1 s to import, and an unchanged docset needs no index.
    from builder.search_index import asked_words, name_tables, word_tables  # noqa: PLC0415

    numbers = weights, rules = Weights(), Rules()
    steps = kept or Keeper()
    frame = steps.frame = steps.frame or frame_of(entries, index_entries, answers, docset, numbers)
    said = said_for(docset.language)
    priors = steps.step("priors", frame, lambda: learn_priors(entries, weights.priors))
    calls = steps.step("calls", frame, lambda: _calls(entries, index_entries, answers))
    silent = silent_words(docset)
    asked = steps.step(
        "asked",
        frame,
        lambda: asked_words.asked_words(
            _with_topics(answers, entries, priors, docset), places_of(entries), priors, docset, weights
        ),
    )
    vocabulary = word_tables.read_words(entries, calls.terms, asked, _by_page(counts), docset, steps)
    speech = Speech(leaders=vocabulary.leading(), silent=silent, said=said)
    own = steps.step("own words", frame, lambda: own_words(entries, calls.asks, said))
    made_of = digest([frame.hex()], speech.used(own))
    rows, tables_of_names = steps.step(
        "names", made_of, lambda: name_tables.rows_and_tables(entries, calls, priors, speech, numbers)
    )
    subjects = rows.called(sorted(stop_words(docset.language)))
    known, tables_of_words = word_tables.word_tables(vocabulary, priors, subjects, asked, weights)
    common, typed = spelling.common(known, silent), asked.counts()
    spelled_of = digest([made_of.hex()], common, map(str, common.values()), typed, map(str, typed.values()))
    spellings = steps.step("spellings", spelled_of, lambda: spelling.table(rows, common, typed))
    tables = (*tables_of_names, *tables_of_words, spellings)
    digests = {
        **_digests(tables_of_names, steps, "names", made_of),
        **_digests((spellings,), steps, "spellings", spelled_of),
        **{table.name: digest_of(table) for table in tables_of_words},
    }
    found = _hash(digests, rules, silent)
    facts_of_all = {
        "entries": len(entries),
        "format": FORMAT,
        "hash": found,
        "rules": rules.as_dict(),
        "stop_words": sorted(silent - set(subjects)),
        "tables": digests,
    }
    return SearchIndex(
        priors=tuple(priors), tables=(_meta(facts_of_all), *tables), digests=digests, hash=found
    )


def priors_of(entries: Sequence[Entry]) -> tuple[float, ...]:
    """Return the priors that `build` gives the same entries; quick, for those who can't wait for the index."""
    return tuple(learn_priors(entries, Weights().priors))


def frame_of(
    entries: Sequence[Entry],
    index_entries: Sequence[tuple[str, int, bool]],
    answers: Sequence[Answers],
    docset: Docset,
    numbers: tuple[Weights, Rules],
) -> bytes:
    """Return a hash of all that goes into an index but for the prose of entries."""
    return digest(
        *(map(str, map(attrgetter(name), entries)) for name in _FRAME),
        map(repr, index_entries),
        (one.digest() for one in answers),
        [repr(docset), repr(numbers)],
    )


def _with_topics(
    answers: Sequence[Answers], entries: Sequence[Entry], priors: Sequence[float], docset: Docset
) -> list[Answers]:
    """Return answers, and what is typed for topics in general where none have come with us for these docs.

    Who gives some of that kind decides what is typed.
    """
    if any(one.learnt or one.general for one in answers):
        return list(answers)
    from builder.search_index.topical import answers_by_topic  # noqa: PLC0415 - it imports numpy

    return [*answers, answers_by_topic(entries, priors, docset.language)]


def _calls(
    entries: Sequence[Entry], index_entries: Sequence[tuple[str, int, bool]], answers: Sequence[Answers]
) -> Calls:
    """Return the lines of the general index with ordinals in place of ids, and what people ask."""
    first = entries[0].id if entries else 0
    terms = sorted({(term, entry - first, main) for term, entry, main in index_entries})
    calling = [answer for one in answers for answer in one.calling()]
    return Calls(terms, placed(calling, places_of(entries)))


def _by_page(counts: Sequence[TermCounts] | Sequence[PageCounts]) -> Sequence[PageCounts]:
    if counts and isinstance(counts[0], PageCounts):
        return cast("Sequence[PageCounts]", counts)
    every = cast("Sequence[TermCounts]", counts)
    key = digest((one.words for one in every), (one.weights.hex() for one in every))
    return [PageCounts(key, lambda: every)]


def _digests(tables: Sequence[Table], steps: Keeper, name: str, made_of: bytes) -> dict[str, str]:
    """Return a hash of each of the tables that a step made."""
    return steps.step(
        f"digests of {name}", made_of, lambda: {table.name: digest_of(table) for table in tables}
    )


def _meta(facts: Mapping[str, object]) -> Table:
    rows = [(name, json.dumps(value, ensure_ascii=False)) for name, value in sorted(facts.items())]
    return Table(name="search_meta", columns={"name": str, "value": str}, pk=("name",), indexes=(), rows=rows)


def _hash(digests: Mapping[str, str], rules: Rules, silent: frozenset[str]) -> str:
    """Hash everything that answers depend on."""
    facts = repr((FORMAT, rules.as_dict(), sorted(silent), sorted(digests.items())))
    return hashlib.blake2b(facts.encode(), digest_size=16).hexdigest()
