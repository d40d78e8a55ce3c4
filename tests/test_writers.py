"""The writers: what is written in a layout reads back as it was, whatever it says.

The real pages and every paper of the five archives are written and read again, and so are
rows made of all that Markdown, HTML, LaTeX and the layouts themselves take for markup.
"""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from embeddings.errors import BadQuery, InputError
from indexer.files import decode
from indexer.paper import Row, Text
from indexer.readers.base import Page
from indexer.readers.coverage import uncovered
from indexer.readers.registry import load_registry
from indexer.readers.slot import LABELS, NOTES, read_slot
from indexer.writers.markup import normal
from indexer.writers.registry import WRITERS, writer_of

ROOT = Path(__file__).parent.parent
SHARED = Path(os.environ.get("PAPER_ARCHIVE_SHARED", ROOT.parent / "shared"))
EXAMPLES = ROOT / "indexer" / "examples"
REGISTRY = load_registry()
LAYOUTS = list(WRITERS)
DAY = "2025-01-02"
URL = "https://arxiv.org/abs/2501.00001"


def unlined(rows):
    """Rows without where they stood on a page."""
    return [replace(row, line=0, end_line=0) for row in rows]


def read_again(layout, rows, intro="一日"):
    """The rows of a page written in a layout, by the only reader that recognises it."""
    page = Page(WRITERS[layout].write(rows, DAY, intro))
    claims = REGISTRY.claims(page)
    # Two layouts say "a day without papers" in the same words.
    assert claims == [layout if rows or layout != "daily-titles" else "daily-numbered"]
    # What is written to a file and read from there is the same text.
    assert decode(Path("page.md"), page.text.encode()) == page
    reading = REGISTRY.readers[claims[0]].read(page)
    assert reading.rejects == ()
    assert uncovered(page, reading) == []
    assert reading.date == DAY
    return unlined(reading.rows)


def pages(folder):
    """Each page below a folder in a layout that can be written: its path, layout and rows."""
    if not folder.is_dir():
        pytest.skip(f"{folder} is not here; set PAPER_ARCHIVE_SHARED to the folder of real pages")
    for path in sorted(folder.rglob("*.md")):
        page = Page(path.read_text("utf-8-sig"))
        if (reader := REGISTRY.recognise(page)) and reader.layout in LAYOUTS:
            yield path.name, reader.layout, unlined(reader.read(page).rows)


def everything(row):
    """A row with all that any layout has a place for."""
    return replace(
        row,
        published=row.published or "2025-01-01",
        authors=row.authors or ("Ann Author", "Bob, Jr."),
        topics=row.topics or ("检索 & [ranking]",),
        categories=row.categories or ("cs.IR",),
        code_urls=row.code_urls or ("https://github.com/a/b",),
        notes=(*row.notes, "一条注", "a note"),
    )


# --- real pages --------------------------------------------------------------------------


@pytest.mark.parametrize("folder", [EXAMPLES, SHARED / "archives", SHARED / "more-archives"])
def test_pages_read_written_and_read_give_the_same_rows(folder):
    seen = set()
    for name, layout, rows in pages(folder):
        seen.add(layout)
        # Stated twice: the layout's writer leaves nothing out, and what it wrote reads so.
        if layout in ("topic-tables", "arxiv-by-category") and folder.name == "more-archives":
            # Some days print a topic or category twice; its rows stand together then.
            assert sorted(WRITERS[layout].carried(rows), key=repr) == sorted(rows, key=repr), name
            rows = WRITERS[layout].carried(rows)
        assert WRITERS[layout].carried(rows) == rows, name
        assert read_again(layout, rows) == rows, name
    assert seen == set(LAYOUTS)


