"""Are the tones of fax machines heard in G.711, and speech, silence and other tones not taken for them?"""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from diagnostics.fax_tones import CED, CNG, EXPANSIONS, tone_of

_TIMES = np.arange(160) / 8000.0


def heard(wave: NDArray[np.float64], law: str = "PCMA") -> int:
    """Return which tone is heard in one RTP packet that carries a wave: CED, CNG or 0."""
    table = EXPANSIONS[law]
    codes = np.abs(table[None, :] - wave[:, None]).argmin(axis=1).astype(np.uint8)
    data = np.concatenate([np.frombuffer(b"\x80\x08" + bytes(10), np.uint8), codes])
    return tone_of(data, 0, len(data), table)


def tone(frequency: float, amplitude: float = 8000.0) -> NDArray[np.float64]:
    return amplitude * np.sin(2 * np.pi * frequency * _TIMES)


@pytest.mark.parametrize("law", ["PCMA", "PCMU"])
@pytest.mark.parametrize(("frequency", "expected"), [(2100.0, CED), (1100.0, CNG), (2110.0, CED)])
def test_the_two_tones_are_heard(law: str, frequency: float, expected: int) -> None:
    assert heard(tone(frequency), law) == expected


@pytest.mark.parametrize("frequency", [425.0, 450.0, 1000.0, 1300.0, 1800.0, 2300.0])
def test_other_tones_are_not(frequency: float) -> None:
    assert heard(tone(frequency)) == 0


def test_two_tones_of_a_keypad_are_not() -> None:
    assert heard(tone(697) + tone(1209)) == 0


def test_noise_and_silence_are_not() -> None:
    noise = np.random.default_rng(3).normal(0, 3000, 160)
    assert (heard(noise), heard(tone(2100, 20.0))) == (0, 0)


def test_expansions_are_those_of_g711() -> None:
    assert (EXPANSIONS["PCMU"].max(), EXPANSIONS["PCMU"][0xFF], EXPANSIONS["PCMU"][0x00]) == (32124.0, 0.0, -32124.0)
    assert (EXPANSIONS["PCMA"].max(), EXPANSIONS["PCMA"][0xD5], EXPANSIONS["PCMA"][0x55]) == (32256.0, 8.0, -8.0)
