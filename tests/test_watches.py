"""Saved searches: what is new for each, and what a run may call shown."""

import json
import shutil
import sqlite3
import subprocess

import pytest

from embeddings.errors import BadQuery, UnknownName
from indexer.catalogue import Catalogue
from search_api.filters import Narrowing
from search_api.watches import MIN_SCORE, Watch, Watches, near

from .conftest import BIN, EXAMPLES, ROOT

QUERY = "neural networks that solve partial differential equations"
FOUND = "2010.08895"


@pytest.fixture
def watches(tmp_path):
    with Catalogue(tmp_path / "catalogue.sqlite") as catalogue:
        yield Watches(catalogue)


@pytest.fixture
def home(example, copy_of):
    return copy_of(example)


@pytest.fixture
def archive(archive_command, home):
    return lambda *arguments, **given: archive_command(*arguments, **{"home": home} | given)


def told(done):
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def new(done):
    """The ids that a run lists, by saved search."""
    return {
        run["name"]: [result["paper_id"] for result in run["results"]]
        for run in told(done)["watches"]
    }


def refused(done, status, *words):
    assert done.returncode == status, done.stderr
    assert done.stdout == ""
    (line,) = done.stderr.strip().splitlines()
    assert all(word in line for word in words), line


# The book of them


def test_what_is_saved_is_kept(watches):
    narrowing = Narrowing("2020", None, ("强化学习",), ("cs.LG",), (), ("A. Name",), True)
    first = watches.add(" 扩散模型 ", narrowing=narrowing, min_score=0.4)
    second = watches.add("graphs", name="G")
    assert first == Watch("扩散模型", "扩散模型", narrowing, 0.4)
    assert second.min_score == MIN_SCORE
    assert watches.all() == [second, first]
    watches.remove("G")
    assert watches.all() == [first]


@pytest.mark.parametrize(
    "given",
    [
        {"query": " "},
        {"query": "x", "name": ""},
        {"query": "x", "name": "two\nlines"},
        {"query": "x" * 101},
        {"query": "x", "min_score": 1.5},
        {"query": "x", "min_score": float("nan")},
        {"query": "x", "narrowing": Narrowing("yesterday")},
        {"query": "y", "name": "taken"},
    ],
)
def test_what_cannot_be_saved_is_refused(watches, given):
    watches.add("x", name="taken")
    with pytest.raises(BadQuery):
        watches.add(**given)
    assert len(watches.all()) == 1


def test_an_unknown_name_is_told_with_the_nearest(watches):
    watches.add("state space models")
    for ask in (watches.get, watches.remove):
        with pytest.raises(UnknownName, match="Did you mean state space models"):
            ask("state space model")


def test_everything_near_enough_is_found_whatever_the_page(example_search, monkeypatch):
    monkeypatch.setattr("search_api.watches._PAGE", 7)
    watch = Watch("w", "learning", Narrowing(), 0.0)
    found = [result.paper_id for result in near(watch, example_search)]
    assert len(found) == len(set(found)) == 46
    some = [
        result.score for result in near(Watch("w", "learning", Narrowing(), 0.2), example_search)
    ]
    assert 0 < len(some) < 46
    assert min(some) >= 0.2


# The commands


def test_a_run_lists_what_came_since(archive, archive_command, tmp_path):
    home, pages = tmp_path / "growing", sorted(EXAMPLES.glob("*_*.md"))
    told(archive_command("index", *pages[:3], "--json", home=home))
    told(archive("watch", "add", QUERY, "--min-score", "0.25", "--json", home=home))
    first = new(archive("watch", "run", "--json", home=home))[QUERY]
    told(archive_command("index", *pages, "--json", home=home))
    second = new(archive("watch", "run", QUERY, "--json", home=home))[QUERY]
    assert FOUND in first + second
    assert not set(first) & set(second)
    assert new(archive("watch", "run", "--json", home=home)) == {QUERY: []}
    (kept,) = told(archive("watch", "list", "--json", home=home))["items"]
    assert kept["shown"] == len(first) + len(second)
    assert kept["last_run"]
    told(archive("watch", "remove", QUERY, "--json", home=home))
    assert told(archive("watch", "list", "--json", home=home))["items"] == []


