"""The product as people run it: a build and a server, each by the real command in a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
LIVEDOCS = [sys.executable, "-m", "builder"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
SERVER_STARTS_WITHIN = 30.0


def build(folder: Path, *trees: Path) -> Path:
    """Build trees, or without any what `livedocs build` takes by itself, into `folder/output`."""
    livedocs("build", "-q", *map(str, trees), cwd=folder)
    return folder / "output"


def livedocs(*words: str, cwd: Path) -> None:
    """Run the real command in a folder and see that it succeeds."""
    ended = subprocess.run(
        [*LIVEDOCS, *words], cwd=cwd, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr


@contextmanager
def serving(output: Path, *, log: Path) -> Iterator[str]:
    """Run `livedocs serve` on a free port until the block ends, then see that it stops cleanly when asked."""
    address = f"http://127.0.0.1:{(port := free_port())}"
    command = [*LIVEDOCS, "serve", "-o", str(output), "--port", str(port)]
    with (
        log.open("w") as words,
        subprocess.Popen(command, env=ENVIRONMENT, stdout=words, stderr=words) as server,
    ):
        try:
            wait_for(f"{address}/", server, log)
            yield address
        finally:
            server.terminate()
            ended = server.wait(timeout=10)
    assert ended == 0, log.read_text()


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Return when the server answers; fail with its words if it ends or takes too long."""
    deadline = time.monotonic() + SERVER_STARTS_WITHIN
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()  # noqa: S310 - it begins with http:
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"livedocs serve did not answer at {address}. It said:\n{log.read_text()}")
