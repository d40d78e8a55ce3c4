"""Fetching from arXiv: a real local server that speaks its API, well and badly.

No paper may be lost silently: each test ends with everything there, or with what is missing.
"""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from indexer.observer import Silent
from indexer.settings import Settings
from indexer.sources import arxiv as arxiv_module
from indexer.sources.arxiv import ArxivQuestion, ArxivSource, clean_ids
from indexer.sources.fetcher import Fetcher
from indexer.sources.politeness import PoliteClient
from indexer.sources.window import Window, days
from tests.paper_server import (
    FakePaper,
    PaperServer,
    cut,
    cut_line,
    dripping,
    malformed,
    nothing_found,
    one_short,
    papers_of_day,
    seconds_for,
    status,
    well,
    without_entries,
)

DAY = "2025-09-01"
ATTEMPTS = 3


@pytest.fixture
def server():
    server = PaperServer()
    yield server
    server.close()


@pytest.fixture
def settings(server, tmp_path):
    return Settings(
        home=tmp_path / "home",
        cache=tmp_path / "cache",
        arxiv_url=server.arxiv_url,
        arxiv_interval=0.0,
        arxiv_page=5,
        fetch_attempts=ATTEMPTS,
    )


@pytest.fixture
def fetch(settings):
    """Fetches with a new client each time, as a new process would."""

    def run(*windows, question=None, again=False, **given):
        used = settings.model_copy(update=given)
        http = PoliteClient(used.arxiv_url, used.arxiv_interval, used)
        source = ArxivSource(question or ArxivQuestion(("cs.CV", "cs.CL")), used, http)
        fetcher = Fetcher(used.home / "fetched", source, Silent(), lock_timeout=1)
        report = fetcher.fetch(windows or [Window(DAY)], again=again)
        http.close()
        return report, fetcher.folder

    return run


def records(folder):
    """All kept records by id, read as lines of JSON."""
    texts = [path.read_text("utf-8") for path in folder.glob("*.jsonl")]
    lines = [json.loads(line) for text in texts for line in text.rstrip("\n").split("\n")]
    return {line["id"]: line for line in lines if "id" in line}


def ids(papers):
    return {f"{paper.id}v{paper.version}" for paper in papers}


def whole(report, folder, papers):
    assert report.missing == []
    assert set(records(folder)) == ids(papers)


def test_a_day_of_several_pages_comes_whole(server, fetch):
    server.papers = papers_of_day(DAY, 13)
    report, folder = fetch()
    whole(report, folder, server.papers)
    (delivery,) = report.asked
    assert (delivery.announced, delivery.received, delivery.duplicates) == (13, 13, 0)
    assert [each.query["start"] for each in server.asked] == ["0", "5", "10"]
    said = server.asked[0].query
    assert said["search_query"] == (
        "(cat:cs.CL OR cat:cs.CV) AND submittedDate:[202509010000 TO 202509012359]"
    )
    assert (said["sortBy"], said["sortOrder"]) == ("submittedDate", "ascending")


def test_more_than_a_hundred_results(server, fetch):
    server.papers = papers_of_day(DAY, 130)
    report, folder = fetch(arxiv_page=60)
    whole(report, folder, server.papers)


def test_records_say_all_that_arxiv_says(server, fetch):
    server.papers = [
        FakePaper(
            "2509.00001",
            datetime(2025, 9, 1, 12, tzinfo=UTC),
            title="On  <made-up>\n  papers",
            abstract="Two\n lines.",
            categories=("cs.CL", "stat.ML"),
            version=3,
            updated=datetime(2025, 9, 5, tzinfo=UTC),
            comment="12 pages",
        )
    ]
    _, folder = fetch()
    assert records(folder)["2509.00001v3"] == {
        "id": "2509.00001v3",
        "title": "On <made-up> papers",
        "authors": ["Ada Nowhere", "Bo Nobody"],
        "published": "2025-09-01T12:00:00+00:00",
        "updated": "2025-09-05T00:00:00+00:00",
        "primary_category": "cs.CL",
        "categories": ["cs.CL", "stat.ML"],
        "comment": "12 pages",
        "journal_ref": None,
        "doi": None,
        "abstract": "Two\n lines.",
    }


# A server that misbehaves for a while: everything comes

