"""What is read out of a ticket?"""

from __future__ import annotations

import pytest

from triage.intake import AreaHint, area_hint, facts_of, parse, ticket_from_mapping
from triage.tickets import ParsedTicket, Reject

TITLE = (
    "四星级客户投诉2次下派,处理时限:12.00小时-受理号码(138****0001)-联系电话(138****0001)-处理时限(2026-11-03 20:15)-"
    "故障地市(成都)-故障区县(武侯区)-详细地址(天府三街(A区)199号)-"
    "投诉问题(移动业务→网络质量→手机上网（4G）→网速慢或掉线→功能使用→网速慢或网页无法打开→室外)"
)
BLOCK = (
    "#同步要素#联系要求:尽快客户要求:处理 处于室内还是室外:室外,（室内）处于哪个场景:\n（室外）处于哪个场景:道路 "
    "周围其他用户是否有同样情况:就我一个 手机显示的网络标识:4G 无信号出现的频率:有时 （数据）访问哪个网站出现问题:抖音 "
    "故障地市/区县:成都市武侯区 故障详细地址:天府三街199号 是否提取:否#同步要素#"
)


def parsed(content: str = "", title: str = "", **fields: str) -> ParsedTicket:
    ticket = ticket_from_mapping({"工单流水号": "S-1", "工单主题": title, "投诉内容": content, **fields})
    assert not isinstance(ticket, Reject)
    return parse(ticket)


def test_subject_gives_count_limit_and_path() -> None:
    ticket = parsed(title=TITLE)
    assert (ticket.dispatch_count, ticket.limit_hours) == (2, 12.0)
    assert ticket.path[0] == "移动业务"
    assert ticket.path[6] == "室外"


def test_full_width_subject_reads_the_same() -> None:
    wide = parsed(title="一星级客户投诉１次下派，处理时限：24.00小时－故障地市（成都）")
    assert (wide.dispatch_count, wide.limit_hours) == (1, 24.0)


def test_path_spans_point_into_the_title() -> None:
    ticket = parsed(title=TITLE)
    span = ticket.path_spans[2]
    assert span is not None
    assert TITLE[span.start : span.end] == "手机上网（4G）"


def test_block_keys_need_no_separator() -> None:
    answers = {one.key: one.value for one in parsed(BLOCK).block}
    assert answers["联系要求"] == "尽快"
    assert answers["处于室内还是室外"] == "室外"
    assert answers["室内处于哪个场景"] == ""
    assert answers["数据访问哪个网站出现问题"] == "抖音"


def test_keys_are_masked_and_values_are_not() -> None:
    ticket = parsed(BLOCK)
    shown = list(BLOCK)
    for span in ticket.masked:
        shown[span.start : span.end] = " " * (span.end - span.start)
    assert "无信号" not in "".join(shown)
    assert "就我一个" in "".join(shown)


def test_facts_of_a_consistent_block() -> None:
    facts = facts_of(parsed(BLOCK, TITLE, 是否大面积投诉="否", 客户级别="四星级"))
    assert facts["complaint.indoor"] == "outdoor"
    assert facts["complaint.neighbours"] == "fine"
    assert facts["complaint.indicator"] == "4g"
    assert facts["complaint.frequency"] == "sometimes"
    assert facts["complaint.site"] == "抖音"
    assert facts["complaint.wide"] is False
    assert facts["customer.level"] == "star4"


def test_indoor_in_the_block_against_outdoor_in_the_path_stays_unknown() -> None:
    ticket = parsed(BLOCK.replace("室外:室外", "室外:室内"), TITLE)
    assert "complaint.indoor" not in facts_of(ticket)
    assert [one.what for one in ticket.contradictions] == ["indoor"]


def test_address_in_the_content_beats_the_fields() -> None:
    ticket = parsed("故障地址：天府三街199号，信号很差", TITLE, 故障地点="高新区某处")
    assert [(one.text, one.kind, one.origin) for one in ticket.addresses] == [
        ("天府三街199号", "template", "label"),
        ("高新区某处", "field", "故障地点"),
        ("天府三街(A区)199号", "field", "工单主题"),
    ]


def test_area_comes_from_the_block_first() -> None:
    assert area_hint(parsed(BLOCK, 申告区县="锦江区")) == AreaHint("成都市", "武侯区")


