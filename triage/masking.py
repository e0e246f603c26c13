"""How do numbers and addresses look to someone who may not see them? Keeps enough to tell two apart, never more."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping, Sequence
from typing import Any

from triage.actors import Actor

_ADDRESS = re.compile(r"(?<![\d.])(\d{1,3}\.\d{1,3})\.\d{1,3}\.\d{1,3}(?![\d.])")
_HEX_GROUPS = re.compile(r"(?<![0-9A-Za-z:])[0-9A-Fa-f:]*::?[0-9A-Fa-f:]+(?![0-9A-Za-z:])")
_NUMBER = re.compile(r"(?<![\d.])(\+?\d{3})\d{2,}(\d{2})(?!\d|\.\d)")


_SEE_NUMBERS = frozenset({"network_engineer"})


def may_see_numbers(actor: Actor) -> bool:
    """Whether actor may see numbers and addresses in captures as they are, and have the packets themselves."""
    return not _SEE_NUMBERS.isdisjoint(actor.roles)


def mask_text(text: str) -> str:
    """Return text with IP addresses and numbers of seven digits or more masked: `138****01`, `10.0.*.*`."""
    masked = _HEX_GROUPS.sub(_mask_address_6, _ADDRESS.sub(r"\1.*.*", text))
    return _NUMBER.sub(r"\1****\2", masked)


def _mask_address_6(found: re.Match[str]) -> str:
    try:
        address = ipaddress.IPv6Address(found[0])
    except ValueError:
        return found[0]  # a time, a MAC address
    return ":".join(f"{int(group, 16):x}" for group in address.exploded.split(":")[:2]) + ":*"


def mask_values(value: Any) -> Any:
    """Return JSON values with every text in them masked; keys, numbers and flags stay."""
    if isinstance(value, str):
        return mask_text(value)
    if isinstance(value, Mapping):
        return {key: mask_values(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [mask_values(item) for item in value]
    return value
