"""What does a platform's result say?

One layout for the soft-probe platform and for 和家亲, as docs/speed-probes.md has it. A result is taken whole or not at
all: a rate without unit, a missing time, an end before the start are no measurement.
"""

from __future__ import annotations

from probes.speed.measurement import Direction, Done, Failed, Link, Measurement, Method
from probes.speed.wire import Fields
from rules.errors import RateUnreadable
from rules.speed_rate import rate_in

LINKS: dict[str | None, Link] = {"wired": "wired", "wifi": "wifi"}
OTHER: dict[Direction, Direction] = {"down": "up", "up": "down"}


def read_result(fields: Fields, raw: str, method: Method, direction: Direction, reference: str) -> Done | Failed:
    """Return the measurement of direction, and the other direction's where the platform gives one that can be read.

    raw: what is kept of the answer. reference: the platform's id of the test. Failed (invalid) says what is wrong.
    """
    asked = _measured(fields, raw, method, direction, reference)
    if isinstance(asked, Failed):
        return asked
    also = _measured(fields, raw, method, OTHER[direction], reference)
    return Done(asked, () if isinstance(also, Failed) else (also,))


def _measured(fields: Fields, raw: str, method: Method, direction: Direction, reference: str) -> Measurement | Failed:
    result = fields.fields(direction)
    if result is None:
        return Failed("invalid", "测速平台没有给出所测方向的结果，请重新测速", raw[:200])
    try:
        rate = _rate(result, "rate")
        first = None if result.digits("first_second_rate") is None else _rate(result, "first_second_rate")
    except RateUnreadable as error:
        return Failed("invalid", "测速平台给出的速率不是带单位的数值，不能采用", str(error))
    started, ended, duration = fields.time("started_at"), fields.time("ended_at"), result.whole("duration_ms")
    if started is None or ended is None or ended < started or not duration:
        return Failed("invalid", "测速平台给出的测速时间缺失或矛盾，不能采用", raw[:200])
    streams = result.whole("streams")
    if not streams:
        return Failed("invalid", "测速平台没有给出测速的连接数，不能采用", raw[:200])
    return Measurement(
        method=method,
        direction=direction,
        bits_per_second=rate,
        bytes=result.whole("bytes"),
        duration_ms=duration,
        streams=streams,
        link=LINKS.get(fields.text("link"), "unknown"),
        tested_account=fields.text("account"),
        started_at=started,
        ended_at=ended,
        reference=reference,
        raw=raw,
        server_load_percent=fields.whole("server_load_percent"),
        first_second_bps=first,
    )


def _rate(result: Fields, name: str) -> int:
    return rate_in(result.digits(name) or "", result.text("unit") or "")
