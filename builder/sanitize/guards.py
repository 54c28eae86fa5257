"""The two sanitisers with the one policy: nh3 (html5ever and ammonia, fast) and bleach (html5lib, slow).

bleach is in its last release (6.4), nh3 is its maintained successor; both read HTML as browsers do. Nothing
else of the project imports either.
"""

from __future__ import annotations

import functools
import re
from html import unescape
from typing import TYPE_CHECKING, Any

import nh3

from builder.sanitize import policy

if TYPE_CHECKING:
    from collections.abc import Iterator

_IMAGE = re.compile(r'<img(?: [^\s=]+="[^"]*")*>')
_SRC = re.compile(r' src="([^"]*)"')
_ODD_LINK = re.compile(r' href="(?:(?!https?:|ftp:|mailto:)[^"/?#]*:|[^"/?#]*//[^"/?#]*[\[\]])')
_OWN_CLASS = re.compile(rf' class="(?:[^"]*[ \t\n\f\r])?{policy.RESERVED_CLASS}')
_OWN_CLASS_HINTS = tuple(mark + policy.RESERVED_CLASS for mark in '" \t\n\f\r')
_PRE = re.compile(r"(<pre\b[^>]*>)\n+")


def trim_pre(html: str) -> str:
    """Drop the line breaks that `pre` starts with.

    HTML readers drop the first one (HTML standard, 13.2.6.4.7) and writers don't give it back, so a second
    one would be lost at the next reading.
    """
    return _PRE.sub(r"\1", html)


def nh3_clean(html: str) -> str:
    """Return what nh3 leaves of a fragment, but for what it can't see: ask `is_plain`."""
    return trim_pre(_nh3_cleaner(strict=False).clean(html))


def nh3_clean_strictly(html: str) -> str:
    """Return what nh3 leaves of a fragment under the whole policy, at a call for each attribute."""
    return trim_pre(_nh3_cleaner(strict=True).clean(html))


def is_plain(html: str) -> bool:
    r"""Tell whether what `nh3_clean` returned has nothing that the guards may see differently.

    That is a reserved id or class, an image from elsewhere, and a link whose first part bleach could take for a scheme
    (`\u2028javascript:`, which is a relative address to nh3 and to browsers) or for a broken host.
    """
    if f' id="{policy.RESERVED_ID}' in html or _ODD_LINK.search(html):
        return False
    # The hints first: a look for a plain text costs next to nothing.
    if any(hint in html for hint in _OWN_CLASS_HINTS) and _OWN_CLASS.search(html):
        return False
    sources = (_SRC.search(image) for image in _IMAGE.findall(html)) if "<img" in html else ()
    return all(policy.is_local(unescape(source[1])) for source in sources if source)


def bleach_clean(html: str) -> str:
    """Return what bleach leaves of a fragment under the whole policy."""
    return str(_bleach_cleaner().clean(html))


@functools.cache
def _nh3_cleaner(*, strict: bool) -> nh3.Cleaner:
    values = {tag: {**policy.VALUES.get(tag, {}), "role": policy.ROLES} for tag in policy.TAGS}
    attributes = {**policy.ATTRIBUTES, "*": policy.GLOBAL_ATTRIBUTES}
    return nh3.Cleaner(
        tags=set(policy.TAGS),
        clean_content_tags=set(policy.DROPPED),
        attributes={tag: set(names) for tag, names in attributes.items()},
        tag_attribute_values={
            tag: {name: set(v) for name, v in named.items()} for tag, named in values.items()
        },
        url_schemes=set(policy.SCHEMES),
        attribute_filter=_keep_allowed if strict else None,
        # rel=noopener guards windows that a link opens; without `target` none does.
        link_rel=None,
        strip_comments=True,
    )


def _keep_allowed(tag: str, name: str, value: str) -> str | None:
    return value if policy.is_allowed(tag, name, value) else None


@functools.cache
def _bleach_cleaner() -> Any:  # noqa: ANN401 - the type would import bleach
    import bleach  # noqa: PLC0415 - takes 0.1 s, and few builds need it

    # bleach keeps the text of what it strips, so the dropped elements pass it and go, whole, after it.
    return bleach.Cleaner(
        tags=policy.TAGS | policy.DROPPED,
        attributes=policy.is_allowed,
        protocols=policy.SCHEMES,
        strip=True,
        strip_comments=True,
        filters=[_without_dropped],
    )


def _without_dropped(source: Iterator[dict[str, Any]]) -> Any:  # noqa: ANN401 - bleach's stubs want its own class
    """Yield html5lib's tokens but for those of dropped elements and what they hold."""
    depth = 0
    for token in source:
        if token["type"] in {"StartTag", "EndTag"} and token["name"] in policy.DROPPED:
            depth += 1 if token["type"] == "StartTag" else -1
        elif depth == 0:
            yield token
