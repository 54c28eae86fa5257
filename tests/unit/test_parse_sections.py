"""Sections, modules, notes on versions, summaries and ids in the markup of several versions of Sphinx."""

# ruff: noqa: E501  # real markup stands as it is

from __future__ import annotations

import pytest
from markup_samples import heading, parsed, section

from builder.models import Link, TocEntry, VersionNote
from builder.parse.walk import first_sentence

MODULE_5 = """
<section id="module-json">
<span id="json-json-encoder-and-decoder"></span><h1><a class="reference internal" href="#module-json" title="json: x.">\
<code class="xref py py-mod docutils literal notranslate"><span class="pre">json</span></code></a> — JSON encoder\
<a class="headerlink" href="#module-json" title="Permalink to this heading">¶</a></h1>
<p><strong>Source code:</strong> <a class="reference external" href="https://example.org/json.py">Lib/json/__init__.py</a></p>
<hr class="docutils" />
<p class="availability"><a class="reference internal" href="intro.html#availability">Availability</a>: not Emscripten.</p>
<p><em>JSON</em> is a format. It is old.</p>
<section id="basic-usage">
<span id="json-usage"></span><h2>Basic <code class="docutils literal notranslate"><span class="pre">usage</span></code> &amp; more\
<a class="headerlink" href="#basic-usage" title="Permalink to this heading">¶</a></h2>
<p>Use it.</p>
<pre>json.dumps(1)

x = 2</pre>
</section>
<section id="module-json.tool">
<span id="command-line-interface"></span><h2>Command Line Interface<a class="headerlink" href="#module-json.tool">¶</a></h2>
<p>The tool.</p>
</section>
</section>
"""
MODULE_1 = """
<div class="section" id="module-json">
<span id="json-json-encoder-and-decoder"></span><h1><a class="reference internal" href="#module-json" title="json: x.">\
<code class="xref py py-mod docutils literal notranslate"><span class="pre">json</span></code></a> --- JSON エンコーダ\
<a class="headerlink" href="#module-json" title="このヘッドラインへのパーマリンク">¶</a></h1>
<p><strong>ソースコード:</strong> <a class="reference external" href="https://example.org/json.py">Lib/json/__init__.py</a></p>
<hr class="docutils" />
<p>JSON は形式です。古い。</p>
<div class="section" id="id1"><h2>基本<a class="headerlink" href="#id1">¶</a></h2><p>使う。</p></div>
</div>
"""


def test_a_module_is_its_page_with_all_its_ids() -> None:
    page = parsed(MODULE_5)

    top = page.sections[0]
    assert (page.title, top.title) == ("json — JSON encoder", "json — JSON encoder")
    assert (top.kind, top.name, top.level, top.parent) == ("module", "json", 1, -1)
    assert (top.anchor, top.ids) == ("module-json", ("module-json", "json-json-encoder-and-decoder"))


def test_the_summary_is_the_first_sentence_that_says_something() -> None:
    assert parsed(MODULE_5).sections[0].summary == "JSON is a format."


def test_headings_may_hold_markup_and_labels_name_them() -> None:
    usage = heading(parsed(MODULE_5), "Basic usage & more")

    assert (usage.anchor, usage.ids) == ("basic-usage", ("basic-usage", "json-usage"))
    assert (usage.level, usage.parent, usage.kind) == (2, 0, "section")
    assert (usage.text, usage.code) == ("Use it.", "json.dumps(1)\nx = 2")


def test_a_section_is_called_by_its_permalink() -> None:
    heading = '<h1>Queries<a class="headerlink" href="#queries" title="Permalink">¶</a></h1>'
    page = parsed(f'<div class="section" id="s-queries"><span id="queries"></span>{heading}</div>')

    assert (page.sections[0].anchor, page.sections[0].ids) == ("queries", ("queries", "s-queries"))


def test_a_section_may_be_a_module_of_its_own() -> None:
    tool = heading(parsed(MODULE_5), "Command Line Interface")

    assert (tool.kind, tool.name, tool.anchor) == ("module", "json.tool", "module-json.tool")


def test_sphinx_1_writes_sections_as_div() -> None:
    page = parsed(MODULE_1)

    assert [(one.title, one.kind, one.anchor, one.level) for one in page.sections] == [
        ("json --- JSON エンコーダ", "module", "module-json", 1),
        ("基本", "section", "id1", 2),
    ]
    assert page.sections[0].summary == "JSON は形式です。"


