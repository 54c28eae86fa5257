"""What narrows a search down, and what people paste; the golden file holds JavaScript to the same answers."""

import sys
from pathlib import Path

import pytest

SEARCH = Path(__file__).parents[1] / "js" / "search"
sys.path.append(str(SEARCH))

import made_index  # noqa: E402 - it lies beside the tests in JavaScript that share it

from builder.search_index.filters import Filters, cut_filters  # noqa: E402
from builder.search_index.query import search  # noqa: E402


@pytest.fixture(scope="module")
def entries():
    return made_index.entries_of(made_index.made()["entries"])


@pytest.fixture(scope="module")
def places(entries):
    """Return a function from a query to the places of its hits."""
    tables = made_index.tables_of(made_index.index_of(entries, made_index.made()["terms"]), entries)
    return lambda query: [made_index.place(entries[hit.ordinal]) for hit in search(tables, query).hits]


@pytest.mark.parametrize(
    ("query", "filters"),
    [
        ("json dump", Filters("json dump")),
        ('"event loop" policy', Filters("event loop policy", phrases=(("event", "loop"),))),
        ("“event loop”", Filters("event loop", phrases=(("event", "loop"),))),
        ('"event loop', Filters('"event loop')),
        ('"json"', Filters('"json"')),
        ('if __name__ == "__main__"', Filters('if __name__ == "__main__"')),
        ('print("hello world")', Filters('print("hello world")')),
        ("open -webbrowser file", Filters("open  file", without=("webbrowser",))),
        ("-webbrowser open", Filters("-webbrowser open")),
        ("python -m venv", Filters("python -m venv")),
        ("python --version", Filters("python --version")),
        ("python -Werror", Filters("python -Werror")),
        ("round -5", Filters("round -5")),
        ("non-ascii -- well-known", Filters("non-ascii -- well-known")),
        ("kind:function open", Filters("open", kind="function")),
        ("open kind:C-function", Filters("open", kind="c function")),
        ('list kind:"glossary term"', Filters("list", kind="glossary term")),
        ("open kind:", Filters("open")),
        ("module:json", Filters("json", module="json")),
        ("module:os.path kind:function", Filters("os.path", kind="function", module="os.path")),
        ("mankind:function", Filters("mankind:function")),
    ],
)
def test_filters_are_cut_off_a_query(query, filters):
    assert cut_filters(query) == filters


def test_a_word_that_the_docs_know_as_a_switch_is_not_left_out():
    assert cut_filters("python -isolated -json", ["isolated"]) == Filters(
        "python -isolated", without=("json",)
    )


def test_a_word_behind_a_dash_is_left_out(places):
    everything, without = places("json"), places("json -dumps")

    assert "library/json.html#json.dumps" in everything
    assert without == [place for place in everything if place != "library/json.html#json.dumps"]


def test_a_phrase_has_to_be_shown_where_anything_shows_it(places):
    assert places('"as JSON" object') == ["library/json.html#json.dumps", "library/json.html#json.dump"]
    assert places('"json object"') == places("json object")


def test_kind_and_module_narrow_a_search(places):
    assert places("json kind:exception") == ["library/json.html#json.JSONDecodeError"]
    assert places("join module:os") == ["library/os.html#os.path.join"]
    assert set(places("module:os")) >= {"library/os.html", "library/os.html#os.walk"}
    assert places("json kind:exception -json") == []


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("json.decoder.JSONDecodeError: Expecting value: line 1", "library/json.html#json.JSONDecodeError"),
        ("JSONDecodeError: Expecting value", "library/json.html#json.JSONDecodeError"),
        ('File "/usr/lib/json/__init__.py", line 346, in dumps', "library/json.html#json.dumps"),
        ('File "C:\\lib\\json\\encoder.py", line 1, in dump', "library/json.html#json.dump"),
        ('File "/usr/lib/threading.py", line 975, in <module>', "library/threading.html"),
    ],
)
def test_a_line_of_a_traceback_leads_to_what_it_names(places, line, place):
    assert places(line)[0] == place


def test_a_line_of_a_traceback_also_leads_to_what_its_message_says(places):
    found = places("json.decoder.JSONDecodeError: cannot append to set")

    assert found[:2] == ["library/json.html#json.JSONDecodeError", "library/functions.html#set.append"]


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("https://docs.example/3/library/json.html#json.dump", "library/json.html#json.dump"),
        ("https://docs.example/en/latest/library/json/?x=1#json.dump", "library/json.html#json.dump"),
        ("library/json.html#json.dump", "library/json.html#json.dump"),
        ("json.html", "library/json.html"),
        ("library/functions.html", "library/functions.html"),
        ("using/cmdline.html#cmdoption-version", "using/cmdline.html#cmdoption-version"),
        ("reference/compound.html#the-for-statement", "reference/compound.html#the-for-statement"),
        ("whatsnew/2.0.html#json", "whatsnew/2.0.html#json"),
        ("library/os.html#gone", "library/os.html"),
        ("https://other.example/api/json.html#json.dumps", "library/json.html#json.dumps"),
    ],
)
def test_an_address_leads_to_its_place(places, address, place):
    assert places(address)[0] == place


def test_reasons_add_up_to_the_score(entries):
    tables = made_index.tables_of(made_index.index_of(entries, made_index.made()["terms"]), entries)

    for query in ("json dump", "read file line by line", "colections", "append"):
        for hit in search(tables, query).hits:
            assert sum(worth for _, worth in hit.reasons) == pytest.approx(hit.score)
