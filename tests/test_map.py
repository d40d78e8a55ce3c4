"""The map: where papers lie, and the page in a real browser."""

import json
import re
import shutil

import numpy as np
import pytest

from embeddings.errors import BadQuery
from indexer.settings import Settings
from search_api.archive import Archive
from search_api.filters import Narrowing
from search_api.trends.map import draw_map, project
from tests.conftest import copy_home

pytest.importorskip("sklearn")
EVIL = '</script><script>document.title="taken"</script><video src=x onerror=alert(1)> & "quoted"'
PAGE = f"""# Papers for 2024-03-08

title:[{EVIL}](https://arxiv.org/pdf/2403.00001)
summary:This text <b>is</b> not to be run: </script><script>document.title="taken"</script>.

title:[A quiet paper](https://arxiv.org/pdf/2403.00002)
summary:Nothing happens here.
"""


@pytest.fixture(scope="module")
def examples(example, tmp_path_factory):
    home = copy_home(example, tmp_path_factory.mktemp("map") / "home")
    with Archive(Settings(home=home)) as archive:
        yield archive


@pytest.fixture(scope="module")
def page(examples):
    return draw_map(examples)


def data(page):
    (found,) = re.findall(
        r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL
    )
    return json.loads(found)["papers"]


# Places


def test_neighbours_stay_neighbours_and_the_places_are_the_same_again():
    from sklearn.manifold import trustworthiness

    drawn = np.random.default_rng(0)
    centres = drawn.normal(size=(5, 64))
    vectors = (np.repeat(centres, 20, axis=0) + 0.5 * drawn.normal(size=(100, 64))).astype("f4")
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    places = project(vectors)
    assert places.shape == (100, 2)
    assert (places.min(axis=0).tolist(), places.max(axis=0).tolist()) == ([0, 0], [1, 1])
    assert trustworthiness(vectors, places, n_neighbors=10, metric="cosine") > 0.85
    assert np.array_equal(places, project(vectors))


@pytest.mark.parametrize("number", range(1, 9))
def test_few_papers_have_places_of_their_own(number):
    vectors = np.eye(8, dtype=np.float32)[:number]
    places = project(vectors)
    assert places.shape == (number, 2)
    assert np.isfinite(places).all()
    assert ((places >= 0) & (places <= 1)).all()
    assert len({tuple(place) for place in places.round(4).tolist()}) == number


def test_alike_papers_do_not_break_it():
    assert np.isfinite(project(np.ones((12, 8), np.float32) / np.sqrt(8))).all()


# The page


def test_every_paper_is_on_the_map_with_its_facts(examples, page):
    found = {each["id"]: each for each in data(page)}
    assert sorted(found) == examples.catalogue.paper_ids()
    one = found["1706.03762"]
    paper = examples.paper("1706.03762")
    assert (one["title"], one["url"]) == (paper.title, paper.url)
    assert tuple(one["topics"]) == paper.topics
    assert found["1703.06870"]["date"] == "2017-03"  # known to the month
    assert all(0 <= each["x"] <= 1 and 0 <= each["y"] <= 1 for each in found.values())


def test_the_page_needs_no_network_and_allows_none(page):
    outside = re.sub(r'<script type="application/json".*?</script>', "", page, flags=re.DOTALL)
    assert not re.findall(r"(?:src|href|url)\s*[=(]\s*[\"']?(?!\")\S*//", outside)
    assert "default-src 'none'" in page
    assert not re.search(r"fetch\(|XMLHttpRequest|import\(|@import", outside)


def test_filters_narrow(examples):
    narrowed = data(draw_map(examples, Narrowing(topics=("强化学习",))))
    assert len(narrowed) == 4
    assert all("强化学习" in each["topics"] for each in narrowed)
    with pytest.raises(BadQuery, match="loosen the filters"):
        draw_map(examples, Narrowing(topics=("无",)))


def test_the_same_archive_gives_the_same_page(examples, page):
    assert draw_map(examples) == page


# In a browser


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api")
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium is installed")
    options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=path, args=options)
        yield opened
        opened.close()


@pytest.fixture
def visit(browser, tmp_path):
    """Opens a page from disk without any network; what goes wrong in it fails the test."""
    tabs, wrong = [], []

    def show(text, **given):
        file = tmp_path / "map.html"
        file.write_text(text, encoding="utf-8")
        tab = browser.new_page(viewport={"width": 1000, "height": 700}, **given)
        tab.route(re.compile(r"^https?://"), lambda route: (wrong.append(route), route.abort()))
        tab.on("pageerror", lambda error: wrong.append(error))
        tab.on("console", lambda said: said.type == "error" and wrong.append(said.text))
        tab.goto(file.as_uri())
        tabs.append(tab)
        return tab

    yield show
    for tab in tabs:
        tab.close()
    assert not wrong


def place(tab, paper_id):
    """Where on the canvas a paper is drawn."""
    return tab.evaluate("id => position(papers.find((paper) => paper.id === id))", paper_id)


