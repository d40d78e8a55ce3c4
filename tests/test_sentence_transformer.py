"""Any sentence-transformers model, shown on a tiny real one that is made here; no hub."""

import numpy as np
import pytest

pytest.importorskip("sentence_transformers")

from embeddings.errors import WeightsError
from embeddings.open import open_embedder
from embeddings.sentence_transformer import SentenceTransformerEmbedder


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def plain(models, make_model):
    return make_model(models / "plain")


@pytest.fixture(scope="module")
def prompted(models, make_model):
    prompts = {"query": "query : ", "document": "passage : "}
    return make_model(models / "prompted", prompts)


def test_plain_model_gives_unit_vectors_without_prefixes(plain):
    embedder = SentenceTransformerEmbedder(str(plain.folder))
    assert embedder.identity.dimension == plain.DIMENSION
    assert (embedder.identity.query_prefix, embedder.identity.passage_prefix) == ("", "")
    for vectors in (embedder.embed_queries(["cat dog"]), embedder.embed_passages(["cat dog"])):
        assert vectors.dtype == np.float32
        assert vectors[0] == pytest.approx(plain.vector("cat dog"), abs=1e-5)


def test_a_models_own_prompts_are_its_prefixes_and_are_used_once(prompted):
    embedder = SentenceTransformerEmbedder(str(prompted.folder))
    assert embedder.identity.query_prefix == "query : "
    assert embedder.identity.passage_prefix == "passage : "
    query, passage = embedder.embed_queries(["cat"])[0], embedder.embed_passages(["cat"])[0]
    assert query == pytest.approx(prompted.vector("query : cat"), abs=1e-5)
    assert passage == pytest.approx(prompted.vector("passage : cat"), abs=1e-5)


def test_given_prefixes_win_even_if_empty(prompted):
    embedder = SentenceTransformerEmbedder(
        str(prompted.folder), query_prefix="", passage_prefix="graph "
    )
    assert embedder.embed_queries(["cat"])[0] == pytest.approx(prompted.vector("cat"), abs=1e-5)
    assert embedder.embed_passages(["cat"])[0] == pytest.approx(
        prompted.vector("graph cat"), abs=1e-5
    )


def test_order_and_progress_over_several_batches(plain):
    embedder = SentenceTransformerEmbedder(str(plain.folder))
    texts = [f"{plain.WORDS[4 + n % 5]} " * (1 + n % 7) + "cat" for n in range(150)]
    told = []
    vectors = embedder.embed_passages(texts, told.append)
    assert sum(told) == 150
    for text, vector in zip(texts, vectors, strict=True):
        assert vector == pytest.approx(plain.vector(text), abs=1e-5)
    assert embedder.embed_passages([]).shape == (0, plain.DIMENSION)
    assert embedder.embed_queries([]).shape == (0, plain.DIMENSION)


def test_identity_follows_the_weights(plain, models, make_model):
    make_model(models / "same", seed=0)
    make_model(models / "other", seed=1)
    first, same, other = (
        SentenceTransformerEmbedder(str(folder)).identity.weights
        for folder in (plain.folder, models / "same", models / "other")
    )
    assert first == same
    assert first != other


def test_chosen_by_path(plain, tmp_path):
    embedder = open_embedder(str(plain.folder), tmp_path, passage_prefix="p ")
    assert isinstance(embedder, SentenceTransformerEmbedder)
    assert embedder.identity.passage_prefix == "p "


def test_a_model_that_is_not_there(tmp_path):
    with pytest.raises(WeightsError, match="nowhere"):
        SentenceTransformerEmbedder(str(tmp_path / "nowhere"))


def test_a_damaged_model_is_a_clear_error(plain, tmp_path):
    import shutil

    folder = shutil.copytree(plain.folder, tmp_path / "damaged")
    for weights in folder.rglob("*.safetensors"):
        weights.write_bytes(weights.read_bytes()[:20])
    with pytest.raises(WeightsError, match="damaged"):
        SentenceTransformerEmbedder(str(folder))


def test_e5_models_that_state_no_prompts_get_their_prefixes(models, make_model):
    make_model(models / "multilingual-e5-tiny")
    identity = SentenceTransformerEmbedder(str(models / "multilingual-e5-tiny")).identity
    assert (identity.query_prefix, identity.passage_prefix) == ("query: ", "passage: ")


def test_e5_inside_another_word_is_no_e5(models, make_model):
    folder = models / "cafe5" / "model"
    folder.parent.mkdir()
    make_model(folder)
    assert SentenceTransformerEmbedder(str(folder)).identity.query_prefix == ""


def test_archive_with_another_model_end_to_end(plain, archive_command, tmp_path):
    home, page = tmp_path / "home", tmp_path / "page.md"
    page.write_text(
        "\n".join(
            f"## {n}.[{title}](https://arxiv.org/pdf/2401.0000{n})\nsummary:{text}\n"
            for n, (title, text) in enumerate([("cat", "cat cat"), ("graph", "向量 检索")], 1)
        ),
        "utf-8",
    )
    done = archive_command("index", page, "--model", plain.folder, home=home)
    assert done.returncode == 0, done.stderr
    # The archive remembers its model.
    done = archive_command("search", "cat", "--json", home=home)
    assert done.returncode == 0, done.stderr
    assert '"2401.00001"' in done.stdout.split("paper_id")[1]
    done = archive_command(
        "search", "cat", home=home, env={"ARCHIVE_MODEL": "multilingual-e5-small"}
    )
    assert done.returncode == 1
    assert "archive rebuild" in done.stderr
