"""Which questions ask for papers, in the words of people who remember something."""

import pytest

from eval.list_request import learn, questions
from search_api.answers.list_request import asks_for_papers, load_bundled
from search_api.answers.list_topic import topic
from search_api.answers.listing import wanted


@pytest.mark.parametrize(
    "question",
    [
        "扩散模型方面的工作有哪些",
        "有讲怎么检索PPT页面的吗",
        "开放词汇的图像分割有没有人做",
        "点云配准最近有人做吗",
        "视频插帧有几篇？",
        "车牌识别的论文帮我找一下",
        "有没有给黑白老照片上色的？",
        "四足机器狗走路的研究有吗",
        "声音异响检测，这块有论文吗？",
        "我记得有论文用力矩数据来发现机器人出错，是哪些？",
        "既能看懂图又能画图的模型，库里收了哪些？",
        "想找衡量训练样本影响的工作",
        "Anything that uses Kolmogorov-Arnold networks?",
        "I recall something modelling how diseases progress, which one was it?",
        "I'm looking for machine learning on mass spectrometry",
        "What do we have on soft grippers?",
        "what's there on recognising traffic signs",
        "humanoid robots: what is there on their control?",
        "Did the digests have anything where an agent designs circuits?",
        "Is there a paper that reconstructs images from brain signals?",
        "RL for traffic lights, is there one?",
        "Which papers use LoRA? I need recent ones.",
        "谁拿激光点云做地点识别和回环的，给几篇",
        "有没有人把泼溅渲染改写成矩阵乘来提速的",
        "How many papers use LoRA?",
        "库里有多少篇是关于联邦学习的？",
        "推荐几篇联邦学习的论文",
        "给我三篇机器人论文",
        "人形机器人全身控制有哪些工作？",
        "扩散模型加速方面有什么进展？",
        "What did people publish on sycophancy?",
        "Give me 5 papers on RAG",
        "Are there any papers on the U.S. power grid?",
        "Which papers compare CNNs vs. transformers?",
        "Which papers follow Smith et al. on folding?",
        "I recall a paper about whales. Is it here?",
        "记得有篇论文用声音判断电池老化。是哪篇？",
        "I work on federated learning. Recommend some papers",
        "我在做联邦学习。推荐几篇论文",
        "有没有联邦学习的论文？最好是今年的",
        "What papers came out?",
        "Show me the papers",
        "有什么新论文",
        "的论文",
        "How many papers use GPT-4?",
        "I’m looking for traffic sign work",
        "多少篇论文讲了Muon",
        "一共有多少论文提到LoRA",
        "what came out about LoRA",
        "那天出的天气大模型微调的论文是哪篇？",
        "推理时要查很多次，这样咋做认证啊？有论文解决了吗",
    ],
)
def test_papers_are_asked_for(question):
    assert asks_for_papers(question)
    assert asks_for_papers(question.rstrip(".。") + "。"), "a full stop changes nothing"


@pytest.mark.parametrize(
    "question",
    [
        "这篇论文有讲怎么训练的吗",
        "这项工作有哪些创新？",
        "LoRA 的代码想找 GitHub 哪个仓库",
        "PADHASH 用了几块显卡？",
        "What do the authors have to say about memory?",
        "Is there a list of hyperparameters in this paper?",
        "What is there to gain from a larger batch?",
        "Which one was trained longer, BERT or RoBERTa?",
        "I remember that LoRA uses rank 8; is that so?",
        "How many papers does the survey on agents cover?",
        "这篇综述收录了多少篇论文？",
        "List the three stages of its training.",
        "Write a poem about papers.",
        "I remember a benchmark of tricky shadows. What is it called?",
        "记得有篇论文用声音判断电池老化。准确率多少？",
        "记得有篇讲鲸鱼叫声的论文，用了多少小时录音？",
        "有哪些方法可以去雨？",
        "有哪些数据集可以用于手语？",
        "有没有理论保证？",
        "Is there work left for future research?",
        "K-Prism unifies three kinds of knowledge. which ones?",
        "模型支持三种任务，哪三种？",
        "What came out of the experiment on LoRA?",
    ],
)
def test_one_paper_is_asked_about(question):
    assert not asks_for_papers(question)


@pytest.mark.parametrize(
    ("question", "about"),
    [
        ("车牌识别的论文帮我找一下", "车牌识别"),
        ("视频插帧有几篇", "视频插帧有"),
        ("推荐系统的论文有哪些", "推荐系统 有哪些"),
        ("哪些论文使用了对比学习", "哪些 对比学习"),
        ("演讲生成的论文", "演讲生成"),
        ("用户研究的论文", "用户研究"),
        ("有什么新论文", "有什么"),
        ("给我看看论文", ""),
        ("Show me the papers", "the"),
        ("Give me 5 papers on RAG", "on RAG"),
        ("Tell me about papers on TV show captioning", "on TV show captioning"),
        ("author name disambiguation papers", "author name disambiguation"),
        ("WHICH PAPERS USE LORA?", "which lora?"),
        ("I’m looking for Papers on OCR", "on OCR"),
        ("humanoid robots: what do we have?", "humanoid robots: ?"),
        ("What do we have on soft grippers?", "on soft grippers?"),
        ("I remember work on Segment Anything", "on Segment Anything"),
    ],
)
def test_what_only_asks_is_left_out(question, about):
    assert topic(question) == about


def test_what_ships_is_what_is_learned():
    model, known = learn(questions())
    assert model == load_bundled()
    assert known > 0.85


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("top 3 papers on diffusion", 3),
        ("Show me five recent papers on robots", 5),
        ("推荐两篇强化学习的论文", 2),
        ("给我三篇机器人论文", 3),
        ("有一篇讲多智能体的论文", None),
        ("papers on 3D reconstruction", None),
        ("推荐几篇强化学习的论文", None),
    ],
)
def test_how_many_papers_are_asked_for(question, count):
    assert wanted(question) == count


@pytest.mark.parametrize(
    ("question", "about"),
    [
        ("top 3 papers on diffusion models", "on diffusion models"),
        ("推荐两篇强化学习的论文", "强化学习"),
    ],
)
def test_how_many_is_not_what_they_are_about(question, about):
    assert topic(question) == about
