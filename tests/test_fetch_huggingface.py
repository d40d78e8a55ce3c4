"""Fetching Hugging Face's daily papers: a real local server that speaks its API."""

import json

import pytest

from indexer.observer import Silent
from indexer.readers.base import Page
from indexer.readers.huggingface import FetchedHuggingFace
from indexer.settings import Settings
from indexer.sources.fetcher import Fetcher
from indexer.sources.huggingface import HuggingFaceSource
from indexer.sources.politeness import PoliteClient
from indexer.sources.window import Window
from tests.paper_server import PaperServer, cut, daily_paper, dripping, seconds_for, status

DAY = "2025-09-30"


@pytest.fixture
def server():
    server = PaperServer()
    yield server
    server.close()


@pytest.fixture
def fetch(server, tmp_path):
    settings = Settings(
        home=tmp_path / "home",
        cache=tmp_path / "cache",
        hf_url=server.hf_url,
        fetch_attempts=2,
    )

    def run(*windows, **given):
        http = PoliteClient(settings.hf_url, 0.0, settings.model_copy(update=given))
        source = HuggingFaceSource(http)
        fetcher = Fetcher(settings.home / "fetched", source, Silent(), lock_timeout=1)
        report = fetcher.fetch([Window(each) for each in windows or (DAY,)])
        http.close()
        return report, fetcher.folder

    return run


def lines(folder, day=DAY):
    return (folder / f"{day}.jsonl").read_text("utf-8").rstrip("\n").split("\n")


def test_a_day(server, fetch):
    server.daily[DAY] = [daily_paper(number, DAY) for number in range(1, 4)]
    report, folder = fetch()
    assert report.missing == []
    assert [json.loads(line) for line in lines(folder)[1:]] == server.daily[DAY], "as it came"
    reading = FetchedHuggingFace().read(Page("\n".join(lines(folder))))
    assert (len(reading.rows), reading.rejects, reading.date) == (3, (), DAY)
    row = reading.rows[2]
    assert (row.arxiv_id, row.title, row.upvotes) == ("2509.00003", "Voted paper 3", 3)
    assert row.published == DAY
    assert [(text.kind, text.text) for text in row.texts] == [
        ("abstract", "A summary by its authors, in two lines."),
        ("tldr", "One sentence by a model."),
    ]
    assert row.authors == ("Ada Nowhere",)
    assert row.code_urls == ("https://github.com/nobody/nothing",)
    assert row.notes == ("keywords: made-up, papers",)


def test_more_than_a_page(server, fetch):
    server.daily[DAY] = [daily_paper(number, DAY) for number in range(1, 251)]
    report, folder = fetch()
    assert report.missing == []
    assert len(lines(folder)) == 251
    assert report.asked[0].received == 250
    assert report.asked[0].announced is None, "the API states no number"


def test_a_server_that_knows_no_pages_is_noticed(server, fetch):
    server.daily[DAY] = [daily_paper(number, DAY) for number in range(1, 101)]
    first = json.dumps(server.daily[DAY]).encode()
    server.script = [lambda *answer: (200, {}, first)] * 5
    report, folder = fetch()
    assert report.missing == []
    assert len(lines(folder)) == 101
    assert report.asked[0].duplicates == 100


def test_an_empty_day_is_asked_for_twice_and_believed(server, fetch):
    report, folder = fetch("2025-09-28")
    assert report.missing == []
    assert len(server.asked) == 2
    assert len(lines(folder, "2025-09-28")) == 1


def test_a_day_that_was_empty_only_for_a_moment(server, fetch):
    server.daily[DAY] = [daily_paper(1, DAY)]
    server.script = [lambda *answer: (200, {}, b"[]")]
    report, _ = fetch()
    assert report.asked[0].received == 1


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (cut, "2025-09-30: the answer is cut short or no JSON"),
        (lambda *answer: (200, {}, b'{"error": "x"}'), "2025-09-30: the answer is no list"),
        (status(503), "2025-09-30: 127.0.0.1"),
        (dripping, "did not answer in 2 s"),
    ],
)
def test_what_lasts_is_told(server, fetch, act, words):
    server.daily[DAY] = [daily_paper(number, DAY) for number in range(1, 4)]
    server.script = [act] * 2
    report, _ = fetch(fetch_timeout=seconds_for([act]))
    assert words in report.missing[0]
    server.script = []
    report, folder = fetch()
    assert report.missing == []
    assert len(lines(folder)) == 4


def test_a_second_page_that_fails_costs_only_itself(server, fetch):
    server.daily[DAY] = [daily_paper(number, DAY) for number in range(1, 121)]
    server.script = [lambda *answer: answer, *[cut] * 2]
    report, folder = fetch()
    assert report.missing[0].startswith("2025-09-30: papers from 100 on: the answer is cut short")
    assert len(lines(folder)) == 101
    server.asked.clear()
    report, folder = fetch()
    assert [each.query["p"] for each in server.asked] == ["1"]
    assert len(lines(folder)) == 121


def test_half_a_character_costs_no_day(server, fetch):
    summary = "A cut emoji \ud83d and a whole one \U0001f600"
    server.daily[DAY] = [daily_paper(1, DAY, summary=summary), daily_paper(2, DAY)]
    report, folder = fetch()
    assert report.missing == []
    first, _ = (json.loads(line)["paper"]["summary"] for line in lines(folder)[1:])
    assert first == "A cut emoji \ufffd and a whole one \U0001f600"


def test_records_that_say_too_little_are_rejected(server, fetch):
    odd = [{"paper": None}, {"paper": {"id": "2509.00001"}}, daily_paper(2, DAY, authors=None)]
    server.daily[DAY] = [*odd, daily_paper(3, DAY, id="not-arxiv", upvotes=None)]
    _, folder = fetch()
    reading = FetchedHuggingFace().read(Page("\n".join(lines(folder))))
    assert [(each.line, each.reason) for each in reading.rejects] == [
        (2, "the record holds no paper"),
        (3, "the title is empty"),
    ]
    assert [(row.arxiv_id, row.upvotes) for row in reading.rows] == [
        ("2509.00002", 2),
        (None, None),
    ]
