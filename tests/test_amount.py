"""Amounts that are no numbers."""

import pytest

from search_api.answers.amount import amounts, counts


@pytest.mark.parametrize(
    ("texts", "least", "most"),
    [
        (["dozens of datasets"], 24, 200),
        (["hundreds of images", "several hundred images", "数百张图像", "几百张图像"], 200, 1000),
        (["tens of thousands of pages", "数万页"], 20_000, 100_000),
        (["hundreds of thousands", "数十万张"], 200_000, 1_000_000),
        (["a few million tokens", "数百万个词元"], 2e6, 1e7),
        (["上千个样本"], 1000, 10_000),
        (["over a hundred", "more than a hundred", "上百种"], 100, 1000),
        (["近百个任务"], 80, 100),
        (["数以万计的样本"], 20_000, 100_000),
        (["成百上千"], 100, 10_000),
        (["multi-billion parameters"], 2e9, 1e12),
        (["for decades", "数十年"], 20, 100),
    ],
)
def test_an_amount_is_a_range(texts, least, most):
    for text in texts:
        (found,) = amounts(text)
        assert (found.least, found.most) == (least, most), text
        assert found.written in text


@pytest.mark.parametrize(
    ("text", "number", "too_many"),
    [
        ("十几个任务", 13, 20),
        ("二十多种语言", 25, 30),
        ("一百二十余项", 127, 130),
        ("百余篇", 130, 200),
        ("十几万张图像", 130_000, 200_000),
        ("十几亿参数", 1.3e9, 2e9),
    ],
)
def test_a_number_and_some_more(text, number, too_many):
    (found,) = amounts(text)
    assert found.is_said_by([number], [])
    assert not found.is_said_by([too_many], [])


def test_a_span_is_two_amounts():
    assert [(each.least, each.most) for each in amounts("hundreds to thousands of images")] == [
        (200, 1000),
        (2000, 10_000),
    ]


@pytest.mark.parametrize(
    "text",
    [
        *("20 languages", "a hundred images", "three thousand", "many methods", "几种方法"),
        *("最近十年", "参数十分多", "函数百分比", "数百分点", "次数十分少", "以上千", "20多种"),
        *("F1 scores of 0.92", "在测试集上百分之九十正确", "在网上百科中检索", "加上万能近似定理"),
        *("大多数百亿参数模型", "总数十万", "数百万分之一", "近十万分之一"),
    ],
)
def test_what_is_a_number_or_none_is_no_amount(text):
    assert amounts(text) == []


def test_shares_years_and_sizes_count_nothing():
    text = "On ImageNet 2012, 93.2% of 512×512 or $7\\times7$ images at 45 FPS."
    assert counts(text) == [45.0]


def test_an_amount_is_said_by_what_lies_within():
    (several,) = amounts("数十万张图像")
    assert several.is_said_by([208_941.0], [])
    assert not several.is_said_by([1.2e7, 15.0], [])
    assert several.is_said_by([], amounts("hundreds of thousands of images"))
    assert not several.is_said_by([], amounts("dozens of hospitals"))
