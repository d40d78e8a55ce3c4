"""Questions on the command line, over HTTP, and through a running server: one answer."""

import json
import os

import pytest

from tests.conftest import copy_home

ANSWER = {"question", "answerable", "answer", "citations", "took_ms"}
CITATION = {"marker", "paper_id", "title", "field", "language", "quote", "url", "seen_in"}
QUESTION = "YOLO 每秒能处理多少帧？"
FOREIGN = "What is the capital of France?"


@pytest.fixture(scope="module")
def archive(archive_command, example, tmp_path_factory):
    """The command over a home that nobody serves."""
    home = copy_home(example, tmp_path_factory.mktemp("ask") / "home")

    def run(*arguments, **given):
        done = archive_command(*arguments, **{"home": home} | given)
        assert "Traceback" not in done.stderr, done.stderr
        return done

    return run


@pytest.fixture
def through(archive, server):
    """The command over the home that the server has open."""
    return lambda *arguments, **given: archive(*arguments, **{"home": server.home} | given)


def one_object(done):
    assert done.returncode == 0, done.stderr
    found, end = json.JSONDecoder().raw_decode(done.stdout)
    assert done.stdout[end:] == "\n"
    return found


def problem(response, status):
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert {"type", "title", "status", "detail"} <= set(body)
    assert body["status"] == status
    return body


def alike(*answers):
    """Whether answers differ in nothing but the time they took and rounding."""
    first, *others = [{k: v for k, v in a.items() if k != "took_ms"} for a in answers]
    for each in others:
        assert each["confidence"] == pytest.approx(first["confidence"], abs=2e-3)
        assert each | {"confidence": 0} == first | {"confidence": 0}


# The command


def test_json(archive):
    done = archive("ask", QUESTION, "--json")
    assert QUESTION in done.stdout, "Chinese stays readable"
    answer = one_object(done)
    assert set(answer) >= ANSWER
    assert answer["question"] == QUESTION
    assert answer["answerable"] is True
    assert answer["took_ms"] > 0
    assert answer["citations"]
    for number, cited in enumerate(answer["citations"], 1):
        assert set(cited) >= CITATION
        assert cited["marker"] == number
        assert f"{cited['quote']} [{number}]" in answer["answer"]
        assert cited["paper_id"] == "1506.02640"
        assert cited["url"] == "https://arxiv.org/abs/1506.02640"
        assert cited["language"] in ("zh", "en")
        assert {"source", "file", "line", "date"} <= set(cited["seen_in"][0])
    assert "45" in answer["answer"]


def test_a_refusal_is_an_answer(archive):
    done = archive("ask", FOREIGN, "--json")
    answer = one_object(done)
    assert answer["answerable"] is False
    assert (answer["answer"], answer["citations"]) == ("", [])
    assert answer["nearest"]
    shown = archive("ask", FOREIGN)
    assert shown.returncode == 0
    assert "does not answer" in shown.stdout
    assert answer["nearest"][0]["paper_id"] in shown.stdout


def test_what_is_near_has_the_date_that_is_known(archive):
    question = "What is the capital of the country where NeRF was written?"
    (near, *_) = one_object(archive("ask", question, "--json"))["nearest"]
    assert (near["date"], near["date_precision"]) == ("2020-03-01", "month")
    shown = archive("ask", question).stdout
    assert "2020-03" in shown
    assert "2020-03-01" not in shown


def test_people_see_the_answer_and_where_it_stands(archive):
    shown = archive("ask", QUESTION)
    assert shown.returncode == 0
    answer = one_object(archive("ask", QUESTION, "--json"))
    cited = answer["citations"][0]
    printed = shown.stdout.replace("\n", " ")
    assert "45" in printed
    assert "[1]" in printed
    assert cited["title"] in printed
    assert "1506.02640" in printed
    assert cited["seen_in"][0]["source"] in printed
    assert "ms" in shown.stderr
    assert "ms" not in shown.stdout.splitlines()[-1]


def test_markup_in_a_quote_is_shown_as_it_stands(archive):
    shown = archive("ask", "What FID does DDPM reach on unconditional CIFAR-10?")
    assert "[1]" in shown.stdout
    assert "[/" not in shown.stdout


def test_what_was_read_differently_is_said_beside_the_answer(archive):
    shown = archive("ask", "how does denosing difusion make images?")
    assert "denosing is not in the archive; read as denoising" in shown.stderr
    assert "read as" not in shown.stdout
    shown = archive("ask", "2023年4月有哪些论文讲多模态？")
    assert "2023年4月: 2023-04-01..2023-04-30" in shown.stderr


def test_filters(archive):
    answer = one_object(archive("ask", QUESTION, "--category", "cs.CV", "--json"))
    assert answer["answerable"]
    answer = one_object(archive("ask", QUESTION, "--topic", "强化学习", "--from", "2016", "--json"))
    assert not answer["answerable"]
    shown = archive("ask", QUESTION, "--topic", "强化学")
    assert shown.returncode == 0
    assert "No paper has the topic '强化学'" in shown.stderr


