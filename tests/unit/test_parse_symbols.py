"""Described objects in the markup of Sphinx 1.8, 5 and 8, copied from real pages."""

# ruff: noqa: E501  # real markup stands as it is

from __future__ import annotations

import pytest
from markup_samples import heading, names, parsed, section, symbol

from builder.parse.naming import domain_and_role, full_name, kind_of

SEVERAL_FOR_ONE = """
<dl class="py method">
<dt class="sig sig-object py" id="pdb.Pdb.run">
<span class="sig-name descname"><span class="pre">run</span></span><span class="sig-paren">(</span>\
<em class="sig-param"><span class="n"><span class="pre">statement</span></span></em><span class="sig-paren">)</span>\
<a class="headerlink" href="#pdb.Pdb.run" title="Permalink to this definition">¶</a></dt>
<dt class="sig sig-object py" id="pdb.Pdb.runeval">
<span class="sig-name descname"><span class="pre">runeval</span></span><span class="sig-paren">(</span>\
<em class="sig-param"><span class="n"><span class="pre">expression</span></span></em><span class="sig-paren">)</span>\
<a class="headerlink" href="#pdb.Pdb.runeval" title="Permalink to this definition">¶</a></dt>
<dd><p>See the functions explained above. There is more.</p>
<pre>p.run(1)</pre>
</dd></dl>
"""
WITHOUT_ID = """
<span class="target" id="func-dict"></span><dl class="py class">
<dt class="sig sig-object py">
<em class="property"><span class="pre">class</span><span class="w"> </span></em><span class="sig-name descname">\
<span class="pre">dict</span></span><span class="sig-paren">(</span><em class="sig-param"><span class="o">\
<span class="pre">**</span></span><span class="n"><span class="pre">kwarg</span></span></em><span class="sig-paren">)</span></dt>
<dt class="sig sig-object py">
<em class="property"><span class="pre">class</span><span class="w"> </span></em><span class="sig-name descname">\
<span class="pre">dict</span></span><span class="sig-paren">(</span><em class="sig-param"><span class="n">\
<span class="pre">mapping</span></span></em><span class="sig-paren">)</span></dt>
<dd><p>Create a new dictionary.</p>
</dd></dl>
"""
SPHINX_1 = """
<dl class="method">
<dt id="str.removeprefix">
<code class="descclassname">str.</code><code class="descname">removeprefix</code><span class="sig-paren">(</span>\
<em>prefix</em>, <em>/</em><span class="sig-paren">)</span>\
<a class="headerlink" href="#str.removeprefix" title="この定義へのパーマリンク">¶</a></dt>
<dd><p>文字列が <em>prefix</em> で始まる場合。次の文。</p>
</dd></dl>
<dl class="function">
<dt id="c.PyList_New">
<a class="reference internal" href="structures.html#c.PyObject" title="PyObject">PyObject</a>* \
<code class="descname">PyList_New</code><span class="sig-paren">(</span>Py_ssize_t<em>&nbsp;len</em>\
<span class="sig-paren">)</span><a class="headerlink" href="#c.PyList_New" title="この定義へのパーマリンク">¶</a></dt>
<dd><em class="refcount">Return value: New reference.</em><p>サイズが <em>len</em> の新たなリストを返します。</p>
</dd></dl>
<dl class="cmdoption">
<dt id="cmdoption-c">
<code class="descname">-c</code><code class="descclassname"> &lt;command&gt;</code>\
<a class="headerlink" href="#cmdoption-c" title="この定義へのパーマリンク">¶</a></dt>
<dd><p><em>command</em> 内の Python コードを実行します。</p></dd></dl>
<dl class="envvar">
<dt id="envvar-PYTHONHOME">
<code class="descname">PYTHONHOME</code><a class="headerlink" href="#envvar-PYTHONHOME">¶</a></dt>
<dd><p>標準ライブラリの場所。</p></dd></dl>
"""
SEPARATORS = """
<dl class="py function">
<dt class="sig sig-object py" id="heapq.nlargest">
<span class="sig-prename descclassname"><span class="pre">heapq.</span></span><span class="sig-name descname">\
<span class="pre">nlargest</span></span><span class="sig-paren">(</span><em class="sig-param"><span class="n">\
<span class="pre">n</span></span></em>, <em class="sig-param"><span class="positional-only-separator o">\
<abbr title="Positional-only parameter separator (PEP 570)"><span class="pre">/</span></abbr></span></em>, \
<em class="sig-param"><span class="keyword-only-separator o">\
<abbr title="Keyword-only parameters separator (PEP 3102)"><span class="pre">*</span></abbr></span></em>, \
<em class="sig-param"><span class="n"><span class="pre">key</span></span><span class="o"><span class="pre">=</span></span>\
<span class="default_value"><span class="pre">None</span></span></em><span class="sig-paren">)</span>\
<a class="headerlink" href="#heapq.nlargest" title="Link to this definition">¶</a></dt>
<dd><p>Return a list.</p></dd></dl>
"""
OPTIONS = """
<dl class="std cmdoption">
<dt class="sig sig-object std" id="cmdoption-json.tool-indent">
<span id="cmdoption-json-tool-indent"></span><span id="cmdoption-json.tool-tab"></span>\
<span class="sig-name descname"><span class="pre">--indent</span></span><span class="sig-prename descclassname"></span>\
<span class="sig-prename descclassname"><span class="pre">,</span> </span><span class="sig-name descname">\
<span class="pre">--tab</span></span><span class="sig-prename descclassname"></span>\
<a class="headerlink" href="#cmdoption-json.tool-indent" title="Permalink to this definition">¶</a></dt>
<dd><p>Mutually exclusive options for whitespace control.</p></dd></dl>
<dl class="std option">
<dt class="sig sig-object std" id="cmdoption-pdb-c">
<span class="sig-name descname"><span class="pre">-c</span></span><span class="sig-prename descclassname">\
<span class="pre">,</span> </span><span class="sig-name descname"><span class="pre">--command</span></span>\
<span class="sig-prename descclassname"> <span class="pre">&lt;command&gt;</span></span></dt>
<dd><p>To execute commands.</p></dd></dl>
"""
GLOSSARY = """
<dl class="glossary">
<dt id="term-0"><code class="docutils literal notranslate"><span class="pre">&gt;&gt;&gt;</span></code>\
<a class="headerlink" href="#term-0" title="Permalink to this term">¶</a></dt><dd><p>The prompt of the shell.</p></dd>
<dt id="term-magic-method"><span id="index-25"></span>magic method<a class="headerlink" href="#term-magic-method">¶</a></dt>\
<dt id="term-special-method">special method<a class="headerlink" href="#term-special-method">¶</a></dt>\
<dd><p id="index-26">A method that is called implicitly.</p></dd>
</dl>
"""
GLOSSARY_1 = """
<dl class="glossary docutils">
<dt id="term"><code class="docutils literal notranslate"><span class="pre">&gt;&gt;&gt;</span></code></dt>
<dd>インタラクティブシェルのプロンプトです。</dd>
<dt id="term-annotation">annotation</dt>
<dd><p class="first">(アノテーション) ラベルです。
慣例により使われます。</p>
<p class="last">以上。</p></dd></dl>
"""
GRAMMAR = """
<p>Files:</p>
<pre>
<strong id="grammar-token-python-grammar-file_input">file_input</strong> ::=  (NEWLINE | \
<a class="reference internal" href="compound_stmts.html#grammar-token-python-grammar-statement">\
<code class="xref docutils literal notranslate"><span class="pre">statement</span></code></a>)*
<strong id="grammar-token-python-grammar-eval_input">eval_input</strong> ::=  NEWLINE*
</pre>
"""


