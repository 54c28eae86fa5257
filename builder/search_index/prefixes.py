"""Answers for short beginnings of words, worked out at build time: too many words share them to look through.

This module imports numpy, which takes 0.1 s; import it only where an index is built.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

LONGEST = 16


def crowded(keys: Sequence[str], most: int) -> Iterator[tuple[str, int, int]]:
    """Yield each beginning that more than `most` of the sorted keys share, and each single letter that keys begin with.

    Args:
        keys: Sorted; a key may stand there several times.
        most: From one more key on a beginning is crowded.

    Yields:
        The beginning, and where the keys that share it start and end.
    """
    if not keys:
        return
    cut = np.array([key[:LONGEST] for key in keys], dtype=f"<U{LONGEST}")
    letters: npt.NDArray[np.uint32] = cut.view(np.uint32).reshape(len(keys), LONGEST)
    differs = np.zeros(len(keys), bool)
    differs[0] = True
    for length in range(1, LONGEST + 1):
        column = letters[:, length - 1]
        differs[1:] |= column[1:] != column[:-1]
        starts = np.flatnonzero(differs)
        ends = np.append(starts[1:], len(keys))
        big = (ends - starts > (most if length > 1 else 0)) & (column[starts] != 0)
        if not big.any():
            return
        for start, end in zip(starts[big].tolist(), ends[big].tolist(), strict=True):
            yield keys[start][:length], start, end
