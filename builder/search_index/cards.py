"""Cards: what a row of results shows of an entry, in files that only the visible rows need.

A file's cards stand one after another by ordinal: how far the ordinal is from the one before, how many bytes the card
has, the card: its fields in UTF-8 with a separator between them, empty ones at the end left out. Files of keys and of
letters bring the cards along that they most probably call up (see `cards_along`); those of all entries, neighbours in
the docs together, lie in files of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from builder.search_index.shard_rows import number, sized

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from builder.models import Entry

CHUNK = 8
"""Entries in one file, neighbours in the docs."""
SUMMARY, SIGNATURE = 84, 80
_SEPARATOR = "\x1f"


class Card(NamedTuple):
    """What is shown of an entry, in the order in which it is written."""

    page: str
    anchor: str
    kind: str
    name: str
    title: str
    signature: str
    summary: str
    trail: str
    added: str
    deprecated: str


def card_of(entry: Entry) -> Card:
    """Return what is shown of an entry."""
    return Card(
        entry.page, entry.anchor, entry.kind, entry.name, entry.title, entry.signature, entry.summary, entry.trail,
        entry.added, entry.deprecated,
    )  # fmt: skip


def row_of(card: Card) -> Card:
    """Return what a row of results has room for: one line of the signature, the beginning of the summary."""
    signature = short(card.signature.partition("\n")[0], SIGNATURE)
    return card._replace(signature=signature, summary=short(card.summary, SUMMARY))


def written(cards: Sequence[Card]) -> list[bytes]:
    """Return each card as files have it; a title that is the name is left out."""
    return [sized(_SEPARATOR.join(_fields(card)).rstrip(_SEPARATOR).encode()) for card in cards]


def _fields(card: Card) -> Iterable[str]:
    """Return the fields of a card's row, first those that neighbours share; a separator in one would move others."""
    page, anchor, kind, name, title, signature, summary, trail, added, deprecated = row_of(card)
    own = title if title != name else ""
    fields = (page, trail, kind, anchor, name, own, signature, summary, added, deprecated)
    if _SEPARATOR in "".join(fields):
        return (field.replace(_SEPARATOR, " ") for field in fields)
    return fields


def pack(ordinals: Iterable[int], cards: Sequence[bytes]) -> bytes:
    """Write the cards of some entries.

    Args:
        ordinals: Of the entries; one may stand there several times.
        cards: Those of all entries as `written` returns them.
    """
    out: list[bytes] = []
    before = 0
    for ordinal in sorted(set(ordinals)):
        out += (number(ordinal - before), cards[ordinal])
        before = ordinal
    return b"".join(out)


def short(text: str, most: int) -> str:
    """Cut text at a word so that it has at most so many characters, an ellipsis included."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    space = cut.rfind(" ")
    return (cut[:space] if space > most // 2 else cut).rstrip(" ,;:(") + "…"
