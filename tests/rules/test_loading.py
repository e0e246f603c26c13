"""Does a set of rules load only when every line of it makes sense, and does it say of each other line what is wrong?"""

from __future__ import annotations

from pathlib import Path

import pytest

from rules.errors import ArchiveInvalid, RulesInvalid
from rules.loader import load_archive, load_rules, provinces
from tests.rules.sets import SMALL, SOURCE, active, build, problems_of, rule, rules_of, table

ANY_X = "{any: [{fact: complaint.text, contains_any: [x]}]}"


def one_rule(when: str, then: str = "{phenomenon: a}") -> list[str]:
    return problems_of({"rules/r.yaml": rule("r", when, then)})


@pytest.mark.parametrize(
    ("when", "sentence"),
    [
        ("{}", "when is empty; it needs all, any, none or near"),
        ("[]", "when must be a mapping, not a list"),
        ("{all: []}", "all is empty; give it at least one condition"),
        ("{all: x}", "all of when must be a list, not a text"),
        ("{alle: []}", "when has no field alle; did you mean all?"),
        ("{all: [{fact: wide, equals: true}], weight: viel}", "weight of when must be a number, not viel"),
        ("{all: [{fact: wide, equals: true, weight: 2}]}", "a weight counts only inside any; put it on when"),
        ("{none: [{near: {a: x, b: y, within: 1}, weight: 2}]}", "a weight counts only inside any; put it on when"),
        ("{all: [{}]}", "a condition needs a fact and an operator, or all, any, none or near"),
        ("{all: [x]}", "condition must be a mapping, not a text"),
        ("{all: [{fact: wid, equals: true}]}", "fact wid is not in facts.yaml; did you mean wide?"),
        ("{all: [{fact: wide}]}", "a condition needs exactly one operator"),
        ("{all: [{fact: wide, equals: true, known: true}]}", "a condition needs exactly one operator"),
        ("{all: [{fact: wide, equls: true, known: true}]}", "condition has no field equls; did you mean equals?"),
        ("{all: [{fact: wide, equals: vielleicht}]}", "wide takes true or false, not vielleicht"),
        ("{all: [{fact: wide, at_least: 1}]}", "at_least does not fit wide, which is a flag; use equals, known"),
        ("{all: [{fact: kind, contains_any: [x]}]}", "contains_any does not fit kind, which is a choice"),
        ("{all: [{fact: complaint.text, equals: x}]}", "equals does not fit complaint.text, which is a text"),
        ("{all: [{fact: kind, equals: 机构}]}", "机构 is not a value of kind (个人, 集团, 家庭)"),
        ("{all: [{fact: kind, in: 个人}]}", "in of condition must be a list, not a text"),
        ("{all: [{fact: kind, in: [个人, [集团]]}]}", "kind takes a text, not a list"),
        ("{all: [{fact: kind, equals: 个人, negated: any}]}", "negated belongs to contains_any and contains_all"),
        ("{all: [{fact: kind, known: 1}]}", "known of condition must be true or false, not 1"),
        ("{all: [{fact: count, equals: drei}]}", "count takes a number, not drei"),
        ("{all: [{fact: count, at_least: true}]}", "at_least of condition must be a number, not true"),
        ("{all: [{fact: count, between: [3]}]}", "between takes two numbers, the smaller one first"),
        ("{all: [{fact: count, between: [3, 1]}]}", "between takes two numbers, the smaller one first"),
        ("{all: [{fact: count, between: [x, 1]}]}", "between takes numbers, not x"),
        ("{any: [{fact: complaint.text, contains_any: []}]}", "the list of terms is empty"),
        ("{any: [{fact: complaint.text, contains_any: [[x]]}]}", "a term must be a text, not a list"),
        ("{any: [{fact: complaint.text, contains_any: ['  ']}]}", "the term '  ' has nothing to match"),
        ("{any: [{fact: complaint.text, contains_any: [$apn]}]}", "there is no term list terms.apn"),
        ("{any: [{fact: complaint.text, contains_any: [x], negated: never}]}", "negated of condition must be one of"),
        ("{near: {a: x, within: 2}}", "near lacks b"),
        ("{near: {a: x, b: y}}", "near lacks within"),
        ("{near: {a: x, b: y, within: -1}}", "within of near must be a whole number from 0, not -1"),
        ("{near: {a: x, b: y, within: 2, fact: kind}}", "near looks into texts, kind is a choice"),
    ],
)
def test_a_wrong_condition_is_named_with_its_line(when: str, sentence: str) -> None:
    assert any(problem.startswith(f"rules/r.yaml:5: {sentence}") for problem in one_rule(when))


