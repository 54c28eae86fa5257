"""Measure the API beside its peers: the same ranking without HTTP, and what Datasette answers by itself.

    python3 tests/benchmarks/api.py [--seconds 5] [--minutes 0] [--docs FOLDER] [--postgres ADDRESS]

It brings wrk where it is missing, builds Python's docs, and prints a table; `--minutes 10` adds a mixed load with
hostile requests between. Throughput depends on what else the machine does, so look at the ratios, and at several runs.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from builder import start
from builder.start import BIN, PYTHON, ROOT
from tests.benchmarks.run import family, fetch, memory_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LUA = """
local paths = {}
for line in io.lines("%s") do paths[#paths + 1] = line end
local turn, threads = 0, {}
function setup(thread) table.insert(threads, thread) end
function init() faults, refused = 0, 0 end
function request() turn = turn + 1; return wrk.format("GET", paths[turn %% #paths + 1]) end
function response(status)
  if status == 503 then refused = refused + 1 elseif status >= 500 then faults = faults + 1 end
end
function done(summary, latency)
  local faults, refused, errors = 0, 0, summary.errors
  for _, thread in ipairs(threads) do
    faults, refused = faults + thread:get("faults"), refused + thread:get("refused")
  end
  io.write(string.format(
    'RESULT {"rate": %%.1f, "p50": %%.3f, "p99": %%.3f, "max": %%.1f, "lost": %%d, "faults": %%d, "refused": %%d}',
    summary.requests / summary.duration * 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    latency.max / 1e3, errors.connect + errors.read + errors.write + errors.timeout, faults, refused))
end
"""
HOSTILE = [
    "/-/search.json?q=" + "a" * 5_000, "/-/search.json?q=" + "a+" * 200, "/-/search.json", "/-/search.json?q=%00%ff",
    "/-/search.json?q=x&_next=zzz", "/-/search.json?q=x&_size=-1", "/-/suggest?q='%20OR%201=1--", "/-/symbol/%00.json",
    "/-/search?q=%3Cscript%3E", "/api/docs/sections.json?_search=%22", "/api/docs/sections.json?_sort=nothing",
    "/api/docs.json?sql=select+1", "/api/docs/files.blob?_blob_column=docset_id", "/..%2f..%2fetc/passwd", "/%ff",
    "/api/docs/sections.json?text__glob=*a*b*c*d*e*f*g*h*", "/-/search.json?q=e&kind=" + ",".join("abcdefghijklmnop"),
]  # fmt: skip
RAW = """
import json, sys, time
from pathlib import Path
from builder.answers import SearchRequest, answer, open_database, read_docsets
from builder.api.body import search_body
connection = open_database(Path(sys.argv[1]))
docsets, texts = read_docsets(connection), json.loads(Path(sys.argv[2]).read_text())
began, done = time.monotonic(), 0
while time.monotonic() - began < float(sys.argv[3]):
    json.dumps(search_body(answer(connection, docsets, SearchRequest(text=texts[done % len(texts)])), took_ms=1.0))
    done += 1
print(done / (time.monotonic() - began))
"""


class Load(NamedTuple):
    """What wrk measured: requests a second, milliseconds, and how many went wrong."""

    rate: float
    p50: float
    p99: float
    max: float
    lost: int
    faults: int
    refused: int


def main() -> None:
    """Bring what is needed, measure, print the table; exit with 1 if a request failed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=int, default=5, help="how long each load lasts  [default: 5]")
    parser.add_argument(
        "--minutes", type=float, default=0, help="how long the mixed load lasts  [default: none]"
    )
    parser.add_argument("--docs", type=Path, help="another tree than Python's docs")
    parser.add_argument(
        "--postgres", default="", help="an empty database of a PostgreSQL server, measured too"
    )
    options = parser.parse_args()
    with start.plain_exit():
        start.set_up(["test"])
        if not shutil.which("wrk"):
            start.apt_install("wrk", purpose="put the API under load")
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "output"
        subprocess.run(
            [str(BIN / "livedocs"), "build", str(options.docs or fetch()), "-o", str(output), "-q"],
            check=True,
        )
        bench = Bench(output, Path(folder), options.seconds)
        bench.compare()
        if options.postgres:
            bench.compare_postgres(options.postgres)
        if options.minutes:
            bench.mix(options.minutes * 60)
    sys.exit(bench.failed)


class Bench:
    """Measures one output folder and prints line by line.

    Args:
        output: What `livedocs build` wrote.
        folder: For files of its own.
        seconds: How long each load lasts.
    """

    def __init__(self, output: Path, folder: Path, seconds: int) -> None:
        self.failed = False
        self._output = output
        self._folder = folder
        self._seconds = seconds
        self._texts = read_texts(output / "docs.db")

    def compare(self) -> None:
        """Measure our addresses, then the peers, in one run."""
        repeated = [f"/-/search.json?q={quote(text, safe='')}&_size=4" for text in self._texts[:200]]
        distinct = [
            f"/-/search.json?q={quote(text, safe='')}&_size={size}"
            for size in (10, 9, 11, 8, 12)
            for text in self._texts
        ]
        print(f"{os.cpu_count()} processors; requests a second, milliseconds, megabytes\n")
        print(f"{'':<46} {'rate':>8} {'p50':>8} {'p99':>8} {'lost':>5} {'memory':>7}")
        raw = self.raw()
        print(f"{'the same ranking and JSON, one thread, no HTTP':<46} {raw:>8.0f}")
        for workers in (1, 2):
            with self.serving("--workers", str(workers)) as (address, pids):
                self.load(f"200 queries again and again, {workers} process", address, repeated, 16, pids)
                for connections in (16, 64, 256):
                    self.load(f"distinct queries, {workers} process", address, distinct, connections, pids)
        with self.serving("--in-memory") as (address, pids):
            self.load("distinct queries, from memory", address, distinct, 16, pids)
        with self.datasette() as address:
            words = [quote(text) for text in self._texts if text.isalnum()]
            tables = [f"/docs/sections.json?_search={word}" for word in words]
            canned = [f"/docs/find.json?word={word}" for word in words]
            self.load("Datasette's own: a table's _search", address, tables, 16, [])
            self.load("Datasette's own: a canned query", address, canned, 16, [])

    def compare_postgres(self, url: str) -> None:
        """Load a PostgreSQL database and measure the same addresses over it."""
        load = [str(BIN / "livedocs"), "load", url, "-q", "-o", str(self._output)]
        subprocess.run(load, check=True, cwd=ROOT)
        typical = [
            f"/-/search.json?q={quote(text, safe='')}&_size={size}"
            for size in (4, 5, 3, 6, 2, 7, 8)
            for text in self._texts
        ]
        with self.serving(LIVEDOCS_DATABASE_URL=url) as (address, pids):
            self.load("distinct queries, PostgreSQL", address, typical, 1, pids)
        with self.serving(LIVEDOCS_DATABASE_URL=url) as (address, pids):
            self.load("distinct queries, PostgreSQL", address, typical, 8, pids)
            self.load("queries asked before, PostgreSQL", address, typical[:200], 8, pids)

    def mix(self, seconds: float) -> None:
        """Put everything there is under load, hostile requests between, and see that memory does not grow."""
        plain = [
            f"/-/search.json?q={quote(text, safe='')}&_size={size}"
            for size in (10, 3)
            for text in self._texts
        ]
        others = [
            f"/-/{route}?q={quote(text, safe='')}" for text in self._texts for route in ("suggest", "search")
        ]
        symbols = [f"/-/symbol/{quote(text, safe='')}.json" for text in self._texts]
        pages = [
            "/",
            "/api/docs/sections.json?_search=file",
            "/api/docs/symbols.json?kind=class",
            "/-/openapi.json",
        ]
        usual = [*plain, *others, *symbols]
        paths = [path for place, one in enumerate(usual) for path in (one, (HOSTILE + pages)[place % 21])]
        with self.serving() as (address, pids):
            self.load("mixed, warming up", address, paths, 16, pids, seconds=min(60, seconds / 4))
            before = sum(map(memory_of, pids))
            self.load("mixed, hostile requests between", address, paths, 16, pids, seconds=seconds)
            growth = sum(map(memory_of, pids)) / before - 1
        print(f"memory grew by {growth:.1%}")
        self.failed = self.failed or growth > 0.05

    def raw(self) -> float:
        """Return how many queries a second one thread answers without HTTP."""
        texts = self._folder / "texts.json"
        texts.write_text(json.dumps(self._texts))
        command = [str(PYTHON), "-c", RAW, str(self._output / "docs.db"), str(texts), str(self._seconds)]
        return float(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)

    @contextmanager
    def serving(self, *options: str, **environ: str) -> Iterator[tuple[str, list[int]]]:
        """Run `livedocs serve`; yields its address and its processes."""
        port = free_port()
        command = [
            str(BIN / "livedocs"),
            "serve",
            "-q",
            "-o",
            str(self._output),
            "--port",
            str(port),
            *options,
        ]
        with running(command, f"http://127.0.0.1:{port}", **environ) as server:
            time.sleep(2)  # until all workers are there
            yield (
                f"http://127.0.0.1:{port}",
                [pid for pid in family(server.pid) if b"resource_tracker" not in command_line(pid)],
            )

    @contextmanager
    def datasette(self) -> Iterator[str]:
        """Run Datasette over the same file, with a canned query of its own."""
        port = free_port()
        sql = "SELECT id, title, summary FROM sections WHERE id IN (SELECT rowid FROM sections_fts WHERE sections_fts"
        query = {"sql": f"{sql} MATCH :word ORDER BY rank LIMIT 10)"}
        metadata = self._folder / "metadata.json"
        metadata.write_text(json.dumps({"databases": {"docs": {"queries": {"find": query}}}}))
        file = str(self._output / "docs.db")
        command = [str(BIN / "datasette"), "-i", file, "-p", str(port), "-m", str(metadata)]
        with running(command, f"http://127.0.0.1:{port}"):
            yield f"http://127.0.0.1:{port}"

    def load(
        self,
        name: str,
        address: str,
        paths: Sequence[str],
        connections: int,
        pids: Sequence[int],
        *,
        seconds: float = 0,
    ) -> None:
        """Put an address under load and print what came of it."""
        listed, script = self._folder / "paths", self._folder / "load.lua"
        listed.write_text("\n".join(paths))
        script.write_text(LUA % listed)
        length = f"{int(seconds or self._seconds)}s"
        command = [
            "wrk",
            "-t1",
            f"-c{connections}",
            f"-d{length}",
            "--timeout",
            "10s",
            "-s",
            str(script),
            address,
        ]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        found = Load(**json.loads(re.search(r"RESULT (.*)", said)[1]))  # type: ignore[index]  # done() wrote it
        memory = f"{sum(map(memory_of, pids)):.0f}" if pids else ""
        label = f"{name}, {connections} connections"
        print(
            f"{label:<46} {found.rate:>8.0f} {found.p50:>8.1f} {found.p99:>8.1f} {found.lost:>5} {memory:>7}"
        )
        if pids and (found.faults or found.lost):
            print(f"  FAILED: {found.faults} faults, {found.lost} lost, slowest {found.max:.0f} ms")
            self.failed = True


@contextmanager
def running(command: Sequence[str], address: str, **environ: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the block ends."""
    nothing, variables = subprocess.DEVNULL, {**os.environ, **environ}
    with subprocess.Popen(command, stdout=nothing, stderr=nothing, cwd=ROOT, env=variables) as server:
        try:
            for _ in range(200):
                try:
                    urllib.request.urlopen(f"{address}/-/health", timeout=5).close()  # noqa: S310 - it begins with http:
                    break
                except OSError:
                    time.sleep(0.1)
            yield server
        finally:
            server.terminate()


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def command_line(pid: int) -> bytes:
    """Return what a process was started with."""
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def read_texts(database: Path) -> list[str]:
    """Return what people might type: names, their last parts, titles, words out of summaries, evenly from all docs."""
    with sqlite3.connect(database) as connection:
        names = [row[0] for row in connection.execute("SELECT DISTINCT name FROM symbols ORDER BY id")]
        titles = connection.execute(
            "SELECT DISTINCT title, summary FROM sections WHERE title != '' ORDER BY id"
        ).fetchall()
    connection.close()
    texts = [name[:60] for name in names[:: max(1, len(names) // 300)]]
    texts += [name.rpartition(".")[2][:60] for name in names[7 :: max(1, len(names) // 300)]]
    chosen = titles[:: max(1, len(titles) // 200)]
    texts += [title[:80] for title, _ in chosen]
    texts += [" ".join(summary.split()[1:4])[:60] for _, summary in chosen]
    return sorted({text for text in texts if text.strip()}, key=lambda text: (hash_of(text), text))


def hash_of(text: str) -> int:
    """Return what mixes the kinds of queries, the same in every run."""
    return sum(place * ord(letter) for place, letter in enumerate(text, 1)) * 2_654_435_761 % 2**32


if __name__ == "__main__":
    main()
