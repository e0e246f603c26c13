"""Are the index of the handbooks, the centres and the parties complete, unambiguous and consistent with each other?

That ids are used once and fields are filled is the loader's business; here stands what only the content can break.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from rules.loader import CONTENT, load_files
from rules.problems import Problems
from rules.ruleset import RuleSet
from rules.source import Source

DOCS = Path(__file__).resolve().parents[2] / "docs"
FILES = ("centres.yaml", "parties.yaml", "handbook.yaml")
PROVINCES = {"base", "sichuan", "anhui"}
NOBODY = {"user", "none"}
ADMITS_A_GAP = re.compile("缺失|中断|推定|预告")


def load(province: str | None = None) -> RuleSet:
    """The three files alone, so that a slip in a rule is not reported here."""
    files = {name: (CONTENT / name).read_text(encoding="utf-8") for name in FILES}
    return load_files({**files, "facts.yaml": "{}\n"}, province, Problems())


@pytest.fixture(scope="module")
def base() -> RuleSet:
    return load()


def documented(page: str, heading: str) -> list[tuple[str, ...]]:
    """The rows of the first table under a heading of a page, cells without backticks, header left out."""
    section = (DOCS / page).read_text(encoding="utf-8").split(f"\n## {heading}", 1)[1].split("\n## ", 1)[0]
    table = re.findall(r"(?:^\|.*\n)+", section, re.MULTILINE)[0]
    rows = [tuple(cell.strip(" `") for cell in line.strip("|").split("|")) for line in table.splitlines()]
    return rows[2:]


def repeated(values: Iterable[str]) -> list[str]:
    return [value for value, times in Counter(values).items() if times > 1]


def sources(base: RuleSet) -> list[Source]:
    return [centre.source for centre in base.centres.values()] + [row.source for row in base.content.parties.values()]


def test_every_piece_has_entries_under_its_documented_prefix(base: RuleSet) -> None:
    indexed = {(entry.id.split(".")[0], entry.handbook) for entry in base.handbook.values()}

    assert indexed == {(prefix, handbook) for prefix, handbook, _ in documented("handbook.md", "The pieces")}


def test_all_fifteen_pieces_are_indexed(base: RuleSet) -> None:
    assert len({entry.handbook for entry in base.handbook.values()}) == 15


def test_an_instruction_is_one_sentence(base: RuleSet) -> None:
    wrong = [entry.id for entry in base.handbook.values() if not re.fullmatch(r"[^。！？]+。", entry.text)]

    assert wrong == []


def test_an_instruction_is_in_our_words_not_the_quoted_ones(base: RuleSet) -> None:
    assert [entry.id for entry in base.handbook.values() if entry.text in entry.literal] == []


def test_no_term_is_quoted_twice_in_one_entry(base: RuleSet) -> None:
    assert [entry.id for entry in base.handbook.values() if repeated(entry.literal)] == []


def test_an_assumed_entry_says_what_is_missing(base: RuleSet) -> None:
    assumed = [entry for entry in base.handbook.values() if entry.reading == "assumed"]

    assert assumed
    assert [entry.id for entry in assumed if not ADMITS_A_GAP.search(entry.text)] == []


def test_the_reply_about_a_blind_spot_is_quoted_whole(base: RuleSet) -> None:
    assert base.handbook["mobile-complaint.voice.coverage.blind-spot-reply"].literal == (
        "经过核实,描述+原因+解决方式,该情况将成为我司后期网络规划和建设依据,建议用户关注。",
    )


def test_the_reply_about_a_plan_is_quoted_whole(base: RuleSet) -> None:
    assert base.handbook["mobile-complaint.voice.coverage.plan-reply"].literal == (
        "经过核实,我们已经将该地点纳入了当期的网络建设规划中,建议用户关注。",
    )


def test_no_two_centres_share_a_name(base: RuleSet) -> None:
    assert repeated(centre.name for centre in base.centres.values()) == []


def test_the_kinds_of_centres_are_the_documented_ones(base: RuleSet) -> None:
    kinds = {centre.kind for centre in base.centres.values()}

    assert kinds == {row[0] for row in documented("centres.md", "Kinds")}


def test_a_centre_belongs_to_a_known_province(base: RuleSet) -> None:
    assert {centre.province for centre in base.centres.values()} <= PROVINCES


def test_every_documented_party_has_a_row_for_every_province(base: RuleSet) -> None:
    named = {row[0] for row in documented("centres.md", "`rules/content/parties.yaml`")}

    assert set(base.content.parties) == {(party, province) for party in named for province in PROVINCES}


def test_a_party_answers_through_a_centre_of_its_own_province(base: RuleSet) -> None:
    rows = [row for row in base.content.parties.values() if row.centre is not None]

    assert [row for row in rows if base.centres[row.centre or ""].province not in {"base", row.province}] == []


def test_only_users_and_no_fault_are_left_without_a_centre(base: RuleSet) -> None:
    assert {row.party for row in base.content.parties.values() if row.centre is None} == NOBODY


@pytest.mark.parametrize(
    ("party", "centre"),
    [
        ("boss", "省公司业务支撑中心"),
        ("sbc", "分公司网络部交换中心"),
        ("core", "省公司网维中心"),
        ("cpe", "接入设备厂家"),
        ("line", "线路维护单位"),
    ],
)
def test_sichuan_divides_the_duties_as_its_handbook_says(party: str, centre: str) -> None:
    found = load("sichuan").party_centre(party)

    assert found is not None
    assert found.name == centre


def test_anhui_sends_passwords_to_the_it_department() -> None:
    found = load("anhui").party_centre("boss")

    assert found is not None
    assert found.name == "信息系统部"


def test_a_literal_source_points_at_an_indexed_section(base: RuleSet) -> None:
    indexed = {(entry.handbook, entry.section) for entry in base.handbook.values()}
    literal = [source for source in sources(base) if source.reading == "literal"]

    assert [source for source in literal if (source.handbook, source.section) not in indexed] == []


def test_every_source_names_an_indexed_handbook_or_a_documented_origin(base: RuleSet) -> None:
    known = {entry.handbook for entry in base.handbook.values()}
    known |= {row[0] for row in documented("handbook.md", "Sources that are no handbook")}

    assert {source.handbook for source in sources(base)} <= known


def test_what_no_handbook_says_is_marked_as_assumed(base: RuleSet) -> None:
    origins = {row[0] for row in documented("handbook.md", "Sources that are no handbook")}

    assert [source for source in sources(base) if source.handbook in origins and source.reading == "literal"] == []
