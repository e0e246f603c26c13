"""Which saved indexes belong to the places that are stored now, and how are they made from those of before?

A folder a state of the list, named after all that decides, with one index a kind and the content hashes of its places.
Where only some places came, changed or went since the newest folder, its indexes are carried on instead of being built
anew. Never matches an address.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from geo import content
from geo.divisions import Divisions
from geo.errors import IndexUnreadable
from geo.index import PlaceIndex
from geo.place import Place, PlaceKind
from geo.segment import VERSION
from triage.places import KINDS
from triage.ports import Store, Work

_CONTENTS = "contents.json"
_MOST_CHANGES = 5_000  # beyond that an index is built anew; each change is one query and 100 µs of preparation
_KEPT = 2  # states before the newest that stay for processes still starting on them

Contents = Mapping[PlaceKind, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class _Saved:
    """A folder of indexes and the content hash of every place in it, by kind and number."""

    folder: Path
    contents: Contents


def keep_indexes(root: Path, store: Store, divisions: Divisions) -> dict[PlaceKind, Path]:
    """Return where the index of each kind of stored place lies; made where places, divisions or the form have changed.

    root: folder of all states. Raises OSError where the disk refuses.
    """
    form = f"{divisions.digest[:8]}-{content.digest('words.txt')[:8]}-{VERSION}"
    with store.read() as work:
        folder = root / f"{work.places.fingerprint()[:24]}-{form}"
        if not folder.is_dir():
            _make(folder, form, work, divisions)
    return {kind: folder / kind for kind in KINDS if (folder / kind).is_dir()}


def _make(folder: Path, form: str, work: Work, divisions: Divisions) -> None:
    """Make the folder, whole or not at all; another process may make the same one meanwhile."""
    wanted: dict[PlaceKind, dict[str, str]] = {kind: {} for kind in KINDS}
    for (kind, number), content_hash in work.places.contents().items():
        wanted[kind][number] = content_hash
    part = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    before = _newest(folder.parent, form)
    fresh = [
        kind for kind in KINDS if wanted[kind] and not _carried_on(kind, before, wanted[kind], work, divisions, part)
    ]
    _build(fresh, work, divisions, part)
    (part / _CONTENTS).write_text(json.dumps(wanted), "utf-8")
    try:
        part.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise
        shutil.rmtree(part)  # the other process was quicker, with the same content
    _forget(folder.parent, form)


def _carried_on(
    kind: PlaceKind, before: _Saved | None, wanted: Mapping[str, str], work: Work, divisions: Divisions, part: Path
) -> bool:
    """Carry the index of before on to what is wanted; False where building anew is better."""
    known = before.contents.get(kind) if before else None
    if before is None or not known:
        return False
    changed = [number for number, content_hash in wanted.items() if known.get(number) != content_hash]
    gone = [number for number in known if number not in wanted]
    if len(changed) + len(gone) > min(_MOST_CHANGES, len(wanted) // 4):
        return False
    try:
        index = PlaceIndex.open(before.folder / kind, divisions)
    except IndexUnreadable:
        return False
    places = [place for number in changed if (place := work.places.get(kind, number)) is not None]
    later = index.update(changed=places, removed=[(kind, number) for number in gone])
    if later.wants_rebuild:
        return False
    (part / kind).mkdir()
    for file in (before.folder / kind).glob("*.places"):  # the great part is the same file
        os.link(file, part / kind / file.name)
    later.save(part / kind)
    return True


def _build(kinds: list[PlaceKind], work: Work, divisions: Divisions, part: Path) -> None:
    if not kinds:
        return
    listed: dict[PlaceKind, list[Place]] = {kind: [] for kind in kinds}
    for place in work.places.walk():
        if place.kind in listed:
            listed[place.kind].append(place)
    for kind, places in listed.items():
        PlaceIndex.build(places, divisions).save(part / kind)


def _states(root: Path, form: str) -> list[Path]:
    """The folders of this form, the newest first."""
    found = [folder for folder in root.glob(f"[!.]*-{form}") if (folder / _CONTENTS).is_file()]
    return sorted(found, key=lambda folder: folder.stat().st_mtime_ns, reverse=True)


def _newest(root: Path, form: str) -> _Saved | None:
    for folder in _states(root, form):
        try:
            return _Saved(folder, json.loads((folder / _CONTENTS).read_text("utf-8")))
        except (OSError, ValueError):
            continue
    return None


def _forget(root: Path, form: str) -> None:
    """Remove states that no process can need any more; what is mapped stays readable until it is let go."""
    for folder in _states(root, form)[1 + _KEPT :]:
        shutil.rmtree(folder, ignore_errors=True)
