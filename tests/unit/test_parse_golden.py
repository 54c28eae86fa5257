"""Real pages of two versions of Python's docs, parsed: everything the parser reads, as text one can review.

`LIVEDOCS_UPDATE_GOLDEN=1 pytest tests/unit/test_parse_golden.py` writes the files anew.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from builder.models import Symbol
from builder.parse import parse_index, parse_page, read_inventory

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from builder.models import ParsedPage, Section

WIDTH = 100
NO_CONTENT = {"search.html"}


@pytest.mark.parametrize("version", ["3.11", "3.13"])
def test_real_pages_are_read_as_reviewed(request: pytest.FixtureRequest, version: str) -> None:
    tree = request.config.rootpath / "tests" / "golden" / f"python-{version}"
    golden = tree.with_name(f"parsed-{version}.txt")

    text = "".join(f"{line}\n" for line in described(tree))

    if os.environ.get("LIVEDOCS_UPDATE_GOLDEN") == "1":
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def described(tree: Path) -> Iterator[str]:
    """Yield everything that is read of a tree."""
    inventory = read_inventory(tree / "objects.inv")
    yield f"inventory of {inventory.project} {inventory.version}"
    for file in sorted(tree.rglob("*.html")):
        path = file.relative_to(tree).as_posix()
        if path.startswith("genindex"):
            yield from described_index(path, file)
        elif path not in NO_CONTENT:
            page = parse_page(path, file.read_bytes(), inventory.places.get(path, {}))
            assert page is not None
            yield from described_page(page)


def described_index(path: str, file: Path) -> Iterator[str]:
    """Yield the lines of a page of the general index."""
    lines = parse_index(path, file.read_bytes())
    yield from ("", f"== {path}: {len(lines)} lines")
    yield from (f"{'!' if line.main else ' '} {line.term} -> {line.page}#{line.anchor}" for line in lines)


def described_page(page: ParsedPage) -> Iterator[str]:
    """Yield what is read of a page."""
    yield from ("", f"== {page.path}: {page.title} ({page.language})")
    yield f"previous {page.previous or '-'}, next {page.next or '-'}, above {', '.join(page.parents) or '-'}"
    yield f"{len(page.links)} places linked {sum(link.count for link in page.links)} times, {len(page.anchors)} ids"
    yield from (f"! {warning}" for warning in page.warnings)
    yield from (f"toc {'  ' * line.depth}{line.page} {line.title}" for line in page.toc)
    depths: list[int] = []
    for draft in sorted([*page.sections, *page.symbols], key=lambda draft: draft.position):
        depths.append(depths[draft.parent] + 1 if draft.parent >= 0 else 0)
        yield from (f"{'  ' * depths[-1]}{line}" for line in described_entry(draft))
        for note in page.notes:
            if note.position == draft.position:
                whole = "" if note.whole else ", of a part"
                yield f"{'  ' * depths[-1]}  [{note.kind} {note.version or '?'}{whole}] {short(note.text)}"


def described_entry(draft: Section | Symbol) -> Iterator[str]:
    """Yield what is read of a section or symbol."""
    ids = " ".join(f"#{anchor}" for anchor in draft.ids)
    if isinstance(draft, Symbol):
        yield f"* {draft.domain}:{draft.role} {draft.name} ({draft.kind}) {ids}"
        yield from (f"  | {line}" for line in draft.signature.splitlines())
    else:
        name = f" {draft.name}" if draft.name else ""
        yield f"{'#' * max(draft.level, 1)} {draft.title} ({draft.kind}{name}) {ids}".rstrip()
    if draft.summary:
        yield f"  {short(draft.summary)}"
    if draft.text or draft.code:
        yield f"  ({len(draft.text.split())} words, {len(draft.code.splitlines())} lines of code)"


def short(text: str) -> str:
    """Return a text cut to one line of the file."""
    return text if len(text) <= WIDTH else text[:WIDTH].rstrip() + "…"