PASSING = {
    "empty first page": [without_entries],
    "empty later page": [well, without_entries],
    "nothing found, wrongly": [nothing_found, nothing_found],
    "429 with Retry-After": [status(429, Retry_After="0")],
    "429 without": [status(429)],
    "503": [status(503), well, status(503)],
    "a page cut short": [well, cut],
    "a line that breaks": [cut_line],
    "slow bytes": [dripping],
    "malformed XML": [malformed, malformed],
    "one entry short": [well, one_short],
}


@pytest.mark.parametrize("name", PASSING)
def test_what_passes_is_sat_out(server, fetch, name):
    server.papers = papers_of_day(DAY, 13)
    server.script = list(PASSING[name])
    report, folder = fetch(fetch_timeout=seconds_for(PASSING[name]))
    assert server.script == [], "every act was met"
    whole(report, folder, server.papers)
    assert report.asked[0].announced == report.asked[0].received == 13


# A server that misbehaves for good: what is missing is told

LASTING = {
    "empty first page": (without_entries, "2025-09-01: the page from result 0 on holds 0 papers"),
    "429": (status(429), "127.0.0.1:{port} answered 429, asked 3 times: Rate exceeded."),
    "503": (status(503), "answered 503, asked 3 times"),
    "404": (status(404), "answered 404"),
    "a page cut short": (cut, "the page from result 0 on is cut short or malformed"),
    "a line that breaks": (cut_line, "cannot be reached (peer closed connection"),
    "slow bytes": (dripping, "did not answer in 2 s, asked 3 times"),
    "malformed XML": (malformed, "the page from result 0 on is cut short or malformed"),
}


@pytest.mark.parametrize("name", LASTING)
def test_what_lasts_is_told(server, fetch, name):
    server.papers = papers_of_day(DAY, 4)
    act, words = LASTING[name]
    server.script = [act] * ATTEMPTS
    report, folder = fetch(fetch_timeout=seconds_for([act]))
    (missing,) = report.missing
    port = server.arxiv_url.split(":")[2].partition("/")[0]
    assert words.format(port=port) in missing
    assert records(folder) == {}
    server.script = []
    whole(*fetch(), server.papers)  # the same command goes on


def test_a_lasting_fault_within_a_day_costs_only_its_page(server, fetch):
    server.papers = papers_of_day(DAY, 13)
    server.script = [well, *[malformed] * ATTEMPTS, well]
    report, folder = fetch()
    (missing,) = report.missing
    assert missing.startswith("2025-09-01: results 5 to 9: the page from result 5 on is cut short")
    assert set(records(folder)) == ids(server.papers[:5] + server.papers[10:])
    assert (report.asked[0].announced, report.asked[0].received) == (13, 8)
    server.asked.clear()
    report, folder = fetch()
    assert [each.query["start"] for each in server.asked] == ["5"]
    whole(report, folder, server.papers)


def test_a_silent_server_ends_the_run_and_says_what_was_not_asked_for(server, fetch):
    server.papers = papers_of_day(DAY, 3) + papers_of_day("2025-09-03", 2)
    server.script = [well, *[status(503)] * ATTEMPTS]
    windows = list(days(datetime(2025, 9, 1).date(), datetime(2025, 9, 4).date()))
    report, folder = fetch(*windows, arxiv_page=5)
    # The second day is empty for now: its first answer is 503 for good.
    first, second = report.missing
    assert first.startswith("2025-09-02: ")
    assert "answered 503" in first
    assert second.startswith("2025-09-03 to 2025-09-04: not asked for, because ")
    assert set(records(folder)) == ids(server.papers[:3])
    whole(*fetch(*windows), server.papers)


def test_retry_after_is_waited_for_by_every_process(server, settings):
    server.papers = papers_of_day(DAY, 1)
    server.script = [status(503, Retry_After="1")]
    http = PoliteClient(server.arxiv_url, 0.0, settings)
    assert b"totalResults>1<" in http.ask(f"{server.arxiv_url}?search_query=cat:cs.CV", bytes)
    first, second = server.asked
    assert second.at - first.at >= 1.0


def test_a_server_that_wants_to_be_left_alone_for_an_hour_is(server, fetch):
    server.papers = papers_of_day(DAY, 1)
    server.script = [status(429, Retry_After="3600")]
    report, _ = fetch()
    assert "answered 429 and asks to be left alone for 3600 s" in report.missing[0]
    report, folder = fetch()
    assert "asked to be left alone until 2" in report.missing[0]
    assert len(server.asked) == 1
    assert records(folder) == {}


