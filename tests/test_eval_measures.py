"""The measures against a second library, and their intervals and tests against arithmetic."""

import json
import os
import random
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console
from rich.table import Table

from eval.console import show
from eval.measures import NAMES, intervals, paired_p, per_query
from search_api import console

EXAMPLES = Path(__file__).parent.parent / "indexer" / "examples"
RANX = {
    "nDCG@10": "ndcg@10",
    "R@1": "recall@1",
    "R@5": "recall@5",
    "R@10": "recall@10",
    "R@100": "recall@100",
    "MRR@10": "mrr@10",
}


def judged_run(seed, queries=40, papers=150):
    """Graded judgements and rankings of many lengths, some without anything relevant."""
    chance = random.Random(seed)
    names = [f"p{number}" for number in range(papers)]
    qrels = {
        f"q{number}": {name: chance.choice([0, 1, 1, 2, 3]) for name in chance.sample(names, 12)}
        | {"never found": 1}
        for number in range(queries)
    }
    run = {query: chance.sample(names, chance.choice([1, 4, 30, papers])) for query in qrels}
    return qrels, run


# In a process of its own, where nothing is compiled: that takes longer than the counting.
SECOND = """
import json, sys
import ranx
given = json.load(sys.stdin)
run = ranx.Run(given["run"])
ranx.evaluate(ranx.Qrels(given["qrels"]), run, given["measures"])
json.dump({name: dict(run.scores[name]) for name in given["measures"]}, sys.stdout)
"""


@pytest.mark.parametrize("seed", range(2))
def test_every_measure_is_what_a_second_library_says(seed):
    if find_spec("ranx") is None:
        pytest.skip("ranx is not installed")
    qrels, run = judged_run(seed)
    ranked = {
        query: {paper: 1 / rank for rank, paper in enumerate(papers, 1)}
        for query, papers in run.items()
    }
    done = subprocess.run(
        [sys.executable, "-c", SECOND],
        input=json.dumps({"qrels": qrels, "run": ranked, "measures": list(RANX.values())}),
        env=os.environ | {"NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    theirs, ours = json.loads(done.stdout), per_query(run, qrels)
    assert set(RANX) == set(NAMES) == set(ours)
    for name, second in RANX.items():
        assert ours[name] == pytest.approx(theirs[second]), name


def test_a_query_without_results_counts_and_scores_0():
    qrels = {"found": {"a": 1}, "empty": {"a": 1}, "not run": {"a": 1}}
    values = per_query({"found": ["a"], "empty": []}, qrels)
    for name in NAMES:
        assert values[name] == {"found": 1.0, "empty": 0.0, "not run": 0.0}


def test_results_are_scored_in_the_order_given():
    values = per_query({"q": ["z", "m", "a"]}, {"q": {"m": 1}})
    assert values["MRR@10"]["q"] == 0.5
    assert values["R@1"]["q"] == 0.0


def test_intervals_hold_the_mean_and_narrow_with_more_queries():
    values = np.random.default_rng(0).random((400, 2))
    low, high = intervals(values)
    assert (low < values.mean(axis=0)).all()
    assert (values.mean(axis=0) < high).all()
    # Near the normal approximation, which holds for as many queries as these.
    assert high - low == pytest.approx(2 * 1.96 * values.std(axis=0) / np.sqrt(400), rel=0.05)
    few_low, few_high = intervals(values[:40])
    assert (few_high - few_low > 2 * (high - low)).all()


def test_intervals_of_equal_values_are_points():
    low, high = intervals(np.full((7, 1), 0.25))
    assert low == high == pytest.approx(0.25)


def test_equal_runs_differ_by_chance_alone():
    assert paired_p(np.zeros((9, 3))) == pytest.approx([1, 1, 1])


def test_the_paired_test_agrees_with_counting_all_signs():
    # Of the 32 ways to choose 5 signs, 2 give a mean as far from 0 as all alike do.
    always, mixed = np.full(5, 0.3), np.array([0.4, -0.4, 0.2, 0.1, -0.1])
    p = paired_p(np.column_stack([always, mixed]))
    signs = np.array(np.meshgrid(*[[-1, 1]] * 5)).reshape(5, -1).T
    exact = (np.abs(signs @ mixed) >= abs(mixed.sum()) - 1e-12).mean()
    assert p == pytest.approx([2 / 32, exact], abs=0.01)


@pytest.mark.parametrize(
    ("package", "command", "extra"),
    [("bm25s", "eval ask pages", "eval"), ("torch", "learn map pairs.jsonl --out m.npz", "models")],
)
def test_a_package_that_lacks_is_named_with_its_extra(package, command, extra):
    code = (
        f"import sys; sys.modules['{package}'] = None; sys.argv[1:] = '{command}'.split();"
        "from search_api.cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 1
    needed = f"archive: this needs {package}, which is not installed; in the checkout: "
    assert done.stderr == f"{needed}.venv/bin/pip install -c constraints.txt -e '.[{extra}]'\n"


def run(module, *arguments, **env):
    command = [sys.executable, "-m", module, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=os.environ | env)


@pytest.mark.parametrize("module", ["eval.bench_index", "eval.bench_bulk", "eval.layouts"])
def test_a_benchmark_says_how_it_is_used(module):
    done = run(module, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "usage:" in done.stdout.casefold()


def test_a_benchmark_of_nothing_says_so_in_one_line():
    done = run("eval.bench_index", "no-such-folder")
    assert done.returncode == 2
    assert done.stderr.endswith("error: no-such-folder is no folder\n")


@pytest.mark.parametrize("columns", ["80", ""])
def test_no_name_in_a_table_is_cut_off(tmp_path, columns):
    for folder in ("pages-of-one-digest-about-vision", "pages-of-one-digest-about-language"):
        (tmp_path / folder).mkdir()
        page = EXAMPLES / "topic-tables_2024-03-04.md"
        (tmp_path / folder / page.name).write_bytes(page.read_bytes())
    done = run("eval.layouts", tmp_path, COLUMNS=columns)
    assert "…" not in done.stdout
    assert "pages-of-one-digest-about-vision" in done.stdout


def test_a_narrow_terminal_folds_names(capsys, monkeypatch):
    monkeypatch.setattr(console, "out", Console(width=30, force_terminal=True, color_system=None))
    show(Table("two nearest sentences", "refused, of those without"))
    assert "…" not in capsys.readouterr().out
