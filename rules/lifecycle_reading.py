"""How is a lifecycle read from its file?

form:         {table, needs?, fields: {output: {leaves?, values?}}}     a table fills fields in and locks them
states:       id: {label, initial?, final?, role?, unclaimed?, tmf?}
fields:       id: {label, type, values?, default?, readonly?, hint?, fact?, personal?, each?}
transitions:  {event, label, from, to, roles, requires?, attachments?, when?, otherwise?, <effects>}
actions:      {event, label, states?, roles, requires?, attachments?, when?, otherwise?, <effects>}
clocks:       id: {label, kind, states, pause?, stop?, within, within_hours?, calendar?, warn?, warned?, event?,
                   notify?, levels?, source}
covers?:      any of them may name the instructions of handbook.yaml that it carries out
<effects>:    notify: [{message, to, channel}], reply: field, child: lifecycle, set: {field: value}, counts: name,
              assign: field | creator | actor | previous | nobody   (notify: to also holder)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from rules.calendars import ALWAYS
from rules.canonical import digest
from rules.condition_reading import ConditionReader, When
from rules.durations import read_duration
from rules.facts import Fact, FactType, Vocabulary
from rules.form import Form
from rules.lifecycle_proof import prove
from rules.lifecycles import (
    CHANNELS,
    CLOCK_KINDS,
    FIELD_TYPES,
    Action,
    Clock,
    Effects,
    FieldType,
    FilledField,
    FilledForm,
    FormField,
    Lifecycle,
    LifecycleState,
    Notice,
    Transition,
)
from rules.problems import Problems
from rules.source import STATUSES, read_source
from rules.terms import TermList
from rules.yaml_nodes import Node

FIELDS = (
    "id", "title", "status", "source", "covers", "form", "fields", "states", "transitions", "actions", "clocks",
)  # fmt: skip
EFFECTS = ("notify", "reply", "child", "set", "counts", "assign")
_STEP = ("event", "label", "roles", "requires", "attachments", "when", "otherwise", "covers", *EFFECTS)
_CLOCK = (
    "label", "kind", "states", "pause", "stop", "within", "within_hours", "calendar", "warn", "warned", "event",
    "notify", "levels", "covers", "source",
)  # fmt: skip
_FACT_TYPES: Mapping[FieldType, FactType] = {"choice": "choice", "number": "number", "flag": "flag"}

ReadWhen = Callable[[Form], When | None]


def read_lifecycle(node: Node, facts: Vocabulary, terms: Mapping[str, TermList], problems: Problems) -> Lifecycle:
    """Return the lifecycle of one document; problems, also of its shape, are recorded, never raised."""
    form = Form(node, problems, "lifecycle", FIELDS)
    fields = {name: _read_field(name, item, facts, problems) for name, item in form.mapping("fields").items()}
    reader = ConditionReader(with_fields(facts, fields), terms, problems)

    def when(step: Form) -> When | None:
        condition = step.get("when")
        return None if condition is None else reader.when(condition)

    states = {name: _read_state(name, item, problems) for name, item in form.mapping("states", required=True).items()}
    lifecycle = Lifecycle(
        form.text("id"), form.text("title"), form.choice("status", STATUSES), read_source(form), fields, states,
        tuple(_read_transition(item, when, problems) for item in form.items("transitions", required=True)),
        tuple(_read_action(item, when, problems) for item in form.items("actions")),
        {name: _read_clock(name, item, facts, problems) for name, item in form.mapping("clocks").items()},
        form.texts("covers"), digest(node.data()), node.place, node, _read_filled(form),
    )  # fmt: skip
    if form.readable and states:
        prove(lifecycle, problems)
    return lifecycle


def with_fields(facts: Vocabulary, fields: Mapping[str, FormField]) -> Vocabulary:
    """Return the vocabulary that conditions of a lifecycle may use: all facts, and its own fields by their ids."""
    own = {
        name: Fact(name, field.label, _FACT_TYPES.get(field.type, "word"), field.place, field.values)
        for name, field in fields.items()
        if field.fact is None
    }
    return Vocabulary({**facts.facts, **own})


def _read_field(name: str, node: Node, facts: Vocabulary, problems: Problems) -> FormField:
    form = Form(
        node, problems, f"field {name}",
        ("label", "type", "values", "default", "readonly", "hint", "fact", "personal", "covers", "each"),
    )  # fmt: skip
    fact = form.maybe_text("fact")
    known = None if fact is None else facts.find(fact, form.place, problems)
    values = {value: form.written(label, "values") for value, label in form.mapping("values").items()}
    if fact is None and name in facts:
        form.error("fact", f"field {name} has the name of a fact; say fact: {name}, or name it otherwise")
    kind = form.choice("type", FIELD_TYPES)
    if kind == "choice" and not values and (known is None or not known.values):
        form.error("values", f"field {name} is a choice without values")
    return FormField(
        name, form.text("label"), kind, values or (known.values if known else {}), form.maybe_text("default") or "",
        form.flag("readonly"), form.maybe_text("hint") or "", fact, form.flag("personal"), form.texts("covers"),
        node.place, form.flag("each"),
    )  # fmt: skip


def _read_filled(form: Form) -> FilledForm | None:
    node = form.get("form")
    if node is None:
        return None
    filled = Form(node, form.problems, "form", ("table", "needs", "fields"))
    cells = filled.mapping("fields", required=True).items()
    return FilledForm(
        filled.text("table"), filled.texts("needs"),
        {name: _read_filled_field(name, item, form.problems) for name, item in cells}, node.place,
    )  # fmt: skip


def _read_filled_field(name: str, node: Node, problems: Problems) -> FilledField:
    form = Form(node, problems, f"form field {name}", ("leaves", "values"))
    values = {answer: form.written(value, "values") for answer, value in form.mapping("values").items()}
    return FilledField(form.texts("leaves"), values)


def _read_state(name: str, node: Node, problems: Problems) -> LifecycleState:
    form = Form(node, problems, f"state {name}", ("label", "initial", "final", "role", "unclaimed", "tmf", "covers"))
    return LifecycleState(
        name, form.text("label"), form.flag("initial"), form.flag("final"), form.maybe_text("role") or "",
        form.flag("unclaimed"), form.maybe_text("tmf") or "", form.texts("covers"), node.place,
    )  # fmt: skip


def _read_transition(node: Node, when: ReadWhen, problems: Problems) -> Transition:
    form = Form(node, problems, "transition", ("from", "to", *_STEP))
    start = form.get("from")
    many = start is not None and isinstance(start.value, tuple)
    return Transition(
        form.text("event"), form.text("label"), form.texts("from") if many else (form.text("from"),), form.text("to"),
        form.texts("roles", required=True), form.texts("requires"), form.texts("attachments"), when(form),
        _read_effects(form), form.texts("covers"), node.place, form.maybe_text("otherwise") or "",
    )  # fmt: skip


def _read_action(node: Node, when: ReadWhen, problems: Problems) -> Action:
    form = Form(node, problems, "action", ("states", *_STEP))
    return Action(
        form.text("event"), form.text("label"), form.texts("states"), form.texts("roles", required=True),
        form.texts("requires"), form.texts("attachments"), when(form), _read_effects(form), form.texts("covers"),
        node.place, form.maybe_text("otherwise") or "",
    )  # fmt: skip


def _read_effects(form: Form) -> Effects:
    given = form.mapping("set")
    return Effects(
        _read_notices(form, "notify"), form.maybe_text("reply"), form.maybe_text("child"),
        {name: form.written(value, "set") for name, value in given.items()} or None, form.maybe_text("counts"),
        form.maybe_text("assign") or "",
    )  # fmt: skip


def _read_notices(form: Form, field: str) -> tuple[Notice, ...]:
    return tuple(_read_notice(node, form.problems) for node in form.items(field))


def _read_notice(node: Node, problems: Problems) -> Notice:
    form = Form(node, problems, "notice", ("message", "to", "channel"))
    return Notice(form.text("message"), form.text("to"), form.choice("channel", CHANNELS), node.place)


def _read_clock(name: str, node: Node, facts: Vocabulary, problems: Problems) -> Clock:
    form = Form(node, problems, f"clock {name}", _CLOCK)
    form.need("within")
    hours = form.maybe_text("within_hours")
    fact = None if hours is None else facts.find(hours, form.place, problems)
    if fact is not None and fact.type != "number":
        form.error("within_hours", f"within_hours of clock {name} must be a number fact, {fact.id} is a {fact.type}")
    levels = form.items("levels")
    return Clock(
        name, form.text("label"), form.choice("kind", CLOCK_KINDS), form.texts("states", required=True),
        form.texts("pause"), form.texts("stop"), read_duration(form, "within") or timedelta(hours=1), hours,
        form.maybe_text("calendar") or ALWAYS, read_duration(form, "warn"), _read_notices(form, "warned"),
        form.maybe_text("event") or "", _read_notices(form, "notify"),
        tuple(_read_level(node, problems) for node in levels), read_source(form), form.texts("covers"), node.place,
    )  # fmt: skip


def _read_level(node: Node, problems: Problems) -> tuple[Notice, ...]:
    form = Form(node, problems, "level", ("notify",))
    form.need("notify")
    return _read_notices(form, "notify")
