"""Simplify markup as text before it is parsed: what is published, and the outline that the parser reads.

Both are regular expressions over tags that Sphinx writes in one way only. They may leave what they do not know as
it is: the sanitiser, which parses properly, comes after the first, and Beautiful Soup after the second. They pay:
Python's docs hold 756,000 tags in their main content, of which 208,000 colour code and 129,000 only keep words
together.
"""

from __future__ import annotations

import html
import re

from builder.parse import marks

_PLAIN_SPAN = re.compile(r'<span class="(?:pre|n|p|w|sig-paren)">([^<]*)</span>')
_SCRIPT = re.compile(r"<(script|style|template)\b[^>]*>.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_STYLED = re.compile(r'<(\w+)\b([^>]*?)\s+style="([^"]*)"([^>]*)>')
_WIDTH = re.compile(r"(?:^|;)\s*width:\s*([\d.]+)(px|%)\s*(?:;|$)")
_SIZED = frozenset({"col", "colgroup", "table", "td", "th", "img"})

_LITERAL = re.compile(
    r'(<div class="highlight[^>]*><div class="highlight"><pre\b.*?</pre>\s*</div>\s*</div>|<pre\b.*?</pre>)',
    re.DOTALL,
)
_TOCTREE = re.compile(r'<div class="toctree-wrapper[^"]*"(?: id="[^"]*")?>.*?</div>', re.DOTALL)
_CELL = re.compile(r"</?(?:table|thead|tbody|tfoot|tr|td|th|colgroup|col)(?:\s[^>]*)?>")
_TAG = re.compile(r"<[^>]*>")
_MARK = re.compile(r'<a class="(?:headerlink|viewcode-back)"[^>]*>.*?</a>', re.DOTALL)
_PERMALINK = re.compile(r'<a class="headerlink" href="#([^"]+)"')
_SOURCE = re.compile(
    r'<a class="reference (?:in|ex)ternal" href="[^"]*"><span class="viewcode-link">.*?</span></a>', re.DOTALL
)
_LABEL = re.compile(r"<p>(?=<strong>[^<]{1,40}:</strong>\s*<a )")
_INLINE = re.compile(
    r"</?(?:a|em|strong|b|i|u|sub|sup|cite|small|big|kbd|samp|abbr|tt|var|q|s|ins|del|mark|font)(?:\s[^>]*)?>"
    r"|<(?:span|code)(?:\s(?![^>]*(?:\bid=|descname|versionmodified))[^>]*)?>"
)
_PLACE = re.compile(
    r"<(?:a|em|strong|b|i|u|sub|sup|cite|small|big|kbd|samp|abbr|tt|var|q|s|ins|del|mark|font"
    r'|table|thead|tbody|tfoot|tr|td|th|colgroup|col)\s[^>]*?\bid="([^"]*)"[^>]*>'
)
_HREF = re.compile(r' href="([^"<>]*)"')
_SRC = re.compile(r' src="([^"<>]*)"')
_ID = re.compile(r' id="([^"<>]+)"')
_NAMING = re.compile(r'<(span|code) class="[^"]*\bdesc(?:class)?name\b[^"]*">([^<]*)</\1>')
_LEADING = re.compile(r'<span class="versionmodified[^"]*">([^<]*)</span>')
_NOTE = re.compile(r'<p (class="(?:version\w+|deprecated[\w-]*)")>(.*?)</p>', re.DOTALL)
_PLACED = re.compile(r'<p\s[^>]*?\bid="([^"]*)"[^>]*>')
_ASIDE = re.compile(
    r'<p\s[^>]*\bclass="[^"]*\b(?:availability|rubric|admonition-title|topic-title|sidebar-title|caption|attribution)\b[^>]*>'
)
_PARAGRAPH = re.compile(r"<p(?:\s[^>]*)?>")
_TREE_LINE = re.compile(
    r'<li class="toctree-l(\d)[^"]*">\s*<a class="[^"]*\binternal\b[^"]*" href="([^"#]+)"[^>]*>(.*?)</a>',
    re.DOTALL,
)
_LINK = re.compile(r'<a class="[^"]*\binternal\b[^"]*"[^>]*? href="([^"]*)"')


def simplify(main: str) -> str:
    """Return the main content as it will be published: without scripts, style attributes and spans that show nothing.

    Such are `pre`, which keeps words together, and Pygments' plain names, punctuation and blanks, which have no colour.
    Widths of columns and images move from `style` to `width`, because the site's policy allows no inline style.
    """
    if "<script" in main or "<style" in main or "<template" in main:
        main = _SCRIPT.sub("", main)
    main = "".join(_PLAIN_SPAN.split(main)).replace("<pre><span></span>", "<pre>")
    if ' style="' in main:
        main = _STYLED.sub(_sized, main)
    return main.strip()


def contents_lines(markup: str) -> list[tuple[int, str, str]]:
    """Return the lines of the trees of pages in some HTML: depth, address, title."""
    return [
        (int(depth), html.unescape(href), plain_text(title))
        for depth, href, title in _TREE_LINE.findall(markup)
    ]


def tables_of_contents(body: str) -> str:
    """Return the tables of contents that stand in a page's main content, as HTML."""
    return "".join(_TOCTREE.findall(body))


def internal_links(body: str) -> list[str]:
    """Return the address of every internal link as often as it stands there; docutils marks them by their class."""
    return [html.unescape(href) if "&" in href else href for href in _LINK.findall(body)]


def addresses(body: str) -> set[str]:
    """Return every address that the body links to or shows, of pages, places and images."""
    found = {*_HREF.findall(body), *_SRC.findall(body)}
    return {html.unescape(address) if "&" in address else address for address in found}


def ids(body: str) -> list[str]:
    """Return every id of the body in order."""
    return [html.unescape(anchor) if "&" in anchor else anchor for anchor in _ID.findall(body)]


def permalinks(body: str) -> set[str]:
    """Return the ids by which the docs themselves call their sections and objects."""
    return set(map(html.unescape, _PERMALINK.findall(body)))


def outline(body: str) -> str:
    """Return the body with what tells structure: no permalinks, links, tables of contents, table cells, colours.

    What has an id stays, if only as an empty element before what it held. A paragraph that is a label and its links
    ("Source code: Lib/json/__init__.py") says nothing of its place: it becomes a `rubric`.
    """
    body = _LABEL.sub('<p class="rubric">', _MARK.sub("", body))
    if "viewcode-link" in body:
        body = _SOURCE.sub("", body)
    for mark in marks.ALL:
        body = body.replace(mark, "")
    pieces = _LITERAL.split(_TOCTREE.sub("", body))  # prose and literal blocks in turn
    pieces[::2] = [_structure(prose) for prose in pieces[::2]]
    pieces[1::2] = [_plain(block) for block in pieces[1::2]]
    return "".join(pieces)


def _structure(prose: str) -> str:
    """Return prose without inline markup and cells: an opening tag that stays needs its closing one, so none stays."""
    if '<p class="version' in prose or '<p class="deprecated' in prose:
        prose = _NOTE.sub(r"<div \1>\2</div>", prose)  # as Sphinx wrote notes until 1.7
    prose = _PLACE.sub(r'<span id="\1"></span>', prose)
    prose = _CELL.sub("\n", _INLINE.sub("", prose))
    prose = _NAMING.sub(f"{marks.NAME}\\2{marks.NAME_END}", prose)
    prose = _LEADING.sub(f"{marks.LEAD}\\1{marks.LEAD_END}", prose)
    prose = _PARAGRAPH.sub(
        marks.PARAGRAPH, _ASIDE.sub("\n", _PLACED.sub(rf'<span id="\1"></span>{marks.PARAGRAPH}', prose))
    )
    return prose.replace("</p>", marks.PARAGRAPH_END).replace(">\n<", "><")


def _sized(tag: re.Match[str]) -> str:
    name, before, style, after = tag.groups()
    width = _WIDTH.search(style) if name in _SIZED and "width=" not in before + after else None
    if not width:
        return f"<{name}{before}{after}>"
    number, unit = width.groups()
    amount = f"{number}%" if unit == "%" else str(round(float(number)))
    return f'<{name}{before} width="{amount}"{after}>'


def _plain(block: str) -> str:
    if " id=" in block:  # grammar productions are places of their own
        return block
    return f"<pre>{_TAG.sub('', block)}</pre>"


def plain_text(fragment: str) -> str:
    """Return a small fragment's text on one line."""
    return " ".join(html.unescape(_TAG.sub("", fragment)).split())