def test_filters_hold_for_every_run(archive):
    told(archive("watch", "add", "learning", "--min-score", "0", "--json", "--from", "2021"))
    told(archive("watch", "add", "learning", "--name", "all", "--min-score", "0", "--json"))
    found = new(archive("watch", "run", "--json"))
    assert len(found["all"]) == 46
    assert 0 < len(found["learning"]) < 46


def test_a_run_for_people(archive):
    assert "Watching 'pde'" in archive("watch", "add", QUERY, "--name", "pde").stdout
    assert "never run" in archive("watch", "list").stdout
    shown = archive("watch", "run").stdout
    assert "pde: " in shown
    assert FOUND in shown
    assert "pde: 0 new since" in archive("watch", "run").stdout
    assert "papers shown, last run" in archive("watch", "list").stdout


def test_what_was_not_printed_was_not_shown(archive, home):
    told(archive("watch", "add", QUERY, "--json"))
    with open("/dev/full", "w") as full:  # noqa: PTH123
        for more in ([], ["--json"]):
            done = subprocess.run(
                [BIN, "watch", "run", *more, "--home", home],
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                cwd=ROOT,
            )
            assert done.returncode == 1, done.stderr
            assert "Traceback" not in done.stderr
    assert FOUND in new(archive("watch", "run", "--json"))[QUERY]


def test_a_run_that_fails_at_the_second_search_keeps_what_it_printed_of_the_first(archive, home):
    told(archive("watch", "add", QUERY, "--name", "a", "--json"))
    told(archive("watch", "add", QUERY, "--name", "b", "--json"))
    with sqlite3.connect(home / "catalogue.sqlite") as db:
        db.execute("UPDATE watch SET narrowing = json_set(narrowing, '$.date_from', 'never')")
        db.execute("UPDATE watch SET narrowing = '{}' WHERE name = 'a'")
    db.close()
    done = archive("watch", "run")
    assert done.returncode == 2
    assert FOUND in done.stdout
    kept = {each["name"]: each for each in told(archive("watch", "list", "--json"))["items"]}
    assert kept["a"]["shown"] > 0
    assert (kept["b"]["shown"], kept["b"]["last_run"]) == (0, None)
    # As one object nothing was printed, so nothing new is marked.
    before = kept["a"]["last_run"]
    assert archive("watch", "run", "--json").stdout == ""
    kept = {each["name"]: each for each in told(archive("watch", "list", "--json"))["items"]}
    assert kept["a"]["last_run"] == before


def test_a_run_goes_through_a_server(archive, home, serve):
    told(archive("watch", "add", QUERY, "--json"))
    serve(home)
    assert FOUND in new(archive("watch", "run", "--json"))[QUERY]
    assert new(archive("watch", "run", "--json"))[QUERY] == []


def test_wrong_use_is_told_in_one_line(archive, tmp_path):
    refused(archive("watch", "run"), 1, "archive watch add")
    refused(archive("watch", "run", "x"), 1, "saved search 'x'")
    refused(archive("watch", "remove", "x"), 1, "saved search 'x'")
    refused(archive("watch", "add", " "), 2, "empty")
    refused(archive("watch", "add", "x", "--min-score", "2"), 2, "0 to 1")
    refused(archive("watch", "list", home=tmp_path / "none"), 1, "no archive")


def test_a_catalogue_from_before_gets_its_table(archive, home):
    shutil.rmtree(home)
    home.mkdir()
    with sqlite3.connect(home / "catalogue.sqlite") as db:  # as the first version left it
        for step in sorted((ROOT / "indexer" / "migrations").glob("000[12]_*.sql")):
            db.executescript(step.read_text())
        db.execute("PRAGMA user_version = 2")
    db.close()
    assert told(archive("watch", "list", "--json"))["count"] == 0
    shutil.rmtree(home)
