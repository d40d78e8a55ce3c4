"""What every store promises, held against a brute-force reference and against each other."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import uuid
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import stamina
from qdrant_client import QdrantClient, models
from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

from embeddings.errors import ConfigError, StoreBusy, StoreError, StoreUnavailable
from indexer.stores.base import Filter, HybridQuery, Payload, SparseVector, StoreInfo
from indexer.stores.edge import EdgeStore
from indexer.stores.faiss import FaissStore
from indexer.stores.open import open_store
from indexer.stores.qdrant import QdrantStore
from tests.stores_reference import (
    DIMENSION,
    Reference,
    assert_leg,
    assert_point,
    assert_same,
    point_id,
    random_point,
    random_query,
)

# The client's local mode says what it does without; it is here to test the code that calls it.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Payload indexes have no effect"),
    pytest.mark.filterwarnings("ignore:Local mode performs exact"),
]

ROOT = Path(__file__).parent.parent
SERVER = os.environ.get("PAPER_ARCHIVE_QDRANT_URL")
ON_DISK = ("edge", "faiss")
KINDS = ("edge", "faiss", "qdrant-memory", "qdrant-path", "qdrant-server")

POINTS = [random_point(n) for n in range(500)]

FILTERS = {
    "none": Filter(),
    "from": Filter(date_from=20260101),
    "to": Filter(date_to=20260101),
    "from and to": Filter(date_from=20260101, date_to=20260102),
    "one day": Filter(date_from=20251231, date_to=20251231),
    "to, unknown dates left out": Filter(date_to=99991231),
    "from 0, unknown dates left out": Filter(date_from=0),
    "from after to": Filter(date_from=20260102, date_to=20260101),
    "topic": Filter(topics=("检索",)),
    "topics, any": Filter(topics=("agents", "naïve 😀", "quote' \" \\")),
    "category": Filter(categories=("cs.IR",)),
    "source": Filter(sources=("每日",)),
    "author": Filter(authors=("李伟", "o'neil s")),
    "language": Filter(languages=("zh",)),
    "languages": Filter(languages=("zh", "de")),
    "paper": Filter(paper_ids=("2601.00007",)),
    "papers": Filter(paper_ids=tuple(f"2601.{n:05d}" for n in range(0, 166, 2))),
    "not paper": Filter(not_paper_ids=("2601.00007",)),
    "not papers": Filter(not_paper_ids=tuple(f"2601.{n:05d}" for n in range(120))),
    "code": Filter(has_code=True),
    "no code": Filter(has_code=False),
    "everything at once": Filter(
        date_from=20251231,
        date_to=20260615,
        topics=("检索", "agents"),
        categories=("cs.CL", "cs.LG", "cs.IR"),
        sources=("archive-a", "每日", "arxiv"),
        authors=("li wei", "李伟"),
        languages=("zh", "en"),
        not_paper_ids=("2601.00001",),
        has_code=True,
    ),
    "paper in and out": Filter(paper_ids=("2601.00007",), not_paper_ids=("2601.00007",)),
    "no such value": Filter(topics=("nothing",)),
    "case matters": Filter(categories=("CS.IR",)),
}


@pytest.fixture(scope="module", params=KINDS)
def kind(request):
    if request.param == "qdrant-server" and not SERVER:
        pytest.skip("PAPER_ARCHIVE_QDRANT_URL names no server")
    return request.param


def opener(kind, folder, dimension=DIMENSION):
    """A function that opens the same store each time it is called."""
    if kind == "qdrant-memory":
        return lambda: QdrantStore(QdrantClient(":memory:"), "papers", dimension)
    if kind == "qdrant-path":
        return lambda: QdrantStore(QdrantClient(path=str(folder / "q")), "papers", dimension)
    if kind == "qdrant-server":
        name = f"test-{uuid.uuid4()}"
        return partial(open_store, "qdrant", SERVER, dimension, collection=name)
    return partial(open_store, kind, folder / "store", dimension, timeout=20)


def drop(store, kind):
    if kind == "qdrant-server":
        store._client.delete_collection(store._collection)
    store.close()


@pytest.fixture
def reopen(kind, tmp_path):
    return opener(kind, tmp_path)


@pytest.fixture
def store(kind, reopen):
    store = reopen()
    yield store
    drop(store, kind)


@pytest.fixture(scope="module")
def full(kind, tmp_path_factory):
    """A store with all points, only read from."""
    store = opener(kind, tmp_path_factory.mktemp("full"))()
    store.upsert(POINTS)
    yield store
    drop(store, kind)


@pytest.fixture(scope="module")
def reference():
    return Reference(POINTS)


# --- reading -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FILTERS)
def test_query_agrees_with_brute_force(full, reference, name):
    assert_same(
        full, reference, [random_query(n, limit=15, filter=FILTERS[name]) for n in range(4)]
    )


@pytest.mark.parametrize("name", FILTERS)
def test_count_and_facets_agree_with_brute_force(full, reference, name):
    chosen = FILTERS[name]
    assert full.count(chosen) == len(reference.matching(chosen))
    for field in ("topics", "categories", "sources", "language"):
        assert full.facets(field, chosen) == reference.facets(field, chosen)


def test_filters_are_worth_testing(reference):
    """A filter that matches all or nothing by accident would test nothing."""
    sizes = {name: len(reference.matching(chosen)) for name, chosen in FILTERS.items()}
    empty = {"from after to", "paper in and out", "no such value", "case matters"}
    assert {name for name, size in sizes.items() if size == 0} == empty
    assert {name for name, size in sizes.items() if size == len(POINTS)} == {"none"}


def test_no_match_gives_empty_legs(full):
    legs = full.query(random_query(0, filter=FILTERS["no such value"]))
    assert legs.dense == legs.lexical == ()


def test_limit_beyond_the_points_gives_all(full, reference):
    query = random_query(1, limit=2000)
    legs = full.query(query)
    assert len(legs.dense) == 500
    assert len(legs.lexical) == len(reference.lexical(query)) < 500
    assert_same(full, reference, [query])


def test_limit_zero_gives_nothing(full):
    legs = full.query(random_query(1, limit=0))
    assert legs.dense == legs.lexical == ()


def test_only_legs_asked_for_are_answered(full):
    query = random_query(2)
    dense, lexical = replace(query, sparse=None), replace(query, dense=None)
    assert full.query(dense).dense == full.query(query).dense
    assert full.query(dense).lexical == ()
    assert full.query(lexical).lexical == full.query(query).lexical
    assert full.query(lexical).dense == ()
    assert full.query(replace(dense, sparse=SparseVector((), ()))).lexical == ()


def test_unknown_terms_match_nothing(full):
    query = HybridQuery(sparse=SparseVector((5_000, 2**32 - 1), (1.0, 1.0)))
    assert full.query(query).lexical == ()


def test_a_point_finds_itself(full):
    for point in POINTS[:5]:
        hit = full.query(HybridQuery(dense=point.dense, limit=1)).dense[0]
        assert hit.id == point.id
        assert hit.score == pytest.approx(1, abs=1e-5)


def test_fetch_keeps_the_order_asked_for(full):
    wanted = [POINTS[n] for n in (7, 3, 499, 0)]
    found = full.fetch([wanted[0].id, str(uuid.uuid4()), *(p.id for p in wanted[1:])])
    assert len(found) == 4
    for one, other in zip(found, wanted, strict=True):
        assert_point(one, other)
    assert full.fetch([]) == []
    assert [p.id for p in full.fetch([POINTS[1].id] * 2)] == [POINTS[1].id] * 2


def test_ids_gives_each_once(full):
    ids = list(full.ids())
    assert len(ids) == 500
    assert set(ids) == {p.id for p in POINTS}


def test_info(full, kind):
    info = full.info()
    assert info == StoreInfo(kind.split("-")[0], info.location, 500, DIMENSION)


def test_stores_agree_with_each_other(tmp_path):
    """The same ids in the same order from all stores that need no server."""
    answers = {}
    for kind in KINDS[:4]:
        (tmp_path / kind).mkdir()
        with opener(kind, tmp_path / kind)() as store:
            store.upsert(POINTS)
            answers[kind] = [
                store.query(random_query(n, limit=8, filter=chosen))
                for n in range(10)
                for chosen in (Filter(), FILTERS["languages"])
            ]
    for legs in zip(*answers.values(), strict=True):
        for leg, tolerance in (("dense", 1e-5), ("lexical", 1e-4)):
            ids = [[hit.id for hit in getattr(one, leg)] for one in legs]
            scores = [[hit.score for hit in getattr(one, leg)] for one in legs]
            assert all(other == ids[0] for other in ids)
            np.testing.assert_allclose(scores, [scores[0]] * len(scores), atol=tolerance, rtol=0)


# --- writing -------------------------------------------------------------------------------


def test_an_empty_store_answers(store):
    legs = store.query(random_query(0))
    assert legs.dense == legs.lexical == ()
    assert store.count() == 0
    assert list(store.ids()) == []
    assert store.facets("topics") == {}
    store.optimize()
    store.flush()


def test_ties_are_broken_by_id_also_across_the_cut(store):
    twin = replace(POINTS[0], sparse=SparseVector((1, 777), (1.0, 0.5)))
    twins = [replace(twin, id=point_id(f"twin {n}")) for n in range(40)]
    store.upsert([*twins[::-1], *POINTS[100:120]])
    expected = sorted(p.id for p in twins)[:5]
    legs = store.query(HybridQuery(twin.dense, SparseVector((777,), (1.0,)), limit=5))
    assert [hit.id for hit in legs.dense] == expected
    assert [hit.id for hit in legs.lexical] == expected


def test_upsert_twice_is_upsert_once(store):
    store.upsert(POINTS[:100])
    store.upsert(POINTS[:100])
    assert store.count() == 100
    assert_same(store, Reference(POINTS[:100]), map(random_query, range(5)))


def test_upsert_replaces_vectors_terms_and_payload(store):
    store.upsert(POINTS[:100])
    store.query(random_query(0))  # may be cached, must be forgotten
    changed = [random_point(n, seed=5) for n in range(0, 60, 2)]
    store.upsert(changed)
    reference = Reference(POINTS[:100])
    reference.upsert(changed)
    assert store.count() == 100
    assert_same(store, reference, map(random_query, range(5)))
    assert_same(store, reference, [random_query(n, filter=FILTERS["topic"]) for n in range(3)])
    assert store.facets("topics") == reference.facets("topics")
    assert_point(store.fetch([changed[0].id])[0], changed[0])


def test_the_last_of_equal_ids_in_a_batch_counts(store):
    other = random_point(0, seed=8)
    store.upsert([POINTS[0], POINTS[1], other])
    assert store.count() == 2
    assert_point(store.fetch([other.id])[0], other)


def test_ids_are_uuids_in_any_spelling(store):
    store.upsert([replace(POINTS[0], id=POINTS[0].id.upper())])
    assert list(store.ids()) == [POINTS[0].id]
    assert len(store.fetch([POINTS[0].id.replace("-", "")])) == 1
    with pytest.raises(StoreError, match="UUID"):
        store.fetch(["paper 1"])


def test_delete(store, kind):
    store.upsert(POINTS[:200])
    store.query(random_query(0))
    gone = [p.id for p in POINTS[:200:3]]
    store.delete([*gone, str(uuid.uuid4()), gone[0]])
    store.delete(gone)
    store.delete([])
    reference = Reference(POINTS[:200])
    reference.delete(gone)
    assert set(store.ids()) == set(reference.points)
    assert store.fetch(gone) == []
    assert store.facets("sources") == reference.facets("sources")
    queries = [random_query(n) for n in range(5)]
    if kind == "qdrant-server":  # it counts deleted points in the idf until it has cleaned up
        queries = [replace(query, sparse=SparseVector((), ())) for query in queries]
    assert_same(store, reference, queries)


def test_set_payload_changes_filters_at_once_and_leaves_vectors(store):
    store.upsert(POINTS[:100])
    store.query(random_query(0, filter=FILTERS["code"]))  # may be cached, must be forgotten
    payloads = [(point_id(n), random_point(n, seed=6).payload) for n in range(0, 50)]
    payloads.append((str(uuid.uuid4()), Payload("2601.99999", "abstract", "zh")))
    store.set_payload(payloads)
    store.set_payload([])
    reference = Reference(POINTS[:100])
    reference.set_payload(payloads)
    assert store.count() == 100
    for chosen in FILTERS.values():
        assert store.count(chosen) == len(reference.matching(chosen))
        assert store.facets("topics", chosen) == reference.facets("topics", chosen)
    assert_same(store, reference, [random_query(n, filter=FILTERS["code"]) for n in range(4)])
    for one in store.fetch([p.id for p in POINTS[:100]]):
        assert_point(one, reference.points[one.id])


def test_clear(store):
    store.upsert(POINTS[:100])
    store.query(random_query(0))
    store.clear()
    assert store.count() == 0
    assert store.query(random_query(0)).dense == ()
    store.upsert(POINTS[50:150])
    assert_same(store, Reference(POINTS[50:150]), map(random_query, range(3)))


def test_optimize_and_flush_change_no_answer(store):
    store.upsert(POINTS)
    store.flush()
    store.optimize()
    assert_same(store, Reference(POINTS), map(random_query, range(3)))


def test_batches_of_thousands(store, kind):
    many = 3000 if kind in ON_DISK else 1200  # the client's local mode takes ten seconds for 3000
    points = [random_point(n) for n in range(many)]
    store.upsert(points)
    assert store.count() == many
    assert len(set(store.ids())) == many
    assert len(store.fetch([p.id for p in points])) == many
    store.set_payload([(p.id, replace(p.payload, language="fr")) for p in points])
    assert store.facets("language") == {"fr": many}
    store.delete(p.id for p in points[1:])
    assert list(store.ids()) == [points[0].id]


def test_points_without_terms_are_no_documents_to_the_idf(store):
    bare = [replace(p, sparse=SparseVector((), ())) for p in POINTS[:30]]
    store.upsert([*bare[:15], *POINTS[30:60], *bare[15:]])
    assert store.fetch([bare[3].id])[0].sparse == SparseVector((), ())
    reference = Reference([*bare, *POINTS[30:60]])
    assert_same(store, reference, map(random_query, range(4)))


def test_vectors_are_scaled_to_unit_length(store):
    store.upsert([replace(POINTS[0], dense=POINTS[0].dense * 7)])
    assert_point(store.fetch([POINTS[0].id])[0], POINTS[0])
    hit = store.query(HybridQuery(dense=POINTS[0].dense * 3)).dense[0]
    assert hit.score == pytest.approx(1, abs=1e-5)


BAD_POINTS = {
    "nan": replace(POINTS[9], dense=np.where(np.arange(DIMENSION) == 3, np.nan, POINTS[9].dense)),
    "infinite": replace(POINTS[9], dense=np.full(DIMENSION, np.inf, dtype=np.float32)),
    "zero": replace(POINTS[9], dense=np.zeros(DIMENSION, dtype=np.float32)),
    "beyond float32": replace(POINTS[9], dense=np.full(DIMENSION, 1e300)),
    "short": replace(POINTS[9], dense=POINTS[9].dense[:-1]),
    "matrix": replace(POINTS[9], dense=POINTS[9].dense[np.newaxis]),
    "nan weight": replace(POINTS[9], sparse=SparseVector((1,), (float("nan"),))),
    "zero weight": replace(POINTS[9], sparse=SparseVector((1,), (0.0,))),
    "weight beyond float32": replace(POINTS[9], sparse=SparseVector((1,), (1e300,))),
    "vanishing weight": replace(POINTS[9], sparse=SparseVector((1,), (1e-60,))),
    "negative weight": replace(POINTS[9], sparse=SparseVector((1,), (-1.0,))),
    "term twice": replace(POINTS[9], sparse=SparseVector((1, 1), (1.0, 1.0))),
    "terms unsorted": replace(POINTS[9], sparse=SparseVector((2, 1), (1.0, 1.0))),
    "term too large": replace(POINTS[9], sparse=SparseVector((2**32,), (1.0,))),
    "term negative": replace(POINTS[9], sparse=SparseVector((-1,), (1.0,))),
    "uneven": replace(POINTS[9], sparse=SparseVector((1, 2), (1.0,))),
    "no uuid": replace(POINTS[9], id="2601.00001"),
}


@pytest.mark.parametrize("name", BAD_POINTS)
def test_unusable_points_are_refused_before_anything_is_written(store, name):
    store.upsert(POINTS[:1])
    with pytest.raises(StoreError):
        store.upsert([random_point(0, seed=3), *POINTS[1:9], BAD_POINTS[name]])
    assert list(store.ids()) == [POINTS[0].id]
    assert_point(store.fetch([POINTS[0].id])[0], POINTS[0])


@pytest.mark.parametrize("name", ["nan", "zero", "short", "matrix"])
def test_unusable_queries_are_refused(full, name):
    with pytest.raises(StoreError):
        full.query(HybridQuery(dense=BAD_POINTS[name].dense))


def test_threads_may_share_a_store(kind, store):
    if kind.startswith("qdrant-") and kind != "qdrant-server":
        pytest.skip("the client's local mode is not made for threads")
    store.upsert(POINTS[:200])
    reference, failures = Reference(POINTS[:200]), []

    def read(number):
        try:
            for n in range(20):
                query = replace(random_query(number * 100 + n), sparse=None)
                query = replace(query, filter=Filter(languages=("zh", "en", "de")))
                assert_same(store, reference, [replace(query, sparse=SparseVector((), ()))])
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=read, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for n in range(5):  # points that no query may see
        quiet = [replace(p.payload, language="fr") for p in POINTS[200 + n * 20 : 220 + n * 20]]
        store.upsert(
            [
                replace(p, payload=payload)
                for p, payload in zip(POINTS[200 + n * 20 : 220 + n * 20], quiet, strict=True)
            ]
        )
    for thread in threads:
        thread.join()
    assert failures == []


# --- reopening -----------------------------------------------------------------------------


def test_everything_is_there_after_reopening(kind, reopen):
    if kind == "qdrant-memory":
        pytest.skip("memory forgets")
    reference = Reference(POINTS[:300])
    with reopen() as store:
        store.upsert(POINTS[:300])
    store.close()
    with reopen() as store:
        assert_same(store, reference, map(random_query, range(3)))
        changed = [random_point(n, seed=5) for n in range(40)]
        store.upsert(changed)
        store.delete([POINTS[50].id])
        store.set_payload([(POINTS[60].id, changed[0].payload)])
    reference.upsert(changed)
    reference.delete([POINTS[50].id])
    reference.set_payload([(POINTS[60].id, changed[0].payload)])
    with reopen() as store:
        assert store.count() == 299
        for one in store.fetch(list(reference.points)):
            assert_point(one, reference.points[one.id])
        queries = [random_query(n) for n in range(3)]
        if kind == "qdrant-server":
            queries = [replace(query, sparse=SparseVector((), ())) for query in queries]
        assert_same(store, reference, queries)
        assert store.facets("topics") == reference.facets("topics")
        drop(store, kind)


def test_another_dimension_is_refused(kind, tmp_path):
    if kind == "qdrant-memory":
        pytest.skip("memory forgets")
    reopen = opener(kind, tmp_path)
    with reopen() as store:
        store.upsert(POINTS[:3])
    other = opener(kind, tmp_path, DIMENSION + 1)
    if kind == "qdrant-server":
        other = partial(other, collection=reopen.keywords["collection"])
    with pytest.raises(StoreError, match=str(DIMENSION)) as caught:
        other()
    assert str(DIMENSION + 1) in str(caught.value)
    assert not isinstance(caught.value, StoreBusy)
    if kind != "qdrant-path":  # the refused client, which is not the store's, keeps its lock
        with reopen() as store:
            assert store.count() == 3
            drop(store, kind)


def other_process(kind, path, task):
    return subprocess.Popen(
        [sys.executable, "-m", "tests.stores_reference", kind, str(path), task],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("kind", ON_DISK, scope="function")
def test_a_second_process_waits_and_is_then_told(kind, tmp_path):
    path = tmp_path / "store"
    with other_process(kind, path, "hold") as other:
        assert other.stdout.readline() == "open\n"
        with pytest.raises(StoreBusy, match="in use by another process"):
            open_store(kind, path, DIMENSION, timeout=0.2)
        threading.Timer(0.3, other.stdin.close).start()
        with open_store(kind, path, DIMENSION, timeout=60) as store:
            store.upsert(POINTS[:1])
            assert other.wait() == 0
    with open_store(kind, path, DIMENSION) as store:
        assert store.count() == 1


@pytest.mark.parametrize("kind", ON_DISK, scope="function")
def test_a_second_opener_in_this_process_is_told(kind, tmp_path):
    with open_store(kind, tmp_path / "store", DIMENSION), pytest.raises(StoreBusy):
        open_store(kind, tmp_path / "store", DIMENSION, timeout=0.1)


def test_an_owner_that_knows_only_the_engines_lock_is_busy_too(tmp_path):
    import qdrant_edge

    EdgeStore(tmp_path / "store", DIMENSION).close()
    shard = qdrant_edge.EdgeShard.load(str(tmp_path / "store"))
    with pytest.raises(StoreBusy):
        EdgeStore(tmp_path / "store", DIMENSION, timeout=0.1)
    shard.close()


@pytest.mark.parametrize("confirmations", [1, 3, 8])
@pytest.mark.parametrize("kind", ON_DISK, scope="function")
def test_nothing_confirmed_is_lost_to_kill_9(kind, confirmations, tmp_path):
    path = tmp_path / "store"
    with other_process(kind, path, "write") as other:
        for _ in range(confirmations):
            written = int(other.stdout.readline())
        other.send_signal(signal.SIGKILL)
        written = max([written, *map(int, other.stdout.read().split())])
    with open_store(kind, path, DIMENSION) as store:
        for number in range(written):
            found = store.fetch([point_id(number)])
            if number % 25 == 3:
                assert found == []
            else:
                assert_point(found[0], random_point(number, seed=7 if number % 25 == 4 else 0))
        # What was cut off may be there or not, but only ever whole.
        held = Reference(store.fetch(list(store.ids())))
        assert store.count() == len(held.points) >= written - written // 25
        assert_same(store, held, map(random_query, range(3)))
        assert store.facets("topics") == held.facets("topics")
        store.upsert(POINTS)
        assert_same(store, Reference(store.fetch(list(store.ids()))), [random_query(5)])


@pytest.mark.parametrize("left", ["empty", "draft", "segment without state", "config alone"])
def test_an_edge_shard_that_was_half_created_is_made_anew(left, tmp_path):
    path = tmp_path / "store"
    if left == "empty":
        path.mkdir()
    elif left == "draft":
        EdgeStore(tmp_path / "store.new", DIMENSION + 1).close()
        (tmp_path / "store.new.lock").unlink()
    else:
        EdgeStore(path, DIMENSION + 1).close()
        for state in path.glob("segments/*/segment.json"):
            state.unlink()
        if left == "config alone":
            (path / "edge_config.json").write_text("")
    with EdgeStore(path, DIMENSION) as store:
        store.upsert(POINTS[:5])
        assert store.count() == 5
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["store", "store.lock"]


def test_a_folder_with_other_things_is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(StoreError, match=r"thesis\.tex"):
        EdgeStore(tmp_path, DIMENSION)
    assert (tmp_path / "thesis.tex").read_text() == "years of work"


@pytest.mark.parametrize("kind", ON_DISK, scope="function")
def test_a_damaged_store_is_no_busy_store(kind, tmp_path):
    path = tmp_path / "store"
    with open_store(kind, path, DIMENSION) as store:
        store.upsert(POINTS[:50])
    for file in [*path.glob("points.sqlite3"), *path.glob("segments/*/segment.json")]:
        file.write_bytes(b"\x00garbage" * 600)
    with pytest.raises(StoreError, match="archive rebuild") as caught:
        open_store(kind, path, DIMENSION)
    assert not isinstance(caught.value, StoreBusy)
    with pytest.raises(StoreError, match="archive rebuild"):  # and the lock was let go
        open_store(kind, path, DIMENSION, timeout=0.1)


@pytest.mark.parametrize("kind", ON_DISK, scope="function")
def test_a_closed_store_says_so(kind, tmp_path):
    store = open_store(kind, tmp_path / "store", DIMENSION)
    store.close()
    with pytest.raises(StoreError):
        store.count()


# --- the FAISS graph -----------------------------------------------------------------------


@pytest.fixture
def graphed(tmp_path):
    """Opens a FAISS store that builds graphs early."""
    open_again = partial(FaissStore, tmp_path / "store", DIMENSION, graph_above=100)
    with open_again() as store:
        store.upsert(POINTS[:400])
        store.optimize()
    return open_again


def graph_files(tmp_path):
    return sorted(file.name for file in tmp_path.glob("store/graph-*"))


def assert_nearly_same(store, reference, queries):
    """As a graph may answer: nearly all of the best, each with its exact score."""
    found = wanted = 0
    for query in queries:
        truth = reference.dense(query)
        hits = store.query(query).dense
        assert_leg(hits, {hit.id: truth[hit.id] for hit in hits}, query.limit, 1e-5)
        best = sorted(truth, key=truth.__getitem__, reverse=True)[: query.limit]
        found += len(set(best) & {hit.id for hit in hits})
        wanted += len(best)
    assert found >= 0.98 * wanted


def test_the_graph_is_used_extended_and_filtered(graphed, tmp_path):
    reference = Reference(POINTS[:400])
    assert graph_files(tmp_path) == ["graph-1.faiss"]
    with graphed() as store:
        assert store._index().graph_size == 400
        assert_nearly_same(store, reference, map(random_query, range(10)))
        changed = [random_point(n, seed=5) for n in range(30)]
        store.upsert([*changed, *POINTS[400:]])
        store.delete([p.id for p in POINTS[30:60]])
        reference.upsert([*changed, *POINTS[400:]])
        reference.delete([p.id for p in POINTS[30:60]])
        assert store._index().graph_size == 400
        assert_nearly_same(store, reference, map(random_query, range(10)))
        most = [random_query(n, filter=FILTERS["languages"]) for n in range(10)]
        assert_nearly_same(store, reference, most)
        few = [random_query(n, filter=FILTERS["topic"]) for n in range(10)]
        assert_same(store, reference, few)  # scanned, so exact
    with graphed() as store:
        assert store._index().graph_size == 400
        assert_nearly_same(store, reference, map(random_query, range(10)))
        store.optimize()
        assert store._index().graph_size == 530  # 60 of them dead: not worth a new graph
        assert_nearly_same(store, reference, map(random_query, range(10)))
        store.optimize()
        assert graph_files(tmp_path) == ["graph-2.faiss"]
        store.delete([p.id for p in POINTS[60:160]])
        reference.delete([p.id for p in POINTS[60:160]])
        store.optimize()
        assert store._index().graph_size == len(reference.points) == 370
        assert_nearly_same(store, reference, map(random_query, range(10)))
    assert graph_files(tmp_path) == ["graph-3.faiss"]


def test_a_new_point_never_takes_the_place_of_a_deleted_one_in_the_graph(graphed):
    reference = Reference(POINTS[:400])
    with graphed() as store:
        store.delete([p.id for p in POINTS[350:400]])
        store.upsert(POINTS[400:450])
    reference.delete([p.id for p in POINTS[350:400]])
    reference.upsert(POINTS[400:450])
    with graphed() as store:
        assert_nearly_same(store, reference, map(random_query, range(10)))


def test_a_narrow_filter_finds_everything_in_a_large_graph(tmp_path):
    points = [random_point(n) for n in range(3000)]
    with FaissStore(tmp_path / "store", DIMENSION, graph_above=100) as store:
        store.upsert(points)
        store.optimize()
        assert store._index().graph_size == 3000
        narrow = Filter(paper_ids=("2601.00123", "2601.00777"))
        queries = [random_query(n, filter=narrow) for n in range(10)]
        assert_same(store, Reference(points), queries)


def test_clear_forgets_the_graph(graphed):
    with graphed() as store:
        store.clear()
        store.upsert(POINTS[400:])
        assert_same(store, Reference(POINTS[400:]), [random_query(1)])
    with graphed() as store:
        assert_same(store, Reference(POINTS[400:]), [random_query(1)])


def flip_a_byte_of_a_vector(file):
    data = bytearray(file.read_bytes())
    needle = POINTS[7].dense.tobytes()
    data[data.index(needle) + 3] ^= 0x01
    file.write_bytes(data)


@pytest.mark.parametrize(
    "damage",
    [
        flip_a_byte_of_a_vector,
        lambda file: file.write_bytes(file.read_bytes()[:-100]),
        lambda file: file.write_bytes(b""),
        lambda file: file.unlink(),
        lambda file: file.write_bytes(b"not FAISS at all" * 100),
    ],
    ids=["flipped", "cut", "empty", "missing", "garbage"],
)
def test_a_damaged_graph_is_left_out_and_built_anew(damage, graphed, tmp_path, caplog):
    damage(tmp_path / "store" / "graph-1.faiss")
    with graphed() as store:
        assert_same(store, Reference(POINTS[:400]), map(random_query, range(5)))
        assert "graph-1.faiss" in caplog.text
        store.optimize()
        assert store._index().graph_size == 400
    assert graph_files(tmp_path) == ["graph-2.faiss"]
    with graphed() as store:
        assert_nearly_same(store, Reference(POINTS[:400]), map(random_query, range(10)))
        assert store._index().graph_size == 400


def test_a_graph_with_the_right_sum_and_the_wrong_content_is_left_out(graphed, tmp_path):
    """A record and a file that fit each other but not the store, as from a mixed backup."""
    from indexer.stores.faiss_index import checksum

    file = tmp_path / "store" / "graph-1.faiss"
    file.write_bytes(b"IxXX" * 50)
    with graphed() as store:
        fact = {"generation": 1, "file": file.name, "crc32": checksum(file)}
        with store._rows.transaction():
            store._rows.set_fact("graph", json.dumps(fact))
        assert_same(store, Reference(POINTS[:400]), [random_query(0)])


def test_a_graph_that_was_written_but_never_recorded_is_ignored(graphed, tmp_path):
    (tmp_path / "store" / "graph-9.faiss").write_bytes(b"killed while writing")
    with graphed() as store:
        assert store._index().graph_size == 400
        store.upsert(POINTS[400:])
        store.optimize()
    assert graph_files(tmp_path) == ["graph-2.faiss"]


# --- the server ----------------------------------------------------------------------------


class Flaky:
    """A client whose requests fail a number of times before they come through."""

    def __init__(self, error):
        self.client = QdrantClient(":memory:")
        self.error = error
        self.failures = 0
        self.requests = 0

    def __getattr__(self, name):
        method = getattr(self.client, name)

        def request(*args, **kwargs):
            self.requests += 1
            if self.failures:
                self.failures -= 1
                raise self.error
            return method(*args, **kwargs)

        return request


def response(status):
    return UnexpectedResponse(status, "reason", b"body", None)


@pytest.fixture
def no_waiting():
    with stamina.set_testing(True, attempts=4, cap=True):
        yield


@pytest.mark.parametrize(
    "error", [ResponseHandlingException(TimeoutError("slow")), response(503), response(429)]
)
@pytest.mark.usefixtures("no_waiting")
def test_passing_failures_are_tried_again_and_then_explained(error):
    client = Flaky(error)
    store = QdrantStore(client, "papers", DIMENSION, location="http://there:6333")
    client.failures = 3
    store.upsert(POINTS[:3])
    assert store.count() == 3
    client.failures = 4
    with pytest.raises(StoreUnavailable, match=r"http://there:6333.*Check that"):
        store.count()


@pytest.mark.parametrize(
    ("error", "words"),
    [(response(401), "API key"), (response(403), "API key"), (response(400), "body")],
)
@pytest.mark.usefixtures("no_waiting")
def test_lasting_failures_are_not_tried_again(error, words):
    client = Flaky(error)
    store = QdrantStore(client, "papers", DIMENSION)
    client.failures, client.requests = 4, 0
    with pytest.raises(StoreError, match=words) as caught:
        store.count()
    assert client.requests == 1
    assert not isinstance(caught.value, StoreUnavailable)


@pytest.mark.parametrize("prefer_grpc", [False, True])
@pytest.mark.usefixtures("no_waiting")
def test_no_server_there(prefer_grpc):
    with pytest.raises(StoreUnavailable, match=r"http://127\.0\.0\.1:9"):
        QdrantStore.connect(
            "http://127.0.0.1:9", "papers", DIMENSION, prefer_grpc=prefer_grpc, timeout=1
        )


def test_a_collection_of_someone_else_is_refused():
    client = QdrantClient(":memory:")
    client.create_collection(
        "theirs",
        vectors_config=models.VectorParams(size=DIMENSION, distance=models.Distance.COSINE),
    )
    with pytest.raises(StoreError, match="not made by Paper Archive"):
        QdrantStore(client, "theirs", DIMENSION)


def test_cluster_settings_reach_the_server():
    client = QdrantClient(":memory:")
    asked = {}
    create = client.create_collection

    def create_collection(name, **kwargs):
        asked.update(kwargs)
        return create(name, **kwargs)

    client.create_collection = create_collection
    QdrantStore(
        client,
        "papers",
        DIMENSION,
        shard_number=6,
        replication_factor=2,
        write_consistency_factor=1,
    )
    assert asked["shard_number"] == 6
    assert asked["replication_factor"] == 2
    assert asked["write_consistency_factor"] == 1


# --- choosing ------------------------------------------------------------------------------


def test_an_unknown_kind_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="edge, qdrant, faiss"):
        open_store("milvus", tmp_path, DIMENSION)


def test_the_default_store_imports_no_other(tmp_path):
    code = (
        "import sys; from indexer.stores.open import open_store\n"
        f"open_store('edge', {str(tmp_path / 'store')!r}, 8).close()\n"
        "print([m for m in ('faiss', 'qdrant_client', 'scipy', 'stamina') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
