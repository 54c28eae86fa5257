"""Cutting pages of many themes, their encodings and languages, and what stands in their head and sidebar."""

# ruff: noqa: E501  # real markup stands as it is

from __future__ import annotations

import pytest
from markup_samples import parsed, section

from builder.errors import ParseError
from builder.models import TocEntry
from builder.parse import parse_page
from builder.parse.body import cut, decode

CONTENT = "<h1>Heading</h1><p>Some text.</p>"
MAINS = {
    "basic": f'<div class="body" role="main">{CONTENT}<div>x</div></div>',
    "sphinx 1": f'<div class="body" role="main">{CONTENT}</div>',
    "rtd": f'<div role="main" class="document" itemscope="itemscope"><div itemprop="articleBody">{CONTENT}</div></div>',
    "furo": f'<div class="content"><article role="main" id="furo-main-content">{CONTENT}</article></div>',
    "pydata": f'<main id="main-content" role="main"><article class="bd-article">{CONTENT}</article></main>',
    "plain main": f"<main>{CONTENT}</main>",
    "article": f"<article>{CONTENT}</article>",
    "of its own": f'<div id="bd"><div class="yui-g"><section id="top">{CONTENT}</section></div><p>Foot</p></div>',
    "of its own, sphinx 1": f'<div id="bd"><div class="section" id="s-top">{CONTENT}</div><p>Foot</p></div>',
}
FURO_SIDEBAR = """<div class="sidebar-tree"><ul>
<li class="toctree-l1 current has-children"><a class="reference internal" href="guide.html">Guide &amp; more</a><ul>
<li class="toctree-l2 current current-page"><a class="current reference internal" href="#">This</a></li>
<li class="toctree-l2"><a class="reference internal" href="../other.html"><code>other</code></a></li></ul></li>
</ul></div>"""


def whole(main: str, *, head: str = "", before: str = "") -> bytes:
    """Return a page around some main content."""
    return (
        f'<!DOCTYPE html><html lang="de"><head><meta charset="utf-8"><title>Title — Project</title>{head}</head>'
        f"<body>{before}<div class='document'>{main}</div><footer>Foot</footer></body></html>"
    ).encode()


@pytest.mark.parametrize("theme", MAINS)
def test_the_main_content_is_found_in_every_theme(theme: str) -> None:
    page = parse_page("a.html", whole(MAINS[theme]), {})

    assert page is not None
    assert (page.title, page.language) == ("Heading", "de")
    assert page.sections[0].summary == "Some text."
    assert "Foot" not in page.body
    assert "Foot" not in page.sections[0].text


def test_a_theme_of_its_own_may_have_several_sections_side_by_side() -> None:
    second = '<section id="more"><h1>More</h1><div class="section" id="less"><h2>Less</h2></div></section>'
    page = parse_page("a.html", whole(f'<section id="top">{CONTENT}</section>\n  {second}<p>Foot</p>'), {})

    assert page is not None
    assert [one.title for one in page.sections] == ["Heading", "More", "Less"]
    assert "Foot" not in page.body


def test_a_theme_of_its_own_may_show_source_code() -> None:
    code = (
        '<h1>Source code for web</h1><div class="highlight"><pre><div id="go">def go(): ...</div></pre></div>'
    )
    page = parse_page("_modules/web.html", whole(f"<div id='bd'>{code}<p>Foot</p></div>"), {})

    assert page is not None
    assert (page.title, "go" in page.anchors) == ("Source code for web", True)
    assert "Foot" not in page.body


def test_a_page_without_main_content_is_none() -> None:
    stub = b'<html><head><meta http-equiv="refresh" content="0; url=new.html"></head><body></body></html>'

    assert parse_page("old.html", stub, {}) is None


def test_a_page_that_ends_in_its_main_content_is_refused() -> None:
    text = whole(MAINS["basic"])
    text = text[: text.index(b"Some text")]

    with pytest.raises(ParseError) as caught:
        parse_page("library/a.html", text, {})

    assert str(caught.value) == (
        "library/a.html: the page ends in the middle of its main content. Fetch or build these docs again."
    )