@pytest.mark.parametrize(
    ("then", "sentence"),
    [
        ("{}", "then is empty; a rule says at least one thing"),
        ("[a]", "then of rule must be a mapping, not a list"),
        ("{phenomenn: a}", "fact phenomenn is not in facts.yaml; did you mean phenomenon?"),
        ("{phenomenon: z}", "z is not a value of phenomenon (a, b, c)"),
        ("{kind: 个人}", "rules cannot set kind; declare it `derived: true` or set another fact"),
    ],
)
def test_a_wrong_claim_is_named_with_its_line(then: str, sentence: str) -> None:
    assert f"rules/r.yaml:6: {sentence}" in one_rule(ANY_X, then)


def test_an_unknown_field_of_a_rule_is_named_with_its_line() -> None:
    text = rule("r", ANY_X) + "prio: 3\n"
    assert problems_of({"rules/r.yaml": text}) == ["rules/r.yaml:8: rule has no field prio"]


def test_what_a_rule_lacks_is_named() -> None:
    lacking = problems_of({"rules/r.yaml": "\nid: r\nstatus: draft\n"})
    assert lacking == [
        f"rules/r.yaml:2: {sentence}"
        for sentence in (
            "rule lacks when", "rule lacks title", "rule lacks source",
            "when is empty; it needs all, any, none or near", "rule lacks then", "rule lacks because",
        )
    ]  # fmt: skip


def test_a_number_where_a_text_belongs_is_a_problem() -> None:
    text = rule("r", ANY_X).replace("title: 规则", "title: 12")
    assert problems_of({"rules/r.yaml": text}) == [
        "rules/r.yaml:2: title of rule must be a text, not a number; put it in quotes"
    ]


def test_a_wrong_status_is_a_problem() -> None:
    text = rule("r", ANY_X).replace("status: trial", "status: on")
    assert problems_of({"rules/r.yaml": text}) == [
        "rules/r.yaml:3: status of rule must be one of draft, trial, active, retired, not on"
    ]


def test_a_wrong_reading_of_a_source_is_a_problem() -> None:
    text = rule("r", ANY_X).replace("reading: assumed", "reading: guessed")
    assert problems_of({"rules/r.yaml": text}) == [
        "rules/r.yaml:4: reading of source of rule must be one of literal, assumed, unchecked, not guessed"
    ]


def test_all_problems_of_a_set_are_reported_in_order() -> None:
    found = problems_of({
        "rules/a.yaml": rule("a", "{}"),
        "rules/b.yaml": rule("b", ANY_X, "{phenomenon: z}"),
        "tables/t.yaml": table("{when: [机构], then: [1], because: x}"),
    })  # fmt: skip
    assert [problem.split(": ")[0] for problem in found] == ["rules/a.yaml:5", "rules/b.yaml:6", "tables/t.yaml:9"]


def test_an_id_is_never_used_twice_in_one_kind() -> None:
    text = rule("r", ANY_X)
    assert problems_of({"rules/a.yaml": text, "rules/b.yaml": text}) == [
        "rules/b.yaml:1: id r is already used at rules/a.yaml:1; ids are never reused"
    ]


def test_a_retired_id_is_not_free_again() -> None:
    texts = {"rules/a.yaml": rule("r", ANY_X, status="retired"), "rules/b.yaml": rule("r", ANY_X)}
    assert problems_of(texts) == ["rules/b.yaml:1: id r is already used at rules/a.yaml:1; ids are never reused"]


def test_an_id_is_never_used_by_two_kinds() -> None:
    files = {"rules/a.yaml": rule("table.t", ANY_X), "tables/t.yaml": table("{when: ['-'], then: [1], because: x}")}
    assert problems_of(files) == ["tables/t.yaml:1: id table.t is already used at rules/a.yaml:1"]


def test_an_active_rule_needs_an_example_of_each_kind() -> None:
    needs = "rules/r.yaml:1: rule r is active and needs an example that fits and one that does not"
    assert needs in problems_of({"rules/r.yaml": rule("r", ANY_X, status="active")})
    only_true = rule("r", ANY_X, status="active") + "examples: [{name: 是, given: {}, expect: true}]\n"
    assert needs in problems_of({"rules/r.yaml": only_true})


def test_a_draft_needs_no_examples() -> None:
    assert rules_of(rule("r", ANY_X, status="draft")).rules["r"].status == "draft"


