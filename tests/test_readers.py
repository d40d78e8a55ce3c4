"""The readers: exact counts on real pages, every field, every oddity, and damaged pages.

The real pages are not part of the project and are never copied into it: facts about them
are counts, ids and a few words. Everything else is read from pages written here.
"""

import os
import re
import time
import warnings
from collections import Counter
from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.identity import paper_key
from indexer.language import language_of
from indexer.paper import Reject, Row, Text
from indexer.readers.base import Page, Reading
from indexer.readers.by_category import ByCategory
from indexer.readers.coverage import uncovered
from indexer.readers.fields import Context, Pieces
from indexer.readers.links import read_link
from indexer.readers.markup import clean_title, find_date, find_urls, unwrap
from indexer.readers.numbered import Numbered
from indexer.readers.registry import GROUP, ReaderWarning, Registry, load_registry
from indexer.readers.titles import Titles
from indexer.readers.topic_tables import TopicTables
from indexer.readers.translated_table import TranslatedTable

READERS = [ByCategory(), Numbered(), Titles(), TopicTables(), TranslatedTable()]
REGISTRY = Registry({reader.layout: reader for reader in READERS})

ROOT = Path(__file__).parent.parent
SHARED = Path(os.environ.get("PAPER_ARCHIVE_SHARED", ROOT.parent / "shared"))

TOPICS = "topic-tables_2025-09-29.md"
NUMBERED = "daily-numbered_2025-09-30.md"
CATEGORIES = "arxiv-by-category_undated.md"
TRANSLATED = "translated-table_2025-10-06.md"
TITLES = "daily-titles_2025-09-20.md"
LAYOUTS = {
    TOPICS: "topic-tables",
    NUMBERED: "daily-numbered",
    CATEGORIES: "arxiv-by-category",
    TRANSLATED: "translated-table",
    TITLES: "daily-titles",
}


def load(path: Path) -> Page:
    if not path.exists():
        pytest.skip(f"{path} is not here; set PAPER_ARCHIVE_SHARED to the folder of real pages")
    return Page(path.read_text("utf-8-sig"))


def read_real(name: str) -> Reading:
    page = load(SHARED / "archives" / name)
    reader = REGISTRY.recognise(page)
    assert reader is not None
    return reader.read(page)


def only(rows, arxiv_id: str) -> Row:
    (row,) = [row for row in rows if row.arxiv_id == arxiv_id]
    return row


def read(reader, text: str) -> Reading:
    reading = reader.read(Page(text))
    assert not uncovered(Page(text), reading)
    return reading


def one(reader, text: str) -> Row:
    reading = read(reader, text)
    assert reading.rejects == ()
    (row,) = reading.rows
    return row


def reason(reader, text: str) -> str:
    """The reason of the only reject, with a check that what was rejected is all there."""
    (reject,) = read(reader, text).rejects
    lines = text.split("\n")[reject.line - 1 :]
    assert reject.raw == "\n".join(lines[: reject.raw.count("\n") + 1])
    return reject.reason


# --- the five real pages -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "rows"),
    [(TOPICS, 245), (NUMBERED, 38), (CATEGORIES, 357), (TRANSLATED, 10), (TITLES, 20)],
)
def test_real_pages_are_read_completely(name, rows):
    page = load(SHARED / "archives" / name)
    assert [reader.layout for reader in READERS if reader.recognises(page)] == [LAYOUTS[name]]
    reading = read_real(name)
    assert len(reading.rows) == rows
    assert reading.rejects == ()
    assert uncovered(page, reading) == []
    # Each row stands where it says: its id is on its lines, and no two rows share a line.
    last = 0
    for row in reading.rows:
        assert last < row.line <= row.end_line
        last = row.end_line
        assert row.arxiv_id in "\n".join(page.lines[row.line - 1 : row.end_line])
        assert row.url.startswith("http")
        assert row.arxiv_id in row.url
        assert row.title
        assert row.texts
    # An independent count of what is on the page.
    linked = re.findall(r"\]\(https?://arxiv\.org/(?:abs|pdf)/(\d{4}\.\d{5})", page.text)
    assert [row.arxiv_id for row in reading.rows] == linked


def test_all_five_hold_632_papers_with_the_known_overlaps():
    papers = {name: {paper_key(row) for row in read_real(name).rows} for name in LAYOUTS}
    assert len(set.union(*papers.values())) == 632
    overlaps = {(a, b): len(papers[a] & papers[b]) for a in papers for b in papers if a < b}
    assert {pair: count for pair, count in overlaps.items() if count} == {
        (NUMBERED, TOPICS): 12,
        (TITLES, TOPICS): 7,
        (CATEGORIES, TOPICS): 1,
    }


def test_real_pages_give_their_dates():
    dates = {name: read_real(name).date for name in LAYOUTS}
    assert dates == {
        TOPICS: "2025-09-29",
        NUMBERED: "2025-09-30",
        CATEGORIES: None,
        TRANSLATED: "2025-10-06",
        TITLES: "2025-09-20",
    }


def test_real_topic_tables():
    rows = read_real(TOPICS).rows
    topics: dict[str, list[str]] = {}
    for row in rows:
        topics.setdefault(row.arxiv_id, []).extend(row.topics)
    assert len(topics) == 227
    counts = Counter(len(set(names)) for names in topics.values())
    assert counts == {1: 211, 2: 16}
    assert list(dict.fromkeys(row.topics for row in rows)) == [
        ("多模态",),
        ("大模型PEFT",),
        ("大模型强化学习",),
        ("大模型持续学习",),
        ("Transformer",),
        ("生成模型",),
    ]
    assert sum(len(row.code_urls) == 1 for row in rows) == 39
    assert sum(row.code_urls == () for row in rows) == 206
    assert all(row.published and "2025-09-01" < row.published < "2025-09-29" for row in rows)
    assert all(len(row.texts) == 1 and row.texts[0].kind == "translation" for row in rows)
    assert {row.texts[0].language for row in rows} == {"zh"}
    assert {row.title_language for row in rows} == {"en"}
    assert not any(row.texts[0].text.endswith("|") for row in rows)
    assert not any(row.notes or row.authors or row.categories or row.version for row in rows)
    first = rows[0]
    assert (first.line, first.end_line) == (12, 12)
    assert first.arxiv_id == "2509.22653"
    assert first.title.startswith("See, Point, Fly: A Learning-Free VLM")
    assert first.published == "2025-09-26"
    assert first.code_urls == ("https://github.com/Hu-chih-yao/see-point-fly",)
    assert len(first.texts[0].text) == 494
    assert first.texts[0].text.endswith("https://spf-web.pages.dev")
    assert rows[1].code_urls == ()
    latex = only(rows, "2509.13672")
    assert latex.title.startswith("CL $^2$GEC: A Multi-Discipline")
    assert rows[-1].published == "2025-09-18"


def test_real_numbered_page():
    rows = read_real(NUMBERED).rows
    assert {(len(row.texts), row.texts[0].kind, row.texts[0].language) for row in rows} == {
        (1, "summary", "zh")
    }
    assert not any("**" in row.texts[0].text or "summary:" in row.texts[0].text for row in rows)
    assert all(300 < len(row.texts[0].text) < 4000 for row in rows)
    first = rows[0]
    assert (first.line, first.end_line, first.arxiv_id) == (5, 6, "2509.22622")
    assert first.title == "LongLive: Real-time Interactive Long Video Generation"
    paragraphs = first.texts[0].text.split("\n")
    assert [len(paragraph) > 20 for paragraph in paragraphs] == [True] * 6
    assert paragraphs[0].startswith("核心关键词： 长视频")
    assert paragraphs[3].startswith("关键方法论： ")
    # This one came without paragraph marks.
    assert "\n" not in rows[1].texts[0].text
    assert rows[-1].arxiv_id == "2509.18420"


