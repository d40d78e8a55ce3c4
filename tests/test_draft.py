"""Drafts of language models read as claims, and what a model is told."""

import pytest

from search_api.answers import prompt
from search_api.answers.draft import Claim, claims
from search_api.answers.verification import Source

# Claims


@pytest.mark.parametrize(
    ("draft", "cites"),
    [
        ("The model is fast [2].", (2,)),
        ("The model is fast. [2]", (2,)),
        ("The model is fast.[2]", (2,)),
        ("The model is fast [2]", (2,)),
        ("The model [2] is fast.", (2,)),
        ("The model is fast [1][3].", (1, 3)),
        ("The model is fast. [1] [3]", (1, 3)),
        ("The model is fast [1, 3].", (1, 3)),
        ("The model is fast [1; 3].", (1, 3)),
        ("The model is fast [3,1,3].", (3, 1)),
        ("The model is fast [1], [2].", (1, 2)),
        ("The model is fast [1] and [2].", (1, 2)),
        ("The model is fast ([2]).", (2,)),
        ("The model is fast. ([1], [3])", (1, 3)),
        ("The model is fast [1–3].", (1, 2, 3)),
        ("The model is fast.[1–2]", (1, 2)),
        ("The model is fast 【2】.", (2,)),
        ("The model is fast.【1，3】", (1, 3)),
        ("The model is fast.", ()),
        ("The model is fast [see above].", ()),
        ("[2] The model is fast.", (2,)),
        ("According to [2], the model is fast.", (2,)),
        ("As shown in [1, 3], the model is fast.", (1, 3)),
        ("The model is fast (see [2]).", (2,)),
        ("The model is fast (sources: [1], [3]).", (1, 3)),
        ("The model is fast【2†source】.", (2,)),
        ("The model is fast[^2].", (2,)),
        ("The model is fast (2).", (2,)),
        ("The model is fast (Sentence 2).", (2,)),
        ("The model is fast (Sentences 1 and 2).", (1, 2)),
        ("The model is fast (sentence [2]).", (2,)),
        ("The model is fast [Sentence 2].", (2,)),
        ("The model is fast [S2].", (2,)),
        ("The model is fast [#2].", (2,)),
        (r"The model is fast \[2\].", (2,)),
        ("The model is fast [[2]].", (2,)),
        ("The model is fast [2](#2) [3](https://example.org/3).", (2, 3)),
        ("The model is fast <sup>[2]</sup>.", (2,)),
        ("The model is fast *[2]*.", (2,)),
        ("The model is fast `[2]`.", (2,)),
        ("The model is fast^[2]^.", (2,)),
        ("The model is fast [1 and 3].", (1, 3)),
        ("The model is fast [1 & 3].", (1, 3)),
        ("According to sentence [2], the model is fast.", (2,)),
        ("According to sentence 2, the model is fast.", (2,)),
        ("As stated in [1] and [2], the model is fast.", (1, 2)),
        ("Based on [2], the model is fast.", (2,)),
        ("In [2], the model is fast.", (2,)),
        ("From [2]: the model is fast.", (2,)),
        ("[2]: The model is fast.", (2,)),
        ("[2] says that the model is fast.", (2,)),
        ("Sentence [2] states that the model is fast.", (2,)),
        ("The model is fast, as shown in [2].", (2,)),
    ],
)
def test_the_numbers_that_a_sentence_cites(draft, cites):
    (claim,) = claims(draft, "en")
    assert claim.cites == cites
    assert claim.text in ("The model is fast.", "The model is fast [see above].")


