"""Plain digests that nobody described: papers as headings or list items, labelled or not.

Every page is invented. Each is one that somebody could write, with two papers on it.
"""

import os
from pathlib import Path

import pytest

from indexer.files import decode, read_bytes
from indexer.paper import Text
from indexer.readers.base import Page
from indexer.readers.coverage import uncovered
from indexer.readers.registry import load_registry
from indexer.readers.trial import try_page
from indexer.settings import Settings
from search_api.archive import Archive

ROOT = Path(__file__).parent.parent
SHARED = Path(os.environ.get("PAPER_ARCHIVE_SHARED", ROOT.parent / "shared"))
REGISTRY = load_registry()
RAIN, KELP = "2511.02005", "2511.02006"
A, B = f"https://arxiv.org/abs/{RAIN}", f"https://arxiv.org/abs/{KELP}"
PDF = f"https://arxiv.org/pdf/{RAIN}"
EN = "We predict sparse rain with an error that is lower by 15%."
EN2 = "We count kelp from boats with an accuracy of 94%."
ZH = "稀疏降雨预测误差下降 15%。"
ZH2 = "我们在船上数海带，准确率为 94%。"
ANN = ("Ann Bee", "Cy Dee")

# Each: page, then for each paper its title and all texts by kind.
PAGES = {
    "numbered headings": (
        f"""\
# arXiv daily 2025-11-13

### 1. [Sparse Rain]({A})
**Authors**: Ann Bee, Cy Dee
**Summary**: {ZH}

### 2. [Kelp Vision]({B})
**Authors**: Eve Foe
**Summary**: {ZH2}
""",
        [("Sparse Rain", [("summary", ZH)]), ("Kelp Vision", [("summary", ZH2)])],
    ),
    "a list with indented labels": (
        f"""\
# Papers · 2025-11-13

- **[Sparse Rain]({A})** — *Ann Bee, Cy Dee*
  *Abstract:* {EN}
- **[Kelp Vision]({B})** — *Eve Foe et al.*
  *Abstract:* {EN2}
""",
        [("Sparse Rain", [("abstract", EN)]), ("Kelp Vision", [("abstract", EN2)])],
    ),
    "bold titles and a line for the link": (
        f"""\
# 2025-11-13

**1. Sparse Rain**
Authors: Ann Bee, Cy Dee
Link: {A}
Abstract: {EN}

**2. Kelp Vision**
Authors: Eve Foe
Link: {B}
Abstract: {EN2}
""",
        [("Sparse Rain", [("abstract", EN)]), ("Kelp Vision", [("abstract", EN2)])],
    ),
    "links named PDF and Code": (
        f"""\
# Daily Papers (2025-11-13)

## Sparse Rain

Ann Bee, Cy Dee

[PDF]({PDF}) | [Code](https://github.com/a/rain)

{EN}

---

## Kelp Vision

Eve Foe, Gil Hay

[PDF]({B}) | [Project](https://kelp.org/)

{EN2}
""",
        [("Sparse Rain", [("summary", EN)]), ("Kelp Vision", [("summary", EN2)])],
    ),
    "folded abstracts": (
        f"""\
# 2025-11-13 Arxiv Papers

## 1. Weather

### 1.1 [Sparse Rain]({A})
**Authors:** Ann Bee, Cy Dee

<details>
<summary>Abstract</summary>
{EN}
</details>

<details><summary>中文摘要</summary>{ZH}</details>

## 2. Sea

### 2.1 [Kelp Vision]({B})
**Authors:** Eve Foe

<details>
<summary>Show more</summary>

{ZH2}
</details>
""",
        [
            ("Sparse Rain", [("abstract", EN), ("translation", ZH)]),
            ("Kelp Vision", [("summary", ZH2)]),
        ],
    ),
    "quoted abstracts": (
        f"""\
# arXiv, 2025-11-13

1. [Sparse Rain]({A})
   Ann Bee, Cy Dee

   > {EN[:22]}
   > {EN[23:]}

2. [Kelp Vision]({B})
   Eve Foe, Gil Hay

   > **TL;DR**: {EN2}
""",
        [("Sparse Rain", [("abstract", EN)]), ("Kelp Vision", [("tldr", EN2)])],
    ),
    "Chinese alone": (
        f"""\
# 每日论文 2025-11-13

## 1、稀疏的雨

- 作者：Ann Bee，Cy Dee
- 日期：2025-11-12
- 链接：{A}
- 摘要：{ZH}
- 核心贡献：
  - 方法很简单，不需要任何雷达数据。
  - 代码已经开源，任何人都可以使用。

## 2、海带视觉

- 作者：Eve Foe
- 链接：{B}
- 摘要：{ZH2}
""",
        [
            (
                "稀疏的雨",
                [
                    (
                        "summary",
                        "- 方法很简单，不需要任何雷达数据。\n- 代码已经开源，任何人都可以使用。",
                    ),
                    ("translation", ZH),
                ],
            ),
            ("海带视觉", [("translation", ZH2)]),
        ],
    ),
    "both languages": (
        f"""\
# Daily / 2025-11-13

### [Sparse Rain]({A})

**标题**：稀疏的雨
**作者**：Ann Bee, Cy Dee
**英文摘要**：{EN}
**中文摘要**：{ZH}
**一句话总结**：雨的预测误差下降了许多。

### [Kelp Vision]({B})

**作者**：Eve Foe
**英文摘要**：{EN2}
""",
        [
            (
                "Sparse Rain",
                [
                    ("tldr", "雨的预测误差下降了许多。"),
                    ("abstract", EN),
                    ("translation", ZH),
                ],
            ),
            ("Kelp Vision", [("abstract", EN2)]),
        ],
    ),
    "emoji": (
        f"""\
# 🔥 2025-11-13 AI Papers

#### 🌧️ 1. [Sparse Rain]({A})

👥 Ann Bee, Cy Dee | 📅 2025-11-12 | 🏷️ cs.LG

📝 **Abstract:** {EN}

💡 **Key insights:** The error falls where there is little rain.

#### 🌿 2. [Kelp Vision]({B})

👥 **Authors:** Eve Foe · 📅 **Published:** 2025-11-12 · 🔗 [PDF]({B})

📝 {EN2}
""",
        [
            (
                "Sparse Rain",
                [("summary", "The error falls where there is little rain."), ("abstract", EN)],
            ),
            ("Kelp Vision", [("summary", f"📝 {EN2}")]),
        ],
    ),
    "two links in a heading": (
        f"""\
# arXiv 2025-11-13 digest

## Weather (1 paper)

### Sparse Rain [[arXiv]({A})] [[PDF]({PDF})]
*Ann Bee, Cy Dee*

{EN}

## Sea (1 paper)

### [Kelp Vision]({B}) ([code](https://github.com/a/kelp))
*Eve Foe*

{EN2}
""",
        [("Sparse Rain", [("summary", EN)]), ("Kelp Vision", [("summary", EN2)])],
    ),
    "titles with a label of their own": (
        f"""\
arXiv papers

Date: 2025-11-13

Title: Sparse Rain
Authors: Ann Bee, Cy Dee
URL: {A}
Abstract: {EN[:22]}
{EN[23:]}

Title: Kelp Vision
Authors: Eve Foe
URL: {B}
Abstract: {EN2}
""",
        [("Sparse Rain", [("abstract", EN)]), ("Kelp Vision", [("abstract", EN2)])],
    ),
    "labels as headings": (
        f"""\
# 2025-11-13

## [Sparse Rain]({A})

### Authors

- Ann Bee
- Cy Dee

### Abstract

{EN}

### Why we liked it

Nobody else predicts rain where there is none at all.

## [Kelp Vision]({B})

### Abstract

{EN2}
""",
        [
            (
                "Sparse Rain",
                [
                    (
                        "summary",
                        "Why we liked it: Nobody else predicts rain where there is none at all.",
                    ),
                    ("abstract", EN),
                ],
            ),
            ("Kelp Vision", [("abstract", EN2)]),
        ],
    ),
    "picks and further papers": (
        f"""\
# Digest 2025-11-13

## Top picks

### [Sparse Rain]({A})

- **Authors**: Ann Bee, Cy Dee
- **TL;DR**: {EN}

## Others

- [Kelp Vision]({B}) - {EN2}
""",
        [("Sparse Rain", [("tldr", EN)]), ("Kelp Vision", [("summary", EN2)])],
    ),
}