def test_real_category_page():
    rows = read_real(CATEGORIES).rows
    assert Counter(row.categories for row in rows) == {
        ("cs.CV",): 134,
        ("cs.RO",): 43,
        ("cs.LG",): 180,
    }
    parts = ("tldr", "motivation", "method", "result", "conclusion", "abstract")
    assert {tuple(text.kind for text in row.texts) for row in rows} == {parts}
    assert all(row.categories for row in rows)  # the seventh part, the main category
    assert all(row.authors for row in rows)
    for row in rows:
        abstract = row.texts[-1]
        assert abstract.language == "en"
        assert "\n" not in abstract.text
        assert "</details>" not in abstract.text
        assert len(abstract.text) > 300
        # Two papers for which the digest's language model failed say "Error" instead.
        written = [text for text in row.texts[:-1] if text.text != "Error"]
        assert len(written) == (0 if row.arxiv_id in ("2509.25666", "2509.25824") else 5)
        languages = [text.language for text in written]
        # And one TL;DR and motivation were left in English.
        assert languages.count("en") == (2 if row.arxiv_id == "2509.25413" else 0)
    first = rows[0]
    assert (first.line, first.end_line, first.arxiv_id) == (14, 53, "2509.25304")
    assert first.authors[0] == "Haozhe Jia"
    assert first.authors[-1] == "Yutao Yue"
    assert len(first.authors) == 11
    assert [len(text.text) for text in first.texts] == [76, 61, 74, 56, 46, 1513]
    assert r"\textbf{LUMA} (\textit{\textbf{L}ow-dimension \textbf{U}nified" in first.texts[-1].text
    assert first.texts[-1].text.endswith("text-to-motion generation.")
    assert not any(row.notes for row in rows)


def test_real_translated_table():
    rows = read_real(TRANSLATED).rows
    assert [row.arxiv_id for row in rows] == [
        f"2510.032{n}" for n in (32, 31, 30, 28, 24, 23, 22, 17, 16, 15)
    ]
    assert {row.version for row in rows} == {1}
    assert {row.title_language for row in rows} == {"zh"}
    assert [len(row.notes) for row in rows] == [1, 1, 0, 1, 0, 0, 1, 0, 1, 0]
    for row in rows:
        assert not re.search(r"[（《》\n]|说明|注：", row.title)
        assert len(row.title) < 50
        assert [(text.kind, text.language) for text in row.texts] == [("translation", "zh")]
        assert len(row.authors) == 1
    first = rows[0]
    assert (first.line, first.end_line) == (5, 12)
    assert first.title.startswith("LEAML：面向")
    assert first.authors == ("Ci-Siang Lin",)
    assert first.notes[0].startswith("（注：")
    assert first.notes[0].endswith("）")
    assert first.notes[0].count("\n") == 5
    assert rows[3].notes[0].startswith("（解析说明：")
    assert rows[7].title.startswith("弃权与验证：")  # printed as 《…》
    assert len(rows[0].texts[0].text) == 258
    assert "**" not in rows[6].texts[0].text  # one phrase is printed bold


def test_real_titles_page():
    rows = read_real(TITLES).rows
    assert all(row.url == f"https://arxiv.org/pdf/{row.arxiv_id}" for row in rows)
    assert not any("](" in row.title for row in rows)
    assert {(len(row.texts), row.texts[0].kind, row.texts[0].language) for row in rows} == {
        (1, "summary", "zh")
    }
    first = rows[0]
    assert (first.line, first.end_line, first.arxiv_id) == (21, 22, "2509.15221")
    assert first.title.startswith("ScaleCUA: Scaling Open-Source")
    assert [line.split()[0] for line in first.texts[0].text.split("\n")] == [
        "i)", "ii)", "iii)", "iv)", "v)",
    ]  # fmt: skip
    assert rows[-1].arxiv_id == "2509.06482"


# --- other days of the same layouts ------------------------------------------------------

NOT_FETCHED = "the digest failed to fetch this day's papers, and lists none"
MORE = {
    # folder: layout, pages, rows, rejects by reason
    "A": ("topic-tables", 8, 1500, {}),
    "B": ("daily-numbered", 12, 384, {}),
    "C": ("arxiv-by-category", 7, 1117, {}),
    "C_math": ("arxiv-by-category", 4, 108, {}),
    "C_variants": ("arxiv-by-category", 9, 1645, {}),
    "D": ("translated-table", 21, 830, {"the title is empty": 30, NOT_FETCHED: 2}),
    "E": ("daily-titles", 1, 20, {}),
}


@pytest.mark.parametrize("folder", MORE)
def test_other_days_are_read_completely(folder):
    layout, pages, expected_rows, expected_rejects = MORE[folder]
    seen, rows, reasons = 0, 0, Counter()
    for path in sorted((SHARED / "more-archives" / folder).glob("*.md")):
        page = load(path)
        claims = [reader for reader in READERS if reader.recognises(page)]
        if path.name == "Arxiv_Daily_archive.md":
            assert not claims  # an index of other pages
            continue
        assert [reader.layout for reader in claims] == [layout]
        reading = claims[0].read(page)
        assert uncovered(page, reading) == []
        seen += 1
        rows += len(reading.rows)
        reasons.update(reject.reason for reject in reading.rejects)
    if not seen:
        pytest.skip(f"no pages of {folder} are here; set PAPER_ARCHIVE_SHARED")
    assert (seen, rows, dict(reasons)) == (pages, expected_rows, expected_rejects)


def test_other_projects_pages_are_left_alone():
    folders = sorted((SHARED / "more-archives").glob("rel_*"))
    if not folders:
        pytest.skip("no pages of other projects are here; set PAPER_ARCHIVE_SHARED")
    for folder in folders:
        for path in folder.iterdir():
            assert REGISTRY.recognise(load(path)) is None, path


def test_a_megabyte_is_read_well_under_a_second():
    text = load(SHARED / "archives" / CATEGORIES).text
    started = time.process_time()  # whatever else the machine does
    ByCategory().read(Page(text))
    assert time.process_time() - started < 1.5  # it takes about 0.2 s


# --- topic tables ------------------------------------------------------------------------

OF_FOUR = " cells, the table has 4 columns"
INVALID = " holds no valid arXiv id"
TABLE = """\
---
layout: default
---

## Updated on 2025.01.02
> Usage instructions: [here](./docs/README.md#usage)

## 多模态

| Publish Date | Title | Code | Abstract |
|:---------|:-----------------------|:------|:-------|
"""
ZH = "本文提出一种新的方法，用于检索每日论文摘要。"


def table(*rows: str) -> str:
    return TABLE + "\n".join(rows) + "\n"


TOPIC_ROW = f"|**2025-01-01**|[A Paper](http://arxiv.org/abs/2501.00001)|null|{ZH}|"


def test_a_topic_row_with_everything():
    row = one(
        TopicTables(),
        table(
            "|**2025-01-01**|[A &amp; B](http://arxiv.org/abs/2501.00001v2)"
            f"|**[link](https://github.com/a/b)**|{ZH}|"
        ),
    )
    assert row == Row(
        line=12,
        end_line=12,
        title="A & B",
        title_language="en",
        arxiv_id="2501.00001",
        version=2,
        url="http://arxiv.org/abs/2501.00001v2",
        published="2025-01-01",
        texts=(Text("translation", "zh", ZH),),
        topics=("多模态",),
        code_urls=("https://github.com/a/b",),
    )


@pytest.mark.parametrize(
    ("end", "text"),
    [
        ("|好的方法|", "好的方法"),
        ("|好的方法||", "好的方法"),
        ("|好的方法| |", "好的方法"),
        ("|好的方法", "好的方法"),
        ("|密度 $p(a|b)$ 与 $|x|$|", "密度 $p(a|b)$ 与 $|x|$"),
        ("|密度 $p(a|b)$ 好||", "密度 $p(a|b)$ 好"),
        ("|**好的**方法|", "好的方法"),
        ("|当 a&lt;b 时|", "当 a<b 时"),
        ("|地址 http://x.org/?a=1&times=2 好的|", "地址 http://x.org/?a=1&times=2 好的"),
    ],
)
def test_the_abstract_is_everything_behind_the_code(end, text):
    row = one(
        TopicTables(), table("|**2025-01-01**|[A](http://arxiv.org/abs/2501.00001)|null" + end)
    )
    assert row.texts == (Text("translation", "zh", text),)


def test_an_english_abstract_is_the_authors_own_and_keeps_its_asterisks():
    row = one(TopicTables(), TABLE + TOPIC_ROW.replace(ZH, "We study $C^{**}$ and $D^{**}$."))
    assert row.texts == (Text("abstract", "en", "We study $C^{**}$ and $D^{**}$."),)


@pytest.mark.parametrize("empty", ["", " ", "null", "N/A"])
def test_an_empty_abstract_is_no_text(empty):
    assert one(TopicTables(), TABLE + TOPIC_ROW.replace(ZH, empty)).texts == ()


