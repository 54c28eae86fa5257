"""Cut the piece out of a text that shows best why it was found. Pure text, no database."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.search_index.text import UNSPACED, words

if TYPE_CHECKING:
    from collections.abc import Iterator

LENGTH = 200
"""Characters of an excerpt, without its ellipses."""

_LEAD = 40
_ENDING = re.compile(r"(?<=[^\W_]{3})(?:ing|es|ed|er|s|e)$")
_ENDINGS = frozenset({"", "e", "s", "es", "ed", "ing", "er"})
_UNSPACED = re.compile(f"[{UNSPACED}]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """A piece of an entry's text.

    Attributes:
        text: Plain text on one line.
        marks: `(start, end)` of each word that the query asks for, in code points of `text`, in order.
    """

    text: str
    marks: tuple[tuple[int, int], ...] = ()


def cut_excerpt(text: str, query: str, fallback: str = "") -> Excerpt:
    """Return the piece of `text` with the most different words of the query, the first of equals.

    A word counts where it begins with a word of the query, or differs from it by an English ending: `parsing`
    marks `parse`, as the index finds inflected forms too.

    Args:
        text: An entry's prose.
        query: As the reader typed it.
        fallback: What is shown where `text` has none of the words, such as the entry's summary.
    """
    line = " ".join(text.split())
    found = _find_words(line, tuple(dict.fromkeys(words(query))))
    if not found:
        return Excerpt(text=fallback) if fallback else _cut(line, 0, [])
    return _cut(line, _best_start(found), found)


def _cut(line: str, begin: int, found: list[tuple[int, int, str]]) -> Excerpt:
    begin, end = _window(line, begin)
    front, back = "… " if begin else "", " …" if end < len(line) else ""
    shift = len(front) - begin
    marks = tuple((start + shift, stop + shift) for start, stop, _ in found if begin <= start and stop <= end)
    return Excerpt(text=front + line[begin:end] + back, marks=marks)


def _find_words(line: str, asked: tuple[str, ...]) -> list[tuple[int, int, str]]:
    """Return `(start, end, which)` of each word of the text that one of those asked for begins."""
    lowered = line.lower()
    if len(lowered) != len(line):  # a few letters have longer small forms; places must stay those of the text
        lowered = "".join(low if len(low := letter.lower()) == 1 else letter for letter in line)
    ends: dict[int, int] = {}
    for word in sorted(asked, key=len):  # what a longer word finds in the same place stands
        ends.update(_find_word(lowered, word.lower()))
    found: list[tuple[int, int, str]] = []
    for start, end in sorted(ends.items()):
        first = start
        if found and start < found[-1][1]:  # pairs of letters in a script without spaces overlap
            first = found.pop()[0]
        found.append((first, end, lowered[first:end][:4]))
    return found


def _find_word(line: str, word: str) -> Iterator[tuple[int, int]]:
    """Yield `(start, end)` of a word of the query and its inflected forms; a short word only as it is."""
    if _UNSPACED.match(word):
        yield from ((start, start + len(word)) for start in _places(line, word))
        return
    stem = _ENDING.sub("", word) if len(word) >= 3 else word
    for start in _places(line, stem):
        if start and line[start - 1].isalnum():
            continue
        whole = line.startswith(word, start)
        end = _end_of_word(line, start + len(word if whole else stem))
        if (whole and len(word) >= 3) or line[start + len(stem) : end] in (
            _ENDINGS if len(word) >= 3 else ("",)
        ):
            yield start, end


def _places(line: str, piece: str) -> Iterator[int]:
    start = line.find(piece) if piece else -1
    while start >= 0:
        yield start
        start = line.find(piece, start + 1)


def _end_of_word(line: str, place: int) -> int:
    while place < len(line) and line[place].isalnum():
        place += 1
    return place


def _best_start(found: list[tuple[int, int, str]]) -> int:
    """Return where the piece begins that holds the most different words."""
    best, most = found[0][0], 0
    for index, (start, _, _) in enumerate(found[:200]):
        within = {which for _, end, which in found[index : index + 40] if end <= start + LENGTH - _LEAD}
        if len(within) > most:
            best, most = start, len(within)
    return max(0, best - _LEAD)


def _window(line: str, begin: int) -> tuple[int, int]:
    """Return where the piece from about `begin` on starts and ends, cut between words."""
    if begin and (space := line.find(" ", begin, begin + _LEAD)) >= 0:
        begin = space + 1
    end = min(len(line), begin + LENGTH)
    if end < len(line) and (space := line.rfind(" ", begin, end)) > begin:
        end = space
    return begin, end
