"""Find out at which address the archive of a version of Python's docs is.

docs.python.org serves the newest stable version under `/3/` and each version under `/3.13/`. The page
`download.html` of each names its archives: `archives/python-3.13-docs-html.zip`, or as before 2025
`archives/python-3.13.5-docs-html.zip`.
"""

from __future__ import annotations

import re
from urllib.parse import urljoin

from builder.errors import FetchError, NotFoundError
from builder.source.connection import ask, unreachable
from builder.source.tree import INVENTORY, inventory_version

_FORMATS = ("zip", "tar.bz2", "tar.xz", "tar.gz")
"""The best first: zip unpacks in a third of the time that bzip2 needs, which outweighs its larger size."""
_ARCHIVE_LINK = re.compile(
    r"""href\s*=\s*["']?([^"'\s>]*python-(\d+(?:\.\d+)+[a-z0-9]*)-docs-html\.(zip|tar\.bz2|tar\.xz|tar\.gz))["'\s>]""",
    re.IGNORECASE,
)
_VERSION_LINK = re.compile(r"""href\s*=\s*["']?[^"'\s>]*/(\d+\.\d+)/["'\s>]""", re.IGNORECASE)
_MAX_PAGE = 4 * 1024**2


def find_archives(wanted: str | None, base_url: str) -> list[str]:
    """Return the addresses where the archive may be, the best first.

    Raises:
        NotFoundError: docs.python.org has no such version.
    """
    minor = ".".join(wanted.split(".")[:2]) if wanted else "3"
    try:
        address, page = _read(f"{base_url}/{minor}/download.html")
    except NotFoundError as error:
        if wanted is None:
            raise
        raise no_such_version(wanted, base_url) from error
    patch = wanted if wanted and wanted.count(".") == 2 else None
    named = [url for version, url in _named(address, page) if patch in {None, version}]
    return named or _guessed(patch or (wanted or _newest(base_url)), minor, base_url)


def _named(address: str, page: str) -> list[tuple[str, str]]:
    """Return version and address of each archive that a page links to, the best first."""
    links = {
        (version, _FORMATS.index(kind.lower()), urljoin(address, link))
        for link, version, kind in _links(page)
    }
    ordered = sorted(links, key=lambda link: (_numbers(link[0]), -link[1], link[2]), reverse=True)
    return [(version, url) for version, _, url in ordered]


def _links(page: str) -> list[tuple[str, str, str]]:
    """Return link, version and format of each archive that a page links to."""
    return [(found[1], found[2], found[3]) for found in _ARCHIVE_LINK.finditer(page)]


def _numbers(version: str) -> tuple[int, ...]:
    """Return the numbers of a version, to sort by."""
    return tuple(int(number) for number in re.findall(r"\d+", version))


def _guessed(version: str, minor: str, base_url: str) -> list[str]:
    """Return where the archive of a version stands by custom, for pages that do not link to it."""
    name = f"python-{version}-docs-html"
    folders = (f"{base_url}/{minor}/archives", f"{base_url}/ftp/python/doc/{version}")
    return [f"{folder}/{name}.{kind}" for folder in folders for kind in _FORMATS[:2]]


def _newest(base_url: str) -> str:
    """Return the newest stable version, as its inventory names it."""
    _, text = _read(f"{base_url}/3/{INVENTORY}")
    return inventory_version(text[:1000].encode()) or "3"


def _read(url: str) -> tuple[str, str]:
    """Return the address, after redirects, and the text of a page."""
    with ask(url) as response:
        try:
            return response.url, response.read(_MAX_PAGE).decode("utf-8", "replace")
        except OSError as error:
            raise unreachable(url, error) from error


def no_such_version(wanted: str | None, base_url: str) -> NotFoundError:
    """Return the error for a version without docs, naming those that have some."""
    try:
        _, page = _read(f"{base_url}/3/")
    except FetchError:
        page = ""
    versions = sorted(set(_VERSION_LINK.findall(page)), key=_numbers, reverse=True)
    known = f" It has {', '.join(versions)}." if versions else ""
    return NotFoundError(
        f"there is no archive of the docs of Python {wanted or '3'}",
        where=base_url,
        todo=f"Choose another --version.{known}",
    )