@pytest.mark.parametrize(
    ("cell", "title"),
    [
        ("[A | B](http://arxiv.org/abs/2501.00001)", "A | B"),
        ("[[Re] A [2]](http://arxiv.org/abs/2501.00001)", "[Re] A [2]"),
        ("[ $S^3$A](http://arxiv.org/abs/2501.00001)", "$S^3$A"),
        ("[A](http://arxiv.org/abs/2501.00001", "A"),
        ("[A(http://arxiv.org/abs/2501.00001)", "A"),
        ("A](http://arxiv.org/abs/2501.00001)", "A"),
        ("[**A**](http://arxiv.org/abs/2501.00001)", "A"),
        ("[A (B)](http://arxiv.org/abs/2501.00001)", "A (B)"),
        ("**[A](http://arxiv.org/abs/2501.00001)**", "A"),
    ],
)
def test_title_cells_of_every_shape(cell, title):
    row = one(TopicTables(), table(f"|**2025-01-01**|{cell}|null|{ZH}|"))
    assert (row.title, row.arxiv_id) == (title, "2501.00001")
    assert row.texts == (Text("translation", "zh", ZH),)


def test_what_stands_behind_the_title_is_a_note():
    second = "[B](http://arxiv.org/abs/2501.00002)"
    for behind in (second, "(v2, accepted at ICLR)", "<br> Ann A, Bob B"):
        row = one(TopicTables(), TABLE + TOPIC_ROW.replace("00001)|", f"00001) {behind}|"))
        assert row.arxiv_id == "2501.00001"
        assert row.notes == (behind.removeprefix("<br> "),)


@pytest.mark.parametrize(
    ("cell", "title", "notes"),
    [
        ("![new](https://img.shields.io/badge/new-red) [A](LINK)", "A", ()),
        ("<img src='https://x.org/y.svg'> [A](LINK)", "A", ()),
        ("🔥 [A](LINK)", "A", ()),
        ("1. [A](LINK)", "A", ()),
        ("~~[A](LINK)~~", "A", ()),
        ("**Oral** [A Paper](LINK)", "A Paper", ("Oral",)),
        ("[Code](https://github.com/a/b) [A Paper](LINK)", "A Paper", ("[Code](https://github.com/a/b)",)),
        ("A Paper [pdf](LINK)", "A Paper", ("pdf",)),
        ("[A [v2](https://x.org/v2) B](LINK)", "A v2 B", ("[v2](https://x.org/v2)",)),
        ("A [x] B](LINK)", "A [x] B", ()),
        ('<a class="t" href="LINK">A <i>B</i></a>', "A <i>B</i>", ()),
        ("[A](https://x.org/1) [![arXiv](https://x.org/y.svg)](LINK)", "A", ("[A](https://x.org/1)",)),
    ],
)  # fmt: skip
def test_what_stands_around_a_link_hides_no_paper(cell, title, notes):
    cell = cell.replace("LINK", "http://arxiv.org/abs/2501.00001")
    row = one(TopicTables(), table(f"|**2025-01-01**|{cell}|null|{ZH}|"))
    assert (row.title, row.arxiv_id, row.notes) == (title, "2501.00001", notes)


def test_a_row_over_several_lines_is_one():
    broken = TOPIC_ROW.replace("，", "，\n")
    reading = read(TopicTables(), table(broken, TOPIC_ROW))
    assert [(row.line, row.end_line) for row in reading.rows] == [(12, 13), (14, 14)]
    assert [row.texts for row in reading.rows] == [(Text("translation", "zh", ZH),)] * 2
    ends_open = read(TopicTables(), table(TOPIC_ROW.removesuffix("|"), "and more", "", "Aside"))
    assert ends_open.rows[0].texts[0].text == f"{ZH} and more"


def test_a_bar_and_null_in_an_abstract_end_no_cell():
    row = one(TopicTables(), TABLE + TOPIC_ROW.replace(f"null|{ZH}", " |abc | null | def"))
    assert row.texts == (Text("abstract", "en", "abc | null | def"),)
    two = "[a](https://x.org/1)<br>[b](https://x.org/2)"
    row = one(TopicTables(), TABLE + TOPIC_ROW.replace(f"null|{ZH}", f"{two}|abc | null | def"))
    assert row.code_urls == ("https://x.org/1", "https://x.org/2")
    assert row.texts == (Text("abstract", "en", "abc | null | def"),)


def test_an_escaped_bar_is_a_bar_in_every_table_but_a_norm_in_a_formula():
    title, text = r"Yes \| no", r"The norm $\|x\|$ of a \| b falls."
    plain, said = "Yes | no", r"The norm $\|x\|$ of a | b falls."
    topic = f"|**2025-01-02**|[{title}](https://arxiv.org/abs/2501.00001)|null|{text}|"
    row = one(TopicTables(), TABLE + topic)
    assert (row.title, row.texts) == (plain, (Text("abstract", "en", said),))
    link = "[PDF](https://arxiv.org/abs/2501.00001)"
    row = one(
        TranslatedTable(),
        translated(
            f"| {title} | Ann A | 2025-01-02 | {link} | {text} |",
            columns="| 标题 | 作者 | 发布日期 | PDF链接 | 摘要 |",
        ),
    )
    assert (row.title, row.texts) == (plain, (Text("abstract", "en", said),))
    header = "| **Title** | **Date** | **Abstract** | **Comment** |\n|---|---|---|---|\n"
    cells = f"| **[{title}](https://arxiv.org/abs/2501.00001)** | 2025-01-02 | {text} |  |"
    row = one(load_registry().readers["keyword-tables"], header + cells)
    assert (row.title, row.texts) == (plain, (Text("abstract", "en", said),))


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ("代码：https://github.com/a/b，数据：https://x.y/z。", ("https://github.com/a/b", "https://x.y/z")),
        ("见https://github.com/a/b以及更多", ("https://github.com/a/b",)),
        ("see https://github.com/a/b, `https://x.y/z`.", ("https://github.com/a/b", "https://x.y/z")),
        ("https://x.y/a_(b)?c=1&amp;d=2#e", ("https://x.y/a_(b)?c=1&d=2#e",)),
    ],
)  # fmt: skip
def test_an_address_ends_where_the_sentence_goes_on(text, urls):
    assert find_urls(text) == urls


@pytest.mark.parametrize(
    ("given", "categories"),
    [
        ("Computation and Language (cs.CL); Machine Learning (cs.LG)", ("cs.CL", "cs.LG")),
        ("hep-th, quant-ph, cond-mat.mes-hall", ("hep-th", "quant-ph", "cond-mat.mes-hall")),
        ("cs.CV cs.AI.", ("cs.CV", "cs.AI")),
    ],
)
def test_no_word_is_a_category(given, categories):
    pieces = Pieces()
    pieces.put("title", "[A](http://arxiv.org/abs/2501.00001)")
    pieces.put("categories", given)
    assert pieces.row(1, 1, Context()).categories == categories


def test_pieces_of_every_shape():
    pieces = Pieces()
    pieces.put("title", "A")
    pieces.put("link", "https://huggingface.co/papers/trending https://arxiv.org/abs/2501.00001。")
    pieces.put("authors", "张三，李四，王五等")
    pieces.put("categories", "Computation and Language")
    row = pieces.row(1, 1, Context())
    assert (row.arxiv_id, row.url) == ("2501.00001", "https://arxiv.org/abs/2501.00001")
    assert row.authors == ("张三", "李四", "王五")
    assert (row.categories, row.notes) == ((), ("categories: Computation and Language",))


@pytest.mark.parametrize(
    ("given", "authors"),
    [
        ("Ann A, Bob B and Carol C", ("Ann A", "Bob B", "Carol C")),
        ("Ann A, Bob B, and Carol C", ("Ann A", "Bob B", "Carol C")),
        ("Ann A and Bob B", ("Ann A", "Bob B")),
        ("Ann A, Research and Development", ("Ann A", "Research and Development")),
        ("Anderson And, Bob Brand", ("Anderson And", "Bob Brand")),
    ],
)
def test_and_before_the_last_author(given, authors):
    pieces = Pieces()
    pieces.put("title", "[A](http://arxiv.org/abs/2501.00001)")
    pieces.put("authors", given)
    assert pieces.row(1, 1, Context()).authors == authors


def test_code_cells():
    def code(cell: str) -> Row:
        return one(TopicTables(), TABLE + TOPIC_ROW.replace("null", cell))

    assert code("").code_urls == ()
    assert code("None").code_urls == ()
    assert code("https://github.com/a/b").code_urls == ("https://github.com/a/b",)
    assert code("[1](https://x.org/1), [2](https://x.org/2)").code_urls == (
        "https://x.org/1",
        "https://x.org/2",
    )
    assert code("coming soon").notes == ("Code: coming soon",)


