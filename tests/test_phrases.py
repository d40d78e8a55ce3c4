"""Phrases as people read them, and what translates them."""

from search_api.phrases import phrases
from search_api.trends.translation import Translator


def test_a_phrase_is_whole_and_shown_as_it_is_written_most():
    found = phrases(
        [
            "Fast neural radiance fields render a room.",
            "We train neural radiance fields at night",
            "Neural radiance fields, seen from afar",
            "A neural radiance field was compressed",
        ]
    )
    assert found["neural radiance fields"] == {0, 1, 2, 3}
    assert not {"neural", "radiance fields", "neural radiance"} & set(found)


def test_chinese_needs_no_dictionary():
    found = phrases(
        [
            "我们用扩散模型生成图像",
            "扩散模型的采样很慢",
            "加速扩散模型，保持质量",
            "训练擴散模型需要数据",
        ]
    )
    assert found["扩散模型"] == {0, 1, 2, 3}
    assert not {"扩散", "散模", "散模型", "模型的"} & set(found)


def test_function_words_numbers_and_addresses_are_no_phrases():
    texts = [f"the {n} of 2024 at https://github.com/a{n} and 其中的 {n}" for n in range(9)]
    assert phrases(texts) == {}


def test_rare_phrases_are_left_out():
    assert phrases(["pale owls sleep", "two pale owls"]) == {}
    assert "pale owls" in phrases(["pale owls sleep", "two pale owls", "now, pale owls!"])


def test_nothing_gives_nothing():
    assert phrases([]) == {}
    assert phrases(["", "。，", "的"]) == {}


def test_translations_fit_both_ways():
    chinese = {"扩散模型": 9, "强化学习": 8, "神经网络": 9, "训练神经网络": 2, "模型": 30}
    english = {"diffusion models": 9, "reinforcement learning": 7, "neural networks": 5}
    to_chinese, to_english = Translator(chinese), Translator(english)
    assert to_chinese.translate("diffusion models") == "扩散模型"
    assert to_chinese.translate("reinforcement learning") == "强化学习"
    assert to_chinese.translate("neural networks") == "神经网络"
    assert to_english.translate("扩散模型") == "diffusion models"
    assert to_english.translate("强化学习") == "reinforcement learning"


def test_what_has_no_translation_gets_none():
    assert Translator({"扩散模型": 9}).translate("zebra crossing") is None
    assert Translator({}).translate("diffusion") is None
