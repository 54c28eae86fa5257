"""Judge answers: at which place a query's right entry stands, and what that comes to over many queries."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

DEPTHS = (1, 3, 10)
ALL = "all"

Place = tuple[str, str]
"""Page and anchor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What somebody looked for.

    Attributes:
        text: As typed.
        kind: `symbol`, `partial`, `typo`, `synonym`, `concept` or `howto`.
        targets: The entries that are right.
    """

    text: str
    kind: str
    targets: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How good some answers are.

    Attributes:
        queries: How many there are.
        success: The share of queries with a right entry among the first 1, 3, 10.
        mrr: The mean of one divided by the place of the first right entry.
    """

    queries: int
    success: tuple[float, ...]
    mrr: float


class Docs:
    """Which entry stands at a place of the docs; several anchors may lead to one.

    Args:
        database: What `livedocs build` wrote.
    """

    def __init__(self, database: Path) -> None:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            self.name = " ".join(
                connection.execute("SELECT slug, version FROM docsets ORDER BY id").fetchone()
            )
            pages = (
                "SELECT p.path, '', s.id FROM pages p JOIN sections s ON s.page_id = p.id AND s.position = 0"
            )
            anchors = "SELECT p.path, a.anchor, a.entry_id FROM anchors a JOIN pages p ON p.id = a.page_id"
            self._entries: dict[Place, int] = {
                (page, anchor): entry
                for sql in (anchors, pages)
                for page, anchor, entry in connection.execute(sql)
            }

    def entry(self, place: Place) -> int | None:
        """Return the entry at a place, None where these docs have none."""
        return self._entries.get(place)

    def queries(self, file: Path) -> list[Query]:
        """Read queries, those that these docs can answer.

        Args:
            file: A JSON object a line: `q`, `kind`, `targets` (`library/json.html#json.dump`).
        """
        found = []
        for line in file.read_text("utf-8").splitlines():
            facts = json.loads(line)
            places = [target.partition("#")[::2] for target in facts["targets"]]
            targets = frozenset(entry for place in places if (entry := self.entry(place)) is not None)
            if targets:
                found.append(Query(text=facts["q"], kind=facts["kind"], targets=targets))
        return found

    def rank(self, query: Query, places: Sequence[Place]) -> int:
        """Return at which place of an answer the first right entry stands, from 1; 0 for nowhere."""
        return next((rank for rank, place in enumerate(places, 1) if self.entry(place) in query.targets), 0)


def figures(ranks: Sequence[int]) -> Figures:
    """Sum up at which places right entries stood."""
    count = max(len(ranks), 1)
    success = tuple(sum(0 < rank <= depth for rank in ranks) / count for depth in DEPTHS)
    return Figures(queries=len(ranks), success=success, mrr=sum(1 / rank for rank in ranks if rank) / count)


def by_kind(queries: Sequence[Query], ranks: Sequence[int]) -> dict[str, Figures]:
    """Sum up by kind, and over all kinds under `ALL`."""
    kinds = sorted({query.kind for query in queries})
    found = {
        kind: figures([rank for query, rank in zip(queries, ranks, strict=True) if query.kind == kind])
        for kind in kinds
    }
    return {**found, ALL: figures(ranks)}


def agreement(answers: Mapping[str, Sequence[Sequence[Place]]], most: int = 1) -> float:
    """Return the share of queries for which all callers give the same first results."""
    rows = list(zip(*answers.values(), strict=True))
    alike = sum(all(list(one[:most]) == list(row[0][:most]) for one in row) for row in rows)
    return alike / max(len(rows), 1)


def worsened(accepted: Mapping[str, int], ranks: Mapping[str, int]) -> list[tuple[str, int, int]]:
    """Return the queries whose right entry stands further down than it was accepted: text, then, now; 0 is nowhere."""
    depth: Callable[[int], int] = lambda rank: rank or DEPTHS[-1] + 1  # noqa: E731
    return [
        (text, before, ranks[text])
        for text, before in accepted.items()
        if text in ranks and depth(ranks[text]) > depth(before)
    ]
