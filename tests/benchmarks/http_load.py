"""Put servers under load with wrk, or as people type, and run those that are compared."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from builder.start import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BETWEEN_KEYS = (100, 200)
"""Milliseconds between two keys of somebody who types 80 words a minute: at least, at most."""

LUA = """
local paths = {}
for line in io.lines("%s") do paths[#paths + 1] = line end
local turn, threads = 0, {}
function setup(thread) table.insert(threads, thread) end
function init() faults, refused = 0, 0 end
%s
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
NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{ worker_connections 1024; }}
http {{
  access_log off; keepalive_requests 1000000000;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{ listen 127.0.0.1:{port}; root {folder}/static; location /-/health {{ return 200; }} }}
}}
"""


class Load(NamedTuple):
    """What was measured: requests a second, milliseconds, and how many went wrong."""

    rate: float
    p50: float
    p99: float
    max: float
    lost: int
    faults: int
    refused: int


def press(
    folder: Path,
    address: str,
    paths: Sequence[str],
    connections: int,
    seconds: float,
    pauses: tuple[int, int] | None = None,
) -> Load:
    """Ask for paths one after another over some connections.

    Args:
        folder: For wrk's files.
        address: The server's.
        paths: What is asked for, again and again.
        connections: How many ask at once.
        seconds: How long.
        pauses: How many milliseconds each waits before it asks, at least and at most; None for not at all.
    """
    listed, script = folder / "paths", folder / "load.lua"
    listed.write_text("\n".join(paths))
    delay = f"function delay() return math.random({pauses[0]}, {pauses[1]}) end" if pauses else ""
    script.write_text(LUA % (listed, delay))
    length = f"{int(seconds)}s"
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
    return Load(**json.loads(re.search(r"RESULT (.*)", said)[1]))  # type: ignore[index]  # done() wrote it


def typed(texts: Sequence[str], people: int) -> list[str]:
    """Return what each key makes of texts, from the second letter on, of people who type them side by side."""
    shares = [
        [text[:end] for text in texts[person::people] for end in range(2, len(text) + 1)]
        for person in range(people)
    ]
    return [text for together in zip(*shares, strict=False) for text in together]


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


@contextmanager
def nginx(command: str, folder: Path, size: int) -> Iterator[tuple[str, int]]:
    """Run nginx with one process over one file, `/file.json`; yields its address and process."""
    port = free_port()
    (folder / "static").mkdir(exist_ok=True)
    (folder / "static" / "file.json").write_bytes(b"x" * size)
    settings = folder / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""
    settings.write_text(user + NGINX.format(folder=folder, port=port))
    with running(
        [command, "-c", str(settings), "-e", f"{folder}/nginx.log"], f"http://127.0.0.1:{port}"
    ) as server:
        yield f"http://127.0.0.1:{port}", server.pid


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def command_line(pid: int) -> bytes:
    """Return what a process was started with."""
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def rest(pids: Sequence[int]) -> None:
    """Wait until processes have nothing to do: a server makes ready what readers ask for first."""
    for _ in range(120):
        before = sum(map(_ticks, pids))
        time.sleep(0.5)
        if sum(map(_ticks, pids)) - before <= 1:
            return


def _ticks(pid: int) -> int:
    """Return how much processor time a process has used, in hundredths of a second."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
