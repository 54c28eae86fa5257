"""How text becomes words and keys; `site_templates/static/js/search/text.js` holds the same rules for the browser.

A *word* is a run of letters and digits in lower case; scripts written without spaces give overlapping pairs. A *key* is a
name squashed to letters and digits, so that `os.path.join`, `os path join` and `os/path/join()` all are `ospathjoin`; a
punctuation mark in front that makes another name of it (`-m`, `%d`, `*args`) stays, and so does pure punctuation.
"""

from __future__ import annotations

import re
import unicodedata

UNSPACED = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
"""Letters of Japanese, Chinese and Korean, as the inside of a character class."""

MARKS = "-%*@$&!#~+<>=|^?:"
"""Punctuation that belongs to a name when it stands in front of it."""

_WORD = re.compile(f"[{UNSPACED}]+|[^\\W_{UNSPACED}]+")
_LETTERS = re.compile(r"[^\W_]+")
_LEAD = re.compile(f"[^\\w]*?([{re.escape(MARKS)}]*)_*[^\\W_]")
_CALL = re.compile(r"(?<=[^\W])\s*\(.*$", re.DOTALL)
_SPACE = re.compile(r"\s+")


def normal(text: str) -> str:
    """Return text in lower case with compatible characters made one (Unicode NFKC)."""
    return text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).lower()


def words(text: str) -> list[str]:
    """Cut text into words, in order."""
    lowered = normal(text)
    if lowered.isascii():
        return _LETTERS.findall(lowered)
    return [word for run in _WORD.findall(lowered) for word in _pairs(run)]


def _pairs(run: str) -> list[str]:
    """Cut a run without spaces into overlapping pairs; leave any other run whole."""
    if len(run) < 3 or not "\u3040" <= run[0] <= "\ud7af":
        return [run]
    return [run[place : place + 2] for place in range(len(run) - 1)]


def key(text: str) -> str:
    """Squash a name or title to its key."""
    lowered = normal(text)
    letters = "".join(_LETTERS.findall(lowered))
    if not letters:
        return _SPACE.sub("", lowered)
    lead = _LEAD.match(lowered)
    return (lead[1] if lead else "") + letters


def without_call(text: str) -> str:
    """Cut a name's call brackets and what follows: `print("x")` and `open(` become `print` and `open`."""
    return _CALL.sub("", text.strip())


def form(text: str) -> int:
    """Return a checksum (0 to 255) of how a name is written; it tells `Set` from `set` under one key."""
    total = 0
    for letter in text:
        total = (total * 31 + ord(letter)) & 255
    return total
