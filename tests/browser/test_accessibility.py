"""What axe-core finds on the pages that stand for all, in both themes, wide and narrow; keys, zoom, motion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from run import AXE
from search_ui import SearchBox

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

JSON_PAGE = "/python/3.11/library/json.html"
WIDTHS = {"wide": 1440, "narrow": 390}
VIOLATIONS = """() => axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
    violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`))"""
UNSEEN_FOCUS = """() => {
    const element = document.activeElement;
    const style = getComputedStyle(element);
    const field = getComputedStyle(element.parentElement);
    const box = element.getBoundingClientRect();
    const outlined = [style, field].some(({ outlineStyle }) => outlineStyle !== "none");
    const seen = box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight;
    return outlined && seen ? "" : element.outerHTML;
}"""


def results(page: Page) -> None:
    """Wait until the search of the address is answered."""
    SearchBox(page).wait_for_answer(page.locator("input[role=combobox]").input_value())


def dialog(page: Page) -> None:
    """Search in the dialog, with a result chosen and its preview shown."""
    page.keyboard.press("/")
    SearchBox(page).type("json")
    page.keyboard.press("ArrowDown")


def settings(page: Page) -> None:
    """Open the settings."""
    page.get_by_role("button", name="Settings").click()
    page.locator("[data-offline-act]:visible").wait_for()


def nothing(_page: Page) -> None:
    """Leave the page as it is."""


def at_rest(page: Page) -> None:
    """Wait until the page has done what it does when nothing else is to be done."""
    page.wait_for_load_state("networkidle")
    page.evaluate("() => new Promise((done) => requestIdleCallback(() => requestIdleCallback(done)))")


VIEWS: dict[str, tuple[str, Callable[[Page], None]]] = {
    "home": ("/", nothing),
    "results": ("/?q=json", results),
    "filtered": ("/?q=json&kind=class", results),
    "nothing found": ("/?q=zqxjkv+qqq", results),
    "a page": (JSON_PAGE, nothing),
    "the dialog": (JSON_PAGE, dialog),
    "the settings": (JSON_PAGE, settings),
    "the glossary": ("/python/3.11/glossary.html", nothing),
    "contents": ("/python/3.11/", nothing),
    "A to Z": ("/python/3.11/genindex.html", nothing),
    "modules": ("/python/3.11/py-modindex.html", nothing),
    "404": ("/no/such/page", nothing),
    "offline": ("/offline.html", nothing),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing(
    open_page: Callable[..., Page], site_server: str, faults: list[str], view: str, width: int, scheme: str
) -> None:
    path, prepare = VIEWS[view]
    page = open_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto(site_server + path)
    prepare(page)
    at_rest(page)

    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(VIOLATIONS)

    assert found == []
    faults[:] = [fault for fault in faults if view != "404" or "404" not in fault]


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_axe_finds_nothing_on_a_long_page(
    open_page: Callable[..., Page], python_site_server: str, width: int
) -> None:
    page = open_page(viewport={"width": width, "height": 900})
    page.goto(f"{python_site_server}/python/3.11/library/functions.html")
    at_rest(page)

    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(VIOLATIONS)

    assert found == []


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
@pytest.mark.parametrize("path", ["/", JSON_PAGE, "/?q=json"])
def test_the_focus_is_seen_wherever_tab_leads(
    open_page: Callable[..., Page], site_server: str, path: str, width: int
) -> None:
    page = open_page(viewport={"width": width, "height": 900})
    page.goto(site_server + path)
    if "?q=" in path:
        results(page)
    at_rest(
        page
    )  # a key that comes before the browser has focused the search box makes it say so in the console

    unseen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        if fault := page.evaluate(UNSEEN_FOCUS):
            unseen.append(fault)

    assert unseen == []


def test_the_keyboard_leads_into_the_settings_and_out(page: Page, site_server: str) -> None:
    page.goto(site_server + JSON_PAGE)
    button = page.get_by_role("button", name="Settings")

    button.press("Enter")
    form = page.locator("#ld--preferences:popover-open")
    form.wait_for()
    page.keyboard.press("Tab")
    inside = form.evaluate("form => form.contains(document.activeElement)")
    page.keyboard.press("Escape")

    assert inside
    assert not form.is_visible()
    assert button.evaluate("button => button === document.activeElement")


def test_settings_that_the_focus_leaves_cover_nothing(
    open_page: Callable[..., Page], site_server: str
) -> None:
    page = open_page(viewport={"width": 390, "height": 844})
    page.goto(site_server + "/")
    page.get_by_role("button", name="Settings").press("Enter")
    form = page.locator("#ld--preferences:popover-open")
    form.wait_for()
    page.keyboard.press("Tab")

    page.get_by_role("combobox").focus()

    form.wait_for(state="hidden")


@pytest.mark.parametrize("path", ["/", JSON_PAGE, "/python/3.11/genindex.html", "/?q=json"])
def test_text_at_twice_its_size_loses_nothing(
    open_page: Callable[..., Page], site_server: str, path: str
) -> None:
    page = open_page(viewport={"width": 1280, "height": 800})
    page.goto(site_server + path)
    session = page.context.new_cdp_session(page)

    session.send("Emulation.setDeviceMetricsOverride", HALF_AS_WIDE)
    page.wait_for_function("() => innerWidth === 640")

    assert page.evaluate("document.documentElement.scrollWidth") <= 640
    assert page.locator("h1").is_visible()


HALF_AS_WIDE = {"width": 640, "height": 400, "deviceScaleFactor": 2, "mobile": False}
"""What a window of 1280 by 800 is to a page at a zoom of 200 %."""


def test_the_systems_own_colours_hide_nothing(open_page: Callable[..., Page], site_server: str) -> None:
    page = open_page(forced_colors="active", color_scheme="dark")
    page.goto(site_server + "/?q=json")
    results(page)
    page.keyboard.press("ArrowDown")

    paper = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    mark = page.locator("[role=option] mark").first.evaluate("mark => getComputedStyle(mark).color")
    icon = page.locator(".ld-icon").first.evaluate("icon => getComputedStyle(icon).backgroundColor")
    chosen = SearchBox(page).active_option().evaluate("option => getComputedStyle(option).outlineStyle")

    assert paper not in {mark, icon}
    assert chosen == "solid"


def test_nothing_moves_for_readers_who_want_it_so(open_page: Callable[..., Page], site_server: str) -> None:
    page = open_page(reduced_motion="reduce")
    page.goto(site_server + JSON_PAGE)
    page.keyboard.press("/")
    SearchBox(page).type("json")

    moving = page.evaluate("document.getAnimations().length")

    assert moving == 0
