"""A PostgreSQL of the tests' own: the machine's program, a cluster in a temporary folder, a free port."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.product import free_port
from tests.run import postgres_programs

if TYPE_CHECKING:
    from collections.abc import Iterator

USER, PASSWORD = "reader", "a secret/with:signs@"


class PostgresServer:
    """A running server that a test may stop, kill and start again.

    Args:
        folder: Where everything of it is.
    """

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._folder = folder
        self._programs = programs()
        self._account = account()
        secret = folder / "password"
        secret.write_text(PASSWORD)
        for path in (folder, secret):
            shutil.chown(path, self._account)
        options = [
            "-U",
            USER,
            "-A",
            "scram-sha-256",
            "--pwfile",
            str(secret),
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        ]
        self._run("initdb", "-D", str(folder / "cluster"), *options)
        self.start()

    def address(self, database: str = "postgres", *, password: bool = False) -> str:
        """Return the address of a database."""
        from urllib.parse import quote

        secret = f":{quote(PASSWORD, safe='')}" if password else ""
        return f"postgresql://{USER}{secret}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        settings = f"-p {self.port} -h 127.0.0.1 -k {self._folder} -c fsync=off -c max_connections=80"
        self._control("start", "-o", settings, "-l", str(self._folder / "log"))

    def kill(self) -> None:
        """End it as a crash would, connections and all."""
        self._control("stop", "-m", "immediate")

    def _control(self, *words: str) -> None:
        self._run("pg_ctl", "-D", str(self._folder / "cluster"), "-w", *words)

    def run_sql(self, sql: str, database: str = "postgres") -> str:
        """Run SQL as the cluster's owner and return what it says."""
        server = ["-h", "127.0.0.1", "-p", str(self.port), "-U", USER, "-d", database]
        return self._run("psql", "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", *server, "-c", sql).strip()

    def _run(self, program: str, *words: str) -> str:
        # What a server that stays writes to must be no pipe: it would be waited for.
        with tempfile.TemporaryFile("w+") as said:
            done = subprocess.run(
                [self._programs / program, *words],
                cwd=self._folder,
                env={**os.environ, "PGPASSWORD": PASSWORD},
                stdout=said,
                stderr=subprocess.STDOUT,
                user=self._account if os.geteuid() == 0 else None,
                check=False,
            )
            said.seek(0)
            text = said.read()
        assert done.returncode == 0, text
        return text


def programs() -> Path:
    """Return the folder of PostgreSQL's programs."""
    found = postgres_programs()
    assert found, "PostgreSQL is missing: python3 tests/run.py brings it"
    return found


def account() -> str:
    """Return whose the cluster is: PostgreSQL refuses to be run by root."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid()).pw_name
    return next(name for name in ("postgres", "nobody") if any(one.pw_name == name for one in pwd.getpwall()))


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Run a server until the block ends."""
    with tempfile.TemporaryDirectory(prefix="livedocs-pg-", dir="/tmp") as folder:
        server = PostgresServer(Path(folder))
        try:
            yield server
        finally:
            server.kill()
