"""Side by side: how well and how fast do Suyin, rapidfuzz, TF-IDF and pg_trgm find places?

One run, one machine, one set of cases; nothing is asserted. `.venv/bin/python -m bench.places --help`.
Right first: share of queries with a place for which it comes first. Accepted: share of them that is accepted and right
at a threshold that accepts at most 1 % of the queries without a place. The usual tools see the same normalised texts.
"""

from __future__ import annotations

import argparse
import gc
import os
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import psycopg
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from sklearn.feature_extraction.text import TfidfVectorizer

from bench import parse
from bench.place_cases import Cases, from_files, invented
from geo.divisions import open_divisions
from geo.index import PlaceIndex
from geo.normal import canonical
from geo.place import PlaceQuery


class Measured(NamedTuple):
    """rows: best row of each query; scores: its score; sure: accepted by the tool's own outcome, None without one."""

    name: str
    rows: NDArray[np.int64]
    scores: NDArray[np.float64]
    queries: int
    seconds: float
    build_seconds: float
    note: str = ""
    sure: NDArray[np.bool_] | None = None


def suyin(cases: Cases, divisions_file: Path) -> Measured:
    """Build, save, open by mapping, match in batch, then one by one."""
    divisions = open_divisions(divisions_file)
    gc.freeze()  # as the service does: what lives as long as the process is not visited again and again
    warm = PlaceIndex.build(cases.places[:10], divisions)
    warm.match([PlaceQuery(text) for text in cases.texts[:10]])
    started = time.perf_counter()
    index = PlaceIndex.build(cases.places, divisions)
    build = time.perf_counter() - started
    with tempfile.TemporaryDirectory() as folder:
        index.save(Path(folder))
        del index
        started = time.perf_counter()
        opened = PlaceIndex.open(Path(folder), divisions)
        opening = time.perf_counter() - started
        asked = [PlaceQuery(text) for text in cases.texts]
        before = private_mib()
        opened.match(asked[:256], reasons=False)
        started = time.perf_counter()
        found = opened.match(asked, reasons=False)
        seconds = time.perf_counter() - started
        grown = private_mib() - before
        changing = _updated(opened, cases)
        single = np.array([_timed(opened, query) for query in asked[:500]])
        row_of = {(place.kind, place.id): row for row, place in enumerate(cases.places)}
    rows = np.array([row_of[(f.candidates[0].kind, f.candidates[0].id)] if f.candidates else -1 for f in found])
    scores = np.array([answer.probability for answer in found])
    sure = np.array([answer.outcome == "match" for answer in found])
    note = (
        f"open {opening:.2f} s, single p99 {np.percentile(single, 99) * 1e3:.2f} ms, "
        f"private +{grown:.0f} MiB, update of 1,000 {changing:.2f} s"
    )
    return Measured("Suyin", rows, scores, len(asked), seconds, build, note, sure)


def _updated(index: PlaceIndex, cases: Cases) -> float:
    """Seconds until an index with 500 places changed and 500 gone can be searched."""
    some = cases.places[:1000]
    started = time.perf_counter()
    later = index.update(changed=some[:500], removed=[(place.kind, place.id) for place in some[500:]])
    later.match([PlaceQuery(cases.texts[0])], reasons=False)
    return time.perf_counter() - started


def _timed(index: PlaceIndex, query: PlaceQuery) -> float:
    started = time.perf_counter()
    index.match([query], reasons=False)
    return time.perf_counter() - started


def rapidfuzz_ratio(cases: Cases, most: int) -> Measured:
    """extractOne with ratio, one thread, on a part of the queries."""
    listed, asked = _texts(cases), [canonical(text) for text in cases.texts[:most]]
    started = time.perf_counter()
    found = [process.extractOne(text, listed, scorer=fuzz.ratio) for text in asked]
    seconds = time.perf_counter() - started
    rows, scores = np.array([row for _, _, row in found]), np.array([score for _, score, _ in found])
    return Measured("rapidfuzz ratio", rows, scores, len(asked), seconds, 0.0)


def tf_idf(cases: Cases, most: int) -> Measured:
    """Cosine of character 2- and 3-grams."""
    started = time.perf_counter()
    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(2, 3), dtype=np.float32)
    listed = vectorizer.fit_transform(_texts(cases)).T.tocsr()
    build = time.perf_counter() - started
    asked = [canonical(text) for text in cases.texts[:most]]
    started = time.perf_counter()
    rows, scores = [], []
    for start in range(0, len(asked), 64):
        near = (vectorizer.transform(asked[start : start + 64]) @ listed).tocsr()
        for line in range(near.shape[0]):
            stretch = slice(near.indptr[line], near.indptr[line + 1])
            values = near.data[stretch]
            best = int(values.argmax()) if len(values) else -1
            rows.append(int(near.indices[stretch][best]) if best >= 0 else -1)
            scores.append(float(values[best]) if best >= 0 else 0.0)
    seconds = time.perf_counter() - started
    return Measured("TF-IDF 2-3", np.array(rows), np.array(scores), len(asked), seconds, build)


