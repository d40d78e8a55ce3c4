"""Merging and splitting by hand: one record, every id finds it, remembered and undoable."""

import itertools
import json

import pytest

from embeddings.errors import IdentityConflict, InputError, UnknownName, UnknownPaper
from indexer import deciding
from indexer.bulk.formats import recognise
from indexer.bulk.importer import Importer
from indexer.bulk.selection import Selection
from indexer.catalogue import Catalogue
from indexer.deciding import Place
from indexer.exports.base import written
from indexer.exports.open import open_writer
from indexer.exports.record import records
from indexer.files import SourceFile, discover
from indexer.paper import Row, Text
from indexer.readers.base import Reading
from tests.conftest import copy_home

A, B, C, D = "2501.00001", "2501.00002", "2501.00003", "2501.00004"


def row(paper, text="A text.", line=1, **more):
    more = {"title": f"Title of {paper}", "title_language": "en", "arxiv_id": paper} | more
    return Row(line=line, end_line=line, texts=(Text("abstract", "en", text),), **more)


PAGES = {
    "a.md": (row(A, "From a."), row(B, line=2)),
    "b.md": (row(A, "From b."), row(C, "Of C.", line=2), row(A, "Shifted.", line=3, title="Other")),
    "c.md": (row(D), row(None, line=2, title="A paper of its own")),
}


class Book:
    def __init__(self, folder):
        self.folder = folder
        self.catalogue = Catalogue(folder / "catalogue.sqlite")

    def put(self, name, rows=None):
        reading = Reading(tuple(rows or PAGES[name]))
        file = SourceFile(self.folder / name, name)
        self.catalogue.put_file(file, f"{rows}", file.source(), layout="layout", reading=reading)

    def merge(self, *ids, into=None):
        return deciding.merge(self.catalogue, ids, into)

    def split(self, paper_id, *places):
        return deciding.split(self.catalogue, paper_id, [Place(*each) for each in places])

    def undo(self, number=None):
        return deciding.undo(self.catalogue, number)

    def seen(self):
        """Where each paper was seen."""
        return {
            paper_id: [(at.file, at.line) for at in self.catalogue.paper(paper_id).seen_in]
            for paper_id in self.catalogue.paper_ids()
        }

    def exported(self):
        return "".join(written(open_writer("jsonl"), records(self.catalogue)))

    def load(self, text):
        path = self.folder / "archive.jsonl"
        path.write_text(text, "utf-8")
        (file,) = discover([path])
        Importer(self.catalogue).read(file, "x", recognise(path), Selection(), lambda _: None)


@pytest.fixture
def new_book(tmp_path):
    made = []

    def make(name, *pages):
        (tmp_path / name).mkdir()
        made.append(Book(tmp_path / name))
        for page in pages:
            made[-1].put(page)
        return made[-1]

    yield make
    for each in made:
        each.catalogue.close()


@pytest.fixture
def book(new_book):
    return new_book("book", *PAGES)


# Merging


def test_merged_papers_are_one_record(book):
    before = book.seen()
    made = book.merge(B, A, C)
    assert (made.number, made.kind, made.paper_id, made.members) == (1, "merge", B, (A, C))
    assert book.catalogue.paper_ids() == sorted(set(before) - {A, C})
    paper = book.catalogue.paper(B)
    assert sorted((at.file, at.line) for at in paper.seen_in) == sorted(
        before[A] + before[B] + before[C]
    )
    assert {text.text for text in paper.texts} == {
        "From a.", "From b.", "Of C.", "Shifted.", "A text.",
    }  # fmt: skip
    assert paper.arxiv_id == B, "the id that stands, whichever row comes first"
    assert paper.url.endswith(B)
    assert {p.id for p in book.catalogue.passages_of(B)}
    assert not book.catalogue.passages_of(A)


def test_the_best_id_stands_unless_told(book):
    own = next(each for each in book.seen() if each.startswith("title:"))
    assert book.merge(own, A).paper_id == A
    assert book.merge(A, D, into=D).paper_id == D
    assert book.catalogue.decisions().current(own) == D


def test_a_paper_without_id_can_be_given_one(book):
    own = next(each for each in book.seen() if each.startswith("title:"))
    book.merge(own, into="2501.00009")
    assert book.catalogue.paper("2501.00009").arxiv_id == "2501.00009"
    assert book.catalogue.paper(own) is None


