"""What does `./suyin capture` print, write and refuse?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.cli import build

CAPTURES = Path(__file__).parents[1] / "data" / "captures"
BUSY = CAPTURES / "call-busy-486.pcap"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(build(["capture"]), ["capture", *map(str, arguments)])


def test_json_is_one_object_with_the_parts_of_the_contract() -> None:
    result = run(BUSY, "--json")
    document = json.loads(result.stdout)
    assert {"file", "verdict", "findings", "calls", "registrations", "streams"} <= document.keys()
    assert document["verdict"]["code"] == "call.busy"
    assert {"code", "severity", "responsible", "frames", "sentence", "source"} <= document["findings"][0].keys()


def test_the_report_is_for_people() -> None:
    result = run(BUSY)
    assert (result.exit_code, "结论 call.busy" in result.stdout, "486" in result.stdout) == (0, True, True)


def test_the_province_says_who_answers() -> None:
    bad = CAPTURES / "registration-bad-password-401.pcap"
    answers = {name: run(bad, "--province", name).stdout for name in ("sichuan", "anhui")}
    assert ["业务支撑中心" in answers["sichuan"], "信息系统部" in answers["anhui"]] == [True, True]


def test_the_ladder_and_the_call_are_written(tmp_path: Path) -> None:
    call_id = json.loads(run(BUSY, "--json").stdout)["calls"][0]["call_id"]
    result = run(BUSY, "--ladder", tmp_path / "a.svg", "--save-call", call_id, tmp_path / "a.pcap")
    assert result.exit_code == 0
    assert (tmp_path / "a.svg").read_text("utf-8").startswith("<svg")
    assert json.loads(run(tmp_path / "a.pcap", "--json").stdout)["verdict"]["code"] == "call.busy"


@pytest.mark.parametrize(
    "content", [b"", b"no capture at all, just words", b"\x1f\x8b\x08rubbish", b"GMBU\x00\x02" * 20]
)
def test_what_cannot_be_read_is_one_line_and_exit_code_2(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "a.pcap"
    file.write_bytes(content)
    result = run(file, "--json")
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert "a.pcap" in result.stderr


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    result = run(tmp_path / "none.pcap")
    assert (result.exit_code, "none.pcap" in result.stderr) == (2, True)


def test_a_call_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    result = run(BUSY, "--save-call", "nobody", tmp_path / "a.pcap")
    assert (result.exit_code, "nobody" in result.stderr) == (2, True)


def test_the_capture_is_never_overwritten() -> None:
    before = BUSY.read_bytes()
    call_id = json.loads(run(BUSY, "--json").stdout)["calls"][0]["call_id"]
    assert run(BUSY, "--save-call", call_id, BUSY).exit_code == 2
    assert BUSY.read_bytes() == before


@pytest.mark.parametrize(("password", "words"), [("wrong-4711", "密码不对"), ("Ims2026pass", "密码")])
def test_a_password_comes_from_stdin_and_is_not_shown(password: str, words: str) -> None:
    bad = CAPTURES / "registration-bad-password-401.pcap"
    result = CliRunner().invoke(build(["capture"]), ["capture", str(bad), "--check-password"], input=f"{password}\n")
    assert (result.exit_code, words in result.stdout, password in result.output) == (0, True, False)


def test_a_password_needs_a_registration() -> None:
    result = CliRunner().invoke(build(["capture"]), ["capture", str(BUSY), "--check-password"], input="x\n")
    assert (result.exit_code, "no registration" in result.stderr) == (2, True)
