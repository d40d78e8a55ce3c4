"""The archive as a LlamaIndex retriever, by itself and in LlamaIndex's own query engines."""

import asyncio

import pytest

from indexer.settings import Settings
from search_api.archive import Archive
from search_api.filters import Narrowing
from tests.scripted_model import ScriptedModel, writes

pytest.importorskip("llama_index.core")

from llama_index.core.callbacks import CallbackManager, CBEventType, LlamaDebugHandler
from llama_index.core.query_engine import CitationQueryEngine, RetrieverQueryEngine
from llama_index.core.schema import MetadataMode

from embeddings.errors import BadQuery
from search_api.answers.language_model import open_language_model
from search_api.retriever import ArchiveRetriever
from tests.conftest import copy_home

DIFFUSION = "denoising diffusion models that make images"


@pytest.fixture(scope="module")
def archive(example, tmp_path_factory):
    home = copy_home(example, tmp_path_factory.mktemp("retriever") / "home")
    with Archive(Settings(home=home)) as archive:
        yield archive


@pytest.fixture(scope="module")
def model():
    model = ScriptedModel()
    yield model
    model.close()


@pytest.fixture
def llm(model, tmp_path):
    return open_language_model(Settings(home=tmp_path, llm=model.name))


@pytest.mark.parametrize(
    ("query", "paper"),
    [
        (DIFFUSION, "2006.11239"),
        ("一次回归的目标检测", "1506.02640"),
        ("low-rank update of frozen weights", "2106.09685"),
        ("1706.03762", "1706.03762"),
    ],
)
def test_the_right_paper_comes_first(archive, query, paper):
    nodes = ArchiveRetriever(archive).retrieve(query)
    assert nodes[0].node.node_id == paper
    assert nodes[0].node.metadata["paper_id"] == paper


def test_nodes_are_what_a_search_finds(archive):
    nodes = ArchiveRetriever(archive, limit=7).retrieve(DIFFUSION)
    results = archive.searcher.search(DIFFUSION, limit=7).results
    assert [each.node.node_id for each in nodes] == [each.paper_id for each in results]
    assert len({each.node.node_id for each in nodes}) == len(nodes) == 7
    scores = [each.score for each in nodes]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_a_node_tells_of_its_paper(archive):
    for found in ArchiveRetriever(archive).retrieve(DIFFUSION):
        node, paper = found.node, archive.paper(found.node.node_id)
        assert node.metadata["title"] == paper.title
        assert node.metadata["url"] == paper.url
        assert node.metadata["date"] == paper.date
        assert node.metadata["date_precision"] == paper.date_precision
        assert node.metadata["authors"] == ", ".join(paper.authors)
        assert node.metadata["sources"]
        assert node.get_content(MetadataMode.NONE).startswith(paper.title)
        assert node.get_content(MetadataMode.LLM) == node.text
        assert node.get_content(MetadataMode.EMBED) == node.text
        assert node.text.removeprefix(paper.title).strip()
        own = [text.text for text in paper.texts if text.language == node.metadata["language"]]
        assert any(text in node.text for text in own)


def test_a_node_has_the_whole_text_that_was_found(archive):
    (node, *_) = ArchiveRetriever(archive).retrieve("每秒45帧的单次回归目标检测")
    assert (node.node.node_id, node.node.metadata["field"]) == ("1506.02640", "summary")
    parts = ("tldr", "motivation", "method", "result", "conclusion")
    texts = [text.text for text in archive.paper("1506.02640").texts if text.kind in parts]
    assert len(texts) == 5
    assert all(text in node.node.text for text in texts)


def test_filters_narrow(archive):
    narrowing = Narrowing(categories=("cs.CL",))
    nodes = ArchiveRetriever(archive, narrowing=narrowing).retrieve(DIFFUSION)
    assert nodes
    assert all("cs.CL" in archive.paper(each.node.node_id).categories for each in nodes)
    nowhere = ArchiveRetriever(archive, narrowing=Narrowing(date_from="2030"))
    assert nowhere.retrieve(DIFFUSION) == []
    with pytest.raises(BadQuery):
        ArchiveRetriever(archive, narrowing=Narrowing(date_from="soon")).retrieve(DIFFUSION)


def test_one_value_of_a_filter_may_be_given_as_it_is(archive):
    one, several = Narrowing(categories="cs.CL"), Narrowing(categories=["cs.CL"])
    assert one == several == Narrowing(categories=("cs.CL",), topics=None)
    assert ArchiveRetriever(archive, narrowing=one).retrieve(DIFFUSION)


def test_what_the_archive_lacks_is_logged(archive, caplog):
    narrowing = Narrowing(topics="强化学")
    assert ArchiveRetriever(archive, narrowing=narrowing).retrieve(DIFFUSION) == []
    assert caplog.messages == ["No paper has the topic '强化学'. Did you mean 强化学习?"]


async def retrieved(retriever):
    # What is retrieved in this thread would be there before anything else gets its turn.
    task = asyncio.create_task(retriever.aretrieve(DIFFUSION))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not task.done()
    return await task


def test_it_can_be_awaited_while_others_go_on(archive):
    retriever = ArchiveRetriever(archive)
    there, here = asyncio.run(retrieved(retriever)), retriever.retrieve(DIFFUSION)
    assert [each.node.node_id for each in there] == [each.node.node_id for each in here]


def test_callbacks_are_told(archive):
    told = LlamaDebugHandler(print_trace_on_end=False)
    ArchiveRetriever(archive, callback_manager=CallbackManager([told])).retrieve(DIFFUSION)
    assert told.get_event_pairs(CBEventType.RETRIEVE)


def test_a_query_engine_reads_what_was_found(archive, model, llm):
    model.does(writes("Diffusion models corrupt images and learn the way back."))
    engine = RetrieverQueryEngine.from_args(ArchiveRetriever(archive, limit=3), llm=llm)
    response = engine.query(DIFFUSION)
    assert str(response) == "Diffusion models corrupt images and learn the way back."
    assert response.source_nodes[0].node.metadata["paper_id"] == "2006.11239"
    told = "".join(each["content"] for each in model.requests[0]["messages"])
    assert archive.paper("2006.11239").title in told
    assert "arxiv.org" not in told


def test_a_citation_engine_numbers_what_was_found(archive, model, llm):
    model.does(writes("Diffusion models learn to remove noise [1]."))
    engine = CitationQueryEngine.from_args(
        None, llm=llm, retriever=ArchiveRetriever(archive, limit=3)
    )
    response = engine.query(DIFFUSION)
    assert str(response) == "Diffusion models learn to remove noise [1]."
    assert response.source_nodes[0].node.metadata["paper_id"] == "2006.11239"
    assert response.source_nodes[0].node.text.startswith("Source 1:")
