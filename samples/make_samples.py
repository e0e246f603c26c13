"""How were the sample files made?

    python -m samples.make_samples [DIRECTORY]

writes them again, byte for byte: the dice have a seed. Everything in them is invented; telephone numbers are masked.
"""

from __future__ import annotations

import csv
import io
import json
import random
import re
import sys
import tomllib
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl

from samples.sample_places import Spot, blind_spots, make_spot, plans

SEED = 20261103
HERE = Path(__file__).parent
LEVELS = tuple(f"投诉分类{n}级" for n in "一二三四五六七")
HEADER = (
    "工单流水号", "工单主题", "派单时间", "工单处理时限", "紧急程度", "投诉时间", "客户姓名", "客户电话", "投诉内容",
    "是否大面积投诉", "客户级别", "用户归属地", *LEVELS, "故障号码", "故障地点", "申告地", "申告区县",
)  # fmt: skip
CUSTOMERS = ("普通客户", "一星级", "二星级", "三星级", "四星级", "五星级", "金牌集团", "银牌集团")
ENGLISH = {
    "工单流水号": "sheetId", "工单主题": "title", "派单时间": "sendTime", "工单处理时限": "sheetCompleteLimit",
    "紧急程度": "urgentDegree", "投诉时间": "complaintTime", "客户姓名": "customerName", "客户电话": "customPhone",
    "投诉内容": "complaintDesc", "是否大面积投诉": "isWideComplaint", "客户级别": "customLevel",
    "用户归属地": "customAttribution", "故障号码": "complaintNum", "故障地点": "faultSite",
    "申告地": "mainComplaintPlace",
    "申告区县": "mainPlaceCountry", **{level: f"complaintType{n}" for n, level in enumerate(LEVELS, 1)},
}  # fmt: skip
AWKWARD = (
    {"投诉内容": ""},
    {"投诉内容": "锟斤拷锟斤拷烫烫烫屯屯"},
    {"投诉内容": "……"},
    {"投诉内容": "同上"},
    {"投诉内容": "<b>手机</b><script>alert(1)</script>没信号😡😡，在家里&nbsp;一格都没有"},
    {"投诉内容": "=HYPERLINK(\"http://example.invalid\",\"点我\") 上不了网"},
    {"投诉内容": "信号很好，上网很快，就是想问问5G怎么开，另外电话也打不出去，好像又可以了，算了"},
    {
        "投诉内容": "客户说家里信号弱#同步要素#处于室内还是室外:室内（室外）处于哪个场景:道路 "
        "手机显示的网络标识:E#同步要素#",
        "投诉分类一级": "移动业务", "投诉分类三级": "手机上网（4G）", "投诉分类七级": "室外",
    },
    {"工单流水号": "", "投诉内容": "没有工单号的一条：手机一直显示无服务，从上周开始"},
    {"投诉内容": "手机收不到短信\n换行\n还有换行，谢谢"},
    {"投诉内容": "ＶＯＬＴＥ打不了，ＨＤ标没了，手機沒有高清通話"},
    {"投诉内容": "再不解决我就去工信部投诉，三次了，每次都说好了，在家打电话还是听不清"},
)  # fmt: skip

COVERAGE = ("→无信号", "→信号弱", "→无法接通", "→有信号无法接通")  # in a path: about coverage

Ticket = dict[str, str]