@pytest.mark.parametrize(
    ("example", "sentence"),
    [
        ("{name: 一, given: {knd: 个人}, expect: true}", "fact knd is not in facts.yaml; did you mean kind?"),
        ("{name: 一, given: {kind: 机构}, expect: true}", "机构 is not a value of kind (个人, 集团, 家庭)"),
        ("{name: 一, given: [x], expect: true}", "given must be a mapping, not a list"),
        ("{name: 一, given: {}, expect: 是}", "expect of a rule is true or false, not a text"),
        ("{name: 一, given: {}, expects: true}", "an example of rule has no field expects; did you mean expect?"),
        ("{given: {}, expect: true}", "an example of rule lacks name"),
    ],
)
def test_a_wrong_example_is_named_with_its_line(example: str, sentence: str) -> None:
    text = rule("r", ANY_X) + f"examples:\n  - {example}\n"
    assert f"rules/r.yaml:9: {sentence}" in problems_of({"rules/r.yaml": text})


def test_two_rules_that_say_the_same_are_a_problem() -> None:
    texts = {"rules/a.yaml": rule("a", ANY_X), "rules/b.yaml": rule("b", ANY_X)}
    assert problems_of(texts) == ["rules/b.yaml:1: rule b says the same as a (rules/a.yaml:1) and would count twice"]


def test_two_rules_with_the_same_condition_are_noted() -> None:
    rules = build({"rules/a.yaml": rule("a", ANY_X), "rules/b.yaml": rule("b", ANY_X, "{phenomenon: b}")})
    assert [str(note) for note in rules.notes] == [
        "rules/b.yaml:1: rule b has the same when as a (rules/a.yaml:1); one rule could do"
    ]


def test_rules_that_wait_for_one_another_are_a_problem_that_names_them() -> None:
    first = rule("first", "{all: [{fact: domain, equals: mobile}]}", "{phenomenon: a}")
    second = rule("second", "{all: [{fact: phenomenon, equals: a}]}", "{domain: mobile}")
    assert problems_of({"rules/r.yaml": f"{first}---\n{second}"}) == [
        "rules/r.yaml:1: rules wait for one another: first reads what is set by second reads what is set by first"
    ]


def test_a_rule_that_reads_what_it_sets_is_a_problem() -> None:
    found = one_rule("{all: [{fact: phenomenon, known: false}]}", "{phenomenon: a}")
    assert found == ["rules/r.yaml:1: rules wait for one another: r reads what is set by r"]


@pytest.mark.parametrize(
    ("fact", "sentence"),
    [
        ("{title: 甲, type: texte}", "type of fact f must be one of text, word, choice, number, flag, list, not texte"),
        ("{type: word}", "fact f lacks title"),
        ("{title: 甲, type: choice}", "fact f is a choice without values; list them, or make it a word"),
        ("{title: 甲, type: number, values: {a: b}}", "fact f is a number: only a choice or a list has values"),
        ("{title: 甲, type: text, derived: true}", "fact f is a text: rules cannot set it"),
        ("{title: 甲, type: number, combine: score}", "fact f: only a choice or a word can be scored"),
        ("{title: 甲, type: word, combine: collect}", "fact f: only a list collects, and a list does nothing else"),
        ("{title: 甲, type: word, refers: reply, derived: ja}", "derived of fact f must be true or false, not ja"),
        ("{title: 甲, type: choice, refers: centre, values: [nowhere]}", "there is no centre nowhere"),
    ],
)
def test_a_wrong_fact_is_named_with_its_line(fact: str, sentence: str) -> None:
    assert f"facts.yaml:2: {sentence}" in problems_of({"facts.yaml": f"# facts\nf: {fact}\n"})


def test_a_set_without_facts_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(RulesInvalid, match=r"facts\.yaml:1: there is no facts\.yaml"):
        load_rules(tmp_path)


def test_a_folder_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(RulesInvalid, match="there is no such folder of rules"):
        load_rules(tmp_path / "nowhere")


def test_a_file_that_is_not_utf_8_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "facts.yaml").write_bytes("f: {title: 甲, type: word}".encode("gb18030"))
    with pytest.raises(RulesInvalid, match=r"facts\.yaml:1: not UTF-8 at byte 11; save the file as UTF-8"):
        load_rules(tmp_path)


def test_an_unknown_single_file_is_a_problem() -> None:
    found = problems_of({"centers.yaml": "[]"})
    assert found[0].startswith("centers.yaml:1: no such file is known; single files are facts.yaml")


def test_centres_must_be_a_list() -> None:
    assert problems_of({"centres.yaml": "a: 1"}) == ["centres.yaml:1: this file holds a list, not a mapping"]


def test_a_party_needs_a_centre_that_exists() -> None:
    text = f"- {{party: core, province: base, centre: noc, {SOURCE}}}"
    assert problems_of({"parties.yaml": text}) == ["parties.yaml:1: party core: there is no centre noc"]


def test_a_centre_without_its_fields_is_named() -> None:
    text = f"- {{id: noc, name: 网维, kind: branch, {SOURCE}}}"
    assert problems_of({"centres.yaml": text}) == ["centres.yaml:1: centre lacks province"]


