"""Folders that change while `archive index --watch` runs: a real process over real files."""

import json
import os
import re
import shutil
import signal
import subprocess
import time

import pytest

from search_api.console import print_report
from tests.conftest import BIN, DEADLINE, EXAMPLES, NO_RIGHTS, ROOT

TABLES = "topic-tables_2024-03-04.md"
TITLES = "daily-titles_2024-03-07.md"
PATIENT = {"ARCHIVE_LOCK_TIMEOUT": str(DEADLINE)}  # a watcher looks into its archive at any time


class Watching:
    """The command at work over a folder of pages; its standard error is a file."""

    def __init__(self, folder, home, *options):
        self.log = home.with_name("watch.log")
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [BIN, "index", "--watch", folder, *options],
                env=os.environ | {"ARCHIVE_HOME": str(home)},
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )

    def said(self, pattern, times=1):
        """Wait until the log says something, so often."""
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end:
            text = self.log.read_text("utf-8")
            if len(re.findall(pattern, text, re.MULTILINE)) >= times:
                return text
            assert self.process.poll() is None, text
            time.sleep(0.05)
        raise AssertionError(f"{pattern!r} was not said:\n{self.log.read_text('utf-8')}")

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(DEADLINE)


@pytest.fixture
def pages(tmp_path):
    folder = tmp_path / "pages"
    folder.mkdir()
    shutil.copy(EXAMPLES / TABLES, folder)
    return folder


@pytest.fixture
def watching(tmp_path, pages, session_embedder):
    started = []

    def start(*options):
        started.append(Watching(pages, tmp_path / "home", *options))
        started[-1].said("^Watching ")
        return started[-1]

    yield start
    for each in started:
        each.stop()


def test_pages_come_change_break_are_renamed_and_go(watching, pages, tmp_path, archive_command):
    home = tmp_path / "home"
    watcher = watching()

    def ask(*arguments):
        done = archive_command(*arguments, "--json", home=home, env=PATIENT)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def sources(paper_id):
        return {at["file"] for at in ask("show", paper_id)["seen_in"]}

    # A page comes; while the command waits, others may search.
    shutil.copy(EXAMPLES / TITLES, pages)
    watcher.said(rf"^{re.escape(TITLES)}: \d+ entries$")
    watcher.said(r"^[1-9]\d* papers new", 1)
    assert ask("search", "强化学习")["results"]

    # A page that is just being written stops nothing, and is read once it is there.
    page = pages / "daily-numbered_2024-03-05.md"
    page.write_bytes(b"")
    watcher.said(rf"^{page.name}: is empty$")
    whole = (EXAMPLES / page.name).read_bytes()
    page.write_bytes(b"\n".join(whole.split(b"\n")[:14]))
    watcher.said(rf"^{page.name}: \d+ entries$")
    page.write_bytes(whole)
    watcher.said(rf"^{page.name}: \d+ entries$", 2)
    assert page.name in sources("2205.14135")

    # A corrected page updates its paper.
    text = (pages / TABLES).read_text("utf-8")
    (pages / TABLES).write_text(text.replace("Proximal Policy", "Corrected Policy"), "utf-8")
    watcher.said(rf"^{re.escape(TABLES)}: \d+ entries$")
    titles = {title["text"] for title in ask("show", "1707.06347")["titles"]}
    assert "Corrected Policy Optimization Algorithms" in titles

    # A renamed page is the same page.
    page.rename(pages / "renamed_2024-03-05.md")
    watcher.said(rf"^{page.name}: is renamed_2024-03-05.md now$")
    assert page.name not in sources("2205.14135")
    assert "renamed_2024-03-05.md" in sources("2205.14135")

    # A page that is gone is told, once, and what it told stays.
    (pages / TITLES).unlink()
    watcher.said(rf"{re.escape(TITLES)}: is gone")
    shutil.copy(EXAMPLES / "translated-table_2024-03-06.md", pages)
    watcher.said(r"^translated-table_2024-03-06\.md: \d+ entries\n.* in the archive$")
    assert watcher.stop() == 0
    log = watcher.log.read_text("utf-8")
    assert "Traceback" not in log
    assert log.endswith("Stopped.\n")
    assert log.count("is gone") == 1
    assert TITLES in {each["file"].rpartition("/")[2] for each in ask("files")["items"]}


def test_prune_and_hidden_files_and_the_archive_itself(
    watching, pages, tmp_path, archive_command, monkeypatch
):
    shutil.copy(EXAMPLES / TITLES, pages)
    (pages / "home").mkdir()
    monkeypatch.setenv("ARCHIVE_LOCK_TIMEOUT", "0.2")
    watcher = Watching(pages, pages / "home", "--prune")
    try:
        watcher.said("^Watching ")
        (pages / ".hidden.md").write_text("nothing")
        (pages / TITLES).unlink()
        watcher.said(rf"^{re.escape(TITLES)}: taken out$")
        watcher.said("in the archive$")  # the last line: a stop may cut off or repeat what is said
    finally:
        assert watcher.stop() == 0
    assert watcher.log.read_text("utf-8").count("taken out\n") == 1


