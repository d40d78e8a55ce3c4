"""The bundled reader, its adapter, and how it is learned."""

import random
from dataclasses import replace

import numpy as np
import pytest

from embeddings import adapter
from embeddings.adapter import Adapter
from embeddings.bundled import BundledEmbedder
from embeddings.engine import Engine
from embeddings.errors import InputError
from embeddings.graph import build
from embeddings.reader import BundledReader
from embeddings.weights import Weights
from eval.reading import Exercise, digest, exercises, split
from indexer.catalogue import Catalogue
from indexer.settings import Settings
from search_api.archive import Archive

SAID = "The model was trained on eight P100 GPUs for 3.5 days and reaches 41.8 BLEU."
NOT_SAID = "We propose a new architecture that rests on attention alone."
ASKED = ("How many GPUs was it trained on?", "用多少块 GPU 训练？")


@pytest.fixture(scope="module")
def reader(cache):
    return BundledReader(cache)


@pytest.mark.parametrize("question", ASKED)
def test_a_sentence_that_answers_is_told_from_one_that_does_not(reader, question):
    answers, does_not = reader.scores(question, [SAID, NOT_SAID])
    assert answers > 0.5 > does_not


def test_scores_are_chances_in_the_order_of_the_passages(reader):
    passages = [NOT_SAID, SAID, "", "长" * 900, SAID]
    scores = reader.scores(ASKED[0], passages)
    assert scores.shape == (5,)
    assert scores.dtype == np.float32
    assert ((scores >= 0) & (scores <= 1)).all()
    assert scores[1] == pytest.approx(scores[4], abs=1e-4)
    for passage, score in zip(passages, scores, strict=True):
        assert reader.scores(ASKED[0], [passage])[0] == pytest.approx(score, abs=0.05)
    assert reader.scores(ASKED[0], []).shape == (0,)


def test_it_is_prepared_once_and_beside_the_embedder(reader, bundled, cache):
    steps = []
    BundledReader(cache, steps.append)
    assert steps == []
    assert len([each for each in cache.iterdir() if "-reader-" in each.name and each.is_dir()]) == 1


def test_a_saved_adapter_is_the_same(tmp_path):
    shipped = adapter.load(adapter.bundled())
    adapter.save(shipped, tmp_path / "again.npz")
    again = adapter.load(tmp_path / "again.npz")
    assert again.up.keys() == again.down.keys() == shipped.up.keys()
    for name in shipped.up:
        assert (again.up[name] == shipped.up[name]).all()
        assert (again.down[name] == shipped.down[name]).all()
    assert (again.head == shipped.head).all()
    assert again.bias == shipped.bias
    assert again.quantization.low == shipped.quantization.low
    assert again.quantization.high == shipped.quantization.high
    assert again.quantization.smooth.keys() == shipped.quantization.smooth.keys()
    for name, values in shipped.quantization.smooth.items():
        assert (again.quantization.smooth[name] == values).all()


def test_one_without_scales_runs_in_float32(tmp_path, cache):
    shipped = adapter.load(adapter.bundled())
    adapter.save(replace(shipped, quantization=None), tmp_path / "exact.npz")
    assert adapter.load(tmp_path / "exact.npz").quantization is None
    exact = BundledReader(tmp_path, learned=tmp_path / "exact.npz")
    passages = [SAID, NOT_SAID, f"{NOT_SAID} {SAID}"]
    for question in ASKED:
        wanted = exact.scores(question, passages)
        assert BundledReader(cache).scores(question, passages) == pytest.approx(wanted, abs=0.1)


# How it is learned


@pytest.fixture(scope="module")
def found(archives, tmp_path_factory):
    with Archive(Settings(home=tmp_path_factory.mktemp("reading") / "home")) as archive:
        archive.index([archives], embed=False)
        return exercises(archive.catalogue, archive.embedder)


def test_answers_are_among_the_sentences(found):
    assert len(found) > 1900
    assert {bool(each.answers) for each in found} == {True, False}
    for each in found:
        assert len(each.sentences) == len(each.languages)
        assert bool(each.sentences) == bool(each.paper_id) == bool(each.title)
        assert not set(each.answers) & set(each.others)
        assert all(n < len(each.sentences) for n in each.answers)


