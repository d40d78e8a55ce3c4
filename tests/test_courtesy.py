"""Greetings and thanks are no part of a question."""

import pytest

from search_api.answers.courtesy import without_courtesy


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("麻烦帮我找一下中医大模型的论文，谢谢啦", "帮我找一下中医大模型的论文"),
        ("你好，请问有没有讲优化器的论文？万分感谢！", "有没有讲优化器的论文？"),
        ("请教一下，X是什么", "X是什么"),
        ("hey quick q - does it need labels? thx", "does it need labels?"),
        ("Hi there, which papers are on RL? Thanks a lot!", "which papers are on RL?"),
    ],
)
def test_greetings_and_thanks_are_taken_off(question, asked):
    assert without_courtesy(question) == asked


@pytest.mark.parametrize(
    "question",
    [
        "谢谢",
        "Thanks!",
        "Which model thanks its users?",
        "High accuracy of what?",
        "Hi-C data: which papers?",
        "模型什么时候说谢谢？",
        "用户说你好时模型怎么回答？",
    ],
)
def test_what_is_asked_stays(question):
    assert without_courtesy(question) == question
