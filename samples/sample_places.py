"""Where do the sample tickets and the sample blind spots and plans lie?

Real cities and counties of Sichuan and Anhui; every road, compound, village and number in them is invented.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

# city, county, town, roughly lon, lat (degrees, WGS-84)
AREAS = (
    ("成都市", "武侯区", "簇桥街道", 104.04, 30.62), ("成都市", "双流区", "彭镇", 103.85, 30.58),
    ("成都市", "郫都区", "犀浦街道", 103.96, 30.76), ("成都市", "金牛区", "沙河源街道", 104.05, 30.73),
    ("绵阳市", "涪城区", "青义镇", 104.68, 31.53), ("绵阳市", "江油市", "太平镇", 104.75, 31.77),
    ("泸州市", "江阳区", "黄舣镇", 105.55, 28.87), ("泸州市", "泸县", "福集镇", 105.38, 29.15),
    ("乐山市", "市中区", "苏稽镇", 103.65, 29.58), ("南充市", "顺庆区", "潆溪街道", 106.06, 30.85),
    ("合肥市", "包河区", "义城街道", 117.33, 31.76), ("合肥市", "肥西县", "上派镇", 117.16, 31.72),
    ("芜湖市", "鸠江区", "官陡街道", 118.40, 31.36), ("安庆市", "桐城市", "龙眠街道", 116.95, 31.04),
    ("阜阳市", "颍州区", "三合镇", 115.75, 32.83), ("黄山市", "歙县", "深渡镇", 118.54, 29.84),
)  # fmt: skip
ROADS = ("锦瑟路", "望溪街", "青禾大道", "晴川巷", "云栖路", "橘园街", "松涛大道", "听荷路", "银杏坝路", "石磨街")
COMPOUNDS = (
    "澜庭花园", "竹里雅苑", "江枫嘉园", "南湖名邸", "桂语家园", "星河左岸小区", "梧桐新居", "枫林公寓", "碧溪苑",
    "翠堤小区",
)  # fmt: skip
VILLAGES = ("白鹭村", "柏树坪村", "双龙桥村", "石榴湾村", "新柳村", "高坎村", "荷塘村", "油坊村")
BUILDINGS = ("云帆大厦", "青衿中学", "百汇农贸市场", "仁和医院", "凌波商业广场", "金穗物流园")
DATUMS = ("WGS-84", "GCJ-02", "BD-09", "")

BLIND_HEADER = (
    "盲点编号",
    "名称",
    "地址",
    "地市",
    "区县",
    "描述",
    "原因",
    "解决方式",
    "经度",
    "纬度",
    "坐标系",
    "状态",
)
PLAN_HEADER = ("规划编号", "名称", "地址", "地市", "区县", "站型", "计划开通时间", "状态", "经度", "纬度", "坐标系")
BLIND_STATES = ("", "", "未解决", "未解决", "处理中", "已解决", "待核实")
PLAN_STATES = ("规划中", "已立项", "待建", "在建", "已取消", "已开通", "协调中")
CAUSES = (
    ("室内深度覆盖不足", "楼体遮挡，原有宏站信号难以穿透", "计划新增室内分布系统"),
    ("村组背山，信号弱", "周边基站距离远且有山体阻挡", "拟新建宏站解决"),
    ("地下停车场无覆盖", "物业暂不同意进场施工", "持续协调物业"),
    ("高峰时段容量不足", "用户数增长较快", "规划扩容小区"),
    ("电梯及楼道信号不稳定", "小区住户反对建设天线", "协商改用美化天线"),
)


@dataclass(frozen=True, slots=True)
class Spot:
    """An invented address and the area it lies in. text: from the city down; near: the same with other numbers."""

    city: str
    county: str
    text: str
    near: str
    short: str
    lon: float
    lat: float


def make_spot(dice: random.Random) -> Spot:
    """Return an invented address of a random kind: road and number, compound and block, village and group, building."""
    city, county, town, lon, lat = dice.choice(AREAS)
    number = dice.randint(2, 180)
    other = number + dice.choice((11, 20, 37))
    road, kind = dice.choice(ROADS), dice.randrange(4)
    if kind == 0:
        short, near = f"{road}{number}号", f"{road}{other}号"
    elif kind == 1:
        compound, block = dice.choice(COMPOUNDS), dice.randint(1, 12)
        short, near = f"{road}{number}号{compound}{block}栋", f"{road}{other}号{compound}{block + 1}栋"
    elif kind == 2:
        village, group = dice.choice(VILLAGES), dice.randint(1, 7)
        short, near = f"{town}{village}{group}组", f"{town}{village}{group + 2}组"
    else:
        building = dice.choice(BUILDINGS)
        short, near = f"{road}{number}号{building}", f"{road}{other}号{building}"
    whole = f"{city}{county}"
    return Spot(
        city, county, whole + short, whole + near, short,
        round(lon + dice.uniform(-0.02, 0.02), 6), round(lat + dice.uniform(-0.02, 0.02), 6),
    )  # fmt: skip


def _record(dice: random.Random, spot: Spot) -> tuple[str, str, str, str]:
    datum = dice.choice(DATUMS)
    return f"{spot.lon:.6f}", f"{spot.lat:.6f}", datum, spot.county


def blind_spots(dice: random.Random, spots: Sequence[Spot]) -> list[tuple[str, ...]]:
    """Return the rows of blind_spots.csv, header first, one for each spot."""
    rows: list[tuple[str, ...]] = [BLIND_HEADER]
    for n, spot in enumerate(spots, 1):
        lon, lat, datum, county = _record(dice, spot)
        what, why, how = dice.choice(CAUSES)
        state = dice.choice(BLIND_STATES)
        if n % 13 == 0:
            what, how, state = f"{what}，已于2026年6月解决", "新站已开通", ""
        rows.append(
            (f"MD{n:04d}", f"{spot.short}盲点", spot.text, spot.city, county, what, why, how, lon, lat, datum, state)
        )
    return rows


def plans(dice: random.Random, spots: Sequence[Spot]) -> list[tuple[str, ...]]:
    """Return the rows of plans.csv, header first, one for each spot."""
    rows: list[tuple[str, ...]] = [PLAN_HEADER]
    for n, spot in enumerate(spots, 1):
        lon, lat, datum, county = _record(dice, spot)
        opening = f"202{dice.randint(6, 7)}-{dice.randint(1, 12):02d}"
        kind = dice.choice(("宏站", "微站", "室分", "拉远"))
        state = dice.choice(PLAN_STATES)
        rows.append(
            (f"GH{n:04d}", f"{spot.short}站", spot.text, spot.city, county, kind, opening, state, lon, lat, datum)
        )
    return rows
