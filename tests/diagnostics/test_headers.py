from __future__ import annotations

import time

import pytest

from diagnostics.headers import MOST_LINES, credentials, host_of, parameters, parted, read_message, uri_of, user_of
from diagnostics.sdp import MOST_MEDIA, read_sdp

INVITE = (
    b"INVITE sip:bob@example.com SIP/2.0\r\n"
    b"Via: SIP/2.0/UDP a.example;branch=z9hG4bK1, SIP/2.0/TCP b.example\r\n"
    b'From: "Alice, A." <sip:alice@example.com>;tag=1\r\n'
    b"Content-Length: 4\r\n\r\nbody and more"
)


def test_a_request_is_split_into_headers_and_the_body_that_its_length_says() -> None:
    read = read_message(INVITE)

    assert read is not None
    assert (read.method, read.uri, read.status, read.body, read.size) == (
        "INVITE", "sip:bob@example.com", None, b"body", len(INVITE) - 9,
    )  # fmt: skip


def test_values_in_one_line_are_taken_apart_but_not_inside_quotes() -> None:
    read = read_message(INVITE)

    assert read is not None
    assert (len(read.each("via")), read.each("from")) == (2, ['"Alice, A." <sip:alice@example.com>;tag=1'])


def test_a_response_has_a_status_and_a_phrase() -> None:
    read = read_message(b"SIP/2.0 486 Busy Here\r\ni: 7\r\n\r\n")

    assert read is not None
    assert (read.status, read.phrase, read.method, read.first("call-id")) == (486, "Busy Here", "", "7")


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        (b"i: c1", "call-id", "c1"),
        (b"CALL-ID : c1", "call-id", "c1"),
        (b"Subject: a\r\n  b\r\n\tc", "subject", "a b c"),
        (b"Call-ID:c1", "call-id", "c1"),
        (b"Subject: \xe4\xb8\xad", "subject", "中"),
        (b"Subject: \xff", "subject", "\ufffd"),
        (b"Subject: a\x00b", "subject", "ab"),
    ],
)
def test_headers_are_read_in_every_form_that_devices_send(line: bytes, name: str, value: str) -> None:
    read = read_message(b"OPTIONS sip:x SIP/2.0\r\n" + line + b"\r\n\r\n")

    assert read is not None
    assert read.first(name).replace("  ", " ") == value


@pytest.mark.parametrize(
    ("payload", "problem"),
    [
        (b"\x00\x01junk OPTIONS sip:x SIP/2.0\r\nTo: a\r\n\r\n", "junk before the start line"),
        (b"OPTIONS sip:x SIP/2.0\r\nTo: a\r\n", "headers without an end"),
        (b"OPTIONS sip:x SIP/2.0\r\nContent-Length: -5\r\n\r\n", "invalid Content-Length"),
        (b"OPTIONS sip:x SIP/2.0\r\nContent-Length: 99999999999999999999\r\n\r\n", "invalid Content-Length"),
        (b"OPTIONS sip:x SIP/2.0\r\nContent-Length: 50\r\n\r\nshort", "body shorter than Content-Length"),
        (b"OPTIONS sip:x SIP/2.0\r\nTo a\r\n\r\n", "a line without a colon"),
        (b"OPTIONS sip:x SIP/2.0\r\nTo: a\x00\r\n\r\n", "NUL bytes"),
        (b"OPTIONS sip:x SIP/2.0\r\n" + b"X: y\r\n" * (MOST_LINES + 9) + b"\r\n", "too many lines"),
    ],
)
def test_what_is_wrong_is_named_and_the_rest_is_read(payload: bytes, problem: str) -> None:
    read = read_message(payload)

    assert read is not None
    assert (read.method, problem in read.problems) == ("OPTIONS", True)


