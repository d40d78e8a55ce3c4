"""Layouts that TOML files describe: other projects' real pages, every kind, every mistake.

The real pages are never copied here: facts about them are counts, ids and a few words.
Everything else is read from pages written here.
"""

import json
import os
import time
import warnings
from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.errors import ConfigError
from eval.layouts import measure, missing_ids
from indexer.files import decode, discover, read_bytes
from indexer.merge import SeenRow, merge
from indexer.paper import Reject, Row, Sighting, Text
from indexer.passages import passages
from indexer.readers.base import Page
from indexer.readers.coverage import uncovered
from indexer.readers.json_values import look_up, values
from indexer.readers.layout import SHIPPED, read_layout, read_layouts
from indexer.readers.registry import ReaderWarning, load_registry, make_reader
from indexer.readers.trial import try_page
from indexer.settings import Settings
from search_api.archive import Archive

ROOT = Path(__file__).parent.parent
SHARED = Path(os.environ.get("PAPER_ARCHIVE_SHARED", ROOT.parent / "shared"))
MORE = SHARED / "more-archives"
REGISTRY = load_registry()
TRANSLATED = "the digest failed to fetch this day's papers, and lists none"


def layout(tmp_path, text, name="mine"):
    path = tmp_path / f"{name}.toml"
    path.write_text(text, "utf-8")
    return make_reader(name, read_layout(path))


def read(reader, text, name=""):
    """A reading, with a check that nothing that links to a paper was left out."""
    page = Page(text, name)
    reading = reader.read(page)
    assert not uncovered(page, reading)
    assert not missing_ids(page, reading)
    return reading


def one(reader, text, name=""):
    reading = read(reader, text, name)
    assert reading.rejects == ()
    (row,) = reading.rows
    return row


# --- real pages --------------------------------------------------------------------------

EXPECTED = {  # folder: pages and rows by layout, and rejects by reason
    "A": ({"topic-json": (1, 60), "topic-tables": (8, 1500)}, {}),
    "B": ({"daily-numbered": (12, 384)}, {}),
    "C": ({"arxiv-by-category": (7, 1117)}, {}),
    "C_math": ({"arxiv-by-category": (4, 108)}, {}),
    "C_variants": ({"arxiv-by-category": (9, 1645)}, {}),
    "D": ({None: (1, 0), "translated-table": (21, 830)}, {"the title is empty": 30, TRANSLATED: 2}),
    "E": ({"daily-titles": (1, 20)}, {}),
    "rel_DailyArXiv": ({"keyword-tables": (4, 1005)}, {}),
    "rel_Embodied-AI-Daily": ({"keyword-tables": (4, 1842)}, {}),
    "rel_Tavish9": ({"folded-list": (4, 1733)}, {}),
    "rel_cv-arxiv-daily": ({"author-tables": (3, 2369), "dated-list": (1, 839)}, {}),
    "rel_gabrielchua": ({"summary-tables": (4, 52)}, {}),
    "rel_hf-newsletter-zh": ({"hf-newsletter-zh": (1, 9), "hf-papers-json": (3, 35)}, {}),
    "rel_llm-paper-daily": ({"badge-tables": (1, 647)}, {}),
    "rel_nlp-arxiv-daily": ({"author-tables": (2, 14084), "topic-json": (2, 5836)}, {}),
    "rel_shiyibihua": ({"highlights-paper-zh": (1, 1), "highlights-zh": (3, 23)}, {}),
    "rel_timlrx": ({"classified-json": (1, 51), "classified-tables": (3, 34)}, {}),
    "rel_tongchen2010": ({"ranked-digest": (3, 36)}, {}),
    "summaries": ({"paper-analysis-zh": (4, 4)}, {}),
    "summary": ({"paper-background-zh": (4, 4)}, {}),
}


@cache
def pages(folder):
    """The pages of a folder, each with the layouts that claim it and what the first reads."""
    if not (MORE / folder).is_dir():
        pytest.skip(f"{MORE / folder} is not here; set PAPER_ARCHIVE_SHARED")
    found = {}
    for file in discover([MORE / folder]):
        page = decode(file.path, read_bytes(file.path))
        claims = REGISTRY.claims(page)
        reading = REGISTRY.readers[claims[0]].read(page) if claims else None
        found[file.name] = (page, claims, reading)
    return found


def rows(folder, part=""):
    return [
        row
        for name, (_, _, reading) in pages(folder).items()
        if part in name
        for row in reading.rows
    ]


@pytest.mark.parametrize("folder", EXPECTED)
def test_every_real_page_is_read_by_one_layout_and_completely(folder):
    layouts, reasons = EXPECTED[folder]
    seen, told, counts = Counter(), Counter(), Counter()
    for page, claims, reading in pages(folder).values():
        assert len(claims) <= 1
        claim = claims[0] if claims else None
        seen[claim] += 1
        if reading is None:
            continue
        assert uncovered(page, reading) == []
        assert missing_ids(page, reading) == set()
        counts[claim] += len(reading.rows)
        told.update(reject.reason for reject in reading.rejects)
        for row in reading.rows:
            assert 0 < row.line <= row.end_line <= len(page.lines)
            lines = "\n".join(page.lines[row.line - 1 : row.end_line])
            # These ids stand in the file's name alone; one of them has lost a zero.
            assert claim == "paper-background-zh" or (row.arxiv_id or "") in lines
    assert {name: (seen[name], counts[name]) for name in seen} == layouts
    assert dict(told) == reasons


def test_the_project_knows_every_folder_of_real_pages():
    folders = {path.name for path in MORE.glob("*/")}
    if not folders:
        pytest.skip(f"{MORE} is not here; set PAPER_ARCHIVE_SHARED")
    assert folders == set(EXPECTED)


def test_the_examples_and_the_five_archives_are_read_as_before():
    expected = {
        "topic-tables", "daily-numbered", "arxiv-by-category", "translated-table", "daily-titles",
    }  # fmt: skip
    for folder in (ROOT / "indexer" / "examples", SHARED / "archives"):
        for path in folder.glob("*_*.md"):
            (claim,) = REGISTRY.claims(decode(path, read_bytes(path)))
            assert path.name.startswith(claim)
            assert claim in expected


