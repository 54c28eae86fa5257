"""Read `objects.inv`, Sphinx's list of everything that other docs can link to, by way of sphobjinv."""

from __future__ import annotations

import zlib
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from builder.errors import InventoryError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Named(NamedTuple):
    """One object of an inventory: `Named("py", "function", "json.dump")`."""

    domain: str
    role: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """An inventory's header and its objects by place.

    Attributes:
        project: `Python`.
        version: `3.11`.
        places: Page to id to the objects that are there.
    """

    project: str
    version: str
    places: Mapping[str, Mapping[str, tuple[Named, ...]]]


def read_inventory(file: Path) -> Inventory:
    """Read an inventory of version 2 (Sphinx 1.0 and newer).

    Raises:
        InventoryError: It is damaged or not an inventory.
    """
    import sphobjinv  # noqa: PLC0415  # heavy, and needed only when the inventory changed

    try:
        raw = file.read_bytes()
        zlib.decompress(raw.split(b"\n", 4)[4])  # sphobjinv takes a file that is cut for whole
        inventory = sphobjinv.Inventory(zlib=raw)
    except Exception as error:  # it raises whatever zlib, re and codecs raise
        raise InventoryError(
            "objects.inv is damaged or not an inventory of version 2",
            where=file,
            todo="Fetch these docs again, or delete the file to build without it.",
        ) from error
    places: defaultdict[str, defaultdict[str, list[Named]]] = defaultdict(lambda: defaultdict(list))
    for item in inventory.objects:
        page, _, anchor = item.uri_expanded.partition("#")
        places[page][anchor].append(Named(item.domain, item.role, item.name))
    return Inventory(
        project=inventory.project or "",
        version=inventory.version or "",
        places={
            page: {anchor: tuple(sorted(named)) for anchor, named in anchors.items()}
            for page, anchors in places.items()
        },
    )
