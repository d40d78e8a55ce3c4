"""Ids, DOIs and keys: what counts as one paper, and what cannot be an id."""

import hashlib
from urllib.parse import quote

import pytest

from indexer.identity import (
    ArxivId,
    arxiv_month,
    doi_link,
    find_arxiv_ids,
    find_doi,
    links_to_arxiv,
    looks_like_id,
    named_key,
    paper_key,
    parse_arxiv_id,
)
from indexer.paper import Row, Text

FEED = "http://biorxiv.org/cgi/content/short/"
BIORXIV = "https://www.biorxiv.org/content/10.1101/2024.10.01."
SICI = "10.1002/(SICI)1099-1255(199605)11:3<253::AID-JAE396>3.0.CO;2-J"
BIOONE = "10.1554/0014-3820(2000)054"


def row(title="A Title", arxiv_id=None, url=None):
    return Row(1, 1, title, "en", arxiv_id=arxiv_id, url=url)


@pytest.mark.parametrize(
    ("text", "key", "version"),
    [
        ("2509.22653", "2509.22653", None),
        ("2509.22653v2", "2509.22653", 2),
        ("  2509.22653v12\n", "2509.22653", 12),
        ("0704.0001", "0704.0001", None),
        ("1412.9999v1", "1412.9999", 1),
        ("1501.00001", "1501.00001", None),
        ("cs/0601001", "cs/0601001", None),
        ("math.GT/0309136v1", "math/0309136", 1),
        ("cond-mat.supr-con/0309136", "cond-mat/0309136", None),
        ("hep-th/9108001", "hep-th/9108001", None),
        ("HEP-TH/9108001", "hep-th/9108001", None),
        ("arXiv:2509.22653v2", "2509.22653", 2),
        ("arxiv: 2509.22653", "2509.22653", None),
        ("arXiv:2509.22653v1 [cs.CV]", "2509.22653", 1),
        ("arXiv:math.GT/0309136", "math/0309136", None),
        ("http://arxiv.org/abs/2509.22653", "2509.22653", None),
        ("https://arxiv.org/pdf/2510.03232v1", "2510.03232", 1),
        ("https://arxiv.org/pdf/2510.03232v1.pdf", "2510.03232", 1),
        ("https://arxiv.org/pdf/2510.03232.pdf#page=3", "2510.03232", None),
        ("https://arxiv.org/abs/2510.03232?context=cs", "2510.03232", None),
        ("https://arxiv.org/html/2510.03232v2/", "2510.03232", 2),
        ("https://www.arxiv.org/abs/math.GT/0309136v1", "math/0309136", 1),
        ("https://export.arxiv.org/abs/cs/0601001", "cs/0601001", None),
        ("arxiv.org/abs/2510.03232", "2510.03232", None),
        ("https://ar5iv.org/abs/2510.03232", "2510.03232", None),
        ("https://ar5iv.labs.arxiv.org/html/2510.03232", "2510.03232", None),
        ("https://ar5iv.org/2510.03232", "2510.03232", None),
        ("https://www.alphaxiv.org/abs/2510.03232v3", "2510.03232", 3),
        ("https://alphaxiv.org/overview/2510.03232", "2510.03232", None),
        ("https://www.alphaxiv.org/zh/overview/2510.03232", "2510.03232", None),
        ("https://papers.cool/arxiv/2510.03232", "2510.03232", None),
        ("https://hjfy.top/arxiv/2510.03232v2", "2510.03232", 2),
        ("https://scirate.com/arxiv/math.GT/0309136", "math/0309136", None),
        ("https://www.semanticscholar.org/arxiv/2510.03232", "2510.03232", None),
        ("https://arxiv.org/ftp/arxiv/papers/2510/2510.03232.pdf", "2510.03232", None),
        ("https://huggingface.co/papers/2510.03232", "2510.03232", None),
        ("https://hf.co/papers/2510.03232", "2510.03232", None),
        ("https://doi.org/10.48550/arXiv.2510.03232", "2510.03232", None),
        ("10.48550/ARXIV.2510.03232", "2510.03232", None),
    ],
)
def test_every_spelling_of_an_id_is_one_paper(text, key, version):
    assert parse_arxiv_id(text) == ArxivId(key, version)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2513.00001",  # there is no thirteenth month
        "2500.00001",
        "cs/0613001",
        "0703.0001",  # the new scheme began a month later
        "2401.1188",  # five digits since 2015
        "1412.99999",  # four before
        "2509.226531",
        "2509.00000",  # numbers start at one
        "cs/0601000",
        "hep-th/9107001",  # arXiv opened in August 1991
        "cs/0704001",  # the old scheme had ended
        "foo/0601001",  # no such archive
        "2509.22653v0",
        "2509.22653v",
        "2509.22653 and more",
        "see 2509.22653",
        "12509.22653",
        "https://example.org/abs/2509.22653",
        "https://arxiv.org/abs/",
        "https://arxiv.org/list/cs.CV/recent",
        "https://doi.org/10.1101/2024.10.01.24314650",
    ],
)
def test_impossible_ids_and_other_texts_are_none(text):
    assert parse_arxiv_id(text) is None