def colour(tab, x, y):
    script = "([x, y]) => [...context.getImageData(x, y, 1, 1).data]"
    return tab.evaluate(script, [round(x), round(y)])


def test_papers_are_drawn_where_they_lie_and_named_under_the_pointer(visit, page):
    tab = visit(page)
    x, y = place(tab, "1706.03762")
    assert colour(tab, x, y)[3] > 0
    assert colour(tab, 2, 2)[3] == 0
    assert tab.locator("#tip").is_hidden()
    tab.mouse.move(x, y)
    tip = tab.locator("#tip").inner_text()
    assert "Attention Is All You Need" in tip
    tab.mouse.move(2, 2)
    assert tab.locator("#tip").is_hidden()


def test_search_lists_papers_with_links(visit, page):
    tab = visit(page)
    tab.fill("#search", "ATTENTION is all")
    assert tab.locator("#count").inner_text() == "1 of 46 papers"
    link = tab.locator("#found a")
    assert link.get_attribute("href") == "https://arxiv.org/abs/1706.03762"
    assert "noopener" in link.get_attribute("rel")
    faded = next(each["id"] for each in data(page) if each["id"] != "1706.03762")
    assert colour(tab, *place(tab, faded))[3] < 100 < colour(tab, *place(tab, "1706.03762"))[3]
    tab.fill("#search", "强化学习")
    assert tab.locator("#count").inner_text() == "5 of 46 papers"  # 4 by topic, 1 by title
    tab.fill("#search", "")
    assert tab.locator("#found a").count() == 0


def test_zoom_and_pan(visit, page):
    tab = visit(page)
    x, y = place(tab, "1706.03762")
    tab.mouse.move(x, y)
    tab.mouse.wheel(0, -400)
    tab.wait_for_function("view.scale > 2")
    assert place(tab, "1706.03762") == pytest.approx([x, y], abs=1)
    tab.mouse.move(5, 5)
    tab.mouse.down()
    tab.mouse.move(65, 45, steps=4)
    tab.mouse.up()
    assert place(tab, "1706.03762") == pytest.approx([x + 60, y + 40], abs=1)
    tab.click("#whole")
    assert place(tab, "1706.03762") == pytest.approx([x, y], abs=1)


def test_a_click_opens_the_paper(visit, page):
    tab = visit(page)
    tab.evaluate(
        "() => { window.opened = [];"
        "HTMLAnchorElement.prototype.click = function () { opened.push(this.href); }; }"
    )
    tab.mouse.click(*place(tab, "1706.03762"))
    assert tab.evaluate("opened") == ["https://arxiv.org/abs/1706.03762"]


def test_colours_switch_and_a_legend_entry_picks_its_papers(visit, page):
    tab = visit(page)
    assert "强化学习 (4)" in tab.locator("#legend").inner_text()
    tab.locator("#legend button", has_text="强化学习").click()
    assert len(tab.evaluate("papers.filter(matches)")) == 4
    tab.select_option("#by", "categories")
    assert len(tab.evaluate("papers.filter(matches)")) == 46
    assert "cs.CL" in tab.locator("#legend").inner_text()
    tab.select_option("#by", "sources")
    assert "topic-tables" in tab.locator("#legend").inner_text()


def test_light_and_dark(visit, page):
    shades = []
    for scheme in ("light", "dark"):
        tab = visit(page, color_scheme=scheme)
        shades.append(tab.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert shades == ["rgb(255, 255, 255)", "rgb(20, 24, 27)"]


@pytest.fixture
def evil_page(session_embedder, tmp_path):
    (tmp_path / "evil_2024-03-08.md").write_text(PAGE, encoding="utf-8")
    with Archive(Settings(home=tmp_path / "home"), embedder=session_embedder) as archive:
        archive.index([tmp_path / "evil_2024-03-08.md"])
        yield draw_map(archive)


def test_titles_cannot_leave_their_place(evil_page):
    assert evil_page.count("<script") == 2
    titles = [each["title"] for each in data(evil_page)]
    assert any("<script>" in title for title in titles)


def test_titles_are_text_and_never_run(visit, evil_page):
    tab = visit(evil_page)
    tab.mouse.move(*place(tab, "2403.00001"))
    assert "<video src=x onerror=alert(1)>" in tab.locator("#tip").inner_text()
    tab.fill("#search", "onerror")
    assert tab.locator("#found a").count() == 1
    assert tab.locator("video").count() == 0
    assert tab.title() == "Map of the archive"


def test_only_web_links_are_links(visit, evil_page):
    for scheme in ("javascript:document.title='taken'", "data:text/html,x", " javascript:x"):
        tab = visit(evil_page.replace("https://arxiv.org/abs/2403.00001", scheme))
        tab.fill("#search", "onerror")
        assert tab.locator("#found li").count() == 1
        assert tab.locator("#found a").count() == 0
