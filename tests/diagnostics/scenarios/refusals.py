"""Calls that the network or the other side refuses: one table, one row a capture."""

from __future__ import annotations

from dataclasses import dataclass

from tests.diagnostics.scenarios import sdp, sipp
from tests.diagnostics.scenarios.calls import BY, A, call, hearing, invite, refused
from tests.diagnostics.scenarios.declared import Bench, Made, scenario
from tests.diagnostics.scenarios.sipp import Hear, Say, Step


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refused call. answer: the final response, with a phrase of its own where it has one. absent: words."""

    name: str
    answer: str
    verdict: str
    who: str
    shows: str
    why: str
    headers: tuple[str, ...] = ()
    rings_ms: int = 0
    you: str = "02886630002"
    offer: str = ""
    absent: str = "call.ok"
    apart: bool = False


def q850(cause: int, text: str) -> str:
    return f'Reason: Q.850;cause={cause};text="{text}"'


ROWS = [
    Refusal(
        "call-busy-600", "600", "call.busy", "none", "the callee answers 600 Busy Everywhere", "busy (RFC 3261 21.6.1)"
    ),
    Refusal(
        "call-busy-q850-17",
        "480",
        "call.busy",
        "none",
        "480 with Reason Q.850 cause 17, user busy",
        "the network's own reason outranks the code (RFC 3326)",
        (q850(17, "User busy"),),
        absent="call.ok call.callee_unreachable call.no_answer",
    ),
    Refusal(
        "call-busy-486-q850",
        "486 Busy Here",
        "call.busy",
        "none",
        "486 after ringing, Reason Q.850 17",
        "busy after ringing is a refusal by the callee's own telephone, still nobody's fault",
        (q850(17, "User busy"),),
        rings_ms=900,
        absent="call.ok call.no_answer",
        apart=True,
    ),
    Refusal(
        "call-no-answer-480",
        "480",
        "call.no_answer",
        "user",
        "rings for four seconds, then 480 with Q.850 cause 19",
        "rang and nobody answered (Q.850 19)",
        (q850(19, "No answer from user"),),
        rings_ms=4000,
        absent="call.ok call.callee_unreachable",
    ),
    Refusal(
        "call-no-answer-408",
        "408",
        "call.no_answer",
        "user",
        "rings for four seconds, then 408 from the network",
        "the network's timer ended a call that rang",
        rings_ms=4000,
        absent="call.ok call.callee_unreachable call.no_response",
        apart=True,
    ),
    Refusal(
        "call-480-not-registered",
        "480",
        "call.callee_unreachable",
        "user cpe",
        "480 at once with Q.850 cause 20",
        "the callee is not registered (Q.850 20, subscriber absent)",
        (q850(20, "Subscriber absent"),),
        absent="call.ok call.no_answer call.busy",
    ),
    Refusal(
        "call-480-plain",
        "480",
        "call.callee_unreachable",
        "user cpe",
        "480 without ringing and without a reason",
        "not reachable for the moment (RFC 3261 21.4.18)",
        absent="call.ok call.no_answer call.busy",
        apart=True,
    ),
    Refusal(
        "call-480-q850-18",
        "480",
        "call.callee_unreachable",
        "user cpe",
        "480 without ringing, Q.850 cause 18",
        "no user responding: paged and silent, never rang (Q.850 18)",
        (q850(18, "No user responding"),),
        absent="call.ok call.busy",
        apart=True,
    ),
    Refusal(
        "call-404",
        "404",
        "call.callee_unknown",
        "boss core",
        "404 Not Found for the dialled number",
        "the number is not allocated (RFC 3261 21.4.5)",
    ),
    Refusal(
        "call-604",
        "604",
        "call.callee_unknown",
        "boss core",
        "604 Does Not Exist Anywhere",
        "RFC 3261 21.6.3",
        apart=True,
    ),
    Refusal(
        "call-q850-1",
        "500",
        "call.callee_unknown",
        "boss core",
        "500 with Reason Q.850 cause 1, unallocated number",
        "the reason outranks the code: nothing of the network has failed",
        (q850(1, "Unallocated (unassigned) number"),),
        absent="call.ok call.server_failure",
    ),
    Refusal(
        "call-484",
        "484",
        "call.address_incomplete",
        "cpe",
        "only 028866 is sent and answered 484",
        "digit map or dial plan of the device (RFC 3261 21.4.22)",
        you="028866",
    ),
    Refusal(
        "call-q850-28",
        "500",
        "call.address_incomplete",
        "cpe",
        "500 with Reason Q.850 cause 28, invalid number format",
        "the reason outranks the code",
        (q850(28, "Invalid number format"),),
        you="0288663",
        absent="call.ok call.server_failure",
        apart=True,
    ),
    Refusal(
        "call-403-international",
        "403",
        "call.forbidden",
        "boss",
        "403 for a number that begins with 00",
        "international calls are not opened for this customer",
        you="0085221234567",
        absent="call.ok call.auth_failed",
    ),
    Refusal(
        "call-403-long-distance",
        "403",
        "call.forbidden",
        "boss",
        "403 for a number that begins with 0 and another area code",
        "long-distance calls are not opened for this customer",
        you="01062345678",
        absent="call.ok call.auth_failed",
    ),
    Refusal(
        "call-403-phrase",
        "403 Outgoing calls barred due to arrears",
        "call.forbidden",
        "boss",
        "403 whose phrase speaks of arrears, with a Warning 399",
        "the phrase says more than the code",
        ('Warning: 399 as01.ims.sc.example.cn "Outgoing call barring active"',),
        absent="call.ok call.auth_failed",
        apart=True,
    ),
    Refusal(
        "call-declined-603",
        "603",
        "call.declined",
        "none",
        "rings, then 603 Decline",
        "the callee pressed reject",
        rings_ms=900,
    ),
    Refusal(
        "call-declined-q850-21",
        "603",
        "call.declined",
        "none",
        "603 with Q.850 cause 21, call rejected",
        "the same with the network's reason",
        (q850(21, "Call rejected"),),
        apart=True,
    ),
    Refusal(
        "call-488",
        "488",
        "call.not_acceptable",
        "cpe sbc",
        "488 with Warning 305 for an offer of G.723 only",
        "no codec in common (RFC 3261 20.43)",
        ('Warning: 305 sbc-cd01 "Incompatible media format"',),
        offer=sdp.audio(*A, (4,)),
        absent="call.ok fax.t38_refused",
    ),
    Refusal(
        "call-606",
        "606",
        "call.not_acceptable",
        "cpe sbc",
        "606 Not Acceptable with Warning 304",
        "media type not available",
        ('Warning: 304 sbc-cd01 "Media type not available"',),
        absent="call.ok fax.t38_refused",
        apart=True,
    ),
    Refusal(
        "call-415",
        "415",
        "call.not_acceptable",
        "cpe sbc",
        "415 Unsupported Media Type",
        "RFC 3261 21.4.13",
        ("Accept: application/sdp",),
    ),
    Refusal("call-500", "500", "call.server_failure", "core", "500 without a reason", "RFC 3261 21.5.1"),
    Refusal(
        "call-503-q850-34",
        "503",
        "call.server_failure",
        "core",
        "503 with Retry-After and Q.850 cause 34",
        "no circuit available: congestion",
        ("Retry-After: 30", q850(34, "No circuit/channel available")),
    ),
    Refusal(
        "call-500-q850-38",
        "500",
        "call.server_failure",
        "core",
        "500 with Q.850 cause 38",
        "network out of order",
        (q850(38, "Network out of order"),),
        apart=True,
    ),
    Refusal(
        "call-503-q850-41",
        "503",
        "call.server_failure",
        "core",
        "503 with Q.850 cause 41",
        "temporary failure",
        (q850(41, "Temporary failure"),),
        apart=True,
    ),
    Refusal(
        "call-504-q850-42",
        "504",
        "call.server_failure",
        "core",
        "504 with Q.850 cause 42",
        "switching equipment congestion",
        (q850(42, "Switching equipment congestion"),),
    ),
    Refusal("call-502-plain", "502", "call.server_failure", "core", "502 Bad Gateway", "RFC 3261 21.5.3", apart=True),
    Refusal(
        "call-405",
        "405",
        "call.rejected",
        "cpe sbc",
        "405 Method Not Allowed",
        "any other final refusal",
        ("Allow: OPTIONS, REGISTER",),
    ),
    Refusal(
        "call-400",
        "400 Bad Request - Malformed Contact",
        "call.rejected",
        "cpe sbc",
        "400 with a phrase",
        "any other final refusal",
        apart=True,
    ),
    Refusal(
        "call-422-given-up",
        "422",
        "call.session_timer",
        "sbc cpe",
        "422 with Min-SE: 1800, and the caller gives up",
        "the device's session interval is below what the network allows (RFC 4028 6)",
        ("Min-SE: 1800",),
        absent="call.ok call.rejected",
    ),
]


def _declare(row: Refusal) -> None:
    code = row.answer[:3]

    @scenario(
        row.name,
        row.shows,
        why=row.why,
        by=BY,
        verdict=row.verdict,
        who=row.who,
        absent=row.absent,
        proof=f"sip.Status-Code == {code}",
        cause=int(code),
        apart=row.apart,
    )
    def _make(bench: Bench) -> Made:
        caller = hearing(code)
        if row.offer:
            caller[0] = invite(row.offer)
        if code == "422":
            caller[0] = Say("INVITE", ("Session-Expires: 300", "Supported: timer"), sdp.audio(*A))
        return call(bench, caller, refused(row.answer, *row.headers, rings_ms=row.rings_ms), you=row.you)


for _row in ROWS:
    _declare(_row)


@scenario(
    "call-408-trying-only",
    "100 Trying, three seconds of nothing, then 408",
    why="the callee or the next hop is silent: it never rang",
    by=BY,
    verdict="call.callee_unreachable",
    who="cpe line",
    absent="call.ok call.no_answer call.no_response",
    proof="sip.Status-Code == 408",
    cause=408,
)
def call_408(bench: Bench) -> Made:
    callee: list[Step] = [Hear("INVITE"), Say("100"), sipp.Pause(3000), Say("408"), Hear("ACK")]
    return call(bench, hearing("408"), callee)
