"""Cut the piece out of a text that shows best why it was found. Pure text, no database."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from builder.search_index.text import UNSPACED, words

LENGTH = 200
"""Characters of an excerpt, without its ellipses."""

_LEAD = 40
_MOST_FOUND = 200
_ENDING = re.compile(r"(?<=[^\W_]{3})(?:ing|es|ed|er|s|e)$")
_ENDINGS = frozenset({"", "e", "s", "es", "ed", "ing", "er"})
_NO_ENDING = frozenset({""})
_UNSPACED = re.compile(f"[{UNSPACED}]")
_REST = re.compile(r"[^\W_]*")
"""What follows of a word: letters and digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """A piece of an entry's text.

    Attributes:
        text: Plain text on one line.
        marks: `(start, end)` of each word that the query asks for, in code points of `text`, in order.
    """

    text: str
    marks: tuple[tuple[int, int], ...] = ()


class _Asked(NamedTuple):
    """A word that is looked for.

    Attributes:
        word: As it is asked for, in small letters.
        stem: What all its forms begin with.
        endings: What may follow the stem; None in a script without spaces, where anything may.
    """

    word: str
    stem: str
    endings: frozenset[str] | None


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
    found = _find_words(line, _read_asked(query))
    if not found:
        return Excerpt(text=fallback) if fallback else _cut(line, 0, [])
    return _cut(line, _best_start(found), found)


@lru_cache(maxsize=64)
def _read_asked(query: str) -> tuple[_Asked, ...]:
    """Return the words of a query, shorter ones first; all results of an answer ask for the same."""
    return tuple(_asked(word.lower()) for word in sorted(dict.fromkeys(words(query)), key=len))


def _asked(word: str) -> _Asked:
    if _UNSPACED.match(word):
        return _Asked(word=word, stem=word, endings=None)
    if len(word) < 3:
        return _Asked(word=word, stem=word, endings=_NO_ENDING)
    return _Asked(word=word, stem=_ENDING.sub("", word), endings=_ENDINGS)


def _cut(line: str, begin: int, found: list[tuple[int, int, str]]) -> Excerpt:
    begin, end = _window(line, begin)
    front, back = "… " if begin else "", " …" if end < len(line) else ""
    shift = len(front) - begin
    marks = tuple((start + shift, stop + shift) for start, stop, _ in found if begin <= start and stop <= end)
    return Excerpt(text=front + line[begin:end] + back, marks=marks)


def _find_words(line: str, asked: tuple[_Asked, ...]) -> list[tuple[int, int, str]]:
    """Return `(start, end, which)` of each word of the text that one of those asked for begins."""
    lowered = line.lower()
    if len(lowered) != len(line):  # a few letters have longer small forms; places must stay those of the text
        lowered = "".join(low if len(low := letter.lower()) == 1 else letter for letter in line)
    ends: dict[int, int] = {}
    for one in asked:  # what a longer word finds in the same place stands
        _find_word(lowered, one, ends)
    found: list[tuple[int, int, str]] = []
    for start, end in sorted(ends.items()):
        first = start
        if found and start < found[-1][1]:  # pairs of letters in a script without spaces overlap
            first = found.pop()[0]
        found.append((first, end, lowered[first:end][:4]))
    return found


def _find_word(line: str, asked: _Asked, ends: dict[int, int]) -> None:
    """Note where a word of the query and its inflected forms start and end; a short word only as it is."""
    word, stem, endings = asked.word, asked.stem, asked.endings
    start = line.find(stem) if stem else -1
    while start >= 0:
        if endings is None:
            ends[start] = start + len(stem)
        elif not (start and line[start - 1].isalnum()):
            match = _REST.match(line, start + len(stem))
            end = match.end() if match else start
            whole = endings is _ENDINGS and line.startswith(word, start)
            if whole or line[start + len(stem) : end] in endings:
                ends[start] = end
        start = line.find(stem, start + 1)


def _best_start(found: list[tuple[int, int, str]]) -> int:
    """Return where the piece begins that holds the most different words: a window that slides over them."""
    best, most = found[0][0], 0
    inside: dict[str, int] = {}
    last = 0
    for index, (start, _, first) in enumerate(found[:_MOST_FOUND]):
        while last < len(found) and found[last][1] <= start + LENGTH - _LEAD:
            inside[found[last][2]] = inside.get(found[last][2], 0) + 1
            last += 1
        if len(inside) > most:
            best, most = start, len(inside)
        if last == index:  # it is longer than the window
            last += 1
        elif inside[first] == 1:
            del inside[first]
        else:
            inside[first] -= 1
    return max(0, best - _LEAD)


def _window(line: str, begin: int) -> tuple[int, int]:
    """Return where the piece from about `begin` on starts and ends, cut between words."""
    if begin and (space := line.find(" ", begin, begin + _LEAD)) >= 0:
        begin = space + 1
    end = min(len(line), begin + LENGTH)
    if end < len(line) and (space := line.rfind(" ", begin, end)) > begin:
        end = space
    return begin, end
