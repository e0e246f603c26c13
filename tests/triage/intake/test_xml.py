"""Which tickets does an EOMS XML file give?"""

from __future__ import annotations

from pathlib import Path

import pytest

from triage.intake import Caps, read_file
from triage.intake.errors import BrokenFileError, ForbiddenError, UnknownFormatError
from triage.tickets import Reject, Ticket


def info(chinese: str, english: str, content: str) -> str:
    return (
        f"<fieldInfo><fieldChName>{chinese}</fieldChName><fieldEnName>{english}</fieldEnName>"
        f"<fieldContent>{content}</fieldContent></fieldInfo>"
    )


def record(number: str, content: str) -> str:
    return f"<recordInfo>{info('', 'sheetId', number)}{info('', 'complaintDesc', content)}</recordInfo>"


def detail(*records: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<opDetail>{"".join(records)}</opDetail>'


def read(path: Path, text: str | bytes, caps: Caps | None = None) -> list[Ticket | Reject]:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return list(read_file(path, caps=caps))


def contents(items: list[Ticket | Reject]) -> list[str]:
    return [item.fields.get("投诉内容", "") if isinstance(item, Ticket) else f"!{item.row}" for item in items]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tickets.xml"


def test_reads_many_records_by_their_english_names(file: Path) -> None:
    assert contents(read(file, detail(record("S-1", "没信号"), record("S-2", "掉话")))) == ["没信号", "掉话"]


def test_chinese_name_is_enough(file: Path) -> None:
    only = info("EOMS工单流水号", "", "S-1") + info("投诉分类三级类别", "", "短彩信")
    ticket = read(file, detail(f"<recordInfo>{only}</recordInfo>"))[0]
    assert isinstance(ticket, Ticket)
    assert ticket.fields == {"工单流水号": "S-1", "投诉分类三级": "短彩信"}


def test_unknown_field_is_kept_aside(file: Path) -> None:
    ticket = read(file, detail(f"<recordInfo>{info('', 'sheetId', 'S-1')}{info('班组', 'team', '二班')}</recordInfo>"))[
        0
    ]
    assert isinstance(ticket, Ticket)
    assert ticket.extra == {"班组": "二班"}


def test_file_without_record_info_is_one_record(file: Path) -> None:
    text = f"<opDetail>{info('', 'sheetId', 'S-1')}{info('', 'complaintDesc', '没信号')}</opDetail>"
    assert contents(read(file, text)) == ["没信号"]


def test_text_that_looks_like_a_prefix_stays(file: Path) -> None:
    assert contents(read(file, detail(record("S-1", "联系要求:尽快 客户要求:处理 结束")))) == [
        "联系要求:尽快 客户要求:处理 结束"
    ]


def test_namespace_prefix_is_ignored(file: Path) -> None:
    text = detail(record("S-1", "没信号")).replace("<", "<e:").replace("<e:/", "</e:").replace("<e:?", "<?")
    assert contents(read(file, text)) == ["没信号"]


def test_gbk_declaration_is_honoured(file: Path) -> None:
    text = detail(record("S-1", "没信号")).replace("UTF-8", "GBK")
    assert contents(read(file, text.encode("gbk"))) == ["没信号"]


def test_unescaped_ampersand_costs_its_record_only(file: Path) -> None:
    assert contents(read(file, detail(record("S-1", "A & B"), record("S-2", "掉话")))) == ["!1", "掉话"]


def test_record_that_is_never_closed_costs_itself_only(file: Path) -> None:
    broken = record("S-1", "没信号").removesuffix("</recordInfo>")
    assert contents(read(file, detail(broken, record("S-2", "掉话")))) == ["!1", "掉话"]


def test_file_that_breaks_off_keeps_what_was_whole(file: Path) -> None:
    assert contents(read(file, detail(record("S-1", "没信号"), record("S-2", "掉话"))[:-60])) == ["没信号", "!2"]


def test_records_across_read_chunks_are_whole(file: Path) -> None:
    assert contents(read(file, detail(*(record(f"S-{n}", "信号" * 997) for n in range(50))))) == ["信号" * 997] * 50


def test_endless_record_is_given_up_and_the_next_one_read(file: Path) -> None:
    endless = "<recordInfo>" + "x" * 300_000
    assert contents(read(file, detail(endless, record("S-2", "掉话")), Caps(cell=1000))) == ["!1", "掉话"]


def test_entities_are_refused_before_anything_is_expanded(file: Path) -> None:
    bomb = '<!DOCTYPE o [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>'
    with pytest.raises(ForbiddenError, match="DOCTYPE"):
        read(file, detail(record("S-1", "&b;")).replace("<opDetail>", bomb + "<opDetail>"))


def test_external_entity_is_refused(file: Path) -> None:
    outside = '<!DOCTYPE o [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    with pytest.raises(ForbiddenError):
        read(file, detail(record("S-1", "&x;")).replace("<opDetail>", outside + "<opDetail>"))


def test_undefined_entity_costs_its_record_only(file: Path) -> None:
    assert contents(read(file, detail(record("S-1", "&x;"), record("S-2", "掉话")))) == ["!1", "掉话"]


def test_bad_byte_costs_its_record_only(file: Path) -> None:
    data = detail(record("S-1", "没?信号"), record("S-2", "掉话")).encode().replace(b"?\xe4", b"\xff\xe4")
    data = data.replace("没?".encode(), "没".encode() + b"\xff")
    assert contents(read(file, data)) == ["!1", "掉话"]


def test_control_character_becomes_a_space(file: Path) -> None:
    assert contents(read(file, detail(record("S-1", "没\x0b信号")))) == ["没 信号"]


def test_other_xml_says_so(file: Path) -> None:
    with pytest.raises(UnknownFormatError, match="recordInfo"):
        read(file, "<?xml version='1.0'?><svg/>")


def test_web_page_says_how_to_save_it(file: Path) -> None:
    with pytest.raises(UnknownFormatError, match="HTML"):
        read(file, "<html><table><tr><td>工单流水号</td></tr></table></html>")


def test_unknown_encoding_says_so(file: Path) -> None:
    with pytest.raises(BrokenFileError, match="未知的编码"):
        read(file, detail(record("S-1", "x")).replace("UTF-8", "x-klingon"))
