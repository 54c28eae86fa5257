"""Build the search index of a docset: from entries and counted words to the tables that are stored.

Tables (every one has `docset_id` in front; ordinals count the entries of the docset from 0):

    search_meta(name, value)            rules, stop words and counts, as JSON
    names(key, entries)                 key -> packed `ordinal << 8 | form`, `worth`, two uint32s an entry, best first
    name_prefixes(prefix, entries)      beginnings that many keys share -> their best entries, packed as in `names`
    postings(term, weight, df, entries) word -> packed `ordinal << 8 | impact`, a uint32 an entry, best first
    word_forms(form, term)              other forms of a word -> the word that has the postings
    completions(prefix, words)          beginnings that many words share -> their commonest words, by spaces
    spellings(side, word, weight)       words for mending typos; on side `b` they are spelled backwards

All numbers are little-endian.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from builder.models import Table
from builder.search_index import impacts, names, spelling
from builder.search_index.cards import hottest
from builder.search_index.languages import stems, stop_words
from builder.search_index.prefixes import crowded
from builder.search_index.priors import priors as learn_priors
from builder.search_index.text import words
from builder.search_index.weights import Rules, Weights

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

    from builder.models import Docset, Entry
    from builder.search_index.counts import TermCounts

FORMAT = 1
CROWD = 24
"""From how many keys on the answers for their common beginning are worked out at build time."""
CROWD_BEST = 24
COMPLETIONS = 4

NameRows = "dict[str, list[tuple[int, int, int]]]"


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchIndex:
    """A search index, ready to be stored.

    Attributes:
        priors: How much readers need each entry, 0 to 1, in the order of the entries.
        tables: The tables, see the module's docstring.
        hash: A hash of all of it; two equal hashes give equal answers.
    """

    priors: tuple[float, ...]
    tables: tuple[Table, ...]
    hash: str


def build(
    entries: Sequence[Entry],
    index_entries: Sequence[tuple[str, int, bool]],
    counts: Sequence[TermCounts],
    docset: Docset,
    *,
    weights: Weights | None = None,
    rules: Rules | None = None,
) -> SearchIndex:
    """Build the index of one docset.

    Args:
        entries: All entries, in id order without gaps.
        index_entries: Lines of the general index: term, id of the entry, whether it is the main place.
        counts: `count_terms` of each entry, in the same order.
        docset: Whose index it is; its language decides on stemming.
        weights: Numbers of the ranking at build time.
        rules: Numbers of the ranking at query time; they are stored in the index.
    """
    weights, rules = weights or Weights(), rules or Rules()
    first = entries[0].id if entries else 0
    terms = sorted((term, entry - first, main) for term, entry, main in set(index_entries))
    priors = learn_priors(entries)
    name_rows = _names(entries, terms, priors, weights)
    words_, word_tables = _word_tables(entries, terms, counts, priors, docset.language, weights)
    tables = (
        _meta(entries, docset, rules, set(words_), hottest(entries, priors)),
        _name_table(name_rows),
        _name_prefixes(name_rows, rules),
        *word_tables,
        spelling.table(name_rows, words_),
    )
    found = _hash(tables)
    meta = replace(tables[0], rows=sorted([*tables[0].rows, ("hash", json.dumps(found))]))
    return SearchIndex(priors=tuple(priors), tables=(meta, *tables[1:]), hash=found)


def _meta(
    entries: Sequence[Entry], docset: Docset, rules: Rules, known: set[str], hot: Sequence[int]
) -> Table:
    stops = sorted(stop_words(docset.language))
    rows = [
        ("entries", json.dumps(len(entries))),
        ("format", json.dumps(FORMAT)),
        ("hot", json.dumps(hot)),
        ("kinds", json.dumps(sorted({entry.kind for entry in entries}))),
        ("rules", json.dumps(rules.as_dict(), sort_keys=True)),
        ("stop_words", json.dumps(stops)),
        ("subjects", json.dumps([word for word in stops if word in known])),
    ]
    return Table(name="search_meta", columns={"name": str, "value": str}, pk=("name",), indexes=(), rows=rows)


def _names(
    entries: Sequence[Entry],
    terms: Sequence[tuple[str, int, bool]],
    priors: Sequence[float],
    weights: Weights,
) -> dict[str, list[tuple[int, int, int]]]:
    """Return key -> (worth, ordinal, form), best first, the keys sorted."""
    modules = {entry.name for entry in entries if entry.kind == "module" and entry.name}
    own = (
        (place, key)
        for place, entry in enumerate(entries)
        for key in names.entry_keys(entry, modules, weights)
    )
    table = names.best_keys([*own, *names.index_keys(terms, weights)])
    rows: dict[str, list[tuple[int, int, int]]] = {}
    for key in sorted(table):
        found = [
            (round(worth + weights.prior_name * priors[ordinal]), ordinal, form)
            for (ordinal, form), (worth, _) in table[key].items()
        ]
        rows[key] = sorted(found, key=lambda row: (-row[0], row[1], row[2]))[:64]
    return rows


def _packed(found: Sequence[tuple[int, int, int]]) -> bytes:
    """Pack (worth, ordinal, form) rows."""
    return b"".join(
        (ordinal << 8 | form).to_bytes(4, "little") + worth.to_bytes(4, "little")
        for worth, ordinal, form in found
    )


def _name_table(rows: dict[str, list[tuple[int, int, int]]]) -> Table:
    return Table(
        name="names",
        columns={"key": str, "entries": bytes},
        pk=("key",),
        indexes=(),
        rows=[(key, _packed(found)) for key, found in rows.items()],
    )


def _name_prefixes(rows: dict[str, list[tuple[int, int, int]]], rules: Rules) -> Table:
    """Work out the best entries of each beginning that many keys share."""
    import numpy as np

    flat = [(key, worth, ordinal, form) for key, found in rows.items() for worth, ordinal, form in found]
    keys = [row[0] for row in flat]
    worths = np.array([row[1] for row in flat], np.float64)
    sizes = np.array([len(key) for key in keys], np.float64)
    result = []
    for prefix, start, end in crowded(keys, CROWD):
        share = len(prefix) / sizes[start:end]
        values = np.floor(
            worths[start:end] * (rules.prefix * (1 - rules.prefix_rest + rules.prefix_rest * share))
        )
        order = np.lexsort((np.arange(end - start), -values))
        best: dict[int, tuple[int, int, int]] = {}
        for place in order.tolist():
            ordinal = flat[start + place][2]
            if ordinal not in best:
                best[ordinal] = (int(values[place]), ordinal, flat[start + place][3])
                if len(best) == CROWD_BEST:
                    break
        result.append((prefix, _packed(sorted(best.values(), key=lambda row: (-row[0], row[1])))))
    return Table(
        name="name_prefixes",
        columns={"prefix": str, "entries": bytes},
        pk=("prefix",),
        indexes=(),
        rows=sorted(result),
    )


def _word_tables(  # noqa: PLR0913, PLR0917 - the facts that impacts are made of
    entries: Sequence[Entry],
    terms: Sequence[tuple[str, int, bool]],
    counts: Sequence[TermCounts],
    priors: Sequence[float],
    language: str,
    weights: Weights,
) -> tuple[dict[str, int], tuple[Table, ...]]:
    """Return each searchable form with its frequency, and the tables of words."""
    import numpy as np

    vocabulary = impacts.Vocabulary()
    aliases: list[dict[str, float]] = [{} for _ in entries]
    for term, ordinal, main in terms:
        for word in words(term):
            aliases[ordinal][word] = max(aliases[ordinal].get(word, 0.0), 1.0 if main else 0.8)
    fields = {
        "heading": impacts.columns([impacts.heading_words(entry) for entry in entries], vocabulary),
        "aliases": impacts.columns(aliases, vocabulary),
        "trail": impacts.columns([dict.fromkeys(words(entry.trail), 1.0) for entry in entries], vocabulary),
    }
    subjects = {word for one in (fields["heading"], fields["aliases"]) for word in one.terms.tolist()}
    fields["body"] = impacts.body_columns(counts, vocabulary)
    forms = list(vocabulary.numbers)
    groups, leaders = _stem_groups(forms, language)
    stops = stop_words(language)
    mute = np.array([form in stops for form in forms], bool)
    stemmed = impacts.Fields(
        **{name: _regroup(one, groups, len(leaders), mute, name) for name, one in fields.items()}
    )
    lengths = np.array([one.length for one in counts], np.float64)
    posted = impacts.postings(stemmed, np.array(priors, np.float64), lengths, len(leaders), weights)
    return _tables_of_words(forms, groups, leaders, posted, {forms[n] for n in subjects if mute[n]})


def _stem_groups(forms: Sequence[str], language: str) -> tuple[npt.NDArray[np.int32], list[str]]:
    """Return the group of each form, forms of one stem together, and the word that leads each group."""
    import numpy as np

    numbers: dict[str, int] = {}
    groups = [numbers.setdefault(stem, len(numbers)) for stem in stems(forms, language)]
    leaders = [""] * len(numbers)
    for form, group in sorted(zip(forms, groups, strict=True), key=lambda pair: (len(pair[0]), pair[0])):
        leaders[group] = leaders[group] or form
    return np.array(groups, np.int32), leaders


def _regroup(
    one: impacts.Columns, groups: npt.NDArray[np.int32], size: int, mute: npt.NDArray[np.bool_], field: str
) -> impacts.Columns:
    """Number a field's words by their groups, adding counts and keeping the best share; drop stop words of prose."""
    import numpy as np

    kept = ~mute[one.terms] if field in {"body", "trail"} else np.ones(len(one.terms), bool)
    terms, owners, values = groups[one.terms[kept]], one.entries[kept], one.values[kept]
    pairs = owners.astype(np.int64) * size + terms
    order = np.argsort(pairs, kind="stable")
    pairs, values = pairs[order], values[order]
    first = np.flatnonzero(np.r_[True, pairs[1:] != pairs[:-1]]) if len(pairs) else np.zeros(0, np.int64)
    merge = np.add if field == "body" else np.maximum
    merged = merge.reduceat(values, first) if len(first) else np.zeros(0)
    owners, terms = np.divmod(pairs[first], max(size, 1))
    return impacts.Columns(terms=terms.astype(np.int32), entries=owners.astype(np.int32), values=merged)


