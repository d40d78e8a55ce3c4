"""What the papers are about that a question asks for: the question without what only asks.

Whether it asks for papers at all is `list_request`'s.
"""

from __future__ import annotations

import re

_PAPERS = (
    r"(?i:papers?|articles?(?! recommend)|preprints?|publications?)"
    r"|(?:works?|research|studies)(?=[.?!]?$| (?:on|about|is|has|that|from)\b)|archive|digests?"
)
_ASKING = (
    r"(?:give|show|tell|find|get|bring)(?: (?:me|us))"
    r"|(?:^|(?<=\bplease )|(?<=\byou )|(?<=\bto )|(?<=[.?!] ))(?:list|find|show|name|recommend)"
    r"|i(?:'m|'d| am| would)?(?: (?:need|want|like|looking|love))(?: (?:to|for))?(?: (?:read|see))?"
    r"|i (?:remember|recall)|looking for|please|can you|could you|do you have|what's there"
    r"|what (?:do we have|have we got|is there|did (?:[iI]|we) miss)|what(?:'s| is| was) new"
    r"|how many|which ones?|any(?:one|body)?"
    r"|(?<!segment )anything|everything|some(?:thing|one|body)|whatever|about|there|here"
)
_DOING = (
    r"deal(?:s|ing|t)?(?= with\b)|discuss(?:es|ed|ing)?|us(?:e|es|ed|ing)"
    r"|work(?:s|ed|ing)?(?= on\b)"
    r"|says?(?=[?.]?$)|\d+(?= papers\b)|came (?:out|up)|appear(?:ed|s)?|published"
    r"|top[ -]?\d+|(?:top|best|first|these)(?= (?:\w+ )?papers\b)"
    r"|(?:new|newest|latest|recent)(?= (?:papers?|articles?|preprints?|publications?|works?"
    r"|research|studies)\b)"
)
_CHINESE = (
    "(?:最新|最近|新出|新)?的?(?:论文(?!摘要|写作|评审|审稿|查重)|文章(?!分类|摘要|生成))"
    "|工作(?![流原量记机站负人空])|(?<![户度])研究(?![方价背人机院者问对内结])|方面(?!级)"
    "|[一二两三四五六七八九十\\d]+篇|相关(?=的|论文|文章|工作|研究|[?？。]?$)|列出|列一下|多少篇|几篇|记得|[帮给]我|想?看看|给出"
    "|(?:^|(?<=[请求我以能，。？！]))推荐(?!系统|算法|模型)|推荐(?=[几一些点下给]|论文|文章|相关|关于)"
    "|找(?:一下|找)|想找|有没有人|有人(?=做|研究)|(?<!回)收了|推送过|讨论|涉及|发表|发布"
    "|有[什啥]么?新的?(?=[?？。吗]|$)|(?<!演)讲(?:的是|到|了)?(?![师座义台话解稿述])|提到|(?:[使采利应运]用|[用做])到?了"
)
_FRAME = re.compile(rf"(?<![-\w])(?:{_PAPERS}|{_ASKING}|{_DOING})(?![-\w])|{_CHINESE}")


def topic(text: str) -> str:
    """What the papers asked for are about. Names, such as Segment Anything, stay whole."""
    text = text.strip().replace("’", "'")
    text = text.lower() if text.isupper() else text[:1].lower() + text[1:]
    return " ".join(_FRAME.sub(" ", text).split())
