"""The HTTP API: a real server in its own process, asked over real connections."""

import json
import re
import signal
import socket
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from indexer.settings import Settings
from search_api.archive import Archive

PROBLEM = "application/problem+json"
RESULT = {
    "paper_id", "score", "title", "authors", "date", "url", "topics", "categories", "sources",
    "snippet",
}  # fmt: skip


def problem(response, status):
    """A problem as RFC 9457 has it."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == PROBLEM
    body = response.json()
    assert {"type", "title", "status", "detail"} <= set(body)
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    assert "Traceback" not in response.text
    return body


def ids(response):
    assert response.status_code == 200, response.text
    return [result["paper_id"] for result in response.json()["results"]]


# Answers


def test_search(client):
    body = client.get("/search", params={"q": "多语言文本向量模型", "limit": 3}).json()
    assert body["query"] == "多语言文本向量模型"
    assert body["took_ms"] > 0
    assert body["results"][0]["paper_id"] == "2402.05672"
    assert len(body["results"]) == 3
    assert all(set(result) >= RESULT for result in body["results"])


def test_search_with_filters_pages_and_explain(client):
    params = {"q": "learning", "limit": 50}
    every = client.get("/search", params=params).json()["results"]
    assert len(every) == 46
    for narrowing, holds in [
        ({"from": "2020", "to": "2021-06"}, lambda r: "2020" <= r["date"] < "2021-07"),
        (
            {"topic": ["强化学习", "多模态"]},
            lambda r: {"强化学习", "多模态"} & set(r["topics"]),
        ),
        ({"category": "cs.CL"}, lambda r: "cs.CL" in r["categories"]),
        ({"category": "cs.cl", "topic": "", "has_code": ""}, lambda r: "cs.CL" in r["categories"]),
        ({"source": "daily-titles"}, lambda r: "daily-titles" in r["sources"]),
        ({"author": "kaiming he"}, lambda r: "Kaiming He" in r["authors"]),
        ({"has_code": True}, lambda r: r["code_urls"]),
    ]:
        expected = {result["paper_id"] for result in every if holds(result)}
        assert 0 < len(expected) < 46
        assert set(ids(client.get("/search", params=params | narrowing))) == expected
    page = client.get("/search", params={"q": "learning", "limit": 5, "offset": 5})
    assert ids(page) == [result["paper_id"] for result in every[5:10]]
    explained = client.get("/search", params={"q": "Atari", "explain": True}).json()["results"]
    assert {leg["leg"] for leg in explained[0]["explain"]} == {"dense", "lexical"}


def test_what_the_archive_does_not_have_is_told_beside_the_results(client):
    found = client.get("/search", params={"q": "a", "topic": "强化学"}).json()
    assert found["results"] == []
    assert found["hints"] == ["No paper has the topic '强化学'. Did you mean 强化学习?"]
    found = client.get("/papers/1706.03762/similar", params={"category": "cs.XX"}).json()
    assert found["hints"][0].startswith("No paper has the category 'cs.XX'.")
    found = client.get("/search", params={"q": "arXiv:1706.03763"}).json()
    assert found["results"] == []
    assert "holds no paper" in found["hints"][0]
    assert client.get("/search", params={"q": "a"}).json()["hints"] == []


@pytest.mark.parametrize("paper", ["2205.14135", "2205.14135v3", "arXiv:2205.14135"])
def test_paper(client, paper):
    body = client.get(f"/papers/{paper}").json()
    assert body["paper_id"] == "2205.14135"
    assert len(body["seen_in"]) == 2
    assert {text["language"] for text in body["texts"]} == {"zh", "en"}


def test_old_ids_have_a_slash(client):
    assert client.get("/papers/cs/9905014").json()["paper_id"] == "cs/9905014"
    answer = client.get("/papers/cs/9905014/similar")
    assert answer.json()["paper_id"] == "cs/9905014"
    assert "cs/9905014" not in ids(answer)


def test_similar_to_a_paper(client):
    answer = client.get("/papers/1706.03762/similar", params={"limit": 4, "topic": "大语言模型"})
    assert 0 < len(ids(answer)) <= 4
    assert all("大语言模型" in result["topics"] for result in answer.json()["results"])


def test_similar_to_a_text(client):
    answer = client.post("/similar", json={"text": "逐步去噪生成图像", "limit": 3})
    assert answer.json()["paper_id"] is None
    assert "2006.11239" in ids(answer)
    narrowed = client.post("/similar", json={"text": "x"}, params={"topic": "强化学习"})
    assert all("强化学习" in result["topics"] for result in narrowed.json()["results"])


def test_topics_and_stats(client):
    topics = client.get("/topics").json()["topics"]
    assert {"topic": "强化学习", "papers": 4} in topics
    assert [topic["papers"] for topic in topics] == sorted(
        (topic["papers"] for topic in topics), reverse=True
    )
    stats = client.get("/stats").json()
    assert (stats["papers"], stats["passages"], stats["store"]["points"]) == (46, 66, 66)


def test_health(client):
    assert client.get("/health/live").json() == {"status": "live"}
    assert client.get("/health/ready").json() == {"status": "ready", "papers": 46}


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/metrics"])
@pytest.mark.parametrize("query", ["ts=1", "ts", "ts=1&ts=2"])
def test_whoever_watches_may_add_what_they_like(client, path, query):
    assert client.get(f"{path}?{query}").status_code == 200


def test_not_ready_without_its_catalogue_is_a_problem(serve, copy_of, example):
    served = serve(copy_of(example))
    with httpx.Client(base_url=served.url, timeout=60) as client:
        assert client.get("/health/ready").status_code == 200
        data = (served.home / "catalogue.sqlite").read_bytes()
        (served.home / "catalogue.sqlite").write_bytes(b"\xab" * len(data))
        (served.home / "catalogue.sqlite-wal").unlink(missing_ok=True)
        assert client.get("/health/live").status_code == 200
        response = client.get("/stats")
        if response.status_code != 200:  # cached pages may still answer
            problem(response, response.status_code)
            assert response.status_code >= 500


def test_metrics(client):
    client.get("/papers/1706.03762")
    client.get("/papers/0000.00000")
    client.get("/search", params={"q": "x"})
    text = client.get("/metrics").text
    found = {
        (route, status): float(count)
        for route, status, count in re.findall(
            r'archive_requests_total\{method="GET",route="([^"]*)",status="(\d+)"\} (\S+)', text
        )
    }
    paper = "/papers/{paper_id:path}"
    assert found[paper, "200"] >= 1
    assert found[paper, "404"] >= 1
    assert found["/search", "200"] >= 1
    assert not any("1706" in route for route, _ in found), "no label for every paper"
    assert "archive_request_seconds_bucket" in text


def test_metrics_count_up(client):
    def count():
        text = client.get("/metrics").text
        return float(re.search(r'route="/topics",status="200"\} (\S+)', text)[1])

    client.get("/topics")
    before = count()
    client.get("/topics")
    assert count() == before + 1


# Problems


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/search", 422, "q"),
        ("/search?q=", 400, "empty"),
        ("/search?q=%20", 400, "empty"),
        ("/search?q=x&limit=0", 422, "limit"),
        ("/search?q=x&limit=1001", 422, "limit"),
        ("/search?q=x&limit=many", 422, "limit"),
        ("/search?q=x&offset=-1", 422, "offset"),
        ("/search?q=x&from=yesterday", 400, "yesterday"),
        ("/search?q=x&from=2025&to=2024", 400, "wrong way round"),
        ("/search?q=x&has_code=maybe", 422, "has_code"),
        ("/search?q=x&date_from=2025", 400, "no parameter 'date_from' here; write from"),
        ("/search?q=x&topics=x", 400, "write topic"),
        ("/papers/1706.03762/similar?top_k=3", 400, "write limit or from or to"),
        ("/papers/1706.03762/similar?paper_id=x", 400, "no parameter 'paper_id'"),
        ("/export?fmt=csv", 400, "no parameter 'fmt'"),
        ("/digest?date=2024-03-05&topics=x", 400, "no parameter 'topics' here; write topic"),
        ("/classified?topcs=shipped", 400, "write topics"),
        ("/feeds/search?q=x&limt=1", 400, "write limit"),
        ("/feeds/topics/x?from=2024", 400, "no parameter 'from'"),
        ("/papers/1706.03762?version=1", 400, "no parameter 'version' here; there is none"),
        ("/stats?x=", 400, "no parameter 'x'"),
        ("/search?q=x&has_code", 400, "'has_code' has no value; write has_code="),
        ("/search?q=x&topic", 400, "'topic' has no value"),
        ("/search?q=x&q=whales", 400, "'q' is there 2 times; give it once"),
        ("/search?q=x&limit=1&limit=1", 400, "'limit' is there 2 times"),
        ("/papers/1706.03761", 404, "1706.03761"),
        ("/papers/1706.03761/similar", 404, "1706.03761"),
        ("/papers/%00", 404, "no paper"),
        ("/papers/..%2f..%2fetc%2fpasswd", 404, "no paper"),
        ("/nothing-here", 404, "Nothing is at /nothing-here"),
        ("/papers", 404, "Nothing is at /papers;"),
        ("/search/?q=x", 404, "Nothing is at /search/;"),
    ],
)
def test_problems(client, path, status, said):
    assert said in problem(client.get(path), status)["detail"]


def test_a_slash_too_many_asks_for_the_same(client):
    plain, slashed = (client.get(f"/papers/1706.03762/similar{end}").json() for end in ("", "/"))
    assert slashed["results"] == plain["results"]


def test_an_unknown_paper_names_near_ones(client):
    body = problem(client.get("/papers/1706.03763"), 404)
    assert "1706.03762" in body["suggestions"]


def test_a_validation_problem_says_where(client):
    (error,) = problem(client.get("/search?q=x&limit=0"), 422)["errors"]
    assert error["where"] == ["query", "limit"]
    assert error["reason"]


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"{broken", 422),
        (b"[]", 422),
        (b"{}", 422),
        (b'{"text": 5}', 422),
        (b'{"text": " "}', 400),
        (b'{"text": "x", "limit": 0}', 422),
        (b"\xff\xfe", 422),
        (b'{"text": "\\ud800"}', 422),
    ],
)
def test_bad_bodies(client, content, status):
    headers = {"content-type": "application/json"}
    problem(client.post("/similar", content=content, headers=headers), status)


@pytest.mark.parametrize(
    ("path", "body", "unknown", "hint"),
    [
        ("/similar", {"text": "x", "category": []}, "category", "it is a query parameter"),
        ("/similar", {"text": "x", "limits": 1}, "limits", "write limit"),
        ("/ask", {"question": "What is it?", "from": "2030"}, "from", "it is a query parameter"),
        ("/ask/stream", {"question": "What?", "from": "2030"}, "from", "it is a query parameter"),
        ("/classify", {"text": "x", "set": "shipped"}, "set", "write text or paper_id or topics"),
        ("/same-works", {"paper_ids": [], "limit": 1}, "limit", "write paper_ids"),
    ],
)
def test_a_field_that_a_body_has_not_is_no_filter_misunderstood(client, path, body, unknown, hint):
    said = problem(client.post(path, json=body), 422)
    assert said["detail"] == f"body.{unknown}: there is no such field; {hint}"
    assert said["errors"][0]["where"] == ["body", unknown]


def test_a_parameter_that_is_a_field_of_the_body_is_told_so(client):
    said = problem(client.post("/similar?limit=1", json={"text": "x"}), 400)
    assert said["detail"].endswith("no parameter 'limit' here; it is a field of the body")


@pytest.mark.parametrize("told", [True, False], ids=["told", "in pieces"])
def test_a_body_beyond_all_measure_is_not_read(client, told):
    pieces = [b'{"text": "', *[b"x" * 1_000_000] * 30, b'"}']
    content = b"".join(pieces) if told else iter(pieces)
    said = problem(client.post("/similar", content=content), 413)
    assert "at most 25000000 bytes" in said["detail"]


def test_the_longest_text_may_be_written_in_escapes(client):
    content = b'{"limit": 1, "text": "%s"}' % (b"\\ud83d\\ude00" * 1_999_999 + b"robot")
    headers = {"content-type": "application/json"}
    said = problem(client.post("/similar", content=content, headers=headers), 422)
    assert "at most 2000000 characters" in said["detail"]


@pytest.mark.parametrize(
    "path", ["/health/live", "/stats", "/search?q=x", "/export", "/feeds/categories/cs.CV", "/docs"]
)
def test_head_tells_what_get_would(client, path):
    asked, got = client.head(path), client.get(path)
    assert (asked.status_code, asked.content) == (200, b"")
    assert asked.headers["content-type"] == got.headers["content-type"]


def test_head_tells_what_is_wrong(client):
    assert client.head("/search").status_code == 422
    assert client.head("/nothing-here").status_code == 404
    wrong = client.head("/classify")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "POST")
    assert client.get("/health/live").status_code == 200  # over the same connection


@pytest.mark.parametrize("line", ["GET /search?q=鲸歌 HTTP/1.1", "nonsense"])
def test_what_is_no_http_request_is_told_so(client, line):
    with socket.create_connection((client.base_url.host, client.base_url.port)) as plain:
        plain.sendall(f"{line}\r\nHost: x\r\n\r\n".encode())
        with plain.makefile("rb") as said:
            head, body = said.read().split(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request")
    assert b"content-type: application/problem+json" in head.lower()
    assert json.loads(body)["status"] == 400
    assert "outside ASCII" in json.loads(body)["detail"]


def test_a_wrong_method(client):
    problem(client.delete("/search?q=x"), 405)


def test_a_wrong_method_names_the_right_ones(client):
    assert "GET" in client.delete("/search?q=x").headers["allow"]


def test_large_texts_are_answered(client):
    assert len(ids(client.post("/similar", json={"text": "超长 text " * 100_000}))) == 10
    assert len(ids(client.get("/search", params={"q": "x" * 20_000}))) == 10


def test_many_at_once_get_what_one_gets(client):
    queries = ["attention", "强化学习", "segmentation", "图像生成", "2006.11239"] * 6
    alone = {query: ids(client.get("/search", params={"q": query})) for query in set(queries)}
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda q: (q, client.get("/search", params={"q": q})), queries))
    assert all(ids(response) == alone[query] for query, response in found)


# The description


@pytest.fixture(scope="module")
def openapi(client):
    return client.get("/openapi.json").json()


def test_every_route_is_described(openapi):
    assert set(openapi["paths"]) >= {
        "/search", "/papers/{paper_id}", "/papers/{paper_id}/similar", "/similar", "/topics",
        "/stats", "/health/live", "/health/ready", "/metrics",
    }  # fmt: skip
    for path, methods in openapi["paths"].items():
        for method in methods.values():
            assert method["summary"]
            # These answer with no JSON object.
            others = ("/metrics", "/ask/stream", "/digest", "/export", "/map")
            if path not in others and not path.startswith("/feeds/"):
                schema = method["responses"]["200"]["content"]["application/json"]["schema"]
                assert "$ref" in schema, path
            assert {"4XX", "5XX"} <= set(method["responses"])


def test_every_parameter_is_described(openapi):
    operations = [each for methods in openapi["paths"].values() for each in methods.values()]
    for operation in operations:
        for parameter in operation.get("parameters", ()):
            assert parameter["description"], (operation["operationId"], parameter["name"])


def test_headers_that_tell_something_are_described(openapi):
    headers = {
        path: set(openapi["paths"][path]["get"]["responses"]["200"]["headers"])
        for path in ("/digest", "/export")
    }
    assert headers == {"/digest": {"X-Left-Out", "X-Hints"}, "/export": {"X-Hints"}}


def test_answers_have_typed_schemas(openapi):
    result = openapi["components"]["schemas"]["Result"]
    assert set(result["properties"]) >= RESULT
    assert result["properties"]["score"]["type"] == "number"
    assert set(result["required"]) >= RESULT


def test_requests_have_examples(openapi):
    text = json.dumps(openapi, ensure_ascii=False)
    assert "多语言文本向量模型" in text
    search = openapi["paths"]["/search"]["get"]["parameters"]
    (query,) = [each for each in search if each["name"] == "q"]
    assert query["examples"]
    assert openapi["components"]["schemas"]["TextIn"]["properties"]["text"]["examples"]


def test_problems_are_described_under_their_media_type(openapi):
    for each in ("4XX", "5XX"):
        content = openapi["paths"]["/search"]["get"]["responses"][each]["content"]
        assert set(content) == {PROBLEM}


def test_the_documentation_page_is_there(client):
    assert client.get("/docs").status_code == 200


# Starting and stopping


def test_the_note_is_there_while_it_runs_and_the_store_is_free_after(
    serve, copy_of, example, archive_command, state
):
    home = copy_of(example)
    before = state(home)
    served = serve(home)
    assert json.loads((home / "server.json").read_text())["url"] == served.url
    assert served.stop(signal.SIGINT) == 0
    assert not (home / "server.json").exists()
    assert state(home) == before


def test_a_client_that_reads_no_further_does_not_keep_it_from_ending(
    serve, copy_of, example, tmp_path
):
    home = copy_of(example)
    page = tmp_path / "long.jsonl"
    record = '{"id": "2501.%05d", "title": "A title", "abstract": "%s"}\n'
    page.write_text("".join(record % (number, "words " * 2000) for number in range(1000)))
    with Archive(Settings(home=home)) as archive:
        archive.index([page], embed=False)
    served = serve(home)
    with socket.create_connection(served.url.removeprefix("http://").split(":")) as client:
        client.sendall(b"GET /export HTTP/1.1\r\nHost: x\r\n\r\n")
        assert client.recv(12) == b"HTTP/1.1 200"
        assert served.stop(signal.SIGTERM) == 0
    assert not (home / "server.json").exists()


def test_sigterm_ends_it_like_an_interrupt(serve, copy_of, example):
    home = copy_of(example)
    assert serve(home).stop(signal.SIGTERM) == 0
    assert not (home / "server.json").exists()
