"""What tests of all kinds share: real docs, builds of them by the real command, a real server and browser.

Each is made once a run, when the first test asks for it. What can't be brought is an error, never a skip.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from product import build, serving
from run import chromium_command

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from playwright.sync_api import Browser, ConsoleMessage, Page, Request

GOLDEN = Path(__file__).resolve().parent / "golden"
CHROMIUM_FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
MARK_BY_FIXTURE = {
    "browser": "browser",
    "postgres": "postgres",
    "nginx": "nginx",
    "python_docs": "whole_docs",
}


def pytest_configure() -> None:
    """Let Ctrl-C reach the commands that tests start, also where this run was told to ignore it (`nohup`, `&`)."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let a test fail in CI that would be skipped there: what it needs is missing, and nobody would see."""
    report = yield
    if report.skipped and os.environ.get("CI"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, which is a failure in CI: {report.longrepr}"
    return report


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by what they need, and put those with a browser last.

    Playwright's event loop runs from the first such test to the end of the session, in the way of those that
    asynchronous tests start.
    """
    for item in items:
        for fixture, mark in MARK_BY_FIXTURE.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(mark)
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session")
def golden_docs() -> Path:
    """The folder of some real pages of Python 3.11's docs (Sphinx 5)."""
    return GOLDEN / "python-3.11"


@pytest.fixture(scope="session")
def golden_docs_313() -> Path:
    """The folder of some real pages of Python 3.13's docs (Sphinx 8)."""
    return GOLDEN / "python-3.13"


@pytest.fixture(scope="session")
def python_docs() -> Path:
    """The folder of the whole of Python's docs, from the cache that `livedocs fetch` fills."""
    from builder.config import cache_folder
    from builder.source import fetch_python_docs

    return fetch_python_docs(None, cache=cache_folder(os.environ), progress=no_progress).root


@pytest.fixture(scope="session")
def built_output(tmp_path_factory: pytest.TempPathFactory, golden_docs: Path, golden_docs_313: Path) -> Path:
    """The output folder of a build of both trees of real pages."""
    return build(tmp_path_factory.mktemp("golden"), golden_docs, golden_docs_313)


@pytest.fixture(scope="session")
def python_output(tmp_path_factory: pytest.TempPathFactory, python_docs: Path) -> Path:
    """The output folder of a build of the whole of Python's docs, which `python_docs` left in the cache."""
    assert python_docs.is_dir()
    return build(tmp_path_factory.mktemp("python"))


@pytest.fixture(scope="session")
def site_server(built_output: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running `livedocs serve` over the trees of real pages."""
    with serving(built_output, log=tmp_path_factory.mktemp("server") / "log") as address:
        yield address


@pytest.fixture(scope="session")
def python_site_server(python_output: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running `livedocs serve` over the whole of Python's docs."""
    with serving(python_output, log=tmp_path_factory.mktemp("python-server") / "log") as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium: the machine's, else the one that Playwright brought."""
    from playwright.sync_api import sync_playwright

    flags = [*CHROMIUM_FLAGS, "--no-sandbox"] if os.geteuid() == 0 else CHROMIUM_FLAGS
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_command(), args=flags)
        yield chromium
        chromium.close()


@pytest.fixture
def faults() -> Iterator[list[str]]:
    """What went wrong in a test's pages. The test fails if anything is left; one that means it removes it."""
    found: list[str] = []
    yield found
    assert found == []


@pytest.fixture
def open_page(browser: Browser, faults: list[str]) -> Iterator[Callable[..., Page]]:
    """A function that opens a page in a context of its own, with any options of Playwright's `new_context`.

    The test fails if a page logs an error, throws one, or asks another host than this machine for anything.
    """

    def open_page(**options: Any) -> Page:
        context = browser.new_context(**options)
        context.on("page", lambda page: watch(page, faults))
        return context.new_page()

    yield open_page
    for context in browser.contexts:
        context.close()


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A page on a laptop's screen, whose test fails on any console error."""
    return open_page(viewport={"width": 1280, "height": 800})


def no_progress(_step: str, _done: int, _total: int) -> None:
    """Keep quiet."""


def watch(page: Page, faults: list[str]) -> None:
    """Write down every word that a page logs, every error, and every request that leaves this machine."""

    def on_console(said: ConsoleMessage) -> None:
        faults.append(f"console: {said.text}")

    def on_request(request: Request) -> None:
        if is_foreign(request.url):
            faults.append(f"asked for {request.url}")

    page.on("console", on_console)
    page.on("request", on_request)
    page.on("pageerror", lambda error: faults.append(f"uncaught: {error}"))


def is_foreign(url: str) -> bool:
    """Tell whether an address leads away from this machine."""
    return urlsplit(url).scheme in {"http", "https"} and urlsplit(url).hostname != "127.0.0.1"
