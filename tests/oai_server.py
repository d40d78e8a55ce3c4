"""A real HTTP server that speaks OAI-PMH, as arXiv's does and as others do, well and badly.

Its records are made up; its answers are written as the protocol's own schema and arXiv's
formats have them. What it does badly is said by acts, as in `tests.paper_server`.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from tests.paper_server import PaperServer

ANSWER = """<?xml version="1.0" encoding="UTF-8"?>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/" \
xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/ \
http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd">
  <responseDate>2025-10-01T00:00:00Z</responseDate>
  <request>http://127.0.0.1/oai</request>
{inner}
</OAI-PMH>"""
HEADER = """    <header{status}>
      <identifier>{identifier}</identifier>
      <datestamp>{day}</datestamp>
      {sets}
    </header>"""
RAW = """<arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/" \
xsi:schemaLocation="http://arxiv.org/OAI/arXivRaw/ https://oaipmh.arxiv.org/OAI/arXivRaw.xsd">
        <id>{id}</id>
        <submitter>Ada Nowhere</submitter>
        {versions}
        <title>{title}</title>
        <authors>{authors}</authors>
        <categories>{categories}</categories>
        {comments}{doi}
        <license>http://creativecommons.org/licenses/by/4.0/</license>
        <abstract>{abstract}</abstract>
      </arXivRaw>"""
ARXIV = """<arXiv xmlns="http://arxiv.org/OAI/arXiv/">
        <id>{id}</id>
        <created>{created}</created>
        <authors><author><keyname>Nowhere</keyname><forenames>Ada</forenames></author>\
