"""How much does a character identify, how does it sound, and does it turn a place into another one?

Tables over all of the Basic Multilingual Plane, indexed by code point. Sounds are Mandarin syllables without tones;
the similar sound also folds what is commonly confused (zh/z, ch/c, sh/s, n/l, ing/in, eng/en). Digits sound as they
are read. Never looks at a neighbour: a character has its most usual reading.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo import content

_SIZE = 1 << 16
_COMMON = 0.3
_HAN = range(0x4E00, 0x9FA6)
_READINGS = ("ling", "yi", "er", "san", "si", "wu", "liu", "qi", "ba", "jiu")
_FOLDS = (("^zh", "z"), ("^ch", "c"), ("^sh", "s"), ("^n(?=[aeiou])", "l"), ("ing$", "in"), ("eng$", "en"))


class Letters(NamedTuple):
    """Tables indexed by code point.

    weight: float32, 0 for a boundary, 0.3 for characters every name carries, else 1. sound, similar: uint16 number of
    the syllable and of its folded form, 0 for none. turning: uint8, 1 for a direction, 2 for a digit, else 0.
    """

    weight: NDArray[np.float32]
    sound: NDArray[np.uint16]
    similar: NDArray[np.uint16]
    turning: NDArray[np.uint8]


@cache
def letters() -> Letters:
    """Return the tables. Raises ContentUnreadable."""
    weight = np.zeros(_SIZE, np.float32)
    weight[_HAN.start : _HAN.stop] = 1.0
    turning = np.zeros(_SIZE, np.uint8)
    for code in (*range(ord("0"), ord("9") + 1), *range(ord("a"), ord("z") + 1)):
        weight[code] = 1.0
        turning[code] = 2 if code <= ord("9") else 0
    for kind, *words in content.lines("words.txt", columns=2):
        codes = [ord(character) for character in "".join(words) if character < "\uffff"]
        if kind == "common":
            weight[codes] = _COMMON
        elif kind == "direction":
            turning[codes] = 1
    return Letters(weight, *_sounds(), turning)


def _sounds() -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    from pypinyin import Style, pinyin_dict  # noqa: PLC0415 - 40,000 readings, needed where an index is built only

    syllables: dict[str, int] = {}
    sound, similar = np.zeros(_SIZE, np.uint16), np.zeros(_SIZE, np.uint16)
    from pypinyin.style import convert  # noqa: PLC0415

    readings = {code: text.split(",")[0] for code, text in pinyin_dict.pinyin_dict.items() if code in _HAN}
    plain = {code: convert(text, Style.NORMAL, strict=False) for code, text in readings.items()}
    plain |= {ord("0") + n: reading for n, reading in enumerate(_READINGS)}
    for code, syllable in sorted(plain.items()):
        folded = syllable
        for pattern, short in _FOLDS:
            folded = re.sub(pattern, short, folded)
        sound[code] = syllables.setdefault(syllable, len(syllables) + 1)
        similar[code] = syllables.setdefault(folded, len(syllables) + 1)
    return sound, similar
