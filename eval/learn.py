"""The commands `archive learn …`: what ships, learned from texts in both languages, questions or
claims.

How each is learned belongs to `embeddings.contrastive`, `embeddings.alignment`, `fitting`,
`adapting` and `judging`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from embeddings.bundled import NAME as BUNDLED
from embeddings.pairs import Pair
from eval.extras import NeedsExtras
from search_api import console

app = typer.Typer(no_args_is_help=True, cls=NeedsExtras)

_HELD_OUT = slice(2600, 3600)
_CALIBRATION = 100
"""The first pairs, which the bundled model's quantization was calibrated on."""

HoldOut = Annotated[
    bool,
    typer.Option(
        help="Leave out pairs 1 to 100 and 2,601 to 3,600, which what ships is measured on."
    ),
]
Pairs = Annotated[Path, typer.Argument(help="JSON lines (.xz, .gz) with title, abstract and zh.")]


@app.callback()
def group() -> None:
    """Learn what ships: map and lexicon from texts in both languages, the rest from examples."""


@app.command("map", epilog="Example: archive learn map pairs.jsonl.xz --out map.npz")
def map_(
    pairs: Pairs,
    out: Annotated[Path, typer.Option(help="File to write; give it to ARCHIVE_PROJECTION.")],
    model: Annotated[
        str, typer.Option(help="Bundled model, sentence-transformers name, or endpoint.")
    ] = BUNDLED,
    hold_out: HoldOut = False,
) -> None:
    """Learn a linear map that takes language out of a model's vectors."""
    from embeddings import contrastive
    from embeddings.pairs import read_pairs
    from embeddings.projection import save
    from eval.models import open_models
    from indexer.settings import read_settings

    settings = read_settings().model_copy(update={"model": model})
    learned = _learned(read_pairs(pairs), hold_out=hold_out)
    with console.TerminalObserver() as observer, open_models(settings, observer) as models:
        observer.stage("Embedding both languages", 2 * len(learned))
        embed = models.plain.embed_passages
        chinese = embed([pair.chinese for pair in learned], observer.advance)
        english = embed([pair.english for pair in learned], observer.advance)
    save(contrastive.train(chinese, english), out)
    console.out.print(f"{out}: learned from {len(learned)} pairs")


@app.command(epilog="Example: archive learn lexicon pairs.jsonl.xz --out lexicon.npz")
def lexicon(
    pairs: Pairs,
    out: Annotated[Path, typer.Option(help="File to write.")],
    hold_out: HoldOut = False,
) -> None:
    """Learn which terms translate each other."""
    from embeddings import alignment
    from embeddings.lexicon import save
    from embeddings.pairs import read_pairs

    learned = _learned(read_pairs(pairs), hold_out=hold_out)
    found = alignment.learn([p.chinese for p in learned], [p.english for p in learned])
    save(found, out)
    console.out.print(f"{out}: {len(found.terms)} terms, from {len(learned)} pairs")


@app.command(epilog="Example: archive learn answers archives/ --out answers.json")
def answers(
    archives: Annotated[Path, typer.Argument(help="Folder of the archives that are asked about.")],
    out: Annotated[Path, typer.Option(help="File to write.")],
) -> None:
    """Learn which sentences answer a question and when none does; prints the curve."""
    from embeddings.reader import BundledReader
    from eval.asking import indexed
    from eval.example import examples
    from eval.fitting import fit
    from eval.models import open_models
    from eval.questions import load_questions
    from indexer.settings import read_settings
    from search_api.answers.model import save

    settings = read_settings()
    with (
        console.TerminalObserver() as observer,
        open_models(settings, observer) as models,
        indexed(archives, models, settings, observer) as archive,
    ):
        found = examples(archive.asker, load_questions("train"))
        model, curve = fit(found, BundledReader(settings.cache.expanduser()))
    save(model, out)
    console.out.print(
        f"{out}: learned from {len(found)} questions; in cross-validation, of those that ask for "
        "no papers"
    )
    for point in curve:
        mark = " <- chosen" if point.threshold == round(model.threshold, 4) else ""
        console.out.print(
            f"  below {point.threshold:.3f}: {point.refused:.1%} of unanswerable questions "
            f"refused, {point.falsely_refused:.1%} of answerable ones{mark}"
        )


@app.command(epilog="Example: archive learn requests --out list_request.json")
def requests(out: Annotated[Path, typer.Option(help="File to write.")]) -> None:
    """Learn which questions ask for papers."""
    from eval.list_request import MAX_FALSE, learn, questions
    from search_api.answers.list_request import save

    found = questions()
    model, known = learn(found)
    save(model, out)
    console.out.print(
        f"{out}: {len(model.weights)} clues, learned from {len(found)} questions; in "
        f"cross-validation {known:.1%} of those that ask for papers are known, and "
        f"{MAX_FALSE:.1%} of the others taken for such"
    )


@app.command(epilog="Example: archive learn reader archives/ more-archives/ --out r.npz")
def reader(
    archives: Annotated[
        list[Path], typer.Argument(help="Archives that hold the papers that are asked about.")
    ],
    out: Annotated[Path, typer.Option(help="File to write.")],
    squad: Annotated[
        list[Path] | None,
        typer.Option(help="Questions in SQuAD's format to learn from first; may be repeated."),
    ] = None,
    start: Annotated[
        Path | None, typer.Option(help="File that it wrote before, to go on from.")
    ] = None,
) -> None:
    """Learn to read a question with sentences of a paper; takes hours on two cores."""
    from embeddings.adapter import load, save
    from embeddings.reader import BundledReader
    from eval.adapting import learn, scaled, separation, steps
    from eval.catalogued import catalogued
    from eval.reading import exercises, split
    from eval.squad import exercises as read_squad

    with catalogued(archives) as (archive, folder, observer):
        observer.stage("Finding what looks like answers", 0)
        found, held_out = split(exercises(archive.catalogue, archive.embedder))
        first = read_squad(squad or [])
        observer.stage("Learning", steps(found, first=first))
        begun = load(start) if start else None
        learned = learn(found, folder / "model", observer.advance, first=first, start=begun)
        save(scaled(learned, found), out)
        observer.stage("Reading what was held out", 0)
        area = separation(BundledReader(folder, learned=out), held_out)
    console.out.print(
        f"{out}: learned from {len(first) + len(found)} questions; of {len(held_out)} others it "
        f"tells those that a paper answers with an area under the curve of {area:.3f}"
    )


@app.command(epilog="Example: archive learn judge archives/ more-archives/ --out j.npz")
def judge(
    archives: Annotated[
        list[Path], typer.Argument(help="Archives that hold the papers that claims are about.")
    ],
    out: Annotated[Path, typer.Option(help="File to write.")],
    start: Annotated[
        Path | None, typer.Option(help="File to go on from, if not from the reader that ships.")
    ] = None,
) -> None:
    """Learn to tell which claims follow from what they cite; takes hours on two cores."""
    from embeddings.adapter import bundled, load, save
    from eval.catalogued import catalogued
    from eval.claims import load_claims
    from eval.judging import learn, rounds

    with catalogued(archives) as (archive, folder, observer):
        found = load_claims(archive.catalogue, "train")
        batches = rounds(found)
        observer.stage("Learning", len(batches))
        save(learn(batches, folder / "model", observer.advance, load(start or bundled())), out)
    console.out.print(f"{out}: learned from {len(found)} claims")


def _learned(pairs: list[Pair], *, hold_out: bool) -> list[Pair]:
    if not hold_out:
        return pairs
    return pairs[_CALIBRATION : _HELD_OUT.start] + pairs[_HELD_OUT.stop :]