def pg_trgm(cases: Cases, most: int, url: str) -> Measured:
    """GIN index on trigrams of PostgreSQL, similarity above 0.2. Raises psycopg.Error where there is no pg_trgm."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        connection.execute("CREATE TEMPORARY TABLE listed (number int, body text)")
        started = time.perf_counter()
        with connection.cursor().copy("COPY listed FROM STDIN") as copy:
            for number, text in enumerate(_texts(cases)):
                copy.write_row((number, text))
        connection.execute("CREATE INDEX ON listed USING gin (body gin_trgm_ops)")
        connection.execute("SET pg_trgm.similarity_threshold = 0.2")
        build = time.perf_counter() - started
        ask = "SELECT number, similarity(body, %s) AS s FROM listed WHERE body %% %s ORDER BY s DESC LIMIT 1"
        started = time.perf_counter()
        found = []
        for text in cases.texts[:most]:
            body = canonical(text)
            found.append(connection.execute(ask, (body, body)).fetchone() or (-1, 0.0))
        seconds = time.perf_counter() - started
    rows, scores = np.array([row for row, _ in found]), np.array([score for _, score in found])
    return Measured("pg_trgm GIN", rows, scores, len(found), seconds, build)


def _texts(cases: Cases) -> list[str]:
    return [
        canonical(f"{p.city}{p.district}{p.address}" if p.address else f"{p.city}{p.district}{p.name}")
        for p in cases.places
    ]


def report(measured: Measured, truth: Sequence[int], pace: float) -> str:
    """Return one line. pace: queries a second of rapidfuzz, 0 where it was not run."""
    right_row = np.array(truth[: measured.queries])
    meant = right_row >= 0
    right = (measured.rows == right_row) & meant
    wrong = np.sort(measured.scores[~meant])[::-1]
    least = wrong[int(0.01 * len(wrong))] if len(wrong) else 0.0
    accepted = (right & (measured.scores > least))[meant].mean()
    rate = measured.queries / measured.seconds
    times = f"{rate / pace:7.1f}x" if pace else "       –"
    own = ""
    if measured.sure is not None:
        own = (
            f"; by its own outcome: accepted and right {(right & measured.sure)[meant].mean():.3f}, "
            f"wrong among accepted {(measured.sure & ~right).sum() / max(1, measured.sure.sum()):.4f}"
        )
    return (
        f"{measured.name:16} {right[meant].mean():11.4f} {accepted:9.3f} {rate:10.0f} {times} "
        f"{measured.build_seconds:8.1f}  {measured.note}{own}"
    )


def private_mib() -> float:
    """Return this process's private memory in MiB, mapped files not counted; where /proc is missing, its peak."""
    try:
        rows = Path("/proc/self/smaps_rollup").read_text("ascii").splitlines()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return sum(int(row.split()[1]) for row in rows if row.startswith(("Private_Dirty", "Anonymous"))) / 2048


def main() -> None:
    """Run the benchmark."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--size", type=int, action="append", help="places, may be given again (default 100000)")
    options.add_argument("--queries", type=int, default=3_000)
    options.add_argument("--districts", type=int, default=400)
    options.add_argument("--seed", type=int, default=90_210)
    options.add_argument("--slow", type=int, default=300, help="queries for the slow tools")
    options.add_argument("--divisions", type=Path, default=Path(".cache/divisions.bin"))
    options.add_argument("--places", type=Path, help="own list instead of invented places")
    options.add_argument("--cases", type=Path, help="own queries: CSV with the columns query, id")
    options.add_argument("--postgres", default=os.environ.get("BENCH_POSTGRES_URL", "postgresql:///postgres"))
    options.add_argument("--only-suyin", action="store_true")
    chosen = options.parse_args()
    for size in chosen.size or [100_000]:
        if chosen.places and chosen.cases:
            cases = from_files(chosen.places, chosen.cases)
        else:
            divisions = open_divisions(chosen.divisions)
            cases = invented(divisions, size, chosen.queries, chosen.seed, chosen.districts)
        print(f"\n{len(cases.places):,} places, {len(cases.texts):,} queries")
        divisions = open_divisions(chosen.divisions)
        print(parse.report(divisions, 20_000, chosen.queries, chosen.seed, chosen.districts))
        print(f"{'':16} right first  accepted  queries/s  pace     build s")
        pace = 0.0
        slow: list[Callable[[], Measured]] = [
            partial(rapidfuzz_ratio, cases, chosen.slow),
            partial(tf_idf, cases, len(cases.texts)),
            partial(pg_trgm, cases, chosen.slow, chosen.postgres),
        ]
        for run in (*(() if chosen.only_suyin else slow), partial(suyin, cases, chosen.divisions)):
            try:
                found = run()
            except psycopg.Error as error:
                print(f"{'pg_trgm GIN':16} not run: {str(error).splitlines()[0]}")
                continue
            pace = pace or (found.queries / found.seconds if found.name.startswith("rapidfuzz") else 0.0)
            print(report(found, cases.truth, pace), flush=True)


if __name__ == "__main__":
    main()
