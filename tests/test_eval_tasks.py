"""Tasks of an evaluation: what is read from BEIR folders and what is made of digest pages."""

import json

import pytest

from embeddings.errors import InputError, UnreadableFile
from eval import beir
from eval.archives import (
    by_paper,
    cross_text,
    duplicates,
    kept_language,
    languages,
    read_pages,
    text_in,
    titles,
)
from eval.discover import ARCHIVE_TASKS, find_tasks
from eval.natural import load_queries, natural
from tests.conftest import EXAMPLES


@pytest.fixture(scope="module")
def pages():
    return read_pages(EXAMPLES)


def write_collection(folder, documents, queries, qrels, name="qrels.tsv"):
    """A BEIR folder of (id, title, text), (id, text, more) and (query, document, grade)."""
    folder.mkdir(parents=True, exist_ok=True)
    for file, records in (
        ("corpus.jsonl", [{"_id": i, "title": t, "text": x} for i, t, x in documents]),
        ("queries.jsonl", [{"_id": i, "text": x} | more for i, x, more in queries]),
    ):
        lines = [json.dumps(record, ensure_ascii=False) for record in records]
        (folder / file).write_text("\n".join(lines) + "\n", encoding="utf-8")
    write_qrels(folder / name, qrels)
    return folder


def write_qrels(path, qrels):
    path.parent.mkdir(exist_ok=True)
    rows = [("query-id", "corpus-id", "score"), *qrels]
    path.write_text("".join("\t".join(map(str, row)) + "\n" for row in rows), encoding="utf-8")


DOCUMENTS = [
    ("d1", "Wings", "Lift of a wing in a propeller's slipstream."),
    ("d2", "", "用卷积网络识别手写数字。"),
    ("d3", "Empty", ""),
]
QUERIES = [("q1", "propeller wing", {}), ("q2", "digit recognition", {}), ("q3", "other", {})]


@pytest.fixture
def folder(tmp_path):
    return write_collection(
        tmp_path / "tiny", DOCUMENTS, QUERIES, [("q1", "d1", 3), ("q1", "d3", 0), ("q2", "d2", 1)]
    )


def test_a_collection_keeps_grades_and_asks_only_what_is_judged(folder):
    task = beir.load(folder)
    assert task.name == "tiny"
    keys = list(by_paper(task.pages))
    assert len(keys) == 3
    assert {query.id: (query.text, query.group, query.pasted) for query in task.queries} == {
        "q1": ("propeller wing", "en→en", False),
        "q2": ("digit recognition", "en→zh", False),
    }
    assert task.qrels == {"q1": {keys[0]: 3, keys[2]: 0}, "q2": {keys[1]: 1}}


def test_the_test_split_goes_before_the_whole(folder):
    whole = folder / "qrels.tsv"
    assert beir.find_qrels(folder) == whole
    write_qrels(folder / "qrels_beir_test.tsv", [("q2", "d2", 1)])
    assert beir.find_qrels(folder) == folder / "qrels_beir_test.tsv"
    write_qrels(folder / "qrels" / "test.tsv", [("q2", "d2", 1)])
    assert beir.find_qrels(folder) == folder / "qrels" / "test.tsv"
    assert [query.id for query in beir.load(folder).queries] == ["q2"]
    assert [query.id for query in beir.load(folder, whole).queries] == ["q1", "q2"]


def test_a_judged_document_that_is_not_there_counts_as_not_found(folder):
    write_qrels(folder / "qrels.tsv", [("q1", "d1", 1), ("q1", "gone", 1)])
    task = beir.load(folder)
    assert len(task.qrels["q1"]) == 2
    assert "1 judged ones not among them" in task.about
    write_qrels(folder / "qrels.tsv", [("q1", "gone", 1)])
    with pytest.raises(InputError, match="no judged document is in"):
        beir.load(folder)


def test_a_query_that_is_a_paper_is_pasted_and_leaves_it_out(tmp_path):
    folder = write_collection(
        tmp_path / "papers",
        DOCUMENTS,
        [("q", "Lift of a wing.", {"query_paper": "d1"})],
        [("q", "d2", 2)],
    )
    task = beir.load(folder)
    (query,) = task.queries
    assert query.pasted
    first, *_ = by_paper(task.pages)
    assert query.left_out == (first,)


@pytest.mark.parametrize(
    ("file", "text", "reason"),
    [
        ("corpus.jsonl", '{"_id": "d1", "text": "x"}\n{"_id": "d1"}\n', "line 2.*twice"),
        ("corpus.jsonl", '{"_id": "d1"}\n{"_id": \n', "line 2.*not JSON"),
        ("corpus.jsonl", '{"text": "x"}\n', "line 1.*no '_id'"),
        ("queries.jsonl", '{"_id": "q1"}\n', "line 1.*no 'text'"),
        ("queries.jsonl", '{"_id": "q1", "text": "x"}\n', "lacks 1 judged queries, 'q2'"),
        ("qrels.tsv", "query-id\tcorpus-id\tscore\nq1\td1\tgood\n", "line 2"),
        ("qrels.tsv", "query-id\tcorpus-id\tscore\n", "judges nothing"),
    ],
)
def test_what_is_malformed_is_named_with_its_line(folder, file, text, reason):
    (folder / file).write_text(text)
    with pytest.raises(UnreadableFile, match=f"{file}: .*{reason}"):
        beir.load(folder)


