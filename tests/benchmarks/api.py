"""Measure the API beside its peers: the same ranking without HTTP, and what Datasette answers by itself.

    python3 tests/benchmarks/api.py [--seconds 5] [--minutes 0] [--docs FOLDER] [--postgres ADDRESS]

It brings wrk and nginx where they are missing, builds Python's docs, and prints a table; `--minutes 10` adds a mixed
load with hostile requests between. Throughput depends on what else the machine does: look at ratios, at several runs.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from builder import start
from builder.start import BIN, PYTHON, ROOT
from tests.benchmarks.http_load import (
    BETWEEN_KEYS,
    command_line,
    free_port,
    nginx,
    press,
    rest,
    running,
    typed,
)
from tests.benchmarks.run import family, fetch, memory_of
from tests.run import nginx_command

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.benchmarks.http_load import Load

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
from builder.answers import KeptIndexes, SearchRequest, answer, open_database, read_docsets
from builder.api.body import search_body
connection = open_database(Path(sys.argv[1]))
docsets, texts, tables = read_docsets(connection), json.loads(Path(sys.argv[2]).read_text()), KeptIndexes().over
began, done = time.monotonic(), 0
while time.monotonic() - began < float(sys.argv[3]):
    request = SearchRequest(text=texts[done % len(texts)])
    json.dumps(search_body(answer(connection, docsets, request, tables=tables), took_ms=1.0))
    done += 1
print(done / (time.monotonic() - began))
"""
SLOWEST_MS = 1_000
"""What the slowest reply of the mixed load may take: the time limit of a query, and as long again in the queue."""

REPLY_BYTES = 3_000
"""About what a repeated reply has, for nginx's file."""


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
        if not nginx_command():
            start.apt_install("nginx-light", purpose="compare the API with it")
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
        print(f"{'':<56} {'rate':>8} {'p50':>8} {'p99':>8} {'lost':>5} {'memory':>7}")
        self.compare_nginx(repeated)
        for workers in (1, 2):
            with self.serving("--workers", str(workers)) as (address, pids):
                self.load(f"200 queries again and again, {workers} process", address, repeated, 16, pids)
                for connections in (16, 64, 256):
                    if connections == 16:
                        self.raw()
                    self.load(f"distinct queries, {workers} process", address, distinct, connections, pids)
        with self.serving("--in-memory") as (address, pids):
            self.load("distinct queries, from memory", address, distinct, 16, pids)
        with self.datasette() as address:
            words = [quote(text) for text in self._texts if text.isalnum()]
            tables = [f"/docs/sections.json?_search={word}" for word in words]
            canned = [f"/docs/find.json?word={word}" for word in words]
            self.load("Datasette's own: a table's _search", address, tables, 16, [])
            self.load("Datasette's own: a canned query", address, canned, 16, [])

    def compare_nginx(self, repeated: Sequence[str]) -> None:
        """Measure kept replies and nginx by turns: what both wait for is the machine's."""
        command = nginx_command() or "nginx"
        with nginx(command, self._folder, REPLY_BYTES) as (file, pid), self.serving() as (address, pids):
            press(self._folder, address, repeated, 16, 1)
            for _ in range(3):
                self.load("nginx, one process, one file of 3 kB", file, ["/file.json"], 16, [pid])
                self.load("200 queries again and again", address, repeated, 16, pids)

    def compare_postgres(self, url: str) -> None:
        """Load a PostgreSQL database and measure the same addresses over it."""
        load = [str(BIN / "livedocs"), "load", url, "-q", "-o", str(self._output)]
        subprocess.run(load, check=True, cwd=ROOT)
        distinct = [
            f"/-/search.json?q={quote(text, safe='')}&_size={size}"
            for size in (4, 5, 3, 6, 2, 7, 8)
            for text in self._texts
        ]
        common = random.Random(1).choices(  # noqa: S311 - the same in every run
            self._texts, [1 / place for place in range(1, len(self._texts) + 1)], k=20_000
        )
        asked = [f"/-/search.json?q={quote(text, safe='')}" for text in common]
        keys = [f"/-/search.json?q={quote(text, safe='')}" for text in typed(self._texts, 8)]
        with self.serving(LIVEDOCS_DATABASE_URL=url) as (address, pids):
            found = press(self._folder, address, keys, 8, max(self._seconds, 10), BETWEEN_KEYS)
            self.tell("PostgreSQL, 8 people type, each key asks", found, pids)
        for name, paths, connections in (
            ("PostgreSQL, distinct queries", distinct, 1),
            ("PostgreSQL, distinct queries", distinct, 8),
            ("PostgreSQL, queries as often as words (Zipf)", asked, 8),
        ):
            with self.serving(LIVEDOCS_DATABASE_URL=url) as (address, pids):
                self.load(name, address, paths, connections, pids)
        with self.serving(LIVEDOCS_DATABASE_URL=url) as (address, pids):
            press(self._folder, address, distinct[:200], 8, 1)
            self.load("PostgreSQL, queries asked before", address, distinct[:200], 8, pids)

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
            self.load("mixed, warming up", address, paths, 16, pids, seconds=min(120, seconds / 4))
            before = sum(map(memory_of, pids))
            found = self.load("mixed, hostile requests between", address, paths, 16, pids, seconds=seconds)
            growth = sum(map(memory_of, pids)) / before - 1
        print(
            f"memory grew by {growth:.1%}; the slowest of all replies took {found.max:.0f} ms, {found.refused} were 503"
        )
        self.failed = self.failed or growth > 0.05 or found.max > SLOWEST_MS

    def raw(self) -> None:
        """Print how many queries a second one thread answers without HTTP."""
        texts = self._folder / "texts.json"
        texts.write_text(json.dumps(self._texts))
        command = [str(PYTHON), "-c", RAW, str(self._output / "docs.db"), str(texts), str(self._seconds)]
        rate = float(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
        print(f"{'the same ranking and JSON, one thread, no HTTP':<56} {rate:>8.0f}")

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
            pids = [pid for pid in family(server.pid) if b"resource_tracker" not in command_line(pid)]
            rest(pids)
            yield f"http://127.0.0.1:{port}", pids

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
    ) -> Load:
        """Put an address under load and print what came of it."""
        found = press(self._folder, address, paths, connections, seconds or self._seconds)
        self.tell(f"{name}, {connections} connections", found, pids)
        return found

    def tell(self, label: str, found: Load, pids: Sequence[int]) -> None:
        """Print what was measured; remember if a request of ours failed."""
        memory = f"{sum(map(memory_of, pids)):.0f}" if pids else ""
        print(
            f"{label:<56} {found.rate:>8.0f} {found.p50:>8.1f} {found.p99:>8.1f} {found.lost:>5} {memory:>7}",
            flush=True,
        )
        if pids and (found.faults or found.lost):
            print(f"  FAILED: {found.faults} faults, {found.lost} lost, slowest {found.max:.0f} ms")
            self.failed = True


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
