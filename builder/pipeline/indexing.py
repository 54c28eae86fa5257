"""The work on a docset's search index, in a process of its own: build it, then write the files that browsers fetch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, TypeVar, cast, overload

from builder.search_index import index as search_index
from builder.search_index.asked import Answers, answers_for
from builder.search_index.keeping import Keeper
from builder.search_index.memory_tables import MemoryTables
from builder.search_index.shards import KINDS, Export

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from builder.models import Docset, Entry, Table
    from builder.pipeline.folders import Folders
    from builder.search_index.asked import Answer
    from builder.search_index.counts import PageCounts
    from builder.search_index.shard_rows import Source
    from builder.search_index.shards import Part

Item = TypeVar("Item")


class Lazy(Sequence[Item]):
    """A sequence that is made when somebody looks into it.

    Args:
        make: Makes it.
        length: Its length, where that is known before.
    """

    def __init__(self, make: Callable[[], Sequence[Item]], length: int | None = None) -> None:
        self._make = make
        self._length = length

    @cached_property
    def _items(self) -> Sequence[Item]:
        return self._make()

    def __len__(self) -> int:
        return len(self._items) if self._length is None else self._length

    @overload
    def __getitem__(self, place: int) -> Item: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Item]: ...

    def __getitem__(self, place: int | slice) -> Item | Sequence[Item]:
        return self._items[place]

    def __iter__(self) -> Iterator[Item]:
        return iter(self._items)


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexWork:
    """What the work is told.

    Attributes:
        docset: Whose index it is.
        entries: Its entries.
        terms: The lines of the general index, as `index.build` wants them.
        cards: What is shown of them, as the files of the index have it.
        counts: The words of the entries, page by page.
        answers: What people ask for and where it is, beside what we know.
        frame: A hash of everything but the prose of pages.
        summaries: A hash of all summaries.
        stored: A hash of each table that the database has already.
        kept: The folder in which results are kept between builds.
        code: Hash of our own code.
        folders: Where the site is written; None where none is.
    """

    docset: Docset
    entries: Sequence[Entry]
    terms: Sequence[tuple[str, int, bool]]
    cards: Sequence[bytes]
    counts: Sequence[PageCounts]
    answers: Sequence[Answer]
    frame: bytes
    summaries: bytes
    stored: Mapping[str, str]
    kept: Path
    code: str
    folders: Folders | None

    @property
    def place(self) -> str:
        """Return the folder in the site where the files of the index lie."""
        return f"{self.docset.prefix[1:]}_search"


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """A search index, ready to be stored.

    Attributes:
        hash: See `SearchIndex`.
        tables: Those that differ from what is stored.
        digests: A hash of each table.
    """

    hash: str
    tables: Sequence[Table]
    digests: Mapping[str, str]


WORDS = ("k",)
"""The kinds of files that the process with the index makes; meanwhile the others are made by the one that waits."""


def build_and_export(work: IndexWork) -> Iterator[Indexed | Mapping[str, Part]]:
    """Yield the index, then what the root says of its files, when those of some kinds are written."""
    kept = Keeper(work.kept, work.code, work.frame)
    answers = Lazy(lambda: [*answers_for(work.docset.slug), Answers(tuple(dict.fromkeys(work.answers)))])
    index = search_index.build(work.entries, work.terms, work.counts, work.docset, answers=answers, kept=kept)
    fresh = [one for one in index.tables if index.digests.get(one.name, "") != work.stored.get(one.name)]
    yield Indexed(hash=index.hash, tables=fresh, digests=index.digests)
    parts: Mapping[str, Part] = {}
    if work.folders:
        made = exporting(work, MemoryTables(index.tables), index.digests, kept)
        write_files(work, made.files(WORDS))
        parts = made.parts
    kept.save()
    yield parts


def export_the_rest(
    work: IndexWork, tables: Source, index: Indexed, kept: Keeper, others: Callable[[], Mapping[str, Part]]
) -> None:
    """Write the files of the kinds that `build_and_export` leaves, and the root, which needs to know of all.

    Args:
        work: What that was told.
        tables: The index, as it is stored.
        index: The same, as far as it is fresh.
        kept: What an earlier build left.
        others: Waits for the second result of `build_and_export`.
    """
    made = exporting(work, MemoryTables(index.tables, tables), index.digests, kept)
    write_files(work, made.files([kind for kind in KINDS if kind not in WORDS]))
    made.parts.update(others())
    write_files(work, [made.root()])


def exporting(work: IndexWork, tables: Source, digests: Mapping[str, str], kept: Keeper) -> Export:
    """Return what makes the files of an index; what is made of the same is taken over from the site before."""
    folders = cast("Folders", work.folders)
    made_of = {name: bytes.fromhex(found) for name, found in digests.items()}
    made_of["cards"] = work.frame + work.summaries
    return Export(tables, work.cards, kept=kept, made_of=made_of, take=partial(folders.take, work.place))


def write_files(work: IndexWork, files: Iterable[tuple[str, bytes]]) -> None:
    """Write files of an index into the site."""
    folders = cast("Folders", work.folders)
    for path, content in files:
        folders.write(f"{work.place}/{path}", content)
