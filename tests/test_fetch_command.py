"""`archive fetch` and `archive status`, as people and scripts meet them."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from indexer.ledger import Ledger
from indexer.settings import Settings
from search_api.archive import Archive
from search_api.fetching import Job, fetch, status
from tests.paper_server import (
    FakePaper,
    PaperServer,
    daily_paper,
    malformed,
    papers_of_day,
    silent,
    well,
)
from tests.paper_server import status as refuse

BIN = Path(sys.executable).with_name("archive")
EXAMPLES = Path(__file__).parent.parent / "indexer" / "examples"


@pytest.fixture
def server():
    server = PaperServer()
    yield server
    server.close()


@pytest.fixture
def given(server, tmp_path):
    """The settings of these tests, by environment variable."""
    return {
        "ARCHIVE_HOME": str(tmp_path / "home"),
        "ARCHIVE_ARXIV_URL": server.arxiv_url,
        "ARCHIVE_ARXIV_INTERVAL": "0",
        "ARCHIVE_ARXIV_PAGE": "5",
        "ARCHIVE_HF_URL": server.hf_url,
        "ARCHIVE_HF_INTERVAL": "0",
        "ARCHIVE_FETCH_ATTEMPTS": "2",
    }


@pytest.fixture
def archive(given, monkeypatch, session_embedder):
    """An archive in this process."""
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with Archive(Settings(), embedder=session_embedder) as archive:
        yield archive


@pytest.fixture
def command(archive_command, given):
    def run(*arguments):
        done = archive_command(*arguments, env=given)
        assert "Traceback" not in done.stderr, done.stderr
        return done

    return run


FROM_TO = ("--from", "2025-09-01", "--to", "2025-09-03")


def test_a_fetch_becomes_papers(server, archive):
    server.papers = [
        FakePaper(
            "2509.00001",
            datetime(2025, 9, 1, 23, 59, 30, tzinfo=UTC),
            title="Paying attention to nothing",
            abstract="A network that\nlooks at nothing.",
            categories=("cs.CV", "cs.CL"),
            version=2,
            updated=datetime(2025, 9, 4, tzinfo=UTC),
            comment="Accepted nowhere",
        ),
        FakePaper(
            "2509.00002",
            datetime(2025, 9, 3, tzinfo=UTC),
            title="A claim taken back",
            abstract="This paper has been withdrawn by the authors due to an error in Lemma 1.",
            version=2,
            comment="This paper has been withdrawn due to an error",
        ),
        FakePaper("2509.00003", datetime(2025, 9, 2, tzinfo=UTC), categories=("math.CO",)),
    ]
    job = Job(("cs.CL", "cs.CV"), date_from="2025-09-01", date_to="2025-09-03")
    done = fetch(archive, job)
    assert done.missing == []
    assert (done.announced, done.received, done.asked) == (2, 2, 3)
    assert (done.index.papers_new, done.index.rows_rejected) == (2, 0)
    paper = archive.paper("2509.00001")
    today = datetime.now(UTC).date().isoformat()
    assert (paper.date, paper.date_precision) == ("2025-09-01", "day")
    assert (paper.updated, paper.seen_in[0].date) == ("2025-09-04", today)
    assert paper.sources == ("arxiv",)
    assert paper.seen_in[0].layout == "arxiv"
    assert paper.versions == (2,)
    assert paper.categories == ("cs.CV", "cs.CL")
    assert paper.authors == ("Ada Nowhere", "Bo Nobody")
    assert [(text.kind, text.language, text.text) for text in paper.texts] == [
        ("abstract", "en", "A network that looks at nothing.")
    ]
    assert paper.notes == ("comment: Accepted nowhere",)
    withdrawn = archive.paper("2509.00002")
    assert withdrawn.texts == ()
    assert withdrawn.notes == (
        "withdrawn: This paper has been withdrawn by the authors due to an error in Lemma 1.",
        "withdrawn: This paper has been withdrawn due to an error",
    )
    again = fetch(archive, job)
    assert (again.asked, again.fresh, again.index.passages_embedded) == (0, 3, 0)
    assert archive.searcher.search("attention").results[0].paper_id == "2509.00001"


def test_one_paper_of_several_sources_is_one_paper(server, archive):
    server.papers = papers_of_day("2025-09-30", 1)
    paper_id = server.papers[0].id
    server.daily["2025-09-30"] = [daily_paper(7, "2025-09-30", id=paper_id)]
    fetch(archive, Job(ids=(paper_id,)))
    fetch(archive, Job(hf="2025-09-30"))
    paper = archive.paper(paper_id)
    assert set(paper.sources) == {"arxiv", "huggingface"}
    assert paper.upvotes == 7
    assert {at.date for at in paper.seen_in if at.source == "huggingface"} == {"2025-09-30"}


def test_addresses_may_have_a_query_of_their_own(server, archive):
    given = {"arxiv_url": f"{server.arxiv_url}?key=7", "hf_url": f"{server.hf_url}?key=7"}
    archive.settings = archive.settings.model_copy(update=given)
    server.papers = papers_of_day("2025-09-30", 1)
    server.daily["2025-09-30"] = [daily_paper(7, "2025-09-30")]
    for job in (Job(ids=(server.papers[0].id,)), Job(hf="2025-09-30")):
        assert (fetch(archive, job).received, server.asked[-1].query["key"]) == (1, "7")


def test_the_ledger_counts(server, archive):
    server.papers = papers_of_day("2025-09-01", 3) + papers_of_day("2025-09-03", 2)

    def undated(_status, _headers, body):
        return 200, {}, body.replace(b"<published>2025-09-03T00:01:00Z</published>", b"")

    # The second day is empty, which is asked for three times.
    server.script = [well, well, well, well, undated]
    fetch(archive, Job(("cs.CV",), date_from="2025-09-01", date_to="2025-09-03"))
    found = status(archive)
    assert [
        (day.day, day.announced, day.received, day.indexed, day.rejected) for day in found.days
    ] == [
        ("2025-09-01", 3, 3, 3, 0),
        ("2025-09-02", 0, 0, 0, 0),
        ("2025-09-03", 2, 2, 1, 1),
    ]
    assert found.gaps == []
    (sums,) = found.sources
    assert (sums.source, sums.stream, sums.announced) == ("arxiv", "cat:cs.CV", 5)


def test_gaps_are_shown_with_the_command_that_fills_them(server, command, given):
    server.papers = papers_of_day("2025-09-01", 7) + papers_of_day("2025-09-03", 2)
    server.script = [well, malformed, malformed]
    asked = ("fetch", "--category", "cs.CV", "--category", "cs.CL")
    done = command(*asked, *FROM_TO, "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["missing"][0].startswith("2025-09-01: results 5 to 6: ")
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("archive: arxiv is not whole: 2025-09-01: results 5 to 6: ")

    # A day that nobody asked for: the stream is followed from further back.
    server.script = []
    assert command(*asked, "--from", "2025-08-29", "--to", "2025-08-29").returncode == 0
    found = json.loads(command("status", "--json").stdout)
    assert [(gap["kind"], gap["first"], gap["last"]) for gap in found["gaps"]] == [
        ("absent", "2025-08-30", "2025-08-31"),
        ("short", "2025-09-01", "2025-09-01"),
    ]
    shown = command("status").stdout
    for gap in found["gaps"]:
        assert gap["command"].startswith("archive fetch --category cs.CL --category cs.CV --from ")
        assert gap["command"] in shown
        assert command(*gap["command"].split()[1:]).returncode == 0
    found = json.loads(command("status", "--json").stdout)
    assert found["gaps"] == []
    assert [day["received"] for day in found["days"]] == [0, 0, 0, 7, 0, 2]


def test_killed_anywhere_the_same_command_goes_on(server, given, command, state, tmp_path):
    server.papers = papers_of_day("2025-09-01", 17) + papers_of_day("2025-09-03", 12)
    asked = ("fetch", "--category", "cs.CV", *FROM_TO)
    whole = tmp_path / "whole"
    assert command(*asked, "--home", whole, "--json").returncode == 0
    needed = len(server.asked)
    server.asked.clear()
    for requests in (2, 3, 2):  # killed while the next page is on its way
        before = len(server.asked)
        server.script = [well] * (requests - 1) + [silent]
        process = subprocess.Popen([BIN, *asked], env=os.environ | given, stdout=subprocess.DEVNULL)
        while len(server.asked) < before + requests and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    server.script = []
    done = command(*asked, "--json")
    assert done.returncode == 0, done.stderr
    assert len(server.asked) == needed + 3, "only the three requests that a kill met were lost"
    assert state(Path(given["ARCHIVE_HOME"])) == state(whole)


def test_an_archive_is_made_anew_from_what_was_fetched(server, archive):
    server.papers = papers_of_day("2025-09-01", 3)
    job = Job(("cs.CV",), date_from="2025-09-01", date_to="2025-09-02")
    fetch(archive, job)
    before = [archive.paper(each) for each in archive.catalogue.paper_ids()]
    days = status(archive).days
    home = archive.home
    archive.close()
    for path in home.glob("catalogue.sqlite*"):
        path.unlink()
    server.asked.clear()
    with Archive(Settings(), embedder=archive.embedder) as anew:
        done = fetch(anew, job)
        assert (server.asked, done.missing) == ([], [])
        assert [anew.paper(each) for each in anew.catalogue.paper_ids()] == before
        assert status(anew).days == days


def test_in_a_home_that_was_moved_nothing_is_counted_twice(server, archive, tmp_path):
    server.papers = papers_of_day("2025-09-01", 3)
    job = Job(("cs.CV",), date_from="2025-09-01", date_to="2025-09-02")
    fetch(archive, job)
    before = [archive.paper(each) for each in archive.catalogue.paper_ids()]
    archive.close()
    moved = archive.home.rename(tmp_path / "moved")
    with Archive(Settings(home=moved), embedder=archive.embedder) as there:
        fetch(there, job)
        found = status(there)
        assert [(day.day, day.indexed) for day in found.days] == [
            ("2025-09-01", 3),
            ("2025-09-02", 0),
        ]
        assert len(found.sources) == 1
        assert [there.paper(each) for each in there.catalogue.paper_ids()] == before
        (moved / "fetched").rename(tmp_path / "elsewhere")
        assert fetch(there, Job(("cs.CV",), date_from="2025-09-02", date_to="2025-09-02")).asked
        assert there.catalogue.paper_ids() == [paper.paper_id for paper in before]


def test_a_day_in_parts_that_is_read_whole_is_counted_once(server, archive):
    server.papers = papers_of_day("2025-09-01", 8)
    job = Job(("cs.CV",), date_from="2025-09-01", date_to="2025-09-01")
    # The first hour that is asked for fails, for good.
    server.script = [well, malformed, malformed]
    settings = archive.settings
    archive.settings = settings.model_copy(update={"arxiv_split": 5})
    assert fetch(archive, job).missing
    archive.settings = settings
    assert fetch(archive, job, again=True).missing == []
    (day,) = status(archive).days
    assert (day.announced, day.received, day.indexed) == (8, 8, 8)
    assert status(archive).gaps == []
    assert len(archive.paper(server.papers[0].id).seen_in) == 1


def test_the_last_days_are_asked_for_again_and_today_is_no_gap(server, archive):
    today = datetime.now(UTC).date()
    first = (today - timedelta(days=2)).isoformat()
    done = fetch(archive, Job(("cs.CV",), date_from=first))
    assert (done.asked, status(archive).gaps) == (3, [])
    assert not any(day.settled for day in status(archive).days)


def test_daily_pages_from_files_take_part(archive, tmp_path):
    pages = tmp_path / "pages"
    pages.mkdir()
    example = Path(__file__).parent.parent / "indexer/examples/topic-tables_2024-03-04.md"
    for day in (4, 5, 7, 8, 11, 12):  # Wednesday the 6th is missing; at weekends there is none
        text = example.read_text("utf-8").replace("2024.03.04", f"2024.03.{day:02}")
        (pages / f"my-digest_2024-03-{day:02}.md").write_text(text, "utf-8")
    archive.index([pages])
    found = status(archive, home=tmp_path / "my home")
    (gap,) = found.gaps
    assert (gap.source, gap.first, gap.last, gap.kind) == (
        "my-digest", "2024-03-06", "2024-03-06", "absent",
    )  # fmt: skip
    assert gap.command == f"archive index {pages} --home '{tmp_path / 'my home'}'"
    assert [day.day for day in found.days][:2] == ["2024-03-04", "2024-03-05"]
    assert found.days[0].indexed == found.days[0].received > 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Say what to fetch"),
        (("--category", "cs.CV"), "give --from"),
        (("--category", "cs.CV", "--from", "x"), "'x' is not a date"),
        (("--category", "cs.CV", "--from", "2999-01-01"), "has not begun"),
        (("--category", "cs.CV", "--from", "2025-02", "--to", "2025-01"), "wrong way round"),
        (("--category", "cs.CV", "--from", "1985-12-31"), "1985-12-31 is too early"),
        (("--hf", "0001-01-01"), "0001-01-01 is too early"),
        (("--hf", "2025-09-30", "--category", "cs.CV"), "Say what to fetch"),
        (("--ids", "2509.1"), "2509.1 is no arXiv id"),
        (("--ids", "2509.00001", "--from", "2025-01-01"), "--from goes with"),
        (("--query", "ti:x", "--to", "2025-01-01"), "--to needs --from"),
        (("--query", "ti:x", "--updated"), "--updated needs --from"),
        (("--category", "cs.CV OR all:x", "--from", "2025-01-01"), "is no arXiv category"),
        (("--author", 'x" OR au:"y'), "is no author's name"),
    ],
)
def test_wrong_usage(archive, arguments, words):
    from typer.testing import CliRunner

    from embeddings.errors import BadQuery
    from search_api.commands.fetching import app

    done = CliRunner().invoke(app, ["fetch", *arguments])
    assert isinstance(done.exception, BadQuery)
    assert words in str(done.exception)


def test_a_topic_is_suggested_only_where_it_is_like_what_was_typed(command):
    asked = ("fetch", "--from", "2025-09-01", "--topic")
    assert "Did you mean" not in command(*asked, "nosuch").stderr
    assert "Did you mean Speech and audio?" in command(*asked, "speach and audio").stderr


def test_a_stream_that_is_no_longer_followed_has_no_gaps(server, archive):
    server.script = [refuse(503)] * 2
    done = fetch(archive, Job(("cs.XX",), date_from="2025-09-01", date_to="2025-09-01"))
    assert done.missing
    assert [gap.kind for gap in status(archive).gaps] == ["short"]
    assert Ledger(archive.catalogue).unfollow("cat:cs.XX")
    assert status(archive).gaps == []
    assert not Ledger(archive.catalogue).unfollow("cat:cs.XX")


def test_the_command_forgets_a_stream(server, archive, archive_command):
    server.script = [refuse(503)] * 2
    fetch(archive, Job(("cs.XX",), date_from="2025-09-01", date_to="2025-09-01"))
    done = archive_command("unfollow", "cat:cs.XX", "--json", home=archive.home)
    assert json.loads(done.stdout) == {"stream": "cat:cs.XX", "followed": False}
    done = archive_command("unfollow", "cat:cs.XX", home=archive.home)
    assert done.returncode == 1
    assert "is followed" in done.stderr


def test_status_tells_of_pages_without_a_day(archive, archive_command, tmp_path):
    archive.index([EXAMPLES], embed=False)
    library = tmp_path / "library.jsonl"
    library.write_text(json.dumps({"paper_id": "2401.00001", "title": "A title"}))
    archive.index([library], embed=False)
    found = status(archive)
    assert [asdict(each) for each in found.undated] == [
        {"source": "arxiv-by-category", "pages": 1, "entries": 12}
    ]
    assert sum(each.received for each in found.sources) + 12 == 54
    assert status(archive, source="topic-tables").undated == []
    shown = archive_command("status", home=archive.home).stdout
    assert shown.endswith("arxiv-by-category: 1 undated page with 12 entries in no day\n")
    alone = archive_command("status", "--source", "arxiv-by-category", home=archive.home).stdout
    assert alone.endswith("arxiv-by-category: 1 undated page with 12 entries in no day\n")


def test_status_of_an_archive_without_sources(archive):
    assert status(archive) == status(archive, source="arxiv")
    assert status(archive).sources == []
