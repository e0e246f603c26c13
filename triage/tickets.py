"""What is a ticket, as it arrived and as it was read?

`Ticket` is one revision in the words of the upstream system; `ParsedTicket` is what stands in it. Field names are
the Chinese header names of the EOMS export (投诉内容, 工单主题, …), whatever the file called them.
Never decides anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from geo.place import Datum
from rules.text import Span
from triage.carried import Carried

NUMBER = "工单流水号"
TITLE = "工单主题"
CONTENT = "投诉内容"
PLACE = "故障地点"
DECLARED_PLACE = "申告地"
DECLARED_COUNTY = "申告区县"
LONGITUDE, LATITUDE, COORDINATE, DATUM = "经度", "纬度", "坐标", "坐标系"
LEVELS = tuple(f"投诉分类{n}级" for n in "一二三四五六七")
FIELDS = (
    NUMBER, TITLE, "派单时间", "工单处理时限", "紧急程度", "故障时间", "投诉时间", "客户姓名", "客户电话", CONTENT,
    "是否大面积投诉", "客户级别", "用户归属地", *LEVELS, "故障号码", PLACE, DECLARED_PLACE, DECLARED_COUNTY,
    "CRM工单号", "操作人", "客服中心派单时间", "CCH系统定界处理时间",
    *(f"投诉定位建议{n}" for n in "12345"), "省份", "地市", "区县",
    LONGITUDE, LATITUDE, COORDINATE, DATUM,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Origin(Carried):
    """Where a row was read: file name and row (1 = first row of the file, header included) or record number."""

    file: str
    row: int


@dataclass(frozen=True, slots=True)
class Ticket(Carried):
    """One revision of a ticket.

    source: the upstream system, `eoms` unless the import says otherwise; with number it is the key.
    number: 工单流水号, or one made from the content where the ticket had none (number_made).
    fields: canonical Chinese field name → text exactly as it arrived; absent and empty fields are left out.
    extra: fields of the export that have no canonical name.
    content_hash: sha256 hex of source, number, fields and extra; the same content again is no change.
    notes: sentences about what the reader had to assume.
    """

    source: str
    number: str
    number_made: bool
    fields: Mapping[str, str]
    extra: Mapping[str, str]
    content_hash: str
    origin: Origin
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that could not be read: where, which field, and a sentence that says what to do."""

    file: str
    row: int
    field: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Labelled:
    """A `label: value` pair found inside a field: a line of the #同步要素# block or of a template.

    key: the label as written without brackets; value: the text after it, stripped; span: place of the value;
    whole: place of label and value together.
    """

    key: str
    value: str
    span: Span
    whole: Span


@dataclass(frozen=True, slots=True)
class AddressMention:
    """One address the ticket names.

    kind: template (labelled address, block address or free text inside 投诉内容) or field.
    origin: which rule found it: `label`, `block`, `free_text`, or the field's name.
    """

    text: str
    kind: Literal["template", "field"]
    origin: str
    span: Span


@dataclass(frozen=True, slots=True)
class CoordinateMention:
    """The coordinate a ticket gives. lon, lat: degrees in datum; datum: None where nobody said it.

    source: template (inside 投诉内容) or field. spans: where it stands.
    """

    lon: float
    lat: float
    datum: Datum | None
    source: Literal["template", "field"]
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two statements of one ticket that cannot both hold, e.g. 室内 in the block and 室外 in the path."""

    what: str
    first: Span
    second: Span
    sentence: str


@dataclass(frozen=True, slots=True)
class ParsedTicket:
    """What stands in a ticket.

    path: the seven category levels, "" where a level is missing; path_spans: the place of each level (its own
    field, or inside the title), None where missing.
    block: answers of the #同步要素# block; template: other labelled values inside 投诉内容.
    masked: stretches of 投诉内容 that carry labels, block keys or boilerplate and must match no keyword.
    addresses: all mentions, the one that counts first. facts: values read from fields and block
    (fact id of rules/content/facts.yaml → value); contradictions are listed, never resolved.
    coordinate: the one that counts; coordinate_notes: what could not be used, and why.
    """

    ticket: Ticket
    path: tuple[str, ...]
    path_spans: tuple[Span | None, ...]
    dispatch_count: int | None
    limit_hours: float | None
    block: tuple[Labelled, ...]
    template: tuple[Labelled, ...]
    masked: tuple[Span, ...]
    addresses: tuple[AddressMention, ...]
    contradictions: tuple[Contradiction, ...]
    coordinate: CoordinateMention | None = None
    coordinate_notes: tuple[str, ...] = ()
