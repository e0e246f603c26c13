"""In which order must rules run, so that each comes after the rules that set what it reads?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from rules.problems import Problems
from rules.rule import Rule


def layered(rules: Iterable[Rule], problems: Problems) -> list[list[Rule]]:
    """Return the rules in layers, first the ones that read only given facts. A cycle is a problem that names its rules.

    The order within a layer is the order given.
    """
    rules = list(rules)
    setters: defaultdict[str, list[Rule]] = defaultdict(list)
    for rule in rules:
        for fact in rule.then:
            setters[fact].append(rule)
    depths: dict[str, int] = {}
    for rule in rules:
        _depth(rule, setters, depths, [], problems)
    layers: list[list[Rule]] = [[] for _ in range(max(depths.values(), default=-1) + 1)]
    for rule in rules:
        layers[depths[rule.id]].append(rule)
    return layers


def _depth(
    rule: Rule, setters: Mapping[str, list[Rule]], depths: dict[str, int], path: list[Rule], problems: Problems
) -> int:
    if rule.id in depths:
        return depths[rule.id]
    names = [step.id for step in path]
    if rule.id in names:
        cycle = [*names[names.index(rule.id) :], rule.id]
        problems.error(rule.place, f"rules wait for one another: {' reads what is set by '.join(cycle)}")
        return 0
    path.append(rule)
    reads = sorted(rule.when.condition.reads())
    before = [_depth(other, setters, depths, path, problems) for fact in reads for other in setters.get(fact, ())]
    path.pop()
    depths[rule.id] = max(before, default=-1) + 1
    return depths[rule.id]
