"""The commands `archive eval …`; registered as a plug-in of the command line.

Arguments in, reports out; what is measured and how belongs to the modules beside this one,
which are imported late: every other command loads this file too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack, nullcontext
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from eval.console import show
from eval.extras import NeedsExtras
from search_api import console
from search_api.commands.options import Home, Json, opened, show_value, tell

app = typer.Typer(no_args_is_help=True, cls=NeedsExtras)

Pages = Annotated[
    Path | None,
    typer.Argument(help="Folder of digest pages; the archive itself (--home) unless given."),
]
Half = Annotated[
    Literal["dev", "test"],
    typer.Option(help="Half of what is measured on; the test half is looked at last."),
]


@app.callback()
def group() -> None:
    """Measure the archive."""


@app.command(
    epilog="Examples: archive eval retrieval archives/ · "
    "archive eval retrieval scifact/ --all-baselines --html scifact.html"
)
def retrieval(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            help="BEIR folders, folders of them, or folders of digest pages; the pages that the "
            "archive (--home) was made of unless given."
        ),
    ] = None,
    task: Annotated[
        Literal["natural", "cross-text", "titles", "duplicates"] | None,
        typer.Option(help="One task of digest pages, instead of all."),
    ] = None,
    split: Annotated[
        Literal["dev", "test"],
        typer.Option(help="Half of the natural queries; the test half is looked at last."),
    ] = "dev",
    qrels: Annotated[
        Path | None,
        typer.Option(help="Judgements of one BEIR folder, instead of its test split's."),
    ] = None,
    baseline: Annotated[
        list[str] | None,
        typer.Option(
            help="bm25, plain, ours, rrf (these unless told otherwise), llamaindex, txtai, chroma, "
            "or none; repeatable."
        ),
    ] = None,
    all_baselines: Annotated[
        bool, typer.Option("--all-baselines", help="Every baseline, the slow ones too.")
    ] = False,
    html: Annotated[Path | None, typer.Option(help="Write a report with plots, one file.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write all results as JSON, every query's values too.")
    ] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Measure searching, through the code that serves users, beside baselines.

    Figures are nDCG, recall and reciprocal rank over all judged queries, by direction, with
    95% intervals and paired tests.
    """
    from eval import page, report
    from eval.archives import read_pages
    from eval.baselines import choose
    from eval.discover import find_tasks, page_tasks
    from eval.models import measuring
    from eval.retrieval import evaluate
    from eval.table import summary, table

    for path in filter(None, (out, html)):
        report.check(path)
    chosen = choose(baseline or [], everything=all_baselines)
    if paths:
        tasks = find_tasks(paths, _note, only=task, split=split, qrels=qrels)
    else:
        with opened(home) as archive:
            pages = read_pages(*(file.path for file in archive.catalogue.files()))
        tasks = page_tasks(archive.home, pages, _note, only=task, split=split)
        paths = [archive.home]
    with measuring(home) as (settings, models, observer):
        done = [evaluate(each, models, chosen, settings, observer) for each in tasks]
        configuration = report.configuration(models, done, chosen)
    name = tasks[0].name if len(tasks) == 1 else " ".join(path.resolve().name for path in paths)
    found = report.combine(name, [report.describe(each) for each in done], configuration)
    if out:
        report.write_results(out, found, done)
    if html:
        report.write(html, page.render(found, done))
    show_value(found, _print(lambda it: map(table, it.datasets)), json)
    if not json:
        if len(tasks) > 1:
            show(summary(found))
        console.out.print(report.LEGEND, style="dim")


