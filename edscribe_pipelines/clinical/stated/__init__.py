"""What a physician's note plainly states, as facts of its encounter.

Which error is worse: a wrong fact is worse than a missing one, so what is negated, planned, past or of
somebody else is no fact.
"""
