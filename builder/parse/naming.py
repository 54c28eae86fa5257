"""Name described objects: their kind in words, their full name from signature, ids and inventory."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.parse.inventory import Named

_LANGUAGES = {
    "c": "C",
    "cpp": "C++",
    "js": "JavaScript",
    "php": "PHP",
    "rst": "reST",
    "rb": "Ruby",
    "go": "Go",
}
_KINDS = {
    "classmethod": "class method",
    "staticmethod": "static method",
    "decoratormethod": "decorator method",
    "cmdoption": "command-line option",
    "option": "command-line option",
    "envvar": "environment variable",
    "term": "glossary term",
    "token": "grammar token",
    "pdbcommand": "debugger command",
    "var": "variable",
    "confval": "configuration value",
    "functionparam": "parameter",
}
_OLD_ROLES = frozenset(
    "function method classmethod staticmethod class exception attribute data decorator module property".split()
)
_NOT_DESCRIBED = frozenset(
    "simple docutils field-list footnote citation option-list glossary describe last first".split()
)


def domain_and_role(classes: Sequence[str], anchor: str) -> tuple[str, str] | None:
    """Return what a `dl` describes, read from its classes; None where it is an ordinary definition list.

    Sphinx 4 and newer write both (`py function`); older versions the role alone (`function`), for C too, where the id
    tells: `c.PyList_New`.
    """
    words = [word for word in classes if word not in {"simple", "docutils"}]
    if "glossary" in classes:
        return "std", "term"
    if not words or words[0] in _NOT_DESCRIBED or words[0].startswith(("sd-", "py-")):
        return None
    if len(words) > 1:
        return words[0], words[1]
    role = words[0]
    if anchor.startswith("c.") or role in {"macro", "member", "var", "type"}:
        return "c", role
    return ("py" if role in _OLD_ROLES else "std"), role


def kind_of(domain: str, role: str) -> str:
    """Return a role in words a reader knows.

    >>> kind_of("std", "cmdoption"), kind_of("c", "function")
    ('command-line option', 'C function')
    """
    words = _KINDS.get(role.lower(), role)
    return f"{_LANGUAGES[domain]} {words}" if domain in _LANGUAGES else words


def full_name(domain: str, role: str, anchor: str, described: str, listed: Sequence[Named]) -> str:
    """Return an object's full name.

    Args:
        domain: Sphinx's domain.
        role: Sphinx's object type.
        anchor: The object's id, "" where it has none of its own.
        described: The name as its signature shows it: `JSONDecoder.decode` or only `decode`.
        listed: What the inventory lists at this place.
    """
    if role in {"cmdoption", "option", "term"}:
        return described
    for named in listed:
        if domain == "std" and named[:2] == (domain, role):
            return named.name
        if named.domain == domain and named.role.lower() != "functionparam" and _same(named.name, described):
            return named.name
    bare = anchor.removeprefix(f"{domain}.").removeprefix(f"{role}-")
    return bare if _same(bare, described) else described or bare


def _same(name: str, described: str) -> bool:
    """Tell whether a full name ends with what a signature shows."""
    last = re.split(r"[.:]+", described.strip("."))[-1]
    if not name or not last:
        return bool(name)
    return name in {described, last} or name.endswith((f".{last}", f":{last}", f"\\{last}"))
