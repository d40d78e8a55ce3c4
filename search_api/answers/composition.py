"""Answers put together from findings: in the archive's own sentences, or in a model's words.

Whether there is an answer is decided before; of several findings, one for each subquestion,
each has its say.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace

from embeddings.reader import titled
from embeddings.reranker import Reranker
from search_api.answers.agreement import conflicts
from search_api.answers.answer import Answer, Citation, Dropped, Piece
from search_api.answers.citing import cite
from search_api.answers.finding import Finding
from search_api.answers.question import Question
from search_api.answers.reading import log_odds
from search_api.answers.selection import SOURCES, best, choose
from search_api.answers.verification import Source
from search_api.answers.writer import Sentence, Writer, source


def quoted(answer: Answer, findings: Sequence[Finding], reader: Reranker) -> Answer:
    """The answer in the archive's own sentences, grouped by paper."""
    each_one = [choose(found, reader) for found in findings]
    chosen = each_one[0] if len(each_one) == 1 else [own[0] for own in each_one]
    citations = cite(chosen)
    papers = dict.fromkeys(each.paper_id for each in citations)
    lines = (
        " ".join(f"{each.quote} [{each.marker}]" for each in citations if each.paper_id == paper)
        for paper in papers
    )
    return _complete(answer, "\n".join(lines), citations)


def written(
    writer: Writer, answer: Answer, findings: Sequence[Finding], reader: Reranker
) -> Generator[Piece, None, Answer]:
    """The answer in a model's words, as far as they hold; else in the archive's."""
    question = Question(answer.question) if len(findings) > 1 else findings[0].evidence.question
    each_one = [best(found, reader) for found in findings]
    offered = [each for own in each_one for each in own[: SOURCES // len(findings)]]
    if not offered:
        return quoted(answer, findings, reader)
    sources = [source(candidate, question) for candidate in offered]
    draft = yield from writer.write(question, sources)
    said = draft.sentences
    if len(findings) == 1 and not _answers(question, said, sources, reader):
        off = (Dropped(sentence.text, "does not answer the question") for sentence in said)
        draft = replace(draft, sentences=(), dropped=(*draft.dropped, *off))
    answer = replace(answer, dropped=draft.dropped, problem=draft.problem)
    if not draft.sentences:
        return quoted(answer, findings, reader)
    cited = dict.fromkeys(n for sentence in draft.sentences for n in sentence.cites)
    markers = {n: marker for marker, n in enumerate(cited, 1)}
    citations = cite(offered[n] for n in markers)
    text = " ".join(
        sentence.text + " " + "".join(f"[{markers[n]}]" for n in sentence.cites)
        for sentence in draft.sentences
    )
    return replace(_complete(answer, text, citations), written_by=writer.name)


def _answers(
    question: Question, said: Sequence[Sentence], sources: Sequence[Source], reader: Reranker
) -> bool:
    """Whether what holds of a draft reads as an answer, or at least as much as the best source:
    a model may say what is true and was not asked.
    """
    if not said:
        return False
    own = titled(sources[said[0].cites[0]].title, " ".join(sentence.text for sentence in said))
    best = titled(sources[0].title, sources[0].quote)
    drafted, quote = log_odds(reader.scores(question.text, [own, best]))
    return bool(drafted >= min(0.0, quote))


def _complete(answer: Answer, text: str, citations: Sequence[Citation]) -> Answer:
    return replace(answer, answer=text, citations=tuple(citations), conflicts=conflicts(citations))