@app.command(epilog="Example: archive eval ask archives/")
def ask(
    archives: Pages = None,
    split: Annotated[
        Literal[
            "train", "dev", "test", "outside", "hard", "subtle", "lists", "lists-told", "lists-kept"
        ],
        typer.Option(
            help="Part of the questions: the test half is looked at last, outside ones are by "
            "others, for totals only, the hard ones are all about papers that are there, the "
            "subtle ones have one detail off where there is no answer; lists ask which papers "
            "there are on something (lists-told as people tell what they remember), and some of "
            "these are kept too."
        ),
    ] = "dev",
    llm: Annotated[
        str | None,
        typer.Option(
            help="Language model that answers too, beside LlamaIndex's engine with the same: a "
            "name as for `archive ask`, or 'small' for one that is served here.",
            envvar="ARCHIVE_LLM",
        ),
    ] = None,
    sample: Annotated[
        int | None, typer.Option(min=1, help="Ask about so many questions, spread over the part.")
    ] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Measure answers: right ones, refusals where there is no answer, exact quotes, time."""
    from eval import asking
    from eval.models import measuring
    from eval.small_model import serving

    with (
        serving() if llm == "small" else nullcontext(llm) as address,
        measuring(home) as (settings, models, observer),
    ):
        settings = settings.model_copy(update={"llm": address})
        report = asking.evaluate(archives, split, models, settings, observer, sample=sample)
    _tell_missing(report.configuration)
    show_value(report, _print(asking.tables), json)


@app.command(epilog="Example: archive eval topics archives/")
def topics(archives: Pages = None, home: Home = None, json: Json = False) -> None:
    """Measure classification on the topics and categories that digests gave their papers."""
    from eval import topics as sorting
    from eval.models import measuring

    with measuring(home) as (settings, models, observer):
        report = sorting.evaluate(archives, models, settings, observer)
    show_value(report, _print(sorting.tables), json)


@app.command(epilog="Example: archive eval trends --home ~/archive")
def trends(home: Home = None, json: Json = False) -> None:
    """Measure what trends and the map rest on: a score, a test against chance, a projection."""
    from eval import moving

    with opened(home, own=True) as archive:
        report = moving.evaluate(archive)
    show_value(report, _print(moving.tables), json)


@app.command(epilog="Example: archive eval summaries archives/")
def summaries(
    archives: Pages = None,
    split: Half = "dev",
    seed: Annotated[int, typer.Option(help="Another seed puts in other errors.")] = 0,
    home: Home = None,
    json: Json = False,
) -> None:
    """Measure `archive check summaries` on errors put in on purpose, beside plain checks."""
    from eval import checking
    from eval.models import measuring

    with measuring(home) as (settings, models, observer):
        report = checking.evaluate(archives, split, models, settings, observer, seed)
    show_value(report, _print(lambda it: [checking.table(it)]), json)


@app.command(epilog="Example: archive eval claims archives/ more-archives/")
def claims(
    archives: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Pages with the papers that claims are about; the archive itself (--home) unless "
            "given."
        ),
    ] = None,
    split: Half = "dev",
    home: Home = None,
    json: Json = False,
) -> None:
    """Measure how well what language models say of papers is verified."""
    from embeddings.judge import BundledJudge
    from eval import claims as judging
    from eval.catalogued import catalogued
    from search_api.answers.verification import Verifier

    with ExitStack() as stack:
        if archives:
            archive, _, _ = stack.enter_context(catalogued(archives))
        else:
            archive = stack.enter_context(opened(home))
        found = judging.load_claims(archive.catalogue, split)
        judge = BundledJudge(archive.settings.cache.expanduser())
        kept, alone = judging.verified(found, Verifier(archive.embedder, judge), judge)
    report = judging.report(found, kept, alone, split)
    show_value(report, _print(lambda it: [judging.table(it)]), json)


@app.command(epilog="Example: archive eval watches archives/")
def watches(
    archives: Pages = None, split: Half = "dev", home: Home = None, json: Json = False
) -> None:
    """Measure from which score on a paper belongs to a saved search."""
    from eval import watching
    from eval.models import measuring

    with measuring(home) as (settings, models, observer):
        report = watching.evaluate(archives, split, models, settings, observer)
    _tell_missing(report.configuration)
    show_value(report, _print(lambda it: [watching.table(it)]), json)


def _print(tables: Callable[[Any], Iterable[Any]]) -> Callable[[Any], None]:
    def print_all(report: Any) -> None:
        for each in tables(report):
            show(each)

    return print_all


def _tell_missing(configuration: dict[str, Any]) -> None:
    if missing := configuration["papers missing"]:
        _note(
            f"{missing} of the papers that are asked about are not there; they count as not found"
        )


def _note(text: str) -> None:
    tell([text])
