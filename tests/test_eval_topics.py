"""What `archive eval topics` counts, and the plain classifiers beside ours."""

import json

import numpy as np
import pytest

from eval.plain_classifiers import PLAIN
from eval.topics import calibration_error, share_right
from tests.conftest import EXAMPLES

KNOWN = np.eye(4, dtype=np.float32)[[0, 0, 1, 1, 2, 2]]
KNOWN[[1, 3, 5], 3] = 0.3
TRUTH = np.array([[1, 0, 0]] * 2 + [[0, 1, 0]] * 2 + [[0, 0, 1]] * 2, bool)


def test_right_is_a_first_topic_that_is_true():
    scores = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]])
    truth = np.array([[True, False], [True, False], [True, True]])
    assert share_right(scores, truth) == pytest.approx(2 / 3)


def test_calibration_is_held_to_what_comes_true():
    chance = np.random.default_rng(0)
    scores = chance.random((400, 5))
    honest = chance.random((400, 5)) < scores
    assert calibration_error(scores, honest) < 0.05
    assert calibration_error(scores, ~honest) > 0.3
    assert calibration_error(np.ones((10, 2)), np.zeros((10, 2), bool)) == 1


@pytest.mark.parametrize("name", PLAIN)
def test_plain_classifiers_find_what_is_plain(name):
    asked = np.array([[1, 0, 0, 0.1], [0, 1, 0, 0.1], [0, 0, 1, 0.1]], np.float32)
    scores = PLAIN[name](KNOWN, TRUTH, asked)
    assert scores.shape == (3, 3)
    assert share_right(scores, np.eye(3, dtype=bool)) == 1


def test_the_command_measures_pages_that_sort_their_papers(archive_command, tmp_path):
    done = archive_command("eval", "topics", EXAMPLES, "--json", home=tmp_path / "home")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["task"] == "topics"
    assert 0 < report["measures"]["topics left out"] <= 1
    assert set(report["baselines"]) == set(PLAIN)


def test_the_archive_itself_is_measured_where_no_pages_are_given(archive_command, example, copy_of):
    home = copy_of(example)
    given, itself = (
        archive_command("eval", "topics", *pages, "--json", home=home) for pages in ([EXAMPLES], [])
    )
    assert itself.returncode == 0, itself.stderr
    assert json.loads(itself.stdout)["measures"] == json.loads(given.stdout)["measures"]
    done = archive_command("eval", "trends", "--home", home, "--json")
    assert done.returncode == 1  # with fewer papers under any topic
    assert "has no topic with 10 papers" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_command_refuses_pages_that_do_not(archive_command, tmp_path):
    page = EXAMPLES / "daily-numbered_2024-03-05.md"
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / page.name).write_bytes(page.read_bytes())
    done = archive_command("eval", "topics", pages, home=tmp_path / "home")
    assert done.returncode == 1
    assert "sort their papers" in done.stderr
    assert "Traceback" not in done.stderr
