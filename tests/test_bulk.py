"""Files of records: every format read, streamed, interrupted, filtered, and given back."""

import gzip
import io
import json
import lzma
import random
import shutil
import sqlite3
import zipfile
from contextlib import closing

import pytest

from embeddings.errors import UnreadableFile
from indexer.bulk import importer as importing
from indexer.bulk.fields import to_row
from indexer.bulk.formats import recognise
from indexer.bulk.importer import Importer
from indexer.bulk.json_lines import JsonLines
from indexer.bulk.selection import Selection
from indexer.catalogue import Catalogue
from indexer.exports.base import written
from indexer.exports.open import open_writer
from indexer.exports.record import records
from indexer.files import SourceFile, discover
from tests.conftest import EXAMPLES, SHARED
from tests.seams import die_at

ALL = Selection()
SEED = 20250929


def exported(catalogue, name="jsonl"):
    return "".join(written(open_writer(name), records(catalogue)))


def everything(catalogue):
    """All that two catalogues of the same archive have alike."""
    with catalogue.transaction() as db:
        passages = db.execute("SELECT id, payload, state FROM passage ORDER BY id").fetchall()
        words = db.execute("SELECT word FROM word ORDER BY word").fetchall()
    rejects = [reject for _, reject in catalogue.rejects()]
    return exported(catalogue), [tuple(p) for p in passages], [tuple(w) for w in words], rejects


def abstract_of(number):
    rng = random.Random(number)
    topics = ["sparse attention", "protein folding", "graph colouring", "speech codecs", "扩散模型"]
    method = rng.choice(["distillation", "search", "pruning", "a proof"])
    return (
        f"We study {rng.choice(topics)} with {method} and report {rng.randrange(1, 99)}.{number} "
        "points on a public task. The method needs no labels. " * rng.randrange(1, 4)
    )


def line_of(number, **given):
    record = {
        "id": f"2401.{number:05d}",
        "title": f"A study of case {number}",
        "abstract": abstract_of(number),
        "date": f"2024-01-{number % 28 + 1:02d}",
        "categories": ["cs.CL"] if number % 3 else ["math.CO", "cs.DM"],
        "authors": [f"Ada Number{number % 50}", "王小明"],
    }
    return json.dumps(record | given, ensure_ascii=False)


@pytest.fixture
def catalogue(tmp_path):
    with Catalogue(tmp_path / "home" / "catalogue.sqlite") as opened:
        yield opened


@pytest.fixture
def put(tmp_path):
    def write(name, content):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def read(catalogue, path, selection=ALL, source=None):
    (file,) = discover([path])
    found = recognise(path)
    assert found is not None, "no format recognises it"
    return Importer(catalogue).read(
        file, source or file.source(), found, selection, lambda megabytes: None
    )


def only(catalogue):
    (paper_id,) = catalogue.paper_ids()
    return catalogue.paper(paper_id)


# Formats

SNAPSHOT = {
    "id": "hep-th/9901001", "submitter": "A. Person", "authors": "A. Person, B. Other",
    "title": "On strings\n  that wrap", "comments": "12 pages", "journal-ref": "J. Str. 1 (1999)",
    "doi": "10.1000/xyz", "report-no": "R-1", "categories": "hep-th math.AG", "license": None,
    "abstract": "  We wrap strings\naround things.\n",
    "versions": [{"version": "v1", "created": "Fri, 1 Jan 1999 10:00:00 GMT"},
                 {"version": "v2", "created": "Sat, 2 Jan 1999 10:00:00 GMT"}],
    "update_date": "2009-10-31",
    "authors_parsed": [["Person", "A.", ""], ["Other", "B.", "Jr"]],
}  # fmt: skip


def test_arxiv_metadata_snapshot(catalogue, put):
    tally = read(catalogue, put("arxiv-metadata-oai-snapshot.json", json.dumps(SNAPSHOT) + "\n"))
    paper = only(catalogue)
    assert tally.new == 1
    assert paper.paper_id == "hep-th/9901001"
    assert paper.title == "On strings that wrap"
    assert (paper.date, paper.date_precision) == ("1999-01-01", "day")
    assert paper.versions == (2,)
    assert paper.authors == ("A. Person", "B. Other Jr")
    assert paper.categories == ("hep-th", "math.AG")
    assert paper.texts[0].text == "We wrap strings around things."
    assert paper.url == "https://arxiv.org/abs/hep-th/9901001"
    assert set(paper.notes) == {"doi:10.1000/xyz", "12 pages", "J. Str. 1 (1999)", "R-1"}
    (seen,) = paper.seen_in
    assert (seen.source, seen.line) == ("arxiv-metadata-oai-snapshot", 1)
    assert (seen.layout, seen.date) == ("arxiv-metadata", None)


def test_plain_json_lines_with_texts_in_both_languages(catalogue, put):
    line = line_of(7, zh={"tldr": "一句话。", "method": "方法。"}, unknown=[1, {"a": 2}])
    read(catalogue, put("papers_2024-02-03.jsonl", line))
    paper = only(catalogue)
    assert {(text.kind, text.language) for text in paper.texts} == {
        ("abstract", "en"), ("tldr", "zh"), ("method", "zh"),
    }  # fmt: skip
    assert paper.seen_in[0].date == "2024-02-03"


