"""The search index: what is built, how it is asked, and that browsers get the same."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

SEARCH = Path(__file__).parents[1] / "js" / "search"
sys.path.insert(0, str(SEARCH))

import made_index  # noqa: E402 - it lies beside the tests in JavaScript that share it

from builder.models import Docset  # noqa: E402
from builder.search_index.counts import count_terms  # noqa: E402
from builder.search_index.priors import asides  # noqa: E402
from builder.search_index.query import LONGEST_QUERY, search  # noqa: E402
from builder.search_index.shards import export  # noqa: E402

PIECES = (
    *'json dump " -set -m kind: module: function os Error: File ", line 3, in :// / .html # %'.split(),
    "Traceback",
    " ",
)
"""What filters, lines of tracebacks and addresses are made of."""


@pytest.fixture(scope="module")
def made():
    return made_index.made()


@pytest.fixture(scope="module")
def entries(made):
    return made_index.entries_of(made["entries"])


@pytest.fixture(scope="module")
def index(made, entries):
    return made_index.index_of(entries, made["terms"])


@pytest.fixture(scope="module")
def tables(index, entries):
    return made_index.tables_of(index, entries)


@pytest.fixture
def places(tables, entries):
    """Return a function from a query to the places of its hits."""
    return lambda query: [made_index.place(entries[hit.ordinal]) for hit in search(tables, query).hits]


def simple(*facts, terms=(), docset=made_index.DOCSET):
    """Build an index of a few entries; return a function from a query to titles."""
    entries = made_index.entries_of([{"anchor": str(place), **one} for place, one in enumerate(facts)])
    tables = made_index.tables_of(made_index.index_of(entries, list(terms), docset), entries)
    return lambda query: [entries[hit.ordinal].title for hit in search(tables, query).hits]


def function(name, **facts):
    return {"name": name, "role": "py:function", "kind": "function", **facts}


def section(title, **facts):
    return {"title": title, **facts}


def test_answers_are_those_of_the_golden_file():
    golden = json.loads((SEARCH / "answers.json").read_text("utf-8"))

    assert made_index.answers() == golden


def test_javascript_gives_the_same_answers():
    node = shutil.which("node")
    assert node, "the tests of the browser's code need node on the path"

    run = subprocess.run(
        [node, "--test", *map(str, sorted(SEARCH.glob("*.test.js")))],
        env={**os.environ, "PYTHON": sys.executable}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert run.returncode == 0, run.stdout + run.stderr


def test_two_builds_are_equal(made, entries, index):
    again = made_index.index_of(entries, list(reversed(made["terms"])))

    assert again == index
    cards = made_index.cards_of(entries)
    assert list(export(made_index.tables_of(again), cards)) == list(
        export(made_index.tables_of(index), cards)
    )


def test_a_changed_text_changes_the_hash(made, entries, index):
    changed = [replace(entries[0], text="Other words."), *entries[1:]]

    assert made_index.index_of(changed, made["terms"]).hash != index.hash


def test_priors_are_between_0_and_1_one_for_each_entry(entries, index):
    assert len(index.priors) == len(entries)
    assert all(0 <= prior <= 1 for prior in index.priors)


def test_rows_are_sorted_by_their_keys(index):
    for table in index.tables:
        keys = [row[: len(table.pk)] for row in table.rows]
        assert keys == sorted(set(keys)), table.name


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("json", "library/json.html"),
        ("jso", "library/json.html"),
        ("print()", "library/functions.html#print"),
        ("open(", "library/functions.html#open"),
        ("from collections import defaultdict", "library/collections.html#collections.defaultdict"),
        ("import json", "library/json.html"),
        ("str join", "library/functions.html#str.join"),
        ("default dict", "library/collections.html#collections.defaultdict"),
        ("ORDEREDDICT", "library/collections.html#collections.OrderedDict"),
        ("set", "library/functions.html#set"),
        ("with", "reference/compound.html#the-with-statement"),
        ("in", "reference/compound.html#the-for-statement"),
        ("|", "reference/expressions.html#bitwise"),
        (":=", "reference/expressions.html#assignment-expressions"),
        ("*args", "tutorial/control.html#lambda-calls"),
        ("%d", "library/time.html#codes"),
        ("-m", "using/cmdline.html#cmdoption-m"),
        ("__str__", "reference/datamodel.html#object.__str__"),
        ("str", "library/functions.html#str"),
        ("init", "reference/datamodel.html#object.__init__"),
        ("TOOLBOXPATH", "using/cmdline.html#envvar-TOOLBOXPATH"),
        ("pylist new", "c-api/list.html#c.PyList_New"),
        ("what is a list comprehension", "glossary.html#term-list-comprehension"),
        ("read file line by line", "tutorial/files.html#reading"),
        ("検索", "ja.html#nihongo"),
    ],
)
def test_what_people_type_leads_to_the_place(places, query, first):
    assert places(query)[0] == first


@pytest.mark.parametrize("word", ["thread", "json", "append", "threading", "collections", "comprehension"])
def test_what_a_beginning_shows_first_the_whole_word_shows(places, word):
    finished = places(word)

    assert {places(word[:length])[0] for length in range(len(word) - 1, len(word))} <= set(finished[:3])


@pytest.mark.parametrize(
    ("typed", "corrected"),
    [
        ("jsom", "json"),
        ("colections", "collections"),
        ("treading", "threading"),
        ("raeding files", "reading files"),
    ],
)
def test_a_typo_is_mended_and_said(tables, typed, corrected):
    answer = search(tables, typed)

    assert answer.corrected == corrected
    assert {hit.tier for hit in answer.hits} == {"fuzzy"}


@pytest.mark.parametrize("typed", ["json", "jso", "thread", "set", "zzz", "se", "x"])
def test_what_is_known_or_short_is_not_corrected(tables, typed):
    assert search(tables, typed).corrected == ""


def test_a_name_written_exactly_goes_before_the_same_name_written_otherwise():
    titles = simple(function("a.Set", inbound=1), function("b.set", inbound=1))

    assert titles("Set") == ["a.Set", "b.set"]
    assert titles("set") == ["b.set", "a.Set"]


def test_of_equal_names_the_one_that_is_linked_to_more_goes_first():
    titles = simple(function("a.close"), function("b.close", inbound=9), function("c.close", inbound=2))

    assert titles("close") == ["b.close", "c.close", "a.close"]


def test_what_is_deprecated_sinks():
    titles = simple(function("a.close", inbound=5, deprecated="3.2"), function("b.close", inbound=4))

    assert titles("close") == ["b.close", "a.close"]


def test_a_heading_typed_small_stands_above_members_of_that_name():
    attribute = {"page": "api.html", "anchor": "a", "name": "Session.cookies", "role": "py:attribute"}
    heading = {"page": "guide.html", "anchor": "cookies", "title": "Cookies"}

    assert search(asked_of([attribute, heading]), "cookies").hits[0].ordinal == 1


def test_guides_stand_above_symbols_of_the_same_words():
    symbol = {"page": "api.html", "anchor": "a", "name": "Link.do_set_timeout", "role": "py:function"}
    guide = {"page": "guide.html", "anchor": "timeouts", "title": "How timeouts are set"}

    assert search(asked_of([symbol, guide]), "how to set a timeout").hits[0].ordinal == 1


def asked_of(facts):
    return made_index.tables_of(made_index.index_of(made_index.entries_of(facts), []))


def test_asides_sink():
    facts = {"text": "The threads of the pool stop.", "inbound": 3}
    titles = simple(
        section("What’s New in Spam 2.0", page="whatsnew/2.0.html", level=1, kind="page"),
        section("Pool", page="whatsnew/2.0.html", **facts),
        section("Pools", page="library/pool.html", level=1, kind="page", **facts),
    )

    assert titles("stop threads pool")[0] == "Pools"


def test_pages_of_version_headings_are_asides():
    entries = made_index.entries_of(
        [
            section("Progress", page="a.html", level=1),
            *(section(f"Version {minor}.0", page="a.html") for minor in range(9)),
            section("Pools", page="b.html", level=1),
        ]
    )

    assert asides(entries) == {"a.html"}


def test_a_section_number_is_no_part_of_a_heading():
    titles = simple(section("8.5.1. Literal patterns"), section("Patterns that are literal"))

    assert titles("literal patterns")[0] == "8.5.1. Literal patterns"


def test_more_words_of_a_query_win_over_one_rare_word():
    titles = simple(
        section("Copying", text="How to copy a folder with all its files."),
        section("Folders", text="Folders."),
        section("Zebra copy", text="Stripes."),
    )

    assert titles("copy folder files")[0] == "Copying"


def test_other_forms_of_a_word_find_it():
    titles = simple(section("Splitting strings"), section("Joining lists"))

    assert titles("split string") == ["Splitting strings"]
    assert titles("joined list") == ["Joining lists"]


def test_a_language_without_a_stemmer_is_searched_by_the_forms_written():
    titles = simple(
        section("Splitting strings"), docset=Docset(slug="x", name="X", version="1", language="xx")
    )

    assert titles("splitting") == ["Splitting strings"]
    assert titles("splits") == []


def test_stop_words_are_dropped_but_keywords_are_not():
    titles = simple(
        section("The while statement"),
        section("Notes on the weather"),
        terms=[["while; statement", 0, False]],
    )

    assert titles("the while")[0] == "The while statement"
    assert titles("while")[0] == "The while statement"


def test_kinds_and_modules_narrow_the_answer(entries, index):
    tables = made_index.tables_of(index, entries)

    def names(**filters):
        return [entries[hit.ordinal].name for hit in search(tables, "json", **filters).hits]

    assert names(kinds=("exception",)) == ["json.JSONDecodeError"]
    assert names(module="json", kinds=("function",)) == ["json.dump", "json.dumps"]
    assert names(module="nowhere") == []


def test_an_empty_docset_has_an_index_that_finds_nothing():
    index = made_index.index_of([], [])

    assert search(made_index.tables_of(index), "json").hits == ()
    assert [path for path, _ in export(made_index.tables_of(index), [])] == ["root.json"]


def test_counts_of_an_entry_weigh_summary_text_and_code():
    counts = count_terms("Open a file.", "A file is opened.", "open('spam')")

    weights = dict(zip(counts.words.split(" "), memoryview(counts.weights).cast("H").tolist(), strict=True))
    assert weights == {"a": 5, "file": 5, "is": 2, "open": 4, "opened": 2, "spam": 1}
    assert counts.length == 19


@settings(max_examples=150, deadline=None)
@given(
    st.text(max_size=40)
    | st.text("jsonthread._*%-:()\"' ", max_size=20)
    | st.lists(st.sampled_from(PIECES), max_size=6).map("".join)
)
def test_any_query_gets_an_answer(tables, text):
    answer = search(tables, text)

    scores = [hit.score for hit in answer.hits]
    assert scores == sorted(scores, reverse=True)
    assert len(answer.hits) <= 10 <= max(answer.total, 10)


def test_a_very_long_query_is_cut(tables):
    assert search(tables, "json " * 10_000).hits == search(tables, ("json " * 10_000)[:LONGEST_QUERY]).hits


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.builds(
            lambda name, text, inbound: function(name, text=text, inbound=inbound),
            st.text("abcAB._*日本é𝐁", min_size=1, max_size=9), st.text("abc *%_日本", max_size=30), st.integers(0, 50),
        ),
        max_size=25,
    )
)  # fmt: skip
def test_every_name_finds_its_entry(facts):
    entries = made_index.entries_of([{"anchor": str(place), **one} for place, one in enumerate(facts)])
    tables = made_index.tables_of(made_index.index_of(entries, []), entries)

    for entry in entries:
        if any(letter.isalnum() for letter in entry.name):
            hits = search(tables, entry.name, limit=100).hits
            assert entry.name in {entries[hit.ordinal].name for hit in hits}


def test_first_keys_are_written_by_what_differs():
    from builder.search_index.shards import _front_coded

    assert _front_coded(["a", "ab", "abc𐐀", "abc𐐀d", "b"]) == "AaBbCc𐐀FdAb"
