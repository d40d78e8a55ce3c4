"""Answers: meaning across languages, filters, pages, ids, similar papers, and how they rank."""

import contextlib
import threading

import pytest

from embeddings.errors import ArchiveError, BadQuery, InputError, UnknownPaper
from indexer.paper import OriginTitle, Paper
from indexer.settings import Settings
from indexer.stores.base import Hit, Legs, Payload, SparseVector
from search_api.archive import Archive
from search_api.filters import Narrowing
from search_api.naming import is_full_name, is_named
from search_api.ranking import (
    LEXICAL_WEIGHT,
    TYPICAL_TERMS,
    information,
    lexical_weight,
    rank,
)
from search_api.search import MAX_LIMIT, MAX_OFFSET
from search_api.snippet import MAX_CHARACTERS, snippet
from search_api.words import Words
from tests.conftest import copy_home


@pytest.fixture(scope="module")
def search(example_search):
    return example_search


def ids(answer):
    return [result.paper_id for result in answer.results]


# Across languages: each paper is described in the other language than the query's, alone


@pytest.mark.parametrize(
    ("query", "paper"),
    [
        ("多语言文本向量模型", "2402.05672"),
        ("把图片切成小块当作单词来做图像识别", "2010.11929"),
        ("text to image generation in a compressed space", "2112.10752"),
        ("从原始屏幕像素学习玩 Atari 电子游戏的强化学习", "1312.5602"),
        ("neural networks that solve partial differential equations", "2010.08895"),
        ("predict a pixel mask for each detected object", "1703.06870"),
    ],
)
def test_a_query_finds_a_paper_told_only_in_the_other_language(search, query, paper):
    assert paper in ids(search.search(query, limit=3))


def test_the_pairs_above_cross_languages(search):
    for paper, language in [("2402.05672", "en"), ("1703.06870", "zh"), ("2010.08895", "zh")]:
        (result,) = search.search(paper, limit=1).results
        assert result.snippet_language == language


# Names


@pytest.mark.parametrize(
    ("query", "paper"),
    [
        ("Denoising Diffusion Probabilistic Models", "2006.11239"),
        ("denoising diffusion  probabilistic models.", "2006.11239"),
        ("Attention Is All You Need", "1706.03762"),
        ("Jonathan Ho", "2006.11239"),
        ("https://arxiv.org/abs/2006.11239v2", "2006.11239"),
    ],
)
def test_a_name_puts_its_paper_first(search, query, paper):
    (first, *_) = search.search(query, limit=3).results
    assert first.paper_id == paper
    assert first.score == 1.0


def test_the_name_before_a_titles_colon_is_a_name():
    title = OriginTitle("en", "BERT: Pre-training of Deep Transformers", (0,))
    paper = Paper("x", title.text, (title,), (), None, None, None)
    assert is_named(paper, "bert")
    assert is_named(paper, "BERT: pre-training of deep transformers")
    assert not is_named(paper, "BERT: Pre-training")
    assert not is_named(paper, "：")


def test_a_name_that_others_say_more_often_is_a_name(open_archive, tmp_path, session_embedder):
    rows = [f"SCAN {n}|SCAN scan scan: to scan is to SCAN" for n in range(30)]
    rows.append(
        "SCAN: Learning from noisy labels|" + "Many labels are wrong, which costs much. " * 20
    )
    page = tmp_path / "page.md"
    page.write_text(
        "| Publish Date | Title | Code | Abstract |\n|:---|:---|:---|:---|\n"
        + "".join(
            f"|**2025-09-01**|[{title}](http://arxiv.org/abs/2509.{n:05})|null|{text}|\n"
            for n, (title, text) in enumerate((row.split("|") for row in rows), 1)
        )
    )
    archive = open_archive(tmp_path / "home")
    archive.index([page])
    (first,) = archive.searcher.search("SCAN", limit=1).results
    assert (first.paper_id, first.score) == ("2509.00031", 1.0)


