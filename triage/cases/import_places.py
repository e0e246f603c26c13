"""Import a list of blind spots or plans: again by number, saying what was added, changed and unchanged."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from geo.place import Place, PlaceReject
from triage.actors import Actor
from triage.ports import Store
from triage.records import AuditEntry, Import, PlaceChanges
from triage.store.ids import new_id
from triage.tickets import Reject

CHUNK = 2000


@dataclass(frozen=True, slots=True)
class PlacesImported:
    """What an import of places did. gone: places that a complete list no longer names."""

    changes: PlaceChanges
    gone: int
    rejects: tuple[PlaceReject, ...]


def import_places(
    store: Store,
    file: Path,
    read: Callable[[Path], tuple[list[Place], list[PlaceReject]]],
    actor: Actor,
    at: datetime,
    *,
    complete: bool = False,
    import_id: str | None = None,
) -> PlacesImported:
    """Keep the places of file.

    read: the reader of place files. complete: the list is complete, places of its kinds that it does not name are
    marked gone. import_id: an import that is known already. Raises what read raises.
    """
    places, rejects = read(file)
    content = hashlib.sha256(file.read_bytes()).hexdigest()
    with store.begin() as work:
        batch = import_id or new_id()
        if import_id is None:
            work.imports.add(Import(batch, "places", file.name, content, "places", at))
        added = changed = unchanged = gone = 0
        for start in range(0, len(places), CHUNK):
            found = work.places.upsert_many(places[start : start + CHUNK], batch=batch, at=at)
            added, changed, unchanged = added + found.added, changed + found.changed, unchanged + found.unchanged
        if complete:
            gone = sum(work.places.retire_missing(kind, batch=batch, at=at) for kind in {p.kind for p in places})
        work.rejects.add_many(batch, [Reject(r.file, r.row, r.field, r.sentence) for r in rejects])
        counts = {"added": added, "changed": changed, "unchanged": unchanged, "gone": gone, "rejected": len(rejects)}
        work.imports.progress(batch, len(places), counts, finished_at=at)
        detail = ", ".join(f"{name} {count}" for name, count in counts.items())
        work.audit.add(AuditEntry(at, actor.id, "import_places", f"import/{batch}", detail))
    return PlacesImported(PlaceChanges(added, changed, unchanged), gone, tuple(rejects))
