"""Does the picture of a call show who said what to whom, whatever stands in the messages?"""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

import pytest

from diagnostics.ladder import MOST_ROWS, ladder_svg
from diagnostics.report import report

PHONE, SBC, CORE = "10.0.0.1:5060", "10.0.0.2:5060", "10.0.0.3:5060"
SVG = "{http://www.w3.org/2000/svg}"


def message(frame: int, source: str, destination: str, label: str, status: int | None = None) -> dict[str, Any]:
    return {
        "frame": frame, "time": f"2026-03-01T12:00:{frame % 60:02d}.000000Z", "source": source,
        "destination": destination, "label": label, "status": status,
    }  # fmt: skip


def call(*messages: dict[str, Any], call_id: str = "c1", count: int | None = None) -> dict[str, Any]:
    return {
        "call_id": call_id, "call_ids": [call_id], "caller": "02886630001", "callee": "02886630002",
        "start": messages[0]["time"], "message_count": count or len(messages), "messages": list(messages),
    }  # fmt: skip


def document(*calls: dict[str, Any], findings: tuple[dict[str, Any], ...] = (), **more: Any) -> dict[str, Any]:
    verdict = {"code": "call.busy", "responsible": "none", "also_responsible": [], "sentence": "被叫忙"}
    return {
        "file": "a.pcap", "verdict": verdict, "findings": list(findings), "calls": list(calls), "registrations": [],
        "streams": [], "notes": [], **more,
    }  # fmt: skip


def finding(call_id: str, frame: int) -> dict[str, Any]:
    return {
        "code": "call.busy", "severity": "info", "responsible": ["none"], "frames": [frame], "call_id": call_id,
        "sentence": "被叫忙", "source": "RFC 3261 21.4.24",
    }  # fmt: skip


BUSY = call(message(1, PHONE, SBC, "INVITE"), message(2, SBC, PHONE, "486 Busy Here", 486))


def texts(svg: str) -> list[str]:
    return [found.text or "" for found in ET.fromstring(svg).iter(f"{SVG}text")]


def test_every_address_and_every_message_is_drawn_once() -> None:
    found = texts(ladder_svg(document(BUSY)))
    assert [found.count(text) for text in (PHONE, SBC, "INVITE", "486 Busy Here", "#1", "#2")] == [1] * 6


def test_messages_stand_below_one_another_in_order_of_time() -> None:
    svg = ET.fromstring(ladder_svg(document(BUSY)))
    heights = [float(t.get("y", "0")) for t in svg.iter(f"{SVG}text") if t.text in ("INVITE", "486 Busy Here")]
    assert heights[0] < heights[1]


def test_the_frame_that_proves_a_finding_is_marked() -> None:
    assert "● 486 Busy Here" in texts(ladder_svg(document(BUSY, findings=(finding("c1", 2),))))


def test_without_a_wish_the_first_finding_is_drawn() -> None:
    other = call(message(7, PHONE, CORE, "INVITE"), call_id="c2")
    assert CORE in texts(ladder_svg(document(BUSY, other, findings=(finding("c2", 7),))))


def test_media_is_drawn_with_its_quality() -> None:
    stream = {
        "call_id": "c1", "source": "10.0.0.1:16400", "destination": "10.0.0.9:30120", "codec": "PCMA", "packets": 200,
        "loss_percent": 5.25, "mos": 3.42, "first_frame": 1,
    }  # fmt: skip
    found = texts(ladder_svg(document(BUSY, streams=[stream])))
    assert [found.count(text) for text in (PHONE, "10.0.0.9:30120")] == [1, 1]
    assert found.index("INVITE") < found.index("PCMA · 200 包 · 丢包 5.2% · MOS 3.4") < found.index("486 Busy Here")


@pytest.mark.parametrize("wish", ["c9", None])
def test_a_call_that_is_not_there_is_an_error(wish: str | None) -> None:
    calls = (BUSY,) if wish else ()
    with pytest.raises(KeyError):
        ladder_svg(document(*calls), wish)


def test_texts_of_the_capture_cannot_become_markup() -> None:
    svg = ladder_svg(document(call(message(1, PHONE, SBC, "<script>alert(1)</script>&\"'"))))
    assert "<script>" not in svg
    assert any("<script>" in text for text in texts(svg))


def test_a_very_long_call_is_cut_and_says_so() -> None:
    many = [message(n, PHONE, SBC, "INFO") for n in range(1, 500)]
    svg = ladder_svg(document(call(*many, count=4000)))
    assert texts(svg).count("INFO") == MOST_ROWS
    assert any("共 4000 条信令" in text for text in texts(svg))


def test_a_message_to_itself_has_an_arrow_too() -> None:
    assert "OPTIONS" in texts(ladder_svg(document(call(message(1, SBC, SBC, "OPTIONS")))))


def test_the_report_names_verdict_findings_frames_and_the_centre() -> None:
    text = report(document(BUSY, findings=(finding("c1", 2),)), {"none": "无需处理"})
    assert text.startswith("a.pcap：被叫忙\n结论 call.busy　责任方 无需处理")
    assert "帧 2　责任方 无需处理　依据 RFC 3261 21.4.24" in text
    assert "#2       < 486 Busy Here" in text