@pytest.mark.parametrize(
    ("content", "address"),
    [
        ("客户在成都市武侯区桂溪街道天府三街199号信号差", "成都市武侯区桂溪街道天府三街199号"),
        ("家住锦绣花园小区3栋，没信号", "锦绣花园小区3栋"),
        ("在红旗路与建设街交叉口打电话就断", "红旗路与建设街交叉口"),
        ("用户反映双流区彭镇金湾村3组手机没信号", "双流区彭镇金湾村3组"),
        ("成渝高速资阳到简阳段信号弱", "成渝高速资阳到简阳段"),
        ("客户在高速上G5京昆高速雅安到石棉段，信号时断时续", "G5京昆高速雅安到石棉段"),
        ("在天府广场地铁站C口信号弱", "天府广场地铁站C口"),
        ("乘坐地铁2号线到春熙路站就没网", "地铁2号线到春熙路站"),
        ("本人在高新区天府软件园E区上班，手机5G信号时有时无", "高新区天府软件园E区"),
        ("在南充市顺庆区北湖公园附近没信号，在嘉陵区就正常", "南充市顺庆区北湖公园"),
        ("在锦瑟路12号对面打电话就断", "锦瑟路12号对面"),
        ("在锦瑟路12号往北300米的地方没信号", "锦瑟路12号往北300米"),
        ("我们新城区万寿中路红旗小区晚上网速慢", "新城区万寿中路红旗小区"),
        ("俺们霍山县岔河镇桃源村今早起来手机都没信号", "霍山县岔河镇桃源村"),
        ("在双流区锦瑟路蓝光花满里家中信号弱", "双流区锦瑟路蓝光花满里"),
        ("客户所在地址为（绵阳市涪城区临园路东段72号4栋），联系方式（138****0001）", "绵阳市涪城区临园路东段72号4栋"),
    ],
)
def test_address_in_free_text(content: str, address: str) -> None:
    assert [one.text for one in parsed(content).addresses] == [address]


@pytest.mark.parametrize(
    "content",
    [
        "我们小区信号一直不好，家里和单位都没信号",
        "打开淘宝网站很慢，京东商城也打不开",
        "李主任反映村里没信号",
        "王女士反映张经理让她去移动营业厅办理",
        "我的号码归属地是四川省成都市，在这边打不了电话",
        "收不到建设银行的验证码短信",
        "我在办公室，公司楼下，电梯里都没有信号",
        "用户IP地址：192.168.1.1，网址：http://a.com/b 打不开，邮箱地址：a@b.com",
        "投诉地点:家里\n现象:信号差",
        "地址：无，电话打不通",
        "【地点】不限 【话费】余额充足",
        "故障地址：客户未提供 故障现象：掉话",
    ],
)
def test_no_address_is_better_than_half_a_sentence(content: str) -> None:
    assert parsed(content).addresses == ()


@pytest.mark.parametrize(
    ("content", "address"),
    [
        ("【投诉地点】青义镇龙山路12号 【故障现象】打不通", "青义镇龙山路12号"),
        ("[故障地址]天府大道1号[问题描述]上网慢", "天府大道1号"),
        ("故障地址：锦瑟路3号，2栋，信号很差", "锦瑟路3号，2栋"),
        ("投诉地点：\n锦瑟路3号\n客户要求：处理", "锦瑟路3号"),
        ("详细地址：天府三街199号（A座）2楼，室内信号弱", "天府三街199号（A座）2楼"),
    ],
)
def test_labelled_address_ends_where_the_chatter_begins(content: str, address: str) -> None:
    assert [(one.text, one.origin) for one in parsed(content).addresses] == [(address, "label")]


def test_label_beats_block_and_block_beats_free_text() -> None:
    ticket = parsed(
        "在红旗路与建设街交叉口掉话 #同步要素#联系要求:无 故障详细地址:锦瑟路3号#同步要素# 故障地址：望溪街5号"
    )
    assert [one.origin for one in ticket.addresses] == ["label", "block", "free_text"]


def test_block_without_markers_is_found_by_its_keys() -> None:
    ticket = parsed("信号差 处于室内还是室外：室内 手机显示的网络标识：4G")
    assert [one.value for one in ticket.block] == ["室内", "4G"]


def test_block_without_a_closing_marker_ends_with_the_text() -> None:
    assert [one.value for one in parsed("差#同步要素#联系要求:尽快 客户要求:处理").block] == ["尽快", "处理"]


def test_unknown_key_of_the_block_is_kept() -> None:
    ticket = parsed("#同步要素#联系要求:尽快 套餐名称:畅享 客户要求:处理#同步要素#")
    assert [(one.key, one.value) for one in ticket.block][1] == ("套餐名称", "畅享")


def test_whole_path_in_one_field_is_taken_apart() -> None:
    ticket = parsed(投诉分类一级="移动业务→网络质量→短彩信")
    assert ticket.path == ("移动业务", "网络质量", "短彩信", "", "", "", "")
    assert ticket.path_spans[2] == ("投诉分类一级", 10, 13)


def test_telephone_numbers_are_masked() -> None:
    content = "打不通，联系138****0001"
    assert [content[span.start : span.end] for span in parsed(content).masked] == ["138****0001"]