def test_several_signatures_of_one_description_are_entries_that_share_it() -> None:
    page = parsed(section("pdb", SEVERAL_FOR_ONE))

    assert names(page) == ["pdb.Pdb.run", "pdb.Pdb.runeval"]
    first, second = page.symbols
    assert (first.signature, second.signature) == ("run(statement)", "runeval(expression)")
    assert first.summary == second.summary == "See the functions explained above."
    assert first.text == second.text == "See the functions explained above. There is more."
    assert first.code == second.code == "p.run(1)"
    assert (first.anchor, second.anchor) == ("pdb.Pdb.run", "pdb.Pdb.runeval")


def test_a_signature_without_id_takes_the_target_before_it_and_further_ones_join_it() -> None:
    page = parsed(section("Functions", WITHOUT_ID))

    (found,) = page.symbols
    assert (found.anchor, found.name, found.kind) == ("func-dict", "dict", "class")
    assert found.signature == "class dict(**kwarg)\nclass dict(mapping)"
    assert found.summary == "Create a new dictionary."


def test_a_description_that_nothing_can_link_to_is_text_of_what_is_around_it() -> None:
    body = WITHOUT_ID.replace('<span class="target" id="func-dict"></span>', "<p>See below.</p>")

    page = parsed(section("Functions", body))

    assert page.symbols == ()
    assert "class dict(**kwarg)" in page.sections[0].text
    assert "Create a new dictionary." in page.sections[0].text


