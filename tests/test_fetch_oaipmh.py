"""Harvesting OAI-PMH: a real local server that speaks the protocol, well and badly.

No record may be lost silently: each test ends with everything there, or with what is missing.
"""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from indexer.observer import Silent
from indexer.readers.base import Page
from indexer.readers.oaipmh import FetchedOai
from indexer.settings import Settings
from indexer.sources.fetcher import Fetcher
from indexer.sources.oaipmh import OaiSource
from indexer.sources.politeness import PoliteClient
from indexer.sources.window import Window, days
from search_api.archive import Archive
from search_api.fetching import Job, fetch, status
from tests.oai_server import (
    FakeRecord,
    OaiServer,
    empty_body,
    html,
    records_of_day,
    repeated_record,
    said,
    says,
    tagsoup,
    token_is,
    without_record,
)
from tests.paper_server import (
    FakePaper,
    cut,
    cut_line,
    daily_paper,
    dripping,
    malformed,
    seconds_for,
    silent,
    well,
)
from tests.paper_server import status as http

BIN = Path(sys.executable).with_name("archive")
DAY = "2025-09-01"
ATTEMPTS = 3


@pytest.fixture
def server():
    server = OaiServer()
    yield server
    server.close()


@pytest.fixture
def settings(server, tmp_path):
    return Settings(
        home=tmp_path / "home",
        cache=tmp_path / "cache",
        oai_url=server.oai_url,
        oai_interval=0.0,
        fetch_attempts=ATTEMPTS,
    )


@pytest.fixture
def harvest(settings):
    """Harvests with a new client each time, as a new process would."""

    def run(*windows, sets=("cs",), again=False, **given):
        used = settings.model_copy(update=given)
        client = PoliteClient(used.oai_url, used.oai_interval, used)
        source = OaiSource(sets, used, client)
        fetcher = Fetcher(used.home / "fetched", source, Silent(), lock_timeout=1)
        report = fetcher.fetch(windows or [Window(DAY)], again=again)
        client.close()
        return report, fetcher.folder

    return run


def kept(folder):
    """All kept records by identifier, read as lines of JSON."""
    texts = [path.read_text("utf-8") for path in folder.glob("*.jsonl")]
    lines = [json.loads(line) for text in texts for line in text.rstrip("\n").split("\n")[1:]]
    return {line.get("identifier"): line for line in lines}


def identifiers(records):
    return {record.identifier for record in records}


def whole(report, folder, records):
    assert report.missing == []
    assert set(kept(folder)) == identifiers(records)


def rows(folder, day=DAY):
    reading = FetchedOai().read(Page((folder / f"{day}.jsonl").read_text("utf-8").rstrip("\n")))
    return reading.rows, reading.rejects


def after_identify(*acts):
    """The repository is asked first since when it holds anything."""
    return [well, *acts]


def test_a_password_is_kept_nowhere(server, harvest, settings):
    server.records = records_of_day(DAY, 13)
    server.script = after_identify(well, *[cut] * ATTEMPTS)  # so that there is a cursor
    url = server.oai_url.replace("http://", "http://me:secret@")
    report, _ = harvest(oai_url=url, oai_format="oai_dc")
    assert report.missing
    assert report.stream == f"cs of {server.oai_url.removeprefix('http://')} as oai_dc"
    kept = [path for each in (settings.home, settings.cache) for path in each.rglob("*")]
    assert any(path.name.endswith(".cursor") for path in kept)
    texts = [report.stream, str(report.missing), *map(str, kept)]
    texts += [path.read_text("utf-8") for path in kept if path.is_file()]
    assert not any("secret" in each for each in texts)
    source = OaiSource(("cs",), settings, PoliteClient(url, 0.0, settings))
    assert source.asked == (f"ARCHIVE_OAI_URL={server.oai_url}", "--oai", "cs")


def test_an_address_may_have_a_query_of_its_own(server, harvest):
    server.records = records_of_day(DAY, 7)
    report, folder = harvest(oai_url=f"{server.oai_url}?page=oai", oai_format="oai_dc")
    whole(report, folder, server.records)
    assert [query["page"] for query in server.lists()] == ["oai"] * 2


# A day


def test_a_day_of_several_pages_comes_whole(server, harvest):
    server.records = records_of_day(DAY, 13) + records_of_day("2025-09-02", 2)
    report, folder = harvest()
    whole(report, folder, server.records[:13])
    (delivery,) = report.asked
    assert (delivery.announced, delivery.received, delivery.duplicates) == (13, 13, 0)
    first, second, third = server.lists()
    assert first == {
        "verb": "ListRecords", "metadataPrefix": "arXivRaw", "set": "cs", "from": DAY, "until": DAY,
    }  # fmt: skip
    assert second == {"verb": "ListRecords", "resumptionToken": server.token(5, DAY)}
    assert third["resumptionToken"] == server.token(10, DAY)


def test_a_repository_that_states_no_size(server, harvest):
    server.records, server.sizes = records_of_day(DAY, 13), False
    report, folder = harvest()
    whole(report, folder, server.records)
    assert (report.asked[0].announced, report.asked[0].received) == (None, 13)


def test_nothing_matches_is_an_honest_empty_day(server, harvest):
    server.records = records_of_day(DAY, 3)
    report, folder = harvest(Window("2025-09-06"))
    assert (report.missing, report.asked[0].received) == ([], 0)
    assert len((folder / "2025-09-06.jsonl").read_text().splitlines()) == 1
    assert len(server.lists()) == 1


