"""Give the packets of a capture to someone who may have them, and note it. Never opens the file."""

from __future__ import annotations

from datetime import datetime

from triage.actors import Actor
from triage.errors import Forbidden, Refused
from triage.masking import may_see_numbers
from triage.ports import Store
from triage.records import AuditEntry
from triage.records_captures import Capture


def download_capture(store: Store, capture_id: str, what: str, *, actor: Actor, at: datetime) -> Capture:
    """Return the capture whose packets go out. what: `whole`, or the Call-ID of the one call.

    Raises UnknownRecord where actor may not see it, Forbidden without the role, Refused where its time is over.
    """
    with store.begin() as work:
        capture = work.captures.get(capture_id, actor)
        if not may_see_numbers(actor):
            raise Forbidden("下载报文需要网络工程师的权限，请联系管理员")
        if capture.gone:
            raise Refused("这个抓包已过保存期限，文件已删除；需要时请重新抓包上传")
        work.audit.add(AuditEntry(at, actor.id, "download_capture", f"capture/{capture_id}", what))
    return capture
