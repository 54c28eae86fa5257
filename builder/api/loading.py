"""Load Datasette without the packages that it takes along only where they happen to be there."""

from __future__ import annotations

import ctypes
import gc
import importlib
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_ALONG = (("httpx", ("rich", "pygments")), ("datasette.vendored.pint", ("numpy",)))
"""Who looks for what: httpx for its own command line, Datasette's units for arrays. Together 11 MB in each process.
None of them loads Datasette's plugins, which may need these packages."""

_ARENA_MAX = -8
"""glibc's number for how many heaps there may be (malloc.h: M_ARENA_MAX)."""

_THRESHOLD = 10_000
"""Objects that a few searches make; Python looks for garbage after 700, in the middle of each search."""


def load_datasette() -> None:
    """Import Datasette; call it before anything else imports it.

    What is loaded now stays, so the collector of garbage need not look through it while somebody waits.
    """
    if "datasette.app" in sys.modules:
        return
    for name, unneeded in _ALONG:
        with _hidden(unneeded), suppress(ImportError):
            importlib.import_module(name)
    importlib.import_module("datasette.app")
    gc.collect()
    gc.freeze()
    gc.set_threshold(_THRESHOLD)
    _share_heap()


def _share_heap() -> None:
    """Let all threads take memory from one heap: glibc gives each its own, and what is freed in one serves no other."""
    with suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)


@contextmanager
def _hidden(names: Sequence[str]) -> Iterator[None]:
    """Let packages that are not loaded yet be as if not installed: None in `sys.modules` says so."""
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
