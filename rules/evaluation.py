"""What do the rules conclude from the facts of one ticket?

Rules run in layers: a rule comes after all rules that set a fact it reads. Within a layer the order plays no part.
Claims on a fact are combined as facts.yaml says:

- single: claims of one value set it. Several values: the strongest claim wins if it leads by 1 or more, else the fact
  stays unknown and the contradiction is recorded. Claims of strength 0 or less claim nothing.
- score: strengths add up per value; the top value counts if it reaches at_least and leads by margin.
- collect: all claimed words, each once, in the order of the rules.

A fact that was given is never overwritten. Trial rules are evaluated and traced, and count for nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from rules.conditions import Condition, Seen, Sign, State
from rules.errors import FactUnknown
from rules.facts import Fact, FactValue, Vocabulary
from rules.matching import Matcher
from rules.rule import Rule
from rules.source import Source
from rules.text import Span, Text, read

CLEAR_LEAD = 1.0  # by how much a claim on a `single` fact must be stronger to win


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that held. strength: its weight and what its conditions added. because: why, in Chinese."""

    rule: str
    then: Mapping[str, FactValue]
    strength: float
    because: str
    source: Source
    condition: Condition = field(repr=False)
    state: State = field(repr=False)

    @property
    def spans(self) -> tuple[Span, ...]:
        """What it saw, in the original fields; found when asked, since most rules that hold decide nothing."""
        return tuple(original_spans(self.condition.evidence(self.state), self.state))


class Claim(NamedTuple):
    """That a rule wants a fact to have a value."""

    rule: str
    value: FactValue
    strength: float


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Claims of different values on a `single` fact, none clearly stronger: the fact stays unknown."""

    fact: str
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything the rules concluded.

    facts: given and derived. scores: fact → value → sum of strengths, for facts that are scored. fired: active rules
    that held, in layer order; trial: trial rules that held and did not count. contradictions: see Disagreement.
    missing: rule → facts it needs, for rules that some sign pointed to and that an unknown fact left open
    (RuleSet.explain looks at all rules).
    """

    facts: Mapping[str, FactValue]
    scores: Mapping[str, Mapping[str, float]]
    fired: tuple[Fired, ...]
    trial: tuple[Fired, ...]
    contradictions: tuple[Disagreement, ...]
    missing: Mapping[str, tuple[str, ...]]


@dataclass(slots=True)
class _Layer:
    """Rules of one depth, found by the signs they cannot hold without. settles: facts complete after this layer."""

    rules: list[Rule] = field(default_factory=list)
    settles: list[Fact] = field(default_factory=list)
    by_term: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    by_value: dict[str, dict[FactValue, list[int]]] = field(default_factory=dict)
    always: list[int] = field(default_factory=list)

    def add(self, rule: Rule) -> None:
        number = len(self.rules)
        self.rules.append(rule)
        trigger = rule.when.condition.trigger()
        if trigger is None:
            self.always.append(number)
        for sign in trigger or ():
            self._index(sign).append(number)

    def _index(self, sign: Sign) -> list[int]:
        if sign.is_term:
            return self.by_term.setdefault(sign.fact, {}).setdefault(str(sign.value), [])
        return self.by_value.setdefault(sign.fact, {}).setdefault(sign.value, [])

    def candidates(self, state: State) -> list[int]:
        """Return the rules that could hold, in their order."""
        numbers = set(self.always)
        for fact, by_term in self.by_term.items():
            reading = state.readings.get(fact)
            if reading is not None:
                for term in reading.found:
                    if term in by_term:
                        numbers.update(by_term[term])
        for fact, by_value in self.by_value.items():
            value = state.facts.get(fact)
            for item in value if isinstance(value, tuple) else (value,):
                if item in by_value:
                    numbers.update(by_value[item])
        return sorted(numbers)


