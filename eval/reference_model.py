"""The bundled weights as an ordinary sentence-transformers model, in float32 on torch.

What a user of other tools would run: the same weights without our engine. Baselines use it,
and tests hold the int8 engine to its vectors.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from embeddings.bundled import PASSAGE_PREFIX, QUERY_PREFIX
from embeddings.engine import MAX_TOKENS
from embeddings.weights import Weights

_LINEAR = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}
_NORM = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}


def write_reference_model(folder: Path) -> Path:
    """Write the model to `folder`, once, and return the folder."""
    if (folder / "modules.json").exists():
        return folder
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Normalize, Pooling, Transformer

    weights = Weights()
    encoder = folder.with_name(f"{folder.name}-encoder")
    encoder.mkdir(parents=True, exist_ok=True)
    _write_encoder(weights, encoder)
    transformer = Transformer(str(encoder), max_seq_length=MAX_TOKENS)
    pooling = Pooling(weights.shape.hidden, pooling_mode="mean")
    model = SentenceTransformer(modules=[transformer, pooling, Normalize()], device="cpu")
    model.prompts = {"query": QUERY_PREFIX, "passage": PASSAGE_PREFIX}
    model.save(str(folder))
    return folder


def _write_encoder(weights: Weights, folder: Path) -> None:
    import torch
    from transformers import BertConfig, BertModel

    shape = weights.shape
    config = BertConfig(
        vocab_size=shape.vocabulary,
        hidden_size=shape.hidden,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.feed_forward,
        max_position_embeddings=shape.positions,
        type_vocab_size=shape.token_types,
        layer_norm_eps=shape.epsilon,
    )
    torch.manual_seed(0)  # the pooler, which nothing reads, is filled at random
    state = {name: torch.from_numpy(np.array(value)) for name, value in _state(weights).items()}
    model = BertModel(config, add_pooling_layer=False)
    model.load_state_dict(state, strict=False)
    model.save_pretrained(folder)
    _tokenizer(weights).save_pretrained(folder)


def _state(weights: Weights) -> dict[str, Any]:
    shape = weights.shape
    hidden = shape.hidden
    state: dict[str, Any] = {
        "embeddings.word_embeddings.weight": weights.matrix("emb.word", shape.vocabulary),
        "embeddings.position_embeddings.weight": weights.vector("emb.pos").reshape(-1, hidden),
        "embeddings.token_type_embeddings.weight": weights.vector("emb.type").reshape(-1, hidden),
        "embeddings.LayerNorm.weight": weights.vector("emb.ln.w"),
        "embeddings.LayerNorm.bias": weights.vector("emb.ln.b"),
    }
    for layer in range(shape.layers):
        for short, long in _LINEAR.items():
            rows = shape.feed_forward if short == "fi" else hidden
            name = f"encoder.layer.{layer}.{long}"
            state[f"{name}.weight"] = weights.matrix(f"l{layer}.{short}.w", rows)
            state[f"{name}.bias"] = weights.vector(f"l{layer}.{short}.b")
        for short, long in _NORM.items():
            name = f"encoder.layer.{layer}.{long}"
            state[f"{name}.weight"] = weights.vector(f"l{layer}.{short}.w")
            state[f"{name}.bias"] = weights.vector(f"l{layer}.{short}.b")
    return state


def _tokenizer(weights: Weights) -> Any:
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    from embeddings.tokenizer import UNKNOWN

    vocabulary = [(p, float(s)) for p, s in zip(weights.pieces, weights.scores, strict=True)]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=UNKNOWN, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.NFKC(),
            normalizers.Replace(Regex(r"[\s\u200b-\u200f\ufeff]+"), " "),
            normalizers.Strip(),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",
        eos_token="</s>",
        cls_token="<s>",
        sep_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
        mask_token="<mask>",
        model_max_length=MAX_TOKENS,
    )
