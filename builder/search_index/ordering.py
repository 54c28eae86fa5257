"""Sort long columns of numbers fast.

This module imports numpy, which takes 0.1 s; import it only where an index is built.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

_DIGIT = 16


def order_of(numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the places of numbers from 0 on in ascending order, equal ones as they stood.

    numpy sorts 16 bits by radix, in a third of the time that it takes for 64; so this goes digit by digit.
    """
    top = int(numbers.max(initial=0))
    order = (numbers & 0xFFFF).astype(np.uint16).argsort(kind="stable")
    for shift in range(_DIGIT, top.bit_length(), _DIGIT):
        digits = (numbers >> shift & 0xFFFF).astype(np.uint16)
        order = order[digits[order].argsort(kind="stable")]
    return order