@pytest.mark.parametrize(
    ("folder", "part", "has"),
    [  # of all rows, how many have each field
        ("rel_DailyArXiv", "", {"published": 1005, "texts": 1005, "topics": 1005, "version": 1005}),
        ("rel_Embodied-AI-Daily", "", {"published": 1842, "texts": 1842, "topics": 1842}),
        ("rel_Tavish9", "", {"authors": 1733, "texts": 1733, "topics": 1733, "categories": 91}),
        ("rel_cv-arxiv-daily", "", {"published": 3208, "authors": 3208, "code_urls": 948}),
        ("rel_gabrielchua", "", {"authors": 52, "texts": 52}),
        ("rel_hf-newsletter-zh", ".json", {"authors": 35, "published": 35, "code_urls": 3}),
        ("rel_hf-newsletter-zh", ".md", {"texts": 9, "notes": 9, "url": 0}),
        ("rel_llm-paper-daily", "", {"topics": 647, "arxiv_id": 646, "url": 647, "notes": 647}),
        ("rel_nlp-arxiv-daily", ".json", {"published": 5836, "authors": 5836, "code_urls": 947}),
        ("rel_shiyibihua", "index", {"texts": 23, "topics": 23, "categories": 23, "version": 23}),
        ("rel_timlrx", "", {"texts": 85, "topics": 85, "authors": 85, "code_urls": 53}),
        ("rel_tongchen2010", "", {"authors": 36, "categories": 36, "texts": 36}),
        ("summary", "", {"texts": 4, "title": 0, "arxiv_id": 4}),
    ],
)  # fmt: skip
def test_fields_of_real_pages(folder, part, has):
    found = rows(folder, part)
    assert {name: sum(bool(getattr(row, name)) for row in found) for name in has} == has


def test_real_pages_give_their_dates_and_topics():
    dates = {name: reading.date for name, (_, _, reading) in pages("rel_tongchen2010").items()}
    assert all(date in name for name, date in dates.items())
    assert {row.topics for row in rows("rel_DailyArXiv")} == {
        ("Time Series",),
        ("Trajectory",),
        ("Graph Neural Networks",),
    }
    assert {row.topics for row in rows("rel_Embodied-AI-Daily", "Motion")} == {("Motion Planning",)}
    assert {row.topics[0] for row in rows("rel_Tavish9", "README")} == {
        "Artificial Intelligence",
        "Computation and Language",
        "Computer Vision and Pattern Recognition",
        "Machine Learning",
        "Multiagent Systems",
        "Robotics",
    }


def test_a_real_id_that_lost_a_zero_as_the_name_of_its_file_has_it_again():
    assert [row.arxiv_id for row in rows("summary", "2401.1188")] == ["2401.11880"]


def test_a_real_paper_page_has_every_part():
    (row,) = rows("rel_shiyibihua", "papers")
    assert (row.arxiv_id, row.published) == ("2312.00273", "2023-12-01")
    assert row.categories == ("cs.CR", "cs.AI", "cs.CL")
    assert len(row.authors) == 5
    assert row.code_urls == ("https://github.com/wagner-group/MarkMyWords",)
    assert [(text.kind, text.language) for text in row.texts] == [
        ("tldr", "zh"), ("summary", "zh"), ("summary", "zh"), ("method", "zh"), ("result", "zh"),
        ("translation", "zh"), ("abstract", "en"),
    ]  # fmt: skip
    assert "发布日期: 更新: 2024-10-11" in row.notes


def test_measuring_counts_pages_and_names_what_it_cannot_read(tmp_path):
    (tmp_path / "page.md").write_text("|Publish Date|Title|Authors|PDF|Code|\n|-|-|-|-|-|\n" + ROW)
    (tmp_path / "notes.md").write_text("see https://arxiv.org/abs/2501.00009\n")
    (tmp_path / "empty.md").write_text("")
    report = measure([tmp_path], REGISTRY)
    known, unknown = sorted(report.counts, key=lambda count: count.rows, reverse=True)
    assert (known.layout, known.files, known.rows, known.rejects) == ("author-tables", 1, 1, 0)
    assert (unknown.files, unknown.rows, unknown.missing) == (1, 0, 1)
    assert (report.total.files, report.total.papers, report.total.missing) == (2, 1, 1)
    assert len(report.unreadable) == 1


# --- tables ------------------------------------------------------------------------------

ROW = "|**2025-01-02**|**A Title**|Ann A et.al.|[2501.00001v2](http://arxiv.org/abs/2501.00001v2)|null|"
TABLE = """
kind = "table"

[page]
date = 'Updated (.*)'
topic = '^## (.+)'
category = '^### (.+)'

[columns]
Day = "published"
Paper = "title"
Who = "authors"
"What it says" = "abstract"
Code = { field = "code", optional = true }
"""
HEAD = "## Vision\n### cs.CV\n\n| **Day** | Paper | Who | What it&nbsp;says |\n|---|:-:|---|---|\n"
LINK = "https://arxiv.org/abs/2501.0000"


def test_a_described_table(tmp_path):
    reader = layout(tmp_path, TABLE)
    text = f"Updated 2025/01/03\n\n{HEAD}"
    text += f"| 2025-01-02 | [A **B**]({LINK}1v3) | Ann A, Bob B, Jr., 王五 等 | We say. |\n"
    assert reader.recognises(Page(text))
    reading = read(reader, text)
    assert reading.date == "2025-01-03"
    assert reading.rows == (
        Row(
            line=8,
            end_line=8,
            title="A **B**",
            title_language="en",
            arxiv_id="2501.00001",
            version=3,
            url=f"{LINK}1v3",
            published="2025-01-02",
            texts=(Text("abstract", "en", "We say."),),
            authors=("Ann A", "Bob B, Jr.", "王五"),
            topics=("Vision",),
            categories=("cs.CV",),
        ),
    )


