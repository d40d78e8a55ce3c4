"""What a search imports: never the heavy libraries that only other choices need."""

import os
import subprocess
import sys

import pytest

HEAVY = (
    "sentence_transformers",
    "torch",
    "transformers",
    "llama_index",
    "faiss",
    "qdrant_client",
    "fastapi",
    "uvicorn",
    "prometheus_client",
    "pandas",
    "scipy",
    "sklearn",
    "ir_measures",
    "bm25s",
    "jieba",
    "matplotlib",
    "arxiv",
    "oaipmh_scythe",
    "lxml",
    "requests",
    "bibtexparser",
    "pylatexenc",
    "rispy",
    "watchfiles",
    "pypdfium2",
)
RUN = """
import sys
sys.argv[:] = ["archive", *sys.argv[1:]]
from search_api.cli import main
try:
    main()
finally:
    print("\\nIMPORTED", *sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""
HEAVIEST = HEAVY[:7]


def imported(home, *arguments):
    done = subprocess.run(
        [sys.executable, "-c", RUN, *arguments],
        env=os.environ | {"ARCHIVE_HOME": str(home)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stderr.partition("IMPORTED")[2].split()), done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("search", "向量", "--json"),
        ("search", "café", "--explain"),
        ("similar", "1706.03762"),
        ("show", "1706.03762"),
        ("stats",),
        ("export", "--limit", "3"),
    ],
)
def test_commands_leave_heavy_libraries_alone(example, copy_of, arguments):
    modules, out = imported(copy_of(example), *arguments)
    assert out.strip(), "it answered"
    assert {"search_api", "sqlite3"} <= modules, "the list is a real one"
    assert not modules & set(HEAVY)


def test_a_search_opens_the_engine_and_a_look_at_the_catalogue_does_not(example, copy_of):
    home = copy_of(example)
    assert {"openvino", "qdrant_edge"} <= imported(home, "search", "x")[0]
    assert not {"openvino", "qdrant_edge"} & imported(home, "show", "1706.03762")[0]


def test_indexing_leaves_them_alone_too(example, copy_of):
    modules, _ = imported(copy_of(example), "index", "indexer/examples")
    assert not modules & set(HEAVIEST)
