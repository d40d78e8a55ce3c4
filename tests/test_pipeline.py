"""The main job: the real pages whole, nothing twice, only what changed, nothing lost silently."""

import gzip
import json
import shutil
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import pytest

from embeddings.errors import ConfigError, ModelMismatch, UnreadableFile
from indexer.catalogue import Catalogue
from indexer.paper import Text
from indexer.readers.base import Reading
from indexer.readers.registry import Registry
from indexer.settings import Settings
from search_api.archive import Archive

EXAMPLES = Path(__file__).parent.parent / "indexer" / "examples"
TOPICS = "topic-tables_2024-03-04.md"


def entry(number, title, text, paper="2401.{:05d}"):
    return f"## {number}.[{title}](https://arxiv.org/pdf/{paper.format(number)})\nsummary:{text}\n"


def page(path, *entries):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(entry(n, *each) for n, each in enumerate(entries, 1)), "utf-8")
    return path


THREE = [("On graphs", "讲图的论文。"), ("On cats", "讲猫的论文。"), ("On dogs", "讲狗的论文。")]


def papers_of(book):
    return [book.paper(paper_id) for paper_id in book.paper_ids()]


# The real pages


class TestRealPages:
    def test_report(self, real):
        report = real[1]
        expected = {
            "files": 5,
            "files_unchanged": 0,
            "papers": 632,
            "papers_new": 632,
            "papers_updated": 0,
            "rows_read": 245 + 38 + 357 + 10 + 20,
            "rows_rejected": 0,
            "rejected": [],
        }
        assert {key: report[key] for key in expected} == expected
        assert report["passages"] == report["passages_embedded"] > 632
        # The folder's own description is no digest, which is said.
        assert [each["file"] for each in report["skipped"]] == ["README.md"]

    @pytest.fixture
    def book(self, real, copy_of):
        with Catalogue(copy_of(real[0]) / "catalogue.sqlite") as catalogue:
            yield catalogue

    def test_rows_by_source(self, book):
        assert {state.source: state.rows for state in book.files() if state.layout} == {
            "topic-tables": 245,
            "daily-numbered": 38,
            "arxiv-by-category": 357,
            "translated-table": 10,
            "daily-titles": 20,
        }

    def test_papers_by_source_and_between_sources(self, book):
        papers = papers_of(book)
        assert book.facets("sources") == {
            "arxiv-by-category": 357,
            "topic-tables": 227,
            "daily-numbered": 38,
            "daily-titles": 20,
            "translated-table": 10,
        }
        shared = Counter(
            tuple(sorted(set(paper.sources))) for paper in papers if len(paper.sources) > 1
        )
        assert shared == {
            ("daily-numbered", "topic-tables"): 12,
            ("daily-titles", "topic-tables"): 7,
            ("arxiv-by-category", "topic-tables"): 1,
        }

    def test_every_row_is_a_sighting_and_every_paper_has_a_versionless_id(self, book):
        papers = papers_of(book)
        assert sum(len(paper.seen_in) for paper in papers) == 670
        assert all(paper.arxiv_id == paper.paper_id for paper in papers)
        assert all("v" not in paper.paper_id for paper in papers)
        assert all(at.line > 0 and at.file and at.source for p in papers for at in p.seen_in)

    def test_topics_categories_and_code(self, book):
        papers = papers_of(book)
        assert len(book.facets("topics")) == 6
        assert book.facets("categories") == {"cs.LG": 180, "cs.CV": 134, "cs.RO": 43}
        twice = [p for p in papers if sum(at.source == "topic-tables" for at in p.seen_in) == 2]
        assert sum(len(p.topics) == 2 for p in twice) == 16
        # 39 rows have a code link; three papers among them stand under two topics.
        assert sum(bool(paper.code_urls) for paper in papers) == 36

    def test_shared_papers_keep_every_text(self, book):
        for paper in papers_of(book):
            if len(paper.sources) > 1:
                origins = {index for text in paper.texts for index in text.origins}
                assert origins == set(range(len(paper.seen_in))), paper.paper_id

    def test_every_passage_is_stored(self, real, copy_of, state):
        found = state(copy_of(real[0]))
        assert found["unfinished"] == []
        passages = {p.id: p for each in found["passages"].values() for p in each}
        assert set(found["points"]) == set(passages)
        assert all(found["points"][p.id][0] == p.payload for p in passages.values())

    def test_again_changes_nothing_and_embeds_nothing(
        self, real, archives, copy_of, archive_command, state
    ):
        home = copy_of(real[0])
        before = state(home)
        done = archive_command("index", archives, "--json", home=home)
        report = json.loads(done.stdout)
        assert report["passages_embedded"] == report["papers_new"] == report["papers_updated"] == 0
        assert report["files_unchanged"] == 5
        assert report["rows_read"] == 670
        assert state(home) == before


