"""Digests: which papers, what is said of them, and that nothing is lost on the way back."""

import contextlib
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pytest

from embeddings.errors import BadQuery
from indexer import deciding
from indexer.catalogue import Catalogue
from indexer.files import SourceFile, decode, discover
from indexer.paper import OriginText, OriginTitle, Paper, Sighting, Text
from indexer.readers.base import Page
from indexer.readers.registry import load_registry
from indexer.settings import Settings
from indexer.writers.registry import WRITERS
from search_api.archive import Archive
from search_api.digests.digest import write_digest
from search_api.digests.duplicates import same_works
from search_api.digests.edition import Days, Edition, read_days, remember_shown, shown
from search_api.digests.entry import make_entry, row_of
from search_api.routes.headers import LEFT_OUT, telling
from search_api.topics.topic import shipped_topics

EXAMPLES = Path(__file__).parent.parent / "indexer" / "examples"
REGISTRY = load_registry()
LAYOUTS = list(WRITERS)
EVERY = Edition(Days("0001-01-01", "9999-12-31"))


def unsorted(topics):
    raise AssertionError(f"nobody asked for the topics of {topics}")


def alone(paper_ids):
    """Every paper a work of its own, where the vectors are of no interest."""
    return [(each,) for each in paper_ids]


def read_again(text):
    reader = REGISTRY.recognise(Page(text))
    reading = reader.read(Page(text))
    assert reading.rejects == ()
    return reading


def unlined(rows):
    return [replace(row, line=0, end_line=0) for row in rows]


def put(catalogue, path, name, text):
    """A page into a catalogue, whose papers need no vectors."""
    page = decode(path, text.encode())
    reader = REGISTRY.recognise(page)
    file = SourceFile(path, name)
    catalogue.put_file(file, "0", file.source(), layout=reader.layout, reading=reader.read(page))


@pytest.fixture(scope="module", params=["example", "real"])
def catalogue(request, tmp_path_factory):
    """The catalogue of all pages of an archive."""
    folder = EXAMPLES if request.param == "example" else request.getfixturevalue("archives")
    with Catalogue(tmp_path_factory.mktemp("catalogue") / "catalogue.sqlite") as catalogue:
        for file in discover([folder]):
            if not file.name.startswith("README"):
                put(catalogue, file.path, file.name, file.path.read_text("utf-8-sig"))
        assert len(catalogue.paper_ids()) == {"example": 46, "real": 632}[request.param]
        yield catalogue


# --- the round trip ----------------------------------------------------------------------


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_paper_of_an_archive_comes_back(catalogue, layout, tmp_path):
    """All that the layout has a place for, in the record that an archive makes of it."""
    writer = WRITERS[layout]
    papers = {each: catalogue.paper(each) for each in catalogue.paper_ids()}
    rows = [row_of(paper, writer) for paper in papers.values()]
    assert unlined(read_again(writer.write(rows, "2025-10-07")).rows) == writer.carried(rows)
    with Catalogue(tmp_path / "catalogue.sqlite") as second:
        put(second, tmp_path / "d.md", "d.md", writer.write(rows, "2025-10-07"))
        assert second.paper_ids() == list(papers)
        for paper_id, paper in papers.items():
            back = second.paper(paper_id)
            assert back.title == paper.title
            assert back.notes == paper.notes
            assert {(t.kind, t.language, t.text) for t in back.texts} == {
                (t.kind, t.language, t.text) for t in paper.texts
            }
            assert (back.arxiv_id, back.url) == (paper.arxiv_id, paper.url)
            assert back.versions == paper.versions[-1:]
            if layout in ("topic-tables", "translated-table"):
                assert back.code_urls == paper.code_urls
                if paper.date_precision == "day":
                    assert (back.date, back.date_precision) == (paper.date, "day")
            if layout == "topic-tables":
                assert set(back.topics) == set(paper.topics)
            if layout in ("arxiv-by-category", "translated-table"):
                assert back.authors == paper.authors
            if layout == "arxiv-by-category":
                assert back.categories == paper.categories


