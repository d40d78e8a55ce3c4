"""Questions that ask the same of several papers: their subquestions, and answers for each."""

from dataclasses import replace

import pytest

from indexer.settings import Settings
from search_api.answers.naming import own_names
from search_api.answers.question import Question
from search_api.answers.subquestion import subquestions
from search_api.archive import Archive
from tests.conftest import copy_home

BERT, MEGATRON, LORA, FLASH, MAMBA, UNET, SENTENCE = (
    "1810.04805", "1909.08053", "2106.09685", "2205.14135", "2312.00752", "1505.04597", "1908.10084"
)  # fmt: skip


@pytest.fixture(scope="module")
def archive(example, tmp_path_factory):
    home = copy_home(example, tmp_path_factory.mktemp("subquestions") / "home")
    with Archive(Settings(home=home)) as archive:
        yield archive


@pytest.fixture(scope="module")
def split(archive):
    everything = [archive.catalogue.paper(name) for name in archive.catalogue.paper_ids()]
    return lambda question: subquestions(Question(question), everything)


@pytest.mark.parametrize(
    ("question", "found"),
    [
        (
            "BERT和Megatron-LM分别有多少参数？",
            {BERT: "BERT有多少参数？", MEGATRON: "Megatron-LM有多少参数？"},
        ),
        (
            "LoRA、FlashAttention 与 Mamba 这三种方法各有什么优点？",
            {
                LORA: "LoRA 方法有什么优点？",
                FLASH: "FlashAttention 方法有什么优点？",
                MAMBA: "Mamba 方法有什么优点？",
            },
        ),
        (
            "How many parameters do bert, LoRA, and Mamba have, respectively?",
            {
                BERT: "How many parameters do bert have?",
                LORA: "How many parameters do LoRA have?",
                MAMBA: "How many parameters do Mamba have?",
            },
        ),
        (
            "《BERT》和《Megatron-LM》分别提出了什么？",
            {BERT: "BERT提出了什么？", MEGATRON: "Megatron-LM提出了什么？"},
        ),
        (
            'What do "LoRA" and "Mamba" propose?',
            {LORA: "What do LoRA propose?", MAMBA: "What do Mamba propose?"},
        ),
        (
            "LoRA和Mamba在不同任务上与BERT相比分别提升多少？",
            {
                LORA: "LoRA在不同任务上与BERT相比提升多少？",
                MAMBA: "Mamba在不同任务上与BERT相比提升多少？",
            },
        ),
        # Compared with each other
        ("What is the difference between LoRA and Mamba?", {}),
        ("How do LoRA and Mamba differ?", {}),
        ("LoRA与Mamba相比哪个更快？", {}),
        ("LoRA和Mamba有什么区别？", {}),
        # An old letter s
        (
            "Are \u017fentence-BERT and U-Net new?",
            {SENTENCE: "Are \u017fentence-BERT new?", UNET: "Are U-Net new?"},
        ),
        # Not side by side, or one alone
        ("Is LoRA trained faster than Mamba?", {}),
        ("How many parameters does BERT have?", {}),
        ("BERT and BERT", {}),
        ("BERT and BERT, but LoRA too?", {}),
        ("Which papers are about BERT and LoRA?", {}),
        ("How many parameters do GPT-4o and Qwen2-VL have?", {}),
        ("", {}),
    ],
)
def test_the_subquestions_of_a_question(split, question, found):
    assert split(question) == found


@pytest.mark.parametrize(
    ("question", "paper", "names"),
    [
        ("Is BERT better than LoRA?", BERT, ("bert",)),
        ("Is Sentence-BERT better than LoRA?", BERT, ()),
        # What it gives its name to, and what it only uses
        ("Is RoIAlign better than COCO?", "2304.02643", ()),
        ("How large is SA-1B?", "2304.02643", ()),
        ("Is InstructGPT better than GPT-3?", "2203.02155", ()),
    ],
)
def test_a_papers_own_names(archive, question, paper, names):
    assert own_names(Question(question), archive.catalogue.paper(paper)) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("We propose a method that outperforms BERT.", ()),
        ("We present an evaluation of BERT.", ()),
        ("我们提出的方法优于BERT，也更快。", ()),
        ("We propose BERT, an encoder.", ("bert",)),
        ("我们提出编码器BERT。", ("bert",)),
    ],
)
def test_what_a_paper_is_compared_with_is_not_its_own(archive, text, names):
    paper = archive.catalogue.paper("1706.03762")
    paper = replace(paper, texts=(replace(paper.texts[0], text=text),))
    assert own_names(Question("Is BERT better than LoRA?"), paper) == names


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("BERT和Megatron-LM分别有多少参数？", {BERT: "340 million", MEGATRON: "8.3 billion"}),
        ("LoRA和FlashAttention分别能省多少显存？", {LORA: "三分之一", FLASH: "线性"}),
        ("How many parameters do BERT and Megatron-LM have?", {BERT: "340", MEGATRON: "8.3"}),
    ],
)
def test_each_paper_answers_for_itself(archive, question, said):
    answer = archive.asker.ask(question)
    assert {each.paper_id for each in answer.citations} == set(said)
    for each in answer.citations:
        assert said[each.paper_id] in each.quote
    assert [each.marker for each in answer.citations] == [1, 2]
    assert len(answer.answer.splitlines()) == 2


def test_one_that_is_not_answered_leaves_the_whole(archive):
    answer = archive.asker.ask("FlashAttention和Mamba的学习率分别是多少？")
    assert not answer.answerable
