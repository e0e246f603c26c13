"""How do people write the address of a place, and what do they write that is nearly it?

Every kind of disturbance has a name, so that whole kinds can be held out while fitting. Near misses change exactly one
deciding part; vague queries leave it out. The same seed gives the same queries.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import NamedTuple

import numpy as np
import opencc

from geo.divisions import Divisions, renamed
from geo.invent import Invented, sibling, spoken
from geo.letters import letters

_DIGITS = "零一二三四五六七八九"
_ENDINGS = re.compile(r"(?:小区|花园|大道|路|街|村|社区)(?=\d|$|[A-Z])")
_SPOTS = (
    "南门", "北门", "东门", "大门", "教学楼", "宿舍", "图书馆", "食堂", "超市", "售楼部", "物业办公室", "门诊楼",
    "住院部", "办公楼", "菜鸟驿站", "篮球场", "保安亭", "奶茶店", "桃园宿舍", "快递点", "售票厅", "广场", "购物中心",
)  # fmt: skip
_BESIDE = ("行50米", "行100米")  # no other spot, see geo.pairing
_ENDS_OF_DIVISIONS = re.compile("(?<=..)[省市区县]$")
_OPENINGS = (
    "客户在{}附近信号差", "用户反映在{}手机没有信号", "客户来电称家住{}，上网很慢", "{}这边打不出电话", "地址：{}",
    "投诉{}无信号", "您好，我在{}一直没信号",
)  # fmt: skip


class Query(NamedTuple):
    """A query, the number of the place it means (None where no listed place may be accepted), and its kind."""

    text: str
    place: int | None
    kind: str


def queries(places: Sequence[Invented], divisions: Divisions, count: int, seed: int) -> list[Query]:
    """Return count queries, about four fifths of which mean a place."""
    rng = random.Random(seed)  # noqa: S311 - invented data
    known = {_key(place) for place in places}
    crowd = _crowd(places)
    found: list[Query] = []
    while len(found) < count:
        number = rng.randrange(len(places))
        if rng.random() < 0.8:
            query = _meant(places[number], number, divisions, rng, crowd)
        else:
            query = _missed(places[number], places, known, divisions, rng)
        if query is not None and len(query.text) > 1:
            found.append(query)
    return found


def _meant(
    place: Invented, number: int, divisions: Divisions, rng: random.Random, crowd: Mapping[tuple[object, ...], int]
) -> Query | None:
    shape = rng.choice(list(_SHAPES))
    body = _SHAPES[shape](place, rng)
    if body is None:
        return None
    frame = rng.choices(_FRAMES, (10, 3, 3, 3, 3))[0]
    slips: list[str] = []
    for slip in rng.sample(list(_SLIPS), rng.choices((0, 1, 2), (4, 5, 2))[0]):
        changed = _SLIPS[slip](body, place, rng)
        if changed is not None:
            body = changed
            slips.append(slip)
    single, sharing = _identity(place, shape)
    head = _head(place, frame, divisions, rng)
    kind = "+".join(part for part in (shape, frame, *slips) if part != "plain") or "plain"
    if not single or crowd[sharing] > 1 or (head == "" and crowd[sharing[1:]] > 1):
        return Query(head + body, None, "several") if rng.random() < 0.3 else None
    if rng.random() < 0.15:
        return Query(rng.choice(_OPENINGS).format(head + body), number, f"{kind}+talk")
    return Query(head + body, number, kind)


def _identity(place: Invented, kind: str) -> tuple[bool, tuple[object, ...]]:
    """Whether the kind says enough to mean this place alone, and the key of all places it could mean."""
    district = place.code - place.code % 1000
    if kind == "no_road":
        return bool(place.name) and place.scene in ("compound", "landmark"), (district, place.name, place.details)
    if kind == "no_compound":
        return bool(place.road and place.house) and not place.details, (district, place.road, place.house)
    if kind == "alias":
        short = [_INSTITUTION.match(place.name)]
        return True, (district, "alias", *((m[1][0], m[2], m[4]) for m in short if m))
    if kind == "no_details":
        return False, (district, place.name)
    return True, (district, spoken(place))


def _crowd(places: Sequence[Invented]) -> Mapping[tuple[object, ...], int]:
    counts: dict[tuple[object, ...], int] = {}
    for place in places:
        keys = {_identity(place, kind)[1] for kind in ("no_road", "no_compound", "no_details", "alias", "plain")}
        for key in keys | {key[1:] for key in keys}:
            counts[key] = counts.get(key, 0) + 1
    return counts


def _key(place: Invented) -> tuple[object, ...]:
    return place.code - place.code % 1000, spoken(place).replace("号楼", "栋")


def _head(place: Invented, frame: str, divisions: Divisions, rng: random.Random) -> str:
    province, city, district, town = divisions.path(place.code)
    if frame == "no_division":
        return ""
    if frame == "old_name":
        old = _old_names().get(place.code - place.code % 1000)
        return f"{city}{rng.choice(old)}" if old else f"{city}{district}{town}"
    if frame == "short_division":
        short = [re.sub("(?<=..)[省市区县]$", "", part) for part in (province, city, district)]
        return rng.choice(("".join(short), "".join(short[1:]), short[1] + district))
    if frame == "stem_only":
        own, above = _ENDS_OF_DIVISIONS.sub("", district), _ENDS_OF_DIVISIONS.sub("", city)
        return rng.choice((own, own, above, above, own + re.sub("(?:街道|地区|镇|乡)$", "", town)))
    heads = (
        f"{province}{city}{district}{town}",
        f"{city}{district}{town}",
        f"{city}{district}",
        f"{district}{town}",
        district,
    )
    return rng.choices(heads, (2, 4, 5, 2, 2))[0]


def _missed(
    place: Invented,
    places: Sequence[Invented],
    known: set[tuple[object, ...]],
    divisions: Divisions,
    rng: random.Random,
) -> Query | None:
    """A query that nearly means a listed place."""
    pick = rng.random()
    if pick < 0.55:
        other, kind = sibling(place, rng, rng.choice(places).code), "other_number"
    elif pick < 0.7:
        other, kind = replace(place, code=rng.choice(places).code), "other_city"
    elif pick < 0.8:
        other, kind = _other_side(place), "other_side"
    elif pick < 0.9:
        other, kind = (
            replace(place, road=place.road and rng.choice(places).road, name=rng.choice(places).name),
            "absent",
        )
    elif pick < 0.93 and place.scene == "village":
        other, kind = replace(place, name=rng.choice("前后东西南北") + place.name), "other_village"
    else:
        return _vague(place, divisions, rng)
    if other == place or _meant_as_well(other, known):
        return None
    text = _head(other, rng.choice(("plain", "short_division")), divisions, rng) + spoken(other)
    return Query(rng.choice(_OPENINGS).format(text) if rng.random() < 0.15 else text, None, kind)


def _meant_as_well(other: Invented, known: set[tuple[object, ...]]) -> bool:
    """Whether the list holds what other is a part of, or what it lies beside."""
    whole = [replace(other, details=other.details[:count]) for count in range(len(other.details) + 1)]
    beside = [replace(place, offset="") for place in whole] if other.offset.endswith(_BESIDE) else []
    return any(_key(place) in known for place in (*whole, *beside))


def _vague(place: Invented, divisions: Divisions, rng: random.Random) -> Query | None:
    _, city, district, town = divisions.path(place.code)
    road = place.road if place.house or place.scene == "crossing" else ""
    return Query(
        rng.choice((f"{city}{district}", f"{city}{district}{town}", town, f"{district}{road}", road)), None, "vague"
    )


def _other_side(place: Invented) -> Invented:
    turned = str.maketrans("东西南北", "西东北南")
    return replace(place, road=place.road.translate(turned))


def _plain(place: Invented, _rng: random.Random) -> str | None:
    return spoken(place)


def _no_road(place: Invented, _rng: random.Random) -> str | None:
    return spoken(replace(place, road="", house=0)) if place.name and place.road else None


def _no_compound(place: Invented, _rng: random.Random) -> str | None:
    return f"{place.road}{place.house}号" if place.house and place.name else None


def _no_details(place: Invented, _rng: random.Random) -> str | None:
    return place.name if place.details else None


def _tail(place: Invented, rng: random.Random) -> str | None:
    if place.scene not in ("compound", "house", "landmark"):
        return None
    block = f"{rng.randint(1, 30)}{rng.choice(('栋', '号楼', '幢'))}"
    if any(part[-1] in "栋座楼" for part in place.details):
        block = ""
    room = f"{rng.randint(1, 4)}单元{rng.randint(1, 33)}0{rng.randint(1, 4)}室"
    return spoken(place) + block + rng.choice((room, f"{rng.randint(1, 30)}楼", f"{rng.randint(1, 4)}单元"))


def _inside(place: Invented, rng: random.Random) -> str | None:
    """A spot within: behind the name people say which entrance, house or shop."""
    if place.scene not in ("compound", "landmark"):
        return None
    return spoken(place) + rng.choice(_SPOTS) + rng.choice(("", "", f"{rng.randint(1, 9)}楼"))


def _opposite(place: Invented, rng: random.Random) -> str | None:
    if place.scene in ("village", "motorway") or place.offset:
        return None
    return spoken(place) + rng.choice(("对面", "斜对面", "旁边", "附近", "门口"))


def _shift(place: Invented, rng: random.Random) -> str | None:
    if place.scene in ("village", "motorway") or place.offset:
        return None
    way = rng.choice(("往", "向", "")) + rng.choice("东南西北") + rng.choice(("走", "行", "侧约"))
    return f"{spoken(place)}{way}{rng.choice((30, 50, 80, 100))}米"


def _turned_round(place: Invented, rng: random.Random) -> str | None:
    if place.scene == "crossing":
        end = rng.choice(("路口", "交汇处", "交叉路口"))
        return f"{place.other}{rng.choice(('与', '和', '、'))}{place.road}{end}{place.offset}"
    if place.scene == "motorway":
        return f"{place.road}{place.offset}{rng.choice(('从', ''))}{place.other}往{place.name}方向"
    if place.scene == "metro":
        return f"{place.other}{place.name}{''.join(place.details)}"
    return (
        f"{place.name}{''.join(place.details)}（{place.road}{place.house}号）" if place.name and place.house else None
    )


def _alias(place: Invented, rng: random.Random) -> str | None:
    """The short form that people make of an institution: 翠山师大北校区, 翠大, 翠师大, 金泉三医院."""
    found = _INSTITUTION.match(place.name)
    if found is None:
        return None
    stem, inner, end, campus = found.groups()
    first = stem if rng.random() < 0.5 and (inner or end != "大学") else stem[0]
    inner = inner.removeprefix("第").removesuffix("人民")
    short = first + (inner[:1] if inner else "") + ("医院" if end.endswith("医院") else _SHORT_ENDS[end[-2:]]) + campus
    return short + rng.choice(("", "", rng.choice(_SPOTS)))


def _no_hao(text: str, place: Invented, _rng: random.Random) -> str | None:
    return re.sub(r"(?<=\d)号(?![线楼])", "", text) if place.house else None


def _numerals(text: str, _place: Invented, _rng: random.Random) -> str | None:
    pattern = r"(?<![K\d+])\d{1,3}(?![\d+])"
    return re.sub(pattern, lambda number: _in_words(int(number.group())), text)


def _in_words(number: int) -> str:
    if number >= 100:
        return "".join(_DIGITS[int(digit)] for digit in str(number))
    tens, ones = divmod(number, 10)
    before = ("", "十")[tens] if tens < 2 else _DIGITS[tens] + "十"
    return before + (_DIGITS[ones] if ones or not tens else "")


def _block_words(text: str, _place: Invented, rng: random.Random) -> str | None:
    return re.sub(r"(?<=\d)(?:栋|号楼)", lambda _: rng.choice(("栋", "幢", "座", "号楼", "#", "#楼")), text)


def _homophone(text: str, place: Invented, rng: random.Random) -> str | None:
    name = place.name or place.road
    if name not in text:
        return None
    spot = text.find(name) + rng.randrange(min(2, len(name)))
    same = [c for c in _by_sound().get(int(letters().sound[ord(text[spot])]), "") if c != text[spot]]
    return text[:spot] + rng.choice(same) + text[spot + 1 :] if same else None


def _slip(text: str, place: Invented, rng: random.Random) -> str | None:
    name = place.name or place.road
    if len(name) < 4 or name not in text:
        return None
    spot = text.find(name) + rng.randrange(1, len(name) - 1)
    if text[spot] in "东南西北中一二三四五六七八九":
        return None
    return text[:spot] + (text[spot] * 2 if rng.random() < 0.5 else "") + text[spot + 1 :]


def _traditional(text: str, _place: Invented, _rng: random.Random) -> str | None:
    found: str = _to_traditional().convert(text)
    return found


def _no_ending(text: str, place: Invented, _rng: random.Random) -> str | None:
    return _ENDINGS.sub("", text, count=1) if place.scene in ("compound", "house", "village") else None


def _full_width(text: str, place: Invented, rng: random.Random) -> str | None:
    wide = "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isalnum() else c for c in text)
    return rng.choice(
        (wide, text.replace("号", "号 "), text.replace(place.name, f"，{place.name}") if place.name else wide)
    )


_INSTITUTION = re.compile(
    "(.{2,3}?)(师范|科技|财经|职业技术|第[一三]人民|第[一三]|)(大学|学院|医科大学附属医院|中医院|医院|中学)(.*校区|)$"
)
_SHORT_ENDS = {"大学": "大", "学院": "院", "中学": "中"}
_FRAMES = ("plain", "no_division", "old_name", "short_division", "stem_only")
_SHAPES: Mapping[str, Callable[[Invented, random.Random], str | None]] = {
    "plain": _plain, "no_road": _no_road, "no_compound": _no_compound, "no_details": _no_details, "tail": _tail,
    "opposite": _opposite, "shift": _shift, "turned_round": _turned_round, "inside": _inside,
    "alias": _alias,
}  # fmt: skip
_SLIPS: Mapping[str, Callable[[str, Invented, random.Random], str | None]] = {
    "no_hao": _no_hao, "numerals": _numerals, "block_words": _block_words, "homophone": _homophone, "slip": _slip,
    "traditional": _traditional, "no_ending": _no_ending, "full_width": _full_width,
}  # fmt: skip
KINDS = (
    *_FRAMES[1:],
    *list(_SHAPES)[1:],
    *_SLIPS,
    "talk",
    "other_number",
    "other_city",
    "other_side",
    "other_village",
    "absent",
    "vague",
)


@cache
def _old_names() -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = {}
    for old, name in renamed():
        found.setdefault(name.code, []).append(old)
    return found


@cache
def _by_sound() -> Mapping[int, str]:
    """Common characters by sound: those that GB 2312 orders by pinyin (its first level)."""
    common = [bytes((high, low)).decode("gb2312") for high in range(0xB0, 0xD7) for low in range(0xA1, 0xFA)]
    found: dict[int, str] = {}
    for character, number in zip(common, letters().sound[np.array([ord(c) for c in common])], strict=True):
        found[int(number)] = found.get(int(number), "") + character
    return found


@cache
def _to_traditional() -> opencc.OpenCC:
    return opencc.OpenCC("s2t")
