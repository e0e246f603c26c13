"""Which modules declare scenarios? Importing this one makes all of them known."""

from tests.diagnostics.scenarios import (
    calls,
    fax,
    gre,
    gtp,
    hops,
    media,
    others,
    radius,
    refusals,
    registrations,
    transport,
)

NAMES = tuple(
    room.__name__.rpartition(".")[2]
    for room in (registrations, calls, refusals, hops, transport, media, fax, gtp, radius, gre, others)
)
