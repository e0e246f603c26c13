"""Make captures: `python -m tests.diagnostics.scenarios NAME… | --all --out DIR [--jobs N] [--keep-going]`."""

from __future__ import annotations

import argparse
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.diagnostics.scenarios import book, making
from tests.diagnostics.scenarios.declared import REGISTRY


def main(argv: list[str] | None = None) -> int:
    """Make what is named, each in namespaces of its own, then write the books; 1 where a capture failed."""
    parser = argparse.ArgumentParser(prog="tests.diagnostics.scenarios", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--all", action="store_true", help="every scenario")
    parser.add_argument("--missing", action="store_true", help="every scenario whose file is not there yet")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--jobs", type=int, default=6, help="how many at once; most of the time they wait for timers")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--book", action="store_true", help="only write scenarios.yaml again")
    args = parser.parse_args(argv)
    out: Path = args.out
    names: list[str] = list(REGISTRY) if args.all or args.missing else args.names
    if args.missing:
        names = [name for name in names if not (out / REGISTRY[name].file).exists()]
    if unknown := [name for name in names if name not in REGISTRY]:
        parser.error(f"no scenario is named {', '.join(unknown)}; see the names in scenarios.yaml")
    if args.inside:
        making.make(REGISTRY[names[0]], out)
        return 0
    with ThreadPoolExecutor(args.jobs) as pool:
        failed = [
            name for name, good in zip(names, pool.map(lambda each: _apart(each, out), names), strict=True) if not good
        ]
    book.write(out)
    sys.stdout.write(f"{len(names) - len(failed)} made, {len(failed)} failed: {' '.join(failed)}\n")
    return 1 if failed else 0


def _apart(name: str, out: Path) -> bool:
    """Make one capture in a process that owns its user, network, mount and process namespaces."""
    again = [
        sys.executable,
        "-m",
        __package__ or "tests.diagnostics.scenarios",
        name,
        "--inside",
        "--out",
        str(out.absolute()),
    ]
    argv = ["unshare", "-Urnm", "--pid", "--fork", "--kill-child", "--mount-proc", *again]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=300, stdin=subprocess.DEVNULL)
    if done.returncode:
        sys.stderr.write(f"--- {name}\n{done.stdout[-800:]}{done.stderr[-9000:]}\n")
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
