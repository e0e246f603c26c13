"""What do the use cases about people work with in this process?

Like triage/wiring.py, for the room of people alone. Never decides anything.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from geo.divisions import Divisions
from geo.parse import parse
from triage.areas import read_area
from triage.people_means import PeopleMeans
from triage.people_secrets import Argon2Passwords, new_secret
from triage.settings import Settings
from triage.store.database import SqlStore
from triage.store.ids import new_id
from triage.wiring import now, open_rules, open_table_of_divisions


def open_people(chosen: Settings, store: SqlStore) -> PeopleMeans:
    """Put together what cases about people need, over the store. Raises RulesInvalid."""
    roles = {id_: role.title for id_, role in open_rules(chosen.province).roles.items()}
    return PeopleMeans(store, Argon2Passwords(), roles, new_secret, new_id, now)


class AreaNames:
    """Areas as people type and read them. The table of divisions is opened where an area is really named."""

    def __init__(self, chosen: Settings) -> None:
        """Use the table that settings name."""
        self._divisions: Callable[[], Divisions] = cache(lambda: open_table_of_divisions(chosen))

    def read(self, typed: str) -> str:
        """Return the area of a code or a name, "" for everywhere. Raises Refused, DivisionsUnreadable."""
        return read_area(typed, lambda code: self._divisions().name(code), self._called) if typed.strip() else ""

    def name(self, area: str) -> str:
        """Return an area's name from the province down; 全部区域 for "". Raises DivisionsUnreadable."""
        return "".join(dict.fromkeys(self._divisions().path(int(area.ljust(9, "0"))))) if area else "全部区域"

    def _called(self, name: str) -> Sequence[int]:
        return parse(name, self._divisions()).codes
