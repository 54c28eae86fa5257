"""What an inventory lists, page by page, as it is kept between builds: of most pages nobody wants to know."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from builder.pipeline.workers import in_background

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from builder.parse import Inventory, Named
    from builder.pipeline.scan import Scan
    from builder.search_index.keeping import Keeper

FILE = "objects.inv"


class Listing(NamedTuple):
    """An inventory.

    Attributes:
        project: `Python`, "" where there is no inventory.
        version: `3.11`.
        pages: By page what is listed there, as JSON; equal texts, equal objects.
    """

    project: str
    version: str
    pages: Mapping[str, str]

    def at(self, page: str) -> dict[str, tuple[Named, ...]]:
        """Return the objects of a page by id."""
        from builder.parse import Named  # noqa: PLC0415  # it brings the whole parser

        places = json.loads(self.pages.get(page, "{}"))
        return {anchor: tuple(Named(*one) for one in listed) for anchor, listed in places.items()}


def read_listing(scan: Scan, kept: Keeper, meanwhile: Callable[[], None]) -> Listing:
    """Return what the docs' inventory lists; `meanwhile` is called while it is read anew.

    Raises:
        InventoryError: It is damaged.
    """
    if FILE not in scan.files:
        return Listing("", "", {})

    def read() -> Listing:
        with in_background(_listings, scan) as following:
            meanwhile()
            listing: Listing = following()
            return listing

    return kept.step("inventory", bytes.fromhex(scan.files[FILE]), read)


def _listings(scan: Scan) -> Iterator[Listing]:
    from builder.parse import read_inventory  # noqa: PLC0415  # it brings the whole parser

    yield _listed(read_inventory(scan.root / FILE))


def _listed(inventory: Inventory) -> Listing:
    pages = {page: json.dumps(places, sort_keys=True) for page, places in inventory.places.items()}
    return Listing(inventory.project, inventory.version, pages)
