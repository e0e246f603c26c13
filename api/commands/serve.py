"""`./suyin serve` and `work`: pages and API, and the worker behind them."""

from __future__ import annotations

import signal
from contextlib import closing
from datetime import timedelta
from threading import Thread
from types import FrameType
from typing import Annotated

import typer
import uvicorn
from rich.console import Console

from api.app import create_app
from api.failing import sentences_for
from api.guard import refuse_beyond_loopback
from api.house import House
from triage import wiring
from triage.serving import open_service

err = Console(stderr=True, highlight=False)


def serve(
    host: Annotated[str | None, typer.Option(help="address; only loopback until accounts exist")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535)] = None,
    worker: Annotated[bool, typer.Option(help="also do the jobs (imports, speed tests) in this process")] = True,
) -> None:
    """Serve pages and API until Ctrl-C."""
    with sentences_for(err):
        chosen = wiring.settings()
        refuse_beyond_loopback(host or chosen.host)
        with closing(wiring.open_store(chosen)) as store:
            service = open_service(chosen, store, slot="serve")
            keep = timedelta(days=chosen.capture_days)
            app = create_app(
                House(
                    store,
                    service.desk,
                    service.uploads,
                    wiring.now,
                    keep,
                    service.speed.desk,
                    service.search,
                    service.captures,
                    service.walks,
                    service.flow,
                )
            )
            runs = {"worker": service.worker.run, "speed": service.speed.sweep.run}
            threads = [Thread(target=run, name=name, daemon=True) for name, run in runs.items()] if worker else []
            for thread in threads:
                thread.start()
            where = f"http://{host or chosen.host}:{port or chosen.port}"
            err.print(f"Suyin 溯因 serves {where} — Ctrl-C ends it", soft_wrap=True)
            uvicorn.run(
                app,
                host=host or chosen.host,
                port=port or chosen.port,
                log_level="warning",
                server_header=False,
                ws_per_message_deflate=False,  # compressing random bytes would make ndt7 measure this machine
            )
            service.worker.stop()
            service.speed.sweep.stop()
            for thread in threads:
                thread.join(timeout=35)


def work(
    slot: Annotated[str, typer.Option(help="name of this worker's place; never used by two at a time")] = "1",
) -> None:
    """Do the jobs (imports of files, speed tests) until Ctrl-C; for a service that runs `serve --no-worker`."""
    with sentences_for(err):
        chosen = wiring.settings()
        with closing(wiring.open_store(chosen)) as store:
            service = open_service(chosen, store, slot=slot)
            sweep = Thread(target=service.speed.sweep.run, name="speed", daemon=True)

            def stop(_signal: int, _frame: FrameType | None) -> None:
                service.worker.stop()
                service.speed.sweep.stop()

            signal.signal(signal.SIGTERM, stop)
            signal.signal(signal.SIGINT, stop)
            err.print(f"worker {slot} is ready — Ctrl-C ends it")
            sweep.start()
            service.worker.run()
            service.speed.sweep.stop()
            sweep.join(timeout=35)