def read(text):
    trial = try_page(Page(text), REGISTRY)
    assert trial.claims == ("labelled-entries",)
    assert trial.rejected == ()
    return trial


@pytest.mark.parametrize("form", PAGES)
def test_plain_digests_are_read_with_all_that_they_say(form):
    text, expected = PAGES[form]
    trial = read(text)
    assert trial.date == "2025-11-13"
    assert [row.arxiv_id for row in trial.rows] == [RAIN, KELP]
    found = [(row.title, [(text.kind, text.text) for text in row.texts]) for row in trial.rows]
    assert found == expected
    assert trial.rows[0].authors == ANN


def rows(form):
    return read(PAGES[form][0]).rows


def test_what_stands_beside_texts_is_kept_where_it_belongs():
    rain, kelp = rows("emoji")
    assert (rain.published, rain.categories) == ("2025-11-12", ("cs.LG",))
    assert (kelp.published, kelp.authors) == ("2025-11-12", ("Eve Foe",))
    rain, kelp = rows("links named PDF and Code")
    assert rain.code_urls == ("https://github.com/a/rain",)
    assert kelp.notes == ("Project: https://kelp.org/",)
    rain, kelp = rows("two links in a heading")
    assert (rain.topics, kelp.topics) == (("Weather",), ("Sea",))
    assert kelp.code_urls == ("https://github.com/a/kelp",)
    assert rows("both languages")[0].notes == ("title: 稀疏的雨",)
    assert rows("folded abstracts")[1].topics == ("Sea",)


