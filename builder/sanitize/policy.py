"""What HTML may stay: the one allow-list that both guards (`builder.sanitize.guards`) enforce.

It keeps what Sphinx 1.8 to 9.2 and the common themes write for readers, and nothing that runs, loads from
elsewhere, asks for input, or takes part in the page's own interface. Attributes that do nothing but stand on
every page of a common theme (microdata of Read the Docs' theme, table rules of docutils 0.14) stay as well: a
page that needs nothing removed never meets the slow guard.
"""

from __future__ import annotations

import re

RESERVED_ID = "ld--"
"""Ids of the site's own elements start with this; docutils writes no two hyphens, so content keeps all of its ids."""

RESERVED_CLASS = "ld-"
"""Classes of the site's own frame start with this, so that no content can look like it."""

TAGS = frozenset(
    """
    address article aside blockquote br center details div figcaption figure footer header hr nav p pre
    section summary h1 h2 h3 h4 h5 h6
    dd dl dt li ol ul
    caption col colgroup table tbody td tfoot th thead tr
    a abbr acronym b bdi bdo big cite code del dfn em i img ins kbd label mark q rp rt ruby s samp small span
    strike strong sub sup time tt u var wbr
    """.split()
)
"""Elements that stay. Of any other the text stays, save that of `DROPPED`."""

DROPPED = frozenset({"iframe", "noembed", "noframes", "noscript", "script", "style", "template", "title"})
"""Elements that go with everything inside: it is code, or shows only where the element isn't understood."""

SCHEMES = frozenset({"http", "https", "mailto", "ftp"})
"""Where a link may lead; relative addresses may stand too."""

GLOBAL_ATTRIBUTES = frozenset(
    """
    class id title lang dir itemprop itemscope itemtype
    aria-current aria-describedby aria-hidden aria-label aria-labelledby aria-level
    """.split()
)

_ALIGN = frozenset({"align", "valign"})
_COLUMN = _ALIGN | {"span", "width"}
_CELL = _ALIGN | {"abbr", "colspan", "headers", "rowspan", "width"}

ATTRIBUTES = {
    "a": frozenset({"href", "download"}),
    "col": _COLUMN,
    "colgroup": _COLUMN,
    "del": frozenset({"datetime"}),
    "details": frozenset({"open"}),
    "div": frozenset({"align"}),
    "img": frozenset({"src", "alt", "width", "height", "align"}),
    "ins": frozenset({"datetime"}),
    "li": frozenset({"value"}),
    "ol": frozenset({"start", "reversed"}),
    "p": frozenset({"align"}),
    "table": frozenset(
        {"align", "border", "cellpadding", "cellspacing", "frame", "rules", "summary", "width"}
    ),
    "tbody": _ALIGN,
    "td": _CELL,
    "tfoot": _ALIGN,
    "th": _CELL,
    "thead": _ALIGN,
    "time": frozenset({"datetime"}),
    "tr": _ALIGN,
}

ROLES = frozenset(
    """
    article cell columnheader definition figure group heading img list listitem math navigation none note
    paragraph presentation region row rowgroup rowheader separator table term
    doc-backlink doc-biblioentry doc-bibliography doc-biblioref doc-endnote doc-endnotes doc-example
    doc-footnote doc-glossary doc-noteref doc-tip doc-toc
    """.split()
)
"""Roles of a document (WAI-ARIA 1.2 section 5.3.3, DPUB-ARIA). No widget: those are the site's own."""

VALUES = {
    "img": {"loading": frozenset({"lazy", "eager"})},
    "li": {"type": frozenset("1aAiI")},
    "ol": {"type": frozenset("1aAiI")},
    "th": {"scope": frozenset({"col", "row", "colgroup", "rowgroup"})},
}
"""Attributes that may stand with these values only; `role` on every element is one more (`ROLES`)."""

_OWN_CLASS = re.compile(rf"(?:^|[ \t\n\f\r]){RESERVED_CLASS}")
_LOCAL = re.compile(r"(?!\s)(?!/[/\\])(?![^/?#]*:)[^\x00-\x1f\\]+")


def is_local(url: str) -> bool:
    """Tell whether a browser reads an address as a place on this site: no scheme, no host."""
    return _LOCAL.fullmatch(url) is not None


def is_allowed(tag: str, name: str, value: str) -> bool:
    """Tell whether an attribute may stand; the scheme of a link is checked by the guards themselves.

    Images come from the site alone, so that reading a page tells nobody else about it.

    Args:
        tag: An element of `TAGS`, in lower case.
        name: The attribute's name, in lower case.
        value: Its value, without character references.
    """
    if name == "id":
        return not value.startswith(RESERVED_ID)
    if name == "class":
        return _OWN_CLASS.search(value) is None
    if name == "role":
        return value in ROLES
    if tag == "img" and name == "src":
        return is_local(value)
    if name in GLOBAL_ATTRIBUTES or name in ATTRIBUTES.get(tag, ()):
        return True
    return value in VALUES.get(tag, {}).get(name, ())
