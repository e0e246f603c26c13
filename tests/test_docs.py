"""Do the documents name every setting and every command, and do their links lead somewhere?"""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
import typer

from api.cli import GROUPS, VERBS, build
from triage.intake import read_file
from triage.settings import KNOWN
from triage.store.tables import metadata
from triage.tickets import CONTENT, Ticket
from triage.wordings import FOLDER

ROOT = Path(__file__).parent.parent
READMES = (ROOT / "README.md", ROOT / "README.zh-CN.md")
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
MENTIONED = [*READMES, *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")


def subcommands() -> list[tuple[str, str]]:
    """Every sub-command of rules, places and model, with its group."""
    command = typer.main.get_command(build(list(GROUPS)))
    groups = getattr(command, "commands", {})
    return [(group, name) for group in GROUPS for name in groups[group].commands]


def headings(page: Path) -> list[int]:
    """The levels of a page's headings, in their order."""
    plain = FENCE.sub("", page.read_text("utf-8"))
    return [len(mark) for mark in re.findall(r"^(#+) ", plain, re.MULTILINE)]


@pytest.mark.parametrize("page", [*READMES, ROOT / "docs" / "operations.md"], ids=lambda page: page.name)
@pytest.mark.parametrize("setting", KNOWN)
def test_every_setting_has_its_row(page: Path, setting: str) -> None:
    assert re.search(rf"^\| `{setting}` \|", page.read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize("page", READMES, ids=lambda page: page.name)
@pytest.mark.parametrize("verb", VERBS)
def test_every_command_is_in_the_overview(page: Path, verb: str) -> None:
    rows = re.findall(r"^\| (`\./suyin [^|]+)", page.read_text("utf-8"), re.MULTILINE)
    assert any(re.search(rf"`(\./suyin )?{verb}\b", row) for row in rows)


@pytest.mark.parametrize("page", READMES, ids=lambda page: page.name)
@pytest.mark.parametrize(("group", "name"), subcommands())
def test_every_subcommand_stands_beside_its_group(page: Path, group: str, name: str) -> None:
    rows = re.findall(rf"^\| (`\./suyin {group} [^|]+)", page.read_text("utf-8"), re.MULTILINE)
    assert any(re.search(rf"[` ]{name}`", row) for row in rows)


@pytest.mark.parametrize("page", MENTIONED, ids=lambda page: page.name)
def test_a_page_names_no_command_that_does_not_exist(page: Path) -> None:
    named = re.findall(r"\./suyin ([a-z]+)", page.read_text("utf-8"))
    assert set(named) <= set(VERBS)


def test_both_readmes_have_the_same_headings() -> None:
    assert headings(READMES[0]) == headings(READMES[1])


def test_both_readmes_show_the_same_commands_and_output() -> None:
    first, second = ([re.sub(r" +#.*", "", b) for b in FENCE.findall(page.read_text("utf-8"))] for page in READMES)
    assert first == second


def test_the_run_that_is_shown_counts_the_samples_as_they_are() -> None:
    rows = [row for file in sorted((ROOT / "samples").glob("tickets*")) for row in read_file(file)]
    tickets = [row for row in rows if isinstance(row, Ticket)]
    new = len({row.number for row in tickets})
    shown = (
        f"共 {len(tickets)} 张：新 {new}，新版本 {len(tickets) - new}，未变 0；无法读取 {len(rows) - len(tickets)} 行"
    )
    assert shown in READMES[0].read_text("utf-8")


def test_the_ticket_that_is_explained_is_among_the_samples() -> None:
    shown = re.search(r"^\$ \./suyin explain (\S+)\n\1  (.*)$", READMES[0].read_text("utf-8"), re.MULTILINE)
    assert shown is not None
    rows = [row for file in sorted((ROOT / "samples").glob("tickets*")) for row in read_file(file)]
    texts = {row.fields.get(CONTENT, "") for row in rows if isinstance(row, Ticket) and row.number == shown[1]}
    assert shown[2] in texts


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_to_files_lead_to_files(page: Path) -> None:
    links = [link.partition("#")[0] for link in LINK.findall(FENCE.sub("", page.read_text("utf-8")))]
    local = [unquote(link) for link in links if link and "://" not in link]
    assert [link for link in local if not (page.parent / link).is_file()] == []


def test_the_index_of_documents_lists_every_page() -> None:
    listed = set(LINK.findall((ROOT / "docs" / "README.md").read_text("utf-8")))
    assert {page.name for page in (ROOT / "docs").glob("*.md")} - {"README.md"} <= listed


@pytest.mark.parametrize("case", sorted(file.stem for file in (ROOT / "triage" / "cases").glob("[!_]*.py")))
def test_every_use_case_is_in_the_architecture(case: str) -> None:
    assert f"`{case}`" in (ROOT / "docs" / "architecture.md").read_text("utf-8")


@pytest.mark.parametrize("table", metadata.tables)
def test_every_table_of_the_store_is_in_the_architecture(table: str) -> None:
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    assert re.search(rf"^\| [^|]*`{table}`", page, re.MULTILINE)


def test_the_model_card_shows_the_weights_and_the_table_in_force() -> None:
    card = (ROOT / "docs" / "model-card.md").read_text("utf-8")
    fitted = json.loads((FOLDER / "weights.json").read_text("utf-8"))
    weights = ", ".join(f"{name} {value:.3f}" for name, value in fitted["weights"].items())
    rows = [f"| {mean:.3f} | {share:.3f} | {count:,} |" for mean, share, count in fitted["measured"]["reliability"]]
    assert [line for line in (f"Weights now: {weights}.", *rows) if line not in card] == []
