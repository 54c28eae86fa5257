"""From text to results, on a database that the real builder made."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from builder.answers import (
    SearchRequest,
    StoredDocset,
    answer,
    choose_docsets,
    normalise,
    open_database,
    place_url,
    read_docsets,
)
from builder.errors import QueryError, StoreError
from builder.symbols import locate

if TYPE_CHECKING:
    from collections.abc import Iterator

PLACES = Path(__file__).resolve().parent.parent / "js" / "places.json"


@pytest.fixture
def database(built_output: Path) -> Iterator[sqlite3.Connection]:
    connection = open_database(built_output / "docs.db")
    yield connection
    connection.close()


def ask(database: sqlite3.Connection, text: str, **options):
    return answer(database, read_docsets(database), SearchRequest(text=text, **options))


def docset(slug: str, version: str) -> StoredDocset:
    return StoredDocset(1, slug, slug, version, "en", "", "", "", f"{slug}{version}", 1)


def test_a_result_says_what_the_view_entries_says(database: sqlite3.Connection):
    best = ask(database, "json.dump", version="3.11").results[0]

    columns = "page, anchor, kind, name, title, signature, summary, trail, docset, version, added, deprecated"
    row = database.execute(
        f"SELECT {columns} FROM entries WHERE name = 'json.dump' AND version = '3.11'"  # noqa: S608
    ).fetchone()
    assert {key: getattr(best, key) for key in row.keys()} == dict(row)  # noqa: SIM118 - sqlite3.Row
    assert best.url == "/python/3.11/library/json.html#json.dump"
    assert best.tier == "exact"


def test_the_newest_version_answers_unless_another_is_asked_for(database: sqlite3.Connection):
    versions = {
        asked: ask(database, "json.dump", version=asked).results[0].version for asked in ("", "3", "3.11")
    }

    assert versions == {"": "3.13", "3": "3.13", "3.11": "3.11"}


def test_pages_of_results_join_to_the_whole(database: sqlite3.Connection):
    whole = ask(database, "json", size=20)

    pages = [ask(database, "json", size=5, offset=offset).results for offset in range(0, 20, 5)]

    assert [result for page in pages for result in page] == list(whole.results)
    assert len({result.url for result in whole.results}) == 20


def test_only_the_kinds_asked_for_are_found(database: sqlite3.Connection):
    found = ask(database, "json", kinds=("function", "class"))

    assert {result.kind for result in found.results} == {"function", "class"}
    assert found.total < ask(database, "json").total


def test_only_what_stands_in_the_module_is_found(database: sqlite3.Connection):
    found = ask(database, "get", module="queue")

    assert {result.page for result in found.results} == {"library/queue.html"}


def test_a_mistyped_name_is_corrected_and_says_so(database: sqlite3.Connection):
    found = ask(database, "json.dmup")

    assert found.corrected
    assert found.results[0].name == "json.dump"


def test_a_text_without_words_finds_nothing(database: sqlite3.Connection):
    found = ask(database, "  \0 ")

    assert (found.query, found.results, found.total) == ("", (), 0)


def test_an_unknown_docset_or_version_names_those_that_are_known(database: sqlite3.Connection):
    with pytest.raises(QueryError, match=r"docset: there is no docset 'ruby'\. Known: python\."):
        ask(database, "x", docset="ruby")
    with pytest.raises(QueryError, match=r"version: there is no version '3.1'\. Known: 3.13, 3.11\."):
        ask(database, "x", version="3.1")


def test_of_each_slug_the_newest_version_is_taken():
    docsets = [docset("b", "10.2"), docset("b", "9.1"), docset("a", "1")]

    assert [one.index_hash for one in choose_docsets(docsets, "", "")] == ["b10.2", "a1"]
    assert [one.index_hash for one in choose_docsets(docsets, "b", "9")] == ["b9.1"]


def test_docsets_are_read_newest_first(database: sqlite3.Connection):
    assert [one.version for one in read_docsets(database)] == ["3.13", "3.11"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/python/3.11/json.dump", "/python/3.11/library/json.html#json.dump"),
        ("/python/3.11/json.dump()", "/python/3.11/library/json.html#json.dump"),
        ("/python/3/json", "/python/3.13/library/json.html#module-json"),
        ("/python/json.dump", "/python/3.13/library/json.html#json.dump"),
        ("/python/3.11/nothing.like.it", ""),
        ("/python/3.11/library/json.dump", ""),
        ("/ruby/3.11/json.dump", ""),
        ("/python/9/json.dump", ""),
        ("/", ""),
        ("/python/3.11/", ""),
    ],
)
def test_a_bare_name_leads_to_its_place(database: sqlite3.Connection, path: str, expected: str):
    assert locate(database, path) == expected


def test_a_place_has_the_address_that_the_browser_gives_it():
    places = json.loads(PLACES.read_text(encoding="utf-8"))

    made = [[page, anchor, place_url(docset("a", "1"), page, anchor)] for page, anchor, _ in places]

    assert made == [[page, anchor, f"/a/1/{url}"] for page, anchor, url in places]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  json   dump ", "json dump"),
        ("json\tdump\n", "json dump"),
        ("a\0b", "a b"),
        ("e\u0301", "\u00e9"),
        ("a\ud800b", "a b"),
    ],
)
def test_queries_that_mean_the_same_are_spelled_the_same(text: str, expected: str):
    assert normalise(text) == expected


def test_a_missing_database_says_what_to_do(tmp_path: Path):
    with pytest.raises(StoreError, match=r"there is no database\. Run `livedocs build` first"):
        open_database(tmp_path / "docs.db")


@pytest.mark.parametrize("content", [b"", b"not a database at all, but longer than its header is" * 3])
def test_a_file_that_is_not_ours_says_what_to_do(tmp_path: Path, content: bytes):
    file = tmp_path / "docs.db"
    file.write_bytes(content)

    with pytest.raises(StoreError, match="not a database of this version"):
        open_database(file)


def test_a_database_is_opened_for_reading_only(database: sqlite3.Connection):
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        database.execute("DELETE FROM pages")


def test_excerpts_mark_the_words_that_are_looked_for_and_not_what_narrows_them_down(
    database: sqlite3.Connection,
):
    texts = ("object", "object kind:function")
    plain, narrowed = (ask(database, text, version="3.11", size=50) for text in texts)

    excerpts = {result.url: result.excerpt for result in plain.results}
    shared = [result for result in narrowed.results if result.url in excerpts]
    assert shared
    assert all(result.excerpt == excerpts[result.url] for result in shared)
    marked = {
        result.excerpt.text[start:end].lower()
        for result in narrowed.results
        for start, end in result.excerpt.marks
    }
    assert marked
    assert all(word.startswith("object") for word in marked)
