"""Measure what a search costs in a browser: bytes, time, memory, on the whole of Python's docs or any other tree.

    python3 tests/benchmarks/search.py [--docs FOLDER] [--rounds 5]

The site is built, served by `livedocs serve` and used through its search box by a real Chromium. Bytes are those that
cross the wire, headers included. A key's time runs from its event to the list that says it is ready. Each number is
printed beside the limit that the project sets itself; a missed one makes the exit code 1.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from product import build, serving
from run import chromium_command
from slow_line import slow_line

from builder.start import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from playwright.sync_api import Browser, CDPSession, Page

FIRST = ("json.dump", "list comprehension", "subprocess")
TYPED = (
    "os.path.join", "ordereddict", "how to read a file", "sort a dict by value", "with", "*args", "asyncio gather",
    "string format", "pritn", "virtual environment", "dataclass field", "exception handling", "%Y", "remove duplicates",
    "multiprocessing pool", "what is a decorator",
)  # fmt: skip
NOTES_KEYS_AND_ANSWERS = """
  const said = (window.said = { key: 0, at: new Map() });
  const key = (event) => { said.key ||= event.timeStamp; };
  addEventListener('keydown', key, true);
  addEventListener('input', key, true);
  new MutationObserver(() => {
    const list = document.querySelector('[role=listbox]');
    if (list?.dataset.state !== 'ready' || said.at.has(list.dataset.query)) return;
    said.at.set(list.dataset.query, performance.now());
  }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-state'] });
  window.long = [];
  new PerformanceObserver((list) => long.push(...list.getEntries().map(({ duration }) => duration)))
    .observe({ type: 'longtask', buffered: true });
"""


class Measure(NamedTuple):
    """A number beside its limit."""

    name: str
    value: float
    limit: float
    unit: str


class Visit:
    """A page of the site in a context of its own, used through its search box.

    Args:
        browser: A running browser.
        address: The site's.
    """

    def __init__(self, browser: Browser, address: str) -> None:
        self.context = browser.new_context(viewport={"width": 1280, "height": 800})
        self.page: Page = self.context.new_page()
        self.page.add_init_script(NOTES_KEYS_AND_ANSWERS)
        self.devtools: CDPSession = self.context.new_cdp_session(self.page)
        self.bytes = 0
        self.devtools.on("Network.loadingFinished", self._count)
        self.devtools.send("Network.enable")
        self.page.goto(address, wait_until="commit")
        self.input = self.page.locator("input[role=combobox]")
        self.input.wait_for()

    def _count(self, event: dict[str, float]) -> None:
        self.bytes += int(event["encodedDataLength"])

    def type(self, text: str) -> list[float]:
        """Type a text key by key, each when the one before is answered; return the milliseconds of each."""
        self.input.fill("")
        return [self._press(text[: place + 1]) for place in range(len(text))]

    def _press(self, text: str) -> float:
        self.page.evaluate("(text) => { said.key = 0; said.at.delete(text); }", text)
        self.page.keyboard.insert_text(text[-1])
        return self.answered(text) - float(self.page.evaluate("said.key"))

    def answered(self, text: str) -> float:
        """Wait until the list answers a text; return when that was, in milliseconds after navigation."""
        self.page.wait_for_function("(text) => said.at.has(text)", arg=text, polling=4)
        return float(self.page.evaluate("(text) => said.at.get(text)", text))

    def heap(self) -> float:
        """Return the size of the page's JavaScript heap after a collection, in megabytes."""
        self.devtools.send("HeapProfiler.collectGarbage")
        return float(self.devtools.send("Runtime.getHeapUsage")["usedSize"]) / 1e6


@contextmanager
def visit(browser: Browser, address: str) -> Iterator[Visit]:
    """Visit the site in a context that nothing else shares."""
    one = Visit(browser, address)
    try:
        yield one
    finally:
        one.context.close()


def main() -> None:
    """Build, serve, measure, print; exit with 1 if a limit is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--docs", type=Path, help="another tree than Python's docs")
    parser.add_argument("--rounds", type=int, default=5, help="how often first visits are made  [default: 5]")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        say("Building")
        output = build(Path(folder), *([options.docs.resolve()] if options.docs else []))
        with serving(output, log=Path(folder) / "log") as address:
            measures = list(measure(address, options.rounds))
    sys.exit(not report(measures))


def measure(address: str, rounds: int) -> Iterator[Measure]:
    """Yield all measures of a site."""
    from playwright.sync_api import sync_playwright

    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_command(), args=flags)
        yield from first_visits(browser, address, rounds)
        yield from session(browser, address)
        browser.close()


def first_visits(browser: Browser, address: str, rounds: int) -> Iterator[Measure]:
    """Measure visits with empty caches: everything until a query that is typed at once is answered."""
    sizes = []
    for text in FIRST:
        with visit(browser, address) as one:
            one.type(text)
            sizes.append(one.bytes)
    yield Measure("bytes, first query typed", statistics.median(sizes) / 1000, 60, "kB")
    server = urlsplit(address)
    assert server.hostname
    assert server.port
    times = []
    with slow_line(server.hostname, server.port) as port:
        for _ in range(rounds):
            with visit(browser, f"http://127.0.0.1:{port}/") as one:
                one.input.focus()
                one.page.keyboard.insert_text(FIRST[0])
                times.append(one.answered(FIRST[0]))
    yield Measure("fast 4G, navigation to first result", statistics.median(times), 450, "ms")


def session(browser: Browser, address: str) -> Iterator[Measure]:
    """Measure a reader who searches for many things, and for all of them again."""
    with visit(browser, address) as one:
        one.type(FIRST[0])
        before = one.bytes
        fetching = [key for text in TYPED for key in one.type(text)]
        keys = sum(map(len, TYPED))
        yield Measure("bytes, 20 more keys typed", (one.bytes - before) / keys * 20 / 1000, 60, "kB")
        yield Measure("a key, parts to be fetched, p95", percentile(fetching, 0.95), 16, "ms")
        there = [key for text in TYPED for key in one.type(text)]
        yield Measure("a key, parts there, p95", percentile(there, 0.95), 3, "ms")
        yield Measure("JavaScript heap", one.heap(), 8, "MB")
        one.devtools.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        one.page.evaluate("long.length = 0")
        for text in TYPED:
            one.type(text)
        yield Measure(
            "longest task, processor four times slower",
            float(one.page.evaluate("Math.max(0, ...long)")),
            50,
            "ms",
        )


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that so large a share of all does not exceed."""
    return sorted(values)[int(share * (len(values) - 1))]


def report(measures: Sequence[Measure]) -> bool:
    """Print the table; tell whether every limit held."""
    print(f"\n{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    for name, value, limit, unit in measures:
        print(f"{name:<44} {value:8.1f} {unit:<3} at most {limit:g}{'  MISSED' if value > limit else ''}")
    return all(one.value <= one.limit for one in measures)


if __name__ == "__main__":
    main()
