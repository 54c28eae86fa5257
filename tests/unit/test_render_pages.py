"""Pages: what is escaped, where links lead, and what must never be in a page."""

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from builder.models import (
    ContentsNode,
    Docset,
    DocsetView,
    Entry,
    Heading,
    IndexLine,
    PageRef,
    SafeHtml,
    StoredPage,
)
from builder.render import Renderer, SiteSettings, load_assets, templates_folder
from builder.render.a_to_z import SPLIT_FROM, group_by_letter, letter_of

DOCSET = Docset(slug="python", name="Python", version="3.11", origin="a folder")
OTHER = Docset(slug="python", name="Python", version="3.8", language="ja")
HOSTILE = "<script>alert(1)</script>\"' onload=x &amp;"


def ref(path: str, title: str = "A page") -> PageRef:
    return PageRef(path=path, title=title)


def entry(name: str, page: str = "library/json.html", **changes: object) -> Entry:
    values = {
        "id": 1, "page": page, "anchor": name, "kind": "module", "role": "", "name": name, "title": name,
        "signature": "", "summary": "What it does.", "trail": "", "text": "", "code": "", "level": 1,
        "inbound": 0, "added": "", "changed": "", "deprecated": "", "removed": "",
    }  # fmt: skip
    return Entry(**{**values, **changes})


def make_view(**changes: object) -> DocsetView:
    library = ContentsNode(
        page=ref("library/index.html", "Library"),
        children=(ContentsNode(page=ref("library/json.html", "json"), children=()),),
    )
    tutorial = ContentsNode(
        page=ref("tutorial/index.html", "Tutorial"),
        children=(ContentsNode(page=ref("tutorial/intro.html", "Introduction"), children=()),),
    )
    values = {
        "docset": DOCSET, "canonical": "https://docs.example/3.11/", "root": "index.html",
        "contents": (library, tutorial), "modules": (entry("json"),), "popular": (entry("json"),), "new": (),
        "counts": {},
    }  # fmt: skip
    return DocsetView(**{**values, **changes})


def make_page(**changes: object) -> StoredPage:
    values = {
        "path": "library/json.html", "title": "json", "summary": "Encode and decode.",
        "html": SafeHtml('<h1 id="json">json &lt;1&gt;</h1><p><a href="index.html">up</a></p>'),
        "trail": (ref("library/index.html", "Library"),), "previous": None,
        "next": ref("tutorial/index.html", "Tutorial"),
        "headings": (Heading(anchor="json.dump", title="dump()", depth=1, kind="function"),),
    }  # fmt: skip
    return StoredPage(**{**values, **changes})


@pytest.fixture(scope="module")
def assets():
    return load_assets(templates_folder())


@pytest.fixture(scope="module")
def renderer(assets):
    return Renderer(assets, SiteSettings(title="Docs", docsets=(DOCSET,)))


def attribute_names(text: str) -> set[str]:
    return {name for element in html.fromstring(text).iter() for name in element.attrib}


def all_pages(renderer: Renderer, view: DocsetView, page: StoredPage) -> dict[str, str]:
    lines = [IndexLine(term=page.title, places=((page.path, "x", page.title), (page.path, "y", "")))]
    return {
        "python/3.11/" + page.path: renderer.page(view, page),
        "python/3.11/index.html": renderer.contents(view, replace(page, path="index.html")),
        **{f"python/3.11/{path}": text for path, text in renderer.index(view, lines).items()},
        "python/3.11/py-modindex.html": renderer.modules(view),
        "python/3.11/search.html": renderer.search_page(view),
        "index.html": renderer.home([view]),
        "404.html": renderer.not_found(),
        "python/index.html": renderer.redirect("3.11/"),
    }


def test_text_is_escaped_everywhere(assets):
    docset = Docset(slug="x", name=HOSTILE, version="1", origin=HOSTILE)
    renderer = Renderer(assets, SiteSettings(title=HOSTILE, docsets=(docset, OTHER)))
    node = ContentsNode(page=ref("a.html", HOSTILE), children=())
    heading = Heading(anchor=HOSTILE, title=HOSTILE, depth=1, kind="function")
    names = (entry(HOSTILE, summary=HOSTILE),)
    view = make_view(docset=docset, contents=(node,), modules=names, popular=names, new=names)
    page = make_page(
        title=HOSTILE, summary=HOSTILE, trail=(ref("a.html", HOSTILE),), next=ref("b.html", HOSTILE),
        headings=(heading,),
    )  # fmt: skip

    for path, text in all_pages(renderer, view, page).items():
        assert "<script>" not in text, path
        assert "onload" not in attribute_names(text), path


def test_the_body_of_a_page_goes_in_as_it_is(renderer):
    assert make_page().html.html in renderer.page(make_view(), make_page())


def test_nothing_inline_that_a_strict_policy_would_block(renderer):
    for path, text in all_pages(renderer, make_view(), make_page()).items():
        tree = html.fromstring(text)
        assert tree.xpath("//script[not(@src)] | //style | //*[@style]") == [], path
        assert [name for name in attribute_names(text) if name.startswith("on")] == [], path