@pytest.mark.parametrize("folder", [EXAMPLES, SHARED / "archives"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_row_in_every_layout_gives_what_the_layout_carries(folder, layout):
    rows = [everything(row) for _, _, rows in pages(folder) for row in rows]
    carried = WRITERS[layout].carried(rows)
    assert read_again(layout, rows) == carried
    kept = {
        "topic-tables": {"published", "topics", "code_urls"},
        "arxiv-by-category": {"authors", "categories"},
        "translated-table": {"published", "authors", "code_urls"},
    }.get(layout, set())
    kept |= {"title", "title_language", "arxiv_id", "version", "url", "texts", "notes"}
    key = lambda row: repr([getattr(row, name) for name in sorted(kept)])  # noqa: E731
    assert sorted(map(key, carried)) == sorted(map(key, rows))
    for name in {"published", "authors", "topics", "categories", "code_urls"} - kept:
        assert not any(getattr(row, name) for row in carried)


# --- whatever a text may say -------------------------------------------------------------

MARKUP = [
    *("|", "||", "#", "## ", "\n# x", "\n## 0.[", "### [", "[", "]", "](", "(", ")", "`", "```"),
    *("*", "**", "***", "_", "\\", "\\|", "\\&lt;", "$a_i|b$", "$A<B<C$", "\\(x\\)", "\\\\", "~"),
    *("<", ">", "<br>", "<br/>", "<think>", "</details>", "<b>Method:</b>", "<b>注：</b>", "<!--"),
    *("&", "&lt;", "&amp;lt;", "&#42;", "&#0;", "&nbsp;", "&amp", ";", "；", "、", ",", "\0"),
    *("《", "》", "“", "”", '"', "「", "」", "（注：", "）", "(注:x)"),
    *("以下是翻译：\n\n", "[翻译失败]"),
    *("summary:", "title:", "Abstract: x", "TL;DR: y", "Main category: z", "Result：", "null", "-"),
    *("\n", "\n\n", " ", "  ", "\t", "\u3000", "\u2028", "\x85", "\r", "\r\n", "\ufeff"),
    *("- a", "1."),
    *("| a | b |", "\n|---|---|\n", "[x](https://arxiv.org/abs/2501.00009)", "2025-01-01", "N/A"),
    *("Updated on 2025.01.01", "Jr.", "III", "None", "字", "检索 模型", "word", "é", "𠀀", "cs.CV"),
]  # fmt: skip
WORDS = st.lists(st.sampled_from(MARKUP) | st.text(max_size=4), max_size=8).map("".join)
TITLES = st.tuples(WORDS, st.sampled_from(["题", "A", "7"]), WORDS).map("".join)
URLS = st.builds(
    "https://{}/{}".format,
    st.sampled_from(["x.org", "arxiv.org/abs", "github.com"]),
    st.sampled_from(["2501.00001v2", "a(b)", "a|b", "a)b]c>", "?a=1&amp;b=2&lt", "**x**"]),
).filter(lambda url: "arxiv" not in url or url.endswith("v2"))
TEXTS = st.builds(
    Text, st.sampled_from(list(LABELS["en"])), st.sampled_from(["zh", "en"]), WORDS
)  # fmt: skip
LISTS = st.lists(WORDS, max_size=3).map(tuple)
ROWS = st.builds(
    Row,
    line=st.just(0),
    end_line=st.just(0),
    title=TITLES,
    title_language=st.sampled_from(["zh", "en"]),
    url=URLS,
    published=st.none() | st.dates().map(str),
    texts=st.lists(TEXTS, max_size=4).map(tuple),
    authors=LISTS,
    topics=LISTS,
    categories=LISTS,
    code_urls=st.lists(URLS, max_size=2).map(tuple),
    notes=LISTS,
)


@pytest.mark.parametrize("layout", LAYOUTS)
@settings(max_examples=100)
@given(rows=st.lists(ROWS, max_size=3))
@example(rows=[])
def test_whatever_a_row_says_is_read_again(layout, rows):
    carried = unlined(WRITERS[layout].carried(rows))
    assert read_again(layout, rows) == carried
    assert WRITERS[layout].carried(carried) == carried


@settings(max_examples=100)
@given(row=ROWS)
def test_only_white_space_is_settled(row):
    def words(values):
        return [words for value in values if (words := value.replace("\0", " ").split())]

    settled = normal(row)
    assert words([settled.title]) == words([row.title])
    assert settled.url == row.url
    for name in ("authors", "topics", "categories", "notes"):
        assert words(getattr(settled, name)) == words(getattr(row, name))
    assert words(t.text for t in settled.texts) == words(t.text for t in row.texts)
    kinds = [(t.kind, t.language) for t in row.texts if t.text.replace("\0", " ").split()]
    assert [(t.kind, t.language) for t in settled.texts] == kinds
    for text, own in zip(settled.texts, [t for t in row.texts if words([t.text])], strict=True):
        assert text.text.split("\n") == [
            " ".join(line.replace("\0", " ").split())
            for line in own.text.split("\n")
            if line.replace("\0", " ").split()
        ]


# --- what a page looks like --------------------------------------------------------------

ROW = Row(
    line=0,
    end_line=0,
    title="A|B [c]",
    title_language="en",
    arxiv_id="2501.00001",
    url=URL,
    published="2025-01-01",
    texts=(
        Text("tldr", "en", "Fast."),
        Text("abstract", "en", "We show $a<b$.\nIt holds."),
        Text("translation", "zh", "我们证明。"),
    ),
    authors=("Ann Author",),
    topics=("Search", "检索"),
    categories=("cs.IR", "cs.CL"),
    code_urls=("https://github.com/a/b",),
    notes=("seen before",),
)


def test_a_topic_table():
    line = (
        "|**2025-01-01**|[A&#124;B &#91;c&#93;](https://arxiv.org/abs/2501.00001)|"
        "**[link](https://github.com/a/b)**|<b>TL;DR:</b> Fast.<br><b>Abstract:</b> We show "
        "$a&lt;b$.<br>It holds.<br><b>译文：</b> 我们证明。<br><b>Note:</b> seen before|"
    )
    assert WRITERS["topic-tables"].write([ROW], DAY, "1 paper").split("\n") == [
        "## Updated on 2025.01.02",
        "> 1 paper",
        *("", "## Search", ""),
        "| Publish Date | Title | Code | Abstract |",
        "|:---------|:-----------------------|:------|:"
        "-------------------------------------------------|",
        line,
        *("", "## 检索", ""),
        "| Publish Date | Title | Code | Abstract |",
        "|:---------|:-----------------------|:------|:"
        "-------------------------------------------------|",
        line,
        "",
    ]


def test_an_entry_by_category():
    assert (
        WRITERS["arxiv-by-category"].write([ROW], DAY)
        == """\
# Papers by category 2025-01-02

<div id=toc></div>

# Table of Contents

- [cs.IR](#cs.IR) [Total: 1]

<div id='cs.IR'></div>

# cs.IR [[Back]](#toc)

### [1] [A&#124;B &#91;c&#93;](https://arxiv.org/abs/2501.00001)
*Ann Author*

Main category: cs.IR, cs.CL

<b>Note:</b> seen before

TL;DR: Fast.

<details>
  <summary>Details</summary>

Abstract: We show $a&lt;b$.<br>It holds.

<b>译文：</b> 我们证明。

</details>
"""
    )


def test_entries_and_the_translated_table():
    plain = replace(ROW, title="甲", texts=(Text("summary", "zh", "好。\n快。"),), notes=())
    assert WRITERS["daily-numbered"].write([plain], DAY) == (
        f"# Papers for {DAY}\n\n## 0.[甲]({URL})\nsummary:好。<br>快。\n"
    )
    assert WRITERS["daily-titles"].write([plain], DAY) == (
        f"# Papers for {DAY}\n\ntitle:[甲]({URL}\nsummary:好。<br>快。\n"
    )
    bare = replace(plain, texts=ROW.texts[2:], published=None)
    assert WRITERS["translated-table"].write([bare], DAY) == (
        "# arxiv 2025-01-02\n\n| 标题 | 作者 | PDF链接 | 代码仓库 | 摘要 |\n"
        "| ------ | ------ | ------ | ------ | ------ |\n"
        f"| 甲 | Ann Author | [PDF]({URL}) | [code](https://github.com/a/b) | 我们证明。 |\n"
    )


def test_an_escaped_character_is_a_letter():
    page = Page(
        "# Papers for 2025-01-02\n\n"
        f"## 0.[&quot;A&#93;(b&amp;lt;&quot;]({URL})\nsummary:&#42;&#42;x&#42;&#42; &lt;br>\n"
    )
    (row,) = REGISTRY.readers["daily-numbered"].read(page).rows
    assert row.title == '"A](b&lt;"'
    assert row.texts == (Text("summary", "en", "**x** <br>"),)


def test_a_slot_is_parted_at_its_labels_only():
    slot = read_slot("甲 <b>bold</b><br><b>Method:</b> a<br>b<b>注：</b>注<b>Note:</b> <br>")
    assert slot.lead == "甲 <b>bold</b><br>"
    assert slot.texts == (Text("method", "en", "a\nb"),)
    assert slot.notes == ("注",)
    labels = [*LABELS["zh"].values(), *LABELS["en"].values(), *NOTES.values()]
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"title": "??"}, "neither letter nor digit"),
        ({"arxiv_id": None, "url": None}, "no web address"),
        ({"url": "ftp://x.org/a"}, "no web address"),
        ({"url": "https://x.org/a b"}, "no web address"),
        ({"url": "https://arxiv.org/abs/2513.00001"}, "no valid arXiv id"),
    ],
)
def test_rows_that_no_layout_can_hold_are_refused(layout, change, reason):
    with pytest.raises(InputError, match=reason):
        WRITERS[layout].write([ROW, replace(ROW, **change)], DAY)


def test_an_id_without_a_link_is_linked():
    (row,) = read_again("daily-numbered", [replace(ROW, url=None, version=3)])
    assert (row.url, row.arxiv_id, row.version) == (f"{URL}v3", "2501.00001", 3)


def test_layouts_have_a_reader_and_a_writer_each():
    assert set(LAYOUTS) <= set(REGISTRY.readers)
    assert all(writer_of(layout).layout == layout for layout in LAYOUTS)
    with pytest.raises(BadQuery, match="daily-numbered"):
        writer_of("no-such-layout")


def test_texts_make_no_links_of_their_own():
    row = replace(ROW, texts=(Text("abstract", "en", "See [here](javascript:x) ![i](y)."),))
    page = WRITERS["topic-tables"].write([row], DAY)
    assert "|See [here&#93;(javascript:x) ![i&#93;(y).<br>" in page
