"""Whether a question asks which papers there are on something, and on what.

Only words are looked at. A question about what one paper says is none of these, nor is one
about how many papers a survey covers or a model was trained on.
"""

from __future__ import annotations

import re

from embeddings.lexical import fold

_MANY = "(?:papers|articles|preprints|publications)"
_ONE = "(?:paper|article|preprint|publication)"
_WORK = "(?:work|works|research|studies)"
_NEW = "(?:recent |new |other |related |relevant )?"
_ON = r"(?:on|about|that|which|who|with|for|using|where|\w+ing)"
_ENGLISH = (
    rf"\b(?:which|what|any|some)(?: of the| two| three)? {_NEW}(?:{_MANY}|{_ONE})\b",
    r"\bwhich (?:(?!(?:do|does|is|are|can|the|this|of|in|writes|reviews|reads|generates)\b)"
    rf"[\w-]+ ){{1,3}}{_MANY}\b",
    rf"\bhow many (?:\w+ ){{0,2}}(?:{_MANY}|works|studies)\b"
    r"(?! (?:\w+ )*?(?:does|do|did|were|was|went|covered|analy[sz]ed)\b)",
    rf"\b{_MANY} {_ON}\b|^(?:[\w-]+ ){{0,3}}{_MANY}\W*$|^{_MANY}\b|^{_NEW}{_WORK} (?:on|using)\b",
    r"^(?:please |can you |could you )?(?:list|find|show|name|collect|give|search|recommend)\b"
    rf"(?: me| for)?(?: [\w-]+){{0,3}}? (?:{_MANY}|{_ONE}|{_WORK}|everything|anything)\b(?! in\b)",
    r"\b(?:is|are|was|were|has) there (?:been )?"
    r"(?:(?!(?:for|to|in|of|this|the|that|user|case|ablation)\b)"
    rf"[\w-]+ ){{0,4}}?(?:{_MANY}|{_ONE}|{_WORK}|study)(?: (?:of|in which|{_ON})\b|\W*$)",
    rf"\b(?:is|are|was|were) there (?:anything|something) (?:\w+ ){{0,3}}?{_ON}\b",
    r"^(?:do (?:you|we) have )?(?:anything|something) (?:\w+ ){0,3}?(?:on|about|that)\b"
    r"|^anything\b|, anything\W*$|\banything (?:like|on) that(?: in)?(?: here)?\W*$",
    rf"^(?:do|have) (?:you|we) (?:have|got) (?:any )?{_NEW}(?:{_MANY}|{_WORK})\b",
    r"^did (?:anything here|(?:i|we) see (?:anything|something)|the (?:archive|digests) have"
    rf"|any (?:digest )?(?:{_MANY}|{_ONE}))\b|^i(?:'m| am) looking for\b",
    r"^i (?:remember|recall) .*(?:\bwhich (?:one|ones|was|were)\b|\bis it here\W*$)",
    r"\bwhat(?: i|')s there (?:on|about)\b"
    r"|\bwhat(?:'ve| have| do) we (?:got|have) (?:on|about|with)\b",
    r"\b(?:what (?:do we have|is there|came up)|is there one|who did that)\W*$",
    r"^which (?:one|ones) (?:was|were|is|are) (?:about|on)\b|^(?:list|find|show) (?:me )?whatever\b"
    r"|^(?:list|find|show) (?:me )?the .* ones\W*$",
    rf"\b(?:any|which|what) {_NEW}(?:[\w-]+ing )?{_WORK} (?:on|is there|exists?|has been)\b"
    r"(?!.*\b(?:does|do|did) (?:it|the|this)\b)",
    r"^which ones\b|^has any(?:one|body)\b|^what has been published (?:on|about)\b",
    r"^which (?:(?!ablation|user|case)\w+ )?studies\b(?! (?:does|do|did)\b)",
)
_PAPER = "(?:论文|文章|papers?)"
_WORK_ZH = "(?:工作(?![流原量记机站负人])|研究(?![方价背人机院者问对内结]))"
_ANY = f"(?:{_PAPER}|{_WORK_ZH})"
# Not the 能 of 智能 and 能源.
_CAN = "(?<![智性功效节技才潜动])能(?![力量源耗效])"
_THIS = "[这那该本]篇"
_CHINESE = (
    rf"哪些(?:关于.{{1,30}}的|相关的?|新的?|[a-z0-9 -]{{1,15}}的?)?{_ANY}",
    rf"哪[几两]篇|哪一?篇|(?:什么|哪个){_PAPER}|哪项工作",
    rf"(?:^|[，,])(?:库里|这里|档案里)?(?:一共|总共)?有?(?:多少|几)篇|有多少{_PAPER}"
    rf"|(?<!篇){_PAPER}(?:一共|总共)?有(?:多少|几)篇",
    rf"(?<!篇){_PAPER}(?:都|一共)?有(?:哪[些几]|吗|没有\W*$)",
    rf"^(?!.*{_THIS}).*{_PAPER}[，,].{{0,20}}有(?:哪些|吗|没有)\W*$",
    rf"有哪些.*{_PAPER}(?![里中的])|有(?:哪些|什么).{{0,12}}?{_ANY}\W*$",
    rf"有没有(?:.{{0,10}}{_PAPER}|.*{_PAPER}[^，,]{{0,6}}$)|(?:有没有|是否有|有无).*的{_ANY}\W*$|有关于.*{_PAPER}",
    rf"^有(?!.*{_THIS}).{{0,20}}{_PAPER}吗|有.{{0,6}}相关的?{_ANY}吗",
    r"^有(?:没有)?人(?![工类体为机物脸员]).*吗\W*$|(?:^|[，,])有(?:没有)?人(?![工类体为机物脸员]).{0,6}过",
    rf"^(?!.*(?:如何|怎么|怎样|{_CAN}|是|几(?!何)|谁|{_THIS})).*的{_PAPER}\W*$"
    rf"|^关于.*的{_ANY}(?:都?有哪些)?\W*$",
    rf"^(?!.*(?:是|吗|几(?!何)|多少|了|谁|{_CAN}|如何|怎么|{_THIS})).{{0,20}}{_PAPER}\W*$",
    rf"{_PAPER}.{{0,4}}列(?:一下|出来|一列)|{_ANY}[，,]?(?:请|麻烦)?[帮给]我(?:找|搜|列)",
    rf"{_WORK_ZH}(?:都|一共)?有(?:哪些|几[篇项个]|没有|吗)\W*$|有(?:几|多少)篇(?:\W*$|讲)|的有没有\W*$",
    rf"(?:^|[，,])(?:这里|库里)?有(?:没有)?(?:讲|做|处理)(?!.*{_THIS}).*的吗|这里有讲的吗|有这[样类种]的?{_ANY}吗",
    rf"^有没有(?!.*{_THIS})(?!.*(?:公开|开源|发布|免费)的\W*$).{{5,40}}的\W*$|这[块里]?有{_PAPER}吗\W*$",
    rf"有没有人(?:在)?(?:做|研究|用)(?!过)|(?<!前)有人(?:在)?(?:做|研究)吗\W*$|[，,]有{_PAPER}吗\W*$",
    rf"记得有(?!.*{_THIS}).*是哪[些篇几]|(?:库里|这里)收了(?:哪些|什么)|有推送过吗|^我?想找(?!.*(?:{_THIS}|哪个))",
    rf"^(?:帮我|请|给我|我?想)*(?:推荐|看|介绍|列出|找|搜|查)(?!.*{_THIS}).*(?:[几些]篇?|所有|篇)"
    rf".*{_ANY}\W*$",
)
_FRAME = re.compile(
    rf"(?<![-\w])(?:{_MANY}|{_ONE}|{_WORK}(?= (?:on|about|is|has|that)\b)|archive|list|find|show"
    r"|name|recommend|looking for|please|deal(?:s|ing)?|discuss(?:es|ing)?|us(?:e|es|ing)|how many"
    r"|any|anything|everything|something|whatever|about|there|here|came (?:out|up)|appear(?:ed|s)?"
    r"|published|i (?:remember|recall)|what (?:do we have|have we got)|do you have|which ones?"
    r"|digests?)"
    rf"(?![-\w])|论文|文章|{_WORK_ZH}|方面(?!级)|相关(?!性)|列出|列一下|推荐|多少篇|几篇|记得|[帮给]我"
    r"|找(?:一下|找)|想找|有没有人|有人(?=做|研究)|收了|推送过|讨论|涉及|发表|发布"
    r"|讲(?:的是|到|了)?(?![师座义台话解稿])|提到|[用做]到?了"
)
_ASKS = re.compile("|".join((*_ENGLISH, *_CHINESE)))


def asks_for_papers(text: str) -> bool:
    """Whether a list of papers is asked for."""
    return _ASKS.search(fold(text).strip()) is not None


def topic(text: str) -> str:
    """What the papers asked for are about: a question without what only asks for them. Names,
    such as Segment Anything, stay whole.
    """
    text = text.strip()
    return " ".join(_FRAME.sub(" ", text[:1].lower() + text[1:]).split())