def test_every_link_of_the_templates_meets_a_page_at_any_depth(renderer, assets):
    pages = all_pages(renderer, make_view(), make_page())
    files = {
        *pages,
        "manifest.webmanifest",
        *assets.files,
        "python/3.11/library/index.html",
        "python/3.11/tutorial/index.html",
        "python/3.11/tutorial/intro.html",
    }

    for path, text in pages.items():
        tree = html.fromstring(text)
        tree.make_links_absolute(f"https://site.example/{path}")
        for _, _, address, _ in tree.iterlinks():
            if address.startswith("https://site.example/") and "_search" not in address:
                target = address.removeprefix("https://site.example/").partition("#")[0]
                assert (target + "index.html" if target.endswith("/") or not target else target) in files, (
                    path
                )


def test_contents_of_a_page_of_the_first_level_show_all_parts(renderer):
    page = make_page(path="library/index.html", trail=())

    contents = html.fromstring(renderer.page(make_view(), page)).get_element_by_id("ld--contents")

    assert [link.text for link in contents.iter("a")] == ["Python 3.11", "Library", "json", "Tutorial"]


def test_contents_show_the_part_of_the_page_alone(renderer):
    contents = html.fromstring(renderer.page(make_view(), make_page())).get_element_by_id("ld--contents")

    titles = [link.text for link in contents.iter("a")]

    assert titles == ["Python 3.11", "Library", "json"]
    assert contents.xpath(".//a[@aria-current='page']/text()") == ["json"]


def test_a_page_names_its_official_address_where_the_site_has_none(renderer):
    canonical = html.fromstring(renderer.page(make_view(), make_page())).xpath(
        "//link[@rel='canonical']/@href"
    )

    assert canonical == ["https://docs.example/3.11/library/json.html"]


def test_a_page_names_the_sites_own_address_where_it_is_known(assets):
    renderer = Renderer(assets, SiteSettings(base_url="https://site.example/docs/", docsets=(DOCSET,)))

    page = html.fromstring(renderer.page(make_view(), make_page()))
    first = html.fromstring(renderer.contents(make_view(), make_page(path="index.html")))

    assert page.xpath("//link[@rel='canonical']/@href") == [
        "https://site.example/docs/python/3.11/library/json.html"
    ]
    assert first.xpath("//link[@rel='canonical']/@href") == ["https://site.example/docs/python/3.11/"]


def test_a_shared_link_says_what_it_leads_to(assets):
    renderer = Renderer(
        assets, SiteSettings(base_url="https://site.example", title="Docs", docsets=(DOCSET,))
    )

    metas = html.fromstring(renderer.page(make_view(), make_page())).xpath("//meta[@property]")

    assert {meta.get("property"): meta.get("content") for meta in metas} == {
        "og:type": "article",
        "og:site_name": "Docs",
        "og:title": "json — Python 3.11",
        "og:url": "https://site.example/python/3.11/library/json.html",
        "og:image": f"https://site.example/{assets.url('icons/livedocs-512.png')}",
        "og:description": "Encode and decode.",
    }


def test_the_way_to_a_page_is_told_to_search_engines(assets):
    renderer = Renderer(assets, SiteSettings(base_url="https://site.example", docsets=(DOCSET,)))
    hostile = replace(make_page(), title="</script><b>")

    [told] = html.fromstring(renderer.page(make_view(), hostile)).xpath(
        "//script[@type='application/ld+json']/text()"
    )

    steps = json.loads(told)["itemListElement"]
    assert [step["position"] for step in steps] == list(range(1, len(steps) + 1))
    assert steps[0]["item"] == "https://site.example/python/3.11/"
    assert (steps[-1]["name"], steps[-1]["item"]) == (
        "</script><b>",
        "https://site.example/python/3.11/library/json.html",
    )


def test_the_404_page_links_from_the_sites_root(assets):
    renderer = Renderer(assets, SiteSettings(base_url="https://site.example/docs", docsets=(DOCSET,)))

    links = html.fromstring(renderer.not_found()).xpath("//@href | //@src")

    assert [link for link in links if not link.startswith(("/docs/", "#"))] == []


def test_every_page_has_one_search_box_or_a_link_to_it(renderer, assets):
    texts = all_pages(renderer, make_view(), make_page())
    texts["dialog"] = assets.files[assets.url("parts/search-dialog.html")].decode()
    del texts["python/index.html"]

    for path, text in texts.items():
        tree = html.fromstring(text)
        boxes = tree.xpath("//input[@role='combobox']")
        openers = tree.xpath("//a[@data-search-opener]/@href")
        assert len(boxes) + len(openers) == 1, path
        for box in boxes:
            controlled = tree.get_element_by_id(box.get("aria-controls"))
            state = (controlled.get("role"), controlled.get("data-query"), controlled.get("data-state"))
            assert state == ("listbox", "", "ready"), path