def test_a_list_of_nothing_is_an_empty_day_where_the_set_exists(server, harvest):
    nothing = said("<ListRecords></ListRecords>")
    server.script = after_identify(lambda *_: (200, {}, nothing))
    report, _ = harvest()
    assert (report.missing, report.asked[0].received) == ([], 0)
    server.script = after_identify(lambda *_: (200, {}, nothing))
    report, _ = harvest(sets=("biology",))
    assert "has no set 'biology'" in report.missing[0]


def test_a_page_of_nothing_that_announces_records_is_told(server, harvest):
    server.records = records_of_day(DAY, 3)
    nothing = said('<ListRecords><resumptionToken completeListSize="3"/></ListRecords>')
    server.script = after_identify(*[lambda *_: (200, {}, nothing)] * 2)
    report, _ = harvest()
    assert report.missing == [f"{DAY}: read 2 times, and not whole: 3 announced, 0 records came"]
    server.script = []
    whole(*harvest(), server.records)


def test_days_before_the_repository_began_are_not_asked_for(server, harvest):
    report, _ = harvest(Window("2005-09-15"), Window("2005-09-16"))
    assert report.missing == []
    assert [query["from"] for query in server.lists()] == ["2005-09-16"]


def test_several_sets_and_the_whole_repository(server, harvest):
    cs, both, maths = (
        replace(record, categories=categories)
        for record, categories in zip(
            records_of_day(DAY, 3),
            [("cs.CV",), ("cs.CL", "math.CO"), ("math.CO",)],
            strict=True,
        )
    )
    server.records = [cs, both, maths]
    report, folder = harvest(sets=("math", "cs:cs:CL", "cs:cs:CV"))
    whole(report, folder, server.records)
    assert (report.asked[0].received, report.asked[0].duplicates) == (4, 1), "one is in two sets"
    report, folder = harvest(sets=("all",))
    whole(report, folder, server.records)
    assert "set" not in server.lists()[-1]


# What the records say


FULL = FakeRecord(
    "2506.00001",
    DAY,
    versions=(datetime(2025, 6, 1, 23, 59, 30), datetime(2025, 7, 2), datetime(2025, 8, 31, 1)),
    title="On <made-up>\n  papers",
    abstract="  Two\nlines.",
    categories=("cs.CL", "math.CO"),
    authors='Ada Nowhere (1), Bj\\"orn Nobody (Univ. of X, Y) and C. Someone Jr ((1) None)',
    comments="12 pages",
    doi="10.1000/made.up",
)


def test_arxivraw_says_every_version(server, harvest):
    server.records = [FULL]
    _, folder = harvest()
    ((row,), rejects) = rows(folder)
    assert rejects == ()
    assert (row.arxiv_id, row.version, row.title) == ("2506.00001", 3, "On <made-up> papers")
    assert (row.published, row.updated) == ("2025-06-01", "2025-08-31"), "not the datestamp"
    assert row.authors == ("Ada Nowhere", "Björn Nobody", "C. Someone Jr")
    assert row.categories == ("cs.CL", "math.CO")
    assert [(text.kind, text.text) for text in row.texts] == [("abstract", "Two lines.")]
    assert row.notes == ("comment: 12 pages", "doi: 10.1000/made.up")
    record = kept(folder)["oai:arXiv.org:2506.00001"]
    assert record["datestamp"] == DAY
    assert record["metadata"]["version"][1] == {
        "@version": "v2", "date": ["Wed, 02 Jul 2025 00:00:00 GMT"], "size": ["22kb"],
    }  # fmt: skip


def test_arxiv_does_not_say_the_first_day_of_a_paper_with_versions(server, harvest):
    once = replace(FULL, id="2506.00002", versions=FULL.versions[:1])
    server.records = [FULL, once]
    _, folder = harvest(oai_format="arXiv")
    ((later, first), rejects) = rows(folder)
    assert rejects == ()
    assert (later.published, later.updated) == (None, "2025-08-31")
    assert (first.published, first.updated) == ("2025-06-01", "2025-06-01")
    assert later.authors == ("Ada Nowhere", "Nobody", "Cy Someone Jr")
    assert later.categories == ("cs.CL", "math.CO")
    assert later.version is None


def test_dublin_core_of_arxiv(server, harvest):
    server.records = [FULL]
    _, folder = harvest(oai_format="oai_dc")
    ((row,), _) = rows(folder)
    assert (row.arxiv_id, row.published, row.updated) == ("2506.00001", "2025-06-01", "2025-08-31")
    assert row.authors == ("Ada Nowhere", "Nobody")
    assert row.categories == ("cs.CL", "math.CO"), "by its sets"
    assert row.texts[0].text == "Two lines."
    assert row.notes == ("comment: 12 pages", "doi: 10.1000/made.up")


