"""Read what narrows a search down: "a phrase", -word, kind:function, module:json.

`static/js/search/filters.js` does the same. A filter looks at what a row of results shows, of the best entries found:
so browsers need no more than the rows, and all come to the same answers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from builder.search_index.text import key, words

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from builder.search_index.cards import Card
    from builder.search_index.tables import SearchTables

LOOKED_THROUGH = 150
"""How many of the best entries are looked through."""

_PHRASE = re.compile(r'(?<!\S)["“”]([^"“”]*[^\s"“”]\s+[^\s"“”][^"“”]*)["“”](?!\S)')
_FACET = re.compile(r'(?<!\S)(kind|module):(?:"([^"]*)"|(\S*))(?!\S)')
_WITHOUT = re.compile(r"(?<=\s)-([^\W\d_A-Z]\w+)(?!\S)")
_DASHES = re.compile(r"[-_\s]+")


class Filters(NamedTuple):
    """What narrows a query down.

    Attributes:
        text: What remains to be searched for.
        phrases: Words that have to stand side by side.
        without: Words that must not be there, without the dash.
        kind: The beginning of the kind that is wanted, "" for any.
        module: The module that is wanted, "" for any.
    """

    text: str
    phrases: tuple[tuple[str, ...], ...] = ()
    without: tuple[str, ...] = ()
    kind: str = ""
    module: str = ""


def cut_filters(text: str, switches: Collection[str] = ()) -> Filters:
    """Cut the filters off a query.

    A word behind a dash is left out only if something stands before it, it has two letters and is no switch: one dash,
    small letters, and not a name in the docs. A phrase has two words: `"__main__"` is mostly code.

    Args:
        text: A query.
        switches: Words that are names with their dash in front.
    """
    phrases = tuple(tuple(words(phrase)) for phrase in _PHRASE.findall(text))
    rest = _PHRASE.sub(r"\1", text)
    wanted = {facet: quoted or plain for facet, quoted, plain in _FACET.findall(rest)}
    rest = _FACET.sub("", rest).strip()
    without = tuple(word for word in _WITHOUT.findall(rest) if word not in switches)
    rest = _WITHOUT.sub(lambda found: "" if found[1] in without else found[0], rest).strip()
    kind, module = _DASHES.sub(" ", wanted.get("kind", "")).lower(), wanted.get("module", "").lower()
    return Filters(rest or module or kind or text, tuple(filter(None, phrases)), without, kind, module)


def read_filters(tables: SearchTables, text: str) -> Filters:
    """Cut the filters off a query, but what the docs know as a switch."""
    filters = cut_filters(text)
    switches = [word for word in filters.without if tables.names(key(f"-{word}"))]
    return cut_filters(text, switches) if switches else filters


def narrowed(tables: SearchTables, ordinals: list[int], filters: Filters) -> list[int]:
    """Return those of the best entries that the filters leave; a phrase that nothing shows is no filter."""
    if not (filters.phrases or filters.without or filters.kind or filters.module):
        return ordinals
    looked = ordinals[:LOOKED_THROUGH]
    pages = _pages_of(tables, filters.module)
    rows = [
        (ordinal, card)
        for ordinal, card in zip(looked, tables.shown(looked), strict=True)
        if _fits(card, filters, pages)
    ]
    said = [ordinal for ordinal, card in rows if _says(card, filters.phrases)]
    return said or [ordinal for ordinal, _ in rows]


def _pages_of(tables: SearchTables, module: str) -> set[str]:
    """Return the pages of a module."""
    named = [ordinal for ordinal, _, _ in tables.names(key(module))] if module else []
    return {
        card.page for card in tables.shown(named) if card.kind == "module" and card.name.lower() == module
    }


def _fits(card: Card, filters: Filters, pages: Collection[str]) -> bool:
    """Tell whether an entry is of the kind and in the module that are wanted, and shows no word that is not."""
    name, module = card.name.lower(), filters.module
    inside = not module or name == module or name.startswith(f"{module}.") or card.page in pages
    if not inside or not card.kind.lower().startswith(filters.kind):
        return False
    shown = {word for text in (card.page, *_texts(card)) for word in words(text)}
    return shown.isdisjoint(word for one in filters.without for word in words(one))


def _says(card: Card, phrases: Sequence[Sequence[str]]) -> bool:
    """Tell whether an entry shows all phrases."""
    shown = [f" {' '.join(words(text))} " for text in _texts(card)]
    return all(any(f" {' '.join(phrase)} " in text for text in shown) for phrase in phrases)


def _texts(card: Card) -> tuple[str, ...]:
    return card.name, card.title, card.signature, card.summary, card.trail
