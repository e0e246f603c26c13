"""`./suyin places …`: import lists, match addresses, take them apart, compare two, fit the matcher again.

Results go to standard output, a JSON object a line with --json; everything else goes to standard error.
"""

from __future__ import annotations

import csv
import gc
import json
import resource
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from api.commands.place_find import place_find
from api.commands.place_import import place_import
from api.failing import sentences_for
from geo import fit as fitting
from geo.answer import PlaceMatch
from geo.compare import compare_many
from geo.divisions import Divisions
from geo.index import PlaceIndex
from geo.model import shipped
from geo.parse import parse as take_apart
from geo.place import Place, PlaceQuery
from geo.places import read_places
from geo.refit import Refitted, refit
from geo.tables import decode
from triage import wiring

app = typer.Typer(no_args_is_help=True)
app.command("import")(place_import)
app.command("find")(place_find)
err = Console(stderr=True, highlight=False, markup=False)

Lists = Annotated[list[Path], typer.Option("--places", help="list of blind spots or plans; may be given again")]
Queries = Annotated[Path, typer.Option("--queries", help="one address a line")]
AsJson = Annotated[bool, typer.Option("--json", help="one JSON object a line")]


@app.command()
def match(places: Lists, queries: Queries, as_json: AsJson = False) -> None:
    """Find the place of each address: match, review or none, with at most five candidates."""
    with sentences_for(err):
        divisions = _divisions()
        listed = _listed(places)
        asked = [PlaceQuery(line) for line in _lines(queries)]
        PlaceIndex.build([Place("plan", "0", "一")], divisions).match([PlaceQuery("一")])  # loads the machine code
        started = time.perf_counter()
        index = PlaceIndex.build(listed, divisions, model=wiring.open_matcher(wiring.settings()))
        built = time.perf_counter()
        found = index.match(asked, reasons=not as_json)
        done = time.perf_counter()
        for query, answer in zip(asked, found, strict=True):
            typer.echo(_json(_match_record(query.text, answer)) if as_json else _match_line(query.text, answer))
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        err.print(
            f"matched {len(asked)} queries against {len(listed)} places in {done - built:.2f} s "
            f"(index {built - started:.2f} s, RSS {memory:.0f} MiB)",
            soft_wrap=True,
        )


@app.command()
def parse(queries: Queries, as_json: AsJson = False) -> None:
    """Take each address apart: province, city, district, town, and what is left."""
    with sentences_for(err):
        divisions = _divisions()
        for line in _lines(queries):
            found = take_apart(line, divisions)
            record = {
                "province": found.province, "city": found.city, "district": found.district, "town": found.town,
                "rest": found.rest, "candidates": [list(candidate) for candidate in found.candidates],
            }  # fmt: skip
            parts = (found.province, found.city, found.district, found.town, found.rest)
            typer.echo(_json(record) if as_json else " | ".join(part or "—" for part in parts))


@app.command()
def compare(
    pairs: Annotated[Path, typer.Option("--pairs", help="two addresses a line, separated by a tabulator")],
    as_json: AsJson = False,
) -> None:
    """Say of each pair how likely both mean the same place, and how near they are."""
    with sentences_for(err):
        divisions = _divisions()
        both = [(first, second.partition("\t")[0]) for first, _, second in (n.partition("\t") for n in _lines(pairs))]
        for probability, level in compare_many(both, divisions):
            record = {"probability": probability, "level": level}
            typer.echo(_json(record) if as_json else f"{probability:.3f} {level}")


