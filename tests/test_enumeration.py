"""What a text lists, and what it abbreviates."""

import pytest

from search_api.answers.abbreviation import is_spelled_out, stands_for
from search_api.answers.enumeration import listed, names_behind


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Three sizes were examined: 1.5B, 7B and 14B.", 3),
        ("It has two stages, pruning and distillation.", 2),
        ("主要有两个原因：一是数据太少，二是噪声太大。", 2),
        ("使用合成场景、图表和真实图像。", 3),
        ("We (1) prune, (2) distil and (3) quantise the network.", 3),
    ],
)
def test_what_is_listed_can_be_counted(text, number):
    assert number in listed(text)


@pytest.mark.parametrize(
    ("text", "number", "names"),
    [
        ("It was tested on two datasets: CIFAR, MNIST and COCO.", "two", 3),
        ("Two benchmarks (CIFAR-10 and CIFAR-100) were used.", "Two", 2),
        ("PWMPR在两个数据集上做了实验：CIFAR、TinyImageNet和ImageNet。", "两", 3),
        ("Two things matter: the data, which are few, and noise.", "Two", None),
        ("It was tested on two datasets.", "two", None),
        ("It has two stages: (1) prune and (2) distil.", "two", None),
    ],
)
def test_the_names_behind_their_number_are_counted(text, number, names):
    assert names_behind(number, text) == names


@pytest.mark.parametrize("text", ["", "Attention is all you need.", "鲸鱼的歌声如何传播。", "1.5B"])
def test_where_nothing_is_listed_nothing_is_counted(text):
    assert not listed(text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("llms", "使用该方法训练的大语言模型更快。"),
        ("llm", "Large language models are slow."),
        ("rnn", "循环神经网络的梯度会消失。"),
        ("ppn", "The prompt policy network saves tokens."),
    ],
)
def test_a_name_stands_in_full(name, text):
    assert stands_for(name, text)


@pytest.mark.parametrize(
    ("name", "text"),
    [("llms", "图神经网络更快。"), ("gpt-4", "Good pretrained transformers."), ("ai", "A dog.")],
)
def test_other_names_do_not(name, text):
    assert not stands_for(name, text)


def test_a_name_is_abbreviated():
    claim = "The Prompt Policy Network can cut costs by half."
    assert is_spelled_out("network", claim, "Experiments show that PPN cuts costs by half.")
    assert not is_spelled_out("network", claim, "Experiments show that LoRA cuts costs by half.")
