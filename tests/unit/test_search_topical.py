"""Topics of programming in general: what readers type for them leads to what some docs call so."""

import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from builder.search_index.asked import Answer, answers_for
from builder.search_index.query import search
from builder.search_index.topical import Topic, all_topics, answers_by_topic, read_topics

sys.path.insert(0, str(Path(__file__).parents[1] / "js" / "search"))
import made_index

TOPICS = (
    Topic(("connection pool", "pool size"), ("reuse open connections", "too many sockets")),
    Topic(("middleware",), ("run before every request", "wrap the handler")),
    Topic(("upsert", "update or create"), ("insert unless it exists",)),
)
ENTRIES = made_index.entries_of(
    [
        {"page": "guide.html", "anchor": "pooling", "title": "Pooling connections", "inbound": 5},
        {"page": "guide.html", "anchor": "other", "title": "Wrapping the handler of a request"},
        {"page": "guide.html", "anchor": "own", "title": "Writing middleware of your own"},
        {"page": "api.html", "anchor": "Middleware", "name": "web.Middleware", "role": "py:class"},
        {"page": "api.html", "anchor": "uoc", "name": "Query.update_or_create", "role": "py:method"},
        {"page": "changes.html", "anchor": "", "title": "Release notes", "level": 1},
        {"page": "changes.html", "anchor": "pool", "title": "Connection pool"},
    ]
)
PRIORS = [0.5] * len(ENTRIES)


def test_a_file_of_topics_is_read_topic_by_topic():
    text = "# a comment\nconnection pool | pool size\n  reuse open connections\n\n  # of sockets\nrouting\n  add one\n"

    assert list(read_topics(text)) == [
        Topic(("connection pool", "pool size"), ("reuse open connections", "# of sockets")),
        Topic(("routing",), ("add one",)),
    ]


@pytest.mark.parametrize(
    "text", ["  asked too early\nrouting\n  add a page\n", "routing\nmiddleware\n  wrap\n", "routing\n"]
)
def test_a_topic_without_questions_is_named_by_its_line(text):
    with pytest.raises(ValueError, match=r"line \d"):
        list(read_topics(text))


def test_those_that_come_with_us_can_all_be_read_and_say_each_thing_once():
    topics = all_topics()

    assert len(topics) > 3_000
    for topic in topics:
        said = (*topic.names, *topic.asks)
        assert all(said), topic
        assert max(Counter(said).values()) == 1, topic


def test_what_is_typed_for_a_topic_leads_to_what_the_docs_call_so():
    answers = answers_by_topic(ENTRIES, PRIORS, "en", TOPICS)

    assert Answer("guide#pooling", "reuse open connections") in answers.all
    assert Answer("guide#pooling", "pool size") in answers.all
    assert Answer("api#uoc", "upsert") in answers.all
    assert Answer("api#uoc", "insert unless it exists") in answers.all


def test_a_name_of_one_word_has_to_be_the_whole_heading():
    places = {answer.place for answer in answers_by_topic(ENTRIES, PRIORS, "en", TOPICS).all}

    assert "api#Middleware" in places
    assert "guide#own" not in places


def test_what_the_docs_say_of_another_place_leads_there_alone():
    asks = {answer.ask for answer in answers_by_topic(ENTRIES, PRIORS, "en", TOPICS).all}

    assert "run before every request" in asks
    assert "wrap the handler" not in asks


def test_release_notes_are_no_place_of_a_topic():
    places = {answer.place for answer in answers_by_topic(ENTRIES, PRIORS, "en", TOPICS).all}

    assert not any(place.startswith("changes") for place in places)


def test_docs_in_another_language_are_left_alone():
    assert answers_by_topic(ENTRIES, PRIORS, "ja", TOPICS).all == ()


def test_they_call_nothing_up_by_name():
    assert answers_by_topic(ENTRIES, PRIORS, "en", TOPICS).calling() == []


def test_docs_are_found_by_words_that_they_do_not_have():
    tables = made_index.tables_of(made_index.index_of(ENTRIES, [], general=()))

    assert search(tables, "upsert").hits[0].ordinal == 4
    assert search(tables, "QueuePool limit reached").hits[0].ordinal == 0


def test_docs_that_have_answers_of_their_own_with_us_need_no_topics():
    python = replace(made_index.DOCSET, slug="python")
    tables = made_index.tables_of(
        made_index.index_of(ENTRIES, [], python, answers=answers_for("python"), general=())
    )

    assert not any(hit.ordinal == 4 for hit in search(tables, "upsert").hits)
