"""The archive given out again: complete, always the same bytes, read by other programs."""

import csv
import io
import json
import re

import pytest
import rispy
from pybtex.database import parse_string

from indexer.catalogue import Catalogue
from indexer.exports.base import written
from indexer.exports.open import open_writer
from indexer.exports.record import Record, records
from indexer.latex import to_source
from indexer.merge import SeenRow, merge
from indexer.paper import Row, Sighting, Text
from search_api.commands.exporting import _listed
from tests.conftest import EXAMPLES, copy_home


def exported(home, name="jsonl"):
    with Catalogue(home / "catalogue.sqlite") as catalogue:
        return "".join(written(open_writer(name), records(catalogue)))


def record(**given):
    fields = {"line": 1, "end_line": 1, "title": "A title", "title_language": "en"} | given
    seen = SeenRow(Row(**fields), Sighting("digest", "page.md", 1, "layout", "2024-03-04"))
    return Record(merge("title:1", [seen]), (seen,))


@pytest.fixture(scope="module")
def home(example, tmp_path_factory):
    return copy_home(example, tmp_path_factory.mktemp("export") / "home")


@pytest.fixture
def archive(archive_command, home):
    def run(*arguments, **given):
        done = archive_command("export", *arguments, **{"home": home} | given)
        assert "Traceback" not in done.stderr, done.stderr
        return done

    return run


def ids(done):
    assert done.returncode == 0, done.stderr
    return [json.loads(line)["paper_id"] for line in done.stdout.splitlines()]


# JSON lines


def test_one_whole_paper_a_line_sorted_by_id(archive, archive_command, home):
    done = archive()
    found = ids(done)
    assert len(found) == 46
    assert found == sorted(found)
    line = next(line for line in done.stdout.splitlines() if '"paper_id":"2205.14135"' in line)
    shown = json.loads(archive_command("show", "2205.14135", "--json", home=home).stdout)
    assert json.loads(line) | shown == json.loads(line), "everything that `show` knows"
    rows = json.loads(line)["rows"]
    assert [row["seen"] for row in rows] == shown["seen_in"]
    texts = {(text["kind"], text["text"]) for row in rows for text in row["row"]["texts"]}
    assert texts == {(text["kind"], text["text"]) for text in shown["texts"]}


def test_the_same_archive_gives_the_same_bytes_in_whatever_order_it_was_made(
    workshop, home, tmp_path
):
    backwards = workshop("backwards")
    for page in sorted(EXAMPLES.glob("*_*.md"), reverse=True):
        backwards.index(page)
    for name in ("jsonl", "bibtex", "ris", "csv"):
        assert exported(backwards.home, name) == exported(home, name)


def test_no_character_of_a_text_ends_a_line():
    odd = "one\u2028two\u2029three\x85four\x0bfive\nsix\r\nseven\x1c"
    line = open_writer("jsonl").write(record(texts=(Text("abstract", "en", odd),)))
    assert line.splitlines() == [line[:-1]]
    assert json.loads(line)["texts"][0]["text"] == odd


# Which papers


def test_filters(archive):
    assert set(ids(archive("--category", "cs.CL", "--from", "2018"))) < set(
        ids(archive("--category", "cs.CL"))
    )
    found = [json.loads(line) for line in archive("--has-code").stdout.splitlines()]
    assert found
    assert all(paper["code_urls"] for paper in found)
    assert ids(archive("--author", "kaiming he", "--source", "daily-titles")) == []
    found = [json.loads(line) for line in archive("--author", "kaiming he").stdout.splitlines()]
    assert found
    assert all("Kaiming He" in paper["authors"] for paper in found)


def test_a_query_gives_its_best_papers(archive):
    found = ids(archive("--query", "多语言文本向量模型", "--limit", 3))
    assert len(found) == 3
    assert found == sorted(found)
    assert "2402.05672" in found


def test_a_reading_list_by_ids_and_from_a_file(archive, tmp_path):
    wanted = ["1706.03762", "cs/9905014"]
    assert ids(archive("--ids", "cs/9905014, 1706.03762v5")) == wanted
    listed = tmp_path / "list.txt"
    listed.write_text("# to read\nhttps://arxiv.org/abs/1706.03762  # soon\n\ncs/9905014\n")
    assert ids(archive("--ids-from", listed)) == wanted
    assert ids(archive("--ids-from", "-", stdin="1706.03762\n")) == wanted[:1]


