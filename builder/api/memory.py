"""A database file copied into memory, for disks that are slow; one copy for all threads of a process."""

from __future__ import annotations

import contextlib
import itertools
import sqlite3

from datasette.database import Database

from builder.errors import StoreError

_NEEDED = (3, 36, 0)
"""The version of SQLite from which connections of one process share a database in memory by its name."""

_numbers = itertools.count()


class MemoryDatabase(Database):  # type: ignore[misc]
    """Datasette's handle of a copy in memory. Each thread has a connection of its own to the one copy."""

    @classmethod
    def copy_of(cls, original: Database) -> MemoryDatabase:
        """Copy a database with SQLite's backup (https://www.sqlite.org/backup.html).

        Raises:
            StoreError: This SQLite is too old.
        """
        if sqlite3.sqlite_version_info < _NEEDED:
            needed = ".".join(map(str, _NEEDED))
            todo = f"Leave --in-memory out, or use a Python with SQLite {needed} or newer."
            raise StoreError(f"SQLite {sqlite3.sqlite_version} has no memory to share", todo=todo)
        copy = cls(original.ds, path=original.path, is_mutable=False)
        copy.name, copy.route = original.name, original.route
        copy.address = f"file:/livedocs-{next(_numbers)}?vfs=memdb"
        copy.keeper = sqlite3.connect(copy.address, uri=True, check_same_thread=False)
        with contextlib.closing(original.connect()) as source:
            source.backup(copy.keeper)
        return copy

    def connect(self, write: bool = False) -> sqlite3.Connection:  # noqa: FBT001, FBT002 - Datasette's own form
        """Open the copy for reading; the first connection keeps it alive."""
        if write:
            raise StoreError("the copy in memory is only read from", where=self.name)
        connection = sqlite3.connect(f"{self.address}&mode=ro", uri=True, check_same_thread=False)
        self._all_file_connections.append(connection)
        return connection

    def close(self) -> None:
        """Close all connections, which frees the memory."""
        super().close()
        self.keeper.close()
