"""A real HTTP server that speaks arXiv's API and Hugging Face's, well and badly.

Its papers are made up. `script` holds one act for each request to come: a function of what a
good server would answer (status, headers, body); when it is empty, answers are good.
"""

import json
import re
import threading
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

FEED = """<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" \
xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom">
  <id>https://arxiv.org/api/made-up</id>
  <title>arXiv Query</title>
  <updated>2025-10-01T00:00:00Z</updated>
  <opensearch:itemsPerPage>{size}</opensearch:itemsPerPage>
  <opensearch:totalResults>{total}</opensearch:totalResults>
  <opensearch:startIndex>{start}</opensearch:startIndex>
{entries}
</feed>"""
ENTRY = """  <entry>
    <id>http://arxiv.org/abs/{id}v{version}</id>
    <title>{title}</title>
    <updated>{updated}</updated>
    <summary>{abstract}</summary>
    {categories}
    <published>{published}</published>
    {comment}
    <arxiv:primary_category term="{primary}"/>
    {authors}
  </entry>"""


@dataclass(frozen=True)
class FakePaper:
    id: str
    published: datetime
    title: str = "A made-up paper"
    abstract: str = "Nothing in it is true."
    categories: tuple[str, ...] = ("cs.CV",)
    authors: tuple[str, ...] = ("Ada Nowhere", "Bo Nobody")
    version: int = 1
    updated: datetime | None = None
    comment: str = ""

    def entry(self):
        moment = "%Y-%m-%dT%H:%M:%SZ"
        return ENTRY.format(
            id=self.id,
            version=self.version,
            title=escape(self.title),
            abstract=escape(self.abstract),
            published=self.published.strftime(moment),
            updated=(self.updated or self.published).strftime(moment),
            categories="".join(f'<category term="{each}"/>' for each in self.categories),
            primary=self.categories[0],
            authors="".join(
                f"<author><name>{escape(name)}</name></author>" for name in self.authors
            ),
            comment=f"<arxiv:comment>{escape(self.comment)}</arxiv:comment>"
            if self.comment
            else "",
        )


def papers_of_day(day, number, first=1, **given):
    """Papers spread over a day, in order; their ids do not depend on the day's number of them."""
    start = datetime.fromisoformat(day).replace(tzinfo=UTC)
    return [
        FakePaper(
            f"{day[2:4]}{day[5:7]}.{int(day[8:]) * 500 + index:05d}",
            start + timedelta(minutes=index),
            title=f"Made-up paper {index} of {day}",
            **given,
        )
        for index in range(first, first + number)
    ]


@dataclass
class Asked:
    path: str
    query: dict
    at: float
    headers: dict = field(repr=False, default_factory=dict)


