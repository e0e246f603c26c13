"""Does a comparison name exactly what differs?"""

from __future__ import annotations

from rules.compare import Change, Differences, Item, differences
from rules.loader import load_rules
from tests.rules.sets import SMALL, build, rule

WHEN = "{any: [{fact: complaint.text, contains_any: [x]}]}"


def test_a_set_does_not_differ_from_itself() -> None:
    assert not differences(load_rules(SMALL), load_rules(SMALL))


def test_added_removed_and_changed_items_are_named_with_their_fields() -> None:
    old = build({"rules/r.yaml": f"{rule('gone', WHEN)}---\n{rule('kept', WHEN, '{phenomenon: b}')}"})
    new = build({"r/r.yaml": f"{rule('kept', WHEN.replace('[x]', '[y]'), '{phenomenon: c}')}---\n{rule('new', WHEN)}"})
    assert differences(old, new) == Differences(
        (Item("rule", "new"),), (Item("rule", "gone"),), (Change("rule", "kept", ("then", "when")),)
    )


def test_a_retired_item_counts_as_removed() -> None:
    old, new = (build({"rules/r.yaml": rule("r", WHEN, status=status)}) for status in ("trial", "retired"))
    assert differences(old, new).removed == (Item("rule", "r"),)


def test_what_a_province_changes_is_named() -> None:
    found = differences(load_rules(SMALL), load_rules(SMALL, province="sichuan"))
    assert (found.removed, [change.id for change in found.changed]) == (
        (Item("rule", "signal.words"),), ["table.centre"],
    )  # fmt: skip


def test_a_changed_file_of_the_wording_model_is_named() -> None:
    found = differences(build({"wordings/a.jsonl": "1"}), build({"wordings/a.jsonl": "2"}))
    assert found.changed == (Change("file", "wordings/a.jsonl", ()),)
