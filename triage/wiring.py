"""Which implementation serves which port in this process?

The one place that reads settings and picks implementations: store, rules, wording model, place indexes, workers.
Never decides anything.
"""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from importlib import import_module
from pathlib import Path

from sqlalchemy import make_url

from geo.cover import CoverIndex
from geo.divisions import Divisions, open_divisions
from geo.index import PlaceIndex
from geo.model import Model
from geo.model import load as load_matcher
from geo.parse import ParsedAddress, parse
from geo.place import Place, PlaceKind, PlaceQuery
from rules.ruleset import RuleSet
from triage.cases.take_in import DecideChunks, Means
from triage.classify import Classifier
from triage.covering import CoverOnDemand, open_cover
from triage.crew import decide_here, decide_with
from triage.decide import Decider
from triage.place_corrections import stored_pairs
from triage.place_indexes import keep_indexes
from triage.places import KINDS, PlaceBook, Standing, place_status
from triage.records import Import
from triage.resemble import Suggester, open_suggester
from triage.settings import Settings
from triage.store.backup import write_backup
from triage.store.database import SqlStore
from triage.store.engine import open_engine
from triage.store.ids import new_id, ticket_id
from triage.store.manifest import Manifest
from triage.store.migrate import migrate
from triage.store.restore import restore_backup
from triage.wiring_rules import now, open_rules, settings
from triage.wordings import read_weights, read_wordings, wordings_hash

__all__ = ["now", "open_rules", "settings"]  # what most callers need beside the functions below


def open_store(chosen: Settings) -> SqlStore:
    """Open the store, migrated; an existing database is backed up before its schema changes."""
    migrate_store(chosen)
    return SqlStore(open_engine(chosen.database_url))


def open_model(chosen: Settings) -> Suggester:
    """Open the wording model, fitted at first use and whenever the wordings have changed."""
    file = chosen.data_dir / "models" / f"{wordings_hash()[:24]}.npz"
    if not file.exists():
        fit = import_module("triage.suggest").fit  # scikit-learn takes a second to import and is needed only here
        fit(read_wordings()).save(file)
    return open_suggester(file)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What deciding needs besides places: rules, model and the table of divisions.

    matcher: what `places fit --use` put in force, None for the one that comes with the program.
    """

    rules: RuleSet
    model: Suggester
    divisions: Divisions
    matcher: Model | None = None


def open_table_of_divisions(chosen: Settings) -> Divisions:
    """Open the table of China's divisions. Raises DivisionsUnreadable saying how it is built."""
    return open_divisions(chosen.divisions)


def matcher_file(chosen: Settings) -> Path:
    """Return where the matcher in force is kept, where it is not the one that comes with the program."""
    return chosen.data_dir / "models" / "places.json"


def open_matcher(chosen: Settings) -> Model | None:
    """Open the matcher in force; None for the one that comes with the program. Raises ContentUnreadable."""
    file = matcher_file(chosen)
    return load_matcher(file) if file.exists() else None


def open_knowledge(chosen: Settings) -> Knowledge:
    """Open rules, model and divisions. Raises RulesInvalid, ModelUnreadable or DivisionsUnreadable."""
    knowledge = Knowledge(
        open_rules(chosen.province), open_model(chosen), open_table_of_divisions(chosen), open_matcher(chosen)
    )
    gc.freeze()  # a million objects that live as long as the process: each full collection would visit them all
    return knowledge


def index_places(chosen: Settings, store: SqlStore, divisions: Divisions) -> dict[PlaceKind, Path]:
    """Return where the index of each kind of stored place lies, made where content, divisions or form have changed."""
    return keep_indexes(chosen.data_dir / "indexes", store, divisions)


def open_places(folders: dict[PlaceKind, Path], store: SqlStore, knowledge: Knowledge) -> PlaceBook:
    """Open the indexes of stored places; records are read from the store when they are needed."""

    def record(kind: PlaceKind, number: str) -> Place | None:
        with store.read() as work:
            return work.places.get(kind, number)

    indexes = {
        kind: PlaceIndex.open(folder, knowledge.divisions, model=knowledge.matcher) for kind, folder in folders.items()
    }
    kept_in = [folder.parent.parent for folder in folders.values()]
    cover = CoverOnDemand(lambda: open_cover(kept_in[0], store) if kept_in else CoverIndex.build(()))
    return PlaceBook(indexes, _standing(record, knowledge.rules), cover)


def stored_places(chosen: Settings) -> list[Place]:
    """Return the places of the store for a dry run, which makes no database: none where there is no database yet."""
    where = make_url(chosen.database_url)
    if where.get_backend_name() == "sqlite" and not Path(where.database or "").exists():
        return []
    engine = open_engine(chosen.database_url)
    try:
        with SqlStore(engine).read() as work:
            return list(work.places.walk())
    finally:
        engine.dispose()


def said_of_places(chosen: Settings) -> tuple[list[tuple[PlaceQuery, str | None]], list[Place]]:
    """Return what people corrected about places, and the stored list; nothing where there is no database yet."""
    where = make_url(chosen.database_url)
    if where.get_backend_name() == "sqlite" and not Path(where.database or "").exists():
        return [], []
    store = open_store(chosen)
    with closing(store), store.read() as work:
        pairs = stored_pairs(work)
        return pairs, list(work.places.walk()) if pairs else []


