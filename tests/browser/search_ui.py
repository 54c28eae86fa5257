"""The search box by its contract: an input, a list that says which text it answers, options that link."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

ANSWERED = """([list, text]) => list.dataset.query === text && list.dataset.state === "ready" """
PATIENCE = 10_000


class SearchBox:
    """The one search box that a page shows, driven by real keys.

    Args:
        page: A page on which the box's input is visible.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.input: Locator = page.locator("input[role=combobox]:visible")
        self.input.wait_for()
        self.list: Locator = page.locator("#" + str(self.input.get_attribute("aria-controls")))
        self.options: Locator = self.list.get_by_role("option")

    def type(self, text: str) -> None:
        """Type into the input key by key, and wait for the final results."""
        self.input.click()
        self.input.press_sequentially(text)
        self.wait_for_answer(text)

    def wait_for_answer(self, text: str) -> None:
        """Wait until the results for `text` are final."""
        handle = self.list.element_handle()
        self.page.wait_for_function(ANSWERED, arg=[handle, text], timeout=PATIENCE)

    def press(self, *keys: str) -> None:
        """Press keys where the focus is."""
        for key in keys:
            self.page.keyboard.press(key)

    def places(self) -> list[str]:
        """Return where the options lead, as path and anchor: `/python/3.11/library/json.html#json.dump`."""
        links = self.list.locator("a[href]").evaluate_all("links => links.map((link) => link.href)")
        return [place_of(link) for link in links]

    def active_option(self) -> Locator:
        """Return the option that `aria-activedescendant` names."""
        return self.page.locator("#" + str(self.input.get_attribute("aria-activedescendant")))


def place_of(url: str) -> str:
    """Return the path and anchor of an address."""
    parts = urlsplit(url)
    return f"{parts.path}#{parts.fragment}" if parts.fragment else parts.path
