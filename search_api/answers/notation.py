"""Texts without LaTeX's marks and powers of ten: 1.5e6 is read as 1500000."""

from __future__ import annotations

import re
from decimal import Decimal

from search_api.answers.currency import without_formulas

_SIGNS = {"times": "×", "sim": "~", "approx": "≈", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥"}
_MACRO = re.compile(rf"\\({'|'.join(_SIGNS)})(?![A-Za-z])")

_POWER = re.compile(
    r"(?<![\w.^])(?:(?P<factor>\d+(?:\.\d+)?)(?:\s?[×x·]\s?10\s?\^|e)|10\^)"
    r"\s?\{?(?P<power>[-−+]?\d{1,2})\}?(?![\w^]|\.\d)",
    re.IGNORECASE,
)
"""1.5e6, 3×10^6 and 10^{-4}."""

# Letters that patterns take for s, i and k whatever their case, and `lower` does not.
_LETTERS = str.maketrans("ſıİK", "siik")


def plain(text: str) -> str:
    """The text as it would stand without LaTeX; of its `$` those are left that are dollars."""
    text = without_formulas(text.translate(_LETTERS)).replace("\\%", "%")  # $93.1\\%$
    text = _MACRO.sub(lambda found: _SIGNS[found[1]], text)
    return _POWER.sub(_decimal, text)


def _decimal(power: re.Match[str]) -> str:
    exponent = int(power["power"].replace("−", "-"))
    return format(Decimal(power["factor"] or 1).scaleb(exponent), "f")
