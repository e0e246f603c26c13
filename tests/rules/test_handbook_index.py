"""Are the index of the handbooks, the centres and the parties complete, unambiguous and consistent with each other?"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[2]
CONTENT = ROOT / "rules" / "content"
PROVINCES = {"base", "sichuan", "anhui"}
NOBODY = {"user", "none"}
ADMITS_A_GAP = re.compile("缺失|中断|推定|预告")


@dataclass(frozen=True, slots=True)
class Source:
    handbook: str
    section: str
    reading: str


@dataclass(frozen=True, slots=True)
class Instruction:
    id: str
    handbook: str
    section: str
    text: str
    literal: list[str]
    reading: str


@dataclass(frozen=True, slots=True)
class Centre:
    id: str
    name: str
    kind: str
    province: str
    source: Source


@dataclass(frozen=True, slots=True)
class PartyRow:
    party: str
    province: str
    centre: str | None
    because: str
    source: Source


@cache
def instructions() -> tuple[Instruction, ...]:
    return tuple(Instruction(**item) for item in YAML(typ="safe").load(CONTENT / "handbook.yaml"))


@cache
def centres() -> tuple[Centre, ...]:
    items = YAML(typ="safe").load(CONTENT / "centres.yaml")
    return tuple(Centre(**{**item, "source": Source(**item["source"])}) for item in items)


@cache
def parties() -> tuple[PartyRow, ...]:
    items = YAML(typ="safe").load(CONTENT / "parties.yaml")
    return tuple(PartyRow(**{**item, "source": Source(**item["source"])}) for item in items)


def documented(page: str, heading: str) -> list[tuple[str, ...]]:
    """The rows of the first table under a heading of a page, cells without backticks, header left out."""
    section = (ROOT / "docs" / page).read_text(encoding="utf-8").split(f"\n## {heading}", 1)[1].split("\n## ", 1)[0]
    table = re.findall(r"(?:^\|.*\n)+", section, re.MULTILINE)[0]
    rows = [tuple(cell.strip(" `") for cell in line.strip("|").split("|")) for line in table.splitlines()]
    return rows[2:]


def sources() -> tuple[Source, ...]:
    return tuple(centre.source for centre in centres()) + tuple(row.source for row in parties())


def repeated(values: list[str]) -> list[str]:
    return [value for value, times in Counter(values).items() if times > 1]


def test_no_instruction_id_is_used_twice() -> None:
    assert repeated([entry.id for entry in instructions()]) == []


def test_every_piece_has_entries_under_its_documented_prefix() -> None:
    indexed = {(entry.id.split(".")[0], entry.handbook) for entry in instructions()}

    assert indexed == {(prefix, handbook) for prefix, handbook, _ in documented("handbook.md", "The pieces")}


def test_all_fifteen_pieces_are_indexed() -> None:
    assert len({entry.handbook for entry in instructions()}) == 15


def test_every_field_of_an_instruction_is_filled() -> None:
    empty = [entry.id for entry in instructions() if not (entry.section and entry.text and all(entry.literal))]

    assert empty == []


def test_an_instruction_is_one_sentence() -> None:
    wrong = [entry.id for entry in instructions() if not re.fullmatch(r"[^。！？]+。", entry.text)]

    assert wrong == []


def test_the_instruction_is_in_our_words_not_the_quoted_ones() -> None:
    assert [entry.id for entry in instructions() if entry.text in entry.literal] == []


def test_no_term_is_quoted_twice_in_one_entry() -> None:
    assert [entry.id for entry in instructions() if repeated(entry.literal)] == []


def test_an_entry_is_literal_or_admits_what_is_missing() -> None:
    silent = [e.id for e in instructions() if e.reading != "literal" and not ADMITS_A_GAP.search(e.text)]

    assert {entry.reading for entry in instructions()} == {"literal", "assumed"}
    assert silent == []


def test_the_index_quotes_both_coverage_replies_whole() -> None:
    quoted = {entry.id: entry.literal for entry in instructions()}

    assert quoted["mobile-complaint.voice.coverage.blind-spot-reply"] == [
        "经过核实,描述+原因+解决方式,该情况将成为我司后期网络规划和建设依据,建议用户关注。"
    ]
    assert quoted["mobile-complaint.voice.coverage.plan-reply"] == [
        "经过核实,我们已经将该地点纳入了当期的网络建设规划中,建议用户关注。"
    ]


def test_no_centre_id_or_name_is_used_twice() -> None:
    assert repeated([centre.id for centre in centres()]) == []
    assert repeated([centre.name for centre in centres()]) == []


def test_the_kinds_of_centres_are_the_documented_ones() -> None:
    assert {centre.kind for centre in centres()} == {row[0] for row in documented("centres.md", "Kinds")}


def test_a_centre_belongs_to_a_known_province() -> None:
    assert {centre.province for centre in centres()} <= PROVINCES


def test_every_documented_party_has_one_row_for_every_province() -> None:
    named = {row[0] for row in documented("centres.md", "`rules/content/parties.yaml`")}

    keys = Counter((row.party, row.province) for row in parties())

    assert keys == Counter((party, province) for party in named for province in PROVINCES)


def test_a_party_answers_through_an_existing_centre_of_its_province() -> None:
    province_of = {centre.id: centre.province for centre in centres()}

    wrong = [r for r in parties() if r.centre and province_of.get(r.centre) not in {"base", r.province}]

    assert wrong == []


def test_only_users_and_no_fault_are_left_without_a_centre() -> None:
    assert {row.party for row in parties() if row.centre is None} == NOBODY


def test_a_literal_source_points_at_an_indexed_section() -> None:
    indexed = {(entry.handbook, entry.section) for entry in instructions()}

    assert [s for s in sources() if s.reading == "literal" and (s.handbook, s.section) not in indexed] == []


def test_an_assumed_source_names_a_handbook_or_a_documented_origin() -> None:
    known = {entry.handbook for entry in instructions()}
    known |= {row[0] for row in documented("handbook.md", "Sources that are no handbook")}

    assert {source.handbook for source in sources()} <= known


def test_a_source_is_read_literally_or_assumed() -> None:
    assert {source.reading for source in sources()} == {"literal", "assumed"}