class PaperServer:
    """`papers` are arXiv's, `daily` Hugging Face's lists by day."""

    def __init__(self):
        self.papers, self.daily = [], {}
        self.script, self.asked = [], []
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                parts = urlsplit(self.path)
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                owner.asked.append(Asked(parts.path, query, time.time(), dict(self.headers)))
                act = owner.script.pop(0) if owner.script else (lambda *answer: answer)
                body = owner.answer(parts.path, query)
                answer = act(*(body if isinstance(body, tuple) else (200, {}, body)))
                if callable(answer):  # an act that wants the line for itself
                    answer(self)
                    return
                status, headers, body = answer
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        self.root = f"http://127.0.0.1:{self._server.server_port}"
        self.arxiv_url, self.hf_url = f"{self.root}/api/query", f"{self.root}/api/daily_papers"

    def answer(self, path, query):
        return self.feed(query) if path == "/api/query" else self.day(query)

    def feed(self, query):
        found = self._found(query)
        start, size = int(query.get("start", 0)), int(query.get("max_results", 10))
        page = found[start : start + size]
        entries = "\n".join(paper.entry() for paper in page)
        return FEED.format(size=size, total=len(found), start=start, entries=entries).encode()

    def _found(self, query):
        if ids := query.get("id_list"):
            asked = [re.fullmatch(r"(.*?)(?:v(\d+))?", each).groups() for each in ids.split(",")]
            known = {paper.id: paper for paper in self.papers}
            return [
                replace(known[each], version=int(version or known[each].version))
                for each, version in asked
                if each in known
            ]
        said = query.get("search_query", "")
        found = list(self.papers)
        if categories := set(re.findall(r"cat:([\w.-]+)", said)):
            found = [paper for paper in found if categories & set(paper.categories)]
        if authors := set(re.findall(r'au:"([^"]+)"', said)):
            found = [paper for paper in found if authors & set(paper.authors)]
        for word in re.findall(r"ti:(\w+)", said):
            found = [paper for paper in found if word in paper.title]
        moment = {"submittedDate": lambda paper: paper.published}
        moment["lastUpdatedDate"] = lambda paper: paper.updated or paper.published
        for name, start, end in re.findall(r"(\w+Date):\[(\d{12}) TO (\d{12})\]", said):
            found = [
                paper for paper in found if start <= f"{moment[name](paper):%Y%m%d%H%M}" <= end
            ]
        return sorted(found, key=moment[query.get("sortBy", "submittedDate")])

    def day(self, query):
        if query["date"] > datetime.now(UTC).date().isoformat():
            return 400, {}, b'{"error": "Invalid date"}'
        size, number = int(query.get("limit", 50)), int(query.get("p", 0))
        found = self.daily.get(query["date"], [])
        return json.dumps(found[number * size : (number + 1) * size]).encode()

    def close(self):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def daily_paper(number, day, **given):
    """One item of Hugging Face's list."""
    return {
        "paper": {
            "id": f"{day[2:4]}{day[5:7]}.{number:05d}",
            "authors": [{"_id": "0", "name": "Ada Nowhere", "hidden": False}],
            "publishedAt": f"{day}T00:00:00.000Z",
            "submittedOnDailyAt": f"{day}T02:00:00.000Z",
            "title": f"Voted paper {number}",
            "summary": "A summary by its authors,\nin two lines.",
            "upvotes": number,
            "discussionId": "0",
            "ai_summary": "One sentence by a model.",
            "ai_keywords": ["made-up", "papers"],
            "githubRepo": "https://github.com/nobody/nothing",
            **given,
        },
        "publishedAt": f"{day}T00:00:00.000Z",
        "title": f"Voted paper {number}",
        "summary": "A summary by its authors,\nin two lines.",
        "numComments": 1,
    }


# Acts: what a server does instead of answering well


def status(code, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda *answer: (code, named, b"Rate exceeded.")


def cut(_status, _headers, body):
    """A page cut short, though all that was promised came."""
    return 200, {}, body[: len(body) * 2 // 3]


def cut_line(_status, _headers, body):
    """A connection that breaks in the middle."""

    def send(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body[: len(body) // 2])
        handler.close_connection = True

    return send


def without_entries(_status, _headers, body):
    """A page that announces papers and has none."""
    return 200, {}, re.sub(rb"<entry>.*</entry>", b"", body, flags=re.DOTALL)


def nothing_found(_status, _headers, body):
    """A page that says, wrongly, that there is nothing."""
    body = re.sub(rb"<entry>.*</entry>", b"", body, flags=re.DOTALL)
    return 200, {}, re.sub(rb"totalResults>\d+<", b"totalResults>0<", body)


def one_short(_status, _headers, body):
    """A page that silently lacks its last entry."""
    return (
        200,
        {},
        re.sub(rb"  <entry>(?:(?!<entry>).)*</entry>\s*</feed>", b"</feed>", body, flags=re.DOTALL),
    )


def malformed(_status, _headers, body):
    return 200, {}, body.replace(b"<title>Made-up", b"<title>Made & up <b>", 1)


def silent(*_answer):
    """Nothing, until the client hangs up."""
    return lambda handler: handler.connection.recv(1)


def dripping(_status, _headers, body):
    """A byte now and then, for longer than anybody waits."""

    def send(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        try:
            for index in range(len(body)):
                handler.wfile.write(body[index : index + 1])
                handler.wfile.flush()
                time.sleep(0.05)
        except OSError:  # the client has hung up
            handler.close_connection = True

    return send


def seconds_for(acts):
    """How long to wait for an answer: where bytes come slowly, a test waits until this is over,
    and yet it has to be enough for a good answer on a busy machine.
    """
    return 2.0 if dripping in acts else 60.0


def well(*answer):
    return answer
