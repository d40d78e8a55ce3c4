"""Text to vectors: models, tokenizers, the lexical encoder. Knows nothing of papers."""
