"""What do the pages show, and does anything a ticket holds ever become markup?"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from api.pages.highlight import Stretch, stretches
from rules.text import Span
from triage.decisions import Reason
from triage.tickets import PLACE, TITLE

HandIn = Callable[..., str]
EVIL = '<script>alert(1)</script><img src=x onerror=alert(1)>" onmouseover="alert(1)\' {{7*7}}'


def why(*spans: tuple[int, int]) -> list[Reason]:
    return [Reason("r", "s", (Span("f", start, end),), "x") for start, end in spans]


def test_an_empty_store_says_how_to_begin(client: TestClient) -> None:
    assert "./suyin triage" in client.get("/").text


def test_the_list_shows_tickets_and_counts(client: TestClient, hand_in: HandIn) -> None:
    id_ = hand_in()
    page = client.get("/").text
    assert f'href="/tickets/{id_}"' in page
    assert "共 1 张" in page
    assert "specialty=%E6%97%A0%E7%BA%BF%E7%BD%91%E4%BC%98" in page


def test_the_search_narrows_the_list(client: TestClient, hand_in: HandIn) -> None:
    hand_in("A-1", "上网慢")
    hand_in("A-2", "无信号")
    page = client.get("/?q=上网&page=1").text
    assert "A-1" in page
    assert "A-2" not in page


def test_a_search_without_hits_says_so(client: TestClient, hand_in: HandIn) -> None:
    hand_in()
    assert "没有符合条件的工单" in client.get("/?q=彩信").text


@pytest.mark.parametrize(
    "query", ["page=-1", "page=99999999999", "confidence_from=x", "taken_from=2026-13-45", "sort=x"]
)
def test_a_condition_that_cannot_be_read_is_none(client: TestClient, hand_in: HandIn, query: str) -> None:
    hand_in()
    assert client.get(f"/?{query}").status_code == 200


def test_a_ticket_shows_its_evidence_and_reasons(client: TestClient, hand_in: HandIn) -> None:
    page = client.get(f"/tickets/{hand_in()}").text
    assert '>无信号<sup><a href="#why-1">1</a></sup></mark>' in page
    assert "specialty.no-signal" in page
    assert "规范 第二步" in page


@pytest.mark.parametrize("path", ["/", "/?q=%3Cscript%3E", "/tickets/{id}"])
def test_markup_in_a_ticket_shows_as_text(client: TestClient, hand_in: HandIn, path: str) -> None:
    id_ = hand_in(EVIL, EVIL, **{TITLE: EVIL, PLACE: EVIL, EVIL[:60]: EVIL})
    page = client.get(path.format(id=id_)).text
    assert "<script>" not in page
    assert "<img src=x" not in page
    assert 'onmouseover="' not in page
    assert "{{7*7}}" in page or "q=" in path


def test_a_correction_is_kept_and_shown(client: TestClient, hand_in: HandIn) -> None:
    id_ = hand_in()
    answer = client.post(f"/tickets/{id_}/corrections", data={"choice": "specialty:交换", "why": "<b>串线</b>"})
    assert (answer.status_code, answer.history[0].status_code) == (200, 303)
    assert "&lt;b&gt;串线" in answer.text


@pytest.mark.parametrize(
    ("choice", "reason", "sentence"),
    [("specialty:交换", " ", "为什么"), ("nothing:x", "why", "请选择"), ("specialty:魔法", "why", "没有这个专业")],
)
def test_a_refused_correction_keeps_what_was_typed(
    client: TestClient, hand_in: HandIn, choice: str, reason: str, sentence: str
) -> None:
    answer = client.post(f"/tickets/{hand_in()}/corrections", data={"choice": choice, "why": reason, "text": "天府"})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="天府"' in answer.text


def test_a_ticket_is_decided_again_by_a_button(client: TestClient, hand_in: HandIn) -> None:
    answer = client.post(f"/tickets/{hand_in()}/decide")
    assert "第 2 次决定" in answer.text


def test_an_unknown_ticket_is_a_page_for_people(client: TestClient) -> None:
    answer = client.get("/tickets/nobody", headers={"accept": "text/html"})
    assert answer.status_code == 404
    assert 'lang="zh-CN"' in answer.text


def test_the_language_is_remembered(client: TestClient) -> None:
    assert "No tickets yet" in client.get("/?lang=en").text
    assert "No tickets yet" in client.get("/").text


def test_a_page_asks_nobody_else_for_anything(client: TestClient, hand_in: HandIn) -> None:
    for path in ("/", f"/tickets/{hand_in()}"):
        page = client.get(path).text
        assert "http://" not in page
        assert "https://" not in page


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], [Stretch("abcdef", ())]),
        ([(1, 3)], [Stretch("a", ()), Stretch("bc", (1,)), Stretch("def", ())]),
        ([(0, 4), (2, 6)], [Stretch("ab", (1,)), Stretch("cd", (1, 2)), Stretch("ef", (2,))]),
        ([(0, 6), (2, 3)], [Stretch("ab", (1,)), Stretch("c", (1, 2)), Stretch("def", (1,))]),
        ([(4, 99), (-5, 1)], [Stretch("a", (2,)), Stretch("bcd", ()), Stretch("ef", (1,))]),
        ([(3, 3), (5, 2)], [Stretch("abcdef", ())]),
    ],
)
def test_overlapping_spans_are_cut_apart(spans: list[tuple[int, int]], expected: list[Stretch]) -> None:
    assert stretches("f", "abcdef", why(*spans)) == expected


def test_spans_of_other_fields_and_empty_texts_are_left_out() -> None:
    assert stretches("g", "abc", why((0, 2))) == [Stretch("abc", ())]
    assert stretches("f", "", why((0, 2))) == []
