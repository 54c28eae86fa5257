"""The main pages as pictures beside reviewed ones, a quarter of their size, compared in cells: fonts may differ.

`UPDATE_PICTURES=1` writes them anew; look at them before they are committed.
"""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from search_ui import SearchBox

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

PICTURES = Path(__file__).parent / "pictures"
WIDE = {"width": 1440, "height": 900}
NARROW = {"width": 390, "height": 844}
VIEWS = {
    "home": "/",
    "results": "/?q=dump&kind=function&module=json",
    "page": "/python/3.11/library/json.html",
    "glossary": "/python/3.11/glossary.html",
    "contents": "/python/3.11/",
    "a-to-z": "/python/3.11/genindex.html",
}
DIFFERENCE = """async ([one, other]) => {
    const cells = async (picture) => {
        const image = new Image();
        image.src = `data:image/png;base64,${picture}`;
        await image.decode();
        const [width, height] = [Math.round(image.width / 12), Math.round(image.height / 12)];
        const canvas = new OffscreenCanvas(width, height);
        const context = canvas.getContext("2d");
        context.imageSmoothingQuality = "high";
        context.drawImage(image, 0, 0, width, height);
        return context.getImageData(0, 0, width, height).data;
    };
    const [left, right] = await Promise.all([cells(one), cells(other)]);
    if (left.length !== right.length) return 255;
    return left.reduce((sum, value, place) => sum + Math.abs(value - right[place]), 0) / left.length;
}"""
"""How far apart the cells of two pictures are on the average, of 255."""

NEAR = 0.8
"""Other fonts make 0.6 of difference; a missing outline 0.9, another size of the text 2, another page 4."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("view", VIEWS)
def test_a_page_looks_as_it_was_reviewed(
    open_page: Callable[..., Page], site_server: str, view: str, size: dict[str, int], scheme: str
) -> None:
    page = open_page(viewport=size, color_scheme=scheme, device_scale_factor=0.25, reduced_motion="reduce")
    page.goto(site_server + VIEWS[view], wait_until="networkidle")
    if "?q=" in VIEWS[view]:
        SearchBox(page).wait_for_answer("dump")
        page.wait_for_timeout(1500)  # the preview of a result that nobody chose comes when all rests

    taken = page.screenshot(caret="hide")
    reviewed = PICTURES / f"{view}-{size['width']}-{scheme}.png"
    if os.environ.get("UPDATE_PICTURES"):
        reviewed.write_bytes(taken)
    pair = [base64.b64encode(picture).decode() for picture in (taken, reviewed.read_bytes())]

    assert page.evaluate(DIFFERENCE, pair) < NEAR
