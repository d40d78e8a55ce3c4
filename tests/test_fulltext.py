"""Full texts in an archive: kept, found, cited by page, and taken out without a trace."""

import json
import shutil
from dataclasses import replace

import httpx
import pytest

from embeddings.errors import InputError, UnreadableFile
from indexer.catalogue import Catalogue
from indexer.fulltexts import kept
from indexer.readers.registry import load_registry
from indexer.settings import Settings
from search_api.archive import Archive
from search_api.fulltexts.adding import add
from search_api.fulltexts.listing import listing, remove
from tests.conftest import EXAMPLES, copy_home
from tests.printed import Print
from tests.test_fulltext_extract import FILLER, latexml

PAPER = "1706.03762"
TITLE = "Attention Is All You Need"
FACT = "The greenhouse of the institute was heated with the waste heat of seventeen accelerators."
QUESTION = "How many accelerators heated the greenhouse of the institute?"


def print_paper(title=TITLE, fact=FACT, **given):
    printed = Print(title, columns=2, **given).heading("Abstract")
    printed.text("Nothing in this text is what the paper of that name says.").heading("1 Methods")
    for n in range(2, 60):
        printed.text(FILLER.format(n=n))
    printed.heading("2 Energy").text(fact)
    printed.heading("References").text("[1] A. Nobody. The glasshouse was heated by nine ovens.")
    return printed


@pytest.fixture
def paper(tmp_path):
    """A PDF of the paper by its name, and what was printed."""
    printed = print_paper()
    path = tmp_path / f"{PAPER}v5.pdf"
    path.write_bytes(bytes(printed))
    return path, printed


@pytest.fixture(scope="module")
def with_text(example, tmp_path_factory, cache):
    """The home of the example archive with one full text, and the page of its fact."""
    folder = tmp_path_factory.mktemp("with-text")
    home = copy_home(example, folder / "home")
    printed = print_paper()
    path = folder / f"{PAPER}v5.pdf"
    path.write_bytes(bytes(printed))
    with Archive(Settings(home=home)) as archive:
        (added,) = add(archive, [path])
    assert added.passages > 5
    return home, printed.pages[FACT]


@pytest.fixture
def archive(with_text, copy_of, open_archive):
    return open_archive(copy_of(with_text[0]))


def test_an_answer_cites_the_page_where_the_sentence_stands(with_text, archive):
    page = with_text[1]
    assert page > 1
    answer = archive.asker.ask(QUESTION)
    assert answer.answerable
    cited = answer.citations[0]
    assert (cited.paper_id, cited.field, cited.page, cited.section) == (
        PAPER,
        "fulltext",
        page,
        "2 Energy",
    )
    assert cited.quote == FACT
    block = archive.catalogue.fulltext(PAPER).blocks[cited.seen_in[0].line - 2]
    assert block.text[cited.start : cited.end] == FACT
    lines = (archive.home / "fulltext" / cited.seen_in[0].file).read_text().splitlines()
    assert json.loads(lines[cited.seen_in[0].line - 1])["text"] == block.text


def test_without_the_text_the_same_question_has_no_such_citation(example, copy_of, open_archive):
    answer = open_archive(copy_of(example)).asker.ask(QUESTION)
    assert not answer.answerable
    assert answer.citations == ()


def test_a_search_finds_the_paper_once_and_says_where(with_text, archive):
    answer = archive.searcher.search("waste heat of accelerators for a greenhouse", limit=50)
    ids = [result.paper_id for result in answer.results]
    assert len(ids) == len(set(ids))
    first = answer.results[0]
    assert (first.paper_id, first.snippet_kind) == (PAPER, "fulltext")
    assert (first.snippet_page, first.snippet_section) == (with_text[1], "2 Energy")
    assert FACT in first.snippet
    others = [result for result in answer.results[1:] if result.snippet_page]
    assert others == []


def test_references_are_not_found(archive):
    found = archive.searcher.search("a glasshouse heated by nine ovens", limit=50).results
    assert all("glasshouse" not in result.snippet for result in found)
    assert archive.catalogue.paper(PAPER).fulltext.source.references


