"""Which invented places does the reranker learn on?

Real divisions, invented roads, compounds, villages, stations: compounds with phases and blocks, houses on roads,
village groups, crossings, stretches of motorways, metro stations, points of interest. Many have siblings that differ
in one number or one direction, because those decide. The same seed gives the same places.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from geo.divisions import DISTRICT, TOWN, Divisions
from geo.place import Place

Scene = Literal["compound", "house", "village", "crossing", "motorway", "metro", "landmark"]
_SCENES: tuple[tuple[Scene, int], ...] = (
    ("compound", 36), ("house", 16), ("village", 18), ("landmark", 13), ("crossing", 7), ("metro", 5), ("motorway", 5),
)  # fmt: skip
_FIRST = (
    "红青金银玉翠龙凤锦华永长安和平康泰兴盛富贵宏瑞祥福顺德仁义礼智信文武天星月云霞江河湖海山林松竹梅兰菊桂荷莲春秋东西南北"
    "新老大小高丽秀美佳嘉明光晨阳景观望来迎鸿鹏鹤燕白黄紫蓝绿丹朱石水泉溪桥塔清源滨临静雅颐御尚恒万千百"
)
_SECOND = (
    "山水河江湖海城都苑园庭府门桥塔楼台亭阁坊里巷泉溪湾岛洲滩坪坝坡岭峰谷林森松柏竹梅兰菊荷莲花草木石玉珠宝金银光辉阳月星云霞"
    "风雨雪春夏秋冬年华景色安宁康泰和平福寿禄喜庆丰盛昌隆兴旺发达通顺利民生德仁义礼智信诚远志文武英雄"
)
_ROAD_ENDS = (
    "路", "路", "路", "路", "街", "街", "大道", "大街", "巷", "东路", "西路", "南路", "北路", "中路", "一路", "二路",
    "三街", "大道北段", "大道南段", "环路东段",
)  # fmt: skip
_COMPOUND_ENDS = (
    "小区", "花园", "家园", "苑", "公寓", "国际", "城", "名都", "花苑", "雅居", "豪庭", "半岛", "新村", "华府", "佳苑",
    "山庄", "广场", "公馆", "香榭", "一号院",
)  # fmt: skip
_LANDMARK_ENDS = (
    "中学", "小学", "人民医院", "大酒店", "购物中心", "汽车站", "农贸市场", "工业园", "科技大厦", "加油站", "度假村",
    "物流园", "幼儿园", "电子厂", "森林公园", "政务中心", "师范大学", "科技大学", "财经学院", "大学", "职业技术学院",
    "第三人民医院", "中医院", "第一中学", "医科大学附属医院",
)  # fmt: skip
_VILLAGE_ENDS = ("村", "村", "村", "社区", "坝村", "湾村", "沟村", "岭村")
_WAYS = (
    "京港澳高速",
    "沪蓉高速",
    "成渝高速",
    "兰海高速",
    "京昆高速",
    "包茂高速",
    "厦蓉高速",
    "绕城高速",
    "成南高速",
    "沪陕高速",
)
_NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Invented:
    """A place in parts. details: phase, zone, block, as spoken (二期, A区, 3栋). other: second road, end, or line."""

    scene: Scene
    code: int
    road: str = ""
    house: int = 0
    name: str = ""
    other: str = ""
    details: tuple[str, ...] = ()
    group: int = 0
    offset: str = ""


def invent(divisions: Divisions, count: int, seed: int, *, districts: int = 200) -> list[Invented]:
    """Return count places in so many districts. Raises ValueError where count or districts is below 1."""
    if count < 1 or districts < 1:
        raise ValueError("count and districts must be above 0")
    rng = random.Random(seed)  # noqa: S311 - invented data
    towns = _towns(divisions, rng, districts)
    made: list[Invented] = []
    known: set[Invented] = set()
    while len(made) < count:
        again = made[-rng.randint(1, min(len(made), 400))] if made and rng.random() < 0.3 else None
        place = sibling(again, rng, rng.choice(towns)) if again else _fresh(rng, rng.choice(towns), divisions)
        if place not in known:
            known.add(place)
            made.append(place)
    return made


def listed(places: Sequence[Invented], divisions: Divisions, seed: int) -> list[Place]:
    """Return the places as a list would hold them: name, address, city, district, some columns left empty."""
    rng = random.Random(seed)  # noqa: S311 - invented data
    rows = []
    for number, place in enumerate(places):
        province, city, district, town = divisions.path(place.code)
        body = spoken(place)
        head = rng.choice((f"{city}{district}{town}", f"{province}{city}{district}{town}", f"{city}{district}", town))
        name = place.name + "".join(place.details) if place.road and place.name and place.scene != "motorway" else body
        address = head + body if rng.random() < 0.8 or name != body else ""
        kind: Literal["blind_spot", "plan"] = "blind_spot" if number % 2 else "plan"
        filled = bool(address) and rng.random() < 0.05
        rows.append(Place(kind, f"P{number}", name, address, "" if filled and head != town else city, district))
    return rows


def spoken(place: Invented) -> str:
    """Return the address below the town, as it is written in a list."""
    details = "".join(place.details)
    if place.scene == "crossing":
        return f"{place.road}与{place.other}交叉口{place.offset}"
    if place.scene == "motorway":
        return f"{place.road}{place.name}到{place.other}段{place.offset}"
    if place.scene == "metro":
        return f"地铁{place.other}{place.name}{details}"
    if place.scene == "village":
        return f"{place.name}{place.group}组" if place.group else place.name
    house = f"{place.road}{place.house}号" if place.road and place.house else place.road
    return f"{house}{place.name}{details}"


def sibling(place: Invented, rng: random.Random, elsewhere: int) -> Invented:
    """Return another place that differs in one deciding part."""
    if place.scene in ("compound", "landmark") and rng.random() < 0.25:
        return replace(place, code=elsewhere)
    first = rng.random() < 0.5
    change: dict[str, object]
    if place.scene == "compound":
        change = {"details": _details(rng, other_than=place.details)}
    elif place.scene == "metro":
        change = {"details": (f"{rng.choice('ABCD')}口",)} if first else {"name": _stem(rng) + "站"}
    elif place.scene == "motorway":
        change = {"other": _stem(rng)}
    elif place.scene == "crossing":
        change = {"other": _road(rng)} if first else {"offset": _offset(rng)}
    elif place.scene == "village":
        return replace(place, group=place.group % 12 + rng.randint(1, 3))
    else:
        return replace(place, house=place.house + rng.randint(1, 40))
    return replace(place, **change)  # type: ignore[arg-type]


def _fresh(rng: random.Random, code: int, divisions: Divisions) -> Invented:
    scene = rng.choices([name for name, _ in _SCENES], [share for _, share in _SCENES])[0]
    if scene == "village":
        return Invented(scene, code, name=_stem(rng) + rng.choice(_VILLAGE_ENDS), group=rng.randint(0, 12))
    if scene == "metro":
        details = (f"{rng.choice('ABCD')}口",) if rng.random() < 0.4 else ()
        return Invented(scene, code, name=_stem(rng) + "站", other=f"{rng.randint(1, 18)}号线", details=details)
    if scene == "motorway":
        mark = f"K{rng.randint(1, 1900)}+{rng.randrange(0, 1000, 100)}" if rng.random() < 0.4 else ""
        return Invented(scene, code, rng.choice(_WAYS), name=_stem(rng), other=_stem(rng), offset=mark)
    return _on_a_road(scene, rng, code, divisions)


def _on_a_road(scene: Scene, rng: random.Random, code: int, divisions: Divisions) -> Invented:
    road, house = _road(rng), rng.randint(1, 1999 if rng.random() < 0.2 else 300)
    if scene == "house":
        return Invented(scene, code, road, house)
    if scene == "crossing":
        return Invented(scene, code, road, other=_road(rng), offset=_offset(rng) if rng.random() < 0.3 else "")
    if scene == "landmark":
        stem = divisions.name(code - code % 1000)[:2] if rng.random() < 0.2 else _stem(rng)
        end = rng.choice(_LANDMARK_ENDS)
        campus = rng.choice((f"{rng.choice('东西南北')}校区", f"{_stem(rng)}校区")) if "大学" in end else ""
        return Invented(scene, code, road, house, stem + end + (campus if rng.random() < 0.5 else ""))
    name = _stem(rng) + rng.choice(_COMPOUND_ENDS)
    return Invented(scene, code, road if rng.random() < 0.85 else "", house, name, details=_details(rng, likely=0.4))


def _stem(rng: random.Random) -> str:
    return rng.choice(_FIRST) + rng.choice(_SECOND) + (rng.choice(_SECOND) if rng.random() < 0.15 else "")


def _road(rng: random.Random) -> str:
    return _stem(rng) + rng.choice(_ROAD_ENDS)


def _offset(rng: random.Random) -> str:
    return f"{rng.choice('东南西北')}行{rng.randrange(50, 900, 50)}米"


def _details(rng: random.Random, *, likely: float = 1.0, other_than: tuple[str, ...] = ()) -> tuple[str, ...]:
    while True:
        found: list[str] = []
        if rng.random() < likely:
            pick = rng.random()
            if pick < 0.35:
                found.append(f"{rng.choice(_NUMERALS[:5])}期")
            elif pick < 0.5:
                found.append(f"{rng.choice('ABCDE')}区")
            if pick >= 0.3:
                found.append(
                    rng.choice((f"{rng.randint(1, 40)}栋", f"{rng.choice('ABCDEF')}座", f"{rng.randint(1, 30)}号楼"))
                )
        if tuple(found) != other_than:
            return tuple(found)


def _towns(divisions: Divisions, rng: random.Random, districts: int) -> list[int]:
    towns: dict[int, list[int]] = {}
    for names in divisions.meanings:
        for name in names:
            if name.level == TOWN and not name.short and divisions.path(name.code)[2]:
                towns.setdefault(name.code - name.code % 1000, []).append(name.code)
            elif name.level == DISTRICT:
                towns.setdefault(name.code, [])
    full = sorted(code for code, several in towns.items() if several)
    chosen = rng.sample(full, min(districts, len(full)))
    return [town for code in chosen for town in sorted(set(towns[code]))]
