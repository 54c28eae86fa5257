"""Reading text and queries; `tests/js/search/text.test.js` reads the same golden file."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.search_index.reading import read
from builder.search_index.text import form, key, marked_words, words

READINGS = Path(__file__).parents[1] / "js" / "search" / "readings.json"


def test_queries_are_read_as_the_golden_file_says():
    golden = json.loads(READINGS.read_text("utf-8"))

    found = {}
    for text in golden:
        question = read(text)
        found[text] = {"key": question.key, "form": question.form, "words": list(question.words)}

    assert found == golden


@pytest.mark.parametrize(
    ("written", "squashed"),
    [
        ("os.path.join", "ospathjoin"),
        ("os path join", "ospathjoin"),
        ("OS/Path/Join", "ospathjoin"),
        ("ordered_dict", "ordereddict"),
        ("__init__", "_init"),
        ("-m", "-m"),
        ("--dry-run", "--dryrun"),
        ("%d", "%d"),
        ("*args", "*args"),
        (":=", ":="),
        ("- >", "->"),
        ("‘quoted’", "quoted"),
        ("", ""),
    ],
)
def test_a_key_keeps_letters_and_the_mark_in_front(written, squashed):
    assert key(written) == squashed


def test_words_of_scripts_without_spaces_are_pairs():
    assert words("日本語の Python") == ["日本", "本語", "語の", "python"]


def test_marked_words_are_found_inside_of_prose():
    assert marked_words("pass *args, **kwargs or %d; not a*b, e-mail, a__b") == ["*args", "**kwargs", "%d"]


def test_the_form_tells_how_a_name_is_written():
    names = ["Set", "set", "SET", "hashlib.new", "__new__", "new", "os.path.join", "os path join"]

    assert len({form(name) for name in names}) == len(names)


@given(st.text())
def test_a_key_is_its_own_key(text):
    assert key(key(text)) == key(text)


@given(st.text())
def test_words_are_in_lower_case_and_hold_no_blanks(text):
    assert all(word and word == word.lower() and not word.isspace() for word in words(text))


@given(st.text())
def test_any_query_can_be_read(text):
    question = read(text)

    assert 0 <= question.form <= 255
    assert " " not in question.key
