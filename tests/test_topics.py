"""Topics: their files, the classifier, and why it says what it says."""

import json
import tomllib

import httpx
import numpy as np
import pytest

from embeddings.errors import BadQuery, ConfigError, InputError, UnknownName, UnknownPaper
from embeddings.lexical import index_of, terms
from indexer.settings import Settings
from search_api.archive import Archive
from search_api.commands.classifying import print_labels
from search_api.topics import labeller
from search_api.topics.classifier import ACCEPTED, Classifier
from search_api.topics.definition import Definitions
from search_api.topics.discovery import discover
from search_api.topics.highlights import highlights
from search_api.topics.labeller import Labeller
from search_api.topics.labels import Classified, Label
from search_api.topics.sets import FOLDER, categories_of, defined, learned, topics_of
from search_api.topics.space import Papers, Space, text_item
from search_api.topics.topic import Topic, as_toml, distinct, read_topics, shipped_topics
from tests.conftest import EXAMPLES, copy_home

ROBOTS = Topic(
    en="Robotics",
    zh="机器人",
    description_en="Robots that grasp and manipulate objects, walk and navigate.",
    description_zh="会抓取和操作物体、行走和导航的机器人。",
)
IMAGES = Topic(
    en="Image generation",
    zh="图像生成",
    description_en="Diffusion models and adversarial networks that generate pictures.",
    description_zh="生成图像的扩散模型和对抗网络。",
)
CHINESE = "机械臂用触觉传感器学习抓取没有见过的物体，并在真实环境里导航。"
ENGLISH = "A robot arm learns to grasp unseen objects with tactile sensing and navigates rooms."


@pytest.fixture(scope="module")
def opened(example, tmp_path_factory):
    home = copy_home(example, tmp_path_factory.mktemp("topics") / "home")
    with Archive(Settings(home=home)) as archive:
        yield archive


@pytest.fixture(scope="module")
def real_archive(real, tmp_path_factory):
    home = copy_home(real[0], tmp_path_factory.mktemp("topics-real") / "home")
    with Archive(Settings(home=home)) as archive:
        yield archive


@pytest.fixture(scope="module")
def label(opened):
    """Labels texts with some topics."""

    def run(text, *topics):
        labeller = Labeller(opened.catalogue, opened.store, opened.embedder, topics)
        return labeller.classify(text=text)

    return run


# Definitions of topics


@pytest.mark.parametrize("name", ["machine_learning", "arxiv_categories"])
def test_shipped_topics_speak_both_languages(name):
    for topic in shipped_topics(name):
        assert topic.en
        assert topic.zh
        assert topic.description_en
        assert topic.description_zh


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[topic]\n", "not valid TOML"),
        ('[[topic]]\ndescription_en = "no name"\n', "needs a name"),
        ('[[topic]]\nen = "A"\nexample = ["1706.03762"]\n', "topic.0.example"),
        ('[[topic]]\nen = "A"\nexamples = "1706.03762"\n', "topic.0.examples"),
        ('[[topic]]\nen = "Graphs"\n[[topic]]\nen = "B"\naliases = ["graphs"]\n', "share the name"),
        ('[topics]\nen = "A"\n', "topics"),
    ],
)
def test_a_mistake_in_a_file_is_named(tmp_path, text, said):
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=r"^mine\.toml: ") as raised:
        read_topics(path)
    assert said in str(raised.value)