CSL = [
    {
        "id": "http://zotero.org/users/1/items/ABC", "type": "article",
        "title": "Attention Is All You Need", "abstract": "A network of attention alone.",
        "author": [{"family": "Vaswani", "given": "Ashish"}, {"literal": "The Others"}],
        "issued": {"date-parts": [["2017", 6, 12]]}, "number": "arXiv:1706.03762",
        "publisher": "arXiv", "URL": "http://arxiv.org/abs/1706.03762",
    },
    {"id": 2, "type": "article-journal", "title": "Ein Titel", "DOI": "10.1000/abc",
     "issued": {"date-parts": [[2019]]}, "container-title": "Journal"},
]  # fmt: skip
ZOTERO_CSV = (
    '\ufeff"Key","Item Type","Publication Year","Author","Title","Publication Title","DOI","Url",'
    '"Abstract Note","Date","Extra","Manual Tags","Automatic Tags"\n'
    '"ABC","preprint","2017","Vaswani, Ashish; Shazeer, Noam","Attention Is All You Need","",'
    '"10.48550/arXiv.1706.03762","http://arxiv.org/abs/1706.03762","A network\nof attention.",'
    '"2017-06-12","arXiv:1706.03762 [cs]","to read; 注意力","Computer Science"\n'
    '"DEF","journalArticle","2019","Müller, Jürgen","Ein Titel","Journal","10.1000/abc","",'
    '"","2019","","",""\n'
)
ZOTERO_BIB = r"""
@misc{vaswani_attention_2017,
	title = {Attention {Is} {All} {You} {Need}},
	url = {http://arxiv.org/abs/1706.03762},
	abstract = {A network of attention, 50\% faster, in \$O(n{\textasciicircum}2)\$.},
	author = {Vaswani, Ashish and Shazeer, Noam},
	month = jun,
	year = {2017},
	note = {arXiv:1706.03762 [cs]},
	keywords = {to read, cs.CL},
}

@article{mueller,
	title = {Ein Titel},
	author = {M{\"u}ller, J{\"u}rgen},
	doi = {10.1000/abc},
	journal = {Journal},
	year = 2019
}
@article{broken,
	title = {No end
"""
ZOTERO_RIS = """TY  - PREP
TI  - Attention Is All You Need
AU  - Vaswani, Ashish
AU  - Shazeer, Noam
AB  - A network of attention.
DA  - 2017/06/12/
PY  - 2017
DO  - 10.48550/arXiv.1706.03762
UR  - http://arxiv.org/abs/1706.03762
KW  - to read
ER  -\x20

stray words
TY  - JOUR
T1  - Ein Titel
AU  - Müller, Jürgen
DO  - 10.1000/abc
PY  - 2019
ER  -\x20
TY  - JOUR
TI  - No end
"""


@pytest.mark.parametrize(
    ("name", "content", "layout"),
    [
        ("zotero.json", json.dumps(CSL, indent=2), "csl-json"),
        ("one-line.json", json.dumps(CSL), "csl-json"),
        ("zotero.csv", ZOTERO_CSV, "csv"),
        ("zotero.csv", ZOTERO_CSV.replace("\n", "\r\n"), "csv"),
        ("zotero.bib", ZOTERO_BIB, "bibtex"),
        ("zotero.ris", ZOTERO_RIS, "ris"),
    ],
)
def test_reference_managers(catalogue, put, name, content, layout):
    read(catalogue, put(name, content))
    assert set(catalogue.paper_ids()) == {"1706.03762", "doi:10.1000/abc"}
    paper, other = catalogue.paper("1706.03762"), catalogue.paper("doi:10.1000/abc")
    assert paper.title == "Attention Is All You Need"
    assert paper.date[:7] == "2017-06"
    assert paper.authors[0] in ("Ashish Vaswani", "Vaswani, Ashish")
    assert len(paper.authors) == 2
    assert paper.texts[0].text.startswith("A network of attention")
    assert paper.seen_in[0].layout == layout
    assert other.title == "Ein Titel"
    assert other.url == "https://doi.org/10.1000/abc"
    assert (other.date, other.date_precision) == ("2019-01-01", "year")
    if layout != "csl-json":
        assert other.authors == ("Müller, Jürgen",)
        assert "to read" in paper.topics


def test_papers_of_one_issue_are_several(catalogue, put):
    issue = "10.1002/(SICI)1099-1255(199605)11:3<"
    dois = [f"{issue}253::AID-JAE396>3.0.CO;2-J", f"{issue}299::AID-JAE399>3.0.CO;2-1"]
    entries = [f"@article{{a{n}, title={{Of {n}}}, doi={{{doi}}}}}" for n, doi in enumerate(dois)]
    read(catalogue, put("refs.bib", "\n".join(entries)))
    assert set(catalogue.paper_ids()) == {f"doi:{doi.lower()}" for doi in dois}
    read(catalogue, put("again.bib", exported(catalogue, "bibtex")))
    assert {catalogue.paper(each).title for each in catalogue.paper_ids()} == {"Of 0", "Of 1"}
    assert len(catalogue.paper_ids()) == 2