@pytest.mark.parametrize(
    "draft",
    [
        "The model is fast [2].",
        "The model is fast. [2]",
        "[2] The model is fast.",
        "The model is fast",
        "- The model is fast.",
        "* The model is **fast**.",
        "1. The model is fast.",
        "2) The model is fast. [2]",
        "### The model is fast",
        "Answer: The model is fast.",
        "**Answer:** The model is fast.",
        "A: The model is fast.",
        "Final answer: The model is fast.",
        "**Final Answer:** The model is fast.",
        "The answer is: The model is fast.",
        "Sure! Here is the answer: The model is fast.",
        "Certainly, the model is fast.",
        "The answer is no: the model is fast.",
        "Answer: No. Indeed, the model is fast.",
        "Based on the provided sentences, the model is fast.",
        "+ The model is fast.",
        "– The model is fast.",
        "· The model is fast.",
        "(1) The model is fast [2].",
        "The model is fast;.",
        "*The model* is `fast`.",
        "***The model*** is _fast_.",
        "_The model is fast [2]._",
        "**The model is fast [2].**",
        "```\nThe model is fast [2].\n```",
        "<answer>The model is fast [2].</answer>",
        "The model is fast [2].<|im_end|>",
        "The model is fast [2]<|eot_id|>",
        r"\boxed{The model is fast}.",
        "<thinking>The model is slow [1].</thinking> The model is fast [2].",
        "[THINK]The model is slow.[/THINK]The model is fast.",
        "◁think▷The model is slow.◁/think▷The model is fast.",
        "<|channel|>analysis<|message|>It is slow.<|end|><|start|>assistant<|channel|>final"
        "<|message|>The model is fast [2].",
        "<think>The model is slow. Is it?</think>The model is fast.",
        "<think>\nThe model is slow [1].\n</think>\n\nThe model is fast [2].",
        "The model is fast (from: A Fast Model).",
        "The model is fast (from: A Fast Model (Extended)) [2].",
        "The model is fast. The model is fast.",
        "The model is fast [1]. The model is fast [1].",
        "\n\n  The model is fast .  \n",
    ],
)
def test_a_sentence_without_what_stands_around_it(draft):
    (claim,) = claims(draft, "en")
    assert claim.text == "The model is fast."


@pytest.mark.parametrize(
    ("draft", "cites"),
    [
        ("模型的速度很快[2]。", (2,)),
        ("模型的速度很快。[2]", (2,)),
        ("模型的速度很快【2】。", (2,)),
        ("模型的速度很快。【1、3】", (1, 3)),
        ("答案：模型的速度很快[1，3]。", (1, 3)),
        ("回答: 模型的速度很快", ()),
        ("模型的速度很快；。[2]", (2,)),
        ("模型的速度很快（1）。", (1,)),
        ("模型的速度很快（句1）。", (1,)),
        ("根据句子[1]，模型的速度很快。", (1,)),
        ("根据第1句，模型的速度很快。", (1,)),
        ("句子[1]指出，模型的速度很快。", (1,)),
        ("[1]指出模型的速度很快。", (1,)),
        ("好的，根据提供的句子：模型的速度很快[1]。", (1,)),
        ("模型的**速度**很快[1]。", (1,)),
    ],
)
def test_chinese(draft, cites):
    assert claims(draft, "zh") == [Claim("模型的速度很快。", cites)]


def test_several_sentences_keep_their_order_and_numbers():
    draft = "The model is fast [2]. It needs little memory [1]. \nIt was trained for a day.[3]"
    assert claims(draft, "en") == [
        Claim("The model is fast.", (2,)),
        Claim("It needs little memory.", (1,)),
        Claim("It was trained for a day.", (3,)),
    ]
    assert [claim.cites for claim in claims("模型的速度很快。[2]它不占内存。[1]", "zh")] == [
        (2,),
        (1,),
    ]


@pytest.mark.parametrize("where", ["[{}]: ", "According to [{}], ", "In [{}], ", "Sentence {}: "])
def test_each_line_keeps_its_own_number(where):
    draft = f"{where.format(2)}it is fast.\n{where.format(1)}it needs little memory."
    assert claims(draft, "en") == [
        Claim("It is fast.", (2,)),
        Claim("It needs little memory.", (1,)),
    ]


def test_a_list_is_its_points():
    draft = "- **Speed**: the model is fast [1]\n- **Size**: the model is small [2]\n"
    assert claims(draft, "en") == [
        Claim("Speed: the model is fast.", (1,)),
        Claim("Size: the model is small.", (2,)),
    ]


@pytest.mark.parametrize(
    ("draft", "language", "text", "cites"),
    [
        ("Sentence 2: It runs at 45 frames.", "en", "It runs at 45 frames.", (2,)),
        ("Source 11: It runs at 45 frames.", "en", "It runs at 45 frames.", (11,)),
        ("第3句：它每秒处理45帧。", "zh", "它每秒处理45帧。", (3,)),
    ],
)
def test_a_line_may_name_its_sentence_in_words(draft, language, text, cites):
    (claim,) = claims(draft, language)
    assert (claim.text, claim.cites) == (text, cites)


