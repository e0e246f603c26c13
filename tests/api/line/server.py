"""A service over an existing store for tests of real clients: `python -m tests.api.line.server DB HOST PORT`.

AAA always says online. It runs inside a network namespace, so it is a process of its own.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import uvicorn

from api.app import create_app
from api.house import House
from tests.api.desk import FakeDesk
from tests.triage.speed_fakes import RULES, SPEED, FakeAaa, FakeProbe
from triage.cases.run_speed_test import SpeedMeans
from triage.speed_desk import SpeedDesk
from triage.store.database import SqlStore
from triage.store.engine import open_engine
from triage.uploads import Uploads


def now() -> datetime:
    return datetime.now(UTC)


def open_desk(file: Path) -> tuple[SqlStore, SpeedDesk]:
    """Return the store in file and a desk of speed tests over it."""
    store = SqlStore(open_engine(f"sqlite:///{file}"))
    means = SpeedMeans(store, FakeAaa(), FakeProbe(), SPEED, RULES.hash, 10**10, now)
    return store, SpeedDesk(means, store.installation.secret, wake=lambda: None)


def main(file: Path, host: str, port: int) -> None:
    """Serve until killed."""
    store, desk = open_desk(file)
    house = House(store, FakeDesk(store), Uploads(file.parent / "uploads", 1 << 20), now, speed=desk)
    app = create_app(house)
    uvicorn.run(app, host=host, port=port, log_level="warning", access_log=False, ws_per_message_deflate=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
