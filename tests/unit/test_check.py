"""Broken links of a built site are found, and nothing else is taken for one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from builder.check import BrokenLink, check_site
from builder.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

GOLDEN = Path(__file__).resolve().parents[1] / "golden"


@pytest.fixture
def write_site(tmp_path: Path) -> Callable[..., Path]:
    """A function that writes a site from paths and bodies."""

    def write(**bodies: str) -> Path:
        for name, body in {"index": "", **bodies}.items():
            file = tmp_path / (name.replace("__", "/") + ("" if "." in name else ".html"))
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"<!doctype html><title>Page</title>{body}")
        return tmp_path

    return write


def quiet(_step: str, _done: int, _total: int) -> None:
    """Keep quiet."""


@pytest.mark.parametrize(
    "href",
    [
        "",
        "#",
        "#top",
        "#here",
        "#sch%C3%B6n",
        "#schön",
        "#a%20b",
        "#:~:text=words",
        "#here:~:text=words",
        "page.html",
        "page.html#here",
        "./page.html?q=1#here",
        "?q=1",
        "page%2Ehtml",
        "&#112;age.html",
        " page.html ",
        "../python/page.html",
        "/python/page.html#here",
        "/python/",
        "/python",
        "..",
        "../",
        "/",
        "files/tree.png",
        "files/tree.png#anything",
        "name with space.txt",
        "name%20with%20space.txt",
        "https://example.org/none.html",
        "HTTPS://example.org/none.html",
        "//example.org/none.html",
        "mailto:docs@example.org",
    ],
)
def test_a_link_that_leads_somewhere_is_not_broken(write_site: Callable[..., Path], href: str) -> None:
    site = write_site(
        python__page=f'<p id="here">a</p><p id="schön">b</p><p id="a b">c</p><a href="{href}">link</a>',
        python__index="",
    )
    (site / "python/files").mkdir()
    (site / "python/files/tree.png").write_bytes(b"\x89PNG")
    (site / "python/name with space.txt").write_text("text")

    report = check_site(site, quiet)

    assert report.broken == ()
    assert report.ok


@pytest.mark.parametrize(
    ("href", "why"),
    [
        ("none.html", "there is no such file"),
        ("PAGE.html", "there is no such file"),
        ("page.html/", "there is no such file"),
        ("/page.html", "there is no such file"),
        ("files/", "there is no such file"),
        ("%70age.htm", "there is no such file"),
        ("#there", "the page has no such id"),
        ("#HERE", "the page has no such id"),
        ("page.html#there", "the page has no such id"),
        ("/python/#here", "the page has no such id"),
        ("../../page.html", "it leaves the site"),
        ("../../python/page.html", "it leaves the site"),
    ],
)
def test_a_link_that_leads_nowhere_is_broken(write_site: Callable[..., Path], href: str, why: str) -> None:
    site = write_site(python__page=f'<p id="here">a</p><a href="{href}">link</a>', python__index="")
    (site / "python/files").mkdir()

    report = check_site(site, quiet)

    assert report.broken == (BrokenLink(page="python/page.html", href=href, why=why),)
    assert not report.ok
    assert f"python/page.html: {href}: {why}" in report.lines()


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="none.png">',
        '<link rel="stylesheet" href="none.css">',
        '<script src="none.js"></script>',
        '<img src="index.html" srcset="index.html 1x, none.png 2x">',
        '<form action="none.html"></form>',
        '<object><a href="none.html">x</a></object>',
    ],
)
def test_every_element_that_names_a_file_is_checked(write_site: Callable[..., Path], markup: str) -> None:
    site = write_site(index=markup)

    report = check_site(site, quiet)

    assert [link.why for link in report.broken] == ["there is no such file"]


def test_code_that_shows_a_link_is_not_a_link(write_site: Callable[..., Path]) -> None:
    site = write_site(index='<pre>&lt;a href="none.html"&gt;</pre><!-- <a href="none.html"> -->')

    report = check_site(site, quiet)

    assert (report.pages, report.links, report.broken) == (1, 0, ())


def test_links_broken_upstream_are_listed_and_are_no_failure(write_site: Callable[..., Path]) -> None:
    site = write_site(
        python__311__library__json='<a href="../none.html#x">1</a><a href="#gone">2</a><a href="mine.html">3</a>'
    )
    broken = [["library/json.html", "none.html#x"], ["library/json.html", "library/json.html#gone"]]
    docset = {"slug": "python", "version": "311", "broken_upstream": broken}
    (site / "livedocs.json").write_text(json.dumps({"docsets": [docset]}))

    report = check_site(site, quiet)

    assert [link.href for link in report.upstream] == ["../none.html#x", "#gone"]
    assert [link.href for link in report.broken] == ["mine.html"]
    assert "  python/311/library/json.html: #gone: the page has no such id" in report.lines()


def test_the_caller_may_name_what_was_broken_before(write_site: Callable[..., Path]) -> None:
    site = write_site(index='<a href="none.html">link</a>')

    report = check_site(site, quiet, known={("index.html", "none.html")})

    assert report.ok
    assert [link.href for link in report.upstream] == ["none.html"]


def test_ids_that_stand_twice_on_a_page_are_listed(write_site: Callable[..., Path]) -> None:
    site = write_site(index='<p id="a"></p><p id="b"></p><p id="a"></p>', other='<p id="a"></p>')

    report = check_site(site, quiet)

    assert report.duplicate_ids == (("index.html", "a"),)
    assert report.ok


def test_a_page_without_content_is_read(write_site: Callable[..., Path]) -> None:
    site = write_site()
    (site / "empty.html").write_text("")
    (site / "text.html").write_bytes(b"\xff\xfe not UTF-8 <a href=none.html>")

    report = check_site(site, quiet)

    assert [link.page for link in report.broken] == ["text.html"]


def test_every_page_is_told_to_the_progress(write_site: Callable[..., Path]) -> None:
    site = write_site(other="", third="")
    told: list[tuple[str, int, int]] = []

    check_site(site, lambda *step: told.append(step))

    assert told == [("check", 1, 3), ("check", 2, 3), ("check", 3, 3)]


@pytest.mark.parametrize("name", ["nowhere", ""])
def test_a_folder_that_is_no_site_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="livedocs build"):
        check_site(tmp_path / name, quiet)


@pytest.mark.parametrize("version", ["3.11", "3.13"])
def test_no_link_is_broken_that_was_whole_in_the_docs_as_they_came(built_output: Path, version: str) -> None:
    """The trees of real pages are cut, so they hold broken links of their own."""
    site = check_site(built_output / "site", quiet)
    upstream = check_site(GOLDEN / f"python-{version}", quiet)

    front = f"python/{version}/"
    ours = {(link.page, link.href) for link in (*site.broken, *site.upstream) if link.page.startswith(front)}
    theirs = {(front + link.page, link.href) for link in upstream.broken}
    assert ours <= theirs
    assert site.duplicate_ids == ()
    assert site.links > 1_000


def test_every_internal_link_of_the_whole_docs_meets_a_file_and_an_id(python_output: Path) -> None:
    report = check_site(python_output / "site", quiet)

    assert report.broken == ()
    assert report.upstream == ()
    assert report.links > 100_000