def test_sphinx_1_tells_the_domain_by_class_and_id() -> None:
    page = parsed(section("リスト", SPHINX_1))

    assert [(one.domain, one.role, one.name, one.kind) for one in page.symbols] == [
        ("py", "method", "str.removeprefix", "method"),
        ("c", "function", "PyList_New", "C function"),
        ("std", "cmdoption", "-c", "command-line option"),
        ("std", "envvar", "PYTHONHOME", "environment variable"),
    ]
    assert [one.signature for one in page.symbols] == [
        "str.removeprefix(prefix, /)", "PyObject* PyList_New(Py_ssize_t len)", "-c <command>", "PYTHONHOME",
    ]  # fmt: skip
    assert page.symbols[0].summary == "文字列が prefix で始まる場合。"
    assert page.symbols[1].summary == "サイズが len の新たなリストを返します。"


def test_separators_of_parameters_show_only_their_sign() -> None:
    page = parsed(section("heapq", SEPARATORS))

    assert page.symbols[0].signature == "heapq.nlargest(n, /, *, key=None)"


def test_an_option_is_named_by_its_first_spelling_and_found_by_all_its_ids() -> None:
    page = parsed(section("json.tool", OPTIONS))

    assert [(one.name, one.role, one.kind) for one in page.symbols] == [
        ("--indent", "cmdoption", "command-line option"),
        ("-c", "option", "command-line option"),
    ]
    assert page.symbols[0].ids == (
        "cmdoption-json.tool-indent", "cmdoption-json-tool-indent", "cmdoption-json.tool-tab",
    )  # fmt: skip
    assert page.symbols[0].signature == "--indent, --tab"
    assert page.symbols[1].signature == "-c, --command <command>"


def test_terms_of_a_glossary_are_entries_and_synonyms_share_their_text() -> None:
    page = parsed(section("Glossary", GLOSSARY))

    assert [(one.name, one.anchor, one.summary) for one in page.symbols] == [
        (">>>", "term-0", "The prompt of the shell."),
        ("magic method", "term-magic-method", "A method that is called implicitly."),
        ("special method", "term-special-method", "A method that is called implicitly."),
    ]
    assert symbol(page, "magic method").ids == ("term-magic-method", "index-25")


def test_terms_of_an_old_glossary() -> None:
    page = parsed(section("用語集", GLOSSARY_1))

    assert [(one.name, one.role, one.text) for one in page.symbols] == [
        (">>>", "term", "インタラクティブシェルのプロンプトです。"),
        ("annotation", "term", "(アノテーション) ラベルです。 慣例により使われます。 以上。"),
    ]


def test_productions_of_a_grammar_are_entries() -> None:
    page = parsed(section("Input", GRAMMAR))

    assert [(one.kind, one.name, one.signature, one.anchor) for one in page.symbols] == [
        (
            "grammar token", "file_input", "file_input ::= (NEWLINE | statement)*",
            "grammar-token-python-grammar-file_input",
        ),
        ("grammar token", "eval_input", "eval_input ::= NEWLINE*", "grammar-token-python-grammar-eval_input"),
    ]  # fmt: skip
    assert page.sections[0].summary == "Files:"


def test_permalinks_and_links_to_source_are_no_part_of_a_signature() -> None:
    source = '<a class="reference internal" href="_modules/x.html#f"><span class="viewcode-link"><span class="pre">[source]</span></span></a>'
    body = SEPARATORS.replace(
        '<a class="headerlink" href="#heapq', source + '<a class="headerlink" href="#heapq'
    )

    page = parsed(section("heapq", body))

    assert page.symbols[0].signature == "heapq.nlargest(n, /, *, key=None)"
    assert "source" not in page.symbols[0].text


def test_notes_on_references_do_not_stand_for_the_summary() -> None:
    body = """<dl class="c function">
<dt class="sig sig-object c" id="c.PyList_GetItemRef">
<span class="n"><span class="pre">PyObject</span></span><span class="w"> </span><span class="p"><span class="pre">*</span></span>\
<span class="sig-name descname"><span class="n"><span class="pre">PyList_GetItemRef</span></span></span><br /></dt>
<dd><em class="refcount return_new_ref">Return value: New reference.</em><em class="stableabi"> Part of the \
<a class="reference internal" href="stable.html#stable"><span class="std std-ref">Stable ABI</span></a>.</em>\
<p>Return the object at position <em>index</em>. The rest.</p></dd></dl>"""

    page = parsed(section("Lists", body))

    assert page.symbols[0].summary == "Return the object at position index."
    assert page.symbols[0].signature == "PyObject *PyList_GetItemRef"


