"""Money: which currency a number is in, and which `$` is a dollar and not the edge of a formula."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

# Each unit's name, what stands before a number, codes on either side of it, words behind it.
_CURRENCIES: tuple[tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...] = (
    (
        "$",
        (r"(?:\bU\.?S\.?\s?)\$", r"(?<![A-Za-z])\$"),
        ("USD",),
        (r"(?:(?:U\.?S\.?|American)[\s-])?dollars?", r"US\s?\$", "美元", "美金"),
    ),
    ("€", ("€",), ("EUR",), ("euros?", "€", "欧元")),
    ("£", ("£",), ("GBP",), ("pounds? sterling", "British pounds?", "£", "英镑")),
    ("yuan", ("人民币",), ("CNY", "RMB"), ("(?:Chinese )?yuan", "renminbi", "元?人民币")),
    ("¥", ("[¥￥]",), (), ("[¥￥]",)),
    ("yen", (), ("JPY",), ("(?:Japanese )?yen", "日[元圆]")),
    ("hkd", (r"\bHK\s?\$",), ("HKD",), ("(?:Hong Kong|HK) dollars?", "港[元币]")),
    ("won", ("₩",), ("KRW",), ("Korean won", "韩[元圆]")),
    ("rupees", ("₹",), ("INR",), ("(?:Indian )?rupees?", "(?:印度)?卢比")),
)
CURRENCIES = frozenset(name for name, *_ in _CURRENCIES)
"""The names of the units that are money."""
_CODES = "|".join(code for _, _, codes, _ in _CURRENCIES for code in codes)
_YUAN = "元"
_SIGNS = "|".join(sign for _, signs, *_ in _CURRENCIES for sign in signs)
SIGN = rf"(?=[$€£¥￥₩₹人]|(?-i:[A-Z]))(?:{_SIGNS}|\b(?-i:{_CODES})(?=\s))\s?"
"""A pattern of what stands before an amount of money."""
MONEY = (
    rf"(?-i:{_CODES})(?![\w/])|{'|'.join(word for *_, words in _CURRENCIES for word in words)}"
    rf"|(?:(?<=[百千万亿\d])|(?<=\d\s)){_YUAN}(?![素组数件胞音语文模分运函树认整多线])"
)
"""A pattern of what stands behind one."""
_NAMES = {
    name: re.compile("|".join((*signs, *codes, *words)), re.IGNORECASE)
    for name, signs, codes, words in _CURRENCIES
}
_PRICED = re.compile(
    "成本|费用|价格|售价|单价|定价|人民币|花费|支付|收费|收入|利润|投资|资金|奖金|工资|薪|补贴"
    "|市值|营收|销售额|损失|节省|预算|元[/每]|[¥￥]"
)
_DASH = re.compile(r"\s?(?:[-–—~～]|--)\s?")
_TO = re.compile(rf"{_DASH.pattern}|\s(?:to|or)\s|\s?[到至或]\s?")
_NO_SPACE = re.compile(rf"\b({_CODES})(?=\d)")

_DOLLAR = re.compile(r"\\?\$")
_MACRO = re.compile(r"\\[A-Za-z]+(?:\s?\{[^}]*\})?")
_WORD = re.compile(r"(?:^|[\s,(])[A-Za-z]{2,}\s")
_RANGE = re.compile(r"[\d.,]+[kmb]?\s?[-–—~/]{1,3}\\?", re.IGNORECASE)


def same_money(one: str, other: str) -> bool:
    """Whether two units are one currency, as far as is known: ¥ is yuan or yen."""
    return one == other or ("¥" in (one, other) and {one, other} <= {"¥", "yuan", "yen"})


def currency(found: re.Match[str]) -> str:
    """The currency of a number with a `sign` before it or `money` behind it; "" where there is
    neither.
    """
    sign, behind = found.groupdict().get("sign"), found["money"]
    written = (behind or sign or "").strip()
    if written == _YUAN:
        before, text = found.string[: found.start("money")], found.string
        return "yuan" if sign or before[-1:] in "百千万亿" or _PRICED.search(text) else ""
    named = (name for name, pattern in _NAMES.items() if pattern.fullmatch(written))
    return next(named, "") if written else ""


def in_ranges(units: Sequence[str], between: Sequence[str]) -> list[str]:
    """The same currencies, each that of both ends of a range: $50-100, 5到10美元.

    `between` are the texts between one number and the next.
    """
    units = list(units)
    for place, gap in enumerate(between):
        one, other = units[place : place + 2]
        if other and not one and _TO.fullmatch(gap):
            units[place] = other
        elif one and not other and _DASH.fullmatch(gap):  # not "gave $5 to 10 people"
            units[place + 1] = one
    return units


def without_formulas(text: str) -> str:
    """A text without the `$` around formulas: those that are left are dollars."""
    text = _NO_SPACE.sub(r"\1 ", text)
    return "".join(_pieces(text))


def _pieces(text: str) -> Iterator[str]:
    place = 0
    while found := _DOLLAR.search(text, place):
        before, rest = text[: found.start()], text[found.end() :]
        yield text[place : found.start()]
        place = found.end()
        if _is_dollar(found[0], before, rest):
            yield "$"
        elif found[0] == "$":
            formula, closing, _ = rest.partition("$")
            if closing and not formula.endswith("\\"):
                yield formula
                place += len(formula) + 1
        else:
            yield "\\"
    yield text[place:]


def _is_dollar(sign: str, before: str, rest: str) -> bool:
    if not rest[:1].isdigit() and not re.match(r"\.\d", rest):
        return bool(re.search(r"\b(?:US|HK)$", before) and re.match(r"\s\d", rest))
    if sign != "$" or re.search(r"\b(?:US|U\.S\.|HK)\s?$", before):
        return True
    if before[-1:].isalnum():  # A$5 are Australian
        return False
    inside, closing, behind = rest.partition("$")
    if not closing:
        return not re.match(r"[\d.,]+\s?(?:[\^_{}\\]|[×x=<>+*]\s?\d)", rest)
    if _RANGE.fullmatch(inside):  # $5-$20, where $5$-$20$ is none
        return behind[:1].isdigit()
    return inside.endswith((" ", "(", "~", "\\")) or bool(_WORD.search(_MACRO.sub("", inside)))