@pytest.mark.parametrize(
    ("line", "title", "text"),
    [
        (f"| 2025-01-02 | **[A]({LINK}1)** | Ann | one | two |", "A", "one | two"),
        (f"| 2025-01-02 | [A | B]({LINK}1) | Ann | one |", "A | B", "one"),
        (f"| 2025-01-02 | ![new](https://x.org/y.svg) [A]({LINK}1) | Ann | one |", "A", "one"),
        (f'| 2025-01-02 | <a href="{LINK}1">A</a> | Ann | one |', "A", "one"),
        (f"| 2025-01-02 | [A | B]({LINK}1) | Ann | one | two |", None, None),
        (rf"| 2025-01-02 | [A \| B]({LINK}1) | Ann | a \| b |", "A | B", "a | b"),
        (f"| 2025-01-02 | [A\n  B]({LINK}1) | Ann\n| one |", None, None),
        (
            f"| 2025-01-02 | [A long\n  title]({LINK}1) | Ann | one\n two |",
            "A long title",
            "one two",
        ),
        (f"| 2025-01-02 | [A]({LINK}1) | Ann | one", "A", "one"),
        (f"| 2025-01-02 | [A]({LINK}1) | Ann | one ||", "A", "one"),
        (f"| 2025-01-02 | [A]({LINK}1) | Ann | |", "A", ""),
    ],
)
def test_rows_of_every_shape(tmp_path, line, title, text):
    reading = read(layout(tmp_path, TABLE), HEAD + line + "\n")
    if text is None:
        assert [row.arxiv_id for row in reading.rows] in ([], ["2501.00001"])
        return
    (row,) = reading.rows
    assert row.title == title
    assert "".join(each.text for each in row.texts) == text


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (f"| 2025-01-02 | [A]({LINK}1) |", "row has 2 cells, the table has 4 columns"),
        ("| 2025-01-02 | A | Ann | one |", "no link to the paper"),
        (f"| 2025-01-02 | [ ]({LINK}1) | Ann | one |", "the title is empty"),
        (f"| 2025-01-02 |  | Ann | see {LINK}1 |", "the title is empty"),
        (
            "| 2025-01-02 | [A](https://arxiv.org/abs/2513.00001) | Ann | one |",
            "https://arxiv.org/abs/2513.00001 holds no valid arXiv id",
        ),
    ],
)
def test_rows_that_cannot_be_understood(tmp_path, line, reason):
    good = f"| 2025-01-02 | [A]({LINK}1) | Ann | one |"
    reading = read(layout(tmp_path, TABLE), f"{HEAD}{good}\n{line}\n{good}\n")
    assert reading.rejects == (Reject(7, reason, line),)
    assert [row.line for row in reading.rows] == [6, 8]


def test_what_fits_no_field_is_a_note(tmp_path):
    text = TABLE + 'Rank = "note"\nTags.pattern = "<b>(?P<topics>.*?)</b>"\n'
    head = "| Day | Paper | Who | What it says | Rank | Tags | Code |\n|-|-|-|-|-|-|-|\n"
    line = f"| soon | [A]({LINK}1) | Ann | one | 7 | <b>x</b> <b>y</b> | coming |\n"
    row = one(layout(tmp_path, text), head + line)
    assert (row.published, row.topics, row.code_urls) == (None, ("x", "y"), ())
    assert row.notes == ("rank: 7", "published: soon", "code: coming")
    row = one(layout(tmp_path, text), head + line.replace("<b>x</b> <b>y</b>", "none of them"))
    assert row.notes[1] == "tags: none of them"


def test_a_table_is_known_by_all_its_columns_and_no_others(tmp_path):
    reader = layout(tmp_path, TABLE)
    for columns, known in [
        ("Day | Paper | Who | What it says", True),
        ("what it says | who | PAPER | **day**", True),
        ("Day | Paper | Who | What it says | Code", True),
        ("Day | Paper | Who", False),
        ("Day | Paper | Who | What it says | Votes", False),
    ]:
        page = Page(f"| {columns} |\n|{'-|' * (columns.count('|') + 1)}\n")
        assert reader.recognises(page) is known, columns
        assert bool(list(reader.refusals(page))) is not known


def test_rows_of_another_table_are_rejected_where_they_link_to_a_paper(tmp_path):
    other = f"\n| A | B |\n|---|---|\n| x | [A]({LINK}2) |\n| x | y |\n"
    reading = read(
        layout(tmp_path, TABLE), f"{HEAD}| 2025-01-02 | [A]({LINK}1) | Ann | one |\n{other}"
    )
    assert [row.arxiv_id for row in reading.rows] == ["2501.00001"]
    assert [(each.line, each.reason) for each in reading.rejects] == [
        (10, "the table's columns are a, b; this layout has others")
    ]


def test_two_columns_of_one_name(tmp_path):
    reader = layout(tmp_path, 'kind = "table"\n[columns]\nTitle = "title"\nLinks = "link"\n')
    text = f"| Title | Links | Links |\n|---|---|---|\n| A | [1]({LINK}1) | [2]({LINK}2) |\n"
    row = one(reader, text)
    assert (row.arxiv_id, row.notes) == ("2501.00001", (f"link: {LINK}2",))


def test_columns_by_position(tmp_path):
    reader = layout(
        tmp_path,
        'kind = "table"\nrecognise.contains = ["^# Mine"]\n[columns]\n1 = "title"\n3 = "link"\n',
    )
    text = "# Mine\n\n| | | |\n|---|---|---|\n| A | b | 2501.00001v2 |\n"
    assert reader.recognises(Page(text))
    assert not reader.recognises(Page(text.replace("# Mine", "")))
    row = one(reader, text)
    assert (row.title, row.url, row.version) == ("A", "https://arxiv.org/abs/2501.00001v2", 2)
    assert row.notes == ("2: b",)


def test_an_html_table(tmp_path):
    reader = layout(
        tmp_path,
        'kind = "table"\n[columns]\n'
        "Paper.pattern = '>(?P<title>.*?)</a>'\nId.pattern = 'data-id=\"(?P<link>.*?)\"'\n",
    )
    text = (
        "<table>\n<tr><th>Paper</th><th>Id</th></tr>\n<tr>\n"
        "  <td><a href='x.html'>A\n B &amp; C</a></td>\n"
        '  <td><i data-id="2501.00001v1"></i></td>\n'
        "</tr>\n</table>\n<tr>\nnever closed\n"
    )
    assert reader.recognises(Page(text))
    row = one(reader, text)
    assert (row.title, row.arxiv_id, row.line, row.end_line) == ("A B & C", "2501.00001", 3, 7)


