"""Marks in the outline's text that stand for tags: where a paragraph is, what a signature calls its object.

A tag costs Beautiful Soup 12 µs, a character nothing, and half of the tags in Python's docs are paragraphs and the
parts of signatures. The marks are characters for private use (U+E000 and following), of which HTML is cleaned first.
"""

from __future__ import annotations

import re

PARAGRAPH, PARAGRAPH_END = "\ue000", "\ue001"
NAME, NAME_END = "\ue002", "\ue003"
LEAD, LEAD_END = "\ue004", "\ue005"
"""Around the words of a version note that say what happened when: `Changed in version 3.2:`."""

ALL = (PARAGRAPH, PARAGRAPH_END, NAME, NAME_END, LEAD, LEAD_END)

_PARAGRAPH = re.compile(f"{PARAGRAPH}([^{PARAGRAPH}{PARAGRAPH_END}]*)")
_NAME = re.compile(f"{NAME}([^{NAME_END}]*){NAME_END}")
_LEAD = re.compile(f"{LEAD}([^{LEAD_END}]*){LEAD_END}")


def plain(text: str) -> str:
    """Return a text without marks; paragraphs end with a line."""
    if PARAGRAPH in text or PARAGRAPH_END in text:
        text = text.replace(PARAGRAPH, "\n").replace(PARAGRAPH_END, "\n")
    for mark in ALL[2:]:
        if mark in text:
            text = text.replace(mark, "")
    return text


def first_paragraph(text: str) -> str:
    """Return the first paragraph that says anything, "" where there is none."""
    for found in _PARAGRAPH.finditer(text):
        if found.group(1).strip():
            return plain(found.group(1))
    return ""


def names(text: str) -> list[str]:
    """Return the parts of a signature that name its object, in order: `json.`, `dump`."""
    return _NAME.findall(text)


def lead(text: str) -> str:
    """Return the leading words of a version note."""
    found = _LEAD.search(text)
    return found.group(1) if found else ""
