"""Rows folded into papers: nothing lost, nothing depending on order."""

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.merge import SeenRow, merge
from indexer.paper import Row, Sighting, Text

ID = "2509.22653"


def seen(source="a", line=1, day="2025-09-29", file=None, version=None, layout="layout", **row):
    row = {"title": "A Title", "title_language": "en", "arxiv_id": ID} | row
    made = Row(line=line, end_line=line, version=version, **row)
    return SeenRow(made, Sighting(source, file or f"{source}.md", line, layout, day, version))


ENGLISH = Text("abstract", "en", "One text.")
CHINESE = Text("translation", "zh", "一段文字。")


def test_one_row_is_kept_whole():
    row = seen(
        texts=(ENGLISH, CHINESE),
        authors=("Li Wei", "Ada B"),
        topics=("检索",),
        categories=("cs.IR",),
        code_urls=("https://github.com/a/b",),
        notes=("a note",),
        version=2,
        published="2025-09-26",
    )
    paper = merge(ID, [row])
    assert (paper.paper_id, paper.arxiv_id, paper.title) == (ID, ID, "A Title")
    assert paper.url == f"https://arxiv.org/abs/{ID}"
    assert paper.authors == ("Li Wei", "Ada B")
    assert (paper.topics, paper.categories) == (("检索",), ("cs.IR",))
    assert (paper.code_urls, paper.notes) == (("https://github.com/a/b",), ("a note",))
    assert paper.versions == (2,)
    assert [(text.kind, text.language, text.text, text.origins) for text in paper.texts] == [
        ("abstract", "en", "One text.", (0,)),
        ("translation", "zh", "一段文字。", (0,)),
    ]
    assert paper.seen_in == (row.sighting,)
    assert (paper.date, paper.date_precision) == ("2025-09-26", "day")


def test_same_text_seen_twice_is_one_text_with_both_origins():
    paper = merge(ID, [seen("a", texts=(ENGLISH,)), seen("b", texts=(ENGLISH, CHINESE))])
    assert [(text.text, text.origins) for text in paper.texts] == [
        ("One text.", (0, 1)),
        ("一段文字。", (1,)),
    ]


def test_white_space_and_who_calls_it_a_translation_make_no_other_text():
    abstract = Text("abstract", "zh", "一段 文字。")
    lines = Text("translation", "zh", "一段\n文字。")
    paper = merge(ID, [seen("a", texts=(abstract, ENGLISH)), seen("b", texts=(lines,))])
    assert [(text.kind, text.text, text.origins) for text in paper.texts] == [
        ("translation", "一段\n文字。", (0, 1)),
        ("abstract", "One text.", (0,)),
    ]


def test_where_rows_disagree_both_sides_stay_with_their_origins():
    other = Text("abstract", "en", "Another text.")
    rows = [
        seen("a", texts=(ENGLISH,), title="Title one", code_urls=("https://a",), version=1),
        seen("b", texts=(other,), title="Title two", code_urls=("https://b",), version=3),
    ]
    paper = merge(ID, rows)
    assert {(title.text, title.origins) for title in paper.titles} == {
        ("Title one", (0,)),
        ("Title two", (1,)),
    }
    assert {(text.text, text.origins) for text in paper.texts} == {
        ("One text.", (0,)),
        ("Another text.", (1,)),
    }
    assert set(paper.code_urls) == {"https://a", "https://b"}
    assert paper.versions == (1, 3)


def test_a_papers_own_title_goes_before_translations_and_the_most_printed_first():
    rows = [
        seen("a", title="一个标题", title_language="zh"),
        seen("b", title="一个标题", title_language="zh"),
        seen("c", title="Rare"),
        seen("d", title="Common"),
        seen("e", title="Common"),
    ]
    paper = merge(ID, rows)
    assert paper.title == "Common"
    assert len(paper.titles) == 3


def test_the_longest_list_of_authors_leads_and_nobody_is_lost_or_doubled():
    rows = [
        seen("a", authors=("Li Wei",)),
        seen("b", authors=("Ada B", "LI  WEI", "Cy D")),
        seen("c", authors=("Eve F",)),
    ]
    assert merge(ID, rows).authors == ("Ada B", "LI  WEI", "Cy D", "Eve F")


