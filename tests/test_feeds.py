"""Feeds: what an independent reader makes of them, from the command line and over HTTP."""

import xml.etree.ElementTree as ET

import feedparser
import httpx
import pytest

from indexer.arrivals import Arrival
from indexer.catalogue import Catalogue
from indexer.paper import OriginText, OriginTitle, Paper
from search_api.feed import Channel, render
from tests.conftest import copy_home

from .conftest import EXAMPLES

QUERY = "neural networks that solve partial differential equations"
FOUND = "https://arxiv.org/abs/2010.08895"
ATOM = "{http://www.w3.org/2005/Atom}"


def paper(paper_id="2501.00001", title="A title", **given):
    values = {"authors": ("Ann Lee", "李雷"), "date": "2025-09-29", "date_precision": "day"}
    values |= {"url": f"http://arxiv.org/abs/{paper_id}", "arxiv_id": paper_id} | given
    return Paper(paper_id, title, (OriginTitle("en", title, (0,)),), **values)


def channel(title, key, papers):
    return Channel(title, key, tuple(Arrival(each, each.date) for each in papers))


def read(text):
    """A feed as a reader that is not ours understands it."""
    found = feedparser.parse(text)
    assert not found.bozo, found.get("bozo_exception")
    return found


@pytest.fixture(scope="module", params=["atom", "rss"])
def form(request):
    return request.param


def test_an_entry_has_all_that_a_reader_needs(form):
    texts = (OriginText("tldr", "zh", "很快。", (0,)), OriginText("abstract", "en", "Fast.", (0,)))
    both = paper(
        texts=texts, topics=("强化学习",), categories=("cs.LG",), code_urls=("https://c.d/e",)
    )
    both = Paper(**{name: getattr(both, name) for name in both.__dataclass_fields__} | {
        "titles": (*both.titles, OriginTitle("zh", "一个标题", (0,))),
    })  # fmt: skip
    found = read(
        render(channel("强化学习", "topic 强化学习", (both,)), form, address="https://x.y/f")
    )
    assert found.version == {"atom": "atom10", "rss": "rss20"}[form]
    assert "强化学习" in found.feed.title
    assert {"rel": "self", "href": "https://x.y/f"}.items() <= found.feed.links[-1].items()
    (entry,) = found.entries
    assert (entry.title, entry.link) == ("A title", "http://arxiv.org/abs/2501.00001")
    assert entry.id == "https://arxiv.org/abs/2501.00001"
    assert entry.author == "Ann Lee, 李雷"
    assert entry.published_parsed[:3] == (2025, 9, 29)
    assert [tag.term for tag in entry.tags] == ["强化学习", "cs.LG"]
    for said in ("一个标题", "很快。", "Fast.", "https://c.d/e"):
        assert said in entry.summary


def test_ids_stay_and_differ(form):
    one, other = paper("2501.00001"), paper("local-x", arxiv_id=None, url=None)
    found = read(render(channel("a", "topic a", (one, other)), form))
    again = read(render(channel("b", "topic b", (other, one)), form))
    assert {e.id for e in found.entries} == {e.id for e in again.entries}
    assert len({e.id for e in found.entries}) == 2
    assert found.entries[1].id.startswith("urn:uuid:")
    if form == "atom":
        assert found.feed.id != again.feed.id
    assert render(channel("a", "topic a", (one,)), form) == render(
        channel("a", "topic a", (one,)), form
    )


def test_a_paper_without_a_date_is_not_new(form):
    found = read(render(channel("a", "a", (paper(date=None),)), form))
    (entry,) = found.entries
    assert "published" not in entry
    if form == "atom":
        assert entry.updated_parsed[0] == 1970


def test_a_paper_that_came_late_is_as_new_as_its_coming(form):
    late, other = paper("1903.00001", date="2019-03-04"), paper()
    written = render(Channel("a", "a", (Arrival(late, "2025-09-30"), Arrival(other))), form)
    found = read(written)
    assert found.entries[0].published_parsed[:3] == (2019, 3, 4)
    assert found.feed.updated_parsed[:3] == (2025, 9, 30)
    if form == "atom":
        assert found.entries[0].updated_parsed[:3] == (2025, 9, 30)


