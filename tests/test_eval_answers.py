"""Measuring answers: what counts as right, and every question of the sets over real archives."""

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest

from embeddings.errors import InputError
from embeddings.reader import BundledReader
from eval.answers import (
    MAX_SENTENCES,
    Outcome,
    Point,
    ask_all,
    best_sentences,
    by_kind,
    curve,
    is_right,
    measures,
    outcome,
)
from eval.asking import absent
from eval.example import examples
from eval.fitting import fit
from eval.questions import Judged, Split, load_questions, normal
from eval.reading import reading_questions
from eval.written import Support
from indexer.settings import Settings
from search_api.answers import decision, listing, scoring
from search_api.answers.answer import Answer, Citation
from search_api.answers.verification import Verifier
from search_api.archive import Archive

FACT = (("60.17%", "60.17 %"),)


def judged(**given):
    values = {"id": "x", "question": "q", "language": "en", "answerable": True, "kind": "number"}
    values |= {"papers": ("a",), "answer": FACT, "split": "dev"}
    return Judged(**values | given)


class Nothing:
    """A catalogue without a paper."""

    def paper(self, paper_id):
        return None


def answer(*cited):
    citations = tuple(
        Citation(n, paper, "t", "abstract", "en", quote, 0, len(quote), None, ())
        for n, (paper, quote) in enumerate(cited, 1)
    )
    return Answer("q", bool(citations), "", citations, 1.0, 0.5)


@pytest.mark.parametrize(
    ("cited", "right"),
    [
        ([("a", "It reaches 60.17% on average.")], True),
        ([("a", "It reaches 60.17  % on average.")], True),
        ([("b", "It reaches 60.17% on average.")], False),  # another paper's
        ([("a", "It is better."), ("b", "60.17%")], False),
        ([("a", "x"), ("a", "y"), ("a", "60.17%")], False),  # three sentences
        ([], False),
    ],
)
def test_an_answer_is_right_only_with_its_fact_from_its_paper(cited, right):
    assert MAX_SENTENCES == 2
    assert is_right(judged(), answer(*cited)) is right


def test_where_papers_are_asked_for_the_first_must_be_one():
    listing = judged(kind="which_papers", answer=(), papers=("a", "b"))
    assert is_right(listing, answer(("b", "…"), ("c", "…"), ("a", "…")))
    assert not is_right(listing, answer(("c", "…"), ("a", "…")))


def test_texts_are_compared_without_width_case_and_spacing():
    assert normal("ＧＰＴ－4\n o") == "gpt-4 o"


def test_measures_keep_refusals_apart_from_answers():
    none = judged(answerable=False, kind="order", papers=(), answer=())
    done = [
        Outcome(judged(), True, True, 2, 1, 2, 0.9, 0.1),
        Outcome(judged(), False, False, 0, 0, 0, 0.1, 0.1),
        Outcome(none, False, False, 0, 0, 0, 0.1, 0.3),
        Outcome(none, True, False, 1, 0, 1, 0.9, 0.3),
    ]
    found = measures(done)
    assert found == {
        "right": 0.5,
        "false refusals": 0.5,
        "refused": 0.5,
        "citation precision": 0.5,
        "quotes exact": 1.0,
        "median ms": 200.0,
    }
    assert by_kind(done) == {"number": (2, 0.5), "unanswerable: order": (2, 0.5)}


def test_what_is_measured_over_nothing_is_no_zero():
    found = measures([Outcome(judged(), False, False, 0, 0, 0, 0.1, 0.1)])
    assert (found["right"], found["false refusals"]) == (0.0, 1.0)
    for name in ("refused", "citation precision", "quotes exact"):
        assert found[name] is None
    assert best_sentences(None, None, None, [])["right"] is None


def test_papers_that_are_not_there_are_counted(example, copy_of, open_archive):
    catalogue = open_archive(copy_of(example)).catalogue
    assert absent(catalogue, ["1706.03762", "1706.03762", "0000.00001"]) == 1
    assert absent(catalogue, []) == 0
    with pytest.raises(InputError, match="None of the papers"):
        absent(catalogue, ["0000.00001"])


@pytest.mark.parametrize("what", ["ask", "watches", "claims"])
def test_another_archive_is_not_measured(archive_command, example, copy_of, what):
    done = archive_command("eval", what, "--json", home=copy_of(example))
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("archive: None of the papers that ")


