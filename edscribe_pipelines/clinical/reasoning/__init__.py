"""What a physician decided and why: the twelve sections, can't-miss diagnoses, risk scores, the disposition.

What is missing is a finding beside the note, never text in it. Only what is absent altogether, impossible or
contradicts itself blocks.
"""
