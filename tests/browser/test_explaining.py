"""Why a result stands where it stands: the page says it as the terminal does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from search_ui import SearchBox

from builder.answers import SearchRequest
from builder.terminal import search_in_terminal

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page


@pytest.mark.parametrize("text", ["json dump", "decode json text", "json.dmup"])
def test_the_page_explains_a_ranking_as_the_terminal_does(
    page: Page, site_server: str, built_output: Path, text: str
) -> None:
    page.goto(f"{site_server}/?explain&docset=python&version=3.11")
    SearchBox(page).type(text)
    request = SearchRequest(text=text, docset="python", version="3.11")
    said = search_in_terminal(built_output, request, explain=True)

    shown = page.locator(".ld-result-reasons").all_inner_texts()

    assert shown
    assert [f"    {line}" for line in shown] == [
        line for line in said if line.startswith("    ") and is_reason(line)
    ]


def test_a_page_explains_nothing_unasked(page: Page, site_server: str) -> None:
    page.goto(site_server + "/")
    SearchBox(page).type("json dump")

    assert page.locator(".ld-result-reasons").count() == 0


def is_reason(line: str) -> bool:
    """Tell whether a line of the terminal begins with a tier."""
    return line.strip().startswith(
        tuple(f"{tier}, " for tier in ("exact", "name", "prefix", "text", "fuzzy"))
    )