@app.command()
def fit(
    write: Annotated[
        Path | None, typer.Option(help="file the candidate is written to (default: beside the model in force)")
    ] = None,
    corrections: Annotated[
        Path | None, typer.Option(help="CSV with the columns 地址 and 编号 (empty: none), besides those stored")
    ] = None,
    places: Annotated[list[Path] | None, typer.Option(help="the lists that these corrections speak of")] = None,
    use: Annotated[bool, typer.Option("--use", help="put the candidate in force, also where it is worse")] = False,
    seed: Annotated[int, typer.Option(help="of the invented places and queries")] = 1,
    size: Annotated[int, typer.Option(help="how many places are invented for each part", min=500)] = 15_000,
    card: Annotated[bool, typer.Option(help="also hold out kinds of noise for the card (ten times as long)")] = False,
) -> None:
    """Fit the matcher again on what people corrected, and hold it against the one in force."""
    with sentences_for(err):
        chosen = wiring.settings()
        said, listed = wiring.said_of_places(chosen)
        listed += _listed(places or [])
        decided = [fitting.Correction(query, place) for query, place in said] + (
            _read(corrections) if corrections else []
        )
        sizes = {"seed": seed, "places": size, "count": max(500, size // 2)}
        in_force = wiring.open_matcher(chosen) or shipped()
        found = refit(_divisions(), decided, listed, in_force, card=card, **sizes)
        models = wiring.matcher_file(chosen).parent
        target = write or models / f"places-{found.document['hash'][:12]}.json"
        _store(target, found.document)
        _show(found, target, in_force.digest)
        if use:
            _store(wiring.matcher_file(chosen), found.document)
            typer.echo("新模型已生效，重新启动服务后使用")


def _store(target: Path, document: Mapping[str, object]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    part.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", "utf-8")
    part.replace(target)


def _show(found: Refitted, target: Path, in_force: str) -> None:
    typer.echo(f"更正 {found.learnt} 条用于学习，{found.kept_out} 条留作检验")
    typer.echo(f"{'':50}{'in force':>10}{'candidate':>11}   {in_force[:12]} → {found.document['hash'][:12]}")
    for row in found.compared:
        mark = "  变差" if row.worse else ""
        typer.echo(f"{row.what}: {row.figure}".ljust(50) + f"{row.in_force:>10.4f}{row.candidate:>11.4f}{mark}")
    typer.echo(f"候选模型写入 {target}；加 --use 才会生效")


def _read(file: Path) -> list[fitting.Correction]:
    return [
        fitting.Correction(
            PlaceQuery(row["地址"], row.get("地市") or None, row.get("区县") or None), row.get("编号") or None
        )
        for row in _rows(file)
    ]


def _divisions() -> Divisions:
    found = wiring.open_table_of_divisions(wiring.settings())
    gc.freeze()  # a million objects that live as long as the process
    return found


def _listed(files: Iterable[Path]) -> list[Place]:
    listed: list[Place] = []
    for file in files:
        found, rejects = read_places(file)
        listed += found
        for reject in rejects:
            err.print(f"{reject.file} 第 {reject.row} 行 {reject.field}：{reject.sentence}", soft_wrap=True)
    return listed


def _lines(file: Path) -> list[str]:
    text = decode(file).replace("\r\n", "\n")
    return text.removesuffix("\n").split("\n") if text else []


def _rows(file: Path) -> Iterable[Mapping[str, str]]:
    rows = list(csv.DictReader(decode(file).splitlines()))
    if rows and "地址" not in rows[0]:
        raise typer.BadParameter(f"{file.name} needs the columns 地址 and 编号")
    return rows


def _match_record(query: str, answer: PlaceMatch) -> dict[str, object]:
    best = answer.best
    return {
        "query": query,
        "outcome": answer.outcome,
        "probability": answer.probability,
        "best": None if best is None else {"id": best.id, "kind": best.kind, "name": best.name, "level": best.level},
        "candidates": [{"id": c.id, "probability": c.probability, "level": c.level} for c in answer.candidates],
    }


def _match_line(query: str, answer: PlaceMatch) -> str:
    first = answer.candidates[0] if answer.candidates else None
    shown = f"{first.id} {first.probability:.3f} {first.sentence}" if first else ""
    return f"{answer.outcome}\t{query}\t{shown}"


def _json(record: Mapping[str, object]) -> str:
    return json.dumps(record, ensure_ascii=False)
