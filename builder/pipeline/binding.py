"""Put a docset together from what was read: as a whole, or, where its frame is known, only the pages that changed."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from builder.assemble import Assembled, Book, Frame, assemble
from builder.models import Docset
from builder.pipeline import cache

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from builder.pipeline.listing import Listing
    from builder.pipeline.reading import Reading
    from builder.pipeline.scan import Scan
    from builder.pipeline.sources import Wanted
    from builder.pipeline.units import Unit

_LONGEST_SLUG = 60
_OWN_NAMES = frozenset(
    "api assets index.html 404.html livedocs.json robots.txt sitemap.xml opensearch.xml _headers _redirects".split()
)
"""What stands in the site's root, or is served beside it."""


class Bound(NamedTuple):
    """What is known of a docset by its frame alone.

    Attributes:
        docset: Who it is.
        frame: What takes more than one page to know.
        entries: How many it has.
        warnings: What a site owner should know: `page: sentence`.
    """

    docset: Docset
    frame: Frame
    entries: int
    warnings: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Binder:
    """Puts a docset together.

    Attributes:
        number: The docset's id.
        wanted: The docset as it is asked for.
        scan: Its files.
        listing: Its inventory.
        reading: What its pages say.
        code: Hash of our own code.
    """

    number: int
    wanted: Wanted
    scan: Scan
    listing: Listing
    reading: Reading
    code: str

    @cached_property
    def frame_key(self) -> str:
        """Return a hash of everything but the prose of pages; where it is as it was, so are numbers, names, links."""
        wanted, scan = self.wanted, self.scan
        who = repr(
            (self.number, self.unplaced, wanted.tree.root.name, self.listing.project, self.listing.version)
        )
        return cache.key_of(self.code, who, repr(sorted(scan.files.items())), self.reading.frame())

    @property
    def fingerprint(self) -> str:
        """Return a hash of everything that goes in."""
        return cache.key_of(self.code, repr(self.unplaced), self.scan.digest())

    @property
    def unplaced(self) -> Wanted:
        """Return what is wanted without the folder where it lies, which makes no difference."""
        return replace(self.wanted, tree=replace(self.wanted.tree, root=Path()))

    @cached_property
    def units(self) -> dict[str, Unit]:
        """Return all pages."""
        return {path: self.reading.unit(path) for path in self.reading.pages}

    @cached_property
    def whole(self) -> Assembled:
        """Return the whole docset."""
        book = self._book(self.units, _docset(self.wanted, self.listing, self.units.values()))
        files = _files(self.scan, self.units.values())
        synopses, index = self.reading.synopses(), self.reading.index()
        return assemble(replace(book, index=index, synopses=synopses, files=files))

    def some(self, paths: Iterable[str], bound: Bound) -> Assembled:
        """Return some pages of a docset whose frame is known, without what the frame fixes."""
        book = self._book({path: self.reading.unit(path) for path in paths}, bound.docset)
        return assemble(replace(book, synopses=self.reading.synopses()), bound.frame)

    def bound(self) -> Bound:
        """Return what is known by the frame alone."""
        found = (f"{path}: {text}" for path, unit in self.units.items() for text in unit.page.warnings)
        return Bound(
            docset=self.whole.book.docset,
            frame=self.whole.frame,
            entries=sum(map(len, self.whole.pages.values())),
            warnings=tuple(found),
        )

    def _book(self, units: Mapping[str, Unit], docset: Docset) -> Book:
        return Book(
            docset=docset,
            number=self.number,
            canonical=self.wanted.tree.canonical,
            fingerprint=self.fingerprint,
            pages={path: unit.page for path, unit in units.items()},
            html={path: unit.html for path, unit in units.items()},
            digests=self.scan.pages,
            index=(),
            synopses={},
            files={},
        )


def _docset(wanted: Wanted, listing: Listing, units: Iterable[Unit]) -> Docset:
    """Return who the docset is: as configured, else as its inventory and pages say."""
    tree = wanted.tree
    name = wanted.name or listing.project or tree.slug or tree.root.name
    languages = sorted(unit.page.language for unit in units if unit.page.language)
    return Docset(
        slug=_free(tree.slug or slug_of(name) or "docs"),
        name=name,
        version=_free(tree.version or slug_of(listing.version) or "latest"),
        language=wanted.language or (max(languages, key=languages.count) if languages else "en"),
        origin=tree.origin,
    )


def _files(scan: Scan, units: Iterable[Unit]) -> dict[str, bytes]:
    """Return the files that go with the pages; of a theme's own only those that a page shows."""
    shown = {link.page for unit in units for link in unit.page.links}
    carried = (path for path in scan.files if not path.startswith("_static/") or path in shown)
    return {path: scan.file(path) for path in carried}


def slug_of(name: str) -> str:
    """Return a name as it stands in addresses: `Read the Docs` becomes `read-the-docs`; "" where nothing is left."""
    return re.sub(r"[^\w.]+", "-", name.lower())[:_LONGEST_SLUG].strip("-.")


def _free(slug: str) -> str:
    """Return a slug that is no name of the site's own files and folders."""
    return f"{slug}-docs" if slug in _OWN_NAMES else slug