def _tables_of_words(
    forms: Sequence[str],
    groups: npt.NDArray[np.int32],
    leaders: Sequence[str],
    posted: impacts.Postings,
    stops: set[str],
) -> tuple[dict[str, int], tuple[Table, ...]]:
    """Make the rows of postings, of forms and of completions."""
    frequency = posted.found.tolist()
    starts = posted.starts.tolist()
    raw = posted.packed.astype("<u4").tobytes()
    weights = posted.weights.tolist()
    alive = [starts[group + 1] > starts[group] for group in range(len(leaders))]
    rows = sorted(
        (leader, weights[group], frequency[group], raw[starts[group] * 4 : starts[group + 1] * 4])
        for group, leader in enumerate(leaders)
        if alive[group]
    )
    known = {
        form: frequency[group] for form, group in zip(forms, groups.tolist(), strict=True) if alive[group]
    }
    others = sorted(
        (form, leaders[group])
        for form, group in zip(forms, groups.tolist(), strict=True)
        if alive[group] and leaders[group] != form
    )
    del stops
    postings = Table(
        name="postings",
        columns={"term": str, "weight": int, "df": int, "entries": bytes},
        pk=("term",),
        indexes=(),
        rows=rows,
    )
    word_forms = Table(
        name="word_forms", columns={"form": str, "term": str}, pk=("form",), indexes=(), rows=others
    )
    return known, (postings, word_forms, _completions(known))


def _completions(known: dict[str, int]) -> Table:
    """Choose the commonest words of each beginning that many words share."""
    forms = sorted(known)
    rows = []
    for prefix, start, end in crowded(forms, COMPLETIONS):
        best = sorted(forms[start:end], key=lambda form: (-known[form], form))[:COMPLETIONS]
        rows.append((prefix, " ".join(best)))
    return Table(
        name="completions",
        columns={"prefix": str, "words": str},
        pk=("prefix",),
        indexes=(),
        rows=sorted(rows),
    )


def _hash(tables: Sequence[Table]) -> str:
    """Hash the tables' content."""
    digest = hashlib.blake2b(digest_size=16)
    for table in tables:
        digest.update(repr((table.name, list(table.columns))).encode())
        for row in table.rows:
            digest.update(repr(row).encode())
    return digest.hexdigest()
