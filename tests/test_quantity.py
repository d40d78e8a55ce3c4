"""Quantities: what either language writes in digits or in words, and what is no number."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search_api.answers.quantity import Quantity, quantities


def read(text):
    return [(each.value, each.unit) for each in quantities(text)]


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
            ["45 fps", "45 FPS", "45 frames per second", "每秒45帧", "每秒可处理45帧", "45帧/秒"],
            45,
            "fps",
        ),
        (["四十五帧/秒", "每秒四十五帧"], 45, "fps"),
        (["3 million frames", "300万帧"], 3e6, ""),
        (["two frames", "两帧"], 2, ""),
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
        (["50 mg", "50mg", "50 milligrams", "50毫克", "五十毫克", "0.05 g"], 0.05, "grams"),
        (["5 ml", "5mL", "5 millilitres", "5毫升"], 5, "ml"),
        (["2 Gbps", "2Gbps", "2000Mbps"], 2000, "mbps"),
        (["0.3 m", "0.3m", "0.3米"], 0.3, "m"),
        (["0.3M", "0.3 M", "30万"], 3e5, ""),
        (["84 billion tokens", "840亿token", "840亿Token"], 84e9, ""),
        (["10,000", "$10{,}000$", "10\\,000"], 10000, ""),
        (["5K images", "5k images", "5\u212a images", "5千张图"], 5000, ""),
        (["3 days", "three days", "3天", "三天"], 3, "days"),
        (["2.5 years", "2年半", "两年半"], 2.5, "years"),
        (["2.5 hours", "2个半小时", "两小时半"], 2.5, "h"),
        (["3.5 months", "三个半月", "3个月半"], 3.5, "months"),
        (["10⁻⁵", "$10^{-5}$", "1e-5", "学习率为10⁻⁵"], 1e-5, ""),
        (["2×10⁻⁵", "学习率为2×10⁻⁵"], 2e-5, ""),
        (["120 layers", "one hundred and twenty layers", "一百二十层"], 120, "layers"),
        (["two hundred fifty thousand", "25万"], 2.5e5, ""),
        (["five millions of", "five million"], 5e6, ""),
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
        (["over 200K", "20多万", "20余万"], 2e5, ""),
        (["20多个百分点"], 20, "pp"),
        (["175B", "175 billion", "1750亿"], 175e9, ""),
        (["10,000 times", "10000倍", "一万倍"], 1e4, "times"),
        (["thirty images", "30 images", "30张图像", "三十张图像"], 30, ""),
        (["百分之三十", "30%"], 30, "%"),
        (["2013年", "2013"], 2013, ""),
        (["10 years", "十年"], 10, "years"),
        (["一百二十个", "120个"], 120, ""),
        (["一亿三千万个", "130 million"], 1.3e8, ""),
        (["一万三千亿个"], 1.3e12, ""),
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
        *("a third method", "the third of these", "half-precision", "better half", "十分之快"),
        *("zero-shot accuracy", "zero shot transfer", "零样本分类"),
    ],
)
def test_a_digit_in_a_name_and_a_word_that_counts_nothing_are_none(text):
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("between one hundred and two hundred", [100, 200]),
        ("between five hundred and ten thousand", [500, 10000]),
        ("one hundred five-second videos", [100, 5]),
        ("2025年半年报", [2025]),
        ("2024年半导体市场", [2024]),
        ("过去十年半监督学习", [10]),
        ("110² and 2010¹", [110, 2010]),
    ],
)
def test_numbers_beside_each_other_stay_two(text, values):
    assert [value for value, _ in read(text)] == values


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
    for text in ("最多缩短57%", "最多加快了3倍", "最高增长约20%", "最多快3倍"):
        assert senses(text) == ["at most"], text
    assert senses("至少节省20%") == senses("至少少20%") == ["at least"]
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
        "fps": ["帧/秒"],
    },
}
AROUND = {"en": "The result is {} here.", "zh": "结果为{}左右。"}


@pytest.mark.parametrize(
    "text", ["8 w/o pretraining", "5G networks", "3 We", "4 games", "6 克隆体"]
)
def test_what_begins_like_a_unit_is_none(text):
    assert [unit for _, unit in read(text)] in ([""], [])


@pytest.mark.parametrize("language", ["en", "zh"])
@settings(max_examples=200)
@given(number=st.decimals(0, 10**6, places=2), data=st.data())
def test_a_printed_number_is_read_back(language, number, data):
    unit = data.draw(st.sampled_from(sorted(UNITS[language])))
    written = data.draw(st.sampled_from(UNITS[language][unit]))
    printed = data.draw(st.sampled_from([f"{number}", f"{number:,}", f"{number.normalize():f}"]))
    text = AROUND[language].format(printed + written)
    assert read(text) == [(pytest.approx(float(number)), unit)]


@settings(max_examples=200)
@given(st.text(st.sampled_from("019.,%x×-+ $\\kM百分之二十万亿第个倍天upto"), max_size=40))
def test_any_text_is_read(text):
    for each in quantities(text):
        assert math.isfinite(each.value)
        assert each.written


def test_points_of_an_accuracy_are_percentage_points():
    (one,) = quantities("准确率最多高出10.8个百分点。")
    (other,) = quantities("It is better by up to 10.8 accuracy points.")
    assert (one.value, one.unit, one.sense) == (other.value, other.unit, other.sense)
    assert one.sense == "at most"


def test_a_month_of_a_year_is_a_date():
    assert [each.unit for each in quantities("于2023年5月发布")] == ["", ""]
    assert [each.unit for each in quantities("历时5个月")] == ["months"]
