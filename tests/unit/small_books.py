"""Docsets of a few pages, parsed from Sphinx's markup and put together, for tests of what comes after parsing."""

# ruff: noqa: E501  # real markup stands as it is

from __future__ import annotations

import zlib

from markup_samples import PAGE

from builder.assemble import Assembled, Book, assemble
from builder.models import Docset, IndexEntry, ParsedPage
from builder.parse import parse_page

METHOD = """<dl class="py class"><dt class="sig sig-object py" id="m.A"><span class="sig-name descname">m.A</span></dt>
<dd><p>A class.</p><dl class="py method"><dt class="sig sig-object py" id="m.A.b"><span class="sig-name descname">b</span></dt>
<dd><p>A method.</p>
<div class="versionadded"><p><span class="versionmodified added">New in version 3.2: </span>x</p></div>
<div class="versionchanged"><p><span class="versionmodified changed">Changed in version 3.3: </span>x</p></div>
<div class="versionchanged"><p><span class="versionmodified changed">Changed in version 3.4: </span>x</p></div>
<ul><li><p>c</p><div class="deprecated"><p><span class="versionmodified deprecated">Deprecated since version 3.9.</span></p></div></li></ul>
</dd></dl></dd></dl>"""


def toc(*lines: tuple[int, str]) -> str:
    """Return a table of contents: depth and address of each line."""
    items = "".join(
        f'<li class="toctree-l{depth}"><a class="reference internal" href="{href}">{href}</a></li>'
        for depth, href in lines
    )
    return f'<div class="toctree-wrapper compound"><ul>{items}</ul></div>'


def page(path: str, body: str, *, after: str = "", before: str = "") -> ParsedPage:
    """Return a parsed page with a heading and some content, and what stands around it."""
    link = f'<link rel="next" title="x" href="{after}" />' if after else ""
    text = PAGE.format(body=f'<section id="{path[0]}"><h1>{path}</h1>{body}</section>')
    text = text.replace("</head>", f"{link}</head>").replace(
        '<div class="document">', f'{before}<div class="document">'
    )
    found = parse_page(path, text.encode(), {})
    assert found is not None
    return found


def pages(*listed: ParsedPage) -> dict[str, ParsedPage]:
    """Return pages by path."""
    return {one.path: one for one in listed}


def book(
    *listed: ParsedPage,
    number: int = 2,
    slug: str = "small",
    index: tuple[IndexEntry, ...] = (),
    **synopses: str,
) -> Assembled:
    """Return pages put together into a docset; `synopses` says what a module of `a.html` is for."""
    return assemble(
        Book(
            docset=Docset(slug=slug, name="Small", version="1"), number=number, canonical="", fingerprint="f",
            pages=pages(*listed), html={one.path: zlib.compress(one.body.encode()) for one in listed},
            digests={one.path: "d" for one in listed}, index=index,
            synopses={("a.html", anchor.replace("_", "-")): text for anchor, text in synopses.items()},
            files={"_images/x.png": b"png"},
        )
    )  # fmt: skip
