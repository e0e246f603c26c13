"""RADIUS between a GGSN or BRAS and an AAA server, by radclient and a real FreeRADIUS (RFC 2865, 2866, 5176)."""

from __future__ import annotations

import subprocess

from tests.diagnostics.scenarios.declared import Bench, Made, scenario
from tests.diagnostics.scenarios.lab import Host, Lab

NAS, AAA = "10.0.16.1", "172.16.8.20"
SECRET = "Suyin-2026"
BY = "live: radclient as the NAS, FreeRADIUS as the AAA server, dumpcap at the AAA server"
CONFIG = """
prefix = /usr
name = radiusd
confdir = @DIR@
run_dir = @DIR@
logdir = @DIR@
libdir = /usr/lib/freeradius
pidfile = @DIR@/radiusd.pid
max_request_time = 5
cleanup_delay = 1
max_requests = 1024
hostname_lookups = no
log {
  destination = files
  file = @DIR@/radius.log
}
security {
  max_attributes = 200
  reject_delay = 0
  status_server = yes
  allow_vulnerable_openssl = yes
}
thread pool {
  start_servers = 1
  max_servers = 2
  min_spare_servers = 1
  max_spare_servers = 1
  max_requests_per_server = 0
}
client nas {
  ipaddr = @NAS@
  secret = @SECRET@
  require_message_authenticator = no
}
modules {
  pap {
  }
  chap {
  }
  files {
    usersfile = @DIR@/users
  }
  always ok {
    rcode = ok
  }
}
server default {
  listen {
    type = auth
    ipaddr = *
    port = 1812
  }
  listen {
    type = acct
    ipaddr = *
    port = 1813
  }
  listen {
    type = coa
    ipaddr = *
    port = 3799
  }
  authorize {
    files
    chap
    pap
  }
  authenticate {
    Auth-Type PAP {
      pap
    }
    Auth-Type CHAP {
      chap
    }
  }
  preacct {
    ok
  }
  accounting {
    ok
  }
  recv-coa {
    @COA@
  }
  send-coa {
    ok
  }
}
"""
USERS = """
meter01@wlw.sc.cn Cleartext-Password := "Meter#01"
	Framed-IP-Address = 10.64.7.21,
	Framed-IP-Netmask = 255.255.255.255,
	Class = 0x57a1
barred@wlw.sc.cn Auth-Type := Reject
	Reply-Message = "account suspended: IMSI not bound"
"""


def server(lab: Lab, host: Host, *, nas: str = NAS, coa: str = "ok", secret: str = SECRET) -> None:
    """Start FreeRADIUS on a host and wait until it listens. nas: the only client that it knows."""
    text = CONFIG
    for mark, value in {"DIR": str(lab.folder), "NAS": nas, "SECRET": secret, "COA": coa}.items():
        text = text.replace(f"@{mark}@", value)
    (lab.folder / "radiusd.conf").write_text(text)
    (lab.folder / "users").write_text(USERS)
    lab.start(host, ["freeradius", "-f", "-d", str(lab.folder)], log="freeradius.log")
    lab.wait_for_port(host, 1812)


def ask(
    lab: Lab,
    host: Host,
    what: str,
    attributes: str,
    *,
    secret: str = SECRET,
    port: int = 1812,
    tries: int = 3,
    to: str = AAA,
) -> None:
    """Send one request with radclient and wait for its end. what: auth, acct, coa or disconnect."""
    argv = ["radclient", "-r", str(tries), "-t", "2", f"{to}:{port}", what, secret]
    subprocess.run(host.enter(argv), input=attributes.encode(), capture_output=True, check=False, timeout=60)


def access(user: str, password: str) -> str:
    return (
        f'User-Name="{user}",User-Password="{password}",NAS-IP-Address={NAS},NAS-Port-Type=Virtual,Service-Type=Framed-User,'
        "Framed-Protocol=GPRS-PDP-Context,Called-Station-Id=wlw.sc,Calling-Station-Id=8614788000001\n"
    )


@scenario(
    "radius-rejected-message",
    "Access-Request is answered Access-Reject with a Reply-Message",
    why="the enterprise AAA refuses the account and says why (RFC 2865 4.3, 5.18)",
    by=BY,
    verdict="radius.rejected",
    who="customer_aaa",
    absent="radius.accepted radius.secret_mismatch radius.no_response",
    proof="radius.code == 3",
    checks={"radius.Reply_Message": 1},
)
def radius_rejected_message(bench: Bench) -> Made:
    with Lab(bench.folder) as lab:
        nas, aaa = lab.host(NAS), lab.host(AAA)
        server(lab, aaa)
        lab.record(aaa)
        ask(lab, nas, "auth", access("barred@wlw.sc.cn", "x"))
        return lab.recorded()
