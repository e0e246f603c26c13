"""What do the use cases about people work with? Put together by triage/wiring_people.py. Never decides anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.ports import Store
from triage.ports_people import Passwords

IDLE = timedelta(hours=1)
LONGEST = timedelta(hours=12)  # a shift


@dataclass(frozen=True, slots=True)
class PeopleMeans:
    """What cases about people need.

    roles: id → title of every role that can be given. secret: gives a new random secret. new_id: gives a new opaque
    id. now: the clock, UTC. idle: a session that is not used as long as this is over; longest: every session is over
    after this.
    """

    store: Store
    passwords: Passwords
    roles: Mapping[str, str]
    secret: Callable[[], str]
    new_id: Callable[[], str]
    now: Callable[[], datetime]
    idle: timedelta = IDLE
    longest: timedelta = LONGEST
