"""What does an offer or an answer look like (RFC 4566, 3264; T.38: ITU-T T.38 annex D)?"""

from __future__ import annotations

RTPMAP = {
    0: "PCMU/8000",
    3: "GSM/8000",
    4: "G723/8000",
    8: "PCMA/8000",
    9: "G722/8000",
    18: "G729/8000",
    96: "AMR/8000",
    97: "iLBC/8000",
    101: "telephone-event/8000",
}


def _head(address: str, version: int) -> list[str]:
    family = "IP6" if ":" in address else "IP4"
    return ["v=0", f"o=- 20261123 {version} IN {family} {address}", "s=-", f"c=IN {family} {address}", "t=0 0"]


def audio(
    address: str, port: int, codecs: tuple[int, ...] = (8, 101), *, version: int = 1, more: tuple[str, ...] = ()
) -> str:
    """Return a session with one audio line. codecs: payload types in order of wish; more: further attributes."""
    lines = [*_head(address, version), f"m=audio {port} RTP/AVP {' '.join(map(str, codecs))}"]
    lines += [f"a=rtpmap:{number} {RTPMAP[number]}" for number in codecs]
    lines += ["a=fmtp:101 0-15"] if 101 in codecs else []
    return "\n".join([*lines, "a=ptime:20", *(more or ("a=sendrecv",))])


def t38(address: str, port: int, *, version: int = 2) -> str:
    """Return a session with one T.38 line over UDPTL."""
    return "\n".join([
        *_head(address, version), f"m=image {port} udptl t38", "a=T38FaxVersion:0", "a=T38MaxBitRate:14400",
        "a=T38FaxRateManagement:transferredTCF", "a=T38FaxMaxBuffer:262", "a=T38FaxMaxDatagram:90",
        "a=T38FaxUdpEC:t38UDPRedundancy",
    ])  # fmt: skip