def test_what_is_no_record_is_rejected_with_line_and_reason(catalogue, put, caplog):
    read(catalogue, put("zotero.bib", ZOTERO_BIB))
    read(catalogue, put("zotero.ris", ZOTERO_RIS))
    assert caplog.records == [], "a parser's warnings say nothing more"
    found = {(path.rpartition("/")[2], each.line): each for path, each in catalogue.rejects()}
    assert set(found) == {("zotero.bib", 20), ("zotero.ris", 13), ("zotero.ris", 20)}
    assert "outside" in found["zotero.ris", 13].reason
    assert "no end" in found["zotero.ris", 20].reason
    assert "No end" in found["zotero.bib", 20].raw
    assert "end of file" in found["zotero.bib", 20].reason


def test_malformed_json_lines_are_rejected_and_the_rest_is_read(catalogue, put):
    lines = [
        line_of(1),
        "{not json",
        "",
        "[1, 2]",
        json.dumps({"id": "2401.00009", "abstract": "without a title"}),
        '{"title": "half a character \\ud800"}',
        line_of(2),
    ]
    data = "\n".join(lines).encode() + b'\n{"title": "\xff\xfe"}\n' + line_of(3)[:-9].encode()
    read(catalogue, put("papers.jsonl", data))
    assert catalogue.paper_ids() == ["2401.00001", "2401.00002"]
    found = [(reject.line, reject.reason) for _, reject in catalogue.rejects()]
    assert [line for line, _ in found] == [2, 4, 5, 6, 8, 9]
    assert "is not JSON" in found[0][1]
    assert "line" not in found[5][1]  # but the file's own
    assert found[1][1] == "is not a JSON object"
    assert found[2][1] == "has no title"


def test_a_record_of_the_snapshot_without_an_id_is_told_as_such(catalogue, put):
    lines = [json.dumps(SNAPSHOT | {"id": each}) for each in ("", None, "x1", SNAPSHOT["id"])]
    read(catalogue, put("snapshot.json", "\n".join(lines)))
    found = [reject.reason for _, reject in catalogue.rejects()]
    assert found == ["has no id", "has no id", "'x1' is not an arXiv id"]


def test_a_line_too_long_is_rejected_without_being_held(catalogue, put, monkeypatch):
    monkeypatch.setattr("indexer.bulk.stream.MAX_LINE", 2000)
    long = line_of(2, abstract="x" * 9000)
    read(catalogue, put("papers.jsonl", "\n".join([line_of(1), long, line_of(3)])))
    assert catalogue.paper_ids() == ["2401.00001", "2401.00003"]
    assert [reject.line for _, reject in catalogue.rejects()] == [2]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.csv", b"title,abstract\ngood,x\nM\xfcller,y\nlast,z\n"),
        ("t.ris", b"TY  - GEN\nTI  - good\nER  - \nTY  - GEN\nTI  - M\xfcller\nER  - \n"
                  b"TY  - GEN\nTI  - last\nER  - \n"),
        ("t.bib", b"@misc{a, title={good}}\n@misc{b, title={M\xfcller}}\n@misc{c,title={last}}"),
        ("t.jsonl", b'{"title": "good", "id": 1}\n{"title": "M\xfc", "id": 2}\n'
                    b'{"title": "last", "id": 3}'),
    ],
)  # fmt: skip
def test_what_is_not_utf_8_is_rejected_and_spelled_out(catalogue, put, name, content):
    read(catalogue, put(name, content))
    assert {catalogue.paper(each).title for each in catalogue.paper_ids()} == {"good", "last"}
    ((_, reject),) = catalogue.rejects()
    assert "M\\xfc" in reject.raw or "M\\udcfc" in reject.raw