def test_a_heading_may_name_a_category_and_a_label_anything():
    page = f"# Day\n\n## cs.LG (Machine Learning)\n\n- [Sparse Rain]({A})\n"
    (row,) = read(page + f"  - Comments: 8 pages\n  - **Funding**: none\n  - {EN}\n").rows
    assert row.categories == ("cs.LG",)
    assert row.notes == ("Comments: 8 pages",)
    assert [text.text for text in row.texts] == [EN]
    (row,) = read(page + f"  - **Data**: {EN}\n").rows
    assert row.texts == (Text("summary", "en", f"Data: {EN}"),)


@pytest.mark.parametrize(
    "beside",
    [
        f"**Sparse Rain** ([paper]({A})):",
        f"**Sparse Rain** ([arXiv:{RAIN}]({A})):",
        f"**Sparse Rain** ([paper]({A}), [code](https://github.com/a/rain)) -",
        f"[Sparse Rain]({A}) ([code](https://github.com/a/rain)) -",
        f"[Sparse Rain]({A}) [[code]](https://github.com/a/rain):",
        f"[Sparse Rain]({A}) [[PDF]({PDF})] [[Code](https://github.com/a/rain)]",
        f"Sparse Rain [[PDF]]({PDF}).",
    ],
)
def test_links_behind_a_title_are_no_part_of_the_text(beside):
    (row,) = read(f"# Day\n\n- {beside} {EN}\n").rows
    assert (row.title, row.arxiv_id, row.notes) == ("Sparse Rain", RAIN, ())
    assert row.texts == (Text("summary", "en", EN),)
    assert row.code_urls == (("https://github.com/a/rain",) if "github" in beside else ())


def test_words_beside_a_labelled_link_are_kept():
    page = f"# Day\n\n## Sparse Rain\n\n- Abstract: {EN}\n- Link: {A}"
    (row,) = read(f"{page} (accepted at NeurIPS 2025 as an oral)\n").rows
    assert row.notes == (f"Link: {A} (accepted at NeurIPS 2025 as an oral)",)
    (row,) = read(f"{page}\n- Code: soon at https://github.com/a/rain for all\n").rows
    assert row.code_urls == ("https://github.com/a/rain",)
    assert row.notes == ("Code: soon at https://github.com/a/rain for all",)
    (row,) = read(f"{page} {EN2}\n").rows
    assert row.texts == (Text("summary", "en", EN2), Text("abstract", "en", EN))


@pytest.mark.parametrize("above", ["", "# Digest\n\n#"])
def test_each_of_a_pages_days_dates_its_entries(above):
    text = f"{above}# 2025-11-13\n\n### [Sparse Rain]({A})\n\n{EN}\n\n"
    text += f"{above and '#'}# 2025-11-12\n\n### [Kelp Vision]({B})\n\n{EN2}\n"
    trial = read(text)
    assert trial.date == "2025-11-13"
    assert [row.shown for row in trial.rows] == [None, "2025-11-12"]


def test_a_footer_behind_a_rule_is_no_papers_text():
    text = PAGES["picks and further papers"][0]
    footer = "\n---\n\n*Generated by a script. If you like it then star the repository.*\n"
    assert read(text + footer).rows == read(text).rows
    parted = PAGES["quoted abstracts"][0].replace("   > ", "   ---\n   > ", 1)
    assert len(read(f"{parted}\n---\n\n{EN}\n").rows[1].texts) == 2


