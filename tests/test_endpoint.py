"""Remote embeddings: a real local server that speaks OpenAI's API, well and badly."""

import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
import stamina

from embeddings.endpoint import BATCH, EndpointEmbedder
from embeddings.errors import ArchiveError, ConfigError, EndpointError
from embeddings.open import open_embedder

ATTEMPTS = 6


def vector(text):
    return [float(len(text)), 1.0, 2.0]


def good(body):
    items = [{"index": i, "embedding": vector(t)} for i, t in enumerate(body["input"])]
    # Servers may answer out of order: the index decides.
    return 200, json.dumps({"object": "list", "data": items[::-1]})


def status(code, text="busy"):
    return lambda body: (code, text)


def answers(data):
    return lambda body: (200, json.dumps({"data": data}))


class Server:
    """Answers request after request with what `script` says, and then well."""

    def __init__(self):
        self.script, self.requests = [], []
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                owner.requests.append((self.path, dict(self.headers), body))
                act = owner.script.pop(0) if owner.script else good
                code, text = act(body)
                if code is None:  # hang up without an answer
                    self.close_connection = True
                    return
                data = text.encode()
                self.send_response(code)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *args):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def server():
    server = Server()
    yield server
    server.close()


@pytest.fixture(autouse=True)
def _no_waiting():
    with stamina.set_testing(True, attempts=ATTEMPTS):
        yield


@pytest.fixture
def embedder(server):
    embedder = EndpointEmbedder(
        server.url + "/", "e5", api_key="secret", query_prefix="q: ", passage_prefix="p: "
    )
    yield embedder
    embedder._client.close()


def units(texts):
    raw = np.array([vector(text) for text in texts])
    return raw / np.linalg.norm(raw, axis=1, keepdims=True)


def test_asks_as_the_api_wants_and_keeps_the_order(server, embedder):
    server.requests.clear()
    assert embedder.embed_passages(["a", "bbb"]) == pytest.approx(units(["p: a", "p: bbb"]))
    assert embedder.embed_queries(["a"]) == pytest.approx(units(["q: a"]))
    path, headers, body = server.requests[0]
    assert path == "/v1/embeddings"
    assert headers["Authorization"] == "Bearer secret"
    assert body == {"model": "e5", "input": ["p: a", "p: bbb"]}


def test_identity_names_model_server_and_prefixes(server, embedder):
    assert embedder.identity.name == f"e5 at {server.url}"
    assert embedder.identity.dimension == 3
    assert (embedder.identity.query_prefix, embedder.identity.passage_prefix) == ("q: ", "p: ")


def test_many_texts_go_in_batches_and_progress_is_told(server, embedder):
    server.requests.clear()
    told, texts = [], ["x" * n for n in range(2 * BATCH + 3)]
    vectors = embedder.embed_passages(texts, told.append)
    assert vectors == pytest.approx(units([f"p: {text}" for text in texts]))
    assert told == [BATCH, BATCH, 3]
    assert [len(body["input"]) for _, _, body in server.requests] == [BATCH, BATCH, 3]


def test_no_texts_ask_nothing(server, embedder):
    server.requests.clear()
    assert embedder.embed_passages([]).shape == (0, 3)
    assert server.requests == []


@pytest.mark.parametrize(
    "trouble", [status(500), status(503), status(429, "slow down"), lambda body: (None, "")]
)
def test_short_trouble_is_tried_again(server, embedder, trouble):
    server.requests.clear()
    server.script[:] = [trouble, trouble]
    assert embedder.embed_queries(["a"]) == pytest.approx(units(["q: a"]))
    assert len(server.requests) == 3


def test_lasting_trouble_ends_with_what_the_server_said(server, embedder):
    server.requests.clear()
    server.script[:] = [status(503, "model is loading")] * 50
    with pytest.raises(EndpointError, match=rf"{server.url} answered 503: model is loading"):
        embedder.embed_queries(["a"])
    assert len(server.requests) == ATTEMPTS


@pytest.mark.parametrize("code", [400, 401, 404])
def test_a_refusal_is_not_tried_again(server, embedder, code):
    server.requests.clear()
    server.script[:] = [status(code, "no such model")]
    with pytest.raises(EndpointError, match=f"answered {code}: no such model"):
        embedder.embed_queries(["a"])
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "nonsense",
    [
        status(200, "<html>hello</html>"),
        status(200, "[]"),
        status(200, '{"data": [{"embedding": "base64"}]}'),
        status(200, ""),
        answers([{"index": 0}]),
    ],
)
def test_nonsense_is_named(server, embedder, nonsense):
    server.script[:] = [nonsense]
    with pytest.raises(EndpointError, match="did not answer with embeddings"):
        embedder.embed_queries(["a"])


@pytest.mark.parametrize(
    "data",
    [
        [],
        [{"index": 0, "embedding": [1, 2, 3]}],
        [{"index": 0, "embedding": [1, 2, 3]}] * 2,
        [{"index": n, "embedding": [1, 2, 3]} for n in (1, 2)],
    ],
)
def test_a_wrong_number_of_vectors_is_named(server, embedder, data):
    server.script[:] = [answers(data)]
    with pytest.raises(EndpointError, match=rf"answered {len(data)} of 2 embeddings"):
        embedder.embed_passages(["a", "b"])


def test_a_changed_length_is_named(server, embedder):
    server.script[:] = [answers([{"index": 0, "embedding": [1, 2]}])]
    with pytest.raises(EndpointError, match="changed their length"):
        embedder.embed_queries(["a"])


def test_a_server_that_is_down():
    with socket.socket() as held:  # taken but not listening: connections are refused
        held.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{held.getsockname()[1]}/v1"
        with pytest.raises(EndpointError, match=rf"{url} cannot be reached .*check the address"):
            EndpointEmbedder(url, "e5")


def test_chosen_by_address(server, tmp_path):
    embedder = open_embedder(f"{server.url}#my-model", tmp_path, query_prefix="q: ")
    assert embedder.identity.name == f"my-model at {server.url}"
    assert embedder.identity.query_prefix == "q: "
    assert embedder.identity.passage_prefix == ""
    embedder._client.close()


def test_an_address_without_a_model_is_refused(server, tmp_path):
    with pytest.raises(ConfigError, match="after '#'"):
        open_embedder(server.url, tmp_path)
    assert server.requests == []


def test_an_address_with_a_password_is_refused_and_not_shown(server, tmp_path):
    with pytest.raises(ConfigError, match="holds a password") as raised:
        open_embedder(f"{server.url.replace('//', '//joe:secret@')}#m", tmp_path)
    assert "secret" not in str(raised.value)


def test_a_malformed_address_is_a_clear_error():
    with pytest.raises(ArchiveError):
        EndpointEmbedder("http://[::1", "e5")


def test_an_error_does_not_show_the_key(server, embedder):
    server.script[:] = [status(401, "Incorrect API key provided: secret")]
    with pytest.raises(EndpointError) as told:
        embedder.embed_queries(["a"])
    assert "secret" not in str(told.value)


def test_an_empty_vector_is_no_model(server):
    server.script[:] = [answers([{"index": 0, "embedding": []}])]
    with pytest.raises(EndpointError):
        EndpointEmbedder(server.url, "e5")
