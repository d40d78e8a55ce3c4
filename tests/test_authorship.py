"""Whose papers a question asks for."""

import pytest

from search_api.answers.authorship import find_authorship


@pytest.mark.parametrize(
    ("question", "name", "rest"),
    [
        ("papers by Mason Minot", "Mason Minot", "papers"),
        ("Papers written by Jan van der Berg on robots", "Jan van der Berg", "Papers on robots"),
        ("Which papers were written by A. Vaswani?", "A. Vaswani", "Which papers ?"),
        ("Which papers did Mason Minot write?", "Mason Minot", "Which papers ?"),
        ("What has Łukasz Kaiser published?", "Łukasz Kaiser", "What ?"),
        (
            "Show me articles from Yann LeCun about JEPA",
            "Yann LeCun",
            "Show me articles about JEPA",
        ),
        ("Mason Minot的论文有哪些？", "Mason Minot", "论文有哪些？"),
        ("有没有Kaiming He写的论文", "Kaiming He", "有没有 论文"),
        ("何恺明写过哪些论文？", "何恺明", "哪些论文？"),
        ("请问何恺明发表了什么文章", "何恺明", "请问 什么文章"),
    ],
)
def test_the_name_is_taken_out(question, name, rest):
    found = find_authorship(question)
    assert found is not None
    assert (found.name, found.rest) == (name, rest)


@pytest.mark.parametrize(
    "question",
    [
        "Who wrote BERT?",
        "papers on BERT",
        "papers by one author",
        "扩散模型的论文有哪些",
        "What did BERT achieve?",
        "How many parameters has GPT?",
    ],
)
def test_nobody_is_named(question):
    assert find_authorship(question) is None
