"""What a note says, before anybody judges it: sections, sentences, and how a statement is meant.

Offsets are characters of the note, end exclusive. Taking a denial, a plan or a relative's illness for the
patient's is worse than missing a statement.
"""
