"""What lets a case into the corpus: five gates on each case, and Great Expectations on what is to be stored.

Which error is worse: a false sentence in a training note is worse than a lost case. Yet a gate that loses a
whole kind of patient would go unnoticed, so the mix of the corpus is compared with that of the stays.
"""