@pytest.mark.parametrize(
    ("text", "looks"),
    [
        ("9999.99999", True),
        (" 2513.12345v2", True),
        ("https://arxiv.org/abs/9999.99999", True),
        ("3.14159", False),
        ("12345.6789", False),
        ("about 9999.99999", False),
    ],
)
def test_what_looks_like_an_id_may_be_impossible(text, looks):
    assert looks_like_id(text) is looks


def test_ids_in_running_text_are_found_in_order_and_once():
    text = (
        "见https://arxiv.org/abs/2509.22653v2。又见arXiv:math.GT/0309136,"
        " (https://arxiv.org/pdf/2509.22653v2.pdf) and 2504.12345 metres;"
        " not https://arxiv.org/abs/2513.00001 or [x](https://hf.co/papers/2510.03232)"
    )
    assert find_arxiv_ids(text) == (
        ArxivId("2509.22653", 2),
        ArxivId("math/0309136"),
        ArxivId("2510.03232"),
    )


def test_half_an_id_is_not_found():
    assert find_arxiv_ids("arXiv:2509.22653v0, arXiv:2509.22653beta, arXiv:2509.226531") == ()


def test_a_link_with_an_impossible_id_still_means_a_paper():
    assert links_to_arxiv("[x](https://arxiv.org/abs/2513.00001)")
    assert links_to_arxiv("https://arxiv.org/pdf/25")
    assert links_to_arxiv("代码https://arxiv.org/pdf/2509.22653")
    assert not links_to_arxiv("https://notarxiv.org/abs/2509.22653")
    assert not links_to_arxiv("https://arxiv.org/")
    assert not links_to_arxiv("https://export.arxiv.org/api/query?search_query=cat%3Acs.NE")
    assert not links_to_arxiv("[Back](#toc)")
    assert links_to_arxiv("https://huggingface.co/papers/2513.00001")
    assert not links_to_arxiv("https://huggingface.co/papers/date/2025-09-29")
    assert not links_to_arxiv("https://alphaxiv.org/explore")
    assert not links_to_arxiv("https://papers.cool/arxiv/cs.CV")


@pytest.mark.parametrize(
    ("arxiv_id", "month"),
    [
        ("2509.22653", "2025-09"),
        ("0704.0001", "2007-04"),
        ("hep-th/9108001", "1991-08"),
        ("cs/0601001", "2006-01"),
        ("no id", None),
    ],
)
def test_the_month_in_an_id(arxiv_id, month):
    assert arxiv_month(arxiv_id) == month


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("https://doi.org/10.1101/2024.10.01.24314650", "10.1101/2024.10.01.24314650"),
        ("https://doi.org/10.1000/ABC-Def", "10.1000/abc-def"),
        (f"{BIORXIV}614650v1.full-text", "10.1101/2024.10.01.614650"),
        (f"{BIORXIV}614650v2.full.pdf+html", "10.1101/2024.10.01.614650"),
        ("https://dx.doi.org/10.1016%2FS0140-6736(20)30183-5", "10.1016/s0140-6736(20)30183-5"),
        ("(https://doi.org/10.1000/x).", "10.1000/x"),
        ("https://doi.org/10.1000/x?utm=1#top", "10.1000/x"),
        (
            "https://www.biorxiv.org/content/10.64898/2026.04.29.721673v1.full.pdf",
            "10.64898/2026.04.29.721673",
        ),
        (
            "https://www.medrxiv.org/content/10.1101/2020.01.01.123456v12",
            "10.1101/2020.01.01.123456",
        ),
        (f"{FEED}2025.09.03.611234v1?rss=1", "10.1101/2025.09.03.611234"),
        (f"{FEED}2026.01.03.611234v2.full", "10.64898/2026.01.03.611234"),
        ("链接10.1000/x", "10.1000/x"),
        ("https://example.org/10.1/x", None),
        (f"see {SICI}, 1996", SICI.lower()),
        (f"https://onlinelibrary.wiley.com/doi/abs/{quote(SICI)}", SICI.lower()),
        (f"{BIOONE}<0014:AS>2.0.CO;2", f"{BIOONE}<0014:as>2.0.co;2"),
        (f"{BIOONE}%3C0014:AS%3E2.0.CO;2#f", f"{BIOONE}<0014:as>2.0.co;2"),
        (f"{BIOONE}<0014:AS>2.0.CO;2-%23", f"{BIOONE}<0014:as>2.0.co;2-#"),
        (f"{BIOONE}<0014", None),  # as it stands in all papers of the volume
        (SICI.partition("<")[0], None),
        ("10.1061/(ASCE)0733-9429(1996)122:5(244)", "10.1061/(asce)0733-9429(1996)122:5(244)"),
        ("10.1000/x<br>next", "10.1000/x"),
    ],
)
def test_dois(text, doi):
    assert find_doi(text) == doi


