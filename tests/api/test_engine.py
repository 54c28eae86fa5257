"""The embedded database beside the event loop: quick questions on it, long ones in threads, none without an end."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from builder.api.engine import TIME_LIMIT
from builder.api.problems import ApiError
from builder.api.service import find_service

if TYPE_CHECKING:
    import sqlite3

    from datasette.app import Datasette


async def test_a_query_that_takes_too_long_is_stopped(datasette: Datasette):
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    started = asyncio.get_running_loop().time()

    with pytest.raises(ApiError) as caught:
        await find_service(datasette).database.ask(lambda connection: connection.execute(endless).fetchone())

    assert (caught.value.status, caught.value.retry_after) == (503, 2)
    assert asyncio.get_running_loop().time() - started < TIME_LIMIT + 1
    assert (await datasette.client.get("/-/search.json?q=json")).status_code == 200


async def test_a_long_question_holds_up_nobody_else(datasette: Datasette):
    database = find_service(datasette).database
    loop = asyncio.get_running_loop()
    counting = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 400000) SELECT max(i) FROM n"
    )
    long = asyncio.ensure_future(database.ask(lambda connection: connection.execute(counting).fetchone()[0]))
    await asyncio.sleep(0)
    longest, last = 0.0, loop.time()
    while not long.done():
        assert await database.ask(lambda connection: connection.execute("SELECT 1").fetchone()) == (1,)
        now = loop.time()
        longest, last = max(longest, now - last), now

    assert await long == 400_000
    assert longest < TIME_LIMIT / 2


async def test_many_short_queries_end_at_the_time_limit_like_one_long(datasette: Datasette):
    def endless(connection: sqlite3.Connection) -> None:
        while True:
            connection.execute("SELECT 1").fetchone()

    with pytest.raises(ApiError) as caught:
        await find_service(datasette).database.ask(endless)

    assert caught.value.status == 503


async def test_between_two_questions_the_event_loop_does_other_things(datasette: Datasette):
    database = find_service(datasette).database
    turns: list[str] = []

    async def ask() -> None:
        await database.ask(lambda _: turns.append("question"))

    async def be() -> None:
        for _ in range(20):
            turns.append("other")
            await asyncio.sleep(0)

    await asyncio.gather(*(ask() for _ in range(8)), be())

    assert turns.count("question") == 8
    assert "question question" not in " ".join(turns)
