"""A docset and where its documentation comes from, and what tells of progress."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Docset:
    """One documentation set in one version.

    Attributes:
        slug: Its name in URLs: `python`.
        name: Its name for people: `Python`.
        version: As in URLs: `3.11`.
        language: A BCP 47 tag: `en`, `ja`.
        origin: Where it came from, for people: `python3.11-doc 3.11.2-6 (apt)`.
    """

    slug: str
    name: str
    version: str
    language: str = "en"
    origin: str = ""

    @property
    def prefix(self) -> str:
        """Return the docset's folder in the site, with slashes on both ends: `/python/3.11/`."""
        return f"/{self.slug}/{self.version}/"

    @property
    def age(self) -> tuple[tuple[int, str], ...]:
        """Return what versions of the same docs are sorted by, the oldest first; words come before numbers."""
        parts = self.version.split(".")
        return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTree:
    """A folder of Sphinx-built HTML, ready to be read.

    Attributes:
        root: The folder that holds `objects.inv` (or `index.html`, where there is no inventory).
        origin: What was taken and from where, for people.
        slug: The docset's slug where the source or the configuration names it, else "".
        version: The docset's version where the source or the configuration names it, else "".
        canonical: The address where these docs are officially published, with a slash at its end, else "".
    """

    root: Path
    origin: str
    slug: str = ""
    version: str = ""
    canonical: str = ""


@dataclass(frozen=True, slots=True)
class SafeHtml:
    """HTML that `sanitize` let through; the only HTML that templates show unescaped.

    Attributes:
        html: A fragment of the body of a page.
    """

    html: str

    def __html__(self) -> str:
        """Return the markup; this is the protocol that Jinja2's autoescape knows."""
        return self.html


Progress: TypeAlias = "Callable[[str, int, int], None]"
"""Called as `progress(step, done, total)`; `total` is 0 where it isn't known."""
