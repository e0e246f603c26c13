"""Is the same ticket the same, whichever file it came in?"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
import pytest

from triage.intake import read_file, ticket_from_mapping
from triage.tickets import Ticket

FIELDS = {
    "工单流水号": "S-1",
    "投诉内容": "没信号，\n很久了 <急> & 烦",
    "派单时间": "2026-11-03 08:15:00",
    "班组": "二班",
}


def as_csv() -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([list(FIELDS)[::-1], list(FIELDS.values())[::-1]])
    return text.getvalue().replace("，\n", "，\r\n").encode("gb18030")


def as_xml() -> bytes:
    infos = "".join(
        f"<fieldInfo><fieldChName>{name}</fieldChName><fieldContent>{escape(value)}</fieldContent></fieldInfo>"
        for name, value in FIELDS.items()
    )
    return f"<opDetail><recordInfo>{infos}</recordInfo></opDetail>".encode()


def as_xlsx() -> bytes:
    book, data = openpyxl.Workbook(), io.BytesIO()
    for row in (list(FIELDS), list(FIELDS.values())):
        book.worksheets[0].append(row)
    book.save(data)
    return data.getvalue()


@pytest.mark.parametrize("data", [as_csv(), as_xml(), as_xlsx(), json.dumps(FIELDS).encode()])
def test_the_hash_does_not_depend_on_the_format(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "tickets"
    file.write_bytes(data)
    ticket, wanted = next(read_file(file)), ticket_from_mapping(FIELDS)
    assert isinstance(ticket, Ticket)
    assert isinstance(wanted, Ticket)
    assert ticket.content_hash == wanted.content_hash


def test_changed_content_changes_the_hash() -> None:
    one, other = ticket_from_mapping(FIELDS), ticket_from_mapping({**FIELDS, "投诉内容": "没信号"})
    assert isinstance(one, Ticket)
    assert isinstance(other, Ticket)
    assert one.content_hash != other.content_hash


def test_ticket_without_a_number_gets_the_same_one_each_time() -> None:
    one, two = (ticket_from_mapping({"投诉内容": "没信号"}, row=row) for row in (1, 2))
    assert isinstance(one, Ticket)
    assert isinstance(two, Ticket)
    assert one.number_made
    assert one.number.startswith("N-")
    assert (one.number, one.content_hash) == (two.number, two.content_hash)
    assert one.notes


def test_two_columns_for_one_field_lose_nothing() -> None:
    ticket = ticket_from_mapping({"工单流水号": "S-1", "sheetId": "X-9", "投诉内容": "没信号"})
    assert isinstance(ticket, Ticket)
    assert (ticket.number, ticket.extra) == ("S-1", {"sheetId": "X-9"})
