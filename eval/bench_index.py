"""Benchmark: indexing and searching an archive, beside LlamaIndex with the same weights.

    python -m eval.bench_index [ARCHIVES] [--side paper-archive]

ARCHIVES is a folder of digest pages, the example archive where it is left out. Each side
runs in a process of its own, one after the other, with the model already prepared. The
baseline is what LlamaIndex's documentation starts with: `VectorStoreIndex.from_documents`
with its own splitter and in-memory store, here over the same texts, embedded with the same
weights by sentence-transformers. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import platformdirs

from eval.measure import disk_mb, latency_ms, peak_memory_mb, seconds

QUERIES = (
    "多语言文本向量模型",
    "把图片切成小块当作单词来做图像识别",
    "text to image generation in a compressed space",
    "neural networks that solve partial differential equations",
)
RUNS = 20


def ours(archives: Path, work: Path) -> dict[str, Any]:
    """Index with Paper Archive, index again, and search."""
    from indexer.settings import Settings
    from search_api.archive import Archive

    stages: dict[str, float] = {}
    home = work / "home"
    with Archive(Settings(home=home)) as archive:
        with seconds(stages, "open model"):
            _ = archive.embedder
        with seconds(stages, "index"):
            report = archive.index([archives])
        with seconds(stages, "index again"):
            again = archive.index([archives])
        latencies = {
            query: latency_ms(partial(archive.searcher.search, query), RUNS) for query in QUERIES
        }
        home_files = {path.name: disk_mb(path) for path in home.iterdir() if path.is_dir()}
    command = [str(Path(sys.executable).with_name("archive")), "search", QUERIES[0]]
    command += ["--home", str(home)]
    cold = latency_ms(lambda: subprocess.run(command, check=True, capture_output=True), 5)
    return {
        "papers": report.papers,
        "passages": report.passages,
        "rows_read": report.rows_read,
        "seconds": stages,
        "stages": report.stages,
        "passages_per_second": round(report.passages_embedded / report.stages["embed"], 1),
        "embedded_again": again.passages_embedded,
        "search_ms": latencies,
        "cold_search_ms": cold,
        "peak_memory_mb": peak_memory_mb(),
        "disk_mb": {"catalogue": disk_mb(home) - sum(home_files.values()), **home_files},
    }


def llama_index(archives: Path, work: Path) -> dict[str, Any]:
    """Index the same texts with LlamaIndex's defaults, store and search them."""
    from llama_index.core import Document, StorageContext, VectorStoreIndex, load_index_from_storage
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

    from eval.reference_model import write_reference_model
    from indexer.files import decode, discover, read_bytes
    from indexer.identity import paper_key
    from indexer.readers.registry import load_registry

    stages: dict[str, float] = {}
    model = write_reference_model(platformdirs.user_cache_path("paper-archive") / "reference")
    with seconds(stages, "open model"):
        embedding = HuggingFaceEmbedding(
            str(model), query_instruction="query: ", text_instruction="passage: ", device="cpu"
        )
    registry = load_registry()
    documents = []
    with seconds(stages, "read"):
        for file in discover([archives]):
            page = decode(file.path, read_bytes(file.path))
            reader = registry.recognise(page)
            for row in reader.read(page).rows if reader else ():
                for language in ("zh", "en"):
                    texts = [text.text for text in row.texts if text.language == language]
                    if texts:
                        text = "\n".join((row.title, *texts))
                        documents.append(Document(text=text, metadata={"paper": paper_key(row)}))
    with seconds(stages, "index"):
        index = VectorStoreIndex.from_documents(documents, embed_model=embedding)
    with seconds(stages, "store"):
        index.storage_context.persist(str(work / "store"))
    with seconds(stages, "load again"):
        context = StorageContext.from_defaults(persist_dir=str(work / "store"))
        index = load_index_from_storage(context, embed_model=embedding)
    retriever = index.as_retriever(similarity_top_k=10)
    latencies = {query: latency_ms(partial(retriever.retrieve, query), RUNS) for query in QUERIES}
    return {
        "documents": len(documents),
        "seconds": stages,
        "documents_per_second": round(len(documents) / stages["index"], 1),
        "search_ms": latencies,
        "peak_memory_mb": peak_memory_mb(),
        "disk_mb": disk_mb(work / "store"),
    }


SIDES = {"paper-archive": ours, "llama-index": llama_index}


def main() -> None:
    """Run both sides, each in its own process, or one of them in this one."""
    parser = argparse.ArgumentParser(description=__doc__)
    example = Path(str(files("indexer") / "examples"))
    parser.add_argument("archives", nargs="?", type=Path, default=example)
    parser.add_argument("--side", choices=SIDES, help="only this one")
    given = parser.parse_args()
    if not given.archives.is_dir():
        parser.error(f"{given.archives} is no folder")
    if given.side:
        with tempfile.TemporaryDirectory() as work:
            result = SIDES[given.side](given.archives, Path(work))
        sys.stdout.write(json.dumps(result, ensure_ascii=False))
        return
    results = {}
    for side in SIDES:
        command = [sys.executable, "-m", "eval.bench_index", str(given.archives), "--side", side]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=os.environ)
        results[side] = json.loads(done.stdout)
    sys.stdout.write(json.dumps(results, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
