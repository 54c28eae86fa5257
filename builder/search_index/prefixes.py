"""Answers for short beginnings of words, worked out at build time, because too many words share them to look through."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    import numpy.typing as npt

LONGEST = 16


def crowded(keys: Sequence[str], most: int) -> Iterator[tuple[str, int, int]]:
    """Yield each beginning that more than `most` of the sorted keys share, with the range of these keys."""
    import numpy as np

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
        ends = np.r_[starts[1:], len(keys)]
        big = (ends - starts > most) & (column[starts] != 0)
        if not big.any():
            return
        for start, end in zip(starts[big].tolist(), ends[big].tolist(), strict=True):
            yield keys[start][:length], start, end