def test_a_link_names_its_doi():
    for doi in (SICI.lower(), f"{BIOONE}<0014:as>2.0.co;2-#", "10.1000/ä%b"):
        link = doi_link(doi)
        assert find_doi(link) == doi
        assert not set("<>#?") & set(link), "nothing that ends an address"


def test_a_row_with_an_arxiv_id_is_keyed_by_it_whatever_its_version_or_title():
    assert paper_key(row(arxiv_id="2509.22653")) == "2509.22653"
    assert paper_key(row("Other", url="https://arxiv.org/pdf/2509.22653v3")) == "2509.22653"
    assert paper_key(row(url="https://arxiv.org/abs/math.GT/0309136v1")) == "math/0309136"
    assert paper_key(row(url="https://doi.org/10.48550/arXiv.2509.22653")) == "2509.22653"


def test_a_row_with_a_doi_is_keyed_by_it():
    assert paper_key(row(url="https://doi.org/10.1000/ABC")) == "doi:10.1000/abc"


def test_a_row_with_neither_is_keyed_by_its_title_in_whatever_spelling():
    expected = (
        "title:" + hashlib.sha256("ａ图ofthings2".replace("ａ", "a").encode()).hexdigest()[:16]
    )
    assert paper_key(row("A图 of Things 2")) == expected
    for spelling in ("Ａ图：of  things – 2!", "a图of\tTHINGS(2)", "「A图」of things, 2"):
        assert paper_key(row(spelling)) == expected
    assert paper_key(row("A图 of Things 3")) != expected
    assert paper_key(row("C++")) != paper_key(row("C"))


def test_titles_without_a_letter_do_not_fall_together():
    first, second = row("—", url="https://example.org/1"), row("…", url="https://example.org/2")
    assert paper_key(first) != paper_key(second)


@pytest.mark.parametrize(
    ("link", "key"),
    [
        ("doi:10.48550/arXiv.2509.22653", "2509.22653"),
        ("https://doi.org/10.48550%2FarXiv.math/0309136", "math/0309136"),
        ("https://doi.org/10.21203/rs.3.rs-4242/v2", "doi:10.21203/rs.3.rs-4242"),
        ("https://doi.org/10.20944/preprints202401.0042.v3", "doi:10.20944/preprints202401.0042"),
        ("https://doi.org/10.26434/chemrxiv-2024-ab12c-v2", "doi:10.26434/chemrxiv-2024-ab12c"),
        ("https://doi.org/10.1000/abc-v2", "doi:10.1000/abc-v2"),  # elsewhere it is just a name
        ("https://www.frontiersin.org/articles/10.3389/fn.24.1/full", "doi:10.3389/fn.24.1"),
        ("https://link.springer.com/content/pdf/10.1007/s11263-1.pdf", "doi:10.1007/s11263-1"),
        ("https://dl.acm.org/doi/pdf/10.1145/3292500/", "doi:10.1145/3292500"),
        ("https://doi.org/10.1000/full", "doi:10.1000/full"),
    ],
)  # fmt: skip
def test_dois_name_works_not_versions_or_files(link, key):
    assert named_key(link) == key
    assert paper_key(row(url=link)) == key


@pytest.mark.parametrize("title", ["Introduction", "EDITORIAL.", "Book Review", "引言"])
def test_titles_that_many_papers_bear_do_not_make_one_paper(title):
    def paper(**more):
        return paper_key(Row(1, 1, title, "en", **more))

    assert paper(url="https://example.org/1") != paper(url="https://example.org/2")
    assert paper(authors=("Ada One",)) != paper(authors=("Bo Two",))
    assert paper(texts=(Text("abstract", "en", "x"),)) != paper(texts=(Text("tldr", "en", "y"),))
    assert paper(authors=("Ada", "Bo")) == paper(authors=("Bo", "Ada"))
    assert paper(arxiv_id="2509.22653") == "2509.22653"
    other = Row(1, 1, f"{title} to graphs", "en", authors=("Ada One",))
    assert paper_key(other) == paper_key(Row(1, 1, f"{title} to graphs", "en"))
