"""Keep docsets in one SQLite file: write them, read them back."""

from builder.store.reader import Store, open_store
from builder.store.writer import (
    fingerprint_of,
    finish_database,
    open_database,
    remove_docsets,
    stored_tables,
    usable,
    write_index,
    write_rows,
)

__all__ = [
    "Store",
    "fingerprint_of",
    "finish_database",
    "open_database",
    "open_store",
    "remove_docsets",
    "stored_tables",
    "usable",
    "write_index",
    "write_rows",
]
