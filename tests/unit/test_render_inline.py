"""The first page carries what it needs, and the policy allows that and nothing else."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup

from builder.headers import policy_in
from builder.render import carrying, load_assets, templates_folder

if TYPE_CHECKING:
    from pathlib import Path


def source(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


@pytest.fixture(scope="module")
def home(built_output: Path) -> BeautifulSoup:
    return BeautifulSoup((built_output / "site" / "index.html").read_text(), "lxml")


def test_the_policy_allows_what_the_first_page_carries_and_nothing_else(built_output: Path, home) -> None:
    policy = policy_in((built_output / "site" / "_headers").read_text())
    directives = dict(directive.split(" ", 1) for directive in policy.split("; "))

    scripts = [one.string for one in home("script", type=lambda kind: kind in {None, "module"})]
    styles = [one.string for one in home("style")]
    assert directives["script-src"].split(" ") == ["'self'", *map(source, scripts)]
    assert directives["style-src"].split(" ") == ["'self'", *map(source, styles)]
    assert len(scripts) == 2
    assert len(styles) == 1


def test_other_pages_name_files(built_output: Path) -> None:
    pages = [page for page in (built_output / "site").rglob("*.html") if page.parent != built_output / "site"]

    assert len(pages) > 10
    for page in pages:
        assert not re.search(r"<style|<script(?: type=\"module\")?>", page.read_text()), page


def test_the_first_page_carries_the_root_of_its_index(built_output: Path, home) -> None:
    [brought] = home("script", {"data-index": True})

    root = built_output / "site" / brought["data-index"] / "root.json"
    assert json.loads(brought.string) == json.loads(root.read_text())
    assert home.find("link", href=re.compile(r"root\.json$")) is None


def test_the_first_page_carries_its_icon(home) -> None:
    [icon] = home("link", rel="icon")
    kind, _, drawing = unquote(icon["href"]).partition(",")

    assert kind == "data:image/svg+xml"
    assert drawing.replace("'", '"') == (templates_folder() / "static/icons/livedocs.svg").read_text().strip()


def test_what_the_carried_script_starts_later_is_there(built_output: Path, home) -> None:
    [main] = [one.string for one in home("script", type="module")]
    named = set(re.findall(r"\"(\./[^\"]+\.\w+)\"", main))

    assert len(named) >= 5
    assert [name for name in named if not (built_output / "site" / name).is_file()] == []


def test_a_root_cannot_end_the_script_that_it_stands_in() -> None:
    assets = load_assets(templates_folder())
    page = (
        f'<script src="./{assets.url("js/theme.js")}"></script>'
        f'<link rel="stylesheet" href="./{assets.url("css/main.css")}">'
        f'<link rel="icon" href="./{assets.url("icons/livedocs.svg")}">'
        f'<script type="module" src="./{assets.url("js/main.js")}"></script>\n'
        '<link rel="preload" as="fetch" crossorigin href="./docs/1/_search/root.json">\n</body>'
    )

    carried = BeautifulSoup(
        carrying(page, assets, "./docs/1/_search/", json.dumps({"cuts": "</script><!--<script>"})), "lxml"
    )

    assert json.loads(carried.find("script", {"data-index": True}).string) == {
        "cuts": "</script><!--<script>"
    }


def test_a_page_that_names_something_else_is_not_taken() -> None:
    with pytest.raises(ValueError, match="theme"):
        carrying("<body></body>", load_assets(templates_folder()), "./docs/1/_search/", "{}")
