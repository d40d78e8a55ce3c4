"""A language model's answers on the command line, over HTTP as they come, and through a server."""

import contextlib
import json

import httpx
import pytest
from httpx_sse import EventSource

from tests.conftest import DEADLINE, copy_home
from tests.scripted_model import ScriptedModel, hangs, never_stops, refuses, writes

BERT = "What test F1 does BERT reach on SQuAD 1.1?"
FOREIGN = "What is the capital of France?"
QUOTE = (
    "The large model has 340 million parameters, lifts the GLUE score to 80.5 and reaches a test "
    "F1 of 93.2 on SQuAD 1.1."
)
DRAFT = f"{QUOTE} [4] It is 12 years old [1]."


@pytest.fixture(scope="module")
def model():
    model = ScriptedModel()
    yield model
    model.close()


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
def served(serve, model, example, copy_of):
    """A server whose answers the model writes."""
    many = {"ARCHIVE_LLM_CONTEXT": "60000", "ARCHIVE_LLM_MAX_TOKENS": "50000"}
    return serve(copy_of(example, "served"), env={"ARCHIVE_LLM": model.name} | many)


@pytest.fixture
def client(served):
    with httpx.Client(base_url=served.url, timeout=DEADLINE) as client:
        yield client


def test_a_model_cannot_be_chosen_for_a_server_that_runs(archive, served, model):
    done = archive("ask", BERT, "--llm", model.name, home=served.home)
    assert done.returncode == 1
    assert "leave out --llm" in done.stderr


def test_an_empty_setting_is_none(archive):
    done = archive("ask", BERT, "--json", env={"ARCHIVE_LLM": "", "ARCHIVE_LLM_TIMEOUT": ""})
    assert one_object(done)["written_by"] is None


def one_object(done):
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    answer.pop("took_ms")
    return answer


@contextlib.contextmanager
def streamed(client, body, **given):
    with client.stream("POST", "/ask/stream", json=body, **given) as response:
        assert response.status_code == 200, response.read()
        assert response.headers["content-type"].startswith("text/event-stream")
        yield EventSource(response).iter_sse()


# The command


def test_json(archive, model):
    model.does(writes(DRAFT))
    answer = one_object(archive("ask", BERT, "--llm", model.name, "--json"))
    assert answer["answer"] == f"{QUOTE} [1]"
    assert answer["written_by"] == "scripted"
    assert [cited["quote"] for cited in answer["citations"]] == [QUOTE]
    (dropped,) = answer["dropped"]
    assert dropped["text"] == "It is 12 years old."
    assert dropped["reason"]
    assert answer["problem"] is None


def test_the_environment_names_it_too(archive, model):
    model.does(writes(DRAFT))
    env = {"ARCHIVE_LLM": model.name}
    assert one_object(archive("ask", BERT, "--json", env=env))["written_by"] == "scripted"


def test_people_see_who_wrote_and_what_was_left_out(archive, model):
    model.does(writes(DRAFT))
    shown = archive("ask", BERT, "--llm", model.name)
    assert shown.returncode == 0
    assert "93.2" in shown.stdout
    assert "12 years" not in shown.stdout
    assert "It is 12 years old." in shown.stderr.replace("\n", " ")
    assert "written by scripted" in shown.stderr
    model.does(refuses(500, "the GPU is on fire"))
    shown = archive("ask", BERT, "--llm", model.name)
    assert shown.returncode == 0
    assert "93.2" in shown.stdout
    assert "archive: scripted failed" in shown.stderr
    assert "the GPU is on fire" in shown.stderr


def test_quotes_are_given_without_it(archive, model):
    model.does(writes(DRAFT))
    plain = one_object(archive("ask", BERT, "--json"))
    for name in (model.name, "http://127.0.0.1:1/v1#x", "makes no sense"):
        assert one_object(archive("ask", BERT, "--llm", name, "--quote", "--json")) == plain
    assert model.requests == []
    assert plain["written_by"] is None


def test_a_model_that_cannot_be_is_told_in_one_line(archive):
    for name in ("makes no sense", "http://127.0.0.1:1/v1", "nobody_has_this:x"):
        done = archive("ask", BERT, "--llm", name)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("archive: ")
        assert done.stderr.count("\n") == 1


def test_a_refusal_needs_no_model(archive, model):
    model.does(writes("Paris is the capital of France [1]."))
    answer = one_object(archive("ask", FOREIGN, "--llm", model.name, "--json"))
    assert answer["answerable"] is False
    assert model.requests == []


# Over HTTP


