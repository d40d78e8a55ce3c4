"""What the tests share: the real pages, the real model prepared once, and whole archives.

Nothing here touches the user's own archive or cache: every `ARCHIVE_*` variable is replaced
for the session. The real pages are indexed once; a test that changes an archive copies it.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import hypothesis
import numpy as np
import pytest

from embeddings.bundled import BundledEmbedder
from embeddings.judge import BundledJudge
from embeddings.open import open_embedder
from indexer.catalogue import Catalogue
from indexer.pipeline import Indexer
from indexer.readers.registry import load_registry
from indexer.settings import Settings
from indexer.stores.open import open_store
from search_api.archive import Archive

ROOT = Path(__file__).parent.parent
SHARED = Path(os.environ.get("PAPER_ARCHIVE_SHARED", ROOT.parent / "shared"))
EXAMPLES = ROOT / "indexer" / "examples"
BIN = Path(sys.executable).with_name("archive")
# Before a command: without what lets an administrator read everything.
NO_RIGHTS = (
    ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
    if os.geteuid() == 0 and shutil.which("setpriv")
    else []
)
DEADLINE = 300  # of one command: against hanging for ever, no measure of speed

# An example may take long on a machine that has other work.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory):
    """The prepared model of this session, in an environment without the user's own."""
    # Several gigabytes would pile up over a few sessions if pytest kept this folder.
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith("ARCHIVE_") or name.lower().endswith("_proxy"):
                patch.delenv(name)
        patch.setenv("ARCHIVE_CACHE", str(folder))
        patch.setenv("ARCHIVE_HOME", str(tmp_path_factory.mktemp("none") / "default-home"))
        patch.setenv("ARCHIVE_LOCK_TIMEOUT", "0.5")
        patch.setenv("HF_HUB_OFFLINE", "1")
        patch.setenv("COLUMNS", "200")
        yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session", autouse=True)
def interrupts():
    """Interrupts reach what tests start: a shell has what it runs in the background ignore them,
    and all that this starts with it.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


class MemoEmbedder:
    """An embedder that runs its model once for each text and notes what it was asked for."""

    def __init__(self, embedder):
        self._embedder = embedder
        self._known = {}
        self.identity = embedder.identity
        self.asked = []

    def embed_passages(self, texts, progress=None):
        self.asked.extend(texts)
        missing = list(dict.fromkeys(text for text in texts if text not in self._known))
        self._known.update(zip(missing, self._embedder.embed_passages(missing), strict=True))
        if progress is not None:
            progress(len(texts))
        rows = [self._known[text] for text in texts]
        return np.array(rows, np.float32).reshape(len(texts), self.identity.dimension)

    def embed_queries(self, texts):
        return self._embedder.embed_queries(texts)


@pytest.fixture(scope="session")
def bundled(cache):
    """The bundled model before its projection."""
    return BundledEmbedder(cache)


@pytest.fixture(scope="session")
def session_embedder(cache):
    return MemoEmbedder(open_embedder("multilingual-e5-small", cache))


@pytest.fixture(scope="session")
def judge(cache):
    """The judge of claims that ships."""
    return BundledJudge(cache)


@pytest.fixture
def embedder(session_embedder):
    """The default model; `asked` lists the passages of this test alone."""
    session_embedder.asked.clear()
    return session_embedder


@pytest.fixture(scope="session")
def archives():
    """The folder of the real pages."""
    folder = SHARED / "archives"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not here; set PAPER_ARCHIVE_SHARED to the folder of real pages")
    return folder


@pytest.fixture(scope="session")
def archive_command(cache):
    """Runs the real command in a process of its own."""

    def run(*arguments, home=None, stdin=None, env=None):
        return subprocess.run(
            [BIN, *map(os.fsdecode, map(os.fspath, map(_path_or_text, arguments)))],
            env=os.environ | ({"ARCHIVE_HOME": str(home)} if home else {}) | (env or {}),
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            cwd=ROOT,
            timeout=DEADLINE,
        )

    return run


def _path_or_text(argument):
    return argument if isinstance(argument, str | bytes | os.PathLike) else str(argument)


@pytest.fixture
def without(tmp_path):
    """Makes an environment for commands in which packages cannot be imported."""

    def hide(*packages):
        for name in packages:  # each stands before the real one
            (tmp_path / "hidden" / name).mkdir(parents=True)
            (tmp_path / "hidden" / name / "__init__.py").write_text("raise ImportError('hidden')")
        path = os.pathsep.join([str(tmp_path / "hidden"), os.environ.get("PYTHONPATH", "")])
        return {"PYTHONPATH": path}

    return hide


def copy_home(home, target):
    """Copies a home, whose files are mostly holes: `shutil` would fill them with 200 MB."""
    assert not target.exists()
    gnu = ["cp", "--recursive", "--sparse=always", home, target]
    if sys.platform == "linux" and not subprocess.run(gnu, stderr=subprocess.DEVNULL).returncode:
        return target
    return shutil.copytree(home, target, dirs_exist_ok=True)


@pytest.fixture(scope="session")
def real(archives, archive_command, tmp_path_factory):
    """The real pages, indexed once by the real command: the home and the command's report."""
    home = tmp_path_factory.mktemp("real") / "home"
    done = archive_command("index", archives, "--json", home=home)
    assert done.returncode == 0, done.stderr
    return home, json.loads(done.stdout)


