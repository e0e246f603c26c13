"""Does the warm-up of the set-up compile everything that a diagnosis needs?"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CAPTURES = Path("tests/data/captures")
DIAGNOSE = """
import sys
from pathlib import Path
from diagnostics.diagnose import diagnose
from diagnostics.packets import Limits
from rules.loader import load_rules
for name in sys.argv[1:]:
    diagnose(Path(name), load_rules(), limits=Limits(dissect_seconds=0))
"""
DIAGNOSED = (
    "call-ok-rtp.pcap", "call-busy-486.pcap", "fax-audio-only.pcap", "apn-gtp-209-and-radius-reject.pcap",
    "gre-both-ways.pcap", "transport-compact-headers.pcap", "capture-tail-cut.pcap",
)  # fmt: skip


@pytest.mark.slow
def test_a_diagnosis_after_the_warm_up_compiles_nothing(tmp_path: Path) -> None:
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    subprocess.run([sys.executable, "-m", "diagnostics.warm"], env=environment, check=True)
    compiled = {path.name for path in tmp_path.rglob("*.nb*")}

    names = [str(CAPTURES / name) for name in DIAGNOSED]
    subprocess.run([sys.executable, "-c", DIAGNOSE, *names], env=environment, check=True)

    assert compiled
    assert {path.name for path in tmp_path.rglob("*.nb*")} == compiled
