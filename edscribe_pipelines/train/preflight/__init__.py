"""Before a GPU is touched and money is spent: whether a training can be what its recipe says.

In: cases with their split, recipe, specialty, the folder of the base, where checkpoints go. Out: a row for
each check, passed, refused, warned or not applicable, with figures, what is wrong and what to do. No weights
are loaded, but a packaged base is unpacked once, and no text of a case leaves. Estimates are called estimates.
Which error is worse: a training that is refused in vain costs a look at the message; one that fails after
hours costs a GPU, and one that silently learns nothing costs trust.
"""
