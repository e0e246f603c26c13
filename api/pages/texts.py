"""What do the pages say, in Chinese and in English? The values of a decision are named here too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

Language = Literal["zh", "en"]
Say = Callable[..., str]

# key → (Chinese, English)
TEXTS: Mapping[str, tuple[str, str]] = {
    "product": ("溯因", "Suyin"),
    "motto": ("网络投诉定位与派单", "tracing network complaints"),
    "skip": ("跳到内容", "Skip to content"),
    "other_language": ("English", "中文"),
    "tickets": ("工单", "Tickets"),
    "filter": ("筛选", "Filter"),
    "apply": ("查询", "Apply"),
    "remove": ("去掉这个条件", "take this condition away"),
    "reset": ("清除条件", "Clear"),
    "search": ("搜索", "Search"),
    "search_hint": ("工单号、地址、内容中的词", "number, address, words of the content"),
    "any": ("不限", "any"),
    "absent": ("无", "none"),
    "domain": ("业务", "Domain"),
    "phenomenon": ("现象", "Phenomenon"),
    "specialty": ("专业", "Specialty"),
    "action": ("处理", "Action"),
    "centre": ("处理中心", "Centre"),
    "priority": ("优先级", "Priority"),
    "escalation": ("升级", "Escalation"),
    "place_outcome": ("盲点/规划", "Place"),
    "city": ("地市", "City"),
    "district": ("区县", "District"),
    "confidence": ("把握", "Confidence"),
    "confidence_from": ("把握从", "Confidence from"),
    "confidence_to": ("到", "to"),
    "taken_from": ("接收日期从", "Taken in from"),
    "taken_to": ("到（含）", "to (included)"),
    "taken_at": ("接收时间", "Taken in"),
    "sort": ("排序", "Order"),
    "sort.-taken_at": ("最新接收在前", "newest first"),
    "sort.taken_at": ("最早接收在前", "oldest first"),
    "sort.priority": ("优先级高在前", "most urgent first"),
    "sort.confidence": ("把握低在前", "least sure first"),
    "number": ("工单号", "Number"),
    "total": ("共 {n} 张", "{n} tickets"),
    "page": ("第 {n} / {of} 页", "page {n} of {of}"),
    "previous": ("上一页", "Previous"),
    "next": ("下一页", "Next"),
    "corrected": ("已更正", "corrected"),
    "no_fit": ("没有符合条件的工单。", "No ticket fits."),
    "empty_title": ("还没有工单", "No tickets yet"),
    "empty_text": (
        "用命令行导入文件，几秒后刷新本页即可看到：",
        "Import a file on the command line, then reload this page:",
    ),
    "empty_api": ("也可以通过接口提交单张工单，说明见 {link}。", "Or hand in single tickets by the API, see {link}."),
    "decision": ("决定", "Decision"),
    "reasons": ("理由", "Reasons"),
    "source": ("依据", "Source"),
    "content": ("工单内容", "Content"),
    "fields": ("其他字段", "Other fields"),
    "candidates": ("候选", "Candidates"),
    "address": ("地址", "Address"),
    "address.template": ("取自投诉内容", "from the complaint's text"),
    "address.field": ("取自工单字段", "from a field"),
    "address.none": ("没有地址", "no address"),
    "province": ("省份", "Province"),
    "town": ("乡镇街道", "Town"),
    "rest": ("其余", "Rest"),
    "place": ("盲点/规划匹配", "Known places"),
    "place.none": ("没有匹配的盲点或规划。", "No blind spot or plan fits."),
    "kind.blind_spot": ("盲点", "blind spot"),
    "kind.plan": ("规划", "plan"),
    "reply": ("回复口径", "Reply to the customer"),
    "no_reply": ("没有自动回复。", "No automatic reply."),
    "notes": ("说明", "Notes"),
    "history": ("经过", "History"),
    "revision": ("第 {n} 次内容", "Content {n}"),
    "decided": ("第 {n} 次决定（内容 {revision}）", "Decision {n} (content {revision})"),
    "current": ("当前", "current"),
    "row_of": ("{file} 第 {row} 行", "{file}, row {row}"),
    "rules": ("规则版本", "Rules"),
    "correct": ("更正", "Put it right"),
    "correct_what": ("更正什么", "What is right"),
    "correct_text": ("内容（仅地址、地点）", "Text (address and place only)"),
    "why": ("为什么", "Why"),
    "save": ("保存更正", "Save"),
    "decide_again": ("按现行规则重新决定", "Decide again with today's rules"),
    "corrections": ("更正记录", "Corrections"),
    "no_corrections": ("没有更正。", "None."),
    "was": ("原为", "was"),
    "back": ("返回列表", "Back to the list"),
    "home": ("回到首页", "Back to the first page"),
    "correct.address": ("地址（填在右边）", "Address (fill in beside)"),
    "correct.place": ("地点（填在右边）", "Place (fill in beside)"),
    "domain.mobile": ("移动网络", "mobile"),
    "domain.fixed_ims": ("IMS固话", "fixed IMS"),
    "domain.broadband": ("家庭宽带", "broadband"),
    "domain.leased_line": ("集团专线", "leased line"),
    "domain.non_network": ("非网络问题", "not the network"),
    "domain.unclear": ("不清楚", "unclear"),
    "action.self_handle": ("自行处理", "handle here"),
    "action.dispatch_centre": ("派专业中心或分公司", "to a centre or branch"),
    "action.dispatch_field_test": ("派分公司实测", "field test"),
    "action.return_to_service": ("退回客服", "back to service"),
    "action.review": ("转人工", "to a person"),
    "priority.p1": ("P1 紧急", "P1 urgent"),
    "priority.p2": ("P2 高", "P2 high"),
    "priority.p3": ("P3 一般", "P3 normal"),
    "priority.p4": ("P4 低", "P4 low"),
    "escalation.none": ("无", "none"),
    "escalation.risk": ("有升级风险", "risk"),
    "escalation.tendency": ("有升级倾向", "tendency"),
    "look_up": ("综合查询", "Places"),
    "look_up.what": ("地点", "Place"),
    "look_up.hint": (
        "地址、小区名、盲点或规划编号，或“经度,纬度 坐标系”",
        "an address, a name, a number of a list, or “lon,lat datum”",
    ),
    "look_up.understood": ("系统的理解", "Understood as"),
    "look_up.possible": ("可能的区划", "Possible divisions"),
    "look_up.point": ("位置", "Point"),
    "look_up.point_of": ("，取自 {of}", ", of {of}"),
    "look_up.total": ("共 {n} 处", "{n} places"),
    "look_up.number": ("编号", "Number"),
    "look_up.name": ("名称与地址", "Name and address"),
    "look_up.status": ("状态", "Status"),
    "look_up.probability": ("是它的把握", "Probability"),
    "look_up.distance": ("距离", "Distance"),
    "look_up.tickets": ("附近的工单", "Tickets near it"),
    "look_up.none": ("没有找到。", "None found."),
    "status.current": ("有效", "current"),
    "status.over": ("已失效", "over"),
    "status.unknown": ("不明", "unknown"),
    "coordinate": ("坐标", "Coordinate"),
    "datum.unknown": ("坐标系不明", "datum unknown"),
    "datum.wgs84": ("WGS-84", "WGS-84"),
    "datum.gcj02": ("GCJ-02", "GCJ-02"),
    "datum.bd09": ("BD-09", "BD-09"),
    "level.same_place": ("同一处", "same place"),
    "level.same_compound": ("同一小区或单位", "same compound"),
    "level.same_road": ("同一道路", "same road"),
    "level.same_area": ("同一片区", "same area"),
    "level.different": ("不同地点", "different"),
    "place_outcome.match": ("匹配", "match"),
    "place_outcome.review": ("待确认", "to confirm"),
    "place_outcome.none": ("无", "none"),
}


def speaker(language: Language) -> Say:
    """Return the function that says a text in language; an unknown key is said as it is."""
    column = 0 if language == "zh" else 1

    def say(key: str, **parts: object) -> str:
        text = TEXTS[key][column] if key in TEXTS else key
        return text.format_map(parts) if parts else text

    return say


def name(say: Say, kind: str, value: str | None) -> str:
    """Return what a value of a decision is called; one without a name of ours is called as it is."""
    if not value:
        return say("absent")
    key = f"{kind}.{value}"
    return say(key) if key in TEXTS else value