def test_an_html_table_on_few_lines_and_with_links(tmp_path):
    reader = layout(tmp_path, TABLE)
    row = '<tr><td>2025-01-02</td><td><a href="LINK">A</a></td><td>Ann</td><td>We say.</td></tr>'
    first, second, third = (row.replace("LINK", f"{LINK}{number}") for number in (1, 2, 3))
    text = (
        "<table><thead><tr><th>Day</th><th>Paper</th><th>Who</th><th>What it says</th></tr>\n"
        f"</thead><tbody>{first}{second}\n{third.replace('</td>', '')}</tbody></table>\n"
    )
    assert reader.recognises(Page(text))
    found = [(row.line, row.title, row.arxiv_id) for row in read(reader, text).rows]
    assert found == [(2, "A", "2501.00001"), (2, "A", "2501.00002"), (3, "A", "2501.00003")]


def test_cells_that_never_close_are_read_in_no_time(tmp_path):
    started = time.process_time()
    for cell in ("<td>cell", "<td", "<tr><td>", "<td>a</td"):
        REGISTRY.claims(Page(f"<table>\n<tr>{cell * 20_000}\n</table>\n"))
    assert time.process_time() - started < 10


def test_a_table_without_outer_bars(tmp_path):
    row = f"2025-01-02 | [A]({LINK}1) | Ann | We say."
    bare = (
        f"Day | Paper | Who | What it says\n--- | :-: | --- | ---\n{row}\n{row}\n\na | b | c | d\n"
    )
    reader = layout(tmp_path, TABLE)
    assert reader.recognises(Page(bare))
    reading = read(reader, bare)
    assert [(row.line, row.end_line, row.title) for row in reading.rows] == [
        (3, 3, "A"),
        (4, 4, "A"),
    ]
    assert [row.line for row in read(reader, f"{HEAD}| {row} |\n{row}\n").rows] == [6, 7]


cell = st.text(
    st.sampled_from(
        ["a", "B", " ", "|", "\\", "\n", "[", "]", "(", ")", "*", "$", "#", "-", "测", "<"]
    ),
    max_size=12,
)
address = st.sampled_from(
    [f"{LINK}1", f"{LINK}2v2", "https://arxiv.org/abs/2513.00001", "https://x.org", ""]
)


def test_a_heading_ends_the_deeper_ones(tmp_path):
    pages = {
        "page.topic = '^# (.+)'\npage.category = '^## (.+)'": [("A", "B"), ("C", None), ("C", "D")],
        "page.category = '^# (.+)'\npage.topic = '^## (.+)'": [("B", "A"), (None, "C"), ("D", "C")],
        "page.topic = '^# (.+)'\npage.category = '^=(.+)'": [("A", "E"), ("C", "E"), ("C", "E")],
    }
    entry = "- [T](https://arxiv.org/abs/2501.00001)\n"
    text = f"# A\n=E\n## B\n{entry}# C\n{entry}## D\n{entry}"
    for facts, expected in pages.items():
        start = "start = '^- .(?P<title>.+).\\((?P<link>.+)\\)'"
        reader = layout(tmp_path, f"kind = 'entries'\n{start}\n{facts}\n")
        found = [(row.topics, row.categories) for row in read(reader, text).rows]
        assert found == [tuple((each,) if each else () for each in pair) for pair in expected]


@settings(max_examples=200)
@given(st.lists(st.tuples(cell, cell, address, cell, cell), max_size=5), st.booleans())
def test_nasty_tables_lose_no_link_and_no_line_twice(shared_table, made, closed):
    text = HEAD + "\n".join(
        f"| {day} | [{title}]({url}) | {who} | {says}" + (" |" if closed else "")
        for day, title, url, who, says in made
    )
    page = Page(text)
    reading = shared_table.read(page)
    spans = [(row.line, row.end_line) for row in reading.rows]
    spans += [(each.line, each.line + each.raw.count("\n")) for each in reading.rejects]
    spans.sort()
    assert all(first[1] < second[0] for first, second in pairwise(spans))
    rejects = (*reading.rejects, *uncovered(page, reading))
    for row in reading.rows:
        assert row.title
        assert row.url
    told = " ".join([*(row.url for row in reading.rows), *(each.raw for each in rejects)])
    told += " ".join(str(row) for row in reading.rows)
    assert all(url.removeprefix("https://") in told for _, _, url, _, _ in made if "arxiv" in url)


plain = st.text(st.sampled_from("abc XYZ 测试,.$_{}"), min_size=1, max_size=30).map(
    lambda text: " ".join(f"w{text}w".split())
)


@settings(max_examples=100)
@given(st.lists(st.tuples(plain, plain), min_size=1, max_size=6))
def test_ordinary_cells_come_out_as_they_went_in(shared_table, made):
    text = HEAD + "".join(
        f"| 2025-01-02 | [{title}]({LINK}1) | Ann | {says} |\n" for title, says in made
    )
    reading = shared_table.read(Page(text))
    assert reading.rejects == ()
    assert [(row.title, row.texts[0].text) for row in reading.rows] == made


@pytest.fixture(scope="module")
def shared_table(tmp_path_factory):
    return layout(tmp_path_factory.mktemp("layouts"), TABLE)


# --- entries -----------------------------------------------------------------------------

ENTRIES = r"""
kind = "entries"
start = '^\d+\. \*\*(?P<title>.+?)\*\*'
end = '^---$'
patterns = ['<(?P<link>https?://\S+)>', '^> (?P<abstract>.+)']
ignore = ['^Score: \d+$']

[page]
topic = '^## (.+)'

[labels]
Authors = "authors"
"要点" = "tldr"
"Method" = "method"
Code.pattern = '\((?P<code>\S+?)\)'
"""
ENTRY = f"""\
## Vision

1. **A Title** <{LINK}1>
   **Authors**: Ann A, Bob B
Score: 7
- 🎯 **要点**：很好。
> We say.

Something else.
### Method
First.

Second.
Code: [here](https://x.org/code)
<br>

2. **Another** <{LINK}2>

---
Contact us: https://x.org
"""