def test_csv_rows_with_too_many_cells_and_line_breaks(catalogue, put):
    table = 'title;abstract;date\n"one\ntitle";text;2024-05-06\na;b;c;d\n\nlast;;\n'
    read(catalogue, put("t.csv", table))
    assert {catalogue.paper(each).title for each in catalogue.paper_ids()} == {"one title", "last"}
    ((_, reject),) = catalogue.rejects()
    assert (reject.line, reject.reason) == (4, "has 4 cells, but the table 3 columns")


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ("Vaswani, Ashish; Shazeer, Noam", ("Vaswani, Ashish", "Shazeer, Noam")),
        ("Vaswani, Ashish and Shazeer, Noam", ("Vaswani, Ashish", "Shazeer, Noam")),
        ("Ashish Vaswani, Noam Shazeer", ("Ashish Vaswani", "Noam Shazeer")),
        ("A. Bee, C. Dee, E. Eff and G. Aitch", ("A. Bee", "C. Dee", "E. Eff", "G. Aitch")),
        ("Vaswani, Ashish", ("Vaswani, Ashish",)),
        ("Ashish Vaswani, Noam Shazeer and Niki Parmar",
         ("Ashish Vaswani", "Noam Shazeer", "Niki Parmar")),
        ("van der Maaten, Laurens J. and Hinton, Geoffrey",
         ("van der Maaten, Laurens J.", "Hinton, Geoffrey")),
        ("Vaswani, Ashish and others", ("Vaswani, Ashish",)),
        (["Vaswani, Ashish", "others"], ("Vaswani, Ashish",)),
        ("Kaiming He, Xiangyu Zhang, et al.", ("Kaiming He", "Xiangyu Zhang")),
        ("Smith, J. et al.", ("Smith, J.",)),
        (["Kaiming He et al"], ("Kaiming He",)),
        ("张三、李四等", ("张三", "李四")),
        ("DeepSeek-AI, Aixin Liu, Bei Feng", ("DeepSeek-AI", "Aixin Liu", "Bei Feng")),
        ("Smith, J., Doe, A.", ("Smith, J.", "Doe, A.")),
        ("Smith, J., Doe, A. and Roe, B.-C.", ("Smith, J.", "Doe, A.", "Roe, B.-C.")),
        ("A. Bee, C. Dee, and E. Eff", ("A. Bee", "C. Dee", "E. Eff")),
        ("Castilla Bolanos, M. A.", ("Castilla Bolanos, M. A.",)),
        ("LI, X., WU, Y.", ("LI, X.", "WU, Y.")),
        ("LI X, WU Y", ("LI X", "WU Y")),
        ("Bee, A., & Dee, C.", ("Bee, A.", "Dee, C.")),
        ("Bee, Ann; & Dee, Cy; others", ("Bee, Ann", "Dee, Cy")),
        ("King, Jr., Martin Luther and Bee, Ann", ("King, Jr., Martin Luther", "Bee, Ann")),
        ("King, Jr., Martin Luther", ("King, Jr., Martin Luther",)),
        ("Martin King, Jr., Ann Bee", ("Martin King, Jr.", "Ann Bee")),
        ("张三, 李四", ("张三", "李四")),
        ("张三,李四 等", ("张三", "李四")),
        ("张三, 李四 and 王五", ("张三", "李四", "王五")),
        ("欧阳, 小明 and 王, 伟", ("欧阳, 小明", "王, 伟")),
        ("Ann Bee AND Cy Dee", ("Ann Bee", "Cy Dee")),
        ("张三、李四，王五", ("张三", "李四", "王五")),
        ([{"family": "Maaten", "given": "Laurens", "non-dropping-particle": "van der"},
          {"family": "King", "given": "Martin", "suffix": "Jr."}],
         ("Laurens van der Maaten", "Martin King Jr.")),
        (
            ["王小明", {"name": "Li Wei"}, {"given": "A", "family": "B"}],
            ("王小明", "Li Wei", "A B"),
        ),
        (None, ()),
    ],
)  # fmt: skip
def test_authors_in_one_string_or_many(given, names):
    assert to_row({"title": "T", "authors": given}, 1).authors == names


@pytest.mark.parametrize(
    "fields",
    [
        {"journal": "arXiv preprint arXiv:1706.03762"},  # as Google Scholar has it
        {"journal_name": "arXiv preprint arXiv:1706.03762v5"},
        {"note": "arXiv:1706.03762 [cs]"},
        {"howpublished": r"\url{https://arxiv.org/abs/1706.03762}"},
        {"url": "https://openreview.net/x", "pdf_url": "https://arxiv.org/pdf/1706.03762v3"},
        {"urls": ["https://openreview.net/x", "https://arxiv.org/abs/1706.03762"]},
        {"journal": "CoRR", "volume": "abs/1706.03762"},  # DBLP
        {"arxivId": "1706.03762"},
        {"entry_id": "http://arxiv.org/abs/1706.03762v7"},
        {"externalIds": {"ArXiv": "1706.03762", "DOI": "10.5/x", "CorpusId": 13756489}},
    ],
)
def test_an_arxiv_id_is_found_where_programs_put_it(fields):
    row = to_row({"title": "T"} | fields, 1)
    assert row.arxiv_id == "1706.03762"
    for given in fields.values():
        for url in given if isinstance(given, list | dict) else [given]:
            if url.startswith("http"):
                assert row.url == url or "arxiv.org" in url  # which the id says


def test_names_of_fields_in_camel_case():
    record = {"title": "T", "abstractNote": "A text.", "arXivId": "1706.03762", "DOI": "10.1000/x"}
    row = to_row(record | {"primaryClass": "cs.CL"}, 1)
    assert (row.texts[0].kind, row.texts[0].text) == ("abstract", "A text.")
    assert (row.arxiv_id, row.categories, row.notes) == (
        "1706.03762",
        ("cs.CL",),
        ("doi:10.1000/x",),
    )


def test_further_addresses_are_kept():
    urls = ["https://openreview.net/x", "https://arxiv.org/pdf/1706.03762", "https://x.org/y"]
    assert to_row({"title": "T", "urls": urls}, 1).notes == ("also at https://x.org/y",)


def test_a_paper_that_a_note_mentions_is_another():
    assert to_row({"title": "T", "note": "Extends arXiv:1706.03762"}, 1).arxiv_id is None


def test_a_percent_sign_ends_no_field(catalogue, put):
    text = "@misc{a, title={T}, abstract={We cut cost by 40% on X.\nIt is 5\\% faster.}}"
    read(catalogue, put("a.bib", text))
    paper = only(catalogue)
    assert paper.texts[0].text == "We cut cost by 40% on X. It is 5% faster."


def test_a_date_of_no_digits_is_left_out(catalogue, put):
    parts = {"date-parts": [["2019", "²"]]}
    read(catalogue, put("a.json", json.dumps([{"title": "T", "issued": parts}])))
    assert (only(catalogue).date, only(catalogue).date_precision) == ("2019-01-01", "year")


