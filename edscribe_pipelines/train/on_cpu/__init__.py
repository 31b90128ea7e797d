"""A small Llama trained on a CPU: what makes it fast enough to be watched.

    rows.py       the cases of a step as one row, their common beginning once
    attention.py  attention over such a row
    block.py      a block with LoRA, forwards and backwards by hand
    precision.py  whether the processor computes in bf16

The mathematics is that of transformers' Llama with peft's LoRA, to the rounding of the precision; the tests hold both
together. Nothing here is for a GPU, which has kernels for all of it.
Which error is worse: a gradient that is wrong trains something else in silence; so all of it stands against autograd.
"""
