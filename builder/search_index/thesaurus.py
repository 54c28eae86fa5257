"""Words that people bring along, and the words that documentation uses for the same thing; see `thesaurus.txt`.

They widen the index at build time, so that a query pays nothing for them.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from builder.search_index.languages import stems, stop_words
from builder.search_index.text import key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_FILE = Path(__file__).with_name("thesaurus.txt")


def said_for(language: str) -> dict[str, tuple[str, ...]]:
    """Return for each word of the docs the words that people say for it; empty for other languages than English."""
    if language.partition("-")[0].lower() != "en":
        return {}
    found: dict[str, list[str]] = defaultdict(list)
    for line in _FILE.read_text("utf-8").splitlines():
        said, colon, meant = line.partition(":")
        if colon and not line.startswith("#"):
            for word in meant.split():
                found[key(word)].append(said.strip())
    return {word: tuple(said) for word, said in found.items()}


def widened(
    rows: Sequence[Mapping[str, float]], said: Mapping[str, Sequence[str]], language: str
) -> list[dict[str, float]]:
    """Return for each row of words what people say for them and does not stand there, with the share of the word.

    Words are compared by their stems; a stop word beside others speaks for nothing.

    Args:
        rows: Words, each with its share.
        said: See `said_for`.
        language: Of the words, a BCP 47 tag.
    """
    forms = list(dict.fromkeys(chain(said, chain.from_iterable(rows))))
    stem_of = dict(zip(forms, stems(forms, language), strict=True))
    known: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for meant, others in said.items():
        known[stem_of[meant]] += tuple(others)
    quiet = stop_words(language)
    result = []
    for row in rows:
        more: dict[str, float] = {}
        for word, share in row.items():
            if stem_of[word] in known and (word not in quiet or len(row) == 1):
                for other in known[stem_of[word]]:
                    if other not in row:
                        more[other] = max(share, more.get(other, 0.0))
        result.append(more)
    return result