@pytest.mark.parametrize("languages", ["zh", "en", "both"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_digest_reads_back_as_its_entries(catalogue, layout, languages):
    edition = replace(EVERY, layout=layout, languages=languages)
    digest = write_digest(catalogue, edition, alone, unsorted)
    assert len(digest.entries) == len(catalogue.paper_ids())
    assert digest.left_out == ()
    rows = WRITERS[layout].carried([entry.row for entry in digest.entries])
    reading = read_again(digest.text)
    assert unlined(reading.rows) == rows
    assert all(row.texts for row in rows)


# --- which papers ------------------------------------------------------------------------


def paper(paper_id="2501.00001", *, date=None, precision="day", seen=(), **more):
    """A paper seen as (source, date, version)."""
    return Paper(
        paper_id=paper_id,
        title=more.pop("title", f"Paper {paper_id}"),
        titles=more.pop("titles", ()),
        authors=more.pop("authors", ()),
        date=date,
        date_precision=precision if date else None,
        url=f"https://arxiv.org/abs/{paper_id}",
        arxiv_id=paper_id,
        seen_in=tuple(Sighting(s, f"{s}.md", 1, "topic-tables", d, v) for s, d, v in seen),
        **more,
    )


@pytest.mark.parametrize(
    ("date", "precision", "seen", "belongs"),
    [
        ("2025-01-08", "day", None, True),
        ("2025-01-14", "day", None, True),
        ("2025-01-07", "day", None, False),
        ("2025-01-15", "day", None, False),
        ("2025-01-01", "day", "2025-01-10", True),
        ("2025-01-01", "month", "2025-01-10", True),
        ("2025-01-01", "month", None, False),
        ("2025-01-01", "month", "2025-02-01", False),
        (None, None, "2025-01-08", True),
        (None, None, None, False),
    ],
)
def test_papers_belong_to_the_days_of_their_publication_and_of_their_showing(
    date, precision, seen, belongs
):
    week = Edition(read_days(None, "2025-01-08", "2025-01-14"))
    given = paper(date=date, precision=precision, seen=[("s", seen, None)])
    assert week.holds(given) == belongs


def test_a_month_holds_papers_of_which_only_the_month_is_known():
    vague = paper(date="2025-02-01", precision="month")
    for days in ("2025-02", "2025"):
        assert Edition(read_days(days)).holds(vague)
    for first, last in [("2025-02-01", "2025-02-27"), ("2025-02-02", None), (None, "2025-02-01")]:
        assert not Edition(read_days(None, first, last)).holds(vague)
    assert Edition(read_days(None, "2025-02", None)).holds(vague)


def test_days_are_named_once_and_the_right_way_round():
    assert read_days("2025-02") == Days("2025-02-01", "2025-02-28")
    assert read_days(None, "2025-02-03", None) == Days("2025-02-03", None)
    for wrong in [("2025-02", "2025", None), ("gestern",), (None, "2025-02", "2025-01")]:
        with pytest.raises(BadQuery):
            read_days(*wrong)


def test_filters_are_alternatives_of_a_kind_and_conditions_together():
    given = paper(date="2025-01-01", topics=("a", "b"), categories=("cs.IR",), sources=("s",))
    days = read_days("2025")
    assert Edition(days, topics=("b", "c"), categories=("cs.IR",), sources=("s",)).holds(given)
    assert not Edition(days, topics=("c",)).holds(given)
    assert not Edition(days, topics=("a",), categories=("cs.CL",)).holds(given)
    assert not Edition(days, sources=("t",)).holds(given)


# --- what is said of a paper -------------------------------------------------------------

TABLES, LIST, CATEGORY = WRITERS["topic-tables"], WRITERS["daily-numbered"], "arxiv-by-category"


def entry(*papers, date="2025-01-08", languages="en", layout="topic-tables", **more):
    edition = Edition(read_days(date), layout, languages, **more)
    return make_entry(papers, edition, WRITERS[layout])


@pytest.mark.parametrize(
    ("seen", "note"),
    [
        ([("new", "2025-01-08", None)], ()),
        (
            [("old", "2025-01-02", None), ("older", "2025-01-01", None), ("n", "2025-01-08", None)],
            ("seen before on 2025-01-01 in older",),
        ),
        ([("later", "2025-01-09", 1)], ()),
        ([("new", "2025-01-08", 2)], ("version 2",)),
        (
            [("old", "2025-01-01", 1), ("new", "2025-01-08", 2)],
            ("version 2; seen before on 2025-01-01 in old as v1",),
        ),
        (
            [("old", "2025-01-01", 2), ("new", "2025-01-08", 2)],
            ("seen before on 2025-01-01 in old",),
        ),
    ],
)
def test_what_was_seen_before_is_said(seen, note):
    assert entry(paper(date="2025-01-08", seen=seen)).notes == note


def test_notes_are_in_the_language_asked_for():
    seen = [("old", "2025-01-01", 1), ("new", "2025-01-08", 2)]
    chinese = "第 2 版；曾于 2025-01-01 见于 old v1"
    assert entry(paper(seen=seen), languages="zh").notes == (chinese,)
    (both,) = entry(paper(seen=seen), languages="both").notes
    assert both == f"{chinese} / version 2; seen before on 2025-01-01 in old as v1"


def test_one_work_under_two_ids_is_one_entry():
    first = paper("2501.00001", date="2025-01-01", authors=("A",), code_urls=("https://x.org/a",))
    second = paper("2501.00002", date="2025-01-02", authors=("A", "B"), topics=("t",))
    found = entry(second, first)
    assert (found.paper_id, found.same_work) == ("2501.00001", ("2501.00002",))
    assert found.notes == ("the same work: Paper 2501.00002 https://arxiv.org/abs/2501.00002",)
    assert found.row.authors == ("A", "B")
    assert (found.row.topics, found.row.code_urls) == (("t",), ("https://x.org/a",))


def texts(*kinds):
    return tuple(OriginText(kind, lang, f"{kind} {lang}", (0,)) for kind, lang in kinds)


def test_each_layout_prints_the_texts_that_it_is_for():
    every = [(kind, lang) for kind in ("summary", "tldr", "method") for lang in ("zh", "en")]
    given = paper(texts=texts(*every, ("translation", "zh"), ("abstract", "en")))

    def printed(**how):
        return [(text.kind, text.language) for text in entry(given, **how).row.texts]

    assert printed(languages="zh") == [("translation", "zh")]
    assert printed(languages="both") == [("translation", "zh"), ("abstract", "en")]
    assert printed(languages="en", layout="daily-titles") == [("summary", "en")]
    assert printed(languages="zh", layout=CATEGORY) == [
        ("tldr", "zh"), ("summary", "zh"), ("method", "zh"), ("translation", "zh"),
    ]  # fmt: skip
    assert len(printed(languages="both", layout=CATEGORY)) == len(given.texts)


def test_a_paper_without_a_text_in_the_language_keeps_what_it_has():
    given = paper(texts=texts(("summary", "zh"), ("tldr", "zh")))
    assert [t.text for t in entry(given, languages="en").row.texts] == ["summary zh"]
    failed = OriginText("summary", "en", "Error", (0,))
    given = replace(given, texts=(failed, *given.texts))
    assert [t.text for t in entry(given, languages="en").row.texts] == ["summary zh"]


def test_titles_are_in_the_language_asked_for():
    titles = (OriginTitle("zh", "题目", (0,)), OriginTitle("en", "Title", (0,)))
    given = paper(title="Title", titles=titles)
    assert entry(given, languages="zh").row.title == "题目"
    assert entry(given, languages="en").row.title == "Title"
    both = entry(given, languages="both")
    assert (both.title, both.notes) == ("Title", ("又题 / also titled: 题目",))
    assert entry(paper(titles=titles[:1], title="题目"), languages="en").title == "题目"


def test_only_topics_asked_for_have_tables_and_categories_asked_for_come_first():
    given = paper(topics=("a", "b"), categories=("cs.CV", "cs.IR"))
    row = entry(given, topics=("b",), categories=("cs.IR",)).row
    assert (row.topics, row.categories) == (("b",), ("cs.IR", "cs.CV"))


# --- a small archive with a past ---------------------------------------------------------

ABSTRACT = (
    "Dense retrieval maps queries and documents to vectors. We study how quantizing these "
    "vectors to eight bits changes what is found. On four collections the loss is below one "
    "percent. Memory falls by a factor of four. Code is available."
)
HEAD = "| Publish Date | Title | Code | Abstract |\n|:---|:---|:---|:---|\n"
PAGES = {
    "tables_2025-01-01.md": HEAD
    + "|**2025-01-01**|[Quantized Retrieval](http://arxiv.org/abs/2501.00001v1)|null|"
    + ABSTRACT
    + "|\n|**2025-01-01**|[Old Only](http://arxiv.org/abs/2501.00002)|null|一篇旧文。|\n",
    "tables_2025-01-08.md": "## 检索\n\n"
    + HEAD
    + f"|**2025-01-01**|[Quantized Retrieval](http://arxiv.org/abs/2501.00001v2)|null|{ABSTRACT}|\n"
    + "|**2025-01-08**|[Quantised Retrieval, Revisited](http://arxiv.org/abs/2501.00009)|null|"
    + ABSTRACT.replace(" Code is available.", "")
    + "|\n|**2025-01-07**|[Whales](http://arxiv.org/abs/2501.00008)|null|鲸鱼的歌声如何传播。|\n",
}


@pytest.fixture(scope="module")
def past(session_embedder, tmp_path_factory):
    """The home of an archive of two days, with a revised paper and a near-duplicate."""
    folder = tmp_path_factory.mktemp("past")
    (folder / "pages").mkdir()
    for name, text in PAGES.items():
        (folder / "pages" / name).write_text(text, encoding="utf-8")
    with Archive(Settings(home=folder / "home")) as archive:
        archive.index([folder / "pages"])
    return folder / "home"


@pytest.fixture
def archive(archive_command, copy_of, past):
    home = copy_of(past)

    def run(*arguments, status=0, **given):
        done = archive_command(*arguments, **{"home": home} | given)
        assert done.returncode == status, done.stderr
        assert "Traceback" not in done.stderr
        return done

    return run


DAY = ("digest", "--date", "2025-01-08", "--language", "en")


def test_the_command_prints_a_page_that_is_read_again(archive):
    done = archive(*DAY)
    rows = read_again(done.stdout).rows
    assert [row.arxiv_id for row in rows] == ["2501.00001", "2501.00008"]
    assert rows[0].notes == (
        "version 2; seen before on 2025-01-01 in tables as v1",
        "the same work: Quantised Retrieval, Revisited https://arxiv.org/abs/2501.00009",
    )
    assert rows[0].texts == (Text("abstract", "en", ABSTRACT),)
    assert {row.topics for row in rows} == {("检索",)}
    assert done.stderr == ""


def test_one_json_object(archive, tmp_path):
    done = archive(*DAY, "--json", "--output", tmp_path / "day.md")
    report = json.loads(done.stdout)
    assert (report["layout"], report["from"], report["to"]) == (
        "topic-tables", "2025-01-08", "2025-01-08",
    )  # fmt: skip
    assert [each["paper_id"] for each in report["papers"]] == ["2501.00001", "2501.00008"]
    assert report["papers"][0]["same_work"] == ["2501.00009"]
    assert report["text"] == (tmp_path / "day.md").read_bytes().decode()
    assert report["left_out"] == []


def test_a_written_digest_is_indexed_and_changes_no_paper(archive, tmp_path):
    before = json.loads(archive("show", "2501.00008", "--json").stdout)
    archive(*DAY, "--layout", "translated-table", "--output", tmp_path / "own_2025-01-08.md")
    report = json.loads(archive("index", tmp_path / "own_2025-01-08.md", "--json").stdout)
    assert (report["rows_read"], report["rows_rejected"], report["papers_new"]) == (2, 0, 0)
    after = json.loads(archive("show", "2501.00008", "--json").stdout)
    seen = {"sources", "seen_in", "texts", "titles"}
    assert {k: v for k, v in after.items() if k not in seen} == {
        k: v for k, v in before.items() if k not in seen
    }
    assert [text["text"] for text in after["texts"]] == [text["text"] for text in before["texts"]]


def test_what_is_new_is_shown_once_for_each_page(archive, tmp_path):
    def shown(*more, **given):
        done = archive("digest", "--new", "--json", *more, **given)
        return {each["paper_id"] for each in json.loads(done.stdout)["papers"]}

    week = ("--from", "2025-01-08")
    # A page that could not be written has shown nothing.
    archive("digest", "--new", *week, "--output", tmp_path / "no" / "x.md", status=1)
    assert shown(*week) == {"2501.00001", "2501.00008"}
    assert shown(*week) == set()
    assert shown() == {"2501.00002"}
    assert shown() == set()
    # Another page remembers its own.
    assert shown(*week, "--layout", "daily-titles") == {"2501.00001", "2501.00008"}
    assert shown("--topic", "检索") == {"2501.00001", "2501.00008"}
    # Without --new nothing is left out, nor remembered.
    everything = json.loads(archive("digest", "--date", "2025-01", "--json").stdout)
    assert len(everything["papers"]) == 3


def test_a_paper_shown_under_a_former_id_is_not_new(workshop, tmp_path):
    shop = workshop()
    (tmp_path / "a.jsonl").write_text('{"title": "T"}\n{"title": "U", "id": "2501.00001"}\n')
    shop.index(tmp_path / "a.jsonl")
    former = next(each for each in shop.catalogue.paper_ids() if each.startswith("title:"))
    edition = Edition(read_days("2025"), "topic-tables", "en")
    remember_shown(shop.catalogue, edition, [former])
    deciding.merge(shop.catalogue, [former, "2501.00001"], into="2501.00001")
    assert shown(shop.catalogue, edition) == {"2501.00001"}


def test_no_page_is_of_a_day_to_come(catalogue):
    """Papers without a day of their own would be read again as of that day."""
    today = date.today()
    edition = replace(
        EVERY, layout="daily-numbered", days=Days("2024-01-01", f"{today.year}-12-31")
    )
    page = write_digest(catalogue, edition, alone, unsorted)
    assert read_again(page.text).date in (today.isoformat(), date.today().isoformat())
    assert f"to {today.year}-12-31" in page.text


def test_a_day_without_papers_says_so(archive, catalogue):
    for layout in LAYOUTS:
        edition = Edition(read_days("2024-01-01"), layout, "en")
        text = write_digest(catalogue, edition, alone, unsorted).text
        assert "No papers of 2024-01-01" in text
        assert read_again(text).rows == ()
        assert read_again(text).date == "2024-01-01"
    done = archive("digest", "--date", "2024-01-01", "--layout", layout, "--language", "en")
    assert done.stdout == text
    assert done.stderr.strip() == "archive: no papers; the digest says so"


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("--date", "2025-13-01"), 2, "not a date"),
        (("--date", "2025", "--from", "2024"), 2, "not both"),
        (("--from", "2025-02", "--to", "2025-01"), 2, "wrong way round"),
        ((), 2, "needs its days"),
        (("--date", "2025", "--layout", "x"), 2, "topic-tables, daily-numbered"),
        (("--date", "2025", "--output", "/nowhere/x.md"), 1, "/nowhere/x.md"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(archive, arguments, status, words):
    done = archive("digest", *arguments, status=status)
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("archive: ")
    assert words in line
    assert done.stdout == ""


def test_filters_are_known_in_any_case_and_script(archive):
    asked = ("digest", "--date", "2025-01", "--json", "--new")
    meant = archive(*asked, "--topic", "检索", "--source", "tables")
    assert json.loads(meant.stdout)["papers"]
    again = archive(*asked, "--topic", "檢索", "--source", "Tables")
    assert again.stderr == "archive: no papers; the digest says so\n"  # it is the same digest
    other = archive(*asked[:-1], "--topic", "檢索", "--source", "Tables")
    assert json.loads(other.stdout) == json.loads(meant.stdout)


def test_filters_that_nothing_has_are_named(archive):
    done = archive("digest", "--date", "2025", "--topic", "检锁")
    assert "Did you mean 检索?" in done.stderr


# --- one work or two ---------------------------------------------------------------------


def test_near_duplicates_are_one_work(open_archive, copy_of, past):
    archive = open_archive(copy_of(past))
    ids = ["2501.00008", "2501.00009", "2501.00002", "2501.00001"]
    groups = same_works(archive.catalogue, archive.store, ids)
    assert groups == [("2501.00008",), ("2501.00009", "2501.00001"), ("2501.00002",)]
    assert same_works(archive.catalogue, archive.store, []) == []


def test_near_vectors_alone_make_no_duplicate(workshop, tmp_path):
    """Models differ in what a high cosine is; here every passage has the same vector."""

    class Flat:
        def __init__(self, embedder):
            self.identity = embedder.identity

        def embed_passages(self, texts, progress=None):
            vectors = np.zeros((len(texts), self.identity.dimension), np.float32)
            vectors[:, 0] = 1
            return vectors

    for name, text in PAGES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    shop = workshop()
    shop.embedder = Flat(shop.embedder)
    shop.index(tmp_path)
    groups = same_works(shop.catalogue, shop.store, shop.catalogue.paper_ids())
    assert groups == [("2501.00001", "2501.00009"), ("2501.00002",), ("2501.00008",)]


def test_well_known_papers_are_all_different_works(example_search, example, copy_of, open_archive):
    archive = open_archive(copy_of(example))
    ids = archive.catalogue.paper_ids()
    assert same_works(archive.catalogue, archive.store, ids) == alone(ids)


def test_the_papers_of_the_real_archives_are_all_different_works(real, copy_of, open_archive):
    archive = open_archive(copy_of(real[0]))
    ids = archive.catalogue.paper_ids()
    assert same_works(archive.catalogue, archive.store, ids) == alone(ids)


# --- over HTTP ---------------------------------------------------------------------------


def test_a_server_gives_the_same_page(archive_command, copy_of, past, serve):
    import httpx

    home = copy_of(past)
    without = archive_command(*DAY, home=home)
    served = serve(home)
    with contextlib.closing(httpx.Client(base_url=served.url, timeout=60)) as client:
        params = {"date": "2025-01-08", "language": "en"}
        answer = client.get("/digest", params=params)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
        assert answer.text == without.stdout
        by_list = client.get("/digest", params=params | {"layout": "daily-titles"})
        assert read_again(by_list.text).rows[0].title == "Quantized Retrieval"
        refused = client.get("/digest", params=params | {"layout": "x"})
        assert refused.status_code == 400
        assert refused.headers["content-type"] == "application/problem+json"
        assert client.get("/digest").status_code == 400
        assert client.get("/digest", params={"date": "x"}).status_code == 400
        right, other = (
            client.get("/digest", params=params | {"topic": topic}) for topic in ("检索", "檢索")
        )
        assert other.text == right.text == answer.text
        assert "x-hints" not in other.headers
        for path in ("/digest", "/export"):
            asked = {} if path == "/export" else params
            empty = client.get(path, params=asked | {"topic": "检锁"})
            assert empty.status_code == 200
            assert "Did you mean 检索?" in unquote(empty.headers["x-hints"])
        works = client.post("/same-works", json={"paper_ids": ["2501.00009", "2501.00001"]})
        assert works.json() == {"works": [["2501.00009", "2501.00001"]]}
        names = ["2501.00009", "2501.00009v2", "https://arxiv.org/abs/2501.00009"]
        works = client.post("/same-works", json={"paper_ids": names})
        assert works.json() == {"works": [["2501.00009"]]}
        unknown = client.post("/same-works", json={"paper_ids": ["2501.00009", "2501.99999"]})
        assert unknown.status_code == 404
        assert "2501.99999" in unknown.json()["detail"]
    # The command goes through the server, which owns the store.
    assert archive_command(*DAY, home=home).stdout == without.stdout


def test_papers_stand_under_the_topics_that_classification_finds(archive_command, example, copy_of):
    home = copy_of(example)
    asked = ("digest", "--from", "2010", "--to", "2025", "--classify", "shipped")
    page = archive_command(*asked, "--language", "en", home=home).stdout
    vision = page.partition("## 3D vision")[2].partition("## ")[0]
    assert "3D Gaussian Splatting" in vision
    assert "Representation Learning" not in page
    only = archive_command(*asked, "--topic", "3D vision", "--json", home=home)
    assert "2308.04079" in {each["paper_id"] for each in json.loads(only.stdout)["papers"]}
    assert "has no topic" not in only.stderr
    zh = next(each.zh for each in shipped_topics("machine_learning") if each.en == "3D vision")
    assert archive_command(*asked, "--topic", zh, "--json", home=home).stdout == only.stdout
    unknown = archive_command(*asked, "--topic", "3D visoin", home=home)
    assert unknown.returncode == 1
    assert "3D vision" in unknown.stderr


def told(lines):
    return telling(LEFT_OUT, lines)[LEFT_OUT]


def test_what_is_left_out_is_told_in_a_header_of_bounded_length():
    few = told(["一: no link", "B: no link"])
    assert unquote(few) == "一: no link; B: no link"
    many = told([f"题目第{number}: holds no link" for number in range(250)])
    assert len(many) < 2100
    assert unquote(many).endswith(" more")
    *shown, rest = unquote(many).split("; ")
    assert rest == f"and {250 - len(shown)} more"


@pytest.mark.parametrize("date", ["2024-00", "2024-03-00", "2024-13"])
def test_there_is_no_month_or_day_zero(date):
    with pytest.raises(BadQuery, match="is not a date"):
        read_days(date)