def test_dublin_core_of_another_repository(server, harvest):
    here = FakeRecord(
        "7", DAY, prefix="oai:other.example:", abstract="Words about\n the thing itself.",
        comments="Open access", doi="10.1000/Other.7", dates=("2019-03-02", "2020-01-01T10:00:00Z"),
        links=("https://other.example/7",),
    )  # fmt: skip
    year = replace(here, id="8", dates=("2019",), doi="", abstract="", title="Only a year")
    ours = replace(here, id="9", links=("https://arxiv.org/abs/2506.00001v2",), doi="")
    named = replace(here, id="10", doi="10.48550/arXiv.2506.00003")
    server.records = [here, year, ours, named]
    _, folder = harvest(sets=("all",), oai_format="oai_dc")
    ((first, second, third, fourth), rejects) = rows(folder)
    assert rejects == ()
    assert (first.arxiv_id, first.url) == (None, "https://doi.org/10.1000/other.7")
    assert (first.published, first.updated) == ("2019-03-02", None)
    assert [text.text for text in first.texts] == ["Words about the thing itself."]
    assert first.notes == (
        "oai:other.example:7",
        "description: Open access",
        "subjects: Computer Science - Nothing",
    )
    assert (second.url, second.published) == ("https://other.example/7", None)
    assert "dated 2019" in second.notes
    assert (third.arxiv_id, third.version) == ("2506.00001", 2)
    assert (third.published, third.updated) == (None, None), "whose dates are not arXiv's"
    assert third.categories == (), "nor are its sets"
    assert fourth.arxiv_id == "2506.00003"


DEPOSIT = "2024-03-01T10:00:00Z"
EMBARGO = "info:eu-repo/date/embargoEnd/2023-05-01"


@pytest.mark.parametrize(
    ("dates", "published", "noted"),
    [
        ((DEPOSIT, "1998"), None, (DEPOSIT, "1998")),
        ((DEPOSIT, DEPOSIT, "1998"), None, (DEPOSIT, "1998")),
        (("1998-05", DEPOSIT), None, ("1998-05", DEPOSIT)),
        ((DEPOSIT, "c1998, printed 1999"), None, (DEPOSIT, "c1998, printed 1999")),
        ((DEPOSIT, "2024-02"), None, (DEPOSIT, "2024-02")),
        ((DEPOSIT, "2024-03"), "2024-03-01", ("2024-03",)),
        ((DEPOSIT, "2024"), "2024-03-01", ("2024",)),
        ((DEPOSIT, "2024-02-28"), "2024-02-28", ()),
        ((EMBARGO, DEPOSIT), "2024-03-01", (EMBARGO,)),
        ((EMBARGO,), None, (EMBARGO,)),
        (("2024",), None, ("2024",)),
    ],
)
def test_dates_of_a_deposit_are_none_of_the_paper(
    server, archive, monkeypatch, dates, published, noted
):
    server.records = [
        FakeRecord(
            "7", DAY, prefix="oai:other.example:", dates=dates, links=("https://o.example/7",)
        )
    ]
    monkeypatch.setattr(
        archive, "settings", archive.settings.model_copy(update={"oai_format": "oai_dc"})
    )
    fetch(archive, Job(oai=("all",), date_from=DAY, date_to=DAY))
    (paper,) = map(archive.paper, archive.catalogue.paper_ids())
    assert paper.date == published, "never the day of the harvest"
    assert tuple(note for note in paper.notes if note.startswith("dated ")) == tuple(
        f"dated {each}" for each in noted
    )


def test_another_repositorys_words_about_a_paper_of_arxiv(server, harvest):
    server.records = [
        FakeRecord(
            "7", DAY, prefix="oai:other.example:", dates=("2019-03-02",), abstract="For all",
            comments="The abstract, which is longer.", links=("ARXIV: 2506.00001",),
        )
    ]  # fmt: skip
    _, folder = harvest(sets=("all",), oai_format="oai_dc")
    ((row,), _) = rows(folder)
    assert (row.arxiv_id, row.published) == ("2506.00001", None)
    assert [text.text for text in row.texts] == ["The abstract, which is longer."]
    assert row.notes == ("comment: For all",)


MARKED_UP = {
    "<i>E. coli</i> in water": "E. coli in water",
    "On <i>E. coli</i>": "On E. coli",
    "<p>Words of it.</p><p>H<sub>2</sub>O too.</p>": "Words of it. H2O too.",
    "One <!-- not two --> and<br/>three": "One and three",
    "<!-- nothing -->A title": "A title",
}


@pytest.mark.parametrize("markup", MARKED_UP)
def test_markup_costs_no_words(server, harvest, markup):
    words = MARKED_UP[markup]
    other = FakeRecord("7", DAY, prefix="oai:o.example:", links=("https://o.example/7",),
                       title="@@", abstract="@@", comments="&nbsp;")  # fmt: skip
    server.records = [other]
    server.script = after_identify(with_bytes(b"@@", markup.encode()))
    _, folder = harvest(sets=("all",), oai_format="oai_dc")
    ((row,), rejects) = rows(folder)
    assert rejects == ()
    assert (row.title, [text.text for text in row.texts]) == (words, [words])
    assert not any(note.startswith("description") for note in row.notes)


def test_an_abstract_of_a_space_is_none(server, harvest):
    server.records = [
        FakeRecord(
            "7", DAY, prefix="oai:o.example:", links=("https://o.example/7",), abstract="&nbsp;"
        )
    ]
    _, folder = harvest(sets=("all",), oai_format="oai_dc")
    assert rows(folder)[0][0].texts == ()


@pytest.mark.parametrize("markup", [each for each in MARKED_UP if not each.startswith("<p>")])
def test_markup_in_arxivs_own_formats(server, harvest, markup):
    server.records = [replace(FULL, abstract="@@")]
    server.script = after_identify(with_bytes(b"@@", markup.encode()))
    _, folder = harvest()
    assert [text.text for text in rows(folder)[0][0].texts] == [MARKED_UP[markup]]