# The example pages


def test_example_pages(workshop):
    shop = workshop()
    report = shop.index(EXAMPLES)
    assert (report.files, report.rows_read, report.papers, report.papers_new) == (5, 54, 46, 46)
    assert report.passages == report.passages_embedded == shop.store.count() == 66
    assert report.skipped == []
    assert shop.state()["unfinished"] == []


def test_day_by_day_equals_all_at_once(workshop):
    whole, daily = workshop("whole"), workshop("daily")
    whole.index(EXAMPLES)
    for path in sorted(EXAMPLES.glob("*_*.md"), reverse=True):
        daily.index(path)
    assert daily.state() == whole.state()


def test_every_kept_text_is_embedded_once(workshop, embedder):
    shop = workshop()
    shop.index(EXAMPLES)
    passages = [p for each in shop.state()["passages"].values() for p in each]
    assert Counter(embedder.asked) == Counter(p.text for p in passages)


# Again, changed, removed


def test_unchanged_files_are_not_read_and_nothing_is_embedded(workshop, embedder, tmp_path):
    shop, path = workshop(), page(tmp_path / "daily.md", *THREE)
    shop.index(path)
    before = shop.state()
    embedder.asked.clear()
    report = shop.index(path)
    assert embedder.asked == []
    assert (report.files_unchanged, report.passages_embedded) == (1, 0)
    assert (report.rows_read, report.papers, report.papers_updated) == (3, 3, 0)
    assert shop.state() == before


def test_one_changed_entry_embeds_one_passage(workshop, embedder, tmp_path):
    shop, path = workshop(), page(tmp_path / "daily.md", *THREE)
    shop.index(path)
    before = set(shop.store.ids())
    embedder.asked.clear()
    page(path, THREE[0], ("On cats", "改过的文字。"), THREE[2])
    report = shop.index(path)
    assert embedder.asked == ["On cats\n改过的文字。"]
    assert (report.papers_updated, report.papers_new, report.passages) == (1, 0, 3)
    assert len(before - set(shop.store.ids())) == 1
    fresh = workshop("fresh")
    fresh.index(path)
    assert shop.state() == fresh.state()


def test_a_new_entry_before_the_others_moves_lines_and_embeds_one(workshop, embedder, tmp_path):
    shop, path = workshop(), page(tmp_path / "daily.md", *THREE)
    shop.index(path)
    text = path.read_text("utf-8")
    embedder.asked.clear()
    path.write_text(entry(9, "On birds", "讲鸟的论文。") + "\n" + text, "utf-8")
    report = shop.index(path)
    assert len(embedder.asked) == 1
    assert (report.papers_new, report.papers_updated) == (1, 3), "three stand on other lines now"
    assert shop.catalogue.paper("2401.00001").seen_in[0].line == 4


def test_a_renamed_topic_rewrites_payloads_without_embedding(workshop, embedder, tmp_path):
    path = Path(shutil.copy(EXAMPLES / TOPICS, tmp_path))
    shop = workshop()
    shop.index(path)
    embedder.asked.clear()
    path.write_text(path.read_text("utf-8").replace("## 强化学习", "## 决策"), "utf-8")
    report = shop.index(path)
    assert embedder.asked == []
    assert report.papers_updated == 4
    assert "决策" in shop.store.facets("topics")
    assert "强化学习" not in shop.store.facets("topics")
    fresh = workshop("fresh")
    fresh.index(path)
    assert shop.state() == fresh.state()


def test_removing_a_file_equals_never_having_had_it(workshop, tmp_path):
    pages = [Path(shutil.copy(path, tmp_path)) for path in sorted(EXAMPLES.glob("*_*.md"))]
    shop, without = workshop(), workshop("without")
    shop.index(*pages)
    removed = shop.indexer().remove([pages[0]])
    assert removed.papers_removed > 0
    without.index(*pages[1:])
    assert shop.state() == without.state()


def test_removing_a_file_that_is_gone_from_the_disk(workshop, tmp_path):
    shop, path = workshop(), page(tmp_path / "daily.md", *THREE)
    shop.index(path)
    path.unlink()
    assert shop.indexer().remove([path]).papers_removed == 3
    assert shop.store.count() == 0


