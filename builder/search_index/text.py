"""How text becomes words and keys; `static/js/search/text.js` holds the same rules for the browser.

A *word* is a run of letters and digits in lower case; scripts written without spaces give overlapping pairs. A *key* is
a name squashed to letters and digits, so that `os.path.join`, `os path join` and `os/path/join()` all are `ospathjoin`.
A mark in front that makes another name of it (`-m`, `%d`, `*args`, `__init__`) stays, and so does pure punctuation.
A *marked word* is such a name inside of text; it is a word beside its plain letters.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

UNSPACED = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
"""Letters of Japanese, Chinese and Korean, as the inside of a character class."""

MARKS = "-%*@$&!#~+<>=|^?:"
"""Punctuation that belongs to a name when it stands in front of it; an underscore in front does too."""

_WORD = re.compile(f"[{UNSPACED}]+|[^\\W_{UNSPACED}]+")
_EASTERN = re.compile("[\u3040-\ud7af]")
_LETTERS = re.compile(r"[^\W_]+")
_LEAD = re.compile(f"[^\\w{re.escape(MARKS)}]*([{re.escape(MARKS)}]*)(_*)[^\\W_]")
_MARKED = re.compile(r"[-%*@_](?<![^\s(\[{\"'`“‘][-%*@_])(?:(?<!_)[-%*@]?[^\W\d_]\w*|(?<=_)_[^\W_]\w*)")
"""A marked word; it opens with a set of characters, and what is in front is looked at then: `re` skips to the set."""
_COMPOUND = re.compile(r"[^\W_]+(?:[_-][^\W_]+)+")
_CALL = re.compile(r"(?<=\w)\s*\(.*$", re.DOTALL)
_SPACE = re.compile(r"\s+")
_SIGN = re.compile(r"[^\w\s]+")
_BETWEEN_WORDS = frozenset("-–—?!:,.;&")
"""Signs that stand by themselves in prose."""
_AFTER_WORDS = "?:,;"
"""Signs that follow a word, or another sign: `what is :=?`"""
_UNTYPED = re.compile("[^\\x00-\\x7f‘’“”–—…]")
"""What is neither ASCII nor punctuation that Sphinx puts in its place (`smartquotes`)."""
_NO_LETTERS = bytes(one for one in range(256) if one > 127 or not chr(one).isalnum())
_ASCII_WORDS = bytes(ord(chr(one).lower()) if one < 128 and chr(one).isalnum() else 32 for one in range(256))
"""For `bytes.translate`: ASCII letters in lower case and digits, a blank for anything else."""


def normal(text: str) -> str:
    """Return text in lower case with compatible characters made one (Unicode NFKC)."""
    return text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).lower()


def is_typed(text: str) -> bool:
    """Tell whether text is ASCII but for the typographic punctuation that stands for it."""
    return text.isascii() or not _UNTYPED.search(text)


def words(text: str) -> list[str]:
    """Cut text into words, in order."""
    if is_typed(text):  # nearly all text; four times as fast as a regular expression
        return text.encode("ascii", "replace").translate(_ASCII_WORDS).decode("ascii").split()
    lowered = normal(text)
    if not _EASTERN.search(lowered):
        return _LETTERS.findall(lowered)
    return [word for run in _WORD.findall(lowered) for word in _pairs(run)]


def _pairs(run: str) -> list[str]:
    """Cut a run without spaces into overlapping pairs; leave any other run whole."""
    if len(run) < 3 or not _EASTERN.match(run):
        return [run]
    return [run[place : place + 2] for place in range(len(run) - 1)]


def marked_words(text: str) -> list[str]:
    """Return the keys of the marked words in a text: `*args`, `%d`, `-m`, `__init__`."""
    return [key(found) for found in _MARKED.findall(text if is_typed(text) else normal(text))]


def compounds(text: str) -> list[str]:
    """Return the keys of the compounds in a text: `attr-defined`, `html_theme_options`."""
    return [key(found) for found in _COMPOUND.findall(text)]


def cut_words(text: str) -> list[str]:
    """Cut text into words, marked ones and signs whole: `pass *args on` gives `pass`, `*args`, `on`."""
    found: list[str] = []
    for part in normal(text).split():
        sign = part.rstrip(_AFTER_WORDS) or part
        found += [sign] if is_sign(sign) else _cut_part(part)
    return found


def _cut_part(part: str) -> list[str]:
    found: list[str] = []
    end = 0
    for marked in _MARKED.finditer(part):
        found += [*words(part[end : marked.start()]), key(marked[0])]
        end = marked.end()
    return found + words(part[end:])


def is_sign(word: str) -> bool:
    """Tell whether what stands between blanks is a sign that may be meant: `:=`, `//`, but no dash or question mark."""
    return _SIGN.fullmatch(word) is not None and word not in _BETWEEN_WORDS


@lru_cache(maxsize=1 << 13)
def key(text: str) -> str:
    """Squash a name or title to its key."""
    if text[:1].isalnum() and is_typed(text):  # nearly all names: no mark can stand in front
        return text.encode("ascii", "replace").translate(_ASCII_WORDS, _NO_LETTERS).decode("ascii")
    lowered = normal(text)
    if lowered.isalnum():
        return lowered
    letters = "".join(_LETTERS.findall(lowered))
    if not letters:
        return _SPACE.sub("", lowered)
    lead = _LEAD.match(lowered)
    return f"{lead[1]}{lead[2][:1]}{letters}" if lead else letters


SPOKEN = "="
"""Ends the keys that are made of the leading forms of a title's words; no beginning of theirs is ever typed."""


def plain(word: str) -> str:
    """Return a key without the mark in front of it."""
    return word if word.isalnum() else "".join(_LETTERS.findall(word))


def mark(name: str) -> str:
    """Return the mark in front of a key, "" for none: `*` of `*args`, `%` of `%d`."""
    letters = plain(name)
    front = name[: len(name) - len(letters)] if letters else ""
    return "" if front == "_" else front


def is_letter(word: str) -> bool:
    """Tell whether a word or key is one character of an alphabet, not of a script that has thousands."""
    return len(word) == 1 and word < "\u0250"


def without_call(text: str) -> str:
    """Cut a name's call brackets and what follows: `print("x")` and `open(` become `print` and `open`."""
    return _CALL.sub("", text.strip())


def form(text: str) -> int:
    """Return a checksum (0 to 255) of how a name is written; it tells `Set` from `set` under one key."""
    total = 0
    for letter in text:
        total = (total * 33 + ord(letter)) & 0xFFFFFF
    return (total ^ total >> 8 ^ total >> 16) & 255
