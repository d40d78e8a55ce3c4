"""The verifier over the real model: what is supported is kept, what is not is dropped, and why."""

import pytest

from search_api.answers.figure import wrong_figure
from search_api.answers.foreign_name import foreign_name
from search_api.answers.verification import Source, Verifier

YOLO = Source(
    "The base network runs at 45 frames per second on a Titan X GPU with $63.4\\%$ mAP on VOC "
    "2007, and a smaller version reaches 155 frames per second.",
    "You Only Look Once: Unified, Real-Time Object Detection with YOLO",
)
YOLO_ZH = Source(
    "基础模型在Titan X上达到每秒45帧，VOC 2007上mAP为63.4%；Fast YOLO每秒155帧，mAP为52.7%。",
    "YOLO：统一的实时目标检测",
)
BERT = Source(
    "Our method outperforms BERT by 2.3 points on SQuAD while using 40% less memory.",
    "Small Readers: Question Answering with Little Memory",
)
PRUNING = Source(
    "Pruning reduces latency from 30 ms to 12 ms, but accuracy drops by 1.5%.",
    "A Study of Pruning on Phones",
)
LORA = Source(
    "LoRA reduces the number of trainable parameters by 10,000 times and the GPU memory "
    "requirement by 3 times compared to GPT-3 175B fine-tuned with Adam.",
    "LoRA: Low-Rank Adaptation of Large Language Models",
)
DROPOUT = Source("We do not find that dropout improves accuracy on ImageNet.", "On Dropout")
DAYS = Source("Training takes up to 3 days on 8 GPUs.", "Training at Home")
GSM = Source("该方法在GSM8K上的准确率从18%提高到57%，而小模型的效果没有提升。", "思维链提示")
MEMORY = Source(
    "与BERT相比，我们的方法在三个数据集上准确率提高了2.3个百分点，显存降低40%。", "小模型问答"
)

PAIRS = Source("It reaches 45.2% and 90.5% on MATH and GSM8K, respectively.", "A Solver")
GAINS = Source("该方法在MATH和GSM8K上分别提升3.2%和4.1%，训练时间减少40%。", "一个求解器")
ASSUMED = Source(
    "It is commonly assumed that large models are needed, but small models reach 90% accuracy of "
    "more than 80 tasks, more than expected.",
    "Small Models",
)
PAIRS_ZH = Source("该方法在MATH和GSM8K上分别达到45.2%和90.5%。", "一个求解器")


@pytest.fixture(scope="module")
def verifier(session_embedder, judge):
    return Verifier(session_embedder, judge)


