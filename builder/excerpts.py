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
        return Excerpt(text=fallback or _clip(line, 0)[0])
    piece, shift = _clip(line, _best_start(found))
    end = len(piece.rstrip(" …"))
    marks = ((start + shift, stop + shift) for start, stop, _ in found)
    return Excerpt(text=piece, marks=tuple((a, b) for a, b in marks if a >= 0 and b <= end))


def _find_words(line: str, asked: tuple[str, ...]) -> list[tuple[int, int, str]]:
    """Return `(start, end, which)` of each word of the text that begins with one of those asked for."""
    if not asked:
        return []
    forms = "|".join(map(_form, sorted(asked, key=len, reverse=True)))
    return [
        (match.start(), match.end(), match[0].casefold()[:4])
        for match in re.finditer(forms, line, re.IGNORECASE)
    ]


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


def _clip(line: str, begin: int) -> tuple[str, int]:
    """Return the piece from about `begin` on, cut between words, and what to add to an offset of the line."""
    if begin and (space := line.find(" ", begin, begin + _LEAD)) >= 0:
        begin = space + 1
    end = min(len(line), begin + LENGTH)
    if end < len(line) and (space := line.rfind(" ", begin, end)) > begin:
        end = space
    front = "… " if begin else ""
    return front + line[begin:end] + (" …" if end < len(line) else ""), len(front) - begin