@pytest.mark.parametrize(
    ("fields", "published"),
    [
        ({"year": "2015", "month": "may", "day": "28"}, "2015-05-28"),
        ({"year": "2015", "month": "May"}, "2015-05"),
        ({"year": 2015, "month": 6}, "2015-06"),
        ({"year": "2015", "month": "spring"}, "2015"),
        ({"year": "2015", "month": "2", "day": "30"}, "2015-02"),
        ({"year": "2019", "date": "2019/06"}, "2019-06"),
        ({"date": "2019///"}, "2019"),
        ({"date": "2019/06//summer", "year": "2019"}, "2019"),
        ({"issued": "June 2017"}, "2017-06"),
        ({"year": "2017", "publicationDate": "2017-06-12"}, "2017-06-12"),
        ({"date": "2015-01-01", "date_precision": "year"}, "2015"),
        ({"date": "2015-03-01", "date_precision": "month"}, "2015-03"),
        ({"date": "17 May 2024"}, "2024-05-17"),
        ({"date": "May 17th, 2024"}, "2024-05-17"),
        ({"date": "2024 May 17"}, "2024-05-17"),
        ({"date": "2024 May"}, "2024-05"),
        ({"date": "Sept. 2024"}, "2024-09"),
        ({"date": "05/2024"}, "2024-05"),
        ({"date": "2024年5月"}, "2024-05"),
        ({"date": "2024 年 5 月 17 日"}, "2024-05-17"),
        ({"date": "20240517"}, "2024-05-17"),
        ({"date": "20241317"}, None),
        ({"date": "202411"}, None),
        ({"date": "17-19 May 2024"}, None),
        ({"year": 2024.0}, "2024"),
        ({"year": "2024", "month": "17 may"}, "2024-05-17"),
        ({"year": "2024", "month": "May 17"}, "2024-05-17"),
        ({"year": "2024", "month": "May/June"}, "2024-05"),
        ({"date": "to appear"}, None),
        ({"date": "2019-13"}, None),
    ],
)
def test_dates_are_as_exact_as_they_are_stated(fields, published):
    row = to_row({"title": "T"} | fields, 1)
    assert row.published == published
    assert row.notes == (() if published else (f"dated {fields['date']}",))


def test_a_month_or_a_year_alone_is_found_by_its_time(catalogue, put):
    lines = [{"title": f"Of {date}", "date": date} for date in ("2015", "2015-05", "2016-01")]
    path = put("papers.jsonl", "\n".join(map(json.dumps, lines)))

    def chosen(**given):
        read(catalogue, path, Selection(**given))
        return sorted(catalogue.paper(each).title for each in catalogue.paper_ids())

    assert chosen(date_to=20150420) == ["Of 2015"]
    assert chosen(date_from=20150531, date_to=20151231) == ["Of 2015", "Of 2015-05"]
    assert chosen(date_from=20160131) == ["Of 2016-01"]


def test_a_files_day_is_not_that_of_a_paper_of_another_year(catalogue, put):
    lines = [{"title": "Old", "year": 2015}, {"title": "New", "year": 2025}, {"title": "Any"}]
    lines = [json.dumps(line | {"abstract": "A text."}) for line in lines]
    read(catalogue, put("library-2025-09-29.jsonl", "\n".join(lines)))
    papers = [catalogue.paper(each) for each in catalogue.paper_ids()]
    assert {(paper.title, paper.date, paper.date_precision) for paper in papers} == {
        ("Old", "2015-01-01", "year"),
        ("New", "2025-09-29", "day"),
        ("Any", "2025-09-29", "day"),
    }


def test_pages_and_other_files_are_no_records(put):
    assert all(recognise(page) is None for page in EXAMPLES.glob("*.md"))
    readme = put("README.md", "# A project\n\n```bibtex\n@article{a,\n title={B}\n}\n```\n")
    others = {
        "x.json": b'{"a": 1}\n',
        "y.csv": b"a,b\n1,2\n",
        "z.txt": b"",
        "long.md": b'"' + b"x" * 300_000,
        "binary.md": bytes(range(256)) * 9,
    }
    for path in (readme, *(put(name, content) for name, content in others.items())):
        assert recognise(path) is None


# Packed files


def packed(name, content):
    if name.endswith(".gz"):
        return gzip.compress(content)
    if name.endswith(".xz"):
        return lzma.compress(content)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as folder:
        folder.writestr("__MACOSX/._papers.jsonl", b"")
        folder.writestr("papers.jsonl", content)
    return out.getvalue()


@pytest.mark.parametrize("name", ["papers.jsonl.gz", "papers.jsonl.xz", "papers.zip"])
def test_packed(catalogue, put, name, tmp_path):
    content = "\n".join(map(line_of, range(1, 9))).encode()
    read(catalogue, put(name, packed(name, content)))
    with Catalogue(tmp_path / "plain.sqlite") as plain:
        read(plain, put("papers.jsonl", content))
        unpacked = exported(plain).replace("papers.jsonl", name)
    assert exported(catalogue) == unpacked


