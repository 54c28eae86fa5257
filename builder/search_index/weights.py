"""Every number of the ranking, in one place.

`Weights` holds what the build puts into the index; `Rules` what is left for query time. The rules travel inside the
index (table `search_meta`, `root.json`), so that Python and JavaScript read the same ones.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorWeights:
    """What an entry's prior is made of; see `priors`.

    Attributes:
        links, page_links, owner_links: Links to the entry, to its page, to the class or module around it.
        bare, member: A symbol that needs no import; a member of one.
        module, term, page, shallow: A module; a glossary term; a whole page; a heading near the top.
        callable: A class, function, exception, method.
        foreign: A symbol of another language than most (taken off).
        notes, deprecated, private: What remains for release notes, for deprecated and for private names.
    """

    links: float = 0.45
    page_links: float = 0.15
    owner_links: float = 0.20
    bare: float = 0.38
    member: float = 0.15
    module: float = 0.13
    term: float = 0.29
    page: float = 0.10
    shallow: float = 0.04
    callable: float = 0.08
    foreign: float = 0.12
    notes: float = 0.29
    deprecated: float = 0.6
    private: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Numbers of the build.

    Attributes:
        bare, full, dotted, tail: What a key is worth (0 to 1000) that is the name of a builtin or module, another full
            name, a name without its first parts, its last part.
        title, page_title, term: A heading, a page's heading, a glossary term.
        subject: A word that the general index gives as a keyword, statement or operator.
        index, index_head: A line of the general index; the head of a line with more below it.
        titled: What the head of a line gains if it stands in the heading of the place.
        part: A variant of another key.
        alias: A word that people say for the last part of a name (see `thesaurus`).
        asked_name: What people ask for an entry, word for word (see `asked`).
        agreed: What a key gains that both the docs and people call the entry by: an index line may name many places.
        prior_name: What an entry's prior adds to the worth of its names.
        heading, share, aliases, trail, signature, body: What a word's place in a heading is worth in its impact, how
            much of that hangs on its share of the heading; what index terms, trail, signature and prose are worth.
        subject_text: What a stop word that is a name of its own (`with`) is worth beside other words.
        subject_counts: What part of the weight of other words such a one has in a query.
        related: What a word is worth that people say for one of the heading (see `thesaurus`).
        asked_floor: What a word of a question is worth without a prior.
        general: What part of that is worth what is typed for topics in general (see `topical`).
        floor, prior_text: What an impact is worth without a prior, and what the prior adds.
        section, aside: What the words of a section are worth beside those of a symbol, and those of release notes.
        aside_names: What part of the worth of their names remains for release notes.
        saturation, length: k1 and b of BM25 (Robertson and Zaragoza 2009, The Probabilistic Relevance Framework).
        best, best_asked: How many entries of a word are kept.
        priors: What priors are made of.
    """

    bare: float = 760
    full: float = 640
    dotted: float = 0.2
    tail: float = 480
    title: float = 500
    page_title: float = 500
    term: float = 600
    subject: float = 700
    index: float = 500
    index_head: float = 400
    titled: float = 80
    part: float = 300
    alias: float = 520
    asked_name: float = 450
    agreed: float = 80
    prior_name: float = 240
    heading: float = 2.2
    share: float = 0.95
    aliases: float = 0.8
    trail: float = 0.4
    signature: float = 0.05
    related: float = 0.85
    subject_text: float = 0.4
    subject_counts: float = 0.2
    body: float = 1.55
    asked_floor: float = 1.5
    general: float = 0.35
    floor: float = 0.35
    prior_text: float = 1.0
    section: float = 1.8
    aside: float = 0.4
    aside_names: float = 0.2
    saturation: float = 5.7
    length: float = 0.2
    best: int = 240
    best_asked: int = 200
    priors: PriorWeights = PriorWeights()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Numbers of query time.

    Attributes:
        written, written_dotted: What a name gains when it is typed exactly as it is written; what a dotted one gains.
        spoken: What part of a name's worth remains when another form of its words is typed, or with stop words.
        rest: What part of the worth of a name remains that is typed with something unknown in front.
        sign: What part of the worth of a sign (`:=`, `//`) remains beside words.
        marked: What part of the worth of a mark (`*`, `%`) remains for a name with it in front that is unknown.
        prefix: What part of a name's worth remains when only its beginning is typed.
        prefix_rest: What part of that hangs on how much of the name is typed.
        joined: What part of the worth of a name remains for a query of several words that only begins it.
        text: What a point of impact is worth beside the worth of names.
        dotted: What part of that, and of what people ask, remains where a dotted name is typed.
        asked: What it is worth that people ask so for an entry; it grows with the cube of how alike the questions are.
        asked_named: What part of that remains where a name is typed exactly as it is written.
        coverage: How much of a text's score hangs on the share of the query that it covers.
        completion: What part of an impact remains for a word that completes the last one typed.
        ahead: How many entries are kept of all that the words speak for that complete the last one typed.
        mended: What part of a score remains for a query that was corrected.
        place: What a place is worth whose address was pasted.
    """

    written: float = 130
    written_dotted: float = 650
    spoken: float = 0.95
    sign: float = 0.15
    marked: float = 0.5
    rest: float = 0.5
    prefix: float = 0.64
    prefix_rest: float = 0.35
    joined: float = 0.5
    text: float = 1.7
    dotted: float = 0.2
    asked: float = 1200
    asked_named: float = 0.5
    coverage: float = 0.93
    completion: float = 0.69
    ahead: float = 64
    mended: float = 0.5
    place: float = 5000

    def as_dict(self) -> dict[str, float]:
        """Return the rules by name."""
        return {name: float(value) for name, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, numbers: dict[str, float]) -> Rules:
        """Read rules that `as_dict` wrote; a name that is missing keeps its default."""
        return cls(**{field.name: numbers[field.name] for field in fields(cls) if field.name in numbers})
