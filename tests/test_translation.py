"""Which sentence says the same in the other language, and when it is quoted in its place."""

import numpy as np
import pytest

from indexer.paper import OriginText, Paper
from search_api.answers.answer import Quote
from search_api.answers.citing import cite
from search_api.answers.evidence import Evidence
from search_api.answers.finding import Finding
from search_api.answers.question import Question
from search_api.answers.scoring import Candidate
from search_api.answers.selection import SOURCES, best, choose, in_own_language
from search_api.answers.sentence import quotable
from search_api.answers.translation import translation

ENGLISH = """Existing object detectors are slow because they look at every region of an image twice.
We present SwiftDet, a detector that predicts boxes and classes in a single pass of the network.
SwiftDet processes 45 frames per second and reaches a mean average precision of 63.4% on VOC 2007,
 with 8 attention heads, whereas the baseline reaches 18 frames per second.
(1) A memory bank stores features of earlier frames.
The code is released on GitHub."""
CHINESE = """现有目标检测器需要两次查看图像的每个区域，因此速度慢。
提出SwiftDet检测器，网络单次前向传播即可预测边界框和类别。
SwiftDet每秒处理45帧，平均精度达到63.4%，而基线为每秒18帧。
记忆库存储先前帧的特征。
该方法在机器人领域有应用前景。"""


def paper(english=ENGLISH, chinese=CHINESE):
    english = english.replace("\n ", " ")
    texts = (OriginText("abstract", "en", english, ()), OriginText("summary", "zh", chinese, ()))
    return Paper("a", "SwiftDet", (), (), None, None, None, texts=texts)


@pytest.fixture(scope="module")
def candidates():
    one = paper()
    return [Candidate(sentence, one, 1.0) for sentence in quotable(one)]


def pick(candidates, said):
    (found,) = (each for each in candidates if said in each.sentence.quote)
    return found


def finding(question, candidates):
    """One whose candidates answer the better, the earlier they come."""
    vectors = np.eye(len(candidates), dtype=np.float32)
    evidence = Evidence(Question(question), None, None, tuple(candidates), vectors, vectors[0])
    return Finding(evidence, np.arange(len(candidates), 0.0, -1.0), 1.0)


def chosen(question, candidates, *said):
    """What is chosen where these sentences answer best, and no others are known."""
    known = [pick(candidates, each) for each in said]
    return choose(finding(question, known))


PAIRS = [
    ("detectors are slow", "速度慢"),
    ("a single pass", "单次前向"),
    ("45 frames", "45帧"),
    ("memory bank", "记忆库"),
]


@pytest.mark.parametrize("pair", [*PAIRS, *(pair[::-1] for pair in PAIRS)])
def test_a_translation_is_found_both_ways(candidates, pair):
    one, other = (pick(candidates, said).sentence for said in pair)
    assert translation(one, quotable(paper())) == other


@pytest.mark.parametrize("said", ["GitHub", "机器人"])
def test_what_is_said_in_one_language_alone_has_none(candidates, said):
    assert translation(pick(candidates, said).sentence, quotable(paper())) is None


def test_a_heading_is_no_translation():
    short = paper(
        "SwiftDet.\nWe present SwiftDet.", "提出SwiftDet检测器，可在单次前向传播中预测边界框。"
    )
    *_, chinese = quotable(short)
    assert translation(chinese, quotable(short)) is None


def test_a_wrong_number_does_not_hide_a_translation():
    one = paper(chinese=CHINESE.replace("63.4", "36.4"))
    known = [Candidate(sentence, one, 1.0) for sentence in quotable(one)]
    (cited,) = cite([pick(known, "45 frames")])
    assert "36.4" in cited.parallel.quote


def test_a_sentence_is_quoted_in_the_question_s_language(candidates):
    for question, said in [
        ("SwiftDet 怎么预测？", "单次前向"),
        ("How does it predict?", "a single"),
    ]:
        for each in PAIRS[1]:
            found = in_own_language(Question(question), pick(candidates, each))
            assert said in found.sentence.quote


@pytest.mark.parametrize(
    ("question", "quoted"),
    [
        ("SwiftDet 每秒处理多少帧？", "45帧"),  # the other numbers were not asked for
        ("SwiftDet 表现如何？", "45 frames"),  # the summary leaves out 8 heads and 2007
        ("SwiftDet 用了注意力头吗？", "45 frames"),
        ("SwiftDet 如何存储先前帧？", "45 frames"),
    ],
)
def test_a_translation_must_have_the_numbers_that_matter(candidates, question, quoted):
    found = in_own_language(Question(question), pick(candidates, "45 frames"))
    assert quoted in found.sentence.quote


def test_numbers_of_a_list_do_not_matter(candidates):
    found = in_own_language(Question("记忆库存储什么？"), pick(candidates, "memory bank"))
    assert "记忆库" in found.sentence.quote


def test_yes_or_no_needs_what_was_asked(candidates):
    one = paper(
        "SwiftDet is a plug-and-play detector that predicts boxes and classes in a single pass.",
        "SwiftDet检测器单次前向传播预测边界框和类别。",
    )
    english, chinese = (Candidate(sentence, one, 1.0) for sentence in quotable(one))
    assert in_own_language(Question("SwiftDet 是即插即用的吗？"), english) == english
    assert in_own_language(Question("SwiftDet 怎么预测？"), english) == chinese


def test_names_are_needed_where_something_is_asked_for():
    one = paper(
        "SwiftDet outperforms earlier real-time detectors such as FastBox and Det2Go on videos.",
        "SwiftDet在视频上优于先前的实时检测器。",
    )
    english, chinese = (Candidate(sentence, one, 1.0) for sentence in quotable(one))
    assert in_own_language(Question("SwiftDet 优于哪些实时检测器？"), english) == english
    assert (
        in_own_language(Question("SwiftDet 和 FastBox 相比 Det2Go 有什么优势？"), english)
        == chinese
    )
    assert in_own_language(Question("SwiftDet 在视频上如何优于实时检测器？"), english) == chinese


def test_a_translation_need_not_be_among_the_candidates(candidates):
    (found,) = chosen("SwiftDet 怎么预测？", candidates, "a single pass")
    assert "单次前向" in found.sentence.quote


def test_the_second_sentence_is_no_translation_of_the_first(candidates):
    for question in ("SwiftDet 怎么预测？", "How does it predict?"):
        first, second = chosen(question, candidates, "a single pass", "单次前向", "slow")
        assert {first.sentence.language} == {Question(question).language}
        assert second.sentence.quote in [pick(candidates, s).sentence.quote for s in PAIRS[0]]


def test_a_parallel_sentence_is_shown_once(candidates):
    both = cite([pick(candidates, "a single pass"), pick(candidates, "单次前向")])
    assert [each.parallel for each in both] == [None, None]
    again = cite([pick(candidates, "a single pass")] * 2)
    assert [each.marker for each in again] == [1, 2]
    assert isinstance(again[0].parallel, Quote)
    assert again[1].parallel is None


def test_a_language_model_is_shown_each_sentence_once(candidates):
    found = best(finding("SwiftDet 怎么预测？", candidates))
    quotes = [each.sentence.quote for each in found]
    assert len(quotes) == len(set(quotes)) <= SOURCES
    assert not any("single pass" in quote for quote in quotes)
