"""How fast a file of records streams in and out again, in how much memory, and what kills do.

    python -m eval.bench_bulk ../shared/corpus/papers.jsonl.xz [--kills 5] [--seed 1]

Runs the real command in processes of their own (Linux: memory is read from /proc) and prints
one JSON object: records a second by the clock and by the processor, memory at each tenth of
the time, the same for `archive export`, and whether a run that is killed with SIGKILL at
random moments and run again ends with the same records, passages and words. Embedding is
left out: it has its own figures (`eval.bench_index`).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

_POLL = 0.2  # seconds
_DIGESTED = (
    "SELECT id, payload FROM passage WHERE state <> 'gone' ORDER BY id",
    "SELECT word FROM word ORDER BY word",
    "SELECT line, reason, raw FROM reject ORDER BY line",
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        whole, killed = Path(folder) / "whole", Path(folder) / "killed"
        index = ("index", str(given.file), "--no-embed", "--json")
        results: dict[str, Any] = {"file": given.file.name, "load_before": os.getloadavg()}
        results["index"] = _measured(whole, index)
        records = results["index"]["records"]
        sys.stderr.write(json.dumps(results) + "\n")
        results["export"] = _measured(whole, ("export", "--output", f"{folder}/whole.jsonl"))
        results["export"]["megabytes"] = round((Path(folder) / "whole.jsonl").stat().st_size / 1e6)
        sys.stderr.write(json.dumps(results["export"]) + "\n")
        rng = random.Random(given.seed)
        stops = sorted(rng.sample(range(1, records), given.kills))
        reached = [_killed(killed, index, stop) for stop in stops]
        _measured(killed, index)
        results["killed_at"] = reached
        results["same_after_kills"] = _digest(whole) == _digest(killed)
        shutil.rmtree(killed)
    sys.stdout.write(json.dumps(results, indent=2) + "\n")


def _start(home: Path, arguments: tuple[str, ...]) -> subprocess.Popen[bytes]:
    command = Path(sys.executable).with_name("archive")
    environment = os.environ | {"ARCHIVE_HOME": str(home)}
    return subprocess.Popen([command, *arguments], env=environment, stdout=subprocess.PIPE)


def _measured(home: Path, arguments: tuple[str, ...]) -> dict[str, Any]:
    """Run a command to its end; memory in MB, at each tenth of the time."""
    memory: list[int] = []
    started = time.perf_counter()
    process = _start(home, arguments)
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        memory.append(_resident(process.pid))
        time.sleep(_POLL)
    seconds = time.perf_counter() - started
    if status:
        raise RuntimeError(f"{arguments} ended with status {status}")
    with closing(sqlite3.connect(home / "catalogue.sqlite")) as db:
        (records,) = db.execute("SELECT count(*) FROM row").fetchone()
        (passages,) = db.execute("SELECT count(*) FROM passage").fetchone()
    processor = usage.ru_utime + usage.ru_stime
    tenths = [memory[len(memory) * tenth // 10] for tenth in range(10)]
    return {
        "records": records,
        "passages": passages,
        "seconds": round(seconds, 1),
        "records_per_second": round(records / seconds),
        "records_per_processor_second": round(records / processor),
        "resident_mb_at_each_tenth": tenths,
        "resident_mb_at_most": round(usage.ru_maxrss / 1024),
    }


def _killed(home: Path, arguments: tuple[str, ...], line: int) -> int:
    """Run a command, kill it once it has read so many records, and say how many it had."""
    process = _start(home, arguments)
    while _line(home) < line and process.poll() is None:
        time.sleep(_POLL / 10)
    process.send_signal(signal.SIGKILL)
    if process.wait() != -signal.SIGKILL:
        raise RuntimeError(f"the command was done before record {line}")
    return _line(home)


def _digest(home: Path) -> list[str]:
    """What must be alike: the export, byte for byte, and the tables that it does not show."""
    whole = subprocess.run(
        [Path(sys.executable).with_name("archive"), "export"],
        env=os.environ | {"ARCHIVE_HOME": str(home)},
        stdout=subprocess.PIPE,
        check=True,
    ).stdout
    digests = [hashlib.sha256(whole).hexdigest()]
    with closing(sqlite3.connect(home / "catalogue.sqlite")) as db:
        for sql in _DIGESTED:
            digest = hashlib.sha256()
            for row in db.execute(sql):
                digest.update(repr(row).encode())
            digests.append(digest.hexdigest())
    return digests


def _line(home: Path) -> int:
    try:
        with closing(sqlite3.connect(f"file:{home}/catalogue.sqlite?mode=ro", uri=True)) as db:
            return int(db.execute("SELECT max(line) FROM bulk").fetchone()[0] or 0)
    except sqlite3.Error:  # not made yet
        return 0


def _resident(pid: int) -> int:
    """A process's memory in MB; 0 once it is gone."""
    try:
        text = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0
    found = [line.split()[1] for line in text.splitlines() if line.startswith("VmRSS")]
    return int(found[0]) // 1024 if found else 0


if __name__ == "__main__":
    main()
