"""Build the search index of a docset: from entries and counted words to the tables that are stored.

Tables (each has `docset_id` in front; ordinals count the entries of the docset from 0; numbers are little-endian):

    search_meta(name, value)            rules, stop words and counts, as JSON
    names(key, entries)                 key -> `ordinal << 8 | form` and worth, two uint32s an entry, best first
    name_prefixes(prefix, entries)      beginnings that many keys share -> their best entries, as in `names`
    postings(term, weight, df, entries) word -> `ordinal << 8 | impact`, a uint32 an entry, best first
    word_forms(form, term)              other forms of a word -> the word that has the postings
    completions(prefix, words)          beginnings that many words share -> their commonest words, by spaces
    spellings(side, word, weight)       words for mending typos; on side `b` they are spelled backwards
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from builder.models import Table
from builder.search_index import spelling
from builder.search_index.cards import hottest
from builder.search_index.keeping import Keeper, digest_of
from builder.search_index.languages import stop_words
from builder.search_index.names import Speech
from builder.search_index.priors import priors as learn_priors
from builder.search_index.thesaurus import said_for
from builder.search_index.weights import Rules, Weights

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from builder.models import Docset, Entry
    from builder.search_index.counts import TermCounts

Tuning: TypeAlias = tuple[Weights, Rules]

FORMAT = 2
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
    counts: Sequence[TermCounts],
    docset: Docset,
    *,
    tuning: Tuning | None = None,
    kept: Keeper | None = None,
) -> SearchIndex:
    """Build the index of one docset.

    Args:
        entries: All entries, in id order without gaps.
        index_entries: Lines of the general index: term, id of the entry, whether it is the main place.
        counts: `count_terms` of each entry, in the same order.
        docset: Whose index it is; its language decides on stemming.
        tuning: Numbers of the ranking; those of query time are stored in the index.
        kept: What an earlier build left; it saves time and changes nothing.
    """
    # numpy takes 0.1 s to import, and an unchanged docset needs no index.
    from builder.search_index import name_tables, word_tables  # noqa: PLC0415

    weights, rules = tuning or (Weights(), Rules())
    kept = kept or Keeper()
    first = entries[0].id if entries else 0
    terms = sorted({(term, entry - first, main) for term, entry, main in index_entries})
    said = said_for(docset.language)
    priors = learn_priors(entries, weights.priors)
    vocabulary = word_tables.read_words(entries, terms, counts, docset, said, kept)
    speech = Speech(leaders=vocabulary.leading(), silent=vocabulary.silent, said=said)
    names_made_of = name_tables.made_of(entries, terms, priors, speech, (weights, rules))
    rows, tables_of_names = kept.step(
        "names",
        names_made_of,
        lambda: name_tables.rows_and_tables(entries, terms, priors, speech, (weights, rules)),
    )
    digests = kept.step(
        "digests of names", names_made_of, lambda: {table.name: digest_of(table) for table in tables_of_names}
    )
    subjects = rows.called(sorted(stop_words(docset.language)))
    known, tables_of_words = word_tables.word_tables(vocabulary, priors, subjects, weights)
    kept.save()
    made = (*tables_of_words, spelling.table(rows, known))
    tables = (*tables_of_names, *made)
    digests = {**digests, **{table.name: digest_of(table) for table in made}}
    silent = vocabulary.silent
    found = _hash(digests, rules, silent)
    facts_of_all = {
        "entries": len(entries),
        "format": FORMAT,
        "hash": found,
        "hot": hottest(entries, priors),
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


def _meta(facts: Mapping[str, object]) -> Table:
    rows = [(name, json.dumps(value, ensure_ascii=False)) for name, value in sorted(facts.items())]
    return Table(name="search_meta", columns={"name": str, "value": str}, pk=("name",), indexes=(), rows=rows)


def _hash(digests: Mapping[str, str], rules: Rules, silent: frozenset[str]) -> str:
    """Hash everything that answers depend on."""
    facts = repr((FORMAT, rules.as_dict(), sorted(silent), sorted(digests.items())))
    return hashlib.blake2b(facts.encode(), digest_size=16).hexdigest()
