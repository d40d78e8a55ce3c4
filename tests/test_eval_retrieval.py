"""`archive eval retrieval`: the real pipeline and its baselines, and what is reported."""

import json
import re
import shutil
from dataclasses import replace

import numpy as np
import pytest

from embeddings.errors import ConfigError
from embeddings.projection import ProjectedEmbedder, load_bundled
from eval import baselines, beir, page, report
from eval.archives import read_pages
from eval.bm25 import words
from eval.corpus import Corpus, read_passages
from eval.measures import NAMES
from eval.models import Models
from eval.natural import natural
from eval.retrieval import OURS, Evaluation, evaluate, fill
from eval.vectors import RememberingEmbedder
from indexer.observer import Silent
from indexer.settings import Settings
from search_api.archive import Archive
from tests.conftest import EXAMPLES
from tests.test_eval_tasks import write_collection, write_qrels

DOCUMENTS = [
    ("bread", "Sourdough", "Wild yeast and a long rest give the dough its taste and its crumb."),
    ("tide", "Tides", "The moon pulls the sea, and twice a day the water rises and falls."),
    ("glass", "", "Sand, soda and lime melt at a great heat and cool to a clear glass."),
    ("bees", "蜜蜂的舞蹈", "蜜蜂用舞蹈告诉同伴花在哪里、离蜂巢有多远。"),
    ("rice", "", "稻田在春天灌水，秧苗插好以后要一直保持水位。"),
    ("ink", "墨的制法", "把松烟和胶混合，压进模子里阴干，就成了一块墨。"),
]
QUERIES = [
    ("1", "why does the sea rise and fall", {}),
    ("2", "how insects tell each other where flowers are", {}),
    ("3", "怎样做玻璃", {}),
    ("4", "水稻什么时候灌水", {}),
    ("5", "qwxz", {}),
    ("6", "Wild yeast and a long rest give the dough its taste.", {"query_paper": "bread"}),
]
QRELS = [("1", "tide", 2), ("1", "bread", 0), ("2", "bees", 1), ("3", "glass", 1), ("4", "rice", 1)]
QRELS += [("5", "ink", 1), ("6", "glass", 1)]
RUNS = ["BM25", "the model as it comes", "our vectors alone", "RRF"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_collection(
        tmp_path_factory.mktemp("eval") / "tiny", DOCUMENTS, QUERIES, QRELS, "qrels_test.tsv"
    )


@pytest.fixture(scope="module")
def task(folder):
    return beir.load(folder)


@pytest.fixture(scope="module")
def models(bundled, tmp_path_factory):
    """The bundled model; what it embeds is noted."""
    plain = RememberingEmbedder(bundled, tmp_path_factory.mktemp("memory") / "vectors.sqlite")
    yield Models(plain, ProjectedEmbedder(plain, load_bundled()))
    plain.close()


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    return Settings(home=tmp_path_factory.mktemp("eval-home") / "never made")


@pytest.fixture(scope="module")
def done(task, models, settings):
    return evaluate(task, models, baselines.choose([]), settings, Silent())


@pytest.fixture
def one_object():
    """The one JSON object that a command printed."""

    def read(done):
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
        found, end = json.JSONDecoder().raw_decode(done.stdout)
        assert done.stdout[end:] == "\n"
        return found

    return read


def test_the_archive_itself_is_measured(done, task, settings):
    assert (done.papers, done.passages, done.store) == (6, 6, "edge")
    assert list(done.values) == [OURS, *RUNS]
    ours = done.values[OURS]
    assert {query: ours["R@1"][query] for query in "1234"} == dict.fromkeys("1234", 1.0)
    assert ours["R@100"] == dict.fromkeys("123456", 1.0)
    assert not settings.home.exists()


def test_a_query_that_shares_no_word_scores_0_and_counts(done):
    assert done.values["BM25"]["nDCG@10"]["5"] == 0
    assert report.describe(done).groups["all"].queries == 6


def test_a_pasted_paper_is_not_among_its_own_results(done):
    # The paper itself would come first; without it, even the last one of six is in the first 5.
    for run in (OURS, "the model as it comes", "our vectors alone"):
        assert done.values[run]["R@5"]["6"] == 1, run


def test_directions_are_told_apart(done):
    groups = report.describe(done).groups
    assert {name: group.queries for name, group in groups.items()} == {
        "all": 6, "en→en": 2, "en→zh": 2, "zh→en": 1, "zh→zh": 1,
    }  # fmt: skip
    assert groups["zh→en"].runs[OURS]["R@1"].mean == 1


def test_measuring_again_embeds_nothing(task, models, settings, done, monkeypatch):
    def refuse(*_):
        raise AssertionError("asked the model")

    for role in ("embed_passages", "embed_queries"):
        monkeypatch.setattr(models.plain._embedder, role, refuse)
    again = evaluate(task, models, baselines.choose([]), settings, Silent())
    assert again.values == done.values


def test_a_store_on_a_server_is_refused(task, models, settings):
    server = settings.model_copy(update={"store": "qdrant"})
    with pytest.raises(ConfigError, match="leaves nothing behind"):
        evaluate(task, models, [], server, Silent())


# Baselines


@pytest.fixture(scope="module")
def corpus(task, models, settings, tmp_path_factory):
    home = settings.model_copy(update={"home": tmp_path_factory.mktemp("corpus")})
    with Archive(home, embedder=models.ours) as archive:
        fill(archive, task)
        return Corpus(read_passages(archive.catalogue), models)


def test_plain_cosine_is_the_product_of_vectors(corpus, models, task):
    rankings = list(baselines.plain(corpus, task.queries, 3))
    for query, ranking in zip(task.queries[:5], rankings, strict=False):
        scores = corpus.plain @ models.plain.embed_queries([query.text])[0]
        best = sorted(zip(-scores, corpus.owners, strict=True))
        assert ranking == [owner for _, owner in best[:3]]


def test_a_paper_counts_by_its_best_passage(corpus):
    two = object.__new__(Corpus)
    two.__dict__.update(corpus.__dict__, papers=["a", "b"], _starts=[0, 2], owners=["a", "a", "b"])
    assert two.best(_scores(0.1, 0.9, 0.5), 5) == ["a", "b"]
    assert two.best(_scores(0.5, 0.1, 0.5), 5) == ["a", "b"]  # ties by id
    assert two.best(_scores(0.0, 0.0, 0.5), 5, above=0.0) == ["b"]
    assert two.papers_of([2, 1, 0], 5) == ["b", "a"]


def _scores(*values):
    return np.array(values, np.float32)


def test_words_follow_the_rules_of_their_language():
    assert words("The Cats, running in a GARDEN") == ["cat", "run", "garden"]
    assert words("多语言文本向量模型，基于 Transformers。") == [
        "多", "语言", "文本", "向量", "模型", "基于", "transform",
    ]  # fmt: skip


def test_fusion_adds_reciprocal_ranks(corpus, task, monkeypatch):
    monkeypatch.setattr(baselines, "plain", lambda *_: [["a", "b"]])
    monkeypatch.setattr(baselines, "bm25", lambda *_: [["c", "b"]])
    assert list(baselines.rrf(corpus, task.queries[:1], 3)) == [["b", "a", "c"]]


@pytest.mark.parametrize("key", ["llamaindex", "chroma", "txtai"])
def test_rivals_rank_the_same_passages(corpus, task, key):
    (rival,) = (each for each in baselines.BASELINES if each.key == key)
    pytest.importorskip(rival.module)
    rankings = list(rival.rank(corpus, task.queries, 6))
    assert len(rankings) == len(task.queries)
    if key == "txtai":  # words take part too
        for place, query in ((0, "1"), (3, "4")):
            assert task.qrels[query].get(rankings[place][0]), query
    else:
        assert rankings == list(baselines.plain(corpus, task.queries, 6))


def test_baselines_are_chosen_by_key():
    assert [each.name for each in baselines.choose([])] == RUNS
    assert baselines.choose(["none"]) == []
    assert [each.key for each in baselines.choose(["rrf", "bm25"])] == ["bm25", "rrf"]
    with pytest.raises(ConfigError, match="no baseline 'bm52'; choose from bm25"):
        baselines.choose(["bm52"])


def test_a_rival_that_is_missing_is_named_with_what_to_install(monkeypatch):
    monkeypatch.setattr(baselines, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match="txtai is not installed: pip install txtai"):
        baselines.choose(["txtai"])
    with pytest.raises(ConfigError, match="pip install llama-index-core"):
        baselines.choose([], everything=True)


# Reports


@pytest.fixture(scope="module")
def found(done, models):
    described = report.describe(done)
    return report.combine("tiny", [described], report.configuration(models, [done], []))


def test_estimates_hold_their_means_and_compare_with_the_archive(found):
    for group in found.datasets[0].groups.values():
        for run, estimates in group.runs.items():
            for estimate in estimates.values():
                assert 0 <= estimate.low <= estimate.mean <= estimate.high <= 1
                assert (estimate.p is None) == (run == OURS)
    assert list(found.measures) == list(NAMES)
    assert found.measures == found.datasets[0].measures


def test_several_datasets_weigh_alike(done):
    other = Evaluation(done.task, "edge", 6, 6, dict(done.values), dict(done.seconds))
    nothing = {name: dict.fromkeys("123456", 0.0) for name in NAMES}
    other.values[OURS] = nothing
    both = report.combine("two", [report.describe(done), report.describe(other)], {})
    for name in NAMES:
        mean = np.mean(list(done.values[OURS][name].values()))
        assert both.measures[name] == pytest.approx(mean / 2, abs=1e-4)


@pytest.mark.parametrize("times", [1, 2])
def test_the_page_needs_nothing_else(found, done, times):
    many = replace(found, datasets=found.datasets * times)
    html = page.render(many, [done] * times)
    assert html.count("<svg") == html.count("</svg>") == 3 * times + (times > 1)
    assert not re.search(r"https?:|<script|<link|<img|@import|url\((?!#)", html)
    for text in ("zh→en", "the model as it comes", "nDCG@10", found.commit):
        assert text in html


# The command


def test_the_command_prints_one_object(archive_command, one_object, folder, tmp_path):
    out, html = tmp_path / "out.json", tmp_path / "report.html"
    found = one_object(
        archive_command("eval", "retrieval", folder, "--json", "--out", out, "--html", html)
    )
    assert found["task"] == "retrieval"
    assert found["dataset"] == "tiny"
    assert found["commit"]
    assert found["configuration"]["model"]["name"] == "multilingual-e5-small"
    assert found["configuration"]["store"] == "edge"
    assert set(found["measures"]) == set(NAMES)
    assert list(found["baselines"]) == RUNS
    assert all(set(means) == set(NAMES) for means in found["baselines"].values())
    (dataset,) = found["datasets"]
    assert set(dataset["groups"]) == {"all", "en→en", "en→zh", "zh→en", "zh→zh"}
    written = json.loads(out.read_text(encoding="utf-8"))
    values = written.pop("per_query")
    assert written == found
    assert set(values["tiny"]) == {OURS, *RUNS}
    assert set(values["tiny"][OURS]["nDCG@10"]) == set("123456")
    assert "<svg" in html.read_text(encoding="utf-8")


def test_the_command_prints_a_table(archive_command, folder, tmp_path):
    shutil.copytree(folder, tmp_path / "two" / "first")
    shutil.copytree(folder, tmp_path / "two" / "second")
    done = archive_command("eval", "retrieval", tmp_path / "two", "--baseline", "bm25")
    assert done.returncode == 0, done.stderr
    for text in (
        "first: ",
        "second: ",
        "nDCG@10",
        "MRR@10",
        "zh→en (1)",
        "paper-archive",
        "BM25",
        "mean",
    ):
        assert text in done.stdout
    assert "the model" not in done.stdout


def test_the_pages_of_an_archive_are_measured(archive_command, one_object, example, copy_of):
    home = copy_of(example)
    given, itself = (
        one_object(
            archive_command(
                "eval", "retrieval", *pages, "--task", "titles", "--baseline", "none", "--json",
                home=home,
            )
        )
        for pages in ([EXAMPLES], [])
    )  # fmt: skip
    assert itself["measures"] == given["measures"]


def test_the_command_takes_other_judgements(archive_command, one_object, folder, tmp_path):
    write_qrels(tmp_path / "other.tsv", [("1", "tide", 1)])
    arguments = ("--qrels", tmp_path / "other.tsv", "--baseline", "none", "--json")
    found = one_object(archive_command("eval", "retrieval", folder, *arguments))
    assert found["baselines"] == {}
    assert found["datasets"][0]["queries"] == 1
    assert found["measures"] == dict.fromkeys(NAMES, 1.0)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("{}/none",), "does not exist"),
        (("{}",), "neither a BEIR folder"),
        (("{}/tiny", "--baseline", "elastic"), "there is no baseline 'elastic'"),
        (("{}/tiny", "--task", "titles"), "tasks of digest pages"),
        (("{}/tiny", "--out", "{}/none/x.json"), "cannot be written"),
    ],
)
def test_the_command_refuses_in_one_line(archive_command, folder, tmp_path, arguments, words):
    if "tiny" in str(arguments):
        shutil.copytree(folder, tmp_path / "tiny")
    done = archive_command("eval", "retrieval", *(each.format(tmp_path) for each in arguments))
    assert done.returncode == 1
    assert done.stdout == ""
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_natural_queries_over_the_real_archives(archives, real_search, session_embedder, settings):
    catalogue, store = real_search._catalogue, real_search._store
    ids = catalogue.ids_in_state("stored")
    passages = [p for start in range(0, len(ids), 500)
                for p in catalogue.passages(ids[start : start + 500]).values()]  # fmt: skip
    points = store.fetch([passage.id for passage in passages])
    vectors = {p.text: point.dense for p, point in zip(passages, points, strict=True)}
    session_embedder._known.update(vectors)  # indexed once already: nothing to embed again
    session_embedder.asked.clear()
    whole = natural(read_pages(archives), "dev")
    some = [query for query in whole.queries if query.id.endswith(("1", "6"))]
    task = replace(
        whole, queries=tuple(some), qrels={query.id: whole.qrels[query.id] for query in some}
    )
    both = Models(session_embedder, session_embedder)
    done = evaluate(task, both, baselines.choose(["ours"]), settings, Silent())
    groups = report.describe(done).groups
    assert set(groups) == {"all", "en→en", "en→zh", "zh→en", "zh→zh", "names"}
    assert groups["all"].queries == len(some) - groups["names"].queries
    # Not a bar for quality, which eval/LOG.md keeps: only that all of it works together.
    for name, group in groups.items():
        assert group.runs[OURS]["nDCG@10"].mean > 0.5, name
