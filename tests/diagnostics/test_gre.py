"""Is a tunnel that answers told apart from one that does not, and from one whose traffic does not come back?"""

from __future__ import annotations

import pytest

from diagnostics.datagram import Endpoint
from diagnostics.gre import GRE, GrePacket, see_gre
from diagnostics.packet_core import SECOND_NS, IcmpError

NEAR, FAR = "10.1.1.1", "10.2.2.2"


def way(source: str, destination: str, count: int, *, first: int = 1, keepalive: bool = False) -> list[GrePacket]:
    return [GrePacket(first + k, k * SECOND_NS, source, destination, keepalive) for k in range(count)]


def error(meaning: str, mtu: int | None = None) -> IcmpError:
    return IcmpError(9, 0, "10.9.9.9", Endpoint(NEAR, None), Endpoint(FAR, None), GRE, meaning, mtu)


def test_traffic_both_ways_needs_no_word() -> None:
    assert see_gre([*way(NEAR, FAR, 5), *way(FAR, NEAR, 5, first=10)]) == []


@pytest.mark.parametrize(("count", "codes"), [(2, []), (3, ["gre.one_way"])])
def test_one_way_needs_three_packets(count: int, codes: list[str]) -> None:
    assert [sighting.code for sighting in see_gre(way(NEAR, FAR, count))] == codes


def test_unanswered_keepalives_are_told() -> None:
    (sighting,) = see_gre(way(NEAR, FAR, 5, keepalive=True))
    assert sighting.values["only_keepalives"] is True


def test_keepalives_both_ways_are_a_tunnel_that_works() -> None:
    assert see_gre([*way(NEAR, FAR, 5, keepalive=True), *way(FAR, NEAR, 5, first=10, keepalive=True)]) == []


def test_traffic_that_meets_only_keepalives_has_no_way_back() -> None:
    (sighting,) = see_gre([*way(NEAR, FAR, 5), *way(FAR, NEAR, 5, first=10, keepalive=True)])
    assert (sighting.code, sighting.values["kept_alive"]) == ("gre.one_way", True)


def test_icmp_about_the_outer_header_outranks_silence() -> None:
    (sighting,) = see_gre(way(NEAR, FAR, 5), [error("host")])
    assert (sighting.code, sighting.frames, sighting.values["icmp"]) == ("gre.unreachable", (9,), "host")


def test_fragmentation_needed_tells_the_mtu() -> None:
    (sighting,) = see_gre([*way(NEAR, FAR, 5), *way(FAR, NEAR, 5, first=20)], [error("too_big", 1400)])
    assert (sighting.values["icmp"], sighting.values["mtu"]) == ("too_big", 1400)


def test_icmp_about_udp_is_not_about_the_tunnel() -> None:
    udp = IcmpError(9, 0, "10.9.9.9", Endpoint(NEAR, 1), Endpoint(FAR, 2), 17, "host")
    assert [sighting.code for sighting in see_gre(way(NEAR, FAR, 5), [udp])] == ["gre.one_way"]