@pytest.mark.parametrize(
    ("draft", "cites"),
    [
        ("It runs at 45 frames [ 2 ].", (2,)),
        ("It runs at 45 frames ［2］.", (2,)),
        ("It runs at 45 frames [1-3].", (1, 2, 3)),
        ("So I think. First look.</think>It runs at 45 frames [2].", (2,)),
    ],
)
def test_markers_are_read_however_they_are_written(draft, cites):
    (claim,) = claims(draft, "en")
    assert (claim.text, claim.cites) == ("It runs at 45 frames.", cites)


def test_a_short_answer_is_a_claim():
    assert [(c.text, c.cites) for c in claims("12% [1].", "en")] == [("12%.", (1,))]


def test_a_heading_is_no_claim():
    draft = "Sentences:\nThe answer is as follows:\nThe model is fast [1]."
    assert claims(draft, "en") == [Claim("The model is fast.", (1,))]
    assert claims("答案如下所示：\n模型的速度很快[1]。", "zh") == [Claim("模型的速度很快。", (1,))]


@pytest.mark.parametrize(
    "said",
    [
        "It takes 3.5 days and costs 1.5 million.",
        "3.5 days are what it takes.",
        "It reaches an FID of 3.17 on CIFAR-10.",
        "It scores 63.4% on average, i.e. more than before.",
        "It runs at 1,024 frames per second.",
    ],
)
def test_numbers_are_not_cut(said):
    assert claims(f"{said} [1]", "en") == [Claim(said, (1,))]


@pytest.mark.parametrize(
    "verdict",
    ["Yes, ", "No, ", "No. ", "No: ", "No; ", "No - ", "**No** — ", "Yes! ", "No [1]. ", "Nope, "],
)
def test_a_verdict_is_not_said_for_nothing_could_check_it(verdict):
    texts = [claim.text for claim in claims(f"{verdict}the model is fast [1].", "en")]
    assert texts == ["The model is fast."]


@pytest.mark.parametrize(
    "verdict", ["是的，", "否，", "不，", "不是，", "没有，", "对。", "否：", "能，"]
)
def test_a_chinese_verdict_neither(verdict):
    texts = [claim.text for claim in claims(f"{verdict}模型的速度很快[1]。", "zh")]
    assert texts == ["模型的速度很快。"]


@pytest.mark.parametrize(
    "said",
    [
        "No. 1 of the ranking is a transformer.",
        "No-reference metrics agree with it.",
        "No model is faster.",
        "不同的模型速度不同。",
        "对于长文本，模型的速度很快。",
        "有效的模型速度很快。",
    ],
)
def test_a_word_that_is_no_verdict_stays(said):
    assert [claim.text for claim in claims(said, "en" if said.isascii() else "zh")] == [said]


@pytest.mark.parametrize(
    "said",
    [
        "The weights lie in the interval [0, 1] after every step.",
        "The weights lie in $[0,1]$ after every step.",
        "Weights are drawn from [0.5, 1].",
        "It sorts with n**2 comparisons and m**2 moves.",
        "It minimizes $x^*$ and $y^*$ at once.",
        "It calls __init__ of the model_name_here.",
        "The rate follows from Eq. (3).",
        "It predicts f(2).",
        "It ends at the pair (1, 3).",
        "It finds an A* path and a D* path.",
        "使用了大量数据。",
    ],
)
def test_what_only_looks_like_a_marker_or_markup_stays(said):
    language = "en" if said.isascii() else "zh"
    assert claims(f"{said[:-1]}[2]{said[-1]}", language) == [Claim(said, (2,))]


def test_a_thought_that_never_ends_is_no_answer():
    assert claims("<think>The model is fast [1]. It is small [2].", "en") == []
    assert claims("The model is fast [1]. <think>Is it? It is small.", "en") == [
        Claim("The model is fast.", (1,))
    ]


@pytest.mark.parametrize("draft", ["", " \n\t", "[1]", "[1].", "...", "**", "- \n- ", "OK"])
def test_nothing_is_claimed(draft):
    assert claims(draft, "en") == []
    assert claims(draft, "zh") == []


def test_a_number_too_large_for_a_source_is_none():
    assert claims("The model was made by them [2017].", "en")[0].cites == ()


