"""Amounts that are no numbers."""

import pytest

from search_api.answers.amount import amounts


@pytest.mark.parametrize(
    ("texts", "least", "most"),
    [
        (["dozens of datasets"], 24, 200),
        (["hundreds of images", "several hundred images", "数百张图像", "几百张图像"], 200, 1000),
        (["tens of thousands of pages", "数万页"], 20_000, 100_000),
        (["hundreds of thousands", "数十万张"], 200_000, 1_000_000),
        (["a few million tokens", "数百万个词元"], 2e6, 1e7),
        (["上千个样本"], 1000, 10_000),
        (["近百个任务"], 80, 100),
        (["数以万计的样本"], 20_000, 100_000),
        (["成千上万的样本"], 10_000, 100_000),
        (["十几个任务", "十余种方法"], 11, 19),
    ],
)
def test_an_amount_is_a_range(texts, least, most):
    for text in texts:
        (found,) = amounts(text)
        assert (found.least, found.most) == (least, most), text
        assert found.written in text


@pytest.mark.parametrize(
    "text",
    [
        *("20 languages", "a hundred images", "three thousand", "many methods", "几种方法"),
        *("最近十年", "参数十分多", "函数百分比", "数百分点", "次数十分少", "以上千", "20多种"),
    ],
)
def test_what_is_a_number_or_none_is_no_amount(text):
    assert amounts(text) == []


def test_an_amount_is_said_by_what_lies_within():
    (several,) = amounts("数十万张图像")
    assert several.is_said_by([208_941.0], [])
    assert not several.is_said_by([1.2e7, 15.0], [])
    assert several.is_said_by([], amounts("hundreds of thousands of images"))
    assert not several.is_said_by([], amounts("dozens of hospitals"))
