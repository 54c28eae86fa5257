"""Addresses of PostgreSQL databases: read, checked, and shown without their password."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from builder.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SCHEMES = ("postgresql", "postgres")
PASSWORD = "LIVEDOCS_DATABASE_PASSWORD"  # noqa: S105 - the name of a variable
_WHERE = "LIVEDOCS_DATABASE_URL"
_TODO = "Write it like postgresql://user@host:5432/name."


@dataclass(frozen=True, slots=True)
class Address:
    """Where a database is. Neither `str` nor `repr` tells the password.

    Attributes:
        host: A host, or the folder of a Unix socket.
        port: The port.
        user: Who asks, "" for the one who runs this.
        name: The database.
        password: The password, "" for none.
        tls: Whether the connection must be encrypted (`sslmode=require` and stricter).
    """

    host: str
    port: int
    user: str
    name: str
    password: str
    tls: bool

    def __str__(self) -> str:
        user = f"{self.user}@" if self.user else ""
        return f"postgresql://{user}{self.host}:{self.port}/{self.name}"

    __repr__ = __str__

    def arguments(self) -> dict[str, object]:
        """Return what asyncpg's `connect` takes."""
        given: dict[str, object] = {"host": self.host, "port": self.port, "database": self.name}
        if self.user:
            given["user"] = self.user
        if self.password:
            given["password"] = self.password
        if self.tls:
            given["ssl"] = True
        return given


def read_address(url: str, environ: Mapping[str, str]) -> Address:
    """Read `postgresql://user@host:port/name?host=/socket/folder&sslmode=require`.

    A password in the address is taken; better it stands in `LIVEDOCS_DATABASE_PASSWORD` or libpq's `PGPASSWORD`.

    Raises:
        UsageError: It is not such an address. The message does not repeat it.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port or 5432
    except ValueError as error:
        raise UsageError("it is not an address of a database", where=_WHERE, todo=_TODO) from error
    name = unquote(parts.path.removeprefix("/"))
    if parts.scheme.partition("+")[0] not in SCHEMES or not name:
        raise UsageError("it is not an address of a PostgreSQL database", where=_WHERE, todo=_TODO)
    options = _options(parts.query)
    return Address(
        host=options.get("host") or parts.hostname or "localhost",
        port=port,
        user=unquote(parts.username or ""),
        name=name,
        password=unquote(parts.password or "") or environ.get(PASSWORD) or environ.get("PGPASSWORD", ""),
        tls=options.get("sslmode", "") in ("require", "verify-ca", "verify-full"),
    )


def _options(query: str) -> dict[str, str]:
    options = dict(pair.partition("=")[::2] for pair in query.split("&") if pair)
    unknown = sorted(options.keys() - {"host", "sslmode"})
    if unknown:
        todo = "Only host and sslmode are understood after the question mark."
        raise UsageError(f"it has the option {unknown[0]}", where=_WHERE, todo=todo)
    return {name: unquote(value) for name, value in options.items()}


def read_addresses(urls: Sequence[str], environ: Mapping[str, str]) -> tuple[Address, ...]:
    """Read several addresses.

    Raises:
        UsageError: One is none.
    """
    return tuple(read_address(url, environ) for url in urls)
