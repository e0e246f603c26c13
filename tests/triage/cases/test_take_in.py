"""Taking tickets in: once each, revisions kept, rejects kept, nothing lost when the process is killed."""

from __future__ import annotations

import csv
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from tests.triage.makers import NOON, make_decision, make_ticket
from triage.actors import LOCAL_OPERATOR
from triage.cases.take_in import CHUNK, Means, Taken, take_in
from triage.decide import Decided
from triage.ports import Store
from triage.records import Import, Page, Sort, TicketFilter
from triage.settings import PROJECT
from triage.tickets import Reject, Ticket


def desk(store: Store, *, phenomenon: str = "no_signal", lifecycle: tuple[str, str] = ("flow", "h1")) -> Means:
    """Decide every ticket alike."""

    def decide(chunks: Iterable[Sequence[Ticket]]) -> Iterable[list[Decided]]:
        for chunk in chunks:
            yield [
                Decided(
                    t, make_decision(store.id_of(t.source, t.number), t.number, phenomenon=phenomenon), "{}", lifecycle
                )
                for t in chunk
            ]

    return Means(lambda chunks: iter(decide(chunks)), store, "m" * 64, lambda: NOON)


def run(store: Store, rows: Iterable[Ticket | Reject], means: Means | None = None) -> list[Taken]:
    return list(take_in(rows, means or desk(store), LOCAL_OPERATOR))


def total(store: Store) -> int:
    with store.read() as work:
        return work.tickets.list(TicketFilter(), Sort(), Page()).total


def test_the_same_content_again_is_no_change(store: Store) -> None:
    run(store, [make_ticket()])
    again = run(store, [make_ticket()])
    assert (again[0].saved.unchanged, total(store)) == (1, 1)


def test_changed_content_is_a_new_revision_of_the_same_ticket(store: Store) -> None:
    run(store, [make_ticket(content="无信号")])
    changed = run(store, [make_ticket(content="无信号，第二次反映")])
    with store.read() as work:
        contents = [r.ticket.fields["投诉内容"] for r in work.tickets.revisions(store.id_of("eoms", "YN-001"))]
    assert (changed[0].saved.revised, contents) == (1, ["无信号", "无信号，第二次反映"])


def test_a_decision_that_rules_have_changed_since_is_kept_as_a_new_one(store: Store) -> None:
    run(store, [make_ticket()])
    run(store, [make_ticket()], desk(store, phenomenon="weak_signal"))
    with store.read() as work:
        made = [record.decision.phenomenon for record in work.decisions.of(store.id_of("eoms", "YN-001"))]
    assert made == ["no_signal", "weak_signal"]


def test_a_ticket_stays_on_the_version_of_the_lifecycle_it_began(store: Store) -> None:
    run(store, [make_ticket(content="无信号")])
    run(store, [make_ticket(content="无信号，第二次反映")], desk(store, lifecycle=("flow", "h2")))
    with store.read() as work:
        summary = work.tickets.get(store.id_of("eoms", "YN-001"))
    assert (summary.lifecycle, summary.lifecycle_hash, summary.revision) == ("flow", "h1", 2)


def test_chunks_come_out_in_input_order_with_their_rejects(store: Store) -> None:
    rows: list[Ticket | Reject] = [make_ticket(f"T-{n}") for n in range(CHUNK + 3)]
    rows.insert(CHUNK + 1, Reject("tickets.csv", 9, "投诉内容", "太长"))
    found = run(store, rows)
    numbers = [one.ticket.number for taken in found for one in taken.decided]
    assert numbers == [f"T-{n}" for n in range(CHUNK + 3)]
    assert [len(taken.rejects) for taken in found] == [0, 1]


def test_rejects_are_kept_with_the_import(store: Store) -> None:
    with store.begin() as work:
        work.imports.add(Import("i-1", "tickets", "tickets.csv", "c" * 64, "eoms", NOON))
    list(take_in([Reject("tickets.csv", 9, "投诉内容", "太长")], desk(store), LOCAL_OPERATOR, batch="i-1"))
    with store.read() as work:
        assert work.rejects.of("i-1", Page())[1] == 1


ROWS = 20_000


@pytest.fixture(scope="module")
def big_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """20,000 tickets."""
    file = tmp_path_factory.mktemp("big") / "tickets.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["工单流水号", "投诉内容"])
        writer.writerows([f"B-{n:05}", f"客户反映在家中信号弱，编号{n}，要求处理"] for n in range(ROWS))
    return file


@pytest.mark.slow
def test_kill_9_in_the_middle_and_again_leaves_every_row_once(big_file: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "SUYIN_DATA_DIR": str(tmp_path / "var"), "PYTHONPATH": str(PROJECT)}
    environment.pop("SUYIN_DATABASE_URL", None)
    command = [sys.executable, "-m", "api.cli", "triage", str(big_file)]
    first = subprocess.Popen(command, cwd=PROJECT, env=environment, stderr=subprocess.DEVNULL, start_new_session=True)
    database = tmp_path / "var" / "suyin.db"
    deadline = time.monotonic() + 300
    while kept(database) < 2 * CHUNK and time.monotonic() < deadline and first.poll() is None:
        select_pause()
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    in_the_middle = kept(database)
    second = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=True)
    assert 0 < in_the_middle < ROWS
    assert kept(database) == ROWS
    assert revisions(database) == ROWS, second.stderr


def select_pause() -> None:
    """Let the other process work for a moment."""
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(0.05)"]) as pause:
        pause.wait()


def kept(database: Path) -> int:
    return _count(database, "tickets")


def revisions(database: Path) -> int:
    return _count(database, "revisions")


def _count(database: Path, table: str) -> int:
    if not database.exists():
        return 0
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
    except sqlite3.OperationalError:
        return 0
    finally:
        connection.close()


@pytest.mark.slow
def test_the_command_prints_decisions_in_input_order(big_file: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "SUYIN_DATA_DIR": str(tmp_path / "var"), "PYTHONPATH": str(PROJECT)}
    few = tmp_path / "few.csv"
    few.write_text("\n".join(big_file.read_text("utf-8").splitlines()[:1201]), "utf-8")
    command = [sys.executable, "-m", "api.cli", "triage", str(few), "--json", "--dry-run"]
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=True)
    numbers = [json.loads(line)["ticket"] for line in done.stdout.splitlines()]
    assert numbers == [f"B-{n:05}" for n in range(1200)]
    assert not (tmp_path / "var" / "suyin.db").exists()