def test_a_file_that_is_not_text_is_named(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_bytes('[[topic]]\nzh = "图像"\n'.encode("gbk"))
    with pytest.raises(ConfigError, match="UTF-8"):
        read_topics(path)


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('[[topic]]\nzh = "图像"\n', "utf-8-sig")
    assert [topic.zh for topic in read_topics(path)] == ["图像"]


def test_a_topic_is_written_as_it_is_read(tmp_path):
    topic = Topic(
        zh='引号"和\\反斜杠', en="Tabs\tand quotes'", examples=("1706.03762", "cs/9905014")
    )
    assert tomllib.loads(as_toml(topic))
    path = tmp_path / "mine.toml"
    path.write_text(as_toml(topic), "utf-8")
    assert read_topics(path) == [topic]


def test_digest_topics_borrow_a_description_of_the_same_name():
    papers = {"大模型PEFT": ["1", "2", "3"], "没有听过的题目": ["4", "5", "6"], "lonely": ["7"]}
    found = {topic.label: topic for topic in learned(papers, shipped_topics("machine_learning"))}
    assert set(found) == {"大模型PEFT", "没有听过的题目"}
    assert found["大模型PEFT"].examples == ("1", "2", "3")
    assert found["大模型PEFT"].is_described
    assert not found["没有听过的题目"].is_described


def test_own_topics_take_in_the_digests_papers(opened):
    folder = opened.home / FOLDER
    folder.mkdir()
    facet, papers = next(iter(opened.catalogue.papers_by("topics").items()))
    own = Topic(en="Mine", aliases=(facet.upper(),), counter_examples=(papers[0],))
    (folder / "mine.toml").write_text(as_toml(own), "utf-8")
    try:
        found = {topic.label: topic for topic in topics_of(opened.catalogue, opened.home)}
    finally:
        (folder / "mine.toml").unlink()
        folder.rmdir()
    assert facet not in found
    assert set(found["Mine"].examples) == set(papers[1:])


def test_examples_may_be_links_and_papers_merged_since(opened):
    folder = opened.home / FOLDER
    folder.mkdir()
    given = ("https://arxiv.org/abs/1706.03762v5", "2010.11929v2", "doi:10.1000/none")
    own = Topic(en="Mine", examples=given, counter_examples=("arXiv:1312.5602",))
    (folder / "mine.toml").write_text(as_toml(own), "utf-8")
    try:
        (found, *_) = topics_of(opened.catalogue, opened.home)
    finally:
        (folder / "mine.toml").unlink()
        folder.rmdir()
    assert found.examples == ("1706.03762", "2010.11929", "doi:10.1000/none")
    assert found.counter_examples == ("1312.5602",)


def test_two_files_may_not_define_one_topic(tmp_path):
    folder = tmp_path / FOLDER
    folder.mkdir()
    (folder / "a.toml").write_text('[[topic]]\nen = "Vision"\n', "utf-8")
    (folder / "b.toml").write_text('[[topic]]\nen = "CV"\naliases = ["vision"]\n', "utf-8")
    with pytest.raises(ConfigError, match="'CV' and 'Vision' share the name"):
        defined(tmp_path)


def test_topics_name_the_categories_to_fetch(opened):
    found = categories_of(opened.catalogue, opened.home, ["机器人", "speech"])
    assert found == ("cs.RO", "eess.AS", "cs.SD")
    with pytest.raises(UnknownName, match="Robotics and embodied intelligence"):
        categories_of(opened.catalogue, opened.home, ["Robotic"])
    (label, *_) = (name for name in opened.catalogue.papers_by("topics") if name == "大语言模型")
    with pytest.raises(ConfigError, match="categories"):
        categories_of(opened.catalogue, opened.home, [label])


# Classification


@pytest.mark.parametrize("text", [CHINESE, ENGLISH])
@pytest.mark.parametrize("language", ["zh", "en", "both"])
def test_a_description_in_either_language_finds_texts_in_both(label, text, language):
    gone = {"zh": "en", "en": "zh"}.get(language)
    topics = [
        t.model_copy(update={gone: "", f"description_{gone}": ""} if gone else {})
        for t in (IMAGES, ROBOTS)
    ]
    first, second = label(text, *topics).labels
    assert first.topic == topics[1].label
    assert first.accepted
    assert not second.accepted


def test_none_of_them_is_an_answer(label):
    found = label("今天的菜谱：番茄炒蛋，先把鸡蛋打散，再加盐。", IMAGES, ROBOTS)
    assert found.none_of_them
    assert not any(each.accepted for each in found.labels)
    assert [each.score for each in found.labels] == sorted(
        (each.score for each in found.labels), reverse=True
    )


def test_several_topics_may_hold(label):
    found = label(f"{ENGLISH} A diffusion model generates pictures of each grasp.", IMAGES, ROBOTS)
    assert [each.accepted for each in found.labels] == [True, True]


def test_phrases_stand_in_the_text(label):
    for text in (CHINESE, ENGLISH):
        first = label(text, IMAGES, ROBOTS).labels[0]
        assert first.phrases
        assert all(phrase in text for phrase in first.phrases)


def test_neighbouring_words_are_one_phrase():
    said = {index_of(term): 1.0 for term in terms("low-rank adapters 低秩适配")}
    text = "We train low-rank adapters daily. 我们研究低秩适配方法，adapters too."
    assert set(highlights(text, said)) == {"low-rank adapters", "低秩适配"}


def test_examples_teach_what_no_name_says(opened):
    """Two topics with names that say nothing, shown by papers alone."""
    papers = Papers(opened.catalogue, opened.store)
    graphs = [text_item(f"graph neural network {w}", opened.embedder) for w in ("nodes", "edges")]
    speech = [text_item(f"speech recognition {w}", opened.embedder) for w in ("audio", "voice")]
    items = dict(zip(("g1", "g2", "s1", "s2"), (*graphs, *speech), strict=True))
    topics = [Topic(label="A", examples=("g1", "g2")), Topic(label="B", examples=("s1", "s2"))]
    space = Space([item for _, item in papers.background()])
    classifier = Classifier(topics, Definitions(topics, space, opened.embedder), space, items)
    asked = text_item("图神经网络的消息传递", opened.embedder)
    a, b = classifier.scores([asked])[0]
    assert a > b
    assert {pull.paper_id for pull in classifier.pulls(asked, 0)} <= {"g1", "g2"}


def test_counter_examples_push_away(opened):
    papers = Papers(opened.catalogue, opened.store)
    space = Space([item for _, item in papers.background()])
    ids = opened.catalogue.paper_ids()
    items = dict(papers.items(ids))
    topic = ROBOTS.model_copy(update={"examples": tuple(ids[:2])})
    against = topic.model_copy(update={"counter_examples": (ids[30],)})
    scores = [
        Classifier([each], Definitions([each], space, opened.embedder), space, items).scores(
            [items[ids[30]]]
        )[0, 0]
        for each in (topic, against)
    ]
    assert scores[1] < scores[0]


def test_a_papers_own_label_is_not_asked(real_archive):
    """What is said of an example equals what a classifier says that never saw it."""
    papers = Papers(real_archive.catalogue, real_archive.store)
    space = Space([item for _, item in papers.background()])
    topics = topics_of(real_archive.catalogue, real_archive.home)
    named = sorted({paper for topic in topics for paper in topic.examples})
    items = dict(papers.items(named))
    definitions = Definitions(topics, space, real_archive.embedder)
    whole = Classifier(topics, definitions, space, items)
    for one in named[::40]:
        rest = {paper: item for paper, item in items.items() if paper != one}
        unseen = Classifier(topics, definitions, space, rest).scores([items[one]])
        # Each topic weighs its sides by their sizes, which one paper less hardly changes.
        np.testing.assert_allclose(whole.scores([items[one]], [one]), unseen, atol=0.02)
        assert np.abs(whole.scores([items[one]]) - unseen).max() > 0.02


def test_real_labels_are_found(real_archive):
    """The published papers of six topics, each judged by the others."""
    found = real_archive.classify_all()
    filed = {t: set(p) for t, p in real_archive.catalogue.papers_by("topics").items()}
    sorted_papers = [p for p in found.papers if any(p.paper_id in ids for ids in filed.values())]
    right = [p for p in sorted_papers if p.topics and p.paper_id in filed[p.topics[0]]]
    assert len(right) / len(sorted_papers) > 0.7
    assert sum(found.counts.values()) == sum(len(p.topics) for p in found.papers)
    assert found.none_of_them == sum(not p.topics for p in found.papers)


def test_reasons_name_other_papers(opened):
    for paper_id in opened.catalogue.paper_ids()[:8]:
        found = opened.classify(paper_id)
        for each in found.labels:
            assert all(why.paper_id != paper_id for why in each.because)
            assert all(opened.paper(why.paper_id).title == why.title for why in each.because)
            assert each.accepted == (each.score >= ACCEPTED)
        assert found.filed_under == opened.paper(paper_id).topics


def test_bad_questions_are_refused(opened):
    with pytest.raises(UnknownPaper):
        opened.classify("0000.00000")
    with pytest.raises(BadQuery):
        opened.classify("1706.03762", text="both")
    with pytest.raises(BadQuery):
        opened.classify(text="   ")


# Discovery


def test_groups_hold_every_paper_once(opened):
    groups = discover(opened.catalogue, opened.store, 5)
    ids = [paper for group in groups for paper in group.papers]
    assert sorted(ids) == opened.catalogue.paper_ids()
    assert [len(group.papers) for group in groups] == sorted(
        (len(group.papers) for group in groups), reverse=True
    )
    assert discover(opened.catalogue, opened.store, 5) == groups


def test_groups_of_real_papers_are_named_in_both_languages(real_archive):
    groups = discover(real_archive.catalogue, real_archive.store, 12)
    named = [group for group in groups if group.zh and group.en]
    assert len(named) >= 10
    for group in named:
        assert Topic.model_validate(group.as_topic().model_dump()).examples


def test_papers_that_say_the_same_make_no_empty_group(session_embedder, tmp_path):
    entries = [
        f"## {n}.[Abstract](https://example.org/{n})\nsummary:{text}"
        for n, text in enumerate(["A study of graphs."] * 8 + ["机器人抓取。"] * 4)
    ]
    page = tmp_path / "2025-01-02.md"
    page.write_text("\n\n".join(["# Papers for 2025-01-02", *entries]), "utf-8")
    with Archive(Settings(home=tmp_path / "home"), embedder=session_embedder) as archive:
        archive.index([page])
        with pytest.warns(match="distinct clusters"):
            groups = discover(archive.catalogue, archive.store, 5)
    assert sorted(len(group.papers) for group in groups) == [4, 8]
    assert all(group.as_topic().names for group in groups)


def test_a_wrong_number_of_groups_is_refused(opened):
    with pytest.raises(BadQuery, match="groups"):
        discover(opened.catalogue, opened.store, 1000)


# Surfaces


def test_the_command_classifies(archive_command, example, copy_of):
    home = copy_of(example)
    done = archive_command("classify", "--text", ENGLISH, "--set", "shipped", "--json", home=home)
    found = json.loads(done.stdout)
    first = found["labels"][0]
    assert first["topic"] == "Robotics and embodied intelligence"
    assert first["accepted"] is True
    assert set(first) >= {"topic", "score", "accepted", "because"}
    everything = json.loads(archive_command("classify", "--all", "--json", home=home).stdout)
    assert len(everything["papers"]) == 46


def test_the_command_refuses_nonsense(archive_command, example, copy_of):
    home = copy_of(example)
    for arguments, status in (
        (("classify",), 2),
        (("classify", "--all", "1706.03762"), 2),
        (("classify", "--set", "wrong", "1706.03762"), 2),
        (("classify", "0000.00000"), 1),
    ):
        done = archive_command(*arguments, home=home)
        assert done.returncode == status, done.stderr
        assert "Traceback" not in done.stderr
    (home / FOLDER).mkdir()
    (home / FOLDER / "mine.toml").write_text("[[topic]]\n")
    done = archive_command("classify", "1706.03762", home=home)
    assert done.returncode == 1
    assert "mine.toml" in done.stderr


def test_groups_become_topics(archive_command, example, copy_of):
    home = copy_of(example)
    done = archive_command("topics", "discover", "--groups", "4", "--save", home=home)
    assert done.returncode == 0, done.stderr
    listed = json.loads(archive_command("topics", "list", "--json", home=home).stdout)
    saved = read_topics(home / FOLDER / "discovered.toml")
    assert {topic.label for topic in saved} <= {item["label"] for item in listed["items"]}
    again = archive_command("topics", "discover", "--save", home=home)
    assert again.returncode == 1
    assert "discovered.toml" in again.stderr


def test_what_is_filed_but_no_topic_is_told(archive_command, tmp_path):
    page, home = tmp_path / "topic-tables_2024-03-04.md", tmp_path / "home"
    lines = (EXAMPLES / page.name).read_text("utf-8").splitlines(keepends=True)
    page.write_text("".join(each for each in lines if "2002.05709" not in each), "utf-8")
    archive_command("index", page, "--no-embed", home=home)
    done = archive_command("topics", "list", home=home)
    assert "Representation Learning" not in done.stdout
    assert (
        "of fewer than 3 papers, no topics unless defined: Representation Learning" in done.stderr
    )
    assert "fewer" not in archive_command("topics", "list", "--set", "shipped", home=home).stderr


def test_nothing_is_announced_where_no_topic_is_near(capsys):
    print_labels(Classified(None, (Label("Robotics", 0.01, False, ()),), True, (), 1.0))
    assert capsys.readouterr().out == "None of the topics.\n"


def test_http_says_the_same(client, server, archive_command):
    body = {"text": CHINESE, "topics": "shipped"}
    over_http = client.post("/classify", json=body).json()
    through = archive_command(
        "classify", "--text", CHINESE, "--set", "shipped", "--json", home=server.home
    )
    for each in (over_http, told := json.loads(through.stdout)):
        each.pop("took_ms")
    assert told == over_http
    assert over_http["labels"][0]["topic"] == "Robotics and embodied intelligence"
    paper = client.post("/classify", json={"paper_id": "1706.03762"}).json()
    assert paper["paper_id"] == "1706.03762"
    assert client.post("/classify", json={}).status_code == 400
    assert client.post("/classify", json={"paper_id": "0000.00000"}).status_code == 404
    assert len(client.get("/classified").json()["papers"]) == 46
    assert client.get("/topics").json()["topics"]


def test_an_empty_archive_says_so(archive_command, tmp_path):
    (tmp_path / "page.md").write_text("nothing")
    archive_command("index", tmp_path / "page.md", home=tmp_path / "home")
    done = archive_command("classify", "--text", ENGLISH, home=tmp_path / "home")
    assert done.returncode == 1
    assert "empty" in done.stderr


def test_no_topic_at_all_is_said(opened):
    with pytest.raises(InputError, match="topic"):
        Labeller(opened.catalogue, opened.store, opened.embedder, [])


def test_a_running_server_sees_new_topics(example, copy_of, serve):
    home = copy_of(example)
    served = serve(home)
    ask = lambda: httpx.post(f"{served.url}/classify", json={"text": ENGLISH}, timeout=300).json()  # noqa: E731
    before = {label["topic"] for label in ask()["labels"]}
    (home / FOLDER).mkdir()
    (home / FOLDER / "mine.toml").write_text(as_toml(ROBOTS), "utf-8")
    assert {label["topic"] for label in ask()["labels"]} - before == {"Robotics"}
    feed = httpx.get(f"{served.url}/feeds/topics/Robotics", timeout=300)
    assert "Diffusion Policy" in feed.text


def test_a_topic_with_many_examples_does_not_learn_against_them(real_archive, monkeypatch):
    monkeypatch.setattr(labeller, "MAX_EXAMPLES", 60)
    topics = topics_of(real_archive.catalogue, real_archive.home)
    twin = topics[0].model_copy(update={"label": "twin"})
    few = Labeller(
        real_archive.catalogue, real_archive.store, real_archive.embedder, [*topics, twin]
    )
    kept = [found for found in few.classify_all().papers if found.paper_id in topics[0].examples]
    both = [{topics[0].label, "twin"} & set(found.topics) for found in kept]
    assert sum(len(each) == 2 for each in both) > len(kept) / 2


def test_groups_without_a_telling_phrase_become_topics_too(opened):
    groups = discover(opened.catalogue, opened.store, 30)
    topics = distinct(group.as_topic() for group in groups)
    assert len({name for topic in topics for name in topic.names}) == sum(
        len(topic.names) for topic in topics
    )


def test_names_that_others_have_are_numbered():
    kept = Topic(en="Poses", zh="姿态")
    (found,) = distinct([Topic(en="poses", zh="姿势")], [kept])
    assert (found.en, found.zh) == ("poses 2", "姿势 2")