def test_a_date_that_is_none_is_kept_as_a_note():
    row = one(TopicTables(), TABLE + TOPIC_ROW.replace("2025-01-01", "2025-02-30"))
    assert (row.published, row.notes) == (None, ("Publish Date: 2025-02-30",))
    assert one(TopicTables(), TABLE + TOPIC_ROW.replace("**2025-01-01**", "")).notes == ()


def test_each_row_has_the_topic_above_it():
    text = f"{TABLE}{TOPIC_ROW}\n\n## 6DOF Object Pose\n\n{TOPIC_ROW}\n"
    reading = read(TopicTables(), text)
    assert [row.topics for row in reading.rows] == [("多模态",), ("6DOF Object Pose",)]
    assert reading.date == "2025-01-02"


def test_a_paper_that_is_not_on_arxiv_is_a_row_too():
    row = one(
        TopicTables(),
        TABLE + TOPIC_ROW.replace("http://arxiv.org/abs/2501.00001", "https://x.org/y"),
    )
    assert (row.arxiv_id, row.url) == (None, "https://x.org/y")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("|**2025-01-01**|[A](http://arxiv.org/abs/2501.00001)|null", f"row has 3{OF_FOUR}"),
        ("|2025-01-01|", f"row has 1{OF_FOUR}"),
        (f"|**2025-01-01**|A Paper|null|{ZH} [x](http://x.org)|", "no link in the title"),
        (f"|**2025-01-01**|[A Paper]()|null|{ZH} [x](http://x.org)||", "no link in the title"),
        (f"|**2025-01-01**|[ ](http://arxiv.org/abs/2501.00001)|null|{ZH}|", "the title is empty"),
        (
            f"|**2025-01-01**|[A](http://x.org) http://arxiv.org/abs/2501.00001|null|{ZH}|",
            "the title links to http://x.org, and an arXiv paper stands beside that",
        ),
        (
            f"|**2025-01-01**|[A](http://arxiv.org/abs/2513.00001)|null|{ZH}|",
            f"http://arxiv.org/abs/2513.00001{INVALID}",
        ),
    ],
)  # fmt: skip
def test_topic_rows_that_cannot_be_understood(line, expected):
    text = table(TOPIC_ROW, line, TOPIC_ROW)
    reading = TopicTables().read(Page(text))
    assert reading.rejects == (Reject(13, expected, line),)
    assert [row.line for row in reading.rows] == [12, 14]


def test_a_table_with_other_columns_is_rejected_row_by_row():
    other = "|Publish Date|Title|Authors|PDF|Code|\n|---|---|---|---|---|\n"
    line = "|2025-01-01|[A](http://arxiv.org/abs/2501.00001)|B|[x](http://x.org)|null|"
    reading = read(TopicTables(), f"{TABLE}{TOPIC_ROW}\n\n{other}{line}\n")
    assert len(reading.rows) == 1
    (reject,) = reading.rejects
    assert reject.reason.startswith("the table's columns are publish date, title, authors")


# --- numbered and titles -----------------------------------------------------------------

LINK = "https://arxiv.org/pdf/2501.0000"
NUMBERED_PAGE = f"""\


# Papers for 2025-01-02

## 0.[First: A Paper]({LINK}1)
summary:**核心关键词**：**检索**，中文  **主要成果**：效果好。

## 1.[Second](https://arxiv.org/pdf/2501.00002v3)
summary:{ZH}

"""
TITLES_PAGE = f"""\
# Daily Huggingface Papers

<table style="border: none;">
<tr><td>
<img src="https://img.shields.io/badge/Last%20Updated-2025--01--03 
 
-brightgreen" alt="Last Updated"> <a href="https://huggingface.co/papers">HuggingFace</a> <br><br>
</td></tr>
</table>


# Papers for 2025-01-02

title:[First: A Paper]({LINK}1
summary:i) 摘要 好的方法。  ii) 结果 很好。

title:[Second]({LINK}2
summary:{ZH}



"""  # noqa: W291, W293 - real badges are broken over lines like this


def test_a_numbered_page():
    reading = read(Numbered(), NUMBERED_PAGE)
    assert reading.date == "2025-01-02"
    assert reading.rejects == ()
    assert reading.rows == (
        Row(
            line=5,
            end_line=6,
            title="First: A Paper",
            title_language="en",
            arxiv_id="2501.00001",
            url=f"{LINK}1",
            texts=(Text("summary", "zh", "核心关键词：检索，中文\n主要成果：效果好。"),),
        ),
        Row(
            line=8,
            end_line=9,
            title="Second",
            title_language="en",
            arxiv_id="2501.00002",
            version=3,
            url=f"{LINK}2v3",
            texts=(Text("summary", "zh", ZH),),
        ),
    )


def test_a_titles_page():
    reading = read(Titles(), TITLES_PAGE)
    assert reading.date == "2025-01-02"
    assert reading.rejects == ()
    assert [(row.line, row.end_line, row.title, row.url) for row in reading.rows] == [
        (14, 15, "First: A Paper", f"{LINK}1"),
        (17, 18, "Second", f"{LINK}2"),
    ]
    assert reading.rows[0].texts == (Text("summary", "zh", "i) 摘要 好的方法。\nii) 结果 很好。"),)


def test_the_badge_gives_the_date_if_the_heading_does_not():
    reading = read(Titles(), TITLES_PAGE.replace("# Papers for 2025-01-02", ""))
    assert reading.date == "2025-01-03"
    assert read(Titles(), f"title:[A]({LINK}1").date is None


@pytest.mark.parametrize(
    "heading", [f"[A]({LINK}1)", f"[A]({LINK}1", f"[A {LINK}1", f"[A]( {LINK}1 )"]
)
def test_brackets_may_be_missing(heading):
    for reader, start in ((Numbered(), "## 7."), (Titles(), "title:")):
        row = one(reader, f"{start}{heading}\nsummary:{ZH}\n")
        assert (row.title, row.url, row.arxiv_id) == ("A", f"{LINK}1", "2501.00001")


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("普通 **标签** 与 **另一个**", "普通 标签 与 另一个"),
        ("核心关键词：检索  主要成果：好", "核心关键词：检索\n主要成果：好"),
        ("策略。 2.  **两阶段**：     *   **样本**：好", "策略。\n2. 两阶段：\n* 样本：好"),
        ("达到 2**3**2 倍  好", "达到 232 倍\n好"),
        ("保留 `a*b` 与 $x_i*y_j$ 和 <think> 标签", "保留 `a*b` 与 $x_i*y_j$ 和 <think> 标签"),
        ("一段\n\n二段", "一段\n二段"),
        ("  ", ""),
    ],
)
def test_summaries_keep_words_and_paragraphs(raw, text):
    row = one(Numbered(), f"## 0.[A]({LINK}1)\nsummary:{raw}\n")
    assert [summary.text for summary in row.texts] == ([text] if text else [])


def test_an_english_summary_is_english():
    row = one(Titles(), f"title:[A]({LINK}1)\nsummary:**Core**: it works.  **Key**: really.\n")
    assert row.texts == (Text("summary", "en", "Core: it works.\nKey: really."),)


def test_a_chinese_title_is_chinese():
    assert one(Numbered(), f"## 0.[检索每日论文]({LINK}1)\n").title_language == "zh"


@pytest.mark.parametrize("heading", ["[A](https://arxiv.org/abs/2501.00001)", f"1[A]({LINK}1)"])
def test_a_numbered_heading_without_its_number_or_dot_is_an_entry(heading):
    assert one(Numbered(), f"## {heading}\nsummary:{ZH}\n").arxiv_id == "2501.00001"


def test_a_page_of_both_kinds_is_a_numbered_one():
    page = Page(NUMBERED_PAGE + TITLES_PAGE)
    assert [reader.layout for reader in READERS if reader.recognises(page)] == ["daily-numbered"]


def test_entries_that_cannot_be_understood():
    good = f"## 0.[A]({LINK}1)\nsummary:{ZH}\n\n"
    for broken, expected in [
        (f"## 1.A\nsummary:{ZH}", "no link in the title"),
        (f"## 1.\nsummary:{ZH}", "no link in the title"),
        (f"## 1.[]({LINK}2)\nsummary:{ZH}", "the title is empty"),
        (f"## 1.[B]({LINK})\nsummary:{ZH}", f"{LINK}{INVALID}"),
        (f"summary:{ZH}", "a summary without a title"),
    ]:  # fmt: skip
        reading = read(Numbered(), f"{good}{broken}\n\n{good}")
        assert reading.rejects == (Reject(4, expected, broken),)
        assert [row.title for row in reading.rows] == ["A", "A"]
    assert reason(Titles(), f"title:[B\nsummary:{ZH}\n") == "no link in the title"
    assert reason(Titles(), f"summary:{ZH}\n") == "a summary without a title"