@pytest.mark.parametrize(
    "title", ["a < b & c > d", 'x="<script>alert(1)</script>"', "\x00\x1b[31mred\x0b\ufffe", "]]>"]
)
def test_control_characters_and_markup_are_only_text(form, title):
    text = OriginText("abstract", "en", title, (0,))
    script = paper(
        title=title, texts=(text,), authors=(title,), topics=(title,),
        code_urls=("javascript:alert(1)",),
    )  # fmt: skip
    written = render(channel(title, title, (script,)), form)
    root = ET.fromstring(written.encode())
    path = f"{ATOM}entry/{ATOM}title" if form == "atom" else "channel/item/title"
    plain = "".join(char for char in title if char >= " " and char != "\ufffe")
    assert root.findtext(path) == plain
    (entry,) = read(written).entries
    assert "<script" not in entry.summary
    assert "javascript:" not in written


def test_a_link_that_commands_a_reader_is_left_out(form):
    shown = paper("title:1", arxiv_id=None, url="javascript:alert(1)")
    text = render(channel("x", "query x", (shown,)), form)
    assert "javascript" not in text


def test_the_case_of_an_address_says_nothing(form):
    shown = paper("title:1", arxiv_id=None, url="HTTPS://X.org/a")
    (entry,) = read(render(channel("x", "query x", (shown,)), form)).entries
    assert entry.link == "HTTPS://X.org/a"


def test_no_papers_make_a_feed_all_the_same(form):
    assert read(render(channel("a", "a", ()), form)).entries == []


# The command


@pytest.fixture(scope="module")
def archive(archive_command, example, tmp_path_factory):
    home = copy_home(example, tmp_path_factory.mktemp("feeds") / "home")
    done = archive_command("watch", "add", QUERY, "--name", "pde", home=home)
    assert done.returncode == 0, done.stderr
    return lambda *arguments: archive_command(*arguments, home=home)


def entries(done):
    assert done.returncode == 0, done.stderr
    return read(done.stdout).entries


def test_the_command_writes_each_kind_of_feed(archive, form):
    by_query = entries(archive("feed", "--query", QUERY, "--format", form))
    assert FOUND in {entry.id for entry in by_query}
    watched = entries(archive("feed", "--watch", "pde", "--format", form))
    assert {entry.id for entry in watched} == {entry.id for entry in by_query}
    topic = entries(archive("feed", "--topic", "强化学习", "--format", form))
    assert len(topic) == 4
    days = [entry.published_parsed for entry in topic]
    assert days == sorted(days, reverse=True)
    assert all("强化学习" in {tag.term for tag in entry.tags} for entry in topic)
    vision = entries(archive("feed", "--category", "cs.CV", "--limit", "3", "--format", form))
    assert len(vision) == 3


def test_a_topic_has_all_its_names(archive, client):
    by_label = entries(archive("feed", "--topic", "Robotics and embodied intelligence"))
    assert by_label
    for name in ("机器人", "robotics AND embodied intelligence"):
        assert [each.id for each in entries(archive("feed", "--topic", name))] == [
            each.id for each in by_label
        ]
    assert client.get("/feeds/topics/机器人").status_code == 200


PAGE = """# arxiv 2024-03-06

| 标题 | 作者 | PDF链接 |  摘要 |
|------|------|--------|------|
| Wave Equations by Neural Networks | Ann Lee | [PDF](http://arxiv.org/pdf/1903.00001v1) | We \
solve partial differential equations such as the wave equation with neural networks. |
"""


def test_what_comes_later_stands_first_whatever_its_date(
    archive_command, example, copy_of, tmp_path
):
    home, page = copy_of(example), tmp_path / "page.md"
    feed = ("feed", "--query", QUERY, "--min-score", "0")
    with Catalogue(home / "catalogue.sqlite") as catalogue, catalogue.transaction() as db:
        db.execute("UPDATE paper SET added = NULL")  # as of an archive made before
    before = read(archive_command(*feed, home=home).stdout)
    assert len(before.entries) == 46
    days = [entry.updated_parsed for entry in before.entries]
    assert days == sorted(days, reverse=True)
    page.write_text(PAGE, "utf-8")
    # The second time the page shows one more that has long been there.
    for shown in ("", PAGE.splitlines()[-1].replace("1903.00001v1", "1706.03762v1")):
        page.write_text(PAGE + shown, "utf-8")
        assert archive_command("index", page, home=home).returncode == 0
        after = read(archive_command(*feed, home=home).stdout)
        assert after.entries[0].id == "https://arxiv.org/abs/1903.00001"
        assert after.entries[0].published_parsed[:2] == (2019, 3)
        assert after.feed.updated_parsed == after.entries[0].updated_parsed > days[0]
        assert [entry.id for entry in after.entries[1:]] == [entry.id for entry in before.entries]