FOURIER = Source("本文在傅里叶空间里参数化积分核。", "傅里叶神经算子")
RELEASED = Source("Released in May 2023, the benchmark has 1,000 questions.", "A Benchmark")
RELEASED_ZH = Source("该基准于2023年5月发布，包含1000道题。", "A Benchmark")
EQUAL = Source("It gets 50%, 60% and 50% on MATH, GSM8K and AIME, respectively.", "A Solver")
LISTED = Source("The solver was tested on MATH, GSM8K, and AIME.", "A Solver")
SPARK = Source("SPARK在7个基准测试上平均实现了9.7%的提升。", "SPARK")
SPARK_EN = Source(
    "SPARK improves seven benchmarks by 9.7%, 62% of the questions are hard.", "SPARK"
)
COUNTED = Source("它包含17种设置和12个模型。", "一个基准")
BUOY = Source("Noise lowers its accuracy, but it is small enough to run on a buoy.", "SeaEar")
LABELS = Source("无需标注，准确率提高到57%。", "A Method")
PHONES = Source("While BERT cannot run on phones, the network needs 12 ms.", "A Network")
REMOVED = Source("Removing dropout improves accuracy on all tasks.", "Dropout")


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        # Its own words, whole, in part, or but for case and marks.
        (YOLO.quote, YOLO),
        (YOLO_ZH.quote, YOLO_ZH),
        (PRUNING.quote.upper().replace(",", " -"), PRUNING),
        ("Pruning reduces latency from 30 ms to 12 ms.", PRUNING),
        ("Accuracy drops by 1.5%.", PRUNING),
        ("小模型的效果没有提升。", GSM),
        ("基础模型在Titan X上达到每秒45帧。", YOLO_ZH),
        # Shortened, in another order, or with numbers in words.
        ("The base network reaches 63.4% mAP on VOC 2007.", YOLO),
        ("It reaches 45.2% and 90.5% on MATH and GSM8K.", PAIRS),
        ("该方法在GSM8K上达到90.5%。", PAIRS_ZH),
        ("训练时间减少40%。", GAINS),
        ("该方法在MATH上提升3.2%，在GSM8K上提升4.1%。", GAINS),
        ("Small models reach 90% accuracy.", ASSUMED),
        ("Small models reach 90% accuracy of more than 80 tasks.", ASSUMED),
        ("在MATH和GSM8K上，该方法达到45.2%和90.5%。", PAIRS_ZH),
        ("On VOC 2007, the base network achieves 63.4% mAP at 45 FPS.", YOLO),
        ("It uses 40% less memory.", BERT),
        ("It outperforms BERT on SQuAD by 2.3 points.", BERT),
        ("With pruning, accuracy decreases by 1.5%.", PRUNING),
        ("LoRA reduces the GPU memory requirement by 3 times.", LORA),
        ("Compared to GPT-3 175B, LoRA reduces GPU memory by 3 times.", LORA),
        ("Training takes up to three days on eight GPUs.", DAYS),
        ("Dropout was not found to improve accuracy on ImageNet.", DROPOUT),
        ("基础模型每秒处理45帧，mAP为63.4%。", YOLO_ZH),
        ("Fast YOLO的mAP为52.7%。", YOLO_ZH),
        ("在GSM8K上，准确率从18%提升到57%。", GSM),
        ("我们的方法使准确率提高了2.3个百分点。", MEMORY),
        # Translated.
        ("基础网络在Titan X GPU上以每秒45帧运行，在VOC 2007上达到63.4%的mAP。", YOLO),
        ("我们的方法在SQuAD上比BERT高2.3个点，同时显存减少40%。", BERT),
        ("LoRA将可训练参数数量减少了10000倍，GPU显存需求减少3倍。", LORA),
        ("The method raises accuracy on GSM8K from 18% to 57%.", GSM),
        ("The base model reaches 45 frames per second on Titan X.", YOLO_ZH),
        ("The base network runs at dozens of frames per second on a Titan X GPU.", YOLO),
        ("It parameterizes the integral kernel in Fourier space.", FOURIER),
        ("Released in May 2023, the benchmark has 1,000 questions.", RELEASED_ZH),
        ("该基准于2023年5月发布，包含1000道题。", RELEASED),
        ("AIME reaches 50%.", EQUAL),
        ("它加快了3DGS的训练。", Source("在3DGS上训练时间大幅缩短，加快了训练。", "A Splat")),
        ("62% of the questions are hard.", SPARK_EN),
        ("62%的问题很难。", SPARK_EN),
        ("它包含12个模型和17种设置。", COUNTED),
        ("Just small models reach 90% accuracy.", ASSUMED),
        # A clause of its own, beside one that denies something else.
        ("准确率提高到57%。", LABELS),
        ("The network needs 12 ms.", PHONES),
        # With a name from the title.
        ("A smaller version of YOLO reaches 155 frames per second.", YOLO),
    ],
)
def test_what_is_supported_is_kept(verifier, claim, source):
    assert verifier.objection(claim, [source]) is None


