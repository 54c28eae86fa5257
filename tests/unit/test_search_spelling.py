"""Mending typos."""

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.search_index.query import search
from builder.search_index.spelling import distance, pieces, swapped

sys.path.insert(0, str(Path(__file__).parents[1] / "js" / "search"))
import made_index

letters = st.text("abc", max_size=7)


def plain_distance(left: str, right: str) -> int:
    """Count edits by the definition: optimal string alignment, the whole matrix."""
    rows = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for row in range(len(left) + 1):
        for column in range(len(right) + 1):
            if not row or not column:
                rows[row][column] = row + column
                continue
            same = left[row - 1] == right[column - 1]
            best = min(
                rows[row - 1][column] + 1, rows[row][column - 1] + 1, rows[row - 1][column - 1] + (not same)
            )
            if (
                row > 1
                and column > 1
                and left[row - 1] == right[column - 2]
                and left[row - 2] == right[column - 1]
            ):
                best = min(best, rows[row - 2][column - 2] + 1)
            rows[row][column] = best
    return rows[-1][-1]


@given(letters, letters, st.integers(1, 2))
def test_the_distance_is_that_of_the_definition_up_to_the_limit(left, right, most):
    assert distance(left, right, most) == min(plain_distance(left, right), most + 1)


@given(letters, letters)
def test_the_distance_is_the_same_both_ways(left, right):
    assert distance(left, right, 2) == distance(right, left, 2)


@given(
    st.text("abcdef", min_size=4, max_size=12),
    st.integers(0, 11),
    st.sampled_from(["drop", "add", "change", "swap"]),
)
def test_one_edit_leaves_the_beginning_or_the_end_as_it_was_or_swaps_the_middle(word, place, edit):
    place = min(place, len(word) - 2)
    typed = {
        "drop": word[:place] + word[place + 1 :],
        "add": f"{word[:place]}x{word[place:]}",
        "change": f"{word[:place]}x{word[place + 1 :]}",
        "swap": word[:place] + word[place + 1] + word[place] + word[place + 2 :],
    }[edit]

    size = pieces(typed, 1)

    assert word.startswith((typed[:size], swapped(typed))) or word.endswith(typed[-size:])


@pytest.mark.parametrize(
    ("left", "right"), [("json", "jsno"), ("json", "jon"), ("json", "jason"), ("json", "bson")]
)
def test_each_kind_of_slip_is_one_edit(left, right):
    assert distance(left, right, 2) == 1


def test_of_words_alike_the_one_that_people_ask_with_is_meant():
    texts = ["One charter more."] * 2 + ["One chapter more."] * 4
    section = {"page": "guide.html", "title": "Copying"}
    entries = made_index.entries_of(
        [{**section, "anchor": f"s{place}", "text": text} for place, text in enumerate(texts)]
    )
    asks = made_index.asked([["guide#s0", "charter of all"], ["guide#s1", "charter for some"]])

    before = search(made_index.tables_of(made_index.index_of(entries, [])), "chadter")
    after = search(made_index.tables_of(made_index.index_of(entries, [], answers=asks)), "chadter")

    assert (before.corrected, after.corrected) == ("chapter", "charter")