@pytest.mark.parametrize("name", ["papers.jsonl.gz", "papers.jsonl.xz"])
def test_a_file_that_breaks_off_keeps_what_stands_before(catalogue, put, name, monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 50)
    rng = random.Random(SEED)
    noise = [line_of(n, abstract=rng.randbytes(400).hex()) for n in range(1, 3001)]
    whole = packed(name, "\n".join(noise).encode())
    path = put(name, whole[: len(whole) * 2 // 3])
    for _ in range(2):  # the second time goes on where the first one stood, and ends there too
        read(catalogue, path)
        found = len(catalogue.paper_ids())
        assert 500 < found < 3000
        ((_, reject),) = catalogue.rejects()
        assert reject.line == found + 1
        assert "breaks off" in reject.reason
    read(catalogue, put(name, whole))
    assert len(catalogue.paper_ids()) == 3000
    assert catalogue.rejects() == []


def test_what_cannot_be_unpacked(put):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as folder:
        folder.writestr("a.jsonl", "")
        folder.writestr("b.jsonl", "")
    with pytest.raises(UnreadableFile, match="2 files"):
        recognise(put("two.zip", out.getvalue()))
    for name in ("x.gz", "x.xz", "x.zip"):
        content = packed(name, "\n".join(map(line_of, range(1, 9))).encode())
        with pytest.raises(UnreadableFile, match="unpacked"):
            recognise(put(name, content[:20]))


# Choosing records


def test_categories_and_days(catalogue, put):
    lines = [line_of(1), line_of(3), line_of(4), line_of(27), line_of(5, date=None)]
    path = put("papers.jsonl", "\n".join([*lines, "{"]))

    def chosen(**given):
        read(catalogue, path, Selection(**given))
        assert len(catalogue.rejects()) == 1, "rejects are no choice"
        return [int(paper_id[-5:]) for paper_id in catalogue.paper_ids()]

    assert chosen(categories=("cs.CL",)) == [1, 4, 5]
    assert chosen(categories=("math",)) == [3, 27]
    assert chosen(date_from=20240104) == [3, 4, 5, 27], "5 by its month"
    assert chosen(date_to=20240103, categories=("cs",)) == [1, 5]
    assert chosen(date_from=20240201) == []
    assert chosen() == [1, 3, 4, 5, 27]


# Interrupted, repeated, changed


class Interrupted(JsonLines):
    """The same format in a process that is stopped before a line."""

    def __init__(self, before):
        self.before = before

    def items(self, file, after):
        for item in super().items(file, after):
            if item.line >= self.before:
                raise KeyboardInterrupt
            yield item


def many(count):
    rng = random.Random(SEED)
    lines = [line_of(rng.randrange(1, count), title=f"Version {n % 4}") for n in range(count)]
    lines[count // 2] = "{"
    return "\n".join(lines)


@pytest.mark.parametrize("round_", range(4))
def test_interrupted_at_any_line_and_resumed_it_ends_the_same(
    catalogue, put, tmp_path, monkeypatch, round_
):
    monkeypatch.setattr(importing, "BATCH", 17)
    path, rng = put("papers.jsonl", many(400)), random.Random(round_)
    with Catalogue(tmp_path / "undisturbed.sqlite") as undisturbed:
        read(undisturbed, path)
        expected = everything(undisturbed)
    file = SourceFile(path, path.name)
    for stop in sorted(rng.sample(range(1, 400), 5)):
        with pytest.raises(KeyboardInterrupt):
            Importer(catalogue).read(file, file.source(), Interrupted(stop), ALL, print)
    read(catalogue, path)
    assert everything(catalogue) == expected
    assert read(catalogue, path).unchanged


def test_a_changed_file_replaces_what_it_said(catalogue, put, monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 10)
    lines = list(map(line_of, range(1, 101)))
    read(catalogue, put("papers.jsonl", "\n".join(lines)))
    lines[3] = line_of(4, title="Corrected")
    del lines[60:]
    tally = read(catalogue, put("papers.jsonl", "\n".join(lines)))
    assert (tally.new, tally.updated, tally.removed) == (0, 1, 40)
    assert catalogue.paper("2401.00004").title == "Corrected"
    assert len(catalogue.paper_ids()) == 60


def test_a_file_that_grows_at_its_beginning_embeds_and_counts_only_what_is_new(
    catalogue, put, monkeypatch
):
    monkeypatch.setattr(importing, "BATCH", 10)
    read(catalogue, put("newest-first.jsonl", "\n".join(map(line_of, range(60, 0, -1)))))
    catalogue.mark(catalogue.ids_in_state("new"), "stored")
    lines = [line_of(n) for n in range(85, 0, -1) if n != 30]
    tally = read(catalogue, put("newest-first.jsonl", "\n".join(lines)))
    assert (tally.new, tally.updated, tally.removed) == (25, 59, 1)
    unknown = catalogue.passages(catalogue.ids_in_state("new")).values()
    assert {passage.paper_id for passage in unknown} == {f"2401.{n:05d}" for n in range(61, 86)}


def lines_read(home):
    """How far a command has read its bulk file."""
    with closing(sqlite3.connect(home / "catalogue.sqlite")) as db:
        return db.execute("SELECT max(line) FROM bulk").fetchone()[0]


def test_the_command_killed_and_run_again_ends_the_same(archive_command, put, tmp_path):
    path, home = put("papers.jsonl", many(9000)), tmp_path / "killed"
    for batches, lines in ((2, 1000), (4, 4000)):  # in the midst of the last one's transaction
        die_at(home, "indexer.bulk.ledger.derive", "before", batches, "index", path, "--no-embed")
        assert lines_read(home) == lines
    done = archive_command("index", path, "--no-embed", "--json", home=home)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["rows_read"], report["rows_rejected"]) == (8999, 1)
    assert report["passages_embedded"] == 0
    with (
        Catalogue(home / "catalogue.sqlite") as killed,
        Catalogue(tmp_path / "undisturbed.sqlite") as undisturbed,
    ):
        read(undisturbed, path)
        assert everything(killed) == everything(undisturbed)


# Out and in again


def passages_of(catalogue):
    with catalogue.transaction() as db:
        found = db.execute("SELECT id, text, payload FROM passage WHERE state <> 'gone'")
        return {tuple(item) for item in found}


def test_an_export_read_elsewhere_is_the_same_archive(example, copy_of, put, catalogue):
    with Catalogue(copy_of(example, "first") / "catalogue.sqlite") as first:
        whole = exported(first)
        read(catalogue, put("export.jsonl", whole))
        assert exported(catalogue) == whole
        assert passages_of(catalogue) == passages_of(first)
        for name in ("bibtex", "ris", "csv"):
            assert exported(catalogue, name) == exported(first, name)
        # Read into the archive that it came from, it says nothing new.
        tally = read(first, put("export.jsonl", whole))
        assert (tally.new, tally.updated, tally.removed) == (0, 0, 0)
        assert exported(first) == whole


def test_the_real_archive_out_and_in_again(real, put, catalogue, copy_of):
    with Catalogue(copy_of(real[0], "first") / "catalogue.sqlite") as first:
        whole = exported(first)
        read(catalogue, put("export.jsonl.xz", lzma.compress(whole.encode(), preset=0)))
        assert exported(catalogue) == whole
        assert passages_of(catalogue) == passages_of(first)


def test_exports_of_two_halves_make_the_whole(example, copy_of, put, catalogue):
    with Catalogue(copy_of(example, "first") / "catalogue.sqlite") as first:
        lines = exported(first).splitlines(keepends=True)
        read(catalogue, put("b.jsonl", "".join(lines[20:])))
        read(catalogue, put("a.jsonl", "".join(lines[:30])))
        assert exported(catalogue) == "".join(lines)


@pytest.mark.parametrize("name", ["bibtex", "ris", "csv"])
def test_references_are_read_back(example, copy_of, put, catalogue, name):
    with Catalogue(copy_of(example, "first") / "catalogue.sqlite") as first:
        read(catalogue, put(f"papers{open_writer(name).suffix}", exported(first, name)))
        assert catalogue.rejects() == []
        assert catalogue.paper_ids() == first.paper_ids()
        for paper_id in first.paper_ids():
            mine, theirs = catalogue.paper(paper_id), first.paper(paper_id)
            assert mine.title == " ".join(theirs.title.split())
            assert len(mine.authors) == len(theirs.authors)
            assert mine.date[:7] == theirs.date[:7]
            assert set(mine.topics) == set(theirs.topics)
            assert set(mine.categories) == set(theirs.categories)


@pytest.mark.parametrize(
    ("given", "date"),
    [("seen", {"date": "2025-9-9"}), ("row", {"published": "20250909"}), ("row", {"updated": "x"})],
)
def test_an_export_with_a_date_that_is_none_is_rejected(catalogue, put, given, date):
    row = {"line": 1, "end_line": 1, "title": "T", "title_language": "en", "arxiv_id": "1706.03762"}
    seen = {"source": "s", "file": "f", "line": 1, "layout": "l"}
    whole = {"paper_id": "1706.03762", "format": 1, "rows": [{"row": row, "seen": seen}]}
    whole["rows"][0][given] |= date
    read(catalogue, put("export.jsonl", json.dumps(whole)))
    assert catalogue.paper_ids() == []
    ((_, reject),) = catalogue.rejects()
    assert repr(*date.values()) in reject.reason


@pytest.mark.parametrize(
    "note",
    ["Seen in the wild: robots fail at night.", "Seen in reading group, ask Ann about it"],
)
def test_a_note_of_ones_own_about_what_was_seen_is_kept(note):
    assert to_row({"title": "T", "note": note}, 1).notes == (note,)


@pytest.mark.parametrize("name", ["bibtex", "ris", "csv"])
def test_references_read_into_their_own_archive_add_only_where_they_were_seen(catalogue, put, name):
    record = {"title": "A^3: agents", "title_zh": "x", "notes": ["Accepted.", "8 pages"]}
    more = {"code_url": "https://github.com/a/b", "year": 2015, "abstract_zh": "一段文字。"}
    read(catalogue, put("papers.jsonl", json.dumps(record | more)))
    paper = only(catalogue)
    for number in range(2):
        path = put(f"round{number}{open_writer(name).suffix}", exported(catalogue, name))
        read(catalogue, path)
        again = only(catalogue)
        assert (again.code_urls, set(again.notes)) == (paper.code_urls, set(paper.notes))
        assert [text.text for text in again.texts] == ["一段文字。"]
        assert (again.date, again.date_precision) == (paper.date, paper.date_precision)


@pytest.mark.parametrize("name", ["bibtex", "ris", "csv"])
def test_topics_and_notes_with_commas_and_semicolons_stay_whole(catalogue, put, name):
    topics = ["Vision, language", "A; B", 'The "big" one', "plain"]
    notes = ["12 pages; 3 figures", '"Best" paper; x', "c, d"]
    record = {"title": "T", "abstract": "x", "topics": topics, "notes": notes}
    read(catalogue, put("papers.jsonl", json.dumps(record)))
    again = put(f"again{open_writer(name).suffix}", exported(catalogue, name))
    read(catalogue, again)
    assert catalogue.rejects() == []
    assert set(only(catalogue).topics) == set(topics)
    assert set(only(catalogue).notes) == set(notes)


def test_keywords_in_braces_are_several(catalogue, put):
    read(catalogue, put("a.bib", "@misc{a, title={T}, keywords={{deep nets; cs.CL, {BERT}}}}"))
    assert (only(catalogue).topics, only(catalogue).categories) == (
        ("deep nets", "BERT"),
        ("cs.CL",),
    )


def test_bibtex_gives_back_what_was_written(catalogue, put):
    record = {
        "title": "Set {1, 2} -- a ``test'', $x_1$ & C:\\temp^2 | <a> 50% $5",
        "authors": ["Robert {Bobby} Tables", "Qwen Team", "李 明", "Ada Bee"],
        "abstract": "Isn't ?` -- {open",
        "code_urls": ["https://github.com/a/b_c#d&e", "https://x.org/%20~f"],
        "notes": ["8 pages; 3 figures"],
    }
    read(catalogue, put("papers.jsonl", json.dumps(record)))
    paper = only(catalogue)
    read(catalogue, put("again.bib", exported(catalogue, "bibtex")))
    again = only(catalogue)
    assert [title.text for title in again.titles] == [record["title"]]
    assert [text.text for text in again.texts] == [record["abstract"]]
    for given in ("authors", "code_urls", "notes"):
        assert getattr(again, given) == getattr(paper, given) == tuple(record[given])


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"\href{https://x.org/a}{Here} and \texttt{Glyco}", "Here <https://x.org/a> and Glyco"),
        (r"p {\textless} 5 \textbar{} A & B -- c", "p < 5 | A & B -- c"),
        (r"\sqrt and \verb", r"\sqrt and \verb"),  # no LaTeX, so left as it is
    ],
)
def test_latex_in_bibtex(catalogue, put, source, text):
    read(catalogue, put("a.bib", f"@misc{{a, title={{T}}, abstract={{{source}}}}}"))
    assert only(catalogue).texts[0].text == text


