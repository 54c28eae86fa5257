"""The database: what its schema promises, writing it in parts, and reading it back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_books import METHOD, book, page, toc

from builder.assemble import rows_of, rows_of_pages
from builder.errors import StoreError
from builder.models import Heading, IndexEntry, IndexLine, PageRef, Table
from builder.store import (
    Held,
    finish_database,
    held,
    open_database,
    open_store,
    remove_docsets,
    usable,
    write_index,
    write_rows,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from builder.assemble import Assembled

COLUMNS = (
    "id docset version language page anchor kind role name title signature summary trail added changed deprecated prior"
).split()
LINK = '<p><a class="reference internal" href="{}">x</a> {}</p>'


def write(file: Path, *docsets: Assembled, words: Sequence[str] = ("alpha", "beta")) -> Path:
    """Write docsets into a database, new or there."""
    database = open_database(file)
    remove_docsets(database, len(docsets))
    for made in docsets:
        number = made.book.number
        write_rows(database, number, rows_of(made, [0.25] * len(made.entries)))
        table = Table(
            name="words", columns={"word": str, "weight": int}, pk=("word",), indexes=(("weight",),),
            rows=[(word, place) for place, word in enumerate(words)],
        )  # fmt: skip
        write_index(database, number, [table], "hash")
    finish_database(database)
    return file


def made_of(number: int = 1, slug: str = "small", text: str = "Text.") -> Assembled:
    """Return a docset of three pages."""
    return book(
        page("index.html", toc((1, "m.html"), (2, "n.html")) + LINK.format("m.html#m.A.b", "Welcome.")),
        page("m.html", METHOD, after="n.html"),
        page("n.html", f"<p>{text}</p><pre>code</pre>"),
        number=number, slug=slug,
        index=(
            IndexEntry(term="b()", page="m.html", anchor="m.A.b", main=False),
            IndexEntry(term="A", page="m.html", anchor="m.A", main=False),
            IndexEntry(term="b()", page="n.html", anchor="", main=True),
        ),
    )  # fmt: skip


def contents(file: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table, full text's own aside, and see that the database is sound."""
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        for table in ("sections_fts", "symbols_fts"):
            database.execute(f"INSERT INTO {table}({table}, rank) VALUES ('integrity-check', 1)")  # noqa: S608
        names = database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%fts%' AND name NOT LIKE 'sqlite%'"
        ).fetchall()
        return {
            name: sorted(database.execute(f"SELECT * FROM {name}"), key=repr)  # noqa: S608
            for (name,) in names
        }


def test_the_view_has_the_columns_that_others_hold_on_to(tmp_path: Path) -> None:
    file = write(tmp_path / "docs.db", made_of())

    with closing(sqlite3.connect(file)) as database:
        found = database.execute("SELECT * FROM entries ORDER BY id")
        assert [column[0] for column in found.description] == COLUMNS
        rows = [dict(zip(COLUMNS, row, strict=True)) for row in found]

    assert [
        (row["page"], row["anchor"], row["kind"], row["role"], row["name"], row["title"]) for row in rows
    ] == [
        ("index.html", "i", "page", "", "", "index.html"),
        ("m.html", "m", "page", "", "", "m.html"),
        ("m.html", "m.A", "class", "py:class", "m.A", "m.A"),
        ("m.html", "m.A.b", "method", "py:method", "m.A.b", "m.A.b"),
        ("n.html", "n", "page", "", "", "n.html"),
    ]
    assert {(row["docset"], row["version"], row["language"], row["prior"]) for row in rows} == {
        ("small", "1", "en", 0.25)
    }
    assert (rows[3]["added"], rows[3]["changed"], rows[3]["trail"]) == ("3.2", "3.4", "m.html › m.A")


def test_the_database_is_sound_and_full_text_finds_its_words(tmp_path: Path) -> None:
    file = write(tmp_path / "docs.db", made_of(text="Wordy sentences about searching."))

    contents(file)
    with closing(sqlite3.connect(file)) as database:
        stemmed = database.execute(
            "SELECT s.title FROM sections_fts f JOIN sections s ON s.id = f.rowid WHERE sections_fts MATCH 'search'"
        ).fetchall()
        named = database.execute(
            "SELECT count(*) FROM symbols_fts WHERE symbols_fts MATCH 'method'"
        ).fetchone()
    assert stemmed == [("n.html",)]
    assert named == (1,)


