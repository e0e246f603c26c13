"""Send what people and systems are to be told: short messages, e-mail, signed calls of other systems.

At least once: a notice is claimed for a while, handed over, then marked as sent; who dies between the two has it sent
again under the same key, which receivers know. What fails is tried again with growing pauses, then given up with its
reason. A notice to a role goes to everybody of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.errors import CarrierFailed
from triage.ports import Store
from triage.ports_flow import Address, Carrier, Directory
from triage.records_flow import Notice

_STRETCH = 100
_CLAIMED = timedelta(minutes=2)  # longer than any carrier may take for one notice
_PAUSES = tuple(timedelta(minutes=n) for n in (1, 2, 5, 15, 60, 240))


@dataclass(frozen=True, slots=True)
class Post:
    """carriers: by channel (sms, express, email, webhook). directory: who people are and how they are reached."""

    carriers: Mapping[str, Carrier]
    directory: Directory


def send_notices(store: Store, post: Post, now: datetime) -> int:
    """Send what is due; return how many notices were handed over. now: UTC."""
    with store.read() as work:
        ready = work.outbox.ready(now, _STRETCH)
    return sum(_send(store, post, notice, now) for notice in ready)


def _send(store: Store, post: Post, notice: Notice, now: datetime) -> bool:
    with store.begin() as work:
        if not work.outbox.claim(notice, now + _CLAIMED):
            return False
    try:
        carrier = post.carriers.get(notice.channel)
        if carrier is None:
            raise CarrierFailed(f"没有配置“{notice.channel}”的发送方式，见 docs/notifications.md")
        for key, to in _receivers(post.directory, notice):
            carrier.carry(key, to, notice)
    except CarrierFailed as failure:
        pause = _PAUSES[notice.attempts] if notice.attempts < len(_PAUSES) else None
        with store.begin() as work:
            work.outbox.failed(notice.id, str(failure), None if pause is None else now + pause)
        return False
    with store.begin() as work:
        work.outbox.sent(notice.id, now)
    return True


def _receivers(directory: Directory, notice: Notice) -> list[tuple[str, str]]:
    """Return key and address of each receiver. Raises CarrierFailed where nobody can be reached."""
    if notice.to_kind == "upstream":
        return [(notice.id, "")]
    if notice.to_kind == "role":
        people = directory.of_role(notice.recipient)
    else:
        person = directory.of_person(notice.recipient)
        people = () if person is None else (person,)
    found = [(f"{notice.id}.{person.person}", _way(person, notice.channel)) for person in people]
    reached = [(key, to) for key, to in found if to]
    if not reached:
        what = "邮箱" if notice.channel == "email" else "电话"
        raise CarrierFailed(f"不知道 {notice.recipient} 的{what}，请在通讯录（SUYIN_CONTACTS）中补上")
    return reached


def _way(person: Address, channel: str) -> str:
    return person.email if channel == "email" else person.phone
