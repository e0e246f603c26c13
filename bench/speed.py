"""Is our server, and not the line, the limit of an on-site test? And do people who look on disturb it?

Two figures: our download endpoint beside nginx with sendfile, both on one processor, four connections of curl on the
others; and a download over a line shaped to 100 Mbit/s with and without 20 status requests a second. Prints ratios,
asserts nothing. Needs curl, nginx and, for the second, network namespaces: `.venv/bin/python -m bench.speed`.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.api.line.server import open_desk
from tests.netlab import Line, missing, open_line, serving
from tests.triage.speed_fakes import keep_ticket, take_on
from triage.actors import LOCAL_OPERATOR
from triage.store.engine import open_engine
from triage.store.migrate import migrate

ROUNDS, CONNECTIONS, CHUNKS = 5, 4, 1024
OURS, NGINX = 8766, 8767
SHAPED_BPS = 100_000_000
NGINX_CONF = """
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log /dev/null;
events {{ worker_connections 64; }}
http {{
  access_log off; sendfile on; tcp_nopush on;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  server {{ listen 127.0.0.1:{port}; root {folder}; }}
}}
"""


def main() -> None:
    """Measure both and print the ratios."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # nginx's worker gives up its rights
        token, ticket = prepare(folder)
        compare_with_nginx(folder, token)
        if reason := missing():
            print(f"shaped line: not measured, {reason}")
        else:
            compare_with_lookers_on(folder, token, ticket)


def prepare(folder: Path) -> tuple[str, str]:
    """Make a store with an on-site test that runs; return its token and its ticket."""
    file = folder / "suyin.db"
    engine = open_engine(f"sqlite:///{file}")
    migrate(engine)
    engine.dispose()
    store, desk = open_desk(file)
    ticket = keep_ticket(store, 是否上门="是")
    attempt, _ = desk.press(ticket, key="bench", method=None, actor=LOCAL_OPERATOR)
    token = desk.token(take_on(desk.means, attempt.id))
    store.close()
    return token, ticket


def compare_with_nginx(folder: Path, token: str) -> None:
    """Print how fast our endpoint and nginx send the same bytes, in turns."""
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if nginx is None:
        print("nginx: not installed, not compared")
        return
    (folder / "garbage").write_bytes(os.urandom(1 << 20) * CHUNKS)
    (folder / "nginx.conf").write_text(NGINX_CONF.format(folder=folder, port=NGINX), "utf-8")
    ours = [sys.executable, "-m", "tests.api.line.server", str(folder / "suyin.db"), "127.0.0.1", str(OURS)]
    with running(ours, OURS), running([nginx, "-c", str(folder / "nginx.conf")], NGINX):
        addresses = {
            "ours": f"http://127.0.0.1:{OURS}/st/{token}/garbage?ckSize={CHUNKS}",
            "nginx": f"http://127.0.0.1:{NGINX}/garbage",
        }
        found: dict[str, list[float]] = {name: [] for name in addresses}
        for _ in range(ROUNDS):
            for name, address in addresses.items():
                found[name].append(load(address))
    (folder / "garbage").unlink()
    middle = {name: statistics.median(rates) for name, rates in found.items()}
    for name, rates in found.items():
        print(f"{name}: median {middle[name]:.1f} Gbit/s of {', '.join(f'{rate:.1f}' for rate in rates)}")
    print(f"ours / nginx: {middle['ours'] / middle['nginx']:.2f}")


def load(address: str) -> float:
    """Return the Gbit/s of four downloads at once."""
    others = sorted(os.sched_getaffinity(0))[1:] or [0]
    pin = ["taskset", "-c", ",".join(map(str, others))]
    begun = time.perf_counter()
    loads = [
        subprocess.Popen(
            [*pin, "curl", "-s", "-o", "/dev/null", "-w", "%{size_download}", address], stdout=subprocess.PIPE
        )
        for _ in range(CONNECTIONS)
    ]
    count = sum(int(load.communicate()[0]) for load in loads)
    return count * 8 / (time.perf_counter() - begun) / 1e9


@contextmanager
def running(command: list[str], port: int) -> Iterator[None]:
    """Run a server on the first processor until the block ends."""
    first = str(min(os.sched_getaffinity(0)))
    with subprocess.Popen(
        ["taskset", "-c", first, *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            await_port(port)
            yield
        finally:
            process.terminate()


def await_port(port: int) -> None:
    """Wait until something answers. Raises RuntimeError after half a minute."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=1).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"nothing answers on port {port}")


def compare_with_lookers_on(folder: Path, token: str, ticket: str) -> None:
    """Print what four connections over a shaped line carry, alone and while somebody asks 20 times a second."""
    command = (sys.executable, "-m", "tests.api.line.server", str(folder / "suyin.db"), "0.0.0.0", str(OURS))
    with open_line(down_bps=SHAPED_BPS, up_bps=SHAPED_BPS) as line, serving(line.centre, *command, port=OURS):
        rates: dict[bool, list[float]] = {False: [], True: []}
        for _ in range(3):
            for looked_on, found in rates.items():
                found.append(carried(line, token, ticket, looked_on))
    alone, disturbed = (statistics.median(rates[looked_on]) for looked_on in (False, True))
    print(f"shaped to {SHAPED_BPS / 1e6:.0f} Mbit/s: {alone / 1e6:.2f} alone, {disturbed / 1e6:.2f} looked on")
    print(f"looked on / alone: {disturbed / alone:.3f}")


def carried(line: Line, token: str, ticket: str, looked_on: bool) -> float:
    """Return the bit/s of four connections over eight seconds."""
    url, end = f"http://{line.centre.ip}:{OURS}", threading.Event()
    asking = threading.Thread(target=look_on, args=(line, f"http://127.0.0.1:{OURS}", ticket, end))
    if looked_on:
        asking.start()
    script = (
        f"for n in 1 2 3 4; do curl -s -m 8 -o /dev/null -w '%{{size_download}}\\n'"
        f" '{url}/st/{token}/garbage?ckSize=1024' & done; wait; true"
    )
    counts = line.line.run("sh", "-c", script, timeout_s=60).split()
    end.set()
    if looked_on:
        asking.join()
    return sum(int(count) for count in counts) * 8 / 8


def look_on(line: Line, url: str, ticket: str, end: threading.Event) -> None:
    """Ask for the ticket's tests 20 times a second from the server's side, as pages of the centre do."""
    script = (
        "import time, urllib.request\n"
        f"request = urllib.request.Request('{url}/api/v1/tickets/{ticket}/speedtests')\n"
        "begun = time.monotonic()\n"
        "for n in range(160):\n"
        "    urllib.request.urlopen(request, timeout=5).read()\n"
        "    time.sleep(max(0, begun + (n + 1) / 20 - time.monotonic()))\n"
        "print(round(time.monotonic() - begun, 1))\n"
    )
    took = float(line.centre.run(sys.executable, "-c", script, timeout_s=60))
    print(f"  160 status requests in {took} s")
    end.wait(30)


if __name__ == "__main__":
    main()
