"""Keep the cards of a docset's entries between builds; only those of pages whose summaries changed are made anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from builder.search_index.cards import card_of, written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.pipeline.binding import Binder, Bound
    from builder.search_index.keeping import Keeper


class Kept(NamedTuple):
    """The cards of a docset.

    Attributes:
        frame_key: See `Binder`; all but the summaries of cards hangs on it.
        pages: Of each page, a hash of its summaries, and its cards as files have them.
    """

    frame_key: str
    pages: Mapping[str, tuple[str, list[bytes]]]


def written_cards(binder: Binder, bound: Bound, kept: Keeper) -> list[bytes]:
    """Return the cards of all entries as files have them, in id order."""
    last: Kept | None = kept.last("cards")
    known = last.pages if last and last.frame_key == binder.frame_key else {}
    marks = {path: binder.reading.worked(path).summaries for path in bound.frame.page_ids}
    stale = [path for path, mark in marks.items() if path not in known or known[path][0] != mark]
    if stale:
        made = (binder.some(stale, bound) if known else binder.whole).pages
        fresh = {path: (marks[path], written(list(map(card_of, made[path])))) for path in stale}
        known = {path: fresh.get(path) or known[path] for path in marks}
        kept.keep("cards", Kept(binder.frame_key, known))
    return [card for _, cards in known.values() for card in cards]
