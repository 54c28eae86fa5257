"""Sorting by digits gives what numpy's own stable sort gives."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from builder.search_index.ordering import order_of

numbers = st.one_of(*(st.integers(0, top) for top in (3, 1 << 16, 1 << 33, (1 << 62) - 1)))


@given(st.lists(numbers, max_size=60))
def test_order_is_that_of_a_stable_sort(column: list[int]) -> None:
    values = np.array(column, np.int64)

    assert order_of(values).tolist() == np.argsort(values, kind="stable").tolist()
