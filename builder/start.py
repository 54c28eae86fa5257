"""Set up the project in `.venv/`, build and serve Python's documentation: one command for a fresh machine.

    python3 builder/start.py [--host HOST] [--port PORT] [-o FOLDER] [whatever `livedocs build` takes]

It runs before anything is installed, so it imports the standard library alone, and is written so that Pythons
which it refuses can read it. `tests/run.py` shares the set-up.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "installed.json"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
OLDEST = (3, 11)
PIP_OPTIONS = ["--disable-pip-version-check", "--no-input", "--root-user-action=ignore"]
SHOWN_ON_FAILURE = 25


class SetupError(Exception):
    """Something that this machine lacks; the text says what, and what to do."""


def main(argv: Sequence[str] | None = None) -> None:
    """Read the command line, set up, build, and serve until Ctrl-C."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to serve on (default: %(default)s)")
    parser.add_argument("--port", default="8000", help="port to serve on (default: %(default)s)")
    parser.add_argument(
        "-o", "--output", default=str(ROOT / "output"), help="folder to build into (default: output)"
    )
    options, build = parser.parse_known_args(argv)
    livedocs = str(BIN / "livedocs")
    with plain_exit():
        set_up()
        say("Building the site and the database")
        subprocess.run([livedocs, "build", "-o", options.output, *build], check=True)
        say("Serving the site and the API; Ctrl-C ends it")
        become([livedocs, "serve", "-o", options.output, "--host", options.host, "--port", options.port])


def say(text: str) -> None:
    """Name the step that begins."""
    print(f"==> {text}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def plain_exit() -> Iterator[None]:
    """End with one line and the right exit code where a traceback would help nobody."""
    try:
        yield
    except SetupError as error:
        sys.exit(f"error: {error}")
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        sys.exit(130)


def become(command: list[str]) -> None:
    """Hand this process over to a command, so that Ctrl-C and signals reach it alone."""
    if os.name == "nt":
        sys.exit(subprocess.call(command))
    os.execv(command[0], command)  # noqa: S606 - no shell is wanted


def set_up(groups: Sequence[str] = ()) -> None:
    """Make `.venv/` hold the project and dependency groups of pyproject.toml; at once where it does already.

    Raises:
        SetupError: The machine lacks something that this can't bring.
    """
    require_python()
    wanted, found = wanted_state(), read_stamp()
    if not PYTHON.exists() or any(found.get(key) != wanted[key] for key in ("root", "python")):
        say(f"Making the environment .venv/ with Python {wanted['python']}")
        make_venv()
        found = {}
    present = set(found.get("groups", "").split())
    if found.get("pyproject") == wanted["pyproject"] and present.issuperset(groups):
        return
    present.update(groups)
    say("Installing livedocs and what it needs into .venv/")
    install(sorted(present))
    STAMP.write_text(json.dumps({**wanted, "groups": " ".join(sorted(present))}), encoding="utf-8")


def require_python(found: Sequence[int] = sys.version_info[:3]) -> None:
    """Refuse a Python that is too old, naming a newer one where the machine has it.

    Raises:
        SetupError: It is older than 3.11.
    """
    if tuple(found) >= OLDEST:
        return
    newer = [name for name in (f"python3.{minor}" for minor in range(30, 10, -1)) if shutil.which(name)]
    todo = f"Run this with {newer[0]}." if newer else "Install Python 3.11 or newer."
    raise SetupError(f"Python {'.'.join(map(str, found))} is too old, livedocs needs 3.11. {todo}")


def wanted_state() -> dict[str, str]:
    """Return what the stamp must say: a moved checkout or another Python needs a new environment."""
    return {
        "root": str(ROOT),
        "python": ".".join(map(str, sys.version_info[:2])),
        "pyproject": hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest(),
    }


def read_stamp() -> dict[str, str]:
    """Return what the last complete installation wrote, or nothing."""
    try:
        return dict(json.loads(STAMP.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def make_venv() -> None:
    """Make `.venv/` anew; without pip in it where this Python has pip but (Debian cuts it) no ensurepip."""
    shutil.rmtree(VENV, ignore_errors=True)
    if not has_module("ensurepip") and not has_module("pip"):
        apt_install(f"python{wanted_state()['python']}-venv", purpose="make a virtual environment")
    without = [] if has_module("ensurepip") else ["--without-pip"]
    run_quietly([sys.executable, "-m", "venv", *without, str(VENV)])


def has_module(name: str) -> bool:
    """Tell whether this Python, asked afresh, can run a module that is a command."""
    return succeeds([sys.executable, "-c", f"import {name}.__main__"])


def succeeds(command: Sequence[str]) -> bool:
    """Tell whether a command ends well, whatever it says."""
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def install(groups: Sequence[str]) -> None:
    """Install the project, editable, and dependency groups, with pip from `.venv/` or else this Python's."""
    import tomllib  # noqa: PLC0415 - only the Pythons that passed have it

    listed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    requirements = [line for group in groups for line in listed[group]]
    inside = (BIN / "pip").exists() or (BIN / "pip.exe").exists()
    pip = [str(PYTHON), "-m", "pip"] if inside else [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    run_quietly([*pip, "install", *PIP_OPTIONS, "-e", str(ROOT), *requirements])


def apt_install(*packages: str, purpose: str) -> None:
    """Install system packages with apt as root or by a sudo that asks nothing.

    Raises:
        SetupError: There is no apt or no right to use it.
    """
    names = " ".join(packages)
    todo = f"{names} is missing, needed to {purpose}. Install it"
    if not shutil.which("apt-get"):
        raise SetupError(f"{todo}, then run this again.")
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if as_root and not (shutil.which("sudo") and succeeds([*as_root, "true"])):
        raise SetupError(f"{todo}: sudo apt-get install {names}")
    say(f"Installing {names} with apt, to {purpose}")
    apt = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    run_quietly([*apt, "update"])
    run_quietly([*apt, "install", "-y", "--no-install-recommends", *packages])


def run_quietly(command: Sequence[str], *, cwd: Path | None = None) -> None:
    """Run a command that says too much: show its current line on a terminal, and its last lines if it fails.

    Raises:
        SetupError: It failed.
    """
    began, last = time.monotonic(), deque[str](maxlen=SHOWN_ON_FAILURE)
    with subprocess.Popen(
        command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as child:
        for line in child.stdout or ():
            last.append(line.rstrip())
            show_passing(line.strip())
    show_passing("")
    ending = "failed" if child.returncode else "done"
    print(f"    {ending} in {time.monotonic() - began:.1f} s", file=sys.stderr, flush=True)
    if child.returncode:
        print(*last, sep="\n", file=sys.stderr)
        raise SetupError(f"this command failed, its last words are above: {' '.join(command)}")


def show_passing(text: str) -> None:
    """Put a text in place of the terminal's current line; where there is no terminal, nothing."""
    if sys.stderr.isatty():
        shown = f"    {text}"[: shutil.get_terminal_size().columns - 1]
        print(f"\r\033[K{shown}" if text else "\r\033[K", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