def test_described_entries(tmp_path):
    reader = layout(tmp_path, ENTRIES)
    assert reader.recognises(Page(ENTRY))
    reading = read(reader, ENTRY)
    assert reading.rejects == ()
    first, second = reading.rows
    assert (first.title, first.arxiv_id, first.line, first.end_line) == (
        "A Title", "2501.00001", 3, 15,
    )  # fmt: skip
    assert first.authors == ("Ann A", "Bob B")
    assert first.topics == ("Vision",)
    assert first.code_urls == ("https://x.org/code",)
    assert {text.kind: text.text for text in first.texts} == {
        "tldr": "很好。\nSomething else.",
        "method": "First.\nSecond.",
        "abstract": "We say.",
    }
    assert (second.title, second.line, second.end_line, second.notes) == ("Another", 17, 17, ())


def test_lines_that_nothing_describes_are_notes(tmp_path):
    row = one(layout(tmp_path, ENTRIES), f"1. **A** <{LINK}1> *new*\n\nSeen by many.\nScore: 3\n")
    assert row.notes == ("*new*", "Seen by many.")


def test_an_entry_without_a_link_is_rejected_unless_that_may_be(tmp_path):
    text = "1. **A Title**\n> We say.\n"
    (reject,) = read(layout(tmp_path, ENTRIES), text).rejects
    assert (reject.line, reject.reason, reject.raw) == (
        1,
        "no link to the paper",
        text.rstrip("\n"),
    )
    row = one(layout(tmp_path, 'optional = ["link"]\n' + ENTRIES), text)
    assert (row.title, row.url) == ("A Title", None)


def test_an_entry_that_lost_its_form_does_not_pass_for_a_part_of_the_one_above(tmp_path):
    text = f"1. **A** <{LINK}1>\nmore\n- B: [pdf]({LINK}2)\n\n2. **C** <{LINK}3>\n"
    reading = read(layout(tmp_path, ENTRIES), text)
    assert [row.arxiv_id for row in reading.rows] == ["2501.00001", "2501.00003"]
    assert reading.rows[0].notes == ("more",)
    (reject,) = reading.rejects
    assert (reject.line, reject.raw) == (3, f"- B: [pdf]({LINK}2)")
    assert reject.reason.startswith("links to a paper, but neither begins")


def test_a_rule_of_dashes_is_read_in_no_time(tmp_path):
    line = "-" * 4000 + "x"
    assert one(layout(tmp_path, ENTRIES), f"1. **A** <{LINK}1>\n{line}\n").notes == (line,)


def test_a_second_paper_in_an_entry_is_not_lost(tmp_path):
    row = one(layout(tmp_path, ENTRIES), f"1. **A** <{LINK}1>, <{LINK}1v2> and <{LINK}2>\n")
    assert (row.arxiv_id, row.version) == ("2501.00001", 2)
    assert f"link: {LINK}2" in row.notes


def test_a_page_that_is_one_entry_named_by_its_file(tmp_path):
    reader = layout(
        tmp_path,
        'kind = "entries"\noptional = ["title"]\npatterns = [\'(?s)\\A(?P<summary>.+)\\Z\']\n'
        "recognise.contains = ['^#### 背景']\n"
        "page.file_name = '(?P<link>[\\d.]+)(_(?P<note>.+))?\\.md$'\n",
    )
    text = "\n#### 背景\n很重要。\n"
    assert reader.recognises(Page(text))
    row = one(reader, text, "2501.1234.md")
    assert (row.arxiv_id, row.title, row.line, row.end_line) == ("2501.12340", "", 2, 3)
    assert row.texts == (Text("summary", "zh", "背景\n很重要。"),)
    assert one(reader, text, "1312.6114.md").arxiv_id == "1312.6114"
    assert one(reader, text, "1312.6114_better.md").notes == ("better",)
    (reject,) = read(reader, text, "readme.md").rejects
    assert reject.reason == "no link to the paper"


@settings(max_examples=100)
@given(st.lists(st.sampled_from(ENTRY.split("\n")), max_size=30))
def test_entries_in_any_order_of_lines(shared_entries, lines):
    page = Page("\n".join(lines))
    reading = shared_entries.read(page)
    titles = sum(line[:1].isdigit() for line in lines)
    assert len(reading.rows) + len(reading.rejects) == titles
    known = {row.arxiv_id for row in reading.rows}
    assert all(f"2501.0000{line[0]}" in known for line in lines if line[:1].isdigit())


@pytest.fixture(scope="module")
def shared_entries(tmp_path_factory):
    return layout(tmp_path_factory.mktemp("layouts"), ENTRIES)


# --- JSON --------------------------------------------------------------------------------

JSON = """
kind = "json"
recognise.contains = ['"paper"']

[columns]
"paper.id" = "link"
"paper.name" = "title"
"paper.by.name" = "authors"
"paper.tags" = "note"
"paper.about" = "abstract"
"""


def test_described_json(tmp_path):
    reader = layout(tmp_path, JSON)
    made = [
        {"paper": {"id": "2501.00001v2", "name": "A\n Title", "by": [{"name": "Ann"}, {"x": 1}],
                   "tags": ["x", "y"], "about": "We say \ud800."}},
        {"paper": {"name": "No id"}},
        "no object",
        {"paper": {"id": "2501.00002", "name": "B", "by": {"name": "Bob, Jr."}}},
    ]  # fmt: skip
    text = json.dumps(made, indent=1)
    assert reader.recognises(Page(text))
    reading = reader.read(Page(text))
    first, last = reading.rows
    assert (first.title, first.version, first.authors) == ("A Title", 2, ("Ann",))
    assert first.notes == ("paper.tags: x, y",)
    assert first.texts[0].text.encode()  # no half a character, which no encoding can carry
    assert (first.line, first.end_line) == (2, 20)
    assert last.authors == ("Bob, Jr.",)
    assert [(each.line, each.reason) for each in reading.rejects] == [
        (21, "no link to the paper"),
        (26, "no pattern of the layout fits 'no object'"),
    ]


