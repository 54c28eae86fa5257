"""Put into the site's first page what it would fetch before it can answer: its styles, its scripts, the index's root.

On a phone's line a new connection costs two journeys there and back before its first byte; one larger page costs a
few milliseconds, and its parts compress better together. The icon comes along too: its fetch would take a connection
from the first key. Other pages share their parts as files, which a browser keeps.

The content security policy allows scripts and styles inside a page by their hashes (CSP level 3, 8.5).
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import quote

from builder.render.assets import MAIN, STYLES

if TYPE_CHECKING:
    from builder.render.assets import Assets

THEME = "js/theme.js"
ICON = "icons/livedocs.svg"
_AS_IT_IS = " '(),/:;="
"""What need not be written by its number in an address that stands between double quotes."""


def carrying(page: str, assets: Assets, index: str, root: str) -> str:
    """Return a page of the site's root with its styles, its scripts and the root of an index inside.

    Args:
        page: The page as it is rendered, with links to all of them.
        assets: The site's assets.
        index: The address of the index as the page names it, with a slash at its end.
        root: What `root.json` of the index says.
    """
    styles, theme, main = _carried(assets)
    # A script's end can't stand in its text; in JSON a mark may also be written by its number.
    said = root.replace("<", r"\u003c")
    brought = f'<script type="application/json" data-index="{index}">{said}</script>\n'
    changes = {
        f'<script src="./{assets.url(THEME)}"></script>': f"<script>{theme}</script>",
        f'<link rel="stylesheet" href="./{assets.url(STYLES)}">': f"<style>{styles}</style>",
        f'<script type="module" src="./{assets.url(MAIN)}"></script>\n': "",
        f'<link rel="preload" as="fetch" crossorigin href="{index}root.json">\n': "",
        f'<link rel="icon" href="./{assets.url(ICON)}">': f'<link rel="icon" href="{_address(assets, ICON)}">',
        "</body>": f'{brought}<script type="module">{main}</script>\n</body>',
    }
    for named, inside in changes.items():
        before, found, after = page.rpartition(named)
        if not found:
            raise ValueError(named)
        page = before + inside + after
    return page


def allowed(assets: Assets) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the sources of scripts and those of styles that the policy has to allow beside the site's own files."""
    styles, theme, main = _carried(assets)
    return (_source(theme), _source(main)), (_source(styles),)


def _carried(assets: Assets) -> tuple[str, str, str]:
    files = assets.files
    styles, theme = (files[assets.url(path)].decode().strip() for path in (STYLES, THEME))
    return styles, theme, assets.whole[MAIN]


def _address(assets: Assets, drawing: str) -> str:
    """Return a drawing as an address that holds it (RFC 2397)."""
    text = assets.files[assets.url(drawing)].decode().strip()
    shorter = text.replace('"', "'")  # the same to XML
    return f"data:image/svg+xml,{quote(shorter, safe=_AS_IT_IS)}"


def _source(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
