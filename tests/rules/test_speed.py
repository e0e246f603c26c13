"""Are rates read exactly, and are the figures of the speed test refused where they make no sense?"""

from __future__ import annotations

import pytest

from rules.errors import RateUnreadable, RulesInvalid
from rules.loader import CONTENT
from rules.speed import REASONS
from rules.speed_rate import parse_rate, rate_in, show_rate
from tests.rules.sets import build, home_speed

HOME, HANDBOOK = ((CONTENT / name).read_text("utf-8") for name in ("speed/home-broadband.yaml", "handbook.yaml"))


@pytest.mark.parametrize(
    ("text", "bps"),
    [
        ("90000001", 90_000_001),
        ("90000.001k", 90_000_001),
        ("90M", 90_000_000),
        ("0.000001M", 1),
        ("1G", 1_000_000_000),
        ("0", 0),
        ("0090M", 90_000_000),
    ],
)
def test_a_rate_is_read_to_the_bit(text: str, bps: int) -> None:
    assert parse_rate(text) == bps


@pytest.mark.parametrize(
    "text",
    ["", "-1", "+90M", "NaN", "Infinity", "1e8", "1e400", "90MB/s", "90 M", "90m", "90K", "90Mi", ".5M", "90.", "0.5",
     "９０M", "1_000", "0x10", "true", "null", "9999999G", "90M\n"],
)  # fmt: skip
def test_what_is_no_rate_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(RateUnreadable, match="看不懂"):
        parse_rate(text)


@pytest.mark.parametrize(
    ("number", "unit", "bps"),
    [
        ("11.95", "MB/s", 95_600_000),
        ("11.95", "Mbit/s", 11_950_000),
        ("90", "Mibit/s", 94_371_840),
        ("95.6", "Mbit/s", 95_600_000),
        ("0.9999999", "kbit/s", 999),
    ],
)
def test_a_unit_says_what_a_number_means(number: str, unit: str, bps: int) -> None:
    assert rate_in(number, unit) == bps


@pytest.mark.parametrize(("number", "unit"), [("11.95", ""), ("11.95", "M"), ("-1", "Mbit/s"), ("1e3", "Mbit/s")])
def test_a_number_without_a_known_unit_is_refused(number: str, unit: str) -> None:
    with pytest.raises(RateUnreadable):
        rate_in(number, unit)


@pytest.mark.parametrize(
    ("bps", "shown"), [(89_999_999, "89.9"), (90_000_000, "90.0"), (90_000_001, "90.0"), (0, "0.0")]
)
def test_a_shown_rate_is_never_rounded_up(bps: int, shown: str) -> None:
    assert show_rate(bps) == shown


def test_the_handbook_s_share_target_and_words_are_data() -> None:
    speed = home_speed().speed["speed.home-broadband"]
    assert (speed.percent, speed.target_percent) == (90, 92)
    assert speed.prompt == "测速时间预计3分钟,请稍后查看测速结果"
    assert set(speed.reasons) == set(REASONS)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("percent: 90 ", "percent: 101 ", "percent of judgement of speed test must be 1 to 100"),
        ("percent: 90 ", "percent: 0 ", "percent of judgement of speed test must be above 0"),
        ("percent: 90 ", "percent: 90.5 ", "must be a whole number from 0"),
        ("  NONE_NOT_TESTED:", "  NONE_TESTED:", "reasons must name exactly the known ones"),
        ("above: 100M", "above: 100MB", "看不懂"),
        ("contract_bps: {above: 100M}", "contract: {above: 100M}", "a hint knows no contract"),
        ("{below: 8000}", "{}", "needs one of above, from, to, below"),
        ("verdicts: [fail]", "verdicts: [failed]", "verdicts of a hint are pass, fail, none"),
        ("  deadline_s: 300", "  #", "lacks deadline_s"),
        (
            "- home-speed.onsite.tool",
            "- home-speed.onsite.tol",
            "has no instruction home-speed.onsite.tol; did you mean",
        ),
    ],
)
def test_a_wrong_figure_is_refused_with_its_line(old: str, new: str, problem: str) -> None:
    with pytest.raises(RulesInvalid, match=rf"speed/home\.yaml:\d+: .*{problem}"):
        build({"speed/home.yaml": HOME.replace(old, new, 1), "handbook.yaml": HANDBOOK})


def test_every_instruction_of_the_handbook_is_carried_out_or_a_name() -> None:
    rules = home_speed()
    asked = {name for name in rules.handbook if name.startswith("home-speed.")}
    assert asked - set(rules.speed["speed.home-broadband"].covers) == {"home-speed.owner"}