def test_a_merge_is_remembered_whatever_happens_to_pages(book, tmp_path):
    book.merge(A, B)
    book.put("a.md", [row(B, "Corrected.", line=7)])
    assert ("a.md", 7) in book.seen()[A]
    book.put("d.md", [row(B, "Another day.")])
    assert ("d.md", 1) in book.seen()[A]
    book.catalogue.remove_file(book.folder / "a.md")
    book.catalogue.derive_all()
    assert B not in book.seen()
    for name in ("b.md", "d.md"):
        book.catalogue.remove_file(book.folder / name)
    assert A not in book.seen()
    book.put("a.md")
    assert book.seen()[A] == [("a.md", 1), ("a.md", 2)]


def test_decisions_and_pages_in_any_order_give_the_same_archive(new_book):
    def decide(book):
        book.merge(A, B)
        book.split(A, ("b.md", 3))

    wanted = None
    for count, order in enumerate(itertools.permutations(PAGES)):
        # Early: decided before the last page was there, but after those that it needs.
        early = new_book(f"early{count}", *sorted(order[:2]))
        if {"a.md", "b.md"} <= set(order[:2]):
            decide(early)
            early.put(order[2])
        else:
            early.put(order[2])
            decide(early)
        late = new_book(f"late{count}", *order)
        decide(late)
        wanted = wanted or late.exported()
        assert early.exported() == late.exported() == wanted


@pytest.mark.parametrize("undone", [1, 2])
def test_merges_upon_merges_come_apart_in_any_order(book, undone):
    before = book.exported()
    book.merge(A, B)
    book.merge(A, C, into=C)
    assert book.catalogue.decisions().current(B) == C
    assert not {A, B} & set(book.seen())
    book.undo(undone)
    assert {1: {B, C}, 2: {A, C}}[undone] <= set(book.seen())
    assert {1: A, 2: B}[undone] not in book.seen()
    book.undo()
    assert book.exported() == before
    assert book.catalogue.decisions().made == ()


# Splitting


def test_a_split_takes_rows_out(book):
    before = book.seen()
    made = book.split(A, ("b.md", 3))
    assert book.seen()[made.paper_id] == [("b.md", 3)]
    assert book.seen()[A] == [("a.md", 1), ("b.md", 1)]
    paper = book.catalogue.paper(made.paper_id)
    assert (paper.title, paper.arxiv_id, paper.url) == ("Other", None, None)
    assert "Shifted." not in {text.text for text in book.catalogue.paper(A).texts}
    book.undo()
    assert book.seen() == before


def test_a_split_follows_its_row_and_not_its_line(book):
    made = book.split(A, ("b.md", 3))
    book.put("b.md", [row(C), row(A, "Shifted, corrected.", line=9, title="Other"), row(A)])
    assert book.seen()[made.paper_id] == [("b.md", 9)]
    book.catalogue.remove_file(book.folder / "b.md")
    assert made.paper_id not in book.seen()
    book.put("renamed.md", PAGES["b.md"])
    assert book.seen()[made.paper_id] == [("renamed.md", 3)]
    assert book.seen()[A] == [("a.md", 1), ("renamed.md", 1)]


def test_rows_that_differ_in_their_texts_alone_can_be_split(book):
    made = book.split(A, ("b.md", 1))
    assert book.seen()[made.paper_id] == [("b.md", 1)]
    assert book.seen()[A] == [("a.md", 1), ("b.md", 3)]
    assert book.split(A, ("b.md", 3)).number == 2


def test_rows_that_say_the_same_go_along(book):
    book.put("again.md", [row(A, "Shifted.", line=5, title="Other")])
    made = book.split(A, ("b.md", 3))
    assert book.seen()[made.paper_id] == [("again.md", 5), ("b.md", 3)]


def test_a_split_paper_can_be_split_and_merged_elsewhere(book):
    book.put("d.md", [row(A, "One.", title="Other", line=1), row(A, "Two.", title="Other", line=2)])
    first = book.split(A, ("b.md", 3), ("d.md", 1), ("d.md", 2))
    assert len(book.seen()[first.paper_id]) == 3
    second = book.split(first.paper_id, ("d.md", 2))
    assert book.seen()[second.paper_id] == [("d.md", 2)]
    book.merge(second.paper_id, D)
    assert ("d.md", 2) in book.seen()[D]
    assert book.catalogue.paper(D).arxiv_id == D
    for number in (1, 2):
        with pytest.raises(IdentityConflict, match="identity undo"):
            book.undo(number)
    for number in (3, 2, 1):
        book.undo(number)
    assert len(book.seen()[A]) == 5


# What cannot be


