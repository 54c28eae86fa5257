"""Cards: what a row of results shows of an entry, in files that only the visible rows need."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.models import Entry

CHUNK = 8
"""Entries in one file, neighbours in the docs."""
SUMMARY, SIGNATURE = 84, 80
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


def row_of(card: Card) -> Card:
    """Return what a row of results has room for: one line of the signature, the beginning of the summary."""
    signature = short(card.signature.partition("\n")[0], SIGNATURE)
    return card._replace(signature=signature, summary=short(card.summary, SUMMARY))


def card_files(cards: Sequence[Card], chunk: int) -> list[bytes]:
    """Return the content of each file of cards, so many in one."""
    return [_ENCODE(_packed(cards[place : place + chunk])).encode() for place in range(0, len(cards), chunk)]


def letter_file(row: bytes, called: Sequence[int], cards: Sequence[Card]) -> bytes:
    """Return all that a first letter needs.

    Args:
        row: What the letter names (see `shard_rows`).
        called: The ordinals of the entries that are shown for it.
        cards: Those of all entries.
    """
    shown = list(dict.fromkeys(called))
    return _ENCODE(
        [base64.b64encode(row).decode("ascii"), shown, *_packed([cards[one] for one in shown])]
    ).encode()


def _packed(cards: Sequence[Card]) -> tuple[list[str], list[list[str | int]]]:
    """Pack cards: strings that repeat once, then a list a card (see `cards.js`)."""
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
    return list(shared), rows


def short(text: str, most: int) -> str:
    """Cut text at a word so that it has at most so many characters, an ellipsis included."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    space = cut.rfind(" ")
    return (cut[:space] if space > most // 2 else cut).rstrip(" ,;:(") + "…"
