"""Numbers in words, English and Chinese: `thirty-two`, 三百二十."""

from __future__ import annotations

_WORDS = {
    word: float(value)
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen".split()
    )
} | {
    word: 10.0 * value
    for value, word in enumerate(
        "twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2
    )
}
_HAN_DIGITS = dict(zip("零一二三四五六七八九两", (*range(10), 2), strict=True))
_HAN_SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
ENGLISH = "|".join(word for word, value in _WORDS.items() if value > 1)
"""A pattern of the words for two to ninety."""
CHINESE = (
    "(?:零(?=点)|[一二两三四五六七八九十][零一二两三四五六七八九十百千万亿]{0,16})"
    "(?:点[零一二三四五六七八九]{1,6}[万亿]?)?"
)
"""A pattern of a number in Chinese."""


def counted(said: str) -> float:
    """`3`, `three`, `a couple of`, 三 and 半 as a number, in small letters."""
    if said.isdigit():
        return float(said)
    if said.isascii():
        return {"a": 1.0, "one": 1.0, "couple of": 2.0}.get(said) or english_value(said)
    return 0.5 if said == "半" else chinese_value(said)


def english_value(written: str) -> float:
    """`thirty-two` is 32."""
    return sum(_WORDS[part] for part in written.lower().split("-"))


def chinese_value(written: str) -> float:
    """三百二十 is 320, 一亿三千万 is 130,000,000, 一万亿 is 10^12, 三点五 is 3.5.

    一百二十千, where a 千瓦 follows the number, is 120,000; 二零二四, digit by digit, is 2,024.
    """
    written, _, decimals = written.partition("点")
    if decimals:
        scale = _HAN_SCALES.get(decimals[-1], 1)
        digits = "".join(str(_HAN_DIGITS[sign]) for sign in decimals.rstrip("万亿"))
        return (chinese_value(written) + float(f"0.{digits}")) * scale
    if len(written) > 2 and all(sign in _HAN_DIGITS for sign in written):
        return float("".join(str(_HAN_DIGITS[sign]) for sign in written))
    whole = section = digit = 0
    for sign in written:
        scale = _HAN_SCALES.get(sign, 0)
        if not scale:
            digit = _HAN_DIGITS[sign]
        elif 0 < section < scale < 10**4:  # the 千 of 千瓦
            section, digit = (section + digit) * scale, 0
        elif scale < 10**4:
            section, digit = section + (digit or 1) * scale, 0
        else:
            part = section + digit
            if scale == _HAN_SCALES["亿"]:  # of all before it: 一万三千亿
                part, whole = whole + part, 0
            whole, section, digit = whole + part * scale, 0, 0
    return float(whole + section + digit)
