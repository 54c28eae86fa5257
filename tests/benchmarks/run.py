"""Measure builds beside Pagefind, the fastest indexer of static sites we know, both on the same tree in the same run.

    python3 tests/benchmarks/run.py [--rounds 5] [--docs FOLDER]

Every round runs all commands once, in turn, on the whole of Python's docs; ratios are taken within a round, and their
medians are printed beside the limits that the project sets itself. Times are wall seconds of whole processes. Memory is
measured in one more round, whose times don't count because looking costs time: the peak of the sum over a build's
processes, ten times a second (PSS: pages that processes share are shared out).
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from builder import start
from builder.start import BIN, ROOT, say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PAGEFIND = "1.6.0"
NODE_FOLDER = ROOT / ".cache" / f"pagefind-{PAGEFIND}"
LIMITS = {"whole build": 2.5, "nothing changed": 0.3, "one page changed": 0.5}
MEMORY_LIMIT_MB = 1000
CHANGE = b"<p>A paragraph that was not here before, number %d.</p>"


def main() -> None:
    """Bring what is needed, measure, print the table; exit with 1 if a limit is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5, help="how often each command runs  [default: 5]")
    parser.add_argument("--docs", type=Path, help="another tree than Python's docs")
    options = parser.parse_args()
    with start.plain_exit():
        start.set_up(["test"])
    pagefind = bring_pagefind()
    docs = options.docs or fetch()
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "docs"
        shutil.copytree(docs, tree, symlinks=True, ignore_dangling_symlinks=True)
        rounds = [
            run_round(number, tree, Path(folder), pagefind, seconds_of) for number in range(options.rounds)
        ]
        peaks = run_round(options.rounds, tree, Path(folder), pagefind, peak_of)
    sys.exit(not report(rounds, peaks))


def bring_pagefind() -> Path:
    """Return the Pagefind command, installed once into a folder that git ignores."""
    command = NODE_FOLDER / "node_modules" / ".bin" / "pagefind"
    if not command.exists():
        say(f"Bringing Pagefind {PAGEFIND}")
        NODE_FOLDER.mkdir(parents=True, exist_ok=True)
        install = ["npm", "install", "--no-audit", "--no-fund", "--no-save", "--prefix", str(NODE_FOLDER)]
        start.run_quietly([*install, f"pagefind@{PAGEFIND}"])
    return command


def fetch() -> Path:
    """Return the folder of Python's docs."""
    said = subprocess.run(
        [str(BIN / "livedocs"), "fetch", "-q"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return Path(said.stdout.strip())


def run_round(
    number: int, tree: Path, folder: Path, pagefind: Path, measure: Callable[[Sequence[str]], float]
) -> dict[str, float]:
    """Run every command once and return what was measured of each, by name."""
    own = folder / f"round-{number}"  # nothing is there yet: the whole build is one into an empty folder
    build = [str(BIN / "livedocs"), "build", str(tree), "-o", str(own / "output"), "-q"]
    found = {
        "Pagefind": measure([str(pagefind), "--site", str(tree), "--output-path", str(own / "pagefind")])
    }
    found["whole build"] = measure(build)
    found["nothing changed"] = measure(build)
    change_a_page(tree, number)
    found["one page changed"] = measure(build)
    say(f"round {number + 1}: " + ", ".join(f"{name} {value:.2f}" for name, value in found.items()))
    return found


def change_a_page(tree: Path, number: int) -> None:
    """Add a paragraph to the page of middling size."""
    pages = sorted(
        (file for file in tree.rglob("*.html") if b'role="main"' in file.read_bytes()), key=size_and_name
    )
    page = pages[len(pages) // 2]
    text = page.read_bytes()
    place = text.rfind(b"</section>") if b"</section>" in text else text.rfind(b"</body>")
    page.write_bytes(text[:place] + CHANGE % number + text[place:])


def size_and_name(file: Path) -> tuple[int, str]:
    """Return what pages are ordered by."""
    return file.stat().st_size, file.name


def seconds_of(command: Sequence[str]) -> float:
    """Return the wall seconds that a command takes."""
    began = time.monotonic()
    subprocess.run(command, stdout=subprocess.DEVNULL, cwd=ROOT, check=True)
    return time.monotonic() - began


def peak_of(command: Sequence[str]) -> float:
    """Return the highest sum of memory that a command and its children hold, in megabytes."""
    peak = 0.0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=ROOT) as process:
        while process.poll() is None:
            peak = max(peak, sum(map(memory_of, family(process.pid))))
            time.sleep(0.1)
    if process.returncode:
        sys.exit(f"{command[0]} failed with exit code {process.returncode}")
    return peak


def family(pid: int) -> list[int]:
    """Return a process and all below it."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(one for child in children for one in family(int(child)))]


def memory_of(pid: int) -> float:
    """Return a process's proportional share of memory, in megabytes."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1000 for line in lines if line.startswith("Pss:")), 0.0)


def report(rounds: Sequence[dict[str, float]], peaks: dict[str, float]) -> bool:
    """Print the table; tell whether every limit held."""
    print(f"\n{os.cpu_count()} processors, {len(rounds)} rounds, medians")
    print(f"{'':<18} {'seconds':>9} {'x Pagefind':>11} {'limit':>7} {'peak MB':>9} {'limit':>7}")
    held = True
    for name in rounds[0]:
        seconds = statistics.median(one[name] for one in rounds)
        ratio = statistics.median(one[name] / one["Pagefind"] for one in rounds)
        limit = LIMITS.get(name)
        fits = limit is None or (ratio <= limit and peaks[name] <= MEMORY_LIMIT_MB)
        held = held and fits
        limits = (f"{limit:.1f}", f"{MEMORY_LIMIT_MB}") if limit else ("", "")
        verdict = "" if fits else "  MISSED"
        print(
            f"{name:<18} {seconds:9.2f} {ratio:11.2f} {limits[0]:>7} {peaks[name]:9.0f} {limits[1]:>7}{verdict}"
        )
    return held


if __name__ == "__main__":
    main()
