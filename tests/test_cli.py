"""The real command `archive`, as people and scripts meet it."""

import contextlib
import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import typer

from indexer.stores.lock import own
from indexer.stores.open import open_store
from search_api.cli import _add_plugins, app
from tests.conftest import copy_home
from tests.scripted_model import ScriptedModel, writes
from tests.seams import EDGE, stop_at

BIN = Path(sys.executable).with_name("archive")
EXAMPLES = Path(__file__).parent.parent / "indexer" / "examples"
RESULT = {
    "paper_id", "score", "title", "authors", "date", "url", "topics", "categories", "sources",
    "snippet",
}  # fmt: skip


@pytest.fixture(scope="module")
def home(example, tmp_path_factory):
    """A copy of the example archive that these tests may open but not change."""
    return copy_home(example, tmp_path_factory.mktemp("cli") / "home")


@pytest.fixture
def archive(archive_command, home):
    def run(*arguments, **given):
        done = archive_command(*arguments, **{"home": home} | given)
        assert "Traceback" not in done.stderr, done.stderr
        return done

    return run


def one_object(done):
    """The one JSON object on standard output, and nothing else there."""
    assert done.returncode == 0, done.stderr
    found, end = json.JSONDecoder().raw_decode(done.stdout)
    assert done.stdout[end:] == "\n"
    assert isinstance(found, dict)
    return found


def refused(done, status, *words):
    """One clear line on standard error, none on standard output."""
    assert done.returncode == status, done.stderr
    assert done.stdout == ""
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("archive: ")
    for word in words:
        assert word in lines[0]


# Answers


def test_index_json(archive, tmp_path):
    (tmp_path / "bad.md").write_bytes(b"")
    done = archive("index", EXAMPLES, tmp_path / "bad.md", "--json", home=tmp_path / "home")
    report = one_object(done)
    assert report["files"] == 5
    assert report["papers"] == report["papers_new"] == 46
    assert (report["rows_read"], report["rows_rejected"]) == (54, 0)
    assert report["passages"] == 66
    assert report["papers_updated"] == 0
    assert report["seconds"] > 0
    assert report["rejected"] == []
    assert {each["file"] for each in report["skipped"]} == {"bad.md"}


def test_rejects_are_listed_with_file_line_and_reason(archive, tmp_path):
    page, home = tmp_path / "topic-tables_2024-03-04.md", tmp_path / "home"
    lines = (EXAMPLES / page.name).read_text("utf-8").splitlines()
    lines.insert(12, "|**2022-03-04**|[A title](http://arxiv.org/abs/2213.02155)|null|无。|")
    page.write_text("\n".join(lines), "utf-8")
    (tmp_path / "empty.md").write_bytes(b"")
    report = one_object(archive("index", page, tmp_path / "empty.md", "--json", home=home))
    assert report["rows_rejected"] == 1
    (row,) = report["rejected"]
    assert (row["file"], row["line"]) == (page.name, 13)
    shown = archive("rejects", home=home)
    assert f"{page}:13: {row['reason']}" in shown.stdout
    assert f"{tmp_path / 'empty.md'}:0: is empty" in shown.stdout
    listed = one_object(archive("rejects", "--json", home=home))
    assert listed["count"] == 2
    assert {(each["file"], each["line"]) for each in listed["items"]} == {
        (str(page), 13),
        (str(tmp_path / "empty.md"), 0),
    }


def test_files_of_one_name_are_told_apart(archive, tmp_path):
    pages = [tmp_path / each / "README.md" for each in "ab"]
    text = (EXAMPLES / "topic-tables_2024-03-04.md").read_text("utf-8")
    for page in pages:
        page.parent.mkdir()
        page.write_text(text, "utf-8")
    with pages[0].open("a", encoding="utf-8") as file:
        file.write("|**2022-03-04**|[A title](http://arxiv.org/abs/2213.02155)|null|无。|\n")
    (tmp_path / "b" / "empty.md").touch()
    (tmp_path / "README.md").write_text("# About these pages\n", "utf-8")
    given = (*pages, tmp_path / "README.md", tmp_path / "b" / "empty.md")
    report = one_object(archive("index", "--no-embed", *given, "--json", home=tmp_path / "home"))
    assert [each["file"] for each in report["rejected"]] == [str(pages[0])]
    skipped = {each["file"] for each in report["skipped"]}
    assert skipped == {str(tmp_path / "README.md"), "empty.md"}


