"""One request at a time and never too soon, whatever process asks."""

import contextlib
import subprocess
import sys
import time
from itertools import pairwise

import pytest

from embeddings.errors import SourceError
from indexer.settings import Settings
from indexer.sources.politeness import Pace, PoliteClient
from tests.conftest import DEADLINE
from tests.paper_server import PaperServer, status

INTERVAL = 0.4
ASK = """
import sys
from pathlib import Path
from indexer.settings import Settings
from indexer.sources.politeness import PoliteClient
client = PoliteClient(sys.argv[1], float(sys.argv[3]), Settings(cache=Path(sys.argv[2])))
for _ in range(3):
    client.ask(sys.argv[1], bytes)
"""


@pytest.fixture
def server():
    server = PaperServer()
    yield server
    server.close()


def test_processes_take_turns(server, tmp_path):
    turns = []  # when the next one may begin, as said while each request was answered

    def noted(*answer):
        (said,) = tmp_path.glob("sources/*.next")
        turns.append(float(said.read_text()))
        return answer

    server.script = [noted] * 6
    arguments = [sys.executable, "-c", ASK, server.arxiv_url, str(tmp_path), str(INTERVAL)]
    asking = [subprocess.Popen(arguments) for _ in range(2)]
    assert [process.wait(DEADLINE) for process in asking] == [0, 0]
    assert len(turns) == len(server.asked) == 6
    # A request may arrive late, which makes the time up to the next one shorter than it was.
    assert all(b - a > INTERVAL - 0.01 for a, b in pairwise(turns))
    assert all(b.at > a - 0.01 for a, b in zip(turns, server.asked[1:], strict=False))


@pytest.mark.parametrize("url", ["https://export.arxiv.org/api/query", "http://arxiv.org/api"])
def test_arxiv_is_never_asked_more_often_than_it_allows(url, tmp_path):
    client = PoliteClient(url, 0.1, Settings(cache=tmp_path))
    assert client._pace.interval == 3.0
    client.close()


def test_a_host_that_only_looks_like_arxiv_has_its_own_pace(tmp_path):
    client = PoliteClient("http://notarxiv.org/api", 0.1, Settings(cache=tmp_path))
    assert client._pace.interval == 0.1
    client.close()


def test_a_password_is_sent_and_never_shown(server, tmp_path):
    url = server.arxiv_url.replace("http://", "http://me:secret@")
    client = PoliteClient(url, 0.0, Settings(cache=tmp_path, fetch_attempts=1))
    client.ask(client.url, bytes)
    assert server.asked[0].headers["Authorization"] == "Basic bWU6c2VjcmV0"
    assert (client.shown, client.host) == (server.arxiv_url, server.root.removeprefix("http://"))
    server.script = [status(404)]
    with pytest.raises(SourceError) as refused:
        client.ask(client.url, bytes)
    client.close()
    kept = [each.name for each in (tmp_path / "sources").iterdir()]
    assert not any("secret" in each for each in (str(refused.value), *kept))


@pytest.mark.parametrize("left", ["", "12", "nonsense", "9e12"])
def test_whatever_a_killed_process_or_a_clock_left_does_not_stop_it(tmp_path, left):
    pace = Pace(tmp_path, "host", 0.01)
    (tmp_path / "host.next").write_text(left)
    with pace.turn():
        assert float((tmp_path / "host.next").read_text()) == pytest.approx(time.time(), abs=60)


@pytest.mark.parametrize(
    ("stated", "told"),
    [
        ("Wed, 21 Oct 99999999999999 07:28:00 GMT", "asked 1 times"),
        ("Wed, 21 Oct 2025 07:28:00 +99999999999999", "asked 1 times"),
        ("²", "asked 1 times"),
        ("9" * 400, "asks to be left alone for 86400 s"),
        ("Fri, 31 Dec 9999 23:59:59 GMT", "asks to be left alone for 86400 s"),
    ],
)
def test_whatever_a_server_asks_to_wait_for(server, tmp_path, stated, told):
    client = PoliteClient(server.arxiv_url, 0.0, Settings(cache=tmp_path, fetch_attempts=1))
    server.script = [status(503, Retry_After=stated)]
    with pytest.raises(SourceError, match=f"answered 503.*{told}"):
        client.ask(client.url, bytes)
    client.close()


def test_an_answer_that_is_not_packed_as_it_says_is_asked_for_again(server, tmp_path):
    client = PoliteClient(server.arxiv_url, 0.0, Settings(cache=tmp_path, fetch_attempts=2))
    server.script = [lambda *_: (200, {"Content-Encoding": "gzip"}, b"no gzip")]
    assert b"totalResults" in client.ask(client.url, bytes)
    client.close()


def test_nobody_waits_for_all_the_words_of_a_refusal(server, tmp_path):
    def drip(handler):
        handler.send_response(503)
        handler.send_header("Content-Length", "1000000")
        handler.end_headers()
        with contextlib.suppress(OSError):  # the client has hung up
            for _ in range(200):
                handler.wfile.write(b"Busy ")
                handler.wfile.flush()
                time.sleep(0.05)
        handler.close_connection = True

    settings = Settings(cache=tmp_path, fetch_attempts=1, fetch_timeout=2.0)
    client = PoliteClient(server.arxiv_url, 0.0, settings)
    server.script = [lambda *_: drip]
    with pytest.raises(SourceError, match="answered 503, asked 1 times: Busy"):
        client.ask(client.url, bytes)
    client.close()


def test_a_host_that_nobody_answers_at(tmp_path):
    settings = Settings(cache=tmp_path, fetch_attempts=2)
    with pytest.raises(SourceError, match=r"127.0.0.1:9 cannot be reached"):
        PoliteClient("http://127.0.0.1:9/", 0.0, settings).ask("http://127.0.0.1:9/", bytes)