def compared(archive):
    """All that compares papers, and all that searches of other papers say."""
    searcher = archive.searcher
    ids = archive.catalogue.paper_ids()
    return {
        "similar": [searcher.similar(each).results for each in ids],
        "text": searcher.similar(text=f"{FACT} Attention and accelerators.").results,
        "near": searcher.near("attention with accelerators in a greenhouse", 0.0),
        "classified": timeless(archive.classify_all()),
        "one": timeless(archive.classify(PAPER)),
        "passages": [archive.catalogue.passages_of(each) for each in ids],
        "records": [{**vars_of(archive.catalogue.paper(each)), "fulltext": None} for each in ids],
        "facets": [archive.catalogue.facets(f) for f in ("topics", "categories", "sources")],
        "newest": archive.catalogue.newest_date(),
    }


def timeless(answer):
    return replace(answer, took_ms=0.0)


def vars_of(record):
    return {name: getattr(record, name) for name in record.__dataclass_fields__}


def test_what_compares_papers_is_as_if_there_were_no_full_text(
    example, with_text, copy_of, open_archive
):
    plain = compared(open_archive(copy_of(example, "plain")))
    full = compared(open_archive(copy_of(with_text[0], "full")))
    for name, value in plain.items():
        assert full[name] == value, name


def test_trends_and_the_map_do_not_change(example, with_text, copy_of, archive_command):
    pytest.importorskip("sklearn")
    homes = [copy_of(example, "plain"), copy_of(with_text[0], "full")]
    for command in (["trends", "--of", "terms"], ["trends", "--of", "sources"]):
        said = [archive_command(*command, "--json", home=home) for home in homes]
        assert [each.returncode for each in said] == [0, 0], said[0].stderr
        plain, full = (json.loads(each.stdout) for each in said)
        assert plain == full
    pages = []
    for home in homes:
        done = archive_command("map", "--output", home / "map.html", home=home)
        assert done.returncode == 0, done.stderr
        pages.append((home / "map.html").read_text())
    assert len(pages[0]) > 1000
    assert pages[0] == pages[1]


def test_adding_the_same_file_again_changes_nothing(archive, with_text, tmp_path, embedder):
    path = tmp_path / f"{PAPER}v5.pdf"
    path.write_bytes(bytes(print_paper()))
    file = archive.home / "fulltext" / f"{PAPER}v5.jsonl"
    before = file.read_bytes(), archive.catalogue.fulltext(PAPER), sorted(archive.store.ids())
    (again,) = add(archive, [path])
    assert again.known
    assert again.passages > 5
    assert (file.read_bytes(), archive.catalogue.fulltext(PAPER), sorted(archive.store.ids())) == (
        before
    )


def test_removing_leaves_what_was_there_before(example, with_text, copy_of, open_archive):
    plain = open_archive(copy_of(example, "plain"))
    archive = open_archive(copy_of(with_text[0], "full"))
    assert sorted(archive.store.ids()) != sorted(plain.store.ids())
    done = remove(archive, [PAPER])
    assert len(done.files) == 1
    assert list((archive.home / "fulltext").iterdir()) == []
    assert sorted(archive.store.ids()) == sorted(plain.store.ids())
    assert archive.paper(PAPER) == plain.paper(PAPER)
    assert archive.catalogue.files()
    assert listing(archive) == []
    with pytest.raises(InputError, match="No full text of 1706"):
        remove(archive, [PAPER])


def test_rebuilding_makes_it_anew(archive, archive_command):
    before = sorted(archive.store.ids())
    archive.rebuild()
    assert sorted(archive.store.ids()) == before
    assert archive.asker.ask(QUESTION).citations[0].quote == FACT


def test_kept_files_make_it_in_another_archive(example, with_text, copy_of, open_archive):
    archive = open_archive(copy_of(example))
    archive.index([with_text[0] / "fulltext"])
    assert archive.asker.ask(QUESTION).citations[0].page == with_text[1]
    source = open_archive(with_text[0]).paper(PAPER)
    assert archive.paper(PAPER) == source


def test_a_text_waits_for_its_paper(with_text, tmp_path, open_archive):
    archive = open_archive(tmp_path / "new")
    report = archive.index([with_text[0] / "fulltext"])
    assert (report.files, report.papers, report.passages) == (1, 0, 0)
    page = tmp_path / "2024-01-01.json"
    page.write_text(json.dumps({"paper_id": PAPER, "title": TITLE}) + "\n")
    bulk = page.rename(tmp_path / "papers.jsonl")
    archive.index([bulk])
    assert archive.paper(PAPER).fulltext.source.version == 5
    assert archive.catalogue.fulltext_passages(PAPER) > 5


