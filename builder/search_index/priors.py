"""How much readers need each entry, learned from the docs' own structure; no list of anybody's pages.

A prior is between 0 and 1. It grows with the links that point at the entry and at what stands around it, is higher for names
that need no import and for the language most names are in, and sinks for release notes and for what is deprecated.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.models import Entry

RELEASE_NOTES = re.compile(
    r"\b(what.?s[ _-]?new|change[ _-]?log|changes|release[ _-]?notes?|releases|news|history|migrat(ing|ion))\b",
    re.I,
)
"""Titles and path parts of pages that tell the past of a project rather than its present."""

_VERSION = re.compile(r"^\D{0,24}\d+\.\d+")

KIND = {"page": 0.10, "module": 0.30, "section": 0.0, "glossary term": 0.20}
CALLABLES = frozenset({"class", "function", "exception", "method", "type", "macro"})


def priors(entries: Sequence[Entry]) -> list[float]:
    """Return the prior of each entry, in order."""
    notes = release_notes(entries)
    modules = {entry.name for entry in entries if entry.kind == "module" and entry.name}
    domains = Counter(entry.role.partition(":")[0] for entry in entries if entry.role)
    main_domain = domains.most_common(1)[0][0] if domains else ""
    links = _page_links(entries)
    known = _owners(entries)
    top = math.log1p(max((entry.inbound for entry in entries), default=0)) or 1.0
    top_page = math.log1p(max(links.values(), default=0)) or 1.0
    result = []
    for entry in entries:
        value = 0.45 * math.log1p(entry.inbound) / top + 0.15 * math.log1p(links[entry.page]) / top_page
        value += 0.15 * math.log1p(known.get(entry.name.rpartition(".")[0], 0)) / top
        value += _kind_share(entry, modules, main_domain)
        result.append(round(_sunk(value, entry, notes), 4))
    return result


def _kind_share(entry: Entry, modules: set[str], main_domain: str) -> float:
    """Return what an entry's kind adds to its prior."""
    if not entry.role:
        return KIND.get(entry.kind, 0.0) + 0.05 * (entry.level <= 2)
    if entry.kind in KIND:
        return KIND[entry.kind]
    share = 0.05 if entry.kind in CALLABLES else 0.0
    if not entry.role.startswith(main_domain + ":"):
        return share - 0.10
    if entry.name.partition(".")[0] not in modules:
        share += 0.25 if "." not in entry.name else 0.15
    return share


def _sunk(value: float, entry: Entry, notes: set[str]) -> float:
    """Sink what readers seldom mean."""
    if entry.page in notes:
        value *= 0.15
    if entry.removed:
        value *= 0.5
    elif entry.deprecated:
        value *= 0.6
    if entry.name.rpartition(".")[2].startswith("_") and not entry.name.endswith("__"):
        value *= 0.5
    return min(1.0, max(0.0, value))


def _page_links(entries: Sequence[Entry]) -> dict[str, int]:
    """Return how many links point into each page."""
    links: dict[str, int] = defaultdict(int)
    for entry in entries:
        links[entry.page] += entry.inbound
    return links


def _owners(entries: Sequence[Entry]) -> dict[str, int]:
    """Return how many links point at each named entry, for the sake of its members."""
    links: dict[str, int] = {}
    for entry in entries:
        if entry.name:
            links[entry.name] = max(entry.inbound, links.get(entry.name, 0))
    return links


def release_notes(entries: Sequence[Entry]) -> set[str]:
    """Return the pages that are release notes: by title or path, or because most headings are versions."""
    pages: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if not entry.role:
            pages[entry.page].append(entry)
    found = set()
    for page, sections in pages.items():
        versions = sum(1 for section in sections if _VERSION.match(section.title) and len(section.title) < 40)
        words = page.removesuffix(".html").replace("/", " ")
        if RELEASE_NOTES.search(sections[0].title) or RELEASE_NOTES.search(words):
            found.add(page)
        elif len(sections) > 4 and versions * 2 > len(sections):
            found.add(page)
    return found
