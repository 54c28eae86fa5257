"""Order what the home page shows of a docset: its modules by chapter, what readers need most by kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from builder.models import ContentsNode, DocsetView, Entry, PageRef


_KINDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A chapter and the modules it describes, in the chapter's order."""

    page: PageRef
    modules: tuple[Entry, ...]


def modules_by_topic(view: DocsetView) -> tuple[Topic, ...]:
    """Return the chapters that hold modules, in reading order; a module on no chapter's page is in none."""
    by_page: dict[str, list[Entry]] = {}
    for module in view.modules:
        if not module.removed and not module.name.startswith("_"):
            by_page.setdefault(module.page, []).append(module)
    chapters: dict[str, tuple[PageRef, list[Entry]]] = {}
    for chapter, page in _placed(view.contents):
        if page.path in by_page:
            chapters.setdefault(chapter.path, (chapter, []))[1].extend(by_page.pop(page.path))
    return tuple(Topic(page=chapter, modules=tuple(modules)) for chapter, modules in chapters.values())


def _placed(
    nodes: Iterable[ContentsNode], depth: int = 1, chapter: PageRef | None = None
) -> Iterator[tuple[PageRef, PageRef]]:
    """Yield each page with its chapter: the page above it, but never one deeper than the second level."""
    for node in nodes:
        yield chapter or node.page, node.page
        below = node.page if depth <= 2 or chapter is None else chapter
        yield from _placed(node.children, depth + 1, below)


def popular_by_kind(view: DocsetView) -> tuple[tuple[str, tuple[Entry, ...]], ...]:
    """Return what readers need most, kind by kind: the kinds of which most is needed first, each in its order."""
    by_kind: dict[str, list[Entry]] = {}
    for entry in view.popular:
        by_kind.setdefault(entry.kind, []).append(entry)
    fullest = sorted(by_kind.items(), key=lambda item: -len(item[1]))[:_KINDS]
    return tuple((kind, tuple(entries)) for kind, entries in fullest)
