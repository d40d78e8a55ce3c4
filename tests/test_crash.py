"""Killed at any moment, the same command again ends where an undisturbed run ends.

A real `archive index` is killed with SIGKILL at random moments (seeded; scaled by how long an
undisturbed run takes on this machine) and then run to its end.
"""

import contextlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import time

import pytest

from tests.conftest import BIN, EXAMPLES
from tests.seams import CATALOGUE, EDGE, die_at

SEED = 20250929


def killed(home, seconds, *arguments, after=lambda: True):
    """Run the command and kill it some seconds after a condition holds; False if it was done."""
    process = subprocess.Popen(
        [BIN, *arguments],
        env=os.environ | {"ARCHIVE_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while process.poll() is None and not after():
        time.sleep(0.05)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
    if process.wait() == -signal.SIGKILL:
        return True
    assert process.returncode == 0  # done, if only just
    return False


@pytest.fixture(scope="module")
def undisturbed(session_embedder, archive_command, tmp_path_factory, state):
    """The state after an undisturbed run of the example pages, and how long the run took."""
    home = tmp_path_factory.mktemp("undisturbed") / "home"
    started = time.monotonic()
    done = archive_command("index", EXAMPLES, home=home)
    assert done.returncode == 0, done.stderr
    return state(home), time.monotonic() - started


@pytest.mark.parametrize("round_", range(2))
def test_example_pages_killed_again_and_again(
    undisturbed, archive_command, tmp_path, state, round_
):
    expected, longest = undisturbed
    rng, home = random.Random(SEED + round_), tmp_path / "home"
    kills = 0
    while kills < 4:
        if killed(home, longest * rng.uniform(0.25, 1.0), "index", EXAMPLES):
            kills += 1
        else:  # done before the kill: begin anew, and be quicker
            shutil.rmtree(home)
            longest *= 0.8
    done = archive_command("index", EXAMPLES, home=home)
    assert done.returncode == 0, done.stderr
    assert state(home) == expected


def stored(home):
    """How many passages the catalogue of a running command calls stored."""
    try:
        with contextlib.closing(
            sqlite3.connect(f"file:{home}/catalogue.sqlite?mode=ro", uri=True, timeout=5)
        ) as db:
            sql = "SELECT count(*) FROM passage WHERE state = 'stored'"
            return db.execute(sql).fetchone()[0]
    except sqlite3.Error:  # not made yet
        return 0


def test_real_pages_killed_three_times(real, archives, copy_of, archive_command, tmp_path, state):
    whole, report = real
    expected = state(copy_of(whole, "undisturbed"))
    duration, rng, home = report["seconds"], random.Random(SEED), tmp_path / "home"
    # While pages are read, while the first passages are embedded, and after some are stored.
    assert killed(home, duration * rng.uniform(0.02, 0.05), "index", archives)
    assert killed(home, duration * rng.uniform(0.06, 0.15), "index", archives)
    moment = duration * rng.uniform(0.0, 0.1)
    assert killed(home, moment, "index", archives, after=lambda: stored(home))
    done = archive_command("index", archives, "--json", home=home)
    assert done.returncode == 0, done.stderr
    again = json.loads(done.stdout)
    assert (again["papers"], again["passages"]) == (632, report["passages"])
    assert again["passages_embedded"] < report["passages"], "what was stored is kept"
    assert state(home) == expected


# Kills at the seams, where luck would rarely land.


@pytest.mark.parametrize(
    ("seam", "when", "nth"),
    [
        (f"{CATALOGUE}.put_file", "before", 3),
        (f"{CATALOGUE}.put_file", "after", 3),
        (f"{EDGE}.upsert", "after", 1),
        (f"{CATALOGUE}.mark", "after", 1),
        (f"{EDGE}.flush", "before", 1),
    ],
)
def test_killed_at_a_seam_of_the_first_run(undisturbed, workshop, tmp_path, seam, when, nth):
    die_at(tmp_path / "home", seam, when, nth, "index", EXAMPLES)
    shop = workshop()
    shop.index(EXAMPLES)
    assert shop.state() == undisturbed[0]


@pytest.mark.parametrize(
    ("seam", "when"),
    [
        (f"{EDGE}.set_payload", "after"),
        (f"{EDGE}.delete", "before"),
        (f"{EDGE}.delete", "after"),
        (f"{CATALOGUE}.forget_passages", "after"),
    ],
)
def test_killed_at_a_seam_of_a_change(workshop, tmp_path, seam, when):
    """A page loses an entry and renames a topic; then the update is killed."""
    page = tmp_path / "topic-tables_2024-03-04.md"
    text = (EXAMPLES / page.name).read_text("utf-8")
    page.write_text(text, "utf-8")
    calm, shop = workshop("calm"), workshop()
    calm.index(page)
    shop.index(page)
    shop.close()
    lines = text.replace("## 强化学习", "## 决策").splitlines()
    page.write_text("\n".join(line for line in lines if "1312.5602" not in line), "utf-8")
    calm.index(page)
    die_at(shop.home, seam, when, 1, "index", page)
    again = workshop()
    again.index(page)
    assert again.state() == calm.state()


def test_killed_while_rebuilding(example, copy_of, archive_command, workshop, state):
    home = copy_of(example)
    expected = state(home)
    # The store is dropped by then: the archive is not lost, any run mends it.
    die_at(home, f"{CATALOGUE}.restart", "before", 1, "rebuild")
    die_at(home, f"{EDGE}.upsert", "before", 1, "rebuild")
    done = archive_command("index", EXAMPLES, home=home)
    assert done.returncode == 0, done.stderr
    assert state(home) == expected