def test_json_that_was_cut_short_gives_all_before_the_cut(tmp_path):
    reader = layout(tmp_path, JSON)
    text = json.dumps(
        [{"paper": {"id": f"2501.0000{n}", "name": f"Paper {n}"}} for n in range(1, 6)], indent=1
    )
    for cut in range(len(text)):
        reading = reader.read(Page(text[:cut]))
        whole = [row for row in reading.rows if row.title.startswith("Paper ")]
        assert [row.arxiv_id for row in whole] == [
            f"2501.0000{n}" for n in range(1, len(whole) + 1)
        ]
        (reject,) = reading.rejects
        assert reject.reason.startswith("is no valid JSON from here on")
        assert reject.line <= text[:cut].count("\n") + 1
        assert not uncovered(Page(text[:cut]), reading)


def test_json_by_topic_with_lines_of_markdown():
    reader = REGISTRY.readers["topic-json"]
    text = json.dumps({
        "图": {"2501.00001": f"|**2025-01-02**|**A**|Ann et.al.|[x]({LINK}1v2)|null|\n"},
        "B": {
            "2501.00001": f"- 2025-01-02, **A**, Ann et.al., Paper: [{LINK}1]({LINK}1), "
            "Code: **[https://x.org](https://x.org)**\n",
            "2501.00002": f"|**2025-01-02**|[B]({LINK}2)|null|好的方法。|\n",
            "2501.00003": "who knows",
        },
        "C": "nothing below",
    })  # fmt: skip
    assert reader.recognises(Page(text))
    reading = reader.read(Page(text))
    assert [(row.arxiv_id, row.version, row.topics, row.authors) for row in reading.rows] == [
        ("2501.00001", 2, ("图",), ("Ann",)),
        ("2501.00001", None, ("B",), ("Ann",)),
        ("2501.00002", None, ("B",), ()),
    ]
    assert reading.rows[1].code_urls == ("https://x.org",)
    assert reading.rows[2].texts == (Text("translation", "zh", "好的方法。"),)
    assert [reject.raw for reject in reading.rejects] == ['"who knows"', '"nothing below"']


KEYWORDS = """\
## Kelp

| **Title** | **Date** | **Abstract** | **Comment** |
| --- | --- | --- | --- |
"""


@pytest.mark.parametrize("abstract", ["We count kelp.", "We count kelp | weed.", "我们数海带。"])
def test_a_text_that_its_columns_pattern_does_not_fit_is_that_text(abstract):
    cells = f"| **[Iota]({LINK}1)** | 2025-11-11 | {abstract} | 8 pages |"
    row = one(REGISTRY.readers["keyword-tables"], KEYWORDS + cells)
    assert [text.text for text in row.texts] == [abstract]
    assert row.notes == ("comment: 8 pages",)
    folded = f"<details><summary>Show</summary><p>{abstract}</p></details>"
    row = one(REGISTRY.readers["keyword-tables"], KEYWORDS + cells.replace(abstract, folded))
    assert [text.text for text in row.texts] == [abstract]


@pytest.mark.parametrize(
    ("levels", "wrapped"),
    [
        ('["ignore"]', "[%s]"),
        (
            '["ignore", "ignore"]',
            '{"date": "2025-01-02", "count": 1, "last": null, "papers": [%s]}',
        ),
        ("[]", "%s"),
    ],
)
def test_json_around_its_entries(tmp_path, levels, wrapped):
    reader = layout(
        tmp_path,
        f"kind = 'json'\nlevels = {levels}\nrecognise.contains = ['\"title\"']\n"
        "[page]\ndate = '\"date\": \"(.*?)\"'\n[columns]\ntitle = 'title'\nid = 'link'\n",
    )
    text = wrapped % '{"title": "A", "id": 2509.00010}'
    reading = read(reader, text)
    assert reading.rejects == ()
    assert [(row.title, row.arxiv_id) for row in reading.rows] == [("A", "2509.00010")]
    assert reading.date == ("2025-01-02" if "date" in wrapped else None)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=100)
@given(json_values, st.sampled_from([None, 1]))
def test_json_values_are_the_standard_parsers(value, indent):
    text = json.dumps(value, indent=indent)
    found = list(values(text, 1))
    for _, each, start, end in found:
        assert json.loads(text[start:end]) == each
    if isinstance(value, dict):
        assert {keys[0]: each for keys, each, _, _ in found} == value
    elif isinstance(value, list):
        assert [each for _, each, _, _ in found] == value
    else:
        assert [each for keys, each, _, _ in found if keys == ()] == [value]


def test_a_path_leads_through_lists():
    value = {"a": [{"b": ["x", 1, None, True]}, {"c": "no"}, {"b": "z"}]}
    assert look_up(value, "a.b") == ["x", "1", "True", "z"]
    assert look_up(value, "a.q") == []


