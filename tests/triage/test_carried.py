"""Do values reach another process as they were?"""

from __future__ import annotations

import pickle

from rules.text import Span
from triage.decisions import Reason
from triage.tickets import Origin, Ticket


def test_a_carried_value_arrives_equal() -> None:
    reason = Reason("specialty.apn", "《手册》一", (Span("投诉内容", 2, 5),), "提到 APN")
    assert pickle.loads(pickle.dumps(reason)) == reason


def test_a_carried_value_names_its_fields_only() -> None:
    ticket = Ticket("eoms", "T-1", False, {"投诉内容": "没有信号"}, {}, "0" * 64, Origin("a.csv", 2))
    kind, values = ticket.__reduce__()
    assert kind(*values) == ticket