def test_what_contradicts_itself_is_refused_and_changes_nothing(book):
    split = book.split(A, ("b.md", 3)).paper_id
    book.merge(B, C)
    before = book.exported()
    for wrong, error, said in [
        (lambda: book.merge(A, split), IdentityConflict, f"{split} was taken out of {A}.*undo 1"),
        (lambda: book.merge(A, "2501.99999"), UnknownPaper, "2501.99999"),
        (lambda: book.merge(A, C), UnknownPaper, C),
        (lambda: book.merge(A, A), InputError, "nothing to merge"),
        (lambda: book.merge(A, D, into=C), InputError, f"{C} is part of {B}"),
        (lambda: book.split(A, ("b.md", 99)), InputError, r"b.md:99 is no row.*a.md:1, b.md:1"),
        (lambda: book.split(A, ("b.md", 3)), InputError, "no row"),
        (lambda: book.split(D, ("c.md", 1)), InputError, "nothing would be left"),
        (lambda: book.split(C, ("b.md", 2)), UnknownPaper, C),
        (lambda: book.undo(7), UnknownName, "'7'"),
    ]:
        with pytest.raises(error, match=said):
            wrong()
    assert book.exported() == before
    book.undo()
    book.undo()
    with pytest.raises(InputError, match="Nothing was merged"):
        book.undo()


def test_a_conflict_over_two_steps_is_seen(book):
    split = book.split(A, ("b.md", 3)).paper_id
    book.merge(D, split)
    with pytest.raises(IdentityConflict, match="taken out"):
        book.merge(A, D)


# Exported and read again


def test_an_export_carries_decisions(book, new_book):
    book.merge(A, B)
    book.split(A, ("b.md", 3))
    book.merge(A, D, into=D)
    whole = book.exported()
    other = new_book("other")
    other.load(whole)
    assert other.exported() == whole
    assert other.seen() == book.seen()
    other.put("new.md", [row(B, "Another day.")])
    assert ("new.md", 1) in other.seen()[D], "the other archive remembers as well"
    other.undo()
    assert len(other.catalogue.decisions().made) == 2


def test_pages_and_their_export_in_either_order(book, new_book):
    book.merge(A, B)
    book.split(A, ("b.md", 3))
    first, second = new_book("first", "a.md", "b.md"), new_book("second")
    for each in (first, second):
        each.load(book.exported())
    for page in ("a.md", "b.md"):
        second.put(page)
    assert first.exported() == second.exported() == book.exported()


def test_lines_without_decisions_are_as_they_were(book):
    book.merge(A, B)
    lines = {line["paper_id"]: line for line in map(json.loads, book.exported().splitlines())}
    assert lines[A]["format"] == 2
    assert lines[A]["decisions"] == [{"kind": "merge", "paper_id": A, "members": [B]}]
    assert lines[C]["format"] == 1
    assert "decisions" not in lines[C]


def test_what_contradicts_a_decision_made_here_is_reported_and_the_rows_kept(book, new_book):
    book.merge(A, B)
    other = new_book("other", "a.md")
    other.merge(A, B, into=B)
    other.load(book.exported())
    ((_, reject),) = other.catalogue.rejects()
    assert "not taken over" in reject.reason
    assert "decision 1" in reject.reason
    assert ("b.md", 1) in other.seen()[B]
    assert len(other.catalogue.decisions().made) == 1


def test_a_decision_that_makes_no_sense_rejects_its_line(book):
    book.merge(A, B)
    lines = [json.loads(line) for line in book.exported().splitlines()]
    lines[0]["decisions"] = [{"kind": "merge"}]
    book.load("".join(json.dumps(line) + "\n" for line in lines))
    ((_, reject),) = book.catalogue.rejects()
    assert "is no whole record" in reject.reason


# As people meet it


@pytest.fixture(scope="module")
def home(example, tmp_path_factory):
    return copy_home(example, tmp_path_factory.mktemp("deciding") / "home")


@pytest.fixture
def archive(archive_command, home):
    def run(*arguments, **given):
        done = archive_command(*arguments, **{"home": home} | given)
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def ask(*arguments, **given):
        done = run(*arguments, "--json", **given)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    run.json = ask
    return run


def test_merge_show_search_list_undo(archive):
    one, other = "1706.03762", "2205.14135"
    before = archive("export").stdout
    made = archive.json("merge", f"https://arxiv.org/abs/{one}v5", other)
    assert (made["paper_id"], made["members"]) == (one, [other])
    shown = archive.json("show", f"{other}v2")
    assert shown["paper_id"] == one
    assert {"FlashAttention" in title["text"] for title in shown["titles"]} == {True, False}
    assert archive.json("search", other)["results"][0]["paper_id"] == one
    (listed,) = archive.json("identity", "list")["items"]
    assert (listed["number"], listed["kind"]) == (1, "merge")
    assert f"{other} merged into {one}" in archive("identity", "list").stdout
    assert f"Taken back: {other} merged" in archive("identity", "undo").stdout
    assert archive("export").stdout == before