def test_a_feed_shows_nothing_to_a_run(archive):
    before = archive("watch", "list").stdout
    entries(archive("feed", "--watch", "pde"))
    assert archive("watch", "list").stdout == before


def test_a_feed_in_a_file(archive, tmp_path):
    file = tmp_path / "feed.xml"
    for _ in range(2):  # the second takes the place of the first
        done = archive("feed", "--category", "cs.CL", "--output", file)
        assert (done.returncode, done.stdout) == (0, "")
    assert len(read(file.read_text("utf-8")).entries) == 2
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        ((), 2, "one of"),
        (("--topic", "a", "--query", "b"), 2, "one of"),
        (("--query", ""), 2, "empty"),
        (("--query", "x", "--limit", "0"), 2, "limit"),
        (("--topic", "强化"), 1, "强化学习"),
        (("--category", "cs.CX"), 1, "cs.CV"),
        (("--watch", "pd"), 1, "pde"),
        (("--topic", "强化学习", "--output", "/nowhere/at/all.xml"), 1, "/nowhere"),
    ],
)
def test_wrong_use_is_told_in_one_line(archive, arguments, status, said):
    done = archive("feed", *arguments)
    assert (done.returncode, done.stdout) == (status, ""), done.stderr
    (line,) = done.stderr.strip().splitlines()
    assert said in line


# Over HTTP


def test_the_feed_of_a_query_takes_filters(client):
    params = {"q": QUERY, "min_score": 0, "limit": 100}
    every = read(client.get("/feeds/search", params=params).text)
    some = read(client.get("/feeds/search", params=params | {"category": "cs.cl"}).text)
    assert 0 < len(some.entries) < len(every.entries) == 46
    assert all("cs.CL" in {tag.term for tag in entry.tags} for entry in some.entries)
    assert some.feed.id != every.feed.id


def test_a_category_is_known_in_any_case(client):
    right, other = (client.get(f"/feeds/categories/{name}").text for name in ("cs.CV", "cs.cv"))
    assert other.replace("/cs.cv", "/cs.CV") == right


@pytest.mark.parametrize("path", ["search", "topics/强化学习", "categories/cs.CV"])
def test_the_server_gives_feeds(client, form, path):
    params = {"format": form} | ({"q": QUERY} if path == "search" else {})
    answer = client.get(f"/feeds/{path}", params=params)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == f"application/{form}+xml; charset=utf-8"
    found = read(answer.text)
    assert found.entries
    assert str(answer.url) in {link.href for link in found.feed.links}


def test_the_server_gives_the_feed_of_a_saved_search(example, copy_of, archive_command, serve):
    home = copy_of(example)
    archive_command("watch", "add", QUERY, "--name", "a/b 偏微分", home=home)
    server = serve(home)
    answer = httpx.get(f"{server.url}/feeds/watches/a/b 偏微分")
    assert FOUND in {entry.id for entry in read(answer.text).entries}
    through = archive_command("feed", "--watch", "a/b 偏微分", home=home)
    assert {entry.id for entry in entries(through)} == {e.id for e in read(answer.text).entries}


@pytest.mark.parametrize(
    ("path", "params", "status"),
    [
        ("watches/none", {}, 404),
        ("topics/强化", {}, 404),
        ("categories/cs.CX", {}, 404),
        ("search", {"q": " "}, 400),
        ("search", {}, 422),
        ("search", {"q": "x", "min_score": 2}, 422),
        ("topics/强化学习", {"format": "json"}, 422),
        ("topics/强化学习", {"limit": 0}, 422),
        ("search", {"q": "x", "from": "soon"}, 400),
    ],
)
def test_the_server_tells_what_is_wrong(client, path, params, status):
    answer = client.get(f"/feeds/{path}", params=params)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


def test_every_entry_of_a_topic_stands_under_it_on_the_page(client):
    page = (EXAMPLES / "topic-tables_2024-03-04.md").read_text("utf-8")
    section = page.split("## 强化学习", 1)[1].split("\n## ", 1)[0]
    found = read(client.get("/feeds/topics/强化学习").text)
    assert all(entry.id.rpartition("/")[2] in section for entry in found.entries)
