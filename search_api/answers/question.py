"""What a question asks for, as far as its words show it. Evidence is unknown here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from embeddings.lexical import fold
from search_api.answers.list_request import asks_for_papers
from search_api.answers.list_topic import topic
from search_api.answers.wording import Wording

_WANTS = {
    "number": r"\bhow (?:many|much|fast|large|big|long|often|far|high|few)"
    r"|what (?:percent|share|fraction|accuracy|score|size|speed|rate|number|proportion|factor)"
    r"|percentage|by how|how (?:(?!(?:do|does|did|can|is|are|was|were|to)\b)\w+ ){0,3}"
    r"(?:faster|better|larger|smaller|higher|lower)"
    r"|多少|(?<!介绍)(?<!推荐)几[个种类张篇倍层步次项条名位家千百万]|多大|多快|多高|多长|多久|百分之|几倍|多远",
    "reason": r"\bwhy\b|为什么|为何|原因|怎么会",
    "verdict": r"^(?:is|are|does|do|did|can|was|were|has|have|will|could|would)\b"
    r"|吗[？?]?$|是否|是不是|有没有|能不能|会不会",
    "thing": r"\b(?:which|what|who|whose|where|when)\b|什么|哪|谁",
    "manner": r"\bhow\b|怎么|如何|怎样",
    "link": r"主页|链接|网址|代码|开源|仓库|homepage|project page|\burl\b|link|github|code"
    r"|repository|released|available",
    "authors": r"\bwho (?:are|is|were|was) the (?:\w+ )?authors?\b|\bwho wrote\b"
    r"|作者(?:都)?(?:是谁|有谁|是哪些|有哪些)|谁写的",
    "command": r"\b(?:ignore|disregard|forget|bypass|override|skip|drop|disable)\b.{0,30}"
    r"\b(?:instructions?|rules?|prompts?|above|guidelines|sources?|citations?|archive|retrieval)\b"
    r"|\byou (?:are|act) (?:now|as)\b|\byour (?:\w+ )?(?:prompt|rules|instructions)\b"
    r"|\b(?:from now on|from here on|for the rest of this|starting now)\b"
    r"|^(?:please |now |just |then )*(?:act as|pretend|play the|repeat|say|print|reveal|output"
    r"|write|compose|draft|translate|invent|fabricate|make up|claim|assert|rewrite|shorten|sing"
    r"|generate|give me a(?! list)|tell me (?:an?|your)|answer|reply|respond|let['’]?s)"
    r"\b(?!-|.*\?$)"
    r"|\bmake (?:\w+ )?up an?\b|(?:忽略|无视|忘[记掉了]|绕过|跳过|关[闭掉]).{0,12}"
    r"(?:指令|指示|要求|规[则定矩]|提示词|限制|设定|引用|检索|论文库|以上|上面|前面)"
    r"|(?:输出|告诉|打印|给我|展示|泄露|你的).{0,10}提示词|从[现此][在刻][起开]|你现在是"
    r"|^(?:请|麻烦|现在|你|帮我|给我|替我|来)*(?:假装|扮演|假设你|翻译[成一下这]|续写|虚构|写一[首封份则段篇]"
    r"|编[一个造]|画一|重复一|说一[句遍声]|讲个|来一段|执行|声称)(?!.*\?$)"
    r"|(?:随便|胡|瞎|拍脑袋|直接)[编报](?![码辑])"
    r"|(?:不用|不要|(?<![分识特类级性区个辨鉴])别)(?:管|查|引用|检索|看)",
}
_PATTERNS = {name: re.compile(pattern) for name, pattern in _WANTS.items()}


@dataclass(frozen=True)
class Question(Wording):
    """A question in either language, to be answered in its own.

    `wants` names what its words ask for: a "number", a "reason", "papers", a "verdict" (yes
    or no), a "thing", a "manner", a "link", "authors"; or that it is a "command".
    """

    @cached_property
    def wants(self) -> frozenset[str]:
        """What is asked for. How many papers there are is no number that one of them gives."""
        text = fold(self.text).strip()
        found = {name for name, pattern in _PATTERNS.items() if pattern.search(text)}
        if "command" not in found and asks_for_papers(self.text):
            found = found - {"number"} | {"papers"}
        return frozenset(found)

    @cached_property
    def topic(self) -> Wording:
        """What the papers asked for are about."""
        return Wording(topic(self.text))
