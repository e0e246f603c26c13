"""Does everybody get what they are told, at least once and under one key, and is what fails tried again?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from tests.triage.fakes.gateway import gateway
from tests.triage.fakes.mail import mail_server
from tests.triage.makers import NOON
from triage.carriers import Contacts, HttpCarrier, MailCarrier
from triage.cases.send_notices import Post, send_notices
from triage.errors import SettingsInvalid
from triage.ports_flow import Carrier
from triage.records_flow import Notice, ToKind
from triage.store.database import SqlStore

CONTACTS = """person,roles,phone,email
wang,team_leader analyst,13800000001,wang@example.com
li,team_leader,13800000002,
zhao,analyst,,zhao@nowhere.example
"""


@pytest.fixture
def contacts(tmp_path: Path) -> Contacts:
    file = tmp_path / "contacts.csv"
    file.write_text(CONTACTS, encoding="utf-8")
    return Contacts(file)


def post(contacts: Contacts, **carriers: Carrier) -> Post:
    return Post(carriers, contacts)


def tell(store: SqlStore, channel: str, kind: ToKind, who: str, id_: str = "n1") -> None:
    with store.begin() as work:
        work.outbox.add(Notice(id_, None, NOON, channel, kind, who, "m", "工单A1已派给您", "queued", next_at=NOON))


def sms(url: str, secret: str = "") -> HttpCarrier:
    return HttpCarrier(httpx.Client(), url, secret, lambda: NOON)


def error_of(store: SqlStore, later: Mapping[str, float]) -> str:
    with store.read() as work:
        (notice,) = work.outbox.ready(NOON + timedelta(**later), 10)
    return notice.error


def test_a_role_is_told_person_by_person_once(store: SqlStore, contacts: Contacts) -> None:
    tell(store, "sms", "role", "team_leader")
    with gateway("geheim") as fake:
        sent = [send_notices(store, post(contacts, sms=sms(fake.url, "geheim")), NOON) for _ in range(2)]
    assert sent == [1, 0]
    assert {key: said["to"] for key, said in fake.delivered.items()} == {
        "n1.wang": "13800000001", "n1.li": "13800000002",
    }  # fmt: skip


def test_a_wrong_signature_is_tried_again_later(store: SqlStore, contacts: Contacts) -> None:
    tell(store, "sms", "person", "wang")
    with gateway("geheim") as fake:
        assert send_notices(store, post(contacts, sms=sms(fake.url, "falsch")), NOON) == 0
        assert send_notices(store, post(contacts, sms=sms(fake.url, "geheim")), NOON) == 0
        assert "401" in error_of(store, {"minutes": 1})
        assert send_notices(store, post(contacts, sms=sms(fake.url, "geheim")), NOON + timedelta(minutes=1)) == 1


def test_what_was_handed_over_before_a_crash_is_delivered_once(store: SqlStore, contacts: Contacts) -> None:
    """The process died after the gateway took it and before that was noted: the same key comes again."""
    tell(store, "sms", "person", "wang")
    with gateway() as fake:
        with store.begin() as work:
            (notice,) = work.outbox.ready(NOON, 1)
            assert work.outbox.claim(notice, NOON + timedelta(minutes=2))
        sms(fake.url).carry("n1.wang", "13800000001", notice)
        assert send_notices(store, post(contacts, sms=sms(fake.url)), NOON + timedelta(minutes=1)) == 0
        assert send_notices(store, post(contacts, sms=sms(fake.url)), NOON + timedelta(minutes=2)) == 1
    assert (fake.calls, len(fake.delivered)) == (2, 1)


def test_a_notice_is_given_up_after_the_last_pause(store: SqlStore, contacts: Contacts) -> None:
    tell(store, "sms", "person", "wang")
    at, tries = NOON, 0
    with gateway(answers=[503] * 20) as fake:
        while True:
            send_notices(store, post(contacts, sms=sms(fake.url)), at)
            with store.read() as work:
                waiting = work.outbox.ready(at + timedelta(days=1), 1)
            tries += 1
            if not waiting:
                break
            assert waiting[0].next_at is not None
            at = waiting[0].next_at
    assert (tries, fake.calls) == (7, 7)
    assert at - NOON == timedelta(minutes=1 + 2 + 5 + 15 + 60 + 240)


def test_of_two_senders_one_sends(store: SqlStore) -> None:
    tell(store, "sms", "person", "wang")
    with store.read() as work:
        (seen,) = work.outbox.ready(NOON, 1)
    with store.begin() as work:
        claims = [work.outbox.claim(seen, NOON + timedelta(minutes=2)) for _ in range(2)]
    assert claims == [True, False]


def test_an_e_mail_carries_its_key(store: SqlStore, contacts: Contacts) -> None:
    tell(store, "email", "person", "wang")
    with mail_server() as server:
        mail = MailCarrier("127.0.0.1", server.port, "suyin@example.com", lambda: NOON)
        assert send_notices(store, post(contacts, email=mail), NOON) == 1
    (came,) = server.mails
    assert (came["To"], came["Message-ID"]) == ("wang@example.com", "<n1.wang@suyin>")
    assert came.get_content().strip() == "工单A1已派给您"


def test_a_server_that_refuses_is_named(store: SqlStore, contacts: Contacts) -> None:
    tell(store, "email", "person", "zhao")
    with mail_server() as server:
        mail = MailCarrier("127.0.0.1", server.port, "suyin@example.com", lambda: NOON)
        assert send_notices(store, post(contacts, email=mail), NOON) == 0
    assert "没有收下" in error_of(store, {"minutes": 1})


@pytest.mark.parametrize(
    ("channel", "kind", "who", "sentence"),
    [
        ("sms", "person", "nobody", "不知道 nobody 的电话"),
        ("sms", "person", "zhao", "不知道 zhao 的电话"),
        ("fax", "person", "wang", "没有配置“fax”"),
    ],
)
def test_who_cannot_be_reached_is_named(
    sqlite_store: SqlStore, contacts: Contacts, channel: str, kind: ToKind, who: str, sentence: str
) -> None:
    tell(sqlite_store, channel, kind, who)
    assert send_notices(sqlite_store, post(contacts, sms=sms("http://127.0.0.1:9/")), NOON) == 0
    assert sentence in error_of(sqlite_store, {"minutes": 1})


def test_a_reply_goes_to_the_upstream_system(store: SqlStore, contacts: Contacts) -> None:
    tell(store, "webhook", "upstream", "eoms")
    with gateway("geheim") as fake:
        assert send_notices(store, post(contacts, webhook=sms(fake.url, "geheim")), NOON) == 1
    assert (fake.delivered["n1"]["recipient"], fake.delivered["n1"]["text"]) == ("eoms", "工单A1已派给您")


def test_contacts_that_cannot_be_read_stop_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match="SUYIN_CONTACTS"):
        Contacts(tmp_path / "none.csv")
