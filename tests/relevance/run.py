"""Say how good the search is on the queries beside this file, for the browser, the terminal and the API.

    python tests/relevance/run.py [--queries FILE] [--output FOLDER] [--accept]

Needs Node and a build of Python's docs (`livedocs build`). Prints success@1/3/10 and the mean reciprocal rank by kind,
how often the three agree, and which queries got worse since the figures in `accepted.json` were accepted; fails if the
three agree on the first result for less than 98 % of the queries.

The queries are our own or come from public issues on search in docs; each line names its source. They judge the
ranking and are not to be answered by heart: nothing in `builder/` may be written from them.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

HERE = Path(__file__).resolve().parent
sys.path += [str(HERE.parents[1]), str(HERE.parent)]

from callers import CALLERS  # noqa: E402 - run as a file it needs the checkout's path first
from judging import DEPTHS, Docs, Figures, agreement, by_kind, worsened  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Mapping

QUERIES = HERE / "queries.jsonl"
ACCEPTED = HERE / "accepted.json"
AGREE_AT_LEAST = 0.98


def main() -> None:
    """Ask, judge, print; exit with 1 where the three callers disagree."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--queries", type=Path, default=QUERIES, help="other queries, in the same form")
    parser.add_argument("--output", type=Path, default=Path("output"), help="a build  [default: output]")
    parser.add_argument("--accept", action="store_true", help="compare later runs with this one")
    options = parser.parse_args()
    if options.accept and options.queries != QUERIES:
        parser.error("only what the queries beside this file come to can be accepted")
    database = options.output / "docs.db"
    if not database.is_file():
        parser.error(f"{database}: there is no database; run `livedocs build` first")
    docs = Docs(database)
    queries = docs.queries(options.queries)
    texts = [query.text for query in queries]
    answers = {name: ask(options.output, texts) for name, ask in CALLERS.items()}
    ranks = {
        name: [docs.rank(query, places) for query, places in zip(queries, found, strict=True)]
        for name, found in answers.items()
    }
    print(f"{len(queries)} queries on {docs.name}")
    for name in answers:
        report(name, by_kind(queries, ranks[name]))
    alike = agreement(answers)
    print(f"\nThe three agree on the first result for {alike:.1%} of the queries.")
    now = dict(zip(texts, ranks["browser"], strict=True))
    compare(docs.name, now)
    if options.accept:
        accept(docs.name, now)
    sys.exit(alike < AGREE_AT_LEAST)


def report(name: str, found: Mapping[str, Figures]) -> None:
    """Print the figures of one caller."""
    heads = "".join(f"{f'@{depth}':>7}" for depth in DEPTHS)
    print(f"\n{name:<10}{'queries':>8}{heads}{'MRR':>7}")
    for kind, one in found.items():
        print(f"{kind:<10}{one.queries:>8}" + "".join(f"{share:>7.3f}" for share in (*one.success, one.mrr)))


def compare(docs: str, now: Mapping[str, int]) -> None:
    """Print which queries got worse since the last accepted run on the same docs."""
    accepted = json.loads(ACCEPTED.read_text("utf-8"))
    if accepted["docs"] != docs:
        print(f"The accepted figures are of {accepted['docs']}; nothing to compare with.")
        return
    worse = worsened(accepted["ranks"], now)
    print(f"{len(worse)} queries got worse since the last accepted run{':' if worse else '.'}")
    for text, before, after in worse:
        print(f"  {before or '-':>2} -> {after or '-':>2}  {text}")


def accept(docs: str, ranks: Mapping[str, int]) -> None:
    """Write down at which place the right entry of each query stands."""
    rows = ",\n".join(
        f"  {json.dumps(text, ensure_ascii=False)}: {rank}" for text, rank in sorted(ranks.items())
    )
    ACCEPTED.write_text(f'{{"docs": {json.dumps(docs)}, "ranks": {{\n{rows}\n}}}}\n', "utf-8")


if __name__ == "__main__":
    main()