def test_one_word_is_no_full_name():
    assert is_full_name("Yann LeCun")
    assert is_full_name("李飞飞")
    assert is_full_name("“张三”")
    assert not is_full_name("Transformer")
    assert not is_full_name("x-ray")


# What a result carries


def test_a_result_is_complete(search):
    (result,) = search.search("Denoising Diffusion Probabilistic Models", limit=1).results
    assert result.paper_id == "2006.11239"
    assert result.title == "Denoising Diffusion Probabilistic Models"
    assert result.authors == ("Jonathan Ho", "Ajay Jain", "Pieter Abbeel")
    assert (result.date, result.date_precision) == ("2020-06-19", "day")
    assert result.url == "https://arxiv.org/abs/2006.11239"
    assert result.topics == ("Generative Models",)
    assert result.categories == ("cs.LG",)
    assert set(result.sources) == {"topic-tables", "arxiv-by-category"}
    assert result.code_urls
    assert 0 < result.score <= 1
    assert result.snippet
    assert result.matched[:4] == ("denois", "diffus", "probabilist", "model")
    assert result.explain == ()


def test_papers_come_once_best_first(search):
    answer = search.search("image", limit=46)
    assert len(ids(answer)) == len(set(ids(answer))) == 46
    scores = [result.score for result in answer.results]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_explain_names_each_leg_with_rank_and_score(search):
    answer = search.search("Atari", limit=3, explain=True)
    top = answer.results[0]
    assert top.paper_id == "1312.5602"
    legs = {leg.leg: leg for leg in top.explain}
    assert legs["lexical"].rank == 1
    assert legs["lexical"].score > 0
    assert legs["dense"].rank >= 1
    assert "atari" in top.matched
    assert all(result.explain for result in answer.results)


def test_the_snippet_is_of_the_best_passage(search):
    # LoRA is told in Chinese on two pages; the parts differ.
    for query in ("低秩分解 参数高效微调", "LoRA"):
        (result,) = search.search(query, limit=1).results
        assert result.paper_id == "2106.09685"
        assert len(result.snippet) <= MAX_CHARACTERS[result.snippet_language] + 2


# Exact words and ids


@pytest.mark.parametrize(
    ("query", "paper"),
    [
        ("HNSW", "1603.09320"),
        ("RoIAlign", "1703.06870"),
        ("Reimers", "1908.10084"),
        ("CIFAR-10 3.17", "2006.11239"),
    ],
)
def test_rare_words_find_their_paper_first(search, query, paper):
    assert ids(search.search(query, limit=1)) == [paper]


@pytest.mark.parametrize(
    "query",
    [
        "1706.03762",
        " 1706.03762v5 ",
        "arXiv:1706.03762",
        "https://arxiv.org/abs/1706.03762",
        "https://arxiv.org/pdf/1706.03762v7.pdf",
    ],
)
def test_an_id_in_any_form_puts_its_paper_first(search, query):
    answer = search.search(query, limit=5)
    assert answer.results[0].paper_id == "1706.03762"
    assert answer.results[0].score == 1
    assert len(set(ids(answer))) == 5


@pytest.mark.parametrize(
    "query",
    [
        "1706.03763",
        "https://arxiv.org/abs/1706.03763v2",
        "9999.99999",
        "2513.12345v2",
        "10.1000/gone",
        "doi.org/10.1000/gone",
    ],
)
def test_an_id_that_is_not_here_finds_nothing_and_says_so(search, query):
    answer = search.search(query)
    assert ids(answer) == []
    (hint,) = answer.hints
    assert f"The archive holds no paper {query!r}." in hint
    assert answer.corrected == {}


def test_a_text_that_only_mentions_an_id_is_searched_for(search):
    for query in ("attention 10.1000/gone", "attention arXiv:1706.03763", "3.14159"):
        answer = search.search(query, limit=3)
        assert len(ids(answer)) == 3
        assert answer.hints == ()