def test_a_method_stands_below_its_class_and_takes_its_own_text() -> None:
    body = """<dl class="py class"><dt class="sig sig-object py" id="m.A">
<em class="property"><span class="pre">class</span> </em><span class="sig-prename descclassname">m.</span>\
<span class="sig-name descname">A</span></dt>
<dd><p>A class.</p><dl class="py method"><dt class="sig sig-object py" id="m.A.b">
<span class="sig-name descname">b</span>()</dt><dd><p>A method.</p></dd></dl></dd></dl>"""

    page = parsed(section("m", body))

    assert [(one.name, one.parent, one.text) for one in page.symbols] == [
        ("m.A", 0, "A class."),
        ("m.A.b", 1, "A method."),
    ]


def test_everything_after_a_table_with_an_id_keeps_its_place() -> None:
    table = '<table class="docutils align-default" id="json-to-py-table"><tbody><tr class="row-odd"><td><p>JSON</p></td></tr></tbody></table>'
    body = SEVERAL_FOR_ONE.replace("</p>\n<pre>", f"</p>{table}<pre>") + SEPARATORS

    page = parsed(section("m", body))

    assert [(one.name, one.parent) for one in page.symbols] == [
        ("pdb.Pdb.run", 0), ("pdb.Pdb.runeval", 0), ("heapq.nlargest", 0),
    ]  # fmt: skip
    assert page.anchors["json-to-py-table"] == symbol(page, "pdb.Pdb.run").position
    assert "json-to-py-table" not in symbol(page, "pdb.Pdb.run").ids


def test_an_ordinary_definition_list_is_text() -> None:
    body = '<p>Intro.</p><dl class="simple"><dt>word</dt><dd><p>Its meaning.</p></dd></dl>'

    page = parsed(section("m", body))

    assert page.symbols == ()
    assert page.sections[0].text == "Intro. word Its meaning."


def test_a_description_in_another_domain_is_named_by_its_inventory() -> None:
    body = """<dl class="js function"><dt class="sig sig-object js" id="makePromise">
<span class="sig-name descname"><span class="n">makePromise</span></span><span class="sig-paren">(</span>)</dt>
<dd><p>Make one.</p></dd></dl>
<dl class="rst directive"><dt class="sig sig-object rst" id="directive-code-block">
<span class="sig-name descname">.. code-block::</span></dt><dd><p>Show code.</p></dd></dl>"""
    listed = {
        "makePromise": ("js", "function", "makePromise"),
        "directive-code-block": ("rst", "directive", "code-block"),
    }

    page = parsed(section("m", body), **listed)

    assert [(one.domain, one.kind, one.name) for one in page.symbols] == [
        ("js", "JavaScript function", "makePromise"), ("rst", "reST directive", "code-block"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("classes", "anchor", "found"),
    [
        ("py function", "json.dump", ("py", "function")),
        ("function", "json.dump", ("py", "function")),
        ("function", "c.PyList_New", ("c", "function")),
        ("macro", "c.Py_UNUSED", ("c", "macro")),
        ("cmdoption", "cmdoption-c", ("std", "cmdoption")),
        ("glossary docutils", "term", ("std", "term")),
        ("glossary simple", "term", ("std", "term")),
        ("std pdbcommand", "pdbcommand-help", ("std", "pdbcommand")),
        ("simple", "", None),
        ("docutils", "", None),
        ("field-list simple", "", None),
        ("footnote brackets", "id1", None),
        ("option-list", "", None),
        ("", "", None),
    ],
)
def test_what_a_list_describes_is_read_from_its_classes(
    classes: str, anchor: str, found: tuple[str, str] | None
) -> None:
    assert domain_and_role(classes.split(), anchor) == found


def test_kinds_are_words_a_reader_knows() -> None:
    kinds = [
        kind_of(*one) for one in (("py", "classmethod"), ("c", "macro"), ("std", "envvar"), ("std", "token"))
    ]

    assert kinds == ["class method", "C macro", "environment variable", "grammar token"]


def test_without_an_inventory_the_id_completes_a_name() -> None:
    assert full_name("py", "method", "json.JSONDecoder.decode", "decode", []) == "json.JSONDecoder.decode"
    assert full_name("c", "function", "c.PyList_New", "PyList_New", []) == "PyList_New"
    assert full_name("std", "envvar", "envvar-PYTHONHOME", "PYTHONHOME", []) == "PYTHONHOME"
    assert full_name("py", "class", "func-str", "str", []) == "str"
    assert full_name("py", "function", "id0", "open", []) == "open"


def test_a_symbol_stands_in_the_section_around_it() -> None:
    inner = f'<section id="inner"><h2>Inner</h2>{SEPARATORS}</section>'

    page = parsed(section("m", inner))

    assert symbol(page, "heapq.nlargest").parent == heading(page, "Inner").position
