"""The lexical encoder: terms of both languages, and BM25 weights."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.lexical import (
    AVERAGE_TERMS,
    K1,
    B,
    SparseVector,
    fold,
    passage_vector,
    query_vector,
    terms,
)


def found(text):
    return list(terms(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("  \n。，!", []),
        ("向量检索", ["向量", "量检", "检索"]),
        ("猫", ["猫"]),
        ("機器學習", ["机器", "器学", "学习"]),
        ("Networks networking", ["network", "network"]),
        ("accuracy of 60.17", ["accuraci", "60.17"]),
        ("1,024 x", ["1,024", "x"]),
        ("2509.22653", ["2509.22653"]),
        ("Lp-Reg", ["lp-reg", "lp", "reg"]),
        ("GPT-4用于翻译", ["gpt-4", "gpt", "4", "用于", "于翻", "翻译"]),
        ("ＢＥＲＴ", ["bert"]),
        ("the and of with", []),
        ("the 的", ["的"]),
        ("naïve", ["naïv"]),
        ("snake_case", ["snake_case", "snake", "case"]),
    ],
)
def test_terms(text, expected):
    assert found(text) == expected


def test_an_id_is_one_term_and_its_parts_find_nothing():
    assert "2509" not in found("2509.22653")
    assert set(found("see 2509.22653v2")) & set(found("2509.22653")) <= {"2509.22653"}


def test_fold_makes_forms_alike():
    assert fold("ＬＬＭ學習") == fold("llm学习")


@given(st.text())
def test_any_text_gives_an_ordered_vector(text):
    for vector in (passage_vector(text), query_vector(text)):
        assert list(vector.indices) == sorted(set(vector.indices))
        assert len(vector.indices) == len(vector.values)
        assert all(0 <= index < 2**32 for index in vector.indices)
        assert all(value > 0 for value in vector.values)


def test_no_terms_no_vector():
    assert passage_vector("") == query_vector("。") == SparseVector((), ())


def weight(text, term):
    vector = passage_vector(text)
    (index,) = query_vector(term).indices
    return dict(zip(vector.indices, vector.values, strict=True)).get(index, 0.0)


def test_bm25_weight_by_hand():
    words = ["graph"] * 3 + [f"w{number}" for number in range(117)]
    text = " ".join(words)
    length = len(found(text))
    norm = K1 * (1 - B + B * length / AVERAGE_TERMS)
    assert weight(text, "graph") == pytest.approx(3 * (K1 + 1) / (3 + norm))


def test_more_occurrences_weigh_more_but_never_beyond_the_limit():
    weights = [weight("graph " * n + "x y z " * 50, "graph") for n in (1, 2, 4, 8)]
    assert weights == sorted(set(weights))
    assert weight("graph " * 5, "graph") < K1 + 1


def test_longer_passages_weigh_a_term_less():
    short, long = (weight("graph " + "word " * count, "graph") for count in (10, 500))
    assert short > long


def test_query_terms_weigh_by_logarithm():
    assert query_vector("graph").values == (1.0,)
    assert query_vector("graph graph").values == (pytest.approx(1 + math.log(2)),)
