"""Hand in a file: keep what it is and ask for the job that imports it, in one transaction. Never reads the file."""

from __future__ import annotations

from datetime import datetime

from triage.actors import Actor
from triage.ports import Store
from triage.records import AuditEntry, Import, ImportKind, Job
from triage.store.ids import new_id
from triage.uploads import Upload


def hand_in(
    store: Store,
    upload: Upload,
    kind: ImportKind,
    file_name: str,
    *,
    source: str,
    complete: bool,
    actor: Actor,
    at: datetime,
) -> Job:
    """Return the job that imports the upload; while one for the same content is under way, that one.

    file_name: as the person knows it. source: upstream system of the tickets. complete: the file lists all places of
    its kinds, others are gone. The job's kind is `import_tickets` or `import_places`, its args name the import.
    """
    with store.begin() as work:
        before = work.imports.of_content(kind, upload.content_hash)
        if before is not None and before.finished_at is None:
            job = work.jobs.find(f"import:{before.id}")
            if job is not None and job.state in {"queued", "running"}:
                return job
        import_ = Import(new_id(), kind, file_name, upload.content_hash, source, at)
        work.imports.add(import_)
        work.audit.add(AuditEntry(at, actor.id, "hand_in", f"import/{import_.id}", file_name))
        args: dict[str, str | int | bool | None] = {"import_id": import_.id, "complete": complete, "actor": actor.id}
        return work.jobs.add(f"import_{kind}", args, key=f"import:{import_.id}", at=at)
