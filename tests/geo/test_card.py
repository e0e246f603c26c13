"""Does the model card show the matcher in force?"""

from __future__ import annotations

from pathlib import Path

from geo import content

_CARD = Path(__file__).resolve().parents[2] / "docs" / "model-card.md"


def test_the_card_shows_hash_and_reliability_of_the_matcher_in_force() -> None:
    document, text = content.document("model.json"), _CARD.read_text("utf-8")
    rows = [f"| {r['said']:.3f} | {r['true']:.3f} | {r['queries']:,} |" for r in document["card"]["reliability"]]
    assert [line for line in (f"`{document['hash'][:12]}`", *rows) if line not in text] == []
