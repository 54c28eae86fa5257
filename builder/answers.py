"""The one way from a reader's text to results: the API and the terminal both ask here.

Reads the database with SQL that SQLite and PostgreSQL both understand: the search engine
(`builder.search_index.query`) names the entries, their rows say what they are.
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

from builder.entry_rows import read_entry_rows
from builder.errors import QueryError, StoreError, UnknownNameError
from builder.excerpts import cut_excerpt
from builder.search_index.query import search
from builder.search_index.sqlite_tables import SqliteTables
from builder.store.schema import SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from builder.entry_rows import EntryRow, RowReader
    from builder.excerpts import Excerpt
    from builder.search_index.query import Hit
    from builder.search_index.tables import SearchTables

_NEEDED = ("docsets", "pages", "sections", "symbols", "entries")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
_NUMBER = re.compile(r"\d+")
_FRAGMENT = "!$&'()*+,;=:@/?-._~"
"""What a fragment may hold as it is (RFC 3986, 3.5)."""

_DOCSETS = """
SELECT d.id, d.slug, d.name, d.version, d.language, d.origin, d.canonical, d.fingerprint,
       d.index_hash,
       (SELECT coalesce(min(s.id), 0) FROM sections s
        WHERE s.page_id = (SELECT min(p.id) FROM pages p WHERE p.docset_id = d.id))
