"""What `builder/api/deploy/` holds works as it stands: a real nginx before real processes, the commands of images."""

from __future__ import annotations

import http.client
import json
import os
import re
import shlex
import signal
import subprocess
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.api.postgres_server import PASSWORD
from tests.product import ENVIRONMENT, LIVEDOCS, ROOT, free_port, wait_for
from tests.run import nginx_command

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.api.postgres_server import PostgresServer

DEPLOY = ROOT / "builder" / "api" / "deploy"
SEARCH = "/-/search.json?q=json.dump"


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def cache(self) -> str | None:
        """What nginx says of its cache."""
        return self.headers.get("x-cache")


class Front(NamedTuple):
    """A running nginx and the processes behind it."""

    port: int
    processes: list[subprocess.Popen[bytes]]

    def ask(self, path: str, **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            names = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request("GET", path, headers={"Accept-Encoding": "", **names})
            response = connection.getresponse()
            given = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, given, response.read())
        finally:
            connection.close()


@contextmanager
def process(command: list[str], folder: Path, address: str, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the block ends, whether it still lives then or not."""
    log = folder / "log"
    with (
        log.open("w") as words,
        subprocess.Popen(
            command, cwd=folder, env={**ENVIRONMENT, **more}, stdout=words, stderr=words
        ) as server,
    ):
        try:
            wait_for(address, server, log)
            yield server
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=15)


def write_nginx(folder: Path, port: int, upstreams: list[int]) -> Path:
    """Write a whole configuration around the one that is shipped, with other places and nothing else changed."""
    text = (DEPLOY / "nginx.conf").read_text()
    places = [
        ("/var/cache/nginx/livedocs", f"{folder}/cache"),
        ("listen 80;", f"listen 127.0.0.1:{port};"),
        ("server 127.0.0.1:8001 ", f"server 127.0.0.1:{upstreams[0]} "),
        ("server 127.0.0.1:8002 ", f"server 127.0.0.1:{upstreams[1]} "),
    ]
    for old, new in places:
        assert text.count(old) == 1
        text = text.replace(old, new)
    (folder / "livedocs.conf").write_text(text)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    owner = "user root;\n" if os.geteuid() == 0 else ""
    whole = folder / "nginx.conf"
    whole.write_text(
        f"{owner}daemon off;\npid {folder}/pid;\nerror_log stderr;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{temporary}include {folder}/livedocs.conf;\n}}\n"
    )
    return whole


@pytest.fixture
def nginx(loaded: PostgresServer, built_output: Path, tmp_path: Path) -> Iterator[Front]:
    """The set-up of the documentation: PostgreSQL, two processes, nginx."""
    ports = [free_port(), free_port(), free_port()]
    secrets = {"LIVEDOCS_DATABASE_URL": loaded.address("docs"), "LIVEDOCS_DATABASE_PASSWORD": PASSWORD}
    folders = [tmp_path / name for name in ("one", "two", "front")]
    for folder in folders:
        folder.mkdir()
    serve = [*LIVEDOCS, "serve", "-o", str(built_output), "--port"]
    command = nginx_command()
    assert command, "nginx is missing: python3 tests/run.py brings it"
    front = write_nginx(folders[2], ports[2], ports[:2])
    with (
        process([*serve, str(ports[0])], folders[0], f"http://127.0.0.1:{ports[0]}/", **secrets) as one,
        process([*serve, str(ports[1])], folders[1], f"http://127.0.0.1:{ports[1]}/", **secrets) as two,
        process(
            [command, "-p", str(folders[2]), "-c", str(front)], folders[2], f"http://127.0.0.1:{ports[2]}/"
        ),
    ):
        yield Front(ports[2], [one, two])


def test_answers_are_kept_by_what_was_asked_and_by_encoding_alone(nginx: Front):
    first, again = nginx.ask(SEARCH), nginx.ask(SEARCH, Cookie="session=1; other=2")
    other = nginx.ask("/-/search.json?q=json.dumps")
    packed = nginx.ask(SEARCH, Accept_Encoding="gzip, deflate, br, zstd")
    packed_again = nginx.ask(SEARCH, Accept_Encoding="br;q=1.0")
    known = nginx.ask(SEARCH, If_None_Match=first.headers["etag"])

    assert [one.cache for one in (first, again, other)] == ["MISS", "HIT", "MISS"]
    assert again.body == first.body != other.body
    assert [one.cache for one in (packed, packed_again)] == ["MISS", "HIT"]
    assert packed_again.headers["content-encoding"] == "br"
    assert (known.status, known.body) == (304, b"")
    assert json.loads(first.body)["results"][0]["name"] == "json.dump"


def test_pages_errors_and_health_are_never_kept_and_files_with_a_hash_are(nginx: Front, built_output: Path):
    asset = next((built_output / "site" / "assets").glob("*.css")).name
    asked = {
        path: [nginx.ask(path) for _ in range(2)]
        for path in ("/", "/-/search.json", "/-/symbol/nothing.json", "/-/health", f"/assets/{asset}")
    }

    assert {path: [one.status for one in both] for path, both in asked.items()} == {
        "/": [200, 200],
        "/-/search.json": [400, 400],
        "/-/symbol/nothing.json": [404, 404],
        "/-/health": [200, 200],
        f"/assets/{asset}": [200, 200],
    }
    assert {path: both[1].cache for path, both in asked.items()} == {
        "/": "MISS",
        "/-/search.json": "MISS",
        "/-/symbol/nothing.json": "MISS",
        "/-/health": None,
        f"/assets/{asset}": "HIT",
    }
    assert json.loads(asked["/-/health"][0].body)["engine"] == "postgresql"


def test_addresses_in_answers_are_those_of_the_front(nginx: Front):
    body = json.loads(nginx.ask("/api/-/search.json?q=json&_size=1", Host="docs.example.org").body)

    assert body["next_url"].startswith("http://docs.example.org/api/-/search.json?q=json&_size=1&_next=")


def test_a_process_that_dies_fails_no_request_and_both_leave_what_was_kept(nginx: Front):
    kept = nginx.ask(SEARCH)
    nginx.processes[0].kill()
    nginx.processes[0].wait()
    alone = {nginx.ask(f"/-/search.json?q=queue+{number}").status for number in range(12)}
    nginx.processes[1].kill()
    nginx.processes[1].wait()
    still, never = nginx.ask(SEARCH), nginx.ask("/-/search.json?q=never+asked")

    assert alone == {200}
    assert (still.status, still.body) == (200, kept.body)
    assert never.status == 502


def test_many_who_ask_the_same_at_once_ask_a_process_once(nginx: Front):
    path, answers = "/-/search.json?q=iterator+of+everything", []
    asking = [threading.Thread(target=lambda: answers.append(nginx.ask(path))) for _ in range(20)]

    for one in asking:
        one.start()
    for one in asking:
        one.join()

    assert {one.status for one in answers} == {200}
    assert [one.cache for one in answers].count("MISS") == 1


def commands() -> dict[str, list[str]]:
    """The commands that images and platforms run."""
    image = re.search(r"^CMD (\[.*\])$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    line = re.search(r"^web: (.*)$", (DEPLOY / "Procfile").read_text(), re.MULTILINE)
    return {"Dockerfile": json.loads(image[1]), "Procfile": shlex.split(line[1])}


@pytest.mark.parametrize("place", ["Dockerfile", "Procfile"])
def test_the_command_of_an_image_runs_without_one(place: str, built_output: Path, tmp_path: Path):
    (tmp_path / "output").symlink_to(built_output)
    port = free_port()
    given = {"/srv/docs": "output", "8000": str(port), "$PORT": str(port), "0.0.0.0": "127.0.0.1"}  # noqa: S104
    program, *words = [given.get(word, word) for word in commands()[place]]

    with process([*LIVEDOCS, *words], tmp_path, f"http://127.0.0.1:{port}/-/health") as server:
        status = Front(port, [server]).ask(SEARCH).status

    assert program == "livedocs"
    assert status == 200


def test_the_image_is_asked_whether_it_is_well_at_an_address_that_there_is(
    built_output: Path, tmp_path: Path
):
    check = re.search(r"HEALTHCHECK .* CMD (\[.*\])$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    port = free_port()
    program, *words = json.loads(check[1])
    words = [word.replace(":8000/", f":{port}/") for word in words]
    serve = [*LIVEDOCS, "serve", "-o", str(built_output), "--port", str(port)]

    with process(serve, tmp_path, f"http://127.0.0.1:{port}/-/health"):
        well = subprocess.run([LIVEDOCS[0], *words], check=False).returncode
    time.sleep(0.1)
    gone = subprocess.run([LIVEDOCS[0], *words], check=False, capture_output=True).returncode

    assert program == "python"
    assert (well, gone) == (0, 1)
