"""`livedocs serve` over real sockets: the site and the API on one port, as a content delivery network would."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import brotli
import psutil
import pytest

from builder.api.server import ServeOptions, make_app, serve
from builder.errors import ServeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parents[2]
PAGE = "/python/3.11/library/json.html"


class Answer(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: bytes


def ask(address: str, path: str, method: str = "GET", **headers: str) -> Answer:
    """Send one request as it is: nothing is decoded, tidied or followed."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=20)
    try:
        connection.putrequest(method, path, skip_accept_encoding=True, skip_host="Host" in headers)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        response = connection.getresponse()
        given = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, given, response.read())
    finally:
        connection.close()


@contextmanager
def running(output: Path, *options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run the real command; yields the address that it prints."""
    command = [sys.executable, "-m", "builder", "serve", "-o", str(output), "--port", "0", *options]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        try:
            line = process.stderr.readline()
            address = re.search(r"http://\S+", line)
            assert address, line
            yield address[0].rstrip("/"), process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=10)


@pytest.fixture(scope="module")
def site(built_output: Path) -> Iterator[str]:
    with running(built_output) as (address, _):
        yield address


@pytest.fixture
def own_output(built_output: Path, tmp_path: Path) -> Path:
    """A copy of the output folder that a test may change."""
    return shutil.copytree(built_output, tmp_path / "output")


def test_a_page_comes_as_it_is_in_the_folder(site: str, built_output: Path):
    answer = ask(site, PAGE)

    assert (answer.status, answer.body) == (200, (built_output / "site" / PAGE[1:]).read_bytes())
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-length"] == str(len(answer.body))
    assert answer.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize(("accepted", "unpack"), [("br", brotli.decompress), ("gzip", gzip.decompress)])
def test_pages_are_compressed_as_the_client_accepts(site: str, accepted: str, unpack):
    plain, packed = ask(site, PAGE), ask(site, PAGE, Accept_Encoding=accepted)

    assert unpack(packed.body) == plain.body
    assert packed.headers["content-encoding"] == accepted
    assert packed.headers["content-length"] == str(len(packed.body))
    assert len(packed.body) * 4 < len(plain.body)
    assert packed.headers["etag"] == plain.headers["etag"][:-1] + f'-{accepted}"'


def test_a_client_that_has_the_page_is_told_so_in_its_encoding(site: str):
    tags = {
        encoding: ask(site, PAGE, Accept_Encoding=encoding).headers["etag"] for encoding in ("", "br", "gzip")
    }

    statuses = {
        (known, accepted): ask(site, PAGE, Accept_Encoding=accepted, If_None_Match=tag).status
        for known, tag in tags.items()
        for accepted in tags
    }

    assert statuses == {pair: 304 if pair[0] == pair[1] else 200 for pair in statuses}


def test_a_304_has_no_body_and_the_headers_that_a_cache_needs(site: str):
    first = ask(site, PAGE)

    again = ask(site, PAGE, If_None_Match=f'"other", W/{first.headers["etag"]}')

    assert (again.status, again.body) == (304, b"")
    assert {name: again.headers[name] for name in ("etag", "vary", "cache-control")} == {
        name: first.headers[name] for name in ("etag", "vary", "cache-control")
    }


@pytest.mark.parametrize("path", [PAGE, "/-/search.json?q=json", "/api/docs/pages.json", "/nothing.html"])
@pytest.mark.parametrize("accepted", ["", "br"])
def test_head_has_the_headers_of_get_and_no_body(site: str, path: str, accepted: str):
    get, head = (ask(site, path, method, Accept_Encoding=accepted) for method in ("GET", "HEAD"))

    names = ("etag", "content-type", "content-encoding", "vary", "cache-control")
    assert (head.status, head.body) == (get.status, b"")
    assert {name: head.headers.get(name) for name in names} == {name: get.headers.get(name) for name in names}


def test_folders_answer_with_their_index(site: str, built_output: Path):
    redirect = ask(site, "/python/3.11?x=1")

    assert (redirect.status, redirect.headers["location"]) == (301, "/python/3.11/?x=1")
    for path in ("/", "/python/3.11/"):
        assert ask(site, path).body == (built_output / "site" / path[1:] / "index.html").read_bytes()


def test_a_missing_page_is_answered_by_the_site_s_own(site: str, built_output: Path):
    for path in ("/nothing.html", "/python/3.11/library/", f"{PAGE}/", "/python/3.11/no.such.name"):
        answer = ask(site, path)

        assert (answer.status, answer.body) == (404, (built_output / "site" / "404.html").read_bytes())


def test_a_bare_name_leads_to_its_place(site: str):
    answer = ask(site, "/python/3.11/json.dump")

    assert (answer.status, answer.headers["location"]) == (302, f"{PAGE}#json.dump")


@pytest.mark.parametrize(
    "path",
    [
        "/../docs.db",
        "/python/../../docs.db",
        "/%2e%2e/docs.db",
        "/..%2fdocs.db",
        "/%2e%2e%2f%2e%2e%2fetc/passwd",
        "/..%5cdocs.db",
        "//etc/passwd",
        "/%2fetc/passwd",
        "/python//3.11/",
        "/./index.html",
        "/index.html%00.png",
        "/%ff%fe",
        "/%ed%a0%80",
    ],
)
def test_no_path_leaves_the_folder(site: str, path: str):
    assert ask(site, path).status == 404


def test_a_redirect_never_leads_to_another_host(own_output: Path):
    (own_output / "site" / "evil.example").mkdir()
    with running(own_output) as (address, _):
        for path in ("//evil.example", "/%2fevil.example", "/\\evil.example", "///evil.example"):
            assert "location" not in ask(address, path).headers


def test_links_are_followed_inside_the_folder_and_never_out_of_it(own_output: Path):
    site = own_output / "site"
    (site / "inside.html").symlink_to("index.html")
    (site / "outside.html").symlink_to(own_output / "docs.db")
    (site / "away").symlink_to(own_output)
    with running(own_output) as (address, _):
        statuses = [ask(address, path).status for path in ("/inside.html", "/outside.html", "/away/docs.db")]

    assert statuses == [200, 404, 404]


def test_other_methods_are_refused(site: str):
    answer = ask(site, "/", "POST")

    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


def test_every_file_of_the_site_can_be_had_with_the_headers_that_its_own_file_says(
    site: str, built_output: Path
):
    from builder.headers import headers_for, policy_in

    policy = policy_in((built_output / "site" / "_headers").read_text())
    assert policy != headers_for("/")["content-security-policy"]
    for file in sorted((built_output / "site").rglob("*")):
        path = "/" + file.relative_to(built_output / "site").as_posix()
        if file.is_file():
            answer = ask(site, path, "HEAD", Accept_Encoding="br")
            expected = {name.lower(): value for name, value in headers_for(path, policy).items()}
            assert answer.status == 200, path
            assert {name: answer.headers.get(name) for name in expected} == expected


@pytest.mark.parametrize("prefix", ["", "/api"])
def test_the_api_answers_beside_the_site(site: str, prefix: str):
    answer = ask(site, f"{prefix}/-/search.json?q=json.dump&version=3.11", Accept_Encoding="br")

    assert (answer.status, answer.headers["content-encoding"]) == (200, "br")
    assert b'"url": "/python/3.11/library/json.html#json.dump"' in brotli.decompress(answer.body)
    known = ask(
        site,
        f"{prefix}/-/search.json?q=json.dump&version=3.11",
        Accept_Encoding="br",
        If_None_Match=answer.headers["etag"],
    )
    assert (known.status, known.body, known.headers["etag"]) == (304, b"", answer.headers["etag"])


def test_datasette_s_links_stay_under_the_api(site: str):
    page = ask(site, "/api/docs/pages").body.decode()
    listing = ask(site, "/api/docs/pages.json?_size=1")

    links = re.findall(r'(?:href|src|action)="(/[^"]*)"', page)
    assert links
    assert [link for link in links if not link.startswith("/api/")] == []
    assert f"<{site}/api/docs/pages.json?" in listing.headers["link"]
    assert ask(site, "/api").headers["location"] == "/api/"
    assert ask(site, "/api/docs/").headers["location"] == "/api/docs"
    assert ask(site, next(link for link in links if ".css" in link)).status == 200


@pytest.mark.parametrize("path", ["/api//", "/api///", "/api//elsewhere.example/"])
def test_slashes_too_many_lead_nowhere(site: str, path: str):
    answer = ask(site, path)

    assert (answer.status, answer.headers.get("location")) == (404, None)


@pytest.mark.parametrize("method", ["POST", "PUT", "TRACE", "MKCOL"])
def test_a_table_takes_no_other_methods(site: str, method: str):
    answer = ask(site, "/api/docs/pages.json", method)

    assert (answer.status, answer.headers["content-type"]) == (405, "application/problem+json")
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"


def test_a_host_that_is_none_is_refused_by_the_api(site: str):
    for host in ("[::1", 'a"><script>'):
        assert ask(site, "/-/search.json?q=json", Host=host).status == 400


@pytest.mark.parametrize(
    "path", ["/api/%ff", "/api/docs/%00", "/-/\xff", "/api/\xe9", "/api/docs/..%2f..%2fetc", "/api//"]
)
def test_odd_paths_break_nothing(site: str, path: str):
    with socket.create_connection(urlsplit(site).netloc.split(":"), timeout=10) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode("latin-1"))
        status = connection.makefile("rb").readline().split()[1]

    assert status in (b"302", b"400", b"404")


def test_a_query_of_a_megabyte_is_refused_and_others_are_answered(site: str):
    try:
        status = ask(site, "/-/search.json?q=" + "a" * 1_000_000).status
    except ConnectionError:  # the server hung up before it was sent whole
        status = 400

    assert status == 400
    assert ask(site, "/-/search.json?q=json").status == 200


def test_a_new_build_is_picked_up_without_a_restart_and_without_a_failed_request(
    own_output: Path, tmp_path: Path
):
    failed: list[int] = []
    stop = threading.Event()

    def keep_asking(address: str) -> None:
        while not stop.is_set():
            for path in ("/", "/-/search.json?q=json", "/api/docs/pages.json?_size=1"):
                status = ask(address, path).status
                if status != 200:
                    failed.append(status)

    with running(own_output) as (address, _):
        old_page, old_tag = ask(address, "/").body, ask(address, "/-/search.json?q=json").headers["etag"]
        asking = threading.Thread(target=keep_asking, args=(address,))
        asking.start()
        for turn in range(3):
            newer = shutil.copytree(own_output / "site", tmp_path / f"site{turn}")
            (newer / "index.html").write_text(f"<title>build {turn}</title>")
            rebuild(own_output / "docs.db", tmp_path / "docs.db", f"build {turn}")
            (own_output / "site").rename(tmp_path / f"old{turn}")
            newer.rename(own_output / "site")
            (tmp_path / "docs.db").rename(own_output / "docs.db")
            time.sleep(0.2)
        stop.set()
        asking.join()
        new_page, new_tag = ask(address, "/").body, ask(address, "/-/search.json?q=json").headers["etag"]
        listed = ask(address, "/api/docs/docsets.json?_shape=array").body

    assert failed == []
    assert old_page != new_page == b"<title>build 2</title>"
    assert old_tag != new_tag
    assert b'"origin": "build 2"' in listed


def rebuild(old: Path, new: Path, origin: str) -> None:
    """Write another database of ours."""
    import sqlite3

    shutil.copy(old, new)
    connection = sqlite3.connect(new)
    with connection:
        connection.execute("UPDATE docsets SET origin = ?, fingerprint = ?", (origin, origin))
    connection.close()


def test_a_database_that_is_damaged_or_gone_does_not_stop_the_old_one(own_output: Path):
    with running(own_output) as (address, _):
        first = ask(address, "/-/search.json?q=json")
        (own_output / "damaged.db").write_bytes(b"this is no database" * 100)
        (own_output / "damaged.db").rename(own_output / "docs.db")
        damaged = ask(address, "/-/search.json?q=json")
        (own_output / "docs.db").unlink()
        gone = ask(address, "/-/search.json?q=json")

    assert [answer.status for answer in (first, damaged, gone)] == [200, 200, 200]
    assert damaged.headers["etag"] == gone.headers["etag"] == first.headers["etag"]


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_the_server_ends_quietly_when_it_is_told_to(built_output: Path, stop: signal.Signals):
    with running(built_output) as (address, process):
        ask(address, "/")
        process.send_signal(stop)
        status = process.wait(timeout=10)
        words = process.stderr.read()

    assert status == 0
    assert "Traceback" not in words


def sockets(address: str, status: str = psutil.CONN_LISTEN) -> Counter[int]:
    """How many sockets each process has at the port of an address: listening, or with somebody connected."""
    found = psutil.net_connections("tcp4")
    port = urlsplit(address).port
    return Counter(one.pid for one in found if one.pid and one.laddr.port == port and one.status == status)


def wait_until(condition, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_several_workers_share_the_port_and_what_they_have_answered(built_output: Path):
    with running(built_output, "--workers", "2") as (address, process):
        wait_until(lambda: len(sockets(address)) == 2)
        for _ in range(60):
            assert ask(address, "/-/search.json?q=json").status == 200
        figures = {ask(address, "/-/health").body for _ in range(60)}
        process.send_signal(signal.SIGTERM)
        status = process.wait(timeout=15)
        words = process.stderr.read()

    caches = [json.loads(one)["cache"] for one in figures]
    assert max(one["misses"] for one in caches) == 1
    assert {one["taken_over"] + one["misses"] for one in caches} <= {0, 1}
    assert (status, words) == (0, "")


def test_connections_are_spread_over_workers(built_output: Path):
    with running(built_output, "--workers", "2") as (address, _), ExitStack() as opened:
        wait_until(lambda: len(sockets(address)) == 2)
        host = urlsplit(address)
        for _ in range(40):
            opened.enter_context(socket.create_connection((host.hostname, host.port)))
        wait_until(lambda: sockets(address, psutil.CONN_ESTABLISHED).total() == 40)
        accepted = sockets(address, psutil.CONN_ESTABLISHED)

    assert len(accepted) == 2
    assert min(accepted.values()) >= 5


def test_a_worker_that_dies_is_replaced_and_nobody_waits(built_output: Path):
    with running(built_output, "--workers", "2") as (address, _):
        wait_until(lambda: len(sockets(address)) == 2)
        victim = min(sockets(address))
        os.kill(victim, signal.SIGKILL)
        wait_until(lambda: len(sockets(address)) == 1)
        statuses = {ask(address, "/-/search.json?q=json").status for _ in range(20)}
        wait_until(lambda: len(set(sockets(address)) - {victim}) == 2)

    assert statuses == {200}


def test_workers_pick_up_a_new_build_without_a_failed_request(own_output: Path, tmp_path: Path):
    with running(own_output, "--workers", "2") as (address, _):
        old = {ask(address, "/-/search.json?q=json").headers["etag"] for _ in range(20)}
        rebuild(own_output / "docs.db", tmp_path / "docs.db", "another build")
        (tmp_path / "docs.db").rename(own_output / "docs.db")
        answers = [ask(address, "/-/search.json?q=json") for _ in range(40)]

    assert {answer.status for answer in answers} == {200}
    assert len(old) == 1
    assert {answer.headers["etag"] for answer in answers}.isdisjoint(old)


def test_from_memory_the_same_is_answered_and_a_new_build_is_picked_up(
    own_output: Path, site: str, tmp_path: Path
):
    path = "/-/search.json?q=json.dump"
    with running(own_output, "--in-memory") as (address, _):
        own = ask(address, path)
        table = ask(address, "/api/docs/docsets.json?_shape=array")
        written = ask(address, "/api/docs.json?sql=select+1")
        rebuild(own_output / "docs.db", tmp_path / "docs.db", "another build")
        (tmp_path / "docs.db").rename(own_output / "docs.db")
        newer = ask(address, path)
        listed = ask(address, "/api/docs/docsets.json?_shape=array")

    assert json.loads(own.body)["results"] == json.loads(ask(site, path).body)["results"]
    assert (table.status, written.status, newer.status) == (200, 403, 200)
    assert newer.headers["etag"] != own.headers["etag"]
    assert b'"origin": "another build"' in listed.body


def test_the_api_is_kept_by_encoding_and_said_to_be(site: str):
    path = "/-/search.json?q=dict&_size=20"
    plain, packed = ask(site, path), ask(site, path, Accept_Encoding="br")

    assert brotli.decompress(packed.body) == plain.body
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    assert packed.headers["etag"] == plain.headers["etag"][:-1] + '-br"'
    for known, accepted in ((plain, ""), (packed, "br")):
        again = ask(site, path, Accept_Encoding=accepted, If_None_Match=known.headers["etag"])
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", known.headers["etag"])


def test_a_taken_port_is_one_clear_line(built_output: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            ServeError, match=rf"127\.0\.0\.1:{port}: port {port} is taken\. Stop what uses it"
        ):
            serve(built_output, ServeOptions(port=port))


def test_a_host_that_is_not_here_is_one_clear_line(built_output: Path):
    with pytest.raises(ServeError, match=r"192\.0\.2\.1:8000: can't listen there"):
        serve(built_output, ServeOptions(host="192.0.2.1"))


def test_nothing_to_serve_says_what_to_do(tmp_path: Path):
    with pytest.raises(ServeError, match=r"there is no site to serve\. Run `livedocs build` first"):
        make_app(tmp_path)
    (tmp_path / "site").mkdir()
    with pytest.raises(ServeError, match=r"there is no database\. Run `livedocs build` first"):
        make_app(tmp_path)


def test_the_command_says_so_in_one_line_and_with_the_right_exit_code(tmp_path: Path):
    command = [sys.executable, "-m", "builder", "serve", "-o", str(tmp_path)]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "Run `livedocs build` first." in done.stderr


@pytest.mark.parametrize("options", [(), ("--workers", "2")])
def test_a_wrong_address_of_a_database_is_one_line_too(built_output: Path, options: tuple[str, ...]):
    command = [sys.executable, "-m", "builder", "serve", "-o", str(built_output), "--port", "0", *options]
    environment = {**os.environ, "LIVEDOCS_DATABASE_URL": "mysql://reader:hush@db.example.org/docs"}

    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=30
    )

    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "LIVEDOCS_DATABASE_URL: it is not an address of a PostgreSQL database" in done.stderr
    assert "hush" not in done.stderr