@pytest.mark.parametrize(
    "query",
    [
        "arxiv 1706.03762",
        "论文1706.03762",
        "类似 1706.03762 的论文",
        "What is 1706.03762v2 about?",
        "１７０６.03762 讲了什么？",
        "see https://arxiv.org/pdf/1706.03762v7.pdf, please",
        "[1706.03762]",
        "10.48550/arXiv.1706.03762 and others",
    ],
)
def test_an_id_among_other_words_puts_its_paper_first(search, query):
    first, second = search.search(query, limit=2).results
    assert (first.paper_id, first.score) == ("1706.03762", 1)
    assert second.score < 1
    assert search.search(query, limit=2, narrowing=Narrowing(date_from="2020")).results[0].score < 1


def test_several_ids_put_their_papers_first(search):
    answer = search.search("compare 2006.11239 with cs/9905014", limit=3)
    assert ids(answer)[:2] == ["2006.11239", "cs/9905014"]
    assert [result.score == 1 for result in answer.results] == [True, True, False]


@pytest.mark.parametrize("query", ["2504.1234 is a measurement", "17060.03762", "1706.037621"])
def test_a_number_that_names_no_paper_is_a_number(search, query):
    assert search.find(query, 1).text == query
    assert search.search(query, limit=1).results[0].score < 1


def test_an_old_style_id(search):
    assert ids(search.search("cs/9905014", limit=1)) == ["cs/9905014"]


def test_filters_hold_for_a_named_paper_too(search):
    answer = search.search("1706.03762", narrowing=Narrowing(date_from="2020"))
    assert "1706.03762" not in ids(answer)
    assert ids(answer)


# Filters


def everything(search, **narrowing):
    return search.search("model", limit=100, narrowing=Narrowing(**narrowing)).results


@pytest.mark.parametrize(
    ("narrowing", "holds"),
    [
        ({"date_from": "2020-06"}, lambda r: r.date >= "2020-06-01"),
        ({"date_to": "2015"}, lambda r: r.date <= "2015-12-31"),
        (
            {"date_from": "2021-02-26", "date_to": "2021-02-26"},
            lambda r: r.date == "2021-02-26",
        ),
        ({"topics": ("强化学习",)}, lambda r: "强化学习" in r.topics),
        (
            {"topics": ("强化学习", "多模态")},
            lambda r: {"强化学习", "多模态"} & set(r.topics),
        ),
        ({"categories": ("cs.CL",)}, lambda r: "cs.CL" in r.categories),
        ({"sources": ("daily-numbered",)}, lambda r: "daily-numbered" in r.sources),
        ({"authors": ("kaiming he",)}, lambda r: "Kaiming He" in r.authors),
        ({"authors": ("He, Kaiming",)}, lambda r: "Kaiming He" in r.authors),
        ({"authors": ("K. He",)}, lambda r: "Kaiming He" in r.authors),
        ({"topics": ("強化學習", " ")}, lambda r: "强化学习" in r.topics),
        ({"topics": (" generative models ",)}, lambda r: "Generative Models" in r.topics),
        ({"categories": ("CS.cl", "cs.cv")}, lambda r: {"cs.CL", "cs.CV"} & set(r.categories)),
        ({"has_code": True}, lambda r: r.code_urls),
        ({"has_code": False}, lambda r: not r.code_urls),
        (
            {"topics": ("强化学习",), "has_code": True, "date_from": "2020"},
            lambda r: "强化学习" in r.topics and r.code_urls and r.date >= "2020",
        ),
    ],
)
def test_a_filter_keeps_exactly_what_fits(search, narrowing, holds):
    every = everything(search)
    assert len(every) == 46
    expected = {result.paper_id for result in every if holds(result)}
    assert 0 < len(expected) < 46
    assert {result.paper_id for result in everything(search, **narrowing)} == expected


def test_a_filter_that_fits_nothing(search):
    assert everything(search, topics=("no such topic",)) == ()


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2024-02", "2024-02", (20240201, 20240229)),
        ("2025/9/5", "2025.10", (20250905, 20251031)),
        (" 2024 ", "2024", (20240101, 20241231)),
        (None, None, (None, None)),
    ],
)
def test_dates_may_be_days_months_or_years(first, last, expected):
    made = Narrowing(first, last).to_filter()
    assert (made.date_from, made.date_to) == expected


