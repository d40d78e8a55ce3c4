"""Abbreviations and what they stand for: LLM for "large language models" and 大语言模型.

A name that a text has in full stands there abbreviated too, and the other way round. By their
initials where both are in one language; what the field writes in Latin letters in Chinese texts
is listed here.
"""

from __future__ import annotations

import re

_CHINESE = {
    "ai": "人工智能",
    "api": "接口",
    "asr": "语音识别",
    "cnn": "卷积神经网络",
    "cot": "思维链",
    "dnn": "深度神经网络",
    "dpo": "直接偏好优化",
    "ecg": "心电",
    "eeg": "脑电",
    "gan": "生成对抗网络",
    "gnn": "图神经网络",
    "kd": "知识蒸馏",
    "llm": "大语言模型|大型语言模型|大模型|语言模型",
    "lora": "低秩适[应配]",
    "mllm": "多模态大语言模型|多模态大模型|多模态大型语言模型",
    "mlp": "多层感知机|多层感知器",
    "moe": "专家混合|混合专家",
    "mri": "磁共振",
    "nlp": "自然语言处理",
    "ood": "分布外",
    "prm": "过程奖励模型",
    "rag": "检索增强生成",
    "rl": "强化学习",
    "rlhf": "人类反馈的?强化学习",
    "rnn": "循环神经网络",
    "sft": "监督微调",
    "slm": "小型?语言模型",
    "sota": "最先进|最新水平|最优水平",
    "ssm": "状态空间模型",
    "svd": "奇异值分解",
    "tts": "语音合成|文本转语音",
    "uav": "无人机",
    "vae": "变分自编码器",
    "vlm": "视觉[-—]?语言模型",
    "vqa": "视觉问答",
    "vla": "视觉[-—]?语言[-—]?动作",
}
_WORD = re.compile(r"[A-Za-z][a-z0-9]*|[A-Z]+")
_PHRASE = re.compile(r"\b[A-Z][\w-]*(?:[ -][A-Z][\w-]*)+")
_ACRONYM = re.compile(r"[A-Za-z]{2,6}s?")


def stands_for(name: str, text: str) -> bool:
    """Whether a text has in full what a name, folded, abbreviates."""
    if not _ACRONYM.fullmatch(name):
        return False
    short = name.lower().removesuffix("s")
    if (full := _CHINESE.get(short)) and re.search(full, text):
        return True
    initials = "".join(word[0].lower() for word in _WORD.findall(text))
    return len(short) > 2 and short in initials


def is_spelled_out(name: str, claim: str, text: str) -> bool:
    """Whether a name is a word of a capitalised phrase that a text has abbreviated: the Network
    of a Prompt Policy Network, where the text has PPN.
    """
    for phrase in _PHRASE.findall(claim):
        initials = "".join(part[0] for part in re.split(r"[ -]", phrase) if part)
        # "The" may stand before it.
        there = re.search(rf"(?<![A-Za-z])(?:{initials}|{initials[1:]})s?(?![A-Za-z])", text)
        if name in phrase.lower() and len(initials) > 2 and there:
            return True
    return False