@pytest.mark.parametrize(
    ("claim", "source", "reason"),
    [
        # Numbers: wrong, in another unit or sense, of something else, of another sentence.
        ("The base network runs at 46 frames per second.", YOLO, "says 46"),
        ("该方法在GSM8K上的准确率提高到59%。", GSM, "says 59"),
        ("The base network runs at 45 ms on a Titan X GPU.", YOLO, "says 45 ms"),
        ("Our method outperforms BERT by 2.3% on SQuAD.", BERT, "says 2.3%"),
        ("我们的方法在三个数据集上准确率提高了2.3%。", MEMORY, "says 2.3%"),
        ("我们的方法在四个数据集上准确率提高了2.3个百分点。", MEMORY, "says 四"),
        ("剪枝将延迟从30秒降低到12秒。", PRUNING, "says 30 秒"),
        ("Training takes 8 days on 3 GPUs.", DAYS, "says 8 days"),
        ("Training takes 3 days on 8 GPUs.", DAYS, "says 3 days"),
        ("Training takes at least 3 days on 8 GPUs.", DAYS, "says 3 days"),
        ("Pruning reduces latency by 12 ms.", PRUNING, "says 12 ms"),
        ("Pruning reduces latency from 12 ms to 30 ms.", PRUNING, "says 12 ms"),
        ("该方法在GSM8K上的准确率从57%提高到18%。", GSM, "says 57%"),
        (
            "LoRA reduces trainable parameters by 3 times and GPU memory by 10,000 times.",
            LORA,
            "of something else",
        ),
        ("基础模型的mAP为52.7%。", YOLO_ZH, "of something else"),
        ("基础模型每秒处理45帧，mAP为52.7%。", YOLO_ZH, "of something else"),
        ("The base network reaches 52.7% mAP.", YOLO, "says 52.7%"),
        (
            "The base network runs at dozens of frames per second at hundreds of sizes.",
            YOLO,
            "hundreds",
        ),
        ("该方法在数十万道GSM8K题上的准确率从18%提高到57%。", GSM, "says 数十万"),
        ("在MATH和GSM8K上分别达到90.5%和45.2%。", PAIRS_ZH, "to another"),
        ("该方法在MATH上达到90.5%。", PAIRS_ZH, "to another"),
        ("It reaches 90.5% on MATH.", PAIRS, "to another"),
        ("It reaches 45.2% and 90.5% on GSM8K and MATH.", PAIRS, "to another"),
        ("它包含12种设置和17个模型。", COUNTED, "of something else"),
        ("It has 12 settings and 17 models.", COUNTED, "of something else"),
        # Names and links that are not there.
        ("The base network runs at 45 frames per second on a Tesla GPU.", YOLO, "names tesla"),
        ("The solver was tested on two sets: MATH, GSM8K and AIME.", LISTED, "says two"),
        ("LoRA reduces parameters by 10,000 times compared to QLoRA.", LORA, "names qlora"),
        ("LoRA needs 3 times less GPU memory than GPT-3.5.", LORA, "names gpt-3.5"),
        ("该方法在MATH上的准确率从18%提高到57%。", GSM, "names math"),
        ("在Gemini上，准确率从18%提高到57%。", GSM, "names gemini"),
        ("Gemini reduces latency to 12 ms on phones.", PRUNING, "names Gemini"),
        ("LoRA is at https://example.org/lora.", LORA, "names https://example.org/lora,"),
        ("该基准于2023年6月发布。", RELEASED, "says 6"),
        # Cut out of the middle.
        ("The network needs 12 ms on phones.", PHONES, "does not follow"),
        ("Dropout improves accuracy.", REMOVED, "turns it"),
        (
            "Adapters add latency.",
            Source("Methods other than adapters add latency.", "A"),
            "turns it",
        ),
        # Denied, opposite, swapped.
        ("Dropout improves accuracy on ImageNet.", DROPOUT, "denies"),
        ("We find that dropout improves accuracy on ImageNet.", DROPOUT, "denies"),
        ("Pruning does not reduce latency.", PRUNING, "denies"),
        ("该方法在GSM8K上的准确率没有提高到57%。", GSM, "denies"),
        ("小模型的效果得到提升。", GSM, "denies"),
        ("Pruning increases accuracy by 1.5%.", PRUNING, "opposite"),
        ("Our method underperforms BERT by 2.3 points on SQuAD.", BERT, "opposite"),
        ("我们的方法在三个数据集上准确率降低了2.3个百分点。", MEMORY, "opposite"),
        ("剪枝使准确率提高1.5%。", PRUNING, "opposite"),
        ("BERT outperforms our method by 2.3 points on SQuAD.", BERT, "the other way round"),
        (
            "与我们的方法相比，BERT在三个数据集上准确率提高了2.3个百分点。",
            MEMORY,
            "the other way round",
        ),
        ("SeaEar is too large for a buoy.", BUOY, "opposite"),
        # A share of some things for a change by as much.
        ("9.7% of the seven benchmarks gained from SPARK.", SPARK, "as a share"),
        ("9.7% of the seven benchmarks are better with SPARK.", SPARK_EN, "as a share"),
        ("使用SPARK后，9.7%的基准测试更好。", SPARK_EN, "as a share"),
        # Words that are not there, and other matters.
        ("Pruning lets robots walk over rough terrain.", PRUNING, "of its words"),
        ("The leaves turn sunlight into sugar.", YOLO, "of its words"),
        ("光合作用把阳光变成糖。", YOLO, "of its words"),
    ],
)
def test_what_is_not_supported_is_dropped(verifier, claim, source, reason):
    assert reason in verifier.objection(claim, [source])


FORMULA = "We normalise by $\\hat{x} = (x - \\mu) / \\sigma$ in every layer of the network."