class Engine:
    """The compiled rules. layers: as rules.layers.layered() gives them; retired and draft rules are left out."""

    def __init__(self, facts: Vocabulary, layers: Sequence[Sequence[Rule]], matcher: Matcher) -> None:
        self._facts = facts
        self._matcher = matcher
        self._layers: list[_Layer] = []
        last: dict[str, int] = {}
        for depth, rules in enumerate(layers):
            layer = _Layer()
            for rule in rules:
                layer.add(rule)
                last.update(dict.fromkeys(rule.then, depth))
            self._layers.append(layer)
        for name, depth in last.items():
            self._layers[depth].settles.append(facts[name])

    def state(self, given: Mapping[str, FactValue | None]) -> State:
        """Return the given facts with their texts read; None is unknown. Raises FactUnknown."""
        facts = {name: value for name, value in given.items() if value is not None}
        readings = {}
        for name, value in facts.items():
            fact = self._facts.facts.get(name)
            if fact is None:
                raise FactUnknown(name)
            if fact.type == "text":
                text = value if isinstance(value, Text) else read(name, str(value))
                readings[name] = self._matcher.read(text)
        return State(facts, readings)

    def run(self, given: Mapping[str, FactValue | None]) -> tuple[Evaluation, State]:
        """Return the conclusions, and the state they were drawn from. Raises FactUnknown."""
        state = self.state(given)
        ledger = _Ledger(frozenset(state.facts))
        for layer in self._layers:
            for number in layer.candidates(state):
                rule = layer.rules[number]
                truth = rule.when.condition.truth(state)
                if truth:
                    ledger.fire(rule, state)
                elif truth is None:
                    ledger.missing[rule.id] = tuple(dict.fromkeys(rule.when.condition.missing(state)))
            for fact in layer.settles:
                if fact.id in ledger.claims:
                    ledger.settle(fact, state)
        return ledger.close(state), state


class _Ledger:
    """Claims made so far in one evaluation."""

    def __init__(self, given: frozenset[str]) -> None:
        self._given = given
        self._fired: list[Fired] = []
        self._trial: list[Fired] = []
        self.claims: defaultdict[str, list[Claim]] = defaultdict(list)
        self._scores: dict[str, Mapping[str, float]] = {}
        self._disagreements: list[Disagreement] = []
        self.missing: dict[str, tuple[str, ...]] = {}

    def fire(self, rule: Rule, state: State) -> None:
        condition = rule.when.condition
        strength = rule.when.weight + condition.bonus(state)
        fired = Fired(rule.id, rule.then, strength, rule.because, rule.source, condition, state)
        if rule.status == "trial":
            self._trial.append(fired)
            return
        self._fired.append(fired)
        for fact, value in rule.then.items():
            self.claims[fact].append(Claim(rule.id, value, strength))

    def settle(self, fact: Fact, state: State) -> None:
        claims = self.claims[fact.id]
        value = getattr(self, f"_{fact.combine}")(fact, claims)
        if value is not None and fact.id not in self._given:
            state.facts[fact.id] = value

    def close(self, state: State) -> Evaluation:
        return Evaluation(
            state.facts, self._scores, tuple(self._fired), tuple(self._trial), tuple(self._disagreements), self.missing
        )

    def _single(self, fact: Fact, claims: list[Claim]) -> FactValue | None:
        strongest: dict[FactValue, float] = {}
        for claim in claims:
            if claim.strength > 0:
                strongest[claim.value] = max(claim.strength, strongest.get(claim.value, 0.0))
        if len(strongest) < 2:
            return next(iter(strongest), None)
        first, second = sorted(strongest.items(), key=lambda item: -item[1])[:2]
        if first[1] - second[1] >= CLEAR_LEAD:
            return first[0]
        self._disagreements.append(Disagreement(fact.id, tuple(claims)))
        return None

    def _score(self, fact: Fact, claims: list[Claim]) -> FactValue | None:
        sums: defaultdict[str, float] = defaultdict(float)
        for claim in claims:
            sums[str(claim.value)] += claim.strength
        self._scores[fact.id] = dict(sorted(sums.items(), key=lambda item: (-item[1], item[0])))
        ranked = list(self._scores[fact.id].items())
        lead = ranked[0][1] - (ranked[1][1] if len(ranked) > 1 else 0.0)
        clear = len(ranked) == 1 or lead >= fact.margin
        return ranked[0][0] if clear and ranked[0][1] >= fact.at_least else None

    def _collect(self, fact: Fact, claims: list[Claim]) -> FactValue | None:
        del fact
        words = [word for claim in claims if isinstance(claim.value, tuple) for word in claim.value]
        return tuple(dict.fromkeys(words)) or None


def original_spans(seen: Iterable[Seen], state: State) -> list[Span]:
    """Return the places in the original fields, each once, without those that lie inside another."""
    kept: list[Seen] = []
    for item in sorted(set(seen), key=lambda item: (item.fact, item.start, -item.end)):
        if not kept or item.fact != kept[-1].fact or item.end > kept[-1].end:
            kept.append(item)
    return [state.readings[item.fact].text.span(item.start, item.end) for item in kept]
