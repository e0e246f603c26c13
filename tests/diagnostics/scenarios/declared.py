"""What is said of each capture, and how is it looked up by name?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tests.diagnostics.scenarios.packets import Packet


class Bench(Protocol):
    """What a scenario works with."""

    @property
    def folder(self) -> Path:
        """A folder of its own, taken away afterwards."""
        ...

    def base(self, name: str) -> list[Packet]:
        """Return the packets of another capture, made now if it is not there yet."""
        ...


@dataclass(frozen=True, slots=True)
class Film:
    """What a scenario gives back when packets alone do not say how the file is to be written."""

    packets: list[Packet]
    link: int = 1
    nanoseconds: bool = False
    snaplen: int = 262_144
    cut_tail: int = 0


Made = list[Packet] | Film


@dataclass(frozen=True, slots=True)
class Expected:
    """verdict: the code that says most, empty where nothing need be said. findings: codes that must be there.

    either: codes that may stand as the verdict as well. absent: codes that must not be there.

    responsible: parties of the verdict by the base tables. proof: per code a tshark filter whose frames prove it.
    cause: the protocol's own number of the verdict. healthy: no fault and no warning at all.
    """

    verdict: str
    either: tuple[str, ...]
    findings: tuple[str, ...]
    responsible: tuple[str, ...]
    absent: tuple[str, ...]
    proof: dict[str, str]
    cause: int | None
    healthy: bool


@dataclass(frozen=True, slots=True)
class Scenario:
    """One capture. checks: tshark filters, each with the least number of frames that must match."""

    name: str
    shows: str
    why: str
    made_by: str
    expected: Expected
    checks: dict[str, int]
    apart: bool
    zipped: bool
    make: Callable[[Bench], Made]

    @property
    def file(self) -> str:
        return f"{'kept-apart/' if self.apart else ''}{self.name}.pcap{'.gz' if self.zipped else ''}"


REGISTRY: dict[str, Scenario] = {}


def scenario(
    name: str,
    shows: str,
    *,
    why: str,
    by: str,
    verdict: str,
    who: str,
    also: str = "",
    either: str = "",
    absent: str = "",
    proof: str | dict[str, str] = "",
    cause: int | None = None,
    healthy: bool = False,
    checks: dict[str, int] | None = None,
    apart: bool = False,
    zipped: bool = False,
) -> Callable[[Callable[[Bench], Made]], Callable[[Bench], Made]]:
    """Declare a capture. who, also, absent: words separated by blanks; proof: a filter for the verdict, or one a code.

    Raises ValueError where the name is taken.
    """

    def keep(make: Callable[[Bench], Made]) -> Callable[[Bench], Made]:
        if name in REGISTRY:
            raise ValueError(f"two scenarios are named {name}")
        proofs = {verdict: proof} if isinstance(proof, str) and proof else dict(proof or {})
        codes = tuple(each for each in dict.fromkeys(["" if either else verdict, *also.split()]) if each)
        expected = Expected(
            verdict, tuple(either.split()), codes, tuple(who.split()), tuple(absent.split()), proofs, cause, healthy
        )
        REGISTRY[name] = Scenario(name, shows, why, by, expected, checks or {}, apart, zipped, make)
        return make

    return keep
