"""Look up a typed place: which blind spots and plans does it mean or have near it, and which tickets (综合查询)?

A number of a list, a coordinate (`104.0612,30.5521 GCJ-02`), or an address in any form. What the matcher finds comes
first, then what lies near, then what only holds the words. Decides nothing and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from geo.answer import Candidate, PlaceMatch
from geo.coordinates import Spot, spot
from geo.cover import measure
from geo.names import names_in
from geo.parse import ParsedAddress
from geo.place import Place, PlaceKind, PlaceQuery
from triage.decide import ParseAddress
from triage.intake.coordinates import read_point
from triage.names import NEARNESS
from triage.places import KINDS, PlaceBook, Standing, judge_place, status_word
from triage.ports import Store, Work
from triage.records import Page
from triage.records_places import Around, Asked, FoundPlace, How, NearTicket, NearTickets, PointAsked, Vicinity
from triage.sighting import metres

RADIUS_M = 1_000.0  # what lies further away from a point is not near it
_MOST_NEAR = 50  # places found by distance
_WORTH_SHOWING = 0.001
_SHORTEST = 2  # characters of words that are looked for in the lists


@dataclass(frozen=True, slots=True)
class _Understood:
    """What was asked: its kind, the address taken apart, the point that distances count from, what was wrong.

    meant: the record that is meant for sure. ranked: what was found so far.
    """

    asked: Asked
    parsed: ParsedAddress | None
    point: PointAsked | None
    note: str
    meant: Place | None
    ranked: tuple[FoundPlace, ...]


class LookAround:
    """Answers look-ups over one store, with the places in force."""

    def __init__(self, store: Store, places: Callable[[], PlaceBook], parse_address: ParseAddress) -> None:
        """places: gives those in force. parse_address: text, city hint, county hint → the address taken apart."""
        self._store, self._places, self._parse = store, places, parse_address

    def find(self, text: str, page: Page) -> Around:
        """Return the answer to a look-up. text: as typed; empty lists all places. page: of both lists."""
        text = text.strip()
        book = self._places()
        with self._store.read() as work:
            understood = self._understand(text, work, book)
            ranked = _with_near(understood, book)
            places, counts = _page_of_places(text, understood, ranked, work, book, page)
            tickets = self._tickets(understood, work, page)
        return Around(
            text, understood.asked, understood.note, understood.parsed, understood.point, page, places, tickets.items,
            {**counts, "ticket": tickets.total},
        )  # fmt: skip

    def _understand(self, text: str, work: Work, book: PlaceBook) -> _Understood:
        if not text:
            return _Understood("nothing", None, None, "", None, ())
        exact = [place for kind in KINDS if (place := work.places.get(kind, text)) is not None]
        if exact:
            found = [_found(place, book, how="number", sentence="编号相符。") for place in exact]
            parsed = self._parse_record(exact[0])
            found += self._also_meant(exact, book)
            return _Understood("number", parsed, _point_of(exact[0]), "", exact[0], tuple(found))
        mention, note = read_point(text)
        if mention is not None:
            typed = PointAsked(mention.lon, mention.lat, mention.datum)
            return _Understood("point", None, typed, note, None, ())
        answers = book.match([PlaceQuery(text)])[0]
        sure = _sure(answers, book)
        parsed = self._parse(text, sure.city or None, sure.district or None) if sure else self._parse(text, None, None)
        ranked = tuple(_ranked(answers, book))
        return _Understood("address", parsed, _point_of(sure), note, sure, ranked)

    def _also_meant(self, exact: list[Place], book: PlaceBook) -> list[FoundPlace]:
        """Other records that the address of one found by number may mean."""
        first, known = exact[0], {(place.kind, place.id) for place in exact}
        query = PlaceQuery(first.address or first.name, first.city or None, first.district or None)
        ranked = _ranked(book.match([query])[0], book)
        return [one for one in ranked if (one.place.kind, one.place.id) not in known]

    def _parse_record(self, place: Place) -> ParsedAddress:
        return self._parse(place.address or place.name, place.city or None, place.district or None)

    def _tickets(self, understood: _Understood, work: Work, page: Page) -> NearTickets:
        parsed, meant = understood.parsed, understood.meant
        names = names_in(parsed.rest) if parsed else ()
        if meant is not None:
            own = self._parse(f"{meant.address} {meant.name}", meant.city or None, meant.district or None)
            names = tuple(dict.fromkeys((*names, *names_in(own.rest))))
        candidates = parsed.candidates if parsed else ()
        here = _spot(understood.point)
        return work.tickets.near(
            Vicinity(
                names,
                tuple(dict.fromkeys(city for _, city, _ in candidates if city)),
                tuple(dict.fromkeys(district for *_, district in candidates if district)),
                (here.lon, here.lat) if here else None,
                RADIUS_M,
            ),
            page,
        )


def _sure(answers: Mapping[PlaceKind, PlaceMatch], book: PlaceBook) -> Place | None:
    """The record that is meant for sure; a blind spot before a plan."""
    judged = judge_place(answers, book)
    return judged.record if judged.found.outcome == "match" else None


def _ranked(answers: Mapping[PlaceKind, PlaceMatch], book: PlaceBook) -> Iterator[FoundPlace]:
    near = [c for kind in KINDS if kind in answers for c in answers[kind].candidates]
    for candidate in sorted(near, key=lambda c: -c.probability):
        record = book.standing(candidate.kind, candidate.id).record
        if record is not None and candidate.probability >= _WORTH_SHOWING:
            yield _found(record, book, how="text", sentence=candidate.sentence, candidate=candidate)


def _found(
    place: Place, book: PlaceBook, *, how: How, sentence: str, candidate: Candidate | None = None,
    distance_m: float | None = None,
) -> FoundPlace:  # fmt: skip
    standing: Standing = book.standing(place.kind, place.id)
    return FoundPlace(
        place=place,
        how=how,
        probability=candidate.probability if candidate else None,
        level=candidate.level if candidate else None,
        sentence=sentence,
        status=standing.status,
        status_word=status_word(place),
        distance_m=distance_m,
    )


def _with_near(understood: _Understood, book: PlaceBook) -> list[FoundPlace]:
    """What was found so far with its distances, and what lies near the point."""
    here = _spot(understood.point)
    if here is None:
        return list(understood.ranked)
    known = {(one.place.kind, one.place.id) for one in understood.ranked}
    found = [_measured(one, here) for one in understood.ranked]
    (near,) = book.cover().near_many(np.array([[here.lon, here.lat]]), within_m=RADIUS_M)
    for one in near[:_MOST_NEAR]:
        record = book.standing(one.kind, one.id).record
        if record is not None and (one.kind, one.id) not in known:
            said = "该点在它的范围内" if one.distance_m == 0.0 else f"相距{metres(one.distance_m)}"
            doubt = "" if one.trusted and here.stated else "（坐标系不明，仅供参考）"
            sentence = f"{said}{doubt}。"
            found.append(_found(record, book, how="distance", sentence=sentence, distance_m=one.distance_m))
    return found


def _measured(one: FoundPlace, here: Spot) -> FoundPlace:
    away = measure(one.place, here)
    if away is None:
        return one
    return replace(one, distance_m=away.distance_m)


def _page_of_places(
    text: str, understood: _Understood, ranked: list[FoundPlace], work: Work, book: PlaceBook, page: Page
) -> tuple[tuple[FoundPlace, ...], dict[str, int]]:
    """One page of the ranked places and, after them, of those that hold the words; and how many of each kind."""
    start = (page.number - 1) * page.size
    counts: dict[str, int] = {kind: sum(one.place.kind == kind for one in ranked) for kind in KINDS}
    shown = ranked[start : start + page.size]
    words = _words(text, understood)
    if words is None:
        return tuple(shown), counts
    parsed = understood.parsed if words != text else None
    held, more = work.places.find(
        words,
        max(0, start - len(ranked)),
        page.size - len(shown),
        city=parsed.city if parsed else "",
        district=parsed.district if parsed else "",
        without=[(one.place.kind, one.place.id) for one in ranked],
    )
    sentence = f"编号、名称或地址含有“{words}”。" if words else ""
    here = _spot(understood.point)
    rest = [_found(place, book, how="words", sentence=sentence) for place in held]
    shown += [_measured(one, here) if here else one for one in rest]
    return tuple(shown), {kind: counts[kind] + more.get(kind, 0) for kind in KINDS}


def _words(text: str, understood: _Understood) -> str | None:
    """The words to look for in the lists, None where what was found leaves nothing open."""
    if understood.asked == "nothing":
        return ""
    if understood.asked != "address" or understood.meant is not None:
        return None
    rest = understood.parsed.rest if understood.parsed else ""
    words = rest if understood.parsed and understood.parsed.city and len(rest) >= _SHORTEST else text
    return words if len(words) >= _SHORTEST else None


def _point_of(place: Place | None) -> PointAsked | None:
    if place is None or place.lon is None or place.lat is None:
        return None
    return PointAsked(place.lon, place.lat, place.datum, place.id)


def _spot(point: PointAsked | None) -> Spot | None:
    return spot(point.lon, point.lat, point.datum) if point else None


def how_near(near: NearTicket) -> str:
    """Return why a ticket counts as near, in words: the names it shares and how far it is."""
    said = [f"{NEARNESS[name.kind]}：{name.text}" for name in near.shared]
    if near.distance_m is not None:
        said.append(f"相距{metres(near.distance_m)}")
    return "；".join(said)
