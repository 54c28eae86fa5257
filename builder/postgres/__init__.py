"""PostgreSQL in the place of the embedded database: load a built one into it, answer the API from it.

What it needs is an extra: `pip install 'livedocs[postgres]'`. Importing this opens nothing.
"""

from __future__ import annotations

from builder.postgres.addresses import read_address, read_addresses
from builder.postgres.engine import PostgresDatabase, open_database
from builder.postgres.load import load_database

__all__ = ["PostgresDatabase", "load_database", "open_database", "read_address", "read_addresses"]
