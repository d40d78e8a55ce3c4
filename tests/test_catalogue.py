"""The book of record: what a file's reading changes, and what the store must then do."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from embeddings.errors import ArchiveError, CatalogueError
from indexer.catalogue import Catalogue
from indexer.files import SourceFile
from indexer.paper import Reject, Row, Text
from indexer.readers.base import Reading


def row(paper, text="A text.", line=1, **more):
    more = {"title": f"Title of {paper}", "title_language": "en", "arxiv_id": paper} | more
    texts = (Text("abstract", "en", text),) if text else ()
    return Row(line=line, end_line=line, texts=texts, **more)


A, B, C = "2501.00001", "2501.00002", "2501.00003"


@pytest.fixture
def book(tmp_path):
    with Catalogue(tmp_path / "catalogue.sqlite") as catalogue:
        yield catalogue


@pytest.fixture
def put(book, tmp_path):
    def put(name, *rows, rejects=(), source=None, date=None):
        file = SourceFile(tmp_path / name, name)
        reading = Reading(tuple(rows), tuple(rejects), date)
        return book.put_file(
            file, f"digest of {rows}", source or file.source(), layout="layout", reading=reading
        )

    return put


def stored(book):
    book.mark(book.ids_in_state("new", "changed"), "stored")


def ids(book, paper):
    return [passage.id for passage in book.passages_of(paper)]


def papers_of(book):
    return [book.paper(paper_id) for paper_id in book.paper_ids()]


def test_a_new_file(book, put, tmp_path):
    change = put("a_2025-01-05.md", row(A), row(B), rejects=[Reject(9, "no id", "| x |")])
    assert (change.new, change.updated, change.removed) == ({A, B}, set(), set())
    assert book.paper_ids() == [A, B]
    paper = book.paper(A)
    assert paper.title == f"Title of {A}"
    (at,) = paper.seen_in
    assert (at.source, at.file, at.line, at.layout, at.date) == (
        "a", "a_2025-01-05.md", 1, "layout", "2025-01-05",
    )  # fmt: skip
    (state,) = book.files()
    assert (state.path, state.rows, state.rejects) == (tmp_path / "a_2025-01-05.md", 2, 1)
    assert book.rejects() == [(str(tmp_path / "a_2025-01-05.md"), Reject(9, "no id", "| x |"))]
    assert len(book.ids_in_state("new")) == 2


def test_the_pages_own_date_goes_before_the_file_names(book, put):
    put("a_2025-01-05.md", row(A), date="2025-01-06")
    assert book.paper(A).seen_in[0].date == "2025-01-06"


def test_the_same_reading_again_changes_nothing(book, put):
    put("a.md", row(A), row(B))
    stored(book)
    change = put("a.md", row(A), row(B))
    assert not (change.new | change.updated | change.removed)
    assert not book.ids_in_state("new", "changed", "gone")


def test_a_second_sighting_updates_the_paper_and_writes_its_passage_without_embedding(book, put):
    put("a.md", row(A))
    stored(book)
    before = ids(book, A)
    assert put("b.md", row(A)).updated == {A}
    assert [at.source for at in book.paper(A).seen_in] == ["a", "b"]
    assert ids(book, A) == before
    assert book.ids_in_state("changed") == before
    assert not book.ids_in_state("new")


def test_a_changed_text_replaces_its_passage_alone(book, put):
    put("a.md", row(A), row(B))
    stored(book)
    old, other = ids(book, A), ids(book, B)
    assert put("a.md", row(A, "Another text."), row(B)).updated == {A}
    assert book.ids_in_state("gone") == old
    assert book.ids_in_state("new") == ids(book, A) != old
    assert book.ids_in_state("stored") == other


def test_a_row_that_left_takes_its_paper_along(book, put):
    put("a.md", row(A), row(B))
    stored(book)
    gone = ids(book, B)
    change = put("a.md", row(A))
    assert change.removed == {B}
    assert book.paper(B) is None
    assert book.ids_in_state("gone") == gone
    book.forget_passages(gone)
    assert book.passages(gone) == {}


def test_a_removed_file_takes_only_what_it_alone_told(book, put, tmp_path):
    put("a.md", row(A, "From a."), row(B))
    put("b.md", row(A, "From b."), row(C))
    stored(book)
    change = book.remove_file(tmp_path / "a.md")
    assert (change.removed, change.updated) == ({B}, {A})
    assert [text.text for text in book.paper(A).texts] == ["From b."]
    assert book.paper_ids() == [A, C]
    assert [state.path.name for state in book.files()] == ["b.md"]
    assert book.counts()["rows"] == 2


def test_what_comes_back_before_the_store_forgot_it_is_not_embedded_again(book, put):
    put("a.md", row(A, "One."))
    stored(book)
    (one,) = ids(book, A)
    put("a.md", row(A, "Two."))
    assert book.ids_in_state("gone") == [one]
    put("a.md", row(A, "One."))
    assert book.ids_in_state("changed") == [one]
    assert book.ids_in_state("gone", "new") == [], "the store never had the other one"
    assert one not in book.ids_in_state("gone")
    book.forget_passages([one])
    assert one in book.passages([one]), "only what is gone may be forgotten"


def test_a_passage_that_changed_before_it_was_stored_is_still_new(book, put):
    put("a.md", row(A))
    put("b.md", row(A))
    assert book.ids_in_state("new") == ids(book, A)
    assert not book.ids_in_state("changed")


def test_files_in_any_order_give_one_catalogue(tmp_path):
    pages = {
        "a_2025-01-01.md": [row(A, "From a.", authors=("Li Wei",)), row(B)],
        "b_2025-01-02.md": [row(A, "From b.", topics=("t",)), row(C)],
        "c_2025-01-03.md": [row(C, "From c."), row(A, "From a.")],
    }
    found = []
    for number, names in enumerate([sorted(pages), sorted(pages, reverse=True)]):
        with Catalogue(tmp_path / f"{number}.sqlite") as book:
            for name in names:
                file = SourceFile(tmp_path / name, name)
                reading = Reading(tuple(pages[name]))
                book.put_file(file, "d", file.source(), layout="l", reading=reading)
            found.append((papers_of(book), [book.passages_of(p) for p in (A, B, C)]))
    assert found[0] == found[1]


def test_a_problem_takes_out_what_the_file_told_before(book, put, tmp_path):
    put("a.md", row(A))
    file = SourceFile(tmp_path / "a.md", "a.md")
    change = book.put_file(file, "other", "a", problem="is empty")
    assert change.removed == {A}
    (state,) = book.files()
    assert (state.problem, state.layout, state.rows) == ("is empty", None, 0)
    assert book.counts()["files"] == 0


def refuse(book):
    with book.transaction() as db:
        db.execute("INSERT INTO meta VALUES ('long', ?)", ("x" * 10**6,))


def test_a_locked_a_full_and_a_read_only_catalogue_are_not_told_as_damage(book, tmp_path):
    book.query("PRAGMA busy_timeout = 10")
    with closing(sqlite3.connect(book.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(CatalogueError, match=r"another process .*locked.*again") as busy:
            refuse(book)
    (pages,) = book.query("PRAGMA page_count")[0]
    book.query(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(CatalogueError, match=r"disk is full.*make room") as full:
        refuse(book)
    book.query("PRAGMA query_only = ON")
    with pytest.raises(CatalogueError, match="cannot be opened or written") as closed:
        refuse(book)
    assert not any("delete" in str(each.value) for each in (busy, full, closed))


def test_an_error_halfway_changes_nothing(book, put, tmp_path, monkeypatch):
    put("a.md", row(A))
    before = papers_of(book)
    monkeypatch.setattr("indexer.derivation.passages", lambda paper: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        put("a.md", row(A, "Changed."), row(B))
    assert papers_of(book) == before
    assert book.counts()["rows"] == 1


def test_facets_and_counts(book, put):
    put("a.md", row(A, topics=("x", "y"), categories=("cs.CV",)), row(B, topics=("x",)))
    put("b.md", row(A))
    assert book.facets("topics") == {"x": 2, "y": 1}
    assert book.facets("categories") == {"cs.CV": 1}
    assert book.facets("sources") == {"a": 2, "b": 1}
    assert book.languages() == {"en": 2}
    counts = book.counts()
    assert counts == {
        "files": 2, "papers": 2, "passages": 2, "stored": 0, "rows": 3, "rejects": 0,
    }  # fmt: skip


def test_everything_survives_closing(tmp_path, book, put):
    put("a.md", row(A, authors=("李伟",)))
    book.set_meta("model", "m")
    before = book.paper(A)
    book.close()
    book.close()
    with Catalogue(tmp_path / "catalogue.sqlite") as again:
        assert again.paper(A) == before
        assert again.meta("model") == "m"


def test_threads_may_read_at_once(book, put):
    papers = [f"2501.{number:05d}" for number in range(1, 60)]
    put("a.md", *(row(paper, f"Text of {paper}.") for paper in papers))
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(book.paper, papers * 5)
        assert [paper.texts[0].text for paper in found] == [f"Text of {p}." for p in papers * 5]


# A file that is no catalogue


def test_a_file_of_something_else_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "catalogue.sqlite"
    path.write_bytes(b"not a database at all " * 100)
    with pytest.raises(CatalogueError, match=r"catalogue\.sqlite: not a usable catalogue"):
        Catalogue(path)
    assert path.read_bytes() == b"not a database at all " * 100


def test_a_catalogue_of_a_newer_version_is_refused(tmp_path):
    path = tmp_path / "catalogue.sqlite"
    Catalogue(path).close()
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 999")
    db.close()
    with pytest.raises(CatalogueError, match=r"newer version.*update"):
        Catalogue(path)


def test_damage_within_the_file_is_a_clear_error(tmp_path, book, put):
    put("a.md", *(row(f"2501.{number:05d}", "Text. " * 50) for number in range(1, 200)))
    book.close()
    path = tmp_path / "catalogue.sqlite"
    data = bytearray(path.read_bytes())
    data[4096 * 2 :] = b"\xab" * (len(data) - 4096 * 2)
    path.write_bytes(data)
    with pytest.raises(CatalogueError), Catalogue(path) as damaged:
        damaged.counts()


def test_a_home_that_cannot_be_made_is_a_clear_error(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ArchiveError):
        Catalogue(tmp_path / "file" / "home" / "catalogue.sqlite")


def test_a_file_name_in_another_encoding(book, put, tmp_path):
    import os

    name = os.fsdecode("测试.md".encode("gbk"))
    put(name, row(A))
    assert book.file(tmp_path / name) is not None
