"""Quantities: what either language writes in digits or in words, and what is no number."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search_api.answers.quantity import Quantity, borne_out, quantities


def read(text):
    return [(each.value, each.unit) for each in quantities(text)]


def is_said(claim, source):
    there = quantities(source)
    said = quantities(claim)
    return bool(said) and all(each.is_said_by(there) for each in said)


def senses(text):
    return [each.sense for each in quantities(text)]


@pytest.mark.parametrize(
    ("texts", "value", "unit"),
    [
        (["93.1%", "93.1 %", "93.1 percent", "百分之93.1", "９３.１％", "$93.1\\%$"], 93.1, "%"),
        (["2.3 points", "2.3 percentage points", "2.3个百分点", "2.3百分点"], 2.3, "pp"),
        (
            ["3x", "3×", "$3\\times$", "3 times", "3-fold", "3倍", "三倍", "$\\approx$3$\\times$"],
            3,
            "times",
        ),
        (["twice", "two times", "2x", "两倍", "2倍"], 2, "times"),
        (
            [
                *("It doubles throughput.", "The cost doubles.", "It nearly doubled the cost."),
                *("while doubling recall", "a doubling of costs", "to double by", "a twofold gain"),
                *("double the accuracy of BERT", "almost double any other", "can double its size"),
                *("by a factor of 2", "by a factor of two", "by a factor of about $2$"),
                *(
                    "性能翻倍",
                    "几乎翻一番",
                    "翻了一番",
                    "翻番",
                    "翻了一倍",
                    "双倍输出",
                    "成本加倍，",
                ),
                *("提高了一倍", "增长近一倍", "快1倍"),
            ],
            2,
            "times",
        ),
        (
            ["triples the speed", "nearly triples recall", "tripled", "thrice", "增至三倍", "三倍"],
            3,
            "times",
        ),
        (["quadruples the size", "quadrupling the size", "fourfold higher", "翻两番"], 4, "times"),
        (["up to tenfold", "increased tenfold", "a tenfold increase", "十倍"], 10, "times"),
        (
            [
                *("It halves the cost.", "halved", "while halving memory", "to halve it"),
                *(
                    "reduced by half",
                    "by nearly half",
                    "cut the cost in half.",
                    "成本减半",
                    "0.5倍",
                ),
            ],
            0.5,
            "times",
        ),
        (["45 fps", "45 FPS", "45 frames per second", "每秒45帧"], 45, "fps"),
        (["12 ms", "12ms", "12 milliseconds", "12毫秒"], 12, "ms"),
        (["5 ns", "5ns", "5 nanoseconds", "5纳秒"], 5, "ns"),
        (["5 μs", "5 µs", "5µs", "5 microseconds", "5微秒"], 5, "μs"),
        (["450 nm", "450 nanometers", "450纳米"], 450, "nm"),
        (["2.5 μm", "2.5 microns", "2.5 micrometres", "2.5微米"], 2.5, "μm"),
        (["120 W", "120W", "120 watts", "0.12 kW", "120瓦", "0.12千瓦", "一百二十瓦"], 120, "w"),
        (["1.2 MW", "1.2 megawatts", "1.2兆瓦", "1200 kW", "120万瓦"], 1.2e6, "w"),
        (["5 mW", "5 milliwatts", "5毫瓦"], 5, "milliwatts"),
        (["20 kWh", "20 kilowatt-hours", "20千瓦时", "20度电", "二十千瓦时"], 20e3, "wh"),
        (["3 km", "3 kilometers", "3公里", "3千米", "3 千米", "三千米", "3000 m"], 3e3, "m"),
        (["70 kg", "70kg", "70公斤", "70千克", "70000 g", "70000克"], 70e3, "grams"),
        (["3 days", "three days", "3天", "三天"], 3, "days"),
        (
            [
                "1.5M",
                "1.5e6",
                "1.5×10^6",
                "$1.5\\times10^{6}$",
                "1.5 M",
                "$1.5$ M",
                "$\\sim$1.5M",
                "1.5 million",
                "1,500,000",
                "150万",
                "150 万",
            ],
            1.5e6,
            "",
        ),
        (["175B", "175 billion", "1750亿"], 175e9, ""),
        (["10,000 times", "10000倍", "一万倍"], 1e4, "times"),
        (["thirty images", "30 images", "30张图像", "三十张图像"], 30, ""),
        (["百分之三十", "30%"], 30, "%"),
        (["2013年", "2013"], 2013, ""),
        (["10 years", "十年"], 10, "years"),
        (["一百二十个", "120个"], 120, ""),
        (["一亿三千万个", "130 million"], 1.3e8, ""),
        (["twenty-five layers", "25层", "二十五层"], 25, "layers"),
        (["one third of", "a third of", "one-third.", "三分之一", "3分之1"], 1 / 3, ""),
        (["two thirds", "Two-Thirds", "三分之二"], 2 / 3, ""),
        (["half of", "half the", "a half,", "一半", "半数"], 0.5, ""),
        (["a tenth of", "十分之一"], 0.1, ""),
        (["万分之三"], 3e-4, ""),
        (["百分之三", "百分之3"], 3, "%"),
        (["3.5 times", "三点五倍"], 3.5, "times"),
        (["5.3%", "百分之五点三"], 5.3, "%"),
        (["0.5 s", "零点五秒"], 0.5, "s"),
        (["one hundred thousand images", "100,000 images"], 1e5, ""),
        (["a 7-billion-parameter model", "a 7B model"], 7e9, ""),
        (
            [
                *("$5 million", "\\$5 million", "US$5 million", "US $5 million", "$5M", "\\$5M"),
                *("USD 5 million", "USD5M", "5M USD", "$5M USD", "5 million USD"),
                *("5 million dollars", "five million dollars", "5 million US dollars"),
                *("a 5-million-dollar grant", "500万美元", "500 万美元", "五百万美元", "5百万美元"),
            ],
            5e6,
            "$",
        ),
        (["€5 million", "5 million euros", "EUR 5M", "500万欧元", "五百万欧元"], 5e6, "€"),
        (
            [
                *("500万元", "500万元人民币", "人民币500万元", "五百万元", "RMB 5 million"),
                *("RMB5M", "5 million yuan", "5 million Chinese yuan", "CNY 5M"),
            ],
            5e6,
            "yuan",
        ),
        (["¥500", "￥500"], 500, "¥"),
        (["500 yen", "JPY 500", "500日元", "五百日元"], 500, "yen"),
        (["每次查询的成本为16元", "16元/次", "人民币16元", "16 RMB"], 16, "yuan"),
        (["$1,234.50", "1,234.50 dollars", "1234.5美元"], 1234.5, "$"),
        (
            [
                *(
                    "ranked 2nd",
                    "ranks second.",
                    "ranking 2nd among teams",
                    "ranked as the second.",
                ),
                *("2nd place", "second place", "the second-place solution", "won second prize"),
                *(
                    "it ended up 2nd, behind",
                    "achieved 2nd out of many",
                    "ranked #2",
                    "ranks No. 2",
                ),
                *("placed second in it", "finished second.", "shared second position in it"),
                *("the second-ranked team", "ranks \\textbf{2nd} on it", "placing 2nd overall"),
                *("排名第二", "排名第2", "获得第2名", "第二名", "位列第二，", "排在第二位。"),
                *("综合排名第二的模型", "被评为第二。", "排名端到端模型第二；", "名列第二"),
            ],
            2,
            "rank",
        ),
        (["ranked 14th", "排名第十四", "第14名", "ranked #14"], 14, "rank"),
        (["8 H100 GPUs", "eight H100 GPUs", "8 B200 GPUs", "8 M1 chips"], 8, ""),
    ],
)
def test_one_quantity_is_written_in_many_ways(texts, value, unit):
    for text in texts:
        assert read(text) == [(pytest.approx(value), unit)], text


@pytest.mark.parametrize(
    "text",
    [
        *("GPT-4 and T5", "ResNet50", "3D", "4bit", "$x_2$ and $x^2$", "one model"),
        *("网络", "一个模型", "第三层", "数十种方法", "十分重要", "二阶方法", "两者"),
        *("三四个任务", "两三百张图"),  # about so many
        *("a double-blind trial", "double descent", "more than double descent"),
        *("knowledge triples", "relation triples and text", "can triple extraction help?"),
        *("a quadruple of words", "a triple-LSTM", "doubles as a review", "tennis doubles"),
        *("doubly robust", "recursive doubling with trees", "period doubling", "the doubling time"),
        *("successive halving of arms", "both halves of it", "the doubled quiver"),
        *("Our contributions are twofold: first, ease.", "a twofold solution", "in half precision"),
        *("双塔", "双盲试验", "倍增公式", "“加倍技巧”", "连续减半算法", "推翻了Klein", "减少一倍"),
        *(
            "We first place the cup.",
            "We first rank them.",
            "the first to do so",
            "in the first place",
        ),
        *("a second stage", "the 2nd stage", "second-order", "the 5th and 95th percentile", "20th"),
        *(
            "the 1st, 2nd and 7th problems",
            "re-ranking in a first stage",
            "places first-order terms",
        ),
        *("positions. Second, we", "ranks as the second cause", "the first position of a text"),
        *(
            "第一，我们",
            "第二阶段",
            "第一作者",
            "第一位女性",
            "小数点后第三位",
            "第一次",
            "首个基准",
        ),
        *("a third method", "the third of these", "half-precision", "better half", "十分之快"),
    ],
)
def test_a_digit_in_a_name_and_a_word_that_counts_nothing_are_none(text):
    assert read(text) == []


@pytest.mark.parametrize(
    "text",
    [
        *("$5$ million", "${\\sim}$5 million", "$5\\times10^6$", "5M parameters", "$5M$"),
        *("5 million Australian dollars", "500万"),
    ],
)
def test_a_dollar_that_begins_or_ends_a_formula_is_no_money(text):
    assert read(text) == [(5e6, "")]


def test_formulas_and_dollars_stand_side_by_side():
    assert read("It costs $5 and takes $3$ hours on $n$ GPUs.") == [(5, "$"), (3, "h")]
    assert read("between $\\sim$5 and \\$10") == [(5, ""), (10, "$")]
    assert read("$5$-$20$ layers") == [(5, ""), (20, "layers")]
    assert read("判断16元多项式方程") == [(16, "")], "unknowns"
    assert read("三元组、二元分类") == []
    assert read("A$5 million") == [], "Australian"


def test_both_ends_of_a_range_are_in_its_currency():
    for text in ("$50-$100", "\\$50-100", "$50--100", "$50–100 a month", "50-100 dollars"):
        assert read(text) == [(50, "$"), (100, "$")], text
    for text in ("50到100美元", "50-100美元", "50美元至100美元", "50 to 100 dollars"):
        assert read(text) == [(50, "$"), (100, "$")], text
    assert read("It gave $50 to 100 people.") == [(50, "$"), (100, "")]
    assert read("$3/1M tokens") == [(3, "$"), (1e6, "")]
    assert read("\\$0.23 - \\$0.27") == [(0.23, "$"), (0.27, "$")]
    assert read("a loss of -$20") == [(-20, "$")]


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("It cost $5 million.", "成本为500万美元。"),
        ("成本为500万美元。", "It cost 5 million US dollars."),
        ("It cost under $100.", "成本低于100美元。"),
        ("成本为16元。", "It costs ¥16."),
        ("It costs 500 yen.", "It costs ¥500."),
        ("It cost 5 million.", "It cost $5 million."),
    ],
)
def test_a_sum_of_money_is_said_in_its_currency(claim, source):
    assert is_said(claim, source)


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("It cost $5 million.", "It cost €5 million."),
        ("It cost $5 million.", "成本为500万元。"),
        ("成本为500万美元。", "It cost 5 million yuan."),
        ("成本为500万元。", "It cost $5 million."),
        ("It cost 500 yen.", "成本为人民币500元。"),
        ("It cost $500.", "It cost ¥500."),
        ("It has $5 million.", "It has 5 million parameters."),
        ("It has 5% of it.", "It has $5 of it."),
    ],
)
def test_a_sum_of_money_is_not_said_in_another_currency(claim, source):
    assert not is_said(claim, source)


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("It doubles throughput.", "吞吐量提高到2倍。"),
        ("吞吐量翻倍。", "It runs at two times the throughput."),
        ("吞吐量翻一番。", "It improves throughput by a factor of 2."),
        ("内存减少10倍。", "It cuts memory by a factor of ten."),
        ("内存减少高达10倍。", "It cuts memory by up to a factor of 10."),
        ("规模增至三倍。", "It triples the size."),
        ("It more than doubles recall.", "召回率提高一倍以上。"),
        ("成本减半。", "It halves the cost."),
        ("成本减少一半。", "It halves the cost."),
        ("It cuts the cost by half.", "成本降低50%。"),
        ("It reduces the cost by 50%.", "It cuts the cost in half."),
        ("It needs 0.5x the memory.", "It needs half the memory."),
    ],
)
def test_a_factor_is_said_in_words_and_in_figures(claim, source):
    assert is_said(claim, source)


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("It doubles throughput.", "It triples throughput."),
        ("It doubles throughput.", "It halves throughput."),
        ("It doubles throughput.", "It has 2 layers."),
        ("吞吐量翻倍。", "It is 3x as fast."),
        ("成本减半。", "It doubles the cost."),
        ("It doubles throughput.", "It more than doubles throughput."),
        ("It halves the cost.", "It costs 0.5 a day."),
        ("It halves the cost.", "It reduces the cost by 60%."),
        ("规模增至三倍。", "It holds triples of a graph and doubles its size."),
    ],
)
def test_a_factor_is_not_said_by_another(claim, source):
    assert not is_said(claim, source)


def test_a_factor_of_a_range_or_a_formula_stays_a_number():
    assert read("by a factor of 1.5 to 9.8 times") == [(1.5, ""), (9.8, "times")]
    assert read("by a factor of $2 - x$") == [(2, "")]
    assert read("a scaling factor of 4") == read("within a factor of 4") == [(4, "")]
    assert senses("by up to a factor of 2, by a factor of 3") == ["at most", ""]


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("It ranked 2nd.", "It took second place."),
        ("It ranked 2nd.", "该方法获得第二名。"),
        ("该方法排名第2。", "It ranks second among all."),
        ("It ranked first and second.", "它分别获得第一和第二名。"),
        ("It achieved 4th and 6th place.", "分别取得第4和第6名。"),
        # What its source only counts, or praises, may be meant.
        ("It ranked 2nd.", "It is the second-best of all."),
        ("It ranked 9th.", "It drops to rank 9."),
        ("该方法排名第一。", "It is the winning solution."),
        ("该方法获得第一名。", "It ranked 1st on A and 2nd on B."),
        ("It took third place.", "该方法获得季军。"),
    ],
)
def test_a_rank_is_borne_out(claim, source):
    assert all(each.is_said_by(borne_out(source)) for each in quantities(claim))
    assert quantities(claim)


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("It ranked 2nd.", "It ranked first."),
        ("It ranked 2nd.", "It has 2 layers, two heads and 2 ms."),
        ("It ranked 2nd.", "It runs at 45 frames per second for 30 seconds."),
        ("该方法排名第二。", "It took first place."),
        ("该方法排名第二。", "该方法排名第一。"),
        ("It took first place.", "该方法获得第二名。"),
        ("It ranked first.", "It ranked 2nd and has the best recall."),
        ("It ranked first.", "It is the second-best method."),
        ("It has 2 layers.", "It ranked 2nd."),
        ("It takes 2 s.", "It took second place."),
    ],
)
def test_a_rank_is_not_borne_out_by_another_or_by_a_number(claim, source):
    assert not all(each.is_said_by(borne_out(source)) for each in quantities(claim))


def test_ranks_stand_in_rows_and_numbers_that_only_count_along_stay():
    assert read("ranked 6th-7th") == [(6, "rank"), (7, "rank")]
    assert read("第1、5、7名") == [(1, "rank"), (5, "rank"), (7, "rank")]
    assert read("第2阶段") == [(2, "")]
    assert read("第3层") == [(3, "layers")]
    assert read("in 30 seconds") == [(30, "s")]
    assert read("a rank of 8") == [(8, "")]
    assert read("GDPR第5(1)条") == [(5, ""), (1, "")]


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("It retains 90% of BERT's accuracy.", "It reaches 90% of the accuracy of BERT."),
        ("达到BERT准确率的90%。", "It reaches 90% of the accuracy of BERT."),
        ("准确率达到90%。", "It reaches 90% accuracy."),
        ("The accuracy is 90%.", "准确率为90%。"),
        # Either may be meant.
        ("达到90%的准确率。", "It reaches 90% accuracy."),
        ("保留了90%的准确率。", "It retains 90% of the accuracy of BERT."),
        ("It retains 90% accuracy.", "It retains 90% of the accuracy of BERT."),
        ("准确率达98%。", "It achieves 98% of accuracy."),
        ("It keeps 90% of it.", "It reaches 90% accuracy."),
    ],
)
def test_a_percentage_is_said_as_a_share_or_as_a_rate(claim, source):
    assert is_said(claim, source)


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("It reaches 90% accuracy.", "It reaches 90% of the accuracy of BERT."),
        ("It reaches an accuracy of 90%.", "It retains 90% of the original accuracy."),
        ("It has 90% test accuracy.", "达到BERT准确率的90%。"),
        ("准确率为90%。", "It retains 90% of BERT's accuracy."),
        ("准确率达到82.4%。", "达到GPT-4性能的82.4%。"),
        ("It retains 90% of its teacher's accuracy.", "It reaches 90% accuracy."),
        ("达到BERT准确率的90%。", "Its accuracy is 90%."),
        ("It reaches 90% F1.", "It preserves 90% of the full-attention performance."),
    ],
)
def test_a_share_of_an_accuracy_is_no_accuracy(claim, source):
    assert not is_said(claim, source)


def test_what_may_be_a_share_or_a_rate_is_not_told():
    for text in (
        *("a 5% accuracy drop", "drops accuracy by 5%", "restores accuracy to 79.4% of it"),
        *("an increase in accuracy of 3%", "accuracy is 90% of it", "90% of the data"),
        *("retaining 96% accuracy", "6% higher accuracy", "accuracy of 80% to 90% of it"),
        *("90%的准确率", "准确率达到90%的模型", "检测精度恢复至79.4%", "准确率提升5%"),
    ):
        assert {each.share for each in quantities(text)[:1]} == {""}, text


def test_a_range_has_two_ends():
    assert read("3-5 layers") == [(3, ""), (5, "layers")]
    assert read("from 3 to 5 layers") == [(3, ""), (5, "layers")]
    assert read("3到5层") == [(3, ""), (5, "layers")]
    assert read("1.85x-10.83x faster") == [(1.85, "times"), (10.83, "times")]
    assert read("10ms-20ms") == [(10, "ms"), (20, "ms")]
    assert read("7B-70B") == [(7e9, ""), (7e10, "")]


def test_a_comma_joins_thousands_alone():
    assert read("layers 3,4,5") == [(3, ""), (4, ""), (5, "")]
    assert [each.written for each in quantities("In 2012, it won.")] == ["2012"]


def test_a_size_has_no_unit():
    assert read("$7\\times7$") == read("7×7") == [(7, ""), (7, "")]


def test_numbers_come_in_order():
    text = "It runs at 45 frames per second with $63.4\\%$ mAP on VOC 2007."
    assert read(text) == [(45, "fps"), (63.4, "%"), (2007, "")]
    assert read("每秒45帧，VOC 2007上mAP为63.4%") == [(45, "fps"), (2007, ""), (63.4, "%")]


def test_a_text_says_in_what_sense_it_gives_a_number():
    assert senses("It falls from 30 ms to about 12 ms, that is by 18 ms.") == ["from", "to", "by"]
    assert senses("从18%提高到57%，提升了39%") == ["from", "to", "by"]
    for text in ("up to 3 days", "at most three days", "最多需要3天", "长达3天", "不到三天"):
        assert senses(text) == ["at most"], text
    for text in ("at least 100", "more than 100", "100+", "超过100种", "100多种", "70%以上"):
        assert senses(text) == ["at least"], text
    assert senses("3 days") == senses("用时3天") == [""]
    for text in ("does not exceed 5%", "不高于5%", "未超过5%", "not more than 5%", "小于5%"):
        assert senses(text) == ["at most"], text
    for text in ("no less than 90%", "不低于90%", "不少于90%", "no fewer than 90", "大于90%"):
        assert senses(text) == ["at least"], text


@pytest.mark.parametrize("text", ["ſix layers", "5 bıllion rows", "百分之一" + "亿" * 45])
def test_odd_letters_and_endless_numbers_are_read_without_harm(text):
    assert isinstance(quantities(text), list)


def test_a_number_is_said_with_its_value_unit_and_sense():
    there = quantities("It falls from 30 ms to 12 ms on up to 8 GPUs.")
    assert Quantity(30.0, "ms", "30 ms").is_said_by(there)
    assert not Quantity(30.0, "", "30").is_said_by(there), "30 of something else"
    assert Quantity(30.0, "", "30").is_said_by(quantities("an accuracy of 30%"))
    assert Quantity(30.0, "ms", "30 ms", "from").is_said_by(there)
    assert not Quantity(30.0, "s", "30 s").is_said_by(there)
    assert not Quantity(30.0, "ms", "30 ms", "to").is_said_by(there)
    assert not Quantity(31.0, "ms", "31 ms").is_said_by(there)
    assert not Quantity(8.0, "", "8").is_said_by(there)
    assert not Quantity(30.0, "ms", "30 ms").is_said_by([])


UNITS = {
    "en": {
        "%": ["%", " percent"],
        "pp": [" percentage points"],
        "times": ["x", " times"],
        "ms": [" ms"],
        "h": [" hours"],
        "gb": ["GB", " GB"],
        "fps": [" FPS"],
    },
    "zh": {
        "%": ["%", "％"],
        "pp": ["个百分点"],
        "times": ["倍"],
        "ms": ["毫秒"],
        "h": ["小时", "个小时"],
        "gb": ["GB"],
        "fps": ["帧"],
    },
}
AROUND = {"en": "The result is {} here.", "zh": "结果为{}左右。"}


@pytest.mark.parametrize(
    "text", ["8 w/o pretraining", "5G networks", "3 We", "4 games", "6 克隆体"]
)
def test_what_begins_like_a_unit_is_none(text):
    assert [unit for _, unit in read(text)] in ([""], [])


@pytest.mark.parametrize("language", ["en", "zh"])
@settings(max_examples=200, deadline=None)
@given(number=st.decimals(0, 10**6, places=2), data=st.data())
def test_a_printed_number_is_read_back(language, number, data):
    unit = data.draw(st.sampled_from(sorted(UNITS[language])))
    written = data.draw(st.sampled_from(UNITS[language][unit]))
    printed = data.draw(st.sampled_from([f"{number}", f"{number:,}", f"{number.normalize():f}"]))
    text = AROUND[language].format(printed + written)
    assert read(text) == [(pytest.approx(float(number)), unit)]


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("019.,%x×-+ $\\kM百分之二十万亿第个倍天upto"), max_size=40))
def test_any_text_is_read(text):
    for each in quantities(text):
        assert math.isfinite(each.value)
        assert each.written
