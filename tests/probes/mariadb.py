"""How does a test get a real MariaDB, in whose time zone it is not now what it is in UTC?"""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.probes.radius import ENVIRONMENT, SECONDS, free_port, need

ZONE = "+08:00"


@contextmanager
def running(folder: Path) -> Iterator[int]:
    """Run MariaDB on a free port of 127.0.0.1 until the block ends; give the port. root needs no password.

    Skips, with the reason, where MariaDB is missing.
    """
    need("mariadb-install-db", "my_print_defaults", "mariadbd")
    data = ["--no-defaults", f"--datadir={folder / 'data'}", *(["--user=root"] if os.getuid() == 0 else [])]
    subprocess.run(
        ["mariadb-install-db", *data, "--auth-root-authentication-method=normal", "--skip-test-db"],
        capture_output=True,
        check=True,
        timeout=60,
        env=ENVIRONMENT,
    )
    port = free_port(socket.SOCK_STREAM)
    own = [f"--socket={folder / 'my.sock'}", f"--pid-file={folder / 'my.pid'}", "--bind-address=127.0.0.1"]
    process = subprocess.Popen(
        ["mariadbd", *data, *own, f"--port={port}", f"--default-time-zone={ZONE}", "--innodb-buffer-pool-size=16M"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    )
    assert process.stderr
    try:
        with process.stderr:
            said = []
            for line in process.stderr:
                said.append(line)
                if "ready for connections" in line:
                    break
            else:
                raise RuntimeError(f"MariaDB does not start:\n{''.join(said)}")
            yield port
    finally:
        process.terminate()
        process.wait(SECONDS)
