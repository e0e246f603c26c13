"""A registrar and proxy with real digest authentication, whose quirks are chosen by the user name.

The configuration is our own. Users live in a hash table; a password that is wrong is challenged again or answered
with 403, as networks do one or the other.
"""

from __future__ import annotations

from tests.diagnostics.scenarios.lab import Host, Lab

REALM = "ims.sc.example.cn"
PASSWORD = "Ims#2026"

CONFIG = """
#!KAMAILIO
debug=1
log_stderror=yes
children=2
auto_aliases=no
disable_tcp=yes
listen=udp:@ADDRESS@:5060
server_header="Server: SBC-CD01"
user_agent_header="User-Agent: SBC-CD01"
mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "xlog.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "auth.so"
loadmodule "htable.so"
loadmodule "corex.so"
modparam("htable", "htable", "users=>size=4;")
modparam("usrloc", "db_mode", 0)
modparam("auth", "nonce_expire", @EXPIRE@)
modparam("tm", "fr_inv_timer", @RINGS@)
modparam("tm", "fr_timer", @SILENCE@)
modparam("registrar", "max_expires", 3600)
@MORE@
event_route[htable:mod-init] {
@USERS@
}
request_route {
    if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
    if (has_totag()) {
        if (is_method("ACK") && !loose_route()) { if (t_check_trans()) { t_relay(); } exit; }
        if (!is_method("ACK")) { loose_route(); }
        t_relay();
        exit;
    }
    if (is_method("CANCEL")) { if (t_check_trans()) { t_relay(); } exit; }
    if (is_method("OPTIONS")) { sl_send_reply("200", "OK"); exit; }
    t_check_trans();
    if (is_method("REGISTER")) {
        if ($sht(users=>$tU) == $null) { sl_send_reply("404", "Not Found"); exit; }
        @BEFORE@
        $var(rc) = -5;
        if ($au != $null && $sht(users=>$au) != $null) {
            pv_auth_check("$td", "$sht(users=>$au)", "0", "0");
            $var(rc) = $rc;
        }
        if ($var(rc) < 0) {
            @FAILED@
            if ($var(rc) == -4) { auth_challenge("$td", "17"); } else { auth_challenge("$td", "1"); }
            exit;
        }
        @AFTER@
        save("location");
        exit;
    }
    if (is_method("ACK")) { exit; }
    @GUARD@
    record_route();
    @ROUTE@
    if (!lookup("location")) { sl_send_reply("@AWAY@", "@AWAY_TEXT@"); exit; }
    t_relay();
}
"""

GUARD = """if ($au == $null || !pv_auth_check("$fd", "$sht(users=>$fU)", "0", "1")) {
        auth_challenge("$fd", "1");
        exit;
    }
    consume_credentials();"""


def start(
    lab: Lab,
    host: Host,
    *,
    users: tuple[str, ...] = ("02886630001",),
    expire_s: int = 300,
    before: str = "",
    failed: str = "",
    after: str = "",
    guard: str = "",
    route: str = "",
    more: str = "",
    rings_ms: int = 30_000,
    silence_ms: int = 5_000,
    away: tuple[str, str] = ("480", "Temporarily Unavailable"),
    wait: bool = True,
) -> None:
    """Start kamailio on a host and wait until it answers; the words in its language go where their names say."""
    text = CONFIG
    listed = "\n".join(f'    $sht(users=>{user}) = "{PASSWORD}";' for user in users)
    for mark, value in {
        "ADDRESS": host.address, "EXPIRE": str(expire_s), "USERS": listed, "BEFORE": before, "FAILED": failed,
        "AFTER": after,
        "GUARD": guard, "ROUTE": route, "MORE": more, "AWAY": away[0], "AWAY_TEXT": away[1], "RINGS": str(rings_ms),
        "SILENCE": str(silence_ms),
    }.items():  # fmt: skip
        text = text.replace(f"@{mark}@", value)
    path = lab.folder / f"kamailio-{host.link}.cfg"
    path.write_text(text)
    argv = [
        "kamailio",
        "-DD",
        "-E",
        "-f",
        str(path),
        "-m",
        "32",
        "-M",
        "4",
        "-Y",
        str(lab.folder),
        "-P",
        str(lab.folder / f"{host.link}.pid"),
    ]
    lab.start(host, argv, log=f"kamailio-{host.link}.log")
    if wait:
        lab.wait_for_port(host, 5060)
