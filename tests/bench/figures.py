"""What a benchmark hands back, and the few ways of measuring that all of them share."""

import os
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measured number, with the goal it is held to; `passed` is None where there is none."""

    name: str
    value: float
    unit: str
    goal: str = ""
    passed: bool | None = None
    note: str = ""


def at_most(name: str, value: float, unit: str, limit: float, *, note: str = "") -> Figure:
    return Figure(name, value, unit, f"at most {limit:g}", value <= limit, note)


def at_least(name: str, value: float, unit: str, limit: float, *, note: str = "") -> Figure:
    return Figure(name, value, unit, f"at least {limit:g}", value >= limit, note)


def ratio(name: str, value: float, base: float, *, note: str = "") -> Figure:
    return Figure(name, value / base, "times", note=note)


def milliseconds(work: Callable[[], object], *, times: int) -> list[float]:
    """Wall times of `times` calls; the first call, which fills caches, is made but not counted."""
    work()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1000)
    return taken


def median_ms(work: Callable[[], object], *, times: int) -> float:
    return statistics.median(milliseconds(work, times=times))


def spread(taken: Sequence[float]) -> str:
    """Smallest and largest, for a figure's note: a median alone hides a bad tail."""
    return f"{min(taken):.1f} to {max(taken):.1f} in {len(taken)}"


def quick() -> bool:
    """Whether a fast look was asked for; a benchmark then takes less input, and says so in its note."""
    return os.environ.get("CONSULT_BENCH_QUICK") == "1"
