"""Maps learned on pairs: they take language out, keep meaning, and belong to an index."""

import json

import numpy as np
import pytest

from embeddings.base import unit
from embeddings.errors import ConfigError
from embeddings.projection import Projection, learn, load, save
from tests.conftest import EXAMPLES

contrastive = pytest.importorskip("embeddings.contrastive", reason="needs torch")


@pytest.fixture(scope="module")
def pairs():
    """Vectors that say their language before their meaning, as multilingual models' do."""
    generator = np.random.default_rng(0)
    meaning = generator.normal(size=(1500, 32))
    language = 6 * generator.normal(size=32)
    noise = generator.normal(size=(2, 1500, 32)) * np.linspace(0.2, 2, 32)
    return (
        unit((meaning + noise[0] + language).astype(np.float32)),
        unit((meaning + noise[1] - language).astype(np.float32)),
    )


def across(a, b):
    """The share of texts that find their partner before all other texts of both languages."""
    scores = np.concatenate([a @ b.T, a @ a.T - 2 * np.eye(len(a))], axis=1)
    return (scores.argmax(axis=1) == np.arange(len(a))).mean()


def test_a_trained_map_beats_the_closed_form_on_pairs_it_never_saw(pairs):
    a, b = pairs
    closed = learn(a[:1200], b[:1200])
    trained = contrastive.train(a[:1200], b[:1200])
    plain = across(a[1200:], b[1200:])
    before = across(closed.apply(a[1200:]), closed.apply(b[1200:]))
    after = across(trained.apply(a[1200:]), trained.apply(b[1200:]))
    assert plain < before < after


def test_training_again_gives_the_same_map(pairs):
    a, b = (side[:300] for side in pairs)
    assert contrastive.train(a, b).digest() == contrastive.train(a, b).digest()


def test_a_saved_map_is_the_same(pairs, tmp_path):
    first = learn(*pairs)
    save(first, tmp_path / "map.npz")
    save(load(tmp_path / "map.npz"), tmp_path / "again.npz")
    assert load(tmp_path / "map.npz").digest() == load(tmp_path / "again.npz").digest()
    assert load(tmp_path / "map.npz").matrix == pytest.approx(first.matrix, abs=1e-2)


def test_what_is_no_map_is_told(tmp_path):
    (tmp_path / "map.npz").write_bytes(b"no map")
    for name in ("map.npz", "nowhere.npz"):
        with pytest.raises(ConfigError, match=f"{name} is no map"):
            load(tmp_path / name)


@pytest.mark.parametrize(
    "arrays",
    [
        {"mean": np.zeros(3), "matrix": np.zeros((4, 3))},
        {"mean": np.zeros(3), "matrix": np.zeros(3)},
        {"mean": np.zeros(3), "matrix": np.full((3, 3), np.nan)},
        {"other": np.zeros(3)},
    ],
)
def test_arrays_that_are_no_map_are_told(tmp_path, arrays):
    np.savez(tmp_path / "map.npz", **arrays)
    with pytest.raises(ConfigError, match="is no map"):
        load(tmp_path / "map.npz")
    (tmp_path / "map.npz").write_bytes(b"")
    with pytest.raises(ConfigError, match="is no map"):
        load(tmp_path / "map.npz")


def test_a_map_of_another_model_changes_nothing(archive_command, example, copy_of, tmp_path):
    home = copy_of(example)
    np.savez(tmp_path / "map.npz", mean=np.zeros(8, np.float32), matrix=np.eye(8, dtype=np.float32))
    env = {"ARCHIVE_PROJECTION": str(tmp_path / "map.npz")}
    done = archive_command("rebuild", home=home, env=env)
    assert done.returncode == 1
    assert "8 dimensions" in done.stderr
    assert "Traceback" not in done.stderr
    assert archive_command("search", "diffusion", home=home).returncode == 0


@pytest.fixture(scope="module")
def pair_file(tmp_path_factory):
    """Sentences in both languages in the form that is learned from."""
    things = [("cats", "猫"), ("dogs", "狗"), ("birds", "鸟"), ("fish", "鱼"), ("trees", "树")]
    acts = [("eat", "吃"), ("see", "看见"), ("find", "找到"), ("love", "爱"), ("draw", "画")]
    path = tmp_path_factory.mktemp("pairs") / "pairs.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for number in range(200):
            thing, act = things[number % 5], acts[number // 5 % 5]
            record = {
                "title": f"On {thing[0]} {number}",
                "abstract": f"How people {act[0]} {thing[0]}.",
                "zh": {"tldr": f"人们怎样{act[1]}{thing[1]} {number}"},
            }
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    return path


def test_a_learned_map_belongs_to_the_index(archive_command, pair_file, tmp_path):
    out = tmp_path / "map.npz"
    done = archive_command("learn", "map", pair_file, "--out", out)
    assert done.returncode == 0, done.stderr
    home, mapped = tmp_path / "home", {"ARCHIVE_PROJECTION": str(out)}
    assert archive_command("index", EXAMPLES, home=home, env=mapped).returncode == 0
    out.unlink()  # the archive keeps what it cannot do without
    found = archive_command("search", "Attention Is All You Need", "--json", home=home)
    assert found.returncode == 0, found.stderr
    save(Projection(np.zeros(384, np.float32), np.eye(384, dtype=np.float32)), out)
    other = archive_command("search", "attention", home=home, env=mapped)
    assert other.returncode == 1
    assert "rebuild" in other.stderr


def test_a_lexicon_is_learned_by_a_command(archive_command, pair_file, tmp_path):
    out = tmp_path / "lexicon.npz"
    done = archive_command("learn", "lexicon", pair_file, "--out", out)
    assert done.returncode == 0, done.stderr
    assert "from 200 pairs" in done.stdout
    assert out.exists()
    done = archive_command("learn", "lexicon", pair_file, "--out", out, "--hold-out")
    assert "from 100 pairs" in done.stdout


def test_a_damaged_file_of_pairs_is_told_with_its_line(archive_command, pair_file, tmp_path):
    bad = tmp_path / "bad.jsonl"
    lines = pair_file.read_text(encoding="utf-8").splitlines()[:2]
    bad.write_text("\n".join([*lines, '{"title": "no abstract"}']), encoding="utf-8")
    done = archive_command("learn", "lexicon", bad, "--out", tmp_path / "x.npz")
    assert done.returncode == 1
    assert "line 3" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("what", ["map", "lexicon"])
def test_too_few_pairs_teach_nothing(archive_command, tmp_path, what):
    (tmp_path / "none.jsonl").write_text("")
    done = archive_command("learn", what, tmp_path / "none.jsonl", "--out", tmp_path / "x.npz")
    assert done.returncode == 1
    assert "0 pairs teach no" in done.stderr
    assert not (tmp_path / "x.npz").exists()
