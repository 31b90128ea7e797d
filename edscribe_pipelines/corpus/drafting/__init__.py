"""Notes drafted by a language model from de-identified facts: the `drafted` tier.

In: stays without a note and the facts of each as the scribe is given them. Out: cases whose note states
nothing that the facts do not, every other stay that was asked for with its reason, and a ledger of what
was asked and paid. A row bound by an agreement reaches no host that is not trusted (`data_use/wall.py`).
Which error is worse: a bound row at a stranger's host is worse than anything else here; an invented
sentence is worse than a lost draft; paying twice is worse than waiting.
"""
