"""Which field of a ticket does a header mean?

The Chinese and English names of the EOMS export, and the other spellings seen for them; compared without spaces,
brackets, punctuation, width and case. Never looks at values.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from triage.tickets import (
    CONTENT,
    COORDINATE,
    DATUM,
    DECLARED_COUNTY,
    DECLARED_PLACE,
    FIELDS,
    LATITUDE,
    LEVELS,
    LONGITUDE,
    NUMBER,
    PLACE,
    TITLE,
)

_NUMERALS = ("One", "Two", "Three", "Four", "Five")

OTHER_NAMES: dict[str, tuple[str, ...]] = {
    NUMBER: ("sheetId", "EOMS工单流水号", "工单号", "工单编号", "EOMS工单号", "流水号", "工单ID", "ticket"),
    TITLE: ("title", "主题", "工单标题", "标题"),
    "派单时间": ("sendTime", "派发时间", "受理时间", "建单时间"),
    "工单处理时限": ("sheetCompleteLimit", "处理时限", "完成时限"),
    "紧急程度": ("urgentDegree",),
    "故障时间": ("faultTime", "故障发生时间"),
    "投诉时间": ("complaintTime",),
    "客户姓名": ("customerName", "用户姓名", "客户名称"),
    "客户电话": ("customPhone", "客户联系电话", "联系电话"),
    CONTENT: ("complaintDesc", "投诉描述", "投诉详情", "工单内容", "问题描述", "content"),
    "是否大面积投诉": ("isWideComplaint", "大面积投诉"),
    "客户级别": ("customLevel", "客户星级", "用户级别", "客户等级"),
    "用户归属地": ("customAttribution", "号码归属地", "归属地"),
    "故障号码": ("complaintNum", "投诉号码", "业务号码", "受理号码"),
    PLACE: ("faultSite", "故障地址", "投诉地址", "投诉详细地址"),
    DECLARED_PLACE: ("mainComplaintPlace", "申告地点", "申告地市"),
    DECLARED_COUNTY: ("mainPlaceCountry",),
    "CRM工单号": ("crmSheetId", "CRM工单流水号"),
    "操作人": ("operateUser",),
    "客服中心派单时间": ("mainCustomerSerTime",),
    "CCH系统定界处理时间": ("mainFaultCchTime",),
    LONGITUDE: ("longitude", "lon", "lng", "故障经度", "投诉经度", "地点经度", "位置经度", "faultLongitude"),
    LATITUDE: ("latitude", "lat", "故障纬度", "投诉纬度", "地点纬度", "位置纬度", "faultLatitude"),
    COORDINATE: ("经纬度", "位置坐标", "故障坐标", "投诉坐标", "GPS坐标", "coordinate", "coordinates", "lonlat"),
    DATUM: ("坐标系统", "坐标类型", "datum", "coordinateSystem", "crs"),
    "省份": ("province", "省"),
    "地市": ("city", "故障地市", "市"),
    "区县": ("district", "county", "故障区县"),
    **{
        f"投诉定位建议{n}": (f"mainFaultCchType{numeral}", f"mainFaultCchType{n}")
        for n, numeral in enumerate(_NUMERALS, 1)
    },
    **{
        level: (
            f"complaintType{n}", f"{level}类别", f"投诉分类{n}级", f"投诉{level[4]}级分类", f"{level[4]}级分类",
            f"投诉分类{n}级类别",
        )
        for n, level in enumerate(LEVELS, 1)
    },
}  # fmt: skip
WHOLE_PATH = ("投诉分类", "投诉问题", "投诉路径", "业务分类", "complaintType", "path")  # all levels in one cell

_NOISE = re.compile(r"[\W_]+")


def comparable(header: str) -> str:
    """Return the form in which headers are compared: NFKC, lower case, without spaces and punctuation."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", header)).lower()


@cache
def _canonical_names() -> dict[str, str]:
    names = {comparable(name): LEVELS[0] for name in WHOLE_PATH}
    names.update((comparable(other), name) for name, others in OTHER_NAMES.items() for other in others)
    names.update((comparable(name), name) for name in FIELDS)
    return names


@cache
def canonical(header: str) -> str | None:
    """Return the canonical Chinese field name a header means, None for a header that is not known."""
    return _canonical_names().get(comparable(header))
