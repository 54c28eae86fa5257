"""Read what people paste: an address of other docs, a line of a traceback; `static/js/search/pasted.js` does the same.

By general rules, without a list of hosts or of exceptions: an address is looked up by the end of its path, an exception
by its whole name, then without the modules in between, then by its last part.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from builder.search_index.text import SPOKEN, key

if TYPE_CHECKING:
    from builder.search_index.tables import SearchTables

_ADDRESS = re.compile(r"^(?:([a-z][a-z0-9+.-]*)://)?([^\s?#]+)(?:\?[^\s#]*)?(?:#(\S*))?$")
_PAGE = re.compile(r"\.html?$")
_RAISED = re.compile(
    r"^(?:E +|(?:Traceback|File \").*[^\w.])?"
    r"((?:[A-Za-z_]\w*\.)+(?:[A-Z]\w*|\w*(?:error|timeout))"
    r"|[A-Za-z_]\w*(?:Error|Exception|Warning|Exit|Interrupt|Iteration|Group)):(?: (.+))?$",
    re.ASCII,
)
_FRAME = re.compile(r"^File \"([^\"]+)\", line \d+(?:, in (\S+))?")
_FOLDERS = re.compile(r"[/\\]")
_SEPARATOR = re.compile(r"[.-]")
_MOST_PARTS = 5
"""How many ends of a path, or of an anchor, are looked up; few docs have folders in folders in folders."""
_MOST_AT_ANCHOR = 24
"""How many entries are looked at that may stand at an anchor."""


class Pasted(NamedTuple):
    """What a pasted text says.

    Attributes:
        text: The words to search for.
        names: What it may name, likeliest first.
        pages: The keys of the pages that it may mean, likeliest first.
        anchor: A place on the page.
    """

    text: str
    names: tuple[str, ...]
    pages: tuple[str, ...] = ()
    anchor: str = ""


def page_key(page: str) -> str:
    """Return the key of a page by its path; nothing that is typed has one like it, and no key has a blank."""
    return f"/{_PAGE.sub('', page).replace(' ', '_')}{SPOKEN}"


def read_pasted(text: str) -> Pasted | None:
    """Return what a text says that was pasted, None for any other text."""
    raised = _RAISED.match(text)
    if raised:
        return _read_raised(raised[1], raised[2] or "")
    frame = _FRAME.match(text)
    if frame:
        return _read_frame(frame[1], frame[2] or "")
    address = _ADDRESS.match(text)
    if address and (address[1] or _PAGE.search(address[2])):
        return _read_address(address[2], unquote(address[3] or ""))
    return None


def _read_raised(name: str, message: str) -> Pasted:
    """Read `json.decoder.JSONDecodeError` and a message: docs often name the module that people import."""
    parts = [part.lstrip("_") for part in name.split(".")]
    names = [".".join(parts), f"{parts[0]}.{parts[-1]}", parts[-1]]
    return Pasted(text=f"{parts[-1]} {message}", names=tuple(names[-len(parts) :]))


def _read_frame(path: str, function: str) -> Pasted:
    """Read `File "/usr/lib/python3.11/json/__init__.py", line 346, in loads`."""
    stems = [part.partition(".")[0] for part in _FOLDERS.split(path)[-2:]]
    modules = [stem for stem in reversed(stems) if stem and stem != "__init__"] or [path]
    if not function or function.startswith("<"):
        return Pasted(text=modules[0], names=(modules[0],))
    names = (*(f"{module}.{function}" for module in modules), function)
    return Pasted(text=f"{modules[0]} {function}", names=names)


def _read_address(path: str, anchor: str) -> Pasted:
    parts = [part for part in unquote(_PAGE.sub("", path)).split("/") if part]
    ends = ["/".join(parts[start:]) for start in range(max(len(parts) - _MOST_PARTS, 0), len(parts))]
    pages = tuple(page_key(page) for end in ends for page in (end, f"{end}/index"))
    name = anchor or (parts[-1] if parts else path)
    return Pasted(text=name, names=(name,), pages=pages, anchor=anchor)


def place_of(tables: SearchTables, pages: tuple[str, ...], anchor: str) -> int | None:
    """Return the ordinal of the entry at a place, the page's first where none stands there; None for no such page."""
    for page in pages:
        found = tables.names(page)
        if found:
            return _at_anchor(tables, found[0][0], anchor)
    return None


def _at_anchor(tables: SearchTables, first: int, anchor: str) -> int:
    """Return the entry of a page at an anchor: what is called so, and follows the page's first entry."""
    called = {ordinal for name in _names_of(anchor) for ordinal, _, _ in tables.names(key(name))}
    near = sorted(ordinal for ordinal in called if ordinal >= first)[:_MOST_AT_ANCHOR]
    shown = tables.shown([first, *near])
    here = [(card.page, card.anchor) == (shown[0].page, anchor) for card in shown[1:]]
    return next((ordinal for ordinal, fits in zip(near, here, strict=True) if fits), first)


def _names_of(anchor: str) -> tuple[str, ...]:
    """Return what an anchor may be called: `func-str` `str`, `c.PyList_New` `PyList_New`, `cmdoption-zip-m` `-m`."""
    starts = [0, *(found.end() for found in _SEPARATOR.finditer(anchor))]
    ends = [anchor[start:] for start in starts[:_MOST_PARTS]]
    return (*ends[:2], *(f"{dashes}{end}" for end in ends[1:] for dashes in ("-", "--")))