def test_a_deleted_record_is_told_and_takes_nothing_away(server, harvest):
    server.records = records_of_day(DAY, 2)
    harvest()
    server.records[0] = replace(server.records[0], deleted=True)
    report, folder = harvest(again=True)
    assert report.missing == []
    found, rejects = rows(folder)
    assert [row.arxiv_id for row in found] == ["2509.00502", "2509.00501"]
    assert [each.reason for each in rejects] == [
        f"oai:arXiv.org:2509.00501 was deleted at its repository ({DAY})"
    ]


def test_records_that_say_too_little_are_rejected(server, harvest):
    server.records = records_of_day(DAY, 4)

    def spoilt(status, headers, body):
        body = body.replace(b"<id>2509.00501</id>", b"").replace(
            b"<identifier>oai:arXiv.org:2509.00502</identifier>", b""
        )
        head, _, tail = body.rpartition(b"<metadata>")
        return status, headers, head + tail[tail.index(b"</metadata>") + 11 :]

    server.script = after_identify(spoilt)
    report, folder = harvest()
    assert (report.missing, report.asked[0].received) == ([], 4)
    found, rejects = rows(folder)
    assert [row.arxiv_id for row in found] == ["2509.00502", "2509.00503"]
    assert [each.reason for each in rejects] == [
        "'v1' is no arXiv id",
        "the record oai:arXiv.org:2509.00504 has no metadata",
    ]


DECLARED = '<?xml version="1.0" encoding="{}"?>'
BROKEN = {
    "a raw character": ("\x0c", " "),
    "a reference to none": ("&#x0B;&#11;&#x110000;", "   "),
    "a byte of Latin-1": (b"caf\xe9", "café"),
    "a byte of nothing": (b"\x81", "\ufffd"),
    "entities of HTML": ("&nbsp;&eacute;&LT;&amp;", "\xa0é<&"),
    "an entity of nobody's": ("&nobody;", "&nobody;"),
    "an ampersand": ("AT&T & co &", "AT&T & co &"),
    "half a character": ("\ufffe", " "),
}


def with_bytes(old, new):
    return lambda status, headers, body: (status, headers, body.replace(old, new))


@pytest.mark.parametrize("name", BROKEN)
def test_what_xml_forbids_costs_no_page(server, harvest, name):
    server.records = records_of_day(DAY, 3, abstract="A ligature @@ of a PDF")
    broken, read = BROKEN[name]
    broken = broken if isinstance(broken, bytes) else broken.encode()
    server.script = after_identify(with_bytes(b"@@", broken))
    report, folder = harvest()
    whole(report, folder, server.records)
    for record in kept(folder).values():
        assert record["metadata"]["abstract"] == [f"A ligature {read} of a PDF"]


@pytest.mark.parametrize("text", [b"x" * 10_100_000, b"<i>" * 300 + b"y" + b"</i>" * 300])
def test_a_page_that_cannot_be_read_to_its_end_is_told(server, harvest, text):
    server.records = records_of_day(DAY, 7, abstract="@@")
    server.script = after_identify(*[with_bytes(b"@@", text)] * ATTEMPTS)
    report, _ = harvest()
    assert report.missing[0].startswith(f"{DAY}: the answer cannot be read to its end (")
    server.script = []
    whole(*harvest(), server.records)


def test_entities_that_a_page_declares_are_their_text(server, harvest):
    server.records = records_of_day(DAY, 1, abstract="A @@ of tides")
    declared = b'<!DOCTYPE OAI-PMH [<!ENTITY word "study">]><OAI-PMH '

    def act(status, headers, body):
        return status, headers, body.replace(b"<OAI-PMH ", declared, 1).replace(b"@@", b"&word;")

    server.script = after_identify(act)
    report, folder = harvest()
    whole(report, folder, server.records)
    (record,) = kept(folder).values()
    assert record["metadata"]["abstract"] == ["A study of tides"]


@pytest.mark.parametrize("before", ["\n", "\ufeff", "\ufeff\r\n "])
def test_what_stands_before_the_declaration_costs_no_page(server, harvest, before):
    server.records = records_of_day(DAY, 3)
    server.script = after_identify(with_bytes(b"<?xml", before.encode() + b"<?xml"))
    whole(*harvest(), server.records)
    assert len(server.lists()) == 1


@pytest.mark.parametrize("encoding", ["gb2312", "big5", "shift_jis", "utf-16", "windows-1252"])
def test_encodings_of_old(server, harvest, encoding):
    words = "Été" if encoding == "windows-1252" else "中文"
    server.records = records_of_day(DAY, 3, abstract=words)

    def encoded(status, headers, body):
        text = body.decode().replace(DECLARED.format("UTF-8"), DECLARED.format(encoding))
        return status, headers, text.encode(encoding)

    server.script = after_identify(encoded)
    report, folder = harvest()
    whole(report, folder, server.records)
    assert len(server.lists()) == 1
    assert [each["metadata"]["abstract"] for each in kept(folder).values()] == [[words]] * 3


@pytest.mark.parametrize(
    ("declared", "encoding", "words"),
    [
        ("GB2312", "gbk", "朱镕基"),  # 镕 is in GBK alone
        ("ISO-8859-1", "cp1252", "the “blue” buoy"),
        ("us-ascii", "utf-8", "Été 中文"),
        ("latin1", "utf-8", "Été 中文"),
    ],
)
def test_an_encoding_that_is_less_than_it_is_in(server, harvest, declared, encoding, words):
    server.records = records_of_day(DAY, 1, abstract="@@")
    named = with_bytes(b'"UTF-8"', f'"{declared}"'.encode())
    server.script = after_identify(
        lambda *answer: with_bytes(b"@@", words.encode(encoding))(*named(*answer))
    )
    report, folder = harvest()
    whole(report, folder, server.records)
    assert [each["metadata"]["abstract"] for each in kept(folder).values()] == [[words]]


