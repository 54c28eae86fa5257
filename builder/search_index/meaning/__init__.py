"""What words mean: a vector for each of the common English and programmers' words, made once by `make.py`.

Two words are as alike as the product of their vectors (-1 to 1). A query's meaning is the sum of its words', so that
its product with the meaning of an entry is a sum over the words of the query: numbers that the build can work out, and
that a query only adds up. The build needs no model and no network.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Meanings:
    """The meanings of words.

    Attributes:
        places: The place of each word.
        vectors: A vector of length 1 for each place.
    """

    places: Mapping[str, int]
    vectors: npt.NDArray[np.float32]


def meanings(language: str) -> Meanings:
    """Return the meanings of a language's words, given by its BCP 47 tag; of none for other languages than English."""
    if language.partition("-")[0].lower() != "en":
        return Meanings({}, np.zeros((0, 1), np.float32))
    words = (_FOLDER / "words.txt").read_text("utf-8").split()
    vectors = np.load(_FOLDER / "vectors.npy").astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return Meanings({word: place for place, word in enumerate(words)}, vectors)
