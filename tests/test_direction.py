"""Direction: denials, opposites, doubts, and which of two wins."""

import pytest

from search_api.answers.direction import (
    clauses,
    cut_short,
    direction,
    opposite,
    stands_alone,
)


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("Pruning lowers latency.", "Pruning reduces latency, but accuracy drops."),
        ("Accuracy drops.", "Pruning reduces latency, but accuracy drops."),
        ("It does not need labels.", "The method works without labels."),
        ("无需标签。", "The method works without labels."),
        ("It handles unseen objects.", "该方法可处理未见过的物体。"),
        ("每张图不到1秒。", "Each image takes less than a second."),
        ("Our method outperforms BERT.", "Our method outperforms BERT on SQuAD."),
        ("It outperforms BERT on SQuAD.", "On SQuAD, our method outperforms BERT."),
        ("Compared to BERT, it uses less memory.", "It uses less memory than BERT."),
        ("该方法优于BERT。", "Our method outperforms BERT."),
        ("与BERT相比，准确率更高。", "准确率比BERT更高。"),
        ("It may help.", "It may help."),
        ("少样本提示提高了准确率。", "Few-shot prompting improves accuracy."),
        ("A few examples help.", "A few examples are of help."),
        ("Dropout improves accuracy.", "Dropout leads to better accuracy."),
        # What a word denies within itself, in both languages and in other words.
        ("类别不平衡很常见。", "Class-imbalanced data are common."),
        ("Training is unstable.", "训练不稳定。"),
        ("压缩是无损的。", "Compression is lossless."),
        ("It is rotation-invariant.", "它具有旋转不变性。"),
        ("它使用未标注数据。", "It uses unlabeled data."),
        ("It works on unlabeled data.", "It works without labels."),
        ("Unsupervised methods are better.", "无监督方法更好。"),
        ("它没有出现奖励黑客问题。", "该方法避免了奖励黑客问题。"),
        ("It has no reward hacking.", "It avoids reward hacking."),
        # What answers the question denies nothing of the source.
        ("No, it works with a fixed number of parameters.", "它在固定数量的可调参数下运行。"),
        ("不用，三层就够了。", "Three layers are enough."),
        # Bounds deny nothing, and are no opposites.
        ("延迟不超过100毫秒。", "Latency is at most 100 ms."),
        ("It needs at most 3 GPUs.", "It needs no more than 3 GPUs."),
        ("More than 90% of users agreed.", "At least 90% of users agreed."),
        ("At most 3 days are needed.", "It needs less than 3 days."),
        ("It needs fewer than ten examples.", "It needs fewer than 10 examples per class."),
        ("该方法最小化延迟。", "该方法最大限度地减少延迟。"),
        # Neither May nor only is a doubt.
        ("OpenAI released the model.", "In May 2023 OpenAI released the model."),
        ("The model has only three layers.", "该模型只有3层。"),
    ],
)
def test_what_points_the_same_way(claim, text):
    assert direction(claim, text) is None


@pytest.mark.parametrize(
    ("claim", "text", "reason"),
    [
        ("Dropout does not help.", "Dropout helps.", "denies what"),
        ("没有提升准确率。", "该方法提升了准确率。", "denies what"),
        ("准确率没有提升。", "准确率得到提升，而小模型没有变化。", "denies what"),
        ("Dropout helps.", "Dropout does not help.", "leaves out that its source denies"),
        ("小模型的效果有提升。", "小模型的效果没有提升。", "leaves out that its source denies"),
        ("Dropout helps.", "It is unclear whether dropout helps.", "doubts"),
        ("该方法有助于训练。", "该方法可能有助于训练。", "doubts"),
        ("Latency increases.", "Latency decreases.", "opposite"),
        ("准确率降低，显存提高。", "准确率提高，显存降低。", "opposite"),
        ("Our method is outperformed by BERT.", "Our method outperforms BERT.", "opposite"),
        ("BERT outperforms our method.", "Our method outperforms BERT.", "the other way round"),
        ("BERT优于我们的方法。", "我们的方法优于BERT。", "the other way round"),
        (
            "GPT-3 has fewer parameters than LoRA.",
            "LoRA has fewer parameters than GPT-3.",
            "the other way round",
        ),
        ("It is better than Llama.", "It is better than BERT.", "compares with what"),
        ("It is too large for a buoy.", "It is small enough to run on a buoy.", "opposite"),
        ("Labels are cheap.", "Labels are expensive.", "opposite"),
        ("Training is stable.", "Training is unstable.", "leaves out that its source denies"),
        ("训练稳定。", "训练不稳定。", "leaves out that its source denies"),
        ("Training is unstable.", "Training is stable.", "denies what"),
        (
            "Dropout helps.",
            "We don’t find that dropout helps.",
            "leaves out that its source denies",
        ),
        ("该方法有效。", "只有数据充足时该方法才有效。", "doubts"),
    ],
)
def test_what_points_another_way(claim, text, reason):
    assert reason in direction(claim, text)


def test_opposites_are_named():
    assert opposite("It is faster.", "It is slower.") == "faster against slower"
    assert opposite("准确率提高。", "准确率下降。") == "提高 against 下降"
    assert opposite("It is faster.", "It is slower, then faster.") is None
    assert opposite("It is faster.", "It is smaller.") is None


def test_clauses_may_be_true_by_themselves():
    assert clauses("It is fast, but it needs 10,000 hours.") == [
        "It is fast",
        " it needs 10,000 hours.",
    ]
    assert clauses("速度快；显存省，而准确率高。") == ["速度快", "显存省", "准确率高"]
    assert clauses("") == []


@pytest.mark.parametrize(
    ("before", "behind", "reason"),
    [
        ("Removing ", " improves accuracy.", "turns it"),
        ("Methods other than ", " add latency.", "turns it"),
        ("Nobody believes ", ".", "turns it"),
        ("It is false to say that ", ".", "turns it"),
        ("We don’t find that ", ".", "denies"),
        ("没有证据表明，", "。", "denies"),
        ("If labels are missing, ", ".", "doubts"),
        ("", ", except on small data.", "doubts"),
        # Other clauses say what they say.
        ("The data cannot be shared; ", ".", None),
        ("无需标注，", "。", None),
        ("While BERT cannot run on phones, ", ".", None),
        ("In May 2023, ", ".", None),
    ],
)
def test_the_rest_of_a_sentence_may_turn_a_piece_of_it(before, behind, reason):
    found = cut_short(before, behind)
    assert found is None if reason is None else reason in found


def test_what_is_cut_out_of_the_middle_does_not_stand_alone():
    assert stands_alone("It is fast, and ", ", as shown in Table 2.")
    assert stands_alone("速度快；", "。")
    assert not stands_alone("Removing ", " improves accuracy.")
    assert not stands_alone("", " per epoch.")
