"""Is a file a capture, by its first bytes? Never by its name."""

from __future__ import annotations

from typing import Literal

Format = Literal["pcap", "pcapng", "gzip"]
HEAD = 16  # bytes that are enough to tell

_MAGICS: tuple[tuple[bytes, Format], ...] = (
    (b"\xd4\xc3\xb2\xa1", "pcap"),
    (b"\xa1\xb2\xc3\xd4", "pcap"),
    (b"\x4d\x3c\xb2\xa1", "pcap"),  # nanoseconds
    (b"\xa1\xb2\x3c\x4d", "pcap"),
    (b"\x0a\x0d\x0d\x0a", "pcapng"),
    (b"\x1f\x8b\x08", "gzip"),
)


def format_of(head: bytes) -> Format | None:
    """Return which kind of capture begins with head; None where none that Suyin reads does.

    gzip: what is inside is only known once it is unpacked.
    Source: draft-ietf-opsawg-pcap 4, draft-ietf-opsawg-pcapng 4.1, RFC 1952 2.3.1.
    """
    return next((name for magic, name in _MAGICS if head.startswith(magic)), None)
