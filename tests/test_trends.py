"""Counts over time over real archives: a field that moves, and the examples."""

import datetime
import re
from dataclasses import replace

import pytest

from embeddings.errors import BadQuery, InputError
from eval.moving import chance, evaluate, nearness, projections, tables
from indexer.settings import Settings
from indexer.stores.base import Filter
from search_api.archive import Archive
from search_api.filters import Narrowing, admits
from search_api.trends.periods import MAX_PERIODS, all_periods, period_of
from search_api.trends.plots import draw
from search_api.trends.trends import trends
from tests.conftest import copy_home
from tests.moving_field import WEEKS, write_pages


@pytest.fixture(scope="module")
def moving(session_embedder, tmp_path_factory):
    """The archive of a field that moves, open for a whole module."""
    folder = tmp_path_factory.mktemp("moving")
    write_pages(folder / "pages")
    with Archive(Settings(home=folder / "home"), embedder=session_embedder) as archive:
        report = archive.index([folder / "pages"])
        assert (report.rows_read, report.rows_rejected) == (92, 0)
        yield archive


@pytest.fixture(scope="module")
def examples(example, tmp_path_factory):
    home = copy_home(example, tmp_path_factory.mktemp("trends") / "home")
    with Archive(Settings(home=home)) as archive:
        yield archive


def counted(found):
    return {each.name: each.counts for each in found.series}


def names(changes):
    return [change.name for change in changes]


# Periods


@pytest.mark.parametrize(
    ("day", "by", "name"),
    [
        ("2024-12-30", "day", "2024-12-30"),
        ("2024-12-30", "week", "2025-W01"),
        ("2021-01-03", "week", "2020-W53"),
        ("2024-12-30", "month", "2024-12"),
    ],
)
def test_periods_have_their_usual_names(day, by, name):
    assert period_of(day, "day", by) == name


def test_a_month_has_no_day():
    assert period_of("2024-12-01", "month", "day") is None
    assert period_of("2024-12-01", "month", "week") is None
    assert period_of("2024-12-01", "month", "month") == "2024-12"
    assert period_of("2024-01-01", "year", "month") is None


@pytest.mark.parametrize("by", ["day", "week", "month"])
def test_no_period_is_left_out(by):
    start = datetime.date(2019, 12, 25)
    for length in (0, 1, 6, 7, 31, 400, 800):
        days = [start + datetime.timedelta(n) for n in range(length + 1)]
        own = list(dict.fromkeys(period_of(day.isoformat(), "day", by) for day in days))
        assert list(all_periods(days[0].isoformat(), days[-1].isoformat(), by)) == own


def test_too_many_periods_are_told_to_be():
    with pytest.raises(BadQuery, match="coarser --by"):
        all_periods("0203-01-01", "2025-01-01", "day")
    assert len(all_periods("2012-01-01", "2025-01-01", "day")) <= MAX_PERIODS


# Counts


def test_topics_are_counted_and_nothing_is_lost(moving):
    found = trends(moving, narrowing=Narrowing(sources=("tables",)))
    assert found.periods == WEEKS
    assert found.papers == (16,) * 5
    assert counted(found) == {"分类": (15, 15, 15, 15, 4), "图像生成": (1, 1, 1, 1, 12)}
    assert [each.total for each in found.series] == [64, 16]
    assert (found.query, found.of, found.min_score) == (None, "topics", None)


def test_papers_without_a_place_in_time_are_reported(moving):
    by_week = trends(moving, of="sources")
    assert (by_week.undated, by_week.month_only) == (1, 3)
    assert sum(by_week.papers) + 1 + 3 == 92
    by_month = trends(moving, of="sources", by="month")
    assert (by_month.undated, by_month.month_only) == (1, 0)
    assert (by_month.periods[0], by_month.periods[-1]) == ("2015-03", "2024-02")
    assert sum(by_month.papers) + 1 == 92
    assert counted(by_month)["reports"][0] == 3


def test_a_query_counts_what_is_near_in_meaning_in_both_languages(moving):
    for query in ("diffusion models", "扩散模型"):
        found = trends(moving, query)
        (series,) = found.series
        assert series.name == query
        assert series.counts[-1] >= 6 > max(series.counts[:-1])
        assert found.rising[0].name == query
        assert found.rising[0].kind == "query"
    assert trends(moving, "diffusion models").series[0].counts == (1, 1, 1, 1, 12)
    everything = trends(moving, "diffusion models", min_score=0.0)
    assert everything.series[0].counts == everything.papers


def test_a_query_can_be_told_apart(moving):
    found = trends(moving, "decision trees", of="topics")
    assert counted(found)["分类"] == (15, 15, 15, 15, 4)


def test_filters_and_dates_narrow(moving):
    found = trends(moving, narrowing=Narrowing(date_from="2024-01-08", date_to="2024-01-21"))
    assert found.periods == WEEKS[1:3]
    assert found.undated == 0
    assert trends(moving, narrowing=Narrowing(topics=("无",))).periods == ()


def test_filters_mean_what_they_mean_in_a_store(examples):
    papers = [examples.catalogue.passages_of(each) for each in examples.catalogue.paper_ids()]
    for filter in (
        Filter(),
        Filter(date_from=20180101),
        Filter(date_to=20170630),
        Filter(date_from=20170101, date_to=20191231, has_code=True),
        Filter(topics=("强化学习", "多模态")),
        Filter(categories=("cs.CL",), has_code=False),
        Filter(sources=("topic-tables",), languages=("en",)),
        Narrowing(authors=("kaiming he",)).to_filter(),
        Filter(not_paper_ids=("1706.03762",)),
        Filter(paper_ids=("1706.03762", "none")),
    ):
        admitted = [each for own in papers for each in own if admits(filter, each.payload)]
        assert len(admitted) == examples.store.count(filter), filter


