"""Cards: what a row of results shows of an entry, in files that only the visible rows need."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from builder.search_index.text import key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.models import Entry

CHUNK = 8
"""Entries in one file, neighbours in the docs."""
HOT_CHUNK = 12
"""Entries in one file of those needed most; they are in order of name, because they are shown while a name is typed."""
HOT = 480
SUMMARY, SIGNATURE = 110, 100
_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


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


def hottest(entries: Sequence[Entry], priors: Sequence[float]) -> list[int]:
    """Return the ordinals of the entries that readers need most, in order of name."""
    best = sorted(range(len(entries)), key=lambda place: (-priors[place], place))[:HOT]
    return sorted(best, key=lambda place: (key(entries[place].name or entries[place].title), place))


def card_files(cards: Sequence[Card], chunk: int) -> list[bytes]:
    """Return the content of each file of cards, so many in one."""
    return [_file(cards[place : place + chunk]) for place in range(0, len(cards), chunk)]


def _file(cards: Sequence[Card]) -> bytes:
    """Write cards as JSON: strings that repeat once, then a list a card (see `cards.js`)."""
    shared: dict[str, int] = {}
    rows: list[list[str | int]] = []
    for page, anchor, kind, name, title, signature, summary, trail, added, deprecated in cards:
        page_place = shared.setdefault(page, len(shared))
        trail_place = shared.setdefault(trail, len(shared))
        row: list[str | int] = [
            page_place, anchor, shared.setdefault(kind, len(shared)), name, title if title != name else "",
            short(signature.partition("\n")[0], SIGNATURE), short(summary, SUMMARY), trail_place, added, deprecated,
        ]  # fmt: skip
        while row[-1] == "":
            row.pop()
        rows.append(row)
    return _ENCODE([list(shared), rows]).encode()


def short(text: str, most: int) -> str:
    """Cut text at a word so that it has at most so many characters, an ellipsis included."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    space = cut.rfind(" ")
    return (cut[:space] if space > most // 2 else cut).rstrip(" ,;:(") + "…"