@pytest.fixture(scope="session")
def example(session_embedder, tmp_path_factory):
    """The home of the example archive; copy it before changing or serving it."""
    home = tmp_path_factory.mktemp("example") / "home"
    with Archive(Settings(home=home)) as archive:
        archive.index([EXAMPLES])
    return home


@pytest.fixture
def copy_of(tmp_path):
    """Copies a home into this test's own folder."""

    def copy(home, name="home"):
        return copy_home(home, tmp_path / name)

    return copy


@pytest.fixture
def open_archive(tmp_path):
    """Opens archives in this process and closes them after the test, before its folder goes."""
    with contextlib.ExitStack() as stack:
        yield lambda home, **given: stack.enter_context(Archive(Settings(home=home, **given)))


@pytest.fixture(scope="module")
def example_search(example, tmp_path_factory):
    """A searcher over a copy of the example archive, open for a whole module."""
    home = copy_home(example, tmp_path_factory.mktemp("search") / "home")
    with Archive(Settings(home=home)) as archive:
        yield archive.searcher


@pytest.fixture(scope="module")
def real_search(real, tmp_path_factory):
    """A searcher over a copy of the real archive, open for a whole module."""
    home = copy_home(real[0], tmp_path_factory.mktemp("search-real") / "home")
    with Archive(Settings(home=home)) as archive:
        yield archive.searcher


class Workshop:
    """A home with the parts of an indexing run, so that a test can look at each."""

    def __init__(self, home, embedder):
        self.home = home
        self.embedder = embedder
        self.catalogue = Catalogue(home / "catalogue.sqlite")
        self.store = open_store("edge", home / "edge", embedder.identity.dimension)

    def indexer(self, **given):
        return Indexer(self.catalogue, self.store, load_registry(), lambda: self.embedder, **given)

    def index(self, *paths, source=None, prune=False):
        return self.indexer().index(paths, source=source, prune=prune)

    def state(self):
        return state_of(self.catalogue, self.store)

    def close(self):
        self.store.close()
        self.catalogue.close()


@pytest.fixture
def workshop(tmp_path, embedder):
    """Makes workshops over the real store and model."""
    with contextlib.ExitStack() as stack:

        def make(name="home"):
            return stack.enter_context(contextlib.closing(Workshop(tmp_path / name, embedder)))

        yield make


def papers_of(catalogue):
    return [catalogue.paper(paper_id) for paper_id in catalogue.paper_ids()]


