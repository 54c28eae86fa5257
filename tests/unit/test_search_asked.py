"""Curated answers: files of places and what people ask for them, and the entries that they lead to."""

import sys
from pathlib import Path

import pytest

from builder.search_index.asked import Answer, Ask, answers_for, placed, read_answers
from builder.search_index.query import search

sys.path.insert(0, str(Path(__file__).parents[1] / "js" / "search"))
import made_index

ENTRIES = made_index.entries_of(
    [
        {"page": "library/json.html", "anchor": "module-json", "name": "json", "kind": "module", "level": 1},
        {"page": "library/json.html", "anchor": "json.dump", "name": "json.dump", "role": "py:function"},
        {"page": "builtins/types.html", "anchor": "list", "name": "list", "role": "py:class", "inbound": 9},
        {"page": "glossary.html", "anchor": "term-list", "name": "list", "role": "std:term", "inbound": 99},
    ]
)


def test_a_file_of_answers_is_read_place_by_place():
    text = "# a comment\njson.dump\n  write json\n\n\tsave to disk\nlist\n  # of things\n"

    assert list(read_answers(text)) == [
        Answer("json.dump", "write json"),
        Answer("json.dump", "save to disk"),
        Answer("list", "# of things"),
    ]


def test_a_question_above_the_first_place_is_named_by_its_line():
    with pytest.raises(ValueError, match="line 2 asks"):
        list(read_answers("# ours\n  write json\njson.dump\n"))


@pytest.mark.parametrize(
    ("place", "ordinal"),
    [
        ("json.dump", 1),
        ("library/json", 0),
        ("library/json#json.dump", 1),
        ("list", 2),
        ("library/types#list", 2),
        ("glossary#term-list", 3),
    ],
)
def test_a_place_is_a_name_or_a_page_wherever_its_folder_is_now(place, ordinal):
    assert placed([Answer(place, "what")], ENTRIES) == [Ask(ordinal, "what")]


def test_a_place_that_this_version_does_not_have_is_skipped():
    assert placed([Answer("gone.name", "what"), Answer("library/gone#x", "what")], ENTRIES) == []


def test_the_same_question_for_one_entry_counts_once():
    answers = [Answer("json.dump", "write json"), Answer("library/json#json.dump", "write json")]

    assert placed(answers, ENTRIES) == [Ask(1, "write json")]


def test_ours_for_python_can_all_be_read_and_other_docs_have_none():
    answers = answers_for("python")

    assert len(answers) > 10_000
    assert all(answer.place and answer.ask == answer.ask.strip() for answer in answers)
    assert answers_for("toolbox") == []


def test_what_people_ask_finds_the_place_also_in_other_words_and_order():
    answers = [["json.dump", "save a dictionary to disk"], ["list", "growing array"]]
    tables = made_index.tables_of(made_index.index_of(ENTRIES, [], answers=answers))

    for query in ("save a dictionary to disk", "dictionary saved to a disk", "how to save dictionary"):
        assert search(tables, query).hits[0].ordinal == 1
    assert search(tables, "growing array").hits[0].ordinal == 2
    assert search(tables, "save").hits[0].ordinal == 1


def test_a_full_name_stands_above_all_that_people_ask_for():
    answers = [["json", f"{word} json dump"] for word in "quick safe pretty plain small large sorted".split()]
    tables = made_index.tables_of(made_index.index_of(ENTRIES, [], answers=answers))

    assert search(tables, "json.dump").hits[0].ordinal == 1


def test_what_people_ask_never_stands_above_the_name_itself():
    answers = [["list", "json"], ["list", "json list"]]
    tables = made_index.tables_of(made_index.index_of(ENTRIES, [], answers=answers))

    assert search(tables, "json").hits[0].ordinal == 0
