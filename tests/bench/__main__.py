"""Run the benchmarks beside this file, print their figures, and write them to instance/bench.json.

Each bench_NAME.py has a function measure() that yields figures. Names as arguments select some of them.
Exits 1 when a figure misses its goal or a benchmark breaks.
"""

import argparse
import importlib
import json
import os
import platform
import sys
import time
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

from tests.bench.figures import Figure

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent.parent


def main() -> int:
    known = sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))
    options = read_options(known)
    if options.quick:
        os.environ["CONSULT_BENCH_QUICK"] = "1"
    command = " ".join(["python -m tests.bench", *sys.argv[1:]])
    print(f"{command}   (Python {platform.python_version()}, {os.cpu_count()} cores)\n")
    figures: list[Figure] = []
    broken: list[str] = []
    for name in options.names or known:
        try:
            figures.extend(measured(name))
        except Exception:  # noqa: BLE001, RUF100 - one broken benchmark must not hide the figures of the others
            traceback.print_exc()
            broken.append(name)
    write_json(options.out, command, figures, broken)
    missed = [figure.name for figure in figures if figure.passed is False]
    print(f"\n{len(figures)} figures; missed: {listed(missed)}; broken: {listed(broken)}")
    return 1 if missed or broken or not figures else 0


def listed(names: list[str]) -> str:
    return ", ".join(names) or "none"


def read_options(known: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench", description="Measure, print and write down."
    )
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"which to run: {', '.join(known) or 'none yet'}"
    )
    parser.add_argument("--quick", action="store_true", help="smaller inputs: a look, not a measurement")
    parser.add_argument(
        "--out", type=Path, default=PROJECT / "instance" / "bench.json", help="where the JSON goes"
    )
    options = parser.parse_args()
    if unknown := set(options.names) - set(known):
        parser.error(f"no benchmark is called {', '.join(sorted(unknown))}; there are: {', '.join(known)}")
    return options


def measured(name: str) -> Iterator[Figure]:
    start = time.perf_counter()
    measure = importlib.import_module(f"tests.bench.bench_{name}").measure
    print(name)
    for figure in measure():
        print(row(figure), flush=True)
        yield figure
    print(f"  ({time.perf_counter() - start:.1f} s)")


def row(figure: Figure) -> str:
    verdict = {True: "ok", False: "MISSED", None: ""}[figure.passed]
    number = f"{figure.value:>12,.2f} {figure.unit:<12}"
    return f"  {figure.name:<52} {number} {figure.goal:<16} {verdict:<6} {figure.note}".rstrip()


def write_json(out: Path, command: str, figures: Iterable[Figure], broken: list[str]) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    machine = {"python": platform.python_version(), "system": platform.platform(), "cores": os.cpu_count()}
    result = {
        "command": command,
        "machine": machine,
        "broken": broken,
        "figures": [asdict(f) for f in figures],
    }
    out.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