@pytest.mark.parametrize(
    "line",
    [
        f"arXiv: {KELP}v3 [cs.CV] 10 Nov 2025",
        f"**arXiv ID:** {KELP} (v2)",
        f"**ID**: arXiv:{KELP}v3, 8 pages",
    ],
)
def test_an_id_with_more_on_its_line_names_the_paper(line):
    text = PAGES["Chinese alone"][0].replace(f"链接：{B}", line)
    kelp = read(text).rows[1]
    assert kelp.arxiv_id == KELP
    assert kelp.version == (3 if "v3" in line else None)
    assert kelp.notes == (line.replace("*", ""),)


def test_a_labelled_heading_whose_paper_is_not_stated_is_told():
    text = PAGES["Chinese alone"][0].replace(f"链接：{B}", f"备注：它延续了 {B} 的工作")
    trial = try_page(Page(text), REGISTRY)
    assert [row.arxiv_id for row in trial.rows] == [RAIN]
    assert [(each.line, each.reason) for each in trial.rejected] == [(13, "no link to the paper")]


def test_a_linked_table_of_contents_does_not_hide_the_entries():
    contents = f"1. [Sparse Rain]({A})\n2. [Kelp Vision]({B})\n\n# 2025-11-13"
    text = PAGES["links named PDF and Code"][0]
    own = read(text).rows
    trial = read(text.replace("\n", f"\n\n{contents}\n", 1))
    assert [row.texts for row in trial.rows if row.texts] == [row.texts for row in own]


def test_second_level_headings_with_labels_are_no_flat_summaries():
    text = PAGES["numbered headings"][0].replace("### ", "## ")
    assert [row.authors for row in read(text).rows] == [ANN, ("Eve Foe",)]


def test_an_entry_that_lost_its_form_is_told():
    text = PAGES["numbered headings"][0].replace("### 2. ", "- ")
    trial = try_page(Page(text), REGISTRY)
    assert [row.arxiv_id for row in trial.rows] == [RAIN]
    assert [reject.line for reject in trial.rejected] == [7]
    text = PAGES["Chinese alone"][0].replace(f"- 链接：{B}\n", "")
    trial = try_page(Page(text), REGISTRY)
    assert [reject.reason for reject in trial.rejected] == ["no link to the paper"]
    text = PAGES["numbered headings"][0].replace(KELP, "2513.02006")
    trial = try_page(Page(text), REGISTRY)
    assert len(trial.rows) == len(trial.rejected) == 1


@pytest.mark.parametrize(
    "text",
    [
        "# Notes\n\nNothing here.\n",
        f"# A tool\n\nIt follows [Sparse Rain]({A}), which says: {EN}\n",
        f"# A tool\n\n## Method\n\n- It does what [Sparse Rain]({A}) says of rain and snow.\n",
        f"# Reading list\n\n- [Sparse Rain]({A})\n- [Kelp Vision]({B})\n",
        f"# A tool\n\n```\n- [Sparse Rain]({A}) {EN}\n```\n",
        "# 2025-11-13\n\n| Paper | PDF |\n|---|---|\n"
        "| A tool for rain, of which we say much | [PDF](https://doi.org/10.1101/1) |\n"
        "| | [PDF](https://doi.org/10.1101/2) |\n",
        f"| Paper | Said |\n|---|---|\n| [Sparse Rain]({A}) | {EN} |\n",
        f"# A tool\n\n## Models\n\n- [Sparse Rain]({A}): {EN}\n\n## Documentation\n\n"
        "- [Getting started](https://a.org/start) explains how to install and run the tool.\n"
        "- [v1.2](https://github.com/a/b/releases/1.2): mends what turned all images around.\n",
        f"# [Sparse Rain]({A})\n\nThe code of our paper, as it was presented in Seattle.\n\n"
        "## Installation\n\nIt installs on all machines that have Python on them.\n\n"
        "## License\n\nEverybody may use it for what they want to do.\n",
        f"# A tool\n\n**[Sparse Rain]({A})**\n\nAnn Bee, Cy Dee\n\n{EN}\n\n## Usage\n\nRun it.\n",
        f"# An article\n\n## References\n\n1. [Sparse Rain]({A}). Ann Bee, Cy Dee. NeurIPS 2017.\n"
        f"2. [Kelp Vision]({B}). E. Foe. In Proc. of NAACL, 2019.\n",
    ],
)
def test_pages_that_say_nothing_of_papers_in_entries_are_left_alone(text):
    assert REGISTRY.recognise(Page(text)) is None


