"""LaTeX: source from texts that may hold some themselves, and text from source.

Chinese and accented letters stay as they are (UTF-8); characters that mean something to LaTeX are
escaped, and formulas are left alone. What is LaTeX is pylatexenc's to know. It is loaded with this
module, which therefore is imported only where BibTeX is read or written.
"""

from __future__ import annotations

import re
import unicodedata

from pylatexenc import latex2text, latexwalker
from pylatexenc.macrospec import MacroSpec

_ESCAPES = str.maketrans(
    {char: f"\\{char}" for char in "&%$#_"}
    | {"~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "\\": r"\textbackslash{}"}
    # Not `\{`, which BibTeX counts as a brace all the same.
    | {"{": r"\textbraceleft{}", "}": r"\textbraceright{}"}
)
# A price is no formula: a closing dollar sign follows no space and stands before no digit.
_FORMULA = re.compile(r"(?<!\\)(\$(?! )(?:[^$\\]|\\.)+(?<! )\$(?!\d))")
# Dashes are left to be joined: who writes "--" means a dash. A question mark is no Spanish one.
_LIGATURE = re.compile(r"(?<=`)(?=`)|(?<=')(?=')|(?<=[?!])(?=`)")
_BARE_PERCENT = re.compile(r"(?<!\\)%")
"""Titles and fields of BibTeX know no comments: "cut by 40% on X"."""
_FONT = r"(?P<font>\\(?:emph|underline|mbox|text[a-z]+))"
_LETTER = (
    r"\\(?:[`'^\"~=.&%#_{}]|(?:[uvHcdbrtkoOlLij]|ss|[aA][eE]|[oO][eE]|aa|AA)(?![A-Za-z]))"
    r"|\{(?=\\[^{}]+\})"
)
"""Begins an accent, a letter's name, an escaped character, or one of these in braces."""
_COMMAND = re.compile(rf"{_FORMULA.pattern}|{_FONT}|{_LETTER}")
_SYMBOLS = {"textasciicircum": "^", "textbraceleft": "{", "textbraceright": "}", "textless": "<",
            "textgreater": ">", "textbar": "|", "textunderscore": "_"}  # fmt: skip
_FONTS = ("mbox", "textmd", "textsf", "textsubscript", "textsuperscript", "texttt", "textup")
# What pylatexenc leaves out.
_KNOWN = latexwalker.get_default_latex_context_db()
_KNOWN.add_context_category(
    "own",
    prepend=True,
    macros=[MacroSpec("href", "{{"), *(MacroSpec(name, "{") for name in _FONTS)],
)
_TEXTS = latex2text.get_default_latex_context_db()
_TEXTS.add_context_category(
    "own",
    prepend=True,
    macros=[
        *(latex2text.MacroTextSpec(name, char) for name, char in _SYMBOLS.items()),
        *(latex2text.MacroTextSpec(name, discard=False) for name in _FONTS),
    ],
    # Else "&" would be a gap, and a title that arXiv has with "--" another one.
    specials=[latex2text.SpecialsTextSpec(each, each) for each in ("&", "--", "---")],
)
_READER = latex2text.LatexNodes2Text(latex_context=_TEXTS, math_mode="verbatim")
# What pylatexenc raises where a command lacks its arguments, and for braces in hundreds of braces.
_MALFORMED = (AttributeError, IndexError, KeyError, ValueError, RecursionError)


def to_text(source: str) -> str:
    """A source as text, formulas as they are; all as it is where it is no good LaTeX."""
    walker = latexwalker.LatexWalker(_BARE_PERCENT.sub(r"\\%", source), latex_context=_KNOWN)
    try:
        return str(_READER.nodelist_to_text(walker.get_latex_nodes()[0]))
    except _MALFORMED:
        return source


def to_source(text: str) -> str:
    """A text as source that prints it, formulas as they are.

    arXiv's titles and abstracts are LaTeX: accents, fonts and escaped characters in them are read
    as such. Other commands are printed.
    """
    return "".join(
        part if place % 2 and _balanced(part) else _escaped(part)
        for place, part in enumerate(_FORMULA.split(_said(text)))
    )


def _said(text: str) -> str:
    """A text with the letters that commands in it stand for, formulas as they are."""
    text = _BARE_PERCENT.sub(r"\\%", text)  # else a formula would end at it
    if "\\" not in text:
        return text
    walker = latexwalker.LatexWalker(text, latex_context=_KNOWN)
    said: list[str] = []
    done = 0
    for found in _COMMAND.finditer(text):
        if found.start() < done or found[1]:  # a formula
            continue
        try:
            nodes, _, length = walker.get_latex_nodes(found.start(), read_max_nodes=1)
            letters = unicodedata.normalize("NFC", _READER.nodelist_to_text(nodes))
        except _MALFORMED:
            continue
        if letters if found["font"] else len(letters) == 1:
            said += text[done : found.start()], letters
            done = found.start() + length
    return "".join(said) + text[done:]


def _escaped(text: str) -> str:
    parts = _LIGATURE.split(text.replace(r"\$", "$"))
    return "{}".join(part.translate(_ESCAPES) for part in parts)


def _balanced(text: str) -> bool:
    depth = 0
    for char in text:
        depth += (char == "{") - (char == "}")
        if depth < 0:
            return False
    return depth == 0
