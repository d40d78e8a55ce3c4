"""The commands `archive learn …`: what ships with a model, learned from texts in both languages.

How each is learned belongs to `embeddings.contrastive` and `embeddings.alignment`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from embeddings.bundled import NAME as BUNDLED
from embeddings.pairs import Pair
from search_api import console

app = typer.Typer(no_args_is_help=True)

HELD_OUT = slice(2600, 3600)
"""Pairs of a file that nothing is learned from, so that there is something to measure on."""
CALIBRATION = 100
"""The first pairs, which the bundled model's quantization was calibrated on."""

Pairs = Annotated[Path, typer.Argument(help="JSON lines (.xz, .gz) with title, abstract and zh.")]


@app.callback()
def group() -> None:
    """Learn what makes a model fair between languages, from texts in both."""


@app.command("map", epilog="Example: archive learn map pairs.jsonl.xz --out map.npz")
def map_(
    pairs: Pairs,
    out: Annotated[Path, typer.Option(help="File to write; give it to ARCHIVE_PROJECTION.")],
    model: Annotated[
        str, typer.Option(help="Bundled model, sentence-transformers name, or endpoint.")
    ] = BUNDLED,
) -> None:
    """Learn a linear map that takes language out of a model's vectors."""
    from embeddings import contrastive
    from embeddings.bundled import BundledEmbedder
    from embeddings.open import open_embedder
    from embeddings.pairs import read_pairs
    from embeddings.projection import save
    from eval.vectors import RememberingEmbedder
    from indexer.settings import read_settings

    cache = read_settings().cache.expanduser()
    learned = _learned(read_pairs(pairs))
    with console.TerminalObserver() as observer:
        plain = BundledEmbedder(cache) if model == BUNDLED else open_embedder(model, cache)
        embedder = RememberingEmbedder(plain, cache / "evaluation.sqlite")
        observer.stage("Embedding both languages", 2 * len(learned))
        chinese = embedder.embed_passages([pair.chinese for pair in learned], observer.advance)
        english = embedder.embed_passages([pair.english for pair in learned], observer.advance)
        embedder.close()
    save(contrastive.train(chinese, english), out)
    console.out.print(f"{out}: learned from {len(learned)} pairs")


@app.command(epilog="Example: archive learn lexicon pairs.jsonl.xz --out lexicon.npz")
def lexicon(pairs: Pairs, out: Annotated[Path, typer.Option(help="File to write.")]) -> None:
    """Learn which terms translate each other."""
    from embeddings import alignment
    from embeddings.lexicon import save
    from embeddings.pairs import read_pairs

    learned = _learned(read_pairs(pairs))
    found = alignment.learn([p.chinese for p in learned], [p.english for p in learned])
    save(found, out)
    console.out.print(f"{out}: {len(found.terms)} terms, from {len(learned)} pairs")


def _learned(pairs: list[Pair]) -> list[Pair]:
    return pairs[CALIBRATION : HELD_OUT.start] + pairs[HELD_OUT.stop :]
