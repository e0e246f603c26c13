"""What does a typed place find: by number, by point, by address, and by words where nothing else does?"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from geo.place import Place
from tests.triage.makers import NOON, make_ticket, make_triaged
from triage.cases.look_around import LookAround, how_near
from triage.decisions import Address, Coordinate
from triage.records import Page
from triage.records_places import Around
from triage.store.database import SqlStore
from triage.wiring import Knowledge, places_at_hand
from triage.wiring_places import address_parser

SPOT = Place(
    "blind_spot", "MD1", "红山家园", "成都市武侯区天府三街199号红山家园", "成都市", "武侯区",
    104.06012, 30.55013, "wgs84", {"描述": "弱覆盖", "状态": "未解决"},
)  # fmt: skip
PLAN = Place(
    "plan", "GH1", "府城大道88号站", "成都市武侯区府城大道88号", "成都市", "武侯区", 104.06312, 30.55013, "wgs84",
    {"状态": "已开通"},
)  # fmt: skip
FAR = Place(
    "plan",
    "GH2",
    "红山家园",
    "绵阳市涪城区临园路5号红山家园",
    "绵阳市",
    "涪城区",
    104.7001,
    31.4601,
    "gcj02",
    {"状态": "在建"},
)
PLACES = (SPOT, PLAN, FAR)


@pytest.fixture
def find(sqlite_store: SqlStore, knowledge: Knowledge) -> LookAround:
    rests = {"T-1": "天府三街199号红山家园3栋", "T-2": "天府三街7号", "T-3": "人民南路1号"}
    with sqlite_store.begin() as work:
        work.places.upsert_many(PLACES, batch="b", at=NOON)
        for number, rest in rests.items():
            address = Address(f"武侯区{rest}", "template", "四川省", "成都市", "武侯区", "", rest)
            here = Coordinate(104.0602, 30.5502, "wgs84", "field") if number == "T-3" else None
            made = make_triaged(sqlite_store, make_ticket(number), address=address, coordinate=here)
            work.tickets.save_many([made], NOON)
    book = places_at_hand(PLACES, knowledge)
    return LookAround(sqlite_store, lambda: book, address_parser(knowledge.divisions))


def ids(around: Around) -> Sequence[str]:
    return [one.place.id for one in around.places]


def numbers(around: Around) -> set[str]:
    return {near.ticket.number for near in around.tickets}


def test_an_address_finds_its_place_what_is_near_it_and_the_tickets(find: LookAround) -> None:
    found = find.find("武侯区天府三街199号红山家园", Page())
    assert ids(found) == ["MD1", "GH1"]
    assert (found.places[0].how, found.places[0].status, found.places[1].how) == ("text", "current", "distance")
    assert found.places[0].probability is not None
    assert "一致的有" in found.places[0].sentence
    assert numbers(found) == {"T-1", "T-2", "T-3"}
    assert found.counts == {"blind_spot": 1, "plan": 1, "ticket": 3}
    assert found.parsed is not None
    assert found.parsed.district == "武侯区"


def test_distances_count_from_the_place_that_is_meant(find: LookAround) -> None:
    found = find.find("武侯区天府三街199号红山家园", Page())
    assert found.point is not None
    assert found.point.of == "MD1"
    assert found.places[1].distance_m == pytest.approx(287.9, abs=1.0)


def test_a_number_finds_its_record_first(find: LookAround) -> None:
    found = find.find("GH1", Page())
    assert (found.asked, ids(found)[0], found.places[0].sentence) == ("number", "GH1", "编号相符。")
    assert found.places[0].status == "over"


def test_a_typed_point_finds_what_lies_around_it(find: LookAround) -> None:
    found = find.find("104.0601,30.5501 WGS-84", Page())
    assert (found.asked, ids(found), numbers(found)) == ("point", ["MD1", "GH1"], {"T-3"})
    assert how_near(found.tickets[0]) == "相距15米"


def test_a_name_that_two_cities_have_shows_both(find: LookAround) -> None:
    found = find.find("红山家园", Page())
    assert set(ids(found)) == {"MD1", "GH2"}
    assert numbers(found) == {"T-1"}


def test_words_find_what_the_matcher_does_not(find: LookAround) -> None:
    found = find.find("府城大道", Page())
    assert ids(found) == ["GH1"]


def test_twin_districts_are_all_named(find: LookAround) -> None:
    parsed = find.find("鼓楼区", Page()).parsed
    assert parsed is not None
    assert len(parsed.candidates) > 1


def test_a_bad_point_says_so(find: LookAround) -> None:
    assert "不在中国境内" in find.find("2.35,48.86", Page()).note


def test_an_empty_question_lists_all_places_in_pages(find: LookAround) -> None:
    pages = [find.find("", Page(number, 2)) for number in (1, 2)]
    assert [one for page in pages for one in ids(page)] == ["MD1", "GH1", "GH2"]
    assert pages[0].counts == {"blind_spot": 1, "plan": 2, "ticket": 0}


def test_pages_of_ranked_and_other_places_never_overlap(find: LookAround) -> None:
    shown = [one for number in (1, 2, 3) for one in ids(find.find("红山家园", Page(number, 1)))]
    assert len(shown) == len(set(shown)) == 2


@pytest.mark.parametrize("text", ["%", "'; DROP TABLE places", "\0", "🙂" * 100, "号" * 500, "1" * 400])
def test_anything_may_be_typed(find: LookAround, text: str) -> None:
    assert find.find(text, Page()).counts["ticket"] >= 0
