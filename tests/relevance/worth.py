"""Say what each mechanism of the ranking is worth: how many queries are answered while it is switched off.

    python tests/relevance/worth.py [--queries FILE] [--output FOLDER] [NAME ...]

Needs a build of Python's docs (`livedocs build`); takes ten seconds a mechanism. NAME is a part of a mechanism's name.
The second column of figures is without curated answers, as other docs are until somebody writes some for them.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parent)]

from judging import Docs, figures  # noqa: E402 - run as a file it needs the checkout's path first

from builder.search_index import index as search_index  # noqa: E402
from builder.search_index.asked import answers_for  # noqa: E402
from builder.search_index.counts import count_terms  # noqa: E402
from builder.search_index.query import search  # noqa: E402
from builder.search_index.sqlite_tables import SqliteTables  # noqa: E402
from builder.search_index.text import SPOKEN  # noqa: E402
from builder.search_index.weights import PriorWeights, Rules, Weights  # noqa: E402
from builder.store.reader import open_store  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from judging import Query

    from builder.models import Docset, Entry, Table
    from builder.search_index.asked import Answers
    from builder.search_index.counts import TermCounts
    from builder.search_index.tables import Named, Posted


def _mute(*looks: str) -> type[SqliteTables]:
    """Return tables in which some look-ups find nothing."""
    return type("Muted", (SqliteTables,), dict.fromkeys(looks, lambda *_: ()))


class _Literal(SqliteTables):
    """Tables that do not know a name by other forms of its words."""

    def names(self, key: str) -> Sequence[Named]:
        return () if key.endswith(SPOKEN) else super().names(key)


class _Wordless(SqliteTables):
    """Tables in which words are asked with, but stand in no entry."""

    def postings(self, word: str) -> Posted | None:
        found = super().postings(word)
        return found and replace(found, impacts=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Without:
    """The ranking without a mechanism.

    Attributes:
        name: The mechanism.
        weights, rules: Numbers that switch it off.
        tables: The tables that do.
        answers: Whether there are curated answers; None where it makes no difference which.
        stemming: Whether words are stemmed.
    """

    name: str
    weights: Weights = field(default_factory=Weights)
    rules: Rules = field(default_factory=Rules)
    tables: Callable[[sqlite3.Connection, int], SqliteTables] = SqliteTables
    answers: bool | None = None
    stemming: bool = True


_NO_PRIORS = PriorWeights(**dict.fromkeys(PriorWeights.__dataclass_fields__, 0.0))
MECHANISMS = (
    Without(name="nothing"),
    Without(name="names", tables=_mute("names", "name_prefix")),
    Without(name="beginnings of names", tables=_mute("name_prefix")),
    Without(name="leading forms of words in names", tables=_Literal),
    Without(name="rests of unknown names", rules=Rules(rest=0)),
    Without(name="words: headings, index terms, prose", tables=_Wordless),
    Without(name="prose alone", weights=Weights(body=0)),
    Without(name="lines of the general index", weights=Weights(aliases=0, index=0, index_head=0, subject=0)),
    Without(name="trails", weights=Weights(trail=0)),
    Without(name="a word's share of its heading", weights=Weights(share=0)),
    Without(name="sections above symbols", weights=Weights(section=1)),
    Without(name="stems", stemming=False),
    Without(name="priors", weights=Weights(priors=_NO_PRIORS)),
    Without(name="coverage", rules=Rules(coverage=0)),
    Without(name="thesaurus", weights=Weights(related=0, alias=0)),
    Without(name="topics in general", weights=Weights(general=0)),
    Without(name="typos", tables=_mute("spellings")),
    Without(name="completions of the last word", tables=_mute("completions")),
    Without(name="exact case", rules=Rules(written=0, written_dotted=0)),
    Without(name="all that people ask", answers=False),
    Without(name="what is learned from questions", rules=Rules(asked=0), answers=True),
    Without(name="questions as names", weights=Weights(asked_name=0), answers=True),
)


class Corpus(NamedTuple):
    """A docset of a database, and what its index is built from."""

    database: Path
    number: int
    docset: Docset
    entries: list[Entry]
    lines: list[tuple[str, int, bool]]
    counts: list[TermCounts]

    @classmethod
    def of(cls, database: Path) -> Corpus:
        """Read the first docset."""
        store = open_store(database)
        number, docset = store.docsets()[0]
        entries = store.entries(number)
        store.close()
        ours = {entry.id for entry in entries}
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            rows = connection.execute("SELECT term, entry_id, main FROM index_entries ORDER BY rowid")
            lines = [(term, entry, bool(main)) for term, entry, main in rows if entry in ours]
        counts = [count_terms(entry.summary, entry.text, entry.code) for entry in entries]
        return cls(database, number, docset, entries, lines, counts)

    def ask(self, without: Without, answers: Sequence[Answers], queries: Sequence[Query]) -> list[int]:
        """Return at which place each query's right entry stands."""
        docset = self.docset if without.stemming else replace(self.docset, language="")
        vars(search_index).update(Weights=lambda: without.weights, Rules=lambda: without.rules)
        index = search_index.build(self.entries, self.lines, self.counts, docset, answers=answers)
        tables = without.tables(self._stored(index.tables), self.number)
        first = self.entries[0].id
        found = []
        for query in queries:
            hits = search(tables, query.text, limit=10).hits
            places = (place for place, hit in enumerate(hits, 1) if first + hit.ordinal in query.targets)
            found.append(next(places, 0))
        return found

    def _stored(self, tables: Sequence[Table]) -> sqlite3.Connection:
        """Return a copy of the database in memory with another index in it."""
        copy = sqlite3.connect(":memory:")
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as connection:
            connection.backup(copy)
        for table in tables:
            columns = ", ".join(("docset_id", *table.columns))
            marks = ", ".join("?" * (1 + len(table.columns)))
            copy.execute(f"DELETE FROM {table.name} WHERE docset_id = ?", (self.number,))  # noqa: S608
            copy.executemany(
                f"INSERT INTO {table.name} ({columns}) VALUES ({marks})",  # noqa: S608
                ((self.number, *row) for row in table.rows),
            )
        return copy


def main() -> None:
    """Switch off one after the other, ask, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these mechanisms")
    parser.add_argument("--queries", type=Path, default=HERE / "queries.jsonl", help="other queries")
    parser.add_argument("--output", type=Path, default=Path("output"), help="a build  [default: output]")
    options = parser.parse_args()
    database = options.output / "docs.db"
    if not database.is_file():
        parser.error(f"{database}: there is no database; run `livedocs build` first")
    queries = Docs(database).queries(options.queries)
    corpus = Corpus.of(database)
    curated = answers_for(corpus.docset.slug)
    print(f"{len(queries)} queries; the right entry among the first 1 / 3 / 10\n")
    print("| switched off | 1 / 3 / 10 | without curated answers |\n|---|---|---|")
    for without in MECHANISMS:
        if not options.names or any(name in without.name for name in options.names):
            whole = _share(corpus.ask(without, curated if without.answers is not False else [], queries))
            bare = _share(corpus.ask(without, [], queries)) if without.answers is None else ""
            print(f"| {without.name} | {whole} | {bare} |", flush=True)


def _share(ranks: Sequence[int]) -> str:
    return " / ".join(f"{share:.3f}".removeprefix("0") for share in figures(ranks).success)


if __name__ == "__main__":
    main()
