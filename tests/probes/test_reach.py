"""Are only allowed addresses tried, a few packets at most, and every failure said?"""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from probes.errors import ProbeMisconfigured
from probes.reach import COUNT, Reach, read_targets, send_echo

LOOPBACK = read_targets("127.0.0.0/8")


class FakeEcho:
    """Answers the echoes whose numbers are in back. tried: what was sent."""

    def __init__(self, *back: int, error: OSError | None = None) -> None:
        self.back, self.error = back, error
        self.tried: list[str] = []

    def __call__(self, address: str, number: int, wait_s: float) -> bool:
        self.tried.append(address)
        if self.error is not None:
            raise self.error
        return number in self.back


@pytest.mark.parametrize(
    ("back", "state"), [((1, 2, 3, 4, 5), "ok"), ((1, 2, 3, 5), "lossy"), ((5,), "lossy"), ((), "down")]
)
def test_lost_echoes_make_the_way_lossy_or_down(back: tuple[int, ...], state: str) -> None:
    echo = FakeEcho(*back)
    reading = Reach(LOOPBACK, echo).ping("127.0.0.1")
    assert (reading.state, reading.received, len(echo.tried)) == (state, len(back), COUNT)


@pytest.mark.parametrize("address", ["8.8.8.8", "128.0.0.1", "::1", "localhost", "127.0.0.1; ls", "", "127.1"])
def test_what_is_not_on_the_list_or_no_address_is_never_tried(address: str) -> None:
    echo = FakeEcho(1)
    reach = Reach(LOOPBACK, echo)
    assert (reach.ping(address).state, reach.connect(address, 80).state, echo.tried) == (None, None, [])


def test_an_empty_list_allows_nothing() -> None:
    assert Reach(read_targets(""), FakeEcho(1)).ping("127.0.0.1").state is None


def test_a_machine_that_may_not_ping_says_so_and_settles_nothing() -> None:
    reading = Reach(LOOPBACK, FakeEcho(error=PermissionError())).ping("127.0.0.1")
    assert (reading.state, "没有发送 ping 的权限" in reading.reason) == (None, True)


def test_a_network_that_is_unreachable_is_down() -> None:
    reading = Reach(LOOPBACK, FakeEcho(error=OSError(101, "Network is unreachable"))).ping("127.0.0.1")
    assert (reading.state, reading.reason) == ("down", "ping 127.0.0.1 不通：Network is unreachable")


@pytest.fixture
def listening() -> Iterator[int]:
    """A port on loopback that accepts."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_port_that_accepts_is_open(listening: int) -> None:
    assert Reach(LOOPBACK).connect("127.0.0.1", listening).state == "open"


def test_a_port_that_nobody_holds_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert Reach(LOOPBACK).connect("127.0.0.1", port).state == "refused"


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_number_that_is_no_port_is_not_tried(port: int) -> None:
    assert Reach(LOOPBACK).connect("127.0.0.1", port).state is None


@pytest.mark.parametrize("text", ["10.0.0.1/8", "ten", "::1/128"])
def test_a_network_that_cannot_be_used_is_named(text: str) -> None:
    with pytest.raises(ProbeMisconfigured, match=text.replace(".", r"\.")):
        read_targets(text)


def test_a_real_echo_comes_back_from_loopback() -> None:
    try:
        back = send_echo("127.0.0.1", 1, 1.0)
    except PermissionError:
        pytest.skip("this machine lets the tests send no ICMP: neither ping_group_range nor CAP_NET_RAW")
    assert back