@pytest.mark.parametrize(
    ("rows", "date", "precision"),
    [
        ([{"published": "2025-09-28"}, {"published": "2025-09-26"}], "2025-09-26", "day"),
        ([{"day": "2025-09-30"}, {"day": "2025-09-29"}], "2025-09-29", "day"),
        ([{"day": None}], "2025-09-01", "month"),
        # Shown long after its month, or before it: the day says nothing about the paper.
        ([{"day": "2026-03-01"}], "2025-09-01", "month"),
        ([{"day": "2025-08-01"}], "2025-09-01", "month"),
        ([{"day": "2026-03-01", "published": "2026-03-01"}], "2026-03-01", "day"),
        ([{"day": "2025-09-30", "arxiv_id": None}], "2025-09-30", "day"),
        ([{"day": None, "arxiv_id": None}], None, None),
        # Harvested from a repository: the day on which that was done says nothing.
        ([{"day": "2025-09-30", "arxiv_id": None, "layout": "oaipmh"}], None, None),
        ([{"day": "2025-09-30", "layout": "oaipmh"}], "2025-09-01", "month"),
        # So does the name of a library's file.
        ([{"day": "2025-09-30", "arxiv_id": None, "layout": "bibtex"}], None, None),
        ([{"day": "2025-09-28", "layout": "oaipmh"}, {"day": "2025-09-30"}], "2025-09-30", "day"),
        ([{"day": None, "arxiv_id": "cs/9905014"}], "1999-05-01", "month"),
        # A month or a year counts where nothing says more.
        ([{"day": None, "arxiv_id": None, "published": "2015-05"}], "2015-05-01", "month"),
        ([{"arxiv_id": None, "published": "2015"}], "2015-01-01", "year"),
        ([{"arxiv_id": None, "published": "2025"}], "2025-09-29", "day"),
        ([{"published": "2024"}], "2025-09-29", "day"),
        ([{"published": "2015"}, {"published": "2015-05-28"}], "2015-05-28", "day"),
        (
            [{"day": None, "arxiv_id": None, "published": each} for each in ("2015", "2015-05")],
            "2015-05-01",
            "month",
        ),
    ],
)
def test_date(rows, date, precision):
    paper_id = rows[0].get("arxiv_id", ID) or "title:1"
    paper = merge(paper_id, [seen(str(number), **row) for number, row in enumerate(rows)])
    assert (paper.date, paper.date_precision) == (date, precision)


def test_a_paper_without_an_arxiv_id_keeps_its_link():
    paper = merge("doi:10.1/x", [seen(arxiv_id=None, url="https://doi.org/10.1/x")])
    assert paper.url == "https://doi.org/10.1/x"
    assert paper.arxiv_id is None


ROWS = st.lists(
    st.builds(
        seen,
        source=st.sampled_from("abc"),
        line=st.integers(1, 3),
        day=st.sampled_from([None, "2025-09-29", "2025-10-01"]),
        title=st.sampled_from(["One", "Two"]),
        texts=st.lists(st.sampled_from([ENGLISH, CHINESE]), max_size=2).map(tuple),
        authors=st.lists(st.sampled_from(["A B", "a b", "C D"]), max_size=2).map(tuple),
        topics=st.lists(st.sampled_from("xyz"), max_size=2, unique=True).map(tuple),
        version=st.sampled_from([None, 1, 2]),
        published=st.sampled_from([None, "2025-09-20", "2025-09-21"]),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda item: (item.sighting.source, item.sighting.line),
)


@given(ROWS, st.randoms())
def test_order_does_not_matter(rows, rng):
    mixed = rng.sample(rows, len(rows))
    assert merge(ID, mixed) == merge(ID, rows)


@given(ROWS)
def test_nothing_is_lost(rows):
    paper = merge(ID, rows)
    assert sorted(paper.seen_in, key=repr) == sorted((r.sighting for r in rows), key=repr)
    said = {
        (t.kind, t.language, t.text, at) for r in rows for t in r.row.texts for at in [r.sighting]
    }
    kept = {
        (t.kind, t.language, t.text, paper.seen_in[at]) for t in paper.texts for at in t.origins
    }
    assert said == kept
    assert {r.row.title for r in rows} == {title.text for title in paper.titles}
    assert {topic for r in rows for topic in r.row.topics} == set(paper.topics)
    folded = {name.casefold() for name in paper.authors}
    assert {name.casefold() for r in rows for name in r.row.authors} == folded


def test_order_does_not_matter_for_files_of_one_name():
    one = seen("a", file="page.md", title="One", texts=(ENGLISH,))
    two = replace(one, row=replace(one.row, title="Two", texts=(CHINESE,)))
    assert merge(ID, [one, two]) == merge(ID, [two, one])


def test_a_long_history_in_any_order():
    rows = [seen(f"s{n % 7}", line=n, topics=(f"t{n % 5}",)) for n in range(50)]
    whole = merge(ID, rows)
    random.Random(3).shuffle(rows)
    assert merge(ID, rows) == whole
    assert len(whole.seen_in) == 50
