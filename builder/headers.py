"""The HTTP headers of the static site and the rule that leads to the API, for every host that serves them.

A build writes them into the site as `_headers`, which Netlify and Cloudflare Pages read, and `livedocs serve` sends the
same. No header is set by two rules that meet, because hosts differ in what they do then.

Over HTTP/2, which hosts of static sites speak, a header that every reply repeats costs a byte or two. `livedocs serve`
speaks HTTP/1.1, where they outweigh most files of the search index; it sends what only documents heed with what may be
opened as a document, and not with the parts of a page.

`Cross-Origin-Opener-Policy` is left out: browsers begin another process for a page that has it once its first bytes are
there, which a first visit waits for, to keep other windows from what it holds. Nobody signs in here; it is all public.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from builder.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

_POLICY = (
    "default-src 'none'; script-src {scripts}; style-src {styles}; "
    # Icons in our own style sheets may be data; pictures from elsewhere don't pass the sanitiser.
    "img-src 'self' data:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_POLICY_NAME = "Content-Security-Policy"

REVALIDATED = "public, max-age=0, must-revalidate"
"""How a file without a rule of its own is cached; content delivery networks do so by themselves."""

_IMMUTABLE = {"Cache-Control": "public, max-age=31536000, immutable"}

HEADER_RULES: dict[str, dict[str, str]] = {
    "/*": {
        _POLICY_NAME: _POLICY.format(scripts="'self'", styles="'self'"),
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Strict-Transport-Security": "max-age=31536000",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    },
    # Names with the hash of what the file holds: a change is a new name.
    "/assets/*": _IMMUTABLE,
    "/:docset/:version/_search/:hash/*": _IMMUTABLE,
}
"""Path pattern to headers. `*` at a pattern's end stands for anything, `:name` for one segment."""

_OWN_PARTS = "/assets/*"
_INDEX = "/:docset/:version/_search/*"
_INDEX_TYPES = (".bin", ".json")
"""Where the parts of pages are: our own, and those of the index, whose names end so that none opens as a document."""

_HEEDED_ANYWHERE = frozenset({"cache-control", "x-content-type-options"})

API_PREFIX = "/api"
"""Where the site's own address leads to the API."""


def header_file(scripts: Iterable[str], styles: Iterable[str]) -> str:
    """Return the `_headers` file of a site.

    Args:
        scripts: Sources of scripts that the policy allows beside the site's own files: `'sha256-...'`.
        styles: The same of styles.
    """
    policy = _POLICY.format(scripts=" ".join(("'self'", *scripts)), styles=" ".join(("'self'", *styles)))
    lines = []
    for pattern, values in HEADER_RULES.items():
        lines.append(pattern)
        lines += (f"  {name}: {policy if name == _POLICY_NAME else value}" for name, value in values.items())
    return "\n".join(lines) + "\n"


def policy_in(file: str) -> str:
    """Return the content security policy that a `_headers` file holds; that without exceptions where it has none."""
    found = re.search(rf"^ +{_POLICY_NAME}: (.*)$", file, re.MULTILINE)
    return found[1] if found else HEADER_RULES["/*"][_POLICY_NAME]


def headers_for(path: str, policy: str = "") -> dict[str, str]:
    """Return the headers of a file of the site, names in lower case.

    Args:
        path: The path of its URL, with a slash in front.
        policy: The site's content security policy; "" for that without exceptions.
    """
    headers = {"cache-control": REVALIDATED}
    for pattern, values in HEADER_RULES.items():
        if _matches(pattern, path):
            headers |= {name.lower(): value for name, value in values.items()}
    if _matches(_OWN_PARTS, path) or (path.endswith(_INDEX_TYPES) and _matches(_INDEX, path)):
        return {name: value for name, value in headers.items() if name in _HEEDED_ANYWHERE}
    return headers | ({_POLICY_NAME.lower(): policy} if policy else {})


def proxied_api(api_url: str) -> str:
    """Return the API's address as pages use it: the site's own, since the policy lets forms go nowhere else."""
    return API_PREFIX if api_url else ""


def proxy_rules(api_url: str) -> str:
    """Return the `_redirects` file of a site whose API stands at another host; "" for one that has none.

    The file makes `/api/...` of the site answer with what that host answers, so that pages need no other origin.
    Netlify and Cloudflare Pages read it; `netlify.toml` can't hold the rule, because it knows no variables.

    Args:
        api_url: The address of the Datasette host: `https://docs-api.example.org`.

    Raises:
        UsageError: It is not an `https:` address, or would end the line that it stands in.
    """
    if not api_url or api_url.startswith("/"):
        return ""
    if not api_url.startswith(("https://", "http://")) or any(mark.isspace() for mark in api_url):
        raise UsageError(
            "the API's address is not one that a host can pass requests to",
            where=api_url,
            todo="Set LIVEDOCS_API_URL to an address such as https://docs-api.example.org.",
        )
    return f"{API_PREFIX}/* {api_url.rstrip('/')}/:splat 200\n"


def _matches(pattern: str, path: str) -> bool:
    wanted, given = pattern.split("/"), path.split("/")
    if wanted[-1] == "*":
        wanted, given = wanted[:-1], given[: len(wanted) - 1] if len(given) >= len(wanted) else []
    return len(wanted) == len(given) and all(
        segment == one or (segment.startswith(":") and one)
        for segment, one in zip(wanted, given, strict=True)
    )
