"""Parts of summaries written by a language model from abstracts, for papers that lack them."""
