"""Vital signs: which a note mentions, whether they can be true, and whether it responds to the dangerous ones.

Labels, limits, contexts and responses are rows of `tables/vital_*.csv`. A target or a relative's value taken for the
patient's is worse than a value missed; an impossible value let through is worse than either.
"""