def test_removing_what_was_never_there_changes_nothing(workshop, tmp_path):
    shop, path = workshop(), page(tmp_path / "daily.md", *THREE)
    shop.index(path)
    before = shop.state()
    with pytest.raises(UnreadableFile, match=r"not in the archive.*archive files"):
        shop.indexer().remove([path, tmp_path / "other.md"])
    assert shop.state() == before


def test_a_broken_byte_spoils_its_entry_alone(workshop, tmp_path):
    path = page(tmp_path / "pages" / "one.md", *THREE)
    path.write_bytes(path.read_bytes().replace("猫".encode(), "猫".encode()[:2]))
    shop = workshop()
    report = shop.index(path)
    assert report.skipped == []
    assert (report.rows_read, report.rows_rejected) == (2, 1)
    assert [(each.line, each.reason[:30]) for each in report.rejected] == [
        (4, "holds bytes that are no UTF-8;")
    ]
    titles = {each.title for each in papers_of(shop.catalogue)}
    assert titles == {"On graphs", "On dogs"}


def test_a_page_of_several_days_dates_each_paper_by_its_own(workshop, tmp_path):
    path = tmp_path / "pages" / "digest.md"
    path.parent.mkdir()
    days = [f"# Papers for 2024-01-0{day}\n\n{entry(day, f'On {day}', '一段。')}" for day in (3, 2)]
    path.write_text("\n".join(days), "utf-8")
    shop = workshop()
    shop.index(path)
    papers = {paper.title: paper for paper in papers_of(shop.catalogue)}
    assert {title: paper.seen_in[0].date for title, paper in papers.items()} == {
        "On 3": "2024-01-03",
        "On 2": "2024-01-02",
    }


def test_a_packed_page_is_a_page(workshop, tmp_path):
    path = page(tmp_path / "pages" / "2024-01-02.md", *THREE)
    packed = path.with_name(f"{path.name}.gz")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    path.unlink()
    (packed.with_name("broken.md.gz")).write_bytes(packed.read_bytes()[:40])
    shop = workshop()
    report = shop.index(packed.parent)
    assert report.rows_read == 3
    assert {(at.source, at.date) for p in papers_of(shop.catalogue) for at in p.seen_in} == {
        ("pages", "2024-01-02")
    }
    assert [(each.file, each.reason[:18]) for each in report.skipped] == [
        ("broken.md.gz", "cannot be unpacked")
    ]


def test_vanished_files_are_told_and_pruned_on_request(workshop, tmp_path):
    folder = tmp_path / "pages"
    page(folder / "one.md", *THREE)
    gone = page(folder / "two.md", ("On graphs", "另一段。"))
    outside = page(tmp_path / "outside.md", THREE[0])
    shop = workshop()
    shop.index(folder, outside)
    gone.unlink()
    outside.unlink()
    report = shop.index(folder)
    assert report.missing == [str(gone)]
    assert report.papers_updated == 0
    report = shop.index(folder, prune=True)
    assert (report.missing, report.papers_updated) == ([], 1)
    assert len(shop.catalogue.paper("2401.00001").seen_in) == 2, "outside the folder it stays"


def test_a_page_whose_content_moves_to_another_file_is_not_embedded_again(
    workshop, embedder, tmp_path
):
    folder, kept = tmp_path / "pages", THREE[:2]
    current = page(folder / "README.md", *kept)
    shop = workshop()
    shop.index(folder)
    current.rename(folder / "yesterday.md")
    current.write_text(entry(3, *THREE[2]), "utf-8")
    embedder.asked.clear()
    report = shop.index(folder)
    assert embedder.asked == ["\n".join(THREE[2])]
    assert (report.papers_new, report.papers_updated, report.papers_removed) == (1, 2, 0)
    assert shop.state()["unfinished"] == []


def test_what_comes_back_after_the_store_let_it_go_is_embedded(workshop, embedder, tmp_path):
    shop, path = workshop(), page(tmp_path / "daily.md", *THREE)
    shop.index(path)
    before = shop.state()
    shop.catalogue.remove_file(path)
    shop.store.delete(shop.catalogue.ids_in_state("gone"))  # and there the process was killed
    embedder.asked.clear()
    shop.index(path)
    assert len(embedder.asked) == 3
    assert shop.state() == before


def test_a_named_source(workshop, tmp_path):
    shop, path = workshop(), page(tmp_path / "daily.md", *THREE)
    shop.index(path, source="my digest")
    assert shop.catalogue.facets("sources") == {"my digest": 3}
    assert shop.store.facets("sources") == {"my digest": 3}


