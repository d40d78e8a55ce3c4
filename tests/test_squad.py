"""Questions in SQuAD's format."""

import json

import pytest

from embeddings.errors import InputError
from eval.squad import exercises

ENGLISH = "Ada built it in 1843. It was never sold. Bob wrote a letter in 1843."
CHINESE = "它由艾达于1843年建成。它从未出售过。"


def written(path, title, context, *asked):
    paragraphs = [{"context": context, "qas": list(asked)}]
    path.write_text(json.dumps({"data": [{"title": title, "paragraphs": paragraphs}]}), "utf-8")
    return path


def asked(context, id_, question, answer=None, plausible=None):
    def spans(text):
        return [{"text": text, "answer_start": context.index(text)}] if text else []

    record = {"id": id_, "question": question, "answers": spans(answer)}
    return record | ({"plausible_answers": spans(plausible)} if plausible else {})


@pytest.fixture
def english(tmp_path):
    when = asked(ENGLISH, "1", "When was the engine built?", "1843")
    price = asked(ENGLISH, "2", "Who sold the engine in a letter?", plausible="never")
    return written(tmp_path / "en.json", "Some_Engine", ENGLISH, when, price)


def test_the_sentence_with_the_span_answers(english):
    first, _ = exercises([english])
    assert first.title == "Some Engine"
    assert first.sentences[first.answers[0]] == "Ada built it in 1843."
    # The same year elsewhere may answer too: neither right nor wrong.
    assert set(first.sentences) == {"Ada built it in 1843.", "It was never sold."}
    assert [first.sentences[n] for n in first.others] == ["It was never sold."]


def test_nothing_answers_and_what_nearly_does_comes_first(english):
    _, second = exercises([english])
    assert second.answers == ()
    assert second.sentences[0] == "It was never sold."
    assert len(second.others) == 3


def test_equal_ids_in_two_languages_cross(english, tmp_path):
    when = asked(CHINESE, "1", "引擎是什么时候建成的？", "1843")
    chinese = written(tmp_path / "zh.json", "引擎", CHINESE, when)
    found = [each for each in exercises([english, chinese]) if each.paper_id == "1"]
    pairs = {(each.question[0], each.sentences[each.answers[0]][0]) for each in found}
    assert pairs == {("W", "A"), ("引", "A"), ("W", "它"), ("引", "它")}
    assert {each.languages[0] for each in found} == {"en", "zh"}


@pytest.mark.parametrize("text", ["", "[]", '{"data": [{"paragraphs": 3}]}', "no json"])
def test_another_format_is_told(tmp_path, text):
    path = tmp_path / "other.json"
    path.write_text(text)
    with pytest.raises(InputError, match=r"other\.json"):
        exercises([path])


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(InputError, match=r"none\.json"):
        exercises([tmp_path / "none.json"])