def test_search_json(archive):
    found = one_object(archive("search", "多语言文本向量模型", "--json", "--limit", 3))
    assert found["query"] == "多语言文本向量模型"
    assert found["took_ms"] > 0
    assert len(found["results"]) == 3
    assert all(set(result) >= RESULT for result in found["results"])
    assert found["results"][0]["paper_id"] == "2402.05672"


def test_chinese_stays_readable_in_json(archive):
    assert "强化学习" in archive("search", "强化学习", "--json").stdout


def test_search_with_every_filter(archive):
    found = one_object(
        archive(
            "search", "learning", "--json", "--from", "2020", "--to", "2022-12",
            "--topic", "强化学习", "--topic", "大语言模型", "--source", "topic-tables",
            "--has-code",
        )
    )  # fmt: skip
    ids = {result["paper_id"] for result in found["results"]}
    assert ids == {"2203.02155", "2106.09685", "2005.14165"}
    found = one_object(archive("search", "x", "--json", "--author", "he", "--category", "cs.CV"))
    assert found["results"]
    assert all("Kaiming He" in result["authors"] for result in found["results"])
    found = one_object(archive("search", "x", "--json", "--no-code", "-n", 50))
    assert found["results"]
    assert not any(result["code_urls"] for result in found["results"])


def test_pages(archive):
    def ids(*options):
        answer = one_object(archive("search", "image", "--json", *options))
        return [result["paper_id"] for result in answer["results"]]

    assert ids("-n", 2, "--offset", 2) == ids("-n", 4)[2:]
    assert ids("--offset", 1000) == []


def test_similar_json(archive):
    found = one_object(archive("similar", "1706.03762", "--json"))
    assert "1706.03762" not in [result["paper_id"] for result in found["results"]]
    assert all(set(result) >= RESULT for result in found["results"])
    found = one_object(archive("similar", "--text", "逐步去噪生成图像", "--json", "-n", 2))
    assert len(found["results"]) == 2


@pytest.mark.parametrize(
    "text", ["2205.14135", "arXiv:2205.14135v2", "https://arxiv.org/pdf/2205.14135v1.pdf"]
)
def test_show_json(archive, text):
    paper = one_object(archive("show", text, "--json"))
    assert paper["paper_id"] == "2205.14135"
    assert {at["source"] for at in paper["seen_in"]} == {"daily-numbered", "arxiv-by-category"}
    assert all({"file", "line", "date"} <= set(at) for at in paper["seen_in"])
    assert {text["language"] for text in paper["texts"]} == {"zh", "en"}


def test_show_for_people_has_everything(archive):
    shown = archive("show", "2205.14135").stdout
    for word in ("Tri Dao", "daily-numbered_2024-03-05.md", "undated", "2024-03-05", "(zh)"):
        assert word in shown


def test_stats_json(archive):
    facts = one_object(archive("stats", "--json"))
    assert (facts["papers"], facts["passages"]) == (46, 66)
    assert facts["topics"]["强化学习"] == 4
    assert facts["sources"]["topic-tables"] == 15
    assert facts["model"].startswith("multilingual-e5-small")
    assert (facts["store"]["kind"], facts["store"]["points"]) == ("edge", 66)


def test_files(archive):
    listed = one_object(archive("files", "--json"))
    assert listed["count"] == 5
    assert {each["layout"] for each in listed["items"]} >= {"topic-tables", "translated-table"}
    assert "topic-tables_2024-03-04.md" in archive("files").stdout


def test_remove(archive, copy_of, example):
    home = copy_of(example)
    page = EXAMPLES / "daily-titles_2024-03-07.md"
    report = one_object(archive("remove", page, "--json", home=home))
    assert report["papers_removed"] == 9
    assert one_object(archive("stats", "--json", home=home))["papers"] == 37
    refused(archive("remove", page, home=home), 1, "is not in the archive")


