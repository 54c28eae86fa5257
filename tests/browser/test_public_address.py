"""A site that knows its public address: what it tells search engines, other sites and browsers breaks no policy."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from product import build, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

SETTINGS = 'base_url = "https://docs.example"\n\n[[sources]]\nsource = "{source}"\n'
JSON_PAGE = "/python/3.11/library/json.html"


@pytest.fixture(scope="module")
def public_server(tmp_path_factory: pytest.TempPathFactory, golden_docs: Path) -> Iterator[str]:
    """The address of a server over a site that was built for another address."""
    folder = tmp_path_factory.mktemp("public")
    (folder / "livedocs.toml").write_text(SETTINGS.format(source=golden_docs))
    with serving(build(folder), log=folder / "log") as address:
        yield address


def test_breadcrumbs_for_search_engines_break_no_policy(page: Page, public_server: str) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))

    page.goto(public_server + JSON_PAGE, wait_until="networkidle")
    told = json.loads(str(page.locator("script[type='application/ld+json']").text_content()))

    assert [step["name"] for step in told["itemListElement"]][-1] == page.locator(
        "meta[property='og:title']"
    ).get_attribute("content").removesuffix(" — Python 3.11")
    assert told["itemListElement"][-1]["item"] == f"https://docs.example{JSON_PAGE}"
    assert said == []


def test_a_browser_would_install_it(page: Page, public_server: str) -> None:
    page.goto(public_server + "/")
    session = page.context.new_cdp_session(page)

    manifest = session.send("Page.getAppManifest")
    problems = session.send("Page.getInstallabilityErrors")["installabilityErrors"]

    assert manifest["errors"] == []
    # A private window installs nothing; it is the only thing in the way.
    assert {problem["errorId"] for problem in problems} <= {"in-incognito"}
