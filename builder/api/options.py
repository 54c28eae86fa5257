"""How an output folder is served; reading this loads nothing of the server."""

from __future__ import annotations

from dataclasses import dataclass, field

from builder.headers import API_PREFIX

BASE_URL = f"{API_PREFIX}/"
"""Where the API stands below the site's address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MountOptions:
    """How the database is served.

    Attributes:
        allow_sql: Whether anyone may run their own SQL.
        in_memory: Whether it is copied into memory first.
        site_url: Where the site is published, "" for the same address.
        shared_replies: A file in which processes share ready replies, "" where there is one process.
        database_url: A PostgreSQL database that answers searches instead of the file.
        replicas: Its read replicas.
    """

    allow_sql: bool = False
    in_memory: bool = False
    site_url: str = ""
    shared_replies: str = ""
    database_url: str = ""
    replicas: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeOptions:
    """Where and how an output folder is served.

    Attributes:
        host: The address to listen on.
        port: The port, 0 for any free one.
        workers: How many processes share the port.
        mount: How the database is served.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    mount: MountOptions = field(default_factory=MountOptions)