class Maker:
    """Makes tickets with one set of dice. spots: the places that blind spots and plans are about."""

    def __init__(self, dice: random.Random, spots: Sequence[Spot]) -> None:
        self._dice = dice
        self._spots = spots
        wordings = tomllib.loads((HERE / "wordings.toml").read_text(encoding="utf-8"))
        self._deck = [(entry["path"], text) for entry in wordings.values() for text in entry["texts"]]
        self._left: list[tuple[str, str]] = []
        self._count = 0

    def ticket(self) -> Ticket:
        """Return the next ticket; every wording is used once before any comes again."""
        if not self._left:
            self._left = self._dice.sample(self._deck, len(self._deck))
        path, wording = self._left.pop()
        dice, spot = self._dice, self._place(coverage=any(word in path for word in COVERAGE))
        self._count += 1
        side = dice.choice(("室内", "室外"))
        address = dice.choices((spot.text, spot.short), (2, 1))[0]
        sent = datetime(2026, 11, 1, 8) + timedelta(minutes=7 * self._count + dice.randrange(6))  # noqa: DTZ001
        fields: Ticket = {
            "工单流水号": f"SC-052-{sent:%y%m%d}-{self._count:05d}",
            "派单时间": f"{sent:%Y-%m-%d %H:%M:%S}",
            "工单处理时限": dice.choice(("12.00小时", "24.00小时", "48.00小时")),
            "紧急程度": dice.choice(("一般", "一般", "一般", "紧急")),
            "投诉时间": f"{sent - timedelta(minutes=25):%Y-%m-%d %H:%M:%S}",
            "客户姓名": dice.choice("赵钱孙李周吴郑王") + dice.choice(("先生", "女士")),
            "客户电话": f"138****{self._count:04d}",
            "投诉内容": self._content(wording, address, spot, side),
            "是否大面积投诉": "是" if "大面积" in path and dice.random() < 0.7 else "否",
            "客户级别": dice.choice(CUSTOMERS[6:] if path.startswith("集团") else CUSTOMERS[:6]),
            "用户归属地": spot.city,
            "故障号码": f"138****{self._count:04d}",
            "故障地点": spot.text if dice.random() < 0.4 and "{place}" in wording else "",
            "申告地": spot.city,
            "申告区县": spot.county,
        }
        levels = path.replace("{side}", side).split("→")
        if dice.random() < 0.8:
            fields.update(zip(LEVELS, levels, strict=True))
        fields["工单主题"] = self.subject(fields, spot, levels, 1)
        return fields

    def _place(self, *, coverage: bool) -> Spot:
        """Return a known place, one that differs from a known place in its number, or (mostly) an unknown one.

        coverage: complaints about coverage come from known places more often than others.
        """
        known, near = (0.5, 0.7) if coverage else (0.1, 0.2)
        kind = self._dice.random()
        if kind > near:
            return make_spot(self._dice)
        spot = self._dice.choice(self._spots)
        if kind < known:
            return spot
        return Spot(spot.city, spot.county, spot.near, spot.near, spot.near, spot.lon, spot.lat)

    def _content(self, wording: str, address: str, spot: Spot, side: str) -> str:
        dice = self._dice
        form = dice.random()
        if form < 0.15 and "{place}" in wording:
            phone = f"138****{dice.randint(0, 9999):04d}"
            return f"故障现象：{wording.format(place='该处')}\n故障地址：{address}\n联系电话：{phone}"
        text = wording.format(place=address)
        if form > 0.45:
            return text
        scene = {"室内": "住宅", "室外": "道路"}[side]
        blank = {"室内": "室外", "室外": "室内"}[side]
        gap = dice.choice((" ", "\n", "，", ""))
        answers = (
            "联系要求:工作时间", "客户要求:尽快处理", f"处于室内还是室外:{side}", f"（{side}）处于哪个场景:{scene}",
            f"（{blank}）处于哪个场景:",
            f"周围其他用户是否有同样情况:{dice.choice(('是', '否', '不清楚', '就我一个'))}",
            f"手机显示的网络标识:{dice.choice(('4G', '5G', '无', ''))}", "开关机情况:已重启",
            f"故障地市/区县:{spot.city}{spot.county}", f"故障详细地址:{address if '{place}' in wording else ''}",
        )  # fmt: skip
        return f"{text}#同步要素#{gap.join(answers)}#同步要素#"

    def subject(self, fields: Mapping[str, str], spot: Spot, levels: Sequence[str], count: int) -> str:
        """Return the subject line of a ticket sent out for the count-th time."""
        return (
            f"{fields['客户级别']}客户投诉{count}次下派,处理时限:{fields['工单处理时限']}-受理号码({fields['故障号码']})-"
            f"联系电话({fields['客户电话']})-故障地市({spot.city})-故障区县({spot.county})-"
            f"详细地址({fields['故障地点']})-投诉问题({'→'.join(levels)})"
        )


