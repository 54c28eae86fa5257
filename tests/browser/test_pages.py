"""Pages in a real browser: with and without JavaScript, light and dark, on a laptop and on a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from search_ui import SearchBox

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

HOME = "/"
CONTENTS = "/python/3.11/"
JSON_PAGE = "/python/3.11/library/json.html"
PAGES = (
    HOME,
    CONTENTS,
    JSON_PAGE,
    "/python/3.11/glossary.html",
    "/python/3.11/using/cmdline.html",
    "/python/3.11/library/tkinter.messagebox.html",
    "/python/3.11/genindex.html",
    "/python/3.11/search.html",
    "/python/3.13/c-api/list.html",
)
LUMINANCE = """element => {
    const probe = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const luminance = (colour) => {
        probe.clearRect(0, 0, 1, 1);
        probe.fillStyle = colour;
        probe.fillRect(0, 0, 1, 1);
        const [red, green, blue] = Array.from(probe.getImageData(0, 0, 1, 1).data, (value) => {
            const part = value / 255;
            return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const opaque = (node) => {
        const colour = getComputedStyle(node).backgroundColor;
        const see_through = /, 0\\)$|transparent|\\/ 0\\)$/.test(colour);
        return see_through && node.parentElement ? opaque(node.parentElement) : colour;
    };
    return [luminance(getComputedStyle(element).color), luminance(opaque(element))];
}"""
SHIFTS = """() => new Promise((done) => {
    let sum = 0;
    new PerformanceObserver((list) => {
        for (const shift of list.getEntries()) sum += shift.value;
    }).observe({ type: "layout-shift", buffered: true });
    requestAnimationFrame(() => setTimeout(() => done(sum), 200));
})"""


def test_the_first_page_brings_along_what_the_first_key_needs(page: Page, site_server: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path))

    page.goto(site_server + HOME, wait_until="load")
    box = SearchBox(page)
    at_once = list(asked)
    box.type("j")

    needed = [path for path in at_once if path.endswith((".css", "root.json")) or "/main." in path]
    parts = [path for path in asked if "/_search/" in path]
    assert needed == []
    assert len(parts) == 1
    assert box.options.count() > 0


@pytest.mark.parametrize("path", PAGES)
def test_a_page_loads_without_errors_and_without_moving(page: Page, site_server: str, path: str) -> None:
    answer = page.goto(site_server + path, wait_until="networkidle")

    assert answer is not None
    assert answer.status == 200
    assert page.locator("h1:visible").count() == 1
    assert page.evaluate(SHIFTS) < 0.02


@pytest.mark.parametrize("width", [320, 390])
@pytest.mark.parametrize("path", PAGES)
def test_nothing_scrolls_sideways_on_a_phone(
    open_page: Callable[..., Page], site_server: str, path: str, width: int
) -> None:
    page = open_page(viewport={"width": width, "height": 700}, has_touch=True, is_mobile=True)

    page.goto(site_server + path)

    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", [HOME, JSON_PAGE])
def test_colours_follow_the_system_and_can_be_read(
    open_page: Callable[..., Page], site_server: str, path: str, scheme: str
) -> None:
    page = open_page(color_scheme=scheme)
    page.goto(site_server + path)
    page.evaluate("() => Promise.all(document.getAnimations().map((one) => one.finished)).then(() => null)")

    texts = [page.locator("main p:visible").first, page.locator("main a:visible").first, page.locator("h1")]
    shades = [text.evaluate(LUMINANCE) for text in texts]

    assert all((background < 0.2) == (scheme == "dark") for _, background in shades)
    assert all(contrast(*pair) >= 4.5 for pair in shades), shades


def test_a_chosen_theme_stays(open_page: Callable[..., Page], site_server: str) -> None:
    page = open_page(color_scheme="light")
    page.goto(site_server + JSON_PAGE)

    page.get_by_role("button", name="Settings").click()
    page.locator("input[name=theme][value=dark]").check()
    chosen = page.locator("h1").evaluate(LUMINANCE)
    page.goto(site_server + HOME)
    kept = page.locator("h1").evaluate(LUMINANCE)

    assert chosen[1] < 0.2
    assert kept[1] < 0.2


def test_a_missing_page_says_so_and_leads_home(page: Page, site_server: str, faults: list[str]) -> None:
    answer = page.goto(f"{site_server}/python/3.11/library/no-such-page.html")
    home = page.get_by_role("banner").get_by_role("link").first

    assert answer is not None
    assert answer.status == 404
    assert page.locator("h1:visible").count() == 1
    assert home.evaluate("link => link.href") == f"{site_server}/"
    assert [fault for fault in faults if "404" not in fault] == []
    faults.clear()


def test_without_scripts_a_page_is_whole(without_scripts: Page, site_server: str) -> None:
    page = without_scripts
    page.goto(site_server + JSON_PAGE)

    signature = page.locator("[id='json.dump']")

    assert "json — JSON encoder and decoder" in page.locator("h1").inner_text()
    assert "skipkeys=False" in signature.inner_text()
    assert page.locator(".ld-scripted:visible").count() == 0


def test_without_scripts_the_contents_lead_to_every_page(without_scripts: Page, site_server: str) -> None:
    page = without_scripts
    page.goto(site_server + JSON_PAGE)

    page.locator("a:visible[href$='genindex.html']").first.click()
    page.get_by_role("link", name="J", exact=True).first.click()
    follow(page, page.locator("main a[href*='json.html#json.JSONDecoder']").first)

    assert urlsplit(page.url).path == JSON_PAGE
    assert urlsplit(page.url).fragment.startswith("json.JSONDecoder")


def test_without_scripts_the_search_is_a_form_that_leads_on(without_scripts: Page, site_server: str) -> None:
    page = without_scripts
    page.goto(site_server + HOME)
    field = page.locator("input[role=combobox]")

    field.fill("json")
    field.press("Enter")
    page.wait_for_load_state()

    assert urlsplit(page.url).path != HOME
    assert page.locator("main a[href*='json']").count() > 0


def test_the_copy_button_leaves_out_prompts_and_output(
    open_page: Callable[..., Page], site_server: str
) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(site_server + JSON_PAGE)
    session = page.locator("div.highlight").filter(has=page.locator(".gp")).first

    session.hover()
    session.get_by_role("button", name="Copy").click()
    session.get_by_text("Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")

    assert ">>>" in session.inner_text()
    assert copied.splitlines()[0] == "import json"
    assert ">>>" not in copied
    assert '["foo", {"bar"' not in copied


def test_a_link_to_an_anchor_shows_its_place_below_the_header(page: Page, site_server: str) -> None:
    page.goto(f"{site_server}{JSON_PAGE}#json.JSONEncoder")

    covered = page.evaluate(
        """() => {
            const box = document.getElementById("json.JSONEncoder").getBoundingClientRect();
            const seen = document.elementFromPoint(box.left + 20, box.top + box.height / 2);
            return !document.getElementById("json.JSONEncoder").contains(seen);
        }"""
    )

    assert not covered


@pytest.fixture
def without_scripts(open_page: Callable[..., Page]) -> Page:
    """A page of a browser that runs no JavaScript."""
    return open_page(java_script_enabled=False)


def follow(page: Page, link: Locator) -> None:
    """Click a link and wait until its page has loaded."""
    with page.expect_navigation():
        link.click()


def contrast(one: float, other: float) -> float:
    """Return the contrast ratio of two relative luminances (WCAG 2.2, 1.4.3)."""
    lighter, darker = max(one, other), min(one, other)
    return (lighter + 0.05) / (darker + 0.05)
