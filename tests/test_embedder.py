"""The bundled model: its pinned numbers, its preparation, its identity and its projection."""

import os
import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest

from embeddings.base import ModelIdentity, unit
from embeddings.bundled import DIMENSION, BundledEmbedder, bundled_identity
from embeddings.errors import ArchiveError, ConfigError, WeightsError
from embeddings.open import default_identity, open_embedder
from embeddings.preparation import STEPS
from embeddings.projection import ProjectedEmbedder, Projection, learn, load_bundled
from embeddings.weights import Weights, bundled_file

ENGLISH, CHINESE = "fast vector search", "多语言文本向量模型"
# The first numbers of the model itself, before the projection.
QUERY = {
    ENGLISH: [0.04291, -0.07114, -0.04935, -0.03496, 0.07219, -0.03365],
    CHINESE: [0.05918, -0.02314, -0.02447, -0.04533, 0.09603, -0.06777],
}
PASSAGE = {
    ENGLISH: [0.05920, -0.02700, -0.03751, -0.08499, 0.06072, -0.00908],
    CHINESE: [0.06909, -0.01272, -0.02552, -0.06605, 0.08436, -0.03457],
}
# Other processors add int8 products in another order; leaving out a prefix moves ten times more.
TOLERANCE = 1.5e-3


@pytest.mark.parametrize("text", [ENGLISH, CHINESE])
def test_first_numbers_with_prefixes(bundled, text):
    query, passage = bundled.embed_queries([text])[0], bundled.embed_passages([text])[0]
    assert query[:6] == pytest.approx(QUERY[text], abs=TOLERANCE)
    assert passage[:6] == pytest.approx(PASSAGE[text], abs=TOLERANCE)
    assert query.dtype == passage.dtype == np.float32


def test_vectors_are_unit_long_and_in_the_order_of_the_texts(bundled):
    texts = ["a", "长" * 900, "mid " * 40, "", "a"]
    vectors = bundled.embed_passages(texts)
    assert vectors.shape == (5, DIMENSION)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(5), abs=1e-5)
    assert vectors[0] == pytest.approx(vectors[4], abs=1e-6)
    for text, vector in zip(texts, vectors, strict=True):
        assert bundled.embed_passages([text])[0] @ vector > 0.999, text[:5]


def test_no_texts_give_no_vectors(bundled):
    assert bundled.embed_queries([]).shape == (0, DIMENSION)
    assert bundled.embed_passages([]).shape == (0, DIMENSION)


def test_progress_counts_every_text(bundled):
    told = []
    bundled.embed_passages(["a", "bb" * 300, "ccc"], told.append)
    assert sum(told) == 3


def test_scripts_other_than_chinese_and_ascii_are_embedded_too(bundled):
    # They take the whole vocabulary; the core one alone would see only unknowns.
    pairs = [("naïve café", "naive cafe"), ("векторный поиск", "vector search")]
    for strange, plain in pairs:
        near, far = (
            bundled.embed_queries([strange, "большая красная рыба"])
            @ (bundled.embed_queries([plain])[0])
        )
        assert near > far


def test_meaning_counts_across_languages(bundled):
    query = bundled.embed_queries(["how to bake bread"])[0]
    near, far = bundled.embed_passages(["如何烤面包", "深度卷积神经网络"]) @ query
    assert near > far


def test_identity_is_known_without_opening_and_names_all_that_decides(bundled):
    assert bundled.identity == bundled_identity()
    assert bundled.identity.query_prefix == "query: "
    assert bundled.identity.passage_prefix == "passage: "
    assert bundled.identity.projection == "none"


def test_default_identity_is_that_of_the_default_model(session_embedder):
    assert default_identity() == session_embedder.identity
    assert session_embedder.identity.projection == load_bundled().digest()


def test_identities_that_differ_anywhere_print_differently():
    base = ModelIdentity("m", "w" * 64, 3, "q", "p")
    others = [
        ModelIdentity("m", "w" * 64, 3, "q", "x"),
        ModelIdentity("m", "w" * 64, 3, "q", "p", "projected"),
        ModelIdentity("m", "w" * 63 + "v", 3, "q", "p"),
    ]
    assert len({str(each) for each in (base, *others)}) == 4


def test_bundled_model_takes_no_other_prefixes(cache):
    with pytest.raises(ConfigError, match="fixed prefixes"):
        open_embedder("multilingual-e5-small", cache, query_prefix="")


# Weights


def test_missing_weights_are_named(tmp_path):
    with pytest.raises(WeightsError, match=r"nothing\.bin"):
        Weights(tmp_path / "nothing.bin")


def test_damaged_weights_are_refused(tmp_path):
    damaged = tmp_path / "weights.bin"
    shutil.copyfile(bundled_file(), damaged)
    with damaged.open("rb+") as file:
        file.seek(-1, os.SEEK_END)
        last = file.read(1)
        file.seek(-1, os.SEEK_END)
        file.write(bytes([last[0] ^ 1]))
    with pytest.raises(WeightsError, match=r"SHA-256.*reinstall"):
        Weights(damaged)


# Preparation

