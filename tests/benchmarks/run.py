"""Measure builds beside Pagefind, the fastest indexer of static sites we know, both on the same tree in the same run.

    python3 tests/benchmarks/run.py [--rounds 5] [--docs FOLDER]

Every round runs all commands once, in turn, on the whole of Python's docs; ratios are taken within a round, and their
medians are printed beside the limits that the project sets itself. Times are wall seconds of whole processes. Memory is
the peak of the sum over a build's processes, sampled every 20 ms (PSS: pages shared by processes are shared out).
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from builder import start
from builder.start import BIN, ROOT, say

if TYPE_CHECKING:
    from collections.abc import Sequence

PAGEFIND = "1.6.0"
NODE_FOLDER = ROOT / ".cache" / f"pagefind-{PAGEFIND}"
LIMITS = {"whole build": 2.5, "nothing changed": 0.3, "one page changed": 0.5}
MEMORY_LIMIT_MB = 1000
CHANGE = b"<p>A paragraph that was not here before, number %d.</p>"


class Measured(NamedTuple):
    """One run of a command.

    Attributes:
        seconds: Wall time.
        megabytes: Peak of the sum of its processes' PSS.
    """

    seconds: float
    megabytes: float


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
        rounds = [measure_round(number, tree, Path(folder), pagefind) for number in range(options.rounds)]
    sys.exit(not report(rounds))


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


def measure_round(number: int, tree: Path, folder: Path, pagefind: Path) -> dict[str, Measured]:
    """Run every command once and return what each took, by name."""
    output = folder / "output"
    build = [str(BIN / "livedocs"), "build", str(tree), "-o", str(output), "-q"]
    found = {
        "Pagefind": measure([str(pagefind), "--site", str(tree), "--output-path", str(folder / "pagefind")])
    }
    found["whole build"] = measure([*build, "--fresh"])
    found["nothing changed"] = measure(build)
    change_a_page(tree, number)
    found["one page changed"] = measure(build)
    say(f"round {number + 1}: " + ", ".join(f"{name} {one.seconds:.2f} s" for name, one in found.items()))
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


def measure(command: Sequence[str]) -> Measured:
    """Run a command and watch its memory."""
    began = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=ROOT) as process:
        peak = [0.0]
        watcher = threading.Thread(target=watch_memory, args=(process, peak))
        watcher.start()
        ended = process.wait()
        seconds = time.monotonic() - began
        watcher.join()
    if ended:
        sys.exit(f"{command[0]} failed with exit code {ended}")
    return Measured(seconds, peak[0])


def watch_memory(process: subprocess.Popen[bytes], peak: list[float]) -> None:
    """Keep the highest sum of memory that a process and its children hold, in megabytes."""
    while process.poll() is None:
        peak[0] = max(peak[0], sum(map(memory_of, family(process.pid))))
        time.sleep(0.02)


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


def report(rounds: Sequence[dict[str, Measured]]) -> bool:
    """Print the table; tell whether every limit held."""
    print(f"\n{os.cpu_count()} processors, {len(rounds)} rounds, medians")
    print(f"{'':<18} {'seconds':>9} {'x Pagefind':>11} {'limit':>7} {'peak MB':>9} {'limit':>7}")
    held = True
    for name in rounds[0]:
        seconds = statistics.median(one[name].seconds for one in rounds)
        ratio = statistics.median(one[name].seconds / one["Pagefind"].seconds for one in rounds)
        peak = max(one[name].megabytes for one in rounds)
        limit = LIMITS.get(name)
        fits = limit is None or (ratio <= limit and peak <= MEMORY_LIMIT_MB)
        held = held and fits
        limits = (f"{limit:.1f}", f"{MEMORY_LIMIT_MB}") if limit else ("", "")
        verdict = "" if fits else "  MISSED"
        print(f"{name:<18} {seconds:9.2f} {ratio:11.2f} {limits[0]:>7} {peak:9.0f} {limits[1]:>7}{verdict}")
    return held


if __name__ == "__main__":
    main()