def test_what_cannot_be_exported_is_one_line_and_no_output(archive, tmp_path):
    for arguments, status, said in [
        (["--ids", "1706.03762,9999.99999"], 1, "9999.99999"),
        (["--ids", "1706.03762", "--query", "x"], 2, "either"),
        (["--limit", 0], 2, "limit"),
        (["--from", "gestern"], 2, "gestern"),
    ]:
        done = archive(*arguments, "--output", tmp_path / "out")
        assert done.returncode == status, done.stderr
        assert done.stdout == ""
        assert said in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
        assert list(tmp_path.iterdir()) == [], "no half a file"


def test_to_a_file(archive, tmp_path):
    done = archive("--format", "csv", "--output", tmp_path / "papers.csv")
    assert done.stdout == ""
    assert (tmp_path / "papers.csv").read_text("utf-8") == archive("--format", "csv").stdout
    assert [path.name for path in tmp_path.iterdir()] == ["papers.csv"]


# The formats, as other programs read them


def test_bibtex_is_read_by_another_parser(home):
    found = parse_string(exported(home, "bibtex"), "bibtex").entries
    assert len(found) == 46
    paper = found["1706.03762"]
    assert paper.fields["title"] == "{Attention Is All You Need}"
    assert (paper.fields["eprint"], paper.fields["year"]) == ("1706.03762", "2017")
    assert [str(name) for name in found["2006.11239"].persons["author"]] == [
        "Ho, Jonathan", "Jain, Ajay", "Abbeel, Pieter",
    ]  # fmt: skip
    assert "强化学习" in found["1312.5602"].fields["keywords"]


def test_bibtex_of_odd_things():
    odd = record(
        title='50% of {A_B} & C#: a \\ ~ ^ "quote", $O(n^2)$ for $5 or $6, 中文é',
        authors=("Müller, Jürgen", "Smith and Sons", "王小明", "O'Neil, A., Jr., PhD"),
        texts=(Text("abstract", "en", "Unbalanced { and $x_{1$ here }"),),
        url="https://example.org/a_b%20c{d}?x=1&y=2#z",
    )
    (entry,) = parse_string(open_writer("bibtex").write(odd), "bibtex").entries.values()
    title = entry.fields["title"]
    assert r"50\% of \textbraceleft{}A\_B\textbraceright{} \& C\#" in title
    assert "$O(n^2)$" in title
    assert r"\$5 or \$6" in title
    assert "中文é" in title
    assert len(entry.persons["author"]) == 4
    assert entry.fields["url"] == "https://example.org/a_b%20c%7Bd%7D?x=1&y=2#z"


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("plain", "plain"),
        ("$a_1$ and b_1", r"$a_1$ and b\_1"),
        (r"\alpha", r"\textbackslash{}alpha"),
        ("from $10 to $20", r"from \$10 to \$20"),
        ("$a}$", r"\$a\textbraceright{}\$"),
        (r"Schr\"odinger, {\o} and \v{S}", "Schrödinger, ø and Š"),
        (r"\textsc{CantoNLU}: A \& B, 5\% off", r"CantoNLU: A \& B, 5\% off"),
        (r"360{\textdegree}, {\bf A}daptive {\%", r"360°, Adaptive \textbraceleft{}\%"),
        (r"\emph{\footnote", r"\textbackslash{}emph\textbraceleft{}\textbackslash{}footnote"),
        (r"by \textbf{19% of $x_1$} and 5%", r"by 19\% of $x_1$ and 5\%"),
        (r"a $50% \"o$ in C:\b\text", r"a $50\% \"o$ in C:\textbackslash{}b\textbackslash{}text"),
        ("``A'' -- b?`", "`{}`A'{}' -- b?{}`"),
    ],
)
def test_latex(text, source):
    assert to_source(text) == source


