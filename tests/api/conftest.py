"""What the tests of the API share: Datasette over a database that the real builder made."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from datasette.app import Datasette

from builder.api.service import find_service
from builder.postgres import load_database, read_address
from tests.api.postgres_server import PostgresServer, postgres_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path


@asynccontextmanager
async def opened(*files: Path, mutable: Sequence[Path] = (), **options: Any) -> AsyncIterator[Datasette]:
    """An instance that is ready for requests, closed when the block ends."""
    datasette = Datasette(list(map(str, mutable)), immutables=[str(file) for file in files], **options)
    await datasette.invoke_startup()
    yield datasette
    await find_service(datasette).close()


@pytest.fixture
def open_datasette() -> Callable[..., AbstractAsyncContextManager[Datasette]]:
    """A function that opens an instance over database files, with any options of Datasette's."""
    return opened


@pytest.fixture
async def datasette(built_output: Path) -> AsyncIterator[Datasette]:
    """An instance as plain `datasette -i output/docs.db` makes it."""
    async with opened(built_output / "docs.db") as instance:
        yield instance


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server of the tests' own."""
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="session")
def loaded(postgres: PostgresServer, built_output: Path) -> PostgresServer:
    """A server whose database `docs` holds what the built database holds."""
    postgres.run_sql("CREATE DATABASE docs")
    load_database(
        built_output / "docs.db", read_address(postgres.address("docs", password=True), {}), lambda *_: None
    )
    return postgres
