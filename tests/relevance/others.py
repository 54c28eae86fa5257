"""Say how good the search is on other docs than Python's: packages of the distribution, for which nobody wrote answers.

    python tests/relevance/others.py [--packages FOLDER] [NAME ...]

Needs apt; what it downloads is kept in FOLDER. NAME is a part of a package's name. Each file in `others/` has queries
for the package that it is called by, written by people who had not seen this search; what they missed has been read
since, and numbers of the ranking were searched for by all but Jinja2's, pytest's and SQLAlchemy's.

The second figures are without topics in general (see `worth.py`).
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
from judging import Docs, Figures, Query, by_kind, figures  # noqa: E402
from worth import MECHANISMS, Corpus  # noqa: E402

from builder.errors import FetchError  # noqa: E402
from builder.source.apt import describe, fetch_package  # noqa: E402

QUERIES = HERE / "others"
WITHOUT = next(one for one in MECHANISMS if one.name == "topics in general")


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
    bare: list[int] = []
    lost = 0
    print(f"{'':<34}{'queries':>8}{'@1':>7}{'@3':>7}{'@10':>7}   without topics")
    for file in sorted(QUERIES.glob("*.jsonl")):
        if options.names and not any(name in file.stem for name in options.names):
            continue
        try:
            docs = find_docs(file.stem, options.packages)
        except FetchError as error:
            print(f"{file.stem}: {error}")
            continue
        asked, found, without = judge(file, docs)
        tell(file.stem, figures(found), figures(without))
        lost += len(file.read_text("utf-8").splitlines()) - len(asked)
        queries += asked
        ranks += found
        bare += without
    without_topics = by_kind(queries, bare)
    for name, one in by_kind(queries, ranks).items():
        tell(name, one, without_topics[name])
    print(f"{lost} more queries name only places that these versions do not have")


def find_docs(package: str, packages: Path) -> Path:
    """Return the folder of the HTML docs in a package of the distribution."""
    packages.mkdir(parents=True, exist_ok=True)
    tree = fetch_package(describe(package), cache=packages.resolve(), progress=lambda *_: None)
    return next(tree.rglob("objects.inv")).resolve().parent


def judge(file: Path, docs: Path) -> tuple[list[Query], list[int], list[int]]:
    """Build docs; return the queries of a file, and where their right entries stand with general topics and without."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder)
        command = [sys.executable, "-m", "builder", "build", "-q", "-o", str(output), str(docs)]
        subprocess.run(command, check=True, cwd=HERE.parents[1], stderr=subprocess.DEVNULL)
        places = Docs(output / "docs.db")
        queries = places.queries(file)
        answers = ask_terminal(output, [query.text for query in queries])
        without = Corpus.of(output / "docs.db").ask(WITHOUT, [], queries)
    ranks = [places.rank(query, found) for query, found in zip(queries, answers, strict=True)]
    return queries, ranks, without


def tell(name: str, *both: Figures) -> None:
    """Print a line."""
    shares = "  ".join("".join(f"{share:>7.3f}" for share in one.success) for one in both)
    print(f"{name:<34}{both[0].queries:>8}{shares}", flush=True)


if __name__ == "__main__":
    main()