def state_of(catalogue, store):
    """Everything that must be alike in two archives that hold the same.

    Vectors are left out: a text may be embedded in another batch, which moves last digits.
    """
    papers = papers_of(catalogue)
    points = store.fetch(sorted(store.ids()))
    return {
        "papers": papers,
        "passages": {paper.paper_id: catalogue.passages_of(paper.paper_id) for paper in papers},
        "unfinished": catalogue.ids_in_state("new", "changed", "gone"),
        "rejects": catalogue.rejects(),
        "points": {point.id: (point.payload, point.sparse) for point in points},
    }


@pytest.fixture(scope="session")
def state():
    """The comparable state of a home."""

    def read(home, dimension=384):
        with (
            Catalogue(home / "catalogue.sqlite") as catalogue,
            open_store("edge", home / "edge", dimension) as store,
        ):
            return state_of(catalogue, store)

    return read


class Served:
    """A real server process over one home."""

    def __init__(self, home, *options, env=None):
        self.home = home
        self.log = home.with_name(f"{home.name}-serve.log")
        # A file, since a pipe that nobody reads would fill and stop the server.
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [BIN, "serve", "--port", "0", *options],
                env=os.environ | {"ARCHIVE_HOME": str(home)} | (env or {}),
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )
        try:
            self.url = self._address()
        except BaseException:
            self.stop()
            raise

    def _address(self):
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end and self.process.poll() is None:
            found = re.search(r"running on (http://\S+)", self.log.read_text())
            if found:
                return found[1]
            time.sleep(0.05)
        raise AssertionError(f"the server did not start:\n{self.log.read_text()}")

    def stop(self, how=signal.SIGINT):
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(DEADLINE)


@pytest.fixture
def serve():
    """Starts servers and stops them after the test."""
    with contextlib.ExitStack() as stack:

        def start(home, *options, env=None):
            served = Served(home, *options, env=env)
            stack.callback(served.stop)
            return served

        yield start


@pytest.fixture(scope="module")
def server(example, tmp_path_factory):
    """One server over the example archive for a whole module."""
    home = copy_home(example, tmp_path_factory.mktemp("served") / "home")
    served = Served(home)
    yield served
    served.stop()


@pytest.fixture(scope="module")
def client(server):
    with httpx.Client(base_url=server.url, timeout=DEADLINE) as client:
        yield client


class TinyModel:
    """A real sentence-transformers model of a few words, saved to a folder, and its numbers."""

    WORDS = ("[UNK]", "query", "passage", ":", "cat", "dog", "graph", "向量", "检索")
    DIMENSION = 12

    def __init__(self, folder, prompts=None, seed=0):
        import tokenizers
        import torch
        from sentence_transformers import SentenceTransformer
        from sentence_transformers.sentence_transformer.modules import StaticEmbedding

        words = {word: index for index, word in enumerate(self.WORDS)}
        tokenizer = tokenizers.Tokenizer(tokenizers.models.WordLevel(words, unk_token="[UNK]"))
        tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
        shape = (len(words), self.DIMENSION)
        self.folder = folder
        self.table = np.random.default_rng(seed).normal(size=shape).astype(np.float32)
        module = StaticEmbedding(tokenizer, embedding_weights=torch.from_numpy(self.table))
        model = SentenceTransformer(modules=[module], prompts=prompts or {}, device="cpu")
        model.save(str(folder))

    def vector(self, text):
        known = [self.WORDS.index(word) if word in self.WORDS else 0 for word in text.split()]
        mean = self.table[known].mean(axis=0)
        return mean / np.linalg.norm(mean)


@pytest.fixture(scope="session")
def make_model():
    pytest.importorskip("sentence_transformers")
    return TinyModel


@pytest.fixture(scope="session")
def tiny_model(make_model, tmp_path_factory):
    """The folder of a tiny model without prompts."""
    return str(make_model(tmp_path_factory.mktemp("models") / "tiny-model").folder)
