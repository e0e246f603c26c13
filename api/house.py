"""What do routes and pages need to answer? Put together once by whoever starts the app. Never answers itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Depends, Request

from triage.actors import LOCAL_OPERATOR, Actor
from triage.cases.walk_tree import WalkDesk
from triage.errors import Refused
from triage.flow_desk import FlowDesk
from triage.ports import FrontDesk, Store
from triage.ports_captures import CaptureTools
from triage.ports_places import PlaceSearch
from triage.speed_desk import SpeedDesk
from triage.uploads import Uploads


@dataclass(frozen=True, slots=True)
class House:
    """store: everything kept. desk: the use cases. uploads: where files go. now: the clock, UTC.

    keep_captures: how long the file and the diagnosis of a capture are kept. speed: speed tests; None offers none.
    search: looks places up; None offers none. captures: what is done with one upload while a person waits, if anything.
    walk_desk: walks over fault trees; None offers none. flow_desk: lives of tickets; None offers none.
    """

    store: Store
    desk: FrontDesk
    uploads: Uploads
    now: Callable[[], datetime]
    keep_captures: timedelta = timedelta(days=30)
    speed: SpeedDesk | None = None
    search: PlaceSearch | None = None
    captures: CaptureTools | None = None
    walk_desk: WalkDesk | None = None
    flow_desk: FlowDesk | None = None

    @property
    def places(self) -> PlaceSearch:
        """What looks places up. Raises Refused where this service offers none."""
        if self.search is None:
            raise Refused("这个服务没有打开地点查询，请用 ./suyin serve 启动完整的服务", "q")
        return self.search

    @property
    def walks(self) -> WalkDesk:
        """What walks fault trees. Raises Refused where this service offers none."""
        if self.walk_desk is None:
            raise Refused("这个服务没有打开故障排查，请用 ./suyin serve 启动完整的服务")
        return self.walk_desk

    @property
    def flow(self) -> FlowDesk:
        """What moves tickets. Raises Refused where this service offers none."""
        if self.flow_desk is None:
            raise Refused("这个服务没有打开工单流程，请用 ./suyin serve 启动完整的服务")
        return self.flow_desk


def _house(request: Request) -> House:
    house: House = request.app.state.house
    return house


def _actor() -> Actor:
    return LOCAL_OPERATOR  # until accounts exist; the server answers on loopback only


InHouse = Annotated[House, Depends(_house)]
Acting = Annotated[Actor, Depends(_actor)]
