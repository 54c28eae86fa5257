"""Packing numbers many at once gives what writing them one by one gives."""

import struct

from hypothesis import given
from hypothesis import strategies as st

from builder.search_index import packing
from builder.search_index.shard_rows import number

rows_of_numbers = st.lists(st.lists(st.integers(0, 2**32 - 1) | st.integers(0, 300), max_size=5), max_size=5)
named = st.tuples(st.integers(0, 2**24 - 1), st.integers(0, 255), st.integers(0, 4095))
postings = st.dictionaries(st.integers(0, 2**24 - 1) | st.integers(0, 9), st.integers(1, 255))


@given(rows_of_numbers)
def test_numbers_are_written_as_one_by_one(rows):
    values = [value for row in rows for value in row]
    ends = [sum(map(len, rows[: place + 1])) for place in range(len(rows))]

    found = packing.leb128(packing.np.array(values, "i8"), packing.np.array(ends, "i8"))

    assert found == [b"".join(map(number, row)) for row in rows]


@given(st.lists(st.lists(named, max_size=5), max_size=4))
def test_entries_of_names_are_written_as_the_format_says(rows):
    rows = [sorted(row, key=lambda one: -one[2]) for row in rows]
    packed = [
        b"".join(struct.pack("<2I", ordinal << 8 | form, worth) for ordinal, form, worth in row)
        for row in rows
    ]

    found = packing.named(packed)

    expected = []
    for row in rows:
        worths = [4095, *(worth for _, _, worth in row)]
        content = number(len(row) + 1)
        for above, (ordinal, form, worth) in zip(worths, row, strict=False):
            content += number(above - worth) + number(ordinal) + bytes((form,))
        expected.append(content)
    assert found == expected


@given(st.lists(postings, max_size=4))
def test_postings_are_written_as_the_format_says(rows):
    ordered = [sorted(((-impact, ordinal) for ordinal, impact in found.items())) for found in rows]
    packed = [
        b"".join(struct.pack("<I", ordinal << 8 | -rank) for rank, ordinal in entries) for entries in ordered
    ]

    found = packing.posted(packed)

    expected = []
    for entries in (sorted(entries.items()) for entries in rows):
        ordinals = [ordinal for ordinal, _ in entries]
        steps = [one - before for before, one in zip([0, *ordinals], ordinals, strict=False)]
        expected.append(
            b"".join(map(number, [len(entries), *steps])) + bytes(impact for _, impact in entries)
        )
    assert found == expected


@given(st.lists(st.tuples(st.text("ab𐐀é", max_size=4), st.text("ab𐐀é", max_size=4)), max_size=5))
def test_what_texts_share_in_front_is_counted(pairs):
    found = packing.shared([left for left, _ in pairs], [right for _, right in pairs])

    for (left, right), count in zip(pairs, found, strict=True):
        assert left[:count] == right[:count]
        assert left[count : count + 1] != right[count : count + 1] or count == len(left) == len(right)


def test_what_long_texts_share_is_counted_to_its_end():
    assert packing.shared(["a" * 200, "b\0c"], ["a" * 150 + "b", "b\0d"]) == [150, 2]


@given(
    st.lists(st.dictionaries(st.integers(0, 9), st.integers(1, 9)), min_size=1, max_size=4),
    st.data(),
    st.integers(1, 5),
)
def test_words_together_say_the_best_that_each_says(words, data, most):
    places = st.lists(st.integers(0, len(words) - 1), unique=True)
    groups = data.draw(st.lists(places, max_size=3))
    spoken = [sorted(said.items(), key=lambda one: (-one[1], one[0])) for said in words]

    found = packing.best_of(groups, [written(said) for said in spoken], most)

    together = []
    for group in groups:
        highest: dict[int, int] = {}
        for ordinal, impact in (one for place in group for one in spoken[place]):
            highest[ordinal] = max(impact, highest.get(ordinal, 0))
        together.append(sorted(highest.items(), key=lambda one: (-one[1], one[0]))[:most])
    assert found == list(map(written, together))


def written(said):
    return b"".join(struct.pack("<I", ordinal << 8 | impact) for ordinal, impact in said)
