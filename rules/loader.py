"""How does a set of rules get from files into memory? All problems of a set are found in one go, each with its line."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

from rules.canonical import digest
from rules.content import CARRIED, PROVINCES, Content, read_content
from rules.errors import ArchiveInvalid, RulesInvalid
from rules.evaluation import Engine
from rules.layers import layered
from rules.matching import Matcher
from rules.problems import Place, Problem, Problems
from rules.ruleset import ARCHIVE_FORMAT, MANIFEST, Origin, RuleSet, make_ruleset
from rules.verify import check

CONTENT = Path(__file__).parent / "content"
ARCHIVE_LIMIT = 64 * 1024 * 1024  # bytes unpacked; the handbooks' rules are about half a megabyte


def load_rules(content: Path | None = None, *, province: str | None = None) -> RuleSet:
    """Return the set of rules below a folder.

    content: folder laid out as rules/content says; None is that folder. province: name of the overlay; None the base.
    Raises RulesInvalid with every problem as `file:line: sentence`.
    """
    folder = content or CONTENT
    if not folder.is_dir():
        raise RulesInvalid([Problem(Place(str(folder), 1), "there is no such folder of rules")])
    problems = Problems()
    files = _read_files(folder, province, problems)
    return load_files(files, province, problems)


def load_archive(archive: bytes) -> RuleSet:
    """Return the set that RuleSet.archive() wrote, with the same hash.

    Raises ArchiveInvalid where the bytes are something else, RulesInvalid where its rules no longer load.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > ARCHIVE_LIMIT:
                raise ArchiveInvalid(f"the archive unpacks to more than {ARCHIVE_LIMIT} bytes")
            files = {entry.filename: packed.read(entry).decode() for entry in packed.infolist()}
        manifest = json.loads(files.pop(MANIFEST))
        version, province = manifest["format"], manifest["province"]
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError) as error:
        raise ArchiveInvalid(f"this is no archive of a set of rules ({error}); give what `archive()` wrote") from error
    if version != ARCHIVE_FORMAT:
        raise ArchiveInvalid(f"the archive has format {version}, this version reads {ARCHIVE_FORMAT}")
    return load_files(files, province, Problems())


def load_files(files: Mapping[str, str], province: str | None, problems: Problems) -> RuleSet:
    """Return the set of some files. files: path below the folder → text, without other provinces' files.

    problems: what was found while the files were read. Raises RulesInvalid.
    """
    content = read_content(files, province, problems)
    if "facts.yaml" not in files:
        problems.error(Place("facts.yaml", 1), "there is no facts.yaml; it names the facts that rules may use")
    _check_province(content, files, province, problems)
    rules = [rule for rule in content.rules.values() if rule.status in ("active", "trial")]
    layers = layered(rules, problems)
    check(content, problems)
    if problems.errors:
        raise RulesInvalid(problems.errors)
    whens = [rule.when for rule in content.rules.values()]
    whens += [step.when for life in content.lifecycles.values() for step in life.doings if step.when is not None]
    matcher = Matcher({term for when in whens for term in when.condition.terms()}, content.language)
    engine = Engine(content.facts, layers, matcher)
    return make_ruleset(content, engine, tuple(problems.found), Origin(_hash(content, province), province, files))


def provinces(content: Path | None = None) -> tuple[str, ...]:
    """Return the names of the overlays below a folder of rules."""
    folder = (content or CONTENT) / PROVINCES
    return tuple(sorted(entry.name for entry in folder.iterdir() if entry.is_dir())) if folder.is_dir() else ()


def _hash(content: Content, province: str | None) -> str:
    return digest({"province": province, "items": [[*key, text] for key, text in sorted(content.items.items())]})


def _read_files(folder: Path, province: str | None, problems: Problems) -> dict[str, str]:
    files: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not path.is_file() or not (path.suffix == ".yaml" or name.startswith(f"{CARRIED}/")):
            continue
        if name.startswith(f"{PROVINCES}/") and not name.startswith(f"{PROVINCES}/{province}/"):
            continue
        try:
            files[name] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            problems.error(Place(name, 1), f"not UTF-8 at byte {error.start}; save the file as UTF-8")
    return files


def _check_province(content: Content, files: Mapping[str, str], province: str | None, problems: Problems) -> None:
    if province is None or any(name.startswith(f"{PROVINCES}/{province}/") for name in files):
        return
    named = {centre.province for centre in content.centres.values()} | {where for _, where in content.parties}
    if province not in named:
        known = ", ".join(sorted(named - {"base"})) or "none"
        problems.error(Place(PROVINCES, 1), f"there is no province {province}; centres and parties know {known}")
