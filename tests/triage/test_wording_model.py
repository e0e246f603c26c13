"""The wording model, its weights, and how evidence is joined."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from triage.calibrate import fit_weights
from triage.errors import ModelUnreadable
from triage.resemble import counts, most_telling, open_suggester
from triage.suggest import fit
from triage.weigh import Evidence, Weights, probabilities, reliability
from triage.wordings import Labelled, read_weights, read_wordings

ROWS = [
    Labelled(label, text, "", None, True)
    for label, texts in {
        "no_signal": ["手机没有信号", "这里完全没信号", "一格信号都没有"],
        "data_slow": ["网速太慢了", "刷视频一直转圈很慢", "下载慢得要命"],
        "sms": ["短信发不出去", "收不到验证码短信", "短信迟到半天"],
    }.items()
    for text in texts
]


def test_a_wording_resembles_its_own_kind() -> None:
    model = fit(ROWS)
    logs = model.log_probabilities(["家里手机信号没有", "网速慢", "短信收不到"])
    assert [model.labels[i] for i in logs.argmax(axis=1)] == ["no_signal", "data_slow", "sms"]


def test_the_same_wordings_give_the_same_model_and_a_file_brings_it_back(tmp_path: Path) -> None:
    model = fit(ROWS)
    model.save(tmp_path / "m.npz")
    again = open_suggester(tmp_path / "m.npz")
    assert fit(ROWS).hash == model.hash == again.hash
    assert np.array_equal(again.log_probabilities(["没信号"]), model.log_probabilities(["没信号"]))


def test_a_damaged_model_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "m.npz").write_bytes(b"PK\x03\x04 not a model")
    with pytest.raises(ModelUnreadable, match="delete it"):
        open_suggester(tmp_path / "m.npz")


@pytest.mark.parametrize("text", ["", "短", "短信", "\ud800", "𠀀𠀁"])
def test_any_text_has_features(text: str) -> None:
    assert counts([text]).shape == (1, 1 << 17)


def test_a_text_has_the_same_features_alone_and_among_others() -> None:
    texts = ["短信收不到", "", "短", "1号楼没信号", "短信", "\ud800"]
    together = counts(texts).toarray()
    assert all(np.array_equal(together[row], counts([text]).toarray()[0]) for row, text in enumerate(texts))


def test_digits_count_alike() -> None:
    assert np.array_equal(counts(["19号"]).toarray(), counts(["05号"]).toarray())


def test_a_single_character_tells_nothing() -> None:
    assert most_telling(fit(ROWS), "短", "sms") == {}


def test_what_tells_most_stands_in_the_text() -> None:
    found = most_telling(fit(ROWS), "客户的短信收不到", "sms")
    assert found
    assert all(gram in "客户的短信收不到" for gram in found)


def evidence(rules: list[float], text: list[float]) -> Evidence:
    return Evidence(np.array(rules), np.zeros(len(rules)), np.array(text))


def test_rules_and_wording_add_up() -> None:
    weights = Weights(1.0, 0.3, 1.0, {"b": 0.0})
    rows = [evidence([3.0, 0.0], [-1.0, -1.0]), evidence([0.0, 0.0], [-3.0, -0.1])]
    chances = probabilities(("a", "b"), rows, weights)
    assert chances.sum(axis=1) == pytest.approx([1.0, 1.0])
    assert chances[0, 0] > 0.9
    assert chances[1, 1] > 0.9


def test_fitted_weights_follow_what_is_reliable() -> None:
    rows = [evidence([3.0, 0.0], [-1.0, -0.5]) for _ in range(20)] + [evidence([0.0, 3.0], [-0.5, -1.0])] * 20
    weights = fit_weights(("a", "b"), rows, ["a"] * 20 + ["b"] * 20)
    assert weights.rules > 0
    assert weights.rules > weights.text


def test_reliability_compares_what_was_said_with_what_was_right() -> None:
    table = reliability(np.array([0.95, 0.91, 0.15]), np.array([True, False, False]))
    assert [(round(said, 2), right, count) for said, right, count in table] == [(0.15, 0.0, 1), (0.93, 0.5, 2)]


def test_a_broken_line_of_wordings_is_named(tmp_path: Path) -> None:
    (tmp_path / "apart").mkdir()
    (tmp_path / "apart" / "a.jsonl").write_text('{"label": "sms", "text": "短信"}\n{"label": "sms"}\n', "utf-8")
    with pytest.raises(ModelUnreadable, match=r"a\.jsonl:2"):
        read_wordings(tmp_path)


def test_weights_without_thresholds_are_named(tmp_path: Path) -> None:
    file = tmp_path / "weights.json"
    file.write_text(json.dumps({"weights": {"rules": 1, "domain": 1, "text": 1}, "bias": {}}), "utf-8")
    with pytest.raises(ModelUnreadable, match=r"weights\.json"):
        read_weights(file)


def test_every_labelled_wording_has_a_known_label() -> None:
    weights, _ = read_weights()
    assert {row.label for row in read_wordings()} == set(weights.bias)
