"""Whether a text is Chinese or English.

The rule: URLs, LaTeX and code are left out; what remains is Chinese if at least one in
three of its units is Han, where a unit is one Han character or one Latin word. A Chinese
sentence needs well over one character per English name it mentions, so an abstract full of
method names stays Chinese, while an English text that quotes a Chinese term stays English.
A text with neither is called English, which is what a bare model name is.

Other languages are out of scope: the digests are written in these two.
"""

from __future__ import annotations

import re

from indexer.paper import Language

HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_NOT_PROSE = re.compile(
    r"https?://[!-~]+"
    r"|`[^`\n]*`"
    # No Han inside: two dollar signs around Chinese prose are prices, not a formula.
    rf"|\$\$?[^${HAN}]{{1,400}}\$\$?"
    r"|\\[A-Za-z]+"
)
_HAN_CHARACTER = re.compile(f"[{HAN}]")
_LATIN_WORD = re.compile(r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ0-9'’-]*")
_CHINESE_SHARE = 1 / 3


def language_of(text: str) -> Language:
    """Return `zh` or `en`, by the rule this module states."""
    if text.isascii():
        return "en"
    prose = _NOT_PROSE.sub(" ", text)
    han = len(_HAN_CHARACTER.findall(prose))
    latin = len(_LATIN_WORD.findall(prose))
    return "zh" if han and han / (han + latin) >= _CHINESE_SHARE else "en"
