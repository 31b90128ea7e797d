"""From splits to a LoRA adapter that writes the twelve-section note, and the notes it generates.

In: cases with their split, the weights of a base. Out: the adapter, the curve of the training, notes for prompts.
NeMo AutoModel owns the training loop, always in a process of its own; this room owns the recipe, the base, the data
order and what is kept. Nothing here judges a note: `evaluate` does.
Which error is worse: an adapter that learned from a case of the test split is worse than one that learned less.
"""