def test_what_changed_is_written_and_comes_to_what_a_fresh_database_holds(tmp_path: Path) -> None:
    file = write(tmp_path / "docs.db", made_of())
    changed = made_of(text="Another text, about swimming.")

    write(file, changed, words=("beta", "gamma"))

    assert contents(file) == contents(write(tmp_path / "fresh.db", changed, words=("beta", "gamma")))
    with closing(sqlite3.connect(file)) as database:
        found = database.execute(
            "SELECT count(*) FROM sections_fts WHERE sections_fts MATCH 'swim'"
        ).fetchone()
    assert found == (1,)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    before=st.dictionaries(
        st.sampled_from(["a", "b", "c", "index"]), st.sampled_from([METHOD, "<p>x</p>"]), min_size=1
    ),
    after=st.dictionaries(
        st.sampled_from(["a", "b", "c", "index"]), st.sampled_from([METHOD, "<p>y</p>"]), min_size=1
    ),
)
def test_any_database_brought_up_to_date_equals_a_fresh_one(
    tmp_path: Path, before: dict[str, str], after: dict[str, str]
) -> None:
    for name in ("old.db", "fresh.db"):
        (tmp_path / name).unlink(missing_ok=True)
    old, new = (
        book(*(page(f"{name}.html", body) for name, body in sorted(one.items())), number=1)
        for one in (before, after)
    )
    write(tmp_path / "old.db", old)

    write(tmp_path / "old.db", new)

    assert contents(tmp_path / "old.db") == contents(write(tmp_path / "fresh.db", new))


def test_docsets_stand_beside_each_other_and_go_without_a_trace(tmp_path: Path) -> None:
    file = write(tmp_path / "docs.db", made_of(1, "one"), made_of(2, "two"))

    both = contents(file)
    write(file, made_of(1, "one"))

    assert [row[1] for row in both["docsets"]] == ["one", "two"]
    assert contents(file) == contents(write(tmp_path / "fresh.db", made_of(1, "one")))


def test_docsets_may_change_places(tmp_path: Path) -> None:
    file = write(tmp_path / "docs.db", made_of(1, "one"), made_of(2, "two"))

    write(file, made_of(1, "two"), made_of(2, "one"))

    fresh = write(tmp_path / "fresh.db", made_of(1, "two"), made_of(2, "one"))
    assert contents(file) == contents(fresh)


def test_a_table_of_the_index_with_other_columns_is_made_anew(tmp_path: Path) -> None:
    file = write(tmp_path / "docs.db", made_of(1, "one"), made_of(2, "two"))
    with closing(sqlite3.connect(file)) as database:
        database.execute("ALTER TABLE words ADD COLUMN old TEXT NOT NULL DEFAULT ''")

    write(file, made_of(1, "one"), made_of(2, "two"))

    fresh = write(tmp_path / "fresh.db", made_of(1, "one"), made_of(2, "two"))
    assert contents(file) == contents(fresh)


def test_some_pages_of_a_docset_are_written_and_the_others_stay(tmp_path: Path) -> None:
    file = write(tmp_path / "docs.db", made_of())
    changed = made_of(text="Another text, about swimming.")
    database = open_database(file)
    page = changed.frame.page_ids["n.html"]
    some = replace(changed, pages={"n.html": changed.pages["n.html"]})

    write_rows(database, 1, rows_of_pages(some, [0.25] * len(changed.entries)), pages=[page])
    database.execute("UPDATE docsets SET index_hash = 'hash'")
    finish_database(database)

    assert contents(file) == contents(write(tmp_path / "fresh.db", changed))


def test_what_a_database_holds_of_a_docset_is_told(tmp_path: Path) -> None:
    file = write(tmp_path / "docs.db", made_of())
    meta = Table(
        name="search_meta", columns={"name": str, "value": str}, pk=("name",), indexes=(),
        rows=[("tables", '{"words": "digest"}')],
    )  # fmt: skip

    before = held(file, 1)
    database = open_database(file)
    write_index(database, 1, [meta], "hash")
    finish_database(database)

    assert before == Held()
    assert held(file, 1) == Held(fingerprint="f", tables={"words": "digest"})
    assert held(file, 2) == Held()


