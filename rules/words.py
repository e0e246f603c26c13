"""How is a condition said to a person? In Chinese, with the titles of the facts."""

from __future__ import annotations

from rules.conditions import Between, Condition, Contains, Known, Near, OneOf, Truth
from rules.facts import Vocabulary
from rules.groups import All, Neither, Some

TRUTHS: dict[Truth, str] = {True: "成立", False: "不成立", None: "未知"}
_NEGATED = {"skip": "", "only": "（被否定的）", "any": "（不论是否被否定）"}
_SHOWN_TERMS = 8  # a list of a hundred terms says no more than its first few


def words(condition: Condition, facts: Vocabulary) -> str:
    """Return the condition as a phrase."""
    match condition:
        case Contains():
            how = "同时含" if condition.every else "含"
            return f"{facts[condition.fact].title}{how}{_NEGATED[condition.negated]}{_terms(condition.wanted)}"
        case Near():
            where = facts[condition.fact].title
            return f"{where}中{_terms(condition.a)}与{_terms(condition.b)}相距不超过{condition.within}字"
        case OneOf():
            fact = facts[condition.fact]
            values = "、".join(sorted(fact.shown(value) for value in condition.values))
            return f"{fact.title}{'不' if condition.negated else ''}是{values}"
        case Between():
            return f"{facts[condition.fact].title}{_range(condition.least, condition.most)}"
        case Known():
            return f"{facts[condition.fact].title}{'已知' if condition.known else '未知'}"
        case All() | Some() | Neither():
            return _group(condition, facts)
        case _:
            raise TypeError(f"no words for {type(condition).__name__}")


def _group(condition: All | Some | Neither, facts: Vocabulary) -> str:
    parts = [words(member, facts) for member in condition.members]
    if isinstance(condition, Neither):
        return f"没有一项成立：{'；'.join(parts)}"
    if len(parts) == 1:
        return parts[0]
    return f"（{'，并且'.join(parts)}）" if isinstance(condition, All) else f"（{'，或者'.join(parts)}）"


def _terms(terms: frozenset[str]) -> str:
    shown = "、".join(f"“{term}”" for term in sorted(terms)[:_SHOWN_TERMS])
    return shown if len(terms) <= _SHOWN_TERMS else f"{shown}等{len(terms)}个词"


def _range(least: float | None, most: float | None) -> str:
    if least is not None and most is not None:
        return f"在{least:g}到{most:g}之间" if least != most else f"等于{least:g}"
    return f"不小于{least:g}" if least is not None else f"不大于{most:g}"