def test_pieces_and_then_one_answer(client, model):
    model.does(writes(DRAFT))
    with streamed(client, {"question": BERT}) as events:
        *pieces, last = events
    assert {each.event for each in pieces} == {"piece"}
    assert "".join(json.loads(each.data)["text"] for each in pieces).split() == DRAFT.split()
    assert last.event == "answer"
    answer = json.loads(last.data)
    assert answer["answer"] == f"{QUOTE} [1]"
    assert answer["written_by"] == "scripted"
    whole = client.post("/ask", json={"question": BERT}).json()
    assert whole | {"took_ms": 0} == answer | {"took_ms": 0}


@pytest.mark.parametrize("body", [{"question": BERT, "quote": True}, {"question": FOREIGN}])
def test_without_the_model_there_is_the_answer_alone(client, model, body):
    model.does(writes(DRAFT))
    with streamed(client, body) as events:
        (only,) = events
    assert only.event == "answer"
    assert json.loads(only.data)["written_by"] is None
    assert model.requests == []


def test_a_failing_model_is_no_failing_request(client, model):
    model.does(refuses(500, "the GPU is on fire"))
    with streamed(client, {"question": BERT}) as events:
        (only,) = events
    answer = json.loads(only.data)
    assert "the GPU is on fire" in answer["problem"]
    assert "93.2" in answer["answer"]


@pytest.mark.parametrize(
    ("body", "params", "status"),
    [
        ({"question": " "}, {}, 400),
        ({"question": BERT}, {"from": "soon"}, 400),
        ({}, {}, 422),
        ({"question": "x" * 100_001}, {}, 422),
        ({"question": BERT}, {"has_code": "maybe"}, 422),
    ],
)
def test_a_bad_question_is_a_problem_and_no_event(client, model, body, params, status):
    model.does(writes(DRAFT))
    response = client.post("/ask/stream", json=body, params=params)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["detail"]
    assert model.requests == []


def test_filters_hold(client, model):
    model.does(writes(DRAFT))
    with streamed(client, {"question": BERT}, params={"from": "2030"}) as events:
        (only,) = events
    assert json.loads(only.data)["answerable"] is False


def test_who_hangs_up_stops_the_model(client, model):
    model.does(never_stops("word ", pause=0.01))
    with streamed(client, {"question": BERT}) as events:
        assert next(events).event == "piece"
    assert model.was_left()
    model.does(writes(DRAFT))
    assert client.post("/ask", json={"question": BERT}).json()["written_by"] == "scripted"


def test_proxies_pass_pieces_on_as_they_come(client, model):
    model.does(writes(DRAFT))
    with client.stream("POST", "/ask/stream", json={"question": BERT}) as response:
        assert response.headers["cache-control"] == "no-cache"
        assert response.headers["x-accel-buffering"] == "no"
        response.read()


def test_a_silent_model_keeps_the_connection_alive(client, model):
    model.does(hangs())
    with streamed(client, {"question": BERT}) as events:
        first = next(events)
    assert (first.event, json.loads(first.data)["text"]) == ("piece", "")


def test_it_is_described(client):
    post = client.get("/openapi.json").json()["paths"]["/ask/stream"]["post"]
    assert "text/event-stream" in post["responses"]["200"]["content"]
    assert {"4XX", "5XX"} <= set(post["responses"])


# Through a running server


def test_the_server_answers_alike(archive, served, model):
    model.does(writes(DRAFT))
    before = len(model.requests)
    there = one_object(archive("ask", BERT, "--json", home=served.home))
    assert "POST /ask/stream" in served.log.read_text()
    assert len(model.requests) == before + 1
    here = one_object(archive("ask", BERT, "--llm", model.name, "--json"))
    confidence = here.pop("confidence")
    assert there.pop("confidence") == pytest.approx(confidence, abs=2e-3)
    assert there == here
    assert here["written_by"] == "scripted"


def test_quotes_through_the_server(archive, served, model):
    model.does(writes(DRAFT))
    there = one_object(archive("ask", BERT, "--quote", "--json", home=served.home))
    here = one_object(archive("ask", BERT, "--json"))
    assert there["answer"] == here["answer"]
    assert there["citations"] == here["citations"]
    assert model.requests == []


def test_usage_is_refused_alike(archive, served, model):
    for arguments in [("ask", " "), ("ask", "x", "--from", "yesterday")]:
        there = archive(*arguments, home=served.home)
        here = archive(*arguments, "--llm", model.name)
        assert there.returncode == here.returncode == 2
        assert there.stderr == here.stderr