def test_retry_after_may_be_a_date(server, settings):
    from email.utils import format_datetime

    moment = datetime.now(UTC) + timedelta(seconds=2)
    server.script = [status(429, Retry_After=format_datetime(moment, usegmt=True))]
    PoliteClient(server.arxiv_url, 0.0, settings).ask(server.arxiv_url, bytes)
    assert server.asked[1].at >= moment.timestamp() - 1  # dates have no fractions


# Results that contradict themselves


def test_duplicate_ids_of_arxivs_own_are_told_apart_from_lost_papers(server, fetch):
    papers = papers_of_day(DAY, 7)
    server.papers = [*papers[:4], papers[3], *papers[4:]]
    report, folder = fetch()
    whole(report, folder, papers)
    delivery = report.asked[0]
    assert (delivery.announced, delivery.received, delivery.duplicates) == (8, 8, 1)


def test_a_page_that_repeats_another_is_read_again(server, fetch):
    """Between two requests a result slipped to the next page: one paper twice, one never."""
    server.papers = papers_of_day(DAY, 10)

    def moved(_status, _headers, _body):
        page = server.papers[4:9]
        body = server.feed({"start": "5", "max_results": "5"})
        head, tail = body.split(b"  <entry>", 1)[0], b"\n</feed>"
        return 200, {}, head + "\n".join(each.entry() for each in page).encode() + tail

    server.script = [well, moved]
    report, folder = fetch()
    whole(report, folder, server.papers)
    assert report.asked[0].received == 10


def test_a_result_set_that_grows_while_it_is_read(server, fetch):
    before, late = papers_of_day(DAY, 8), papers_of_day(DAY, 4, first=9)
    early = FakePaper("2509.09999", datetime(2025, 9, 1, tzinfo=UTC))
    server.papers = before

    def grow(*answer):
        server.papers = [early, *before, *late]  # one that comes first moves all the others
        return 200, {}, server.feed(server.asked[-1].query)

    server.script = [well, grow]
    report, folder = fetch()
    whole(report, folder, server.papers)
    assert report.asked[0].announced == 13


def test_a_result_set_that_never_rests_is_told(server, fetch):
    server.papers = papers_of_day(DAY, 6)

    def grow(*answer):
        server.papers = [*server.papers, *papers_of_day(DAY, 1, first=len(server.papers) + 1)]
        return 200, {}, server.feed(server.asked[-1].query)

    server.script = [well, grow] * 10
    report, folder = fetch()
    (missing,) = report.missing
    assert missing.startswith("2025-09-01: the results moved each of 3 times")
    assert set(records(folder)) <= ids(server.papers)
    server.script = []
    whole(*fetch(), server.papers)


def test_a_paper_that_a_later_reading_lacks_is_kept(server, fetch):
    server.papers = papers_of_day(DAY, 4)
    fetch()
    gone = server.papers.pop()
    report, folder = fetch(again=True)
    assert set(records(folder)) == ids([*server.papers, gone])
    assert (report.asked[0].received, report.asked[0].kept) == (3, 1)
    server.papers = []
    report, folder = fetch(again=True)
    assert report.missing == ["2025-09-01: none announced, where there were 4 before"]
    assert len(records(folder)) == 4


def test_a_new_version_takes_the_place_of_nothing(server, fetch):
    server.papers = papers_of_day(DAY, 2)
    fetch()
    newer = replace(server.papers[0], version=2, updated=datetime(2025, 9, 20, tzinfo=UTC))
    server.papers[0] = newer
    _, folder = fetch(again=True)
    assert set(records(folder)) == {f"{newer.id}v1", f"{newer.id}v2", f"{server.papers[1].id}v1"}


def test_an_entry_without_its_dates_is_kept_to_be_rejected(server, fetch):
    server.papers = papers_of_day(DAY, 3)

    def undated(_status, _headers, body):
        return 200, {}, body.replace(b"<published>2025-09-01T00:02:00Z</published>", b"")

    server.script = [undated]
    report, folder = fetch()
    assert report.missing == []
    assert report.asked[0].received == 3
    lines = (folder / f"{DAY}.jsonl").read_text().splitlines()
    assert "2509.00502" in json.loads(lines[2])["unreadable"]


# More than is given at once


def test_more_results_than_the_limit_are_split_by_date(server, fetch):
    spread = [paper for day in ("2023-02-28", "2024-01-01", "2024-06-30", "2025-09-01")
              for paper in papers_of_day(day, 3)]  # fmt: skip
    server.papers = spread
    question = ArxivQuestion(query="ti:paper")
    report, folder = fetch(Window("all"), question=question, arxiv_split=5)
    whole(report, folder, spread)
    split = {each.window for each in report.asked if each.split}
    assert split == {"all", "2024"}
    assert sum(each.received for each in report.asked) == 12
    server.asked.clear()
    report, _ = fetch(Window("all"), question=question, arxiv_split=5)
    assert server.asked == [], "all of it is fresh"
    assert report.missing == []


