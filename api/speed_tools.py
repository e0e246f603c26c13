"""What do the routes of speed tests need, beside the house? The use cases, and what on-site tests have carried."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from api.house import House
from api.speed_line import Tallies
from triage.errors import SettingsInvalid
from triage.speed_desk import SpeedDesk


@dataclass(frozen=True, slots=True)
class SpeedTools:
    """desk: the use cases. tallies: of the on-site tests that this process serves."""

    desk: SpeedDesk
    tallies: Tallies


def speed_tools(connection: HTTPConnection) -> SpeedTools:
    """Return the tools of the application. Raises SettingsInvalid where it was put together without speed tests."""
    house: House = connection.app.state.house
    if house.speed is None:
        raise SettingsInvalid("这个服务没有启用测速")
    return SpeedTools(house.speed, connection.app.state.tallies)


InSpeed = Annotated[SpeedTools, Depends(speed_tools)]
