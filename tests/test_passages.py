"""What is embedded: one passage a text and language, ids from content, long texts in pieces."""

import uuid
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.authors import author_key, author_keys
from indexer.merge import SeenRow, merge
from indexer.paper import Row, Sighting, Text
from indexer.passages import (
    MAX_TOKENS,
    STRUCTURED,
    passages,
    split,
    tokens,
)

ID = "2509.22653"


def paper(*texts, **row):
    row = {"title": "A Title", "title_language": "en", "arxiv_id": ID} | row
    made = Row(line=1, end_line=2, texts=tuple(Text(*text) for text in texts), **row)
    return merge(ID, [SeenRow(made, Sighting("a", "a.md", 1, "layout", "2025-09-29"))])


def test_one_passage_a_text_with_title_and_body():
    found = passages(paper(("abstract", "en", "Body."), ("translation", "zh", "正文。")))
    assert [(p.kind, p.language, p.body, p.text) for p in found] == [
        ("abstract", "en", "Body.", "A Title\nBody."),
        ("translation", "zh", "正文。", "A Title\n正文。"),
    ]
    assert all(p.paper_id == ID for p in found)


def test_a_translated_title_goes_with_its_language():
    base = paper(("abstract", "en", "Body."), ("translation", "zh", "正文。"))
    other = paper(title="一个标题", title_language="zh")
    both = replace(base, titles=base.titles + other.titles)
    assert [p.text for p in passages(both)] == ["A Title\nBody.", "一个标题\n正文。"]


def test_a_structured_summary_is_one_passage_in_a_fixed_order():
    parts = [(kind, "zh", f"{kind}。") for kind in reversed(STRUCTURED)]
    (only,) = passages(paper(*parts))
    assert only.body == "\n".join(f"{kind}。" for kind in STRUCTURED)
    assert (only.kind, only.language) == ("summary", "zh")


def test_a_paper_without_text_is_found_by_its_title():
    (only,) = passages(paper(title="标题", title_language="zh"))
    assert (only.text, only.body, only.language) == ("标题", "", "zh")


@pytest.mark.parametrize("failed", ["Error", "N/A", "null"])
def test_what_a_failed_generator_printed_is_not_embedded(failed):
    found = passages(paper(("tldr", "zh", failed), ("abstract", "en", "Body.")))
    assert [p.body for p in found] == ["Body."]


def test_words_find_authors_and_id_but_meaning_does_not_see_them():
    (only,) = passages(paper(("abstract", "en", "Body."), authors=("Li Wei",)))
    assert "Li Wei" in only.lexical_text
    assert ID in only.lexical_text
    assert "Li Wei" not in only.text


def test_ids_are_uuids_that_follow_from_content():
    ids = [p.id for p in passages(paper(("abstract", "en", "Body.")))]
    assert ids == [p.id for p in passages(paper(("abstract", "en", "Body.")))]
    assert str(uuid.UUID(ids[0])) == ids[0]
    for other in (
        paper(("abstract", "en", "Body!")),
        paper(("abstract", "en", "Body."), title="Another"),
        paper(("summary", "en", "Body.")),
        paper(("abstract", "en", "Body."), authors=("X",)),
    ):
        assert [p.id for p in passages(other)] != ids


def test_what_only_filters_leaves_ids_alone():
    plain, tagged = paper(("abstract", "en", "B.")), paper(("abstract", "en", "B."), topics=("t",))
    (one,), (two,) = passages(plain), passages(tagged)
    assert one.id == two.id
    assert (one.payload.topics, two.payload.topics) == ((), ("t",))


def test_payload():
    made = paper(
        ("abstract", "en", "Body."),
        authors=("Cherti, Mehdi",),
        topics=("t",),
        categories=("cs.CV",),
        code_urls=("https://x",),
        published="2025-09-26",
    )
    (only,) = passages(made)
    payload = only.payload
    assert (payload.paper_id, payload.kind, payload.language) == (ID, "abstract", "en")
    assert payload.date == 20250926
    assert payload.authors == ("cherti", "m cherti", "mehdi", "mehdi cherti")
    assert (payload.topics, payload.categories, payload.sources) == (("t",), ("cs.CV",), ("a",))
    assert payload.has_code is True


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("Mehdi Cherti", "cherti"),
        ("Cherti, Mehdi", "Mehdi CHERTI"),
        ("François Chollet", "francois"),
        ("Jürgen Schmidhuber", "Schmidhuber, Jürgen"),
        ("Li-Wei Zhang", "Li Wei"),
        ("王小明", "王小明"),
        ("李 雷", "李雷"),
        ("李雷", "李　雷"),
        ("欧阳, 小 明", "小明欧阳"),
        ("李 雷 Li Lei", "李雷"),
        ("Sang-Woo O'Neil", "o'neil"),
        ("Łukasz Kaiser", "Lukasz Kaiser"),
        ("Søren Þórsson", "Soren Thorsson"),
        ("Işıl Đurić", "isil duric"),
        ("Thomas G. Dietterich", "Thomas Dietterich"),
        ("Thomas G. Dietterich", "T. G. Dietterich"),
        ("Thomas G. Dietterich", "Dietterich, T."),
        ("Ashish Vaswani", "A. Vaswani"),
    ],
)
def test_authors_are_found_by_parts_and_spellings(name, asked):
    assert author_key(asked) in author_keys(name)


def test_half_a_word_of_a_name_is_no_part():
    assert author_key("cher") not in author_keys("Mehdi Cherti")
    assert author_key("B. Cherti") not in author_keys("Mehdi Cherti")


# Splitting


def test_short_text_stays_whole():
    assert split("Short. Text.", "en") == ["Short. Text."]


@pytest.mark.parametrize(
    ("sentence", "language", "gap"),
    [("This sentence says number {} about graphs.", "en", " "), ("第{}句话讲图和向量。", "zh", "")],
)
def test_long_text_is_cut_between_sentences_into_even_pieces(sentence, language, gap):
    sentences = [sentence.format(n) for n in range(120)]
    pieces = split(gap.join(sentences), language)
    assert len(pieces) > 1
    assert gap.join(pieces) == gap.join(sentences)
    sizes = [tokens(piece) for piece in pieces]
    assert max(sizes) <= MAX_TOKENS
    assert min(sizes) > 0.6 * max(sizes)
    assert all(piece.endswith((".", "。")) for piece in pieces)


@given(
    st.text(alphabet=st.sampled_from("ab 。.，向量\n检索!?"), min_size=600, max_size=3000),
    st.sampled_from(["zh", "en"]),
)
def test_pieces_hold_every_character_and_fit(text, language):
    pieces = split(text, language)
    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert all(tokens(piece) <= MAX_TOKENS for piece in pieces)


def test_a_sentence_without_end_is_cut_all_the_same():
    pieces = split("向" * 3000, "zh")
    assert "".join(pieces) == "向" * 3000
    assert all(tokens(piece) <= MAX_TOKENS for piece in pieces)


def test_pieces_of_a_long_text_are_passages_with_the_title():
    text = "".join(f"第{number}句讲向量检索。" for number in range(150))
    found = passages(paper(("summary", "zh", text)))
    assert len(found) > 1
    assert all(p.text.startswith("A Title\n") for p in found)
    assert len({p.id for p in found}) == len(found)


def test_repeated_pieces_are_one_passage_each():
    found = passages(paper(("summary", "zh", "重复。" * 2000)))
    assert len({p.id for p in found}) == len(found)