def test_any_text_can_be_read():
    for draft in [
        "\n" * 50_000,
        " " * 50_000,
        "[" * 5000,
        "[1" * 5000,
        "<think>" * 2000,
        "(from: " * 2000,
        "**" * 5000,
        "**a " * 5000,
        "([1] " * 5000,
        "(" + "sentence " * 5000,
        "【1†" * 5000,
        "<|channel|>" * 3000,
        "yes, " * 5000,
    ]:
        for language in ("en", "zh"):
            assert all(claim.text for claim in claims(draft, language))


# What a model is told


@pytest.mark.parametrize(
    "markup",
    [
        "<|im_start|>",
        "<|im_end|>",
        "<|start_header_id|>",
        "<|>",
        "[INST]",
        "[/INST]",
        "[inst]",
        "<<SYS>>",
        "<</SYS>>",
        "<s>",
        "</s>",
        "<think>",
        "</think>",
        "<extra_id_1>",
        "[SYSTEM_PROMPT]",
        "[/SYSTEM_PROMPT]",
        "[TOOL_CALLS]",
    ],
)
def test_markup_is_taken_out_of_sentences_titles_and_questions(markup):
    said = f"one{markup}system two"
    told = prompt.request(said, [Source(said, said)], "en")
    assert markup not in told
    assert told.count("one system two") == 3


def test_markup_inside_markup_leaves_none():
    told = prompt.request("a <|im_<|im_start|>start|> b [IN[INST]ST] c", [], "en")
    assert "<|im_start|>" not in told
    assert "[INST]" not in told


def test_numbers_in_brackets_are_ours_alone():
    told = prompt.request("Is it [3]?", [Source("As shown in [3] and [4, 5].", "T [6]")], "en")
    assert "[1] As shown in (3) and (4, 5). (from: T (6))" in told
    assert "Is it (3)?" in told
    assert told.count("[") == told.count("[1]") == 1


def test_an_interval_is_no_number_of_ours():
    told = prompt.line(1, Source("Weights lie in [0, 1], or $[0,1]$, as in [4].", "T"))
    assert told == "[1] Weights lie in [0, 1], or $[0,1]$, as in (4). (from: T)"


def test_a_sentence_stays_on_its_line():
    told = prompt.request("Who?\n\nSentences:\n[1] Me.", [Source("One\ntwo.\n[2] x", "A\nB")], "en")
    assert "[1] One two. (2) x (from: A)" in told.splitlines()
    assert "Question: Who? Sentences: (1) Me." in told.splitlines()


def test_sentences_are_numbered_in_order():
    sources = [Source(f"Sentence {n}.", f"Title {n}") for n in range(1, 4)]
    told = prompt.request("Which?", sources, "en")
    assert [line[:3] for line in told.splitlines() if line.startswith("[")] == ["[1]", "[2]", "[3]"]
    assert told.index("Sentence 3.") < told.index("Question: Which?")


def test_the_answer_is_wanted_in_the_language_of_the_question():
    assert "English" in prompt.rules("en")
    assert "English" in prompt.request("Which?", [], "en")
    assert "中文" in prompt.rules("zh")
    assert "中文" in prompt.request("哪个？", [], "zh")


def test_a_formula_is_data_too():
    quote = r"It maps $\mathbb{R}^n$ to {x: x < 3 | y > 2} and %s."
    assert quote in prompt.line(1, Source(quote, "{title}"))


def test_tokens_grow_with_the_text():
    counts = [prompt.tokens("a word " * n) for n in range(20)]
    assert counts == sorted(counts)
    assert counts[0] < counts[1] < counts[19]
    assert prompt.tokens("扩散模型") > prompt.tokens("扩散") >= 2
    assert prompt.tokens("") >= 0


@pytest.mark.parametrize(
    ("draft", "text"),
    [
        ("根据[1]，该网络运行很快。", "该网络运行很快。"),
        ("如[1]所述，该网络运行很快。", "该网络运行很快。"),
        ("该网络运行很快（来源：[1]）。", "该网络运行很快。"),
        ("Vaswani et al. [1] propose an encoder.", "Vaswani et al. propose an encoder."),
        (
            "It is robust to noise, blur, etc. [1] and fast.",
            "It is robust to noise, blur, etc. and fast.",
        ),
    ],
)
def test_a_marker_leaves_a_sentence_whole(draft, text):
    assert claims(draft, "en" if draft.isascii() else "zh") == [Claim(text, (1,))]
