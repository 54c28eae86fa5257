"""Names as addresses: what is no page leads to what is called so, and nearly right names to the nearest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from search_ui import SearchBox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

LEADS = {
    "/python/3.11/json.dump": "/python/3.11/library/json.html#json.dump",
    "/python/3.11/pdb": "/python/3.11/library/pdb.html#module-pdb",
    "/json.dump": "/python/3.13/library/json.html#json.dump",
    "/python/json.dump": "/python/3.13/library/json.html#json.dump",
}


@pytest.fixture(autouse=True)
def _not_found_is_no_fault(faults: list[str]) -> Iterator[None]:
    """Take out of a test's faults that its address is no page."""
    yield
    faults[:] = [fault for fault in faults if "404" not in fault]


@pytest.mark.parametrize("address", LEADS)
def test_a_name_is_an_address(page: Page, site_server: str, address: str) -> None:
    page.goto(site_server + address)

    page.wait_for_url(site_server + LEADS[address])


def test_a_mistyped_name_finds_the_nearest(page: Page, site_server: str) -> None:
    page.goto(f"{site_server}/python/3.11/json.JSONDecodeEror")

    box = SearchBox(page)
    box.wait_for_answer("json.JSONDecodeEror")

    assert page.url.endswith("/json.JSONDecodeEror")
    assert box.places()[0] == "/python/3.11/library/json.html#json.JSONDecodeError"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("modules/json.html", "library/json.html"),
        ("modules/lib/cmdline.html#module-cmdline", "using/cmdline.html"),
        ("library/simplejson.html#json.dump", "library/json.html#json.dump"),
    ],
)
def test_a_page_that_has_moved_leads_to_its_place(page: Page, site_server: str, old: str, new: str) -> None:
    page.goto(f"{site_server}/python/3.11/{old}")

    page.wait_for_url(f"{site_server}/python/3.11/{new}")


def test_a_page_that_has_gone_is_searched_for_by_its_name(page: Page, site_server: str) -> None:
    page.goto(f"{site_server}/python/3.11/modules/debugger.html")

    box = SearchBox(page)
    box.wait_for_answer("debugger")

    assert page.locator("h1").inner_text() == "No page here"
    assert box.places()[0].startswith("/python/3.11/library/pdb.html")
