"""The lexicon: its form, what ships, and that it is learned from texts alone."""

import numpy as np
import pytest

from embeddings import lexicon
from embeddings.lexical import SparseVector, index_of, query_vector
from embeddings.lexicon import WEIGHT, Entry, from_entries


def test_a_lexicon_gives_back_what_it_was_made_from():
    made = from_entries([Entry(7, 2.5, [(1, 0.2), (2, 0.8)]), Entry(3, 4.0, [(2, 1.0)])])
    assert made.translate(3) == [(2, 1.0)]
    assert [index for index, _ in made.translate(7)] == [2, 1]
    assert [share for _, share in made.translate(7)] == pytest.approx([0.8, 0.2], abs=1 / 255)
    assert (made.informs(7), made.informs(3), made.informs(5)) == (2.5, 4.0, None)
    assert made.translate(5) == made.translate(8) == made.translate(2**32 - 1) == []


def test_a_query_keeps_its_terms_and_gains_translations():
    made = from_entries([Entry(7, 1.0, [(1, 1.0)]), Entry(3, 1.0, [(7, 1.0)])])
    expanded = made.expand(SparseVector((3, 7), (1.0, 2.0)))
    assert dict(zip(expanded.indices, expanded.values, strict=True)) == pytest.approx(
        {1: 2 * WEIGHT, 3: 1.0, 7: 2.0 + WEIGHT}
    )
    assert list(expanded.indices) == sorted(expanded.indices)


def test_a_saved_lexicon_is_the_same(tmp_path, monkeypatch):
    made = from_entries([Entry(7, 2.5, [(1, 0.2), (2, 0.8)]), Entry(3, 4.0, [(2, 1.0)])])
    lexicon.save(made, tmp_path / "lexicon.npz")
    with np.load(tmp_path / "lexicon.npz") as arrays:
        assert {name: arrays[name].dtype for name in arrays} == {
            "terms": np.uint32,
            "information": np.uint8,
            "counts": np.uint8,
            "targets": np.uint16,
            "probabilities": np.uint8,
            "vocabulary": np.uint32,
        }


@pytest.mark.parametrize(
    ("term", "translation"),
    [
        ("扩散", "diffus"),
        ("分割", "segment"),
        ("幻觉", "hallucin"),
        ("强化", "reinforc"),
        ("diffus", "扩散"),
        ("satellit", "卫星"),
    ],
)
def test_the_bundled_lexicon_knows_the_fields_words(term, translation):
    found = lexicon.load_bundled().translate(index_of(term))
    assert found[0][0] == index_of(translation)
    assert found[0][1] > 0.3


def test_common_terms_say_less():
    known = lexicon.load_bundled()
    common, rare = known.informs(index_of("model")), known.informs(index_of("satellit"))
    assert common < 2 < rare


def test_an_unknown_term_has_no_translation():
    assert lexicon.load_bundled().translate(index_of("qqqxyz")) == []
    query = query_vector("qqqxyz")
    assert lexicon.load_bundled().expand(query) == query


def test_learning_finds_which_term_explains_which():
    alignment = pytest.importorskip("embeddings.alignment", reason="needs scipy")
    chinese_words = "猫咪 小狗 飞鸟 金鱼 白马 黄牛 山羊 老虎".split()
    words = list(
        zip(chinese_words, "cat dog bird goldfish horse cow goat tiger".split(), strict=True)
    )
    generator = np.random.default_rng(0)
    chinese, english = [], []
    for _ in range(200):
        chosen = generator.choice(len(words), 2, replace=False)
        chinese.append("，".join(words[i][0] for i in chosen))
        english.append(" ".join(words[i][1] for i in generator.permutation(chosen)))
    learned = alignment.learn(chinese, english)
    for zh, en in words:
        (en_term,), (zh_term,) = query_vector(en).indices, query_vector(zh).indices
        assert learned.translate(zh_term)[0][0] == en_term
        assert learned.translate(en_term)[0][0] == zh_term