def test_two_databases_of_the_same_are_byte_equal(tmp_path: Path) -> None:
    one, two = (write(tmp_path / name, made_of()) for name in ("one.db", "two.db"))

    assert one.read_bytes() == two.read_bytes()


def test_pages_are_read_back_with_what_stands_around_them(tmp_path: Path) -> None:
    with closing(open_store(write(tmp_path / "docs.db", made_of()))) as store:
        found = store.page(1, "m.html")
        deep = store.page(1, "n.html")
        view = store.view(1)

    assert (found.title, found.trail, found.next) == ("m.html", (), PageRef(path="n.html", title="n.html"))
    assert found.html.html.startswith("<section")
    assert found.headings == (
        Heading(anchor="m.A", title="A", depth=1, kind="class"),
        Heading(anchor="m.A.b", title="b()", depth=2, kind="method"),
    )
    assert deep.trail == (PageRef(path="m.html", title="m.html"),)
    assert view.root == "index.html"
    assert [(node.page.path, [child.page.path for child in node.children]) for node in view.contents] == [
        ("m.html", ["n.html"])
    ]
    assert dict(view.counts) == {"page": 3, "class": 1, "method": 1}


def test_the_index_is_read_back_by_its_terms(tmp_path: Path) -> None:
    with closing(open_store(write(tmp_path / "docs.db", made_of()))) as store:
        lines = store.index_lines(1)

    assert lines == [
        IndexLine(term="A", places=(("m.html", "m.A", "m.html"),)),
        IndexLine(term="b()", places=(("n.html", "", "n.html"), ("m.html", "m.A.b", "m.html"))),
    ]


def test_without_an_index_its_symbols_stand_for_it(tmp_path: Path) -> None:
    with closing(open_store(write(tmp_path / "docs.db", book(page("m.html", METHOD), number=1)))) as store:
        lines = store.index_lines(1)

    assert [line.term for line in lines] == ["m.A", "m.A.b"]


def test_entries_are_read_back_as_they_were_written(tmp_path: Path) -> None:
    made = made_of()

    with closing(open_store(write(tmp_path / "docs.db", made))) as store:
        assert store.entries(1) == list(made.entries)
        assert dict(store.files(1)) == {"_images/x.png": b"png"}


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "docs.db").write_text(
        "It is only some text, and much longer than a header of a hundred bytes." * 9
    )

    with pytest.raises(StoreError, match=r"docs\.db: the database can't be read \(.*\)\. Build it again\."):
        open_store(tmp_path / "docs.db")
    with pytest.raises(StoreError, match=r"docs\.db: the database can't be written \("):
        open_database(tmp_path / "docs.db")
    assert not usable(tmp_path / "docs.db")


def test_a_database_of_another_version_is_refused(tmp_path: Path) -> None:
    file = write(tmp_path / "docs.db", made_of())
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA user_version = 99")

    with pytest.raises(StoreError, match=r"written by another version of livedocs\. Build it again\."):
        open_store(file)
    with pytest.raises(
        StoreError, match=r"written by another version of livedocs\. Delete it and build again\."
    ):
        open_database(file)
    assert not usable(file)


def test_no_database_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"there is no database\. Run `livedocs build` first\."):
        open_store(tmp_path / "docs.db")
    assert not usable(tmp_path / "docs.db")


def test_a_full_disk_is_told_while_writing(tmp_path: Path) -> None:
    database = open_database(tmp_path / "docs.db")
    database.execute("PRAGMA max_page_count = 40")  # SQLite's own way to be full

    with pytest.raises(StoreError) as caught:
        write_rows(database, 1, rows_of(made_of(text="long " * 50_000), [0.0] * 5))

    database.close()
    assert str(caught.value) == (
        f"{tmp_path / 'docs.db'}: the disk is full. Free some space and build again; the last good site is untouched."
    )
