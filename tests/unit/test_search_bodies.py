"""The words of prose spliced together from kept pages are those that counting all of it gives."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builder.search_index.bodies import gather
from builder.search_index.counts import PageCounts, count_terms
from builder.search_index.keeping import Keeper

if TYPE_CHECKING:
    from pathlib import Path

    from builder.search_index.bodies import Body

TEXTS = st.lists(st.sampled_from(["", "alpha beta", "beta beta gamma", "delta", "alpha *args"]), max_size=3)
DOCS = st.dictionaries(st.sampled_from("abcd"), TEXTS, max_size=4)


def pages(docs: dict[str, list[str]], asked: list[str] | None = None) -> list[PageCounts]:
    """Return docs as the pages of an index, noting in `asked` which of them are counted."""

    def counted(path: str):
        def counts():
            if asked is not None:
                asked.append(path)
            return [count_terms("", text, "") for text in docs[path]]

        return counts

    return [PageCounts(repr((path, docs[path])).encode(), counted(path)) for path in sorted(docs)]


def said(body: Body) -> list[tuple[int, dict[str, int]]]:
    """Return the length and the counted words of each entry."""
    ends = np.cumsum(body.counted.sizes).tolist()
    forms = [body.forms[term] for term in body.counted.terms]
    words = list(zip(forms, body.counted.values.tolist(), strict=True))
    return [
        (length, dict(words[start:end]))
        for length, (start, end) in zip(body.counted.lengths.tolist(), pairwise([0, *ends]), strict=True)
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(before=DOCS, after=DOCS)
def test_what_is_spliced_is_what_is_counted(tmp_path: Path, before: dict, after: dict) -> None:
    first = Keeper(tmp_path, "1")
    gather(pages(before), first)
    first.save()

    spliced = gather(pages(after), Keeper(tmp_path, "1"))

    fresh = gather(pages(after), Keeper())
    assert (spliced.forms, said(spliced)) == (fresh.forms, said(fresh))
    assert spliced.forms == sorted({word for _, words in said(fresh) for word in words})


def test_only_pages_that_changed_are_counted(tmp_path: Path) -> None:
    docs = {"a": ["alpha"], "b": ["beta", "gamma"], "c": []}
    keeper = Keeper(tmp_path, "1")
    gather(pages(docs), keeper)
    keeper.save()
    asked: list[str] = []

    gather(pages({**docs, "b": ["delta"]}, asked), Keeper(tmp_path, "1"))

    assert asked == ["b"]
