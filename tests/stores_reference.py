"""A store in plain Python and NumPy, slow and obviously right, and random points to put in.

Also the other process of the tests that need one: run as a script, it opens a store and
either holds it or writes until it is killed.
"""

from __future__ import annotations

import math
import sys
import uuid
from collections import Counter
from dataclasses import replace

import numpy as np

from indexer.stores.base import Filter, Hit, HybridQuery, Payload, Point, SparseVector
from indexer.stores.open import open_store

DIMENSION = 24
TERMS = 60
ALL = Filter()
_SPACE = uuid.UUID("6ba7b812-9dad-11d1-80b4-00c04fd430c8")


def point_id(number):
    return str(uuid.uuid5(_SPACE, str(number)))


def some(rng, values, most):
    return tuple(rng.choice(values, size=rng.integers(0, most + 1), replace=False).tolist())


def random_point(number, seed=0):
    rng = np.random.default_rng([seed, number])
    dense = rng.normal(size=DIMENSION)
    terms = np.unique(rng.zipf(1.4, size=rng.integers(0, 12)) % TERMS)
    return Point(
        id=point_id(number),
        dense=(dense / np.linalg.norm(dense)).astype(np.float32),
        sparse=SparseVector(
            tuple(terms.tolist()), tuple(rng.uniform(0.1, 3.0, len(terms)).tolist())
        ),
        payload=Payload(
            paper_id=f"2601.{number // 3:05d}",
            kind=str(rng.choice(["abstract", "summary"])),
            language=str(rng.choice(["zh", "en", "de"])),
            date=int(rng.choice([0, 20251231, 20260101, 20260102, 20260615])),
            topics=some(rng, ["检索", "agents", "naïve 😀", "quote' \" \\"], 3),
            categories=some(rng, ["cs.CL", "cs.IR", "cs.LG"], 2),
            sources=some(rng, ["archive-a", "arxiv", "每日"], 2),
            authors=some(rng, ["li wei", "李伟", "o'neil s"], 2),
            has_code=bool(rng.integers(2)),
        ),
    )


def random_query(number, limit=10, filter=ALL):
    rng = np.random.default_rng([99, number])
    terms = np.unique(rng.zipf(1.4, size=6) % TERMS)
    return HybridQuery(
        dense=rng.normal(size=DIMENSION).astype(np.float32),
        sparse=SparseVector(tuple(terms.tolist()), tuple(rng.uniform(0.5, 2.0, len(terms)))),
        filter=filter,
        limit=limit,
    )


class Reference:
    """The answers that every store must give."""

    def __init__(self, points=()):
        self.points = {}
        self.upsert(points)

    def upsert(self, points):
        self.points.update({point.id: point for point in points})

    def delete(self, ids):
        for i in ids:
            self.points.pop(i, None)

    def set_payload(self, payloads):
        for i, payload in payloads:
            if i in self.points:
                self.points[i] = replace(self.points[i], payload=payload)

    def matching(self, filter):
        return [p for p in self.points.values() if filter is None or accepts(filter, p.payload)]

    def dense(self, query):
        vector = query.dense.astype(np.float64)
        vector /= np.linalg.norm(vector)
        return {
            p.id: float(p.dense.astype(np.float64) @ vector) for p in self.matching(query.filter)
        }

    def lexical(self, query):
        documents = [p for p in self.points.values() if p.sparse.indices]
        frequency = Counter(term for p in documents for term in p.sparse.indices)
        idf = {
            term: math.log(1 + (len(documents) - n + 0.5) / (n + 0.5))
            for term, n in frequency.items()
        }
        wanted = dict(zip(query.sparse.indices, query.sparse.values, strict=True))
        scores = {}
        for p in self.matching(query.filter):
            shared = [
                wanted[term] * weight * idf[term]
                for term, weight in zip(p.sparse.indices, p.sparse.values, strict=True)
                if term in wanted
            ]
            if shared:
                scores[p.id] = sum(shared)
        return scores

    def facets(self, field, filter=None):
        counts = Counter()
        for p in self.matching(filter):
            value = getattr(p.payload, field)
            counts.update({value} if isinstance(value, str) else set(value))
        return dict(counts)


def accepts(filter, payload):
    def any_of(wanted, there):
        return not wanted or bool(set(wanted) & set(there))

    dated = filter.date_from is None and filter.date_to is None
    return (
        (dated or payload.date > 0)
        and (filter.date_from is None or payload.date >= filter.date_from)
        and (filter.date_to is None or payload.date <= filter.date_to)
        and any_of(filter.topics, payload.topics)
        and any_of(filter.categories, payload.categories)
        and any_of(filter.sources, payload.sources)
        and any_of(filter.authors, payload.authors)
        and any_of(filter.languages, [payload.language])
        and any_of(filter.paper_ids, [payload.paper_id])
        and payload.paper_id not in filter.not_paper_ids
        and (filter.has_code is None or payload.has_code == filter.has_code)
    )


def assert_leg(hits, truth, limit, tolerance):
    """The best of the truth, in order, each with its own score."""
    best = sorted(truth.values(), reverse=True)[:limit]
    np.testing.assert_allclose([hit.score for hit in hits], best, atol=tolerance, rtol=0)
    assert len({hit.id for hit in hits}) == len(hits)
    for hit in hits:
        assert isinstance(hit, Hit)
        assert abs(truth[hit.id] - hit.score) <= tolerance
    assert list(hits) == sorted(hits, key=lambda hit: (-hit.score, hit.id))


def assert_same(store, reference, queries):
    """Both legs, ids, scores and payloads, as the reference has them."""
    for query in queries:
        legs = store.query(query)
        assert_leg(legs.dense, reference.dense(query), query.limit, 1e-5)
        assert_leg(legs.lexical, reference.lexical(query), query.limit, 1e-4)
        for hit in (*legs.dense, *legs.lexical):
            assert hit.payload == reference.points[hit.id].payload


def assert_point(found, wanted):
    assert found.id == wanted.id
    assert found.dense.dtype == np.float32
    np.testing.assert_allclose(found.dense, wanted.dense, atol=1e-6)
    assert found.sparse.indices == wanted.sparse.indices
    np.testing.assert_allclose(found.sparse.values, wanted.sparse.values, rtol=1e-6)
    assert found.payload == wanted.payload


def say(word):
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def main(kind, path, task):
    store = open_store(kind, path, DIMENSION)
    if task == "hold":
        say("open")
        sys.stdin.read()
        store.close()
        return
    number = 0
    while True:  # until killed: batch after batch, each confirmed once it is written
        store.upsert([random_point(n) for n in range(number, number + 25)])
        number += 25
        # Every point at 3 mod 25 goes and every one at 4 mod 25 is replaced.
        store.delete([point_id(number - 22)])
        store.upsert([random_point(number - 21, seed=7)])
        say(number)


if __name__ == "__main__":
    main(*sys.argv[1:])
