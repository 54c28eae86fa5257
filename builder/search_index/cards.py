"""Cards: what a row of results shows of an entry, in files that only the visible rows need."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

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


def hottest(entries: Sequence[Entry], priors: Sequence[float]) -> list[int]:
    """Return the ordinals of the entries that readers need most, in order of name."""
    best = sorted(range(len(entries)), key=lambda place: (-priors[place], place))[:HOT]
    return sorted(best, key=lambda place: (key(entries[place].name or entries[place].title), place))


def card_files(entries: Sequence[Entry], chunk: int) -> list[bytes]:
    """Return the content of each file of cards, so many entries in one."""
    return [_file(entries[place : place + chunk]) for place in range(0, len(entries), chunk)]


def _file(entries: Sequence[Entry]) -> bytes:
    """Write cards as JSON: strings that repeat once, then a list a card (see `cards.js`)."""
    shared: dict[str, int] = {}
    cards = []
    for entry in entries:
        page, trail, kind = (
            shared.setdefault(one, len(shared)) for one in (entry.page, entry.trail, entry.kind)
        )
        title = entry.title if entry.title != entry.name else ""
        card = [
            page, entry.anchor, kind, entry.name, title, short(entry.signature.split("\n")[0], SIGNATURE),
            short(entry.summary, SUMMARY), trail, entry.added, entry.deprecated,
        ]  # fmt: skip
        while card[-1] == "":
            card.pop()
        cards.append(card)
    return json.dumps([list(shared), cards], ensure_ascii=False, separators=(",", ":")).encode()


def short(text: str, most: int) -> str:
    """Cut text at a word so that it has at most so many characters, an ellipsis included."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    space = cut.rfind(" ")
    return (cut[:space] if space > most // 2 else cut).rstrip(" ,;:(") + "…"
