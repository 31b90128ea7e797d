"""From de-identified encounters to a gated corpus and its splits.

In: `DeidentifiedNote` rows. Out: cases that no gate failed, every other stay in quarantine with its
reasons, the share that physicians read, and splits in which no patient stands twice.
Which error is worse: a false sentence in a training note is worse than a lost case.
"""
