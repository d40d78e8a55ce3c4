"""Commands that are stopped at a seam, where luck and a clock would rarely land."""

import os
import signal
import subprocess
import sys

from tests.conftest import DEADLINE, ROOT

CATALOGUE = "indexer.catalogue.Catalogue"
EDGE = "indexer.stores.edge.EdgeStore"
_SEAM = """
import os, pkgutil, sys
owner, name = sys.argv[1].rsplit(".", 1)
owner = pkgutil.resolve_name(owner)
when, left, number = sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
whole = getattr(owner, name)
def stopping(*args, **kwargs):
    global left
    left -= 1
    if left == 0 and when == "before":
        os.kill(os.getpid(), number)
    result = whole(*args, **kwargs)
    if left == 0:
        os.kill(os.getpid(), number)
    return result
setattr(owner, name, stopping)
from search_api.cli import main
sys.argv[:] = ["archive", *sys.argv[5:]]
main()
"""


def stop_at(home, seam, when, nth, *arguments, by=signal.SIGKILL):
    """Run a command that gets a signal "before" or "after" the nth call of a function."""
    return subprocess.run(
        [sys.executable, "-c", _SEAM, seam, when, str(nth), str(int(by)), *map(str, arguments)],
        env=os.environ | {"ARCHIVE_HOME": str(home)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
    )


def die_at(home, seam, when, nth, *arguments):
    done = stop_at(home, seam, when, nth, *arguments)
    assert done.returncode == -signal.SIGKILL, f"never got there: {done.stderr}"