def again(ticket: Ticket) -> Ticket:
    """Return the second revision of a ticket: sent out again because the customer is not content."""
    return {
        **ticket,
        "工单主题": ticket["工单主题"].replace("投诉1次下派", "投诉2次下派"),
        "投诉内容": f"二次派单：客户不认可上次答复，问题依旧。{ticket['投诉内容']}",
    }


def write_csv(path: Path, rows: Sequence[Sequence[str]], encoding: str = "utf-8-sig") -> None:
    """Write rows as a comma-separated file."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))


def write_xlsx(path: Path, rows: Sequence[Sequence[str]]) -> None:
    """Write rows as a workbook whose bytes do not depend on the time or on the compressor."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(list(row))
    packed = io.BytesIO()
    book.save(packed)
    with zipfile.ZipFile(packed) as read, zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as written:
        for part in read.infolist():
            data = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2026-11-03T00:00:00Z", read.read(part))
            written.writestr(zipfile.ZipInfo(part.filename, (2026, 11, 3, 0, 0, 0)), data)


def write_xml(path: Path, tickets: Sequence[Ticket]) -> None:
    """Write tickets as EOMS XML; every third one carries English names only."""
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n<opDetail>\n']
    for number, ticket in enumerate(tickets):
        parts.append("  <recordInfo>\n")
        parts.extend(
            f"    <fieldInfo><fieldChName>{'' if number % 3 == 0 else name}</fieldChName>"
            f"<fieldEnName>{ENGLISH[name]}</fieldEnName><fieldContent>{escape(value)}</fieldContent></fieldInfo>\n"
            for name, value in ticket.items()
        )
        parts.append("  </recordInfo>\n")
    path.write_bytes("".join([*parts, "</opDetail>\n"]).encode())


def rows_of(tickets: Sequence[Ticket]) -> list[list[str]]:
    """Return tickets as rows below the header."""
    return [list(HEADER), *([ticket.get(name, "") for name in HEADER] for ticket in tickets)]


def make(directory: Path) -> None:
    """Write all sample files into a directory."""
    dice = random.Random(SEED)  # noqa: S311
    spots = [make_spot(dice) for _ in range(90)]
    write_csv(directory / "blind_spots.csv", blind_spots(dice, spots[:45]))
    write_csv(directory / "plans.csv", plans(dice, spots[45:]))
    maker = Maker(dice, spots)
    tickets = [maker.ticket() for _ in range(340)]
    first, second, third, fourth = tickets[:120], tickets[120:210], tickets[210:290], tickets[290:]
    title = ["移动网络投诉工单导出（示例）"]
    write_csv(directory / "tickets-chengdu.csv", rows_of(first))
    write_xlsx(directory / "tickets-anhui.xlsx", [title, *rows_of([*second, *map(again, first[:12])]), [], []])
    write_xml(directory / "tickets-mianyang.xml", [*third, *map(again, second[:5])])
    lines = (json.dumps(ticket, ensure_ascii=False) for ticket in fourth)
    (directory / "tickets-luzhou.jsonl").write_bytes("".join(f"{line}\n" for line in lines).encode())
    odd = [{"工单流水号": f"SC-052-261104-9{n:04d}", "紧急程度": "一般", **case} for n, case in enumerate(AWKWARD, 1)]
    rows = [title, [], *rows_of(odd), [*rows_of(odd)[1][:8], "这一行多出", "一列", *[""] * 16, "多出的列"]]
    write_csv(directory / "tickets-awkward-gb18030.csv", rows, "gb18030")


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