def test_a_heading_that_looks_like_a_module_is_none() -> None:
    body = section(
        "crypt",
        '<section id="module-attributes"><h2>Module Attributes</h2><p>x</p></section>',
        "module-crypt",
    )

    page = parsed(body, **{"module-crypt": ("py", "module", "crypt")})

    assert [(one.kind, one.name) for one in page.sections] == [("module", "crypt"), ("section", "")]


def test_a_second_module_of_a_section_is_an_entry_of_its_own() -> None:
    body = '<p>Both.</p><span class="target" id="module-profile"></span><p>Both the profilers.</p>'
    listed = {"module-cProfile": ("py", "module", "cProfile"), "module-profile": ("py", "module", "profile")}

    page = parsed(section("The Profilers", body, "module-cProfile"), **listed)

    assert [(one.kind, one.name, one.title, one.anchor) for one in page.sections] == [
        ("module", "cProfile", "The Profilers", "module-cProfile"),
        ("module", "profile", "profile", "module-profile"),
    ]


def test_a_second_module_before_a_description_is_not_that_description() -> None:
    body = """<p>Both.</p><span class="target" id="module-pstats"></span><dl class="py class">
<dt class="sig sig-object py" id="pstats.Stats"><span class="sig-name descname">pstats.Stats</span></dt><dd><p>Statistics.</p></dd></dl>"""
    listed = {"module-profile": ("py", "module", "profile"), "module-pstats": ("py", "module", "pstats")}

    page = parsed(section("The Profilers", body, "module-profile"), **listed)

    assert [(one.name, one.ids) for one in page.sections] == [
        ("profile", ("module-profile",)),
        ("pstats", ("module-pstats",)),
    ]
    assert page.symbols[0].ids == ("pstats.Stats",)
    assert page.anchors["module-pstats"] == page.sections[1].position


def test_a_module_named_before_a_heading_is_that_section() -> None:
    body = """<section id="back"><span id="module-trio.from_thread"></span><h3>Getting back</h3><p>How to.</p></section>"""

    page = parsed(section("Trio", body), **{"module-trio.from_thread": ("py", "module", "trio.from_thread")})

    assert [(one.kind, one.name, one.title, one.ids) for one in page.sections] == [
        ("page", "", "Trio", ("top",)),
        ("module", "trio.from_thread", "Getting back", ("back", "module-trio.from_thread")),
    ]


def test_targets_in_each_other_name_what_follows() -> None:
    body = """<section id="sub"><span id="outer"><span id="inner"></span></span><h2>Sub</h2></section>"""

    assert heading(parsed(section("Top", body)), "Sub").ids == ("sub", "outer", "inner")


@pytest.mark.parametrize(
    ("markup", "notes"),
    [
        (
            '<div class="versionchanged"><p><span class="versionmodified">バージョン 3.2 で変更: </span>文字列。</p></div>',
            [("changed", "3.2", "文字列。")],
        ),
        (
            '<div class="versionadded"><p><span class="versionmodified added">Added in version 3.13.</span></p></div>',
            [("added", "3.13", "")],
        ),
        (
            '<div class="versionadded"><p><span class="versionmodified added">New in version 3.5: </span>The <em>x</em>.</p></div>',
            [("added", "3.5", "The x.")],
        ),
        (
            '<p class="versionadded"><span class="versionmodified">New in version 2.7: </span>The x.</p>',
            [("added", "2.7", "The x.")],
        ),
        (
            '<div class="deprecated"><p><span class="versionmodified deprecated">Obsolète depuis la version 3.9 : </span>Non.</p></div>',
            [("deprecated", "3.9", "Non.")],
        ),
        (
            '<div class="deprecated-removed"><p><span class="versionmodified deprecated">Deprecated since version 3.13, will be removed in version 3.15: </span>Use y.</p></div>',
            [("deprecated", "3.13", "Use y."), ("removed", "3.15", "Use y.")],
        ),
        (
            '<div class="versionremoved"><p><span class="versionmodified removed">Removed in version 3.12.</span></p></div>',
            [("removed", "3.12", "")],
        ),
    ],
)  # fmt: skip
def test_notes_on_versions_are_told_by_class_in_any_language(
    markup: str, notes: list[tuple[str, str, str]]
) -> None:
    page = parsed(section("Top", f"<p>Text.</p>{markup}"))

    assert page.notes == tuple(
        VersionNote(kind=kind, version=version, text=text, position=0, whole=True)  # type: ignore[arg-type]
        for kind, version, text in notes
    )
    assert page.sections[0].summary == "Text."