@pytest.mark.parametrize("text", ["yesterday", "2024-13", "2024-02-30", "24-01-01", "0000", "x"])
def test_a_date_that_is_none_is_refused_by_its_text(search, text):
    with pytest.raises(BadQuery, match=f"'{text}' is not a date"):
        everything(search, date_from=text)


def test_dates_the_wrong_way_round(search):
    with pytest.raises(BadQuery, match="wrong way round: 2025 to 2024"):
        everything(search, date_from="2025", date_to="2024")


# Pages


def test_pages_of_a_small_archive_join_to_the_whole(search):
    whole = ids(search.search("learning", limit=46))
    pages = [ids(search.search("learning", limit=7, offset=at)) for at in range(0, 49, 7)]
    assert [paper for page in pages for paper in page] == whole
    assert ids(search.search("learning", offset=46)) == []
    assert search.search("learning", offset=MAX_OFFSET).results == ()


PAGED = (
    "diffusion models",
    "强化学习 机器人",
    "large language model reasoning",
    "federated learning privacy",
    "GPT-4",
)


@pytest.mark.parametrize("query", PAGED)
def test_pages_of_the_real_archive_join_to_the_whole(real_search, query):
    whole = ids(real_search.search(query, limit=60))
    pages = [ids(real_search.search(query, limit=10, offset=at)) for at in range(0, 60, 10)]
    assert [paper for page in pages for paper in page] == whole


@pytest.mark.parametrize("query", ["大模型持续学习", "agent", "时间序列 预测"])
def test_every_paper_of_the_real_archive_is_on_one_page(real_search, query):
    pages = [real_search.search(query, limit=50, offset=at).results for at in range(0, 650, 50)]
    shown = [result for page in pages for result in page]
    assert len(shown) == len({result.paper_id for result in shown}) == 632
    scores = [result.score for result in shown]
    assert scores == sorted(scores, reverse=True)


def test_the_whole_real_archive_can_be_listed(real_search):
    assert len(set(ids(real_search.search("学习", limit=1000)))) == 632


# Similar papers


@pytest.mark.parametrize("paper", ["1706.03762", "2005.11401", "cs/9905014"])
def test_similar_leaves_the_paper_itself_out(search, paper):
    answer = search.similar(paper, limit=100)
    assert answer.paper_id == paper
    assert paper not in ids(answer)
    assert len(set(ids(answer))) == 45


def test_similar_papers_are_about_the_same(search):
    assert ids(search.similar("2006.11239", limit=3)).count("2112.10752") == 1
    assert "1706.03741" in ids(search.similar("2203.02155", limit=3))


def test_similar_by_any_form_of_an_id(search):
    plain = ids(search.similar("1706.03762"))
    assert ids(search.similar("https://arxiv.org/abs/1706.03762v3")) == plain


def test_similar_to_a_text_in_either_language(search):
    for text in (
        "A network is trained to remove noise step by step until an image appears.",
        "训练一个网络一步一步去掉噪声，最后生成图像。",
    ):
        assert "2006.11239" in ids(search.similar(text=text, limit=3))


def test_similar_with_filters(search):
    answer = search.similar("2006.11239", limit=100, narrowing=Narrowing(topics=("强化学习",)))
    assert answer.results
    assert all("强化学习" in result.topics for result in answer.results)


# Bad requests


@pytest.mark.parametrize("query", ["", "  \n\t"])
def test_an_empty_query(search, query):
    with pytest.raises(BadQuery, match="query is empty"):
        search.search(query)
    with pytest.raises(BadQuery, match="empty"):
        search.similar(text=query)


@pytest.mark.parametrize("limit", [0, -1, MAX_LIMIT + 1])
def test_a_bad_limit(search, limit):
    for ask in (search.search, lambda text, limit: search.similar(text=text, limit=limit)):
        with pytest.raises(BadQuery, match=f"limit must be from 1 to {MAX_LIMIT}, not {limit}"):
            ask("x", limit=limit)


