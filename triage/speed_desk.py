"""Speed tests as the API and the command line see them: press, look, measure on site, close, report.

The token of an on-site test is computed, not stored: a keyed hash of the attempt's id. So a press that is repeated
because its answer was lost gets the same token, and nobody can make one up. It is good for one attempt and as long as
that attempt is running.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from probes.account import AccountReading
from probes.errors import PushRefused, Refusal
from probes.speed.hejiaqin import read_push
from probes.speed.measurement import Failed, Measurement
from probes.speed.signing import RecentNonces
from probes.speed_rule import Verdict
from rules.speed import SpeedRules
from triage.actors import Actor
from triage.cases import close as closing_case
from triage.cases import run_speed_test, speed_kpi
from triage.cases.run_speed_test import SpeedMeans
from triage.errors import Conflict, Forbidden, NotFound, Refused, SuyinError
from triage.records_speed import Attempt, AttemptMethod, Closing

_MAC_BYTES = 16
_UNKNOWN_TOKEN = "这个测速链接无效或已经过期，请在工单上重新点击“测速”"  # noqa: S105 - a sentence

_PUSH_REFUSALS: Mapping[Refusal, type[SuyinError]] = MappingProxyType(
    {"signature": Forbidden, "time": Forbidden, "replay": Conflict, "content": Refused}
)


class SpeedDesk:
    """Use cases of speed tests over one store."""

    def __init__(self, means: SpeedMeans, secret: bytes, *, wake: Callable[[], None], hejiaqin: str = "") -> None:
        """secret: keys the tokens. wake: has the sweep of this process look at once. hejiaqin: signs its pushes."""
        self.means = means
        self._secret, self._wake, self._hejiaqin = secret, wake, hejiaqin
        self._nonces = RecentNonces()  # of this process; another finds the test ended, which refuses a replay too

    @property
    def rules(self) -> SpeedRules:
        """The figures and texts in force."""
        return self.means.rules

    def press(self, ticket_id: str, *, key: str, method: AttemptMethod | None, actor: Actor) -> tuple[Attempt, bool]:
        """Ask for a test; return it and whether it is new. Raises UnknownTicket, Conflict, Refused."""
        attempt, new = run_speed_test.press(self.means, ticket_id, key=key, method=method, actor=actor)
        self._wake()
        return attempt, new

    def attempt(self, id_: str) -> Attempt:
        """Return an attempt. Raises UnknownRecord."""
        with self.means.store.read() as work:
            return work.speed_tests.get(id_)

    def attempts(self, ticket_id: str) -> tuple[Attempt, ...]:
        """Return the attempts of a ticket, the first one first. Raises UnknownTicket."""
        with self.means.store.read() as work:
            work.tickets.get(ticket_id)
            return work.speed_tests.of(ticket_id)

    def close(self, ticket_id: str, *, confirm: bool, visit: bool | None, actor: Actor) -> Closing:
        """Close a ticket. Raises UnknownTicket, Conflict, Refused."""
        means = self.means
        return closing_case.close(
            means.store, means.rules, ticket_id, confirm=confirm, visit=visit, actor=actor, at=means.now()
        )

    def report(self, start: datetime | None, end: datetime | None) -> speed_kpi.SpeedReport:
        """Return the rate of tickets closed in a period. start: included; end: excluded."""
        return speed_kpi.speed_kpi(self.means.store, self.means.rules, start=start, end=end)

    def account(self, name: str) -> AccountReading:
        """Ask AAA about an account."""
        return self.means.check.check(name, self.means.now())

    def hints(self, verdict: Verdict) -> tuple[str, ...]:
        """Return what the hints of a verdict say."""
        texts = {hint.id: hint.text for hint in self.rules.hints}
        return tuple(texts[hint] for hint in verdict.hints if hint in texts)

    def token(self, attempt: Attempt) -> str:
        """Return the token with which the installer's device reaches the measuring endpoints."""
        digest = hmac.digest(self._secret, f"speedtest/{attempt.id}".encode(), hashlib.sha256)
        return f"{attempt.id}.{digest[:_MAC_BYTES].hex()}"

    def of_token(self, token: str) -> Attempt:
        """Return the attempt that is being measured with a token. Raises NotFound for any other token."""
        id_, _, _ = token.partition(".")
        try:
            attempt = self.attempt(id_)
        except NotFound as error:
            raise NotFound(_UNKNOWN_TOKEN) from error
        right = hmac.compare_digest(self.token(attempt).encode(), token.encode())
        running = attempt.state == "running" and self.means.now() < attempt.asked.expires_at
        if not right or not running or attempt.asked.method != "onsite":
            raise NotFound(_UNKNOWN_TOKEN)
        return attempt

    def settle(self, attempt: Attempt, result: Measurement | Failed, also: tuple[Measurement, ...] = ()) -> Attempt:
        """Judge what an on-site test measured and keep it."""
        return run_speed_test.settle(self.means, attempt, result, also)

    def take_push(self, token: str, headers: Mapping[str, str], body: bytes) -> Attempt:
        """Judge what 和家亲 pushed about the on-site test of token, and keep it.

        headers, body: as they came. Raises NotFound for another token and where no secret is agreed on, Forbidden for
        a wrong signature or time, Conflict for a push that came before, Refused for one that is no result.
        """
        if not self._hejiaqin:
            raise NotFound("没有配置和家亲的密钥（SUYIN_HEJIAQIN_SECRET），不接收和家亲推送的结果")
        attempt = self.of_token(token)
        try:
            push = read_push(self._hejiaqin, headers, body, nonces=self._nonces, at=self.means.now())
        except PushRefused as refused:
            raise _PUSH_REFUSALS[refused.why](str(refused)) from refused
        if push.order != token:
            raise Refused("推送的 order 与地址中的不一致，请推送到这次测速自己的地址", "order")
        if isinstance(push.reading, Failed):
            return self.settle(attempt, push.reading)
        return self.settle(attempt, push.reading.measurement, push.reading.also)
