"""Cut the piece out of a text that shows best why it was found. Pure text, no database."""

from __future__ import annotations

import re
from dataclasses import dataclass

from builder.search_index.text import UNSPACED, words

LENGTH = 200
"""Characters of an excerpt, without its ellipses."""

_LEAD = 40
_ENDING = re.compile(r"(?<=[^\W_]{3})(?:ing|es|ed|er|s|e)$")
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
    found: list[tuple[int, int, str]] = []
    forms = "|".join(map(_form, sorted(asked, key=len, reverse=True)))
    for match in re.finditer(f"(?=({forms}))", line, re.IGNORECASE) if asked else ():
        start, end = match.span(1)
        if found and start < found[-1][1]:  # pairs of letters in a script without spaces overlap
            start = found.pop()[0]
        found.append((start, end, line[start:end].casefold()[:4]))
    return found


def _form(word: str) -> str:
    """Return the expression for a word of the query and its inflected forms."""
    if _UNSPACED.match(word):
        return re.escape(word)
    if len(word) < 3:
        return rf"(?<![^\W_]){re.escape(word)}(?![^\W_])"
    stem = _ENDING.sub("", word)
    return rf"(?<![^\W_])(?:{re.escape(word)}[^\W_]*|{re.escape(stem)}(?:e|s|es|ed|ing|er)?(?![^\W_]))"


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
