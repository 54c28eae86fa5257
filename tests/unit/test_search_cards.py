"""Cards: how files hold them, and which ones a file of keys brings along."""

from __future__ import annotations

import struct
from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from builder.search_index.cards import Card, pack, row_of, written
from builder.search_index.cards_along import BESIDE, SHOWN, Spoken, shown_first

RULES = {
    "written": 130.0, "spoken": 0.95, "text": 1.3, "completion": 0.69, "asked": 950.0, "asked_named": 0.6,
}  # fmt: skip

texts = st.text(max_size=6)
made_cards = st.builds(Card, *[texts] * len(Card._fields))
ordinals = st.integers(0, 30)
named = st.dictionaries(ordinals, st.integers(1, 4095), max_size=6)
impacts = st.dictionaries(ordinals, st.integers(1, 255), max_size=6)


def read(raw: bytes) -> dict[int, list[str]]:
    """Read what a file holds, by ordinal: the fields of each card."""
    found: dict[int, list[str]] = {}
    place = ordinal = 0

    def number() -> int:
        nonlocal place
        value = shift = 0
        while True:
            byte = raw[place]
            place += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while place < len(raw):
        ordinal += number()
        size = number()
        fields = raw[place : place + size].decode().split("\x1f")
        found[ordinal] = fields + [""] * (len(Card._fields) - len(fields))
        place += size
    return found


@given(st.lists(made_cards, min_size=1, max_size=9), st.data())
def test_a_file_holds_the_cards_that_it_was_given_and_no_others(cards, data):
    wanted = data.draw(st.lists(st.integers(0, len(cards) - 1)))

    found = read(pack(wanted, written(cards)))

    assert list(found) == sorted(set(wanted))
    for ordinal, fields in found.items():
        row = row_of(cards[ordinal])
        title = "" if row.title == row.name else row.title
        kept = (row.page, row.trail, row.kind, row.anchor, row.name, title, *row[5:7], *row[8:])
        assert fields == [field.replace("\x1f", " ") for field in kept]


def pairs(found: dict[int, int]) -> bytes:
    return b"".join(struct.pack("<2I", ordinal << 8, worth) for ordinal, worth in best_first(found))


def words(found: dict[int, int]) -> bytes:
    return b"".join(struct.pack("<I", ordinal << 8 | impact) for ordinal, impact in best_first(found))


def best_first(found: dict[int, int]) -> list[tuple[int, int]]:
    return sorted(found.items(), key=lambda one: (-one[1], one[0]))


@given(st.lists(st.tuples(named, named, named, *[impacts] * 4), max_size=4))
def test_a_key_shows_what_it_names_and_what_its_words_say(keys):
    spoken = [Spoken(*map(pairs, key[:3]), *map(words, key[3:])) for key in keys]

    found = shown_first(spoken, RULES)

    assert len(found) == len(keys)
    for key, ordinals in zip(keys, found, strict=True):
        exact, crowd, leading, *_ = key
        said = by_words(key, 1)
        whole = by_words(key, RULES["asked_named"] if exact else 1)
        for ordinal in {**exact, **crowd, **leading}:
            whole[ordinal] += max(
                exact[ordinal] + RULES["written"] if ordinal in exact else 0,
                crowd.get(ordinal, 0),
                leading.get(ordinal, 0) * RULES["spoken"],
            )
        assert_best(ordinals[:SHOWN], whole, SHOWN)
        assert_best([one for one in ordinals if one in said], said, BESIDE, among=True)


def by_words(key: tuple[dict[int, int], ...], calm: float) -> dict[int, float]:
    *_, own, asked, ahead, ahead_asked = key
    share = RULES["completion"]
    said: dict[int, float] = defaultdict(float)
    for ordinal in {**own, **ahead}:
        said[ordinal] += RULES["text"] * max(own.get(ordinal, 0), share * ahead.get(ordinal, 0))
    for ordinal in {**asked, **ahead_asked}:
        likely = max(asked.get(ordinal, 0), share * ahead_asked.get(ordinal, 0))
        said[ordinal] += calm * RULES["asked"] * (likely / 255) ** 3
    return said


def assert_best(ordinals: list[int], scores: dict[int, float], most: int, *, among: bool = False) -> None:
    """See that ordinals have the best scores, or that those with the best scores are among them."""
    best = sorted(scores.values(), reverse=True)[:most]
    found = sorted((scores[ordinal] for ordinal in ordinals), reverse=True)[: len(best)]
    assert len(found) == len(best) if among else len(ordinals) == len(best)
    for score, expected in zip(found, best, strict=True):
        assert abs(score - expected) <= 1 / 64
