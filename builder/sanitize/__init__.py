"""Make HTML safe to show: with the database reader, which gives back its own, the only maker of `SafeHtml`.

nh3 is the first guard. What it leaves as it was needs no more; what it would change goes through bleach and
then nh3 again, until neither changes anything. The result is always nh3's own writing.
"""

from __future__ import annotations

import re
from html import escape, unescape
from typing import TYPE_CHECKING

from builder.models import SafeHtml
from builder.sanitize import guards

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["by_both_guards", "by_one_guard", "sanitize"]

_SECTION = re.compile(r"(</?section\b[^>]*>)")
_OPENING = re.compile(r"<([a-zA-Z][a-zA-Z0-9]*)")
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
"""Elements that are never closed (HTML standard, 13.1.2)."""

_ROUNDS = 4
"""Real pages settle in the first round; HTML made to confuse parsers takes two or three."""

_CONTROLS = bytes({*range(0x20), 0x7F} - set(b"\t\n\r"))
_BLANKED = bytes.maketrans(_CONTROLS, b" " * len(_CONTROLS))

_NUMBERED = re.compile(r"&#\w+;")
_SPELLINGS = (
    ("&quot;", '"'),
    ("&#39;", '"'),
    ("'", '"'),
    (" />", ">"),
    ("/>", ">"),
    ("&nbsp;", "\xa0"),
    ("<tbody>", ""),
    ("</tbody>", ""),
    ("<p>", ""),
    ("</p>", ""),
    ("<colgroup>", ""),
    ("</colgroup>", ""),
)
"""Ways to write the same tree: character references, and tags that HTML readers put in by themselves."""


def sanitize(fragment: str) -> SafeHtml:
    """Return the fragment of HTML without what runs, what loads from elsewhere, and what no rule allows.

    Sanitising again gives the same HTML, and both guards accept it as it is.

    Args:
        fragment: The main content of a page, from a trusted or a hostile hand.
    """
    fragment = _without_controls(fragment)
    for way in (by_one_guard, by_sections, by_both_guards):
        clean = way(fragment)
        if clean is not None:
            return SafeHtml(clean)
    raise AssertionError("the last way always ends")


def by_one_guard(fragment: str) -> str | None:
    """Return the fragment as nh3 writes it, or None if nh3 changes more than the spelling."""
    clean = guards.nh3_clean(fragment)
    # The comparison may be loose: it only chooses the way, and either way nothing leaves but what nh3 wrote.
    same = _quick_spell(fragment) == clean.replace("&quot;", '"') or _spell(fragment) == _spell(clean)
    return clean if same and guards.is_plain(clean) else None


def by_sections(fragment: str) -> str | None:
    """Return the fragment cleaned section by section, so that one odd link costs a section's time and not a page's.

    None if the fragment can't be cut so: a part is not closed in itself, or the parts don't make a clean whole.
    """
    parts = _SECTION.split(fragment)  # what stands between section tags, and in turn with it those tags
    if len(parts) == 1 or not all(map(_is_closed, parts[::2])):
        return None
    parts[::2] = [_by_guards(part) for part in parts[::2]]
    return by_one_guard("".join(parts))


def _by_guards(part: str) -> str:
    clean = by_one_guard(part)
    return by_both_guards(part) if clean is None else clean


def _is_closed(part: str) -> bool:
    """Tell whether a part opens as many elements as it closes."""
    return sum(name.lower() not in _VOID for name in _OPENING.findall(part)) == part.count("</")


def by_both_guards(fragment: str, *, first: Callable[[str], str] = guards.bleach_clean) -> str:
    """Return what two guards leave of a fragment in turn, when neither changes it any more.

    Args:
        fragment: HTML.
        first: The guard before nh3.
    """
    for _ in range(_ROUNDS):
        clean = guards.nh3_clean_strictly(first(fragment))
        if clean == fragment:
            return clean
        fragment = clean
    # Two parsers that never agree about a fragment: show it as text rather than trust either.
    return escape(fragment, quote=False)


def _without_controls(text: str) -> str:
    """Return the text without control characters and lone surrogates: parsers disagree about them."""
    return text.encode(errors="replace").translate(_BLANKED).decode()


def _quick_spell(html: str) -> str:
    """Return what Sphinx wrote as nh3 writes it, but for quotes: right for most pages, at a fifth of the price."""
    html = html.replace("&quot;", '"').replace("&#39;", "'").replace(" />", ">").replace("\xa0", "&nbsp;")
    return _NUMBERED.sub(lambda reference: unescape(reference[0]), html) if "&#" in html else html


def _spell(html: str) -> str:
    html = guards.trim_pre(html)
    for one, other in _SPELLINGS:
        html = html.replace(one, other)
    return _NUMBERED.sub(lambda reference: unescape(reference[0]), html) if "&#" in html else html