def test_wrong_usage(archive, tmp_path):
    for arguments in [("ask", " "), ("ask", "x", "--from", "yesterday")]:
        done = archive(*arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("archive: ")
    assert archive("ask").returncode == 2
    done = archive("ask", QUESTION, home=tmp_path / "nothing")
    assert done.returncode == 1
    assert "archive index" in done.stderr


def test_bytes_that_are_no_text(archive):
    answer = one_object(archive("ask", os.fsdecode(b"YOLO \xff frames"), "--json"))
    assert answer["question"] == "YOLO ? frames"


# Through a running server


@pytest.mark.parametrize(
    "arguments",
    [
        (QUESTION,),
        (FOREIGN,),
        ("how does denosing difusion make images?",),
        ("2023年4月有哪些论文讲多模态？",),
        (QUESTION, "--category", "cs.CV", "--category", "cs.CL", "--from", "2015", "--no-code"),
    ],
)
def test_the_server_answers_alike(archive, through, server, arguments):
    before = server.log.read_text().count("POST /ask")
    remote = one_object(through("ask", *arguments, "--json"))
    assert server.log.read_text().count("POST /ask") == before + 1
    alike(remote, one_object(archive("ask", *arguments, "--json")))


def test_people_see_the_same_through_the_server(archive, through):
    assert through("ask", QUESTION).stdout == archive("ask", QUESTION).stdout


def test_usage_is_refused_alike(archive, through):
    for arguments in [("ask", " "), ("ask", "x", "--from", "yesterday")]:
        there, here = through(*arguments), archive(*arguments)
        assert there.returncode == here.returncode == 2
        assert there.stderr == here.stderr


def test_a_huge_question_through_the_server(through):
    assert one_object(through("ask", "超长的问题" * 8_000, "--json"))["answerable"] is False


@pytest.mark.parametrize(
    "question",
    [
        "weather" * 1000,
        QUESTION + " " * 6000,
        "weather " * 2000,
    ],
)
def test_a_long_question_is_repeated_alike(archive, through, question):
    remote = one_object(through("ask", question, "--json"))
    local = one_object(archive("ask", question, "--json"))
    alike(remote, local)


def test_bytes_that_are_no_text_through_the_server(through):
    answer = one_object(through("ask", os.fsdecode(b"YOLO \xff frames"), "--json"))
    assert answer["question"] == "YOLO ? frames"


# Over HTTP


def test_post(archive, client):
    response = client.post("/ask", json={"question": QUESTION})
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    answer = response.json()
    assert set(answer) >= ANSWER
    assert all(set(cited) >= CITATION for cited in answer["citations"])
    alike(answer, one_object(archive("ask", QUESTION, "--json")))


def test_a_refusal_over_http(client):
    answer = client.post("/ask", json={"question": FOREIGN}).json()
    assert answer["answerable"] is False
    assert answer["citations"] == []
    assert answer["nearest"]


def test_filters_over_http(client):
    body = {"question": QUESTION}
    assert client.post("/ask", json=body, params={"category": "cs.CV"}).json()["answerable"]
    assert not client.post("/ask", json=body, params={"from": "2016"}).json()["answerable"]
    problem(client.post("/ask", json=body, params={"from": "soon"}), 400)
    problem(client.post("/ask", json=body, params={"has_code": "maybe"}), 422)


@pytest.mark.parametrize(
    ("content", "status", "said"),
    [
        (b"", 422, ""),
        (b"{broken", 422, ""),
        (b"[]", 422, ""),
        (b"{}", 422, "question"),
        (b'{"question": null}', 422, "question"),
        (b'{"question": 5}', 422, "question"),
        (b'{"question": "\\ud800"}', 422, ""),
        (b'{"question": ""}', 400, "empty"),
        (b'{"question": " "}', 400, "empty"),
        (b"\xff\xfe", 422, ""),
    ],
)
def test_bad_bodies(client, content, status, said):
    headers = {"content-type": "application/json"}
    assert said in problem(client.post("/ask", content=content, headers=headers), status)["detail"]


def test_a_question_longer_than_any_is_a_problem(client):
    problem(client.post("/ask", json={"question": "x" * 100_001}), 422)
    assert client.post("/ask", json={"question": "x" * 100_000}).status_code == 200


@pytest.mark.parametrize("time", ["2025-13", "2025-02-30", "13月", "00月"])
def test_a_day_that_is_none_is_no_error(client, time):
    response = client.post("/ask", json={"question": f"扩散模型 {time} 的论文"})
    assert response.status_code == 200, response.text


def test_only_posts(client):
    response = client.get("/ask", params={"q": "x"})
    problem(response, 405)
    assert "POST" in response.headers["allow"]


def test_it_is_described(client):
    openapi = client.get("/openapi.json").json()
    post = openapi["paths"]["/ask"]["post"]
    assert post["summary"]
    assert {"4XX", "5XX"} <= set(post["responses"])
    assert post["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
    assert {each["name"] for each in post["parameters"]} >= {"from", "to", "topic", "category"}
    schemas = openapi["components"]["schemas"]
    assert set(schemas["Answer"]["properties"]) >= ANSWER
    assert set(schemas["Citation"]["properties"]) >= CITATION
    assert schemas["QuestionIn"]["properties"]["question"]["examples"]


def test_it_is_measured(client):
    client.post("/ask", json={"question": FOREIGN})
    assert 'archive_requests_total{method="POST",route="/ask",status="200"}' in (
        client.get("/metrics").text
    )
