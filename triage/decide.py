"""What is to be done with a ticket, and why?

The six steps of 移动网络投诉处理规范 over parsed tickets, in chunks: classify, take the address, find the place, then
read action, centre, priority and escalation from the tables. Where anything is not sure the action is `review`.
Pure: no store, no clock; the same tickets, rules, model and places give the same decisions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from geo.answer import PlaceMatch
from geo.parse import ParsedAddress
from geo.place import PlaceKind, PlaceQuery
from rules.facts import FactValue
from rules.ruleset import RuleSet
from rules.tables import TableResult
from triage.classify import Classified, Classifier, Thresholds
from triage.decisions import Action, Address, Coordinate, Decision, Escalation, Priority
from triage.facts import as_json, facts_for
from triage.intake import area_hint, parse
from triage.places import NOWHERE, PARTS, PlaceBook, PlaceJudged, judge_place
from triage.reasons import about_the_place, about_the_text, by_checks, by_rows, notes_on
from triage.sighting import nearby, sight
from triage.tickets import AddressMention, CoordinateMention, ParsedTicket, Ticket

ParseAddress = Callable[[str, str | None, str | None], ParsedAddress]

NO_ADDRESS = Address("", "none", "", "", "", "", "")
_CHECKS = ("table.first_checks", "table.ims_checks")


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision with the facts it rests on (JSON object text), for the store.

    lifecycle: id and hash of the one that the ticket begins, where it is new.
    """

    ticket: Ticket
    decision: Decision
    facts_json: str
    lifecycle: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Decider:
    """Everything a decision needs; immutable, serves all threads.

    parse_address: text, city hint, county hint → the address taken apart. ticket_id: (source, number) → our id.
    """

    rules: RuleSet
    classifier: Classifier
    thresholds: Thresholds
    places: PlaceBook
    parse_address: ParseAddress
    ticket_id: Callable[[str, str], str]

    def decide(self, tickets: Sequence[Ticket]) -> list[Decided]:
        """Decide a chunk of tickets, in their order."""
        parsed: list[ParsedTicket] = []
        facts: list[dict[str, FactValue]] = []
        addresses: list[tuple[Address, AddressMention | None]] = []
        for ticket in tickets:  # one after the other, so that what reading remembers of a ticket is still at hand
            parsed.append(parse(ticket))
            facts.append(facts_for(parsed[-1]))
            addresses.append(self._address(parsed[-1]))
        classified = self.classifier.classify(facts)
        judged = self._places(parsed, addresses)
        return [self._decide(*row) for row in zip(parsed, facts, classified, addresses, judged, strict=True)]

    def _address(self, parsed: ParsedTicket) -> tuple[Address, AddressMention | None]:
        """Take the address that counts apart; where it names no city, the other addresses and fields say which."""
        if not parsed.addresses:
            return NO_ADDRESS, None
        taken, hint = parsed.addresses[0], area_hint(parsed)
        read = self.parse_address(taken.text, hint.city, hint.county)
        for other in parsed.addresses[1:]:
            if read.city and read.district:
                break
            around = self.parse_address(other.text, hint.city, hint.county)
            if around.city:
                read = self.parse_address(taken.text, around.city, around.district or hint.county)
        address = Address(taken.text, taken.kind, read.province, read.city, read.district, read.town, read.rest)
        return address, taken

    def _places(
        self, parsed: Sequence[ParsedTicket], addresses: Sequence[tuple[Address, AddressMention | None]]
    ) -> list[PlaceJudged]:
        rows = [row for row, (_, mention) in enumerate(addresses) if mention is not None]
        queries = [PlaceQuery(a.text, a.city or None, a.district or None) for a, _ in (addresses[row] for row in rows)]
        judged = [NOWHERE] * len(addresses)
        if not self.places.indexes:
            return judged
        said: dict[int, Mapping[PlaceKind, PlaceMatch]] = dict(zip(rows, self.places.match(queries), strict=True))
        for row, answers in said.items():
            judged[row] = judge_place(answers, self.places)
        given = {row: _taken(ticket.coordinate) for row, ticket in enumerate(parsed) if ticket.coordinate}
        near = nearby(list(given.values()), self.places)
        table = self.rules.tables["table.place_coordinate"]
        for (row, coordinate), around in zip(given.items(), near, strict=True):
            answers = said.get(row, {})
            sighted = sight(answers, coordinate, around, self.places, table, addressed=row in said)
            judged[row] = replace(judge_place(sighted.answers, self.places), seen=sighted.seen)
        return judged

    def _decide(
        self,
        parsed: ParsedTicket,
        given: Mapping[str, FactValue],
        classified: Classified,
        address: tuple[Address, AddressMention | None],
        judged: PlaceJudged,
    ) -> Decided:
        facts = self._known(classified, judged)
        tables = self.rules.tables
        acted, urgent = tables["table.action"].decide(facts), tables["table.priority"].decide(facts)
        risk = tables["table.escalation"].decide(facts)
        action, reply = self._action(acted, judged)
        sent = self._centre(action, facts)
        checks = [found for name in _CHECKS if (found := tables[name].decide(facts)).outputs]
        centre = _word(sent, "centre") if sent else None
        about = about_the_text(parsed, classified, self.classifier) + about_the_place(parsed, address[1], judged)
        decision = Decision(
            ticket=parsed.ticket.number,
            id=self.ticket_id(parsed.ticket.source, parsed.ticket.number),
            domain=classified.domain,
            phenomenon=classified.phenomenon,
            specialty=classified.specialty,
            confidence=round(classified.confidence, 4),
            address=address[0],
            place=judged.found,
            action=action,
            centre=centre,
            centre_name=self.rules.centres[centre].name if centre else None,
            priority=cast(Priority, _word(urgent, "priority") or "p3"),
            escalation=cast(Escalation, _word(risk, "escalation") or "none"),
            reply=reply,
            why=(*about, *by_rows([acted, sent, urgent, risk]), *by_checks(checks)),
            rules_hash=self.rules.hash,
            phenomena=classified.phenomena,
            specialties=classified.specialties,
            notes=tuple(notes_on(parsed, classified)),
            coordinate=_taken(parsed.coordinate) if parsed.coordinate else None,
        )
        return Decided(parsed.ticket, decision, as_json(given), self._lifecycle(facts))

    def _lifecycle(self, facts: Mapping[str, FactValue]) -> tuple[str, str] | None:
        name = _word(self.rules.tables["table.lifecycle"].decide(facts), "lifecycle")
        return (name, self.rules.lifecycles[name].hash) if name else None

    def _known(self, classified: Classified, judged: PlaceJudged) -> dict[str, FactValue]:
        """Facts for the tables: what was given and derived, and what was concluded from it."""
        facts = dict(classified.evaluation.facts)
        limits = self.thresholds
        concluded: dict[str, FactValue | None] = {
            "domain": classified.domain,
            "phenomenon": classified.phenomenon,
            "specialty": classified.specialty,
            "confidence.band": "sure" if classified.confidence >= limits.sure else "unsure",
            "coverage.band": "sure" if classified.coverage >= limits.coverage else "unsure",
            "place.outcome": judged.found.outcome,
            "place.kind": judged.found.kind if judged.found.outcome == "match" else None,
            "place.status": judged.status,
        }
        for name, value in concluded.items():
            facts.pop(name, None)
            if value is not None:
                facts[name] = value
        return facts

    def _action(self, acted: TableResult, judged: PlaceJudged) -> tuple[Action, str | None]:
        action = cast(Action, _word(acted, "action") or "review")
        if action != "self_handle":
            return action, None
        reply = self._reply(judged)
        return (action, reply) if reply else ("review", None)

    def _reply(self, judged: PlaceJudged) -> str | None:
        """Render the prescribed text, or None where the record has nothing to say."""
        record = judged.record
        if record is None:
            return None
        if record.kind == "plan":
            return self.rules.replies["reply.plan"].render()
        parts = {part: record.extra.get(part, "") for part in PARTS}
        return self.rules.replies["reply.blind_spot"].render(**parts) if any(parts.values()) else None

    def _centre(self, action: Action, facts: Mapping[str, FactValue]) -> TableResult | None:
        if action in ("self_handle", "review"):
            return None
        found = self.rules.tables["table.centre"].decide({**facts, "action": action})
        return found if found.outputs else None


def _taken(mention: CoordinateMention) -> Coordinate:
    return Coordinate(mention.lon, mention.lat, mention.datum, mention.source)


def _word(result: TableResult, name: str) -> str | None:
    value = result.outputs.get(name) if result.outputs else None
    return str(value) if value is not None else None
