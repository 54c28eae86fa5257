"""Around the list of results: filters, the address and the way back, recent searches, names alike, nothing found."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from search_ui import SearchBox

if TYPE_CHECKING:
    from playwright.sync_api import Page

DOCS_PAGE = "/python/3.11/library/json.html"
ANSWERED = """text => {
    const list = document.querySelector("[role=listbox]");
    return list.dataset.query === text && list.dataset.state === "ready";
}"""


def test_filters_count_what_they_would_leave_and_leave_it(page: Page, site_server: str) -> None:
    page.goto(site_server + "/")
    box = SearchBox(page)
    box.type("json")
    open_filters(page)

    label = page.locator("[data-by=kind] option[value=class]").inner_text()
    page.get_by_label("Kind").select_option("class")
    kinds = page.locator(".ld-result-kind").all_inner_texts()
    box.press("ArrowDown")

    assert int(label.removeprefix("class (").removesuffix(")")) == len(kinds) > 0
    assert set(kinds) == {"class"}
    assert asked(page) == {"q": ["json"], "kind": ["class"]}


def test_a_module_filter_meets_the_kind_filter(page: Page, site_server: str) -> None:
    page.goto(f"{site_server}/?q=dump&kind=function&module=json")
    box = SearchBox(page)
    box.wait_for_answer("dump")

    places = box.places()
    page.get_by_role("button", name="Drop the filters").click()
    box.wait_for_answer("dump")

    assert {place.partition("#")[2] for place in places} == {"json.dump", "json.dumps"}
    assert box.options.count() > len(places)
    assert asked(page) == {"q": ["dump"]}


def test_other_docs_are_a_choice_away(page: Page, site_server: str) -> None:
    page.goto(f"{site_server}/?q=json.dump")
    box = SearchBox(page)
    box.wait_for_answer("json.dump")
    open_filters(page)

    page.get_by_label("Docs").select_option(label="Python 3.13")
    box.list.locator("a[href*='/python/3.13/']").first.wait_for()
    address = asked(page)
    page.reload()
    box = SearchBox(page)
    box.wait_for_answer("json.dump")

    assert address == {"q": ["json.dump"], "docset": ["python"], "version": ["3.13"]}
    assert box.places()[0].startswith("/python/3.13/")


def test_back_undoes_a_filter_and_forward_redoes_it(page: Page, site_server: str) -> None:
    page.goto(f"{site_server}/?q=json")
    box = SearchBox(page)
    box.wait_for_answer("json")
    open_filters(page)
    page.get_by_label("Kind").select_option("class")
    page.wait_for_function("() => new URLSearchParams(location.search).get('kind') === 'class'")

    page.go_back()
    page.wait_for_function("() => document.querySelector('[data-by=kind]').value === ''")
    undone = set(page.locator(".ld-result-kind").all_inner_texts())
    page.go_forward()
    page.wait_for_function("() => document.querySelector('[data-by=kind]').value === 'class'")
    redone = set(page.locator(".ld-result-kind").all_inner_texts())

    assert "module" in undone
    assert redone == {"class"}


@pytest.mark.parametrize("kept_whole", [True, False])
def test_back_leads_to_the_same_list_choice_and_place(
    page: Page, site_server: str, *, kept_whole: bool
) -> None:
    page.goto(f"{site_server}/?q=json")
    box = SearchBox(page)
    box.wait_for_answer("json")
    page.get_by_role("button", name="More results").click()
    page.wait_for_function("() => document.querySelectorAll('[role=option]').length > 10")
    box.press(*["ArrowDown"] * 12)
    page.evaluate("scrollTo(0, 600)")
    before = (box.places(), box.active_option().get_attribute("href"), page.evaluate("scrollY"))
    if not kept_whole:
        page.evaluate("addEventListener('unload', () => {})")  # such a page is loaded anew on the way back

    box.press("Enter")
    page.wait_for_url("**/library/json.html*")
    page.go_back()
    page.wait_for_function(ANSWERED, arg="json")
    box = SearchBox(page)
    after = (box.places(), box.active_option().get_attribute("href"), page.evaluate("scrollY"))

    assert len(before[0]) > 10
    assert after == before


def test_searches_that_led_somewhere_are_offered_again(page: Page, site_server: str) -> None:
    search_for(page, site_server, "json.dump")
    search_for(page, site_server, "set_trace")
    page.goto(site_server + "/")
    recents = page.get_by_role("group", name="Recent searches").get_by_role("button")
    recents.first.wait_for()
    offered = recents.all_inner_texts()

    recents.nth(1).click()
    box = SearchBox(page)
    box.wait_for_answer("json.dump")

    assert offered == ["set_trace", "json.dump", "Forget"]
    assert box.places()[0].endswith("#json.dump")
    assert recents.count() == 0


def test_recent_searches_are_forgotten_when_asked(page: Page, site_server: str) -> None:
    search_for(page, site_server, "json.dump")
    page.goto(site_server + "/")

    page.get_by_role("button", name="Forget").click()
    page.reload()
    SearchBox(page).wait_for_answer("")

    assert page.get_by_role("group", name="Recent searches").count() == 0


def test_recent_searches_can_be_switched_off(page: Page, site_server: str) -> None:
    page.goto(site_server + "/")
    page.get_by_role("button", name="Settings").click()
    page.get_by_label("Remember them on this device").uncheck()

    search_for(page, site_server, "json.dump")
    page.goto(site_server + "/")
    SearchBox(page).wait_for_answer("")

    assert page.get_by_role("group", name="Recent searches").count() == 0
    assert "json.dump" not in str(page.evaluate("Object.values(localStorage)"))


def test_where_nothing_is_found_parts_and_other_docs_are_offered(page: Page, site_server: str) -> None:
    page.goto(site_server + "/")
    box = SearchBox(page)

    box.type("zqxjkvzqxjkv.qqxzj")
    ways = page.locator("[data-nothing]:visible")
    other = ways.get_by_role("button", name="In Python 3.13")
    other.wait_for()
    a_to_z = ways.get_by_role("link", name="A to Z").evaluate("link => link.href")
    other.click()
    page.wait_for_function("() => new URLSearchParams(location.search).get('version') === '3.13'")

    assert a_to_z == f"{site_server}/python/3.11/genindex.html"
    assert box.input.evaluate("input => input === document.activeElement")


def test_filters_that_leave_nothing_can_be_dropped_there(page: Page, site_server: str) -> None:
    page.goto(f"{site_server}/?q=json&kind=opcode")
    box = SearchBox(page)
    box.wait_for_answer("json")
    empty = box.options.count()

    page.get_by_role("button", name="Without the filters").click()
    box.options.first.wait_for()

    assert empty == 0
    assert asked(page) == {"q": ["json"]}


def search_for(page: Page, server: str, text: str) -> None:
    """Search on a docs page and open the first result."""
    page.goto(server + DOCS_PAGE)
    page.keyboard.press("/")
    box = SearchBox(page)
    box.type(text)
    with page.expect_event("framenavigated"):
        box.press("Enter")


def open_filters(page: Page) -> None:
    """Open the filters and wait until they have counted."""
    page.get_by_role("button", name="Filter", exact=True).click()
    page.locator("[data-by=kind] option").nth(1).wait_for(state="attached")


def asked(page: Page) -> dict[str, list[str]]:
    """Return what the page's address asks for."""
    return parse_qs(urlsplit(page.url).query)
