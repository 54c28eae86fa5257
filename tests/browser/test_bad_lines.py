"""Slow and broken lines: what is typed stays, it is said what is wrong, and it mends itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from search_ui import SearchBox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

INDEX = re.compile(r"/_search/")
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}


@pytest.fixture(autouse=True)
def _no_connection_is_no_fault(faults: list[str]) -> Iterator[None]:
    """Take out of a test's faults that something could not be loaded."""
    yield
    faults[:] = [fault for fault in faults if "Failed to load resource" not in fault]


def test_a_part_of_the_index_that_is_away_is_said_to_be_and_asked_for_again(
    page: Page, site_server: str
) -> None:
    page.context.route(INDEX, lambda route: route.abort())
    page.goto(site_server + "/")
    box = SearchBox(page)

    box.type("json.dump")
    said = page.locator("[data-note]:visible").inner_text()
    page.context.unroute(INDEX)
    box.options.first.wait_for()
    box.wait_for_answer("json.dump")

    assert "could not be loaded" in said
    assert box.input.input_value() == "json.dump"
    assert box.places()[0].endswith("#json.dump")
    assert page.locator("[data-note]:visible").count() == 0


def test_a_search_without_a_line_goes_on_when_it_is_back(page: Page, site_server: str) -> None:
    page.goto(site_server + "/")
    box = SearchBox(page)
    page.context.set_offline(True)

    box.type("floatingpoint")
    said = page.locator("[data-note]:visible").inner_text()
    page.context.set_offline(False)
    box.options.first.wait_for()

    assert "offline" in said
    assert box.input.input_value() == "floatingpoint"


def test_on_a_slow_line_no_key_is_lost(page: Page, site_server: str) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW)
    page.goto(site_server + "/", wait_until="commit")

    page.locator("input[role=combobox]").press_sequentially("JSONDecoder")
    box = SearchBox(page)
    box.wait_for_answer("JSONDecoder")

    assert box.places()[0].endswith("#json.JSONDecoder")


def test_a_preview_that_can_not_be_loaded_leaves_what_is_known(page: Page, site_server: str) -> None:
    page.goto(site_server + "/")
    box = SearchBox(page)
    box.type("json.dumps")
    page.context.route("**/library/json.html", lambda route: route.abort())

    box.press("ArrowDown")

    expect(page.locator("[data-preview]")).to_contain_text("json.dumps")
    assert box.options.count() > 0
