"""How much readers need each entry, learned from the docs' own structure; no list of anybody's pages.

A prior is between 0 and 1. It grows with the links that point at the entry and at what stands around it, is higher for
names that need no import and for the language that most names are in, and sinks for release notes and for what is
deprecated.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from builder.models import Entry
    from builder.search_index.weights import PriorWeights

_SOURCE_CODE = "_modules/"
_RELEASE_NOTES = re.compile(
    r"\b(what.?s[ _-]?new|change[ _-]?log|changes|release[ _-]?notes?|releases|news|(version )?history)\b",
    re.IGNORECASE,
)
"""Titles and path parts of pages that tell the past of a project rather than its present."""

_VERSION = re.compile(r"^\D{0,24}\d+\.\d+")
_CALLABLE = ("class", "function", "exception", "method", "type", "macro")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """What the docs as a whole say.

    Attributes:
        modules: Names of modules.
        language: The domain that most symbols are in.
        notes: Pages of release notes.
        deprecated: Pages whose module is deprecated.
        page_links: Links into each page.
        name_links: Links to each name.
        most, most_of_page: The logarithms of the most links to an entry, to a page.
    """

    modules: frozenset[str]
    language: str
    notes: frozenset[str]
    deprecated: frozenset[str]
    page_links: Mapping[str, int]
    name_links: Mapping[str, int]
    most: float
    most_of_page: float


def priors(entries: Sequence[Entry], weights: PriorWeights) -> list[float]:
    """Return the prior of each entry, in order."""
    facts = _facts(entries)
    return [round(min(1.0, max(0.0, _prior(entry, facts, weights))), 4) for entry in entries]


def _facts(entries: Sequence[Entry]) -> _Facts:
    domains = Counter(entry.role.partition(":")[0] for entry in entries if entry.role)
    page_links: dict[str, int] = defaultdict(int)
    name_links: dict[str, int] = {}
    for entry in entries:
        page_links[entry.page] += entry.inbound
        if entry.name:
            name_links[entry.name] = max(entry.inbound, name_links.get(entry.name, 0))
    return _Facts(
        modules=frozenset(entry.name for entry in entries if entry.kind == "module" and entry.name),
        language=max(sorted(domains), key=lambda domain: domains[domain]) if domains else "",
        notes=frozenset(asides(entries)),
        deprecated=frozenset(
            entry.page for entry in entries if entry.level == 1 and (entry.deprecated or entry.removed)
        ),
        page_links=page_links,
        name_links=name_links,
        most=math.log1p(max((entry.inbound for entry in entries), default=0)) or 1.0,
        most_of_page=math.log1p(max(page_links.values(), default=0)) or 1.0,
    )


def _prior(entry: Entry, facts: _Facts, weights: PriorWeights) -> float:
    value = weights.links * math.log1p(entry.inbound) / facts.most
    value += weights.page_links * math.log1p(facts.page_links[entry.page]) / facts.most_of_page
    owner = entry.name.rpartition(".")[0]
    value += weights.owner_links * math.log1p(facts.name_links.get(owner, 0)) / facts.most
    value += _kind_share(entry, facts, weights)
    if entry.page in facts.notes:
        value *= weights.notes
    if entry.removed or entry.deprecated or entry.page in facts.deprecated:
        value *= weights.deprecated
    last = entry.name.rpartition(".")[2]
    return value * (weights.private if last.startswith("_") and not last.endswith("__") else 1.0)


def _kind_share(entry: Entry, facts: _Facts, weights: PriorWeights) -> float:
    """Return what an entry's kind adds to its prior."""
    if entry.role == "std:term":
        return weights.term
    if not entry.role:
        own = {"module": weights.module, "page": weights.page}.get(entry.kind, 0.0)
        return own + weights.shallow * (entry.level <= 2)
    share = weights.callable if entry.kind.endswith(_CALLABLE) else 0.0
    if not entry.role.startswith(facts.language + ":"):
        return share - weights.foreign
    if "." not in entry.name:
        return share + weights.bare
    return share + (0.0 if entry.name.partition(".")[0] in facts.modules else weights.member)


def asides(entries: Sequence[Entry]) -> set[str]:
    """Return the pages beside the matter.

    They are release notes, by title or path or because most headings are versions, and copies of source code, which
    `sphinx.ext.viewcode` puts into one folder.
    """
    headings: dict[str, list[str]] = defaultdict(list)
    for entry in entries:
        if not entry.role:
            headings[entry.page].append(entry.title)
    found = set()
    for page, titles in headings.items():
        versions = sum(
            1 for title in titles if len(title) < 40 and _VERSION.match(title) and not title[0].isdigit()
        )
        said = _RELEASE_NOTES.search(titles[0]) or _RELEASE_NOTES.search(
            page.removesuffix(".html").replace("/", " ")
        )
        if said or page.startswith(_SOURCE_CODE) or (len(titles) > 4 and versions * 2 > len(titles)):
            found.add(page)
    return found
