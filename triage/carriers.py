"""How do messages leave the house: to the gateway of short messages, to a mail server, to another system?

The contracts are in docs/notifications.md. Calls are signed: HMAC-SHA256 over time, dot and body; the key of a notice
is sent along, so that a receiver can leave out what it has had. Never decides who is told what.
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import json
import smtplib
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import httpx

from triage.errors import CarrierFailed, SettingsInvalid
from triage.ports_flow import Address
from triage.records_flow import Notice

_PATIENCE_S = 10.0
_SHOWN = 200


class HttpCarrier:
    """Posts a notice as signed JSON. url: of the gateway or the other system. secret: what signs, "" for nothing."""

    def __init__(self, client: httpx.Client, url: str, secret: str, now: Callable[[], datetime]) -> None:
        """Send through client."""
        self._client, self._url, self._secret, self._now = client, url, secret, now

    def carry(self, key: str, to: str, notice: Notice) -> None:
        """Hand a notice over; any answer from 200 to 299 takes it. Raises CarrierFailed."""
        body = json.dumps(
            {"id": key, "to": to, "text": notice.text, "channel": notice.channel, "ticket": notice.ticket_id,
             "recipient": notice.recipient},
            ensure_ascii=False,
        ).encode()  # fmt: skip
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        if self._secret:
            stamp = str(int(self._now().timestamp()))
            headers |= {"X-Suyin-Timestamp": stamp, "X-Suyin-Signature": sign(self._secret, stamp, body)}
        try:
            answer = self._client.post(self._url, content=body, headers=headers, timeout=_PATIENCE_S)
        except httpx.HTTPError as error:
            raise CarrierFailed(f"{self._url} 连不上：{error}"[:_SHOWN]) from error
        if not answer.is_success:
            raise CarrierFailed(f"{self._url} 答复 {answer.status_code}：{answer.text}"[:_SHOWN])


class MailCarrier:
    """Sends a notice as an e-mail through an SMTP server. host, port: of the server. sender: address it comes from."""

    def __init__(self, host: str, port: int, sender: str, now: Callable[[], datetime]) -> None:
        """Send through the server at host and port."""
        self._host, self._port, self._sender, self._now = host, port, sender, now

    def carry(self, key: str, to: str, notice: Notice) -> None:
        """Hand a notice over; its key is the Message-ID. Raises CarrierFailed."""
        mail = EmailMessage()
        mail["From"], mail["To"] = self._sender, to
        mail["Subject"] = notice.text.splitlines()[0][:60] if notice.text.strip() else "溯因"
        mail["Date"] = format_datetime(self._now())
        mail["Message-ID"] = f"<{key}@suyin>"
        mail.set_content(notice.text)
        try:
            with smtplib.SMTP(self._host, self._port, timeout=_PATIENCE_S) as server:
                server.send_message(mail)
        except (OSError, smtplib.SMTPException) as error:
            raise CarrierFailed(f"邮件服务器 {self._host}:{self._port} 没有收下：{error}"[:_SHOWN]) from error


class Contacts:
    """A directory in a CSV file with the columns person, roles, phone, email; several roles stand with spaces."""

    def __init__(self, file: Path | None) -> None:
        """Read file; None knows nobody. Raises SettingsInvalid."""
        self._people: dict[str, Address] = {}
        self._by_role: dict[str, list[Address]] = {}
        if file is not None:
            self._read(file)

    def of_role(self, role: str) -> tuple[Address, ...]:
        """Return everybody of a role."""
        return tuple(self._by_role.get(role, ()))

    def of_person(self, person: str) -> Address | None:
        """Return how a person is reached; None where nobody knows them."""
        return self._people.get(person)

    def _read(self, file: Path) -> None:
        try:
            with file.open(encoding="utf-8-sig", newline="") as opened:
                for row in csv.DictReader(opened):
                    address = Address(*((row.get(name) or "").strip() for name in ("person", "phone", "email")))
                    self._people[address.person] = address
                    for role in (row.get("roles") or "").split():
                        self._by_role.setdefault(role, []).append(address)
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise SettingsInvalid(f"SUYIN_CONTACTS names {file}, which cannot be read: {error}") from error


def sign(secret: str, stamp: str, body: bytes) -> str:
    """Return the signature of a call: hex HMAC-SHA256 of `stamp.body`. stamp: seconds since 1970, as text."""
    return hmac.digest(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hex()
