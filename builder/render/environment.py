"""The Jinja2 environment: autoescape always on, a missing name always an error; where the templates are."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from builder.errors import PublishError


def templates_folder() -> Path:
    """Return the folder of the templates: inside the installed package, or beside it in a checkout.

    Raises:
        PublishError: It is in neither place.
    """
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "site_templates", package.parent / "site_templates"):
        if (folder / "base.html").is_file():
            return folder
    raise PublishError("the templates are missing", where=package, todo="Install livedocs again.")


def make_environment(folder: Path) -> Environment:
    """Return the environment that renders the templates of `folder`.

    Only a value with `__html__` goes unescaped; outside Jinja2 itself that is `SafeHtml` alone.
    """
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.filters["href"] = href
    environment.filters["thousands"] = thousands
    return environment


@lru_cache(maxsize=65536)
def href(path: str) -> str:
    """Return an upstream path or an anchor as it stands in an address (RFC 3986, percent-encoded)."""
    return quote(path, safe="/:@!$&'()*+,;=~")


def thousands(number: int) -> str:
    """Return a number with its thousands set apart: `15,406`."""
    return f"{number:,}"