# --- layout files ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("kind = ", "is no TOML"),
        ("", "kind: must be one of table, entries, json"),
        ('kind = "tabel"', "kind: must be one of table, entries, json"),
        ('kind = "table"', "columns: is missing"),
        ('kind = "table"\n[columns]', "columns: "),
        (
            'kind = "table"\n[columns]\nTitle = "titel"',
            "columns.Title.field: must be 'title', 'link'",
        ),
        ('kind = "table"\n[columns]\nTitle.patern = "x"', "columns.Title.patern: is no key here"),
        ('kind = "table"\n[columns]\nTitle.pattern = "("', "columns.Title.pattern: is no regular"),
        ('kind = "table"\n[columns]\nTitle.pattern = "x"', "names no field"),
        ('kind = "table"\n[columns]\nTitle.pattern = "(?P<titel>x)"', "unknown fields titel"),
        ('kind = "table"\n[columns]\nTitle = {}', "columns.Title: give either"),
        ('kind = "table"\n[columns]\n1 = "title"', "need recognise.contains"),
        ('kind = "table"\ncolumns.A = "title"\npage.topic = 3', "page.topic: must be a regular"),
        ('kind = "table"\ncolumns.A = "title"\nlanguage = "fr"', "language: "),
        ('kind = "table"\ncolumns.A = "title"\nstart = "x"', "start: is no key here"),
        ('kind = "table"\ncolumns = 3', "columns: must be a table"),
        ('kind = "table"\ncolumns.A = 3', "columns.A: must be a table"),
        ('kind = "json"\ncolumns.a = "title"\nlevels = "topics"', "levels: must be a list"),
        ('kind = "entries"', "give start, or recognise.contains"),
        ('kind = "entries"\nstart = "^x"', "start: names no field"),
        ('kind = "json"', "give columns"),
        ('kind = "json"\ncolumns.a = "title"', "give recognise.contains"),
        ('kind = "json"\ncolumns.a = "title"\nlevels = ["topic"]', "levels.0: "),
    ],
)
def test_a_mistake_is_told_with_file_and_key(tmp_path, text, words):
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as told:
        read_layout(path)
    assert str(told.value).startswith(f"{path}: ")
    assert words in str(told.value)
    assert "\n" not in str(told.value)


