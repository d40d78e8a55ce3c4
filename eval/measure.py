"""Time, memory and disk of one process, for benchmarks."""

from __future__ import annotations

import os
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def seconds(into: dict[str, float], name: str) -> Iterator[None]:
    """Add the wall time of a block to `into[name]`."""
    started = time.perf_counter()
    try:
        yield
    finally:
        into[name] = round(into.get(name, 0.0) + time.perf_counter() - started, 3)


def peak_memory_mb() -> float:
    """The most memory this process ever held, in MB (2**20 bytes)."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def disk_mb(folder: Path) -> float:
    """What the files below a folder take on disk, in MB (2**20 bytes)."""
    blocks = sum(
        (Path(root) / name).stat().st_blocks for root, _, names in os.walk(folder) for name in names
    )
    return round(blocks * 512 / 2**20, 2)


def latency_ms(work: Callable[[], object], runs: int) -> dict[str, float]:
    """Median and 95th percentile of `runs` calls, after one that is not counted."""
    work()
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1000)
    times.sort()
    return {
        "median": round(statistics.median(times), 2),
        "p95": round(times[int(0.95 * (len(times) - 1))], 2),
    }