def test_a_formula_is_the_same_or_another_one(verifier):
    source = [Source(FORMULA, "Norms")]
    alike = "We normalise by $\\hat{x}=(x-\\mu)/\\sigma$ in every layer."
    assert verifier.objection(alike, source) is None
    other = alike.replace("/\\sigma", "^2")
    assert "formula" in verifier.objection(other, source)


def test_a_title_says_nothing(verifier):
    source = Source("We introduce Large Execution Models.", "LEMs: A Primer\nLEM：入门")
    assert verifier.objection("LEMs: A Primer.", [source]) == "is a title"
    assert verifier.objection("LEM：入门。", [source]) == "is a title"


def test_a_claim_must_cite(verifier):
    assert verifier.objection(YOLO.quote, []) == "cites nothing"


def test_words_that_join_nothing_follow_from_nothing(verifier):
    sources = [PRUNING, Source("It runs on phones.", PRUNING.titles)]
    assert "of its words" in verifier.objection("And, but and.", sources)


def test_a_number_of_another_sentence_needs_that_sentence_too(verifier):
    claim = "Pruning reduces latency to 12 ms, and training takes up to 3 days."
    assert "says 3 days" in verifier.objection(claim, [PRUNING])
    same = Source(DAYS.quote, PRUNING.titles)
    assert verifier.objection(claim, [PRUNING, same]) is None
    assert verifier.objection(claim, [PRUNING, DAYS]) == "joins what two papers say"


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("The score changes by 3%.", "The score changes by -3% on average."),
        ("The effect is real (p > 0.05).", "The effect is real (p < 0.05)."),
        ("The step is $10^{3}$ in all runs.", "The step is $10^{-3}$ in all runs."),
        ("The model was trained on 1.", "The model was trained on 1,300 hours of speech."),
        ("The methods converge.", "None of the methods, however, converge."),
        (
            "Larger models improve translation.",
            "We refute the claim that larger models improve translation.",
        ),
        ("The adapter improves retrieval.", "The adapter rarely improves retrieval."),
        ("The model is accurate.", "If trained on 10B tokens, the model is accurate."),
        ("It uses 8 datasets of English speech.", "It uses 8 hours of English speech."),
        ("FooNet outperforms BarNet.", "FooNet outperforms BarNet in no setting."),
        ("FooNet needs labels.", "The claim that FooNet needs labels is not true."),
        ("FooNet需要标注数据。", "FooNet需要标注数据，这一说法不成立。"),
        ("FooNet is trained on 10.", "FooNet is trained on 10 million images."),
        ("LoRA.", "We present LoRAN, a nonlinear extension of LoRA."),
        ("CL$^2$GEC.", "我们引入了CL$^2$GEC，这是首个持续学习基准。"),
        ("对于非零方差提示。", "对于非零方差提示，该算法与GRPO相同。"),
        ("在角度模糊和天线模式在内的特性。", "MC-CLE学习了包括角度模糊和天线模式在内的特性。"),
        (
            "Our model is better than all baselines.",
            "Our model is better than all baselines except GPT-4.",
        ),
        ("Training takes 3 hours.", "Training takes 3 hours less than that of BERT."),
        ("LLMs can reason.", "We argue against the view that LLMs can reason."),
        ("我们的模型优于所有基线。", "我们的模型优于所有基线，除了GPT-4。"),
        ("大模型具备推理能力。", "我们质疑以下观点：大模型具备推理能力。"),
        ("Main results!", "Main results: the model is accurate."),
        ("主要研究结果！", "主要研究结果：该模型很准确。"),
    ],
)
def test_a_piece_of_a_sentence_may_say_something_else(verifier, claim, quote):
    assert verifier.objection(claim, [Source(quote, "A Paper")]) is not None


def test_the_same_words_may_mean_something_else(verifier):
    for claim in ("A version runs.", "Versions of frames reach networks."):
        assert "means something else" in verifier.objection(claim, [YOLO])


def test_a_share_that_is_saved_is_a_change():
    reduced = "We reduce the memory by 40%."
    assert wrong_figure("We save 40% of the memory.", reduced, "") is None
    assert "as a share" in wrong_figure("40% of the tasks profit.", reduced, "")


def test_a_number_in_words_that_begins_a_claim_is_no_name():
    assert foreign_name("Eight methods were tested.", "We test 8 methods.") is None
    assert foreign_name("Earlier methods fail.", "Previous methods fail.") is None
    assert foreign_name("Gemini reduces latency.", "Pruning reduces latency.") == (
        "names Gemini, its source does not"
    )
