"""What a query may hold beside words, typed in a real browser: filters, addresses, lines of a traceback."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from search_ui import SearchBox

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("https://docs.python.org/3.9/library/json.html#json.loads", "library/json.html#json.loads"),
        ("library/pdb.html#pdbcommand-until", "library/pdb.html#pdbcommand-until"),
        ("json.decoder.JSONDecodeError: Expecting value", "library/json.html#json.JSONDecodeError"),
        ("decoder kind:exception", "library/json.html#json.JSONDecodeError"),
    ],
)
def test_a_query_leads_to_its_place(page: Page, site_server: str, text: str, place: str) -> None:
    page.goto(f"{site_server}/?docset=python&version=3.11")
    box = SearchBox(page)

    box.type(text)

    assert box.places()[0] == f"/python/3.11/{place}"


def test_a_word_behind_a_dash_is_left_out(page: Page, site_server: str) -> None:
    page.goto(f"{site_server}/?docset=python&version=3.11")
    box = SearchBox(page)
    box.type("json")
    everything = box.places()

    box.input.press_sequentially(" -dump")
    box.wait_for_answer("json -dump")

    assert any(place.endswith("#json.dump") for place in everything)
    assert box.places()
    assert not any(place.endswith("#json.dump") for place in box.places())