def test_a_file_that_is_no_text(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_bytes(b"kind = '\xff'")
    with pytest.raises(ConfigError, match="not UTF-8"):
        read_layout(path)
    with pytest.raises(ConfigError, match="cannot be read"):
        read_layout(tmp_path / "none.toml")


def test_every_shipped_layout_says_what_it_is_about():
    shipped = read_layouts([SHIPPED])
    assert len(shipped) >= 16
    assert all(each.about for each in shipped.values())


def test_the_guide_names_every_field_and_key():
    guide = (ROOT / "docs" / "layouts.md").read_text("utf-8")
    from indexer.readers.layout import FIELDS, EntriesLayout, JsonLayout, PageFacts, TableLayout

    keys = {*FIELDS, *PageFacts.model_fields}
    for kind in (TableLayout, EntriesLayout, JsonLayout):
        keys |= set(kind.model_fields)
    assert [key for key in sorted(keys) if f"`{key}`" not in guide] == []


def test_the_guides_examples_are_layouts_and_read_what_it_says(tmp_path):
    guide = (ROOT / "docs" / "layouts.md").read_text("utf-8")
    parts = guide.split("```")[1::2]
    layouts = [part.removeprefix("toml\n") for part in parts if part.startswith("toml\n")]
    shown = [part.removeprefix("markdown\n") for part in parts if part.startswith("markdown\n")]
    *shown, plain = shown
    assert len(layouts) == len(shown) + 1 == 3
    for text, page in zip(layouts, shown, strict=False):
        reader = layout(tmp_path, text)
        assert reader.recognises(Page(page))
        row = one(reader, page)
        assert row.title
        assert row.texts
    layout(tmp_path, layouts[-1])
    row = one(REGISTRY.recognise(Page(plain)), plain)
    assert (row.authors, row.topics) == (("Ann A", "Bob B"), ("Vision",))
    assert [text.kind for text in row.texts] == ["tldr", "abstract"]
    assert row.code_urls == ("https://github.com/a/b",)


def test_own_layouts_are_found_and_take_a_shipped_ones_place(tmp_path):
    layout(tmp_path, TABLE)
    layout(tmp_path, TABLE, "author-tables")
    layout(tmp_path, TABLE, "topic-tables")
    with pytest.warns(ReaderWarning, match=r"topic-tables.toml is left out"):
        registry = load_registry(layouts=[tmp_path, tmp_path / "none"])
    assert len(registry.readers) == len(REGISTRY.readers) + 1
    page = Page(HEAD)
    with pytest.warns(ReaderWarning, match="author-tables, mine"):
        assert registry.recognise(page) is registry.readers["author-tables"]


def test_an_own_layout_goes_before_others_if_it_finds_papers(tmp_path):
    layout(
        tmp_path,
        "kind = 'entries'\nstart = '^## \\d+\\. .(?P<title>.+).\\((?P<link>.+)\\)'\n"
        "labels.By = 'authors'\n",
    )
    registry = load_registry(layouts=[tmp_path])
    page = Page(f"# Papers for 2025-01-02\n\n## 1. [A]({LINK}1)\nBy: Ann A\n")
    assert registry.claims(page) == ["mine", "daily-numbered"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert registry.recognise(page) is registry.readers["mine"]
        empty = Page("# Papers for 2025-01-02\n")
        assert registry.recognise(empty) is registry.readers["daily-numbered"]
    # What only bears the heading of another layout is left to who reads it.
    layout(tmp_path, "kind = 'entries'\nstart = '^- .(?P<title>.+).\\((?P<link>.+)\\)'\n", "zz")
    registry = load_registry(layouts=[tmp_path])
    for heading in ("# Papers for 2025-01-02", "# arXiv 2025-01-02"):
        assert registry.claims(Page(f"{heading}\n\n- [A]({LINK}1)\n")) == ["zz"]


def test_a_page_is_left_alone_for_what_must_not_be_on_it(tmp_path):
    marks = "recognise.contains = ['^## V']\nrecognise.without = ['draft']\n"
    reader = layout(tmp_path, TABLE.replace("\n[page]", marks + "\n[page]"))
    assert reader.recognises(Page(HEAD))
    for text, why in [(HEAD + "a draft", "'draft'"), (HEAD.replace("## V", "## W"), "^## V")]:
        (told,) = reader.refusals(Page(text))
        assert why in told


def test_a_language_that_the_layout_gives(tmp_path):
    line = f"| 2025-01-02 | [A]({LINK}1) | Ann | DiT ViT BERT 好 |\n"
    assert one(layout(tmp_path, TABLE), HEAD + line).texts[0].language == "en"
    row = one(layout(tmp_path, 'language = "zh"\n' + TABLE), HEAD + line)
    assert row.texts == (Text("translation", "zh", "DiT ViT BERT 好"),)
    assert row.title_language == "en"


def test_fingerprints_follow_the_description(tmp_path):
    first = layout(tmp_path, TABLE).description.fingerprint
    assert layout(tmp_path, TABLE + "\n# a remark\n").description.fingerprint == first
    assert layout(tmp_path, TABLE.replace("## (.+)", "# (.+)")).description.fingerprint != first


def test_folders_of_layouts(tmp_path):
    given = Settings(home=tmp_path / "home", layouts=None)
    assert given.layout_folders == (tmp_path / "home" / "layouts",)
    given = Settings(home=tmp_path / "home", layouts=tmp_path)
    assert given.layout_folders == (tmp_path / "home" / "layouts", tmp_path)
    with pytest.raises(ConfigError, match="ARCHIVE_LAYOUTS"):
        _ = Settings(home=tmp_path, layouts=tmp_path / "none").layout_folders


def test_trying_says_why_a_layout_does_not_know_a_page(tmp_path):
    reader = layout(tmp_path, TABLE)
    trial = try_page(Page("| Day | Title |\n|---|---|\n"), REGISTRY, reader)
    (why,) = trial.unrecognised["mine"]
    assert "no table has the columns day, paper" in why
    assert "day, title" in why
    nothing = try_page(Page("Nothing here."), REGISTRY)
    assert nothing.layout is None
    assert set(nothing.unrecognised) == {path.stem for path in SHIPPED.glob("*.toml")}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = try_page(
            Page("|Publish Date|Title|Authors|PDF|Code|\n|-|-|-|-|-|\n" + ROW), REGISTRY
        )
    assert (found.layout, found.rows_read, found.rows_rejected) == ("author-tables", 1, 0)


# --- what becomes of it ------------------------------------------------------------------


def seen(title, line=1):
    texts = (Text("summary", "zh", "很好。"),)
    row = Row(line, line, title, "en", arxiv_id="2501.00001", texts=texts)
    return SeenRow(row, Sighting("digest", f"{line}.md", line, "mine"))


def test_a_page_that_only_knows_the_id_gives_no_title_beside_others():
    paper = merge("2501.00001", [seen(""), seen("A Title", 2)])
    assert (paper.title, [title.text for title in paper.titles]) == ("A Title", ["A Title"])
    unnamed = merge("2501.00001", [seen("")])
    assert unnamed.title == "2501.00001"
    assert [passage.text for passage in passages(unnamed)] == ["很好。"]


def test_indexing_uses_own_layouts_and_reads_again_when_they_change(embedder, tmp_path):
    folder = tmp_path / "home" / "layouts"
    folder.mkdir(parents=True)
    page = tmp_path / "page.md"
    page.write_text(f"{HEAD}| 2025-01-02 | [A]({LINK}1) | Ann | We say that much. |\n", "utf-8")

    def index():
        with Archive(Settings(home=tmp_path / "home"), embedder=embedder) as archive:
            report = archive.index([page])
            return report, archive.catalogue.facets("topics")

    report, _ = index()
    assert report.skipped[0].reason.startswith("is in no layout that is known")
    layout(folder, TABLE)
    report, topics = index()
    assert (report.rows_read, topics) == (1, {"Vision": 1})
    assert index()[0].files_unchanged == 1
    layout(folder, TABLE.replace("'^## (.+)'", "'^## V(.+)'"))
    report, topics = index()
    assert (report.files_unchanged, report.papers_updated, topics) == (0, 1, {"ision": 1})
    assert index()[0].files_unchanged == 1


# --- the command -------------------------------------------------------------------------


@pytest.fixture
def archive(archive_command, tmp_path):
    def run(*arguments, **given):
        done = archive_command("layouts", *arguments, home=tmp_path / "home", **given)
        assert "Traceback" not in done.stderr, done.stderr
        return done

    return run


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "page.md"
    path.write_text(
        f"{HEAD}| 2025-01-02 | [A]({LINK}1) | Ann | We say. |\n| x | [B]({LINK}2) |\n", "utf-8"
    )
    return path


def test_listing_layouts(archive, tmp_path):
    own = tmp_path / "home" / "layouts"
    own.mkdir(parents=True)
    layout(own, TABLE)
    found = {each["layout"]: each for each in json.loads(archive("list", "--json").stdout)["items"]}
    assert found["mine"]["from"] == str(own / "mine.toml")
    assert found["author-tables"]["from"] == str(SHIPPED / "author-tables.toml")
    assert found["author-tables"]["kind"] == "table"
    assert found["topic-tables"]["kind"] == "reader"
    assert all(each["about"] for name, each in found.items() if name != "mine")


def test_trying_a_layout(archive, page, tmp_path):
    refused = archive("try", page)
    assert refused.returncode == 1
    assert "is in no layout" in refused.stderr
    assert refused.stdout == ""
    path = tmp_path / "mine.toml"
    layout(tmp_path, TABLE)
    people = archive("try", page, "--layout", path)
    assert people.returncode == 0, people.stderr
    for words in ("line 6: A", "abstract (en): We say.", "line 7: not read: row has 2 cells",
                  "mine: 1 entries of 1 papers read, 1 not"):  # fmt: skip
        assert words in people.stdout
    trial = json.loads(archive("try", page, "--layout", path, "--json").stdout)
    assert (trial["layout"], trial["rows_read"], trial["rows_rejected"]) == ("mine", 1, 1)
    assert trial["rows"][0]["arxiv_id"] == "2501.00001"
    assert trial["rejected"][0]["line"] == 7
    assert not (tmp_path / "home").exists()  # nothing was made


def test_a_layout_that_does_not_fit_says_why(archive, page):
    done = archive("try", page, "--layout", "author-tables")
    assert "no table has the columns publish date, title" in done.stdout
    assert archive("try", page, "--layout", "no-such").returncode == 2


def test_a_mistake_in_an_own_layout_stops_with_its_place(archive, page, tmp_path):
    own = tmp_path / "home" / "layouts"
    own.mkdir(parents=True)
    (own / "mine.toml").write_text('kind = "table"\n[columns]\nA = "titel"\n')
    done = archive("list")
    assert done.returncode == 1
    assert f"{own / 'mine.toml'}: columns.A.field: " in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
