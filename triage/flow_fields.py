"""What may stand in the fields of a form, and what fills some of them by itself? Pure: values in, values out.

Fields hold texts; conditions see them as what they are: flags, numbers, words. Source: 通用工单操作流程手册 2.1
(工单参数配置表 fills and locks), and the fields of each lifecycle.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from rules.conditions import State
from rules.facts import FactValue
from rules.lifecycles import FormField, Lifecycle
from rules.ruleset import RuleSet
from triage.errors import Refused

LONGEST = 4_000  # characters of a text field
_NAME = 100  # characters of a person or group
_BEIJING = timezone(timedelta(hours=8))  # what people write without a zone
_FLAGS = {"true": "true", "false": "false", "是": "true", "否": "false", "1": "true", "0": "false"}

Given = Mapping[str, str | int | float | bool | None]


@dataclass(frozen=True, slots=True)
class Filled:
    """What a table fills in. values: field → value. locked: those that nobody may change."""

    values: Mapping[str, str]
    locked: frozenset[str]


def read_given(life: Lifecycle, given: Given, centres: Collection[str]) -> dict[str, str]:
    """Return what a person filled in, field → text in its canonical form; "" empties a field.

    centres: ids of centres. Raises Refused naming the field that is not there, cannot be changed, or holds what it
    must not.
    """
    read: dict[str, str] = {}
    for name, value in given.items():
        field = life.fields.get(name)
        if field is None:
            known = "、".join(f"{f.label}（{f.id}）" for f in life.fields.values() if not f.readonly)
            raise Refused(f"这个流程没有 {name[:40]} 这一项，可填的有：{known}", name[:64])
        if field.readonly:
            raise Refused(f"“{field.label}”由系统填写，不能修改", name)
        text = "" if value is None else ("true" if value else "false") if isinstance(value, bool) else str(value)
        read[name] = _READERS[field.type](field, text.strip()) if text.strip() else ""
        if field.type == "centre" and read[name] and read[name] not in centres:
            raise Refused(f"“{field.label}”没有 {text[:40]} 这个处理中心，请填中心的编号", name)
    return read


def fill(life: Lifecycle, rules: RuleSet, facts: Mapping[str, FactValue], values: Mapping[str, str]) -> Filled:
    """Return what the lifecycle's table fills in for these values; nothing where it has none or needs more first."""
    form = life.form
    if form is None or not all(values.get(name) for name in form.needs):
        return Filled({}, frozenset())
    known = {**facts, **as_facts(life, values)}
    outputs = rules.tables[form.table].decide(known).outputs or {}
    filled: dict[str, str] = {}
    for name, cell in form.fields.items():
        answer = outputs.get(name)
        text = "" if answer is None else str(answer)
        if text not in cell.leaves:
            filled[name] = cell.values.get(text, text)
    return Filled(filled, frozenset(filled))


def defaults(life: Lifecycle) -> dict[str, str]:
    """Return what the fields hold at first."""
    return {field.id: field.default for field in life.fields.values() if field.default}


def as_facts(life: Lifecycle, values: Mapping[str, str]) -> dict[str, FactValue]:
    """Return the fields as conditions see them, by the fact they are, or by their own id."""
    found: dict[str, FactValue] = {}
    for name, text in values.items():
        field = life.fields.get(name)
        if field is None or not text:
            continue
        value: FactValue = text
        if field.type == "flag":
            value = text == "true"
        elif field.type == "number":
            value = float(text)
        found[field.fact or name] = value
    return found


def state_of(life: Lifecycle, rules: RuleSet, facts: Mapping[str, FactValue], values: Mapping[str, str]) -> State:
    """Return what conditions of the lifecycle look at: facts of the ticket, and over them its fields."""
    own = as_facts(life, values)
    vocabulary = rules.facts
    shared = {name: value for name, value in {**facts, **own}.items() if name in vocabulary}
    state = rules.engine.state(shared)
    return State({**state.facts, **own}, state.readings)


def shown(field: FormField, value: str) -> str:
    """Return the value of a field as people see it."""
    if field.type == "flag" and value:
        return "是" if value == "true" else "否"
    return field.values.get(value, value)


def _text(field: FormField, text: str) -> str:
    if len(text) > LONGEST:
        raise Refused(f"“{field.label}”超过 {LONGEST} 字，请写得简短些", field.id)
    return text


def _choice(field: FormField, text: str) -> str:
    by_label = {label: value for value, label in field.values.items()}
    value = text if text in field.values else by_label.get(text)
    if value is None:
        named = "、".join(f"{label}（{value}）" if value != label else value for value, label in field.values.items())
        raise Refused(f"“{field.label}”只能是 {named}", field.id)
    return value


def _number(field: FormField, text: str) -> str:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or not text.isascii() or "_" in text or number < 0:
        raise Refused(f"“{field.label}”应是不小于 0 的数字", field.id)
    return f"{number:.12g}"


def _flag(field: FormField, text: str) -> str:
    if text.lower() not in _FLAGS:
        raise Refused(f"“{field.label}”只能是 是 或 否", field.id)
    return _FLAGS[text.lower()]


def _date(field: FormField, text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise Refused(f"“{field.label}”应是日期，如 2026-03-01", field.id) from error


def _time(field: FormField, text: str) -> str:
    try:
        time = datetime.fromisoformat(text)
        return (time if time.tzinfo is not None else time.replace(tzinfo=_BEIJING)).isoformat()
    except (ValueError, OverflowError) as error:
        raise Refused(f"“{field.label}”应是时间，如 2026-03-01T09:00:00+08:00", field.id) from error


def _name(field: FormField, text: str) -> str:
    if len(text) > _NAME or not text.isprintable():
        raise Refused(f"“{field.label}”应是人员或班组的编号，最多 {_NAME} 字", field.id)
    return text


_READERS: Mapping[str, Callable[[FormField, str], str]] = {
    "text": _text,
    "choice": _choice,
    "number": _number,
    "flag": _flag,
    "date": _date,
    "time": _time,
    "person": _name,
    "group": _name,
    "centre": _name,
}