def test_home_by_option_and_relative(archive, home, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(home)
    for given in (home, link, os.path.relpath(home, Path(__file__).parent.parent)):
        assert one_object(archive("stats", "--json", "--home", given, home=None))["papers"] == 46


def test_results_for_people(archive):
    shown = archive("search", "1706.03762", "--explain", "-n", 2).stdout
    assert "Attention Is All You Need" in shown
    assert "1706.03762" in shown
    assert "lexical: rank" in shown
    assert archive("search", "x", "--topic", "no such").stdout.startswith("Nothing found")


# Refusals


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("search", ""), ("query is empty",)),
        (("search", "x", "--from", "yesterday"), ("'yesterday' is not a date", "2025-09-29")),
        (("search", "x", "--from", "2025", "--to", "2024"), ("wrong way round",)),
        (("search", "x", "-n", "0"), ("limit",)),
        (("search", "x", "-n", "100000"), ("limit",)),
        (("search", "x", "--offset", "-1"), ("offset",)),
        (("similar",), ("either a paper's id or a text",)),
        (("similar", "1706.03762", "--text", "x"), ("either a paper's id or a text",)),
        (("similar", "--text", " "), ("empty",)),
        (("similar", ""), ("the id is empty",)),
        (("show", " "), ("the id is empty",)),
        (("classify", ""), ("the id is empty",)),
    ],
)
def test_wrong_questions_end_with_2(archive, arguments, words):
    refused(archive(*arguments, "--json"), 2, *words)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("no-such-command",),
        ("index",),
        ("search",),
        ("search", "x", "--no-such-option"),
        ("search", "x", "-n", "many"),
        ("index", "x", "--store", "shoebox"),
        ("show", "1706.03762", "--home", ""),
        ("show", "1706.03762", "--home", "README.md"),
    ],
)
def test_wrong_usage_ends_with_2(archive, arguments):
    assert archive(*arguments).returncode == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("show", "1706.03763"), ("holds no paper '1706.03763'", "Did you mean 1706.03762")),
        (("similar", "1706.0376"), ("Did you mean", "1706.03762")),
        (("show", "no/such"), ("holds no paper",)),
        (("index", "no/such/file.md"), ("no/such/file.md", "no such file or folder")),
        (("remove", "no/such/file.md"), ("is not in the archive", "archive files")),
        (("rebuild", "--model", "/no/such/model"), ("/no/such/model",)),
        (("index", "indexer/examples", "--store", "faiss"), ("rebuild --store faiss",)),
    ],
)
def test_work_that_cannot_be_done_ends_with_1(archive, arguments, words):
    refused(archive(*arguments), 1, *words)


def test_an_empty_archive_says_how_to_fill_it(archive, tmp_path):
    for arguments in [("search", "x"), ("similar", "1706.03762"), ("serve",)]:
        refused(archive(*arguments, home=tmp_path / "home"), 1, "archive index")


@pytest.mark.parametrize(
    "arguments",
    [
        ("serve",), ("embed",), ("rebuild",), ("remove", "README.md"), ("duplicates",),
        ("merge", "1706.03762", "2205.14135"), ("fulltext", "add", "README.md"), ("update",),
        ("index", "no-such-folder"), ("index", "README.md", "no-such-folder"),
    ],
)  # fmt: skip
def test_a_mistyped_home_stays_unmade(archive, tmp_path, arguments):
    refused(archive(*arguments, home=tmp_path / "typo"), 1)
    assert not (tmp_path / "typo").exists()


def test_a_damaged_catalogue(archive, tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "catalogue.sqlite").write_bytes(os.urandom(5000))
    refused(archive("stats", home=tmp_path / "home"), 1, "catalogue.sqlite")


def test_a_home_that_cannot_be_made(archive, tmp_path):
    (tmp_path / "file").write_text("in the way")
    refused(archive("stats", home=tmp_path / "file" / "home"), 1, "file/home")


