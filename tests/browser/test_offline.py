"""The site without a connection: what was read stays, the search answers, a docset can be kept whole."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from product import ENVIRONMENT, ROOT, build, serving
from search_ui import SearchBox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Page

JSON_PAGE = "/python/3.11/library/json.html"
PDB_PAGE = "/python/3.11/library/pdb.html"
READY = "navigator.serviceWorker.ready.then(() => Boolean(navigator.serviceWorker.controller))"
KEPT = """async (path) => {
    for (const name of await caches.keys())
        if (await (await caches.open(name)).match(path, { ignoreVary: true })) return true;
    return false;
}"""

HOLDS = """async (names) => {
    const keys = await (await caches.open("livedocs / assets")).keys();
    return names.every((name) => keys.some(({ url }) => url.endsWith(`/${name}`)));
}"""
HOLDS_NONE = """async (names) => {
    const keys = await (await caches.open("livedocs / assets")).keys();
    return !names.some((name) => keys.some(({ url }) => url.endsWith(`/${name}`)));
}"""
RENEWED = """async (path) => {
    const names = (await caches.keys()).filter((name) => name.includes("kept"));
    const page = await (await caches.open(names[0])).match(path, { ignoreVary: true });
    return (await page.text()).includes("The Other Debugger");
}"""


@pytest.fixture(autouse=True)
def _no_connection_is_no_fault(faults: list[str]) -> Iterator[None]:
    """Take out of a test's faults that the connection was away."""
    yield
    faults[:] = [fault for fault in faults if "net::ERR" not in fault and "Failed to fetch" not in fault]


@pytest.fixture
def visit(page: Page, site_server: str) -> Page:
    """A page that has read one page of the docs, and may work offline."""
    page.goto(site_server + JSON_PAGE)
    works_offline(page)
    wait_until_kept(page, JSON_PAGE)
    return page


def test_what_was_read_stays_readable(visit: Page, site_server: str) -> None:
    visit.goto(site_server + PDB_PAGE)
    wait_until_kept(visit, PDB_PAGE)

    visit.context.set_offline(True)
    titles = []
    for path in (JSON_PAGE, PDB_PAGE, f"{JSON_PAGE}#json.dump", "/"):
        visit.goto(site_server + path)
        titles.append(visit.locator("h1").inner_text().split(" ")[0])

    assert titles == ["json", "pdb", "json", "Python"]
    assert visit.locator("header").evaluate("header => getComputedStyle(header).position") == "sticky"


def test_the_search_answers_from_what_it_has_loaded(visit: Page, site_server: str) -> None:
    visit.keyboard.press("/")
    SearchBox(visit).type("json.dump")

    visit.context.set_offline(True)
    visit.goto(site_server + JSON_PAGE)
    visit.keyboard.press("/")
    box = SearchBox(visit)
    box.type("json.dump")

    assert box.places()[0] == f"{JSON_PAGE}#json.dump"


def test_what_was_searched_before_all_was_ready_is_there_too(page: Page, site_server: str) -> None:
    page.goto(site_server + "/")
    SearchBox(page).type("set_trace")
    works_offline(page)
    wait_until_kept(page, "/")

    page.context.set_offline(True)
    page.goto(site_server + "/")
    box = SearchBox(page)
    box.type("set_trace")

    assert box.places()[0] == f"{PDB_PAGE}#pdb.set_trace"


def test_parts_of_the_index_are_on_the_device_when_the_keys_rest(visit: Page, site_server: str) -> None:
    visit.goto(site_server + "/")
    SearchBox(visit).type("set_trace")
    fetched = visit.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)")
    parts = [url.removeprefix(site_server) for url in fetched if "_search/" in url and url.endswith(".bin")]

    assert len(parts) > 1
    for part in parts:
        wait_until_kept(visit, part)


def test_a_page_that_is_not_there_says_so_and_lists_what_is(visit: Page, site_server: str) -> None:
    visit.context.set_offline(True)

    visit.goto(site_server + PDB_PAGE)
    read = visit.locator("[data-read-pages] a", has_text="json")
    read.click()
    visit.wait_for_url(site_server + JSON_PAGE)

    assert visit.locator("h1").inner_text().startswith("json")


