"""Curated answers: places of a docset with the words and questions by which people look for them.

A file of answers is text; a line in the first column is a place, the indented lines below it are what people ask:

    # a comment
    json.dump
      write json to a file
    reference/compound_stmts#the-with-statement
      context manager syntax

A place is the full name of a symbol or module, or a page without `.html`, with or without `#anchor`. Names outlive
pages: a place that a version of the docs does not have is skipped, and one whose page has moved to another folder is
found by the last part of the page's path. What `curated/<slug>/` holds goes with the docset of that slug.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from builder.models import Entry

CURATED = Path(__file__).with_name("curated")
LEARNT = "learnt.npz"
"""The file beside curated answers that holds what was learned from them."""


MOST_CALLING = 3
"""The most words of a question of ours that calls its place up like a name."""


class Answer(NamedTuple):
    """What people ask, and the place that answers it."""

    place: str
    ask: str


class Ask(NamedTuple):
    """What people ask, and the ordinal of the entry that answers it."""

    ordinal: int
    text: str


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers from one hand, which are learned from together.

    Attributes:
        all: The answers, each once.
        learnt: The file in which may stand what was learned from them.
        language: What they are written in, a BCP 47 tag; "" for the language of the docs.
        general: Whether they are said of any docs (see `topical`): they call nothing up by name, and count less.
    """

    all: tuple[Answer, ...]
    learnt: Path | None = None
    language: str = ""
    general: bool = False

    def calling(self) -> list[Answer]:
        """Return the answers whose question calls the place up like a name: an owner's all, the short ones of ours.

        Nobody types a long question of another's word for word, and thousands of names cost readers bytes.
        """
        if self.general:
            return []
        return [one for one in self.all if self.learnt is None or len(one.ask.split()) <= MOST_CALLING]

    def digest(self) -> str:
        """Return a hash of all places and questions."""
        return hashlib.blake2b("\n".join(map("\t".join, self.all)).encode(), digest_size=16).hexdigest()


def answers_for(slug: str) -> list[Answers]:
    """Return the answers that come with us for the docset of a slug, none for most."""
    folder = CURATED / slug
    found = dict.fromkeys(
        answer for file in sorted(folder.glob("*.txt")) for answer in read_answers(file.read_text("utf-8"))
    )
    return [Answers(tuple(found), folder / LEARNT, language="en")] if found else []


def read_answers(text: str) -> Iterator[Answer]:
    """Yield the answers of a file.

    Raises:
        ValueError: A question stands above the first place.
    """
    place = ""
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("# "):
            continue
        if not line[0].isspace():
            place = line.strip()
        elif place:
            yield Answer(place, line.strip())
        else:
            raise ValueError(f"line {number} asks for something above the first place")


def placed(answers: Iterable[Answer], places: Mapping[str, int]) -> list[Ask]:
    """Return each question once with the entry that answers it, those of places that the docs have."""
    found = set()
    for place, text in answers:
        ordinal = ordinal_of(place, places)
        if ordinal is not None:
            found.add(Ask(ordinal, text))
    return sorted(found)


def ordinal_of(place: str, places: Mapping[str, int]) -> int | None:
    """Return the ordinal of the entry at a place, None where the docs have no such place."""
    return places.get(place, places.get(_last(place)))


def _last(place: str) -> str:
    """Return a place without the folders of its page; a name has none."""
    return f"/{place.rpartition('/')[2]}" if "/" in place else place


def places_of(entries: Sequence[Entry]) -> dict[str, int]:
    """Return the ordinal of the entry at each place: names, `page`, `page#anchor`, the same from the last `/` on.

    Of entries of one name the one stands for it that is an object, not a term, and that the docs link to most.
    """
    found: dict[str, int] = {}
    ranks: dict[str, tuple[bool, int]] = {}
    for ordinal, entry in enumerate(entries):
        page = entry.page.removesuffix(".html")
        for place in (f"{page}#{entry.anchor}", page):
            found.setdefault(place, ordinal)
        rank = (entry.role != "std:term", entry.inbound)
        if entry.name and rank > ranks.get(entry.name, (False, -1)):
            ranks[entry.name] = rank
            found[entry.name] = ordinal
    for place, ordinal in list(found.items()):
        if "/" in place:
            found.setdefault(_last(place), ordinal)
    return found