def test_no_paper_is_learned_from_and_held_out(found):
    learned, held_out = split(found)
    assert len({each.paper_id for each in held_out}) == 80
    held = {each.title for each in held_out}
    assert not held & {each.title for each in learned}
    assert not held & {title for each in learned for title, _ in each.elsewhere}
    assert len(learned) + len(held_out) == len(found)


def test_what_looks_like_an_answer_elsewhere_is_of_other_papers(found):
    assert sum(not each.paper_id for each in found) > 800
    for each in found:
        assert bool(each.elsewhere) != each.lists, "others may belong on a list as well"
        assert each.title not in {title for title, _ in each.elsewhere}
        assert not {said for _, said in each.elsewhere} & {each.sentences[n] for n in each.answers}


def test_most_questions_have_their_words_marked(found):
    assert sum(bool(each.blamed) for each in found) > 800
    assert sum(bool(each.words) for each in found) > 800
    for each in found:
        assert not (each.blamed and each.answers)
        assert all(0 <= start < end <= len(each.question) for start, end in each.blamed)
        assert each.words.keys() <= set(each.answers)
        for place, spans in each.words.items():
            assert spans
            assert all(0 <= start < end <= len(each.sentences[place]) for start, end in spans)


def test_translations_of_an_answer_are_no_wrong_answers():
    given = Exercise(
        "x", "X", "?", ("答案", "the answer", "other"), ("zh", "en", "en"), (1,), False
    )
    assert given.others == [2]
    assert Exercise("x", "X", "?", given.sentences, given.languages, (1,), True).others == [0, 2]
    assert Exercise("x", "X", "?", given.sentences, given.languages, (), False).others == [0, 1, 2]


def test_what_is_shown_is_labelled_as_the_question_says():
    """Over many rounds: every kind of text is met, and each sentence has its own label."""
    from eval.showing import ALONE, CROSSING, HIDDEN, SIZES, shown

    own, others = [f"sentence {n}" for n in range(6)], [f"第 {n} 句" for n in range(6)]
    answers = {own[1], others[1]}
    given = Exercise(
        "x",
        "X",
        "What?",
        (*own, *others),
        ("en",) * 6 + ("zh",) * 6,
        (1, 7),
        True,
        (("Y", "said"),),
    )
    chance = random.Random(2)
    texts = [text for _ in range(2000) for text in shown(given, chance)]
    for text in texts:
        assert text.question == "What?"
        assert text.answers == tuple(said in answers for said in text.sentences)
        assert (text.title == "Y") == (text.sentences == ("said",))
        assert len(set(text.sentences)) == len(text.sentences)
    together = [text for text in texts if len(text.sentences) > 1]
    assert len(together) == 2000
    assert {len(text.sentences) for text in together} == set(SIZES)
    assert np.mean([not any(text.answers) for text in together]) == pytest.approx(HIDDEN, abs=0.03)
    crossing = [set(text.sentences) <= set(others) for text in together]
    assert np.mean(crossing) == pytest.approx(CROSSING, abs=0.06)  # some by chance besides
    alone = (len(texts) - len(together)) / 3 / 2000
    assert alone == pytest.approx(ALONE, abs=0.04)


def test_words_are_shown_where_they_are_known():
    from eval.showing import shown

    answers = {1: ((4, 7),)}
    said, languages = (NOT_SAID, SAID, NOT_SAID), ("en",) * 3
    given = Exercise("x", "X", "What?", said, languages, (1,), True, words=answers)
    denied = Exercise("x", "X", "What?", said, languages, (), True, blamed=((0, 4),))
    for seed in range(40):
        for text in shown(given, random.Random(seed)):
            assert text.blamed == (() if any(text.answers) else None)
            assert text.words == tuple(answers[1] if each else () for each in text.answers)
        for text in shown(replace(given, words={}), random.Random(seed)):
            assert (text.words is None) == any(text.answers)
        for text in shown(denied, random.Random(seed)):
            assert text.blamed == (((0, 4),) if len(text.sentences) > 1 else None)


