"""From gated cases to splits that share nothing: duplicates, assignment of patients, certificate, gold set.

Which error is worse: a patient or a note on both sides makes every figure a lie, so nothing is stored then.
"""
