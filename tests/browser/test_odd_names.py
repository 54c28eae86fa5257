"""Pages whose names mean something else in an address: found, shown and opened in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from product import build, serving
from search_ui import SearchBox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8" /><title>Odd &#8212; Project 1.0 documentation</title></head>
<body><div class="document"><div class="body" role="main">
<section id="{word}"><h1>About {word}</h1><section id="{word}-part"><h2>The {word} part</h2><p>Its text.</p></section>
</section></div></div></body></html>
"""
ODD = {
    "zebra": ("javascript:alert(5);/x.html", "javascript%3Aalert%285%29%3B/x.html"),
    "vector": ("std::vector.html", "std%3A%3Avector.html"),
    "percent": ("p%20q.html", "p%2520q.html"),
    "hashed": ("hash#frag.html", "hash%23frag.html"),
    "question": ("que?ry.html", "que%3Fry.html"),
}
"""A word of each page, the page's name, and the address that a result has for it."""


@pytest.fixture(scope="module")
def odd_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server over a docset of such pages."""
    folder = tmp_path_factory.mktemp("odd-names")
    for word, (name, _) in {"index": ("index.html", ""), **ODD}.items():
        file = folder / "odd" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(PAGE.format(word=word), encoding="utf-8")
    with serving(build(folder, folder / "odd"), log=folder / "log") as address:
        yield address


@pytest.mark.parametrize("word", ODD)
def test_a_page_with_an_odd_name_is_found_previewed_and_opened(
    page: Page, odd_server: str, word: str
) -> None:
    page.goto(f"{odd_server}/odd/latest/")
    box = SearchBox(page)

    box.type(f"{word} part")
    address = f"/odd/latest/{ODD[word][1]}#{word}-part"
    places = box.places()
    box.press("ArrowDown")
    page.locator("[data-preview] .ld-body", has_text="Its text.").wait_for()
    box.press("Enter")
    page.wait_for_url(f"{odd_server}{address}")

    assert places[0] == address
    assert page.locator("h1").first.inner_text().startswith(f"About {word}")
