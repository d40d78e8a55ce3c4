"""What a question asks for, as far as its words show it. Evidence is unknown here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from embeddings.lexical import fold
from search_api.answers.list_request import asks_for_papers
from search_api.answers.list_topic import topic
from search_api.answers.wording import Wording

# "Ignore the rules" and "you must ignore", not "attacks that make models ignore rules".
_ORDERED = (
    r"(?:^|[.!?,;:—\-\"'“‘(\[\]*>#]\s*|\b(?:and|then|or|but|so|first|next|ok(?:ay)?|please|now|just"
    r"|also|kindly|simply|safely|completely|important|assistant|you(?: can| to)?|you['’]ll"
    r"|task is to|must|should|let['’]?s)\s+)"
)
_ORDERED_ZH = (
    r"(?:(?:^|[，。、！？；：,.!?;:\s])"
    r"(?:(?!哪|如何|怎|什么|为何|是否|能否|模型|方法|攻击|论文)[^，。、！？；：,.!?;:\s]){0,8}?"
    r"|请|你(?:应该|必须|要|可以)?|命令你)"
)
_WANTS = {
    "number": r"\bhow (?:many|much|fast|large|big|long|often|far|high|few)"
    r"|what (?:percent|share|fraction|accuracy|score|size|speed|rate|number|proportion|factor)"
    r"|percentage|by how|\bhow (?:(?!(?:do|does|did|can|is|are|was|were|to)\b)\w+ ){0,3}"
    r"(?:faster|better|larger|smaller|higher|lower)"
    r"|多少|(?<!介绍)(?<!推荐)(?<![哪这那])几[个种类张篇倍层步次项条名位家千百万]|多大|多快|多高|多长|多久|百分之|几倍|多远",
    "reason": r"\bwhy\b|为什么|为何|原因|怎么会",
    "verdict": r"^(?:is|are|does|do|did|can|was|were|has|have|will|could|would|should|must|may)"
    r"(?:n['’]t)?\b|, right\?$|吗[？?。！!]*$|[是能可]否|是不是|有没有|能不能|会不会"
    r"|可不可以|对不对",
    "thing": r"\b(?:which|what|who|whose|where|when)\b|什么|哪|谁",
    "manner": r"\bhow\b|怎么|如何|怎样",
    "link": r"主页|链接|网址|代码|开源(?!许可|协议|证)|仓库|homepage|project page|\burl\b|github"
    r"|(?<![a-z])links?(?![a-z])|(?<![a-z])code(?:s|base)?(?![a-z])|repository|released|available",
    "authors": r"\bwho (?:are|is|were|was) the (?:\w+ )?authors?\b"
    r"|\bwhich authors (?:wrote|are behind)\b"
    # Not "who wrote the questions of the benchmark".
    r"|^authors of [^:?]*$|\bwho (?:wrote|authored)\b(?! the\b(?!(?: [^\s?]+){0,8}?"
    r" (?:paper|article|survey|preprint|report|study|thesis|work)s?\b))"
    r"|作者(?:都)?(?:是谁|有谁|[是有]哪[些几][个位]?人?\W*$)|谁是.{1,40}作者"
    r"|^(?:请问)?(?:是?谁|哪些人)写(?!过|的(?!.{0,12}(?:论文|文章)))"
    r"|(?:论文|文章|综述|报告|工作|[这那一]篇|[a-z\d》”]) ?(?:都|到底|究竟)?[是由]?(?:谁|哪些人)写",
    "command": rf"{_ORDERED}(?:ignore|disregard|forget|bypass|override|skip|drop|disable)\b"
    r".{0,30}\b(?:instructions?|rules?|prompts?|above|guidelines|sources?|citations?|archive|retrieval)\b"
    r"|\byou (?:are|act) (?:now|as)\b|\byour (?:\w+ )?(?:prompt|rules|instructions)\b"
    r"|\b(?:from now on|from here on|for the rest of this|starting now)\b"
    r"|^(?:please |now |just |then )*(?:act as|pretend|play the|repeat|say|print|reveal|output"
    r"|write|compose|draft|translate|invent|fabricate|make up|claim|assert|rewrite|shorten|sing"
    r"|generate|give me a(?!(?: [\w-]+){0,3} (?:list|papers?|articles?|rundown|overview)\b)"
    r"|tell me (?:an?|your)|answer|reply|respond|let['’]?s(?! see\b))"
    r"\b(?!-|.*\?$)"
    rf"|{_ORDERED}make (?:\w+ )?up an?\b"
    rf"|{_ORDERED_ZH}(?:忽略|无视|忘[记掉了]|绕过|跳过|关[闭掉]).{{0,12}}"
    r"(?:指令|指示|要求|规[则定矩]|提示词|限制|设定|引用|检索|论文库|以上|上面|前面)"
    r"|(?:输出|告诉|打印|给我|展示|泄露|你的).{0,10}提示词|从[现此][在刻][起开]|你现在是"
    r"|^(?:请|麻烦|现在|你|帮我|给我|替我|来)*(?:假装|扮演|假设你|翻译[成一下这]|续写|虚构|写一[首封份则段篇]"
    r"|编[一个造]|画一|重复一|说一[句遍声]|讲个|来一段|执行(?![器阿]|[一二两几]次|.*(?:什么|怎么|哪|吗))|声称)(?!.*\?$)"
    # Models do it too: 幻觉 is 瞎编.
    r"|(?:随便|拍脑袋|直接)[编报](?![码辑])|(?:请|你|就|给我|帮我|^|[，。！,.!])[胡瞎]编(?![码辑乱])"
    rf"|{_ORDERED_ZH}(?:不用|不要|(?<![分识特类级性区个辨鉴])别)(?:管|查|引用|检索|看)",
}
# Not what came out: "how are you this week?", "how was it last year?", 昨天为什么没有？
_REFERS = re.compile(r"^how (?!about)|\b(?:why|you|it|that)\b|你|它|谁|为什么", re.IGNORECASE)
_PATTERNS = {name: re.compile(pattern) for name, pattern in _WANTS.items()}


@dataclass(frozen=True)
class Question(Wording):
    """A question in either language, to be answered in its own.

    `rest` is what it says besides a time that was taken out of it, None where none was. `wants`
    names what its words ask for: a "number", a "reason", "papers", a "verdict" (yes or no), a
    "thing", a "manner", a "link", "authors"; or that it is a "command".
    """

    rest: str | None = None

    @cached_property
    def wants(self) -> frozenset[str]:
        """What is asked for. How many papers there are is no number that one of them gives, and
        what came out yesterday are papers.
        """
        text = fold(self.text).strip()
        found = {name for name, pattern in _PATTERNS.items() if pattern.search(text)}
        whatever = self.rest is not None and not (self.topic.terms or _REFERS.search(self.rest))
        if "command" not in found and (whatever or asks_for_papers(self.text)):
            found = found - {"number"} | {"papers"}
        return frozenset(found)

    @cached_property
    def topic(self) -> Wording:
        """What the papers asked for are about."""
        return Wording(topic(self.text if self.rest is None else self.rest))
