"""What the tests of the API share: Datasette over a database that the real builder made."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from datasette.app import Datasette

from builder.api.service import find_service

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
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
