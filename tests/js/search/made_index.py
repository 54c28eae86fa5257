"""A small docset of made-up entries, indexed by the real builder; run it to write the files a browser would fetch.

    python tests/js/search/made_index.py FOLDER

`entries.json` beside this file holds the entries, the lines of the general index, curated answers, and the queries
whose answers `answers.json` fixes for both languages. `pytest --update-golden` is not needed: run this file with
`--answers` to write `answers.json` anew, and review the difference like code.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2]))

from builder.models import Docset, Entry  # noqa: E402 - run as a file it needs the checkout's path first
from builder.search_index.asked import Answer, Answers  # noqa: E402
from builder.search_index.cards import Card  # noqa: E402
from builder.search_index.counts import count_terms  # noqa: E402
from builder.search_index.index import SearchIndex, build  # noqa: E402
from builder.search_index.query import Hit, search  # noqa: E402
from builder.search_index.shards import export  # noqa: E402
from builder.search_index.sqlite_tables import SqliteTables  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FIRST = 500
DOCSET = Docset(slug="toolbox", name="Toolbox", version="1.0")
NO_TOPICS = Answers((), general=True)
_SHOWN = ("anchor", "kind", "name", "title", "signature", "summary", "trail", "added", "deprecated")
_SQL = {str: "TEXT", int: "INTEGER", float: "REAL", bytes: "BLOB"}


def made() -> dict[str, Any]:
    return json.loads((HERE / "entries.json").read_text("utf-8"))


def entry(place: int, facts: dict[str, Any]) -> Entry:
    """Make an entry of the few facts that matter to it."""
    name = facts.get("name", "")
    full: dict[str, Any] = {
        "id": FIRST + place,
        "page": "index.html",
        "anchor": "",
        "kind": "section",
        "role": "",
        "name": name,
        "title": name,
        "level": 0 if facts.get("role") else 2,
        "inbound": 0,
        **dict.fromkeys(("signature", "summary", "trail", "text", "code"), ""),
        **dict.fromkeys(("added", "changed", "deprecated", "removed"), ""),
    }
    return Entry(**{**full, **facts})


def entries_of(facts: list[dict[str, Any]]) -> list[Entry]:
    return [entry(place, one) for place, one in enumerate(facts)]


def asked(rows: Iterable[Sequence[str]]) -> list[Answers]:
    """Return rows of a place and a question as answers from one hand."""
    return [Answers(tuple(Answer(*row) for row in rows))]


def index_of(
    entries: list[Entry],
    terms: list[list[Any]],
    docset: Docset = DOCSET,
    answers: Sequence[Answers] = (),
    general: Sequence[Answers] = (NO_TOPICS,),
) -> SearchIndex:
    """Index entries; `general` may be empty for the topics that come with us, whose texts change."""
    counts = [count_terms(one.summary, one.text, one.code) for one in entries]
    lines = [(term, FIRST + place, main) for term, place, main in terms]
    return build(entries, lines, counts, docset, answers=[*answers, *general])


def tables_of(index: SearchIndex, entries: Sequence[Entry] = ()) -> SqliteTables:
    """Store an index in a database of its own, with what rows of results show of the entries."""
    database = sqlite3.connect(":memory:")
    for table in index.tables:
        columns = ", ".join(f"{name} {_SQL[kind]} NOT NULL" for name, kind in table.columns.items())
        key = ", ".join(("docset_id", *table.pk))
        database.execute(
            f"CREATE TABLE {table.name} (docset_id INTEGER, {columns}, PRIMARY KEY ({key})) WITHOUT ROWID"
        )
        marks = ", ".join("?" * len(table.columns))
        database.executemany(f"INSERT INTO {table.name} VALUES (1, {marks})", table.rows)  # noqa: S608
    store_rows(database, entries)
    return SqliteTables(database, 1)


def store_rows(database: sqlite3.Connection, entries: Sequence[Entry]) -> None:
    """Store what the views of the real schema hold of entries."""
    pages = {page: number for number, page in enumerate(dict.fromkeys(one.page for one in entries))}
    database.execute("CREATE TABLE pages (id INTEGER, docset_id INTEGER, path TEXT)")
    database.executemany("INSERT INTO pages VALUES (?, 1, ?)", [(id_, page) for page, id_ in pages.items()])
    for table, described in (("sections", False), ("symbols", True)):
        database.execute(f"CREATE TABLE {table} (id INTEGER, page_id INTEGER, {', '.join(_SHOWN)})")
        database.executemany(
            f"INSERT INTO {table} VALUES (?, ?, {', '.join('?' * len(_SHOWN))})",  # noqa: S608
            [
                (one.id, pages[one.page], *(getattr(one, name) for name in _SHOWN))
                for one in entries
                if bool(one.role) == described
            ],
        )


def answers() -> dict[str, Any]:
    """Answer all queries in Python, in the form of `answers.json`."""
    facts = made()
    entries = entries_of(facts["entries"])
    tables = tables_of(index_of(entries, facts["terms"], answers=asked(facts["answers"])), entries)
    found = {}
    for query in facts["queries"]:
        answer = search(tables, query)
        found[query] = {
            "corrected": answer.corrected,
            "total": answer.total,
            "hits": [
                [place(entries[hit.ordinal]), hit.tier, round(hit.score, 6), explained(hit)]
                for hit in answer.hits[:4]
            ],
        }
    return found


def explained(hit: Hit) -> dict[str, float]:
    return {reason: round(worth, 6) for reason, worth in hit.reasons}


def place(one: Entry) -> str:
    return f"{one.page}#{one.anchor}" if one.anchor else one.page


def cards_of(entries: list[Entry]) -> list[Card]:
    return [Card(*(getattr(one, name) for name in Card._fields)) for one in entries]


def write_site(folder: Path) -> None:
    facts = made()
    entries = entries_of(facts["entries"])
    for path, content in export(
        tables_of(index_of(entries, facts["terms"], answers=asked(facts["answers"]))), cards_of(entries)
    ):
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


def main() -> None:
    if sys.argv[1:] == ["--answers"]:
        rows = ",\n".join(f"  {json.dumps(q)}: {json.dumps(a)}" for q, a in answers().items())
        (HERE / "answers.json").write_text(f"{{\n{rows}\n}}\n", "utf-8")
    else:
        write_site(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
