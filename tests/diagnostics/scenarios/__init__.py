"""Which captures is the analyser judged on, and how can each of them be made again?

Written from the protocols (RFCs and TS), not from the analyser: nothing here imports `diagnostics`. Each scenario
starts real programs (sipp, kamailio, FreeRADIUS, osmo-ggsn) in namespaces of its own, or builds packets where no
program here speaks the protocol or fails in the wanted way. `python -m tests.diagnostics.scenarios --all --out DIR`
makes all of them; docs of each capture are in the `scenarios.yaml` that is written beside them.
"""