@pytest.mark.parametrize("encoding", ["nonsense", "hex", "undefined", "utf-16", "utf-7"])
def test_an_encoding_that_it_is_not_in(server, harvest, encoding):
    server.records = records_of_day(DAY, 3)
    server.script = after_identify(with_bytes(b'"UTF-8"', b'"' + encoding.encode() + b'"'))
    whole(*harvest(), server.records)
    assert len(server.lists()) == 1
    server.script = after_identify(
        *[lambda *_: (200, {}, DECLARED.format(encoding).encode() + b"<p>\xff\xff")] * ATTEMPTS
    )
    report, _ = harvest(again=True)
    assert "the answer is cut short or no XML" in report.missing[0]


# A server that misbehaves for a while: everything comes

PASSING = {
    "503 with Retry-After": [http(503, Retry_After="0"), well, http(503, Retry_After="0")],
    "429": [http(429)],
    "a page cut short": [well, cut],
    "a line that breaks": [cut_line],
    "slow bytes": [dripping],
    "malformed XML": [malformed, malformed],
    "HTML": [html, tagsoup],
    "nothing": [empty_body],
    "another verb's answer": [lambda *_: (200, {}, said("<Identify/>"))],
    "one record short": [without_record(0)],
    "a token that has expired": [well, says("badResumptionToken")],
    "one that has, with a status": [well, says("badResumptionToken", status=400)],
    "a list that ends early": [well, says("noRecordsMatch")],
    "a token given twice": [well, token_is("|||arXivRaw|5"), token_is("|||arXivRaw|5")],
    "a record given twice": [well, repeated_record],
}


@pytest.mark.parametrize("name", PASSING)
def test_what_passes_is_sat_out(server, harvest, name):
    server.records = records_of_day(DAY, 13)
    server.script = after_identify(*PASSING[name])
    report, folder = harvest(fetch_timeout=seconds_for(PASSING[name]))
    assert server.script == [], "every act was met"
    whole(report, folder, server.records)
    assert report.asked[0].announced == report.asked[0].received == 13


# A server that misbehaves for good: what is missing is told

LASTING = {
    "503": (http(503), "answered 503, asked 3 times"),
    "404": (http(404), "answered 404"),
    "a page cut short": (cut, "the answer is cut short or no XML"),
    "a line that breaks": (cut_line, "cannot be reached"),
    "slow bytes": (dripping, "did not answer in 2 s, asked 3 times"),
    "malformed XML": (malformed, "the answer is cut short or no XML"),
    "HTML": (html, "the answer is no OAI-PMH but <html>"),
    "a token that has expired": (
        says("badResumptionToken", "Expired"),
        "read 3 times, and not whole: the resumption token was refused (Expired)",
    ),
    "bad arguments": (says("badArgument", "No"), "refuses (BadArgument: No); check --oai cs, "),
    "bad arguments, with a status": (says("badArgument", "No", 422), "refuses (BadArgument: No)"),
    "an error nobody knows": (
        says("madeUp", "So\n there"),
        "refuses (GeneralOAIPMHError: So there)",
    ),
}


@pytest.mark.parametrize("name", LASTING)
def test_what_lasts_is_told(server, harvest, name):
    server.records = records_of_day(DAY, 4)
    act, words = LASTING[name]
    server.script = after_identify(*[act] * ATTEMPTS)
    report, folder = harvest(fetch_timeout=seconds_for([act]))
    assert words in report.missing[0]
    assert kept(folder) == {}
    server.script = []
    whole(*harvest(), server.records)  # the same command goes on


def test_a_page_that_fails_for_good_leaves_the_ones_before(server, harvest):
    server.records = records_of_day(DAY, 13)
    server.script = after_identify(well, *[malformed] * ATTEMPTS)
    report, folder = harvest(Window(DAY), Window("2025-09-02"))
    (missing,) = report.missing
    assert missing.startswith(f"{DAY}: records from 5 on: the answer is cut short or no XML")
    assert set(kept(folder)) == identifiers(server.records[:5])
    server.asked.clear()
    whole(*harvest(), server.records)
    assert [query["resumptionToken"] for query in server.lists()] == [
        server.token(5, DAY), server.token(10, DAY),
    ]  # fmt: skip


def test_a_saved_token_that_has_expired_meanwhile(server, harvest):
    server.records = records_of_day(DAY, 13)
    server.script = after_identify(well, *[malformed] * ATTEMPTS)
    harvest()
    server.script, server.page = [], 6  # what a token means has changed with it
    server.expired = {server.token(5, DAY)}
    server.asked.clear()
    whole(*harvest(), server.records)
    assert [query.get("resumptionToken", "").rpartition("|")[2] for query in server.lists()] == [
        "5", "", "6", "12",
    ]  # fmt: skip


def test_a_server_that_wants_to_be_left_alone_is(server, harvest):
    server.records = records_of_day(DAY, 1)
    server.script = after_identify(http(503, Retry_After="1"))
    report, folder = harvest()
    whole(report, folder, server.records)
    refused, asked = [each.at for each in server.asked if each.query["verb"] == "ListRecords"]
    assert asked - refused >= 1.0
    server.script = after_identify(http(503, Retry_After="3600"))
    report, _ = harvest(again=True)
    assert "answered 503 and asks to be left alone for 3600 s" in report.missing[0]


