"""Commands about topics: classify, and what the topics are."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from embeddings.errors import BadQuery, InputError
from search_api import console
from search_api.commands.options import (
    Home,
    Json,
    Listing,
    opened,
    show_listing,
    show_value,
    tell,
)
from search_api.commands.output import replacing
from search_api.running import find_server
from search_api.topics.labels import AllClassified, Classified
from search_api.topics.sets import FOLDER, MIN_EXAMPLES, TopicSet, defined, too_few, topics_of
from search_api.topics.topic import as_toml, distinct

app = typer.Typer()
topics_app = typer.Typer(no_args_is_help=True, help="What an archive is classified by.")
app.add_typer(topics_app, name="topics")

Set = Annotated[
    TopicSet | None,
    typer.Option(
        "--set",
        help="Topics to choose from: archive (its digests' and your own; these unless there are "
        "none), shipped, all (both of these), or categories (arXiv's).",
    ),
]


@app.command(
    epilog="Examples: archive classify 1706.03762 · archive classify --text '一种新的扩散模型…'"
)
def classify(
    paper_id: Annotated[str | None, typer.Argument(help="Id of a paper in the archive.")] = None,
    text: Annotated[
        str | None, typer.Option(help="A text instead of a paper, in either language.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every paper of the archive.")] = False,
    topics: Set = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Say which topics a paper or a text belongs to, how surely and why; or that none fits.

    A paper's own topics are not looked at: its labels are what the other papers' say.
    """
    if every and (paper_id is not None or text is not None):
        raise BadQuery("give --all, a paper's id or a text, one of them")
    with opened(home) as archive:
        asked = find_server(archive.home) or archive
        if every:
            show_value(asked.classify_all(topics), print_all, json)
        else:
            show_value(asked.classify(paper_id, text=text, topics=topics), print_labels, json)


@topics_app.command(name="list")
def list_topics(topics: Set = None, home: Home = None, json: Json = False) -> None:
    """List the topics of a set, with how many examples each has here."""
    with opened(home) as archive:
        found = topics_of(archive.catalogue, archive.home, topics)
        few = too_few(archive.catalogue, found, topics)
        known = set(archive.catalogue.paper_ids())
    items = [
        topic.model_dump() | {"examples_here": sum(each in known for each in topic.examples)}
        for topic in found
    ]
    lines = [
        f"{item['label']}  {item['examples_here']} examples"
        + ("" if item["description_en"] or item["description_zh"] else ", no description")
        for item in items
    ]
    hint = f"No topics yet; define some in {FOLDER}/*.toml below the archive's folder."
    show_listing(items, lines or [hint], json)
    if few:
        tell([f"of fewer than {MIN_EXAMPLES} papers, no topics unless defined: {_named(few)}"])


@topics_app.command(epilog="Example: archive topics discover --save, then edit the file")
def discover(
    groups: Annotated[
        int | None, typer.Option(help="How many groups; unless given, of about 20 papers.")
    ] = None,
    save: Annotated[
        bool, typer.Option("--save", help="Make each group a topic of this archive.")
    ] = False,
    home: Home = None,
    json: Json = False,
) -> None:
    """Find groups in what was collected, named by their most telling phrases."""
    from search_api.topics import discovery

    with opened(home, own=True) as archive:
        file = archive.home / FOLDER / "discovered.toml"
        if save and file.exists():
            raise InputError(f"{file} is there already; rename it to keep it, or remove it.")
        found = discovery.discover(archive.catalogue, archive.store, groups)
        if save:
            topics = distinct([each.as_topic() for each in found], defined(archive.home))
            file.parent.mkdir(exist_ok=True)
            with replacing(file) as work:
                work.write("\n".join(map(as_toml, topics)).encode())
            console.err.print(Text(f"{len(topics)} topics written to {file}"))
    if json:
        console.print_json(Listing(len(found), [asdict(each) for each in found]))
        return
    for group in found:
        line = Text(f"{len(group.papers):>4}  ", style="green")
        line.append(" · ".join((*group.en[:3], *group.zh[:3])), style="bold")
        console.out.print(line)
        for each in group.typical:
            console.out.print(Text(f"      {each.title} ({each.paper_id})", style="dim"))


def _named(names: list[str], most: int = 10) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" * (len(names) > most))


def print_labels(found: Classified) -> None:
    """Labels for people, with what speaks for them."""
    shown = [each for each in found.labels if each.accepted or each.because or each.phrases]
    if found.none_of_them:
        console.out.print("None of the topics" + ("; the nearest are" if shown else "."))
    for label in shown:
        line = Text(f"{label.score:.2f} ", style="green" if label.accepted else "dim")
        line.append(label.topic, style="bold" if label.accepted else "dim")
        if label.phrases:
            line.append("  " + " · ".join(label.phrases), style="cyan")
        console.out.print(line)
        for each in label.because if label.accepted else ():
            console.out.print(Text(f"     like {each.title} ({each.paper_id})", style="dim"))
    if found.filed_under:
        console.err.print(Text(f"digests file it under {', '.join(found.filed_under)}"))


def print_all(found: AllClassified) -> None:
    """How many papers belong to each topic."""
    table = Table("topic", "papers", box=None, padding=(0, 2, 0, 0))
    for topic, papers in found.counts.items():
        table.add_row(Text(topic), str(papers))
    table.add_row(Text("none of them", style="dim"), str(found.none_of_them))
    console.out.print(table)
    console.err.print(f"[dim]{len(found.papers)} papers in {found.took_ms:.0f} ms[/dim]")