def test_a_day_beyond_the_limit_is_split_to_the_minute(server, fetch):
    noon = datetime(2025, 9, 1, 12, 30, tzinfo=UTC)
    server.papers = [
        FakePaper(f"2509.{100 + index:05d}", noon + timedelta(minutes=index // 2))
        for index in range(6)
    ]
    report, folder = fetch(arxiv_split=2)
    whole(report, folder, server.papers)
    assert {each.window for each in report.asked if each.received} == {
        "2025-09-01T12:30", "2025-09-01T12:31", "2025-09-01T12:32",
    }  # fmt: skip


def test_papers_that_no_part_of_a_split_announces_are_told(server, fetch):
    lost = FakePaper("2509.00999", datetime(1980, 1, 1, tzinfo=UTC))
    server.papers = [lost, *papers_of_day(DAY, 2), *papers_of_day("2024-01-01", 2)]
    for _ in range(2):  # and again, until it is there
        report, folder = fetch(
            Window("all"), question=ArxivQuestion(query="ti:paper"), arxiv_split=3
        )
        assert report.missing == ["all: 5 announced in all, and 4 by its parts"]
        assert set(records(folder)) == ids(server.papers[1:])


def test_a_split_day_that_is_read_whole_takes_the_place_of_its_parts(server, fetch):
    server.papers = papers_of_day(DAY, 7)
    fetch(arxiv_split=4)
    gone = server.papers.pop()
    for act in (status(503), malformed):  # a whole that cannot be read takes no part's place
        server.script = [act] * ATTEMPTS
        report, folder = fetch(again=True)
        assert report.missing
        assert len(list(folder.glob(f"{DAY}T*.jsonl"))) > 1
        assert set(records(folder)) == ids([*server.papers, gone])
    report, folder = fetch()
    assert report.missing == []
    assert [path.name for path in folder.glob("*.jsonl")] == [f"{DAY}.jsonl"]
    assert set(records(folder)) == ids([*server.papers, gone])
    assert (report.asked[0].received, report.asked[0].kept) == (6, 1)


def test_a_minute_beyond_the_limit_is_told(server, fetch):
    noon = datetime(2025, 9, 1, 12, 30, tzinfo=UTC)
    server.papers = [FakePaper(f"2509.{100 + index:05d}", noon) for index in range(3)]
    report, _ = fetch(Window("2025-09-01T12:30"), arxiv_split=2)
    assert report.missing == [
        "2025-09-01T12:30: 3 announced, more than can be asked for in one minute"
    ]


# Certain papers, authors, updates


def test_ids_that_do_not_exist_are_named(server, fetch):
    server.papers = papers_of_day(DAY, 12)
    asked = clean_ids(
        [",".join(paper.id for paper in server.papers[:9]), "2509.99998v2", "cs/9901001"]
    )
    report, folder = fetch(Window("all"), question=ArxivQuestion(ids=asked))
    assert report.missing == ["all: no record of 2509.99998v2, cs/9901001"]
    assert set(records(folder)) == ids(server.papers[:9])
    assert report.asked[0].announced == 11


def test_ids_that_do_not_exist_though_they_are_counted(server, fetch):
    server.papers = papers_of_day(DAY, 2)

    def count_three(_status, _headers, body):
        return 200, {}, body.replace(b"totalResults>2<", b"totalResults>3<")

    server.script = [count_three] * (ATTEMPTS + 1)
    asked = (*(paper.id for paper in server.papers), "2509.99998")
    report, folder = fetch(Window("all"), question=ArxivQuestion(ids=asked))
    assert report.missing == ["all: no record of 2509.99998"]
    assert set(records(folder)) == ids(server.papers)


def test_a_certain_version(server, fetch):
    server.papers = [replace(papers_of_day(DAY, 1)[0], version=3)]
    question = ArxivQuestion(ids=(f"{server.papers[0].id}v2",))
    report, folder = fetch(Window("all"), question=question)
    assert report.missing == []
    assert set(records(folder)) == {f"{server.papers[0].id}v2"}


def test_many_ids_are_asked_for_in_several_questions(server, fetch, monkeypatch):
    monkeypatch.setattr(arxiv_module, "IDS_AT_ONCE", 4)
    server.papers = papers_of_day(DAY, 10)
    question = ArxivQuestion(ids=tuple(paper.id for paper in server.papers))
    report, folder = fetch(Window("all"), question=question)
    whole(report, folder, server.papers)
    assert len(server.asked) == 3


def test_no_ids_of_another_kind():
    with pytest.raises(ValueError, match=r"2513\.00001"):
        clean_ids(["2509.00001", "2513.00001"])


def test_authors_and_a_query_must_both_hold(server, fetch):
    ada, bo = papers_of_day(DAY, 2)
    server.papers = [replace(ada, authors=("Ada Nowhere",)), replace(bo, authors=("Bo Nobody",))]
    question = ArxivQuestion(authors=("Ada Nowhere",), query="ti:Made")
    report, folder = fetch(Window("all"), question=question)
    whole(report, folder, server.papers[:1])
    assert server.asked[0].query["search_query"] == '(au:"Ada Nowhere") AND (ti:Made)'


def test_by_the_day_of_the_update(server, fetch):
    old, new = papers_of_day("2025-08-01", 2)
    server.papers = [old, replace(new, version=2, updated=datetime(2025, 9, 1, 8, tzinfo=UTC))]
    question = ArxivQuestion(("cs.CV",), by="lastUpdatedDate")
    report, folder = fetch(question=question)
    whole(report, folder, server.papers[1:])
    assert "lastUpdatedDate:[202509010000" in server.asked[0].query["search_query"]
    # Updated once more, it is another day's paper, and nothing is wrong with this day.
    server.papers[1] = replace(new, version=3, updated=datetime(2025, 9, 5, tzinfo=UTC))
    report, folder = fetch(question=question, again=True)
    assert (report.missing, report.asked[0].kept) == ([], 1)
    assert set(records(folder)) == {f"{new.id}v2"}


def test_a_question_that_arxiv_refuses(server, fetch):
    def refuse(_status, _headers, body):
        entry = (
            "<entry><id>http://arxiv.org/api/errors#made_up</id><title>Error</title>"
            "<summary>incorrect field: xx</summary></entry></feed>"
        )
        return 200, {}, body.replace(b"</feed>", entry.encode())

    server.script = [refuse]
    report, _ = fetch()
    assert report.missing == ["2025-09-01: arXiv refuses: incorrect field: xx"]


# Going on


def test_days_that_are_whole_are_not_asked_for_again(server, fetch):
    server.papers = papers_of_day(DAY, 3)
    fetch()
    server.asked.clear()
    report, _ = fetch()
    assert server.asked == []
    assert (report.fresh, report.asked) == (1, [])
    report, _ = fetch(again=True)
    assert len(server.asked) == 1


def test_a_day_that_may_still_grow_is_asked_for_again(server, fetch):
    today = datetime.now(UTC).date().isoformat()
    _, folder = fetch(Window(today))
    path = folder / f"{today}.jsonl"
    head = json.loads(path.read_text())
    assert head["settled"] is False
    yesterday = datetime.now(UTC) - timedelta(hours=7)
    path.write_text(json.dumps(head | {"fetched_at": yesterday.isoformat()}) + "\n")
    server.asked.clear()
    fetch(Window(today))
    assert server.asked, "seven hours are too long ago"


def test_an_old_cursor_is_not_gone_on_with(server, fetch):
    server.papers = papers_of_day(DAY, 8)
    server.script = [well, *[malformed] * ATTEMPTS]
    _, folder = fetch()
    (cursor,) = folder.glob(".*.cursor")
    first, *rest = cursor.read_text().splitlines(keepends=True)
    begun = (datetime.now(UTC) - timedelta(days=2)).isoformat()
    cursor.write_text(json.dumps(json.loads(first) | {"begun": begun}) + "\n" + "".join(rest))
    server.asked.clear()
    whole(*fetch(), server.papers)
    assert [each.query["start"] for each in server.asked] == ["0", "5"]


@pytest.mark.parametrize("keep", [0, 10, -1, -30])
def test_a_cursor_cut_anywhere_is_gone_on_with(server, fetch, keep):
    server.papers = papers_of_day(DAY, 18)
    server.script = [well, well, *[malformed] * ATTEMPTS]
    _, folder = fetch()
    (cursor,) = folder.glob(".*.cursor")
    data = cursor.read_bytes()
    cursor.write_bytes(data[:keep])
    whole(*fetch(), server.papers)
    assert not list(folder.glob(".*.cursor"))
