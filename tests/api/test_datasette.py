"""Datasette around the plugin: found by itself, safe as it comes, other databases left alone."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from datasette.database import Database
from datasette.utils import PrefixedUrlString

from tests.product import ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from datasette.app import Datasette

    Open = Callable[..., AbstractAsyncContextManager[Datasette]]

COMMAND = Path(sys.executable).parent / "datasette"


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    """A database that is not ours."""
    file = tmp_path / "foreign.db"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE entries (id INTEGER PRIMARY KEY, title TEXT)")
        connection.execute("INSERT INTO entries VALUES (1, 'one')")
    connection.close()
    return file


@pytest.mark.parametrize("immutable", [True, False])
def test_the_datasette_command_finds_the_plugin_by_itself(built_output: Path, *, immutable: bool):
    file = str(built_output / "docs.db")
    command = [
        COMMAND,
        *(["-i", file] if immutable else [file]),
        "--get",
        "/-/search.json?q=json.dump&_size=1",
    ]

    done = subprocess.run(command, env=ENVIRONMENT, check=True, capture_output=True, text=True)

    assert json.loads(done.stdout)["results"][0]["url"] == "/python/3.13/library/json.html#json.dump"


def test_the_database_may_have_any_name(built_output: Path, tmp_path: Path):
    file = tmp_path / "some other.sqlite3"
    file.write_bytes((built_output / "docs.db").read_bytes())

    done = subprocess.run(
        [COMMAND, "-i", file, "--get", "/-/health"],
        env=ENVIRONMENT,
        check=True,
        capture_output=True,
        text=True,
    )

    assert json.loads(done.stdout)["docsets"] == 2


async def test_tables_can_be_searched_by_full_text(datasette: Datasette):
    sections = (await datasette.client.get("/docs/sections.json?_search=json&_shape=objects")).json()
    symbols = (await datasette.client.get("/docs/symbols.json?_search=dump&_shape=objects")).json()

    assert sections["filtered_table_rows_count"] > 0
    assert all("json" in f"{row['title']} {row['text']}".lower() for row in sections["rows"])
    assert "json.dump" in {row["name"] for row in symbols["rows"]}


async def test_the_view_of_entries_can_be_read(datasette: Datasette):
    body = (await datasette.client.get("/docs/entries.json?name=json.dump&_shape=objects")).json()

    assert {(row["version"], row["page"]) for row in body["rows"]} == {
        ("3.11", "library/json.html"),
        ("3.13", "library/json.html"),
    }


async def test_the_tables_are_described(datasette: Datasette):
    metadata = (await datasette.client.get("/-/metadata.json")).json()
    page = (await datasette.client.get("/docs/symbols")).text
    listed = (await datasette.client.get("/docs.json")).json()["tables"]

    assert metadata["databases"]["docs"]["title"] == "Python 3.13, Python 3.11"
    assert "functions, classes, options, terms" in page
    shown = {table["name"] for table in listed if not table["hidden"]}
    assert {"docsets", "pages", "sections", "symbols"} <= shown
    assert not {"postings", "names", "sections_fts", "files"} & shown


async def test_the_operator_s_own_metadata_goes_before(built_output: Path, open_datasette: Open):
    own = {"databases": {"docs": {"title": "Ours"}}}
    async with open_datasette(built_output / "docs.db", metadata=own) as datasette:
        metadata = (await datasette.client.get("/-/metadata.json")).json()["databases"]["docs"]

    assert metadata["title"] == "Ours"
    assert "symbols" in metadata["tables"]


@pytest.mark.parametrize(
    "path",
    [
        "databases",
        "plugins",
        "threads",
        "versions",
        "actor",
        "permissions",
        "messages",
        "allow-debug",
        "patterns",
    ],
)
async def test_pages_about_the_server_are_closed(datasette: Datasette, path: str):
    for suffix in ("", ".json"):
        response = await datasette.client.get(f"/-/{path}{suffix}")

        assert response.status_code == 404
        assert str(Path(datasette.files[0]).parent) not in response.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/docs.json?sql=select+1", 403),
        ("/docs?sql=select+1", 403),
        ("/docs/sections.json?_where=1=1", 403),
        ("/docs.db", 403),
        ("/docs/sections.csv?_stream=on", 400),
    ],
)
async def test_strangers_run_no_sql_and_take_no_copy(datasette: Datasette, path: str, status: int):
    response = await datasette.client.get(path)

    assert response.status_code == status


async def test_a_page_of_a_table_is_bounded(datasette: Datasette):
    rows = (await datasette.client.get("/docs/anchors.json?_size=max&_shape=array")).json()

    assert len(rows) == 100


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/docs.json?sql=select+1", 403),
        ("/docs/nothing.json", 404),
        ("/nothing.json", 404),
        ("/docs/sections.json?_size=wrong", 400),
        ("/docs/sections.json?_sort=wrong", 400),
        ("/docs/sections/999999999.json", 404),
    ],
)
async def test_datasette_s_own_errors_are_problems_where_json_was_asked_for(
    datasette: Datasette, path: str, status: int
):
    response = await datasette.client.get(path)

    body = response.json()
    assert response.headers["content-type"] == "application/problem+json"
    assert (response.status_code, body["status"], body["ok"]) == (status, status, False)
    assert body["error"] == body["detail"] != ""
    assert "<" not in body["detail"]


@pytest.mark.parametrize("path", ["/docs/pages.json", "/docs/pages", "/docs.json", "/docs", "/~64ocs/pages"])
async def test_nobody_writes_to_the_database(datasette: Datasette, path: str):
    for method in ("POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"):
        response = await datasette.client.request(method, path)

        assert (response.status_code, response.json()["status"]) == (405, 405)
        assert response.headers["content-type"] == "application/problem+json"
        assert response.headers["allow"] == "GET, HEAD, OPTIONS"


async def test_methods_that_nobody_knows_are_refused_everywhere_and_others_by_whom_they_concern(
    datasette: Datasette, built_output: Path, foreign: Path, open_datasette: Open
):
    unknown = [
        (await datasette.client.request("BREW", path)).status_code for path in ("/", "/-/metadata.json")
    ]
    query = {"sql": "insert into entries values (2, 'two')", "write": True}
    metadata = {"databases": {"foreign": {"queries": {"add": query}}}}
    async with open_datasette(built_output / "docs.db", metadata=metadata) as both:
        both.add_database(Database(both, path=str(foreign), is_mutable=True), name="foreign")
        added = await both.client.post("/foreign/add.json", data={"_json": "1"})

    assert unknown == [405, 405]
    assert (added.status_code, added.json()["ok"]) == (200, True)


@pytest.mark.parametrize(
    "path",
    [
        "/docs/files/1.blob?_blob_column=content",
        "/docs/files/1",
        "/docs/files/1.json",
        "/docs/files/1,nothing.blob?_blob_column=content",
        "/docs/files.blob?_blob_column=content&_size=0",
        "/docs/pages.blob?_blob_column=title&_blob_hash=0",
        "/docs/files.blob?_blob_column=docset_id",
        "/docs/files.blob",
        "/docs/pages.blob?_blob_column=id",
        "/docs/sections.blob?_blob_column=prior",
        "/docs/entries.blob?_blob_column=id",
        "/docs/nothing.blob?_blob_column=content",
        "/docs.blob?sql=select+1&_blob_column=1",
        "//",
        "///",
        "//elsewhere.example/",
    ],
)
async def test_what_is_not_there_is_not_found(datasette: Datasette, path: str):
    response = await datasette.client.get(PrefixedUrlString(path))

    assert response.status_code == 404
    assert "location" not in response.headers
    problem = path.endswith(".json") or path.startswith("//") or "application/problem" in response.text
    assert problem or "html" in response.headers["content-type"] or response.json()["status"] == 404


async def test_a_file_of_the_docs_can_be_had(datasette: Datasette):
    rows = (await datasette.client.get("/docs/files.json?path=objects.inv&_shape=objects")).json()["rows"]
    key = f"{rows[0]['docset_id']},objects~2Einv"

    response = await datasette.client.get(f"/docs/files/{key}.blob?_blob_column=content")

    assert (response.status_code, response.content[:24]) == (200, b"# Sphinx inventory versi")


@pytest.mark.parametrize("query", ["_through={}", "_through=[", "kind__in=[", "kind__notin=[", "_through=1"])
async def test_a_filter_that_can_not_be_read_is_a_bad_request(datasette: Datasette, query: str):
    for form in (".json", ""):
        response = await datasette.client.get(f"/docs/sections{form}?{query}")

        assert response.status_code == 400


async def test_a_stranger_s_mistake_is_no_work_and_no_news(
    datasette: Datasette, capsys: pytest.CaptureFixture[str]
):
    for path in (
        "/docs/sections.json?_sort=wrong",
        "/docs/nothing",
        "/nothing.json",
        "/docs/sections?_next=x&_sort=y",
    ):
        await datasette.client.get(path)

    assert capsys.readouterr().out == ""


async def test_one_setting_turns_sql_on(built_output: Path, open_datasette: Open):
    metadata = {"plugins": {"livedocs": {"allow_sql": True}}}
    async with open_datasette(built_output / "docs.db", metadata=metadata) as datasette:
        rows = (await datasette.client.get("/docs.json?sql=select+1+as+one&_shape=array")).json()
        download = await datasette.client.get("/docs.db")

    assert rows == [{"one": 1}]
    assert download.status_code == 403


def test_a_database_that_is_not_ours_is_left_alone(foreign: Path):
    def get(path: str) -> str:
        command = [COMMAND, foreign, "--get", path]
        done = subprocess.run(command, env=ENVIRONMENT, check=False, capture_output=True, text=True)
        return done.stdout.splitlines()[
            -1
        ]  # before it Datasette may show why, if it finds the library for that

    assert json.loads(get("/-/search.json?q=x"))["status"] == 404
    assert json.loads(get("/foreign.json?sql=select+1+as+one&_shape=array")) == [{"one": 1}]
    assert json.loads(get("/-/databases.json"))[0]["name"] == "foreign"


async def test_beside_another_database_only_ours_is_closed(
    built_output: Path, foreign: Path, open_datasette: Open
):
    async with open_datasette(foreign, built_output / "docs.db") as datasette:
        statuses = [
            (await datasette.client.get(path)).status_code
            for path in ("/foreign.json?sql=select+1", "/docs.json?sql=select+1", "/foreign.db", "/docs.db")
        ]
        found = (await datasette.client.get("/-/search.json?q=json.dump")).json()

    assert statuses == [200, 403, 200, 403]
    assert found["total"] > 0


async def test_an_instance_that_is_closed_by_a_permission_stays_closed(
    built_output: Path, open_datasette: Open
):
    async with open_datasette(built_output / "docs.db", metadata={"allow": {"id": "root"}}) as datasette:
        stranger = await datasette.client.get("/-/search.json?q=json")
        cookie = datasette.sign({"a": {"id": "root"}}, "actor")
        root = await datasette.client.get("/-/search.json?q=json", cookies={"ds_actor": cookie})

    assert stranger.status_code == 403
    assert stranger.json()["status"] == 403
    assert root.status_code == 200
    assert root.headers["cache-control"] == "private, no-store"
    assert "Cookie" in root.headers["vary"]
