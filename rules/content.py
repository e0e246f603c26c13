"""Which items make up a set of rules, after a province has had its say?

    facts.yaml language.yaml centres.yaml parties.yaml handbook.yaml roles.yaml
    terms/ tables/ trees/ workflows/ replies/ speed/ calendars/ findings/   one kind of item each
    provinces/<name>/                                the same again, laid over the base
    wordings/                                        carried and hashed as they are: what the wording model is made of
    geo/                                             not read: belongs to the matcher of places
    any other folder                                 rules

An item of a province replaces the base's item of the same id; one with status `retired` removes it. A tree of a
province is laid over the base's node by node.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from rules.calendars import Calendar, read_calendar
from rules.canonical import canonical, digest
from rules.centres import Centre, PartyCentre, read_centre, read_party
from rules.facts import Vocabulary, read_facts
from rules.findings import FindingRule, read_finding
from rules.form import kind_of
from rules.handbook import Instruction, read_instruction
from rules.language import Language, read_language
from rules.lifecycle_reading import read_lifecycle
from rules.lifecycles import Lifecycle
from rules.problems import Place, Problems
from rules.replies import Reply, read_reply
from rules.roles import Role, read_role
from rules.rule import Rule, read_rule
from rules.speed import SpeedRules, read_speed
from rules.table_reading import read_table
from rules.tables import Table
from rules.terms import TermList, read_term_list
from rules.tree_reading import laid_over, read_tree
from rules.trees import Tree
from rules.yaml_nodes import Node, read_documents

PROVINCES = "provinces"
NOT_READ = "geo"
CARRIED = "wordings"
KIND_OF_FOLDER = {
    "terms": "terms", "tables": "table", "trees": "tree", "workflows": "lifecycle", "replies": "reply",
    "speed": "speed", "calendars": "calendar", "findings": "finding",
}  # fmt: skip
KIND_OF_FILE = {
    "facts.yaml": "fact", "language.yaml": "language", "centres.yaml": "centre", "parties.yaml": "party",
    "handbook.yaml": "instruction", "roles.yaml": "role",
}  # fmt: skip
_LISTS = ("centre", "party", "instruction")
_ONE_NAMESPACE = ("rule", "table", "tree", "lifecycle", "reply", "terms", "speed", "calendar")

Key = tuple[str, str]  # kind and id


@dataclass(frozen=True, slots=True)
class Content:
    """Every item that is not retired, drafts included, by id.

    items: the same as canonical text, and carried files by their hash, for the hash of the set and for comparing.
    """

    facts: Vocabulary
    language: Language
    terms: Mapping[str, TermList]
    rules: Mapping[str, Rule]
    tables: Mapping[str, Table]
    replies: Mapping[str, Reply]
    trees: Mapping[str, Tree]
    lifecycles: Mapping[str, Lifecycle]
    roles: Mapping[str, Role]
    speed: Mapping[str, SpeedRules]
    calendars: Mapping[str, Calendar]
    centres: Mapping[str, Centre]
    parties: Mapping[tuple[str, str], PartyCentre]
    handbook: Mapping[str, Instruction]
    findings: Mapping[str, FindingRule]
    items: Mapping[Key, str]


def read_content(files: Mapping[str, str], province: str | None, problems: Problems) -> Content:
    """Return the items of the files. files: path below content/ → text, those of other provinces already left out."""
    shelf = _Shelf(problems)
    own = f"{PROVINCES}/{province}/"
    for overlay in (False, True):
        for path in sorted(files):
            if path.startswith(f"{PROVINCES}/") is overlay:
                shelf.add_file(path, path.removeprefix(own) if overlay else path, files[path], overlay)
    return _build(shelf.kept(), shelf.carried, problems)


@dataclass(slots=True)
class _Shelf:
    """Items as they stand in the files, the province's laid over the base's."""

    problems: Problems
    nodes: dict[Key, Node] = field(default_factory=dict)
    overlaid: set[Key] = field(default_factory=set)
    carried: dict[Key, str] = field(default_factory=dict)

    def add_file(self, path: str, name: str, text: str, overlay: bool) -> None:
        folder, _, rest = name.partition("/")
        if rest and folder == NOT_READ:
            return
        if rest and folder == CARRIED:
            self.carried["file", path] = digest(text)
            return
        kind = KIND_OF_FOLDER.get(folder, "rule") if rest else KIND_OF_FILE.get(name)
        if kind is None:
            known = ", ".join(KIND_OF_FILE)
            self.problems.error(
                Place(path, 1), f"no such file is known; single files are {known}, rules go in a folder"
            )
            return
        for document in read_documents(path, text, self.problems):
            for key, node in self._entries(kind, document):
                self._put(key, node, overlay)

    def _entries(self, kind: str, document: Node) -> Iterator[tuple[Key, Node]]:
        if kind in _LISTS:
            if not isinstance(document.value, tuple):
                self.problems.error(document.place, f"this file holds a list, not {kind_of(document)}")
                return
            for node in document.value:
                yield (kind, _name(node, kind)), node
        elif kind in ("fact", "role"):
            if not isinstance(document.value, dict):
                self.problems.error(document.place, f"this file maps ids to {kind}s, it is not {kind_of(document)}")
                return
            for name, node in document.value.items():
                yield (kind, name), node
        else:
            yield (kind, "language" if kind == "language" else _name(document, kind)), document

    def _put(self, key: Key, node: Node, overlay: bool) -> None:
        there = self.nodes.get(key)
        if there is not None and (not overlay or key in self.overlaid):
            self.problems.error(node.place, f"id {key[1]} is already used at {there.place}; ids are never reused")
            return
        if overlay:
            self.overlaid.add(key)
        self.nodes[key] = laid_over(there, node) if there is not None and key[0] == "tree" else node

    def kept(self) -> dict[Key, Node]:
        """Return what is not retired, by kind and id, after looking for an id that two kinds share."""
        first: dict[str, Node] = {}
        for (kind, name), node in sorted(self.nodes.items()):
            if kind in _ONE_NAMESPACE and name and first.setdefault(name, node) is not node:
                self.problems.error(node.place, f"id {name} is already used at {first[name].place}")
        return {key: node for key, node in sorted(self.nodes.items(), key=lambda item: item[0]) if not _retired(node)}


def _name(node: Node, kind: str) -> str:
    entries = node.value if isinstance(node.value, dict) else {}
    if kind == "party":
        return "@".join(entries[key].written for key in ("party", "province") if key in entries)
    identity = entries.get("id")
    # An item without an id is reported by its reader; until then its place keeps it apart.
    return identity.written if identity is not None and identity.written else str(node.place)


def _retired(node: Node) -> bool:
    status = node.value.get("status") if isinstance(node.value, dict) else None
    return status is not None and status.value == "retired"


def _build(nodes: Mapping[Key, Node], carried: Mapping[Key, str], problems: Problems) -> Content:
    kinds: dict[str, dict[str, Node]] = {}
    for (kind, name), node in nodes.items():
        kinds.setdefault(kind, {})[name] = node

    def of(kind: str) -> dict[str, Node]:
        return kinds.get(kind, {})

    facts = read_facts(of("fact"), problems)
    terms = {name: read_term_list(node, problems) for name, node in of("terms").items()}
    parties = [read_party(node, problems) for node in of("party").values()]
    language = of("language").get("language")
    return Content(
        facts,
        Language() if language is None else read_language(language, problems),
        terms,
        {name: read_rule(node, facts, terms, problems) for name, node in of("rule").items()},
        {name: read_table(node, facts, problems) for name, node in of("table").items()},
        {name: read_reply(node, problems) for name, node in of("reply").items()},
        {name: read_tree(node, facts, problems) for name, node in of("tree").items()},
        {name: read_lifecycle(node, facts, terms, problems) for name, node in of("lifecycle").items()},
        {name: read_role(name, node, problems) for name, node in of("role").items()},
        {name: read_speed(node, problems) for name, node in of("speed").items()},
        {name: read_calendar(node, problems) for name, node in of("calendar").items()},
        {name: read_centre(node, problems) for name, node in of("centre").items()},
        {(entry.party, entry.province): entry for entry in parties},
        {
            name: read_instruction(node, problems)
            for name, node in sorted(of("instruction").items(), key=lambda item: item[1].place)
        },
        {name: read_finding(node, problems) for name, node in of("finding").items()},
        {**{key: canonical(node.data()) for key, node in nodes.items()}, **carried},
    )