def test_an_exported_paper_is_wanted_whole(example, copy_of, put, catalogue):
    with Catalogue(copy_of(example, "first") / "catalogue.sqlite") as first:
        whole = exported(first)
    read(catalogue, put("export.jsonl", whole), Selection(categories=("cs.CL",)))
    assert catalogue.paper_ids()
    assert set(exported(catalogue).splitlines()) < set(whole.splitlines())


def test_what_is_no_whole_export_is_rejected(catalogue, put):
    whole = {"paper_id": "1706.03762", "format": 1, "rows": []}
    lines = [whole, whole | {"format": 3}, whole | {"rows": [{"row": {"line": 1}}]}]
    read(catalogue, put("export.jsonl", "\n".join(map(json.dumps, lines))))
    reasons = [reject.reason for _, reject in catalogue.rejects()]
    assert reasons[0] == "has no rows"
    assert "update Paper Archive" in reasons[1]
    assert "no whole record" in reasons[2]


# The command


def test_left_to_be_embedded_later(archive_command, put, tmp_path):
    path = put("papers.jsonl", "\n".join(map(line_of, range(1, 7))))
    home = tmp_path / "later"
    done = archive_command("index", path, "--category", "cs.CL", "--no-embed", "--json", home=home)
    report = json.loads(done.stdout)
    assert (report["papers"], report["rows_left_out"]) == (4, 2)
    done = archive_command("search", "protein folding", home=home)
    assert done.returncode == 1
    assert "archive embed" in done.stderr
    report = json.loads(archive_command("embed", "--json", home=home).stdout)
    assert report["passages_embedded"] == report["passages"] > 0
    found = json.loads(archive_command("search", "case study", "--json", home=home).stdout)
    assert len(found["results"]) == 4
    assert archive_command("export", home=home).stdout.count("\n") == 4


