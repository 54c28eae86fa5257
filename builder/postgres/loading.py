"""Load SQLAlchemy's async engine without the object-relational mapper that its package takes along.

Nothing here maps objects, and the mapper is 6 MB in each process. Whoever imports the package after us gets all of it.
"""

from __future__ import annotations

import importlib
import sys
from functools import cache
from types import ModuleType

_PACKAGE = "sqlalchemy.ext.asyncio"
_MAPPING = ("scoping", "session")
"""The modules of the package that need the mapper."""


class _Absent(ModuleType):
    """A module whose names all mean nothing."""

    def __getattr__(self, name: str) -> None:
        if name.startswith("__"):
            raise AttributeError(name)


@cache
def load_async_engine() -> ModuleType:
    """Return SQLAlchemy's package of async engines.

    Raises:
        ImportError: It is not installed.
    """
    known = sys.modules.get(_PACKAGE)
    if known:
        return known
    parent = importlib.import_module("sqlalchemy.ext")
    before = set(sys.modules)
    sys.modules.update({f"{_PACKAGE}.{name}": _Absent(name) for name in _MAPPING})
    try:
        return importlib.import_module(_PACKAGE)
    finally:
        for name in set(sys.modules) - before:
            if name.startswith(_PACKAGE):
                del sys.modules[name]
        vars(parent).pop("asyncio", None)