def test_split_by_file_and_line(archive, home):
    shown = archive.json("show", "2205.14135")
    at = shown["seen_in"][0]
    made = archive.json("split", "2205.14135", "--row", f"{at['file']}:{at['line']}")
    assert archive.json("show", made["paper_id"])["seen_in"] == [at]
    assert archive.json("show", "2205.14135")["seen_in"] == shown["seen_in"][1:]
    archive("identity", "undo", str(made["number"]))
    assert archive.json("show", "2205.14135") == shown


def test_wrong_usage(archive):
    for arguments, status, said in [
        (["split", "1706.03762", "--row", "page.md"], 2, "FILE:LINE"),
        (["merge", "1706.03762", "2501.99999"], 1, "2501.99999"),
        (["identity", "undo", "99"], 1, "Nothing was merged or split"),
    ]:
        done = archive(*arguments)
        assert done.returncode == status, done.stderr
        assert said in done.stderr


def test_every_id_finds_the_paper_over_http(example, copy_of, serve, archive_command):
    import httpx

    home = copy_of(example)
    done = archive_command("merge", "1706.03762", "2205.14135", home=home)
    assert done.returncode == 0, done.stderr
    served = serve(home)
    for paper_id in ("1706.03762", "2205.14135"):
        found = httpx.get(f"{served.url}/papers/{paper_id}")
        assert (found.status_code, found.json()["paper_id"]) == (200, "1706.03762")
    found = httpx.get(f"{served.url}/search", params={"q": "2205.14135"}).json()
    assert found["results"][0]["paper_id"] == "1706.03762"
    refused = archive_command("merge", "1706.03762", "1312.5602", home=home)
    assert refused.returncode == 1
    assert "served at" in refused.stderr


BIB = """
@misc{a, title={Sparse maps of meaning}, author={Ada One}, eprint={2401.00007},
 archiveprefix={arXiv}, doi={10.1000/maps}, abstract={We draw maps. They are sparse.}}
@article{b, title={Maps of meaning that are sparse}, author={Ada One}, doi={10.1000/MAPS},
 abstract={Other words about drawing.}}
@misc{c, title={Introduction}, author={Bo Two}, url={https://example.org/1}}
@misc{d, title={Introduction}, author={Cy Three}, url={https://example.org/2}}
@misc{e, title={One title, two ids}, eprint={2401.00008}, archiveprefix={arXiv}}
@misc{f, title={One Title, Two IDs}, eprint={2401.00009}, archiveprefix={arXiv}}
"""


def test_duplicates_are_suggested_with_evidence_and_command(archive, tmp_path):
    (tmp_path / "papers.bib").write_text(BIB)
    home = tmp_path / "home"
    archive.json("index", tmp_path / "papers.bib", home=home)
    found = archive.json("duplicates", home=home)
    assert found["count"] == 2
    by_doi, by_title = found["items"]
    assert {each["paper_id"] for each in by_doi["papers"]} == {"2401.00007", "doi:10.1000/maps"}
    (match,) = by_doi["evidence"]
    assert (match["because"], match["detail"]) == ("doi", "10.1000/maps")
    assert by_title["evidence"][0]["because"] == "title"
    said = archive("duplicates", home=home).stdout
    for each in found["items"]:
        assert each["command"] in said
        done = archive(*each["command"].split()[1:], home=home)
        assert done.returncode == 0, done.stderr
    assert archive.json("duplicates", home=home) == {"count": 0, "items": []}
    assert archive.json("show", "https://doi.org/10.1000/maps", home=home)["paper_id"] == (
        "2401.00007"
    )
    assert "No two papers" in archive("duplicates", home=home).stdout


def test_what_was_taken_apart_is_not_suggested_again(archive, tmp_path):
    (tmp_path / "papers.jsonl").write_text(
        "".join(
            json.dumps({"title": "One title", "authors": [name], "abstract": f"About {name}."})
            + "\n"
            for name in ("Ada One", "Bo Two")
        )
    )
    home = tmp_path / "home"
    assert archive.json("index", tmp_path / "papers.jsonl", home=home)["papers"] == 1
    (paper_id,) = (
        json.loads(line)["paper_id"] for line in archive("export", home=home).stdout.splitlines()
    )
    archive.json("split", paper_id, "--row", "papers.jsonl:2", home=home)
    assert len(archive("export", home=home).stdout.splitlines()) == 2
    assert archive.json("duplicates", home=home)["count"] == 0