def test_search_without_scripts_asks_the_api_where_there_is_one(assets):
    without = Renderer(assets, SiteSettings(docsets=(DOCSET,)))
    with_api = Renderer(assets, SiteSettings(api_url="https://api.example/", docsets=(DOCSET,)))

    actions = [
        html.fromstring(one.search_page(make_view())).xpath("//form[@role='search']/@action")
        for one in (without, with_api)
    ]

    assert actions == [["./genindex.html"], ["https://api.example/-/search"]]


@pytest.mark.parametrize(
    ("language", "direction"), [("en", None), ("ar", "rtl"), ("he-IL", "rtl"), ("ja", None)]
)
def test_language_and_direction_follow_the_docset(renderer, language, direction):
    view = make_view(docset=Docset(slug="python", name="Python", version="3.11", language=language))

    page = html.fromstring(renderer.page(view, make_page()))

    assert (page.get("lang"), page.get("dir")) == (language, direction)


def test_a_short_index_is_one_page_with_letters_to_jump_to(renderer):
    lines = [
        IndexLine(term=term, places=(("a.html", "x", "A"),)) for term in ("zip()", "|", "abs()", "__init__")
    ]

    pages = renderer.index(make_view(), lines)

    tree = html.fromstring(pages["genindex.html"])
    assert list(pages) == ["genindex.html"]
    assert tree.xpath("//section//h2/text()") == ["Symbols", "_", "A", "Z"]
    assert [
        tree.get_element_by_id(jump[1:]).tag for jump in tree.xpath("//nav[@class='ld-letters']//@href")
    ] == ["h2"] * 4


def test_what_stands_below_a_word_follows_it_in_the_index():
    place = ("a.html", "x", "A")
    terms = ("json (module)", "json; encoding", "json", "tarfile; command line", ";", "; (semicolon)")

    groups = group_by_letter([IndexLine(term=term, places=(place,)) for term in terms])

    rows = {
        letter: [(row.text, row.below, len(row.places)) for row in rows] for letter, rows in groups.items()
    }
    assert rows == {
        "Symbols": [(";", False, 1), ("; (semicolon)", False, 1)],
        "J": [("json", False, 1), ("encoding", True, 1), ("json (module)", False, 1)],
        "T": [("tarfile", False, 0), ("command line", True, 1)],
    }


def test_a_long_index_has_a_page_a_letter(renderer):
    lines = [IndexLine(term=f"a{number}", places=(("a.html", "x", "A"),)) for number in range(SPLIT_FROM)]
    lines.append(IndexLine(term="%", places=(("a.html", "x", "A"),)))

    pages = renderer.index(make_view(), lines)

    assert list(pages) == ["genindex.html", "genindex-Symbols.html", "genindex-A.html"]
    assert "a999" in pages["genindex-A.html"]
    assert "a999" not in pages["genindex.html"]


@given(st.text())
def test_every_term_has_a_letter(term):
    assert letter_of(term)


def test_sitemap_and_opensearch_hold_full_addresses(assets):
    settings = SiteSettings(base_url="https://site.example", api_url="/api", title="A & B", docsets=(DOCSET,))
    renderer = Renderer(assets, settings)

    sitemap = ET.fromstring(renderer.sitemap(["/python/3.11/a b.html"]))  # noqa: S314  # our own
    search = ET.fromstring(renderer.opensearch())  # noqa: S314

    assert [place.text for place in sitemap.findall(".//{*}loc")] == [
        "https://site.example/python/3.11/a%20b.html"
    ]
    assert [url.get("template") for url in search.findall(".//{*}Url")] == [
        "https://site.example/?q={searchTerms}",
        "https://site.example/api/-/suggest?q={searchTerms}",
    ]
    assert "Sitemap: https://site.example/sitemap.xml" in renderer.robots()


def test_without_a_public_address_there_is_neither_sitemap_nor_opensearch(renderer):
    assert (renderer.sitemap(["/a.html"]), renderer.opensearch()) == ("", "")
    assert "Sitemap" not in renderer.robots()


def test_home_sets_modules_under_their_chapters(renderer):
    tree = html.fromstring(renderer.home([make_view()]))

    topics = {re.sub(r"\s+", " ", topic.text_content()).strip() for topic in tree.find_class("ld-topic")}

    assert topics == {"Library json"}


def test_a_page_of_an_unknown_name_is_an_error_not_a_gap(renderer):
    with pytest.raises(AttributeError):
        renderer.page(make_view(), object())


def test_home_shows_what_is_needed_most_kind_by_kind(renderer):
    names = [("str", "class"), ("open", "function"), ("int", "class"), ("ValueError", "exception")]
    popular = tuple(replace(entry(name), kind=kind, page="a.html", anchor=name) for name, kind in names)

    tree = html.fromstring(renderer.home([make_view(popular=popular)]))

    rows = tree.find_class("ld-popular")[0]
    assert [row.text for row in rows.iter("dt")] == ["class", "function", "exception"]
    assert [[link.text_content() for link in row.iter("a")] for row in rows.iter("dd")] == [
        ["str", "int"],
        ["open"],
        ["ValueError"],
    ]