def test_exports_leave_it_out_and_stay_as_they_are(
    example, with_text, copy_of, archive_command, tmp_path
):
    homes = copy_of(example, "plain"), copy_of(with_text[0], "full")
    plain, full = (archive_command("export", "--format", "jsonl", home=h).stdout for h in homes)
    assert len(plain) > 10_000
    assert full == plain
    again = tmp_path / "export.jsonl"
    again.write_text(full)
    assert archive_command("index", again, home=tmp_path / "again").returncode == 0
    assert archive_command("export", home=tmp_path / "again").stdout == full


def test_the_newest_version_counts(archive, tmp_path):
    newer = print_paper(fact=FACT.replace("seventeen", "nineteen"))
    path = tmp_path / f"{PAPER}v7.pdf"
    path.write_bytes(bytes(newer))
    older = tmp_path / f"{PAPER}v1.pdf"
    older.write_bytes(bytes(print_paper(fact=FACT.replace("seventeen", "three"))))
    added = list(add(archive, [path, older]))
    assert [each.source.version for each in added] == [7, 1]
    assert [each.passages > 0 for each in added] == [True, False]
    assert "nineteen" in archive.asker.ask(QUESTION).answer
    assert {(e.source.version, e.used) for e in listing(archive)} == {
        (1, False), (5, False), (7, True)
    }  # fmt: skip
    remove(archive, [f"{PAPER}v7"])
    assert "seventeen" in archive.asker.ask(QUESTION).answer


def test_a_page_that_goes_takes_the_text_out_of_sight(archive):
    pages = [state.path for state in archive.catalogue.files() if state.layout != "fulltext"]
    archive.remove([path for path in pages if path.exists()])
    assert archive.catalogue.counts()["papers"] == 0
    assert archive.catalogue.counts()["passages"] == 0
    assert set(archive.store.ids()) == set()
    assert len(listing(archive)) == 1


def test_an_html_page_has_sections_and_no_pages(example, copy_of, open_archive, tmp_path):
    archive = open_archive(copy_of(example))
    page = latexml().replace(b"A Made-Up Study of Tides", TITLE.encode())
    page = page.replace(b"2401.00001v2", f"{PAPER}v7".encode())
    page = page.replace(b"We measure tides.", FACT.encode())
    path = tmp_path / "saved.html"
    path.write_bytes(page)
    (added,) = add(archive, [path], f"https://arxiv.org/abs/{PAPER}")
    assert (added.source.format, added.source.pages, added.source.version) == ("html", None, 7)
    cited = archive.asker.ask(QUESTION).citations[0]
    assert (cited.page, cited.section, cited.quote) == (None, "Abstract", FACT)


def refused(archive, path, paper_id=None, **given):
    before = archive.catalogue.counts()
    with pytest.raises(InputError) as caught:
        list(add(archive, [path], paper_id, **given))
    assert archive.catalogue.counts() == before
    assert len(listing(archive)) == 1
    return caught.value


def test_what_cannot_be_added_changes_nothing(archive, tmp_path):
    path = tmp_path / "paper.pdf"
    path.write_bytes(bytes(print_paper())[:-3000])
    assert isinstance(error := refused(archive, path, PAPER), UnreadableFile)
    assert str(path) in str(error)
    assert "cut short" in str(error)
    assert "--paper" in str(refused(archive, path))
    unknown = str(refused(archive, path, "2401.99999"))
    assert "archive fetch --ids 2401.99999" in unknown
    assert "archive index" in str(refused(archive, path, "doi:10.1000/none"))
    path.write_bytes(b"")
    assert "is empty" in str(refused(archive, path, PAPER))


def test_another_papers_file_is_refused_unless_forced(archive, tmp_path):
    path = tmp_path / "paper.pdf"
    path.write_bytes(bytes(print_paper("A Study of Something Else Entirely")))
    said = str(refused(archive, path, PAPER))
    assert TITLE in said
    assert "--force" in said
    path.write_bytes(bytes(print_paper(stamp="arXiv:2401.00002v1 [cs.CL] 2 Aug 2024")))
    assert "2401.00002" in str(refused(archive, path, PAPER))
    (added,) = add(archive, [path], PAPER, force=True)
    assert added.source.version is None
    assert "2401.00002" in added.warning