def places_at_hand(places: Sequence[Place], knowledge: Knowledge) -> PlaceBook:
    """Return a book of places that are not stored, for a dry run."""
    records = {(place.kind, place.id): place for place in places}
    by_kind = {kind: [p for p in records.values() if p.kind == kind] for kind in KINDS}
    indexes = {
        kind: PlaceIndex.build(listed, knowledge.divisions, model=knowledge.matcher)
        for kind, listed in by_kind.items()
        if listed
    }
    look_up = _standing(lambda kind, number: records.get((kind, number)), knowledge.rules)
    return PlaceBook(indexes, look_up, CoverOnDemand(lambda: CoverIndex.build(records.values())))


def _standing(record: Callable[[PlaceKind, str], Place | None], rules: RuleSet) -> Callable[[PlaceKind, str], Standing]:
    """Return a look-up of records with their status that remembers; a decider lives as long as its places hold."""

    @lru_cache(maxsize=20_000)
    def look_up(kind: PlaceKind, number: str) -> Standing:
        found = record(kind, number)
        return Standing(found, place_status(found, rules) if found is not None else None)

    return look_up


def make_decider(knowledge: Knowledge, places: PlaceBook, id_of: Callable[[str, str], str]) -> Decider:
    """Put a decider together."""
    weights, thresholds = read_weights()
    divisions = knowledge.divisions

    def parse_address(text: str, city: str | None, county: str | None) -> ParsedAddress:
        return parse(text, divisions, city=city, district=county)

    classifier = Classifier(knowledge.rules, knowledge.model, weights, thresholds)
    return Decider(knowledge.rules, classifier, thresholds, places, parse_address, id_of)


def fork_decider(chosen: Settings, knowledge: Knowledge, folders: dict[PlaceKind, Path]) -> Decider:
    """Open a decider in a forked worker: what the parent has loaded, with a database connection of its own."""
    store = SqlStore(open_engine(chosen.database_url))
    return make_decider(knowledge, open_places(folders, store, knowledge), store.id_of)


def open_decider_by(chosen: Settings, store: SqlStore, rules: RuleSet) -> Decider:
    """Open a decider that goes by the given rules, over the stored places."""
    knowledge = Knowledge(rules, open_model(chosen), open_table_of_divisions(chosen), open_matcher(chosen))
    folders = index_places(chosen, store, knowledge.divisions)
    return make_decider(knowledge, open_places(folders, store, knowledge), store.id_of)


def open_means(chosen: Settings, store: SqlStore, *, large: bool) -> tuple[Means, Knowledge]:
    """Put together what taking tickets in needs, over the stored places.

    large: whether so many tickets are expected that worker processes pay.
    """
    knowledge = open_knowledge(chosen)
    folders = index_places(chosen, store, knowledge.divisions)
    remember_rules(store, knowledge.rules, now())
    if large and chosen.workers > 1:
        decide: DecideChunks = partial(decide_with, partial(fork_decider, chosen, knowledge, folders), chosen.workers)
    else:
        places = open_places(folders, store, knowledge)
        decide = partial(decide_here, make_decider(knowledge, places, store.id_of))
    return Means(decide, store, knowledge.model.hash, now, lambda: knowledge.rules), knowledge


def unstored_id(source: str, number: str) -> str:
    """Return the id of a ticket in a dry run, where there is no installation: stable, and marked as such."""
    return "dry-" + ticket_id(b"dry run", source, number)[:16]


def remember_rules(store: SqlStore, rules: RuleSet, at: datetime) -> None:
    """Keep the whole set of rules under its hash, so that its decisions can be replayed."""
    with store.begin() as work:
        if rules.hash not in work.rule_sets.hashes():
            work.rule_sets.remember(rules.hash, rules.archive(), at)


def begin_import(store: SqlStore, files: Sequence[Path], at: datetime) -> str:
    """Note that files are being taken in; return the id of the import."""
    digest = hashlib.sha256()
    for file in files:
        with file.open("rb") as opened:
            while block := opened.read(1 << 20):
                digest.update(block)
    names = "、".join(file.name for file in files)
    id_ = new_id()
    with store.begin() as work:
        work.imports.add(Import(id_, "tickets", names, digest.hexdigest(), "eoms", at))
    return id_


def back_up(chosen: Settings, file: Path) -> Manifest:
    """Write a backup of database, uploads and rules in force to file. Raises BackupError."""
    rules = open_rules(chosen.province)
    engine = open_engine(chosen.database_url)
    try:
        archives = {rules.hash: rules.archive()}
        return write_backup(engine, file, uploads=chosen.uploads, rules=archives, at=now())
    finally:
        engine.dispose()


def migrate_store(chosen: Settings) -> bool:
    """Bring the database to this program's schema; an existing one is backed up into the data directory first."""
    engine = open_engine(chosen.database_url)

    def back_up_first() -> None:
        back_up(chosen, chosen.data_dir / "backups" / f"before-migration-{now():%Y%m%dT%H%M%S%f}.zip")

    try:
        return migrate(engine, before_change=back_up_first)
    finally:
        engine.dispose()


def restore(chosen: Settings, file: Path, *, replace: bool) -> Manifest:
    """Bring back what a backup holds. Raises BackupError, TargetNotEmpty."""
    engine = open_engine(chosen.database_url)
    try:
        migrate(engine)
        return restore_backup(engine, file, uploads=chosen.uploads, replace=replace)
    finally:
        engine.dispose()