def test_missing_parts_are_named(folder):
    (folder / "queries.jsonl").unlink()
    with pytest.raises(UnreadableFile, match=r"queries\.jsonl: does not exist"):
        beir.load(folder)
    (folder / "qrels.tsv").unlink()
    with pytest.raises(UnreadableFile, match="has no qrels"):
        beir.load(folder)


def test_a_folder_of_collections_gives_all(tmp_path):
    for name in ("b", "a"):
        write_collection(tmp_path / name, DOCUMENTS, QUERIES, [("q1", "d1", 1)])
    assert [task.name for task in find_tasks([tmp_path], print)] == ["a", "b"]
    assert [task.name for task in find_tasks([tmp_path / "b", tmp_path / "a"], print)] == ["b", "a"]
    with pytest.raises(InputError, match="two datasets are called 'a'"):
        find_tasks([tmp_path / "a", tmp_path], print)
    with pytest.raises(InputError, match="one BEIR folder"):
        find_tasks([tmp_path], print, qrels=tmp_path / "a" / "qrels.tsv")
    with pytest.raises(InputError, match="tasks of digest pages"):
        find_tasks([tmp_path], print, only="titles")


def test_paths_that_give_nothing_are_refused(tmp_path):
    with pytest.raises(UnreadableFile, match="does not exist"):
        find_tasks([tmp_path / "none"], print)
    with pytest.raises(InputError, match="neither a BEIR folder"):
        find_tasks([tmp_path], print)


def test_pages_give_every_task_they_can_and_say_which_they_cannot():
    told = []
    tasks = find_tasks([EXAMPLES], told.append)
    assert [task.name for task in tasks] == ["cross-text", "titles", "duplicates"]
    assert len(told) == 1
    assert "'natural' is left out" in told[0]
    assert [task.name for task in find_tasks([EXAMPLES], print, only="titles")] == ["titles"]
    with pytest.raises(InputError, match="'natural' is not possible"):
        find_tasks([EXAMPLES], print, only="natural")
    assert set(ARCHIVE_TASKS) > {task.name for task in tasks}


def assert_judged(task):
    """Every query is judged, for papers that are there, and never for one it leaves out."""
    there = by_paper(task.pages)
    assert [query.id for query in task.queries] == list(task.qrels)
    for query in task.queries:
        assert task.qrels[query.id].keys() <= there.keys()
        assert not task.qrels[query.id].keys() & set(query.left_out)
        assert query.text


def test_cross_text_hides_one_language_and_asks_with_it(pages):
    task = cross_text(pages)
    assert_judged(task)
    before, after = by_paper(pages), by_paper(task.pages)
    assert before.keys() == after.keys()
    assert {query.group for query in task.queries} == {"zh→en", "en→zh"}
    for query in task.queries:
        asked, kept = query.group.split("→")
        assert query.pasted
        assert languages(before[query.id]) == {"zh", "en"}
        assert languages(after[query.id]) == {kept} == {kept_language(query.id)}
        assert query.text in {text_in(row, asked) for row in before[query.id]}
    for paper in before.keys() - {query.id for query in task.queries}:
        assert before[paper] == after[paper]


def test_titles_leave_nothing_of_the_query_in_the_index(pages):
    task = titles(pages)
    assert_judged(task)
    after = by_paper(task.pages)
    for query in task.queries:
        rows = after[query.id]
        assert {row.title for row in rows} == {""}
        assert languages(rows) == {query.group[-2:]}
        assert not any(query.text in text.text for row in rows for text in row.texts)


def test_duplicates_become_documents_that_must_find_each_other(pages):
    task = duplicates(pages)
    assert_judged(task)
    shown = [
        {page.file for page in pages if paper in by_paper([page])} for paper in by_paper(pages)
    ]
    places = [len(files) for files in shown if len(files) > 1]
    assert len(by_paper(task.pages)) == len(shown) - len(places) + sum(places)
    assert {own for query in task.queries for own in query.left_out} >= {
        paper for judged in task.qrels.values() for paper in judged
    }
    for query in task.queries:
        assert query.pasted
        (own,) = query.left_out
        assert query.text in {text_in(row, query.group[:2]) for row in by_paper(task.pages)[own]}


def test_half_of_many_papers_keep_each_language():
    kept = [
        kept_language(f"25{month:02}.{number:05}") for month in (9, 10) for number in range(500)
    ]
    assert 0.45 < kept.count("zh") / len(kept) < 0.55
    assert kept == [
        kept_language(f"25{m:02}.{number:05}") for m in (9, 10) for number in range(500)
    ]


def test_the_real_pages_give_the_tasks_their_readers_promise(archives):
    told = []
    by_name = {task.name: task for task in find_tasks([archives], told.append)}
    assert told == []
    assert [name.partition("/")[0] for name in by_name] == list(ARCHIVE_TASKS)
    assert {name: len(task.queries) for name, task in by_name.items()} == {
        "natural/dev": 130,
        "cross-text": 355,  # 357 papers, two of which have a failed summary
        "titles": 620,
        "duplicates": 41,  # 20 papers on two pages each, one of them in both languages
    }
    for task in by_name.values():
        assert_judged(task)


def test_natural_queries_hide_alike_whatever_is_asked(archives):
    pages = read_pages(archives)
    dev, test = natural(pages, "dev"), natural(pages, "test")
    assert dev.pages == test.pages
    assert not {query.id for query in dev.queries} & {query.id for query in test.queries}
    after = by_paper(dev.pages)
    for query in load_queries():
        if query.kind == "natural":
            assert all(languages(after[paper]) == {query.text_language} for paper in query.relevant)