def test_a_broken_kept_file_is_told(example, copy_of, open_archive, paper):
    archive = open_archive(copy_of(example))
    list(add(archive, [paper[0]]))
    file = archive.home / "fulltext" / f"{PAPER}v5.jsonl"
    lines = file.read_text().splitlines()
    file.write_text("\n".join([lines[0], "{half a", *lines[2:]]) + "\n")
    report = archive.index([file.parent], source=kept.SOURCE)
    assert [reject.line for reject in report.rejected] == [2]
    assert len(archive.catalogue.fulltext(PAPER).blocks) == len(lines) - 2
    file.write_text("no json\n")
    with pytest.raises(UnreadableFile, match="add the text again"):
        listing(archive)


def test_commands(example, copy_of, archive_command, paper):
    home, (path, printed) = copy_of(example), paper
    done = archive_command("fulltext", "add", path, "--json", home=home)
    assert done.returncode == 0, done.stderr
    (added,) = json.loads(done.stdout)["items"]
    assert (added["paper_id"], added["source"]["version"]) == (PAPER, 5)
    again = archive_command("fulltext", "add", path, home=home)
    page, pages = printed.pages[FACT], max(printed.pages.values())
    assert f"v5, PDF, {pages} pages: is here already" in again.stdout
    shown = archive_command("show", PAPER, home=home).stdout
    assert f"v5, {pages} pages, PDF, from 1706.03762v5.pdf" in shown
    record = json.loads(archive_command("show", PAPER, "--json", home=home).stdout)
    assert record["fulltext"]["source"]["pages"] == pages
    other = json.loads(archive_command("show", "2010.11929", "--json", home=home).stdout)
    assert "fulltext" not in other
    asked = archive_command("ask", QUESTION, home=home).stdout
    assert f"{PAPER} · fulltext · p. {page}, 2 Energy" in asked
    found = archive_command("search", "greenhouse heated with waste heat", "-n1", home=home).stdout
    assert f"full text, p. {page}, 2 Energy" in found
    listed = archive_command("fulltext", "list", home=home).stdout
    assert listed.startswith(f"{PAPER}  v5, PDF, {pages} pages  {TITLE}")
    gone = archive_command("fulltext", "remove", PAPER, home=home)
    assert gone.returncode == 0, gone.stderr
    assert "No full text is kept" in archive_command("fulltext", "list", home=home).stdout
    missing = archive_command("fulltext", "remove", PAPER, home=home)
    assert (missing.returncode, missing.stderr.count("\n")) == (1, 1)
    two = archive_command("fulltext", "add", path, path, "--paper", PAPER, home=home)
    assert two.returncode == 2


def test_http_gives_pages_and_the_record(with_text, copy_of, serve):
    server = serve(copy_of(with_text[0]))
    with httpx.Client(base_url=server.url, timeout=120) as client:
        answer = client.post("/ask", json={"question": QUESTION}).json()
        cited = answer["citations"][0]
        assert (cited["field"], cited["page"], cited["section"]) == (
            "fulltext", with_text[1], "2 Energy",
        )  # fmt: skip
        paper = client.get(f"/papers/{PAPER}").json()
        assert paper["fulltext"]["source"]["pages"] >= with_text[1]
        found = client.get("/search", params={"q": "greenhouse heated by accelerators"}).json()
        assert found["results"][0]["snippet_page"] == with_text[1]
        assert found["results"][1]["snippet_page"] is None


def test_without_the_extra_it_says_what_to_install(
    with_text, copy_of, archive_command, without, tmp_path
):
    env = without("pypdfium2", "lxml")
    home = copy_of(with_text[0])
    pdf, html = tmp_path / f"{PAPER}v9.pdf", tmp_path / f"{PAPER}v8.html"
    pdf.write_bytes(bytes(print_paper()) + b"%again\n%%EOF\n")
    html.write_bytes(latexml())
    for file in (pdf, html):
        done = archive_command("fulltext", "add", file, home=home, env=env)
        assert done.returncode == 1
        assert "pip install -c constraints.txt -e '.[fulltext]'" in done.stderr
    kept_one = archive_command("ask", QUESTION, "--json", home=home, env=env)
    assert json.loads(kept_one.stdout)["citations"][0]["field"] == "fulltext"