def test_an_instruction_with_a_wrong_reading_is_named() -> None:
    text = "- {id: i, handbook: 手册, section: 一, text: 做, literal: [], reading: 也许}"
    assert problems_of({"handbook.yaml": text}) == [
        "handbook.yaml:1: reading of instruction must be one of literal, assumed, unchecked, not 也许"
    ]


def test_a_term_list_needs_its_prefix() -> None:
    text = f"id: apn\ntitle: 词\n{SOURCE}\nterms: [x]\n"
    assert problems_of({"terms/t.yaml": text}) == ["terms/t.yaml:1: the id of a term list begins with terms., not apn"]


def test_terms_that_look_like_numbers_or_flags_stay_as_they_are_written() -> None:
    rules = rules_of(rule("r", "{any: [{fact: complaint.text, contains_any: [010, 403, yes, on, 22:30, 1.50]}]}"))
    terms = set(rules.rules["r"].when.condition.terms())
    assert terms == {"010", "403", "yes", "on", "22:30", "1.50"}


def test_the_language_is_checked_too() -> None:
    assert problems_of({"language.yaml": "negation: {before: [没], within: zwei}"}) == [
        "language.yaml:1: within of negation must be a number, not zwei"
    ]


# --- provinces, hash and archive ---


def test_the_base_is_what_no_province_changes() -> None:
    rules = load_rules(SMALL)
    centre = rules.tables["table.centre"].decide({"phenomenon": "no_signal"}).outputs
    assert centre == {"centre": "network_dept"}
    assert "signal.words" in rules.rules


def test_an_item_of_a_province_replaces_the_one_of_the_base() -> None:
    outputs = load_rules(SMALL, province="sichuan").tables["table.centre"].decide({}).outputs
    assert outputs == {"centre": "data_centre"}


def test_a_province_removes_an_item_by_retiring_it() -> None:
    assert "signal.words" not in load_rules(SMALL, province="sichuan").rules


def test_a_retired_rule_is_not_there() -> None:
    assert "signal.old" not in load_rules(SMALL).rules


def test_parties_follow_the_province_and_fall_back_to_the_base() -> None:
    rules = load_rules(SMALL, province="sichuan")
    assert [rules.party_centre(party) for party in ("core", "user")] == [rules.centres["data_centre"], None]


def test_a_party_that_is_not_listed_raises() -> None:
    with pytest.raises(KeyError):
        load_rules(SMALL).party_centre("martian")


def test_a_province_nobody_names_is_a_problem() -> None:
    with pytest.raises(RulesInvalid, match="there is no province tibet; centres and parties know sichuan"):
        load_rules(SMALL, province="tibet")


def test_the_provinces_with_a_folder_are_listed() -> None:
    assert provinces(SMALL) == ("sichuan",)


def test_comments_layout_and_file_names_leave_the_hash_alone() -> None:
    text = rule("r", ANY_X)
    plain, moved = (
        build({"rules/a.yaml": text}),
        build({"other/b.yaml": f"# why\n\n{text}".replace("title: ", "title:  ")}),
    )
    assert plain.hash == moved.hash


def test_one_changed_word_changes_the_hash() -> None:
    text = rule("r", ANY_X)
    assert build({"rules/a.yaml": text}).hash != build({"rules/a.yaml": text.replace("原因", "理由")}).hash


def test_the_hash_names_the_province() -> None:
    files = {"centres.yaml": f"- {{id: c, name: 网, kind: branch, province: anhui, {SOURCE}}}"}
    assert build(files).hash != build(files, "anhui").hash


@pytest.mark.parametrize("province", [None, "sichuan"])
def test_an_archive_gives_the_same_set_back(province: str | None) -> None:
    rules = load_rules(SMALL, province=province)
    again = load_archive(rules.archive())
    assert (again.hash, again.province, again.archive()) == (rules.hash, province, rules.archive())


def test_an_archive_holds_no_other_province() -> None:
    assert not any(name.startswith("provinces/") for name in load_rules(SMALL).files)


def test_the_files_of_the_wording_model_are_carried_and_count_for_the_hash() -> None:
    first, second = build({"wordings/a.jsonl": "{}"}), build({"wordings/a.jsonl": "{} "})
    assert load_archive(first.archive()).files["wordings/a.jsonl"] == "{}"
    assert first.hash != second.hash


@pytest.mark.parametrize("junk", [b"", b"PK", b"not a zip at all"])
def test_bytes_that_are_no_archive_are_refused(junk: bytes) -> None:
    with pytest.raises(ArchiveInvalid):
        load_archive(junk)


def test_a_wrong_example_is_reported_once() -> None:
    text = active("r", ANY_X, fits="{kind: 机构}")
    assert len(problems_of({"rules/r.yaml": text})) == 1