@pytest.mark.parametrize(
    "payload", [b"", b"\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"SIP/2.0", b"x" * 70_000, b"\x80" * 200]
)
def test_what_is_no_sip_gives_nothing(payload: bytes) -> None:
    assert read_message(payload) is None


def test_bare_line_feeds_end_headers_too() -> None:
    read = read_message(b"OPTIONS sip:x SIP/2.0\nTo: a\n\nbody")

    assert read is not None
    assert (read.first("to"), read.body) == ("a", b"body")


@pytest.mark.parametrize(
    "payload",
    [
        b"A" * 300_000,
        b"INVITE " + b"a" * 300_000,
        b"INVITE sip:x SIP/2.0\r\n" + b"A" * 300_000,
        b"INVITE sip:x SIP/2.0\r\n" + b"A: " + b'"' * 60_000 + b"\r\n\r\n",
        b"INVITE sip:x SIP/2.0\r\nVia: " + b'",<' * 20_000 + b"\r\n\r\n",
        b"INVITE sip:x SIP/2.0\r\nVia: " + b"\\" * 60_000 + b"\r\n\r\n",
        b"INVITE sip:x SIP/2.0\r\nVia: " + b'"\\' * 30_000 + b",\r\n\r\n",
        b"INVITE sip:x SIP/2.0\r\nX:" + b"\r\n " * 20_000 + b"\r\n\r\n",
    ],
)
def test_no_payload_makes_reading_slow(payload: bytes) -> None:
    begun = time.process_time()
    read = read_message(payload)
    if read is not None:
        for name in read.headers:
            read.each(name)

    assert time.process_time() - begun < 1.0


@pytest.mark.parametrize(
    ("value", "uri", "user", "host"),
    [
        ('"Bob" <sip:+8613800000000@ims.cn:5060;user=phone>;tag=x', "sip:+8613800000000@ims.cn:5060;user=phone",
         "+8613800000000", "ims.cn:5060"),
        ("sip:bob@example.com;tag=1", "sip:bob@example.com", "bob", "example.com"),
        ("<tel:10086;phone-context=cn>", "tel:10086;phone-context=cn", "10086", ""),
        ("<sip:example.com>", "sip:example.com", "", "example.com"),
        ("<sips:bob:secret@[2001:db8::1]:5061>", "sips:bob:secret@[2001:db8::1]:5061", "bob", "[2001:db8::1]:5061"),
        ("<sip:broken", "sip:broken", "", "broken"),
        ("", "", "", ""),
    ],
)  # fmt: skip
def test_numbers_and_hosts_are_read_from_every_form_of_address(value: str, uri: str, user: str, host: str) -> None:
    assert (uri_of(value), user_of(uri_of(value)), host_of(uri_of(value))) == (uri, user, host)


def test_parameters_stand_outside_the_brackets() -> None:
    assert parameters('"x;y=1" <sip:a;lr>;Tag=7;q="0.5";flag') == {"tag": "7", "q": "0.5", "flag": ""}


def test_fields_of_a_challenge_keep_commas_in_quotes() -> None:
    fields = credentials('Digest realm="a, b", nonce="n=1", stale=TRUE, qop="auth,auth-int"')

    assert fields == {"scheme": "digest", "realm": "a, b", "nonce": "n=1", "stale": "TRUE", "qop": "auth,auth-int"}


def test_a_line_without_commas_is_one_value() -> None:
    assert list(parted("a;b=1")) == ["a;b=1"]


SDP = (
    b"v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\n"
    b"m=audio 4000 RTP/AVP 8 0 101\r\na=rtpmap:8 pcma/8000\r\na=rtpmap:101 telephone-event/8000/1\r\na=ptime:20\r\n"
    b"a=sendonly\r\nm=image 0 udptl t38\r\nc=IN IP4 10.0.0.2/127\r\n"
)


def test_a_description_says_what_each_media_line_is_for() -> None:
    sdp = read_sdp(SDP)

    assert sdp is not None
    audio, image = sdp.media
    assert (audio.kind, audio.port, audio.address, audio.direction, audio.ptime_ms, audio.codecs) == (
        "audio", 4000, "10.0.0.1", "sendonly", 20, {8: ("PCMA", 8000), 101: ("TELEPHONE-EVENT", 8000)},
    )  # fmt: skip
    assert (image.kind, image.port, image.protocol, image.formats, image.address) == (
        "image", 0, "UDPTL", ("t38",), "10.0.0.2",
    )  # fmt: skip


def test_a_description_is_found_inside_a_multipart_body() -> None:
    sdp = read_sdp(b"--x\r\nContent-Type: application/sdp\r\n\r\n" + SDP + b"--x\r\nm=audio 1 RTP/AVP 0\r\n")

    assert sdp is not None
    assert len(sdp.media) == 2


@pytest.mark.parametrize(
    "line", [b"m=audio 70000 RTP/AVP 0", b"m=audio x RTP/AVP 0", b"m=audio", b"m=audio -1 RTP/AVP 0", b"m="]
)
def test_media_lines_that_make_no_sense_are_left_out(line: bytes) -> None:
    sdp = read_sdp(b"v=0\r\n" + line + b"\r\n")

    assert sdp is not None
    assert sdp.media == ()


def test_ten_thousand_media_lines_are_cut_at_the_limit() -> None:
    sdp = read_sdp(b"v=0\r\n" + b"m=audio 4000 RTP/AVP 0\r\n" * 10_000)

    assert sdp is not None
    assert (len(sdp.media), sdp.problems) == (MOST_MEDIA, ("too many media lines",))
