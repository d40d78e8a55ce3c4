"""Which days are lacking, worked out from the ledger's days alone."""

from datetime import date, timedelta

import pytest

from indexer.gaps import find_gaps
from indexer.ledger import Day, Followed

TODAY = date(2025, 10, 1)


def pages(*days, source="digest"):
    return [Day(source, "", day, None, 5, 5, 0, path=f"/pages/{day}.md") for day in days]


def span(first, number, step=1):
    start = date.fromisoformat(first)
    return [(start + timedelta(days=step * index)).isoformat() for index in range(number)]


def lacking(days, *followed):
    return [(gap.first, gap.last, gap.kind) for gap in find_gaps(days, followed, TODAY)]


def stream(first="2025-09-01", last="2025-09-05", source="arxiv"):
    return Followed(source, "s", ("--category", "cs.CV"), first, last)


def fetched(*days, source="arxiv", **given):
    whole = {"announced": 2, "received": 2, "indexed": 2, "rejected": 0, "fetched_at": "2025-09-20"}
    return [Day(source, "s", day, **(whole | given)) for day in days]


def test_days_of_a_digest():
    weekdays = [day for day in span("2025-09-01", 26) if date.fromisoformat(day).weekday() < 5]
    assert lacking(pages(*weekdays)) == [], "weekends are no gaps where there never is a page"
    assert lacking(pages(*span("2025-09-01", 5))) == []
    without = [day for day in span("2025-09-01", 20) if day not in ("2025-09-06", "2025-09-07")]
    assert lacking(pages(*without)) == [("2025-09-06", "2025-09-07", "absent")]
    some = [day for day in weekdays if day not in ("2025-09-04", "2025-09-10")]
    assert [gap[0] for gap in lacking(pages(*some))] == ["2025-09-04", "2025-09-10"]


def test_a_weekly_digest():
    mondays = span("2025-03-03", 20, step=7)
    assert lacking(pages(*mondays)) == []
    mondays.remove("2025-04-07")
    assert lacking(pages(*mondays)) == [("2025-04-07", "2025-04-07", "absent")]


@pytest.mark.parametrize("mistyped", ["2035-09-30", "1925-09-09", "2025-03-09"])
def test_a_mistyped_day_hides_no_gap_and_makes_none(mistyped):
    days = [day for day in span("2025-08-01", 60) if day != "2025-08-20"]
    assert lacking(pages(*days, mistyped)) == [("2025-08-20", "2025-08-20", "absent")]


def test_weeks_without_a_page_are_a_gap():
    days = [*span("2025-03-01", 30), *span("2025-08-01", 30)]
    assert lacking(pages(*days)) == [("2025-03-31", "2025-07-31", "absent")]


def test_a_few_pages_are_no_habit():
    assert lacking(pages("2025-09-01", "2025-09-03", "2025-09-05")) == []
    assert lacking(pages(*span("2025-01-01", 6, step=37))) == []


def test_sources_are_told_apart():
    both = [*pages(*span("2025-09-01", 5)), *pages(*span("2025-09-15", 5), source="other")]
    assert lacking(both) == []


def test_days_that_nobody_asked_for():
    assert lacking(fetched("2025-09-02", "2025-09-05"), stream()) == [
        ("2025-09-01", "2025-09-01", "absent"),
        ("2025-09-03", "2025-09-04", "absent"),
    ]


def test_a_stream_without_an_end_is_followed_until_yesterday():
    (gap,) = find_gaps(fetched(*span("2025-09-01", 28)), [stream(last=None)], TODAY)
    assert (gap.first, gap.last) == ("2025-09-29", "2025-09-30")
    assert gap.command == "archive fetch --category cs.CV --from 2025-09-29 --to 2025-09-30"


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"received": 1, "missing": "results 1 to 1: malformed"}, "short"),
        ({"indexed": 0}, "unread"),
        ({"indexed": 1, "rejected": 1}, None),
        ({"received": 3, "duplicates": 1}, None),
        ({"settled": False}, "early"),
        ({"announced": 0, "received": 0, "indexed": 0}, None),
    ],
)
def test_days_that_came_short(given, kind):
    days = [*fetched("2025-09-01", **given), *fetched(*span("2025-09-02", 4))]
    assert lacking(days, stream()) == ([("2025-09-01", "2025-09-01", kind)] if kind else [])


def test_a_day_that_may_still_grow_is_no_gap():
    last = stream("2025-09-29", "2025-09-30")
    assert lacking(fetched("2025-09-29", "2025-09-30", settled=False), last) == []
    for source in ("huggingface", "oaipmh"):
        daily = stream("2025-09-29", "2025-09-30", source=source)
        days = fetched("2025-09-28", "2025-09-29", "2025-09-30", source=source, settled=False)
        assert lacking(days, daily) == [("2025-09-28", "2025-09-28", "early")]


def test_a_command_names_the_settings_of_its_stream():
    asked = ("ARCHIVE_OAI_URL=http://o.example/oai?a&b", "ARCHIVE_OAI_FORMAT=oai_dc", "--oai", "cs")
    stream = Followed("oaipmh", "s", asked, "2025-09-01", "2025-09-01")
    (gap,) = find_gaps([], [stream], TODAY)
    assert gap.command == (
        "ARCHIVE_OAI_URL='http://o.example/oai?a&b' ARCHIVE_OAI_FORMAT=oai_dc "
        "archive fetch --oai cs --from 2025-09-01 --to 2025-09-01"
    )


def test_what_was_not_asked_day_by_day():
    short = {"received": 1, "missing": "no record of 2509.99999", "settled": False}
    (gap,) = find_gaps(
        fetched("all", **short), [Followed("arxiv", "s", ("--ids", "x y"), None, None)], TODAY
    )
    assert (gap.first, gap.kind, gap.command) == ("all", "short", "archive fetch --ids 'x y'")
