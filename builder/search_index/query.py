"""Answer a query from the tables of a search index; `static/js/search/rank.js` does the same in the browser.

Read the query, look up names, look up words, add, sort. All numbers are worked out at build time, so what is left is
integer look-ups and a few products of doubles in a fixed order: both languages come to the same scores.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from builder.search_index.filters import Filters, narrowed, read_filters
from builder.search_index.mending import mend
from builder.search_index.pasted import place_of
from builder.search_index.reading import Question, read
from builder.search_index.text import SPOKEN, compounds, is_letter, key, mark, plain

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from builder.search_index.tables import Posted, SearchTables
    from builder.search_index.weights import Rules

LONGEST_QUERY = 256
MOST_WORDS = 12
TOP = 255
"""The highest impact, which stands for 1."""
UNKNOWN = 255
"""What a word that the index does not know weighs in a query."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An entry that answers a query.

    Attributes:
        ordinal: Its place among the docset's entries, from 0.
        tier: Why it was found: `exact`, `name`, `prefix`, `text`; `fuzzy` where the query was corrected.
        score: The sum that it is sorted by.
        reasons: What adds up to the score: what was found and what it gave.
    """

    ordinal: int
    tier: str
    score: float
    reasons: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchAnswer:
    """The answer to a query.

    Attributes:
        query: The text as it was typed.
        corrected: The text that was searched instead, "" if the query was searched as typed.
        total: How many entries were found.
        hits: The best of them, best first.
    """

    query: str
    corrected: str
    total: int
    hits: tuple[Hit, ...]


@dataclass(slots=True)
class _Said:
    """What a word says: how much it counts (0 for an unknown word), of which entries, the same for what is asked."""

    weight: int = 0
    impacts: dict[int, float] = field(default_factory=dict)
    asking: int = 0
    asked: dict[int, float] = field(default_factory=dict)


@dataclass(slots=True)
class _Found:
    """What is known about one entry while a query is answered."""

    name: float = 0.0
    tier: str = "text"
    text: float = 0.0
    asked: float = 0.0
    covered: int = 0

    @property
    def score(self) -> float:
        """Return what it is sorted by."""
        return self.name + self.text + self.asked


@dataclass(frozen=True, slots=True)
class _Looked:
    """What was looked up for a question: what is found, and what each of its words says."""

    found: dict[int, _Found]
    says: dict[str, _Said]

    def unknown(self) -> list[str]:
        """Return the words that the index does not know, of a question that nothing is named like."""
        if any(one.tier != "text" for one in self.found.values()):
            return []
        return [word for word, said in self.says.items() if said.weight == 0]

    def hit(self, ordinal: int) -> Hit:
        """Return an entry with what it was found by."""
        one = self.found[ordinal]
        said = [(word, said.impacts[ordinal]) for word, said in self.says.items() if ordinal in said.impacts]
        share = one.text / max(sum(impact for _, impact in said), 1)
        reasons = [
            (one.tier, one.name),
            *((word, impact * share) for word, impact in said),
            ("asked", one.asked),
        ]
        return Hit(
            ordinal=ordinal,
            tier=one.tier,
            score=one.score,
            reasons=tuple((reason, worth) for reason, worth in reasons if worth),
        )


def search(
    tables: SearchTables, text: str, *, limit: int = 10, kinds: Collection[str] = (), module: str = ""
) -> SearchAnswer:
    """Answer a query.

    Args:
        tables: The search index of one docset.
        text: The query as typed; what is longer than 256 characters is cut off.
        limit: How many hits to return.
        kinds: Only entries of these kinds, if any are given.
        module: Only entries of this module or page, if one is given.
    """
    question, filters = _understand(tables, text[:LONGEST_QUERY])
    looked = _look_up(tables, question)
    unknown = looked.unknown()
    corrected = mend(tables, question, unknown) if unknown else ""
    if corrected:
        looked = _look_up(tables, read(corrected))
        _mark_mended(looked.found, tables.rules)
    found = looked.found
    kept = tables.accepted(found, kinds, module) if kinds or module else found
    order = sorted(kept, key=lambda ordinal: (-found[ordinal].score, ordinal))
    order = narrowed(tables, order, filters)
    hits = tuple(map(looked.hit, order[:limit]))
    return SearchAnswer(query=text, corrected=corrected, total=len(order), hits=hits)


def _understand(tables: SearchTables, text: str) -> tuple[Question, Filters]:
    """Read a query and cut off what narrows it down; what was pasted is taken as it is."""
    question = read(text)
    if question.pasted:
        names = (question.name, *question.others)
        known = (name for name in names if tables.names(key(name)))
        return question.named(next(known, question.name)), Filters(text)
    filters = read_filters(tables, text)
    return (question if filters.text == text else read(filters.text)), filters


def _mark_mended(found: dict[int, _Found], rules: Rules) -> None:
    """Say of all hits that they answer a corrected query."""
    for one in found.values():
        one.tier = "fuzzy"
        one.name *= rules.mended
        one.text *= rules.mended
        one.asked *= rules.mended


def _look_up(tables: SearchTables, question: Question) -> _Looked:
    """Look up a question."""
    found: dict[int, _Found] = {}
    words = _content(tables, question)
    posted = [_posted(tables, word) for word in words]
    if question.key:
        _add_names(tables, question, found)
        spoken = "".join(
            one.term if one and plain(word) == word else word for word, one in zip(words, posted, strict=True)
        )
        for called in (spoken, spoken + SPOKEN) if spoken else ():
            if called != question.key:
                for ordinal, _, worth in tables.names(called):
                    _name(found, ordinal, "name", worth * tables.rules.spoken)
    if not found:
        for ordinal, _, worth in tables.names(question.rest) if question.rest else ():
            _name(found, ordinal, "name", worth * tables.rules.rest)
    wholes = {one: tables.postings(one) for one in compounds(question.name) if one not in words}
    says = {
        word: _says(tables, word, one, last=word == question.words[-1])
        for word, one in (*zip(words, posted, strict=True), *wholes.items())
        if one or word not in wholes
    }
    rules = tables.rules
    share = rules.dotted if question.dotted else 1.0
    _add_words(says.values(), found, rules.text * share, rules.coverage)
    calm = any(one.tier == "exact" for one in found.values())
    _add_asked(says.values(), found, rules.asked * (rules.asked_named if calm else share))
    place = place_of(tables, question.pages, question.anchor)
    if place is not None:
        _name(found, place, "exact", tables.rules.place)
    return _Looked(found, says)


def _add_names(tables: SearchTables, question: Question, found: dict[int, _Found]) -> None:
    """Add the entries that the whole question names, exactly or by its beginning."""
    rules = tables.rules
    exact = tables.names(question.key)
    if mark(question.key) and not exact:
        _add_marked(tables, question.key, found)
    gain = rules.written_dotted if question.dotted else rules.written
    for ordinal, form, worth in exact:
        written = form == question.form
        _name(found, ordinal, "exact" if written else "name", worth + (gain if written else 0.0))
    share = rules.joined if len(question.words) > 1 else 1.0
    crowd = tables.name_prefix(question.key)
    if crowd is not None:
        for ordinal, _, worth in crowd:
            _name(found, ordinal, "prefix", worth * share)
        return
    for longer, entries in tables.names_from(question.key):
        if longer.endswith(SPOKEN):
            continue
        part = rules.prefix * (1 - rules.prefix_rest + rules.prefix_rest * (len(question.key) / len(longer)))
        for ordinal, _, worth in entries:
            _name(found, ordinal, "prefix", int(worth * part) * share)


def _add_marked(tables: SearchTables, key: str, found: dict[int, _Found]) -> None:
    """Add the entries that the mark in front of an unknown name names (`%` of `%d`) and that speak of that name."""
    posted = tables.postings(key)
    speaking = {ordinal for ordinal, _ in posted.impacts} if posted else set()
    for ordinal, _, worth in tables.names(mark(key)):
        if ordinal in speaking:
            _name(found, ordinal, "name", worth * tables.rules.marked)


def _name(found: dict[int, _Found], ordinal: int, tier: str, worth: float) -> None:
    """Note the best name of an entry."""
    one = found.setdefault(ordinal, _Found())
    if worth > one.name:
        one.name = worth
        one.tier = tier


def _content(tables: SearchTables, question: Question) -> list[str]:
    """Return the words to look up: all but stop words, or all where nothing else remains; none for a single letter.

    The last of two words is a beginning rather than a stop word: `wait_all_t`, `streaming up`.
    """
    words = list(dict.fromkeys(question.words))[:MOST_WORDS]
    if len(words) == 1 and is_letter(words[0]):
        return []
    coming = words[-1:] if len(words) == 2 or " " not in question.name else []
    return [word for word in words if word not in tables.stop_words or word in coming] or words


def _posted(tables: SearchTables, word: str) -> Posted | None:
    """Return what a word says; a marked word that is unknown says what its letters say."""
    posted = tables.postings(word)
    letters = plain(word)
    return tables.postings(letters) if posted is None and letters != word else posted


def _add_words(words: Collection[_Said], found: dict[int, _Found], worth: float, coverage: float) -> None:
    """Add what the words of the question say for each entry.

    Args:
        words: What each word of the question says.
        found: What is found.
        worth: What a point of impact is worth.
        coverage: How much hangs on the share of the question that is covered.
    """
    touched: set[int] = set()
    for said in words:
        for ordinal, impact in said.impacts.items():
            one = found.setdefault(ordinal, _Found())
            one.text += impact
            one.covered += said.weight
            touched.add(ordinal)
    total = max(sum(said.weight or UNKNOWN for said in words), 1)
    for ordinal in touched:
        one = found[ordinal]
        one.text *= worth * (1 - coverage + coverage * (one.covered / total))


def _add_asked(words: Collection[_Said], found: dict[int, _Found], worth: float) -> None:
    """Add how alike the question is to what people ask for each entry: the cosine of their words, cubed.

    Args:
        words: What the words of the question say.
        found: What is found.
        worth: What a likeness of 1 is worth.
    """
    length = sum((said.asking or UNKNOWN) * (said.asking or UNKNOWN) for said in words)
    alike: dict[int, float] = {}
    for said in words:
        for ordinal, impact in said.asked.items():
            alike[ordinal] = alike.get(ordinal, 0.0) + said.asking * impact
    for ordinal, total in alike.items():
        share = total / (TOP * math.sqrt(length))
        one = found.setdefault(ordinal, _Found())
        one.asked = share * share * share * worth


def _says(tables: SearchTables, word: str, posted: Posted | None, *, last: bool) -> _Said:
    """Return what a word says of entries, or what it may become says while it is being typed."""
    said = _Said()
    if posted:
        said.weight = posted.weight
        said.impacts.update(posted.impacts)
        said.asking = posted.asking
        said.asked.update(posted.asked)
    if last and len(word) > 1:
        ahead = [more for more in map(tables.postings, tables.completions(word)) if more]
        said.weight = said.weight or next((more.weight for more in ahead if more.weight), 0)
        said.asking = said.asking or next((more.asking for more in ahead), 0)
        most, share = int(tables.rules.ahead), tables.rules.completion
        _keep_best(said.impacts, _best_of([more.impacts for more in ahead], most), share)
        if not posted:
            _keep_best(said.asked, _best_of([more.asked for more in ahead], most), share)
    return said


def _best_of(rows: Sequence[Sequence[tuple[int, int]]], most: int) -> list[tuple[int, int]]:
    """Return the best entries of several words, each with its highest impact."""
    highest: dict[int, int] = {}
    for row in rows:
        for ordinal, impact in row:
            if impact > highest.get(ordinal, 0):
                highest[ordinal] = impact
    return sorted(highest.items(), key=lambda pair: (-pair[1], pair[0]))[:most]


def _keep_best(impacts: dict[int, float], more: Sequence[tuple[int, int]], share: float) -> None:
    """Add a share of other impacts where it is more than what is there."""
    for ordinal, impact in more:
        impacts[ordinal] = max(impacts.get(ordinal, 0.0), impact * share)