def test_chinese_file_names(workshop, tmp_path):
    shop = workshop()
    path = page(tmp_path / "论文 日报" / "每日论文_2024-01-05.md", *THREE)
    report = shop.index(tmp_path / "论文 日报")
    assert (report.files, report.papers) == (1, 3)
    (at,) = shop.catalogue.paper("2401.00001").seen_in
    assert (at.source, at.file, at.date) == ("每日论文", path.name, "2024-01-05")


# Odd files


def test_odd_files_are_told_and_the_rest_is_indexed(workshop, tmp_path):
    folder = tmp_path / "pages"
    page(folder / "good.md", *THREE)
    (folder / "empty.md").write_bytes(b"")
    (folder / "binary.md").write_bytes(bytes(range(256)) * 10)
    (folder / "prose.md").write_text("# Notes\n\nNothing about papers.\n")
    (folder / "cut.md").write_bytes("summary:文字".encode()[:-1])
    with (folder / "huge.md").open("wb") as file:
        file.truncate(200 * 2**20)
    (folder / "picture.png").write_bytes(b"\x89PNG")
    shop = workshop()
    report = shop.index(folder)
    assert (report.files, report.papers, report.passages) == (1, 3, 3)
    told = {each.file: each.reason for each in report.skipped}
    assert set(told) == {"empty.md", "binary.md", "prose.md", "cut.md", "huge.md"}
    assert told["empty.md"] == "is empty"
    assert "binary" in told["binary.md"]
    assert "no layout" in told["prose.md"]
    assert "encoding" in told["cut.md"]
    assert "200 MB" in told["huge.md"]
    assert shop.index(folder).skipped == report.skipped, "told again, though nothing changed"


def test_a_page_in_gb18030_is_read_like_one_in_utf8(workshop, tmp_path):
    text = (EXAMPLES / "daily-numbered_2024-03-05.md").read_text("utf-8")
    path = tmp_path / "daily-numbered_2024-03-05.md"
    path.write_bytes(text.encode("gb18030"))
    plain, other = workshop("plain"), workshop("other")
    plain.index(EXAMPLES / path.name)
    other.index(path)
    assert other.state()["papers"] == plain.state()["papers"]


def test_bad_rows_are_quarantined_with_file_line_and_reason(workshop, tmp_path):
    good = (EXAMPLES / TOPICS).read_text("utf-8").splitlines()
    bad = "|**2022-03-04**|[A title](http://arxiv.org/abs/2213.02155)|null|没有这个月。|"
    path = tmp_path / TOPICS
    path.write_text("\n".join([*good[:12], bad, *good[12:]]), "utf-8")
    shop = workshop()
    report = shop.index(path)
    assert (report.rows_read, report.rows_rejected) == (17, 1)
    (rejected,) = report.rejected
    assert (rejected.file, rejected.line) == (TOPICS, 13)
    assert rejected.reason
    ((where, reject),) = shop.catalogue.rejects()
    assert (where, reject.line) == (str(path), 13)
    assert "2213.02155" in reject.raw
    # Mended, it leaves the quarantine.
    path.write_text("\n".join(good), "utf-8")
    assert shop.index(path).rejected == []
    assert shop.catalogue.rejects() == []


def test_a_page_that_became_unreadable_and_comes_back(workshop, embedder, tmp_path):
    shop, path = workshop(), page(tmp_path / "daily.md", *THREE)
    shop.index(path)
    before, good = shop.state(), path.read_bytes()
    path.write_bytes(b"")
    report = shop.index(path)
    assert (report.papers, report.papers_removed, shop.store.count()) == (0, 3, 0)
    path.write_bytes(good)
    shop.index(path)
    assert shop.state() == before


class Broken:
    """A reader of someone else's that recognises everything and fails, or overlooks an entry."""

    layout = "broken"

    def __init__(self, result):
        self._result = result

    def recognises(self, page):
        return True

    def read(self, page):
        return self._result()


def index_with(shop, reader, path):
    indexer = shop.indexer()
    indexer._registry = Registry({"broken": reader})
    return indexer.index([path])


def test_a_reader_that_fails_is_told_with_its_file(workshop, tmp_path):
    path = page(tmp_path / "daily.md", *THREE)
    report = index_with(workshop(), Broken(lambda: 1 / 0), path)
    assert report.files == 0
    (skipped,) = report.skipped
    assert "reader 'broken' failed (ZeroDivisionError" in skipped.reason


def test_what_a_reader_overlooks_is_rejected_not_dropped(workshop, tmp_path):
    path = page(tmp_path / "daily.md", *THREE)
    report = index_with(workshop(), Broken(Reading), path)
    assert report.rows_read == 0
    assert [reject.line for reject in report.rejected] == [1, 4, 7]