def test_a_folder_of_pages_and_records(workshop, tmp_path):
    folder = tmp_path / "folder"
    shutil.copytree(EXAMPLES, folder)
    (folder / "more.jsonl.gz").write_bytes(gzip.compress(line_of(1).encode()))
    (folder / "zotero.bib").write_text(ZOTERO_BIB)
    shop = workshop()
    report = shop.indexer().index([folder], embed=False)
    assert report.papers == report.papers_new == 48
    assert report.files == 7
    assert {file.layout for file in shop.catalogue.files()} >= {"jsonl", "bibtex", "daily-titles"}
    again = shop.indexer().index([folder], embed=False)
    assert again.files_unchanged == 7
    assert (again.papers_new, again.papers_updated) == (0, 0)
    (folder / "zotero.bib").unlink()
    assert shop.indexer().index([folder], prune=True, embed=False).papers == 47


def test_real_records(catalogue, put):
    """Real records in plain JSON lines and with Chinese parts beside English ones."""
    corpus = SHARED / "corpus" / "papers.jsonl.xz"
    parallel = SHARED / "parallel" / "zh-en.jsonl.xz"
    if not (corpus.exists() and parallel.exists()):
        pytest.skip(f"the real records are not in {SHARED}")
    for path in (corpus, parallel):
        with lzma.open(path) as file:
            head = b"".join(next(file) for _ in range(300))
        tally = read(catalogue, put(path.name, lzma.compress(head, preset=0)))
        assert tally.new > 280
    assert catalogue.rejects() == []
    assert set(catalogue.languages()) == {"en", "zh"}
