"""Times named in questions, made into days; and what only looks like a time."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_api.answers.when import find_when

TODAY = date(2025, 10, 8)  # a Wednesday
MONDAY = date(2025, 10, 6)


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
        ("What appeared in the last week?", ("2025-10-02", "2025-10-08")),
        ("Papers over the last month on agents", ("2025-09-09", "2025-10-08")),
        ("diffusion within the last year", ("2024-10-09", "2025-10-08")),
        ("What appeared in the last week of September?", ("2025-09-24", "2025-09-30")),
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
        ("上上个月的论文", ("2025-08-01", "2025-08-31")),
        ("前年9月的论文", ("2023-09-01", "2023-09-30")),
        ("24年9月的论文", ("2024-09-01", "2024-09-30")),
        ("25年上半年的论文", ("2025-01-01", "2025-06-30")),
        ("二〇二四年九月的论文", ("2024-09-01", "2024-09-30")),
        ("二零二四年以来的论文", ("2024-01-01", None)),
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
        ("What came out three days ago?", ("2025-10-05", "2025-10-05")),
        ("papers seen 10 days ago", ("2025-09-28", "2025-09-28")),
        ("the paper of a week ago on agents", ("2025-09-28", "2025-10-04")),
        ("What was published two weeks ago?", ("2025-09-21", "2025-09-27")),
        ("a paper seen about a month ago on GRPO", ("2025-08-24", "2025-09-23")),
        ("the one on diffusion a few days ago", ("2025-10-02", "2025-10-07")),
        ("that paper the other day", ("2025-10-02", "2025-10-07")),
        ("a couple of days ago", ("2025-10-06", "2025-10-06")),
        ("three days ago or later", ("2025-10-05", None)),
        ("since two days ago", ("2025-10-06", None)),
        ("What is new in the last 24 hours?", ("2025-10-07", "2025-10-08")),
        ("papers over the past 48 hours", ("2025-10-06", "2025-10-08")),
        ("三天前有哪些论文？", ("2025-10-05", "2025-10-05")),
        ("两周前看到的那篇讲扩散的", ("2025-09-21", "2025-09-27")),
        ("大约一个月前的论文", ("2025-08-24", "2025-09-23")),
        ("半个月前的论文", ("2025-09-16", "2025-09-30")),
        ("几天前那篇讲智能体的", ("2025-10-02", "2025-10-07")),
        ("前几天看到的论文", ("2025-10-02", "2025-10-07")),
        ("大前天的论文", ("2025-10-05", "2025-10-05")),
        ("过去24小时有哪些论文", ("2025-10-07", "2025-10-08")),
    ],
)
def test_times_at_a_distance(question, expected):
    assert days(question) == expected


@pytest.mark.parametrize(
    "question",
    [
        "Does it forecast load from the past 24 hours of data?",
        "用过去24小时的气象数据预测什么？",
        "发病三天前能预测吗？",
        "手术前三天的数据怎么用？",
        "三天前后的变化",
        "预报能提前几天？",
        "half a month ago",
        "0 days ago",
        "GPT-3 came out five years ago, what did it change?",
    ],
)
def test_what_is_no_distance_from_today(question):
    assert days(question) is None


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("the second week of September", ("2025-09-08", "2025-09-14")),
        ("papers from the first half of September", ("2025-09-01", "2025-09-15")),
        ("the second half of February 2024 on RL", ("2024-02-16", "2024-02-29")),
        ("9月第一周有哪些论文", ("2025-09-01", "2025-09-07")),
        ("9月最后一周的论文", ("2025-09-24", "2025-09-30")),
        ("九月下半月的论文", ("2025-09-16", "2025-09-30")),
        ("papers from the week of September 17", ("2025-09-15", "2025-09-21")),
        ("papers around September 20 on RL", ("2025-09-17", "2025-09-23")),
        ("around September 2025", ("2025-08-25", "2025-10-07")),
        ("9月20日前后的论文", ("2025-09-17", "2025-09-23")),
        ("9月20号左右那篇", ("2025-09-17", "2025-09-23")),
        ("9月20日、21日的论文", ("2025-09-20", "2025-09-21")),
    ],
)
def test_parts_of_months_and_about_a_day(question, expected):
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
        ("8月到9月之间有哪些论文", ("2025-08-01", "2025-09-30")),
        ("三月到五月之间的论文", ("2025-03-01", "2025-05-31")),
        ("2024年3月和5月之间的论文", ("2024-03-01", "2024-05-31")),
        ("8-9月之间的论文", ("2025-08-01", "2025-09-30")),
        ("2025-08-01 to 2025-08-15 on RL", ("2025-08-01", "2025-08-15")),
        ("2024年3月到5月的论文", ("2024-03-01", "2024-05-31")),
        ("去年3月到5月的论文", ("2024-03-01", "2024-05-31")),
        ("2024年11月到2月的论文", ("2024-11-01", "2025-02-28")),
        ("papers from Sep 20, 2024 to Oct 3", ("2024-09-20", "2024-10-03")),
        ("2023-2024年的论文", ("2023-01-01", "2024-12-31")),
        ("8月、9月和10月的论文", ("2025-08-01", "2025-10-31")),
        ("papers in July, August and September", ("2025-07-01", "2025-09-30")),
    ],
)
def test_two_times_and_all_between(question, expected):
    assert days(question) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("前天", ("2025-10-04", "2025-10-04")),
        ("the day before yesterday", ("2025-10-04", "2025-10-04")),
        ("本星期", ("2025-10-06", "2025-10-06")),
        ("这个星期", ("2025-10-06", "2025-10-06")),
        ("上个礼拜", ("2025-09-29", "2025-10-05")),
        ("上一周", ("2025-09-29", "2025-10-05")),
        ("上上周", ("2025-09-22", "2025-09-28")),
        ("上周五", ("2025-10-03", "2025-10-03")),
        ("上个星期天", ("2025-10-05", "2025-10-05")),
        ("上周末", ("2025-10-04", "2025-10-05")),
        ("Last Weekend", ("2025-10-04", "2025-10-05")),
        ("last Friday", ("2025-10-03", "2025-10-03")),
        ("last Monday", ("2025-09-29", "2025-09-29")),
        ("this Monday", ("2025-10-06", "2025-10-06")),
        ("since last Tuesday", ("2025-09-30", None)),
        ("自从上周五", ("2025-10-03", None)),
        ("上周五以来", ("2025-10-03", None)),
        ("last Monday to Wednesday", ("2025-09-29", "2025-10-01")),
        ("上周一到周三", ("2025-09-29", "2025-10-01")),
        ("from last Friday to yesterday", ("2025-10-03", "2025-10-05")),
        ("last two weeks", ("2025-09-23", "2025-10-06")),
        ("past two weeks", ("2025-09-23", "2025-10-06")),
        ("the last couple of weeks", ("2025-09-23", "2025-10-06")),
        ("last 7 days", ("2025-09-30", "2025-10-06")),
        ("this past week", ("2025-09-30", "2025-10-06")),
        ("the past year", ("2024-10-07", "2025-10-06")),
        ("过去两周", ("2025-09-23", "2025-10-06")),
        ("最近三天", ("2025-10-04", "2025-10-06")),
        ("最近7天", ("2025-09-30", "2025-10-06")),
        ("最近 7 天", ("2025-09-30", "2025-10-06")),
        ("近一周", ("2025-09-30", "2025-10-06")),
        ("近三个月", ("2025-07-09", "2025-10-06")),
        ("最近半年", ("2025-04-08", "2025-10-06")),
        ("late last month", ("2025-09-21", "2025-09-30")),
        ("上个月中旬", ("2025-09-11", "2025-09-20")),
        ("本月初", ("2025-10-01", "2025-10-10")),
    ],
)
def test_times_counted_from_today(question, expected):
    assert days(question, MONDAY) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("9月20日到25日", ("2025-09-20", "2025-09-25")),
        ("9月20到25日", ("2025-09-20", "2025-09-25")),
        ("9 月 20 日到 25 日", ("2025-09-20", "2025-09-25")),
        ("2025年9月20日-25日", ("2025-09-20", "2025-09-25")),
        ("九月二十日至二十五日", ("2025-09-20", "2025-09-25")),
        ("9月20日至10月3日", ("2025-09-20", "2025-10-03")),
        ("September 20-25", ("2025-09-20", "2025-09-25")),
        ("September 20 to 25, 2024", ("2024-09-20", "2024-09-25")),
        ("20-25 September 2025", ("2025-09-20", "2025-09-25")),
        ("from the 20th to the 25th of September", ("2025-09-20", "2025-09-25")),
        ("between September 20 and 25", ("2025-09-20", "2025-09-25")),
        ("September 28 - 3 October", ("2025-09-28", "2025-10-03")),
        ("2025-09-20~25", ("2025-09-20", "2025-09-25")),
        ("2025/09/20-2025/09/25", ("2025-09-20", "2025-09-25")),
        ("papers from 2023 to 2024", ("2023-01-01", "2024-12-31")),
        ("papers from 2023, 2024 and 2025", ("2023-01-01", "2025-12-31")),
        ("papers from September 3, 2024", ("2024-09-03", "2024-09-03")),
    ],
)
def test_days_with_all_between(question, expected):
    assert days(question, MONDAY) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("after September 20", ("2025-09-21", None)),
        ("papers on September 20 or later", ("2025-09-20", None)),
        ("papers through September 20", (None, "2025-09-20")),
        ("9月以來的論文", ("2025-09-01", None)),
        ("9月20日之後的論文", ("2025-09-20", None)),
        ("9月20日開始的論文", ("2025-09-20", None)),
        ("2020年3月以後的論文有哪些？", ("2020-03-01", None)),
        ("上週的論文", ("2025-09-29", "2025-10-05")),
        ("這個月的論文", ("2025-10-01", "2025-10-06")),
        ("after 2025-09-20", ("2025-09-21", None)),
        ("after September", ("2025-10-01", None)),
        ("papers published after 2023", ("2024-01-01", None)),
        ("9月20日之后", ("2025-09-20", None)),
        ("9月20日起", ("2025-09-20", None)),
        ("9月至今", ("2025-09-01", None)),
        ("9月20日（含）之后的论文", ("2025-09-20", None)),
        ("papers on or after September 20", ("2025-09-20", None)),
        ("papers starting from September 20", ("2025-09-20", None)),
        ("papers from September to the present", ("2025-09-01", None)),
        ("from September 20 on, what is new", ("2025-09-20", None)),
        ("from September", ("2025-09-01", "2025-09-30")),
    ],
)
def test_times_without_an_end(question, expected):
    assert days(question, MONDAY) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("9月上旬", ("2025-09-01", "2025-09-10")),
        ("2025年第三季度的论文", ("2025-07-01", "2025-09-30")),
        ("今年二季度", ("2025-04-01", "2025-06-30")),
        ("papers of the third quarter of 2025", ("2025-07-01", "2025-09-30")),
        ("papers from Q1 2024", ("2024-01-01", "2024-03-31")),
        ("今年1-9月的论文", ("2025-01-01", "2025-09-30")),
        ("8、9月的论文", ("2025-08-01", "2025-09-30")),
        ("2024年11月到2月的论文", ("2024-11-01", "2025-02-28")),
        ("early September", ("2025-09-01", "2025-09-10")),
        ("9月中旬", ("2025-09-11", "2025-09-20")),
        ("mid-September", ("2025-09-11", "2025-09-20")),
        ("9月下旬", ("2025-09-21", "2025-09-30")),
        ("九月底", ("2025-09-21", "2025-09-30")),
        ("in late September", ("2025-09-21", "2025-09-30")),
        ("at the end of February 2024", ("2024-02-21", "2024-02-29")),
        ("the last week of September", ("2025-09-24", "2025-09-30")),
        ("今年上半年", ("2025-01-01", "2025-06-30")),
        ("2024年下半年", ("2024-07-01", "2024-12-31")),
        ("Sept 25", ("2025-09-25", "2025-09-25")),
        ("Sep 25", ("2025-09-25", "2025-09-25")),
        ("Sept. 25, 2024", ("2024-09-25", "2024-09-25")),
        ("25 Sep", ("2025-09-25", "2025-09-25")),
        ("in Sept", ("2025-09-01", "2025-09-30")),
        ("Friday, October 3", ("2025-10-03", "2025-10-03")),
        ("2025/09/25", ("2025-09-25", "2025-09-25")),
        ("2025.09.25", ("2025-09-25", "2025-09-25")),
        ("2025/9/25", ("2025-09-25", "2025-09-25")),
        ("九月二十五号", ("2025-09-25", "2025-09-25")),
    ],
)
def test_days_and_parts_of_months(question, expected):
    assert days(question, MONDAY) == expected


@pytest.mark.parametrize(
    ("question", "phrase", "rest"),
    [
        ("What appeared last week on diffusion?", "last week", "What appeared on diffusion?"),
        ("Papers from yesterday about LLM", "from yesterday", "Papers about LLM"),
        ("What is in this month's papers?", "this month's", "What is in papers?"),
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
        "September 25-20",
        "the weekly yesterdays",
        "a daylast weekend",
        "How does MinerU2.5 parse tables?",
        "Is GPT-4.1 better than GPT-4?",
        "GPT-4.1 May help",
        "version 3.5.7",
        "arXiv 2509.12345",
        "arXiv 2012.09255",
        "2025.09",
        "1.2025.09.25",
        "What does the last layer do?",
        "the last 3 layers",
        "over the past few tokens",
        "over the past few years",
        "the last two weeks of training",
        "the 7-day window",
        "the past 0 days",
        "models after 2048 tokens",
        "How does MAR 1.5 work?",
        "SEP 25",
        "the jan of it",
        "2025年初的论文",
        "Why do today's LLMs fail?",
        "今天的大模型为什么会失败？",
        "papers of the last Friday of",
        "Which system is used today to assess attachment?",
        "How did it change in the last twenty-odd years?",
        "Which papers were not published in 2020?",
        "papers excluding September",
        "papers other than last week's",
        "all papers except those from September",
        "papers older than September",
        "除了9月的论文",
        "不要上周的论文",
        "上周以外的论文有哪些",
        "不是9月的论文",
        "the first 2025 model",
        "Which papers of Q3?",
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
    ("question", "expected"),
    [
        ("What came out on Monday?", ("on Monday", "2025-10-06", "2025-10-06", "What came out?")),
        (
            "What appeared on Thursday?",
            ("on Thursday", "2025-10-02", "2025-10-02", "What appeared?"),
        ),
        ("Friday's digest", ("Friday's", "2025-10-03", "2025-10-03", "digest")),
        ("papers since Monday", ("since Monday", "2025-10-06", None, "papers")),
        ("papers before Monday", ("before Monday", None, "2025-10-05", "papers")),
        (
            "papers from Monday to Wednesday",
            ("from Monday to Wednesday", "2025-10-06", "2025-10-08", "papers"),
        ),
        ("周三发布的论文", ("周三", "2025-10-08", "2025-10-08", "论文")),
        ("星期五那天的论文", ("星期五那天", "2025-10-03", "2025-10-03", "论文")),
        ("周一和周二的论文", ("周一和周二", "2025-10-06", "2025-10-07", "论文")),
        ("周五以来有什么新论文", ("周五以来", "2025-10-03", None, "有什么新论文")),
        ("papers in Q3 on RL", ("in Q3", "2025-07-01", "2025-09-30", "papers on RL")),
        (
            "Which papers appeared in the third quarter?",
            ("in the third quarter", "2025-07-01", "2025-09-30", "Which papers appeared?"),
        ),
        ("papers of last quarter", ("of last quarter", "2025-07-01", "2025-09-30", "papers")),
        ("本季度有什么新论文", ("本季度", "2025-10-01", "2025-10-08", "有什么新论文")),
        ("第三季度的论文", ("第三季度", "2025-07-01", "2025-09-30", "论文")),
        (
            "能找到2020年6月的论文吗",
            ("2020年6月", "2020-06-01", "2020-06-30", "能找到 论文吗"),
        ),
        ("周三和周一的论文", ("周三和周一", "2025-10-06", "2025-10-08", "论文")),
        (
            "papers on Monday, Tuesday and Wednesday",
            ("on Monday, Tuesday and Wednesday", "2025-10-06", "2025-10-08", "papers"),
        ),
        ("papers in Q1 and Q2 2025", ("in Q1 and Q2 2025", "2025-01-01", "2025-06-30", "papers")),
        ("第一季度和第二季度的论文", ("第一季度和第二季度", "2025-01-01", "2025-06-30", "论文")),
        (
            "papers from the end of the month",
            ("from the end of the month", "2025-09-21", "2025-09-30", "papers"),
        ),
        ("月初的论文", ("月初", "2025-10-01", "2025-10-10", "论文")),
        ("月底有哪些论文", ("月底", "2025-09-21", "2025-09-30", "有哪些论文")),
    ],
)
def test_days_quarters_and_ends_of_months_alone_are_the_latest(question, expected):
    assert found(question) == expected


@pytest.mark.parametrize(
    "question",
    [
        "Papers on Monday effects in markets",
        "How does Black Friday change sales?",
        "I need papers about lattices for a talk on Friday.",
        "which papers are due on Monday",
        "How much less power is used on Sunday?",
        "每周一的论文",
        "下周一的论文",
        "周日内效应",
        "预测第三季度营收的论文",
        "Is revenue higher in Q3?",
        "Which papers are in Q1 journals?",
        "利润在月底的变化",
    ],
)
def test_days_and_quarters_of_what_is_asked_about_are_none(question):
    assert days(question) is None


def test_months_before_january_are_of_the_year_before():
    january = date(2025, 1, 8)
    assert days("papers of last quarter", january) == ("2024-10-01", "2024-12-31")
    assert days("第四季度的论文", january) == ("2024-10-01", "2024-12-31")
    assert days("月底的论文", january) == ("2024-12-21", "2024-12-31")


@pytest.mark.parametrize(
    "question",
    [
        "样本周围的邻居有多远",
        "一个样本周期是多少",
        "文本周边的信息",
        "过去年均增长多少",
        "过去年份的数据",
        "接近一周",
        "附近三天",
        "提前天气预报",
        "新版本周一发布",
        "登上月球",
        "今日头条的推荐算法",
    ],
)
def test_a_time_inside_other_words_is_none(question):
    assert found(question) is None


@pytest.mark.parametrize(
    ("question", "end", "rest"),
    [
        ("papers before October 2025", "2025-09-30", "papers"),
        ("What appeared before September 20?", "2025-09-19", "What appeared?"),
        ("What appeared before 2025-09-20?", "2025-09-19", "What appeared?"),
        ("papers on agents until September", "2025-09-30", "papers on agents"),
        ("papers on agents as of September 25", "2025-09-25", "papers on agents"),
        ("papers before last week", "2025-09-28", "papers"),
        ("9月之前的论文", "2025-08-31", "论文"),
        ("9月20日前有哪些强化学习论文", "2025-09-19", "有哪些强化学习论文"),
        ("截至9月的强化学习论文", "2025-09-30", "强化学习论文"),
        ("截至9月25日为止的论文", "2025-09-25", "论文"),
        ("上周之前的论文", "2025-09-28", "论文"),
        ("papers published before 2024", "2023-12-31", "papers"),
        ("papers published on or before September 20", "2025-09-20", "papers"),
        ("papers from before May", "2025-04-30", "papers"),
        ("9月20日及之前的论文", "2025-09-20", "论文"),
        ("在9月20日之前发表的论文有哪些", "2025-09-19", "论文有哪些"),
        ("关于智能体的论文，9月20日之前有哪些", "2025-09-19", "关于智能体的论文， 有哪些"),
    ],
)
def test_an_end_alone(question, end, rest):
    when = find_when(question, TODAY)
    assert (when.start, when.end) == (None, end)
    assert when.rest == rest


@pytest.mark.parametrize(
    ("question", "start", "end", "rest"),
    [
        (
            "papers after September 20 and before September 25 on robots",
            *("2025-09-21", "2025-09-24", "papers on robots"),
        ),
        ("papers since May, but until July on RL", "2025-05-01", "2025-07-31", "papers on RL"),
        ("9月20日之后、9月25日之前的论文", "2025-09-20", "2025-09-24", "论文"),
        ("9月以来，10月及之前有什么", "2025-09-01", "2025-10-31", "有什么"),
        (
            "papers after September 20 and before lunch",
            "2025-09-21",
            None,
            "papers and before lunch",
        ),
        ("papers after 2020 and before 2023 on RL", "2021-01-01", "2022-12-31", "papers on RL"),
        ("9月20日后和9月25日前的论文", "2025-09-20", "2025-09-24", "论文"),
        (
            "papers since May but before 2020 models",
            "2025-05-01",
            None,
            "papers but before 2020 models",
        ),
        ("9月以来，2020年之前的方法", "2025-09-01", None, "2020年之前的方法"),
        ("今年以来，截至9月训练的模型", "2025-01-01", None, "截至9月训练的模型"),
        ("papers after May and before March", "2025-06-01", None, "papers and before March"),
    ],
)
def test_an_open_time_may_be_closed(question, start, end, rest):
    assert days(question) == (start, end)
    assert find_when(question, TODAY).rest == rest


@pytest.mark.parametrize(
    "question", ["by yesterday", "close to September 20", "models before 2024"]
)
def test_what_may_be_no_end_is_not_read(question):
    assert found(question) is None


def test_a_weekday_is_not_read_out_of_other_words():
    week = ("2025-09-29", "2025-10-05")
    for question in (
        "上周一共多少篇",
        "上周三篇论文",
        "上周日本团队的论文",
        "上周日报",
        "上周五大模型",
    ):
        assert days(question, MONDAY) == week


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
    "after ", "late ", "Sep ", "Friday ", "weeks ", "two ", "past ", "-", "/", ".", "的", "周",
    "五", "最近", "个", "下旬", "前天", "发表的", "released ", "the ",
]  # fmt: skip


@given(st.lists(st.sampled_from(WORDS), max_size=9).map("".join), st.dates(date(2001, 1, 1)))
def test_any_words_give_days_in_order_or_none(question, today):
    when = find_when(question, today)
    if when is not None:
        assert when.phrase in question
        start, end = when.start, when.end
        assert all(date.fromisoformat(day) for day in (start, end) if day)
        assert start or end
        assert not (start and end) or start <= end


def test_a_phrase_is_told_in_the_characters_of_the_question():
    assert find_when("9月以來的論文", TODAY).phrase == "9月以來"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("10月底的论文", ("2024-10-21", "2024-10-31")),
        ("10月20日的论文", ("2024-10-20", "2024-10-20")),
        ("papers from October 20", ("2024-10-20", "2024-10-20")),
        ("papers of late October", ("2024-10-21", "2024-10-31")),
        # An end may be still to come.
        ("papers before October 20", (None, "2025-10-19")),
        ("papers from September 20 to October 20", ("2025-09-20", "2025-10-20")),
    ],
)
def test_days_still_to_come_are_those_of_the_year_before(question, expected):
    assert days(question) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("三四天前的论文", ("三四天前", "2025-10-04", "2025-10-05")),
        ("两三周前的论文", ("两三周前", "2025-09-14", "2025-09-27")),
        ("2-3 weeks ago, papers on RL", ("2-3 weeks ago", "2025-09-14", "2025-09-27")),
        ("papers from 10-15 days ago", ("from 10-15 days ago", "2025-09-23", "2025-09-28")),
        ("two or three weeks ago, papers", ("two or three weeks ago", "2025-09-14", "2025-09-27")),
        ("十二天前的论文", ("十二天前", "2025-09-26", "2025-09-26")),
        ("最近两年半的论文", ("最近两年半", "2023-04-11", "2025-10-08")),
    ],
)
def test_two_counts_are_a_span(question, expected):
    when = find_when(question, TODAY)
    assert (when.phrase, when.start, when.end) == expected


@pytest.mark.parametrize(
    ("question", "start", "end"),
    [
        # The year behind two times is that of both.
        ("papers from August and September 2024", "2024-08-01", "2024-09-30"),
        ("papers from March or April 2024", "2024-03-01", "2024-04-30"),
        ("papers from September 20 and September 21, 2024", "2024-09-20", "2024-09-21"),
        ("papers from December and January 2024", "2023-12-01", "2024-01-31"),
        ("papers from September 20 and 21, 2024", "2024-09-20", "2024-09-21"),
        ("papers from 20 and 21 September 2024", "2024-09-20", "2024-09-21"),
        ("papers from September last year", "2024-09-01", "2024-09-30"),
        ("papers from 20 September last year", "2024-09-20", "2024-09-20"),
        ("papers from September of last year", "2024-09-01", "2024-09-30"),
        ("last year's September papers", "2024-09-01", "2024-09-30"),
        # Other ways to write days and halves
        ("9月29的论文", "2025-09-29", "2025-09-29"),
        ("2025-09-29到10-31的论文", "2025-09-29", "2025-10-31"),
        ("2024-12-29到01-03的论文", "2024-12-29", "2025-01-03"),
        ("20250920的论文", "2025-09-20", "2025-09-20"),
        ("papers from 20.9.2025", "2025-09-20", "2025-09-20"),
        ("2025下半年的论文", "2025-07-01", "2025-12-31"),
        ("papers from the second half of 2025", "2025-07-01", "2025-12-31"),
        ("papers from H1 2025", "2025-01-01", "2025-06-30"),
        ("上两周的论文", "2025-09-25", "2025-10-08"),
        ("这几天的论文", "2025-10-02", "2025-10-08"),
        ("今早的论文", "2025-10-08", "2025-10-08"),
        ("What is in this morning's papers?", "2025-10-08", "2025-10-08"),
        ("papers of the past fortnight", "2025-09-25", "2025-10-08"),
        # What data are of, or a model's name
        ("使用2020年数据的论文有哪些", None, None),
        ("2020年美国大选的论文", None, None),
        ("2020年数据挖掘的论文", "2020-01-01", "2020-12-31"),
        ("Which papers use data from January 2020 to December 2021?", None, None),
        ("Qwen-20250920的论文", None, None),
        ("以上两周的论文", None, None),
    ],
)
def test_years_told_behind_and_days_written_otherwise(question, start, end):
    assert (days(question) or (None, None)) == (start, end)


@pytest.mark.parametrize("question", ["papers from Monday to Wednesday", "周一到周三的论文"])
def test_on_a_monday_the_days_from_monday_on_are_those_of_the_week_before(question):
    assert days(question, MONDAY) == ("2025-09-29", "2025-10-01")
    assert days(question, TODAY) == ("2025-10-06", "2025-10-08")
