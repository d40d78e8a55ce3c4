"""Trends and the map as people meet them: the real command, and a real server."""

import json

import pytest

from tests.conftest import copy_home

KEYS = {"query", "by", "periods", "series", "rising", "fading", "undated"}


@pytest.fixture(scope="module")
def home(example, tmp_path_factory):
    return copy_home(example, tmp_path_factory.mktemp("surfaces") / "home")


@pytest.fixture
def archive(archive_command, home):
    def run(*arguments, **given):
        done = archive_command(*arguments, **{"home": home} | given)
        assert "Traceback" not in done.stderr, done.stderr
        return done

    return run


def one_object(done):
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_trends_as_json(archive):
    found = one_object(archive("trends", "--by", "month", "--of", "sources", "--json"))
    assert set(found) >= KEYS
    assert (found["query"], found["by"]) == (None, "month")
    totals = {each["name"]: each["total"] for each in found["series"]}
    assert totals == one_object(archive("stats", "--json"))["sources"]
    assert all(len(each["counts"]) == len(found["periods"]) for each in found["series"])
    assert sum(found["papers"]) + found["undated"] == 46


def test_trends_for_people_with_a_picture(archive, tmp_path):
    done = archive("trends", "扩散模型", "--by", "month", "--plot", tmp_path / "a.svg")
    assert done.returncode == 0, done.stderr
    assert "扩散模型" in done.stdout
    assert "all papers" in done.stdout
    assert "扩散模型" in (tmp_path / "a.svg").read_text()


def test_papers_of_a_year_are_not_sent_to_months(archive_command, tmp_path):
    library, home = tmp_path / "library.bib", tmp_path / "home"
    library.write_text(
        "@article{a, title={Of a year}, doi={10.1000/a}, year={2021}}\n"
        "@article{b, title={Of a month}, doi={10.1000/b}, year={2020}, month={feb}}\n"
    )
    assert archive_command("index", library, "--no-embed", home=home).returncode == 0
    by_week = archive_command("trends", "--by", "week", home=home).stderr
    assert "2 papers known to the month at most have no week; see --by month" in by_week
    by_month = archive_command("trends", "--by", "month", home=home).stderr
    assert "1 papers known to the year only have no month" in by_month
    assert "--by month" not in by_month


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--plot", "a.pdf"), ".svg or .png"),
        (("--by", "day", "--from", "soon"), "not a date"),
        (("x", "--min-score", "2"), "from 0 to 1"),
        (("",), "empty"),
    ],
)
def test_wrong_usage_is_one_line(archive, arguments, words):
    done = archive("trends", *arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert words in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_without_an_archive(archive, tmp_path):
    for command in ("trends", "map"):
        done = archive(command, home=tmp_path / "none")
        assert done.returncode == 1
        assert "no archive" in done.stderr


def test_map(archive, tmp_path):
    found = one_object(archive("map", "-o", tmp_path / "m.html", "--topic", "多模态", "--json"))
    page = (tmp_path / "m.html").read_bytes()
    assert found == {"output": str(tmp_path / "m.html"), "bytes": len(page)}
    assert "多模态" in page.decode()
    assert archive("map", "-o", tmp_path / "none" / "m.html").returncode == 1
    assert archive("map", "-o", tmp_path / "m.html", "--topic", "无").returncode == 2


def test_http_gives_the_same(archive, client, server, tmp_path):
    params = {"q": "text to image generation", "by": "month", "from": "2020"}
    over_http = client.get("/trends", params=params).json()
    options = ("trends", params["q"], "--by", "month", "--from", "2020", "--json")
    assert one_object(archive(*options)) == over_http
    assert one_object(archive(*options, home=server.home)) == over_http  # through the server
    page = client.get("/map", params={"topic": "多模态"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    through = archive("map", "--topic", "多模态", "-o", tmp_path / "m.html", home=server.home)
    assert through.returncode == 0, through.stderr
    assert (tmp_path / "m.html").read_bytes() == page.content


def test_http_refuses_with_a_problem(client):
    for path in ("/trends?by=year", "/trends?q=", "/trends?from=soon", "/trends?limit=0"):
        response = client.get(path)
        assert response.status_code in (400, 422), path
        assert response.headers["content-type"] == "application/problem+json"
    assert client.get("/map?topic=none").status_code == 400
