"""Say how good the search is on other docs than Python's: packages of the distribution, for which nobody wrote answers.

    python tests/relevance/others.py [--packages FOLDER] [NAME ...]

Needs apt; what it downloads is kept in FOLDER. NAME is a part of a package's name. Each file in `others/` has queries
for the package that it is called by, written by people who had not seen this search; what they missed of seven of these
docs has been looked at since, and some numbers of the ranking were chosen with ten of the thirteen in view.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parent)]

from callers import ask_terminal  # noqa: E402 - run as a file it needs the checkout's path first
from judging import ALL, Docs, Figures, Query, by_kind  # noqa: E402

from builder.errors import FetchError  # noqa: E402
from builder.source.apt import describe, fetch_package  # noqa: E402

QUERIES = HERE / "others"


def main() -> None:
    """Fetch, build, ask, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these packages")
    parser.add_argument(
        "--packages", type=Path, default=Path("output/others"), help="where packages are kept"
    )
    options = parser.parse_args()
    queries: list[Query] = []
    ranks: list[int] = []
    print(f"{'':<34}{'queries':>8}{'@1':>7}{'@3':>7}{'@10':>7}")
    for file in sorted(QUERIES.glob("*.jsonl")):
        if options.names and not any(name in file.stem for name in options.names):
            continue
        try:
            docs = find_docs(file.stem, options.packages)
        except FetchError as error:
            print(f"{file.stem}: {error}")
            continue
        asked, found = judge(file, docs)
        tell(file.stem, by_kind(asked, found)[ALL])
        queries += asked
        ranks += found
    for name, one in by_kind(queries, ranks).items():
        tell(name, one)


def find_docs(package: str, packages: Path) -> Path:
    """Return the folder of the HTML docs in a package of the distribution."""
    packages.mkdir(parents=True, exist_ok=True)
    tree = fetch_package(describe(package), cache=packages.resolve(), progress=lambda *_: None)
    return next(tree.rglob("objects.inv")).resolve().parent


def judge(file: Path, docs: Path) -> tuple[list[Query], list[int]]:
    """Build docs and return the queries of a file with the places of their right entries."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder)
        command = [sys.executable, "-m", "builder", "build", "-q", "-o", str(output), str(docs)]
        subprocess.run(command, check=True, cwd=HERE.parents[1], stderr=subprocess.DEVNULL)
        places = Docs(output / "docs.db")
        queries = places.queries(file)
        answers = ask_terminal(output, [query.text for query in queries])
    return queries, [places.rank(query, found) for query, found in zip(queries, answers, strict=True)]


def tell(name: str, one: Figures) -> None:
    """Print a line."""
    print(f"{name:<34}{one.queries:>8}" + "".join(f"{share:>7.3f}" for share in one.success), flush=True)


if __name__ == "__main__":
    main()
