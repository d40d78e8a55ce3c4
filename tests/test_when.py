"""Times named in questions, made into days; and what only looks like a time."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_api.answers.when import find_when

TODAY = date(2025, 10, 8)  # a Wednesday


def found(question, today=TODAY):
    """Phrase, first day, last day and the rest; None where no time is named."""
    when = find_when(question, today)
    return when and (when.phrase, when.start, when.end, when.rest)


def days(question, today=TODAY):
    when = find_when(question, today)
    return when and (when.start, when.end)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What came out today on RL?", ("2025-10-08", "2025-10-08")),
        ("Papers from yesterday about agents", ("2025-10-07", "2025-10-07")),
        ("Which papers this week?", ("2025-10-06", "2025-10-08")),
        ("What appeared last week on diffusion?", ("2025-09-29", "2025-10-05")),
        ("What appeared in the past week?", ("2025-10-02", "2025-10-08")),
        ("Papers of this month on agents", ("2025-10-01", "2025-10-08")),
        ("Papers of last month on agents", ("2025-09-01", "2025-09-30")),
        ("during the past month, what is new", ("2025-09-09", "2025-10-08")),
        ("Papers this year on agents", ("2025-01-01", "2025-10-08")),
        ("Papers LAST YEAR on agents", ("2024-01-01", "2024-12-31")),
        ("What is new since last week?", ("2025-09-29", None)),
        ("What is new since yesterday?", ("2025-10-07", None)),
        ("今天的论文", ("2025-10-08", "2025-10-08")),
        ("昨天有哪些论文讲强化学习？", ("2025-10-07", "2025-10-07")),
        ("本周有什么新论文", ("2025-10-06", "2025-10-08")),
        ("这周有什么新论文", ("2025-10-06", "2025-10-08")),
        ("上周有什么论文", ("2025-09-29", "2025-10-05")),
        ("上星期有什么论文", ("2025-09-29", "2025-10-05")),
        ("上个星期有什么论文", ("2025-09-29", "2025-10-05")),
        ("最近一周的论文", ("2025-10-02", "2025-10-08")),
        ("本月的论文", ("2025-10-01", "2025-10-08")),
        ("上个月的论文", ("2025-09-01", "2025-09-30")),
        ("上月的论文", ("2025-09-01", "2025-09-30")),
        ("今年的扩散模型论文", ("2025-01-01", "2025-10-08")),
        ("去年的扩散模型论文", ("2024-01-01", "2024-12-31")),
        ("今年以来的论文", ("2025-01-01", None)),
        ("上周以来的论文", ("2025-09-29", None)),
    ],
)
def test_relative_times(question, expected):
    assert days(question) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Which papers in September study RL?", ("2025-09-01", "2025-09-30")),
        ("Which papers during SEPTEMBER study RL?", ("2025-09-01", "2025-09-30")),
        ("since September 2025 on RL", ("2025-09-01", None)),
        ("Which papers of October?", ("2025-10-01", "2025-10-31")),
        ("Which papers in November?", ("2024-11-01", "2024-11-30")),
        ("Which papers in last September?", ("2025-09-01", "2025-09-30")),
        ("papers of February 2024", ("2024-02-01", "2024-02-29")),
        ("papers of September 29 on RL", ("2025-09-29", "2025-09-29")),
        ("papers of September 29, 2024 on RL", ("2024-09-29", "2024-09-29")),
        ("papers on 29 September 2025 on RL", ("2025-09-29", "2025-09-29")),
        ("papers of the 1st of October on RL", ("2025-10-01", "2025-10-01")),
        ("since 2024, which papers", ("2024-01-01", None)),
        ("papers in 2024 on RL", ("2024-01-01", "2024-12-31")),
        ("papers published in 2024 on RL", ("2024-01-01", "2024-12-31")),
        ("2025-09 papers on RL", ("2025-09-01", "2025-09-30")),
        ("papers on 2025-09-30", ("2025-09-30", "2025-09-30")),
        ("since 2025-09-15 on RL", ("2025-09-15", None)),
        ("九月有哪些论文", ("2025-09-01", "2025-09-30")),
        ("九月以来有哪些扩散模型论文？", ("2025-09-01", None)),
        ("9月有哪些论文", ("2025-09-01", "2025-09-30")),
        ("9月份之后的论文", ("2025-09-01", None)),
        ("09月的论文", ("2025-09-01", "2025-09-30")),
        ("十二月的论文", ("2024-12-01", "2024-12-31")),
        ("十一月的论文", ("2024-11-01", "2024-11-30")),
        ("12月的论文", ("2024-12-01", "2024-12-31")),
        ("三月的论文", ("2025-03-01", "2025-03-31")),
        ("2025年9月的论文", ("2025-09-01", "2025-09-30")),
        ("2025 年 9 月的论文", ("2025-09-01", "2025-09-30")),
        ("2024年十二月的论文", ("2024-12-01", "2024-12-31")),
        ("自2025年9月起的论文", ("2025-09-01", None)),
        ("9月29日的论文", ("2025-09-29", "2025-09-29")),
        ("2024年9月29号的论文", ("2024-09-29", "2024-09-29")),
        ("去年12月的论文", ("2024-12-01", "2024-12-31")),
        ("今年9月的论文", ("2025-09-01", "2025-09-30")),
        ("去年九月以来的论文", ("2024-09-01", None)),
        ("2025年以来的论文", ("2025-01-01", None)),
        ("2024年的论文", ("2024-01-01", "2024-12-31")),
        ("在2025-09有哪些论文", ("2025-09-01", "2025-09-30")),
    ],
)
def test_times_on_the_calendar(question, expected):
    assert days(question) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("from August to September on RL", ("2025-08-01", "2025-09-30")),
        ("between August and September 2025, RL", ("2025-08-01", "2025-09-30")),
        ("between May and September 2024, RL", ("2024-05-01", "2024-09-30")),
        ("November to February, RL", ("2024-11-01", "2025-02-28")),
        ("from March to May on RL", ("2025-03-01", "2025-05-31")),
        ("8月到9月的论文", ("2025-08-01", "2025-09-30")),
        ("8月和9月的论文", ("2025-08-01", "2025-09-30")),
        ("2025-08-01 to 2025-08-15 on RL", ("2025-08-01", "2025-08-15")),
    ],
)
def test_two_times_and_all_between(question, expected):
    assert days(question) == expected


@pytest.mark.parametrize(
    ("question", "phrase", "rest"),
    [
        ("What appeared last week on diffusion?", "last week", "What appeared on diffusion?"),
        ("Papers from yesterday about LLM", "from yesterday", "Papers about LLM"),
        ("What is in this month's papers?", "in this month's", "What is papers?"),
        ("this week’s papers", "this week’s", "papers"),
        ("Which papers in September study RL?", "in September", "Which papers study RL?"),
        ("Since 2025-09, which papers", "Since 2025-09", "which papers"),
        ("九月以来有哪些扩散模型论文？", "九月以来", "有哪些扩散模型论文？"),
        ("上周有哪些论文", "上周", "有哪些论文"),
        ("讲扩散模型的2025年9月论文", "2025年9月", "讲扩散模型的 论文"),
        ("自2025年9月起，有哪些论文", "自2025年9月起", "有哪些论文"),
        ("8月到9月，论文", "8月到9月", "论文"),
        ("yesterday", "yesterday", ""),
    ],
)
def test_the_phrase_and_the_rest(question, phrase, rest):
    when = find_when(question, TODAY)
    assert (when.phrase, when.rest) == (phrase, rest)


@pytest.mark.parametrize(
    "question",
    [
        "",
        "How does DDPM make images?",
        "扩散模型如何生成图像？",
        "by 3 months how much",
        "3个月内减少多少",
        "三个月内减少多少",
        "三月内减少多少",
        "每月多少次",
        "第3月的准确率",
        "19月",
        "129月",
        "二十月",
        "二十一月",
        "1月球样本",
        "00月",
        "13月",
        "12025年的论文",
        "2020年代的论文",
        "最近的论文",
        "以来",
        "arXiv 2509.26012",
        "How does GPT-4o compare with gpt-4o-2024-08-06?",
        "gpt-4o-2024-08-06 的准确率",
        "contexts from 2000 to 2048 tokens",
        "Is 2025-13 a month?",
        "papers of 2025-02-30",
        "papers of 31 September 2025",
        "the weekly yesterdays",
        "a daylast weekend",
    ],
)
def test_no_time_is_named(question):
    assert found(question) is None


@pytest.mark.parametrize(
    "question",
    [
        "What may help reasoning?",
        "may a model march on?",
        "Which may in fact help?",
        "this may help",
        "which of the 3 may help",
        "May this be learned?",
        "March of the machines",
        "agents that march in step",
        "the Long March data set",
    ],
)
def test_may_and_march_are_words(question):
    assert found(question) is None


def test_may_and_march_are_months_too():
    assert days("Which papers in May discuss graphs?") == ("2025-05-01", "2025-05-31")
    assert days("since March, on RL") == ("2025-03-01", None)
    assert days("March 2024 on RL") == ("2024-03-01", "2024-03-31")
    assert days("papers of May 5 on RL") == ("2025-05-05", "2025-05-05")
    assert days("in March and may it help") == ("2025-03-01", "2025-03-31")


@pytest.mark.parametrize(
    "question",
    [
        "样本周围的邻居有多远",
        "一个样本周期是多少",
        "文本周边的信息",
        "过去年均增长多少",
        "过去年份的数据",
    ],
)
def test_a_time_inside_other_words_is_none(question):
    assert found(question) is None


@pytest.mark.parametrize(
    "question",
    ["papers before October 2025", "until September", "by yesterday", "9月之前的论文", "截至9月"],
)
def test_an_end_alone_is_not_read_as_the_whole_month(question):
    assert found(question) is None


def test_a_year_that_belongs_to_what_is_asked_about_does_not_narrow():
    assert found("Transformer 在 WMT 2014年英德翻译上的 BLEU 是多少？") is None
    assert found("2015 年 ImageNet 分类竞赛谁夺冠？") is None
    assert found("ImageNet in 2015") is None


# Boundaries


def test_the_turn_of_the_year():
    january = date(2026, 1, 2)  # a Friday
    assert days("yesterday", date(2026, 1, 1)) == ("2025-12-31", "2025-12-31")
    assert days("this week", january) == ("2025-12-29", "2026-01-02")
    assert days("last week", january) == ("2025-12-22", "2025-12-28")
    assert days("上个月", january) == ("2025-12-01", "2025-12-31")
    assert days("this month", january) == ("2026-01-01", "2026-01-02")
    assert days("今年", january) == ("2026-01-01", "2026-01-02")
    assert days("去年", january) == ("2025-01-01", "2025-12-31")
    assert days("in December", january) == ("2025-12-01", "2025-12-31")
    assert days("一月", january) == ("2026-01-01", "2026-01-31")
    assert days("去年12月", january) == ("2025-12-01", "2025-12-31")


def test_a_leap_day():
    assert days("last month", date(2024, 3, 31)) == ("2024-02-01", "2024-02-29")
    assert days("2024-02-29") == ("2024-02-29", "2024-02-29")
    assert days("二月", date(2024, 2, 1)) == ("2024-02-01", "2024-02-29")


WORDS = [
    "in ", "since ", "from ", "between ", "and ", "to ", "last ", "this ", "week ", "May ", "may ",
    "September ", "2025", "2025-09", "-30", "-13", "9", "31", "月", "年", "日", "九", "十", "上周",
    "今年", "去年", "以来", "到", "之前", "论文", " ", ",", "?",
]  # fmt: skip


@given(st.lists(st.sampled_from(WORDS), max_size=8).map("".join), st.dates(date(2001, 1, 1)))
def test_any_words_give_days_in_order_or_none(question, today):
    when = find_when(question, today)
    if when is not None:
        assert when.phrase in question
        assert date.fromisoformat(when.start)
        assert when.end is None or when.start <= when.end