# Lists that contradict themselves


def test_a_token_that_leads_back_to_itself_ends(server, harvest):
    server.records = records_of_day(DAY, 13)
    first = server.token(5, DAY)
    server.script = after_identify(*[well, token_is(first)] * 3)
    report, folder = harvest()
    assert report.missing == [
        f"{DAY}: read 3 times, and not whole: the token {first!r} was given twice, so the list "
        "would never end"
    ]
    assert set(kept(folder)) == identifiers(server.records[:10])
    assert len(server.lists()) == 6


def test_ever_new_tokens_to_the_same_page_end(server, harvest):
    server.records = records_of_day(DAY, 7)
    page = server.oai({"verb": "ListRecords", "metadataPrefix": "arXivRaw", "from": DAY,
                       "until": DAY, "set": "cs"})  # fmt: skip

    def again(number):
        return lambda status, headers, _body: token_is(str(number))(status, headers, page)

    server.script = after_identify(*map(again, range(100)))
    report, folder = harvest()
    assert "3 pages in a row brought nothing new, and the list goes on" in report.missing[0]
    assert set(kept(folder)) == identifiers(server.records[:5])
    assert len(server.lists()) == 12


def test_a_page_that_repeats_another_is_read_again(server, harvest):
    """Between two requests a record slipped to the next page: one twice, one never."""
    server.records, server.sizes = records_of_day(DAY, 10), False
    server.script = after_identify(well, lambda *_: (200, {}, moved))
    before = server.records
    server.records = [before[4], *before[:4], *before[4:]]
    moved = server.oai({"verb": "ListRecords", "resumptionToken": server.token(5, DAY)})
    moved = moved[: moved.index(b"<resumptionToken")] + b"</ListRecords></OAI-PMH>"
    server.records = before
    report, folder = harvest()
    whole(report, folder, before)
    assert (report.asked[0].received, report.asked[0].duplicates) == (10, 0)


def test_duplicates_of_the_repositorys_own_are_counted(server, harvest):
    papers = records_of_day(DAY, 7)
    server.records = [*papers, papers[2]]
    report, folder = harvest()
    whole(report, folder, papers)
    delivery = report.asked[0]
    assert (delivery.announced, delivery.received, delivery.duplicates) == (8, 8, 1)


def test_a_list_that_shrinks_while_it_is_read(server, harvest):
    papers = records_of_day(DAY, 12)
    server.records = papers

    def shrink(*_answer):
        server.records = papers[1:]  # one changed again, and is another day's now
        return 200, {}, server.oai(server.asked[-1].query)

    server.script = after_identify(well, shrink)
    report, folder = harvest()
    whole(report, folder, papers)
    assert (report.asked[0].announced, report.asked[0].received) == (11, 11)


def test_a_list_that_holds_less_than_it_announces_is_told(server, harvest):
    server.records = records_of_day(DAY, 7)
    server.script = after_identify(*[without_record(1), well] * 2)
    report, folder = harvest()
    assert report.missing == [f"{DAY}: read 2 times, and not whole: 7 announced, 6 records came"]
    assert (report.asked[0].announced, report.asked[0].received) == (7, 6)
    assert len(kept(folder)) == 6
    server.script = []
    whole(*harvest(), server.records)


def test_records_that_moved_to_another_day_stay(server, harvest):
    server.records = records_of_day(DAY, 2)
    harvest()
    gone, server.records = server.records, []
    report, folder = harvest(again=True)
    whole(report, folder, gone)
    assert (report.asked[0].received, report.asked[0].kept) == (0, 2)
    none = said('<ListRecords><resumptionToken completeListSize="0"/></ListRecords>')
    server.script = after_identify(lambda *_: (200, {}, none))
    report, folder = harvest(again=True)
    whole(report, folder, gone)


@pytest.mark.parametrize("act", [html, tagsoup, empty_body])
def test_an_address_that_is_no_repositorys_ends_the_run(server, harvest, act):
    server.oai = act
    report, _ = harvest(Window(DAY), Window("2025-09-02"), Window("2025-09-03"))
    first, second = report.missing
    assert first.startswith(f"{DAY}: the answer is ")
    assert second == f"2025-09-02 to 2025-09-03: not asked for, because {report.error}"
    assert [each.query["verb"] for each in server.asked] == ["Identify"] * ATTEMPTS


# Questions that a repository refuses


def test_a_set_that_does_not_exist(server, harvest):
    report, _ = harvest(*days(datetime(2025, 9, 1).date(), datetime(2025, 9, 3).date()),
                        sets=("cs.CV",))  # fmt: skip
    first, second = report.missing
    assert "has no set 'cs.CV'; it has cs:cs:CV" in first
    assert second.startswith("2025-09-02 to 2025-09-03: not asked for, because ")


def test_a_set_that_does_not_exist_where_nothing_matches(server, harvest):
    server.script = after_identify(says("noRecordsMatch"))
    report, _ = harvest(sets=("biology",))
    assert "has no set 'biology'; it has cs, " in report.missing[0]


@pytest.mark.parametrize(("pages", "asked", "told"), [(5, 5, True), (6, 5, False)])
def test_a_long_list_of_sets_is_not_read_to_its_end(server, harvest, pages, asked, told):
    server.sets, server.set_page = [f"user{number}" for number in range(pages)], 1
    nothing = says("noRecordsMatch")
    server.script = after_identify(nothing, *[well] * asked, nothing)
    report, _ = harvest(Window(DAY), Window("2025-09-02"), sets=("biology",))
    assert any("has no set 'biology'" in each for each in report.missing) == told
    assert sum(each.query["verb"] == "ListSets" for each in server.asked) == asked


