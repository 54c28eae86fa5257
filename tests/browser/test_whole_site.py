"""The site of the whole of Python's docs in a real browser: all of its pages, a sample of its names."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from search_ui import SearchBox

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

NAMES_IN_SAMPLE = 20
PHONE = 390


@pytest.fixture
def ask(python_output: Path) -> Callable[[str], list[tuple[str, ...]]]:
    """A function that asks the database of the whole docs."""

    def ask(statement: str) -> list[tuple[str, ...]]:
        with closing(sqlite3.connect(f"file:{python_output / 'docs.db'}?mode=ro", uri=True)) as database:
            return database.execute(statement).fetchall()

    return ask


def test_every_page_loads_without_a_word_in_the_console_and_fits_a_phone(
    open_page: Callable[..., Page], python_site_server: str, ask: Callable[[str], list[tuple[str, ...]]]
) -> None:
    page = open_page(
        viewport={"width": PHONE, "height": 800}, has_touch=True, is_mobile=True, service_workers="block"
    )
    said: list[str] = []
    page.on("console", lambda message: said.append(f"{page.url}: {message.text}"))
    addresses = ask(
        """SELECT '/' || slug || '/' || version || '/' || path
        FROM pages JOIN docsets ON docsets.id = docset_id ORDER BY path"""
    )

    too_wide = []
    for (address,) in addresses:
        page.goto(python_site_server + address)
        if page.evaluate("document.documentElement.scrollWidth") > PHONE:
            too_wide.append(address)

    assert len(addresses) > 400
    assert too_wide == []
    assert said == []


def test_a_sampled_full_name_is_the_first_result(
    page: Page, python_site_server: str, ask: Callable[[str], list[tuple[str, ...]]]
) -> None:
    page.goto(python_site_server + "/")
    box = SearchBox(page)
    unique = ask(
        """SELECT name, page, anchor FROM entries WHERE role LIKE 'py:%'
        GROUP BY lower(name) HAVING count(*) = 1 ORDER BY name"""
    )

    missed = []
    for name, path, anchor in sample(unique, NAMES_IN_SAMPLE):
        box.input.fill("")
        box.type(name)
        if not box.places()[:1] or not box.places()[0].endswith(f"/{path}#{anchor}"):
            missed.append((name, box.places()[:1]))

    assert missed == []


def test_names_alike_are_said_to_be(page: Page, python_site_server: str) -> None:
    page.goto(python_site_server + "/")
    box = SearchBox(page)

    box.type("close")
    group = box.list.get_by_role("group")
    name = str(group.get_attribute("aria-label"))
    box.press("ArrowDown")
    count, _, rest = name.partition(" ")

    assert rest == "named close"
    assert int(count) >= group.get_by_role("option").count() >= 4
    assert box.active_option().get_attribute("href") == box.options.first.get_attribute("href")


def test_names_alike_are_folded_and_opened_by_keyboard(page: Page, python_site_server: str) -> None:
    page.goto(python_site_server + "/")
    box = SearchBox(page)
    box.type("close")
    group = box.list.get_by_role("group")
    all_rows = group.locator("a[role=option]").count()

    box.press(*["ArrowDown"] * (all_rows + 1))
    said = box.active_option().inner_text()
    box.press("Enter")
    group.get_by_text("Show all").wait_for()
    folded = group.locator("a[role=option]").count()
    still = box.active_option().inner_text()
    beside = box.list.locator("> a[role=option]").count()
    box.press("Enter")
    group.get_by_text("Show only the first").wait_for()

    assert said.startswith("Show only the first of ")
    assert said.endswith(" named close")
    assert still.startswith("Show all ")
    assert folded == 1
    assert beside > 0
    assert group.locator("a[role=option]").count() >= all_rows
    assert box.input.evaluate("input => input === document.activeElement")
    assert page.url.endswith("?q=close")


def test_filters_say_how_many_results_they_look_at(page: Page, python_site_server: str) -> None:
    page.goto(python_site_server + "/")
    box = SearchBox(page)
    box.type("file")
    page.get_by_role("button", name="Filter").click()
    pool = page.get_by_text("Of the 150 best results")
    pool.wait_for()

    box.input.fill("")
    box.type("zipapp")

    assert not pool.is_visible()


def sample(rows: list[tuple[str, ...]], size: int) -> list[tuple[str, ...]]:
    """Return about `size` rows from all over a list."""
    return rows[:: max(1, len(rows) // size)]
