"""In which area does something lie, and does it lie within somebody's areas?

An area is the beginning of a division code: 2 digits for a province, 4 for a city, 6 for a district, 9 for a town; ""
is everywhere. Division codes are those of the table of divisions, which is handed in. Never guesses between
namesakes: what is not clear gives the smallest area that holds all readings, or None.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from geo.divisions import CITY, DISTRICT, PROVINCE, WIDTH
from triage.actors import Actor
from triage.errors import Refused

EVERYWHERE = ""
_DIGITS = {PROVINCE: 2, CITY: 4, DISTRICT: 6}
_TOWN_DIGITS = 9

# text, city, county → nine-digit codes of every reading of the text; city and county say which namesake is meant
FindCodes = Callable[[str, str | None, str | None], Sequence[int]]


def area_of(code: int) -> str:
    """Return the area of a nine-digit division code: 510100000 → 5101."""
    for level, digits in _DIGITS.items():
        if code % WIDTH[level] == 0:
            return f"{code:09d}"[:digits]
    return f"{code:09d}"


def area_code(find: FindCodes, *, address: str = "", city: str = "", county: str = "") -> str | None:
    """Return the area of a ticket, down to the district at most; None where nothing says it.

    address: as in the text; it beats city and county, which are the ticket's fields, except where they only say more.
    """
    said = _shared(find(address, city or None, county or None)) if address else None
    stated = _shared(find(f"{city}{county}", None, None)) if city or county else None
    if said is None or (stated is not None and stated.startswith(said)):
        return stated
    return said


def covers(area: str, code: str | None) -> bool:
    """Whether what has this code lies within area; an unknown code lies only within everywhere."""
    return area == EVERYWHERE if code is None else code.startswith(area)


def within(actor: Actor, code: str | None) -> bool:
    """Whether what has this code lies within one of actor's areas; an unknown code only where they are everywhere."""
    return not actor.areas or any(covers(area, code) for area in actor.areas)


def may(actor: Actor, role: str, code: str | None) -> bool:
    """Whether actor has role for what has this code."""
    if actor.grants:
        return any(own == role and covers(area, code) for own, area in actor.grants)
    return role in actor.roles and within(actor, code)


def read_area(text: str, name: Callable[[int], str], called: Callable[[str], Sequence[int]]) -> str:
    """Return the area that somebody typed as a code or as a full name; "" for everywhere.

    name: nine-digit code → name, "" for an unknown one. called: name → the codes it may mean. Raises Refused.
    """
    typed = text.strip()
    if not typed:
        return EVERYWHERE
    if not (typed.isascii() and typed.isdigit()):
        return _called(typed, called)
    code = int(typed.ljust(_TOWN_DIGITS, "0")) if len(typed) <= _TOWN_DIGITS else 0
    if len(typed) not in (*_DIGITS.values(), _TOWN_DIGITS) or not name(code):
        raise Refused(f"没有代码为 {typed} 的行政区划；应为 2、4、6 或 9 位，如 51、5101、510107", "area")
    return area_of(code)


def _called(typed: str, called: Callable[[str], Sequence[int]]) -> str:
    areas = sorted({area_of(code) for code in called(typed)})
    if len(areas) == 1:
        return areas[0]
    if not areas:
        raise Refused(f"没有叫“{typed}”的行政区划，请写全称或代码，如 成都市 或 5101", "area")
    raise Refused(f"叫“{typed}”的行政区划不止一个，请写代码：{'、'.join(areas)}", "area")


def _shared(codes: Sequence[int]) -> str | None:
    """Return the smallest area, not below a district, that holds all codes."""
    areas = {area_of(code) for code in codes}
    for digits in sorted(_DIGITS.values(), reverse=True):
        cut = {area[:digits] for area in areas}
        if len(cut) == 1 and areas:
            return cut.pop()
    return None