def test_every_command_takes_home_and_prints_json():
    _add_plugins()
    told = {"serve", "feed", "export"}  # no object: a server, and files of other formats
    for name, options in _options(typer.main.get_command(app)):
        if name[0] != "learn":  # of texts, into files
            assert "home" in options, name
            assert "json" in options or name[0] in told, name


def _options(command, *name):
    if inner := getattr(command, "commands", None):
        for each, sub in inner.items():
            yield from _options(sub, *name, each)
    else:
        yield name, {each.name for each in command.params}


def test_looking_does_not_make_a_home(archive, tmp_path):
    archive("stats", home=tmp_path / "typo")
    assert not (tmp_path / "typo").exists()


def test_a_cache_that_cannot_be_made(archive, tmp_path):
    (tmp_path / "file").write_text("in the way")
    env = {"ARCHIVE_CACHE": str(tmp_path / "file" / "cache")}
    refused(archive("search", "x", env=env), 1, "ARCHIVE_CACHE")


@pytest.mark.parametrize("name", ["ARCHIVE_STORE", "ARCHIVE_MAX_FILE_MB", "ARCHIVE_LOCK_TIMEOUT"])
def test_a_setting_that_makes_no_sense(archive, name):
    refused(archive("stats", env={name: "shoebox"}), 1, name)


