"""Checking summaries: what disagrees with an abstract is flagged, what only leaves out is not."""

import json

import pytest

from eval.injecting import KINDS, inject, names_of
from indexer.paper import OriginText, OriginTitle, Paper, Sighting
from search_api.checks.summaries import SummaryChecker
from tests.conftest import copy_home

ENGLISH = (
    "We propose FlashSort, a sorting network for large language models. "
    "It reduces the latency by 3.2% and improves accuracy from 80.1% to 93.1% on ImageNet. "
    "FlashSort outperforms three baselines with a tenfold smaller memory of 5 GB. "
    "It cannot handle streaming data, of which we collect $\\sim$607K rows and $1.17$ M files. "
    "The code runs 2.5$\\times$-3.8$\\times$ faster."
)


def paper(*texts, english=ENGLISH, other_page=False):
    """A paper with an abstract and Chinese texts from one page, or from two."""
    seen = (
        Sighting("one", "one.md", 3, "arxiv-by-category", "2025-09-01"),
        Sighting("two", "two.md", 9, "daily-numbered", "2025-09-02"),
    )
    own = [OriginText(kind, "zh", text, (int(other_page),)) for kind, text in texts]
    if english:
        own.append(OriginText("abstract", "en", english, (0,)))
    title = "FlashSort: Sorting"
    return Paper(
        "2509.00001", title, (OriginTitle("en", title, (0,)),), (), None, None, None,
        texts=tuple(own), seen_in=seen,
    )  # fmt: skip


@pytest.fixture(scope="module")
def checker(session_embedder):
    return SummaryChecker(session_embedder)


@pytest.mark.parametrize(
    "sentence",
    [
        "FlashSort在ImageNet上把准确率从80.1%提升到93.1%。",
        "延迟降低3.2％，优于三个基线方法。",
        "内存只需5GB，缩小了10倍。",
        "代码运行加速2.5-3.8倍。",
        "收集了约60.7万行和117万个文件。",
        "1）提出用于LLM的排序网络；2）优于3种基线方法。",
        "提出一种用于大语言模型的排序网络，取得了很好的效果。",
        "该方法无法处理流式数据。",
    ],
)
def test_what_agrees_or_leaves_something_out_is_not_flagged(checker, sentence):
    assert checker.flags(paper(("result", sentence))) == []


@pytest.mark.parametrize(
    ("sentence", "kind", "said", "against"),
    [
        ("FlashSort在ImageNet上把准确率从80.1%提升到95.1%。", "number", "95.1%", "80.1%"),
        ("准确率显著提升，优于七个基线方法。", "number", "七", "three baselines"),
        ("FlashSort把延迟降低了3.2倍。", "unit", "3.2", "3.2%"),
        ("FlashSort在CIFAR-10上提升了准确率。", "name", "CIFAR-10", "FlashSort"),
        ("FlashSort显著增加延迟，并提升准确率。", "direction", "增加", "reduces the latency"),
        ("该方法降低了ImageNet上的准确率。", "direction", "降低", "improves accuracy"),
        ("该方法无法提升ImageNet上的准确率。", "denial", "无法", "improves accuracy"),
    ],
)
def test_what_disagrees_is_flagged_beside_what_it_should_agree_with(
    checker, sentence, kind, said, against
):
    texts = ("tldr", "提出一种用于大语言模型的排序网络。"), ("result", sentence)
    (flag,) = checker.flags(paper(*texts))
    assert (flag.kind, flag.field, flag.language) == (kind, "result", "zh")
    assert flag.sentence == sentence
    assert said in flag.reason
    assert (flag.against.field, flag.against.language) == ("abstract", "en")
    assert against in flag.against.sentence
    assert [(at.source, at.line) for at in flag.seen_in] == [("one", 3)]


def test_a_number_glued_to_a_word_stands_in_the_abstract(checker):
    english = "We win the 5th challenge with a 3DOF arm and a 4bit network on 224x224 images."
    said = "在第5届比赛中，用3自由度机械臂和4比特网络处理224×224图像并获胜。"
    assert checker.flags(paper(("result", said), english=english)) == []
    (flag,) = checker.flags(paper(("result", said.replace("第5届", "第6届")), english=english))
    assert "says 6" in flag.reason


def test_another_digests_summary_may_tell_more_than_the_abstract(checker):
    more = "在CIFAR-10上准确率达到97.5%，训练用了八块A100。"
    own, other = paper(("summary", more)), paper(("summary", more), other_page=True)
    assert {flag.kind for flag in checker.flags(own)} == {"number", "name"}
    assert checker.flags(other) == []
    translated = paper(("translation", more), other_page=True)
    assert {flag.kind for flag in checker.flags(translated)} == {"number", "name"}


def test_two_digests_that_contradict_each_other(checker):
    texts = (
        ("translation", "该方法在公开数据集上将图像识别的准确率提升到93.1%。"),
        ("summary", "该方法在公开数据集上将图像识别的准确率提升到98.1%。"),
    )
    whole = paper(texts[0], english="")
    summary = OriginText("summary", "zh", texts[1][1], (1,))
    both = Paper(
        whole.paper_id, whole.title, whole.titles, (), None, None, None,
        texts=(*whole.texts, summary), seen_in=whole.seen_in,
    )  # fmt: skip
    flags = checker.flags(both)
    assert {flag.kind for flag in flags} == {"contradiction"}
    assert flags[-1].reason == "98.1% against 93.1%"
    assert [at.source for at in flags[-1].seen_in] == ["two"]
    assert checker.flags(whole) is None, "one text has nothing to be held against"


def test_an_injected_error_is_one_and_the_same_each_time():
    texts = ("result", "FlashSort能够把ImageNet上的准确率提升到93.1%，优于三种方法，无需5GB显存。")
    clean = paper(texts)
    for kind in KINDS:
        one = inject(clean, kind, ["OtherNet"])
        assert one is not None, kind
        assert one == inject(clean, kind, ["OtherNet"])
        assert one.before != one.after
        assert one.paper.texts[0].text == one.after
        assert one.paper.texts[1:] == clean.texts[1:]
    assert names_of([clean]) == ["FlashSort", "ImageNet"]
    assert inject(paper(("result", "效果很好，方法简单。")), "number", []) is None


# The command


@pytest.fixture(scope="module")
def archive(archive_command, example, tmp_path_factory):
    home = copy_home(example, tmp_path_factory.mktemp("check") / "home")
    return lambda *arguments: archive_command(*arguments, home=home)


def test_the_command_prints_one_object_and_is_done(archive):
    done = archive("check", "summaries", "1506.02640", "1706.03762", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["checked"] == 2
    (flag,) = [each for each in report["flagged"] if "52.7%" in each["reason"]]
    assert flag["paper_id"] == "1506.02640"
    assert "52.7%" in flag["sentence"]
    assert set(flag["against"]) == {"field", "language", "sentence"}
    assert flag["seen_in"][0]["source"] == "arxiv-by-category"


def test_the_command_shows_both_sentences(archive):
    done = archive("check", "summaries", "1506.02640")
    assert done.returncode == 0, done.stderr
    for said in ("says 52.7%", "result (zh)", "abstract (en)", "of 1 papers checked"):
        assert said in done.stdout


def test_an_unknown_paper_is_refused_in_one_line(archive):
    done = archive("check", "summaries", "9999.99999")
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert "9999.99999" in done.stderr