def test_while_another_process_has_the_archive_it_is_tried_again(
    watching, pages, tmp_path, serve, monkeypatch
):
    watcher = watching()
    served = serve(tmp_path / "home", env=PATIENT)
    shutil.copy(EXAMPLES / TITLES, pages)
    watcher.said(r"served at .* It is tried again\.$")
    served.stop()
    watcher.said(rf"^{re.escape(TITLES)}: \d+ entries\n.* in the archive$")
    assert watcher.stop() == 0


def test_a_renamed_page_is_known_by_its_content_and_nothing_is_embedded(workshop, pages):
    shop = workshop()
    shop.index(pages)
    before = shop.state()["points"]
    (pages / "sub").mkdir()
    (pages / TABLES).rename(pages / "sub" / "topic-tables_moved.md")
    report = shop.index(pages)
    (renamed,) = report.renamed
    assert (renamed.file, renamed.now) == (str(pages / TABLES), "sub/topic-tables_moved.md")
    assert (report.passages_embedded, report.papers_new, report.papers_removed) == (0, 0, 0)
    assert report.missing == []
    assert shop.state()["points"].keys() == before.keys()
    files = {at.file for each in shop.state()["papers"] for at in each.seen_in}
    assert files == {"sub/topic-tables_moved.md"}


def test_a_page_that_is_gone_is_not_taken_for_its_copy(workshop, pages, tmp_path):
    shop, copy = workshop(), pages / "latest.md"
    away = tmp_path / "2025"
    away.mkdir()
    shutil.copy(pages / TABLES, away / "2025-11-13.md")
    shutil.copy(pages / TABLES, copy)
    (pages / TABLES).unlink()
    shop.index(away, pages)
    before = shop.state()["papers"]
    away.rename(tmp_path / ".unmounted")
    report = shop.index(copy)
    assert (report.renamed, report.papers_removed) == ([], 0)
    assert shop.state()["papers"] == before


def test_a_page_that_another_known_one_becomes_is_renamed(workshop, pages):
    shop = workshop()
    shop.index(pages)
    (pages / TABLES).replace(pages / TITLES)
    (renamed,) = shop.index(pages).renamed
    assert (renamed.file, renamed.now) == (str(pages / TABLES), TITLES)


def test_a_page_renamed_and_changed_at_once_is_only_missing(workshop, pages):
    shop = workshop()
    shop.index(pages)
    text = (pages / TABLES).read_text("utf-8")
    (pages / TABLES).unlink()
    (pages / "topic-tables_other.md").write_text(text + "\n", "utf-8")
    report = shop.index(pages)
    assert report.renamed == []
    assert report.missing == [str(pages / TABLES)]


@pytest.mark.parametrize("mode", [0o000, 0o400])
def test_a_folder_that_cannot_be_looked_into_is_told_and_nothing_in_it_missing(
    pages, tmp_path, mode
):
    def index():
        command = [*NO_RIGHTS, BIN, "index", "--no-embed", "--json", pages, "--prune"]
        home = {"ARCHIVE_HOME": str(tmp_path / "home")}
        done = subprocess.run(command, env=os.environ | home, capture_output=True, text=True)
        assert "Traceback" not in done.stderr
        return json.loads(done.stdout)

    (pages / "sub").mkdir()
    shutil.copy(EXAMPLES / TITLES, pages / "sub")
    assert index()["skipped"] == []
    (pages / "sub").chmod(mode)
    try:
        report = index()
    finally:
        (pages / "sub").chmod(0o700)
    assert "Permission denied" in report["skipped"][0]["reason"]
    assert (report["missing"], report["papers_removed"]) == ([], 0)


def test_a_moved_folder_is_known_by_the_content_of_its_pages(workshop, pages, tmp_path, capsys):
    shop, text = workshop(), (pages / TABLES).read_text("utf-8")
    changed = pages / "topic-tables_2024-03-05.md"
    changed.write_text(text + "\n", "utf-8")
    elsewhere = tmp_path / "unmounted"
    shutil.copytree(EXAMPLES, elsewhere)
    shop.index(pages, elsewhere)
    before = shop.catalogue.counts()["papers"]
    (elsewhere / TABLES).unlink()  # its content is among the given files
    elsewhere.rename(tmp_path / ".hidden")
    moved = pages.rename(tmp_path / "moved")
    (moved / changed.name).write_text(text + "\n\n", "utf-8")
    report = shop.index(moved)
    assert {each.file for each in report.renamed} == {
        str(pages / TABLES), str(elsewhere / TABLES)
    }  # fmt: skip
    assert report.missing == []
    assert str(changed) in report.moved
    print_report(report)
    said = "".join(capsys.readouterr().out.split())
    assert f"missing{changed}:wasindexed,itsfolderisgone;`archiveremove`takesitout" in said
    assert shop.catalogue.counts()["papers"] == before, "without --prune nothing is lost"
    shop.index(moved, prune=True)
    assert shop.catalogue.counts()["papers"] == before, "nor with it, outside the folder"


def test_what_cannot_be_watched(archive_command, tmp_path):
    home = tmp_path / "home"
    for arguments, said in [
        ([EXAMPLES / TITLES], "--watch takes folders"),
        ([EXAMPLES, "--json"], "no --json"),
    ]:
        done = archive_command("index", "--watch", *arguments, home=home)
        assert done.returncode == 2, done.stderr
        assert said in done.stderr