def test_a_page_that_ends_after_its_main_content_is_read() -> None:
    text = whole(MAINS["basic"])

    assert parse_page("a.html", text[: text.index(b"<footer>")], {}) is not None


@pytest.mark.parametrize(
    ("named", "encoding"),
    [
        ('<meta charset="utf-8">', "utf-8"),
        ('<meta charset="utf-8">', "utf-8-sig"),
        ("", "utf-8"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1" />', "latin-1"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=windows-1252">', "cp1252"),
        ('<META CHARSET="euc-jp">', "euc-jp"),
    ],
)
def test_pages_are_read_in_the_encoding_that_they_name(named: str, encoding: str) -> None:
    word = "用語集" if encoding == "euc-jp" else "Übersicht"
    text = f"<html><head>{named}</head><body><main><h1>{word}</h1></main></body></html>"

    page = parse_page("a.html", text.encode(encoding), {})

    assert page is not None
    assert page.title == word


@pytest.mark.parametrize("charset", ["utf-8", "no-such-code"])
def test_a_page_in_another_encoding_than_it_names_is_refused(charset: str) -> None:
    text = f'<meta charset="{charset}"><main><h1>Übersicht</h1></main>'.encode("latin-1")

    with pytest.raises(
        ParseError, match=rf"^a\.html: the page is not valid {charset.upper()} \(.*\)\. Build"
    ):
        decode("a.html", text)


def test_the_title_leaves_out_the_name_of_the_project() -> None:
    found = [
        cut("a.html", f"<title>{title}</title><main>x</main>")
        for title in (
            "json &#8212; JSON encoder &#8212; Python 3.13.5 documentation", "Options – Guide – Tool", "Alone", "",
        )
    ]  # fmt: skip

    assert [part.title for part in found if part] == ["json — JSON encoder", "Options – Guide", "Alone", ""]


def test_neighbours_and_pages_above_are_read_from_the_head() -> None:
    head = '<link rel="next" title="b" href="../b.html" /><link rel="prev" title="a" href="a%20b.html" /><link rel="search" href="../search.html" />'
    above = '<li class="nav-item nav-item-0"><a href="../index.html">3.13</a> &#187;</li><li class="nav-item nav-item-1"><a href="index.html" >Library</a></li>'

    page = parse_page("library/x.html", whole(MAINS["basic"], head=head, before=above), {})

    assert page is not None
    assert (page.previous, page.next) == ("library/a b.html", "b.html")
    assert page.parents == ("index.html", "library/index.html")


def test_the_tree_around_the_content_tells_where_the_content_has_none() -> None:
    alone = parse_page("sub/this.html", whole(MAINS["furo"], before=FURO_SIDEBAR), {})
    toc = '<div class="toctree-wrapper compound"><ul><li class="toctree-l1"><a class="reference internal" href="x.html">X</a></li></ul></div>'
    own = parse_page("sub/this.html", whole(f"<main>{toc}</main>", before=FURO_SIDEBAR), {})

    assert alone is not None
    assert own is not None
    assert alone.sidebar == (
        TocEntry(page="sub/guide.html", title="Guide & more", depth=1),
        TocEntry(page="other.html", title="other", depth=2),
    )
    assert (own.toc, own.sidebar) == ((TocEntry(page="sub/x.html", title="X", depth=1),), ())


def test_what_is_published_has_no_scripts_nor_styles_and_keeps_widths() -> None:
    body = """<p style="color: red">Red</p><script>alert(1)</script><style>p {}</style>
<table><colgroup><col style="width: 40%" /></colgroup></table><img style="width: 90.5px; height: 2px;" src="x.png">
<pre><span></span><span class="k">def</span> <span class="n">f</span><span class="p">()</span></pre>"""

    page = parsed(section("Top", body))

    for gone in ("<script", "alert", "<style", "style=", '<span class="n">', "<span></span>"):
        assert gone not in page.body
    assert '<col width="40%" />' in page.body
    assert '<img width="90" src="x.png">' in page.body
    assert '<pre><span class="k">def</span> f()</pre>' in page.body
