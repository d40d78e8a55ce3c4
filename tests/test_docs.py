"""The documents against what they tell of."""

import runpy
from pathlib import Path

DOCS = Path(__file__).parent.parent / "docs"


def test_the_reference_is_that_of_the_code():
    made = runpy.run_path(str(DOCS / "reference.py"))["reference"]()
    there = (DOCS / "reference.md").read_text("utf-8")
    assert there == made, "`python docs/reference.py` writes it anew"
