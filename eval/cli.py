"""The commands `archive eval …`; registered as a plug-in of the command line.

Arguments in, reports out; what is measured and how belongs to the modules beside this one,
which are imported late: every other command loads this file too.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from eval.extras import NeedsExtras
from indexer.settings import read_settings
from search_api import console
from search_api.commands.options import Home, opened

app = typer.Typer(no_args_is_help=True, cls=NeedsExtras)


@app.callback()
def group() -> None:
    """Measure the archive."""


@app.command(
    epilog="Examples: archive eval retrieval archives/ · "
    "archive eval retrieval scifact/ --all-baselines --html scifact.html"
)
def retrieval(
    paths: Annotated[
        list[Path],
        typer.Argument(help="BEIR folders, folders of them, or folders of digest pages."),
    ],
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
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure searching, through the code that serves users, beside baselines.

    Figures are nDCG, recall and reciprocal rank over all judged queries, by direction, with
    95% intervals and paired tests.
    """
    from eval import page, report
    from eval.baselines import choose
    from eval.discover import find_tasks
    from eval.models import open_models
    from eval.retrieval import evaluate
    from eval.table import summary, table

    settings = read_settings()
    for path in filter(None, (out, html)):
        report.check(path)
    chosen = choose(baseline or [], everything=all_baselines)
    tasks = find_tasks(paths, _note, only=task, split=split, qrels=qrels)
    with console.TerminalObserver() as observer, open_models(settings, observer) as models:
        done = [evaluate(each, models, chosen, settings, observer) for each in tasks]
        configuration = report.configuration(models, done, chosen)
    name = tasks[0].name if len(tasks) == 1 else " ".join(path.resolve().name for path in paths)
    found = report.combine(name, [report.describe(each) for each in done], configuration)
    if out:
        report.write_results(out, found, done)
    if html:
        report.write(html, page.render(found, done))
    if json:
        console.print_json(found)
    else:
        for dataset in found.datasets:
            console.out.print(table(dataset))
        if len(tasks) > 1:
            console.out.print(summary(found))
        console.out.print(report.LEGEND, style="dim")


@app.command(epilog="Example: archive eval ask archives/")
def ask(
    archives: Annotated[Path, typer.Argument(help="Folder of the digests that are asked about.")],
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
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure answers: right ones, refusals where there is no answer, exact quotes, time."""
    from contextlib import nullcontext

    from eval import asking
    from eval.models import open_models
    from eval.small_model import serving

    settings = read_settings()
    with (
        serving() if llm == "small" else nullcontext(llm) as address,
        console.TerminalObserver() as observer,
        open_models(settings, observer) as models,
    ):
        settings = settings.model_copy(update={"llm": address})
        report = asking.evaluate(archives, split, models, settings, observer, sample=sample)
    if json:
        console.print_json(report)
    else:
        for each in asking.tables(report):
            console.out.print(each)


@app.command(epilog="Example: archive eval topics archives/")
def topics(
    archives: Annotated[Path, typer.Argument(help="Folder of digest pages with topics.")],
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure classification on the topics and categories that digests gave their papers."""
    from eval import topics as sorting
    from eval.models import open_models

    settings = read_settings()
    with console.TerminalObserver() as observer, open_models(settings, observer) as models:
        report = sorting.evaluate(archives, models, settings, observer)
    if json:
        console.print_json(report)
    else:
        for each in sorting.tables(report):
            console.out.print(each)


@app.command(epilog="Example: archive eval trends --home ~/archive")
def trends(home: Home = None) -> None:
    """Measure what trends and the map rest on: a score, a test against chance, a projection."""
    from eval.moving import chance, nearness, projections

    with opened(home) as archive:
        console.out.print("score  precision  recall  F1    topics of the archive, by name")
        for least, (precision, recall, f1) in nearness(archive).items():
            console.out.print(f"{least:5.2f}  {precision:9.3f}  {recall:6.3f}  {f1:.3f}")
        told, doubled = chance(archive)
        console.out.print(
            f"dates dealt at random: {told:.3f} of runs tell of a phrase; {doubled:.0f} phrases a "
            "run would double or halve"
        )
        console.out.print("projection  trustworthiness  neighbours kept  seconds")
        for name, trust, kept, seconds in projections(archive):
            console.out.print(f"{name:10}  {trust:15.3f}  {kept:15.3f}  {seconds:7.1f}")


@app.command(epilog="Example: archive eval summaries archives/")
def summaries(
    archives: Annotated[Path, typer.Argument(help="Folder of digest pages in both languages.")],
    split: Annotated[
        Literal["dev", "test"],
        typer.Option(help="Half of the papers; the test half is looked at last."),
    ] = "dev",
    seed: Annotated[int, typer.Option(help="Another seed puts in other errors.")] = 0,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure `archive check summaries` on errors put in on purpose, beside plain checks."""
    from eval import checking
    from eval.models import open_models

    settings = read_settings()
    with console.TerminalObserver() as observer, open_models(settings, observer) as models:
        report = checking.evaluate(archives, split, models, settings, observer, seed)
    if json:
        console.print_json(report)
    else:
        console.out.print(checking.table(report))


@app.command(epilog="Example: archive eval claims archives/ more-archives/")
def claims(
    archives: Annotated[
        list[Path], typer.Argument(help="Archives that hold the papers that claims are about.")
    ],
    split: Annotated[
        Literal["dev", "test"], typer.Option(help="The test half is looked at last.")
    ] = "dev",
) -> None:
    """Measure how well what language models say of papers is verified."""
    from embeddings.judge import BundledJudge
    from eval.catalogued import catalogued
    from eval.claims import load_claims, table, verified
    from search_api.answers.verification import Verifier

    with catalogued(archives) as (archive, _, _):
        found = load_claims(archive.catalogue, split)
        judge = BundledJudge(archive.settings.cache.expanduser())
        kept, alone = verified(found, Verifier(archive.embedder, judge), judge)
    console.out.print(table(found, kept, alone))


@app.command(epilog="Example: archive eval watches archives/")
def watches(
    archives: Annotated[Path, typer.Argument(help="Folder of the digests that are asked about.")],
    split: Annotated[
        Literal["dev", "test"],
        typer.Option(help="Half of the queries; the test half is looked at last."),
    ] = "dev",
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure from which score on a paper belongs to a saved search."""
    from eval import watching
    from eval.models import open_models

    settings = read_settings()
    with console.TerminalObserver() as observer, open_models(settings, observer) as models:
        report = watching.evaluate(archives, split, models, settings, observer)
    if json:
        console.print_json(report)
    else:
        console.out.print(watching.table(report))


def _note(text: str) -> None:
    console.err.print(f"archive: {text}", markup=False, highlight=False, soft_wrap=True)
