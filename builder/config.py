"""Read `livedocs.toml`: what to build, where to, and the public addresses."""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from builder.errors import SourceError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE_NAME = "livedocs.toml"
ENV_FILE = ".env"
ENVIRONMENTS = ("development", "production")
"""What `LIVEDOCS_ENV` may say; the first is meant where it says nothing."""

_KEYS = {"output", "base_url", "api_url", "title", "database_url", "replicas"}
_ADDRESS = re.compile(
    r"https?://(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)*\.?|\[[0-9A-Fa-f:.]+\])(?::\d+)?"
    r"(?:/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?"
)
"""A host in letters that travel (names in other scripts as `xn--`), perhaps a port and a path; no user, no blanks."""

_ENV_LINE = re.compile(
    r"(?:export\s+)?(?P<name>[A-Za-z_]\w*)\s*=\s*(?:(?P<mark>[\"'])(?P<quoted>.*)(?P=mark)|(?P<plain>[^\"'].*|))"
)

_FORMS = {
    "slug": (re.compile(r"[a-z0-9][a-z0-9_-]*"), "small letters, digits, - and _"),
    "version": (re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*"), "letters, digits, and . _ + -"),
    "language": (re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*"), "language tags such as en or pt-BR"),
}
"""What may stand in a URL, and a BCP 47 tag, each with its words for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSetting:
    """One `[[sources]]` table. Empty texts mean: as the docs themselves say.

    Attributes:
        source: A folder, an archive, or an https address.
        slug: The docset's name in URLs.
        version: Its version in URLs.
        name: Its name for people.
        language: A BCP 47 tag.
        canonical: Where these docs are officially published, with a slash at its end.
        answers: A file of curated answers (see `search_index.asked`).
    """

    source: str
    slug: str = ""
    version: str = ""
    name: str = ""
    language: str = ""
    canonical: str = ""
    answers: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What `livedocs.toml` and the environment say.

    Attributes:
        sources: What to build, in this order; none means Python's docs.
        output: The folder that `build` writes.
        base_url: The public address of the site without a slash at its end, "" where unknown.
        api_url: The address of the Datasette host, without a slash at its end, "" for the site's own.
        title: The site's title, "" for the usual one.
        database_url: A PostgreSQL database that answers searches, "" for the file that `build` writes.
        replicas: Read replicas of it.
    """

    sources: tuple[SourceSetting, ...] = ()
    output: Path = Path("output")
    base_url: str = ""
    api_url: str = ""
    title: str = ""
    database_url: str = field(default="", repr=False)
    replicas: tuple[str, ...] = field(default=(), repr=False)


def load_settings(folder: Path, environ: Mapping[str, str]) -> Settings:
    """Return the settings of a folder; without a `livedocs.toml` those of none.

    Relative paths in the file are relative to the folder. A table named by `LIVEDOCS_ENV`, such as `[production]`
    (without it `[development]`), wins over what stands above it, and `LIVEDOCS_BASE_URL`, `LIVEDOCS_API_URL` and
    `LIVEDOCS_DATABASE_URL` of the environment win over both.

    Raises:
        UsageError: The file is not TOML, or says something that is not understood.
    """
    table = _choose(_read(folder / FILE_NAME), environ.get("LIVEDOCS_ENV", "") or ENVIRONMENTS[0])
    overrides = {"base_url": "LIVEDOCS_BASE_URL", "api_url": "LIVEDOCS_API_URL"}
    addresses = {
        key: _address(environ[name], name)
        if name in environ
        else _address(_text(table, key), f"{FILE_NAME}: {key}")
        for key, name in overrides.items()
    }
    return Settings(
        sources=_sources(table, folder),
        output=folder / Path(_text(table, "output") or "output").expanduser(),
        title=_text(table, "title"),
        database_url=environ.get("LIVEDOCS_DATABASE_URL", "") or _text(table, "database_url"),
        replicas=tuple(environ.get("LIVEDOCS_DATABASE_REPLICAS", "").split()) or _texts(table, "replicas"),
        **addresses,
    )


def _choose(table: Mapping[str, object], environment: str) -> Mapping[str, object]:
    """Return the settings of an environment: its own table over what stands outside of all.

    Raises:
        UsageError: There is no such environment, or something in the file means nothing.
    """
    if environment not in ENVIRONMENTS:
        raise UsageError(
            f"there is no environment {environment!r}",
            where="LIVEDOCS_ENV",
            todo=f"Known: {', '.join(ENVIRONMENTS)}.",
        )
    _check_keys(table, _KEYS | {"sources", *ENVIRONMENTS}, "")
    for name in ENVIRONMENTS:
        own = table.get(name, {})
        if not isinstance(own, dict):
            raise _wrong(name, "must be a table", f"Write it as [{name}].")
        _check_keys(own, _KEYS, f"{name}.")
    chosen = table.get(environment, {})
    return {**table, **chosen} if isinstance(chosen, dict) else table


def read_environment(folder: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment and what a folder's `.env` file adds to it.

    The file holds `NAME=value` lines, comments after `#`, and quotes around a value where one likes.

    Raises:
        UsageError: It can't be read, or a line is no such line. The message does not repeat the line.
    """
    path = folder / ENV_FILE
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            "this can't be read", where=path, todo="Save it as UTF-8, readable for you."
        ) from error
    found = {}
    for number, line in enumerate(lines, 1):
        match = _ENV_LINE.fullmatch(line.strip())
        if line.strip() and not line.lstrip().startswith("#"):
            if not match:
                raise UsageError(
                    "this line is no setting", where=f"{path}:{number}", todo="Write NAME=value."
                )
            found[match["name"]] = match["quoted"] if match["quoted"] is not None else match["plain"]
    return {**found, **environ}


def cache_folder(environ: Mapping[str, str]) -> Path:
    """Return the folder for downloads and unpacked docs, made if it is not there.

    It is `$LIVEDOCS_CACHE`, else `livedocs` in `$XDG_CACHE_HOME` (XDG Base Directory Specification), else
    in `~/.cache`.

    Raises:
        SourceError: It can't be made or written to.
    """
    folder = _cache_folder(environ)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _no_cache(folder, error.strerror or str(error)) from error
    if not os.access(folder, os.W_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids):
        raise _no_cache(folder, "you may not write there")
    return folder


def _cache_folder(environ: Mapping[str, str]) -> Path:
    """Return where the cache should be."""
    if own := environ.get("LIVEDOCS_CACHE"):
        return Path(own).expanduser().absolute()
    shared = environ.get("XDG_CACHE_HOME", "")
    if Path(shared).is_absolute():  # the specification tells to ignore relative ones
        return Path(shared) / "livedocs"
    home = environ.get("HOME") or str(Path("~").expanduser())
    return Path(home) / ".cache" / "livedocs"


def _no_cache(folder: Path, reason: str) -> SourceError:
    """Return the error for a cache folder that is of no use."""
    return SourceError(
        f"the cache folder can't be used: {reason[0].lower()}{reason[1:]}",
        where=folder,
        todo="Set LIVEDOCS_CACHE to a folder that you may write to.",
    )


def _read(path: Path) -> dict[str, object]:
    """Return what a TOML file holds, nothing where there is none.

    Raises:
        UsageError: It can't be read.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"this is not TOML: {error}", where=path, todo="Mend that line.") from error
    except UnicodeDecodeError as error:
        raise UsageError("this is not UTF-8", where=path, todo="Save it as UTF-8.") from error
    except OSError as error:
        raise UsageError(
            f"this can't be read: {error.strerror}", where=path, todo="Change its permissions."
        ) from error


def _sources(table: Mapping[str, object], folder: Path) -> tuple[SourceSetting, ...]:
    """Return the `[[sources]]` tables.

    Raises:
        UsageError: One is not understood.
    """
    tables = table.get("sources", [])
    if not isinstance(tables, list) or not all(isinstance(each, dict) for each in tables):
        raise _wrong("sources", "must be tables", "Write each as [[sources]] with a line `source = ...`.")
    return tuple(_source(each, f"sources[{number}].", folder) for number, each in enumerate(tables))


def _source(table: Mapping[str, object], front: str, folder: Path) -> SourceSetting:
    """Return one `[[sources]]` table; `front` stands before its keys in messages."""
    _check_keys(table, {"source", "slug", "version", "name", "language", "canonical", "answers"}, front)
    source = _text(table, "source", front)
    if not source:
        raise _wrong(f"{front}source", "is missing", "Give a folder, an archive or an https address.")
    answers = _text(table, "answers", front)
    canonical = _address(_text(table, "canonical", front), f"{FILE_NAME}: {front}canonical")
    return SourceSetting(
        source=source if "://" in source else str(folder / Path(source).expanduser()),
        slug=_matching(table, "slug", front),
        version=_matching(table, "version", front),
        name=_text(table, "name", front),
        language=_matching(table, "language", front),
        canonical=f"{canonical}/" if canonical else "",
        answers=str(folder / Path(answers).expanduser()) if answers else "",
    )


def _check_keys(table: Mapping[str, object], allowed: set[str], front: str) -> None:
    """Raise a `UsageError` for a key that means nothing."""
    for key in table:
        if key not in allowed:
            raise _wrong(f"{front}{key}", "is not a setting", f"Allowed are {', '.join(sorted(allowed))}.")


def _text(table: Mapping[str, object], key: str, front: str = "") -> str:
    """Return a setting that is a text, "" where it is not set."""
    value = table.get(key, "")
    if not isinstance(value, str):
        raise _wrong(f"{front}{key}", f"must be a text, not {_type_name(value)}", f'Write {key} = "...".')
    return value.strip()


def _texts(table: Mapping[str, object], key: str) -> tuple[str, ...]:
    """Return a setting that is a list of texts."""
    values = table.get(key, [])
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise _wrong(key, "must be a list of texts", f'Write {key} = ["...", "..."].')
    return tuple(value.strip() for value in values)


def _matching(table: Mapping[str, object], key: str, front: str) -> str:
    """Return a setting that is a text of a certain form, "" where it is not set."""
    value = _text(table, key, front)
    form, allowed = _FORMS[key]
    if value and not form.fullmatch(value):
        raise _wrong(f"{front}{key}", f"can't be {value!r}", f"Allowed are {allowed}.")
    return value


def _address(value: str, where: str) -> str:
    """Return an http address without a slash at its end, or ""."""
    plain = value.strip().rstrip("/")
    if not plain:
        return ""
    try:
        parts = urlsplit(plain)
        good = parts.scheme in {"http", "https"} and not (parts.query or parts.fragment or "?" in plain)
        good = good and bool(_ADDRESS.fullmatch(plain)) and (parts.port is None or parts.port > 0)
    except ValueError:
        good = False
    if not good:
        raise UsageError(
            f"{value!r} is not the address of a site",
            where=where,
            todo="Write it like https://docs.example.org.",
        )
    return plain


def _type_name(value: object) -> str:
    """Return what TOML calls a value's type."""
    names: tuple[tuple[type | tuple[type, ...], str], ...] = (
        (bool, "a boolean"),
        ((int, float), "a number"),
        (list, "an array"),
        (dict, "a table"),
    )
    return next((name for kind, name in names if isinstance(value, kind)), "a date")


def _wrong(key: str, what: str, todo: str) -> UsageError:
    """Return the error for a setting."""
    return UsageError(what, where=f"{FILE_NAME}: {key}", todo=todo)
