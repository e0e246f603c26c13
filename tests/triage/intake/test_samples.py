"""Are the samples what their generator makes, and can they be read?"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from samples.make_samples import HERE, make
from triage.intake import parse, read_file
from triage.tickets import Reject, Ticket

FILES = sorted(HERE.glob("*.csv")) + sorted(HERE.glob("tickets-*.[!c]*"))


def tickets() -> list[Ticket]:
    return [item for file in HERE.glob("tickets-*") for item in read_file(file) if isinstance(item, Ticket)]


def test_generator_makes_the_kept_files_byte_for_byte(tmp_path: Path) -> None:
    make(tmp_path)
    assert {file.name: file.read_bytes() for file in FILES} == {
        file.name: file.read_bytes() for file in tmp_path.iterdir()
    }


def test_there_are_enough_tickets_in_all_formats() -> None:
    assert {file.suffix for file in FILES} == {".csv", ".xlsx", ".xml", ".jsonl"}
    assert len({ticket.number for ticket in tickets()}) >= 300


def test_some_tickets_come_again_with_another_content() -> None:
    counts = Counter(ticket.number for ticket in tickets())
    again = [number for number, count in counts.items() if count == 2]
    hashes = {ticket.content_hash for ticket in tickets() if ticket.number in again}
    assert len(hashes) == 2 * len(again) > 10


def test_only_the_row_that_is_meant_to_be_broken_is_rejected() -> None:
    rejects = [item for file in HERE.glob("tickets-*") for item in read_file(file) if isinstance(item, Reject)]
    assert [(reject.file, reject.row) for reject in rejects] == [("tickets-awkward-gb18030.csv", 16)]


def test_every_parsed_span_lies_in_its_field() -> None:
    for ticket in tickets():
        read = parse(ticket)
        for mention in read.addresses:
            assert ticket.fields[mention.span.field][mention.span.start : mention.span.end] == mention.text
        for answer in (*read.block, *read.template):
            assert ticket.fields["投诉内容"][answer.span.start : answer.span.end] == answer.value
        for level, span in zip(read.path, read.path_spans, strict=True):
            assert span is None or ticket.fields[span.field][span.start : span.end] == level


@pytest.mark.parametrize("name", ["blind_spots.csv", "plans.csv"])
def test_place_files_hold_forty_rows(name: str) -> None:
    assert len((HERE / name).read_text(encoding="utf-8-sig").splitlines()) > 40