@pytest.mark.parametrize("heading", ["# 方法", "## 结果", "# Results"])
def test_a_heading_in_a_summary_ends_nothing(heading):
    for reader, start in ((Numbered(), "## 0."), (Titles(), "title:")):
        entry = f"{start}[A]({LINK}1)\nsummary:一。\n{heading}\n二。\n"
        page = f"# Daily\n\n# Papers for 2025-01-02\n\n{entry}\n# Daily\n\n一日\n\n{entry}"
        reading = read(reader, page)
        assert reading.rejects == ()
        assert [row.texts[0].text for row in reading.rows] == [f"一。\n{heading}\n二。"] * 2


def test_a_page_of_several_days():
    entry = f"## 0.[A]({LINK}1)\nsummary:{ZH}\n\n"
    days = ["2025-01-03", "2025-01-02", "2025-01-03"]
    reading = read(Numbered(), "".join(f"# Papers for {day}\n\n{entry}" for day in days))
    assert reading.date == "2025-01-03"
    assert [row.shown for row in reading.rows] == [None, "2025-01-02", None]
    table = translated(cells())
    reading = read(TranslatedTable(), table + table.replace("01-02", "01-01"))
    assert (reading.date, [row.shown for row in reading.rows]) == (
        "2025-01-02",
        [None, "2025-01-01"],
    )


def test_a_heading_out_of_form_does_not_pass_for_a_summary():
    page = Page(f"## 0.[A]({LINK}1)\nsummary:{ZH}\n### 1.[B]({LINK}2)\nsummary:{ZH}\n")
    reading = Numbered().read(page)
    assert [row.end_line for row in reading.rows] == [2]
    assert [reject.line for reject in uncovered(page, reading)] == [3]
    assert [reject.line for reject in reading.rejects] == [4]


# --- arXiv by category -------------------------------------------------------------------


def entry(number: int, **parts: str) -> str:
    given = {
        "link": f"[{number}] [Paper {number}](https://arxiv.org/abs/2501.0000{number})",
        "authors": f"*Ann Author,Bob Ben {number}*",
        "category": "cs.CV",
        "tldr": f"第{number}篇论文的一句话总结。",
        "motivation": "动机是检索困难。",
        "method": "方法是向量检索。",
        "result": "结果很好。",
        "conclusion": "结论是有效。",
        "abstract": f"We present paper {number}, a state-of-\nthe-art method.",
        **parts,
    }
    return f"""\
### {given["link"]}
{given["authors"]}

Main category: {given["category"]}

TL;DR: {given["tldr"]}


<details>
  <summary>Details</summary>
Motivation: {given["motivation"]}

Method: {given["method"]}

Result: {given["result"]}

Conclusion: {given["conclusion"]}

Abstract: {given["abstract"]}

</details>
"""


CATEGORY_PAGE = f"""\
<div id=toc></div>

# Table of Contents

- [cs.CV](#cs.CV) [Total: 2]
- [cs.RO](#cs.RO) [Total: 1]


<div id='cs.CV'></div>

# cs.CV [[Back]](#toc)

{entry(1)}

{entry(2)}

<div id='cs.RO'></div>

# cs.RO [[Back]](#toc)

{entry(3, category="cs.RO")}"""


def test_a_category_page():
    reading = read(ByCategory(), CATEGORY_PAGE)
    assert (reading.rejects, reading.date) == ((), None)
    assert [row.categories for row in reading.rows] == [("cs.CV",), ("cs.CV",), ("cs.RO",)]
    assert [(row.line, row.end_line) for row in reading.rows] == [(13, 34), (37, 58), (65, 86)]
    assert reading.rows[1] == Row(
        line=37,
        end_line=58,
        title="Paper 2",
        title_language="en",
        arxiv_id="2501.00002",
        url="https://arxiv.org/abs/2501.00002",
        texts=(
            Text("tldr", "zh", "第2篇论文的一句话总结。"),
            Text("motivation", "zh", "动机是检索困难。"),
            Text("method", "zh", "方法是向量检索。"),
            Text("result", "zh", "结果很好。"),
            Text("conclusion", "zh", "结论是有效。"),
            Text("abstract", "en", "We present paper 2, a state-of-the-art method."),
        ),
        authors=("Ann Author", "Bob Ben 2"),
        categories=("cs.CV",),
    )


def test_the_main_category_comes_first_and_the_section_stays():
    row = one(ByCategory(), f"# cs.CV [[Back]](#toc)\n\n{entry(1, category='cs.LG, stat.ML')}")
    assert row.categories == ("cs.LG", "stat.ML", "cs.CV")
    assert one(ByCategory(), entry(1, category="")).categories == ()


@pytest.mark.parametrize(
    ("wrapped", "text"),
    [
        ("one\ntwo", "one two"),
        ("state-of-\nthe-art", "state-of-the-art"),
        ("short-\nand long-term", "short- and long-term"),
        ("from 1990--\n2000", "from 1990--2000"),
        ("a dash -\nhere", "a dash - here"),
        ("first paragraph.\n  Second one.", "first paragraph. Second one."),
        ("formula $A<B<C$ and \\textbf{x}\n$a_i*b_j$", r"formula $A<B<C$ and \textbf{x} $a_i*b_j$"),
        ("we have\nResult: none\nMethod: none", "we have Result: none Method: none"),
        ("we call\n# of samples\nn", "we call # of samples n"),
        ("if p &lt; 0.05 &amp; q", "if p < 0.05 & q"),
        ("**T**hinking first", "**T**hinking first"),
        ("a\nDetails\nb", "a Details b"),
    ],
)
def test_abstracts_are_unwrapped_and_otherwise_untouched(wrapped, text):
    row = one(ByCategory(), entry(1, abstract=wrapped))
    assert row.texts[-1] == Text("abstract", "en", text)


def test_breaks_in_other_parts_are_kept():
    row = one(ByCategory(), entry(1, method="分两步：\n1. 编码\n\n2. 检索"))
    assert row.texts[2].text == "分两步：\n1. 编码\n2. 检索"


def test_an_indented_label_is_no_label():
    row = one(ByCategory(), entry(1, method="分两步：\n  Result: 编码\n检索"))
    assert row.texts[2].text == "分两步：\nResult: 编码\n检索"
    assert row.texts[3] == Text("result", "zh", "结果很好。")


def test_parts_may_be_missing_empty_english_or_failed():
    row = one(ByCategory(), entry(1, tldr="We do it.", method="", result="Error"))
    assert [(text.kind, text.language) for text in row.texts] == [
        ("tldr", "en"),
        ("motivation", "zh"),
        ("result", "en"),
        ("conclusion", "zh"),
        ("abstract", "en"),
    ]
    assert row.texts[2].text == "Error"
    without = re.sub(r"TL;DR.*\n|Conclusion.*\n", "", entry(1))
    assert [text.kind for text in one(ByCategory(), without).texts] == [
        "motivation", "method", "result", "abstract",
    ]  # fmt: skip


def test_authors():
    def authors(line: str) -> tuple[str, ...]:
        return one(ByCategory(), entry(1, authors=line)).authors

    assert authors("*A. One*") == ("A. One",)
    assert authors("*A. One, B. Two*") == ("A. One", "B. Two")
    assert authors("*A. One, Jr.,B. Two, III*") == ("A. One, Jr.", "B. Two, III")
    assert authors("*A. One,B. Two") == ("A. One", "B. Two")
    assert authors("*D&#39;Inca*") == ("D'Inca",)
    assert authors("") == ()


def test_lines_that_are_none_of_these_are_kept_as_notes():
    assert one(ByCategory(), entry(1, category="cs.CV\nAccepted somewhere")).notes == (
        "Accepted somewhere",
    )


@pytest.mark.parametrize(
    ("link", "title"),
    [
        ("[1] [A](https://arxiv.org/abs/2501.00001)", "A"),
        ("[A](https://arxiv.org/abs/2501.00001)", "A"),
        ("[1] [[Re] A](https://arxiv.org/abs/2501.00001)", "[Re] A"),
        ("[[Re] A](https://arxiv.org/abs/2501.00001)", "[Re] A"),
        ("[1] [$X_i$ (a) b](https://arxiv.org/abs/2501.00001)", "$X_i$ (a) b"),
        ("[12] [A](https://arxiv.org/abs/2501.00001", "A"),
    ],
)
def test_category_headings(link, title):
    row = one(ByCategory(), entry(1, link=link))
    assert (row.title, row.arxiv_id) == (title, "2501.00001")