<author><keyname>Nobody</keyname></author>\
<author><keyname>Someone</keyname><forenames>Cy</forenames><suffix>Jr</suffix></author></authors>
        <title>{title}</title>
        <categories>{categories}</categories>
        {comments}{doi}
        <abstract>{abstract}</abstract>
      </arXiv>"""
DC = """<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" \
xmlns:dc="http://purl.org/dc/elements/1.1/">
        <dc:title>{title}</dc:title>
        <dc:creator>Nowhere, Ada</dc:creator>
        <dc:creator>Nobody</dc:creator>
        <dc:subject>Computer Science - Nothing</dc:subject>
        <dc:description>{abstract}</dc:description>
        {more}
        {days}
        <dc:type>text</dc:type>
        {identifiers}
      </oai_dc:dc>"""


@dataclass(frozen=True)
class FakeRecord:
    """`day` is when it changed at the repository, `versions` when each version came."""

    id: str
    day: str
    versions: tuple = ()
    title: str = "A made-up paper"
    abstract: str = "Nothing in it\n  is true."
    categories: tuple = ("cs.CV",)
    authors: str = "Ada Nowhere, Bo Nobody"
    comments: str = ""
    doi: str = ""
    deleted: bool = False
    prefix: str = "oai:arXiv.org:"
    dates: tuple = ()
    links: tuple = ()

    @property
    def identifier(self):
        return self.prefix + self.id

    @property
    def sets(self):
        return [f"{each.partition('.')[0]}:{each.replace('.', ':')}" for each in self.categories]

    def xml(self, kind):
        header = HEADER.format(
            status=' status="deleted"' if self.deleted else "",
            identifier=self.identifier,
            day=self.day,
            sets="".join(f"<setSpec>{each}</setSpec>" for each in self.sets),
        )
        if self.deleted:
            return f"  <record>\n{header}\n  </record>"
        inner = {"arXivRaw": self._raw, "arXiv": self._arxiv, "oai_dc": self._dc}[kind]()
        return f"  <record>\n{header}\n    <metadata>{inner}</metadata>\n  </record>"

    def _moments(self):
        return self.versions or (datetime.fromisoformat(self.day),)

    def _common(self):
        return {
            "id": self.id,
            "title": escape(self.title),
            "abstract": escape(self.abstract),
            "categories": " ".join(self.categories),
            "comments": f"<comments>{escape(self.comments)}</comments>" if self.comments else "",
            "doi": f"<doi>{self.doi}</doi>" if self.doi else "",
        }

    def _raw(self):
        versions = "".join(
            f'<version version="v{number}"><date>{moment:%a, %d %b %Y %H:%M:%S GMT}</date>'
            f"<size>{number}2kb</size></version>"
            for number, moment in enumerate(self._moments(), 1)
        )
        return RAW.format(versions=versions, authors=escape(self.authors), **self._common())

    def _arxiv(self):
        # As arXiv does it: the day of the latest version.
        return ARXIV.format(created=f"{self._moments()[-1]:%Y-%m-%d}", **self._common())

    def _dc(self):
        days = self.dates or tuple(f"{moment:%Y-%m-%d}" for moment in self._moments())
        links = self.links or (f"http://arxiv.org/abs/{self.id}",)
        links = (*links, *([f"doi:{self.doi}"] if self.doi else []))
        return DC.format(
            title=escape(self.title),
            abstract=escape(self.abstract),
            more=f"<dc:description>{escape(self.comments)}</dc:description>"
            if self.comments
            else "",
            days="".join(f"<dc:date>{day}</dc:date>" for day in days),
            identifiers="".join(f"<dc:identifier>{each}</dc:identifier>" for each in links),
        )


def records_of_day(day, number, first=1, **given):
    return [
        FakeRecord(
            f"{day[2:4]}{day[5:7]}.{int(day[8:]) * 500 + index:05d}",
            day,
            title=f"Made-up paper {index} of {day}",
            **given,
        )
        for index in range(first, first + number)
    ]


class OaiServer(PaperServer):
    """`records` are the repository's; `sizes`: it says how long a list is."""

    def __init__(self):
        self.records, self.page, self.sizes = [], 5, True
        self.sets = ["cs", "cs:cs", "cs:cs:CV", "cs:cs:CL", "math", "math:math", "math:math:CO"]
        self.formats = ["arXivRaw", "arXiv", "oai_dc"]
        self.set_page = 10
        self.earliest = "2005-09-16"
        self.expired = set()
        super().__init__()
        self.oai_url = f"{self.root}/oai"

    def answer(self, path, query):
        return self.oai(query) if path == "/oai" else super().answer(path, query)

    def lists(self):
        """The lists' requests so far."""
        return [each.query for each in self.asked if each.query.get("verb") == "ListRecords"]

    def oai(self, query):
        if query["verb"] == "Identify":
            return said(
                "<Identify><repositoryName>Made up</repositoryName>"
                f"<earliestDatestamp>{self.earliest}</earliestDatestamp>"
                "<deletedRecord>persistent</deletedRecord><granularity>YYYY-MM-DD</granularity>"
                "</Identify>"
            )
        if query["verb"] == "ListSets":
            if not self.sets:
                return error("noSetHierarchy")
            start = int(query.get("resumptionToken", 0))
            after = start + self.set_page
            page = self.sets[start:after]
            sets = "".join(f"<set><setSpec>{each}</setSpec></set>" for each in page)
            if after < len(self.sets):
                sets += f"<resumptionToken>{after}</resumptionToken>"
            return said(f"<ListSets>{sets}</ListSets>")
        return self._list(query)

    def _list(self, query):
        start = 0
        if token := query.get("resumptionToken"):
            if token in self.expired or token.count("|") != 4:
                return error("badResumptionToken", "It has expired")
            *parts, start = token.split("|")
            names = ("from", "until", "set", "metadataPrefix")
            query, start = dict(zip(names, parts, strict=True)), int(start)
        kind, asked = query["metadataPrefix"], query.get("set", "")
        days = [query.get(name) for name in ("from", "until") if query.get(name)]
        if days and (days[0] < self.earliest or days[1] > datetime.now(UTC).date().isoformat()):
            return error("badArgument", "Reason: date too early or too late")
        if kind not in self.formats:
            return error("cannotDisseminateFormat")
        if asked and not self.sets:
            return error("noSetHierarchy")
        if asked and asked not in self.sets:
            return error("badArgument", "Reason: Set does not exist")
        found = [
            each
            for each in self.records
            if (not days or days[0] <= each.day <= days[1])
            and any(f"{name}:".startswith(f"{asked}:" if asked else "") for name in each.sets)
        ]
        if start >= len(found):
            return error("noRecordsMatch")
        page, after = found[start : start + self.page], start + self.page
        size = f' completeListSize="{len(found)}" cursor="{start}"' if self.sizes else ""
        last = ""
        if after < len(found):
            words = [query.get(name, "") for name in ("from", "until", "set", "metadataPrefix")]
            last = f"<resumptionToken{size}>{'|'.join([*words, str(after)])}</resumptionToken>"
        elif start:
            last = f"<resumptionToken{size}/>"
        return said(
            f"<ListRecords>\n{''.join(each.xml(kind) for each in page)}{last}</ListRecords>"
        )

    def token(self, after, day, asked="cs", kind="arXivRaw"):
        return f"{day}|{day}|{asked}|{kind}|{after}"


def said(inner):
    return ANSWER.format(inner=inner).encode()


def error(code, words=""):
    return said(f'<error code="{code}">{words}</error>')


# Acts of this kind of server


def says(code, words="", status=200):
    return lambda *answer: (status, {}, error(code, words))


def html(*_answer):
    page = b"<html xmlns='http://www.w3.org/1999/xhtml'><body>Down for maintenance</body></html>"
    return 200, {"Content-Type": "text/html"}, page


def tagsoup(*_answer):
    return 200, {"Content-Type": "text/html"}, b"<!doctype html><p>Rate exceeded.<br>Wait"


def empty_body(*_answer):
    return 200, {}, b""


def token_is(token):
    """A page whose next token is this one."""

    def act(status, headers, body):
        new = f">{token}</resumptionToken>".encode()
        return status, headers, re.sub(rb">[^<]*</resumptionToken>", new, body)

    return act


def without_record(number):
    """A page that silently lacks a record."""

    def act(status, headers, body):
        found = re.findall(rb"  <record>.*?</record>", body, flags=re.DOTALL)
        return status, headers, body.replace(found[number], b"")

    return act


def repeated_record(status, headers, body):
    """A page that holds its last record twice."""
    found = re.findall(rb"  <record>.*?</record>", body, flags=re.DOTALL)
    return status, headers, body.replace(found[-1], found[-1] * 2)