@pytest.mark.parametrize("offset", [-1, MAX_OFFSET + 1, 10**20])
def test_a_bad_offset(search, offset):
    with pytest.raises(BadQuery, match="offset"):
        search.search("x", offset=offset)


@pytest.mark.parametrize("name", ["topics", "categories", "sources", "authors"])
def test_half_a_character_in_a_filter(search, name):
    with pytest.raises(BadQuery, match="udcff' is no text"):
        search.search("x", narrowing=Narrowing(**{name: ("a\udcff",)}))


def test_the_query_is_given_back_as_it_was_searched_for(search):
    assert search.search(" YOLO \udcff ").query == "YOLO ?"


@pytest.mark.parametrize("arguments", [{}, {"paper_id": "1706.03762", "text": "x"}])
def test_similar_wants_one_of_two(search, arguments):
    with pytest.raises(BadQuery, match="either a paper's id or a text"):
        search.similar(**arguments)


def test_an_unknown_paper_with_near_ids(search):
    with pytest.raises(UnknownPaper, match="Did you mean") as told:
        search.similar("1706.03763")
    assert "1706.03762" in told.value.suggestions


@pytest.mark.parametrize("text", ["https://arxiv.org/abs/1706.03763", "arXiv:1706.03763v12"])
def test_an_unknown_paper_by_link_with_near_ids(search, text):
    with pytest.raises(UnknownPaper) as told:
        search.similar(text)
    assert "1706.03762" in told.value.suggestions


@pytest.mark.parametrize(
    "query",
    ["长" * 100_000, "long 超长 " * 12_500, "\0", "\x1b[31m", "🦜", "' OR 1=1 --", "*" * 50],
)
def test_odd_queries_are_answered(search, query):
    assert len(ids(search.search(query, limit=3))) == 3


@pytest.mark.parametrize("query", ["\udcff\udcfe", "a \ud800 b"])
def test_half_characters_are_answered_or_refused(search, query):
    with contextlib.suppress(ArchiveError):
        search.search(query)


def test_a_paper_that_is_not_embedded_yet_is_not_denied(example, tmp_path, session_embedder):
    home = copy_home(example, tmp_path / "home")
    page = tmp_path / "page.md"
    page.write_text(
        "| Publish Date | Title | Code | Abstract |\n|:---|:---|:---|:---|\n"
        "|**2024-05-01**|[Whales](http://arxiv.org/abs/2405.00001)|null|Whales sing.|\n"
    )
    with Archive(Settings(home=home), embedder=session_embedder) as archive:
        archive.index([page], embed=False)
        for ask in (archive.searcher.similar, archive.classify):
            with pytest.raises(InputError, match=r"2405\.00001 is not embedded yet"):
                ask("2405.00001")


def test_an_empty_archive_says_how_to_fill_it(open_archive, tmp_path):
    with pytest.raises(InputError, match=r"is empty; fill it with `archive index"):
        _ = open_archive(tmp_path / "home").searcher


def test_threads_get_the_answers_that_one_gets(search):
    queries = ["attention", "强化学习", "image segmentation", "图像生成", "1706.03762", "vectors"]
    alone = {query: ids(search.search(query)) for query in queries}
    found, errors = [], []

    def ask(query):
        try:
            found.extend((query, ids(search.search(query))) for _ in range(4))
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=ask, args=(query,)) for query in queries]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(found) == 4 * len(queries)
    assert all(answer == alone[query] for query, answer in found)


# Ranking by hand


def hit(number, score, paper=None):
    return Hit(f"p{number}", score, Payload(paper or f"paper{number}", "abstract", "en"))


QUERY = SparseVector((1, 2), (1.0, 1.0))
POINTS = 100
FULL = information(QUERY, POINTS)
WHOLE = 1 + LEXICAL_WEIGHT