def test_a_list_of_sets_that_never_ends_says_nothing(server, harvest):
    sets = said("<ListSets><resumptionToken>x</resumptionToken></ListSets>")
    server.script = after_identify(says("noRecordsMatch"), *[lambda *_: (200, {}, sets)] * 3)
    report, _ = harvest()
    assert (report.missing, report.asked[0].received) == ([], 0)


def test_a_repository_without_sets(server, harvest):
    server.sets = []
    report, _ = harvest()
    assert "refuses (NoSetHierarchy); it has no sets, so ask for --oai all" in report.missing[0]


def test_a_format_that_it_does_not_have(server, harvest):
    server.formats = ["oai_dc"]
    report, _ = harvest()
    assert "ARCHIVE_OAI_FORMAT is arXivRaw, and every repository has oai_dc" in report.missing[0]


# All days


def spread(number=3):
    days = ("2006-02-28", "2024-01-01", "2024-06-30", DAY)
    return [record for day in days for record in records_of_day(day, number)]


def test_a_small_repository_is_asked_for_at_once(server, harvest):
    server.records = spread()
    report, folder = harvest(Window("all"))
    whole(report, folder, server.records)
    assert [query.get("from") for query in server.lists()] == [None] * 3
    assert [each.window for each in report.asked] == ["all"]


@pytest.mark.parametrize("sizes", [True, False])
def test_a_large_one_is_asked_for_by_year_month_and_day(server, harvest, sizes):
    server.records, server.sizes = spread(4), sizes
    report, folder = harvest(Window("all"), oai_split=6)
    whole(report, folder, server.records)
    assert "2024" in {each.window for each in report.asked if each.split}
    assert sum(each.received for each in report.asked) == 16
    assert min(query["from"] for query in server.lists() if "from" in query) == "2005-09-16"
    today = datetime.now(UTC).date().isoformat()
    assert max(query["until"] for query in server.lists() if "until" in query) == today


@pytest.mark.parametrize("sizes", [True, False])
def test_records_that_are_older_than_any_window(server, harvest, sizes):
    old = [day for day in ("1970-01-01", "1985-12-31") for _ in range(7)]
    server.records = [FakeRecord(f"2509.{n:05d}", day) for n, day in enumerate(old, 1)] + spread()
    server.earliest, server.sizes = "1970-01-01", sizes
    report, folder = harvest(Window("all"), oai_split=6)
    whole(report, folder, server.records)
    first = min(query["from"] for query in server.lists() if "from" in query)
    assert first == "1970-01-01"


# Through the archive


@pytest.fixture
def given(server, tmp_path):
    return {
        "ARCHIVE_HOME": str(tmp_path / "home"),
        "ARCHIVE_OAI_URL": server.oai_url,
        "ARCHIVE_OAI_INTERVAL": "0",
        "ARCHIVE_ARXIV_URL": server.arxiv_url,
        "ARCHIVE_ARXIV_INTERVAL": "0",
        "ARCHIVE_HF_URL": server.hf_url,
        "ARCHIVE_HF_INTERVAL": "0",
        "ARCHIVE_FETCH_ATTEMPTS": "2",
    }


@pytest.fixture
def archive(given, monkeypatch, session_embedder):
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with Archive(Settings(), embedder=session_embedder) as archive:
        yield archive


@pytest.fixture
def command(archive_command, given):
    def run(*arguments):
        done = archive_command(*arguments, env=given)
        assert "Traceback" not in done.stderr, done.stderr
        return done

    return run


def test_one_paper_of_several_sources_is_one_paper(server, archive):
    moment = datetime(2025, 6, 1, 12)
    server.records = [replace(FULL, versions=(moment, datetime(2025, 8, 31)))]
    server.papers = [FakePaper(FULL.id, moment.replace(tzinfo=UTC), categories=("cs.CL",))]
    server.daily["2025-06-03"] = [daily_paper(7, "2025-06-03", id=FULL.id)]
    done = fetch(archive, Job(oai=("cs",), date_from=DAY, date_to=DAY))
    assert (done.announced, done.received, done.index.papers_new) == (None, 1, 1)
    fetch(archive, Job(ids=(FULL.id,)))
    fetch(archive, Job(hf="2025-06-03"))
    assert archive.catalogue.paper_ids() == [FULL.id]
    paper = archive.paper(FULL.id)
    assert set(paper.sources) == {"oaipmh", "arxiv", "huggingface"}
    assert (paper.date, paper.updated, paper.versions) == ("2025-06-01", "2025-08-31", (1, 2))
    assert set(paper.categories) == {"cs.CL", "math.CO"}


def test_the_ledger_counts_deleted_records_as_rejected(server, archive):
    server.records = records_of_day(DAY, 7)
    server.records[3] = replace(server.records[3], deleted=True)
    fetch(archive, Job(oai=("cs",), date_from=DAY, date_to=DAY))
    found = status(archive)
    assert found.gaps == []
    (day,) = found.days
    assert (day.announced, day.received, day.indexed, day.rejected) == (7, 7, 6, 1)
    # Later it is said to be deleted on another day: the paper that came before stays.
    server.records = [replace(server.records[0], day="2025-09-02", deleted=True)]
    fetch(archive, Job(oai=("cs",), date_from="2025-09-02", date_to="2025-09-02"))
    assert archive.paper("2509.00501").sources == ("oaipmh",)


