"""Which labelled wordings is the wording model fitted on, and which weights and thresholds belong to it?

Reads rules/content/wordings: against/*.jsonl (texts that rules were written against) and apart/*.jsonl (texts that
no rule was written against: the weights are fitted on these alone, so that rules are not trusted more than they
deserve), one {label, text, path?, specialty?} a line, and weights.json. All texts are fictitious.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rules.text import normalise
from triage.classify import Thresholds
from triage.errors import ModelUnreadable
from triage.resemble import FORM
from triage.weigh import Weights

FOLDER = Path(__file__).parent.parent / "rules" / "content" / "wordings"


@dataclass(frozen=True, slots=True)
class Labelled:
    """One labelled text.

    label: phenomenon id or non_network. specialty: None where none applies. path: category path, or empty.
    apart: whether no rule was written against it.
    """

    label: str
    text: str
    path: str
    specialty: str | None
    apart: bool

    @property
    def normal(self) -> str:
        """The normal form of the text, which the model sees."""
        return normalise(self.text)[0]


def read_wordings(folder: Path = FOLDER) -> list[Labelled]:
    """Return all labelled texts, by file and line. Raises ModelUnreadable with file and line."""
    return [row for file in sorted(folder.glob("*/*.jsonl")) for row in _rows(file)]


def wordings_hash(folder: Path = FOLDER) -> str:
    """Return the name under which a model fitted on the wordings is kept: a hash of them and of its form."""
    digest = hashlib.sha256(str(FORM).encode())
    for file in sorted(folder.glob("*/*.jsonl")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def read_weights(file: Path = FOLDER / "weights.json") -> tuple[Weights, Thresholds]:
    """Return the weights and thresholds. Raises ModelUnreadable."""
    try:
        data: dict[str, Any] = json.loads(file.read_text("utf-8"))
        weights = Weights(
            **{name: float(data["weights"][name]) for name in ("rules", "domain", "text")}, bias=dict(data["bias"])
        )
        limits = data["thresholds"]
        return weights, Thresholds(float(limits["sure"]), float(limits["coverage"]), int(limits["seen"]))
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ModelUnreadable(f"{file}: weights, bias and thresholds are needed ({error!r})") from error


def _rows(file: Path) -> Iterator[Labelled]:
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
            yield Labelled(
                str(row["label"]),
                str(row["text"]),
                str(row.get("path", "")),
                row.get("specialty"),
                file.parent.name == "apart",
            )
        except (ValueError, KeyError, TypeError) as error:
            raise ModelUnreadable(
                f"{file}:{number}: not a labelled wording ({error!r}); needs label and text"
            ) from error


def write_weights(
    weights: Weights, thresholds: Thresholds, measured: dict[str, Any], file: Path = FOLDER / "weights.json"
) -> None:
    """Write weights and thresholds with what they were measured to be worth."""
    data = {
        "measured": measured,
        "weights": {"rules": weights.rules, "domain": weights.domain, "text": weights.text},
        "bias": dict(weights.bias),
        "thresholds": {"sure": thresholds.sure, "coverage": thresholds.coverage, "seen": thresholds.seen},
    }
    file.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", "utf-8")
