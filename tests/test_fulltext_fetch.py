"""Full texts from a real server that answers as arXiv does, well and badly."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from embeddings.errors import IncompleteFetch, InputError
from indexer.settings import Settings
from search_api.archive import Archive
from search_api.fulltexts.adding import fetch
from search_api.fulltexts.listing import listing, remove
from tests.test_fulltext import FACT, PAPER, QUESTION, TITLE, print_paper
from tests.test_fulltext_extract import latexml

HTML = f"/html/{PAPER}"
PDF = f"/pdf/{PAPER}"
NONE = b"<!DOCTYPE html><html><body><h1>HTML is not available for the source</h1></body></html>"


def page(version=7, fact=FACT):
    made = latexml().replace(b"A Made-Up Study of Tides", TITLE.encode())
    made = made.replace(b"2401.00001v2", f"{PAPER}v{version}".encode())
    return made.replace(b"We measure tides.", fact.encode())


def pdf(version=7):
    return bytes(print_paper(stamp=f"arXiv:{PAPER}v{version} [cs.CL] 2 Aug 2023"))


class FileServer:
    """`files` are bodies, or lists of (status, headers, body) to be given one after the other."""

    def __init__(self):
        self.files, self.asked = {}, []
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                owner.asked.append(self.path)
                found = owner.files.get(self.path, (404, {}, b"<h1>Not found</h1>"))
                if isinstance(found, list):
                    found = found.pop(0) if len(found) > 1 else found[0]
                status, headers, body = (200, {}, found) if isinstance(found, bytes) else found
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def files():
    server = FileServer()
    yield server
    server.close()


@pytest.fixture
def archive(example, copy_of, files, tmp_path):
    settings = Settings(
        home=copy_of(example),
        arxiv_files_url=files.url,
        arxiv_interval=0.0,
        fetch_attempts=3,
        fetch_timeout=20.0,
    )
    with Archive(settings) as archive:
        yield archive


def fetched(archive, *ids, **given):
    return list(fetch(archive, ids or [PAPER], **given))


def nothing_kept(archive):
    assert listing(archive) == []
    assert archive.paper(PAPER).fulltext is None


def test_the_html_version_is_taken_and_says_which_it_is(archive, files):
    files.files = {HTML: page(), PDF: pdf()}
    (added,) = fetched(archive)
    assert files.asked == [HTML]
    assert (added.source.format, added.source.version) == ("html", 7)
    assert added.source.origin == files.url + HTML
    assert archive.asker.ask(QUESTION).citations[0].quote == FACT


@pytest.mark.parametrize("none", [None, NONE])
def test_without_html_the_pdf_is_taken(archive, files, none):
    files.files = {PDF: pdf(6)} | ({HTML: none} if none else {})
    (added,) = fetched(archive)
    assert files.asked == [HTML, PDF]
    assert (added.source.format, added.source.version) == ("pdf", 6)
    assert archive.asker.ask(QUESTION).citations[0].page == print_paper().pages[FACT]


def test_the_pdf_is_taken_where_it_is_asked_for(archive, files):
    files.files = {HTML: page(), PDF: pdf()}
    assert fetched(archive, pdf=True)[0].source.pages > 2
    assert files.asked == [PDF]


def test_a_version_is_asked_for_by_name(archive, files):
    unstamped = bytes(print_paper())
    files.files = {f"{PDF}v3": unstamped}
    (added,) = fetched(archive, f"{PAPER}v3")
    assert files.asked == [f"{HTML}v3", f"{PDF}v3"]
    assert added.source.version == 3
    assert fetched(archive, f"{PAPER}v3")[0].known


def test_a_busy_server_is_asked_again(archive, files):
    files.files = {HTML: [(429, {"Retry-After": "0"}, b""), (500, {}, b""), (200, {}, page())]}
    assert fetched(archive)[0].source.version == 7
    assert files.asked == [HTML] * 3


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_that_stays_busy_is_told_and_nothing_kept(archive, files, status):
    files.files = {HTML: (status, {}, b""), PDF: pdf()}
    with pytest.raises(IncompleteFetch, match=f"answered {status}, asked 3 times"):
        fetched(archive)
    assert PDF not in files.asked
    nothing_kept(archive)


def test_a_paper_without_any_file_is_told(archive, files):
    with pytest.raises(IncompleteFetch, match="404"):
        fetched(archive)
    assert files.asked == [HTML, PDF]
    nothing_kept(archive)


def test_a_cut_pdf_is_asked_for_again_and_never_kept(archive, files):
    files.files = {PDF: [(200, {}, pdf()[:-4000]), (200, {}, pdf())]}
    assert fetched(archive, pdf=True)[0].blocks > 3
    remove(archive, [PAPER])
    files.files = {PDF: pdf()[:-4000]}
    with pytest.raises(IncompleteFetch, match="cut short"):
        fetched(archive, pdf=True)
    files.files = {PDF: (200, {"Content-Length": "999999"}, pdf())}
    with pytest.raises(IncompleteFetch, match="cannot be reached"):
        fetched(archive, pdf=True)
    nothing_kept(archive)


def test_a_pdf_without_text_is_told_with_its_address(archive, files):
    files.files = {PDF: pdf().replace(b" Tj", b" pop")}
    with pytest.raises(IncompleteFetch, match="no text layer"):
        fetched(archive)
    nothing_kept(archive)


def test_the_file_of_another_paper_is_refused(archive, files):
    files.files = {HTML: page().replace(PAPER.encode(), b"2401.00002")}
    with pytest.raises(IncompleteFetch, match="2401"):
        fetched(archive)
    nothing_kept(archive)


def test_nothing_is_asked_for_papers_that_are_not_here_or_not_on_arxiv(archive, files, tmp_path):
    bulk = tmp_path / "more.jsonl"
    bulk.write_text(json.dumps({"title": "A paper of a journal", "doi": "10.1000/xyz"}) + "\n")
    archive.index([bulk])
    for ids, said in (
        ([PAPER, "2401.99999"], "archive fetch --ids 2401.99999"),
        ([PAPER, "doi:10.1000/xyz"], "archive fulltext add FILE --paper doi:10.1000/xyz"),
    ):
        with pytest.raises(InputError, match=said):
            fetched(archive, *ids)
    assert files.asked == []
    nothing_kept(archive)


@pytest.mark.parametrize("others", [("2010.11929", PAPER), (PAPER, "2010.11929")])
def test_what_one_paper_lacks_keeps_no_other_from_coming(archive, files, others):
    files.files = {HTML: page()}
    said = r"^1 of 2 texts did not come: 2010.11929: 127.0.0.1:\d+ answered 404: Not found$"
    with pytest.raises(IncompleteFetch, match=said):
        fetched(archive, *others)
    assert archive.paper(PAPER).fulltext.source.version == 7


def test_a_server_that_stays_busy_is_not_asked_for_the_rest(archive, files):
    files.files = {HTML: (503, {}, b"")}
    with pytest.raises(IncompleteFetch, match=r"asked 3 times; 2010\.11929: not asked for"):
        fetched(archive, PAPER, "2010.11929")
    assert files.asked == [HTML] * 3


def test_a_password_is_kept_nowhere(archive, files):
    secret = files.url.replace("http://", "http://me:secret@")
    archive.settings = archive.settings.model_copy(update={"arxiv_files_url": secret})
    files.files = {HTML: page()}
    (added,) = fetched(archive)
    assert added.source.origin == files.url + HTML
    files.files = {PDF: pdf().replace(b" Tj", b" pop")}
    with pytest.raises(IncompleteFetch, match="no text layer") as refused:
        fetched(archive, pdf=True)
    assert "secret" not in str(refused.value)
    assert not any(b"secret" in path.read_bytes() for path in (archive.home / "fulltext").iterdir())


def test_only_the_command_that_is_named_so_asks_for_files(example, copy_of, files, archive_command):
    files.files = {HTML: page(), PDF: pdf()}
    home = copy_of(example)
    env = {"ARCHIVE_ARXIV_FILES_URL": files.url, "ARCHIVE_ARXIV_INTERVAL": "0"}
    for command in (
        ("index", "indexer/examples"),
        ("search", PAPER),
        ("ask", QUESTION),
        ("similar", PAPER),
        ("show", PAPER),
        ("update",),
        ("rebuild",),
        ("fulltext", "list"),
    ):
        archive_command(*command, home=home, env=env)
    assert files.asked == []
    done = archive_command("fulltext", "fetch", PAPER, "--json", home=home, env=env)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["items"][0]["source"]["version"] == 7
    assert files.asked == [HTML]
    gone = archive_command("fulltext", "fetch", "2010.11929", home=home, env=env)
    assert gone.returncode == 1
    assert gone.stderr.count("\n") == 1
    assert "404" in gone.stderr
