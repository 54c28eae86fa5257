"""Cut a page: its main content, and the few facts that stand in its head.

Cutting by text before anything is parsed makes the parser read a quarter less (measured on Python's docs); the opening
tags looked for are those of the themes that Sphinx ships and of the common others.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from itertools import accumulate, islice

from builder.errors import ParseError

_OPENINGS = tuple(
    (sign, re.compile(pattern))
    for sign, pattern in (
        ('"articleBody"', r'<(div)\b[^>]*\bitemprop="articleBody"[^>]*>'),  # Read the Docs
        ("bd-article", r'<(article)\b[^>]*\bclass="[^"]*\bbd-article\b[^>]*>'),  # pydata, sphinx-book
        ("<article", r'<(article)\b[^>]*\brole="main"[^>]*>'),  # Furo
        ('"body"', r'<(div)\b[^>]*\bclass="body"[^>]*>'),  # Sphinx's basic and all that inherit from it
        ('role="main"', r'<(div|section|article)\b[^>]*\brole="main"[^>]*>'),
        ("<main", r"<(main)\b[^>]*>"),
        ("<article", r"<(article)\b[^>]*>"),
    )
)
"""Opening tags of the main content, each with a text that must be there at all: looking for that is quick."""

_SECTION = re.compile(r'<(?:(section)\b[^<>]*\bid="|(div)\b[^<>]*\bclass="section")[^<>]*>')
"""Opening tags of the sections that docutils writes, whatever the theme."""
_CODE = re.compile(r'<h1>[^<]*</h1>\s*<(div) class="highlight">')
"""How a page of `sphinx.ext.viewcode` begins, which has no section."""

_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_LANGUAGE = re.compile(r'<html\b[^>]*?\blang="([\w-]+)"')
_NEIGHBOUR = re.compile(r'<link\b[^>]*\brel="(next|prev)"[^>]*>')
_HREF = re.compile(r'\bhref="([^"]*)"')
_ABOVE = re.compile(r'<li class="nav-item nav-item-\d+"><a href="([^"]*)"')
_CHARSET = re.compile(rb'<meta\b[^>]*\bcharset="?([\w-]+)', re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A page taken apart.

    Attributes:
        main: The inside of the element that holds the main content.
        title: What `<title>` says, without the project's name behind the dash.
        language: The page's `lang`, or "".
        previous, next: Relative addresses of the neighbours, or "".
        above: Relative addresses of the pages above it, outermost first.
        around: What stands around the main content where that holds a tree of pages, else "".
    """

    main: str
    title: str
    language: str
    previous: str
    next: str
    above: tuple[str, ...]
    around: str


def decode(path: str, raw: bytes) -> str:
    """Return the page as text.

    Raises:
        ParseError: The bytes are not in the encoding that the page names (UTF-8 where it names none).
    """
    named = _CHARSET.search(raw, 0, 2048)
    encoding = named.group(1).decode("ascii") if named else "utf-8"
    try:
        return raw.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise ParseError(
            f"the page is not valid {encoding.upper()} ({error})", where=path, todo="Build these docs again."
        ) from error


def cut(path: str, text: str) -> Cut | None:
    """Cut a page's main content out; return None for a page that has none (a redirect stub, a bare template).

    Raises:
        ParseError: The page ends in the middle of its main content.
    """
    bounds = _bounds(path, text)
    if bounds is None:
        return None
    start, end = bounds
    head = text[:start]
    around = head + text[end:]
    neighbours = {found.group(1): _href(found.group()) for found in _NEIGHBOUR.finditer(head)}
    language = _LANGUAGE.search(head)
    return Cut(
        main=text[start:end],
        title=_title(head),
        language=language.group(1) if language else "",
        previous=neighbours.get("prev", ""),
        next=neighbours.get("next", ""),
        above=tuple(html.unescape(href) for href in _ABOVE.findall(head)),
        around=around if "toctree-l1" in around else "",
    )


def _bounds(path: str, text: str) -> tuple[int, int] | None:
    """Return where the main content starts and ends."""
    for sign, pattern in _OPENINGS:
        found = pattern.search(text) if sign in text else None
        if found:
            return found.end(), _closing(path, text, found)
    return _sections(path, text)


def _sections(path: str, text: str) -> tuple[int, int] | None:
    """Return where the outermost sections start and end: the main content in a theme that has names of its own."""
    first = _SECTION.search(text) or _CODE.search(text)
    if first is None:
        return None
    depth, end = 1, 0
    for tag in re.finditer(rf"<(/?){first[first.lastindex or 1]}\b", text[first.end() :]):
        place = first.end() + tag.start()
        if depth == 0 and (text[end:place].strip() or not _SECTION.match(text, place)):
            break
        depth += -1 if tag[1] else 1
        if depth == 0:
            end = text.find(">", place) + 1 or len(text)
    if depth:
        raise _ends_early(path)
    return first.start(), end


def _closing(path: str, text: str, opening: re.Match[str]) -> int:
    tag = re.compile(rf"<(/?){opening.group(1)}\b")
    depths = list(accumulate(map({"": 1, "/": -1}.__getitem__, tag.findall(text, opening.end())), initial=1))
    if 0 not in depths:
        raise _ends_early(path)
    return next(islice(tag.finditer(text, opening.end()), depths.index(0) - 1, None)).start()


def _ends_early(path: str) -> ParseError:
    todo = "Fetch or build these docs again."
    return ParseError("the page ends in the middle of its main content", where=path, todo=todo)


def _title(head: str) -> str:
    found = _TITLE.search(head)
    if not found:
        return ""
    title = " ".join(html.unescape(found.group(1)).split())
    return re.split(r" [—–] (?!.* [—–] )", title)[0]


def _href(tag: str) -> str:
    found = _HREF.search(tag)
    return html.unescape(found.group(1)) if found else ""
