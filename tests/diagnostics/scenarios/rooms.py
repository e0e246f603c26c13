"""Which modules declare scenarios? Importing this one makes all of them known."""

from tests.diagnostics.scenarios import calls, fax, gtp, media, radius, refusals, registrations

NAMES = tuple(room.__name__.rpartition(".")[2] for room in (registrations, calls, refusals, media, fax, gtp, radius))
