"""Which phenomenon does the wording resemble?

A linear model over hashed character n-grams; triage/weigh.py joins what it says with what the rules say. Kept as
plain arrays with a hash, never as a pickle; triage/suggest.py fits it. Needs numpy and scipy only, so that a start
stays quick.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from rules.text import MASK
from triage.errors import ModelUnreadable

FORM = 3  # raised when the features change, so that old files are fitted anew
BITS = 17
FLOOR = 1e-4
SHARPNESS = 3.0  # turns margins into log-odds; the weights of triage/weigh.py scale the rest
_LONGEST = 3  # characters of an n-gram
_MOST_CHARACTERS = 4000  # of a text that is looked at; complaints have a few hundred
_FACTORS = np.array([0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D], dtype=np.uint64)
_MASK = np.uint64((1 << BITS) - 1)

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Suggester:
    """The fitted model.

    labels: (k,). rarity: float32 (2**17,), the weight of each n-gram for being rare. weights: float32 (k, 2**17).
    bias: float32 (k,). hash: sha256 of all.
    """

    labels: tuple[str, ...]
    rarity: Floats
    weights: Floats
    bias: Floats
    hash: str

    def log_probabilities(self, texts: Sequence[str]) -> Floats:
        """Return float32 (n, k): the log of each label's probability, floored at log(1e-4).

        texts: normal forms. An empty text gives what is usual.
        """
        if not texts:
            return np.empty((0, len(self.labels)), dtype=np.float32)
        scores = SHARPNESS * (features(texts, self.rarity) @ self.weights.T + self.bias)
        shifted = scores - scores.max(axis=1, keepdims=True)
        logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        return np.asarray(np.maximum(logs, np.log(FLOOR)), dtype=np.float32)

    def save(self, path: Path) -> None:
        """Write the arrays to path (npz), whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        buffer = io.BytesIO()
        np.savez_compressed(
            buffer,
            labels=np.array(self.labels),
            rarity=self.rarity,
            weights=self.weights.astype(np.float16),
            bias=self.bias,
            form=np.array(FORM),
        )
        part = path.with_suffix(".part")
        part.write_bytes(buffer.getvalue())
        part.replace(path)


def make_suggester(labels: Sequence[str], rarity: Floats, weights: Floats, bias: Floats) -> Suggester:
    """Return the model of some arrays, weights rounded as a file keeps them, so that both are the same model."""
    half, rarity, bias = weights.astype(np.float16), rarity.astype(np.float32), bias.astype(np.float32)
    digest = hashlib.sha256(json.dumps(list(labels)).encode())
    for array in (half, rarity, bias):
        digest.update(array.tobytes())
    return Suggester(tuple(labels), rarity, half.astype(np.float32), bias, digest.hexdigest())


def open_suggester(path: Path) -> Suggester:
    """Read a model that `Suggester.save` wrote. Raises ModelUnreadable with what to do."""
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as arrays:
            if int(arrays["form"]) != FORM:
                raise ValueError(f"it has form {int(arrays['form'])}, this version reads form {FORM}")
            labels = [str(label) for label in arrays["labels"]]
            return make_suggester(labels, arrays["rarity"], arrays["weights"], arrays["bias"])
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        raise ModelUnreadable(
            f"{path}: the wording model cannot be read ({error}); delete it and start again"
        ) from error


def features(texts: Sequence[str], rarity: Floats) -> csr_array:
    """Return float32 (n, 2**17), rows of length 1: damped counts of hashed n-grams, rare ones weighing more."""
    matrix = counts(texts)
    matrix.data = (1.0 + np.log(matrix.data)) * rarity[matrix.indices]
    sizes = np.diff(matrix.indptr)
    squares = np.append(matrix.data**2, np.float32(0))
    lengths = np.sqrt(np.add.reduceat(squares, np.minimum(matrix.indptr[:-1], len(matrix.data))))
    lengths[sizes == 0] = 1.0
    matrix.data /= np.repeat(lengths, sizes)
    return matrix


def counts(texts: Sequence[str]) -> csr_array:
    """Return float32 (n, 2**17): how often each hashed n-gram of 1 to 3 characters occurs in each text."""
    columns, bounds = _hashes(texts)
    matrix = csr_array((np.ones(len(columns), dtype=np.float32), columns, bounds), shape=(len(texts), 1 << BITS))
    matrix.sum_duplicates()
    return matrix


def most_telling(suggester: Suggester, text: str, label: str, most: int = 4) -> Mapping[str, float]:
    """Return the n-grams of two or three characters that speak most for label, with their share of its score."""
    points = _points(text[:_MOST_CHARACTERS])
    pairs = len(points) - 1  # they come first, then the triples
    columns = np.concatenate([_grams(points, 2), _grams(points, 3)])
    shares = suggester.weights[suggester.labels.index(label)][columns] * suggester.rarity[columns]
    found: dict[str, float] = {}
    for place in np.argsort(-shares)[: 4 * most].tolist():
        gram = text[place : place + 2] if place < pairs else text[place - pairs : place - pairs + 3]
        if shares[place] > 0 and MASK not in gram and len(found) < most:
            found[gram] = float(shares[place])
    return found


def _hashes(texts: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the columns of all n-grams of each text, shortest first, and where those of each text begin and end.

    Digits count alike. All texts are hashed in one array, which costs little more than hashing one.
    """
    cut = [text[:_MOST_CHARACTERS] for text in texts]
    lengths = np.array([len(text) for text in cut], dtype=np.int64)
    points = _points("".join(cut))
    numbers = [np.maximum(lengths - n + 1, 0) for n in range(1, _LONGEST + 1)]
    bounds = np.concatenate([[0], np.cumsum(sum(numbers))]).astype(np.int32)
    columns = np.empty(bounds[-1], dtype=np.int32)
    firsts = np.cumsum(lengths) - lengths
    into = bounds[:-1].astype(np.int64)
    for n, number in enumerate(numbers, 1):
        within = np.arange(number.sum()) - np.repeat(np.cumsum(number) - number, number)
        columns[within + np.repeat(into, number)] = _grams(points, n)[within + np.repeat(firsts, number)]
        into += number
    return columns, bounds


def _points(text: str) -> NDArray[np.uint64]:
    """Return the characters of a text as numbers from 1, digits all alike."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    points[(points > ord("0")) & (points <= ord("9"))] = ord("0")
    points += np.uint64(1)
    return points


def _grams(points: NDArray[np.uint64], n: int) -> NDArray[np.int32]:
    """Return the columns of each n characters in a row."""
    number = max(len(points) - n + 1, 0)
    mixed = np.full(number, n, dtype=np.uint64)
    for offset in range(n):
        mixed = (mixed ^ points[offset : offset + number]) * _FACTORS[offset]
        mixed ^= mixed >> np.uint64(29)
    return np.asarray((mixed * _FACTORS[0]) >> np.uint64(40) & _MASK, dtype=np.int32)
