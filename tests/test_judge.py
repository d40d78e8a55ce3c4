"""The bundled judge over the real model: what follows is likelier than what does not.

Which way a claim points is `direction`'s to tell, and `verification`'s tests.
"""

import pytest

from embeddings.reader import titled
from eval.claims import JudgedClaim, load_claims, report, table, verified
from eval.reading import records
from indexer.settings import Settings
from search_api.answers.verification import Source, Verifier
from search_api.archive import Archive

TITLE = "SeaEar: Telling Whales Apart"
PREMISE = (
    "Noise of ships lowers the accuracy of SeaEar from 93.5% to 71%, although the network is small "
    "enough to run on a buoy."
)


SPLITS = ("train", "dev", "test")


@pytest.mark.parametrize(
    ("follows", "other"),
    [
        ("SeaEar fits on a buoy.", "SeaEar fits on a satellite."),
        ("Yes, SeaEar can run on a buoy.", "Yes, SeaEar can run on a satellite."),
        (
            "船舶的噪声会让SeaEar的准确率降到71%。",
            "海豚的噪声会让SeaEar的准确率降到71%，因为它们的叫声相似。",
        ),
        ("它小到可以在浮标上运行。", "它小到可以在手机上运行。"),
        ("Ships' noise makes it worse.", "The weather makes it worse."),
    ],
)
def test_what_follows_is_likelier_than_its_twin(judge, follows, other):
    premise = titled(TITLE, PREMISE)
    assert judge.chance(premise, follows) > judge.chance(premise, other)


def test_a_sentence_follows_from_itself(judge):
    assert judge.chance(titled(TITLE, PREMISE), PREMISE) > 0.6
    assert judge.chance(titled(TITLE, PREMISE), "The leaves turn sunlight into sugar.") < 0.1


def test_claims_come_in_halves_of_papers_apart():
    found = records("claims.jsonl")
    papers = {split: {e["about"] for e in found if e["split"] == split} for split in SPLITS}
    assert not papers["train"] & papers["dev"]
    assert not (papers["train"] | papers["dev"]) & papers["test"]
    for split in ("dev", "test"):
        borne = [each["borne"] for each in found if each["split"] == split]
        assert 0.49 < sum(borne) / len(borne) < 0.51
    assert len({each["id"] for each in found}) == len({each["claim"] for each in found})


def test_every_claim_names_sentences_that_are_there(archives, tmp_path):
    pages = archives.parent / "more-archives" / "C"
    if not pages.is_dir():
        pytest.skip(f"{pages} is not here: the claims are about its papers")
    with Archive(Settings(home=tmp_path)) as archive:
        archive.index([pages], embed=False)
        there = [e for e in records("claims.jsonl") if archive.catalogue.paper(e["about"])]
        loaded = [each for split in SPLITS for each in load_claims(archive.catalogue, split)]
    assert len(loaded) > 1000
    assert {each.text for each in loaded} <= {each["claim"] for each in there}
    assert all(each.source.quote and each.source.title for each in loaded)


def test_what_is_kept_is_told_by_kind(session_embedder, judge):
    source = Source(PREMISE, TITLE)
    found = [
        JudgedClaim("SeaEar is small enough to run on a buoy.", source, True, "part", False),
        JudgedClaim("The leaves turn sunlight into sugar.", source, False, "off", False),
        JudgedClaim("船舶噪声使准确率从71%升到93.5%。", source, False, "turned", True),
    ]
    kept, alone = verified(found, Verifier(session_embedder, judge), judge)
    assert kept == [True, False, False]
    assert alone[:2] == [True, False]
    told = report(found, kept, alone, "dev")
    assert told.measures["not borne"] == 0.0
    assert told.kinds["not borne"] == 2
    made = table(told)
    rows = dict(zip(made.columns[0].cells, made.columns[2].cells, strict=True))
    assert rows["borne"] == "1.000"
    assert rows["not borne: turned"] == rows["not borne"] == "0.000"


def test_copies_are_learned_too():
    pytest.importorskip("torch", reason="needs paper-archive[models]")
    from eval import judging

    one, other = Source("Whales sing.", TITLE), Source("Ships are loud.", TITLE)
    found = [
        JudgedClaim("They sing.", one, True, "part", False),
        JudgedClaim("They are loud.", other, True, "part", False),
    ]
    batches = judging.rounds(found)
    seen = {(text.question, *text.sentences, *text.answers) for batch in batches for text in batch}
    assert seen == {
        ("They sing.", "Whales sing.", True),
        ("They are loud.", "Ships are loud.", True),
        ("Whales sing.", "Whales sing.", True),
        ("Ships are loud.", "Whales sing.", False),
    }
