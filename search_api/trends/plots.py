"""Pictures of counts over time, as SVG or PNG. What is counted is `trends`' business.

Text stays text in an SVG, so its reader's own fonts show Chinese names; a PNG needs a font
here. Matplotlib is imported only to draw.
"""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

from embeddings.errors import BadQuery, MissingPackage
from embeddings.lexical import HAN
from search_api.trends.trends import Trends

FORMATS = (".svg", ".png")
_SHOWN = 8
_LINES = ("-", "--", "-.", ":")
_TICKS = 12
_HAN = re.compile(f"[{HAN}]")
_FONTS = re.compile(
    "CJK|Source Han|WenQuanYi|YaHei|SimHei|SimSun|PingFang|Heiti|Songti|Hiragino Sans GB|"
    "Arial Unicode|AR PL|Droid Sans Fallback|Sarasa|LXGW"
)
_COLOURS = (
    "#0b6e4f", "#c0392b", "#2e86c1", "#8e6bbf", "#d68910", "#7f8c8d", "#16a085", "#34495e",
)  # fmt: skip


def check_plot(path: Path) -> None:
    """Raise, before anything is counted, `BadQuery` for a file that is neither SVG nor PNG and
    `MissingPackage` where matplotlib is missing.
    """
    if path.suffix.lower() not in FORMATS:
        raise BadQuery(f"{path} is no picture that can be drawn; name it .svg or .png")
    try:
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise MissingPackage("a picture", "matplotlib", "plots") from error


def draw(trends: Trends, path: Path) -> str | None:
    """Draw the largest series into a file, lines over the periods.

    Returns a line about names that no font here can show and that are numbered instead, or
    None. Raises as `check_plot` does, and `OSError` if the file cannot be written.
    """
    check_plot(path)
    import matplotlib as mpl
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    series = trends.series[:_SHOWN]
    names = [each.name for each in series]
    chinese = _chinese_font()
    title = _title(trends)
    note = None
    if path.suffix.lower() == ".png" and chinese is None and _HAN.search("".join((title, *names))):
        numbered = {name: f"series {n}" for n, name in enumerate(names, 1) if _HAN.search(name)}
        note = (
            "No font here shows Chinese in a PNG (fonts-noto-cjk would; an SVG needs none); "
            + ", ".join(f"{number} is {name}" for name, number in numbered.items())
        )
        names = [numbered.get(name, name) for name in names]
        title = _HAN.sub("", title).strip() or "papers"
    style: Any = {
        "svg.fonttype": "none",
        "svg.hashsalt": "paper-archive",  # the same figures give the same file
        "text.parse_math": False,  # names may hold "$", and a query anything between two of them
        "font.family": [*([chinese] if chinese else []), "sans-serif"],
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
        "axes.grid": True,
        "grid.color": "#e6e6e6",
    }
    with mpl.rc_context(style), warnings.catch_warnings():
        # It measures the text of an SVG with a font that the reader will not use.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        figure = Figure(figsize=(9, 4), layout="constrained")
        axes = figure.subplots()
        places = range(len(trends.periods))
        lines = []
        for place, each in enumerate(series):
            lines += axes.plot(
                places,
                each.counts,
                marker="o" if len(places) < 3 * _TICKS else "",
                ms=4,
                color=_COLOURS[place],
                linestyle=_LINES[place % len(_LINES)],  # of equal counts, both stay visible
            )
        step = -(-len(places) // _TICKS) or 1
        axes.set_xticks(list(places)[::step], trends.periods[::step], rotation=30, ha="right")
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_ylim(bottom=0)
        axes.set_ylabel("papers")
        axes.set_title(title, loc="left", fontsize=11)
        if len(series) > 1 or note:
            # Given, since it leaves out names that begin with "_" where it collects them itself.
            axes.legend(
                lines, names, frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5)
            )
        figure.savefig(path, metadata={"Date": None} if path.suffix.lower() == ".svg" else None)
    return note


def _title(trends: Trends) -> str:
    what = f"“{trends.query}”" if trends.query is not None else "papers"
    return f"{what}{f', by {trends.of}' if trends.of else ''}, each {trends.by}"


def _chinese_font() -> str | None:
    """An installed font with Chinese characters, the same on every call."""
    from matplotlib.font_manager import fontManager

    return min(
        (font.name for font in fontManager.ttflist if _FONTS.search(font.name)), default=None
    )
