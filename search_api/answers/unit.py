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
    ("pp", "percentage points?", "points?", "个?百分点", "个点"),
    ("times", r"[x×](?!\s?\d)", "-?fold", "倍"),
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
    ("fps", "frames per second", "帧(?:/秒|每秒)?"),
    ("khz", "千赫"),
    ("mhz", "兆赫"),
    ("ghz",),
    ("hz", "赫兹?"),
    ("mm", "毫米"),
    ("cm", "厘米"),
    ("km", "公里", "千米"),
    ("m", "meters?", "metres?", "米"),
    ("°", "degrees?", "度"),
    ("db", "分贝"),
    ("layers?", "层"),
    ("languages?", "种语言"),
)
_NAMES = {pattern: unit[0].rstrip("?") for unit in _UNITS for pattern in unit}
UNIT = "|".join(sorted(_NAMES, key=len, reverse=True))
"""A pattern of every unit, the longest first."""
LONG_SCALES = "|".join(sorted((s for s in _SCALES if len(s) > 1 or s > "z"), key=len)[::-1])
"""A pattern of the scales that are more than a letter."""


def scale_of(written: str | None) -> float:
    """What a scale multiplies by; 1 where there is none."""
    return _SCALES[written.strip().lower()] if written else 1.0


def unit_of(written: str | None) -> str:
    """The name of a unit as written; "" where there is none."""
    if not written:
        return ""
    named = (
        name for pattern, name in _NAMES.items() if re.fullmatch(pattern, written, re.IGNORECASE)
    )
    return next(named)
