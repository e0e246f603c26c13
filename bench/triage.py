"""How many tickets a second, end to end and stored, against its parts? Prints ratios; asserts nothing.

`.venv/bin/python -m bench.triage [TICKETS] [PLACES]`, default 10,000 against 1,000. All figures come from one run:
only inserting rows whose decisions were made beforehand, classification alone, all of it in one process, all of it
with worker processes, and one ticket at a time through the API at a hundred a second. Tickets per CPU second stand
beside tickets per second: they say the same on a busy machine.
"""

from __future__ import annotations

import random
import resource
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from statistics import quantiles

from fastapi.testclient import TestClient

from api.app import create_app
from api.house import House
from bench.place_cases import invented
from geo.place import Place
from triage import wiring
from triage.actors import LOCAL_OPERATOR
from triage.cases.take_in import CHUNK, keep, take_in
from triage.decide import Decided
from triage.facts import facts_for
from triage.intake import parse, ticket_from_mapping
from triage.serving import open_service
from triage.settings import Settings, read_settings
from triage.store.database import SqlStore
from triage.tickets import Ticket
from triage.wordings import read_wordings

PROCESSES = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
API_TICKETS, API_RATE = 300, 100.0
DEFAULTS = ("10000", "1000")


def tickets_about(addresses: Sequence[str], count: int) -> list[Ticket]:
    """Return tickets with the wordings of the project, each at an address that means a place or none."""
    rng, wordings = random.Random(11), read_wordings()
    made = []
    for number in range(count):
        wording, address = rng.choice(wordings), rng.choice(addresses)
        fields = {
            "工单流水号": f"BENCH-{number:07}",
            "工单主题": f"四星级客户投诉1次下派,处理时限:12.00小时-受理号码(138****0000)-详细地址({address})",
            "投诉内容": f"客户反映在{address}，{wording.text}#同步要素#联系要求:无 处于室内还是室外:室内 #同步要素#",
            "投诉分类一级": "移动业务",
            "投诉分类二级": "网络质量",
        }
        ticket = ticket_from_mapping(fields)
        assert isinstance(ticket, Ticket)
        made.append(ticket)
    return made


def chunked(tickets: Sequence[Ticket]) -> Iterator[Sequence[Ticket]]:
    """Give the tickets in the chunks that taking in uses."""
    for start in range(0, len(tickets), CHUNK):
        yield tickets[start : start + CHUNK]


def timed(name: str, count: int, work: Callable[[], object]) -> float:
    """Run work and print its rates; return tickets a second."""
    started, used = time.perf_counter(), cpu_seconds()
    work()
    rate, per_cpu = count / (time.perf_counter() - started), count / (cpu_seconds() - used)
    own, workers = (resource.getrusage(who).ru_maxrss / 1024 for who in PROCESSES)
    memory = f"peak memory {own:.0f} MiB" + (f", largest worker {workers:.0f} MiB" if workers else "")
    print(f"{name:<46}{rate:>9.0f} /s {per_cpu:>7.0f} per CPU second   {memory}", flush=True)
    return rate


def cpu_seconds() -> float:
    """Return the CPU time that this process and its finished workers have used."""
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, PROCESSES))


def fresh(folder: Path, name: str, places: Sequence[Place]) -> tuple[Settings, SqlStore]:
    """Return an empty store that knows the places."""
    chosen = read_settings({"SUYIN_DATA_DIR": str(folder / name)})
    store = wiring.open_store(chosen)
    with store.begin() as work:
        for start in range(0, len(places), 2000):
            work.places.upsert_many(places[start : start + 2000], batch="bench", at=wiring.now())
    return chosen, store


def stored(folder: Path, workers: int, places: Sequence[Place], tickets: Sequence[Ticket]) -> float:
    """Take tickets in with some worker processes; return tickets a second."""
    chosen, store = fresh(folder, f"workers-{workers}", places)
    chosen = read_settings({"SUYIN_DATA_DIR": str(chosen.data_dir), "SUYIN_WORKERS": str(workers)})
    with closing(store):
        means, _ = wiring.open_means(chosen, store, large=True)
        label = f"end to end, stored, {workers} worker(s)"
        return timed(label, len(tickets), lambda: deque(take_in(iter(tickets), means, LOCAL_OPERATOR), maxlen=0))


def through_the_api(chosen: Settings, store: SqlStore, tickets: Sequence[Ticket]) -> None:
    """Hand tickets in one by one, a hundred a second, and print how long each took."""
    service = open_service(chosen, store)
    app = create_app(House(store, service.desk, service.uploads, wiring.now))
    client = TestClient(app, base_url="http://127.0.0.1")
    times = []
    due = time.perf_counter()
    for ticket in tickets:
        time.sleep(max(0.0, due - time.perf_counter()))
        due += 1 / API_RATE
        started = time.perf_counter()
        client.post("/api/v1/tickets", json=dict(ticket.fields)).raise_for_status()
        times.append((time.perf_counter() - started) * 1000)
    shares = quantiles(times[20:], n=100)
    print(f"one ticket by the API, {API_RATE:.0f} a second: median {shares[49]:.1f} ms, 99th {shares[98]:.1f} ms")


def main() -> None:
    """Measure and print."""
    count, listed = (int(text) for text in [*sys.argv[1:], *DEFAULTS[len(sys.argv) - 1 :]])
    divisions = wiring.open_table_of_divisions(wiring.settings())
    cases = invented(divisions, listed, 2000, seed=3, districts=60)
    tickets = tickets_about(cases.texts, count)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        chosen, store = fresh(folder, "one", cases.places)
        with closing(store):
            print(f"{count} tickets against {listed} places")
            knowledge = wiring.open_knowledge(chosen)
            folders = wiring.index_places(chosen, store, divisions)
            decider = wiring.make_decider(knowledge, wiring.open_places(folders, store, knowledge), store.id_of)
            decider.decide(tickets[:CHUNK])
            facts = [facts_for(parse(ticket)) for ticket in tickets]
            classify = decider.classifier.classify
            alone = timed("classification alone (facts made beforehand)", count, lambda: classify(facts))
            decided: list[Decided] = []
            deciding = timed("deciding, nothing stored", count, lambda: decided.extend(
                one for chunk in chunked(tickets) for one in decider.decide(chunk)
            ))  # fmt: skip

            def insert() -> None:
                for start in range(0, count, CHUNK):
                    with store.begin() as work:
                        keep(work, decided[start : start + CHUNK], knowledge.model.hash, wiring.now())

            inserting = timed("only inserting the rows", count, insert)
        rates = {workers: stored(folder, workers, cases.places, tickets) for workers in (1, 2)}
        chosen, store = fresh(folder, "api", cases.places)
        with closing(store):
            through_the_api(chosen, store, tickets_about(cases.texts, API_TICKETS))
        best = max(rates.values())
        print(f"end to end against {listed:,} places: {best:.0f} tickets a second; two workers {rates[2]:.0f}")
        print(f"end to end / only inserting      {best / inserting:.2f}")
        print(f"end to end / classification      {best / alone:.2f}")
        print(f"end to end / deciding            {best / deciding:.2f}")
        print(f"two workers / one                {rates[2] / rates[1]:.2f}")


if __name__ == "__main__":
    main()
