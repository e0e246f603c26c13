"""Which SIP messages are in a capture, in order of time?

Any port and any tunnel: the content decides. UDP datagrams one by one, TCP connections put together (several messages
in a segment, one message over many). A message keeps the few fields that dialogs are made of; `SipTraffic.read` gives
all of it again. SIP quoted in ICMP errors is no message here (see icmp). Never guesses what a gap in TCP held.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from sys import intern

import numpy as np

from diagnostics import packet_table as table_of
from diagnostics.datagram import Endpoint
from diagnostics.headers import Message, host_of, parameters, read_message, uri_of, user_of
from diagnostics.packets import Capture, Limits
from diagnostics.tcp_streams import stream_messages

_RECENT = 64  # messages whose headers are kept at hand; whoever judges a dialog reads the same few again and again
_CSEQ = re.compile(r"\s*(\d{1,10})\s+([^\s,;]{1,32})")


@dataclass(frozen=True, slots=True)
class SipMessage:
    """One SIP message as dialogs see it.

    frame: of the packet that completes it. frames: of all packets that it came in, where more than one. transport:
    `UDP` or `TCP`. method: of the request, or of the request that a response answers. status: None for a request.
    branch: of the topmost Via. credentials: whether it carries an answer to a challenge. agent: User-Agent or Server.
    sdp: whether it has a session description. reasons: whether it has Reason headers. raw: its bytes where they are
    not those of one datagram.
    """

    frame: int
    time_ns: int
    source: Endpoint
    destination: Endpoint
    transport: str
    method: str
    status: int | None
    phrase: str
    uri: str
    call_id: str
    cseq: int
    branch: str
    from_uri: str
    from_tag: str
    to_uri: str
    to_tag: str
    credentials: bool
    agent: str
    sdp: bool
    reasons: bool
    frames: tuple[int, ...] = ()
    raw: bytes | None = None

    @property
    def is_request(self) -> bool:
        """Whether it is a request."""
        return self.status is None

    @property
    def caller(self) -> str:
        """User of the From header, its host where it has no user."""
        return user_of(self.from_uri) or host_of(self.from_uri)

    @property
    def callee(self) -> str:
        """User of the To header, its host where it has no user."""
        return user_of(self.to_uri) or host_of(self.to_uri)


@dataclass(slots=True)
class SipTraffic:
    """All SIP messages of a capture, in order of time. fragmented: frames of messages that came in IP fragments.

    more: whether there were more than the limits allow. problems: what was wrong with how many messages. recent:
    messages read last, by identity.
    """

    capture: Capture
    messages: list[SipMessage] = field(default_factory=list)
    fragmented: list[int] = field(default_factory=list)
    more: bool = False
    problems: dict[str, int] = field(default_factory=dict)
    recent: dict[int, tuple[SipMessage, Message]] = field(default_factory=dict)

    def read(self, message: SipMessage) -> Message:
        """Return all headers and the body of a message."""
        known = self.recent.get(id(message))
        if known is not None and known[0] is message:
            return known[1]
        payload = self.capture.payload(message.frame - 1) if message.raw is None else message.raw
        found = read_message(payload)
        assert found is not None  # it was read before
        if len(self.recent) >= _RECENT:
            self.recent.clear()
        self.recent[id(message)] = message, found
        return found


def sip_traffic(capture: Capture, limits: Limits) -> SipTraffic:
    """Return the SIP messages of a capture."""
    traffic = SipTraffic(capture)
    for message in _found(capture, traffic, limits):
        if len(traffic.messages) >= limits.messages:
            traffic.more = True
            break
        traffic.messages.append(message)
    traffic.messages.sort(key=lambda message: (message.time_ns, message.frame))
    return traffic


def _found(capture: Capture, traffic: SipTraffic, limits: Limits) -> Iterator[SipMessage]:
    packets = capture.packets
    marked = packets.flags & table_of.SIP_TEXT != 0
    udp = capture.udp
    for row in udp[marked[udp]].tolist():
        head = read_message(capture.payload(row))
        if head is None:
            continue
        ends = _ends(capture, row)
        message = sip_message(head, row + 1, int(packets.time_ns[row]), ends, "UDP")
        if message is None:
            continue
        _count(traffic, head)
        if packets.flags[row] & table_of.REASSEMBLED:
            traffic.fragmented.append(row + 1)
        yield message
    yield from _cut_off(capture, traffic)
    if bool(np.any(marked & (packets.protocol == table_of.TCP))):
        for head, rows, raw in stream_messages(capture, limits):
            last = rows[-1]
            frames = tuple(row + 1 for row in rows)
            ends = _ends(capture, last)
            message = sip_message(head, last + 1, int(packets.time_ns[last]), ends, "TCP", frames, raw)
            if message is not None:
                _count(traffic, head)
                yield message


def _cut_off(capture: Capture, traffic: SipTraffic) -> Iterator[SipMessage]:
    """Give messages of which only the first fragment came: the rest was lost, or the path drops fragments."""
    packets = capture.packets
    both = table_of.FRAGMENT | table_of.SIP_TEXT
    wanted = (packets.fragment == 0) & (packets.flags & both == both)
    wanted &= (packets.protocol == table_of.UDP) & (packets.flags & table_of.DUPLICATE == 0)
    whole = np.flatnonzero(packets.flags & table_of.REASSEMBLED != 0)
    joined = {(int(packets.source[row]), int(packets.ip_id[row])) for row in whole.tolist()}
    for row in np.flatnonzero(wanted).tolist():
        if (int(packets.source[row]), int(packets.ip_id[row])) in joined:
            continue
        head = read_message(capture.payload(row))
        if head is None:
            continue
        message = sip_message(head, row + 1, int(packets.time_ns[row]), _ends(capture, row), "UDP")
        if message is not None:
            traffic.fragmented.append(row + 1)
            yield message


def _count(traffic: SipTraffic, head: Message) -> None:
    for problem in head.problems:
        traffic.problems[problem] = traffic.problems.get(problem, 0) + 1


def _ends(capture: Capture, row: int) -> tuple[Endpoint, Endpoint]:
    packets = capture.packets
    return (
        capture.endpoint(int(packets.source[row]), int(packets.source_port[row])),
        capture.endpoint(int(packets.destination[row]), int(packets.destination_port[row])),
    )


def sip_message(
    head: Message, frame: int, time_ns: int, ends: tuple[Endpoint, Endpoint], transport: str,
    frames: tuple[int, ...] = (), raw: bytes | None = None,
) -> SipMessage | None:  # fmt: skip
    """Return what dialogs need of a message; None where it lacks a Call-ID or CSeq and so belongs to none."""
    cseq = _CSEQ.match(head.first("cseq"))
    call_id = head.first("call-id")
    if not call_id or (cseq is None and not head.method):
        return None
    sender, receiver = head.first("from"), head.first("to")
    via = head.headers.get("via")
    method = head.method or (cseq.group(2) if cseq else "")
    kind = head.first("content-type").lower()
    return SipMessage(
        frame, time_ns, *ends, transport, intern(method.upper()), head.status, intern(head.phrase),
        intern(head.uri), intern(call_id),
        int(cseq.group(1)) if cseq else 0, parameters(via[0].partition(",")[0]).get("branch", "") if via else "",
        intern(uri_of(sender)), intern(_tag(sender)), intern(uri_of(receiver)), intern(_tag(receiver)),
        has_credentials(head),
        intern(head.first("user-agent") or head.first("server")), _may_have_sdp(kind, head.body),
        "reason" in head.headers, frames if len(frames) > 1 else (), raw,
    )  # fmt: skip


def _may_have_sdp(kind: str, body: bytes) -> bool:
    return bool(body) and ("sdp" in kind or "multipart" in kind or (not kind and body.startswith(b"v=0")))


def _tag(value: str) -> str:
    return parameters(value).get("tag", "")


def has_credentials(head: Message) -> bool:
    """Return whether a request answers a challenge; IMS terminals send an Authorization with no response first."""
    for name in ("authorization", "proxy-authorization"):
        for line in head.headers.get(name, ()):
            at = line.lower().find("response=")
            if at >= 0 and line[at + 9 : at + 12].strip('" \t,') != "":
                return True
    return False