def test_a_list_is_measured_by_what_belongs_on_it():
    asked = judged(kind="which_papers", answer=(), papers=("a", "b"), partly=("c",))
    given = answer(("a", "…"), ("c", "…"), ("d", "…"))
    done = outcome(Nothing(), asked, given, 0.1)
    assert (done.citations, done.from_right_paper, done.argued, done.recall) == (3, 1, 1, 0.5)
    found = measures([done])
    assert (found["citation precision"], found["list recall"]) == (0.5, 0.5)


def test_the_curve_says_what_each_threshold_refuses():
    confidences = np.array([0.1, 0.4, 0.6, 0.9])
    answerable = np.array([False, True, False, True])
    found = curve(confidences, answerable, [0.5, 0.0, 0.95, 0.5])
    assert found == [Point(0.0, 0.0, 0.0), Point(0.5, 0.5, 0.5), Point(0.95, 1.0, 1.0)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("It reaches 60.17 percent.", True),
        ("它达到百分之60.17。", True),
        ("It reaches 60.17.", False),
        ("It reaches 61%.", False),
        ("", False),
    ],
)
def test_a_written_answer_may_say_a_figure_in_its_own_way(text, said):
    assert judged().is_said_by(text) is said
    written = replace(answer(("a", "…")), answer=text, written_by="m")
    assert is_right(judged(), written) is said
    assert not is_right(judged(papers=("b",)), written)


def test_the_support_of_written_sentences_is_counted(session_embedder, judge):
    quote = "The sparse index answers in 12 ms on average."
    support = Support(Verifier(session_embedder, judge))
    support.count(replace(answer(("a", quote)), answer=quote))  # quoted: nobody wrote it
    assert support.measures() == {"written": 0, "supported": 0, "numbers cited": 0}
    text = f"{quote[:-1]} [1]. The index of Acme answers in 3 ms [1]. It was founded in May [2]."
    support.count(replace(answer(("a", quote)), answer=text, written_by="m"))
    assert support.measures() == {
        "written": 3,
        "supported": pytest.approx(1 / 3, abs=1e-4),
        "numbers cited": pytest.approx(2 / 3, abs=1e-4),
    }


def test_the_question_sets_are_whole_and_apart():
    splits = {split: load_questions(split) for split in get_args(Split)}
    whole = [each for questions in splits.values() for each in questions]
    assert len({each.id for each in whole}) == len(whole)
    for split, questions in splits.items():
        lists = split.startswith("lists")
        assert sum(each.answerable for each in questions) >= (34 if lists else 98)
        fewest = 34 if lists else 71 if split == "outside" else 73
        assert sum(not each.answerable for each in questions) >= fewest
    # Of papers on a list nothing is learned but how much of a question they should have.
    facts = {split: [e for e in each if e.kind != "which_papers"] for split, each in splits.items()}
    kept, seen = (
        {p for split in names for each in facts[split] for p in (*each.papers, *each.about)}
        for names in (("test",), ("train", "dev", "hard", "subtle"))
    )
    read = {paper_id for _, paper_id, _ in reading_questions()}
    assert not kept & (seen | read), "a paper of the kept half is among those learned from"
    assert not read & {paper for each in facts["dev"] for paper in each.papers}


@pytest.fixture(scope="module")
def archive(real, session_embedder):
    home, _ = real
    settings = Settings().model_copy(update={"home": home})
    with Archive(settings, embedder=session_embedder) as opened:
        yield opened


def test_every_quote_is_exact_over_real_archives(archive):
    questions = load_questions("dev")[::6]  # answerable or not
    done = ask_all(archive.asker, archive.catalogue, questions, lambda: None)
    found = measures(done)
    assert found["quotes exact"] == 1.0
    assert found["right"] > 0.6
    assert found["refused"] > 0.6


def test_learning_gives_the_features_that_are_used(archive, cache):
    pytest.importorskip("torch", reason="needs paper-archive[models]")
    questions = [each for each in load_questions("train") if int(each.id[1:]) % 15 == 0]
    found = examples(archive.asker, questions)
    assert any(example.right.any() for example in found)
    model, curve = fit(found, BundledReader(cache))
    assert model.sentence.features == list(scoring.FEATURES)
    assert model.decision.features == list(decision.FEATURES)
    assert model.listing.features == list(listing.FEATURES)
    refused = [point.refused for point in curve]
    assert refused == sorted(refused)
