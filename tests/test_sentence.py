"""Sentences: each stands in its text where it says, and nothing is cut that is one."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.archives import read_pages
from indexer.paper import OriginText, OriginTitle, Paper
from search_api.answers.sentence import MIN_CHARACTERS, sentences, spans


def cut(text, language="en"):
    return [text[start:end] for start, end in spans(text, language)]


def check(text, language):
    """Spans that are in order, apart and inside, without white space around or lines within."""
    before = 0
    for start, end in spans(text, language):
        assert before <= start < end <= len(text)
        quote = text[start:end]
        assert quote == quote.strip()
        assert "\n" not in quote
        before = end


def check_nothing_lost(text, language):
    check(text, language)
    kept = "".join(cut(text, language))
    assert re.sub(r"\s", "", kept) == re.sub(r"\s", "", text)


# Real texts


def test_every_quote_of_the_example_stands_where_it_says(example_search):
    catalogue = example_search._catalogue
    papers = [catalogue.paper(paper_id) for paper_id in catalogue.paper_ids()]
    assert len(papers) == 46
    for paper in papers:
        found = list(sentences(paper))
        assert found
        for each in found:
            text = paper.texts[each.text]
            assert each.paper_id == paper.paper_id
            assert (each.field, each.language) == (text.kind, text.language)
            assert text.text[each.start : each.end] == each.quote
            assert len(each.quote) >= MIN_CHARACTERS
        places = [(each.text, each.start) for each in found]
        assert places == sorted(set(places))
        for text in paper.texts:
            check_nothing_lost(text.text, text.language)


def test_nothing_is_lost_of_the_real_pages(archives):
    texts = {
        (text.text, text.language)
        for page in read_pages(archives)
        for row in page.reading.rows
        for text in row.texts
    }
    assert len(texts) > 1000
    for text, language in texts:
        check_nothing_lost(text, language)


def test_real_sentences_are_short_enough_to_quote(archives):
    lengths = [
        end - start
        for page in read_pages(archives)
        for row in page.reading.rows
        for text in row.texts
        for start, end in spans(text.text, text.language)
    ]
    assert max(lengths) < 1000
    assert sum(length > 400 for length in lengths) < len(lengths) / 100


# What is one sentence


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "It gains 3.14 points. The rest is 0.5 lower.",
            ["It gains 3.14 points.", "The rest is 0.5 lower."],
        ),
        (
            "We use tools, e.g. Graphs and trees. They help.",
            ["We use tools, e.g. Graphs and trees.", "They help."],
        ),
        (
            "As Smith et al. Show, it works. It does.",
            ["As Smith et al. Show, it works.", "It does."],
        ),
        (
            "As in He et al. (2016), we train. It works.",
            ["As in He et al. (2016), we train.", "It works."],
        ),
        ("Let $a. B$ be given. It holds.", ["Let $a. B$ be given.", "It holds."]),
        ("By Fig. 3 it grows. Then it falls.", ["By Fig. 3 it grows.", "Then it falls."]),
        (
            "By Eq. 3 and Tab. 2 it grows. It needs approx. 5 GB.",
            ["By Eq. 3 and Tab. 2 it grows.", "It needs approx. 5 GB."],
        ),
        ("It takes 5 s on avg. Then it ends.", ["It takes 5 s on avg.", "Then it ends."]),
        ('He said "It works." Then left.', ['He said "It works."', "Then left."]),
        ("Is it fast? It is! Good.", ["Is it fast?", "It is!", "Good."]),
        (
            "It reaches $63.4\\%$ mAP. Errors fall.",
            ["It reaches $63.4\\%$ mAP.", "Errors fall."],
        ),
    ],
)
def test_english(text, expected):
    assert cut(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "模型很好。效果提升！为什么？因为数据多。",
            ["模型很好。", "效果提升！", "为什么？", "因为数据多。"],
        ),
        ("准确率为3.14%。提升0.5。", ["准确率为3.14%。", "提升0.5。"]),
        ("见Fig. 3和Eq. 2。效果好。", ["见Fig. 3和Eq. 2。", "效果好。"]),
        ("贡献：1. 提出方法；2. 做实验。", ["贡献：", "1.", "提出方法；", "2.", "做实验。"]),
        ("使用$a。b$这一公式。然后求解。", ["使用$a。b$这一公式。", "然后求解。"]),
        ("他说：“好。”然后走了。", ["他说：“好。”", "然后走了。"]),
        (
            "大型语言模型 (LLM) 进步快。视觉语言模型 (VLM) 也快。我们提出基准。",
            ["大型语言模型 (LLM) 进步快。", "视觉语言模型 (VLM) 也快。", "我们提出基准。"],
        ),
        (
            "三项技术：(i) 语言模型 (LLM) 的架构，(ii) 损失，以及 (iii) 反馈。见Eq. (3)。它更快。",
            [
                "三项技术：(i) 语言模型 (LLM) 的架构，(ii) 损失，以及 (iii) 反馈。",
                "见Eq. (3)。",
                "它更快。",
            ],
        ),
        (
            "准确率为93.5%。2D检测提升。1.3B模型更小。mAP更高。（它好。2D更好。）",
            [
                "准确率为93.5%。",
                "2D检测提升。",
                "1.3B模型更小。",
                "mAP更高。",
                "（它好。2D更好。）",
            ],
        ),
        ("它包含两点。1）快。2）准。", ["它包含两点。", "1）快。", "2）准。"]),
        (
            "代码见https://example.org/a.b/c。已开源。",
            ["代码见https://example.org/a.b/c。", "已开源。"],
        ),
    ],
)
def test_chinese(text, expected):
    assert cut(text, "zh") == expected


def test_a_long_chinese_sentence_is_cut_at_semicolons_and_a_short_one_is_not():
    assert cut("速度快；显存省。", "zh") == ["速度快；显存省。"]
    part = "第一步先对输入做归一化再送入网络的每一层；"
    assert cut(part * 8, "zh") == [part] * 8


@pytest.mark.parametrize(
    ("text", "language", "parts"),
    [
        ("1) " + "The model is good and fast. " * 20, "en", 20),
        ("i) " + "It reaches 63.4 points of 80. " * 20, "en", 20),
        ("1）" + "模型效果很好，训练速度也快。" * 15, "zh", 15),
        ("1) " + "模型效果很好，训练速度也快。" * 15, "zh", 15),
    ],
)
def test_a_stray_bracket_does_not_keep_a_long_text_whole(text, language, parts):
    assert len(cut(text, language)) == parts


def test_a_formula_in_a_long_text_is_not_cut():
    text = "1) " + "The model is good and fast. " * 12 + "Here $good. Bad$ is a set. It ends."
    assert "Here $good. Bad$ is a set." in cut(text)


def test_lines_are_never_joined():
    assert cut("A first line\nthen a second. A third.") == [
        "A first line",
        "then a second.",
        "A third.",
    ]
    assert cut("第一行\n第二行。\n\n第三行", "zh") == ["第一行", "第二行。", "第三行"]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("text", ["", " ", "\n", " \n\t\n　"])
def test_no_text_has_no_sentences(text, language):
    assert cut(text, language) == []


def test_the_same_sentence_twice_stands_in_two_places():
    text = "It works. It works.  It works."
    assert list(spans(text, "en")) == [(0, 9), (10, 19), (21, 30)]


def test_a_price_does_not_join_the_sentences_behind_it():
    text = "FooNet costs $5 per run. BarNet costs more. It has $n^2$ parts."
    parts = [text[start:end] for start, end in spans(text, "en")]
    assert parts == ["FooNet costs $5 per run.", "BarNet costs more.", "It has $n^2$ parts."]


def test_two_prices_in_a_long_line_lose_no_sentence():
    text = (
        "FooNet costs $15 per million tokens, and it reads the whole of a book at once without "
        "any loss, which is why we compare it with three others here. BarNet costs $3 per million "
        "tokens, which is less, though it stops reading behind the first hundred pages of a book. "
        "BazNet is free to everybody and it reads no book at all."
    )
    parts = [text[start:end] for start, end in spans(text, "en")]
    assert " ".join(parts) == text
    assert parts[-1] == "BazNet is free to everybody and it reads no book at all."


def test_two_prices_do_not_join_the_sentences_between_them():
    parts = ["It costs $5 per image.", "It is good, of size $2 n$.", "It saves $1,300 a month."]
    assert cut(" ".join(parts)) == parts
    parts = [
        "It costs $5 a day and $9 on Sunday.",
        "A set $2. B$ is $\\sim$607K rows.",
        "It saves $3 of 4.",
    ]
    assert cut(" ".join(parts)) == parts


def test_a_dollar_that_is_money_does_not_join_the_lines_behind_it():
    assert cut("It costs $5 a day.\nTraining is cheap. Good.") == [
        "It costs $5 a day.",
        "Training is cheap.",
        "Good.",
    ]


@pytest.mark.parametrize(
    "left_over",
    [
        "1)\nSo.",
        "核心关键词：文档解析，视觉语言模型",
        "关键词: 扩散模型",
        "Keywords: diffusion, images",
    ],
)
def test_left_overs_are_no_sentences(left_over):
    said = f"Yes. This is a whole sentence.\n{left_over}"
    texts = (OriginText("summary", "en", said, (0,)),)
    paper = Paper("x", "T", (OriginTitle("en", "T", (0,)),), (), None, None, None, texts=texts)
    assert [each.quote for each in sentences(paper)] == ["This is a whole sentence."]


@pytest.mark.parametrize(
    "whole",
    [
        "The method of Smith et al. [12] reaches an error rate of 19.8%.",
        "It is faster than that of Lee et al. [3, 14].",
        "As in Fig. [2], it wins vs. [5] and is approx. [3] times as fast.",
    ],
)
def test_what_an_abbreviation_cites_ends_no_sentence(whole):
    assert cut(f"{whole} It is new.") == [whole, "It is new."]


def test_points_that_go_on_are_one_sentence():
    parts = ["It joins three kinds: (i) classes, (ii) examples, and (iii) prompts.", "It is new."]
    assert cut(" ".join(parts)) == parts
    apart = ["It works well.", "(1) It is fast.", "(2) It is small."]
    assert cut(" ".join(apart)) == apart


def test_a_name_with_an_exclamation_mark_ends_no_sentence():
    parts = ["It has a dedicated MoveIt! plugin, which plans.", "Does it work?", "It does!"]
    assert cut(" ".join(parts)) == parts


def test_keywords_before_a_chinese_summary_belong_to_no_sentence():
    parts = ["该研究提出了一个名为D的框架。", "它比所有基线都快得多。"]
    said = "移动GUI智能体, 执行前对齐，多模态 (MLLM)  " + "".join(parts)
    texts = (OriginText("summary", "zh", said, (0,)),)
    paper = Paper("x", "T", (OriginTitle("en", "T", (0,)),), (), None, None, None, texts=texts)
    assert [each.quote for each in sentences(paper)] == parts
    whole = ["它更快。", "在图像、视频和文本 (a, b) 上，与基线相比， 我们的方法都更好。"]
    assert cut("".join(whole), "zh") == whole


# Any text


@settings(max_examples=300)
@given(
    st.text(
        st.sampled_from("aB1 .,;:!?$()\"'\n\t\r\\-中文。！？；，：（）“”…\u3000\u2028é"),
        max_size=200,
    ),
    st.sampled_from(["en", "zh"]),
)
def test_spans_are_ordered_apart_and_inside(text, language):
    check(text, language)


@settings(max_examples=150)
@given(st.text(max_size=100), st.sampled_from(["en", "zh"]))
def test_so_they_are_in_any_characters(text, language):
    check(text, language)


@settings(max_examples=25)
@given(st.text(st.sampled_from("ab. A)(。；1$"), min_size=300, max_size=700))
def test_so_they_are_in_long_lines(text):
    check(text, "en")
    check(text, "zh")