def test_a_new_reader_reads_what_none_knew_before(workshop, tmp_path):
    path = page(tmp_path / "daily.md", *THREE)
    shop = workshop()
    indexer = shop.indexer()
    indexer._registry = Registry({})
    assert indexer.index([path]).files == 0
    assert shop.index(path).files == 1


# Store and model


def test_a_lost_store_is_filled_again(example, copy_of, state):
    home = copy_of(example)
    before = state(home)
    shutil.rmtree(home / "edge")
    with Archive(Settings(home=home)) as archive:
        assert archive.index([EXAMPLES]).passages_embedded == 66
    assert state(home) == before


def test_points_that_the_catalogue_does_not_know_are_deleted(workshop, embedder, tmp_path):
    shop, path = workshop(), page(tmp_path / "daily.md", *THREE)
    shop.index(path)
    before = shop.state()
    strays = shop.store.fetch(list(shop.store.ids())[:1])
    stray = type(strays[0])(**{**_fields(strays[0]), "id": "00000000-0000-0000-0000-000000000001"})
    shop.store.upsert([stray])
    assert shop.index(path).passages_embedded == 0
    assert shop.state() == before


def test_points_that_the_store_lost_are_written_again(workshop, embedder, tmp_path):
    shop, path = workshop(), page(tmp_path / "daily.md", *THREE)
    shop.index(path)
    before = shop.state()
    shop.store.delete(list(shop.store.ids())[:2])
    assert shop.index(path).passages_embedded == 2
    assert shop.state() == before


def test_one_point_lost_and_one_stray(workshop, embedder, tmp_path):
    shop, path = workshop(), page(tmp_path / "daily.md", *THREE)
    shop.index(path)
    before = shop.state()
    (first,) = shop.store.fetch(list(shop.store.ids())[:1])
    shop.store.upsert([type(first)(**{**_fields(first), "id": "0" * 8 + first.id[8:]})])
    shop.store.delete([first.id])
    shop.index(path)
    assert shop.state() == before


def _fields(point):
    return {name: getattr(point, name) for name in ("id", "dense", "sparse", "payload")}


def test_antiny_model_is_refused_with_the_way_out(
    example, copy_of, open_archive, tiny_model, tmp_path, state
):
    home = copy_of(example)
    archive = open_archive(home, model=tiny_model)
    with pytest.raises(
        ModelMismatch, match=r"multilingual-e5-small.*tiny-model.*`archive rebuild`"
    ):
        archive.index([page(tmp_path / "new.md", *THREE)])
    with pytest.raises(ModelMismatch):
        _ = archive.searcher


def test_antiny_model_is_refused_before_anything_is_read(
    example, copy_of, open_archive, tiny_model, tmp_path
):
    archive = open_archive(copy_of(example), model=tiny_model)
    with pytest.raises(ModelMismatch):
        archive.index([EXAMPLES])


def test_another_store_is_refused_with_the_way_out(example, copy_of, open_archive):
    with pytest.raises(ConfigError, match="archive rebuild --store faiss"):
        open_archive(copy_of(example), store="faiss").index([EXAMPLES])


def test_rebuild_changes_the_model_and_back(example, copy_of, tiny_model, state):
    home = copy_of(example)
    before = state(home)
    with Archive(Settings(home=home, model=tiny_model)) as archive:
        assert archive.rebuild().passages_embedded == 66
        assert archive.store.info().dimension == 12
    with Archive(Settings(home=home)) as archive:
        assert archive.model == tiny_model
        assert archive.searcher.search("graph").results
    with Archive(Settings(home=home, model="multilingual-e5-small")) as archive:
        archive.rebuild()
    assert state(home) == before


def test_rebuild_with_a_model_that_cannot_be_opened_changes_nothing(
    example, copy_of, archive_command, state, tmp_path
):
    home = copy_of(example)
    before = state(home)
    done = archive_command("rebuild", "--model", tmp_path / "nowhere", home=home)
    assert done.returncode == 1
    assert state(home) == before
    done = archive_command("search", "graph", home=home)
    assert done.returncode == 0, done.stderr


def test_records_survive_json(workshop, tmp_path):
    shop, path = workshop(), page(tmp_path / "daily.md", *THREE)
    shop.index(path)
    paper = shop.catalogue.paper("2401.00001")
    assert json.loads(json.dumps(asdict(paper)))["paper_id"] == "2401.00001"
    assert [(t.kind, t.language, t.text) for t in paper.texts] == [
        tuple(asdict(Text("summary", "zh", "讲图的论文。")).values())
    ]