def test_an_address_that_is_no_page_is_not_kept(page: Page, site_server: str, faults: list[str]) -> None:
    page.goto(f"{site_server}/python/3.11/no-such-page.html")
    works_offline(page)
    wait_until_kept(page, "/python/3.11/_search/root.json")
    page.wait_for_timeout(300)

    assert [fault for fault in faults if "Failed to load resource" not in fault] == []
    assert not page.evaluate(KEPT, "/python/3.11/no-such-page.html")
    faults.clear()


def test_a_docset_is_kept_whole_and_removed(visit: Page, site_server: str) -> None:
    open_settings(visit)
    part = visit.locator("[data-offline]")
    part.get_by_text("takes").wait_for()
    size_before = part.locator("[data-offline-state]").inner_text()
    part.get_by_role("button", name="Keep Python 3.11").click()
    part.get_by_text("is on this device").wait_for(timeout=60_000)

    visit.context.set_offline(True)
    visit.goto(site_server + PDB_PAGE)
    never_read = visit.locator("h1").inner_text()
    visit.keyboard.press("/")
    box = SearchBox(visit)
    box.type("set_trace")
    found = box.places()[0]
    box.press("Escape", "Escape")
    visit.context.set_offline(False)
    open_settings(visit)
    visit.locator("[data-offline]").get_by_role("button", name="Remove it").click()
    visit.get_by_text("takes").wait_for()

    assert "kB" in size_before or "MB" in size_before
    assert never_read.startswith("pdb")
    assert found == f"{PDB_PAGE}#pdb.set_trace"
    assert (
        visit.evaluate("caches.keys().then((names) => names.filter((name) => name.includes('kept')))") == []
    )


def test_keeping_can_be_stopped_and_goes_on(visit: Page) -> None:
    open_settings(visit)
    part = visit.locator("[data-offline]")
    part.get_by_role("button", name="Keep Python 3.11").click()
    part.get_by_role("button", name="Stop").click()
    part.get_by_text("Stopped").wait_for()
    stopped = part.locator("progress").is_visible()
    part.get_by_role("button", name="Go on").click()
    part.get_by_text("is on this device").wait_for(timeout=60_000)

    assert not stopped


def test_a_device_without_room_says_so(visit: Page) -> None:
    open_settings(visit)
    part = visit.locator("[data-offline]")
    part.get_by_role("button", name="Keep Python 3.11").wait_for()
    session = visit.context.new_cdp_session(visit)
    origin = visit.evaluate("location.origin")
    session.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": 200_000})

    part.get_by_role("button", name="Keep Python 3.11").click()
    part.get_by_text("has no room").wait_for(timeout=60_000)
    visit.reload()

    assert visit.locator("h1").inner_text().startswith("json")


def test_a_new_build_replaces_the_old_one(
    open_page: Callable[..., Page], tmp_path: Path, golden_docs: Path
) -> None:
    docs = shutil.copytree(golden_docs, tmp_path / "docs")
    with serving(build(tmp_path, docs), log=tmp_path / "log") as server:
        page = open_page()
        page.goto(server + JSON_PAGE)
        works_offline(page)
        open_settings(page)
        page.get_by_role("button", name="Keep Python 3.11").click()
        page.get_by_text("is on this device").wait_for(timeout=60_000)
        file = docs / "library" / "pdb.html"
        file.write_text(file.read_text().replace("The Python Debugger", "The Other Debugger"))
        build(tmp_path, docs)

        page.keyboard.press("Escape")
        page.keyboard.press("/")
        box = SearchBox(page)
        box.type("set_trace")
        during = box.places()[0]
        page.goto(server + JSON_PAGE)
        wait_until(page, RENEWED, PDB_PAGE)
    page.goto(server + PDB_PAGE)  # the server has been stopped

    assert during == f"{PDB_PAGE}#pdb.set_trace"
    assert "The Other Debugger" in page.locator("h1").inner_text()


