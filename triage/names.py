"""What are the values of a decision called in front of people? Chinese names; never used to decide."""

from __future__ import annotations

from collections.abc import Mapping

ACTIONS: Mapping[str, str] = {
    "self_handle": "自行处理",
    "dispatch_centre": "派专业中心或分公司",
    "dispatch_field_test": "派分公司实测",
    "return_to_service": "退回客服",
    "review": "转人工",
}
NEARNESS: Mapping[str, str] = {"door": "同一门牌", "compound": "同一小区或单位", "road": "同一道路"}
PLACE_KINDS: Mapping[str, str] = {"blind_spot": "盲点", "plan": "规划"}
DOMAINS: Mapping[str, str] = {
    "mobile": "移动网络",
    "fixed_ims": "IMS固话",
    "broadband": "家庭宽带",
    "leased_line": "集团专线",
    "non_network": "非网络问题",
    "unclear": "不清楚",
}
