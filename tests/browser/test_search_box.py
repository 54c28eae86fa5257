"""The search box in a real browser, with real keys, over real pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from search_ui import SearchBox, place_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page, Route

PAGES_WITH_A_BOX = ("/", "/python/3.11/")
MODULES = re.compile(r"/assets/(?!theme)[^/]*\.js$")
DOCS_PAGE = "/python/3.11/library/json.html"


@pytest.mark.parametrize("path", PAGES_WITH_A_BOX)
def test_a_full_name_is_the_first_result(page: Page, site_server: str, path: str) -> None:
    page.goto(site_server + path)
    box = SearchBox(page)

    box.type("json.dump")

    assert box.places()[0].endswith("/library/json.html#json.dump")


@pytest.mark.parametrize("path", PAGES_WITH_A_BOX)
def test_arrow_and_enter_land_on_the_anchor(page: Page, site_server: str, path: str) -> None:
    page.goto(site_server + path)
    box = SearchBox(page)

    box.type("JSONDecoder.raw_decode")
    box.press("ArrowDown", "Enter")
    page.wait_for_url("**/library/json.html#json.JSONDecoder.raw_decode")

    assert in_view(page, "json.JSONDecoder.raw_decode")


@pytest.mark.parametrize("key", ["/", "Control+k"])
def test_a_key_opens_the_search_on_a_docs_page(page: Page, site_server: str, key: str) -> None:
    page.goto(site_server + DOCS_PAGE)

    page.keyboard.press(key)
    box = SearchBox(page)
    box.wait_for_answer("")
    page.keyboard.type("set_trace")
    box.wait_for_answer("set_trace")
    box.press("ArrowDown", "Enter")
    page.wait_for_url("**/python/3.11/library/pdb.html#pdb.set_trace")

    assert in_view(page, "pdb.set_trace")


def test_escape_empties_the_box_then_closes_the_dialog_and_gives_the_focus_back(
    page: Page, site_server: str
) -> None:
    page.goto(site_server + DOCS_PAGE)
    opener = page.locator("[data-search-opener]")
    opener.focus()
    opener.press("Enter")
    box = SearchBox(page)
    box.type("json")

    box.press("Escape")
    emptied = box.input.input_value()
    box.press("Escape")

    assert emptied == ""
    assert not box.input.is_visible()
    assert opener.evaluate("opener => opener === document.activeElement")


def test_escape_far_down_the_list_brings_the_box_back_into_view(page: Page, site_server: str) -> None:
    page.set_viewport_size({"width": 390, "height": 600})
    page.goto(site_server + "/")
    box = SearchBox(page)
    box.type("json")
    box.press(*["ArrowDown"] * 9)
    before = page.evaluate("scrollY")

    box.press("Escape")

    header = page.locator("header").bounding_box()
    assert before > 100
    assert box.input.bounding_box()["y"] >= header["y"] + header["height"]


def test_letters_typed_before_the_scripts_arrive_are_answered(page: Page, site_server: str) -> None:
    held: list[Route] = []
    page.route(MODULES, lambda route: held.append(route), times=1)  # noqa: PLW0108 - Playwright marks it
    page.goto(site_server + "/", wait_until="commit")

    page.locator("input[role=combobox]").press_sequentially("json.loads")
    held[0].continue_()
    box = SearchBox(page)
    box.wait_for_answer("json.loads")

    assert box.input.input_value() == "json.loads"
    assert box.places()[0].endswith("/library/json.html#json.loads")


def test_each_letter_is_answered_while_typing(page: Page, site_server: str) -> None:
    page.goto(site_server + "/python/3.11/")
    box = SearchBox(page)

    counts = []
    for end in range(1, len("jsonl") + 1):
        box.input.press_sequentially("jsonl"[end - 1])
        box.wait_for_answer("jsonl"[:end])
        counts.append(box.options.count())

    assert all(counts[:4]), counts


def test_one_typo_is_mended_and_said(page: Page, site_server: str) -> None:
    page.goto(site_server + "/python/3.11/")
    box = SearchBox(page)

    box.type("JSONDecodeEror")

    assert box.places()[0] == "/python/3.11/library/json.html#json.JSONDecodeError"
    assert "jsondecodeerror" in page.locator("[data-note]:visible").inner_text().lower()


def test_words_of_the_text_find_their_section(page: Page, site_server: str) -> None:
    page.goto(site_server + "/python/3.11/")
    box = SearchBox(page)

    box.type("repeated names within an object")

    assert "/python/3.11/library/json.html#repeated-names-within-an-object" in box.places()[:3]


def test_nothing_found_is_an_empty_list_and_a_sentence(page: Page, site_server: str) -> None:
    page.goto(site_server + "/python/3.11/")
    box = SearchBox(page)

    box.type("zqxjkvzqxjkv")

    assert box.options.count() == 0
    assert page.locator("[data-note]:visible").inner_text().strip()


def test_the_state_for_assistive_technology_follows_the_arrows(page: Page, site_server: str) -> None:
    page.goto(site_server + "/python/3.11/")
    box = SearchBox(page)
    closed = box.input.get_attribute("aria-expanded")
    box.type("json")

    box.press("ArrowDown")
    first = box.active_option().get_attribute("href")
    box.press("ArrowUp")
    last = box.active_option().get_attribute("href")
    selected = box.list.locator("[aria-selected=true]")

    assert (closed, box.input.get_attribute("aria-expanded")) == ("false", "true")
    assert first == box.options.first.get_attribute("href")
    assert last == box.options.last.get_attribute("href")
    assert selected.count() == 1
    assert selected.get_attribute("href") == last
    assert box.input.evaluate("input => input === document.activeElement")


def test_control_enter_opens_the_result_in_a_tab_of_its_own(page: Page, site_server: str) -> None:
    page.goto(site_server + "/python/3.11/")
    box = SearchBox(page)
    box.type("json.load")
    box.press("ArrowDown")

    with page.context.expect_page() as opened:
        box.press("Control+Enter")

    opened.value.wait_for_url("**/library/json.html#json.load")
    assert place_of(page.url).startswith("/python/3.11/")
    assert box.input.input_value() == "json.load"


def test_a_query_in_the_address_is_answered_and_back_returns_to_it(page: Page, site_server: str) -> None:
    page.goto(site_server + "/?q=json.dumps")
    box = SearchBox(page)
    box.wait_for_answer("json.dumps")
    before = box.places()

    box.input.focus()
    box.press("ArrowDown", "Enter")
    page.wait_for_url("**/library/json.html#json.dumps")
    page.go_back()
    box = SearchBox(page)
    box.wait_for_answer("json.dumps")

    assert box.places() == before


def test_the_slash_key_can_be_switched_off(page: Page, site_server: str) -> None:
    page.goto(site_server + DOCS_PAGE)
    page.get_by_role("button", name="Settings").click()
    page.locator("input[name=slash]").uncheck()
    page.reload()

    page.keyboard.press("/")
    opened_by_slash = page.locator("input[role=combobox]:visible").count()
    page.keyboard.press("Control+k")

    assert opened_by_slash == 0
    assert page.locator("input[role=combobox]:visible").count() == 1


def test_enter_that_ends_a_composition_opens_nothing(page: Page, site_server: str) -> None:
    page.goto(site_server + "/python/3.11/")
    box = SearchBox(page)
    box.type("json.dump")
    box.press("ArrowDown")
    before = place_of(page.url)

    box.input.dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    page.wait_for_timeout(300)

    assert place_of(page.url) == before


def test_composed_text_is_answered_when_it_is_there(page: Page, site_server: str) -> None:
    page.goto(site_server + "/python/3.11/")
    box = SearchBox(page)
    box.input.click()
    keyboard = page.context.new_cdp_session(page)

    keyboard.send("Input.imeSetComposition", {"text": "dump", "selectionStart": 4, "selectionEnd": 4})
    keyboard.send("Input.insertText", {"text": "dumps"})
    box.wait_for_answer("dumps")

    assert box.input.input_value() == "dumps"
    assert box.places()[0].endswith("#json.dumps")


def test_results_on_a_phone_fit_its_width(open_page: Callable[..., Page], site_server: str) -> None:
    page = open_page(viewport={"width": 360, "height": 640}, has_touch=True, is_mobile=True)
    page.goto(site_server + DOCS_PAGE)
    page.locator("[data-search-opener]").tap()
    box = SearchBox(page)

    box.type("json")

    assert box.options.count() > 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.evaluate("document.querySelector('[role=listbox]').scrollWidth") <= 360


def in_view(page: Page, anchor: str) -> bool:
    """Tell whether the element of that id comes to stand inside the window."""
    page.wait_for_load_state()
    return bool(
        page.evaluate(
            """anchor => {
                const box = document.getElementById(anchor).getBoundingClientRect();
                return box.top >= 0 && box.top < window.innerHeight;
            }""",
            anchor,
        )
    )