PREPARE = """
import os, signal, sys
from pathlib import Path
from embeddings.bundled import BundledEmbedder
def die(step):
    if step == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)
BundledEmbedder(Path(sys.argv[1]), die)
"""


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory):
    """A cache whose preparation was killed in every step: after each, what it showed."""
    cache = tmp_path_factory.mktemp("interrupted")
    seen = []
    for step in STEPS:
        done = subprocess.run([sys.executable, "-c", PREPARE, cache, step], check=False)
        assert done.returncode == -signal.SIGKILL
        seen.append({path.name for path in cache.iterdir()})
    yield cache, seen
    shutil.rmtree(cache)


def test_interrupted_preparation_leaves_nothing_that_looks_ready(interrupted, cache, bundled):
    ready = {path.name for path in cache.iterdir() if path.is_dir()}
    for names in interrupted[1]:
        assert not names & ready


def test_preparation_starts_over_after_interruptions_and_happens_once(interrupted, bundled):
    folder, steps = interrupted[0], []
    again = BundledEmbedder(folder, steps.append)
    assert tuple(steps) == STEPS
    assert again.embed_queries([CHINESE]) == pytest.approx(bundled.embed_queries([CHINESE]))
    BundledEmbedder(folder, steps.append)
    assert len(steps) == len(STEPS), "prepared a second time"


def test_leftovers_of_killed_preparations_are_cleared(interrupted, cache, bundled):
    BundledEmbedder(interrupted[0])
    (ready,) = _prepared(cache)
    assert {path.name for path in interrupted[0].iterdir()} == {ready.name, f".{ready.name}.lock"}


def _prepared(cache):
    """The encoder alone: other tests' reader and judge, named by kind, share the cache."""
    return list(cache.glob("multilingual-e5-small-[0-9a-f]*-[0-9]"))


def test_damaged_preparation_is_a_clear_error(cache, bundled, tmp_path):
    (ready,) = _prepared(cache)
    damaged = tmp_path / ready.name
    damaged.mkdir()
    for file in ready.iterdir():
        if file.is_file():
            shutil.copyfile(file, damaged / file.name) if file.name != "encoder.bin" else None
    with pytest.raises(ArchiveError, match=str(damaged)):
        BundledEmbedder(tmp_path)
    shutil.copyfile(ready / "encoder.bin", damaged / "encoder.bin")
    for name, said in (("core-ids.npy", "damaged"), ("tokenizer.model", "tokenizer.model")):
        whole = (damaged / name).read_bytes()
        (damaged / name).write_bytes(b"")
        with pytest.raises(ArchiveError, match=said):
            BundledEmbedder(tmp_path).embed_queries(["é"])
        (damaged / name).write_bytes(whole)


def test_unusable_cache_folder_is_a_clear_error(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ArchiveError):
        BundledEmbedder(tmp_path / "file" / "cache")


# Projection


class Fixed:
    """An embedder whose vectors are given."""

    def __init__(self, vectors):
        self.identity = ModelIdentity("fixed", "w", vectors.shape[1], "", "")
        self._vectors = vectors

    def embed_passages(self, texts, progress=None):
        return self._vectors[: len(texts)]

    embed_queries = embed_passages


def test_projection_brings_pairs_together():
    rng = np.random.default_rng(7)
    meaning = rng.normal(size=(400, 16))
    language = np.zeros(16)
    language[3] = 5.0
    noise = lambda: 0.05 * rng.normal(size=meaning.shape)  # noqa: E731
    chinese = unit((meaning + language + noise()).astype(np.float32))
    english = unit((meaning - language + noise()).astype(np.float32))

    def hits(left, right):
        return float((np.argmax(left @ right.T, axis=1) == np.arange(len(left))).mean())

    mixed = np.concatenate([english, chinese])  # every Chinese text is a wrong answer
    learned = learn(chinese[:200], english[:200])
    before = hits(chinese[200:], np.concatenate([english[200:], chinese[:200]]))
    after = hits(
        learned.apply(chinese[200:]),
        learned.apply(np.concatenate([english[200:], chinese[:200]])),
    )
    assert before < 0.2
    assert after > 0.95
    assert np.linalg.norm(learned.apply(mixed), axis=1) == pytest.approx(np.ones(800), abs=1e-4)


def test_projected_embedder_projects_both_sides_and_says_so():
    vectors = unit(np.array([[1, 2, 3], [3, 1, 0]], np.float32))
    projection = Projection(np.array([0.1, 0, 0], np.float32), np.eye(3, 2, dtype=np.float32))
    embedder = ProjectedEmbedder(Fixed(vectors), projection)
    expected = unit((vectors - projection.mean)[:, :2])
    assert embedder.embed_passages(["a", "b"]) == pytest.approx(expected)
    assert embedder.embed_queries(["a", "b"]) == pytest.approx(expected)
    assert embedder.identity.dimension == 2
    assert embedder.identity.projection == projection.digest()
    with pytest.raises(ConfigError, match="3 dimensions"):
        ProjectedEmbedder(Fixed(np.ones((1, 4), np.float32)), projection)
    other = Projection(projection.mean, 2 * projection.matrix)
    assert other.digest() != projection.digest()
