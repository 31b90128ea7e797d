"""From what a hospital hands over to encounters: one row a stay, facts only, still in the PHI zone.

In: a MIMIC-IV-ED release, physicians' own notes, physicians' corrections of generated notes.
Out: `PhiEncounter` rows, and a list of every source value that could not become a fact.
Which error is worse: a wrong fact is worse than a missing one, so a value that cannot be true is set
aside with its reason and never repaired. A stay is never dropped.
"""
