"""How is a length of time written in a rule file? `30m`, `12h`, `3d`: a whole number and one unit."""

from __future__ import annotations

import re
from datetime import timedelta

from rules.form import Form

_WRITTEN = re.compile(r"([1-9]\d{0,5})(m|h|d)")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def parse_duration(text: str) -> timedelta | None:
    """Return the length; None where the text is none. A day is 24 hours."""
    found = _WRITTEN.fullmatch(text)
    return int(found[1]) * _UNITS[found[2]] if found else None


def read_duration(form: Form, field: str) -> timedelta | None:
    """Return the length that a field gives; None where it is missing, and after a problem."""
    text = form.maybe_text(field)
    if text is None:
        return None
    length = parse_duration(text)
    if length is None:
        form.error(field, f"{field} of {form.what} must be like 30m, 12h or 3d, not {text}")
    return length