FROM docsets d ORDER BY d.id"""

_KINDS = "SELECT kind FROM sections UNION SELECT kind FROM symbols ORDER BY kind"


class Rows(Protocol):
    """What a query found."""

    def fetchone(self) -> Any: ...  # noqa: ANN401, D102 - as in PEP 249

    def fetchall(self) -> list[Any]: ...  # noqa: D102

    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """An open database, whichever engine keeps it; `sqlite3.Connection` is one."""

    def execute(self, sql: str, parameters: Any = ..., /) -> Rows:  # noqa: ANN401
        """Run a query with parameters `:name` or `?`."""


@dataclass(frozen=True, slots=True)
class StoredDocset:
    """A docset of the database, as far as a search needs it.

    Attributes:
        id: Its number in the database.
        slug, name, version, language, origin, canonical, fingerprint: As in the table `docsets`.
        index_hash: Two equal hashes give equal answers.
        first_entry: The id of its first entry; the search index counts from there.
    """

    id: int
    slug: str
    name: str
    version: str
    language: str
    origin: str
    canonical: str
    fingerprint: str
    index_hash: str
    first_entry: int

    @property
    def prefix(self) -> str:
        """Return the docset's folder in the site, with slashes on both ends."""
        return f"/{self.slug}/{self.version}/"


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """What is asked for.

    Attributes:
        text: The reader's words.
        docset: A slug, "" for all docsets.
        version: `3.11`, or its beginning: `3` is the newest 3.x; "" for the newest.
        kinds: The kinds of entries to keep; empty for all.
        module: A dotted name; only what stands in it is kept. "" for all.
        size: How many results.
        offset: How many results to leave out, for the pages after the first.
    """

    text: str
    docset: str = ""
    version: str = ""
    kinds: tuple[str, ...] = ()
    module: str = ""
    size: int = 10
    offset: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """An entry that answers, with what a result shows.

    Attributes:
        url: Its page and anchor from the site's root: `/python/3.11/library/json.html#json.dump`.
        page, anchor, kind, name, title, signature, summary, trail, docset, version, added, deprecated: As in
            the view `entries`.
        excerpt: The part of its text that answers.
        tier: How the query met it, `exact`, `name`, `prefix`, `text` or `fuzzy`.
        score: What it is sorted by; of use only beside the others of one answer.
        reasons: What adds up to the score: what was found, and what it gave.
    """

    url: str
    page: str
    anchor: str
    kind: str
    name: str
    title: str
    signature: str
    summary: str
    trail: str
    docset: str
    version: str
    added: str
    deprecated: str
    excerpt: Excerpt
    tier: str
    score: float
    reasons: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The results of one page.

    Attributes:
        query: The text that was asked for, normalised.
        corrected: The text that was answered where it isn't the one asked for, else "".
        results: Best first.
        total: How many results there are on all pages.
        index_hash: Which index they come from.
    """

    query: str
    corrected: str
    results: tuple[Result, ...]
    total: int
    index_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """The entries that answer, before anything is read of them: as `Answer`, with the hits of one page.

    Attributes:
        words: What excerpts show.
    """

    query: str
    corrected: str
    words: str
    hits: tuple[tuple[StoredDocset, Hit], ...]
    total: int
    index_hash: str


def open_database(path: Path) -> sqlite3.Connection:
    """Open a database of livedocs for reading.

    Raises:
        StoreError: It isn't there, or isn't one of ours.
    """
    if not path.is_file():
        raise StoreError("there is no database", where=path, todo="Run `livedocs build` first.")
    connection = sqlite3.connect(
        f"file:{quote(str(path.resolve()))}?mode=ro", uri=True, check_same_thread=False
    )
    connection.row_factory = sqlite3.Row
    if not is_ours(connection):
        connection.close()
        todo = "Run `livedocs build` to write it anew."
        raise StoreError("it is not a database of this version of livedocs", where=path, todo=todo)
    return connection


def is_ours(connection: sqlite3.Connection) -> bool:
    """Tell whether a database holds the tables of this version."""
    try:
        names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
        version = connection.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.DatabaseError:
        return False
    return names.issuperset(_NEEDED) and version == SCHEMA_VERSION


def read_docsets(connection: Connection) -> tuple[StoredDocset, ...]:
    """Return all docsets, by slug and then the newest first."""
    docsets = [StoredDocset(*row) for row in connection.execute(_DOCSETS)]
    newest_first = sorted(docsets, key=lambda docset: _version_key(docset.version), reverse=True)
    return tuple(sorted(newest_first, key=lambda docset: docset.slug))


def _version_key(version: str) -> tuple[int, ...]:
    return tuple(map(int, _NUMBER.findall(version)))


def choose_docsets(docsets: Sequence[StoredDocset], slug: str, version: str) -> tuple[StoredDocset, ...]:
    """Return the docsets that a request means: of each slug the newest version that fits.

    Raises:
        UnknownNameError: None fits.
    """
    named = [docset for docset in docsets if slug in ("", docset.slug)]
    if slug and not named:
        known = ", ".join(sorted({docset.slug for docset in docsets})) or "none"
        raise UnknownNameError(f"there is no docset {slug!r}", where="docset", todo=f"Known: {known}.")
    fitting = [
        docset for docset in named if f"{docset.version}.".startswith(f"{version}." if version else "")
    ]
    if version and not fitting:
        known = ", ".join(docset.version for docset in named) or "none"
        raise UnknownNameError(f"there is no version {version!r}", where="version", todo=f"Known: {known}.")
    newest: dict[str, StoredDocset] = {}
    for docset in fitting:
        newest.setdefault(docset.slug, docset)
    return tuple(newest.values())


def check_kinds(connection: Connection, kinds: Sequence[str]) -> None:
    """See that all kinds are kinds of some entry; it reads all entries, so ask where nothing was found.

    Raises:
        QueryError: One is not.
    """
    known = [kind for (kind,) in connection.execute(_KINDS)]
    for kind in kinds:
        if kind not in known:
            todo = f"Known: {', '.join(known) or 'none'}."
            raise QueryError(f"there is no kind {kind!r}", where="kind", todo=todo)


def normalise(text: str) -> str:
    """Return one spelling of a query: composed letters, single spaces, no control characters."""
    return " ".join(unicodedata.normalize("NFC", _CONTROL.sub(" ", text)).split())


def join_hashes(docsets: Sequence[StoredDocset]) -> str:
    """Return the hash of the index, of several together one hash of theirs."""
    hashes = [docset.index_hash for docset in docsets]
    return hashes[0] if len(hashes) == 1 else hashlib.sha256(" ".join(hashes).encode()).hexdigest()


class KeptIndexes:
    """Search indexes whose rules are read once for all questions, until a docset has another index.

    Args:
        make: Makes one from a connection and a docset's id.
    """

    def __init__(self, make: Callable[[Any, int], SqliteTables] = SqliteTables) -> None:
        self._make = make
        self._kept: dict[int, tuple[str, SqliteTables]] = {}

    def over(self, connection: Any, docset: StoredDocset) -> SqliteTables:  # noqa: ANN401
        """Return the index of a docset, asked over a connection."""
        index_hash, index = self._kept.get(docset.id, ("", None))
        if index is None or index_hash != docset.index_hash:
            index = self._make(connection, docset.id)
            self._kept[docset.id] = docset.index_hash, index.over(None)
        return index.over(connection)


def answer(
    connection: Connection,
    docsets: Sequence[StoredDocset],
    request: SearchRequest,
    *,
    tables: Callable[[Any, StoredDocset], SearchTables] | None = None,
) -> Answer:
    """Return one page of results.

    Args:
        connection: The database.
        docsets: What is in it, from `read_docsets`.
        request: What is asked for.
        tables: Gives the search index of a docset over the connection; without it all of the index is read anew.

    Raises:
        QueryError: The request names a docset or version that isn't there.
    """
    kept = tables or KeptIndexes().over
    ranked = rank(docsets, request, lambda docset: kept(connection, docset))
    return show(connection, ranked)


def rank(
    docsets: Sequence[StoredDocset], request: SearchRequest, tables: Callable[[StoredDocset], SearchTables]
) -> Ranked:
    """Return which entries answer, the first half of `answer`.

    Raises:
        QueryError: The request names a docset or version that isn't there.
    """
    text = normalise(request.text)
    asked = choose_docsets(docsets, request.docset, request.version)
    limit = request.offset + request.size
    answers = [
        search(tables(docset), text, limit=limit, kinds=request.kinds, module=request.module)
        for docset in asked
    ]
    hits = [(docset, hit) for docset, one in zip(asked, answers, strict=True) for hit in one.hits]
    hits.sort(key=lambda pair: -pair[1].score)
    telling = next((one for one in answers if one.corrected), answers[0] if answers else None)
    return Ranked(
        query=text,
        corrected=telling.corrected if telling else "",
        words=telling.words if telling else text,
        hits=tuple(hits[request.offset : limit]),
        total=sum(one.total for one in answers),
        index_hash=join_hashes(asked),
    )


def show(connection: Connection, ranked: Ranked, read: RowReader = read_entry_rows) -> Answer:
    """Return what the entries say that answer, with excerpts that show the words, the second half of `answer`.

    Args:
        connection: The database.
        ranked: The entries.
        read: Reads what they say; another one where some of it is known already.
    """
    numbers = [docset.first_entry + hit.ordinal for docset, hit in ranked.hits]
    rows = read(connection, numbers)
    return Answer(
        query=ranked.query,
        corrected=ranked.corrected,
        results=tuple(
            _result(docset, hit, rows[number], ranked.words)
            for (docset, hit), number in zip(ranked.hits, numbers, strict=True)
        ),
        total=ranked.total,
        index_hash=ranked.index_hash,
    )


def _result(docset: StoredDocset, hit: Hit, row: EntryRow, text: str) -> Result:
    page, anchor, kind, name, title, signature, summary, trail, added, deprecated, prose = row
    return Result(
        url=place_url(docset, page, anchor),
        page=page,
        anchor=anchor,
        kind=kind,
        name=name,
        title=title,
        signature=signature,
        summary=summary,
        trail=trail,
        docset=docset.slug,
        version=docset.version,
        added=added,
        deprecated=deprecated,
        excerpt=cut_excerpt(prose, text, summary),
        tier=hit.tier,
        score=round(hit.score, 3),
        reasons=hit.reasons,
    )


def place_url(docset: StoredDocset, page: str, anchor: str) -> str:
    """Return the address of a place from the site's root."""
    return docset.prefix + quote(page) + (f"#{quote(anchor, safe=_FRAGMENT)}" if anchor else "")
