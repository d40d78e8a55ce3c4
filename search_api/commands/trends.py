"""Commands that show how a field moves and lies: trends, map."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter

from search_api import console
from search_api.commands.options import (
    Author,
    Category,
    From,
    HasCode,
    Home,
    Json,
    Source,
    To,
    Topic,
    hint,
    narrowed,
    opened,
    show_value,
)
from search_api.commands.output import replacing
from search_api.running import find_server
from search_api.trends.counted import Of
from search_api.trends.periods import Unit
from search_api.trends.trends import MIN_SCORE

app = typer.Typer()


@app.command(
    epilog="Examples: archive trends 'state space models' --by week · archive trends --of terms"
)
def trends(
    query: Annotated[
        str | None, typer.Argument(help="Count the papers near this, in either language.")
    ] = None,
    by: Annotated[Unit, typer.Option(help="Length of a period.")] = "week",
    of: Annotated[
        Of | None,
        typer.Option(help="Count these names apart; without a query, topics if there are any."),
    ] = None,
    min_score: Annotated[
        float, typer.Option(help="Score from which a paper counts as near the query.")
    ] = MIN_SCORE,
    limit: Annotated[int, typer.Option("--limit", "-n", help="How many names, at most.")] = 10,
    plot: Annotated[
        Path | None, typer.Option(help="Draw the counts too: a file named .svg or .png.")
    ] = None,
    date_from: From = None,
    date_to: To = None,
    topic: Topic = None,
    category: Category = None,
    source: Source = None,
    author: Author = None,
    has_code: HasCode = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Count papers over time, and say what rises and fades in the newest period.

    Rising and fading names are compared with all earlier periods within the same layout, and
    told of only where chance is no explanation. Dates are the papers' own; --from and --to say
    which time is looked at.
    """
    from search_api.trends import trends as counting
    from search_api.trends.plots import check_plot, draw
    from search_api.trends.table import print_trends

    if plot is not None:
        check_plot(plot)
    narrowing = narrowed(date_from, date_to, topic, category, source, author, has_code)
    with opened(home) as archive:
        hint(archive, narrowing)
        if server := find_server(archive.home):
            asked = {"q": query, "by": by, "of": of, "min_score": min_score, "limit": limit}
            found = TypeAdapter(counting.Trends).validate_json(
                server.get("/trends", asked, narrowing)
            )
        else:
            found = counting.trends(
                archive, query, narrowing, by=by, of=of, min_score=min_score, limit=limit
            )
    if plot is not None and (note := draw(found, plot)):
        console.err.print(f"archive: {note}", markup=False, highlight=False, soft_wrap=True)
    show_value(found, print_trends, json)


@app.command(name="map", epilog="Example: archive map --topic 多模态 --output multimodal.html")
def draw_map(
    output: Annotated[Path, typer.Option("--output", "-o", help="The page to write.")] = Path(
        "map.html"
    ),
    date_from: From = None,
    date_to: To = None,
    topic: Topic = None,
    category: Category = None,
    source: Source = None,
    author: Author = None,
    has_code: HasCode = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Draw the archive as one page of HTML in which papers near in meaning lie near each other.

    The page needs no network: open it in any browser, point at papers, search, zoom and follow
    their links.
    """
    from search_api.trends.map import draw_map as draw

    narrowing = narrowed(date_from, date_to, topic, category, source, author, has_code)
    with opened(home) as archive:
        hint(archive, narrowing)
        server = find_server(archive.home)
        page = server.get("/map", {}, narrowing) if server else draw(archive, narrowing).encode()
    with replacing(output) as file:
        file.write(page)
    written = {"output": str(output), "bytes": len(page)}
    show_value(written, lambda _: console.out.print(f"Wrote {output}", soft_wrap=True), json)
