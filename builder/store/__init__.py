"""Keep docsets in one SQLite file: write them, read them back."""

from builder.store.reader import Store, open_store
from builder.store.writer import (
    Held,
    finish_database,
    held,
    open_database,
    remove_docsets,
    usable,
    write_index,
    write_rows,
)

__all__ = [
    "Held",
    "Store",
    "finish_database",
    "held",
    "open_database",
    "open_store",
    "remove_docsets",
    "usable",
    "write_index",
    "write_rows",
]
