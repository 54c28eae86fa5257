"""Curated answers: files of places and what people ask for them, and the entries that they lead to."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from builder.search_index import asked_words
from builder.search_index.asked import Answer, Answers, Ask, answers_for, placed, places_of, read_answers
from builder.search_index.asked_words import learnt_from, read_lessons
from builder.search_index.learning import learn
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
    assert placed([Answer(place, "what")], places_of(ENTRIES)) == [Ask(ordinal, "what")]


def test_a_place_that_this_version_does_not_have_is_skipped():
    assert placed([Answer("gone.name", "what"), Answer("library/gone#x", "what")], places_of(ENTRIES)) == []


def test_the_same_question_for_one_entry_counts_once():
    answers = [Answer("json.dump", "write json"), Answer("library/json#json.dump", "write json")]

    assert placed(answers, places_of(ENTRIES)) == [Ask(1, "write json")]


def test_ours_for_python_can_all_be_read_and_other_docs_have_none():
    (ours,) = answers_for("python")

    assert len(ours.all) > 10_000
    assert all(answer.place and answer.ask == answer.ask.strip() for answer in ours.all)
    assert answers_for("toolbox") == []


def test_what_was_learned_from_ours_is_as_new_as_they_are():
    (ours,) = answers_for("python")

    with np.load(ours.learnt) as kept:
        assert kept["made_of"] == ours.digest(), "run `python -m builder.search_index.asked_words`"
    learnt, read = learnt_from(ours, ours.language), read_lessons(ours, ours.language)
    assert (learnt.forms, learnt.stems, learnt.places) == (read.forms, read.stems, read.places)
    assert learnt.pairs.tolist() == read.lessons.pairs.tolist()
    assert len(learnt.worth) == len(learnt.pairs)


def test_all_questions_of_an_owner_call_a_place_up_but_only_short_ones_of_ours():
    answers = (Answer("list", "growing array"), Answer("list", "an array that grows by itself"))

    assert Answers(answers).calling() == list(answers)
    assert Answers(answers, Path("learnt.npz")).calling() == [answers[0]]


def test_words_that_tell_places_apart_come_to_say_more_than_words_of_all():
    asks = [f"{verb} a {noun}" for verb in ("find", "open", "close") for noun in ("door", "file", "socket")]
    answers = Answers(tuple(Answer(ask.split()[-1], ask) for ask in asks))
    read = read_lessons(answers, "en")
    worth = dict(zip(read.lessons.pairs.tolist(), learn(read.lessons).tolist(), strict=True))

    def said(word, place):
        number = list(dict.fromkeys(read.stems)).index(read.stems[read.forms.index(word)])
        return worth[number * read.lessons.width + read.places.index(place)]

    assert said("door", "door") > 3 * said("find", "door")
    assert said("file", "file") > said("a", "file")


def test_learning_twice_comes_to_the_same():
    lessons = read_lessons(Answers((Answer("a", "one two"), Answer("b", "two three"))), "en").lessons

    assert learn(lessons).tolist() == learn(lessons).tolist()


def test_ours_are_asked_in_english_whatever_the_docs_are_written_in(monkeypatch):
    monkeypatch.setattr(asked_words, "learn", None)
    japanese = replace(made_index.DOCSET, slug="python", language="ja")
    index = made_index.index_of(ENTRIES, [], japanese, answers=answers_for("python"))

    assert search(made_index.tables_of(index), "writing jsons to files").hits[0].ordinal == 1


def test_what_an_owner_adds_stands_beside_what_was_there():
    first, second = Answers((Answer("json.dump", "save it"),)), Answers((Answer("list", "growing array"),))
    tables = made_index.tables_of(made_index.index_of(ENTRIES, [], answers=[first, second]))

    assert search(tables, "how to save it").hits[0].ordinal == 1
    assert search(tables, "an array that is growing").hits[0].ordinal == 2


def test_what_people_ask_finds_the_place_also_in_other_words_and_order():
    answers = made_index.asked([["json.dump", "save a dictionary to disk"], ["list", "growing array"]])
    tables = made_index.tables_of(made_index.index_of(ENTRIES, [], answers=answers))

    for query in ("save a dictionary to disk", "dictionary saved to a disk", "how to save dictionary"):
        assert search(tables, query).hits[0].ordinal == 1
    assert search(tables, "growing array").hits[0].ordinal == 2
    assert search(tables, "save").hits[0].ordinal == 1


def test_a_full_name_stands_above_all_that_people_ask_for():
    answers = made_index.asked(
        ["json", f"{word} json dump"] for word in "quick safe pretty plain small large sorted".split()
    )
    tables = made_index.tables_of(made_index.index_of(ENTRIES, [], answers=answers))

    assert search(tables, "json.dump").hits[0].ordinal == 1


def test_of_places_that_a_key_calls_up_the_one_stands_first_that_people_call_so_too():
    entries = made_index.entries_of(
        [
            {"page": "a.html", "anchor": "one", "title": "Membership", "inbound": 8},
            {"page": "a.html", "anchor": "two", "title": "Membership", "inbound": 9},
        ]
    )
    answers = made_index.asked([["a#one", "membership"]])

    for asked, first in (([], 1), (answers, 0)):
        tables = made_index.tables_of(made_index.index_of(entries, [], answers=asked))
        assert search(tables, "membership").hits[0].ordinal == first


def test_what_people_ask_never_stands_above_the_name_itself():
    answers = made_index.asked([["list", "json"], ["list", "json list"]])
    tables = made_index.tables_of(made_index.index_of(ENTRIES, [], answers=answers))

    assert search(tables, "json").hits[0].ordinal == 0
