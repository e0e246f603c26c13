"""How does a test get a real FreeRADIUS that writes its radacct table on this machine?

FreeRADIUS comes from Debian, with its own schema and queries; the configuration is written here, as small as it goes.
It is the AAA of a careless operator: names are stored as the NAS sends them, in any case, with or without realm.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import pytest

SQL = Path("/etc/freeradius/3.0/mods-config/sql/main")
DRIVERS = Path("/usr/lib/freeradius")
SECRET = "radius-of-a-test"
ENVIRONMENT = {**os.environ, "PATH": f"{os.environ.get('PATH', '')}:/usr/sbin"}
SECONDS = 20
Dialect = Literal["sqlite", "postgresql", "mysql"]
CONFIGURATION = """
prefix = /usr
name = radiusd
confdir = {folder}
run_dir = {folder}
logdir = {folder}
libdir = /usr/lib/freeradius
pidfile = {folder}/radiusd.pid
log {{
  destination = stdout
}}
security {{
  allow_vulnerable_openssl = yes
}}
thread pool {{
  start_servers = 1
  max_servers = 4
  min_spare_servers = 1
  max_spare_servers = 2
}}
client nas {{
  ipaddr = 127.0.0.1
  secret = {secret}
}}
instantiate {{
  expr
}}
modules {{
  expr {{
  }}
  sql {{
    dialect = "{dialect}"
    driver = "rlm_sql_{dialect}"
    {connection}
    acct_table1 = "radacct"
    acct_table2 = "radacct"
    postauth_table = "radpostauth"
    authcheck_table = "radcheck"
    authreply_table = "radreply"
    groupcheck_table = "radgroupcheck"
    groupreply_table = "radgroupreply"
    usergroup_table = "radusergroup"
    client_table = "nas"
    group_attribute = "SQL-Group"
    read_clients = no
    pool {{
      start = 1
      min = 1
      max = 4
      spare = 1
    }}
    $INCLUDE {queries}
  }}
}}
server accounting {{
  listen {{
    type = acct
    ipaddr = 127.0.0.1
    port = {port}
  }}
  preacct {{
    update request {{
      &Acct-Unique-Session-Id := "%{{md5:%{{User-Name}} %{{Acct-Session-Id}} %{{NAS-IP-Address}}}}"
    }}
  }}
  accounting {{
    sql
  }}
}}
"""


def schema(dialect: Dialect) -> str:
    """The SQL that makes FreeRADIUS's tables, as Debian ships it.

    Skips, with the reason, where FreeRADIUS has no driver for the database or the file may not be read.
    """
    if not (DRIVERS / f"rlm_sql_{dialect}.so").exists():
        pytest.skip(f"FreeRADIUS's driver for {dialect} is missing; install freeradius-{dialect}")
    try:
        return (SQL / dialect / "schema.sql").read_text("utf-8")
    except OSError as error:
        pytest.skip(f"FreeRADIUS's schema cannot be read: {error}")


@dataclass(frozen=True, slots=True)
class Radius:
    """A FreeRADIUS that listens for accounting. url: of its database, as a person would set it."""

    port: int
    url: str

    def send(
        self,
        status: str,
        at: datetime,
        user: str | None = None,
        session: str = "S1",
        *,
        refusable: bool = False,
        **more: str,
    ) -> None:
        """Send an accounting packet of a NAS and wait until it was answered, that is, until it was written.

        status: Start, Interim-Update, Stop, Accounting-On. at: when it happened, for the NAS. refusable: the database
        may refuse the row, in which case FreeRADIUS does not answer. more: other attributes, with `_` for `-`.
        """
        given = {"NAS_IP_Address": "10.0.0.1", "NAS_Port_Id": "GE1", "Framed_IP_Address": "100.64.0.7", **more}
        packet = {
            "Acct-Status-Type": status,
            "Acct-Session-Id": session,
            "Event-Timestamp": str(int(at.timestamp())),
            **({"User-Name": f'"{user}"'} if user else {}),
            **{name.replace("_", "-"): value for name, value in given.items()},
        }
        subprocess.run(
            [
                "radclient",
                *("-r 1 -t 0.5" if refusable else "-r 5 -t 2").split(),
                f"127.0.0.1:{self.port}",
                "acct",
                SECRET,
            ],
            input=", ".join(f"{name} = {value}" for name, value in packet.items()),
            text=True,
            capture_output=True,
            check=not refusable,
            timeout=SECONDS,
            env=ENVIRONMENT,
        )


@contextmanager
def running(folder: Path, dialect: Dialect, connection: str, url: str) -> Iterator[Radius]:
    """Run FreeRADIUS on a free port until the block ends.

    folder: for its files. connection: how it reaches its database, lines of rlm_sql. url: the same for the product.
    The tables must be there. Skips, with the reason, where FreeRADIUS is missing.
    """
    need("freeradius", "radclient")
    port = free_port(socket.SOCK_DGRAM)
    written = CONFIGURATION.format(
        folder=folder,
        secret=SECRET,
        dialect=dialect,
        connection=connection,
        queries=SQL / dialect / "queries.conf",
        port=port,
    )
    (folder / "radiusd.conf").write_text(written, "utf-8")
    process = subprocess.Popen(
        ["freeradius", "-f", "-l", "stdout", "-d", str(folder)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=ENVIRONMENT,
    )
    assert process.stdout
    try:
        with process.stdout:
            said = []
            for line in process.stdout:
                said.append(line)
                if "Ready to process requests" in line:
                    break
            else:
                raise RuntimeError(f"FreeRADIUS does not start:\n{''.join(said)}")
            yield Radius(port, url)
    finally:
        process.terminate()
        process.wait(SECONDS)


def need(*programs: str) -> None:
    """Skip the test where one of the programs is missing."""
    for program in programs:
        if shutil.which(program, path=ENVIRONMENT["PATH"]) is None:
            pytest.skip(f"{program} is missing; .ci/debian-packages says which package brings it")


def free_port(kind: socket.SocketKind) -> int:
    """A port of 127.0.0.1 that nobody used a moment ago."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
