"""Real docs pass the sanitiser: no visible text is lost, and both guards see the same tree."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from lxml import html

from builder.parse import parse_page
from builder.sanitize import by_one_guard, guards, policy, sanitize

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

NOT_CONTENT = re.compile(r"(genindex.*|py-modindex|search)\.html")
FRAGMENT = 2_000
SAMPLED = 120
SLOW_PAGES = 0.02


def bodies_of(folder: Path) -> dict[str, str]:
    """Return the main content of each page of a docs tree, as the parser hands it on."""
    paths = sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*.html") if file.is_file())
    pages = [
        parse_page(path, (folder / path).read_bytes(), {})
        for path in paths
        if not NOT_CONTENT.fullmatch(path)
    ]
    return {page.path: page.body for page in pages if page is not None}


@pytest.fixture(scope="module")
def bodies(python_docs: Path) -> dict[str, str]:
    """The main content of every page of Python's docs."""
    return bodies_of(python_docs)


def visible_text(fragment: str) -> str:
    """Return what a reader sees, without regard to white space."""
    tree = html.fragment_fromstring(fragment, create_parent="div")
    for unseen in tree.xpath("//comment() | " + " | ".join(f"//{tag}" for tag in policy.DROPPED)):
        unseen.drop_tree()
    return "".join(tree.text_content().split())


def test_no_page_loses_visible_text(bodies: dict[str, str]) -> None:
    losing = [
        path for path, body in bodies.items() if visible_text(body) != visible_text(sanitize(body).html)
    ]

    assert len(bodies) > 400
    assert losing == []


def test_no_page_loses_an_id_a_link_or_a_picture(bodies: dict[str, str]) -> None:
    def places(fragment: str) -> list[str]:
        tree = html.fragment_fromstring(fragment, create_parent="div")
        return sorted(tree.xpath("//@id | //@href | //img/@src"))

    losing = {
        path: set(places(body)) - set(places(sanitize(body).html))
        for path, body in bodies.items()
        if places(body) != places(sanitize(body).html)
    }

    assert losing == {}


def test_hardly_a_page_needs_the_slow_guard(bodies: dict[str, str]) -> None:
    slow = [path for path, body in bodies.items() if by_one_guard(body) is None]

    assert len(slow) <= SLOW_PAGES * len(bodies)


def test_both_guards_see_the_same_tree(bodies: dict[str, str]) -> None:
    fragments = [
        html.tostring(child, encoding="unicode", with_tail=False)
        for body in bodies.values()
        for child in html.fragment_fromstring(body, create_parent="div").xpath(".//section/* | .//dd/*")
    ]
    sample = [fragment for fragment in fragments if len(fragment) < FRAGMENT]
    sample = sample[:: len(sample) // SAMPLED]

    differing = [
        fragment
        for fragment in sample
        if guards.nh3_clean(fragment) != guards.nh3_clean(guards.bleach_clean(fragment))
    ]

    assert len(sample) >= SAMPLED
    assert differing == []


@pytest.mark.parametrize("tree", ["golden_docs", "golden_docs_313"])
def test_real_pages_of_two_versions_keep_their_text(tree: str, request: pytest.FixtureRequest) -> None:
    bodies = bodies_of(request.getfixturevalue(tree))

    texts = {path: visible_text(body) for path, body in bodies.items()}
    assert {path: visible_text(sanitize(body).html) for path, body in bodies.items()} == texts


def test_nothing_runs_in_a_browser(page: Page) -> None:
    """Without any content security policy; a dialog, a request or an error is a failure."""
    from test_sanitize import MUTATES, RUNS

    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))

    page.set_content(
        "".join(f"<div>{sanitize(payload).html}</div>" for payload in [*RUNS.values(), *MUTATES.values()])
    )
    page.evaluate(
        """() => {
            for (const element of document.querySelectorAll('body *'))
                for (const name of ['click', 'error', 'focus', 'load', 'mouseover', 'toggle'])
                    if (element.localName !== 'a' || name !== 'click') element.dispatchEvent(new Event(name));
        }"""
    )

    names = set(page.evaluate("[...document.querySelectorAll('body *')].map(element => element.localName)"))
    schemes = set(page.evaluate("[...document.querySelectorAll('a[href]')].map(link => link.protocol)"))
    assert dialogs == []
    assert names <= policy.TAGS
    assert schemes <= {"http:", "https:", "mailto:", "ftp:", "about:", ":"}