def test_an_entry_of_no_paper_among_papers_is_told():
    text = PAGES["picks and further papers"][0]
    text += "- [A tool](https://github.com/a/tool) - It counts kelp from boats, every day anew.\n"
    text += "- [Foam](https://openreview.net/forum?id=a)\n  - Authors: Gil Hay\n"
    trial = try_page(Page(text), REGISTRY)
    assert [row.title for row in trial.rows] == ["Sparse Rain", "Kelp Vision", "Foam"]
    assert [reject.reason for reject in trial.rejected] == [
        "names no paper by its link, authors or abstract"
    ]


def test_every_paper_on_a_page_is_in_a_row_or_told():
    for text, _ in PAGES.values():
        page = Page(text)
        assert uncovered(page, REGISTRY.readers["labelled-entries"].read(page)) == []


@pytest.mark.parametrize(
    "path",
    [
        "archives/arxiv-by-category_undated.md",
        "archives/daily-numbered_2025-09-30.md",
        "more-archives/C_math/bguanmath_2025-10-10.md",
        "more-archives/rel_Tavish9/Tavish9_hot_topic_LLM.md",
        "more-archives/rel_tongchen2010/tongchen2010_digests_2026-07-16.md",
    ],
)
def test_real_lists_are_read_nearly_as_well_as_by_the_readers_of_their_layouts(path):
    if not (SHARED / path).exists():
        pytest.skip(f"{SHARED / path} is not here; set PAPER_ARCHIVE_SHARED")
    page = decode(SHARED / path, read_bytes(SHARED / path))
    reader, general = REGISTRY.recognise(page), REGISTRY.readers["labelled-entries"]
    assert reader is not None
    assert reader is not general
    own, reading = reader.read(page), general.read(page)
    assert reading.rejects == ()
    for name in ("line", "title", "arxiv_id", "version", "authors"):
        assert [getattr(row, name) for row in reading.rows] == [
            getattr(row, name) for row in own.rows
        ]
    if reader.layout != "daily-numbered":  # its texts were lines once, which its reader knows
        same = sum(
            each.texts == row.texts for each, row in zip(own.rows, reading.rows, strict=True)
        )
        assert same >= 0.9 * len(own.rows)


def test_a_plain_digest_is_indexed_and_answers(tmp_path, embedder):
    page = tmp_path / "daily" / "2025-11-13.md"
    page.parent.mkdir()
    page.write_text(PAGES["both languages"][0], "utf-8")
    with Archive(Settings(home=tmp_path / "home"), embedder=embedder) as archive:
        report = archive.index([page.parent])
        assert (report.papers_new, report.rows_rejected) == (2, 0)
        answer = archive.asker.ask("What is the accuracy of counting kelp from boats?")
        assert "94%" in (answer.answer or "")


def test_the_page_is_no_other_layouts():
    for name in ("ranked-digest", "folded-list"):
        assert not any(REGISTRY.readers[name].recognises(Page(text)) for text, _ in PAGES.values())


RECORDS = {
    "zotero.json": f"""\
[
  {{
    "id": "a",
    "type": "article",
    "title": "Sparse Rain",
    "URL": "{A}",
    "abstract": "{EN}"
  }},
  {{
    "id": "b",
    "type": "article",
    "title": "Kelp Vision",
    "URL": "{B}",
    "abstract": "{EN2}"
  }}
]
""",
    "notes.csv": f"""\
title,url,abstract
"Sparse Rain",{A},"{EN}"
"Kelp Vision",{B},"{EN2}
- [Sparse Rain]({A}) is like it in that {EN}"
""",
    "export.ris": f"""\
TY  - JOUR
TI  - Sparse Rain
UR  - {A}
AB  - {EN}
N1  - Read next:
- [Kelp Vision]({B}) {EN2}
ER  -
TY  - JOUR
TI  - Kelp Vision
UR  - {B}
AB  - {EN2}
ER  -
""",
}


@pytest.mark.parametrize("name", RECORDS)
def test_records_stay_records_however_much_they_look_like_a_page(tmp_path, embedder, name):
    (tmp_path / name).write_text(RECORDS[name], "utf-8")
    with Archive(Settings(home=tmp_path / "home"), embedder=embedder) as archive:
        report = archive.index([tmp_path / name], embed=False)
        assert (report.papers_new, report.rows_rejected) == (2, 0)
        titles = {archive.catalogue.paper(each).title for each in archive.catalogue.paper_ids()}
        assert titles == {"Sparse Rain", "Kelp Vision"}


def test_json_is_no_plain_digest():
    reader = REGISTRY.readers["labelled-entries"]
    assert not reader.recognises(Page(RECORDS["zotero.json"]))
    assert not reader.recognises(Page('{"papers": [\n' + RECORDS["zotero.json"]))