def test_a_terminal_that_cannot_show_chinese(archive):
    done = archive("search", "多语言", env={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0


def test_an_argument_that_is_not_utf8(archive):
    assert archive("search", b"\xb2\xe2\xca\xd4").returncode in (0, 2)


def test_beyond_the_last_page(archive):
    assert "filters" not in archive("search", "x", "--offset", 1000).stdout


def test_an_unknown_topic_is_told(archive):
    done = archive("search", "x", "--topic", "强化学")
    assert "强化学习" in done.stdout + done.stderr


def test_an_id_that_is_not_here_is_told(archive):
    done = archive("search", "1706.03763", "--json")
    assert one_object(done)["results"] == []
    assert "archive: The archive holds no paper '1706.03763'. Did you mean" in done.stderr


def test_an_unknown_author_is_told(archive):
    done = archive("search", "x", "--author", "Kaimin He")
    assert "No paper has the author 'Kaimin He'. Did you mean Kaiming He" in done.stderr
    known = archive("search", "x", "--author", "K. He", "--category", "cs.cv")
    assert "No paper has" not in known.stderr
    assert "Kaiming He" in known.stdout


def test_the_help_says_where_an_archive_lives(archive, tmp_path):
    env = {"XDG_DATA_HOME": str(tmp_path), "ARCHIVE_HOME": "", "COLUMNS": "300"}
    shown = archive("stats", "--help", home=None, env=env).stdout
    assert "[default: (/" in shown
    if sys.platform == "linux":
        assert str(tmp_path / "paper-archive") in shown


# Another store


@pytest.mark.parametrize(
    ("kind", "module", "package"),
    [("faiss", "faiss", "faiss-cpu"), ("qdrant", "qdrant_client", "qdrant-client")],
)
def test_a_store_whose_package_lacks_costs_nothing(
    archive, copy_of, example, without, state, kind, module, package
):
    home, env = copy_of(example), without(module)
    before = state(home)
    install = f".venv/bin/pip install -c constraints.txt -e '.[{kind}]'"
    refused(archive("rebuild", "--store", kind, home=home, env=env), 1, package, install)
    assert state(home) == before
    assert one_object(archive("search", "image", "--json", home=home))["results"]
    new = archive("index", EXAMPLES, "--store", kind, home=home / "new", env=env)
    refused(new, 1, package, install)


def test_a_folder_of_a_store_whose_package_is_gone_can_be_left(
    archive, copy_of, example, without, state
):
    home = copy_of(example)
    before = state(home)
    assert archive("rebuild", "--store", "faiss", home=home).returncode == 0
    env = without("faiss")
    refused(archive("search", "image", home=home, env=env), 1, "faiss-cpu")
    assert archive("rebuild", "--store", "edge", home=home, env=env).returncode == 0
    assert not (home / "faiss").exists()
    assert state(home) == before


def test_a_server_that_takes_no_collection_costs_no_local_store(archive, copy_of, example, state):
    class ReadOnly(BaseHTTPRequestHandler):
        def do_GET(self):
            self.answer(200, {"exists": False})

        def do_DELETE(self):
            self.answer(200, False)

        def do_PUT(self):
            self.answer(403, None)

        def answer(self, status, result):
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps({"result": result, "status": "ok", "time": 0}).encode())

        def log_message(self, *_):
            pass

    home = copy_of(example)
    before = state(home)
    with HTTPServer(("127.0.0.1", 0), ReadOnly) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        env = {"ARCHIVE_QDRANT_URL": f"http://127.0.0.1:{server.server_port}"}
        done = archive("rebuild", "--store", "qdrant", home=home, env=env)
        server.shutdown()
    assert done.returncode == 1
    assert "403" in done.stderr
    assert state(home) == before
    assert one_object(archive("search", "image", "--json", home=home))["results"]


# A catalogue without its store


def test_a_lost_store_is_told_or_mended_by_index(archive, copy_of, example):
    home = copy_of(example)
    shutil.rmtree(home / "edge")
    report = one_object(archive("index", EXAMPLES, "--json", home=home))
    assert report["passages_embedded"] == 66
    assert one_object(archive("search", "x", "--json", home=home))["results"]


def test_a_search_over_a_lost_store_says_so(archive, copy_of, example):
    home = copy_of(example)
    shutil.rmtree(home / "edge")
    done = archive("search", "image", home=home)
    refused(done, 1, "66 passages", "archive rebuild")
    assert archive("rebuild", home=home).returncode == 0
    assert one_object(archive("search", "image", "--json", home=home))["results"]


# Terminals and pipes


def test_no_colours_in_a_pipe(archive):
    for arguments in [("search", "image", "--explain"), ("show", "1706.03762"), ("stats",)]:
        done = archive(*arguments, env={"TERM": "xterm-256color"})
        assert "\x1b" not in done.stdout + done.stderr


def on_terminal(home, *arguments):
    """What the command writes when standard output and error are a terminal."""
    parent, child = pty.openpty()
    env = os.environ | {"ARCHIVE_HOME": str(home), "TERM": "xterm-256color"}
    process = subprocess.Popen([BIN, *arguments], env=env, stdout=child, stderr=child)
    os.close(child)
    seen = b""
    with contextlib.suppress(OSError):  # which says that the terminal's other end is closed
        while data := os.read(parent, 65536):
            seen += data
    os.close(parent)
    assert process.wait() == 0, seen
    return seen.decode()


def test_a_draft_can_be_read_on_a_terminal_while_it_comes(home):
    model = ScriptedModel()
    model.does(writes("The large model reaches a test F1 of 93.2 on SQuAD 1.1 [4]."))
    question = "What test F1 does BERT reach on SQuAD 1.1?"
    try:
        seen = on_terminal(home, "ask", question, "--llm", model.name)
    finally:
        model.close()
    draft = seen[seen.index("The ") : seen.index("1.1")]
    assert "\x1b[2K" not in draft  # which erases the line


def test_a_number_of_a_line_is_no_emoji(tmp_path, archive):
    page = tmp_path / "topic-tables_2024-03-05.md"
    lines = (EXAMPLES / "topic-tables_2024-03-04.md").read_text("utf-8").splitlines()
    row = "|**2022-03-04**|[A title](http://arxiv.org/abs/2213.02155)|null|无。|"
    head = lines[: lines.index(next(line for line in lines if line.startswith("|**"))) + 1]
    page.write_text("\n".join([*head, *[head[-1]] * (99 - len(head)), row]), "utf-8")
    home = tmp_path / "home"
    shown = archive("index", page, "--no-embed", home=home)
    assert f"{page.name}:100:" in shown.stdout
    assert ":100:" in archive("rejects", home=home).stdout


def test_colours_on_a_terminal(home):
    # Bold titles; a cursor that is only hidden would be no colour.
    assert re.search(r"\x1b\[1[;\dm]", on_terminal(home, "search", "attention", "-n", "1"))


def test_json_has_no_colours_even_on_a_terminal(home):
    seen = on_terminal(home, "stats", "--json")
    body = seen[seen.index("{") : seen.rindex("}") + 1]
    assert json.loads(body)["papers"] == 46


@pytest.mark.parametrize("arguments", [("search", "image", "-n", "46"), ("show", "1706.03762")])
def test_a_reader_that_has_seen_enough(home, arguments):
    env = os.environ | {"ARCHIVE_HOME": str(home)}
    with subprocess.Popen(
        [BIN, *arguments], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.close()
        said = process.stderr.read().decode()
    assert "Traceback" not in said
    assert "Exception" not in said


def test_interrupting_indexing_is_quiet_and_the_next_run_finishes(archive, tmp_path):
    home = tmp_path / "home"
    done = stop_at(home, f"{EDGE}.upsert", "before", 1, "index", EXAMPLES, by=signal.SIGINT)
    assert done.returncode not in (0, -signal.SIGINT), done.stdout
    assert "Traceback" not in done.stderr
    report = one_object(archive("index", EXAMPLES, "--json", home=home))
    assert (report["papers"], report["passages"]) == (46, 66)


# One owner at a time


def test_a_store_in_use_says_so(archive, copy_of, example):
    home = copy_of(example)
    with open_store("edge", home / "edge", 384):
        for arguments in [("index", EXAMPLES), ("search", "x"), ("rebuild",)]:
            refused(archive(*arguments, home=home), 1, "in use by another process", "nothing is")
        assert one_object(archive("stats", "--json", home=home))["papers"] == 46


def test_an_archive_that_is_written_is_named_by_its_folder(archive, copy_of, example):
    home = copy_of(example)
    with own(home / "archive", 1):
        refused(archive("index", EXAMPLES, home=home), 1, f"archive: {home} is in use by another")
    assert one_object(archive("search", "x", "--json", home=home))["results"]


# A running server


@pytest.fixture
def through(archive, server):
    """The command against the home that a server owns."""
    return lambda *arguments, **given: archive(*arguments, **{"home": server.home} | given)


def asked(server):
    return re.findall(r'"(?:GET|POST) (/\S*) HTTP', server.log.read_text())


def test_a_search_goes_through_the_server(archive, through, server, home):
    arguments = (
        "search", "强化学习", "--topic", "强化学习", "--topic", "多模态", "--from", "2015",
        "--has-code", "--explain", "--offset", 1, "-n", 3, "--json",
    )  # fmt: skip
    before = len(asked(server))
    remote, local = one_object(through(*arguments)), one_object(archive(*arguments))
    assert any(path.startswith("/search?q=") for path in asked(server)[before:])
    del remote["took_ms"], local["took_ms"]
    assert remote == local
    assert local["results"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("similar", "1706.03762"),
        ("similar", "cs/9905014"),
        ("similar", "--text", "逐步去噪 & more?"),
        ("similar", "2006.11239", "--topic", "强化学习"),
        ("similar", "https://arxiv.org/abs/1706.03762v2"),
    ],
)
def test_similar_goes_through_the_server(archive, through, arguments):
    remote, local = (one_object(run(*arguments, "--json")) for run in (through, archive))
    del remote["took_ms"], local["took_ms"]
    assert remote == local


def test_refusals_through_the_server_are_the_same(archive, through):
    for status, arguments in [
        (1, ("similar", "1706.03763")),
        (1, ("similar", "..")),
        (1, ("similar", "x/../../stats")),
        (2, ("search", " ")),
        (2, ("search", "x", "--from", "yesterday")),
    ]:
        there, here = through(*arguments), archive(*arguments)
        assert there.returncode == here.returncode == status
        assert there.stderr == here.stderr


@pytest.mark.parametrize("arguments", [("search", "x", "-n", "5000"), ("similar",)])
def test_wrong_usage_through_the_server_reads_the_same(archive, through, arguments):
    assert through(*arguments).stderr == archive(*arguments).stderr


def test_similar_wants_one_of_two_through_the_server_too(through):
    refused(through("similar", "1706.03762", "--text", "x"), 2, "either")


@pytest.mark.parametrize("query", ["long " * 20_000, "超长" * 20_000])
def test_a_huge_query_through_the_server(through, query):
    assert through("search", query).returncode == 0


@pytest.mark.parametrize("text", ["https://arxiv.org/abs/1706.03762?context=cs", "cs/9905015"])
def test_odd_ids_through_the_server(archive, through, text):
    there, here = through("similar", text), archive("similar", text)
    assert (there.returncode, there.stderr.split(" in ")[0]) == (
        here.returncode,
        here.stderr.split(" in ")[0],
    )


def test_a_proxy_in_the_environment_is_not_asked(through):
    proxies = {"HTTP_PROXY": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9"}
    done = through("search", "x", "--json", env=proxies)
    assert one_object(done)["results"]


def test_work_on_a_served_archive_says_who_owns_it(through, server):
    points = len(list((server.home / "edge").rglob("*")))
    for arguments in [
        ("index", EXAMPLES), ("remove", "x.md"), ("rebuild",), ("serve",), ("topics", "discover"),
        ("eval", "ask"), ("eval", "topics"), ("eval", "trends"),
    ]:  # fmt: skip
        refused(through(*arguments), 1, server.url, "stop that server first")
    assert len(list((server.home / "edge").rglob("*"))) == points, "its store is untouched"
    assert one_object(through("search", "image", "--json"))["results"]


def test_a_look_at_the_catalogue_needs_no_server(through):
    assert one_object(through("show", "1706.03762", "--json"))["paper_id"] == "1706.03762"
    assert one_object(through("stats", "--json"))["papers"] == 46


def test_a_served_home_by_another_path(through, server, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(server.home)
    assert one_object(through("search", "x", "--json", home=link))["results"]
    relative = os.path.relpath(server.home, Path(__file__).parent.parent)
    assert one_object(through("search", "x", "--json", home=relative))["results"]


def test_a_server_that_was_killed_is_not_waited_for(archive, serve, copy_of, example):
    home = copy_of(example)
    served = serve(home)
    served.stop(signal.SIGKILL)
    assert (home / "server.json").exists()
    assert one_object(archive("search", "image", "--json", home=home))["results"]


class Stranger(BaseHTTPRequestHandler):
    """Something else that took the port of a server that is gone."""

    body = b"[]"

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *args):
        pass


@pytest.mark.parametrize(
    "note",
    [
        "not json",
        '{"pid": 1}',
        '{"url": "http://127.0.0.1:9"}',
        "[]",
        '{"url": "http://[::1"}',
        '{"url": 5}',
    ],
)
def test_a_note_that_makes_no_sense_is_ignored(archive, copy_of, example, note):
    home = copy_of(example)
    (home / "server.json").write_text(note)
    assert one_object(archive("search", "image", "--json", home=home))["results"]


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b'{"home": "/elsewhere"}',
        b"[]",
    ],
)
def test_a_stranger_on_the_servers_old_port_is_ignored(archive, copy_of, example, body):
    home = copy_of(example)
    stranger = HTTPServer(("127.0.0.1", 0), type("S", (Stranger,), {"body": body}))
    thread = threading.Thread(target=stranger.serve_forever, args=(0.01,))
    thread.start()
    try:
        url = f"http://127.0.0.1:{stranger.server_port}"
        (home / "server.json").write_text(json.dumps({"url": url}))
        assert one_object(archive("search", "image", "--json", home=home))["results"]
    finally:
        stranger.shutdown()
        thread.join()
        stranger.server_close()


def test_a_port_that_is_taken(archive, copy_of, example, server):
    port = server.url.rpartition(":")[2]
    home = copy_of(example)
    refused(archive("serve", "--port", port, home=home), 1, port, "choose another --port")
    assert not (home / "server.json").exists()
