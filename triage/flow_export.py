"""How does a work list become a spreadsheet that nothing runs in? Never asks the store.

A cell that begins with = + - @ (or a tab or line break before them) would be a formula to the program that opens it;
such texts get an apostrophe in front. Source: OWASP, CSV Injection.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone

from openpyxl import Workbook

from triage.records_flow import FlowLine

MOST_ROWS = 20_000
HEADER = (
    "工单流水号", "工单主题", "流程", "环节", "处理人", "专业", "地市", "区县", "优先级", "开始时间", "更新时间",
    "到期时间", "超期",
)  # fmt: skip
_BEIJING = timezone(timedelta(hours=8))
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # XML has no way to write these


def write_lines(title: str, lines: Sequence[tuple[FlowLine, str]], mask: Callable[[str], str]) -> bytes:
    """Return an XLSX file. lines: with the names of their states. mask: hides numbers in texts."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.append(HEADER)
    for line, label in lines:
        ticket = line.ticket
        texts = (
            ticket.number, mask(ticket.title), ticket.lifecycle or "", label, line.holder, ticket.specialty or "",
            ticket.city, ticket.district, ticket.priority,
        )  # fmt: skip
        times = (_local(line.begun_at), _local(line.changed_at), _local(line.due_at))
        sheet.append([*(harmless(text) for text in texts), *times, "是" if line.overdue else "否"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def harmless(text: str) -> str:
    """Return text as a cell may hold it: no formula, and nothing that XML cannot write."""
    clean = _UNPRINTABLE.sub("\ufffd", text)
    return f"'{clean}" if clean.lstrip().startswith(("=", "+", "-", "@")) or clean[:1] in ("\t", "\r") else clean


def _local(at: datetime | None) -> str:
    return "" if at is None else at.astimezone(_BEIJING).strftime("%Y-%m-%d %H:%M")