def test_the_fork_with_a_task_and_without_categories():
    row = one(
        ByCategory(),
        """\
### [A](https://arxiv.org/abs/2501.00001)
*Ann Author*

Task: 研究一个任务。

Motivation: 动机。

<details>
  <summary>Details</summary>
Method: 方法。

Abstract: We do.

</details>
""",
    )
    assert [(text.kind, text.text) for text in row.texts] == [
        ("summary", "研究一个任务。"),
        ("motivation", "动机。"),
        ("method", "方法。"),
        ("abstract", "We do."),
    ]
    assert row.categories == ()


def test_the_fork_with_only_the_abstract():
    row = one(
        ByCategory(),
        """\
### [A](https://arxiv.org/abs/2501.00001)
*Ann Author*
<details>
  <summary>Abstract</summary>
We do
this.
</details>
""",
    )
    assert row.texts == (Text("abstract", "en", "We do this."),)


def test_forks_with_bold_labels_and_details_without_labels():
    page = """\
### [A](https://arxiv.org/abs/2501.00001)
**Authors:** Ann A, Bob B

<details>
<summary>摘要</summary>

我们提出了一种新的方法。

</details>

### [B](https://arxiv.org/abs/2501.00002)
- **作者**：Ann A
- **TL;DR**: 一句话。
- **方法：** 一种方法。
<details>
<summary>Show abstract</summary>
We do
this.
</details>
[Code](https://github.com/a/b)
<details><summary>展开</summary>
更多的话。
</details>

---
Made by hand
### [C](https://arxiv.org/abs/2501.00003)
<details>
<summary>Details</summary>
很多话，没有标签。
</details>
"""
    first, second, third = read(ByCategory(), page).rows
    assert first.authors == ("Ann A", "Bob B")
    assert first.texts == (Text("translation", "zh", "我们提出了一种新的方法。"),)
    assert second.authors == ("Ann A",)
    assert second.texts == (
        Text("tldr", "zh", "一句话。"),
        Text("method", "zh", "一种方法。"),
        Text("abstract", "en", "We do this."),
        Text("summary", "zh", "更多的话。"),
    )
    assert second.notes == ("[Code](https://github.com/a/b)",)
    assert (second.line, second.end_line) == (11, 23)
    assert third.texts == (Text("summary", "zh", "很多话，没有标签。"),)


def test_a_day_without_papers_in_the_fork():
    page = Page("# AI-Enhanced arXiv Daily 2025-06-20\n\n### 今日没有找到新论文。\n")
    assert ByCategory().recognises(page)
    assert ByCategory().read(page) == Reading(date="2025-06-20")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (entry(2, link="[2] Paper 2"), "no link in the title"),
        (entry(2, link="Paper 2"), "no link in the title"),
        (entry(2, link="[2] [](https://arxiv.org/abs/2501.00002)"), "the title is empty"),
        (
            entry(2, link="[2] [A](https://arxiv.org/abs/2501.0002)"),
            f"https://arxiv.org/abs/2501.0002{INVALID}",
        ),
        (entry(2).split("\n", 1)[1], "text of an entry without its heading"),
    ],
)
def test_category_entries_that_cannot_be_understood(text, expected):
    reading = read(ByCategory(), f"{entry(1)}{text}{entry(3)}")
    assert [row.arxiv_id for row in reading.rows] == ["2501.00001", "2501.00003"]
    (reject,) = reading.rejects
    assert (reject.line, reject.reason) == (23, expected)
    assert reject.raw == text.rstrip("\n")


# --- translated tables -------------------------------------------------------------------


def translated(*rows: str, columns: str = "| 标题 | 作者 | PDF链接 |  摘要 |") -> str:
    dashes = "|------" * (columns.count("|") - 1) + "|"
    return "# arxiv 2025-01-02\n\n" + "\n".join([columns, dashes, *rows]) + "\n"


PDF = "http://arxiv.org/pdf/2501.00001v1"


def cells(title: str = "检索：每日论文", abstract: str = ZH, url: str = PDF) -> str:
    return f"| {title} | Ann Author | [PDF]({url}) | {abstract} |"


def test_a_translated_row():
    reading = read(TranslatedTable(), translated(cells()))
    assert reading.date == "2025-01-02"
    assert reading.rows == (
        Row(
            line=5,
            end_line=5,
            title="检索：每日论文",
            title_language="zh",
            arxiv_id="2501.00001",
            version=1,
            url="http://arxiv.org/pdf/2501.00001v1",
            texts=(Text("translation", "zh", ZH),),
            authors=("Ann Author",),
        ),
    )


NOTE = "（注：译法说明\n1. 第一点\n\n2. 第二点）"


@pytest.mark.parametrize(
    ("cell", "title", "notes"),
    [
        (f"题目\n\n{NOTE}", "题目", ("（注：译法说明\n1. 第一点\n2. 第二点）",)),
        (f"题目\n{NOTE}", "题目", ("（注：译法说明\n1. 第一点\n2. 第二点）",)),
        ("题目\n\n（解析说明：好）", "题目", ("（解析说明：好）",)),
        ("《题目》\n\n翻译说明：\n1. 好", "题目", ("翻译说明：\n1. 好",)),
        ("题目（注：此为意译）", "题目", ("（注：此为意译）",)),
        ("题目\n\n本翻译严格遵循规范", "题目", ("本翻译严格遵循规范",)),
        ("以下是翻译：\n\n**题目**\n\n希望有帮助！", "题目", ("以下是翻译：", "希望有帮助！")),
        ('以下是翻译：\n\n"题目"', "题目", ("以下是翻译：",)),
        ("《题目》", "题目", ()),
        ("《甲》与《乙》", "《甲》与《乙》", ()),
        ("《甲》：乙", "《甲》：乙", ()),
        ("题目（早期版本）", "题目（早期版本）", ()),
        ("长题目换行之后\n注意力机制", "长题目换行之后注意力机制", ()),
        ("甲 | 乙", "甲 | 乙", ()),
        ("说明：一种解释方法", "说明：一种解释方法", ()),
        ("Only 10 [翻译失败]", "Only 10", ("[翻译失败]",)),
    ],
)
def test_titles_and_what_translators_say_about_them(cell, title, notes):
    row = one(TranslatedTable(), translated(cells(cell)))
    assert (row.title, row.notes) == (title, notes)
    assert row.texts == (Text("translation", "zh", ZH),)
    assert row.line == 5
    assert row.end_line == 5 + cell.count("\n")


@pytest.mark.parametrize(
    ("cell", "text", "notes"),
    [
        ("第一行，\n第二行。", "第一行，第二行。", ()),
        ("\n第二行。", "第二行。", ()),
        ("好的。\n\n（注：术语\n1. 甲）", "好的。", ("（注：术语\n1. 甲）",)),
        ("好的。\n\n注意力机制也好。", "好的。注意力机制也好。", ()),
        ("概率 $p(a|b)$ 很高。", "概率 $p(a|b)$ 很高。", ()),
        ("我们称之为**火花**。", "我们称之为火花。", ()),
        ("", None, ()),
        ("N/A", None, ()),
    ],
)
def test_translated_abstracts(cell, text, notes):
    row = one(
        TranslatedTable(), translated(cells(abstract=cell), cells()).replace(f"{cells()}\n", "")
    )
    assert [found.text for found in row.texts] == ([text] if text else [])
    assert row.notes == notes


def test_an_abstract_that_was_not_translated_is_the_authors_own():
    cell = "Training models at the scale of\noutdoor scenes is chall [翻译失败]"
    row = one(TranslatedTable(), translated(cells(abstract=cell)))
    assert row.texts == (
        Text("abstract", "en", "Training models at the scale of outdoor scenes is chall"),
    )
    assert row.notes == ("[翻译失败]",)


def test_a_row_may_lack_its_last_bar():
    row = one(TranslatedTable(), translated(cells()[:-1]))
    assert row.texts == (Text("translation", "zh", ZH),)


def test_columns_are_read_from_the_header():
    row = one(
        TranslatedTable(),
        translated(
            "| 题目 | Gao, C. | 2025-01-01 | [PDF](https://doi.org/10.1101/X.1) | 好的摘要 |",
            columns="| 标题 | 作者 | 发布日期 | PDF链接 | 摘要 |",
        ),
    )
    assert row.published == "2025-01-01"
    assert row.authors == ("Gao, C.",)
    assert (row.arxiv_id, row.version, row.url) == (None, None, "https://doi.org/10.1101/X.1")
    assert paper_key(row) == "doi:10.1101/x.1"


