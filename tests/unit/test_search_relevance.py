"""How good the search is on the whole of Python's docs: floors a little below what it was when they were set.

`python tests/relevance/run.py` prints all figures, and the queries that got worse.
"""

import sys
from pathlib import Path

import pytest

RELEVANCE = Path(__file__).parents[1] / "relevance"
sys.path.append(str(RELEVANCE))

from callers import CALLERS  # noqa: E402 - they lie beside the command that shares them
from judging import ALL, Docs, agreement, by_kind, figures, worsened  # noqa: E402

FLOORS = (0.92, 0.975, 0.985)
"""Success@1, @3, @10 over all queries."""
FIRST_BY_KIND = {
    "symbol": 0.95,
    "partial": 0.91,
    "typo": 0.95,
    "synonym": 0.94,
    "concept": 0.87,
    "howto": 0.82,
}
AGREE_AT_LEAST = 0.98
ANSWERABLE = 400


@pytest.fixture(scope="module")
def docs(python_output: Path) -> Docs:
    """The places of the whole docs."""
    return Docs(python_output / "docs.db")


@pytest.fixture(scope="module")
def queries(docs):
    return docs.queries(RELEVANCE / "queries.jsonl")


@pytest.fixture(scope="module")
def answers(python_output, queries):
    texts = [query.text for query in queries]
    return {name: ask(python_output, texts) for name, ask in CALLERS.items()}


@pytest.fixture(scope="module")
def found(docs, queries, answers):
    return by_kind(queries, [docs.rank(*pair) for pair in zip(queries, answers["browser"], strict=True)])


def test_the_docs_can_answer_nearly_all_queries(queries):
    assert len(queries) >= ANSWERABLE


@pytest.mark.parametrize("place", range(len(FLOORS)))
def test_the_right_entry_stands_at_the_top(found, place):
    assert found[ALL].success[place] >= FLOORS[place]


@pytest.mark.parametrize("kind", FIRST_BY_KIND)
def test_the_right_entry_comes_first_for_each_kind_of_query(found, kind):
    assert found[kind].success[0] >= FIRST_BY_KIND[kind]


def test_browser_terminal_and_api_agree_on_the_first_result(answers):
    assert agreement(answers) >= AGREE_AT_LEAST


def test_figures_count_right_entries_at_the_top():
    found = figures([1, 3, 0, 10])

    assert (found.queries, found.success) == (4, (0.25, 0.5, 0.75))
    assert found.mrr == pytest.approx((1 + 1 / 3 + 1 / 10) / 4)


def test_callers_that_differ_in_one_of_two_queries_agree_on_half():
    first, other = ("a.html", ""), ("b.html", "x")

    alike = agreement({"one": [[first, other], [first]], "two": [[first], [other]]})

    assert alike == 0.5


def test_a_query_got_worse_whose_entry_sank_or_is_gone():
    found = worsened(
        {"sank": 1, "gone": 2, "rose": 0, "same": 3, "not asked": 1},
        {"sank": 2, "gone": 0, "rose": 4, "same": 3},
    )

    assert found == [("sank", 1, 2), ("gone", 2, 0)]
