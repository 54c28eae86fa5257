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
from builder.search_index.text import SPOKEN, compounds, is_letter, is_sign, key, mark, plain

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from builder.search_index.tables import Posted, SearchTables

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
        words: What was looked for in the end: corrected, or as typed, without what narrows it down.
        total: How many entries were found.
        hits: The best of them, best first.
    """

    query: str
    corrected: str
    words: str
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
class _Looked:
    """What was looked up for a question, and what each of its words says.

    What is found stands in dictionaries by entry, not in an object an entry: a question may find a thousand.

    Attributes:
        says: What each word says.
        named: What the best name of each entry is worth that the question names.
        tiers: How the question met that name.
        text: What the words give.
        asked: What it gives that people ask so.
        mended: Whether this answers a corrected question.
    """

    says: dict[str, _Said] = field(default_factory=dict)
    named: dict[int, float] = field(default_factory=dict)
    tiers: dict[int, str] = field(default_factory=dict)
    text: dict[int, float] = field(default_factory=dict)
    asked: dict[int, float] = field(default_factory=dict)
    mended: bool = False

    def name(self, ordinal: int, tier: str, worth: float) -> None:
        """Note the best name of an entry."""
        if worth > self.named.setdefault(ordinal, 0.0):
            self.named[ordinal] = worth
            self.tiers[ordinal] = tier

    def unknown(self) -> list[str]:
        """Return the words that the index does not know."""
        return [word for word, said in self.says.items() if said.weight == 0]

    def mend(self, share: float) -> None:
        """Say of all entries that they answer a corrected question, and take a share of what they have."""
        self.mended = True
        for given in (self.named, self.text, self.asked):
            for ordinal in given:
                given[ordinal] *= share

    def scores(self) -> dict[int, float]:
        """Return what all entries that were found are sorted by: the sum of name, text and asked, in this order."""
        scores = dict(self.text)
        for ordinal, worth in self.named.items():
            scores[ordinal] = worth + scores.get(ordinal, 0.0)
        for ordinal, worth in self.asked.items():
            scores[ordinal] = scores.get(ordinal, 0.0) + worth
        return scores

    def hit(self, ordinal: int, score: float) -> Hit:
        """Return an entry with what it was found by."""
        said = [(word, said.impacts[ordinal]) for word, said in self.says.items() if ordinal in said.impacts]
        share = self.text.get(ordinal, 0.0) / max(sum(impact for _, impact in said), 1)
        tier = "fuzzy" if self.mended else self.tiers.get(ordinal, "text")
        reasons = [
            (tier, self.named.get(ordinal, 0.0)),
            *((word, impact * share) for word, impact in said),
            ("asked", self.asked.get(ordinal, 0.0)),
        ]
        return Hit(
            ordinal=ordinal,
            tier=tier,
            score=score,
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
    corrected = "" if looked.tiers else mend(tables, question, looked.unknown())
    if corrected:
        looked = _look_up(tables, read(corrected))
        looked.mend(tables.rules.mended)
    scores = looked.scores()
    order = sorted(tables.accepted(scores, kinds, module) if kinds or module else scores)
    order.sort(key=scores.__getitem__, reverse=True)  # of equal scores the first entry stays first
    order = narrowed(tables, order, filters)
    hits = tuple(looked.hit(ordinal, scores[ordinal]) for ordinal in order[:limit])
    words = corrected or filters.text
    return SearchAnswer(query=text, corrected=corrected, words=words, total=len(order), hits=hits)


def _understand(tables: SearchTables, text: str) -> tuple[Question, Filters]:
    """Read a query and cut off what narrows it down; what was pasted is taken as it is."""
    question = read(text)
    if question.pasted:
        names = (question.name, *question.others)
        known = (name for name in names if tables.names(key(name)))
        return question.named(next(known, question.name)), Filters(text)
    filters = read_filters(tables, text)
    return (question if filters.text == text else read(filters.text)), filters


def _look_up(tables: SearchTables, question: Question) -> _Looked:
    """Look up a question."""
    looked = _Looked()
    content = _content(tables, question)
    words = [word for word in content if not is_sign(word)]
    posted = [_posted(tables, word) for word in words]
    if question.key:
        _add_names(tables, question, looked)
        spoken = "".join(
            one.term if one and plain(word) == word else word for word, one in zip(words, posted, strict=True)
        )
        whole = " " in question.name or set(words).issuperset(question.words)  # `make_mocked` is not "mocked"
        for called in (spoken, spoken + SPOKEN) if spoken and whole else ():
            if called != question.key:
                for ordinal, _, worth in tables.names(called):
                    looked.name(ordinal, "name", worth * tables.rules.spoken)
    if not looked.named:
        for ordinal, _, worth in tables.names(question.rest) if question.rest else ():
            looked.name(ordinal, "name", worth * tables.rules.rest)
    wholes = {one: tables.postings(one) for one in compounds(question.name) if one not in words}
    looked.says = {
        word: _says(tables, word, one, last=word == question.words[-1])
        for word, one in (*zip(words, posted, strict=True), *wholes.items())
        if one or word not in wholes
    }
    looked.says.update(_signs(tables, content))
    rules = tables.rules
    share = rules.dotted if question.dotted else 1.0
    says = looked.says.values()
    looked.text = _read_words(says, rules.text * share, rules.coverage)
    calm = "exact" in looked.tiers.values()
    looked.asked = _read_asked(says, rules.asked * (rules.asked_named if calm else share))
    place = place_of(tables, question.pages, question.anchor)
    if place is not None:
        looked.name(place, "exact", tables.rules.place)
    return looked


def _add_names(tables: SearchTables, question: Question, looked: _Looked) -> None:
    """Add the entries that the whole question names, exactly or by its beginning."""
    rules = tables.rules
    exact = tables.names(question.key)
    if mark(question.key) and not exact:
        _add_marked(tables, question.key, looked)
    gain = rules.written_dotted if question.dotted else rules.written
    for ordinal, form, worth in exact:
        written = form == question.form
        looked.name(ordinal, "exact" if written else "name", worth + (gain if written else 0.0))
    share = rules.joined if " " in question.name else 1.0
    crowd = tables.name_prefix(question.key)
    if crowd is not None:
        for ordinal, _, worth in crowd:
            looked.name(ordinal, "prefix", worth * share)
        return
    for longer, entries in tables.names_from(question.key):
        if longer.endswith(SPOKEN):
            continue
        part = rules.prefix * (1 - rules.prefix_rest + rules.prefix_rest * (len(question.key) / len(longer)))
        for ordinal, _, worth in entries:
            looked.name(ordinal, "prefix", int(worth * part) * share)


def _add_marked(tables: SearchTables, key: str, looked: _Looked) -> None:
    """Add the entries that the mark in front of an unknown name names (`%` of `%d`) and that speak of that name."""
    posted = tables.postings(key)
    speaking = {ordinal for ordinal, _ in posted.impacts} if posted else set()
    for ordinal, _, worth in tables.names(mark(key)):
        if ordinal in speaking:
            looked.name(ordinal, "name", worth * tables.rules.marked)


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


def _read_words(words: Collection[_Said], worth: float, coverage: float) -> dict[int, float]:
    """Return what the words of the question say for each entry.

    Args:
        words: What each word of the question says.
        worth: What a point of impact is worth.
        coverage: How much hangs on the share of the question that is covered.
    """
    text: dict[int, float] = {}
    covered: dict[int, int] = {}
    for said in words:
        weight = said.weight
        for ordinal, impact in said.impacts.items():
            if ordinal in text:
                text[ordinal] += impact
                covered[ordinal] += weight
            else:
                text[ordinal] = impact
                covered[ordinal] = weight
    total = max(sum(said.weight or UNKNOWN for said in words), 1)
    shares = {part: worth * (1 - coverage + coverage * (part / total)) for part in set(covered.values())}
    return {ordinal: impact * shares[covered[ordinal]] for ordinal, impact in text.items()}


def _read_asked(words: Collection[_Said], worth: float) -> dict[int, float]:
    """Return how alike the question is to what people ask for each entry: the cosine of their words, cubed.

    Args:
        words: What the words of the question say.
        worth: What a likeness of 1 is worth.
    """
    length = TOP * math.sqrt(sum((said.asking or UNKNOWN) * (said.asking or UNKNOWN) for said in words))
    alike: dict[int, float] = {}
    for said in words:
        asking = said.asking
        for ordinal, impact in said.asked.items():
            alike[ordinal] = alike.get(ordinal, 0.0) + asking * impact
    return {ordinal: (share := total / length) * share * share * worth for ordinal, total in alike.items()}


def _signs(tables: SearchTables, words: Collection[str]) -> dict[str, _Said]:
    """Return what the signs among words say of the entries that they name; a sign that names nothing says nothing."""
    share = tables.rules.sign / tables.rules.text
    return {
        sign: _Said(TOP, {ordinal: worth * share for ordinal, _, worth in named})
        for sign in filter(is_sign, words)
        if (named := tables.names(sign))
    }


def _says(tables: SearchTables, word: str, posted: Posted | None, *, last: bool) -> _Said:
    """Return what a word says of entries, or what it may become says while it is being typed."""
    said = _Said()
    if posted:
        said = _Said(posted.weight, dict(posted.impacts), posted.asking, dict(posted.asked))
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