# What rises and fades


def test_topics_and_phrases_rise_and_fade(moving):
    found = trends(moving)
    assert {"图像生成", "diffusion models"} <= set(names(found.rising))
    assert {"分类", "grow decision trees"} <= set(names(found.fading))
    topic = found.rising[0]
    assert (topic.recent, topic.recent_papers, topic.before, topic.before_papers) == (12, 16, 4, 64)
    assert topic.ratio > 5
    assert topic.q < 0.001


def test_a_phrase_is_told_once_with_its_translation(moving):
    rising = trends(moving, of="terms", limit=100).rising
    (phrase,) = [each for each in rising if each.name in ("diffusion models", "扩散模型")]
    assert {phrase.name, phrase.translation} == {"diffusion models", "扩散模型"}
    # Half of the papers have an English text; the others cannot lack an English phrase.
    assert (phrase.recent, phrase.recent_papers) == (6, 8)
    assert (phrase.before, phrase.before_papers) == (2, 32)


def test_a_digest_that_starts_brings_no_news(moving):
    found = trends(moving, of="terms", limit=100)
    assert not [each for each in names(found.rising + found.fading) if "bread" in each.casefold()]
    assert found.incomparable == 8
    alone = trends(moving, of="terms", narrowing=Narrowing(sources=("titles",)))
    assert (alone.rising, alone.fading) == ((), ())


def test_where_nothing_moves_nothing_is_told(moving):
    still = trends(moving, narrowing=Narrowing(date_to="2024-01-28"))
    assert still.periods[-1] == "2024-W04"
    assert (still.rising, still.fading) == ((), ())


def test_limits(moving):
    found = trends(moving, of="terms", limit=2)
    assert len(found.series) == len(found.rising) == len(found.fading) == 2
    for bad in ({"limit": 0}, {"limit": 101}, {"min_score": -0.1}, {"min_score": 1.5}):
        with pytest.raises(BadQuery):
            trends(moving, "x", **bad)
    with pytest.raises(BadQuery, match="empty"):
        trends(moving, " ")


# Pictures


@pytest.mark.parametrize("name", ["a.svg", "a.PNG"])
def test_pictures(moving, tmp_path, name):
    found = trends(moving)
    note = draw(found, tmp_path / name)
    data = (tmp_path / name).read_bytes()
    if name == "a.svg":
        assert note is None
        text = data.decode()
        assert "图像生成" in text
        assert "2024-W05" in text
        assert not re.search("<(script|image)", text)
    else:
        assert data.startswith(b"\x89PNG")
        assert note is None or "图像生成" in note
    first = data
    draw(found, tmp_path / name)
    assert (tmp_path / name).read_bytes() == first


@pytest.mark.parametrize("name", ["a.svg", "a.png"])
def test_names_in_pictures_are_no_formulas(moving, tmp_path, name):
    found = trends(moving, r"$\nonsense$")
    strange = [replace(found.series[0], name=each) for each in (r"$\frac{1}$", "_own", "$k$")]
    draw(replace(found, series=tuple(strange)), tmp_path / name)
    if name == "a.svg":
        text = (tmp_path / name).read_text("utf-8")
        assert all(each in text for each in (r"$\nonsense$", r"$\frac{1}$", "_own", "$k$"))


def test_an_archive_without_dates_is_drawn_empty(moving, tmp_path):
    draw(trends(moving, narrowing=Narrowing(topics=("无",))), tmp_path / "none.svg")
    assert b"</svg>" in (tmp_path / "none.svg").read_bytes()


def test_other_pictures_are_refused(moving, tmp_path):
    with pytest.raises(BadQuery, match=r"\.svg or \.png"):
        draw(trends(moving), tmp_path / "a.pdf")


# What they rest on


def test_the_score_trades_precision_for_recall(moving):
    found = nearness(moving)
    precisions, recalls, _ = zip(*found.values(), strict=True)
    assert list(recalls) == sorted(recalls, reverse=True)
    assert precisions[-1] >= precisions[0]
    assert recalls[0] > 0.5


def test_dates_dealt_at_random_tell_of_nothing_though_ratios_are_large(moving):
    told, doubled = chance(moving, runs=20)
    assert told <= 0.15
    assert doubled > 1


def test_what_trends_rest_on_is_one_report(moving):
    pytest.importorskip("sklearn")
    report = evaluate(moving)
    assert report.task == "trends"
    assert report.baselines.keys() >= {"PCA"}
    assert report.measures.keys() > report.baselines["PCA"].keys()
    assert [len(table.rows) for table in tables(report)] == [
        len(report.curve),
        len(report.measures),
    ]


def test_what_cannot_be_measured_is_told(open_archive, tmp_path):
    archive = open_archive(tmp_path / "empty")
    for measure in (nearness, chance, lambda it: list(projections(it))):
        with pytest.raises(InputError, match="empty"):
            measure(archive)


def test_t_sne_keeps_more_neighbours_than_pca(moving):
    pytest.importorskip("sklearn")
    kept = {name: (trust, share) for name, trust, share, _ in projections(moving)}
    assert kept["t-SNE"] > kept["PCA"]
