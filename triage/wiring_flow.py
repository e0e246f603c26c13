"""Which rules, carriers and files do lives of tickets use in this process?

Like triage/wiring.py, for the room of lifecycles alone. Never decides anything.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx

from rules.ruleset import RuleSet
from triage.actors import SYSTEM
from triage.carriers import Contacts, HttpCarrier, MailCarrier
from triage.cases.begin import Decide, begin_late
from triage.cases.send_notices import Post
from triage.errors import SettingsInvalid
from triage.flow_desk import FlowDesk
from triage.flow_shelf import Shelf
from triage.history_anchor import Anchor
from triage.ports_flow import Carrier
from triage.settings import Settings
from triage.store.database import SqlStore
from triage.wiring import now
from triage.wiring_speed import KIND


def open_flow(
    chosen: Settings, store: SqlStore, rules: Callable[[], RuleSet], decide: Decide, model_hash: str
) -> FlowDesk:
    """Put lives of tickets together over the store. Raises SettingsInvalid."""
    return FlowDesk(
        store, Shelf(rules), now, decide=decide, model_hash=model_hash, speed=rules().speed[KIND],
        post=open_post(chosen),
    )  # fmt: skip


def open_post(chosen: Settings) -> Post:
    """Return the carriers that settings name. Raises SettingsInvalid."""
    client = httpx.Client(follow_redirects=False)
    carriers: dict[str, Carrier] = {}
    if chosen.sms_url:
        gateway = HttpCarrier(client, chosen.sms_url, chosen.notify_secret, now)
        carriers |= {"sms": gateway, "express": gateway}
    if chosen.webhook_url:
        carriers["webhook"] = HttpCarrier(client, chosen.webhook_url, chosen.notify_secret, now)
    if chosen.smtp:
        host, _, port = chosen.smtp.rpartition(":")
        if not host or not port.isascii() or not port.isdigit():
            raise SettingsInvalid(f"SUYIN_SMTP is {chosen.smtp!r}; it must be HOST:PORT such as mail.example.com:25")
        carriers["email"] = MailCarrier(host, int(port), chosen.mail_from or "suyin@localhost", now)
    return Post(carriers, Contacts(Path(chosen.contacts).expanduser() if chosen.contacts else None))


def open_anchor(chosen: Settings) -> Anchor:
    """Return the file outside the database that heads of the history are written into."""
    return Anchor(Path(chosen.history_anchor) if chosen.history_anchor else chosen.data_dir / "history-heads.txt")


def flow_chores(
    chosen: Settings, store: SqlStore, desk: FlowDesk, rules: Callable[[], RuleSet]
) -> tuple[Callable[[], object], ...]:
    """Return what a worker does every minute: sweep clocks, send notices, anchor the history.

    The first time it also begins the lifecycles of tickets that were kept before there were any.
    """
    anchor = open_anchor(chosen)
    left = [True]

    def begin_once() -> None:
        if left:
            begin_late(store, rules(), actor=SYSTEM, at=now())
            left.clear()

    return (
        begin_once,
        desk.sweep,
        desk.send,
        lambda: anchor.write(store, now()),
    )
