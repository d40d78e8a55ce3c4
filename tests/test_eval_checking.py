"""Measuring the summary check and the least score of saved searches."""

import pytest

from eval import checking, watching
from eval.injecting import KINDS, inject, names_of
from eval.models import Models
from eval.natural import NaturalQuery
from indexer.observer import Silent
from indexer.settings import Settings
from search_api.results import Result

from .conftest import EXAMPLES


@pytest.fixture(scope="module")
def report(session_embedder):
    models = Models(session_embedder, session_embedder)
    return checking.evaluate(EXAMPLES, "dev", models, Settings(), Silent(), 0)


def test_recall_stands_beside_false_alarms_and_plain_checks(report):
    assert report.task == "summaries"
    assert report.kinds.keys() == set(KINDS)
    assert sum(report.kinds.values()) > 10
    assert len(report.baselines) == 2
    for measures in (report.measures, *report.baselines.values()):
        assert measures.keys() == {*KINDS, "all", "false alarms a paper"}
        made = [kind for kind in KINDS if report.kinds[kind]]
        assert all(0 <= measures[kind] <= 1 for kind in (*made, "all"))
    alarms = "false alarms a paper"
    loudest = report.baselines["digits or Latin words not in the abstract"]
    assert report.measures["all"] > 0
    assert report.measures[alarms] < loudest[alarms]


def test_the_halves_are_whole_and_apart():
    ids = [f"25{month:02}.{number:05}" for month in range(1, 13) for number in range(100)]
    halves = [checking.half(each) for each in ids]
    assert set(halves) == {"dev", "test"}
    assert 0.45 < halves.count("dev") / len(halves) < 0.55
    assert halves == [checking.half(each) for each in ids]


def test_an_error_that_cannot_be_made_is_no_measure(example, open_archive):
    archive = open_archive(example)
    papers = [archive.paper(each) for each in archive.catalogue.paper_ids()]
    named = next(each for each in papers if names_of([each]))
    assert inject(named, "name", names_of([named])) is None  # there is no other paper's
    counts = {}
    found = checking.measure(lambda _: set(), [named], 0, counts, lambda: None)
    assert counts["name"] == 0
    assert found["name"] is None
    assert found["false alarms a paper"] == 0


def test_a_check_that_flags_everything_is_told_by_its_false_alarms(example, open_archive):
    archive = open_archive(example)
    papers = [archive.paper(each) for each in archive.catalogue.paper_ids()]
    papers = [each for each in papers if checking._has_both(each)]

    def everything(paper):
        return {(text.text, text.text) for text in paper.texts if text.language == "zh"}

    found = checking.measure(everything, papers, 0, {}, lambda: None)
    assert found["all"] == 1.0
    assert found["false alarms a paper"] > 3


def test_what_a_least_score_shows_and_what_it_lets_in():
    def result(paper_id, score):
        return Result(
            paper_id, score, "t", (), None, None, None, (), (), (), (), "s", "abstract", "en"
        )

    def query(*relevant):
        return NaturalQuery("q", "q", "en", "en", "natural", relevant, "dev")

    found = [
        (query("a"), [result("a", 0.5), result("b", 0.4), result("c", 0.1)]),
        (query("d"), [result("e", 0.3), result("d", 0.2)]),
    ]
    assert watching._at_least(found, 0.3) == {"shown": 0.5, "others a search": 1.0}
    assert watching._at_least(found, 0.0) == {"shown": 1.0, "others a search": 1.5}
    assert watching._measures(found, watching._first(1)) == {"shown": 0.5, "others a search": 0.5}
