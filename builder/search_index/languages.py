"""What the index knows about a language: its stemmer, and its words that carry no meaning of their own."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from builder.search_index.text import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.models import Docset

STEMMERS = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish",
    "eu": "basque", "fi": "finnish", "fr": "french", "hu": "hungarian", "it": "italian", "lt": "lithuanian",
    "nl": "dutch", "no": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sv": "swedish",
    "tr": "turkish",
}  # fmt: skip
"""Snowball's name of each language that documentation is commonly written in."""

STOP_WORDS = {
    "en": (
        "a about after all also am an and any anyone are as at be because been before being between both but "
        "by can could did do does doing don each either else etc few for from get gets getting give given had "
        "has have having he her here his how i if in into is it its itself just let like make many may me "
        "might more most much must my need no not now of off on one only or other others our out over own per "
        "please same should so some such t than that the their them then there these they this those through "
        "to too up us use used uses using very via vs want was way ways we were what when where whether which "
        "while who whose why will with within without would you your"
    )
}
"""Words that say nothing about a subject. One of them that is a name of its own (`with`, `is not`) is searched all the
same."""


def stop_words(language: str) -> frozenset[str]:
    """Return the stop words of a language, given by its BCP 47 tag."""
    return frozenset(STOP_WORDS.get(language.partition("-")[0].lower(), "").split())


def silent_words(docset: Docset) -> frozenset[str]:
    """Return the words that say nothing in a docset: the stop words of its language, and its own name."""
    return stop_words(docset.language) | set(words(docset.name)) | {docset.slug}


def stems(words: Sequence[str], language: str) -> list[str]:
    """Return the stem of each word; words of a language without a stemmer are their own stems."""
    stemmer = _stemmer(language.partition("-")[0].lower())
    if stemmer is None:
        return list(words)
    longer = [word for word in words if len(word) > 3 and word.isalpha()]
    found = dict(zip(longer, stemmer(longer), strict=True))
    return [found.get(word, word) for word in words]


@cache
def _stemmer(language: str):  # type: ignore[no-untyped-def]  # noqa: ANN202 - snowballstemmer has no types
    if language not in STEMMERS:
        return None
    import snowballstemmer  # noqa: PLC0415 - slow to import, and needed only where the index is rebuilt

    return snowballstemmer.stemmer(STEMMERS[language]).stemWords
