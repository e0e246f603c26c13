"""Which tickets does a file hold?

Picks the reader by content, then suffix, and applies the cap on rows. Never stops at a bad row.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from triage.intake.build import Builder
from triage.intake.caps import Caps
from triage.intake.csv_rows import read_csv
from triage.intake.errors import TooLargeError
from triage.intake.json_records import read_json
from triage.intake.mapping import FieldMapping
from triage.intake.sniff import beginning, kind_of
from triage.intake.xlsx_rows import read_xlsx
from triage.intake.xml_records import read_xml
from triage.tickets import Reject, Ticket

_READERS = {"csv": read_csv, "json": read_json, "xlsx": read_xlsx, "xml": read_xml}


def read_file(
    path: Path, *, mapping: FieldMapping | None = None, caps: Caps | None = None, source: str = "eoms"
) -> Iterator[Ticket | Reject]:
    """Yield the tickets of a file, and a Reject for every row that cannot be read, in file order.

    path: EOMS XML, XLSX, CSV, JSON lines, a JSON array or a JSON object. mapping: headers of another export.
    source: the upstream system, part of every ticket's key. Memory does not grow with the number of rows,
    except for workbooks, which are unpacked whole (up to caps.unpacked).
    Raises IntakeError where the file as a whole cannot be read, TooLargeError also after caps.rows rows.
    """
    limits = caps or Caps()
    data = beginning(path)
    reader = _READERS[kind_of(path, data)]
    builder = Builder(source, path.name, limits)
    for count, item in enumerate(reader(path, data, builder, mapping or FieldMapping()), 1):
        if count > limits.rows:
            raise TooLargeError(str(path), f"多于 {limits.rows} 行，前面的已经读入", "请把其余的行分到另一个文件导入")
        yield item
