"""Commands that ask the archive: search, similar, ask, show."""

from __future__ import annotations

from typing import Annotated

import typer

from embeddings.errors import ConfigError
from search_api import console
from search_api.answers.answer import Piece
from search_api.commands.options import (
    Author,
    Category,
    Explain,
    From,
    HasCode,
    Home,
    Json,
    Limit,
    Source,
    To,
    Topic,
    hint,
    narrowed,
    opened,
    searching,
    show_value,
    tell,
)
from search_api.running import find_server

app = typer.Typer()


@app.command(
    epilog="Examples: archive search 'fast vector index' · archive search 扩散模型 --from 2025-09"
)
def search(
    query: Annotated[str, typer.Argument(help="What to look for, in either language, or an id.")],
    limit: Limit = 10,
    offset: Annotated[int, typer.Option(help="Papers to skip, for further pages.")] = 0,
    date_from: From = None,
    date_to: To = None,
    topic: Topic = None,
    category: Category = None,
    source: Source = None,
    author: Author = None,
    has_code: HasCode = None,
    explain: Explain = False,
    home: Home = None,
    json: Json = False,
) -> None:
    """Find papers by meaning and words."""
    narrowing = narrowed(date_from, date_to, topic, category, source, author, has_code)
    with searching(home) as searcher:
        answer = searcher.search(
            query, limit=limit, offset=offset, narrowing=narrowing, explain=explain
        )
    tell(answer.hints)
    if json:
        console.print_json(answer)
    else:
        console.print_results(
            answer.results, answer.took_ms, offset=offset, corrected=answer.corrected
        )


@app.command(
    epilog="Examples: archive similar 1706.03762 · archive similar --text '一种新的注意力机制…'"
)
def similar(
    paper_id: Annotated[str | None, typer.Argument(help="Id of a paper in the archive.")] = None,
    text: Annotated[
        str | None, typer.Option(help="A text instead of a paper, in either language.")
    ] = None,
    limit: Limit = 10,
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
    """Find papers like one in the archive, or like a pasted text."""
    narrowing = narrowed(date_from, date_to, topic, category, source, author, has_code)
    with searching(home) as searcher:
        answer = searcher.similar(paper_id, text=text, limit=limit, narrowing=narrowing)
    tell(answer.hints)
    if json:
        console.print_json(answer)
    else:
        console.print_results(answer.results, answer.took_ms)


@app.command(
    epilog="Examples: archive ask 'How does DDPM make images?' · archive ask 哪些论文讲扩散模型？"
)
def ask(
    context: typer.Context,
    question: Annotated[str, typer.Argument(help="A question, in either language.")],
    date_from: From = None,
    date_to: To = None,
    topic: Topic = None,
    category: Category = None,
    source: Source = None,
    author: Author = None,
    has_code: HasCode = None,
    llm: Annotated[
        str | None,
        typer.Option(
            help="Language model that writes the answer: http://host/v1#model or provider:model.",
            envvar="ARCHIVE_LLM",
            rich_help_panel="Archive",
        ),
    ] = None,
    quote: Annotated[
        bool, typer.Option("--quote", help="Only the archive's own sentences, no language model.")
    ] = False,
    home: Home = None,
    json: Json = False,
) -> None:
    """Answer a question from the archive, with citations, or say that it does not answer it.

    The answer is quoted, or written by a language model where one is named; then each of its
    sentences is checked against what it cites.
    """
    narrowing = narrowed(date_from, date_to, topic, category, source, author, has_code)
    with opened(home, llm=llm or None) as archive:
        if quote:  # nothing that is set up for a language model may matter then
            archive.settings = archive.settings.model_copy(update={"llm": None})
        hint(archive, narrowing)
        server = find_server(archive.home)
        given = context.get_parameter_source("llm")
        if server and not quote and given and given.name == "COMMANDLINE":
            raise ConfigError(
                f"The server at {server.url} answers with the language model that it was started "
                "with; leave out --llm, or stop it and start it with ARCHIVE_LLM."
            )
        asker = server or archive.asker
        drafted = False
        for event in asker.stream(question, narrowing, quote=quote):
            if isinstance(event, Piece):
                drafted = True
                console.print_piece(event)
            else:
                answer = event
    if drafted:
        console.end_draft()
    show_value(answer, console.print_answer, json)


@app.command(epilog="Example: archive show 1706.03762")
def show(
    paper_id: Annotated[str, typer.Argument(help="Id of a paper, or a link to it.")],
    home: Home = None,
    json: Json = False,
) -> None:
    """Print one paper's whole record, with where and when it was seen."""
    with opened(home) as archive:
        paper = archive.paper(paper_id)
    show_value(paper, console.print_paper, json)