def test_addresses_of_code_are_no_latex():
    code = ("https://github.com/a/MLLM_b#c&d", "https://x.org/%20e")
    text = open_writer("bibtex").write(record(code_urls=code))
    assert rf"howpublished = {{Code: \url{{{code[0]}}}, \url{{{code[1]}}}}}" in text


def test_names_of_groups_and_in_chinese_order_are_not_turned_round():
    names = ("Qwen Team", "The H1 collaboration", "Team OLMo", "李 明", "Jun Labat")
    odd = record(authors=names)
    (entry,) = rispy.loads(open_writer("ris").write(odd))
    assert entry["authors"] == [*names[:3], "李, 明", "Labat, Jun"]
    (entry,) = parse_string(open_writer("bibtex").write(odd), "bibtex").entries.values()
    found = entry.persons["author"]
    assert [" ".join(name.last_names) for name in found] == [
        *(f"{{{name}}}" for name in names[:4]), "Labat",
    ]  # fmt: skip


def test_ris_is_read_by_another_parser(home):
    text = exported(home, "ris")
    for line in text.splitlines():
        assert line == "" or re.fullmatch(r"[A-Z][A-Z0-9]  - .*", line), line
    found = {entry["id"]: entry for entry in rispy.loads(text)}
    assert len(found) == 46
    assert found["1706.03762"]["title"] == "Attention Is All You Need"
    assert found["2006.11239"]["authors"] == ["Ho, Jonathan", "Jain, Ajay", "Abbeel, Pieter"]
    assert found["2006.11239"]["year"] == "2020"


def test_ris_keeps_particles_and_one_line_a_field():
    odd = record(
        title="A\ntitle", authors=("Laurens van der Maaten", "王小明", "Zhao, Li", "Plato")
    )
    (entry,) = rispy.loads(open_writer("ris").write(odd))
    assert entry["title"] == "A title"
    assert entry["authors"] == ["van der Maaten, Laurens", "王小明", "Zhao, Li", "Plato"]


def test_csv_is_read_as_a_table(home):
    rows = {row["paper_id"]: row for row in csv.DictReader(io.StringIO(exported(home, "csv")))}
    assert len(rows) == 46
    assert rows["2006.11239"]["authors"] == "Jonathan Ho; Ajay Jain; Pieter Abbeel"
    assert rows["1312.5602"]["topics"] == "强化学习"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_no_cell_is_a_formula(start):
    line = open_writer("csv").write(record(title=f"{start}1+1"))
    assert next(csv.reader([line]))[1] == f"'{start}1+1"


# Over HTTP


def test_export_over_http_is_the_same(client, home):
    for name in ("jsonl", "bibtex", "ris", "csv"):
        with client.stream("GET", "/export", params={"format": name}) as response:
            assert response.status_code == 200
            assert "charset=utf-8" in response.headers["content-type"]
            assert "content-length" not in response.headers, "it is streamed"
            assert response.read().decode() == exported(home, name)


def test_export_over_http_of_a_query_a_list_and_a_filter(client):
    def found(**params):
        text = client.get("/export", params=params).text
        return [json.loads(line)["paper_id"] for line in text.splitlines()]

    assert "2402.05672" in found(q="多语言文本向量模型", limit=3)
    assert found(id=["cs/9905014", "1706.03762"]) == ["1706.03762", "cs/9905014"]
    assert 0 < len(found(topic="强化学习")) < 46


def test_a_limit_without_end_is_none(client, home):
    everything = client.get("/export").text
    assert client.get("/export", params={"limit": 10**20}).text == everything


def test_a_comma_may_be_part_of_an_id():
    given = "doi:10.1000/a,b, 1706.03762,cs/9905014,https://arxiv.org/abs/2010.11929"
    assert _listed(given) == [
        "doi:10.1000/a,b", "1706.03762", "cs/9905014", "https://arxiv.org/abs/2010.11929",
    ]  # fmt: skip


def test_what_http_cannot_export_is_a_problem(client):
    for params, status in [
        ({"format": "docx"}, 422),
        ({"id": "9999.99999"}, 404),
        ({"from": "gestern"}, 400),
        ({"q": " "}, 400),
    ]:
        response = client.get("/export", params=params)
        assert response.status_code == status, response.text
        assert response.headers["content-type"] == "application/problem+json"
