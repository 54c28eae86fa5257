"""Every number of the ranking, in one place.

`Weights` holds what the build puts into the index; `Rules` what is left for query time. The rules travel inside the index
(table `search_meta`, `root.json`), so that Python and JavaScript read the same ones.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Numbers of the build.

    Attributes:
        full, bare, dotted, tail, title, term, index, index_head, part: What a key of that class is worth (0 to 1000):
            a full dotted name; the name of a builtin or module; a name without its first parts; its last part; a
            heading; a glossary term; a line of the general index; the head of a line with more below it; a key made
            from another one's words.
        prior_name: What an entry's prior adds to the worth of its names.
        heading, aliases, trail, body: What a word's share of a heading, of index terms, of the trail, and its count in
            the prose are worth in its impact.
        prior_text: How much an entry's prior lifts its impacts.
        saturation, length: k1 and b of BM25 (Robertson and Zaragoza 2009, The Probabilistic Relevance Framework).
        best: How many entries of a word are kept.
    """

    full: float = 640
    bare: float = 760
    dotted: float = 600
    tail: float = 480
    title: float = 500
    term: float = 620
    index: float = 500
    index_head: float = 380
    part: float = 300
    prior_name: float = 240
    heading: float = 2.2
    aliases: float = 0.8
    trail: float = 0.35
    body: float = 1.0
    prior_text: float = 1.0
    saturation: float = 4.0
    length: float = 0.5
    best: int = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Numbers of query time.

    Attributes:
        written: What a name gains when it is typed exactly as it is written.
        prefix: What part of a name's worth remains when only its beginning is typed.
        prefix_rest: What part of that hangs on how much of the name is typed.
        text: What a point of impact is worth beside the worth of names.
        coverage: How much of a text's score hangs on the share of the query that it covers.
        completion: What part of an impact remains for a word that completes the last one typed.
        mended: What part of a score remains for a word that was corrected.
        joined: What part of the worth of a name remains for a query of several words that only begins it.
    """

    written: float = 120
    prefix: float = 0.55
    prefix_rest: float = 0.35
    text: float = 1.0
    coverage: float = 0.7
    completion: float = 0.8
    mended: float = 0.5
    joined: float = 0.5

    def as_dict(self) -> dict[str, float]:
        """Return the rules by name."""
        return {name: float(value) for name, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, numbers: dict[str, float]) -> Rules:
        """Read rules that `as_dict` wrote; a name that is missing keeps its default."""
        return cls(**{field.name: numbers[field.name] for field in fields(cls) if field.name in numbers})