def test_the_authors_own_title_wins_over_the_translated_one():
    columns = "| 标题 | 作者 | PDF链接 | 代码仓库 | Title | "

    def with_code(code: str) -> Row:
        line = f"| 题目 | A | [PDF](http://arxiv.org/pdf/2501.00001v1) | {code} | A | B |"
        return one(TranslatedTable(), translated(line, columns=columns))

    row = with_code("N/A")
    assert (row.title, row.title_language) == ("A | B", "en")
    assert (row.notes, row.code_urls, row.texts) == (("题目",), (), ())
    assert with_code("[code](https://github.com/a/b)").code_urls == ("https://github.com/a/b",)
    assert with_code("即将发布").notes == ("题目", "代码仓库: 即将发布")


def test_what_this_reader_does_not_know_is_kept_as_a_note():
    row = one(
        TranslatedTable(),
        translated(
            "| 题目 | A | 昨天 | [PDF](http://arxiv.org/pdf/2501.00001v1) | 好 | 八分 |",
            columns="| 标题 | 作者 | 发布日期 | PDF链接 | 摘要 | 评分 |",
        ),
    )
    assert row.published is None
    assert row.notes == ("评分: 八分", "发布日期: 昨天")


def test_several_tables_and_a_table_of_links_on_one_page():
    text = f"""\
# 2025-01-02 每日论文

| 来源 | 独立页面 |
|------|----------|
| arXiv | [arXiv](2025-01-02-arxiv.md) |

## arXiv

> 当天没有抓取到有效论文。

## medRxiv

| 标题 | 作者 | PDF链接 | 摘要 |
|------|------|--------|------|
{cells("甲")}

## bioRxiv

| 标题 | 作者 | 发布日期 | PDF链接 | 摘要 |
|------|------|------|--------|------|
| 乙 | A | 2025-01-01 | [PDF](https://doi.org/10.1101/2.2) | 好 |
"""
    reading = read(TranslatedTable(), text)
    assert [(row.title, row.published) for row in reading.rows] == [
        ("甲", None),
        ("乙", "2025-01-01"),
    ]
    assert (reading.rejects, reading.date) == ((), "2025-01-02")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("| 题目 | A | [PDF](http://arxiv.org/pdf/2501.00002v1) |", f"row has 3{OF_FOUR}"),
        ("| 题目 | [PDF](http://arxiv.org/pdf/2501.00002v1) | 好 |", f"row has 3{OF_FOUR}"),
        ("| 题目 | A |", f"row has 2{OF_FOUR}"),
        ("| 题目\n\n（注：没有结尾", f"row has 1{OF_FOUR}"),
        ("| 题目 | A | PDF | 好 |", "no link in the link column"),
        ("|  |  | [PDF](https://doi.org/10.1101/1.1) |  |", "the title is empty"),
        (cells(url="http://arxiv.org/pdf/2513.1"), f"http://arxiv.org/pdf/2513.1{INVALID}"),
    ],
)  # fmt: skip
def test_translated_rows_that_cannot_be_understood(line, expected):
    text = translated(cells(), line, cells())
    reading = read(TranslatedTable(), text)
    assert reading.rejects == (Reject(6, expected, line),)
    assert len(reading.rows) == 2


def test_a_row_without_its_end_stops_at_a_heading():
    reading = read(TranslatedTable(), translated("| 题目", "", "## bioRxiv", "", cells()))
    assert [(reject.line, reject.raw) for reject in reading.rejects] == [(5, "| 题目")]
    assert len(reading.rows) == 1


@pytest.mark.parametrize(
    "text",
    [
        "# arXiv 2026-05-01\n\n> 当天没有抓取到有效论文。\n",
        "# Arxiv 2026-05-01 Papers\n\n| 标题 | 作者 | PDF链接 | Title | \n|---|---|---|---| \n",
    ],
)
def test_days_without_papers(text):
    assert TranslatedTable().recognises(Page(text))
    assert read(TranslatedTable(), text) == Reading(date="2026-05-01")


def test_a_day_that_the_digest_failed_to_fetch_is_told():
    link = "https://export.arxiv.org/api/query?search_query=cs"
    reading = read(TranslatedTable(), f"# medRxiv 2026-05-01\n\n> 抓取失败：{link}\n")
    assert reading.rejects == (Reject(3, NOT_FETCHED, f"> 抓取失败：{link}"),)
    assert (reading.rows, reading.date) == ((), "2026-05-01")


# --- what the readers share --------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (ZH, "zh"),
        ("在 MMLU、GSM8K 与 HumanEval 上，我们用 LoRA 微调 LLaMA-2 和 Qwen2.5-VL。", "zh"),
        ("LEAML：面向多模态大语言模型的方法", "zh"),
        ("We translate 你好 and 再见 into many other languages with a new model.", "en"),
        ("", "en"),
        ("GPT-4", "en"),
        ("2025", "en"),
        ("代码见 https://github.com/some/very/long/address/with/many/words 处", "zh"),
        ("see https://x.org/a。这是一个中文句子。", "zh"),
        (r"设 $\mathcal{L}(x) = \sum_i \alpha_i f_i(x) + \beta g(x) + h(x)$ 有界", "zh"),
        ("运行 `pip install some package with many more words right now` 即可", "zh"),
        ("From $5 降到了原来的一半以下，也就是说只要 $2 now", "zh"),
    ],
)
def test_the_language_of_a_text(text, language):
    assert language_of(text) == language


def test_dates():
    assert find_date("**2025-09-26**") == "2025-09-26"
    assert find_date("Updated on 2025.9.6") == "2025-09-06"
    assert find_date("2025/02/30, then 2025/03/01") == "2025-03-01"
    assert find_date("更新于 2025年9月6日") == "2025-09-06"
    assert find_date("2025年13月6日，2025年09月06日") == "2025-09-06"
    assert find_date("2025-09.26") is None
    assert find_date("12025-09-260") is None


def test_wrappings_come_off_titles_only_as_a_whole():
    assert clean_title(" **“A  Title”** ") == "A Title"
    assert clean_title('"A" or "B"') == '"A" or "B"'
    assert clean_title("**A** and **B**") == "**A** and **B**"
    assert clean_title('"') == '"'
    assert clean_title("《》") == "《》"


def test_links_may_hold_brackets_and_entities():
    link = read_link("[A](https://x.org/S0140(20)1?a=1&amp;b=2)")
    assert link.url == "https://x.org/S0140(20)1?a=1&b=2"


def test_han_text_is_unwrapped_without_spaces():
    assert unwrap(["我们", "提", "出，", "一种 CLIP", "方法"]) == "我们提出，一种 CLIP 方法"


def test_hostile_lines_do_not_stall():
    started = time.process_time()
    for filler in (" ", "[", "(", "|", "*", "-", "\\", "$", "a ", "](", "《", "[a](http://"):
        line = filler * 5000
        for start in ("|**2025-01-01**|", "## 0.", "title:", "### [1] ", "| ", "summary:", ""):
            for reader in READERS:
                reader.read(Page(TABLE + translated() + start + line + "\n" + line))
    assert time.process_time() - started < 30


# --- coverage ----------------------------------------------------------------------------


def test_links_outside_all_entries_are_reported():
    extra = "See also [this](https://arxiv.org/abs/2501.00009v1)."
    page = Page(table(TOPIC_ROW) + f"\n{extra}\n[home](https://example.org)\n")
    reading = TopicTables().read(page)
    (reject,) = uncovered(page, reading)
    assert (reject.line, reject.raw) == (14, extra)
    assert "no reader" in reject.reason


def test_links_inside_rows_and_rejects_are_covered():
    link = "https://arxiv.org/abs/2501.00001"
    page = Page("\n".join([link] * 6))
    reading = Reading(
        rows=(Row(line=2, end_line=3, title="A", title_language="en"),),
        rejects=(Reject(5, "broken", f"{link}\n{link}"),),
    )
    assert [reject.line for reject in uncovered(page, reading)] == [1, 4]


# --- the registry ------------------------------------------------------------------------


class Anything:
    layout = "anything"

    def recognises(self, page: Page) -> bool:
        return True

    def read(self, page: Page) -> Reading:
        return Reading()


class Choleric(Anything):
    def recognises(self, page: Page) -> bool:
        raise RuntimeError("not in the mood")


class NoReader:
    layout = "none"


def refuse() -> None:
    raise ValueError("no licence")


def point(name: str, target: str) -> EntryPoint:
    value = target if "." in target else f"{__name__}:{target}"
    return EntryPoint(name, value, GROUP)