def test_a_note_on_one_item_is_not_about_the_whole() -> None:
    note = '<div class="versionadded"><p><span class="versionmodified added">New in version 3.5.</span></p></div>'

    page = parsed(section("Top", f"<ul><li><p>An item.</p>{note}</li></ul>"))

    assert [(one.version, one.whole) for one in page.notes] == [("3.5", False)]


def test_every_id_is_known_with_the_entry_it_stands_in() -> None:
    body = """<p id="para">One.</p><section id="sub"><span id="label"></span><h2>Sub</h2>
<div class="admonition note" id="note-1"><p>Mind <a class="footnote-reference brackets" href="#id2" id="id1">1</a></p></div>
<aside class="footnote brackets" id="id2" role="note"><p>A note.</p></aside>
<figure class="align-default" id="fig"><img alt="A picture" src="x.png" /></figure></section>"""

    page = parsed(section("Top", body))

    assert dict(page.anchors) == {
        "top": 0, "para": 0, "sub": 1, "label": 1, "note-1": 1, "id1": 1, "id2": 1, "fig": 1,
    }  # fmt: skip
    assert heading(page, "Sub").ids == ("sub", "label")
    assert "A picture" in heading(page, "Sub").text


@pytest.mark.parametrize(
    "body",
    [
        '<p id="x">One.</p><section id="sub"><h2>Sub</h2><p id="x">Two.</p></section>',
        '<p id="x">One.</p><p>Two <em id="x">words</em>.</p>',
    ],
)
def test_a_repeated_id_is_a_warning_and_leads_to_the_first(body: str) -> None:
    page = parsed(section("Top", body))

    assert page.warnings == ('the id "x" stands more than once; links reach the first',)
    assert page.anchors["x"] == 0


def test_internal_links_are_counted_by_target() -> None:
    body = """<p><a class="reference internal" href="json.html#json.dump">a</a>
<a class="reference internal" href="json.html#json.dump" title="x"><code>b</code></a>
<a class="reference internal" href="../glossary.html">c</a> <a class="reference internal" href="#top">d</a>
<a class="reference external" href="https://example.org/">e</a></p>"""

    page = parsed(section("Top", body))

    assert page.links == (
        Link(page="glossary.html", anchor="", count=1),
        Link(page="library/json.html", anchor="json.dump", count=2),
        Link(page="library/page.html", anchor="top", count=1),
    )


def test_tables_of_contents_give_pages_and_depths() -> None:
    toc = """<div class="toctree-wrapper compound"><p class="caption" role="heading"><span class="caption-text">Guide</span></p><ul>
<li class="toctree-l1"><a class="reference internal" href="intro.html">Intro &amp; more</a><ul>
<li class="toctree-l2"><a class="reference internal" href="intro.html#part">A part</a></li>
<li class="toctree-l2"><a class="reference internal" href="sub/deep.html"><code>deep</code></a></li></ul></li>
<li class="toctree-l1"><a class="reference internal" href="../glossary.html">Glossary</a></li></ul></div>"""

    page = parsed(section("Top", toc))

    assert page.toc == (
        TocEntry(page="library/intro.html", title="Intro & more", depth=1),
        TocEntry(page="library/sub/deep.html", title="deep", depth=2),
        TocEntry(page="glossary.html", title="Glossary", depth=1),
    )
    assert page.sections[0].text == ""


def test_a_page_of_code_is_source_and_a_page_without_heading_takes_its_title() -> None:
    source = parsed("<h1>Source code for json</h1><pre>import re</pre>", path="_modules/json.html")
    bare = parsed("<p>Only text.</p>")

    assert (source.sections[0].kind, source.title) == ("source", "Source code for json")
    assert (bare.title, bare.sections[0].anchor, bare.sections[0].summary) == ("Title", "", "Only text.")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("One. Two.", "One."),
        ("Use e.g. this. Then that.", "Use e.g. this."),
        ("It is version 3.11 of it. More.", "It is version 3.11 of it."),
        ("See json.dump for more. Next.", "See json.dump for more."),
        ("最初の文。次の文。", "最初の文。"),
        ("Really? Yes.", "Really?"),
        ("No end", "No end"),
        ("", ""),
    ],
)
def test_the_first_sentence_of_a_text(text: str, sentence: str) -> None:
    assert first_sentence(text) == sentence


def test_a_long_sentence_is_cut_at_a_word() -> None:
    cut = first_sentence("word, " * 100, limit=20)

    assert cut == "word, word, word …"
