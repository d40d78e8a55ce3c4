"""The judge of inference, with a real cross-encoder of random weights, and when it is asked."""

import pytest

from embeddings.entailment import CrossEncoderEntailment
from embeddings.errors import WeightsError
from search_api.answers.verification import MIN_ENTAILMENT, Source, Verifier
from tests.cross_encoder import write_cross_encoder

pytest.importorskip("sentence_transformers", reason="needs paper-archive[models]")

SOURCE = Source("Pruning reduces latency from 30 ms to 12 ms on phones.", "A Study of Pruning")


@pytest.fixture(scope="module")
def judge_folder(tmp_path_factory):
    labels = ["contradiction", "entailment", "neutral"]
    return write_cross_encoder(tmp_path_factory.mktemp("models") / "judge", labels)


class Judge:
    """Always of one opinion; notes what it was asked."""

    def __init__(self, chance):
        self._chance = chance
        self.asked = []

    def chance(self, premise, hypothesis):
        self.asked.append((premise, hypothesis))
        return self._chance


def test_chances_are_between_0_and_1_and_of_the_right_label(judge_folder):
    judge = CrossEncoderEntailment(judge_folder)
    pairs = [("cats sleep", "dogs run"), ("dogs run", "cats sleep"), ("a", "b" * 5000)]
    chances = [judge.chance(*pair) for pair in pairs]
    assert all(0 <= chance <= 1 for chance in chances)
    assert len({round(chance, 6) for chance in chances}) > 1
    whole = judge._model.predict(pairs[:1])[0]
    assert sum(whole) == pytest.approx(1, abs=1e-5)
    assert chances[0] == pytest.approx(float(whole[1]), abs=1e-5)


def test_other_names_of_the_label_are_known(tmp_path):
    judge = CrossEncoderEntailment(
        str(write_cross_encoder(tmp_path / "facts", ["REFUTES", "SUPPORTS"]))
    )
    assert 0 <= judge.chance("cats sleep", "dogs run") <= 1


def test_a_model_without_the_label_is_refused(tmp_path):
    folder = str(write_cross_encoder(tmp_path / "moods", ["happy", "sad"]))
    with pytest.raises(WeightsError, match="no label for entailment, only happy, sad"):
        CrossEncoderEntailment(folder)
    with pytest.raises(WeightsError, match="cannot load the cross-encoder"):
        CrossEncoderEntailment(str(tmp_path / "nothing"))


def test_the_judge_has_the_last_word(session_embedder):
    claim = "On phones, pruning reduces latency from 30 ms to 12 ms."
    for chance, objection in [(0.0, "does not follow (chance 0.00)"), (1.0, None)]:
        judge = Judge(chance)
        assert Verifier(session_embedder, Judge(1.0), judge).objection(claim, [SOURCE]) == objection
        assert judge.asked == [(SOURCE.quote, claim)]


def test_the_judge_is_not_asked_what_is_settled(session_embedder):
    judge = Judge(0.0)
    verifier = Verifier(session_embedder, Judge(1.0), judge)
    assert verifier.objection("Pruning reduces latency to 13 ms.", [SOURCE])
    clause = Source(f"{SOURCE.quote[:-1]}, and accuracy stays the same.", SOURCE.titles)
    assert verifier.objection("Accuracy stays the same.", [clause]) is None
    assert judge.asked == []


def test_it_is_asked_about_what_is_cut_out_of_the_middle(session_embedder):
    judge = Judge(0.0)
    verifier = Verifier(session_embedder, Judge(1.0), judge)
    assert "does not follow" in verifier.objection("Pruning reduces latency.", [SOURCE])
    assert len(judge.asked) == 1


def test_a_verifier_obeys_the_model_itself(session_embedder, judge_folder):
    judge = CrossEncoderEntailment(judge_folder)
    claim = "On phones, pruning reduces latency to 12 ms."
    chance = judge.chance(SOURCE.quote, claim)
    expected = None if chance >= MIN_ENTAILMENT else f"does not follow (chance {chance:.2f})"
    assert Verifier(session_embedder, Judge(1.0), judge).objection(claim, [SOURCE]) == expected
