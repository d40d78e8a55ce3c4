"""A language model's server that does what a test tells it to, in OpenAI's streaming protocol.

A behaviour is a function that gets the `Reply`; tests use the ones below or write their own.
"""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PATIENCE = 120  # seconds: against hanging for ever, no measure of speed


class Reply:
    """One answer on its way to the client."""

    def __init__(self, handler, body):
        self._handler = handler
        self.body = body

    def start(self, status=200, kind="text/event-stream"):
        self._handler.send_response(status)
        self._handler.send_header("Content-Type", kind)
        self._handler.send_header("Transfer-Encoding", "chunked")
        self._handler.end_headers()

    def send(self, text):
        data = text.encode()
        self._handler.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

    def piece(self, text, finish=None):
        delta = {"role": "assistant", "content": text}
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        self.send(f"data: {json.dumps(chunk('chat.completion.chunk', choice))}\n\n")

    def end(self):
        self.send("")  # the empty chunk that ends a body

    def cut(self):
        self._handler.close_connection = True

    def until_left(self):
        """Waits until the client hangs up."""
        self._handler.connection.settimeout(PATIENCE)
        if self._handler.connection.recv(1) == b"":
            raise ConnectionResetError


def chunk(kind, choice):
    return {"id": "1", "object": kind, "created": 0, "model": "scripted", "choices": [choice]}


def writes(text, finish="stop"):
    """Writes this text word by word, or at once to who does not want it streamed."""

    def behave(reply):
        if not reply.body.get("stream"):
            message = {"role": "assistant", "content": text}
            choice = {"index": 0, "message": message, "finish_reason": finish}
            reply.start(kind="application/json")
            reply.send(json.dumps(chunk("chat.completion", choice)))
        else:
            reply.start()
            for piece in text.splitlines(keepends=True) or [""]:
                for word in piece.split(" "):
                    reply.piece(word + " " * (not word.endswith("\n")))
            reply.piece("", finish)
            reply.send("data: [DONE]\n\n")
        reply.end()

    return behave


def never_stops(text, pause=0.0):
    """Writes this text again and again until nobody listens."""

    def behave(reply):
        reply.start()
        end = time.monotonic() + PATIENCE
        number = 0
        while time.monotonic() < end:
            reply.piece(text.format(number))
            number += 1
            time.sleep(pause)

    return behave


def hangs(text=""):
    """Writes this much, and then nothing more."""

    def behave(reply):
        reply.start()
        if text:
            reply.piece(text)
        reply.until_left()

    return behave


def breaks_off(text):
    """Writes this much, and then the connection is gone."""

    def behave(reply):
        reply.start()
        for word in text.split(" "):
            reply.piece(word + " ")
        reply.cut()

    return behave


def refuses(status, message):
    """Answers with an error, as OpenAI's servers do."""

    def behave(reply):
        reply.start(status, "application/json")
        reply.send(json.dumps({"error": {"message": message, "type": "error", "code": None}}))
        reply.end()

    return behave


class ScriptedModel:
    """The server. `behave` is what it does next, `requests` what it was asked so far."""

    def __init__(self):
        self.behave = writes("")
        self.requests = []
        self.keys = []
        self._left = threading.Event()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                owner.requests.append(body)
                owner.keys.append(self.headers["Authorization"])
                try:
                    owner.behave(Reply(self, body))
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True
                    owner._left.set()

            def log_message(self, *args):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        self.name = f"{self.url}#scripted"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def does(self, behave):
        """From now on; what was is forgotten."""
        self.behave = behave
        self.requests.clear()
        self.keys.clear()
        self._left.clear()

    def was_left(self):
        """Whether a client hangs up before the answer is over."""
        return self._left.wait(PATIENCE / 2)

    def close(self):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
