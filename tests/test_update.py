"""`archive update`: all that one file says, and a status that a clock can act on."""

import json
from pathlib import Path

import pytest

from embeddings.errors import ConfigError
from indexer.sources.fetched import folder_name
from search_api.updating import read_plan
from tests.paper_server import PaperServer, daily_paper, papers_of_day, status

EXAMPLES = Path(__file__).parent.parent / "indexer" / "examples"
PLAN = """
[[fetch]]
category = ["cs.CV"]
from = 2025-09-01
to = 2025-09-01

[[fetch]]
hf = "2025-09-30"

[[index]]
paths = ["pages"]
source = "my-digest"
"""


@pytest.fixture
def server():
    server = PaperServer()
    yield server
    server.close()


@pytest.fixture
def command(server, archive_command, tmp_path):
    env = {
        "ARCHIVE_ARXIV_URL": server.arxiv_url,
        "ARCHIVE_ARXIV_INTERVAL": "0",
        "ARCHIVE_HF_URL": server.hf_url,
        "ARCHIVE_HF_INTERVAL": "0",
        "ARCHIVE_FETCH_ATTEMPTS": "2",
    }

    def run(*arguments):
        done = archive_command("update", *arguments, "--json", home=tmp_path / "home", env=env)
        assert "Traceback" not in done.stderr, done.stderr
        return done

    return run


def test_everything_is_done_and_what_fails_does_not_stop_the_rest(server, command, tmp_path):
    server.papers = papers_of_day("2025-09-01", 2)
    server.daily["2025-09-30"] = [daily_paper(7, "2025-09-30")]
    pages = tmp_path / "home" / "pages"
    pages.mkdir(parents=True)
    page = (EXAMPLES / "topic-tables_2024-03-04.md").read_text("utf-8")
    (pages / "2024-03-04.md").write_text(page, "utf-8")
    (tmp_path / "home" / "update.toml").write_text(PLAN, "utf-8")

    server.script = [status(503)] * 2  # arXiv is down, Hugging Face is not
    done = command()
    assert done.returncode == 1
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("archive: 1 of 3 steps not done: fetch arxiv, cat:cs.CV: 2025-09-01: ")
    steps = json.loads(done.stdout)["steps"]
    assert [each["status"] for each in steps] == ["incomplete", "done", "done"]
    assert [each["papers_new"] > 0 for each in steps] == [False, True, True]

    done = command()
    assert done.returncode == 0, done.stderr
    steps = json.loads(done.stdout)["steps"]
    assert [each["status"] for each in steps] == ["done"] * 3
    assert [each["papers_new"] for each in steps] == [2, 0, 0]


def test_a_fault_of_the_disk_does_not_stop_the_rest(command, tmp_path):
    home = tmp_path / "home"
    in_the_way = home / "fetched/huggingface" / folder_name("daily papers")
    in_the_way /= ".2025-09-30.jsonl.cursor"
    in_the_way.mkdir(parents=True)
    plan = f'[[fetch]]\nhf = "2025-09-30"\n[[index]]\npaths = ["{EXAMPLES.as_posix()}"]\n'
    (home / "update.toml").write_text(plan, "utf-8")
    done = command()
    assert done.returncode == 1
    first, second = json.loads(done.stdout)["steps"]
    assert (first["status"], second["status"]) == ("failed", "done")
    assert str(in_the_way) in first["problem"]


def test_a_topic_stands_for_its_categories(server, command, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    plan = '[[fetch]]\ntopic = ["机器人"]\nfrom = 2025-09-01\nto = 2025-09-01\n'
    (home / "update.toml").write_text(plan, "utf-8")
    done = command()
    assert done.returncode == 0, done.stderr
    assert "cs.RO" in json.loads(done.stdout)["steps"][0]["step"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[fetch", "is no TOML"),
        ("", "has nothing to do"),
        ("[[fetch]]\ncategorie = ['cs.CV']", "fetch 1, categorie: Extra inputs"),
        ("[[index]]\npaths = []", "index 1, paths: Tuple should have at least 1 item"),
        ("[[fetch]]\nhf = '2025-09-30'\n[[fetch]]\nfrom = 3", "fetch 2, from: Input should be"),
    ],
)
def test_a_file_that_cannot_be_used(tmp_path, text, words):
    path = tmp_path / "update.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigError) as found:
        read_plan(path)
    assert str(found.value).startswith(f"{path}: ")
    assert words in str(found.value)


def test_a_file_that_begins_with_a_byte_order_mark(tmp_path):
    path = tmp_path / "update.toml"
    path.write_text("[[index]]\npaths = ['pages']", "utf-8-sig")
    assert [str(each) for each in read_plan(path).index[0].paths] == ["pages"]


def test_a_home_of_nobody_is_told(command, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    (home / "update.toml").write_text("[[index]]\npaths = ['~nobody-at-all/pages']", "utf-8")
    done = command()
    assert done.returncode == 1
    assert "~nobody-at-all/pages" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        read_plan(tmp_path / "update.toml")


def test_a_page_that_cannot_be_read_is_told_and_not_passed_over(command, tmp_path):
    pages = tmp_path / "home" / "pages"
    pages.mkdir(parents=True)
    (pages / "README.md").write_text("# About these pages\n", "utf-8")
    (tmp_path / "home" / "update.toml").write_text('[[index]]\npaths = ["pages"]\n', "utf-8")
    done = command()
    assert done.returncode == 0, done.stderr
    (step,) = json.loads(done.stdout)["steps"]
    assert step["status"] == "done"
    assert [each["file"] for each in step["skipped"]] == ["README.md"]

    (pages / "2024-03-05.md").write_bytes(b"\x00\x01 no page")
    done = command()
    assert done.returncode == 1
    assert "2024-03-05.md: is a binary file" in done.stderr
    (step,) = json.loads(done.stdout)["steps"]
    assert step["status"] == "incomplete"