def test_meaning_alone_ranks_by_cosine():
    ranked = rank(Legs(dense=(hit(1, 0.8), hit(2, 0.5))), QUERY, POINTS)
    assert [each.paper_id for each in ranked] == ["paper1", "paper2"]
    assert [each.score for each in ranked] == pytest.approx([0.8 / WHOLE, 0.5 / WHOLE])


def test_all_the_querys_information_adds_the_whole_weight():
    legs = Legs((hit(1, 0.6), hit(2, 0.5)), (hit(2, FULL),))
    ranked = rank(legs, QUERY, POINTS)
    assert ranked[0].paper_id == "paper2"
    assert ranked[0].score == pytest.approx((0.5 + LEXICAL_WEIGHT) / WHOLE)


def test_half_of_it_adds_half():
    ranked = rank(Legs((hit(1, 0.5),), (hit(1, FULL / 2),)), QUERY, POINTS)
    assert ranked[0].score == pytest.approx((0.5 + LEXICAL_WEIGHT / 2) / WHOLE)


def test_a_long_text_s_words_weigh_more():
    def query(terms):
        return SparseVector(tuple(range(terms)), (1.0,) * terms)

    assert lexical_weight(query(1)) == lexical_weight(query(TYPICAL_TERMS)) == LEXICAL_WEIGHT
    assert lexical_weight(query(4 * TYPICAL_TERMS)) == pytest.approx(2 * LEXICAL_WEIGHT)


def test_a_paper_is_as_good_as_its_best_passage():
    legs = Legs((hit(1, 0.4, "a"), hit(2, 0.7, "a"), hit(3, 0.6, "b")))
    ranked = rank(legs, QUERY, POINTS)
    assert [(each.paper_id, each.passage_id) for each in ranked] == [("a", "p2"), ("b", "p3")]


def test_ties_go_by_id_and_the_tail_keeps_its_order():
    legs = Legs((hit(2, 0.95), hit(1, 0.95), hit(3, -0.2)), (hit(2, FULL), hit(1, FULL)))
    ranked = rank(legs, QUERY, POINTS)
    assert [each.paper_id for each in ranked] == ["paper1", "paper2", "paper3"]
    assert [each.score for each in ranked] == pytest.approx(
        [(0.95 + LEXICAL_WEIGHT) / WHOLE, (0.95 + LEXICAL_WEIGHT) / WHOLE, -0.2 / WHOLE]
    )


def test_legs_give_each_papers_rank_among_papers():
    legs = Legs((hit(1, 0.9, "a"), hit(2, 0.8, "a"), hit(3, 0.7, "b")), (hit(3, 1.0, "b"),))
    places = {each.paper_id: each.legs for each in rank(legs, QUERY, POINTS)}
    assert [(leg.leg, leg.rank) for leg in places["b"]] == [("dense", 2), ("lexical", 1)]
    assert [(leg.leg, leg.rank, leg.score) for leg in places["a"]] == [("dense", 1, 0.9)]


def test_nothing_found_is_nothing_ranked():
    assert rank(Legs(), SparseVector((), ()), 0) == []


# Snippets


def test_a_snippet_starts_where_the_words_are():
    body = "First sentence. Second one is about graphs. Third one is not."
    assert snippet(body, "en", Words("graph")).startswith("…Second one is about graphs.")
    assert snippet(body, "en", Words("")) == body


def test_a_snippet_shows_what_translates_the_query():
    body = "First sentence. Second one is about reinforcement learning. Third one is not."
    assert snippet(body, "en", Words("强化学习")).startswith("…Second one")


def test_a_snippet_is_cut_to_a_readable_length():
    assert len(snippet("word " * 500, "en", Words(""))) <= MAX_CHARACTERS["en"]
    assert snippet("字" * 500, "zh", Words("")).endswith("…")
    assert snippet("", "zh", Words("")) == ""


def test_matched_words_in_the_querys_order():
    assert Words("检索 graph of cats").matched_in("Graphs and 向量检索") == ("检索", "graph")


def test_translations_follow_the_querys_own_words():
    matched = Words("扩散模型 DiT").matched_in("DiT, a diffusion transformer")
    assert matched[:2] == ("dit", "diffus")