def test_an_open_page_outlives_a_new_build_and_nothing_of_the_old_one_is_left_after_it(
    open_page: Callable[..., Page], tmp_path: Path, golden_docs: Path
) -> None:
    output = build(tmp_path, golden_docs)
    with serving(output, log=tmp_path / "log") as server:
        page = open_page()
        page.goto(server + JSON_PAGE)
        works_offline(page)
        wait_until_kept(page, JSON_PAGE)
        old = asset_names(output)
        build_with_other_assets(tmp_path, golden_docs)
        new = asset_names(output)

        open_settings(page)  # its script and markup are the old build's, which the server has no more
        opened = page.locator("#ld--preferences").is_visible()
        page.goto(server + JSON_PAGE)
        wait_until(page, HOLDS, sorted(new))
        page.goto(server + JSON_PAGE)
        build_with_other_assets(tmp_path, golden_docs, again="1px")
        page.goto(server + JSON_PAGE)
        wait_until(page, HOLDS_NONE, sorted(old - asset_names(output)))
    page.goto(server + JSON_PAGE)  # the server has been stopped

    assert opened
    assert old - new
    assert page.locator("h1").inner_text().startswith("json")
    assert page.locator("header").evaluate("header => getComputedStyle(header).position") == "sticky"


@pytest.mark.parametrize("path", ["/", JSON_PAGE])
def test_an_open_page_outlives_a_new_build_without_a_service_worker(
    open_page: Callable[..., Page], faults: list[str], tmp_path: Path, golden_docs: Path, path: str
) -> None:
    docs = shutil.copytree(golden_docs, tmp_path / "docs")
    with serving(build(tmp_path, docs), log=tmp_path / "log") as server:
        page = open_page(viewport={"width": 800, "height": 700}, service_workers="block")
        page.goto(server + path)
        if path != "/":
            page.keyboard.press("/")
        box = SearchBox(page)
        box.type("json")
        file = docs / "library" / "pdb.html"
        file.write_text(file.read_text().replace("set_trace", "set_track"))
        build_with_other_assets(tmp_path, docs)

        box.input.fill("")
        box.type("set_track")
        found = box.places()[0]
        box.input.fill("")
        box.input.press_sequentially('"json encoder"')  # needs a script that has not been started
        page.get_by_role("button", name="Reload").click()
        page.wait_for_url("**/*q=*")
        box = SearchBox(page)
        box.wait_for_answer('"json encoder"')

        assert found == f"{PDB_PAGE}#pdb.set_track"
        assert box.options.count() > 0
    faults[:] = [fault for fault in faults if "404" not in fault and "blocked by Playwright" not in fault]


def build_with_other_assets(folder: Path, docs: Path, *, again: str = "") -> None:
    """Build by a copy of the project whose styles and scripts are others."""
    code = folder / f"code{again}"
    for part in ("builder", "site_templates"):
        shutil.copytree(ROOT / part, code / part)
    with (code / "site_templates/static/css/tokens.css").open("a") as styles:
        styles.write(f":root {{ --other: {again or '2px'}; }}\n")
    with (code / "site_templates/static/js/lib/storage.js").open("a") as script:
        script.write(f"document.documentElement.dataset.other = '{again}';\n")
    command = [sys.executable, "-m", "builder", "build", "-q", str(docs)]
    subprocess.run(command, cwd=folder, env={**ENVIRONMENT, "PYTHONPATH": str(code)}, check=True)


def asset_names(output: Path) -> set[str]:
    """Return the names of a site's scripts and styles."""
    return {file.name for file in (output / "site" / "assets").iterdir() if file.suffix in {".js", ".css"}}


def works_offline(page: Page) -> None:
    """Wait until the service worker is in charge of the page."""
    page.evaluate(READY)
    page.wait_for_function("() => Boolean(navigator.serviceWorker.controller)")


def wait_until_kept(page: Page, path: str) -> None:
    """Wait until a page that was read is on the device."""
    wait_until(page, KEPT, path)


def wait_until(page: Page, tells: str, path: str | list[str]) -> None:
    """Wait until an asynchronous function says yes; `wait_for_function` takes its promise for that."""
    for _ in range(200):
        if page.evaluate(tells, path):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"{path} did not come")


def open_settings(page: Page) -> None:
    """Open the settings by their button."""
    page.get_by_role("button", name="Settings").click()
    page.locator("#ld--preferences:popover-open").wait_for()
