"""The piece of a text that shows why it was found."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from builder.excerpts import LENGTH, Excerpt, cut_excerpt


def marked(excerpt: Excerpt) -> list[str]:
    return [excerpt.text[start:end] for start, end in excerpt.marks]


def test_marks_the_words_of_the_query_and_their_inflected_forms():
    excerpt = cut_excerpt("Parses a string. Parsing is strict, the parser is partial.", "parse strings")

    assert marked(excerpt) == ["Parses", "string", "Parsing", "parser"]


def test_finds_words_inside_names():
    assert marked(cut_excerpt("See json_dump and os.path.join.", "dump join")) == ["dump", "join"]


def test_a_short_word_is_marked_only_whole():
    assert marked(cut_excerpt("as a part of all", "a")) == ["a"]


def test_shows_where_most_of_the_words_stand():
    filler = "nothing to see here. " * 30

    excerpt = cut_excerpt(f"one file. {filler}reads a file line by line. {filler}", "read file line")

    assert marked(excerpt) == ["reads", "file", "line", "line"]
    assert excerpt.text.startswith("… ")
    assert excerpt.text.endswith(" …")


def test_without_a_match_the_fallback_is_shown():
    assert cut_excerpt("Some prose.", "json", "A summary.") == Excerpt(text="A summary.")


def test_without_match_and_fallback_the_text_is_shown_from_its_beginning():
    assert cut_excerpt("Some prose.", "json") == Excerpt(text="Some prose.")


def test_marks_pairs_of_letters_in_scripts_without_spaces():
    assert "".join(marked(cut_excerpt("これは標準ライブラリです。", "標準ライブラリ"))) == "標準ライブラリ"


@given(st.text(max_size=1000), st.text(max_size=60), st.text(max_size=40))
def test_marks_lie_in_order_inside_a_text_of_bounded_length(text: str, query: str, fallback: str):
    excerpt = cut_excerpt(text, query, fallback)

    places = [place for mark in excerpt.marks for place in mark]
    assert places == sorted(places)
    assert all(0 <= place <= len(excerpt.text) for place in places)
    assert len(excerpt.text) <= max(LENGTH + 4, len(fallback))
    assert all(start < end for start, end in excerpt.marks)
