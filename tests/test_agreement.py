"""Agreement: a summary and its abstract, or two papers, that say different things."""

import pytest

from search_api.answers.agreement import conflicts, disagreement
from search_api.answers.answer import Citation, Quote

ENGLISH = "The model reaches 93.1% accuracy on ImageNet with 1.17M parameters."


def cite(marker, paper_id, quote, parallel=None, language="en"):
    other = parallel and Quote("summary", "zh", parallel, 0, len(parallel))
    place = ("abstract", language, quote, 0, len(quote))
    return Citation(marker, paper_id, "T", *place, None, (), other)


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("该模型用117万参数在ImageNet上达到93.1%的准确率。", ENGLISH),
        ("该模型在ImageNet上达到百分之93.1的准确率。", ENGLISH),
        ("该模型在ImageNet上取得了很高的准确率。", ENGLISH),
        ("准确率提高2.3个百分点。", "It gains 2.3 points."),
        ("速度提升三倍。", "It is 3x faster."),
        ("在三十张图像上训练。", "It is trained on 30 images."),
        ("2012年提出，用了1500张图像。", "Proposed in 2012."),
        ("用了1500张图像。", "Proposed in 2012."),
        ("训练需要3天。", "It has 5 layers."),
        ("它有 83 亿权重。", "It has 8.3 billion weights."),
        (
            "方法包含两个模块：记忆库存储先前帧的特征。",
            "(1) A memory bank stores features of frames.",
        ),
    ],
)
def test_a_summary_that_agrees(chinese, english):
    assert disagreement(chinese, english) is None
    assert disagreement(english, chinese) is None


@pytest.mark.parametrize(
    ("chinese", "english", "reason"),
    [
        ("该模型在ImageNet上达到91.3%的准确率。", ENGLISH, "91.3% against 93.1%"),
        ("该模型有1170万参数。", "The model has 1.17M parameters.", "1170 万 against 1.17M"),
        ("准确率提高3.2%。", "It gains 2.3 percentage points.", "against 2.3 percentage points"),
        ("速度提升两倍。", "It is 3x faster.", "against 3x"),
        ("该方法于2013年提出。", "The method was proposed in 2012.", "2013"),
    ],
)
def test_a_summary_with_another_number(chinese, english, reason):
    assert reason in disagreement(chinese, english)


def test_opposite_words_count_only_between_like_sentences():
    one = "Larger batches increase accuracy on image classification."
    assert "increas" in disagreement(one, one.replace("increase", "decrease"))
    assert disagreement(one, "Quantization decreases memory use of language models.") is None


def test_a_citation_and_its_parallel_sentence_may_differ():
    (found,) = conflicts([cite(1, "a", ENGLISH, "该模型在ImageNet上达到91.3%的准确率。")])
    assert found.markers == (1,)
    assert found.quotes[0] == ENGLISH
    assert conflicts([cite(1, "a", ENGLISH, "该模型在ImageNet上达到93.1%的准确率。")]) == ()
    assert conflicts([cite(1, "a", ENGLISH)]) == conflicts([]) == ()


def test_two_papers_may_differ_on_the_same_matter():
    other = ENGLISH.replace("93.1", "88.4")
    (found,) = conflicts([cite(1, "a", ENGLISH), cite(2, "b", other)])
    assert (found.markers, found.reason) == ((1, 2), "93.1% against 88.4%")
    assert found.quotes == (ENGLISH, other)


def test_one_paper_does_not_contradict_itself():
    other = ENGLISH.replace("93.1", "88.4")
    assert conflicts([cite(1, "a", ENGLISH), cite(2, "a", other)]) == ()


def test_two_papers_on_different_matters_agree():
    other = "Speech recognition errors fall by 12% in noisy rooms."
    assert conflicts([cite(1, "a", ENGLISH), cite(2, "b", other)]) == ()
