"""PostgreSQL in the place of the embedded database: the same answers, through crashes and crowds."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import subprocess
import sys
import time
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from datasette.app import Datasette

from builder.answers import SearchRequest, answer, open_database, read_docsets
from builder.api.problems import ApiError
from builder.api.service import find_service
from builder.errors import StoreError, UsageError
from builder.postgres import PostgresDatabase, load_database, read_address, read_addresses
from builder.postgres.engine import POOL_SIZE
from tests.api.postgres_server import PASSWORD
from tests.product import ENVIRONMENT, LIVEDOCS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from httpx import Response

    from tests.api.postgres_server import PostgresServer

QUERIES = [
    "json.dump", "json dump", "JSONEncoder", "json.dmup", "dict", "with", "print()", "serialize object",
    "from json import loads", "a", "j", "js", "*args", "%d", "no such thing at all", "queue get", "iterator",
    "raise an exception in a thread", "-m", "ÄÖ", "dump(", "json.JSONEncoder.default", "encodng", "thraed",
]  # fmt: skip
SECRETS = {"LIVEDOCS_DATABASE_PASSWORD": PASSWORD}


@pytest.fixture
async def database(loaded: PostgresServer) -> AsyncIterator[PostgresDatabase]:
    async with opened(loaded, "docs") as one:
        yield one


@asynccontextmanager
async def opened(server: PostgresServer, *names: str) -> AsyncIterator[PostgresDatabase]:
    """The engine over databases of a server: the primary, then replicas."""
    engine = PostgresDatabase(*read_addresses([server.address(name) for name in names], SECRETS))
    yield engine
    await engine.close()


@asynccontextmanager
async def served(server: PostgresServer, *files: Path) -> AsyncIterator[Datasette]:
    """Datasette that answers from the server, with or without a file of ours beside it."""
    options = {"database_url": server.address("docs", password=True)}
    datasette = Datasette([], immutables=list(map(str, files)), metadata={"plugins": {"livedocs": options}})
    await datasette.invoke_startup()
    yield datasette
    await find_service(datasette).close()


def load(file: Path, server: PostgresServer, database: str) -> tuple[str, ...]:
    return load_database(file, read_address(server.address(database), SECRETS), lambda *_: None)


def without_time(body: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in body.items() if name != "took_ms"}


def answer_tag(response: Response) -> str:
    """The entity tag without the time that the answer took."""
    return re.sub(r"\.\d+", "", response.headers.get("etag", ""))


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"version": "3.11"},
        {"kinds": ("function", "class")},
        {"module": "json"},
        {"kinds": ("method",), "module": "queue", "version": "3"},
        {"size": 3, "offset": 5},
    ],
)
async def test_answers_are_those_of_the_embedded_database(
    database: PostgresDatabase, built_output: Path, asked: dict[str, object]
):
    docsets = await database.docsets()

    with closing(open_database(built_output / "docs.db")) as connection:
        embedded = read_docsets(connection)
        for text in QUERIES:
            request = SearchRequest(text=text, **asked)
            assert await database.search(docsets, request) == answer(connection, embedded, request), text
    assert docsets == embedded


async def test_a_search_takes_few_journeys_and_what_was_fetched_is_kept_for_the_next(
    database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch
):
    docsets = await database.docsets()
    await database.search(docsets, SearchRequest(text="warm up"))
    fetched: list[str] = []
    fetch = database._fetch

    async def counted(sql: str, values: tuple[object, ...]) -> Sequence[object]:
        fetched.append(sql)
        return await fetch(sql, values)

    monkeypatch.setattr(database, "_fetch", counted)
    asked = SearchRequest(text="parse json string", version="3.11")
    first = await database.search(docsets, asked)
    cold, fetched[:] = len(fetched), []
    again = await database.search(docsets, replace(asked, size=5))
    known, fetched[:] = len(fetched), []
    more = await database.search(docsets, replace(asked, size=12))

    assert cold <= 3
    assert (known, len(fetched)) == (0, 1)
    assert again.results == first.results[:5]
    assert more.results[:10] == first.results


async def test_every_route_answers_the_same_from_both_engines(
    loaded: PostgresServer, datasette: Datasette, built_output: Path
):
    paths = [
        "/-/search.json?q=json+dump&_size=3",
        "/-/search.json?q=json.dmup&kind=function",
        "/-/search.json?q=x&docset=ruby",
        "/-/suggest?q=json.d",
        "/-/symbol/json.JSONEncoder.json?version=3.11",
        "/-/symbol/nothing.json",
    ]
    async with served(loaded) as alone, served(loaded, built_output / "docs.db") as beside:
        for path in paths:
            first, *others = [await one.client.get(path) for one in (datasette, alone, beside)]
            for other in others:
                assert other.status_code == first.status_code
                assert answer_tag(other) == answer_tag(first)
                bodies = [one.json() for one in (first, other)]
                assert len(set(map(type, bodies))) == 1
                if isinstance(bodies[0], dict):
                    bodies = list(map(without_time, bodies))
                assert bodies[0] == bodies[1]
        page = await alone.client.get("/-/search?q=json.dump")
        health = (await alone.client.get("/-/health")).json()
        table = await beside.client.get("/docs/pages.json?_size=1")

    assert 'href="/python/3.13/library/json.html#json.dump"' in page.text
    assert (health["engine"], health["docsets"], table.status_code) == ("postgresql", 2, 200)


def test_a_load_copies_every_row_and_a_second_one_nothing(loaded: PostgresServer, built_output: Path):
    with closing(sqlite3.connect(built_output / "docs.db")) as connection:
        names = [
            name
            for (name,) in connection.execute(
                "SELECT name FROM pragma_table_list"
                " WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'"
            )
        ]
        counts = {
            name: str(connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])  # noqa: S608
            for name in names
        }

    copied = {name: loaded.run_sql(f'SELECT count(*) FROM livedocs."{name}"', "docs") for name in counts}  # noqa: S608

    assert copied == counts
    assert load(built_output / "docs.db", loaded, "docs") == ()


def test_a_docset_that_changed_is_copied_alone_and_one_that_is_gone_is_removed(
    postgres: PostgresServer, built_output: Path, tmp_path: Path
):
    postgres.run_sql("CREATE DATABASE changing")
    file = tmp_path / "docs.db"
    file.write_bytes((built_output / "docs.db").read_bytes())
    first = load(file, postgres, "changing")
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE docsets SET fingerprint = 'other' WHERE version = '3.11'")
    second = load(file, postgres, "changing")
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("DELETE FROM docsets WHERE version = '3.11'")
    third = load(file, postgres, "changing")

    pages = postgres.run_sql("SELECT count(DISTINCT docset_id) FROM livedocs.pages", "changing")
    assert (set(first), second, third) == ({"Python 3.11", "Python 3.13"}, ("Python 3.11",), ())
    assert pages == "1"


async def test_a_load_is_seen_by_those_who_serve_and_fails_no_request(
    postgres: PostgresServer, built_output: Path, tmp_path: Path
):
    postgres.run_sql("CREATE DATABASE renewed")
    file = tmp_path / "docs.db"
    file.write_bytes((built_output / "docs.db").read_bytes())
    await asyncio.to_thread(load, file, postgres, "renewed")
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE symbols SET summary = 'Ours.' WHERE name = 'json.dump'")
        connection.execute("UPDATE docsets SET fingerprint = 'ours'")
    async with opened(postgres, "renewed") as engine:
        loading = asyncio.create_task(asyncio.to_thread(load, file, postgres, "renewed"))
        seen = []
        deadline = time.monotonic() + 20
        while "Ours." not in seen[-1:] and time.monotonic() < deadline:
            docsets = await engine.docsets()
            found = await engine.search(docsets, SearchRequest(text="json.dump"))
            seen.append(found.results[0].summary)
        await loading

    assert seen[-1] == "Ours."
    assert len(set(seen)) == 2


async def test_it_heals_by_itself_when_the_server_was_killed_in_the_middle_of_requests(
    loaded: PostgresServer,
):
    async with served(loaded) as datasette:
        kept = await datasette.client.get("/-/search.json?q=json.dump")
        running = [
            asyncio.ensure_future(datasette.client.get(f"/-/search.json?q=queue+{n}")) for n in range(40)
        ]
        await asyncio.sleep(0.02)
        await asyncio.to_thread(loaded.kill)
        during = await asyncio.gather(*running)
        down = await datasette.client.get("/-/search.json?q=iterator")
        await asyncio.sleep(2.1)  # until it looks again what is in the database
        still_kept = await datasette.client.get("/-/search.json?q=json.dump")
        await asyncio.to_thread(loaded.start)
        await asyncio.sleep(1.1)
        healed = await datasette.client.get("/-/search.json?q=iterator")

    assert {one.status_code for one in during} <= {200, 503}
    assert (down.status_code, down.headers["retry-after"]) == (503, "2")
    assert down.headers["content-type"] == "application/problem+json"
    assert PASSWORD not in down.text
    assert str(loaded.port) not in down.text
    assert (kept.status_code, still_kept.content) == (200, kept.content)
    assert (healed.status_code, healed.json()["ok"]) == (200, True)


async def test_connections_that_were_lost_unseen_are_no_failure(
    database: PostgresDatabase, loaded: PostgresServer
):
    docsets = await database.docsets()
    await asyncio.gather(*(database.search(docsets, SearchRequest(text=text)) for text in QUERIES))
    await asyncio.to_thread(
        loaded.run_sql,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'livedocs'",
    )

    found = await database.search(docsets, SearchRequest(text="json"))

    assert found.total > 0


async def test_a_crowd_is_told_to_come_back_and_the_next_one_is_served(database: PostgresDatabase):
    async def hold() -> int:
        try:
            await database.ask(
                lambda connection: connection.execute("SELECT 1 FROM pg_sleep(0.4)").fetchone()
            )
        except ApiError as error:
            return error.status
        return 200

    statuses = await asyncio.gather(*(hold() for _ in range(POOL_SIZE * 8)))
    after = await database.ask(lambda connection: connection.execute("SELECT 1").fetchone()[0])

    assert set(statuses) == {200, 503}
    assert statuses.count(200) >= POOL_SIZE
    assert after == 1


async def test_a_question_that_takes_too_long_is_stopped(database: PostgresDatabase):
    started = time.monotonic()

    with pytest.raises(ApiError, match="took too long") as caught:
        await database.ask(lambda connection: connection.execute("SELECT 1 FROM pg_sleep(30)").fetchone())

    assert (caught.value.status, caught.value.retry_after) == (503, 2)
    assert time.monotonic() - started < 3


async def test_names_that_are_not_there_cost_no_connection(loaded: PostgresServer):
    sql = "SELECT min(backend_start) FROM pg_stat_activity WHERE application_name = 'livedocs' AND datname = 'docs'"
    async with served(loaded) as datasette:
        await datasette.client.get("/-/symbol/json.json")
        before = await asyncio.to_thread(loaded.run_sql, sql, "docs")
        statuses = {(await datasette.client.get(f"/-/symbol/nothing{n}.json")).status_code for n in range(20)}
        after = await asyncio.to_thread(loaded.run_sql, sql, "docs")

    assert statuses == {404}
    assert before == after != ""


async def test_nobody_writes_through_it(database: PostgresDatabase):
    with pytest.raises(ApiError):
        await database.ask(lambda connection: connection.execute("DELETE FROM docsets"))

    assert len(await database.docsets()) == 2


async def test_a_bug_in_a_question_is_no_trouble_with_the_server(database: PostgresDatabase):
    with pytest.raises(ZeroDivisionError):
        await database.ask(lambda _: 1 / 0)

    assert len(await database.docsets()) == 2


async def test_replicas_share_the_reading_and_the_primary_rests(postgres: PostgresServer, built_output: Path):
    for name in ("main", "one", "two"):
        postgres.run_sql(f"CREATE DATABASE {name}")
        await asyncio.to_thread(load, built_output / "docs.db", postgres, name)
    async with opened(postgres, "main", "one", "two") as engine:
        docsets = await engine.docsets()
        for text in QUERIES:
            await engine.search(docsets, SearchRequest(text=text))
        sql = "SELECT datname FROM pg_stat_activity WHERE application_name = 'livedocs' ORDER BY 1"
        reading = (await asyncio.to_thread(postgres.run_sql, sql)).split()
        postgres.run_sql("DROP DATABASE one WITH (FORCE)")
        postgres.run_sql("DROP DATABASE two WITH (FORCE)")
        found = [await engine.search(docsets, SearchRequest(text="json")) for _ in range(4)]

    assert set(reading) == {"one", "two"}
    assert {one.total for one in found} == {found[0].total} != {0}


async def test_a_database_that_was_never_loaded_says_what_to_do(postgres: PostgresServer):
    postgres.run_sql("CREATE DATABASE empty")
    async with opened(postgres, "empty") as engine:
        with pytest.raises(ApiError, match="Run `livedocs load`") as caught:
            await engine.docsets()

    assert caught.value.status == 503


def test_names_are_cut_into_words_before_full_text_search_and_half_names_are_found(loaded: PostgresServer):
    def names(condition: str) -> list[str]:
        sql = f"SELECT DISTINCT name FROM livedocs.symbols WHERE {condition} ORDER BY 1"  # noqa: S608
        return loaded.run_sql(sql, "docs").splitlines()

    whole = "setweight(to_tsvector('simple', livedocs.spoken(name)), 'A')"
    found = names(f"{whole} @@ plainto_tsquery('simple', livedocs.spoken('json.dump'))")
    similar = names("name OPERATOR(public.%) 'json.dunp'")

    assert "json.dump" in found
    assert "json.dump" in similar


def test_the_password_is_shown_nowhere(postgres: PostgresServer, built_output: Path, tmp_path: Path):
    wrong = postgres.address("docs").replace("reader@", "reader:hush-hush@")
    command = [*LIVEDOCS, "load", wrong, "-o", str(built_output)]

    done = subprocess.run(command, cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    address = read_address(wrong, {})

    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "password authentication failed" in done.stderr
    assert "hush" not in done.stderr + str(address) + repr(address)
    assert "hush-hush" in address.arguments().values()


def test_the_command_loads_with_the_password_of_a_file(
    postgres: PostgresServer, built_output: Path, tmp_path: Path
):
    postgres.run_sql("CREATE DATABASE commanded")
    (tmp_path / ".env").write_text(f'LIVEDOCS_DATABASE_PASSWORD="{PASSWORD}"\n')
    (tmp_path / "livedocs.toml").write_text(
        f'[production]\ndatabase_url = "{postgres.address("commanded")}"\n'
    )
    command = [*LIVEDOCS, "load", "-o", str(built_output)]
    live = {**ENVIRONMENT, "LIVEDOCS_ENV": "production"}

    done = subprocess.run(command, cwd=tmp_path, env=live, capture_output=True, text=True, check=False)
    nowhere = subprocess.run(
        command, cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert "Loaded Python 3.13, Python 3.11 into postgresql://reader@127.0.0.1:" in done.stderr
    assert (nowhere.returncode, nowhere.stderr.count("\n")) == (2, 1)


@pytest.mark.parametrize(
    "url",
    [
        "", "docs.db", "mysql://h/d", "postgresql://h", "postgresql://h:x/d", "postgresql://[::1/d",
        "postgresql://h/d?options=-csearch_path%3Dx",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_without_being_repeated(url: str):
    with pytest.raises(UsageError, match=r"LIVEDOCS_DATABASE_URL: ") as caught:
        read_address(url, {})

    assert not url or url not in str(caught.value)


def test_an_address_may_name_a_socket_and_ask_for_encryption():
    address = read_address("postgresql://me@/docs?host=/run/postgresql&sslmode=require", {"PGPASSWORD": "x"})

    assert address.arguments() == {
        "host": "/run/postgresql",
        "port": 5432,
        "database": "docs",
        "user": "me",
        "password": "x",
        "ssl": True,
    }


def test_a_server_that_is_not_there_is_one_clear_line(built_output: Path):
    nobody = read_address("postgresql://127.0.0.1:9/docs", {})

    with pytest.raises(
        StoreError, match=r"postgresql://127\.0\.0\.1:9/docs: PostgreSQL says: .* Check the address"
    ):
        load_database(built_output / "docs.db", nobody, lambda *_: None)


def test_importing_it_opens_nothing_and_needs_no_extra():
    code = "import builder.postgres, sys; print({'asyncpg', 'sqlalchemy'} & set(sys.modules))"

    done = subprocess.run(
        [sys.executable, "-c", code], env=ENVIRONMENT, capture_output=True, text=True, check=True
    )

    assert done.stdout == "set()\n"


def test_the_engine_is_loaded_without_the_mapper_and_others_get_the_whole_package():
    code = (
        "import sys; from builder.postgres.loading import load_async_engine as load;"
        "print(load().create_async_engine is load().create_async_engine, 'sqlalchemy.orm' in sys.modules);"
        "from sqlalchemy.ext.asyncio import AsyncSession; print(AsyncSession.__name__)"
    )
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout

    assert said.split() == ["True", "False", "AsyncSession"]
