"""How does a short list of steps become a sipp scenario, and how do two sipps talk to each other?

sipp keeps the sockets, the retransmission timers (RFC 3261 17: T1 500 ms, T2 4 s) and the digest (RFC 2617); the
steps say what each side sends and expects. Call-IDs, tags and branches are made here, because process numbers in a
fresh namespace are always the same few.
"""

from __future__ import annotations

import subprocess
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import quoteattr

from tests.diagnostics.scenarios.lab import Host, Lab

PHRASES = {
    100: "Trying", 180: "Ringing", 181: "Call Is Being Forwarded", 183: "Session Progress", 200: "OK", 202: "Accepted",
    400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
    407: "Proxy Authentication Required", 408: "Request Timeout", 415: "Unsupported Media Type",
    422: "Session Interval Too Small", 423: "Interval Too Brief", 480: "Temporarily Unavailable",
    481: "Call/Transaction Does Not Exist", 484: "Address Incomplete", 486: "Busy Here", 487: "Request Terminated",
    488: "Not Acceptable Here", 500: "Server Internal Error", 502: "Bad Gateway", 503: "Service Unavailable",
    504: "Server Time-out", 600: "Busy Everywhere", 603: "Decline", 604: "Does Not Exist Anywhere",
    606: "Not Acceptable",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Say:
    """Send a request (`INVITE`) or a response (`180`, or `486 Line Busy` for a phrase of its own).

    again: belongs to the INVITE transaction that is open (ACK of a refusal, CANCEL; a late 487).
    silent: a request that nobody retransmits. uri: another request URI.
    """

    what: str
    headers: tuple[str, ...] = ()
    body: str = ""
    kind: str = "application/sdp"
    again: bool = False
    auth: tuple[str, str] | None = None
    silent: bool = False
    uri: str | None = None


@dataclass(frozen=True, slots=True)
class Hear:
    """Expect a request or a response. optional: may also not come. within_ms: give up and go on after this."""

    what: str
    optional: bool = False
    auth: bool = False
    within_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    ms: int


@dataclass(frozen=True, slots=True)
class Raw:
    """A piece of sipp's own XML."""

    xml: str


Step = Say | Hear | Pause | Raw


@dataclass(slots=True)
class Side:
    """One user agent: who it is, whom it calls, what it calls itself, and its steps.

    address, peer: its own address and the one it puts into request URIs. port, peer_port: likewise.
    product: User-Agent or Server. compact: header names in their one-letter forms (RFC 3261 7.3.3).
    """

    address: str
    peer: str
    steps: list[Step]
    me: str = "02886630001"
    you: str = "02886630002"
    domain: str = "ims.sc.example.cn"
    product: str = "IAD-208E/3.1"
    port: int = 5060
    peer_port: int = 5060
    transport: str = "udp"
    compact: bool = False
    contact: str | None = None
    token: str = field(default_factory=lambda: uuid.uuid4().hex[:12])


COMPACT = {
    "Via": "v", "From": "f", "To": "t", "Call-ID": "i", "Contact": "m", "Content-Type": "c", "Content-Length": "l",
    "Supported": "k", "Session-Expires": "x",
}  # fmt: skip


def bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def _escaped(text: str, side: Side) -> str:
    """Write IPv6 addresses as sipp's own keywords: a bracket begins a keyword in its language."""
    return text.replace(f"[{side.address}]", "[local_ip]").replace(f"[{side.peer}]", "[remote_ip]")


class _Writer:
    def __init__(self, side: Side, caller: bool) -> None:
        self.side, self.caller = side, caller
        self.cseq, self.txn, self.dialog = 0, 0, False
        self.invited, self.heard = "", ""
        self.parts: list[str] = []
        self.used_variables = False

    def contact(self) -> str:
        side = self.side
        suffix = "" if side.transport == "udp" else f";transport={side.transport}"
        return side.contact or f"<sip:{side.me}@{bracketed(side.address)}:{side.port}{suffix}>"

    def request(self, step: Say) -> list[str]:
        side, method = self.side, step.what
        if method not in {"ACK", "CANCEL"}:
            self.cseq += 1
        if not step.again:
            self.txn += 1
        target = side.domain if method == "REGISTER" else f"{side.you}@{side.domain}"
        if method != "REGISTER" and (method in {"ACK", "BYE"} or self.dialog):
            target = f"{side.you}@{bracketed(side.peer)}:{side.peer_port}"
        uri = self.invited if step.again else step.uri or f"sip:{target}"
        if method == "INVITE":
            self.invited = uri
        lines = [
            f"{method} {uri} SIP/2.0",
            f"Via: SIP/2.0/{side.transport.upper()} {bracketed(side.address)}:{side.port};rport"
            f";branch=z9hG4bK{side.token}{self.txn}",
            "Max-Forwards: 70",
        ]
        if self.caller:
            fresh = method in {"REGISTER", "CANCEL"} or (method == "INVITE" and not self.dialog)
            known = "" if fresh else "[peer_tag_param]"
            other = side.me if method == "REGISTER" else side.you
            lines += [
                f"From: <sip:{side.me}@{side.domain}>;tag={side.token}a",
                f"To: <sip:{other}@{side.domain}>" + known,
            ]
        else:
            self.used_variables = True
            lines += [f"From: [$to];tag={side.token}b", "To: [$from]"]
        if method in {"ACK", "BYE"} and not step.again:
            lines.append("[routes]")
        lines += ["Call-ID: [call_id]", f"CSeq: {self.cseq} {method}"]
        if method != "CANCEL":
            lines += [f"Contact: {self.contact()}", f"User-Agent: {side.product}"]
        if step.auth:
            lines.append(f"[authentication username={step.auth[0]} password={step.auth[1]}]")
        return lines

    def response(self, step: Say) -> list[str]:
        code, _, phrase = step.what.partition(" ")
        tag = "" if self.dialog and not step.again else f";tag={self.side.token}b"
        lines = [f"SIP/2.0 {code} {phrase or PHRASES[int(code)]}"]
        if step.again:
            self.used_variables = True
            lines += ["Via:[$via]", "From: [$from]", f"To: [$to]{tag}", "[last_Call-ID:]", "CSeq:[$cseq]"]
        else:
            lines += [
                "[last_Via:]",
                "[last_Record-Route:]",
                "[last_From:]",
                f"[last_To:]{tag if code != '100' else ''}",
            ]
            lines += ["[last_Call-ID:]", "[last_CSeq:]"]
        if code[0] in "12" and code != "100":
            lines.append(f"Contact: {self.contact()}")
        return [*lines, f"Server: {self.side.product}"]

    def say(self, step: Say) -> None:
        is_request = not step.what[0].isdigit()
        lines = [*(self.request(step) if is_request else self.response(step)), *step.headers]
        if step.body:
            lines.append(f"Content-Type: {step.kind}")
        lines.append("Content-Length: [len]")
        if self.side.compact:
            lines = [self._short(line) for line in lines]
        text = "\n".join([*lines, "", *step.body.split("\n")])
        again = step.what != "ACK" if is_request else step.what.startswith("200") and self.heard == "INVITE"
        again = again and not step.silent and self.side.transport == "udp"
        retrans = ' retrans="500"' if again else ""
        text = _escaped(text, self.side)
        self.parts.append(f"<send{retrans}><![CDATA[\n{text}\n]]></send>")

    @staticmethod
    def _short(line: str) -> str:
        name, colon, rest = line.partition(":")
        return f"{COMPACT.get(name, name)}:{rest}" if colon and " " not in name else line

    def hear(self, step: Hear) -> None:
        is_response = step.what[0].isdigit()
        self.heard = step.what
        attributes = f'{"response" if is_response else "request"}="{step.what}"'
        attributes += ' optional="true"' if step.optional else ""
        attributes += ' auth="true"' if step.auth else ""
        attributes += f' timeout="{step.within_ms}" ontimeout="{len(self.parts)}"' if step.within_ms else ""
        label = ""
        if step.within_ms:
            label = f'<label id="{len(self.parts)}"/>'
        actions = ""
        if not self.caller and step.what == "INVITE":
            actions = "".join(
                f'<ereg regexp={quoteattr(pattern)} search_in="hdr" header="{header}:" assign_to="{name}"/>'
                for name, header, pattern in (
                    ("from", "From", "<.*"), ("to", "To", "<[^>]*>"), ("via", "Via", ".*"), ("cseq", "CSeq", ".*"),
                )
            )  # fmt: skip
            actions = f"<action>{actions}</action>"
        rrs = ' rrs="true"' if step.what in {"200", "INVITE", "180"} else ""
        self.parts.append(f"<recv {attributes}{rrs}>{actions}</recv>{label}")
        if is_response and step.what == "200":
            self.dialog = self.dialog or bool(self.invited)

    def xml(self) -> str:
        for step in self.side.steps:
            if isinstance(step, Pause):
                self.parts.append(f'<pause milliseconds="{step.ms}"/>')
            elif isinstance(step, Raw):
                self.parts.append(step.xml)
            elif isinstance(step, Hear):
                self.hear(step)
            else:
                self.say(step)
                if not self.caller and step.what.startswith("200"):
                    self.dialog = True
        hears_invite = not self.caller and any(
            isinstance(step, Hear) and step.what == "INVITE" for step in self.side.steps
        )
        reference = "" if not hears_invite else '<Reference variables="from,to,via,cseq"/>'
        body = "\n".join(self.parts)
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="scenario">\n{body}\n{reference}\n</scenario>\n'


def start(
    lab: Lab, host: Host, side: Side, *, to: str | None = None, calls: int = 1, more: tuple[str, ...] = ()
) -> subprocess.Popen[bytes]:
    """Start one side. to: address:port to call; None waits for a call. more: further options of sipp."""
    name = f"{'caller' if to else 'callee'}-{side.token}"
    path = lab.folder / f"{name}.xml"
    path.write_text(_Writer(side, to is not None).xml())
    transport = {"udp": "u1", "tcp": "t1"}[side.transport]
    argv = [
        "sipp",
        *([to] if to else []),
        "-sf",
        str(path),
        "-i",
        bracketed(side.address) if ":" in side.address else side.address,
    ]
    argv += ["-p", str(side.port), "-t", transport, "-m", str(calls), "-nostdin", "-nd", "-timeout", "60s"]
    registers = any(isinstance(step, Say) and step.what == "REGISTER" for step in side.steps)
    argv += ["-auth_uri", side.domain if registers else f"{side.you}@{side.domain}"]
    argv += ["-cid_str", f"{side.token}-%u@{side.address}", "-trace_err", "-error_file", f"{name}.errors", *more]
    return lab.start(host, argv, log=f"{name}.log")


def finish(*programs: subprocess.Popen[bytes], within_s: float = 90) -> list[int]:
    """Wait for the programs and return how each ended (0: as its scenario said)."""
    return [program.wait(within_s) for program in programs]


def trouble(folder: Path) -> str:
    """Return what the sipps complained about."""
    return "\n".join(path.read_text(errors="replace") for path in sorted(folder.glob("*.errors")))