def test_the_tokens_of_marked_words_are_told(tmp_path):
    pytest.importorskip("torch", reason="needs paper-archive[models]")
    from eval.reader_model import ReaderModel, _Pieces
    from eval.showing import Shown

    asked = "Why does Amos-SLAM 固定 the weights?"
    place, said = asked.index("固定"), SAID.index("eight P100")
    texts = [
        Shown(asked, "A title", (NOT_SAID,), (False,), ((place, place + 2),), ((),)),
        Shown(asked, "A title", (NOT_SAID, SAID), (False, True), (), ((), ((said, said + 10),))),
        Shown(asked, "A title", (SAID, SAID * 30), (True, True)),
    ]
    model = ReaderModel(tmp_path / "model")
    pieces = _Pieces(model.tokenizer, texts)
    ids, told = pieces.inputs["input_ids"], (pieces.blamed(texts), pieces.answering(texts))

    def read(row, chosen):
        tokens = model.tokenizer.convert_ids_to_tokens(ids[row][chosen])
        return "".join(tokens).replace("▁", " ").strip()

    assert [read(row, told[0][row] == 1) for row in range(3)] == ["固定", "", ""]
    assert [read(row, told[1][row] == 1) for row in range(3)] == ["", "eight P100", ""]
    assert read(1, ~told[0][1].isnan()) == asked
    assert told[0][2].isnan().all()
    assert told[1][2].isnan().all()
    assert model.loss(texts).isfinite()


def test_of_a_question_that_nothing_answers_other_papers_are_shown():
    from eval.showing import shown

    elsewhere = tuple((f"paper {n}", f"sentence {n}") for n in range(4))
    stranger = Exercise("", "", "What?", (), (), (), True, elsewhere)
    for seed in range(20):
        texts = list(shown(stranger, random.Random(seed)))
        assert {(text.title, *text.sentences) for text in texts} <= set(elsewhere)
        assert len(texts) == 2
        assert not any(any(text.answers) for text in texts)


def test_a_digest_bears_spacing_and_case():
    assert digest("An  FID of 3.17") == digest("an fid of\n3.17") != digest("an fid of 3.18")


def test_an_archive_without_those_papers_is_told(tmp_path, cache):
    with Catalogue(tmp_path / "catalogue.sqlite") as empty, pytest.raises(InputError, match="None"):
        exercises(empty, BundledEmbedder(cache))


def test_what_is_learned_runs_as_it_was_learned(tmp_path):
    """The engine's scores are those of the model in torch, up to 8 bits."""
    torch = pytest.importorskip("torch", reason="needs paper-archive[models]")
    from eval.adapting import EXACT, learn, scaled, steps
    from eval.reader_model import ReaderModel
    from eval.showing import Shown

    given = [
        Exercise("x", "Attention", question, (SAID, NOT_SAID), ("en", "en"), answers, True)
        for question, answers in ((ASKED[0], (0,)), (ASKED[1], (0,)), ("What is the FID?", ()))
        for _ in range(30)
    ]
    told = []
    learned = learn(given, tmp_path / "model", told.append)
    assert len(told) == steps(given) > 3
    model = ReaderModel(tmp_path / "model", learned)
    model.encoder.eval()
    together = [(SAID,), (NOT_SAID,), (NOT_SAID, SAID)]
    shown = [Shown(asked, "Attention", said, ()) for asked in ASKED for said in together]
    with torch.no_grad():
        expected, each = (logits.numpy() for logits in model.logits(shown))
    assert np.isnan(each).tolist() == [[False, True], [False, True], [False, False]] * 2
    weights = Weights()
    texts = [f"query: {t.question} passage: {t.title} | {' '.join(t.sentences)}" for t in shown]
    assert _scores(weights, None, learned, texts) == pytest.approx(expected, abs=0.01)
    scales = scaled(learned, given).quantization
    assert len(scales.smooth) == 4 * weights.shape.layers - len(EXACT)
    assert not scales.smooth.keys() & set(EXACT)
    assert _scores(weights, scales, learned, texts) == pytest.approx(expected, abs=0.2)


def _scores(weights, scales, learned: Adapter, texts):
    engine = Engine.from_weights(weights, build(weights, scales, learned))
    scores = np.empty(len(texts))
    for positions, _, outputs in engine.batches(texts):
        scores[positions] = outputs[0][:, 0]
    return scores
