"""What is left of a question without the time that it names: it is searched for."""

from datetime import date

import pytest

from search_api.answers.when import find_when

MONDAY = date(2025, 10, 6)
SEPTEMBER = ("2025-09-01", "2025-09-30")
THE_25TH = ("2025-09-25", "2025-09-25")
LAST_WEEK = ("2025-09-29", "2025-10-05")
THIS_WEEK = ("2025-10-06", "2025-10-06")
TWO_WEEKS = ("2025-09-23", "2025-10-06")


@pytest.mark.parametrize(
    ("question", "days", "rest"),
    [
        ("十月的论文里，怎样减少幻觉？", ("2025-10-01", "2025-10-31"), "怎样减少幻觉？"),
        ("强化学习九月的论文里，怎样减少幻觉？", SEPTEMBER, "强化学习 论文里，怎样减少幻觉？"),
        ("本周的论文有哪些", THIS_WEEK, "论文有哪些"),
        ("9月25日发表的论文有哪些", THE_25TH, "论文有哪些"),
        ("9月25日发表的扩散模型论文用什么数据？", THE_25TH, "扩散模型论文用什么数据？"),
        ("在9月25日发表的论文里，哪些讲强化学习？", THE_25TH, "论文里，哪些讲强化学习？"),
        ("发表于9月25日的扩散模型论文有哪些", THE_25TH, "扩散模型论文有哪些"),
        ("9月20日到25日有哪些论文", ("2025-09-20", "2025-09-25"), "有哪些论文"),
        ("上周发布的MinerU2.5做什么？", LAST_WEEK, "MinerU2.5做什么？"),
        ("谷歌上周发布的模型有哪些", LAST_WEEK, "谷歌 发布的模型有哪些"),
        ("哪些扩散模型论文是上周发表的？", LAST_WEEK, "哪些扩散模型论文？"),
        ("上周的确有进展吗", LAST_WEEK, "的确有进展吗"),
        ("过去两周内的论文", TWO_WEEKS, "论文"),
        ("来自上周的论文", LAST_WEEK, "论文"),
        ("2025/09/25 的论文", THE_25TH, "论文"),
    ],
)
def test_in_chinese(question, days, rest):
    when = find_when(question, MONDAY)
    assert (when.start, when.end, when.rest) == (*days, rest)


@pytest.mark.parametrize(
    ("question", "days", "rest"),
    [
        ("What does MinerU2.5 released last week do?", LAST_WEEK, "What does MinerU2.5 do?"),
        ("What does MinerU2.5 (released last week) do?", LAST_WEEK, "What does MinerU2.5 do?"),
        ("What does MinerU2.5, released last week, do?", LAST_WEEK, "What does MinerU2.5 do?"),
        ("Does the one that was released last week work?", LAST_WEEK, "Does the one work?"),
        ("Which papers published in September study RL?", SEPTEMBER, "Which papers study RL?"),
        ("Are there papers published last week on RL?", LAST_WEEK, "Are there papers on RL?"),
        ("papers that came out last week on RL", LAST_WEEK, "papers on RL"),
        ("papers of the past two weeks on agents", TWO_WEEKS, "papers on agents"),
        ("papers posted since last Tuesday", ("2025-09-30", None), "papers"),
        ("papers on RL published Sept 25", THE_25TH, "papers on RL"),
        ("What came out in the last two weeks?", TWO_WEEKS, "What came out?"),
        ("What is new in last week's papers on RL?", LAST_WEEK, "What is new in papers on RL?"),
        ("What is in the September papers?", SEPTEMBER, "What is in the papers?"),
        ("papers from September 25 on RL", THE_25TH, "papers on RL"),
    ],
)
def test_in_english(question, days, rest):
    when = find_when(question, MONDAY)
    assert (when.start, when.end, when.rest) == (*days, rest)


@pytest.mark.parametrize(
    ("question", "rest"),
    [
        ("Which models were released last week?", "Which models were released?"),
        ("When was MinerU2.5 released last month?", "When was MinerU2.5 released?"),
        ("What has OpenAI published this week?", "What has OpenAI published?"),
        ("Who released last week code?", "Who released code?"),
        ("Which lab released last week the best model?", "Which lab released the best model?"),
        ("What papers appeared last week?", "What papers appeared?"),
    ],
)
def test_a_verb_of_the_question_stays(question, rest):
    assert find_when(question, MONDAY).rest == rest


@pytest.mark.parametrize(
    "question", ["yesterday", "last week?", "September 20-25", "昨天", "九月。"]
)
def test_nothing_is_left_of_a_time_alone(question):
    assert find_when(question, MONDAY).rest == ""