def test_the_reader_is_registered_and_knows_its_files_alone(with_text):
    from indexer.files import decode

    registry = load_registry()
    (file,) = (with_text[0] / "fulltext").glob("*.jsonl")
    assert registry.claims(decode(file, file.read_bytes())) == ["fulltext"]
    with Catalogue(with_text[0] / "catalogue.sqlite") as catalogue:
        assert catalogue.file(file.resolve()).layout == "fulltext"


def test_a_text_that_a_killed_run_left_unread_is_read_by_the_same_call(
    example, with_text, copy_of, open_archive, paper
):
    archive = open_archive(copy_of(example))
    shutil.copytree(with_text[0] / "fulltext", archive.home / "fulltext")
    assert archive.paper(PAPER).fulltext is None
    (added,) = add(archive, [paper[0]])
    assert added.known
    assert added.passages == archive.catalogue.fulltext_passages(PAPER) > 5
    assert archive.asker.ask(QUESTION).citations[0].page == with_text[1]


@pytest.mark.parametrize("store", ["edge", "faiss"])
def test_each_store_has_a_shelf_for_full_texts(tmp_path, open_archive, paper, store):
    if store == "faiss":
        pytest.importorskip("faiss")
    home = tmp_path / "home"
    with Archive(Settings(home=home, store=store)) as archive:
        archive.index([EXAMPLES])
        assert not (home / f"{store}-fulltext").exists()
        list(add(archive, [paper[0]]))
    assert (home / f"{store}-fulltext").exists()
    archive = open_archive(home)
    found = archive.searcher.search("greenhouse heated with waste heat").results[0]
    assert (found.paper_id, found.snippet_page) == (PAPER, paper[1].pages[FACT])
    ids = set(archive.store.ids())
    archive.rebuild()
    assert set(archive.store.ids()) == ids


def test_a_chinese_paper_is_asked_in_chinese(example, copy_of, open_archive, tmp_path):
    fact = "研究所的温室由十七台加速器的余热供暖。"
    printed = Print("多语言文本向量", chinese=True).heading("1 引言").text("我们研究潮汐。" * 200)
    printed.heading("2 能源").text(fact)
    path = tmp_path / "paper.pdf"
    path.write_bytes(bytes(printed))
    archive = open_archive(copy_of(example))
    (added,) = add(archive, [path], PAPER)  # its title here is English, and cannot be compared
    assert TITLE in added.warning
    cited = archive.asker.ask("研究所的温室由什么供暖？").citations[0]
    assert (cited.quote, cited.language, cited.section) == (fact, "zh", "2 能源")
    assert cited.page == printed.pages[fact]


def test_a_title_with_commands_for_the_terminal_does_nothing(archive, archive_command, tmp_path):
    file = next((archive.home / "fulltext").glob("*.jsonl"))
    lines = file.read_text().splitlines()
    last = json.loads(lines[-1])
    last |= {"section": "2 En\x1b[31mergy", "text": FACT.replace("heated", "hea\x1b]0;x\x07ted")}
    file.write_text("\n".join([*lines[:-1], json.dumps(last)]) + "\n")
    home = archive.home
    archive.index([file], source=kept.SOURCE)
    archive.close()
    for command in (("ask", QUESTION), ("search", QUESTION), ("fulltext", "list")):
        done = archive_command(*command, home=home)
        assert done.returncode == 0, done.stderr
        assert PAPER in done.stdout
        assert not {"\x1b", "\x07"} & set(done.stdout + done.stderr)


def test_a_retriever_gives_the_section(with_text, archive):
    pytest.importorskip("llama_index.core")
    from search_api.retriever import ArchiveRetriever

    found = ArchiveRetriever(archive, limit=1).retrieve("greenhouse heated with waste heat")
    node = found[0].node
    assert node.text == f"{TITLE}\n{FACT}"
    assert node.metadata["field"] == "fulltext"
    assert (node.metadata["page"], node.metadata["section"]) == (with_text[1], "2 Energy")