def test_readers_are_loaded_from_entry_points():
    registry = load_registry(
        [
            point("topic-tables", "indexer.readers.topic_tables:TopicTables"),
            point("own", "Anything"),
        ]
    )
    assert {name: reader.layout for name, reader in registry.readers.items()} == {
        "topic-tables": "topic-tables",
        "own": "anything",
    }


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("no.such.module:Reader", "ModuleNotFoundError"),
        ("NoSuchName", "AttributeError"),
        ("refuse", "ValueError: no licence"),
        ("NoReader", "lacks recognises, read"),
    ],
)
def test_a_plug_in_that_does_not_load_is_left_out_with_a_warning(target, message):
    with pytest.warns(ReaderWarning, match=f"'broken'.*left out.*{message}"):
        registry = load_registry([point("broken", target), point("good", "Anything")])
    assert list(registry.readers) == ["good"]


def test_two_plug_ins_with_one_name():
    points = [point("same", "Choleric"), point("same", "Anything")]
    for order in (points, points[::-1]):
        with pytest.warns(ReaderWarning, match="name is taken"):
            registry = load_registry(order)
        assert type(registry.readers["same"]) is Anything


def test_the_first_name_reads_a_page_that_several_readers_recognise():
    for names in (("a", "b"), ("b", "a")):
        registry = Registry({name: Anything() for name in names})
        with pytest.warns(ReaderWarning, match="a, b"):
            assert registry.recognise(Page("")) is registry.readers["a"]


def test_a_reader_that_fails_to_look_is_passed_over():
    registry = Registry({"choleric": Choleric(), "good": Anything()})
    with pytest.warns(ReaderWarning, match="'choleric'.*not in the mood"):
        assert registry.recognise(Page("")) is registry.readers["good"]


def test_a_page_that_no_reader_knows():
    assert REGISTRY.recognise(Page("# Notes\n\nNothing here.\n")) is None
    assert REGISTRY.recognise(Page("")) is None


def test_the_projects_own_readers_are_declared():
    import tomllib

    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    points = declared.get("entry-points", {}).get(GROUP)
    if points is None:
        pytest.skip(f"pyproject.toml does not declare the group {GROUP} yet")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        registry = load_registry(EntryPoint(*item, GROUP) for item in points.items())
    assert set(LAYOUTS.values()) <= {reader.layout for reader in registry.readers.values()}
    assert all(name == reader.layout for name, reader in registry.readers.items())


# --- damaged pages -----------------------------------------------------------------------

TOPIC_PAGE = (
    table(
        TOPIC_ROW,
        TOPIC_ROW.replace("00001", "00002").replace("null", "**[link](https://github.com/a/b)**"),
        TOPIC_ROW.replace("00001", "00003").replace("A Paper", "A | B") + "|",
    )
    + "\n## 检索\n\n|Publish Date|Title|Code|Abstract|\n|---|---|---|---|\n"
    + TOPIC_ROW.replace("00001", "00004")
    + "\n"
)
TRANSLATED_PAGE = translated(
    cells(),
    cells(f"题目\n\n{NOTE}", url="http://arxiv.org/pdf/2501.00002v1"),
    cells("《题目》", url="http://arxiv.org/pdf/2501.00003v2", abstract="一行\n二行"),
    cells("四", url="http://arxiv.org/pdf/2501.00004v1"),
)
PAGES = {
    "topic-tables": (TopicTables(), TOPIC_PAGE),
    "daily-numbered": (Numbered(), NUMBERED_PAGE + f"## 2.[Third]({LINK}3)\nsummary:{ZH}\n"),
    "daily-titles": (Titles(), TITLES_PAGE + f"title:[Third]({LINK}3\nsummary:{ZH}\n"),
    "arxiv-by-category": (ByCategory(), CATEGORY_PAGE),
    "translated-table": (TranslatedTable(), TRANSLATED_PAGE),
}
JUNK = [
    *("", "|", "||", "#", "## ", "### [", "](", "**", "（注：", "\x00", "\u2028", "𠀀"),
    *("summary:", "title:", "</details>", "Abstract: x", "| a | b |", "|---|---|"),
    *("&#99999999;", "2025-99-99", "https://arxiv.org/pdf/"),
    "[x](https://arxiv.org/abs/2501.00009)",
]


@st.composite
def damaged(draw, text: str) -> str:
    lines = text.split("\n")
    for _ in range(draw(st.integers(1, 6))):
        if not lines:
            break
        index = draw(st.integers(0, len(lines) - 1))
        line = lines[index]
        cut = draw(st.integers(0, len(line)))
        match draw(st.integers(0, 6)):
            case 0:
                del lines[index]
            case 1:
                lines[index] = line[:cut]
            case 2:
                lines[index] = line[cut:]
            case 3:
                lines[index] = line[:cut] + line[cut + 1 :]
            case 4:
                lines[index] = line[:cut] + draw(st.sampled_from(JUNK)) + line[cut:]
            case 5:
                lines.insert(index, draw(st.sampled_from(JUNK)))
            case 6:
                del lines[index + draw(st.integers(0, 10)) :]
    return "\n".join(lines)


# Not the project's own pattern: the check must not share the readers' mistakes.
PLAIN_LINK = re.compile(r"https?://arxiv\.org/(?:abs|pdf)/\d")


def check(reader, text: str) -> Reading:
    page = Page(text)
    reading = reader.read(page)
    spans = [(row.line, row.end_line) for row in reading.rows]
    for reject in reading.rejects:
        end = reject.line + reject.raw.count("\n")
        assert reject.raw == "\n".join(page.lines[reject.line - 1 : end])
        assert reject.reason
        spans.append((reject.line, end))
    spans.sort()
    last = 0
    for start, end in spans:
        assert last < start <= end <= len(page.lines)
        last = end
    for row in reading.rows:
        assert row.title.strip() == row.title != ""
        own = "\n".join(page.lines[row.line - 1 : row.end_line])
        assert row.arxiv_id is None or row.arxiv_id in own
        assert all(text.text.strip() == text.text != "" for text in row.texts)
    reported = {reject.line for reject in uncovered(page, reading)}
    for number, line in enumerate(page.lines, 1):
        if PLAIN_LINK.search(line):
            inside = any(start <= number <= end for start, end in spans)
            assert inside != (number in reported)
    return reading


@pytest.mark.parametrize("layout", PAGES)
@settings(max_examples=300)
@given(data=st.data())
def test_damaged_pages_never_raise_and_lose_no_link(layout, data):
    reader, text = PAGES[layout]
    check(reader, data.draw(damaged(text)))


@settings(max_examples=200)
@given(data=st.data())
def test_no_reader_raises_on_another_layouts_page(data):
    _, text = data.draw(st.sampled_from(list(PAGES.values())))
    check(data.draw(st.sampled_from(READERS)), data.draw(damaged(text)))


def without_place(row: Row) -> Row:
    return replace(row, line=0, end_line=0)


@pytest.mark.parametrize("layout", PAGES)
def test_deleting_an_entry_leaves_the_others_as_they_were(layout):
    reader, text = PAGES[layout]
    lines = text.split("\n")
    rows = reader.read(Page(text)).rows
    assert len(rows) >= 3
    for gone in rows:
        rest = lines[: gone.line - 1] + lines[gone.end_line :]
        reading = check(reader, "\n".join(rest))
        assert reading.rejects == ()
        assert [without_place(row) for row in reading.rows] == [
            without_place(row) for row in rows if row is not gone
        ]


@pytest.mark.parametrize("layout", PAGES)
@settings(max_examples=150)
@given(data=st.data())
def test_damage_to_a_line_reaches_no_further_than_the_next_entry(layout, data):
    """One cut line may spoil its own entry and its neighbours, never one further off."""
    reader, text = PAGES[layout]
    rows = reader.read(Page(text)).rows
    hit = data.draw(st.integers(0, len(rows) - 1))
    index = data.draw(st.integers(rows[hit].line - 1, rows[hit].end_line - 1))
    lines = text.split("\n")
    lines[index] = lines[index][: data.draw(st.integers(0, len(lines[index])))]
    after = {without_place(row) for row in check(reader, "\n".join(lines)).rows}
    for number, row in enumerate(rows):
        if abs(number - hit) > 1:
            assert without_place(row) in after


@pytest.mark.parametrize("layout", PAGES)
def test_every_synthetic_page_is_recognised_by_its_reader_alone(layout):
    page = Page(PAGES[layout][1])
    assert [reader.layout for reader in READERS if reader.recognises(page)] == [layout]
