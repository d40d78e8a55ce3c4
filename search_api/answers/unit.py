"""Units and scales of numbers, in each way that either language writes them."""

from __future__ import annotations

import re

_SCALES = {
    "hundred": 1e2,
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
    "k": 1e3,
    "m": 1e6,
    "b": 1e9,
    "t": 1e12,
    "百": 1e2,
    "千": 1e3,
    "万": 1e4,
    "百万": 1e6,
    "千万": 1e7,
    "亿": 1e8,
    "十亿": 1e9,
    "百亿": 1e10,
    "千亿": 1e11,
    "万亿": 1e12,
}
# What is written in each way; the first is the unit's name.
_UNITS = (
    ("%", "％", "percent"),
    (
        "pp",
        "percentage points?",
        "(?:accuracy|absolute|f1|map|bleu|rouge|auc|ap) points?",
        "points?",
        "个?百分点",
        "个点",
    ),
    ("times", r"[x×](?!\s?\d)", "-?fold", "倍"),
    ("ns", "nanoseconds?", "纳秒"),
    ("μs", "µs", "microseconds?", "微秒"),
    ("ms", "milliseconds?", "毫秒"),
    ("s", "sec", "seconds?", "秒钟?"),
    ("mins?", "minutes?", "分钟"),
    ("h", "hours?", "hrs?", "个?小时"),
    ("days?", "天"),
    ("weeks?", "周"),
    ("months?", "个?月"),
    ("years?", "年"),
    ("kb",),
    ("mb",),
    ("gb",),
    ("tb",),
    ("fps", "frames per second", "帧(?:/秒|/s|每秒)"),
    ("帧",),  # a rate behind 每秒, else what is counted
    ("mbps",),
    ("gbps",),
    ("khz", "千赫"),
    ("mhz", "兆赫"),
    ("ghz",),
    ("hz", "赫兹?"),
    ("w", "watts?", "瓦特", "瓦"),
    ("wh", "watt[- ]hours?", "瓦时"),
    ("kw", "kilowatts?"),
    ("kwh", "kilowatt[- ]hours?", "度电"),
    ("milliwatts?", "(?-i:mW)", "毫瓦"),
    ("mw", "megawatts?", "兆瓦"),
    ("grams?", "(?-i:g)", "克(?![隆服])"),  # 5G is none
    ("mg", "milligrams?", "毫克"),
    ("kg", "kilograms?", "公斤"),
    ("ml", "millilit(?:er|re)s?", "毫升"),
    ("nm", "nanomet(?:er|re)s?", "纳米"),
    ("μm", "µm", "micromet(?:er|re)s?", "microns?", "微米"),
    ("mm", "毫米"),
    ("cm", "厘米"),
    ("km", "公里", "kilomet(?:er|re)s?"),
    ("m", "meters?", "metres?", "米"),
    ("°", "degrees?", "度"),
    ("db", "分贝"),
    ("layers?", "层"),
    ("languages?", "种语言"),
)
# Told in the smaller unit, since the 千 of 千瓦 is read as the number's.
_FACTORS = {
    "km": (1e3, "m"),
    "mg": (1e-3, "grams"),
    "kg": (1e3, "grams"),
    "gbps": (1e3, "mbps"),
    "kw": (1e3, "w"),
    "kwh": (1e3, "wh"),
    "mw": (1e6, "w"),
}
_NAMES = {pattern: unit[0].rstrip("?") for unit in _UNITS for pattern in unit}
UNIT = "|".join(sorted(_NAMES, key=len, reverse=True))
"""A pattern of every unit, the longest first."""
LONG_SCALES = "|".join(sorted((s for s in _SCALES if len(s) > 1 or s > "z"), key=len)[::-1])
"""A pattern of the scales that are more than a letter."""


def scale_of(written: str | None) -> float:
    """What a scale multiplies by; 1 where there is none."""
    return _SCALES[written.strip().lower()] if written else 1.0


def unit_of(written: str | None) -> tuple[float, str]:
    """The name of a unit as written, and how many of it that is; 1 and "" where there is none."""
    if not written:
        return 1.0, ""
    name = next(
        name for pattern, name in _NAMES.items() if re.fullmatch(pattern, written, re.IGNORECASE)
    )
    return _FACTORS.get(name, (1.0, name))
