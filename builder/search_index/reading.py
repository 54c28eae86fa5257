"""Read a query as people type it: calls, imports, dots or spaces, operators, words."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from builder.search_index.pasted import read_pasted
from builder.search_index.text import cut_words, form, is_sign, key, mark, plain, without_call

_BLANK = re.compile(r"[\s\x00-\x1f\x7f-\x9f\ufeff]+")
"""What separates words: blanks and control characters, of which languages have different lists."""

_FROM_IMPORT = re.compile(r"^from\s+([\w.]+)\s+import\s+(\w+)\s*(?:as\s+\w+)?$")
_DOTTED = re.compile(r"^[^\W\d]\w*(?:\.\w*)+$")
_IMPORT = re.compile(r"^import\s+([\w.]+)\s*(?:as\s+\w+)?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A query, read.

    Attributes:
        name: What it may name, without call brackets and import words.
        key: The key of that.
        form: The checksum of how that is written.
        words: Its words in order, and signs between them; a marked word stands for its plain letters. No sign alone.
        dotted: Whether it is one dotted name, or the beginning of one.
        pasted: Whether it is a line of a traceback, or an address (see `pasted`).
        others: What it may name otherwise.
        pages: The keys of the pages that a pasted address may mean.
        anchor: The place on the page.
    """

    name: str
    key: str
    form: int
    words: tuple[str, ...]
    dotted: bool
    pasted: bool = False
    others: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    anchor: str = ""

    @property
    def rest(self) -> str:
        """Return the key of what the name may be without something unknown, "" for none.

        That is a variable, a module or a mark in front, or what follows a marked word: a switch's value.
        """
        marked = mark(self.key)
        if marked and " " in self.name:
            return key(self.name.partition(" ")[0])
        return plain(key(self.name.rpartition(".")[2])) if self.dotted or marked else ""

    def named(self, name: str) -> Question:
        """Return the same question as naming something else."""
        return replace(self, name=name, key=key(name), form=form(name), dotted=bool(_DOTTED.match(name)))


def read(text: str) -> Question:
    """Read a query."""
    typed = _BLANK.sub(" ", text).strip(" ")
    pasted = read_pasted(typed)
    if pasted:
        question = _read_typed(pasted.text).named(pasted.names[0])
        return replace(
            question, pasted=True, others=pasted.names[1:], pages=pasted.pages, anchor=pasted.anchor
        )
    return _read_typed(typed)


def _read_typed(typed: str) -> Question:
    imported = _FROM_IMPORT.match(typed)
    module = _IMPORT.match(typed)
    if imported:
        typed = f"{imported[1]}.{imported[2]}"
    elif module:
        typed = module[1]
    name = without_call(typed)
    dotted = bool(_DOTTED.match(name))
    words = cut_words(typed)
    return Question(
        name=name,
        key=key(name),
        form=form(name),
        words=() if all(map(is_sign, words)) else tuple(words),
        dotted=dotted,
    )
