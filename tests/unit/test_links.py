"""Relative addresses inside a docset."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from builder.links import is_internal, relative, resolve

NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters="/"), min_size=1
).filter(lambda name: name not in {".", ".."})
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)
PAIRS = st.tuples(PATHS, PATHS).filter(lambda pair: not pair[0].startswith(f"{pair[1]}/"))
"""A page and a target, which is not the folder that the page lies in."""


@given(PAIRS)
def test_a_relative_address_joined_again_gives_its_target(pair: tuple[str, str]) -> None:
    page, target = pair
    href = quote(relative(page, target))

    assume(is_internal(href))
    assert resolve(page, href) == (target, "")


@given(PAIRS, st.text(st.characters(codec="utf-8", exclude_categories=["C"])).map(str.strip))
def test_an_anchor_comes_through(pair: tuple[str, str], anchor: str) -> None:
    page, target = pair
    href = f"{quote(relative(page, target))}#{quote(anchor)}"

    assume(is_internal(href))
    assert resolve(page, href) == (target, anchor)


@given(PATHS, st.text())
def test_no_address_leads_out_of_the_docset(page: str, href: str) -> None:
    place = resolve(page, href)

    assert place is None or not (place[0].startswith(("/", "..")) or "/../" in place[0])


@pytest.mark.parametrize(
    ("page", "href", "place"),
    [
        ("library/json.html", "../glossary.html#term-slice", ("glossary.html", "term-slice")),
        ("library/json.html", "#json.dump", ("library/json.html", "json.dump")),
        ("library/json.html", "pickle.html?x=1#top", ("library/pickle.html", "top")),
        ("library/json.html", " pickle.html ", ("library/pickle.html", "")),
        ("library/json.html", "../", ("index.html", "")),
        ("library/json.html", "sub/", ("library/sub/index.html", "")),
        ("library/json.html", ".", ("library/index.html", "")),
        ("index.html", ".", ("index.html", "")),
        ("a.html", "b%20c.html#d%2Fe", ("b c.html", "d/e")),
        ("a.html", "../b.html", None),
        ("a.html", "https://example.org/", None),
        ("a.html", "mailto:me@example.org", None),
        ("a.html", "//example.org/x", None),
        ("a.html", "/usr/share/doc/x.html", None),
        ("a.html", "javascript:alert(1)", None),
        ("a.html", "%2Fetc%2Fpasswd", None),
        ("a.html", "?q=1", None),
        ("a.html", "", None),
    ],
)
def test_where_an_address_leads(page: str, href: str, place: tuple[str, str] | None) -> None:
    assert resolve(page, href) == place


def test_an_address_ends_with_a_slash_where_its_target_does() -> None:
    assert relative("library/json.html", "glossary.html") == "../glossary.html"
    assert relative("index.html", "library/") == "library/"
