"""Which figures and words of the speed test are data? The share to exceed, the target, the texts, the hints.

One document of speed/*.yaml is one kind of test. Every section names its own source, because the handbook fixes the
share word for word and only gives the target as an example. Never compares a rate: probes/speed_rule.py does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from rules.errors import RateUnreadable
from rules.form import Form
from rules.problems import Place, Problems
from rules.source import STATUSES, Source, Status, read_source
from rules.speed_rate import parse_rate
from rules.yaml_nodes import Node

HOME_BROADBAND = "speed.home-broadband"  # id of the kind of test that the handbook describes
FIELDS = ("id", "title", "status", "source", "covers", "judgement", "kpi", "running", "reasons", "hints")
SpeedVerdict = Literal["pass", "fail", "none"]
SpeedReason = Literal[
    "PASS_OVER_90", "FAIL_BELOW_90", "FAIL_ACCOUNT_OFFLINE", "FAIL_ACCOUNT_STALE", "FAIL_PROBE_ERROR",
    "FAIL_PROBE_TIMEOUT", "FAIL_NO_CONTRACT_RATE", "FAIL_INVALID_RESULT", "FAIL_STALE_RESULT", "NONE_AAA_UNKNOWN",
    "NONE_ACCOUNT_AMBIGUOUS", "NONE_NOT_TESTED",
]  # fmt: skip
"""Names that are stored for ever. The 90 in two of them is the handbook's share; what is compared is `percent`."""
REASONS: tuple[SpeedReason, ...] = get_args(SpeedReason)
Quantity = Literal[
    "contract_bps", "measured_bps", "permille", "streams", "duration_ms", "sessions", "server_load_percent",
    "first_second_permille", "other_account", "wifi",
]  # fmt: skip
QUANTITIES: tuple[Quantity, ...] = get_args(Quantity)
_VERDICTS: tuple[SpeedVerdict, ...] = get_args(SpeedVerdict)
_RATES = ("contract_bps", "measured_bps")
_ENDS = ("above", "from", "to", "below")


@dataclass(frozen=True, slots=True)
class Bound:
    """A stretch of whole numbers. least and most are included; None is open."""

    quantity: Quantity
    least: int | None
    most: int | None

    def holds(self, value: int | None) -> bool:
        """Return whether a value lies in the stretch; an unknown one does not."""
        if value is None:
            return False
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)


@dataclass(frozen=True, slots=True)
class SpeedHint:
    """What is said beside a verdict, never changing it. verdicts: empty means beside any."""

    id: str
    text: str
    verdicts: tuple[SpeedVerdict, ...]
    bounds: tuple[Bound, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class SpeedRules:
    """One kind of speed test.

    percent: share of the contract that must be exceeded, 1 to 100. target_percent: share of tickets that should pass.
    suspect_multiple: a result above so many times the contract is kept and flagged by a hint.
    future_s: how far ahead the clock of a probe may be. prompt: what is shown after pressing 测速 for a remote test.
    deadline_s: after which a test has failed. onsite_s: how long a one-time token is good for.
    duration_ms, streams: what a probe is asked for; many_streams from many_streams_bps on. covers: the handbook's
    instructions that the speed test carries out.
    """

    id: str
    title: str
    status: Status
    source: Source
    percent: int
    future_s: int
    target_percent: int
    prompt: str
    deadline_s: int
    onsite_s: int
    duration_ms: int
    streams: int
    many_streams: int
    many_streams_bps: int
    reasons: Mapping[SpeedReason, str]
    hints: tuple[SpeedHint, ...]
    covers: tuple[str, ...]
    place: Place
    node: Node


def read_speed(node: Node, problems: Problems) -> SpeedRules:
    """Return one document of speed/*.yaml; problems are recorded, never raised."""
    form = Form(node, problems, "speed test", FIELDS)
    judgement = _section(form, "judgement", ("percent", "future_s", "source"))
    kpi = _section(form, "kpi", ("target_percent", "source"))
    running = _section(
        form, "running",
        ("prompt", "deadline_s", "onsite_s", "duration_ms", "streams", "many_streams", "many_streams_from", "source"),
    )  # fmt: skip
    texts = form.mapping("reasons", required=True)
    reasons: dict[SpeedReason, str] = {name: texts[name].written for name in REASONS if name in texts}
    if form.readable and reasons.keys() != texts.keys() | set(REASONS):
        wrong = sorted((texts.keys() | set(REASONS)) - reasons.keys()) or sorted(texts.keys() - set(REASONS))
        form.error("reasons", f"reasons must name exactly the known ones; look at {', '.join(wrong)}")
    return SpeedRules(
        form.text("id"), form.text("title"), form.choice("status", STATUSES), read_source(form),
        _percent(judgement, "percent"), judgement.count("future_s", 300), _percent(kpi, "target_percent"),
        running.text("prompt"), _positive(running, "deadline_s"), _positive(running, "onsite_s"),
        _positive(running, "duration_ms"), _positive(running, "streams"), _positive(running, "many_streams"),
        _rate(running.need("many_streams_from"), problems) or 0, reasons,
        tuple(_read_hint(item, problems) for item in form.items("hints")), form.texts("covers"),
        node.place, node,
    )  # fmt: skip


def _section(form: Form, field: str, fields: tuple[str, ...]) -> Form:
    node = form.need(field) or Node(form.place, {})
    section = Form(node, form.problems, f"{field} of {form.what}", fields)
    if section.entries:
        read_source(section)
    return section


def _percent(form: Form, field: str) -> int:
    value = _positive(form, field)
    if value > 100:
        form.error(field, f"{field} of {form.what} must be 1 to 100")
    return value


def _positive(form: Form, field: str) -> int:
    form.need(field)
    value = form.count(field, 1)
    if value == 0:
        form.error(field, f"{field} of {form.what} must be above 0")
    return value or 1


def _rate(node: Node | None, problems: Problems) -> int | None:
    if node is None:
        return None
    try:
        return parse_rate(node.written)
    except RateUnreadable as error:
        problems.error(node.place, str(error))
        return None


def _read_hint(node: Node, problems: Problems) -> SpeedHint:
    form = Form(node, problems, "hint", ("id", "text", "verdicts", "when", "source"))
    verdicts = tuple(verdict for verdict in _VERDICTS if verdict in form.texts("verdicts"))
    if len(verdicts) != len(form.texts("verdicts")):
        form.error("verdicts", f"verdicts of a hint are {', '.join(_VERDICTS)}")
    bounds = tuple(
        bound
        for name, item in form.mapping("when", required=True).items()
        if (bound := _read_bound(name, item, problems)) is not None
    )
    return SpeedHint(form.text("id"), form.text("text"), verdicts, bounds, read_source(form))


def _read_bound(name: str, node: Node, problems: Problems) -> Bound | None:
    quantity = next((known for known in QUANTITIES if known == name), None)
    if quantity is None:
        problems.error(node.place, f"a hint knows no {name}; it looks at {', '.join(QUANTITIES)}")
        return None
    form = Form(node, problems, f"when.{name} of a hint", _ENDS)
    ends = {end: _end(form, end, quantity) for end in _ENDS if form.get(end) is not None}
    above, below = ends.get("above"), ends.get("below")
    least = ends.get("from") if above is None else above + 1
    most = ends.get("to") if below is None else below - 1
    if least is None and most is None:
        problems.error(node.place, f"when.{name} needs one of {', '.join(_ENDS)}")
    return Bound(quantity, least, most)


def _end(form: Form, end: str, quantity: Quantity) -> int | None:
    return _rate(form.get(end), form.problems) if quantity in _RATES else form.count(end, 0)
