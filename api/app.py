"""How is the web application put together: guard, errors, JSON API, pages and static files? Never decides anything."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Event, Thread

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from api.errors import MEDIA_TYPE, add_error_handlers
from api.guard import Guard
from api.house import House
from api.metrics import Measured, Metrics
from api.pages import places as place_pages
from api.pages import tickets as pages
from api.routes import (
    captures,
    flow,
    hejiaqin,
    imports,
    notices,
    places,
    speed,
    speed_line,
    system,
    tickets,
    trees,
    worklists,
)
from api.schemas import Problem
from api.speed_line import Tallies

STATIC = Path(__file__).parent / "static"
_PROBLEM = {
    "description": "A problem document with a sentence that says what to do",
    "content": {MEDIA_TYPE: {"schema": Problem.model_json_schema()}},
}


_TIDY_S = 1.0


@asynccontextmanager
async def _serving(app: FastAPI) -> AsyncIterator[None]:
    """Do the store's upkeep beside the requests for as long as the app is served."""
    house: House = app.state.house
    end = Event()

    def tidy() -> None:
        while not end.wait(_TIDY_S):
            house.store.tidy()

    thread = Thread(target=tidy, name="tidy", daemon=True)
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join()


def create_app(house: House) -> FastAPI:
    """Return the application over house, ready to be served on a loopback address."""
    app = FastAPI(
        title="溯因 Suyin",
        version="1",
        summary="Traces network complaints to a specialty, a place, a cause and a handling centre",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # the viewers that FastAPI brings load their scripts from elsewhere
        redoc_url=None,
        lifespan=_serving,
    )
    app.state.house = house
    app.state.metrics = metrics = Metrics()
    app.state.tallies = Tallies()
    rooms = (tickets, imports, places, captures, speed, trees, flow, worklists, notices, system)
    for router in (room.router for room in rooms):
        app.include_router(router, responses={"4XX": _PROBLEM, "5XX": _PROBLEM})
    app.include_router(speed_line.router, include_in_schema=False)
    app.include_router(hejiaqin.router, include_in_schema=False)
    app.include_router(pages.router, include_in_schema=False)
    app.include_router(place_pages.router, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    add_error_handlers(app)
    app.add_middleware(Measured, metrics=metrics)
    app.add_middleware(Guard, most_upload_bytes=house.uploads.most_bytes)
    return app
