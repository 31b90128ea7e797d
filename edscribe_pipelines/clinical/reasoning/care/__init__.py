"""Matters of care, not of truth: what a colleague would ask about the treatment that a note tells. They only warn.

A drug given although the note tells what speaks against it (`given.py`), a step that is said to be left out or that a
narrow situation lacks (`left_out.py`), and a step that came too late (`late.py`). Every rule is a row with a source, a
situation told in the note, and what explains it. A needless question is worse than a missed one: physicians stop
reading. Of a note that only repeats recorded facts nothing is asked.
"""