def test_the_command_its_gaps_and_a_filter(server, command, given):
    server.records = [
        *records_of_day(DAY, 7, categories=("cs.CV",)),
        *records_of_day("2025-09-03", 2, categories=("cs.CL",)),
    ]
    server.script = after_identify(well, malformed, malformed)
    done = command("fetch", "--oai", "cs", "--from", DAY, "--to", "2025-09-03", "--json")
    assert done.returncode == 1
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith(f"archive: oaipmh is not whole: {DAY}: records from 5 on: ")
    assert json.loads(done.stdout)["received"] == 7
    server.script = []
    found = json.loads(command("status", "--json").stdout)
    (gap,) = found["gaps"]
    assert (gap["kind"], gap["first"], gap["last"]) == ("short", DAY, DAY)
    asked = f"archive fetch --oai cs --from {DAY} --to {DAY}"
    assert gap["command"].startswith(f"ARCHIVE_OAI_URL={server.oai_url} {asked}")
    # As a shell would run it: the environment's address is another.
    more = {"ARCHIVE_OAI_URL": server.root, "PATH": f"{BIN.parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        gap["command"], shell=True, env=os.environ | given | more, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "7 entries received of 7 announced" in done.stdout
    assert json.loads(command("status", "--json").stdout)["gaps"] == []
    asked = ("search", "made-up paper", "--category", "cs.CL", "--limit", "20", "--json")
    results = json.loads(command(*asked).stdout)["results"]
    assert {each["paper_id"] for each in results} == identifiers_of("2025-09-03", 2)


def identifiers_of(day, number):
    return {record.id for record in records_of_day(day, number)}


def test_killed_between_pages_the_same_command_goes_on(server, given, command, state, tmp_path):
    server.records = records_of_day(DAY, 17) + records_of_day("2025-09-03", 12)
    asked = ("fetch", "--oai", "cs", "--from", DAY, "--to", "2025-09-03")
    other = tmp_path / "whole"
    assert command(*asked, "--home", other, "--json").returncode == 0
    needed = len(server.lists())
    server.asked.clear()
    for requests in (2, 3, 2):  # killed while the next page is on its way
        before = len(server.asked)
        server.script = [well] * requests + [silent]  # the first one is Identify
        process = subprocess.Popen([BIN, *asked], env=os.environ | given, stdout=subprocess.DEVNULL)
        while len(server.asked) < before + requests + 1 and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    server.script = []
    done = command(*asked, "--json")
    assert done.returncode == 0, done.stderr
    assert len(server.lists()) == needed + 3, "only the three requests that a kill met were lost"
    assert state(Path(given["ARCHIVE_HOME"])) == state(other)


def test_an_update_harvests_too(server, command, given):
    server.records = records_of_day(DAY, 3)
    home = Path(given["ARCHIVE_HOME"])
    home.mkdir(parents=True)
    plan = '[[fetch]]\noai = ["cs:cs:CV", "math"]\nfrom = 2025-09-01\nto = 2025-09-01\n'
    (home / "update.toml").write_text(plan)
    done = command("update", "--json")
    assert done.returncode == 0, done.stderr
    (step,) = json.loads(done.stdout)["steps"]
    assert (step["status"], step["papers_new"]) == ("done", 3)
    assert step["step"].startswith("fetch oaipmh, cs:cs:CV, math of 127.0.0.1:")


def test_a_day_that_is_too_large_to_be_indexed_is_told(server, given, command, tmp_path):
    server.records = records_of_day(DAY, 3)
    given["ARCHIVE_MAX_FILE_MB"] = "0"
    reason = f"{DAY}.jsonl: received and not indexed: is 0 MB, more than the limit of 0 MB"
    done = command("fetch", "--oai", "cs", "--from", DAY, "--to", DAY, "--json")
    assert done.returncode == 1
    assert done.stderr.startswith(f"archive: oaipmh is not whole: {reason}")
    plan = tmp_path / "plan.toml"
    plan.write_text('[[fetch]]\noai = ["cs"]\nfrom = 2025-09-01\nto = 2025-09-01\n')
    done = command("update", "--config", plan, "--json")
    assert done.returncode == 1
    (step,) = json.loads(done.stdout)["steps"]
    assert step["status"] == "incomplete"
    assert step["problem"].startswith(reason)
    del given["ARCHIVE_MAX_FILE_MB"]
    assert command("update", "--config", plan).returncode == 0


def test_the_last_days_are_asked_for_again(server, archive):
    first = (datetime.now(UTC).date() - timedelta(days=1)).isoformat()
    done = fetch(archive, Job(oai=("cs",), date_from=first))
    assert (done.missing, done.asked, status(archive).gaps) == ([], 2, [])
    assert not any(day.settled for day in status(archive).days)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--oai", "cs CV"), "'cs CV' is no set"),
        (("--oai", "all", "--oai", "cs"), "--oai all is the whole repository"),
        (("--oai", "cs", "--category", "cs.CV", "--from", DAY), "Say what to fetch"),
        (("--oai", "cs", "--to", DAY), "--to needs --from"),
        (("--oai", "cs", "--from", DAY, "--updated"), "--updated needs --from"),
    ],
)
def test_wrong_usage(archive, arguments, words):
    from typer.testing import CliRunner

    from embeddings.errors import BadQuery
    from search_api.commands.fetching import app

    done = CliRunner().invoke(app, ["fetch", *arguments])
    assert isinstance(done.exception, BadQuery)
    assert words in str(done.exception)
