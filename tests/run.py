"""Set up what the tests need, then run every check: one command.

    python3 tests/run.py [--fast] [--only lint|types|js|python] [-k EXPRESSION] [whatever pytest takes]

What is missing is brought or makes the run fail; nothing is skipped for want of a tool. Like `start.py` this
runs before anything is installed, with the standard library alone.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from builder import start
from builder.start import BIN, PYTHON, ROOT, SetupError, say

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

GROUPS = ("lint", "types", "js", "python")
TYPESCRIPT = "5.9.3"
NODE_FOLDER = ROOT / ".cache" / f"typescript-{TYPESCRIPT}"
TSC = NODE_FOLDER / "node_modules" / "typescript" / "bin" / "tsc"
POSTGRES_PLACES = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/postgresql*/bin")
AXE_VERSION = "4.14.1"
AXE_FOLDER = ROOT / ".cache" / f"axe-core-{AXE_VERSION}"
AXE = AXE_FOLDER / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")


class Check(NamedTuple):
    """One command that says whether something is right.

    Attributes:
        group: The word that `--only` knows it by.
        name: What it is called in the summary.
        command: What to run, in the checkout.
        live: Whether its words are shown as they come, or only if it fails.
    """

    group: str
    name: str
    command: Sequence[str]
    live: bool = False


class Outcome(NamedTuple):
    """How a check ended."""

    name: str
    passed: bool
    seconds: float


def main(argv: Sequence[str] | None = None) -> None:
    """Set up, run the checks asked for, print the summary, and exit with 1 if any failed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument(
        "--fast", action="store_true", help="leave out browser, servers and the whole of Python's docs"
    )
    parser.add_argument(
        "--only", action="append", choices=GROUPS, help="run one group of checks (repeatable)"
    )
    options, pytest_options = parser.parse_known_args(argv)
    groups = options.only or GROUPS
    with start.plain_exit():
        start.set_up(["test"])
        bring_tools(groups, fast=options.fast)
        outcomes = [
            run(check) for check in checks(pytest_options, fast=options.fast) if check.group in groups
        ]
    summarise(outcomes)
    sys.exit(not all(outcome.passed for outcome in outcomes))


def bring_tools(groups: Collection[str], *, fast: bool) -> None:
    """Bring what is no Python package: Node and TypeScript, a browser, the documentation to build."""
    if {"js", "python"}.intersection(groups):
        bring_node()
    if "js" in groups and not TSC.exists():
        bring_package(
            f"typescript@{TYPESCRIPT}", NODE_FOLDER, what="TypeScript, which checks the JavaScript's types"
        )
    if "python" in groups and not fast:
        bring_browser()
        if not AXE.exists():
            bring_package(
                f"axe-core@{AXE_VERSION}", AXE_FOLDER, what="axe-core, which looks for what shuts readers out"
            )
        bring_servers()
        say("Bringing Python's documentation")
        subprocess.run([str(BIN / "livedocs"), "fetch"], cwd=ROOT, check=True)


def bring_node() -> None:
    """Have `node` and `npm`, from the system's packages where they are missing."""
    missing = [
        package for package, command in (("nodejs", "node"), ("npm", "npm")) if not shutil.which(command)
    ]
    if missing:
        start.apt_install(*missing, purpose="test the JavaScript")


def bring_package(package: str, folder: Path, *, what: str) -> None:
    """Have a package of npm in a folder of its own that git ignores."""
    say(f"Bringing {what}")
    folder.mkdir(parents=True, exist_ok=True)
    # A project of its own, not `npm --prefix`, which would leave out the machine's settings for npm.
    (folder / "package.json").write_text('{"private": true}\n', encoding="utf-8")
    start.run_quietly(["npm", "install", "--no-audit", "--no-fund", package], cwd=folder)


def bring_browser() -> None:
    """Have a Chromium: the machine's own, the system's package, or the one that Playwright brings."""
    if chromium_command():
        return
    try:
        start.apt_install("chromium", purpose="run the tests in a browser")
    except SetupError:
        say("Bringing Playwright's Chromium")
        start.run_quietly([str(BIN / "playwright"), "install", "chromium"])


def bring_servers() -> None:
    """Have PostgreSQL and nginx, from the system's packages; tests start their own and leave the system's alone."""
    missing = [] if postgres_programs() else ["postgresql"]
    missing += [] if nginx_command() else ["nginx-light"]
    if missing:
        start.apt_install(*missing, purpose="test the API behind them")


def postgres_programs() -> Path | None:
    """Return the folder of the newest PostgreSQL's programs, which distributions keep out of the path."""
    places = [Path(place) for pattern in POSTGRES_PLACES for place in Path("/").glob(pattern)]
    found = [place for place in places if (place / "initdb").exists()]
    initdb = shutil.which("initdb")
    return max(found) if found else Path(initdb).resolve().parent if initdb else None


def nginx_command() -> str | None:
    """Return the path of nginx, which stands where only root looks, or None where the machine has none."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


def chromium_command() -> str | None:
    """Return the path of the machine's Chromium, or None where it has none."""
    return next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def checks(pytest_options: Sequence[str], *, fast: bool) -> list[Check]:
    """Return every check there is, cheap ones first."""
    ruff, python = str(BIN / "ruff"), str(PYTHON)
    scripts = sorted(map(str, (ROOT / "tests" / "js").rglob("*.test.js"))) or ["tests/js: no tests"]
    narrowed = ["-m", "not browser and not postgres and not nginx and not whole_docs"] if fast else []
    return [
        Check("lint", "ruff format", [ruff, "format", "--check", "."]),
        Check("lint", "ruff check", [ruff, "check", "."]),
        Check("types", "mypy", [python, "-m", "mypy"]),
        Check("js", "tsc", ["node", str(TSC), "--noEmit", "-p", "site_templates/static/js"]),
        Check("js", "node --test", ["node", "--test", *scripts]),
        Check("python", "pytest", [python, "-m", "pytest", *narrowed, *pytest_options], live=True),
    ]


def run(check: Check) -> Outcome:
    """Run a check, and show what it says if it fails."""
    say(f"Checking: {check.name}")
    began = time.monotonic()
    output = None if check.live else subprocess.PIPE
    ended = subprocess.run(
        check.command,
        cwd=ROOT,
        stdout=output,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if ended.returncode and ended.stdout:
        print(ended.stdout, flush=True)
    return Outcome(check.name, ended.returncode == 0, time.monotonic() - began)


def summarise(outcomes: Sequence[Outcome]) -> None:
    """Print one line a check, and one for all."""
    failed = [outcome.name for outcome in outcomes if not outcome.passed]
    print()
    for name, passed, seconds in outcomes:
        print(f"{'ok    ' if passed else 'FAILED'}  {name:<12} {seconds:7.1f} s")
    print(
        f"{len(failed)} of {len(outcomes)} checks failed: {', '.join(failed)}"
        if failed
        else "All checks passed."
    )


if __name__ == "__main__":
    main()
