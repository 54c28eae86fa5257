"""The whole of Python's docs, built once: what its own inventory names is found, and no page is lost."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
import sphobjinv
from small_docs import run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DOMAINS = ("py", "c", "std")
FOUND_AT_LEAST = 0.99


@pytest.fixture(scope="module")
def database(python_output: Path) -> Iterator[sqlite3.Connection]:
    """The database of the whole docs, read-only."""
    with closing(sqlite3.connect(f"file:{python_output / 'docs.db'}?mode=ro", uri=True)) as connection:
        yield connection


def test_the_database_is_sound(database: sqlite3.Connection) -> None:
    assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []


def test_nearly_every_object_of_the_inventory_is_an_entry(
    database: sqlite3.Connection, python_docs: Path
) -> None:
    named = database.execute(
        "SELECT p.path, a.anchor FROM anchors a JOIN pages p ON p.id = a.page_id WHERE a.own"
    )
    places = set(named) | {(path, "") for (path,) in database.execute("SELECT path FROM pages")}

    missing = [
        (role, name, f"{page}#{anchor}")
        for role, name, page, anchor in inventory_objects(python_docs)
        if (page, anchor) not in places
    ]

    total = sum(1 for _ in inventory_objects(python_docs))
    by_role = Counter(role for role, _, _ in missing)
    assert len(missing) <= (1 - FOUND_AT_LEAST) * total, (
        f"{len(missing)} of {total}: {by_role}, {missing[:50]}"
    )


@pytest.mark.parametrize("domain", DOMAINS)
def test_nearly_every_object_of_each_domain_is_an_entry(
    database: sqlite3.Connection, python_docs: Path, domain: str
) -> None:
    own = set(
        database.execute(
            "SELECT p.path, a.anchor FROM anchors a JOIN pages p ON p.id = a.page_id WHERE a.own"
            " UNION SELECT path, '' FROM pages"
        )
    )
    objects = [one for one in inventory_objects(python_docs) if one[0].startswith(f"{domain}:")]
    described = [one for one in objects if one[0] not in {"std:label", "std:doc"}]

    missing = [one for one in described if one[2:] not in own]

    assert len(missing) <= (1 - FOUND_AT_LEAST) * len(described), missing


def test_nearly_every_described_object_has_its_name(database: sqlite3.Connection, python_docs: Path) -> None:
    symbols = set(
        database.execute(
            """SELECT domain || ':' || role, name, path FROM symbols JOIN pages ON pages.id = page_id
            UNION SELECT 'py:module', name, path FROM sections JOIN pages ON pages.id = page_id"""
        )
    )
    described = [
        (role, name, page)
        for role, name, page, _ in inventory_objects(python_docs)
        if role.startswith("py:") or role in {"c:function", "c:macro", "c:type", "c:member", "std:term"}
    ]

    missing = [one for one in described if one not in symbols]

    by_role = Counter(role for role, _, _ in missing)
    assert len(missing) <= (1 - FOUND_AT_LEAST) * len(described), f"{by_role}, {missing[:50]}"


def test_every_entry_has_a_title_a_place_and_a_page_around_it(database: sqlite3.Connection) -> None:
    untitled = database.execute("SELECT page, anchor FROM entries WHERE title = ''").fetchall()
    unnamed = database.execute("SELECT page, anchor FROM entries WHERE role != '' AND name = ''").fetchall()
    lost = database.execute(
        "SELECT e.page, e.anchor FROM entries e JOIN pages p ON p.path = e.page"
        " LEFT JOIN anchors a ON a.page_id = p.id AND a.anchor = e.anchor AND a.entry_id = e.id"
        " WHERE e.anchor != '' AND a.anchor IS NULL"
    ).fetchall()

    assert (untitled, unnamed, lost) == ([], [], [])


def test_names_are_plain_text(database: sqlite3.Connection) -> None:
    marked = database.execute(
        "SELECT page, title FROM entries WHERE title LIKE '%¶%' OR title LIKE '%  %' OR title LIKE '%</%'"
        " OR signature LIKE '%[source]%' OR summary LIKE '%¶%' OR summary LIKE '%' || char(10) || '%'"
    ).fetchall()

    assert marked == []


def test_no_link_is_broken_that_was_not_broken_upstream(python_output: Path, tmp_path: Path) -> None:
    ended = run("check", "-q", python_output / "site", cwd=tmp_path)

    assert ended.returncode == 0, ended.stdout
    assert " 0 broken, " in ended.stdout.splitlines()[-1]


def test_every_content_page_stands_in_the_site(python_docs: Path, python_output: Path) -> None:
    (docset,) = (python_output / "site" / "python").glob("[0-9]*.[0-9]*")
    documents = {page for role, _, page, _ in inventory_objects(python_docs) if role == "std:doc"}

    missing = {page for page in documents if not (docset / page).is_file()}

    assert missing == set()


def inventory_objects(docs: Path) -> Iterator[tuple[str, str, str, str]]:
    """Yield role, name, page and anchor of every object of the inventory in the domains of Python's docs."""
    for one in sphobjinv.Inventory(str(docs / "objects.inv")).objects:
        if one.domain in DOMAINS:
            page, _, anchor = one.uri_expanded.partition("#")
            yield f"{one.domain}:{one.role}", one.name, page, anchor
